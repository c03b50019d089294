"""Route × role: every route of the site, asked for by every role, and each answer compared with the table.

The cells are made from the table, and the table is held against the routes when the site starts: a route that
somebody adds is tested here, or the site does not start.
"""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.signin.demonstration import COOKIE
from tearline.signin.policy import HEAD, MOUNTED, Answer, Row
from tearline.web.app import create_app
from tearline.web.policy import PEOPLE, SITE
from tearline.web.watched import HEADER
from tests.web.conftest import BASE, HERE
from tests.web.everything import OTHER, Everything

ROLES = sorted(PEOPLE)
EXPIRED = "a-session-that-ran-out"
MAY_BE_ABSENT = {
    "/releases/{request}/review",
    "/agreements/{agreement}/endorse",
    "/signing/{signing}",
    "/investigations/{investigation}/evidence/{evidence}/custody",
    "/harm/reports/{report}",
    "/harm/reports/{report}/consent",
    "/harm/reports/{report}/withdrawal",
    "/harm/reports/{report}/people/new",
    "/harm/reports/{report}/files",
    "/harm/people/{victim}",
    "/harm/people/{victim}/condition",
    "/harm/linkage/people/{victim}",
    "/harm/linkage/people/{victim}/merge",
    "/harm/files/{file}/copy",
    "/harm/files/{file}/copies/{custody}",
    "/harm/files/{file}/custody",
    "/harm/assistance/needs/{need}/referral",
    "/harm/assistance/needs/{need}/given",
    "/harm/assistance/needs/{need}/withdrawn",
    "/harm/assistance/referrals/{referral}/answer",
}
"""Pages that are there only for some of what is there: what was expedited, awaits a second person, or is in hand; to
an advocate, what they took down; to whoever links, what was not withdrawn, as the harm desk does here on its form."""
NEEDS = {"/releases/new": "?item=practice.item-1&unit=practice.unit", "/readings/new": "?page=/harm"}


@pytest.fixture(scope="module")
def site(everything: Everything) -> TestClient:
    app = create_app(everything.world.node, demo=True)
    return TestClient(app, base_url=BASE, client=HERE, follow_redirects=False)


def cells() -> Iterator[tuple[Row, str]]:
    for row in SITE.rows:
        for method in row.methods:
            if method != MOUNTED:
                yield row, method


def ask(site: TestClient, method: str, path: str, who: str | None) -> Response:
    headers = {"cookie": f"{COOKIE}={who}"} if who else {}
    return site.request(method, path, headers=headers, content=b"" if method == "POST" else None)


def bare(answer: Response, path: str) -> tuple[int, list[tuple[str, str]], str]:
    """An answer but for its nonce, its request's id, and the address that it was asked at."""
    nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["content-security-policy"])
    assert nonce
    other = {"content-length", HEADER}
    headers = [(k, v.replace(nonce[1], "")) for k, v in answer.headers.items() if k not in other]
    text = answer.text.replace(nonce[1], "").replace(answer.headers[HEADER], "").replace(path, "")
    text = re.sub(r"back=[^\"&]*", "", text)
    return answer.status_code, headers, text


@pytest.mark.parametrize("role", ROLES)
def test_every_route_answers_a_role_as_the_table_says(
    everything: Everything, site: TestClient, role: Role
) -> None:
    wrong = []
    for row, method in cells():
        path = everything.address(row.path) + NEEDS.get(row.path, "")
        answer = ask(site, method, path, role.value)
        match row.answer(role):
            case Answer.SERVED:
                fits = answer.status_code in (200, 303, 409, 422) or _owned(row, answer)
            case Answer.ANOTHERS:
                fits = answer.status_code == 403 and "It takes: " in answer.text
            case _:
                nowhere = everything.absent(row.path) + NEEDS.get(row.path, "")
                fits = answer.status_code == 404 and bare(answer, path) == bare(
                    ask(site, method, nowhere, role.value), nowhere
                )
        if not fits:
            wrong.append((method, path, row.answer(role), answer.status_code))
    assert not wrong


DOOR = ("/account", "/directory/", "/machines/", "/sign-in", "/sign-out", "/enrol", "/people-and-access/")
"""Of these a demonstration has little: nobody signs in. Their own tests have them with people at a real door."""


def _owned(row: Row, answer: Response) -> bool:
    """A form that is there for the recipient of a copy only, or for some requests only."""
    return answer.status_code == 404 and (
        row.path.startswith(DOOR) or row.path in MAY_BE_ABSENT or row.path == "/copies/{copy}/receipt"
    )


@pytest.mark.parametrize("who", [None, EXPIRED, "", "node", "chronicler"])
def test_nobody_and_whoever_is_not_known_any_more_are_asked_who_they_are(
    everything: Everything, site: TestClient, who: str | None
) -> None:
    for row, method in cells():
        if row.roles is None:
            continue
        for path in (everything.address(row.path), everything.absent(row.path)):
            answer = ask(site, method, path, who)
            assert (answer.status_code, answer.headers.get("location")) == (303, "/identity"), (method, path)


def test_what_another_received_is_to_the_partner_as_if_it_were_not_there(
    everything: Everything, site: TestClient
) -> None:
    partner = Role.PARTNER_LIAISON.value
    for template in ("/copies/{copy}", "/copies/{copy}/receipt"):
        theirs = everything.address(template, copy=everything.copy_for(OTHER))
        nowhere = everything.absent(template)
        for method in ("GET", "POST") if template.endswith("receipt") else ("GET",):
            assert ask(site, method, everything.address(template), partner).status_code in (200, 303, 409)
            answer = ask(site, method, theirs, partner)
            assert answer.status_code == 404
            assert bare(answer, theirs) == bare(ask(site, method, nowhere, partner), nowhere)


def test_what_is_public_needs_nobody(everything: Everything, site: TestClient) -> None:
    for row, method in cells():
        if row.roles is None and method in ("GET", HEAD):
            answer = ask(site, method, everything.address(row.path), None)
            assert answer.status_code in (200, 303) or _owned(row, answer), row.path


def test_the_administrator_finds_nothing_of_what_is_on_record(
    everything: Everything, site: TestClient
) -> None:
    admin = Role.ADMINISTRATOR.value
    pages = ""
    for row, method in cells():
        if method == "GET" and row.answer(Role.ADMINISTRATOR) is Answer.SERVED and row.roles is not None:
            pages += ask(site, method, everything.address(row.path), admin).text
    for there in (
        "practice.item",
        "practice.open",
        "tale.",
        "invented case",
        "/items/",
        "/releases",
        "Bridge",
        "Lorries",
    ):
        assert there not in pages


def test_a_page_leads_a_role_only_to_where_it_may_go(everything: Everything, site: TestClient) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER_LIAISON):
        seen = Counter[int]()
        for row, method in cells():
            if method != "GET" or row.answer(role) is not Answer.SERVED:
                continue
            answer = ask(site, method, everything.address(row.path), role.value)
            for href in set(re.findall(r'href="(/[^"#?]*)', answer.text)):
                if not href.startswith(("/static/", "/language")):
                    seen[ask(site, "GET", href, role.value).status_code] += 1
        assert set(seen) == {200}, (role, seen)
