"""Views: as the document says, cut to their reader, paged by cursors, and sent once."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tearline.api.views import VIEWS
from tearline.facts.fact import Compartment
from tearline.facts.history import Role
from tearline.facts.reading import HARD
from tearline.signin.demonstration import ROLES
from tearline.web.access import Access
from tests.api.conftest import Caller, at
from tests.api.test_document import validator
from tests.web.world import World, actor

IDS = {
    "{item}": ("practice.item-1", "practice.item-2", "tale.item"),
    "{unit}": ("practice.unit",),
    "{person}": ("practice.commander", "practice.partner-liaison"),
    "{agreement}": ("practice.agreement",),
    "{organisation}": ("practice.agency",),
    "{telling}": ("tale",),
    "{request}": ("practice.request",),
    "{release}": ("tale.telling",),
    "{compromise}": ("tale.leak",),
    "{operation}": ("practice.operation",),
    "{proposal}": ("practice.stricter", "practice.hasty"),
    "{name}/{version}": ("cross-border/1",),
    "{rule}": ("exempt-from-vetting",),
}
SECRETS = {
    Compartment.CONTENT: "Lorries leave on the third day.",
    Compartment.SOURCE_HANDLING: "the drivers of the depot",
    Compartment.PEOPLE_AT_RISK: "the source's family",
    Compartment.REASONS: "Nobody else knows",
}
SENIOR = Role.SENIOR_OFFICER


def addresses(world: World) -> dict[str, list[str]]:
    """Of each view, addresses under which something stands."""
    known: Any = Caller(at(world), SENIOR).get("/requests/practice.request").json()
    ids = IDS | {
        "{position}": (str(known["verdicts"][0]["position"]),),
        "{log}": (Caller(at(world), SENIOR).get("/logs").json()["logs"][0]["log"],),
    }
    found: dict[str, list[str]] = {}
    for view in VIEWS:
        paths = [view.path]
        for name, values in ids.items():
            paths = [p.replace(name, value) for p in paths for value in (values if name in p else ("",))]
        found[view.path] = sorted({p for p in paths if "{" not in p})
    return found


@pytest.fixture(scope="session")
def there(still: World) -> dict[str, list[str]]:
    return addresses(still)


@pytest.mark.parametrize("role", ROLES)
def test_each_view_answers_as_the_document_says_or_as_if_nothing_stood_there(
    client: TestClient, there: dict[str, list[str]], role: Role
) -> None:
    caller, checks, problem = Caller(client, role), _checks(), validator("Problem")
    for view in VIEWS:
        for path in there[view.path]:
            answer = caller.get(path)
            if role in view.roles and "/copies" not in path and "/facts/" not in path:
                assert answer.status_code == 200, (path, answer.text)
                assert [str(e) for e in checks[view.name].iter_errors(answer.json())][:1] == [], path
            elif role not in view.roles:
                assert answer.status_code == 404, path
                assert problem.is_valid(answer.json())
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "access-control-allow-origin" not in answer.headers


def _checks() -> dict[str, Any]:
    if not _CHECKS:
        _CHECKS.update({view.name: validator(view.name) for view in VIEWS})
    return _CHECKS


_CHECKS: dict[str, Any] = {}


@pytest.mark.parametrize("role", ROLES)
def test_nothing_sealed_reaches_a_role_that_does_not_open_it(
    client: TestClient, there: dict[str, list[str]], role: Role
) -> None:
    # Nobody has said why they read what hangs on lives: that stays closed (``test_readings``).
    caller, access = Caller(client, role), Access(role, actor(role).person, shut=HARD)
    everything = "".join(
        caller.get(path + more).text for paths in there.values() for path in paths for more in _more(path)
    )
    for compartment, secret in SECRETS.items():
        mine = role is Role.CASE_AGENT  # the items of this world are the case agent's own
        shown = json.dumps(secret)[1:-1] in everything
        assert shown == (access.opens(compartment) or (mine and compartment in access.opening)), compartment


def _more(path: str) -> tuple[str, ...]:
    if path == "/facts":
        return ("?limit=200",)
    return ("", "?cures=true") if path.startswith("/requests/") and "verdicts" not in path else ("",)


def test_what_is_hidden_and_what_is_absent_are_answered_alike(client: TestClient) -> None:
    partner = Caller(client, Role.PARTNER_LIAISON)
    for there, nowhere in (
        ("/items/practice.item-1", "/items/practice.item-9"),
        ("/facts/3", "/facts/999999"),
        ("/facts/3/proof", "/facts/999999/proof"),
        ("/requests/practice.request", "/requests/practice.nothing"),
        ("/copies/practice.copy", "/copies/UPPER"),
        ("/people/practice.commander", "/nothing/at-all"),
    ):
        one, other = partner.get(there), partner.get(nowhere)
        assert (one.status_code, one.content) == (404, other.content)
        assert set(one.headers) == set(other.headers)


def test_nobody_without_a_token_is_told_anything(client: TestClient, there: dict[str, list[str]]) -> None:
    for sent in (
        {},
        {"authorization": "Bearer demo:nobody"},
        {"authorization": "Bearer case-agent"},
        {"authorization": "Basic demo:case-agent"},
        {"cookie": "identity=case-agent"},
        {"authorization": "Bearer demo:chronicler"},
    ):
        for path in ("/me", "/items/practice.item-1", "/facts"):
            answer = client.get(f"/api/v1{path}", headers=sent)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["type"].endswith("#problem-no-token")


def test_two_tokens_at_once_are_none(client: TestClient) -> None:
    twice = [("authorization", "Bearer demo:case-agent"), ("authorization", "Bearer demo:overseer")]
    assert client.get("/api/v1/me", headers=twice).status_code == 401


# sent once


def test_an_answer_that_the_reader_has_is_not_sent_again(world: World) -> None:
    client = at(world)
    senior, overseer = Caller(client, SENIOR), Caller(client, Role.OVERSEER)
    for path in ("/facts/3", "/facts?limit=5", "/items/practice.item-1", "/obligations", "/requests"):
        tag = senior.get(path).headers["etag"]
        assert tag.startswith('"')
        again = senior.get(path, **{"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert senior.get(path, **{"if-none-match": '"other"'}).status_code == 200
        assert overseer.get(path, **{"if-none-match": tag}).status_code == 200  # the tag is the reader's own


def test_a_tag_changes_with_what_matters_to_it_and_with_nothing_else(world: World) -> None:
    client = at(world)
    agent = Caller(client, Role.CASE_AGENT)
    item, other = (agent.get(f"/items/practice.item-{n}").headers["etag"] for n in (1, 2))
    body = {"dissent": "practice.no", "item": "practice.item-1", "reasons": "It is too early."}
    assert agent.do("RecordDissent", body).status_code == 201
    assert agent.get("/items/practice.item-1", **{"if-none-match": item}).status_code == 200
    assert agent.get("/items/practice.item-2", **{"if-none-match": other}).status_code == 304


# paged


def test_pages_follow_each_other_to_the_end_and_are_stable_under_appends(world: World) -> None:
    client = at(world)
    agent = Caller(client, Role.CASE_AGENT)
    whole = [f["position"] for f in agent.get("/facts?limit=200").json()["facts"]]
    seen: list[int] = []
    path: str | None = "/facts?limit=30"
    while path:
        page = agent.get(path.removeprefix("/api/v1")).json()
        seen += [f["position"] for f in page["facts"]]
        path = page["next"]
        agent.do("RecordDissent", {"dissent": f"d{len(seen)}", "item": "practice.item-1", "reasons": "No."})
    assert seen[: len(whole)] == whole
    assert seen == list(range(len(seen)))


def test_a_list_by_kind_and_tag_gives_those_and_no_other(client: TestClient) -> None:
    agent = Caller(client, Role.CASE_AGENT)
    page = agent.get("/facts?kind=KnowersListed&tag=item:practice.item-1").json()
    assert [f["kind"] for f in page["facts"]] == ["KnowersListed"]
    assert page["next"] is None
    assert len(agent.get("/facts?tag=item:practice.item-1&limit=200").json()["facts"]) > 4


def test_what_stands_in_clear_is_found_page_by_page_and_nothing_sealed_is(client: TestClient) -> None:
    agent = Caller(client, Role.CASE_AGENT)
    whole = agent.get("/search?q=practice&limit=200").json()
    assert whole["whole"]
    assert {"item", "person", "agreement"} <= {one["kind"] for one in whole["found"]}
    first = agent.get("/search?q=practice&limit=2").json()
    second = agent.get(first["next"].removeprefix("/api/v1")).json()
    assert first["found"] + second["found"][:1] == whole["found"][:3]
    people = agent.get("/search?q=practice&kind=person&limit=200").json()["found"]
    assert {one["kind"] for one in people} == {"person"}
    assert agent.get(people[0]["href"].removeprefix("/api/v1")).status_code == 200
    assert agent.get("/search?q=lorries").json()["found"] == []
    auditor = Caller(client, Role.AUDITOR).get("/search?q=practice&limit=200").json()["found"]
    assert {one["kind"] for one in auditor} <= {"agreement", "organisation", "entry"}
    assert Caller(client, Role.AUDITOR).get("/search?q=practice&kind=item").json()["found"] == []


def test_obligations_are_filtered_and_paged(client: TestClient) -> None:
    senior = Caller(client, SENIOR)
    whole = senior.get("/obligations?limit=200").json()
    assert whole["count"] == len(whole["obligations"])
    first = senior.get("/obligations?limit=1").json()
    second = senior.get(first["next"].removeprefix("/api/v1")).json()
    assert [first["obligations"][0], second["obligations"][0]] == whole["obligations"][:2]
    late = senior.get("/obligations?overdue=true").json()
    assert all(o["overdue"] for o in late["obligations"])
    debtor = whole["obligations"][0]["debtor"]
    owed = senior.get(f"/obligations?debtor={debtor}").json()["obligations"]
    assert {o["debtor"] for o in owed} == {debtor}


def test_a_cursor_is_good_for_its_list_its_filters_and_its_reader_alone(client: TestClient) -> None:
    agent, senior = Caller(client, Role.CASE_AGENT), Caller(client, SENIOR)
    following: str = agent.get("/facts?limit=5").json()["next"].removeprefix("/api/v1")
    path, _, cursor = following.partition("&after=")
    assert agent.get(following).status_code == 200
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    other = agent.get("/items?limit=1").json()["next"].partition("&after=")[2]
    for tampered in (flipped, "5", "AAAA", "", other, cursor + "A", "ñ", "null", cursor * 20):
        answer = agent.get(f"{path}&after={tampered}")
        assert answer.status_code == 422, tampered
        assert answer.json()["errors"][0]["pointer"] == "/after"
    assert senior.get(following).status_code == 422
    assert agent.get(f"/facts?limit=5&kind=ItemRegistered&after={cursor}").status_code == 422


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=-1", "limit=x", "limit=1.5", "limit=", "limit=1&limit=2", "nothing=1", "kind=Nothing",
     "kind=", "tag=item", "tag=item:../x", "tag=" + "a" * 200, "offset=3", "limit=²"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused_and_never_left_out(client: TestClient, query: str) -> None:
    answer = Caller(client, SENIOR).get(f"/facts?{query}")
    assert answer.status_code == 422
    assert validator("Problem").is_valid(answer.json())


def test_a_large_limit_is_clamped(client: TestClient) -> None:
    page = Caller(client, SENIOR).get("/facts?limit=5000").json()
    assert len(page["facts"]) <= 200


# the past


def test_a_chain_is_told_as_it_was_and_as_it_was_known(client: TestClient) -> None:
    senior = Caller(client, SENIOR)
    now = senior.get("/people/practice.partner-liaison").json()
    assert now["chain"]["status"] == "cleared"
    assert [one["who"] for one in now["chain"]["links"]] == [
        "practice.partner-liaison", "practice.commander", "practice.director", "practice.unit",
    ]  # fmt: skip
    # The vetting is said to have been decided long before anybody recorded it.
    past = "/people/practice.partner-liaison?at=2026-10-01T00:00:00Z"
    assert senior.get(f"{past}&as=was").json()["own"]["status"] == "cleared"
    assert senior.get(f"{past}&as=known").json()["own"]["status"] == "unknown"
    assert senior.get("/people/practice.partner-liaison?at=yesterday").status_code == 422
    assert senior.get(f"{past}&as=guessed").status_code == 422


def test_verdicts_come_with_their_reasons_only_to_those_who_are_shown_the_rules(client: TestClient) -> None:
    for role in (Role.SENIOR_OFFICER, Role.VETTING_OFFICER):
        told = Caller(client, role).get("/requests/practice.request").json()
        assert told["standing"]["effect"] in ("hold", "refuse", "release")
        assert (told["standing"]["rules"] is not None) == Access(role, actor(role).person).told_rules()


def test_figures_that_point_at_a_source_are_closed_in_what_a_rule_read(world: World) -> None:
    client = at(world)
    opening = {"of": "/requests/practice.request", "why": "To decide"}
    headers = Caller(client, Role.SOURCE_HANDLER).headers | {"idempotency-key": "open"}
    assert client.post("/api/v1/readings", json=opening, headers=headers).status_code == 201
    handler, agent = (
        Caller(client, role).get("/requests/practice.request?cures=true").json()
        for role in (Role.SOURCE_HANDLER, Role.LIAISON)
    )
    for told, closed in ((handler, False), (agent, True)):
        read = [
            f for rule in told["standing"]["rules"] for f in rule["facts"] if f["path"] == "source.knowers"
        ]
        assert all((f["closed"] is not None) is closed for f in read)
        assert all((f["value"] is None) is closed for f in read)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "POST", "TRACE", "NONSENSE"])
def test_a_view_is_looked_at_and_nothing_else(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/facts", headers=Caller(client, SENIOR).headers)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["type"].endswith("#problem-method")


def test_head_is_get_without_the_body(client: TestClient) -> None:
    senior = Caller(client, SENIOR)
    answer = client.head("/api/v1/facts/3", headers=senior.headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == senior.get("/facts/3").headers["etag"]
