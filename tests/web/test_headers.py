"""Every answer bears the headers by which a browser keeps it to this site: those of refusals and faults too."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tearline.config import Site
from tearline.facts.history import Role
from tearline.web.app import create_app
from tearline.web.guards import HEADERS, HTTPS_ONLY
from tests.web.conftest import BASE, HERE, visitor
from tests.web.routes import filled, routes_of
from tests.web.world import World

ADDRESS = "https://node.agency.example"
BEHIND = Site(address=ADDRESS, proxies=("10.0.0.7",))
POLICY = (
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    "default-src 'self'",
)


class Faulty:
    """Stands where the node does, and fails with a fault of ours."""

    def __getattr__(self, _name: str) -> object:
        raise LookupError("ours")


def client(
    world: World, *, peer: str = "10.0.0.7", host: str = "node.agency.example", faulty: bool = False
) -> TestClient:
    app = create_app(world.node, demo=False, site=BEHIND)
    if faulty:
        app.state.node = Faulty()
    return TestClient(
        app,
        base_url=f"http://{host}",
        client=(peer, 4000),
        follow_redirects=False,
        raise_server_exceptions=False,
    )


@pytest.mark.parametrize(
    ("status", "made", "asked"),
    [
        (200, {}, {"url": "/healthz"}),
        (403, {}, {"url": "/"}),
        (404, {}, {"url": "/nothing"}),
        (404, {}, {"url": "/static/nothing.js"}),
        (405, {}, {"url": "/", "method": "DELETE"}),
        (403, {}, {"url": "/", "method": "POST", "headers": {"sec-fetch-site": "cross-site"}}),
        (413, {}, {"url": "/language", "method": "POST", "content": b"x" * 70_000}),
        (500, {"faulty": True}, {"url": "/ledger/checkpoint"}),
        (400, {"host": "another.example"}, {"url": "/"}),
        (403, {"peer": "192.0.2.1"}, {"url": "/"}),
    ],
)
def test_every_answer_bears_them_whoever_gives_it(
    still: World, status: int, made: dict[str, Any], asked: dict[str, Any]
) -> None:
    answer = client(still, **made).request(**{"method": "GET", **asked})
    assert answer.status_code == status
    for name, value in (HEADERS | {"strict-transport-security": HTTPS_ONLY}).items():
        assert answer.headers[name] == value, name
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert all(part in policy for part in POLICY) or policy == "default-src 'none'; frame-ancestors 'none'"


def test_https_is_promised_for_a_year_at_least_and_for_names_below() -> None:
    age, *rest = HTTPS_ONLY.split("; ")
    assert int(age.removeprefix("max-age=")) >= 365 * 24 * 3600
    assert rest == ["includeSubDomains"]


def test_no_other_site_is_named_in_any_header_whatever_its_origin(still: World) -> None:
    for role in (None, Role.OVERSEER):
        asked = visitor(still, role)
        for path in ("/", "/healthz", "/ledger/checkpoint", "/static/manifest.json"):
            answer = asked.get(path, headers={"origin": "https://evil.example"})
            assert not [name for name in answer.headers if name.startswith("access-control-")]
            assert "evil.example" not in str(answer.headers)
        preflight = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        refused = asked.request("OPTIONS", "/releases/new", headers=preflight)
        assert refused.status_code == 405
        assert not [name for name in refused.headers if name.startswith("access-control-")]


def test_every_answer_says_what_it_is_with_its_character_set(still: World) -> None:
    asked = visitor(still, Role.OVERSEER)
    looked = [
        template for template, methods in routes_of(create_app(still.node, demo=True)) if "GET" in methods
    ]
    assert len(looked) > 50
    for path in (
        *(filled(template, "1") for template in looked),
        "/static/manifest.json",
        "/ledger/checkpoint",
    ):
        answer = asked.get(path)
        if answer.content:
            kind = answer.headers["content-type"]
            assert not kind.startswith("text/") or "charset=utf-8" in kind, path
            assert kind.startswith(("text/", "application/", "image/", "font/")), path


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/node.json",
        "/door.db",
        "/static/",
        "/static/js",
        "/static/js/",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/metrics",
        "/debug",
    ],
)
def test_no_folder_is_listed_and_nothing_of_the_program_is_served(still: World, path: str) -> None:
    answer = visitor(still, Role.ADMINISTRATOR).get(path)
    assert answer.status_code in (404, 405)
    assert "def " not in answer.text
    assert "root:" not in answer.text


def test_debug_is_off_and_a_demonstration_is_no_default(still: World) -> None:
    app = create_app(still.node, demo=False)
    assert app.debug is False
    answer = TestClient(app, base_url=BASE, client=HERE, follow_redirects=False).get("/")
    assert answer.status_code == 403
