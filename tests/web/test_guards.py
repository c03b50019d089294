"""What stands before the pages: headers, origins, sizes, hosts, and where a visitor may be sent."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.web.app import create_app
from tearline.web.guards import local_path
from tests.web.conftest import BASE, HERE, visitor
from tests.web.world import World


def test_each_page_carries_the_policy_with_its_own_nonce(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    nonces = set()
    for path in ("/", "/nothing-here"):
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        nonce = re.search(r"'nonce-([\w-]{20,})'", policy)
        assert nonce
        assert f'nonce="{nonce[1]}"' in answer.text
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        nonces.add(nonce[1])
    assert len(nonces) == 2


def test_pages_are_kept_nowhere_and_hashed_files_for_ever(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    page = client.get("/")
    assert page.headers["cache-control"] == "no-store"
    sheet = re.search(r'href="(/static/css/[^"]+)"', page.text)
    assert sheet
    kept = client.get(sheet[1])
    assert kept.status_code == 200
    assert "immutable" in kept.headers["cache-control"]
    assert "immutable" not in client.get("/static/nothing.css").headers["cache-control"]


def test_a_fault_of_ours_tells_nothing_and_may_run_nothing(still: World) -> None:
    app = create_app(still.node, demo=True)

    def fault(request: Request) -> Response:
        raise LookupError("a secret in a traceback")

    app.add_route("/fault", fault)
    answer = TestClient(app, base_url=BASE, raise_server_exceptions=False, client=HERE).get("/fault")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.invalid"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "other://127.0.0.1"},
        {"origin": f"{BASE}:1"},
        {"origin": f"{BASE}@elsewhere.invalid"},
    ],
)
def test_a_post_from_another_site_is_refused(still: World, headers: dict[str, str]) -> None:
    answer = visitor(still).post("/identity", data={"identity": "overseer"}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": BASE}, {}])
def test_a_post_from_the_site_itself_is_taken(still: World, headers: dict[str, str]) -> None:
    answer = visitor(still).post("/identity", data={"identity": "overseer"}, headers=headers)
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_the_site_answers_to_its_own_names_only(still: World) -> None:
    app = create_app(still.node, demo=True)
    for host, status in (("localhost", 200), ("127.0.0.1:8080", 200), ("evil.invalid", 400)):
        assert (
            TestClient(app, base_url="http://x", client=HERE)
            .get("/healthz", headers={"host": host})
            .status_code
            == status
        )


def test_a_form_larger_than_64_kib_is_refused(still: World) -> None:
    client = visitor(still, Role.CASE_AGENT)
    answer = client.post("/items/practice.item-1/dissent", data={"reasons": "x" * 70_000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("role", "path", "body", "said"),
    [
        (Role.HARM_DESK, "/harm/reports/r-1/files", 65 * 2**20, "Un archivo puede tener a lo sumo 64 MiB."),
        (Role.HARM_DESK, "/harm/import", 17 * 2**20, "Una tabla puede tener a lo sumo 8 MiB."),
        (Role.OVERSEER, "/protocols/lab", 3 * 2**20, "Un texto puede tener a lo sumo 512 KiB."),
        (
            None,
            "/report",
            3 * 2**20,
            "Lo que se escribe en un campo puede tener a lo sumo 20,000 caracteres.",
        ),
        (Role.CASE_AGENT, "/releases/new", 70_000, "Lo que se envía aquí puede tener a lo sumo 64 KiB."),
    ],
)
def test_whoever_sent_too_much_reads_how_much_may_be_sent_and_has_a_way_back(
    still: World, role: Role | None, path: str, body: int, said: str
) -> None:
    claimed = {"content-type": "application/x-www-form-urlencoded", "content-length": str(body)}
    for asked, chosen in (("es", ""), ("en", "es")):
        client = visitor(still, role, chosen)
        answer = client.post(path, content=b"x", headers=claimed | {"accept-language": asked})
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert '<html lang="es">' in answer.text
        assert "Fue demasiado de una vez" in answer.text
        assert said in answer.text
        assert f'href="{path}"' in answer.text


def test_what_is_sent_in_pieces_without_its_length_gets_the_same_page(still: World) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(9):
            yield b"reasons=" + b"x" * 2**13

    form = {"content-type": "application/x-www-form-urlencoded"}
    client = visitor(still, Role.CASE_AGENT)
    answer = client.post("/items/practice.item-1/dissent", content=pieces(), headers=form)
    assert answer.status_code == 413
    assert "What is sent here may have at most 64 KiB." in answer.text
    assert answer.text.count("</html>") == 1


def test_a_script_that_sent_too_much_is_told_in_json(still: World) -> None:
    form = {"content-type": "application/json"}
    answer = visitor(still).post("/sign-in/options", content=b" " * 70_000, headers=form)
    assert answer.status_code == 413
    assert answer.json() == {"said": "What is sent here may have at most 64 KiB."}


def test_there_is_no_page_that_lists_the_routes(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "//evil.invalid",
        "///evil.invalid",
        "////evil.invalid/releases",
        "//[",
        "https://evil.invalid/",
        "/\\evil.invalid",
        "javascript:alert(1)",
        "",
        "releases",
        "/a\r\nb",
    ],
)
def test_nobody_is_sent_to_another_site(still: World, path: str) -> None:
    assert local_path(path) == "/"
    answer = visitor(still).get("/language", params={"to": "es", "back": path})
    assert answer.headers["location"] == "/"


@given(st.text())
def test_wherever_one_is_sent_it_is_a_path_on_this_site(path: str) -> None:
    sent = local_path(path)
    assert sent.startswith("/")
    assert not sent.startswith(("//", "/\\"))
