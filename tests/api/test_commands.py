"""Commands: recorded once whatever happens on the way, refused with their rule, read strictly, signed."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tearline.api.bodies import LARGEST
from tearline.api.commands import commands
from tearline.facts.admission import Scope, TokenIssued
from tearline.facts.history import Role, about
from tearline.facts.identifiers import TokenId
from tearline.facts.release import DissentRecorded, ReleaseSignedOff
from tearline.ledger import personal, strict
from tearline.node import Order
from tearline.rooms.admission.tokens import IssueToken
from tearline.signin.demonstration import ROLES
from tearline.signin.policy import Answer
from tearline.signin.secrets import hash_of, written
from tearline.web import waited_for
from tearline.web.app import create_app
from tests.api.conftest import Caller, at
from tests.api.test_document import DOCUMENT, validator
from tests.passkeys import SITE, passkey, posted, put_on_record
from tests.signing import introduced, private_key
from tests.web.conftest import BASE
from tests.web.world import World, actor

DISSENT = {"dissent": "practice.no", "item": "practice.item-1", "reasons": "It is too early."}
SIGN_OFF = {"sign_off": "practice.signs", "request": "practice.request", "line": "releasing"}
OFFICER = Role.RELEASING_OFFICER


def recorded(world: World) -> int:
    """How many live dissents there are."""
    known = world.node.ledger.read(about(kinds=(DissentRecorded,)))
    return sum(r.told is None for r in known.of(DissentRecorded))


@pytest.mark.parametrize(
    ("command", "body", "bound"),
    [
        ("RunLinkage", {}, "MOST_COMPARED"),
        (
            "EstimateCasualties",
            {"unit": "people", "area": "here", "first_day": "2026-01-01", "last_day": "2026-12-31"},
            "MOST_ESTIMATED",
        ),
    ],
)
def test_what_would_keep_others_waiting_is_for_the_command_line(
    world: World, monkeypatch: pytest.MonkeyPatch, command: str, body: dict[str, Any], bound: str
) -> None:
    analyst, before = Caller(at(world), Role.LINKAGE_ANALYST), world.node.ledger.size()
    monkeypatch.setattr(waited_for, bound, -1)
    refused = analyst.do(command, body, key="many")
    assert refused.status_code == 409
    assert "at-the-command-line" in refused.text
    assert world.node.ledger.size() == before


# recorded once


def test_what_is_sent_twice_under_one_key_is_recorded_once_and_answered_alike(world: World) -> None:
    agent, before = Caller(at(world), Role.CASE_AGENT), recorded(world)
    first = agent.do("RecordDissent", DISSENT, key="one")
    again = agent.do("RecordDissent", dict(reversed(DISSENT.items())), key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["etag"] == again.headers["etag"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert recorded(world) == before + 1


def test_the_ledger_remembers_the_key_after_a_new_start(world: World) -> None:
    first = Caller(at(world), Role.CASE_AGENT).do("RecordDissent", DISSENT, key="one")
    again = Caller(at(world), Role.CASE_AGENT).do("RecordDissent", DISSENT, key="one")  # another application
    assert first.json() == again.json()


@pytest.mark.parametrize(
    "changed",
    [
        {"reasons": "It is too late."},
        {"item": "practice.item-2"},
        {"dissent": "practice.other"},
        {"happened_at": "2026-11-01T09:00:00Z"},
        {"precision": "day"},
        {"request": "practice.request"},
    ],
)
def test_another_body_under_the_same_key_is_refused(world: World, changed: dict[str, str]) -> None:
    agent, before = Caller(at(world), Role.CASE_AGENT), recorded(world)
    agent.do("RecordDissent", DISSENT, key="one")
    answer = agent.do("RecordDissent", DISSENT | changed, key="one")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("#problem-idempotency-key-reused")
    assert recorded(world) == before + 1


def test_a_command_that_names_only_a_request_is_compared_as_well(world: World) -> None:
    agent = Caller(at(world), Role.CASE_AGENT)
    first = agent.do("DecideRequest", {"request": "practice.request"}, key="one")
    assert first.status_code == 201, first.text
    assert agent.do("DecideRequest", {"request": "practice.request"}, key="one").json() == first.json()
    assert agent.do("DecideRequest", {"request": "practice.other"}, key="one").status_code == 422


def test_nobodys_key_is_anothers_and_no_commands_key_anothers(world: World) -> None:
    client = at(world)
    agent, overseer = Caller(client, Role.CASE_AGENT), Caller(client, Role.OVERSEER)
    assert agent.do("RecordDissent", DISSENT, key="one").status_code == 201
    other = overseer.do("RecordDissent", DISSENT | {"dissent": "practice.too"}, key="one")
    assert other.status_code == 201
    assert "idempotency-replayed" not in other.headers
    harm = agent.do("SetProtectionPlan", _body("SetProtectionPlan"), key="one")
    assert "idempotency-replayed" not in harm.headers


def test_two_at_once_under_one_key_are_recorded_once(world: World) -> None:
    client, before = at(world), recorded(world)
    answers: list[Any] = []

    def send() -> None:
        answers.append(Caller(client, Role.CASE_AGENT).do("RecordDissent", DISSENT, key="one"))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [a.status_code for a in answers] == [201] * 6
    assert len({a.text for a in answers}) == 1
    assert recorded(world) == before + 1


def test_a_refusal_is_not_kept(world: World) -> None:
    client = at(world)
    agent = Caller(client, Role.CASE_AGENT)
    early = DISSENT | {"item": "practice.item-3"}
    assert agent.do("RecordDissent", early, key="one").status_code == 409
    new = _body("RegisterItem") | {"item": "practice.item-3"}
    assert agent.do("RegisterItem", new).status_code == 201
    assert agent.do("RecordDissent", early, key="one").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "ñ", "x" * 201])
def test_a_command_without_a_key_that_can_be_one_is_refused(client: Any, still: World, key: str) -> None:
    headers = Caller(client, Role.CASE_AGENT).headers | {"idempotency-key": key}
    encoded = [(name, value.encode("latin-1")) for name, value in headers.items()]
    answer = client.post("/api/v1/commands/RecordDissent", json=DISSENT, headers=encoded)
    assert answer.status_code in (400, 422)
    assert recorded(still) == 0


def test_a_command_without_a_key_is_refused(client: Any) -> None:
    headers = Caller(client, Role.CASE_AGENT).headers
    answer = client.post("/api/v1/commands/RecordDissent", json=DISSENT, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("#problem-idempotency-key-missing")


# answers


def test_what_was_recorded_is_pointed_at_and_proved(world: World) -> None:
    agent = Caller(at(world), Role.CASE_AGENT)
    answer = agent.do("RecordDissent", DISSENT)
    said = answer.json()
    assert validator("Receipt").is_valid(said)
    where = answer.headers["location"].removeprefix("/api/v1")
    fact = agent.get(where)
    assert fact.headers["etag"] == answer.headers["etag"]
    assert (fact.json()["ref"], fact.json()["kind"]) == (said["ref"], "DissentRecorded")
    proof = agent.get(said["receipt"].removeprefix("/api/v1")).json()
    assert proof["proof"] == world.node.ledger.prove(said["position"])


def test_a_refusal_says_its_rule_its_facts_and_why_in_both_languages(world: World) -> None:
    answer = Caller(at(world), Role.CASE_AGENT).do("RecordDissent", DISSENT | {"item": "practice.nothing"})
    said = answer.json()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert validator("Problem").is_valid(said)
    assert (said["rule"], said["facts"]) == ("known", ["practice.nothing"])
    assert said["because"]["en"] == said["detail"] != said["because"]["es"]


def test_an_act_is_not_recorded_before_it_happened(world: World) -> None:
    agent = Caller(at(world), Role.CASE_AGENT)
    late = DISSENT | {"happened_at": "2027-01-01T00:00:00Z"}
    assert agent.do("RecordDissent", late).json()["rule"] == "not-ahead"
    past = DISSENT | {"happened_at": "2026-11-01T00:00:00Z", "precision": "day"}
    where = agent.do("RecordDissent", past).headers["location"].removeprefix("/api/v1")
    fact = agent.get(where).json()
    assert (fact["happened_at"], fact["precision"]) == ("2026-11-01T00:00:00Z", "day")


# who may


def test_each_command_is_for_the_roles_that_its_room_allows(client: Any, still: World) -> None:
    before = still.node.ledger.size()
    for role in ROLES:
        caller = Caller(client, role)
        for name, form in commands().items():
            answer = caller.do(name, {"nothing": "of the kind"})
            if role in form.roles:
                assert answer.status_code == 422, (name, role)
            else:
                assert (answer.status_code, answer.json()["rule"]) == (403, "role-allowed"), (name, role)
    assert still.node.ledger.size() == before


def test_who_does_not_read_the_record_is_offered_no_act_on_it() -> None:
    for role, theirs in (
        (Role.PARTNER_LIAISON, {"ReceiveCopy", "ReceiveOwnCopy"}),
        (Role.AUDITOR, set()),
        (Role.ADMINISTRATOR, set()),
    ):
        offered = {n for n, form in commands().items() if role in form.roles}
        beyond = {
            n for n in offered - theirs if "admission" not in str(getattr(form_of(n), "__module__", ""))
        }
        assert not beyond & {"RecordDissent", "ReportCompromise", "ReportHarm", "WarnPeople", "CountResult"}


def form_of(name: str) -> Any:
    return commands()[name].make


TOKEN = written(TokenId("tok"), b"\x01" * 32)


def with_token(world: World, *scopes: Scope) -> TestClient:
    """At the API with the case agent's own token, good for these."""
    fact = TokenIssued(
        token=TokenId("tok"),
        person=actor(Role.CASE_AGENT).person,
        role=Role.CASE_AGENT,
        scopes=scopes,
        expires=world.clock() + timedelta(days=1),
        secret=hash_of(TOKEN),
    )
    world.node.record(Order(command=IssueToken(fact), by=actor(Role.CASE_AGENT)))
    return at(world)


@dataclass
class Bearer(Caller):
    """Someone who brings a token."""

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {TOKEN}"}


def test_a_token_that_only_reads_records_nothing(world: World) -> None:
    reader = Bearer(with_token(world, Scope.READ), Role.CASE_AGENT)
    (mine,) = reader.get("/tokens").json()["tokens"]
    assert (mine["token"], mine["standing"], mine["scopes"]) == ("tok", "good", ["read"])
    assert TOKEN not in reader.get("/tokens").text
    assert hash_of(TOKEN) not in reader.get("/tokens").text
    assert reader.get("/items").status_code == 200
    answer = reader.do("RecordDissent", DISSENT)
    assert (answer.status_code, answer.json()["rule"]) == (403, "scope-record")
    assert 'scope="record"' in answer.headers["www-authenticate"]
    assert reader.do("ReleaseItem", {}).json()["rule"] == "role-allowed"


def test_a_token_ends_with_its_time_and_a_bad_one_that_comes_too_often_is_told_when_to_come_again(
    world: World,
) -> None:
    client = with_token(world, *Scope)
    agent = Bearer(client, Role.CASE_AGENT)
    assert agent.do("RecordDissent", DISSENT).status_code == 201
    world.clock.move(days=2)
    answers = [agent.get("/me") for _ in range(31)]
    assert {a.status_code for a in answers[:30]} == {401}
    assert answers[30].status_code == 429
    assert 0 < int(answers[30].headers["retry-after"]) <= 60
    assert validator("Problem").is_valid(answers[30].json())


def test_a_token_opens_no_page_and_a_cookie_no_part_of_the_api(world: World) -> None:
    client, cookie = with_token(world, *Scope), {"cookie": "identity=case-agent"}
    token, page = {"authorization": f"Bearer {TOKEN}"}, "/items/practice.item-1"
    assert client.get(page, headers=cookie).status_code == 200
    assert client.get(page, headers=token).status_code == 303, "asked who they are"
    assert client.get(f"/api/v1{page}", headers=token).status_code == 200
    for none in ({}, {"authorization": "Bearer tok.nothing"}):
        assert client.get(f"/api/v1{page}", headers=cookie | none).status_code == 401


def test_a_demonstrations_bearer_comes_from_this_machine_alone(world: World) -> None:
    app = create_app(world.node, demo=True)
    far = Caller(TestClient(app, base_url=BASE, client=("198.51.100.7", 4711)), Role.CASE_AGENT)
    assert far.get("/me").status_code == 401


def test_the_table_and_the_routes_are_the_same() -> None:
    from tearline.api.policy import API

    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            row = API.row(path, method.upper())
            assert row is not None
            assert row.roles is not None
            assert set(operation["x-roles"]) == {role.value for role in row.roles}
            assert API.answer(path, method.upper(), None) is Answer.WHO
    assert API.answer("/nothing", "GET", Role.SENIOR_OFFICER) is Answer.ABSENT


# bodies


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"null", ""),
        (b"[]", ""),
        (b'{"item": 1', ""),
        (b'{"item": "a", "item": "b"}', ""),
        (b"\xff\xfe", ""),
        (b'{"dissent": NaN}', ""),
        (b"[" * 100_000, ""),
        (json.dumps(DISSENT | {"by": {"person": "x", "role": "node"}}).encode(), "/by"),
        (json.dumps(DISSENT | {"told": {"telling": "tale"}}).encode(), "/told"),
        (json.dumps(DISSENT | {"recorded_at": "2026-01-01T00:00:00Z"}).encode(), "/recorded_at"),
        (json.dumps(DISSENT | {"item": "../x"}).encode(), "/item"),
        (json.dumps(DISSENT | {"item": 7}).encode(), "/item"),
        (json.dumps(DISSENT | {"reasons": " "}).encode(), "/reasons"),
        (json.dumps(DISSENT | {"reasons": "x" * 20_001}).encode(), "/reasons"),
        (json.dumps(DISSENT | {"reasons": {"sealed": {"state": "open"}, "value": "x"}}).encode(), "/reasons"),
        (json.dumps(DISSENT | {"happened_at": "yesterday"}).encode(), "/happened_at"),
        (json.dumps(DISSENT | {"precision": "second"}).encode(), "/precision"),
        (json.dumps(DISSENT | {"precision": None}).encode(), "/precision"),
    ],
)
def test_a_body_that_cannot_be_read_changes_nothing_and_says_where(
    client: Any, still: World, body: bytes, pointer: str
) -> None:
    headers = Caller(client, Role.CASE_AGENT).headers | {
        "idempotency-key": "k",
        "content-type": "application/json",
    }
    answer = client.post("/api/v1/commands/RecordDissent", content=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert pointer in [e["pointer"] for e in answer.json()["errors"]]
    assert recorded(still) == 0


def test_everything_that_is_wrong_is_said_at_once(client: Any) -> None:
    body = {"item": "UPPER", "nothing": 1, "count": "3", "who": ""}
    answer = Caller(client, Role.CASE_AGENT).do("ListKnowers", body)
    wrong = [e["pointer"] for e in answer.json()["errors"]]
    assert sorted(wrong) == ["/adversary", "/count", "/item", "/nothing", "/who"]


def test_a_place_within_a_body_is_a_json_pointer(client: Any) -> None:
    body = _body("SignAgreement")
    body["terms"]["parameters"] = {"min_knowers": [1]}
    body["terms"]["overseer"] = "A/B"
    answer = Caller(client, Role.SENIOR_OFFICER).do("SignAgreement", body)
    assert all(e["pointer"].startswith("/terms/") for e in answer.json()["errors"])


def test_a_body_that_is_too_large_is_not_read(client: Any) -> None:
    headers = Caller(client, Role.CASE_AGENT).headers | {
        "idempotency-key": "k",
        "content-type": "application/json",
    }

    def chunks() -> Iterator[bytes]:
        for _ in range(2 * LARGEST // 65_536):
            yield b" " * 65_536

    for content in (b" " * (LARGEST + 1), chunks()):
        answer = client.post("/api/v1/commands/RecordDissent", content=content, headers=headers)
        assert answer.status_code == 413
        assert answer.json()["type"].endswith("#problem-too-large")


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/problem+json",
    ],
)
def test_a_body_of_another_media_type_is_refused(client: Any, still: World, media_type: str) -> None:
    headers = Caller(client, Role.CASE_AGENT).headers | {"idempotency-key": "k", "content-type": media_type}
    answer = client.post(
        "/api/v1/commands/RecordDissent", content=json.dumps(DISSENT).encode(), headers=headers
    )
    assert answer.status_code == 415
    assert recorded(still) == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_command_is_posted_and_nothing_else(client: Any, method: str) -> None:
    headers = Caller(client, Role.CASE_AGENT).headers | {
        "idempotency-key": "k",
        "x-http-method-override": "POST",
    }
    answer = client.request(method, "/api/v1/commands/RecordDissent", headers=headers)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def test_another_sites_page_posts_nothing(client: Any, still: World) -> None:
    agent = Caller(client, Role.CASE_AGENT)
    for foreign in ({"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}):
        answer = agent.do("RecordDissent", DISSENT, **foreign)
        assert answer.status_code == 403
    assert recorded(still) == 0


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(commands())), data=st.data())
def test_whatever_is_sent_is_answered_as_the_document_says(acted_in: Any, name: str, data: Any) -> None:
    fields = [f.name for f in commands()[name].fields]
    body = data.draw(st.dictionaries(st.sampled_from(fields) | st.text(max_size=6), JSON_VALUES, max_size=5))
    role = min(commands()[name].roles, default=Role.AUDITOR)
    answer = Caller(acted_in, role).do(name, body, key=data.draw(st.uuids()).hex)
    assert answer.status_code in (201, 202, 403, 409, 422)
    if answer.status_code >= 400:
        assert validator_of_problems().is_valid(answer.json())


_PROBLEMS: list[Any] = []


def validator_of_problems() -> Any:
    if not _PROBLEMS:
        _PROBLEMS.append(validator("Problem"))
    return _PROBLEMS[0]


# examples


def _body(command: str) -> Any:
    body = DOCUMENT["paths"][f"/commands/{command}"]["post"]["requestBody"]
    return json.loads(json.dumps(body["content"]["application/json"]["example"]))


def test_every_example_of_a_command_is_read_and_most_are_recorded(acted_in: Any) -> None:
    outcomes = []
    for name, form in commands().items():
        if form.roles:
            role = min(form.roles)
            answer = Caller(acted_in, role).do(name, _body(name), key=f"example-{name}")
            assert answer.status_code in (201, 202, 409), (name, answer.text)
            outcomes.append(answer.status_code)
    assert outcomes.count(201) > 25, outcomes.count(201)


# signed


def with_key(world: World, role: Role) -> str:
    """The person who acts in this role has a key on record; its name."""
    person = actor(role).person
    world.node.record(Order(command=introduced(person), by=actor(Role.LIAISON)))
    return person


def signed(person: str, challenge: str) -> dict[str, str]:
    signature = personal.sign(strict.base64url(challenge), private_key(person))
    return {"form": "ed25519", "signature": strict.to_base64url(signature)}


def send(caller: Caller, signing: Any, body: object) -> Any:
    return caller.client.post(signing["href"], json=body, headers=caller.headers)


def test_what_binds_is_shown_first_and_recorded_with_its_signature(world: World) -> None:
    person, officer = with_key(world, OFFICER), Caller(at(world), OFFICER)
    before = world.node.ledger.size()
    offered = officer.do("SignOff", SIGN_OFF, key="one")
    assert offered.status_code == 202, offered.text
    assert validator("Offered").is_valid(offered.json())
    signing = offered.json()["signing"]
    assert offered.headers["location"] == signing["href"]
    assert "practice.request" in signing["text"]
    assert world.node.ledger.size() == before
    assert officer.do("SignOff", SIGN_OFF, key="one").json() == offered.json()
    assert officer.do("SignOff", SIGN_OFF | {"sign_off": "x"}, key="one").status_code == 422
    done = send(officer, signing, signed(person, signing["challenge"]))
    assert done.status_code == 201, done.text
    assert officer.do("SignOff", SIGN_OFF, key="one").json() == done.json()
    entry = world.node.ledger.entry(done.json()["position"])
    assert isinstance(entry.recorded.fact, ReleaseSignedOff)
    assert send(officer, signing, signed(person, signing["challenge"])).status_code == 404


def test_two_people_purge_by_the_api(world: World) -> None:
    dissent = Caller(client := at(world), Role.CASE_AGENT).do("RecordDissent", DISSENT).json()
    order = {"purge": "practice.purge", "refs": [dissent["ref"]], "ground": "erasure", "cites": "Article 16"}
    for role, command, body in (
        (OFFICER, "OrderPurge", order),
        (Role.SENIOR_OFFICER, "SignPurge", {"purge": "practice.purge"}),
    ):
        person, caller = with_key(world, role), Caller(client, role)
        offered = caller.do(command, body)
        assert offered.status_code == 202, offered.text
        signing = offered.json()["signing"]
        done = send(caller, signing, signed(person, signing["challenge"]))
        assert done.status_code == 201, done.text
    read = Caller(client, Role.OVERSEER).get(f"/facts/{dissent['position']}").json()
    assert read["fields"]["reasons"]["sealed"]["state"] == "purged"


def test_a_signature_that_is_not_theirs_records_nothing(world: World) -> None:
    with_key(world, OFFICER)
    officer = Caller(at(world), OFFICER)
    signing = officer.do("SignOff", SIGN_OFF).json()["signing"]
    forged = signed("somebody.else", signing["challenge"])
    refused = send(officer, signing, forged)
    assert (refused.status_code, refused.json()["rule"]) == (409, "signed-personally")
    flipped = signed(actor(OFFICER).person, strict.to_base64url(b"\0" * 32))
    assert send(officer, signing, flipped).status_code == 409
    for body in ({}, {"form": "ed25519"}, {"form": "rsa", "signature": "A" * 86}, forged | {"key": "x"}):
        assert send(officer, signing, body).status_code == 422


def test_nobody_signs_what_waits_for_another(world: World) -> None:
    person, client = with_key(world, OFFICER), at(world)
    signing = Caller(client, OFFICER).do("SignOff", SIGN_OFF).json()["signing"]
    other = send(Caller(client, Role.SENIOR_OFFICER), signing, signed(person, signing["challenge"]))
    nothing = Caller(client, Role.SENIOR_OFFICER).client.post(
        "/api/v1/signatures/nothing",
        json=signed(person, signing["challenge"]),
        headers=Caller(client, Role.SENIOR_OFFICER).headers,
    )
    assert (other.status_code, other.content) == (404, nothing.content)


def test_a_deciding_fact_since_then_has_it_shown_anew_and_never_signed_by_itself(world: World) -> None:
    person, client = with_key(world, OFFICER), at(world)
    officer = Caller(client, OFFICER)
    signing = officer.do("SignOff", SIGN_OFF, key="one").json()["signing"]
    Caller(client, Role.CASE_AGENT).do("RecordDissent", DISSENT | {"request": "practice.request"})
    Caller(client, Role.SOURCE_HANDLER).do(
        "SignOff", SIGN_OFF | {"sign_off": "other.line", "line": "source-handling"}
    )
    before = world.node.ledger.size()
    anew = send(officer, signing, signed(person, signing["challenge"]))
    if anew.status_code == 201:
        pytest.skip("nothing that was recorded decides this act")
    assert (anew.status_code, anew.json()["rule"]) == (409, "shown-anew")
    assert anew.json()["type"].endswith("#problem-shown-anew")
    assert validator("Problem").is_valid(anew.json())
    assert world.node.ledger.size() == before
    again = anew.json()["signing"]
    assert again["challenge"] != signing["challenge"]
    assert send(officer, again, signed(person, again["challenge"])).status_code == 201


def test_an_offer_runs_out(world: World) -> None:
    person, officer = with_key(world, OFFICER), Caller(at(world), OFFICER)
    signing = officer.do("SignOff", SIGN_OFF).json()["signing"]
    world.clock.move(hours=1)
    late = send(officer, signing, signed(person, signing["challenge"]))
    assert late.json()["rule"] == "shown-anew"


def test_a_passkey_signs_the_text_that_is_shown_in_the_readers_language(world: World) -> None:
    held, person = passkey(actor(OFFICER).person), actor(OFFICER)
    put_on_record(world.node.ledger, person, held)
    officer = Caller(at(world), OFFICER)
    offered = officer.do("SignOff", SIGN_OFF, **{"accept-language": "es"})
    assert offered.status_code == 202, offered.text
    assert validator("Offered").is_valid(offered.json())
    signing = offered.json()["signing"]
    assert signing["text"].startswith("Firmo este acto")
    (key,) = signing["keys"]
    assert (key["form"], key["site"]) == ("webauthn", SITE)
    for challenge in (key["challenge"], strict.to_base64url(b"\0" * 32)):
        credential = posted(held, strict.base64url(challenge))
        body = {"form": "webauthn", "credential": credential}
        if challenge == key["challenge"]:
            wrong = json.loads(json.dumps(body))
            wrong["credential"]["response"]["signature"] = "AAAA"
            assert send(officer, signing, wrong).status_code == 409
            assert send(officer, signing, {"form": "webauthn", "credential": {}}).status_code == 422
            done = send(officer, signing, body)
            assert done.status_code == 201, done.text
        else:
            assert send(officer, signing, body).status_code == 404
