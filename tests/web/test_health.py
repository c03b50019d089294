"""Whether it lives, whether it is ready; who is served where a proxy stands in front."""

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.config import Site
from tearline.node import make_node, open_node
from tearline.web.app import create_app
from tearline.web.health import KEPT, Health, OwnNames
from tests.web.conftest import BASE, visitor
from tests.web.world import World

ADDRESS = "https://node.agency.example"
PROXIED = Site(address=ADDRESS, proxies=("10.0.0.7",))


def client(world: World, site: Site, peer: str, host: str = "node.agency.example") -> TestClient:
    app = create_app(world.node, demo=True, site=site)
    return TestClient(app, base_url=f"http://{host}", client=(peer, 4000), follow_redirects=False)


def test_a_node_that_works_is_alive_and_ready(still: World) -> None:
    assert visitor(still).get("/healthz").text == "ok\n"
    ready = visitor(still).get("/readyz")
    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert visitor(still).post("/readyz").status_code == 405


def test_a_node_that_stopped_is_alive_and_not_ready_and_says_no_more_than_the_check(tmp_path: Path) -> None:
    make_node(tmp_path / "node", origin="health.invalid/a", demo=True).close()
    node = open_node(tmp_path / "node")
    node.stopped = "a secret reason"
    asked = TestClient(create_app(node, demo=True), base_url=BASE)
    answer = asked.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: ledger\n")
    assert asked.get("/healthz").status_code == 200
    node.ledger.close()


def test_a_second_store_that_is_gone_is_named(tmp_path: Path) -> None:
    node = make_node(tmp_path / "node", origin="health.invalid/b", demo=True)
    shutil.rmtree(tmp_path / "node" / "published")
    assert Health(node).failed() == ("second-store",)
    node.ledger.close()


def test_a_database_that_is_gone_is_named(tmp_path: Path) -> None:
    node = make_node(tmp_path / "node", origin="health.invalid/c", demo=True)
    node.ledger.close()
    for file in (tmp_path / "node").glob("ledger.db*"):
        file.unlink()
    assert Health(node).failed() == ("ledger",)


def test_asking_often_costs_no_more_than_asking_once(tmp_path: Path) -> None:
    node = make_node(tmp_path / "node", origin="health.invalid/d", demo=True)
    health = Health(node)
    assert health.failed() == ()
    node.stopped = "now"
    assert health.failed() == (), f"an answer stands for {KEPT} s"
    health.warming = lambda: True
    assert health.failed() == ("warming",)
    health.leaving = True
    assert health.failed() == ("warming", "leaving"), "but who was told to stop says so at once"
    node.ledger.close()


def test_the_site_answers_to_its_address_alone_and_tells_this_machine_that_it_lives(still: World) -> None:
    for host, path, status in (
        ("node.agency.example", "/static/none", 404),
        ("127.0.0.1", "/static/none", 400),
        ("localhost", "/healthz", 200),
        ("evil.invalid", "/healthz", 400),
        ("node.agency.example.evil.invalid", "/", 400),
    ):
        site = Site(address=ADDRESS)
        assert client(still, site, "203.0.113.9", host).get(path).status_code == status, (host, path)


def test_a_pattern_of_names_is_not_taken(still: World) -> None:
    with pytest.raises(ValueError, match="pattern"):
        OwnNames(create_app(still.node, demo=True), ("*.example",))


def test_where_tls_ends_in_a_proxy_nobody_goes_round_it(still: World) -> None:
    assert client(still, PROXIED, "10.0.0.7").get("/static/none").status_code == 404
    for peer in ("10.0.0.8", "127.0.0.1", "203.0.113.9"):
        refused = client(still, PROXIED, peer).get("/static/none", headers={"x-forwarded-for": "10.0.0.7"})
        assert refused.status_code == 403, peer
    assert client(still, PROXIED, "127.0.0.1", "127.0.0.1").get("/readyz").status_code == 200
    assert client(still, PROXIED, "10.0.0.8", "127.0.0.1").get("/readyz").status_code == 403


@pytest.mark.parametrize(
    ("site", "peer", "seen"),
    [
        (PROXIED, "10.0.0.7", ("https", "203.0.113.9")),
        (Site(), "127.0.0.1", ("http", "127.0.0.1")),
        (Site(), "10.0.0.7", ("http", "10.0.0.7")),
    ],
)
def test_forwarded_headers_are_believed_from_a_named_proxy_only(
    still: World, site: Site, peer: str, seen: tuple[str, str]
) -> None:
    found: list[tuple[str, str]] = []
    app = create_app(still.node, demo=True, site=site)

    @app.middleware("http")
    async def look(request, call_next):  # type: ignore[no-untyped-def]  # it stands outside of what is tested
        answer = await call_next(request)
        found.append((request.scope["scheme"], request.scope["client"][0]))
        return answer

    headers = {
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.invalid",
    }
    asked = TestClient(app, base_url=f"http://{site.hosts[0]}", client=(peer, 4000))
    asked.get("/static/none", headers=headers)
    assert found == [seen]


def test_browsers_are_told_to_stay_with_https_where_the_address_is(still: World) -> None:
    secure = client(still, PROXIED, "10.0.0.7").get("/healthz")
    assert secure.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "strict-transport-security" not in visitor(still).get("/healthz").headers
