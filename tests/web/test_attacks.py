"""Attacks on every route, made from the table: other sites, other methods, too much, and what is no field of a form."""

import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tearline.facts.fact import Fact
from tearline.facts.shape import record_of
from tearline.facts.vocabulary import kinds
from tearline.signin.demonstration import COOKIE
from tearline.signin.policy import MOUNTED, POST, Row
from tearline.web.access import ALL
from tearline.web.app import create_app
from tearline.web.policy import SITE
from tests.web.conftest import BASE, HERE, served
from tests.web.everything import Everything

POSTED = [row for row in SITE.rows if POST in row.methods]
LOOKED = [row for row in SITE.rows if "GET" in row.methods]
NEEDS = {"/releases/new": "?item=practice.item-1&unit=practice.unit", "/readings/new": "?page=/harm"}
DOOR = ("/sign-in", "/sign-out", "/enrol", "/account", "/people-and-access/sessions")
TAKES_A_TEXT = ("/protocols/", "/people/import", "/report", "/harm/import", "/harm/reports/{report}/files")
"""They take more than a form does; how much, their own tests say."""
SQL = ("' OR '1'='1", '"; DROP TABLE facts;--', "%_\\`\x00", "') UNION SELECT 1--")
QUERIES = "before open released outside from at as page item unit back to recorded compromise release operation".split()
FAULTS = re.compile(r"sqlite|syntax error|traceback|sqlalchemy|psycopg", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(everything: Everything) -> TestClient:
    app = create_app(everything.world.node, demo=True)
    return TestClient(app, base_url=BASE, client=HERE, follow_redirects=False)


def someone(row: Row) -> dict[str, str]:
    """The cookie of somebody who may use this route; none where nobody need be known."""
    return {"cookie": f"{COOKIE}={min(row.roles).value}"} if row.roles else {}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.invalid"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site", "origin": BASE},
    ],
    ids=str,
)
def test_no_route_takes_a_post_from_another_site(
    everything: Everything, site: TestClient, headers: dict[str, str]
) -> None:
    before = everything.world.node.ledger.size()
    for row in POSTED:
        path = everything.address(row.path)
        answer = site.post(
            path, headers=someone(row) | headers, data={"key": "k", "why": "x", "reasons": "x"}
        )
        assert answer.status_code == 403, path
        assert "set-cookie" not in answer.headers
    assert everything.world.node.ledger.size() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "TRACE"])
def test_no_route_is_used_by_another_method(everything: Everything, site: TestClient, method: str) -> None:
    before = everything.world.node.ledger.size()
    for row in SITE.rows:
        if method in row.methods or MOUNTED in row.methods:
            continue
        answer = site.request(method, everything.address(row.path), headers=someone(row))
        assert answer.status_code == 405, (method, row.path, answer.status_code)
        assert "access-control-allow-origin" not in answer.headers
    assert everything.world.node.ledger.size() == before


@pytest.mark.parametrize(
    "headers",
    [{"x-http-method-override": "POST"}, {"x-method-override": "POST"}, {"x-http-method": "DELETE"}],
    ids=str,
)
def test_a_look_stays_a_look_whatever_its_headers_say(
    everything: Everything, site: TestClient, headers: dict[str, str]
) -> None:
    before = everything.world.node.ledger.size()
    for row in POSTED:
        path = everything.address(row.path) + NEEDS.get(row.path, "")
        glue = "&" if "?" in path else "?"
        site.get(f"{path}{glue}_method=POST&key=k&reasons=x", headers=someone(row) | headers)
    assert everything.world.node.ledger.size() == before


def test_every_answer_is_kept_nowhere_but_what_never_changes(
    everything: Everything, site: TestClient
) -> None:
    for row in LOOKED:
        for path in (everything.address(row.path), everything.absent(row.path)):
            for headers in ({}, someone(row)):
                answer = site.get(path, headers=headers)
                kept = answer.headers["cache-control"]
                public = row.path.startswith(("/ledger/tile", "/ledger/checkpoint", "/ledger/vkey"))
                assert kept == "no-store" or (public and ("no-cache" in kept or "immutable" in kept)), path
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert "unsafe" not in answer.headers["content-security-policy"]
                _is_no_sheet(answer)


def _is_no_sheet(answer: Response) -> None:
    """No route answers with comma-separated values yet; the first that does must quote what begins like a formula."""
    kind = answer.headers.get("content-type", "")
    if "csv" in kind or "spreadsheet" in kind:
        cells = re.split(r"[,\r\n]", answer.text)
        assert not [c for c in cells if c.strip('"').startswith(("=", "+", "-", "@", "\t"))], answer.url


def test_no_route_takes_more_than_it_needs(everything: Everything, site: TestClient) -> None:
    before = everything.world.node.ledger.size()
    many = "&".join(f"f{n}=x" for n in range(500))
    form = {"content-type": "application/x-www-form-urlencoded"}
    for row in POSTED:
        path = everything.address(row.path) + NEEDS.get(row.path, "")
        if not row.path.startswith(TAKES_A_TEXT):
            large = site.post(path, headers=someone(row) | form, content=b"reasons=" + b"x" * 70_000)
            assert large.status_code == 413, path
        answer = site.post(path, headers=someone(row) | form, content=many.encode())
        at_the_door = answer.status_code == 404 and path.startswith(DOOR)  # a demonstration has none
        assert answer.status_code in (400, 413) or at_the_door, (path, answer.status_code)
    assert everything.world.node.ledger.size() == before


@pytest.mark.parametrize("text", SQL, ids=[str(n) for n in range(len(SQL))])
def test_what_means_something_to_a_database_means_nothing_in_an_address(
    everything: Everything, site: TestClient, text: str
) -> None:
    size = everything.world.node.ledger.size()
    for row in LOOKED:
        if row.path.startswith("/protocols/lab"):
            continue
        names = re.findall(r"{(\w+)", row.path)
        addresses = [everything.address(row.path, **{name: text}) for name in names]
        if not names:
            addresses = [f"{row.path}?" + "&".join(f"{name}={quote(text)}" for name in QUERIES)]
        for address in addresses:
            answer = site.get(address, headers=someone(row))
            assert answer.status_code in (200, 303, 404), (address, answer.status_code)
            assert not FAULTS.search(answer.text) or row.path.startswith("/static"), address
    assert everything.world.node.ledger.size() == size


class Fields(HTMLParser):
    """The fields of a form, and for each a value that a visitor could send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        name, kind = of.get("name", ""), of.get("type", "text")
        match tag:
            case "input" if name and kind in ("radio", "checkbox", "hidden"):
                self.values.setdefault(name, of.get("value", ""))
            case "input" if name:
                given = {"number": "1", "date": "2026-11-19", "datetime-local": "2026-11-20T08:00"}
                self.values[name] = given.get(kind, "said")
            case "textarea" if name:
                self.values[name] = "said"
            case "select":
                self.select = name
            case "option" if of.get("value") and self.select not in self.values:
                self.values[self.select] = of["value"]


POISON = "poisoned"
BOTH = "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"


def forms(everything: Everything, site: TestClient) -> Iterator[tuple[Row, str, dict[str, str]]]:
    """Each form that is there, for somebody who may send it, filled in."""
    for row in POSTED:
        path = everything.address(row.path) + NEEDS.get(row.path, "")
        answer = site.get(path, headers=someone(row))
        if (
            "GET" not in row.methods
            or answer.status_code != 200
            or row.path in ("/identity", "/protocols/lab")
        ):
            continue
        fields = Fields()
        fields.feed(answer.text[answer.text.index("<main") :])
        yield row, path, fields.values


def test_nothing_is_recorded_that_the_form_does_not_ask_for(everything: Everything, site: TestClient) -> None:
    """Mass assignment: every field of every fact, of the envelope and of the act, beside those of the form."""
    ledger = everything.world.node.ledger
    names = {f.name for kind in kinds() for f in record_of(kind).fields}
    names |= set(
        "by role actor told at now ref position recorded_at known_at precision allowed order seal".split()
    )
    sent = 0
    for row, path, values in forms(everything, site):
        before = ledger.size()
        extra = dict.fromkeys(sorted(names - values.keys())[:180], POISON)
        answer = site.post(path, headers=someone(row), data=values | extra)
        # 400: more fields than this form can have.
        # 200: whoever reports without an account is answered at once.
        answered = {303, 400, 403, 409, 422} | ({200} if row.roles is None else set())
        assert answer.status_code in answered, (path, answer.status_code)
        author = f"practice.{min(row.roles).value}" if row.roles else "node"
        for position in range(before, ledger.size()):
            recorded = ledger.entry(position, opening=ALL).recorded
            assert recorded.told is None
            assert recorded.by.person == author
            assert POISON not in said(recorded.fact), (path, type(recorded.fact))
        sent += ledger.size() > before
    assert sent >= 12


def said(fact: Fact) -> str:
    held = [getattr(fact, field.name) for field in record_of(type(fact)).fields]
    return " ".join(repr(getattr(one, "value", one)) for one in held)


def test_an_identifier_that_the_address_settles_is_not_taken_from_the_form(
    everything: Everything, site: TestClient
) -> None:
    """IDOR by the body: each form is sent for one thing, and names another."""
    ledger = everything.world.node.ledger
    others = {"item": "practice.item-1", "request": "practice.theirs", "compromise": "tale.leak", "copy": "x"}
    for row, path, values in forms(everything, site):
        before = ledger.size()
        settled = {name for name in re.findall(r"{(\w+)", row.path) if name in others}
        site.post(
            path, headers=someone(row), data=values | {name: others[name] for name in settled} | {"key": "k2"}
        )
        for position in range(before, ledger.size()):
            fact = ledger.entry(position).recorded.fact
            for name in settled:
                assert getattr(fact, name, None) != others[name], (path, type(fact))


def test_forwarded_names_are_not_believed(everything: Everything, site: TestClient) -> None:
    forwarded = {
        "x-forwarded-host": "evil.invalid",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "203.0.113.9",
        "forwarded": "host=evil.invalid;proto=https",
        "x-original-url": "/items/practice.item-1",
        "x-rewrite-url": "/items/practice.item-1",
    }
    for row in LOOKED:
        path = everything.address(row.path)
        told = site.get(path, headers=someone(row) | forwarded)
        assert told.status_code in (200, 303, 404), path
        assert "evil.invalid" not in told.text
        assert "evil.invalid" not in told.headers.get("location", "")
    answer = site.get("/", headers=forwarded | {"cookie": f"{COOKIE}=administrator"})
    assert "practice.item-1" not in answer.text


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        ("GET / HTTP/1.1\r\nHost: evil.invalid\r\n\r\n", ("400",)),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.invalid\r\n\r\n", ("400",)),
        ("GET / HTTP/1.1\r\n\r\n", ("400",)),
        ("GET http://evil.invalid/identity HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", ("200", "404", "400", "303")),
        ("GET //evil.invalid/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", ("404", "307", "400")),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1@evil.invalid\r\n\r\n", ("400",)),
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n\tb\r\n\r\n", ("400", "303")),
        (f"POST /identity HTTP/1.1\r\nHost: 127.0.0.1\r\n{BOTH}\r\n0\r\n\r\n", ("400", "422")),
    ],
)  # fmt: skip
def test_a_host_that_is_not_ours_is_not_answered(raw: str, request_: str, statuses: tuple[str, ...]) -> None:
    host, _, port = raw.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request_.encode())
        connection.settimeout(10)
        answer = connection.recv(65536).decode("latin-1")
    assert answer.split(" ")[1] in statuses, answer[:200]
    location = re.search(r"(?im)^location: (.*)$", answer)
    assert (
        location is None or location[1].startswith("/identity") or location[1].startswith("http://127.0.0.1")
    )
    # But where the language switch comes back to, which is the first page for any address that is not of this site.
    assert "evil.invalid" not in re.sub(r'back=[^"]*', "", answer.partition("\r\n\r\n")[2])


@pytest.fixture(scope="module")
def raw(everything: Everything) -> Iterator[str]:
    with served(everything.world) as address:
        yield address


@pytest.mark.parametrize("target", ["//evil.invalid", "https://evil.invalid", "/\\evil.invalid"])
def test_no_parameter_sends_anyone_to_another_site(
    everything: Everything, site: TestClient, target: str
) -> None:
    names = ("back", "next", "page", "then", "url", "to", "from")
    given = "&".join(f"{name}={quote(target, safe='')}" for name in names)
    for row in LOOKED:
        answer = site.get(f"{everything.address(row.path)}?{given}", headers=someone(row))
        assert "evil.invalid" not in answer.headers.get("location", ""), row.path
        hrefs = re.findall(r'(?:href|action|src)="([^"]*)"', answer.text)
        assert not [h for h in hrefs if h.startswith(("//", "http://evil", "https://evil", "javascript:"))], (
            row.path
        )


def test_the_record_is_whole_after_all_of_this(everything: Everything) -> None:
    everything.world.node.ledger.check()
