"""Route x role where people are admitted: the door, one's account and the API, with things that are somebody's.

``test_matrix.py`` asks for every route in a demonstration, in which nobody signs in; what it leaves out for that reason
is what ``at_the_door`` names, and is asked for here. Whose things are meant is in the address: one's own, those of
another in the same role, and what is not there. A route at the door without a place in these tables fails.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from tearline.api.policy import API
from tearline.facts.history import Role
from tearline.signin.policy import GET, HEAD, MOUNTED, POST, Answer, Row
from tearline.web.policy import ADMINISTRATOR, SITE
from tests.doors import ORIGIN
from tests.web.founded import (
    NOWHERE,
    ONE,
    OTHER,
    ROLES,
    Founded,
    address,
    at_the_door,
    founded_in,
    named,
)
from tests.web.test_matrix import DOOR, bare

OWN = ("/account/", "/directory/", "/signing/")
"""What stands below these is its holder's alone. What else is at the door is done for others, by who admits them."""
BEYOND = {"/account/tokens/{token}/revoke", "/directory/{account}/unlink"}
"""What an administrator closes in another's place."""
PUBLIC: Mapping[tuple[str, str], tuple[int, int]] = {
    # of what anyone may ask for: what nobody, and what whoever is signed in, is answered
    (GET, "/sign-in"): (200, 303),
    (POST, "/sign-in/options"): (200, 200),
    (POST, "/sign-in/answer"): (403, 403),
    (GET, "/sign-in/directory"): (503, 503),
    (GET, "/sign-in/directory/callback"): (303, 303),
    (GET, "/sign-in/directory/arrived"): (200, 200),
    (GET, "/sign-in/directory/nobody"): (403, 403),
    (GET, "/sign-in/directory/down"): (503, 503),
    (GET, "/enrol"): (200, 200),
    (GET, "/enrol/directory"): (200, 200),
    (POST, "/enrol/directory"): (403, 403),
    (POST, "/enrol/options"): (403, 403),
    (POST, "/enrol/answer"): (403, 403),
    (POST, "/account/keys/options"): (403, 200),
    (POST, "/account/keys/answer"): (403, 403),
    (POST, "/account/fresh/options"): (403, 200),
    (POST, "/account/fresh/answer"): (403, 403),
    (POST, "/sign-out"): (303, 303),
}
SCRIPTED = ("/options", "/answer")
"""Asked by our own script, in JSON."""
NOBODY = (None, "expired", "ended", "made-up")
NO_TOKENS = (None, "expired", "revoked", "ended", "unanswered", "nobodys", "forged", "demo:case-agent")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    made, close = founded_in(tmp_path_factory.mktemp("founded"))
    yield made
    close()


def cells(*, public: bool = False) -> Iterator[tuple[Row, str]]:
    for row in SITE.rows:
        if at_the_door(row) and (row.roles is None) is public:
            for method in row.methods:
                yield row, method


def like(answer: Response, path: str, other: Response, elsewhere: str) -> bool:
    """Whether the two are one answer, but for the address that each was asked at."""
    return bare(answer, path) == bare(other, elsewhere)


def served(method: str, answer: Response) -> bool:
    """Shown; or of what is sent: recorded, shown for signing, or told what is wrong with it."""
    if method == GET:
        return answer.status_code == 200
    away = answer.headers.get("location", "").startswith(("/sign-in", "/account/fresh", "/identity"))
    return answer.status_code in (303, 409, 422) and not away


def test_what_a_demonstration_leaves_out_is_asked_for_here() -> None:
    assert all(at_the_door(row) for row in SITE.rows if row.path.startswith(DOOR))


@pytest.mark.parametrize("role", ROLES)
def test_each_door_opens_to_whose_it_is_and_is_not_there_for_another(founded: Founded, role: Role) -> None:
    me, secret = named(role, ONE), founded.sessions[named(role, ONE)]
    mine, anothers = founded.there(me), founded.there(named(role, OTHER))
    wrong = []
    for row, method in cells():
        if row.path.startswith("/people-and-access/sessions"):  # one's own was ended at one's account
            mine |= {"session": founded.name_of(founded.enters(me, role))}
        nowhere, theirs, own = (address(row.path, names) for names in (NOWHERE, anothers, mine))
        absent = founded.ask(method, nowhere, secret)
        answer = row.answer(role)
        owned = "{" in row.path and row.path.startswith(OWN)
        if "{" in row.path and answer is Answer.SERVED and absent.status_code != 404:
            wrong.append((method, nowhere, absent.status_code, "not there"))
        for path, is_mine in ((theirs, False), (own, True)) if owned else ((own, True),):
            said = absent if path == nowhere else founded.ask(method, path, secret)
            opens = is_mine or (role is ADMINISTRATOR and row.path in BEYOND)
            match answer:
                case Answer.SERVED if opens:
                    fits = served(method, said)
                case Answer.ANOTHERS:
                    fits = said.status_code == 403 and "It takes: " in said.text
                case _:
                    fits = said.status_code == 404 and like(said, path, absent, nowhere)
            if not fits:
                wrong.append((method, path, said.status_code, str(answer)))
    assert wrong == []


def test_nobody_learns_anything_but_where_to_sign_in(founded: Founded) -> None:
    there = founded.there(named(Role.CASE_AGENT, OTHER))
    secrets = founded.sessions | {"made-up": "A" * 43}
    for who in NOBODY:
        for row, method in cells():
            for path in {address(row.path, names) for names in (there, NOWHERE)}:
                answer = founded.ask(method, path, secrets[who] if who else None)
                assert answer.status_code == 303, (who, method, path)
                back = path.replace("/", "%2F") if method == GET else "%2F"
                assert answer.headers["location"] == f"/sign-in?back={back}", (who, method, path)
                assert answer.text == ""


def test_no_page_of_the_site_opens_without_a_session_that_is_good(founded: Founded) -> None:
    """At an address where nothing stands: that the answer hangs on nothing else is asked in a demonstration."""
    for row in SITE.rows:
        for method in row.methods:
            if row.roles is not None and not at_the_door(row) and method in (GET, POST):
                path = re.sub(r"\{[^}]+\}", "1", row.path)
                answer = founded.ask(method, path, founded.sessions["ended"])
                assert answer.headers.get("location", "").startswith("/sign-in?back="), (method, path)


def test_what_anyone_may_ask_for_answers_as_it_says(founded: Founded) -> None:
    known = named(Role.AUDITOR, ONE)
    assert {(m, row.path) for row, m in cells(public=True)} == PUBLIC.keys()
    for (method, path), (unknown, signed_in) in PUBLIC.items():
        body = b"{}" if path.endswith(SCRIPTED) else b""
        for secret, expected in (
            (None, unknown),
            (founded.sessions["expired"], unknown),
            (founded.sessions["ended"], unknown),
            (founded.enters(known, Role.AUDITOR), signed_in),
        ):
            cookie = {"cookie": f"tearline={secret}"} if secret else {}
            json = {"content-type": "application/json"} if body else {}
            answer = founded.site.request(method, path, cookie | json, body)
            assert answer.status_code == expected, (method, path, answer.text)


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_an_account_name_nobody_else(founded: Founded, role: Role) -> None:
    me, other = named(role, ONE), named(role, OTHER)
    secret = founded.sessions[me]
    for path in ("/account", "/account/tokens", "/account/directory", "/notifications", "/account/keys/new"):
        page = founded.ask(GET, path, secret)
        assert page.status_code == 200, path
        assert other not in page.text, path
    assert "A role" in founded.ask(GET, "/notifications", secret).text


def unseen(page: Response) -> str:
    found = re.search(r"(\d+) new", page.text)
    return found[1] if found else "0"


def test_who_has_looked_at_what_they_are_told_has_looked_for_themselves_alone(founded: Founded) -> None:
    one, other = (founded.sessions[named(Role.LIAISON, which)] for which in (ONE, OTHER))
    before = unseen(founded.ask(GET, "/notifications", other))
    sent = {"position": "9999", "at": "9999999999", "person": named(Role.LIAISON, OTHER)}
    assert founded.ask(POST, "/notifications/seen", one, sent).status_code == 303
    assert unseen(founded.ask(GET, "/notifications", one)) == "0"
    assert unseen(founded.ask(GET, "/notifications", other)) == before != "0"


# The API, with tokens


def calls() -> Iterator[tuple[Row, str]]:
    for row in API.rows:
        if row.roles is not None:
            for method in row.methods:
                if method not in (HEAD, MOUNTED):
                    yield row, method


def nothing(row: Row) -> str:
    return re.sub(r"\{[^}]+\}", "nothing", row.path)


NEEDS_NOTHING = {"/commands/RunLinkage"}
"""Commands that are complete as they are, and refused by the rules where there is nothing to do."""


@pytest.mark.parametrize("role", [*ROLES, "machine"])
def test_the_api_answers_each_token_as_its_role(founded: Founded, role: Role | str) -> None:
    person = named(role, ONE) if isinstance(role, Role) else role
    acts_as = role if isinstance(role, Role) else Role.CASE_AGENT
    wrong = []
    for row, method in calls():
        said = founded.call(method, nothing(row), founded.tokens[person])
        match row.answer(acts_as):
            case Answer.SERVED:
                empty = (200, 422) if method == GET else (422, 409) if row.path in NEEDS_NOTHING else (422,)
                fits = said.status_code in ((404,) if "{" in row.path else empty)
            case Answer.ANOTHERS:
                fits = (said.status_code, said.json().get("rule")) == (403, "role-allowed")
            case _:
                fits = said.status_code == 404 and said.json()["type"].endswith("#problem-absent")
        if not fits:
            wrong.append((method, row.path, said.status_code, said.text[:200]))
    assert wrong == []


def test_a_token_that_reads_records_nothing_anywhere(founded: Founded) -> None:
    for role in (Role.SENIOR_OFFICER, Role.CASE_AGENT, Role.ADMINISTRATOR):
        token = founded.tokens[f"{named(role, ONE)}-reads"]
        for row, method in calls():
            if method == POST and row.answer(role) is Answer.SERVED:
                said = founded.call(method, nothing(row), token)
                assert (said.status_code, said.json()["rule"]) == (403, "scope-record"), row.path


def test_a_token_that_is_not_good_is_as_good_as_none(founded: Founded) -> None:
    """Every route without one, and with one whose role was ended; a few of each kind with all the others."""
    some = {
        "/me",
        "/facts",
        "/items/{item}",
        "/tokens",
        "/commands/RevokeToken",
        "/readings",
        "/signatures/{id}",
    }
    assert some <= {row.path for row, _ in calls()}
    answers = set()
    for row, method in calls():
        for name in NO_TOKENS if row.path in some else (None, "ended"):
            token = founded.tokens.get(name, name) if name else None
            said = founded.call(method, nothing(row), token)
            assert said.status_code == 401, (name, row.path)
            answers.add((said.content, said.headers["www-authenticate"]))
    assert len(answers) == 1


def test_a_session_opens_nothing_of_the_api_and_a_token_no_page(founded: Founded) -> None:
    me = named(Role.SENIOR_OFFICER, ONE)
    assert founded.ask(GET, "/api/v1/items", founded.sessions[me]).status_code == 401
    token = {"authorization": f"Bearer {founded.tokens[me]}"}
    assert founded.site.request(GET, "/account", token).headers["location"].startswith("/sign-in")


def told_without_names(answer: Response, *names: str) -> tuple[int, str]:
    """An answer, but for the names that the question itself brought."""
    text = answer.text
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "…")
    return answer.status_code, text


@pytest.mark.parametrize("role", [role for role in ROLES if role is not ADMINISTRATOR])
def test_what_is_another_persons_is_answered_as_what_is_not_there(founded: Founded, role: Role) -> None:
    me, other = named(role, ONE), named(role, OTHER)
    token, theirs = founded.tokens[me], founded.there(other)
    listed = founded.call(GET, "/tokens", token)
    assert me in listed.text
    assert other not in listed.text
    for command, body, absent in (
        ("RevokeToken", {"token": other, "person": other}, {"token": "absent", "person": other}),
        (
            "UnlinkDirectoryAccount",
            {"account": theirs["account"], "person": other},
            {"account": NOWHERE["account"], "person": other},
        ),
    ):
        answers = [
            told_without_names(
                founded.call(POST, f"/commands/{command}", token, one, key=key), *map(str, one.values())
            )
            for one, key in ((body, "theirs"), (absent, "absent"))
        ]
        assert answers[0][0] == 409
        assert answers[0] == answers[1], command


def offered(founded: Founded, role: Role, name: str) -> dict[str, Any]:
    """What a token of one's own is that is asked for at the API, and waits to be signed."""
    body = {
        "token": name,
        "person": named(role, ONE),
        "role": role.value,
        "scopes": ["read"],
        "expires": f"{founded.door.clock.now + timedelta(days=20):%Y-%m-%dT%H:%M:%SZ}",
        "secret": "A" * 43,
    }
    said = founded.call(POST, "/commands/IssueToken", founded.tokens[named(role, ONE)], body, key=name)
    assert said.status_code == 202, said.text
    signing: dict[str, Any] = said.json()["signing"]
    return signing | {"path": str(signing["href"]).removeprefix("/api/v1")}


def test_an_act_that_waits_at_the_api_waits_for_its_person_alone(founded: Founded) -> None:
    me, other = (named(Role.LIAISON, which) for which in (ONE, OTHER))
    path = offered(founded, Role.LIAISON, "asked-for")["path"]
    signature = {"form": "ed25519", "signature": "A" * 86}
    theirs = founded.call(POST, path, founded.tokens[other], signature)
    absent = founded.call(POST, "/signatures/nothing", founded.tokens[other], signature)
    assert (theirs.status_code, theirs.content) == (404, absent.content)
    assert founded.call(POST, path, founded.tokens[me], signature).status_code == 409


def test_a_passkey_signs_at_the_api_as_at_the_site_and_no_copy_of_it_and_from_nowhere_else(
    founded: Founded,
) -> None:
    me = named(Role.HARM_DESK, ONE)
    phone, token = founded.door.phone(me), founded.tokens[me]
    signing = offered(founded, Role.HARM_DESK, "signed-for")
    (key,) = signing["keys"]

    def signed() -> Response:
        body = {"form": "webauthn", "credential": phone.get({"challenge": key["challenge"]})}
        return founded.call(POST, signing["path"], token, body)

    phone.origin = ORIGIN.replace("localhost", "pages.localhost")
    elsewhere = signed()
    phone.origin = ORIGIN
    phone.held[0].count -= 3
    copied = signed()
    assert (elsewhere.status_code, elsewhere.json()["rule"]) == (409, "signed-personally")
    assert copied.content == elsewhere.content
    phone.held[0].count += 3
    assert signed().status_code == 201


def test_a_machine_binds_nobody(founded: Founded) -> None:
    body = {"dissent": "no", "item": "none", "reasons": "It is too early."}
    said = founded.call(POST, "/commands/RecordDissent", founded.tokens["machine"], body, key="machine")
    assert said.status_code == 409
    again = {
        "token": "more",
        "person": f"desk-of-{named(Role.CASE_AGENT, ONE)}",
        "role": "case-agent",
        "scopes": ["read"],
        "expires": f"{founded.door.clock.now:%Y-%m}-28T09:00:00Z",
        "secret": "A" * 43,
    }
    said = founded.call(POST, "/commands/IssueToken", founded.tokens["machine"], again, key="more")
    assert said.status_code in (403, 409), said.text


def test_what_is_recorded_of_another_is_not_there_for_who_does_not_read_the_record(founded: Founded) -> None:
    for role in (Role.PARTNER_LIAISON, ADMINISTRATOR):
        for position in range(0, founded.door.node.ledger.size(), 20):
            answer = founded.call(GET, f"/facts/{position}", founded.tokens[named(role, ONE)])
            own = founded.door.node.ledger.entry(position).recorded.by.person == named(role, ONE)
            assert answer.status_code == (200 if own else 404)
