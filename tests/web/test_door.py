"""The door over the site: what lets somebody in, and that nothing else does."""

import json
import re
import secrets
from collections.abc import Iterator
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tearline.config import Site
from tearline.facts.history import Role
from tearline.facts.identifiers import PersonId
from tearline.signin.codes import shown
from tearline.signin.cookies import new_secret
from tearline.signin.identity import Way
from tearline.signin.limits import What
from tearline.web.app import create_app
from tests.authenticator import Authenticator, base64url, flipped
from tests.doors import ORIGIN, Entrance, entrance
from tests.stories.test_signed_release import challenge_of

SIGN_IN, ENROL = ("/sign-in/options", "/sign-in/answer"), ("/enrol/options", "/enrol/answer")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Entrance]:
    made = entrance(tmp_path)
    yield made
    made.close()


@pytest.fixture
def came(door: Entrance) -> Entrance:
    """Both founders have a key."""
    return door.enrolled("ada", "abe")


def browser(
    door: Entrance, *, origin: str = ORIGIN, language: str = "en", address: str = "198.51.100.7"
) -> TestClient:
    """A browser that nobody signed in with, somewhere else."""
    app = create_app(door.node, demo=False, door=door.door, site=Site(address=origin))
    return TestClient(
        app,
        base_url=origin,
        cookies={"language": language},
        headers={"origin": origin, "sec-fetch-site": "same-origin"},
        follow_redirects=False,
        client=(address, 50_000),
    )


def enrols(client: TestClient, phone: Authenticator, code: str, second: str = "") -> Response:
    fields = {"code": code, "second": second, "name": "my phone"}
    options = client.post(ENROL[0], json=fields)
    if options.status_code != 200:
        return options
    return client.post(ENROL[1], json={**fields, "credential": phone.create(options.json())})


def signs_in(client: TestClient, phone: Authenticator, back: str = "/") -> Response:
    options = client.post(SIGN_IN[0], json={"back": back})
    assert options.status_code == 200, options.text
    return client.post(SIGN_IN[1], json={"back": back, "credential": phone.get(options.json())})


def signed_in(door: Entrance, person: str = "ada") -> TestClient:
    client = browser(door)
    assert signs_in(client, door.phone(person)).status_code == 200
    return client


def cookie_of(answer: Response, name: str) -> Any:
    found = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        found.load(header)
    return found[name]


def test_a_founder_comes_in_from_the_code_to_their_queue(door: Entrance) -> None:
    client, phone = browser(door), Authenticator(ORIGIN)
    assert client.get("/releases").headers["location"] == "/sign-in?back=%2Freleases"
    assert client.get("/sign-in").status_code == 200
    assert client.get("/enrol").status_code == 200
    answer = enrols(client, phone, shown(door.codes["ada"]))
    assert answer.json() == {"to": "/sign-in?enrolled"}
    assert "Your key is enrolled" in client.get("/sign-in?enrolled").text
    assert signs_in(client, phone, "/people-and-access").json() == {"to": "/people-and-access"}
    page = client.get("/people-and-access")
    assert page.status_code == 200
    assert client.get("/sign-in").headers["location"] == "/"
    assert client.get("/identity").status_code != 200


def test_nothing_is_shown_to_whoever_is_not_signed_in(came: Entrance) -> None:
    client = browser(came)
    for path in (
        "/",
        "/ledger",
        "/account",
        "/people-and-access",
        "/people-and-access/roles/new",
        "/identity",
    ):
        answer = client.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in")
    for path in ("/account/role", "/people-and-access/roles/new", "/account/sessions/x/end"):
        assert client.post(path).headers["location"] == "/sign-in?back=%2F"
    assert client.post("/account/keys/options", json={"name": "x"}).status_code == 403


def test_a_session_is_a_host_cookie_that_scripts_and_other_sites_do_not_reach(tmp_path: Path) -> None:
    origin = "https://tearline.example"
    door = entrance(tmp_path, origin=origin).enrolled("ada")
    client = browser(door, origin=origin)
    before = cookie_of(client.get("/sign-in"), "__Host-tearline-at-the-door")
    session = cookie_of(signs_in(client, door.phone("ada")), "__Host-tearline")
    for cookie in (before, session):
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"]) == (
            True,
            True,
            "strict",
            "/",
        )
        assert cookie["domain"] == ""
        assert len(cookie.value) == 43
    assert client.get("/").status_code == 200
    door.close()


def test_the_session_has_another_secret_than_before_whatever_the_browser_brought(came: Entrance) -> None:
    """A fixed session: somebody else put a cookie into the browser first."""
    client, fixed = browser(came), new_secret()
    client.cookies.set("tearline", fixed, domain="localhost.local")
    answer = signs_in(client, came.phone("ada"))
    assert cookie_of(answer, "tearline").value != fixed
    other = browser(came)
    other.cookies.set("tearline", fixed)
    assert other.get("/").status_code == 303


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(came: Entrance) -> None:
    client = browser(came)
    secret = cookie_of(signs_in(client, came.phone("ada")), "tearline").value
    thief = browser(came)
    thief.cookies.set("tearline", secret)
    assert thief.get("/").status_code == 200
    left = client.post("/sign-out")
    assert left.headers["location"] == "/sign-in?left"
    assert '"storage"' in left.headers["clear-site-data"]
    assert thief.get("/").status_code == 303
    assert client.get("/").status_code == 303
    assert "You are signed out" in client.get("/sign-in?left").text


def test_a_session_that_is_over_says_so(came: Entrance) -> None:
    client = signed_in(came)
    came.clock.forward(minutes=16)
    sent = client.get("/ledger")
    assert sent.headers["location"] == "/sign-in?back=%2Fledger"
    assert "Your session has ended" in client.get(sent.headers["location"]).text


def test_whoever_is_not_let_in_gets_one_answer_to_the_byte(came: Entrance) -> None:
    stranger = Authenticator(ORIGIN)
    stranger.create(
        json.loads(came.passkeys.making(came.browser, "further", PersonId("nobody"), {"name": "x"}))
    )
    answers = []

    def ask(client: TestClient) -> Any:
        return client.post(SIGN_IN[0], json={}).json()

    def sent(client: TestClient, credential: object) -> None:
        answer = client.post(SIGN_IN[1], json={"credential": credential, "back": "/"})
        differ = ("content-security-policy", "x-request-id")  # a nonce and a number
        headers = {k: v for k, v in answer.headers.items() if k not in differ}
        answers.append((answer.status_code, answer.content, headers))

    client = browser(came)
    sent(client, stranger.get(ask(client)))
    sent(client, flipped(came.phone("ada").get(ask(client)), "signature", 99))
    sent(browser(came), came.phone("ada").get(ask(client)))
    came.phone("ada").verified = False
    sent(client, came.phone("ada").get(ask(client)))
    came.phone("ada").verified = True
    sent(client, None)
    good = came.phone("ada").get(ask(client))
    assert client.post(SIGN_IN[1], json={"credential": good, "back": "/"}).status_code == 200
    sent(client, good)
    assert answers[0][0] == 403
    assert len({repr(one) for one in answers}) == 1
    assert "ada" not in answers[0][1].decode()


def test_whoever_brings_no_good_code_gets_one_answer_to_the_byte(came: Entrance) -> None:
    client, answers = browser(came), set()
    for code, second in (
        ("K7QFM2X-J8R9TZW-D4HVNPK-2M6QXYT", ""),
        (came.codes["ada"], ""),
        ("", ""),
        ("x" * 399, "y"),
        (came.codes["ada"], came.codes["abe"]),
    ):
        answer = enrols(client, Authenticator(ORIGIN), code, second)
        answers.add((answer.status_code, answer.content))
    assert {status for status, _ in answers} == {403}
    assert len(answers) == 1


def test_tries_are_limited_and_say_when_to_come_again(door: Entrance) -> None:
    client = browser(door)
    for _ in range(10):
        assert client.post(ENROL[0], json={"code": "0" * 20}).status_code == 403
    answer = client.post(ENROL[0], json={"code": "0" * 20})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "Too many tries" in answer.json()["said"]
    assert browser(door, address="198.51.100.8").post(ENROL[0], json={"code": "0"}).status_code == 403
    neighbour = browser(door)
    assert enrols(neighbour, door.phone("ada"), door.codes["ada"]).status_code == 200
    assert neighbour.post(ENROL[0], json={"code": "0" * 20}).status_code == 429


def test_a_neighbour_s_failures_keep_nobody_out_who_has_a_good_key(came: Entrance) -> None:
    """Many officers share one address: sixty wrong answers in a minute come from one of them, or from a stranger."""
    client, wrong = browser(came), {"credential": {"id": "made-up"}}
    for _ in range(What.ANSWER.value.amount):
        assert client.post(SIGN_IN[1], json={"credential": {"id": secrets.token_hex(4)}}).status_code == 403
    assert client.post(SIGN_IN[1], json=wrong).status_code == 429
    assert signs_in(browser(came), came.phone("ada")).status_code == 200


def test_one_browser_s_challenges_use_up_no_other_s(came: Entrance) -> None:
    client = browser(came)
    client.get("/sign-in")
    for _ in range(What.BEGIN.value.amount):
        assert client.post(SIGN_IN[0], json={}).status_code == 200
    assert client.post(SIGN_IN[0], json={}).status_code == 429
    assert signs_in(browser(came), came.phone("ada")).status_code == 200


@pytest.mark.parametrize("path", [*SIGN_IN, *ENROL, "/account/keys/options", "/account/keys/answer"])
def test_only_our_own_script_asks(came: Entrance, path: str) -> None:
    client = browser(came)
    elsewhere = {"origin": "https://evil.invalid", "sec-fetch-site": "cross-site"}
    assert client.post(path, json={}, headers=elsewhere).status_code == 403
    assert client.post(path, json={}, headers={**elsewhere, "sec-fetch-site": "same-site"}).text == (
        "cross-origin request refused"
    )
    for content in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        assert client.post(path, content=b"{}", headers={"content-type": content}).status_code == 415
    for body in (b"", b"[]", b"{", b'{"a":1,"a":2}', b"\xff", b"[" * 5000):
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422, body
    assert client.get(path).status_code == 405
    too_long = client.post(path, content=b" " * 70_000, headers={"content-type": "application/json"})
    assert too_long.status_code == 413


def test_signing_out_and_ending_take_a_post_from_the_site_itself(came: Entrance) -> None:
    client = signed_in(came)
    elsewhere = {"origin": "https://evil.invalid", "sec-fetch-site": "cross-site"}
    for path in ("/sign-out", "/account/role", "/people-and-access/sessions/x/end"):
        assert client.post(path, headers=elsewhere).status_code == 403
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200


def test_nobody_is_sent_to_another_site_after_signing_in(came: Entrance) -> None:
    for back in ("//evil.invalid", "https://evil.invalid/", "/\\evil.invalid"):
        assert signs_in(browser(came), came.phone("ada"), back).json() == {"to": "/"}
        assert 'name="back" value="/"' in browser(came).get("/sign-in", params={"back": back}).text


def test_whoever_holds_several_roles_chooses_one_under_a_new_secret(came: Entrance) -> None:
    came.admit("newt", Role.CASE_AGENT)
    came.admit("newt", Role.LIAISON)
    came.has_a_key("newt")
    client = browser(came)
    answer = signs_in(client, came.phone("newt"), "/releases")
    assert answer.json() == {"to": "/account?back=%2Freleases"}
    first = cookie_of(answer, "tearline").value
    page = client.get("/account?back=%2Freleases").text
    assert "liaison officer" in page
    assert 'aria-pressed="true"' in page
    switched = client.post("/account/role", data={"role": "liaison", "back": "/releases"})
    assert switched.headers["location"] == "/releases"
    assert cookie_of(switched, "tearline").value != first
    thief = browser(came)
    thief.cookies.set("tearline", first)
    assert thief.get("/").status_code == 303
    assert client.post("/account/role", data={"role": "overseer"}).status_code == 422
    assert client.get("/people-and-access").status_code == 404


def test_a_session_ends_with_the_role_that_it_acts_in(came: Entrance) -> None:
    came.admit("newt", Role.CASE_AGENT, days=1)
    came.has_a_key("newt")
    client = signed_in(came, "newt")
    came.clock.forward(minutes=10)
    assert client.get("/").status_code == 200
    came.ended("newt", Role.CASE_AGENT)
    assert client.get("/").status_code == 303
    answer = signs_in(browser(came), came.phone("newt"))
    assert answer.status_code == 403
    assert "act in no role" in answer.json()["said"]


def test_a_person_sees_and_ends_their_sessions_and_no_others(came: Entrance) -> None:
    client, other = signed_in(came), signed_in(came)
    abe = signed_in(came, "abe")
    names = [one.name for one in came.sessions.of(PersonId("ada"))]
    (abes,) = [one.name for one in came.sessions.of(PersonId("abe"))]
    page = client.get("/account").text
    assert abes not in page
    assert client.post(f"/account/sessions/{abes}/end").status_code == 404
    assert abe.get("/").status_code == 200
    ended = [name for name in names if f"/account/sessions/{name}/end" in page]
    assert len(ended) == 1
    assert client.post(f"/account/sessions/{ended[0]}/end").status_code == 303
    assert other.get("/").status_code == 303
    assert client.get("/").status_code == 200
    assert client.post(f"/people-and-access/sessions/{abes}/end").status_code == 303
    assert abe.get("/").status_code == 303


def test_an_administrator_sees_identifiers_and_times_and_nothing_sealed(came: Entrance) -> None:
    page = signed_in(came).get("/people-and-access").text
    assert "abe" in page
    assert "who abe is" not in page
    assert "Administrator" in page or "administrator" in page


def test_a_key_is_revoked_and_its_session_ends(came: Entrance) -> None:
    client = signed_in(came)
    (key,) = re.findall(r'href="(/account/keys/[^"]+/revoke)"', client.get("/account").text)
    page = client.get(key)
    assert "your last key" in page.text
    form = {"key": re.findall(r'name="key" value="([^"]+)"', page.text)[0], "reason": "exposed"}
    assert client.post(key, data=form).status_code == 303
    assert client.get("/account").status_code == 303
    assert signs_in(browser(came), came.phone("ada")).status_code == 403
    assert signed_in(came, "abe").get(key).status_code == 404


def test_a_copied_key_is_shown_to_its_holder(came: Entrance) -> None:
    client = signed_in(came)
    assert "may have been copied" not in client.get("/account").text
    came.phone("ada").held[0].count -= 1
    assert signs_in(browser(came), came.phone("ada")).status_code == 403
    assert "may have been copied" in client.get("/account").text


def test_a_further_key_waits_for_its_holders_signature(came: Entrance) -> None:
    client, second = signed_in(came), Authenticator(ORIGIN)
    assert client.get("/account/keys/new").status_code == 404
    options = client.post("/account/keys/options", json={"name": "spare"})
    assert [one["id"] for one in options.json()["excludeCredentials"]]
    posted = second.create(options.json())
    other = signed_in(came, "abe")
    assert other.post("/account/keys/answer", json={"name": "x", "credential": posted}).status_code == 403
    assert other.get("/account/keys/new").status_code == 404
    options = client.post("/account/keys/options", json={"name": "spare"})
    posted = second.create(options.json())
    answer = client.post("/account/keys/answer", json={"name": "spare", "credential": posted})
    assert answer.json() == {"to": "/account/keys/new"}
    assert "spare" in client.get("/account/keys/new").text
    assert signs_in(browser(came), second).status_code == 403, "nobody signed for it yet"


def form_of(page: str, **fields: str) -> dict[str, str]:
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    return {"key": key, **fields}


def does(client: TestClient, path: str, phone: Authenticator, **fields: str) -> str:
    """Fill in the form at this path, send it, and sign what is shown; where one is led then."""
    answer = client.post(path, data=form_of(client.get(path).text, **fields))
    assert answer.status_code == 303, answer.text
    signing = answer.headers["location"]
    if not signing.startswith("/signing/"):
        return str(signing)
    posted = phone.get({"challenge": base64url(challenge_of(client.get(signing).text))})
    done = client.post(signing, data={"assertion": json.dumps(posted)})
    assert done.status_code == 303, done.text
    return str(done.headers["location"])


def code_on(client: TestClient, path: str) -> str:
    page = client.get(path).text
    (code,) = re.findall(r"<code>([0-9A-Z-]{31})</code>", page)
    assert f"/enrol#{code}" in page
    assert code not in client.get(path).text, "it is shown once"
    return str(code)


def invited_by_two(door: Entrance, ada: TestClient, abe: TestClient, person: str, purpose: str) -> list[str]:
    """Both codes of an invitation that ada issues and abe approves, each read on their own page."""
    new = "/people-and-access/invitations/new"
    page = does(ada, new, door.phone("ada"), person=person, purpose=purpose).partition("?")[0]
    first = code_on(ada, page)
    does(abe, f"{page}/approve", door.phone("abe"))
    return [first, code_on(abe, page)]


def test_two_people_invite_a_third_who_comes_in_and_acts(came: Entrance) -> None:
    """The whole way, each binding act signed with the passkey of whoever does it."""
    ada, abe = signed_in(came, "ada"), signed_in(came, "abe")
    base = "/people-and-access"
    does(
        ada,
        f"{base}/people/new",
        came.phone("ada"),
        person="newt",
        organisation="own",
        description="an agent",
    )
    does(
        ada,
        f"{base}/roles/new",
        came.phone("ada"),
        person="newt",
        role="case-agent",
        until="2026-12-01T00:00",
    )
    assert "you, or another" in abe.get(base).text
    assert "another than you" in ada.get(base).text
    (approve,) = re.findall(rf'href="({base}/roles/[^"]+/approve)"', abe.get(base).text)
    does(abe, approve, came.phone("abe"))
    first, second = invited_by_two(came, ada, abe, "newt", "enrol")
    newt, phone = browser(came), came.phone("newt")
    assert enrols(newt, phone, first).status_code == 403
    assert enrols(newt, phone, second).status_code == 403
    assert enrols(newt, phone, second, first).status_code == 200, "in either order"
    assert enrols(browser(came), Authenticator(ORIGIN), first, second).status_code == 403, "used"
    assert signs_in(newt, phone).json() == {"to": "/"}
    assert newt.get("/").status_code == 200
    assert newt.get(base).status_code == 404
    assert newt.get("/people/newt").status_code == 200, "of whom nothing was decided yet"


def test_to_recover_revokes_the_lost_key_and_ends_its_sessions(came: Entrance) -> None:
    came.admit("newt", Role.CASE_AGENT)
    came.has_a_key("newt")
    lost, thief = came.phone("newt"), signed_in(came, "newt")
    ada, abe = signed_in(came, "ada"), signed_in(came, "abe")
    codes = invited_by_two(came, ada, abe, "newt", "recover")
    assert thief.get("/").status_code == 200
    phone = Authenticator(ORIGIN)
    assert enrols(browser(came), phone, *codes).status_code == 200
    assert thief.get("/").status_code == 303
    assert signs_in(browser(came), lost).status_code == 403
    assert signs_in(browser(came), phone).status_code == 200


def test_an_invitation_that_is_withdrawn_lets_nobody_in(came: Entrance) -> None:
    came.admit("newt", Role.CASE_AGENT)
    ada, abe = signed_in(came, "ada"), signed_in(came, "abe")
    codes = invited_by_two(came, ada, abe, "newt", "enrol")
    (page,) = re.findall(
        r'href="(/people-and-access/invitations/[a-z0-9]+)"', ada.get("/people-and-access").text
    )[:1]
    does(abe, f"{page}/withdraw", came.phone("abe"))
    assert enrols(browser(came), came.phone("newt"), *codes).status_code == 403


def test_one_person_alone_neither_invites_nor_gives_a_role(came: Entrance) -> None:
    came.enrols("newt")
    ada = signed_in(came, "ada")
    page = does(
        ada, "/people-and-access/invitations/new", came.phone("ada"), person="newt", purpose="enrol"
    ).partition("?")[0]
    answer = ada.post(f"{page}/approve", data=form_of(ada.get(f"{page}/approve").text))
    assert answer.status_code == 409
    assert "two-people" in answer.text
    code = code_on(ada, page)
    assert enrols(browser(came), Authenticator(ORIGIN), code).status_code == 403
    assert enrols(browser(came), Authenticator(ORIGIN), code, code).status_code == 403


def test_a_further_key_is_enrolled_under_the_signature_of_one_that_its_holder_has(came: Entrance) -> None:
    client, spare = signed_in(came), Authenticator(ORIGIN)
    options = client.post("/account/keys/options", json={"name": "spare"})
    posted = {"name": "spare", "credential": spare.create(options.json())}
    assert client.post("/account/keys/answer", json=posted).json() == {"to": "/account/keys/new"}
    new = "/account/keys/new"
    signing = client.post(new, data=form_of(client.get(new).text)).headers["location"]
    page = client.get(signing).text
    for wrong in (spare, came.phone("abe")):
        answer = client.post(
            signing, data={"assertion": json.dumps(wrong.get({"challenge": base64url(challenge_of(page))}))}
        )
        signing = answer.headers["location"]
        assert signing.startswith("/signing/"), "it signed for itself, or another did"
        page = client.get(signing).text
    assert signs_in(browser(came), spare).status_code == 403
    good = came.phone("ada").get({"challenge": base64url(challenge_of(page))})
    assert (
        client.post(signing, data={"assertion": json.dumps(good)}).headers["location"].startswith("/account")
    )
    assert signs_in(browser(came), spare).status_code == 200
    assert "spare" in client.get("/account").text


def test_without_a_door_there_are_no_such_pages(tmp_path: Path) -> None:
    door = entrance(tmp_path)
    app = create_app(door.node, demo=False)
    client = TestClient(app, base_url=ORIGIN, follow_redirects=False)
    assert client.get("/sign-in").status_code == 404
    assert client.get("/enrol").status_code == 404
    assert client.post("/sign-in/options", json={}).status_code == 404
    assert client.get("/account").status_code == 403
    door.close()


def test_both_languages_say_it(came: Entrance) -> None:
    client = browser(came, language="es")
    assert "Entrar" in client.get("/sign-in").text
    assert "Inscribir" in client.get("/enrol").text
    answer = client.post(SIGN_IN[1], json={"credential": None})
    assert answer.json()["said"].startswith("No funcionó")


def test_a_directorys_session_rests_on_its_account(came: Entrance) -> None:
    secret = came.sessions.begin(PersonId("ada"), Role.ADMINISTRATOR, Way.DIRECTORY, "nothing", "")
    client = browser(came)
    client.cookies.set("tearline", secret)
    assert client.get("/").status_code == 303


FRESH = ("/account/fresh/options", "/account/fresh/answer")


def proves(client: TestClient, phone: Authenticator, back: str) -> Response:
    asked = client.post(FRESH[0], json={"back": back})
    assert asked.status_code == 200, asked.text
    return client.post(FRESH[1], json={"back": back, "credential": phone.get(asked.json())})


def test_what_ends_anothers_access_takes_a_key_again_after_ten_minutes(came: Entrance) -> None:
    client = signed_in(came)
    came.session("abe")
    abes = came.door.sessions.of(PersonId("abe"))[0].name
    end_role = "/people-and-access/people/abe/roles/administrator/end"
    assert client.get(end_role).status_code == 200
    came.clock.now += timedelta(minutes=11)
    for method, path, back in (
        ("GET", end_role, end_role),
        ("POST", end_role, end_role),
        ("POST", f"/people-and-access/sessions/{abes}/end", "/people-and-access"),
        ("GET", "/people-and-access/invitations/new", "/people-and-access/invitations/new"),
    ):
        answer = client.request(method, path)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/account/fresh?" + urlencode({"back": back})
    assert client.get("/account/fresh?back=" + end_role).status_code == 200
    assert proves(client, came.phone("abe"), "/").status_code == 403
    assert client.get(end_role).status_code == 303
    assert proves(client, came.phone("ada"), end_role).json() == {"to": end_role}
    assert client.get(end_role).status_code == 200


def test_an_answer_that_signs_in_is_no_proof_and_leads_to_no_other_site(came: Entrance) -> None:
    client = signed_in(came)
    asked = client.post(SIGN_IN[0], json={})
    answered = came.phone("ada").get(asked.json())
    assert client.post(FRESH[1], json={"back": "/", "credential": answered}).status_code == 403
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert proves(client, came.phone("ada"), elsewhere).json() == {"to": "/"}
        assert 'href="/"' in client.get("/account/fresh", params={"back": elsewhere}).text
    nobody = browser(came)
    assert nobody.post(FRESH[0], json={}).status_code == 403
    assert nobody.get("/account/fresh").headers["location"].startswith("/sign-in")
