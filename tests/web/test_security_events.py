"""Who came and went, and what was not granted, is written down: by which key and session, and by nobody's name."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits import RateLimitItemPerMinute
from starlette.testclient import TestClient

from tearline.facts.errors import Broken, Refused
from tearline.facts.history import Role
from tearline.facts.identifiers import PersonId
from tearline.facts.words import Words
from tearline.signin.limits import What
from tearline.web.app import create_app
from tearline.web.events import LogFormat, writing_events
from tests.authenticator import Authenticator
from tests.doors import ORIGIN, Entrance, entrance
from tests.web.conftest import BASE, HERE, visitor
from tests.web.test_door import browser, cookie_of, enrols, signed_in, signs_in
from tests.web.world import World


class Written:
    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def events(self, name: str) -> list[dict[str, object]]:
        read = [json.loads(line) for line in self.text.splitlines()]
        return [event for event in read if event["event"] == name]

    def requests(self, status: int) -> list[dict[str, object]]:
        return [event for event in self.events("request") if event["status"] == status]


@pytest.fixture
def written() -> Iterator[Written]:
    held = Written()
    with writing_events(LogFormat.JSON, stream=held.stream):
        yield held


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Entrance]:
    made = entrance(tmp_path).enrolled("ada", "abe")
    yield made
    made.close()


def test_who_comes_in_is_written_by_key_and_session_and_not_by_name(door: Entrance, written: Written) -> None:
    client = browser(door)
    secret = cookie_of(signs_in(client, door.phone("ada")), "tearline").value
    (event,) = written.events("signed-in")
    (session,) = door.sessions.all()
    assert event["session"] == session.name
    assert event["proof"] == session.proof
    assert event["way"] == "passkey"
    assert str(event["time"]).endswith("Z")
    assert "ada" not in written.text
    assert secret not in written.text


def test_each_session_that_ends_is_written_with_whoever_ended_it(door: Entrance, written: Written) -> None:
    ada, other = signed_in(door), signed_in(door)
    first, second = (str(event["session"]) for event in written.events("signed-in"))
    assert other.post(f"/account/sessions/{first}/end").status_code == 303
    (event,) = written.events("session-ended")
    assert (event["session"], event["by"]) == (first, second)
    assert ada.get("/account").status_code == 303
    other.post("/sign-out")
    assert [event["session"] for event in written.events("signed-out")] == [second]


def test_whoever_is_not_let_in_is_written_and_what_they_brought_is_not(
    door: Entrance, written: Written
) -> None:
    client, stranger = browser(door), Authenticator(ORIGIN)
    options = client.post("/sign-in/options", json={}).json()
    made = door.passkeys.making(door.browser, "further", PersonId("nobody"), {"name": "x"})
    stranger.create(json.loads(made))
    posted = stranger.get(options)
    assert client.post("/sign-in/answer", json={"credential": posted}).status_code == 403
    assert enrols(client, stranger, "0000-secret-code-that-is-none").status_code == 403
    refused = written.requests(403)
    assert [(event["route"], event["rule"]) for event in refused] == [
        ("/sign-in/answer", "not-let-in"),
        ("/enrol/options", "not-let-in"),
    ]
    assert "secret-code" not in written.text
    assert str(posted["id"]) not in written.text


def test_whoever_tries_too_often_is_written(door: Entrance, written: Written) -> None:
    client = browser(door)
    body = {"code": "x", "second": "", "name": "n"}
    answers = [client.post("/enrol/options", json=body).status_code for _ in range(11)]
    assert answers == [403] * 10 + [429]
    assert [event["rule"] for event in written.requests(429)] == ["too-often"]


def test_whoever_reads_faster_than_anyone_can_is_kept_waiting_and_nobody_else(
    door: Entrance, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(What.PAGE, "_value_", RateLimitItemPerMinute(5))
    copies, reads = signed_in(door), signed_in(door, "abe")
    answers = [copies.get("/account") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "<h1" in answers[-1].text
    assert "Too many tries" in answers[-1].text
    assert "who ada is" not in answers[-1].text
    assert copies.post("/account/sessions/others/end").status_code == 429
    assert reads.get("/account").status_code == 200
    assert [event["rule"] for event in written.requests(429)] == ["too-often"] * 2


def test_what_is_not_granted_is_written_with_the_session_that_asked(door: Entrance, written: Written) -> None:
    client = signed_in(door)
    (signed,) = written.events("signed-in")
    assert client.post("/account/sessions/nobody-s-one/end").status_code == 404
    (event,) = written.requests(404)
    assert (event["session"], event["way"]) == (signed["session"], "passkey")
    assert "nobody-s-one" not in written.text


class Refusing:
    """Stands where the node does, and refuses whatever is asked of it, by this rule."""

    def __init__(self, rule: str) -> None:
        self._rule = rule

    def __getattr__(self, _name: str) -> object:
        raise Refused(self._rule, Words("why it is refused", "por qué"), ("a-sealed-reason",))


def test_a_refusal_is_written_with_its_rule_and_no_other_word(still: World, written: Written) -> None:
    for rule, said in (("two-signers", "two-signers"), ("cousin\nof=the boss", "other")):
        app = create_app(still.node, demo=True)
        app.state.node = Refusing(rule)
        client = TestClient(app, base_url=BASE, client=HERE, cookies={"identity": Role.OVERSEER.value})
        assert client.get("/ledger/checkpoint").status_code == 409
        assert written.requests(409)[-1]["rule"] == said
    assert "why it is refused" not in written.text
    assert "sealed" not in written.text
    assert "cousin" not in written.text


class Failing:
    """Stands where the node does, and finds each proof failed, in these words."""

    def __getattr__(self, _name: str) -> object:
        raise Broken("entry 7: the leaf of a-sealed-reason does not commit to the fact")


@pytest.mark.parametrize("role", [Role.OVERSEER, Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER_LIAISON])
def test_a_proof_that_fails_is_shown_to_nobody_but_by_its_number(
    still: World, written: Written, role: Role
) -> None:
    app = create_app(still.node, demo=True)
    app.state.node = Failing()
    answer = TestClient(app, base_url=BASE, client=HERE, cookies={"identity": role.value}).get(
        "/ledger/checkpoint"
    )
    assert answer.status_code == 503
    (event,) = written.events("broken")
    assert event["error"] == "Broken"
    assert str(event["request_id"]) in answer.text
    for said in (answer.text, written.text):
        assert "entry 7" not in said
        assert "sealed" not in said


def test_a_post_from_another_site_is_written(still: World, written: Written) -> None:
    client = visitor(still, Role.OVERSEER)
    assert client.post("/releases/new", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert [event["rule"] for event in written.requests(403)] == ["cross-origin"]


def test_what_is_granted_is_written_without_a_session(door: Entrance, written: Written) -> None:
    client = signed_in(door)
    client.get("/account")
    granted = [event for event in written.requests(200) if event["route"] == "/account"]
    assert granted
    assert all("session" not in event for event in granted)


def test_a_key_that_did_not_count_on_is_written_by_its_name(door: Entrance, written: Written) -> None:
    assert door.passkeys.risen(door.entered("ada").key, 10_000, first=True)
    client = browser(door)
    assert signs_in(client, door.phone("ada")).status_code == 403
    (event,) = written.events("a key counted no further than before")
    assert event["level"] == logging.getLevelName(logging.WARNING).lower()
    assert event["key"]


def test_all_other_sessions_end_at_once_and_ones_own_goes_on(door: Entrance, written: Written) -> None:
    one, two, three = signed_in(door), signed_in(door), signed_in(door)
    abe = signed_in(door, "abe")
    assert "End all the others" in two.get("/account").text
    assert two.post("/account/sessions/others/end").headers["location"] == "/account"
    assert [client.get("/account").status_code for client in (one, two, three, abe)] == [303, 200, 303, 200]
    assert len(written.events("session-ended")) == 2
    assert "End all the others" not in two.get("/account").text


def test_what_the_api_does_not_grant_is_written_by_way_and_rule(still: World, written: Written) -> None:
    client, token = visitor(still), {"authorization": "Bearer demo:overseer"}
    client.get("/api/v1/items/practice.item-1")
    client.post("/api/v1/commands/ReleaseItem", headers=token | {"idempotency-key": "k"}, json={})
    (unknown,), (denied,) = written.requests(401), written.requests(403)
    assert (unknown["rule"], unknown["route"]) == ("no-token", "/api/v1/items/{item}")
    assert (denied["rule"], denied["way"]) == ("role-allowed", "demonstration")
    assert "practice.item-1" not in written.text
    assert "overseer" not in written.text
