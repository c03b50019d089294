"""Tokens and machines on their pages: issued, shown once, revoked; and nobody's business but whose they are."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from tearline.facts.admission import MachineRegistered, RoleApproved, RoleProposed, TokenIssued, TokenRevoked
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import GrantId, PersonId
from tearline.node import Order
from tearline.rooms.admission.roles import ApproveRole, ProposeRole
from tearline.signin.secrets import hash_of, name_of
from tearline.signin.tokens import Tokens
from tests.authenticator import base64url
from tests.doors import ORIGIN, entrance
from tests.stories.test_signed_release import challenge_of
from tests.web.conftest import served, visitor
from tests.web.test_browser import SIZES, context, violations
from tests.web.test_door import form_of, signed_in, signs_in
from tests.web.world import START, World, actor

AGENT, LIAISON = Role.CASE_AGENT, Role.LIAISON
WRITTEN = re.compile(r"tl1_[a-z0-9.-]+_[0-9A-Za-z]{49}")
NEW = "/account/tokens/new"


def post(client: TestClient, path: str, **fields: object) -> str:
    """Send the page's form with these fields; where it leads."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key is not None
    answer = client.post(path, data={"key": key[1], **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def issue(client: TestClient, path: str = NEW, **fields: object) -> str:
    return post(client, path, **({"scopes": ["read"], "expires": "2026-12-20T09:00"} | fields))


def shown(client: TestClient, where: str) -> str | None:
    found = WRITTEN.search(client.get(where).text)
    return found[0] if found else None


def facts(world: World, kind: type[Fact]) -> list[Fact]:
    return [r.fact for r in world.node.ledger.read(about(kinds=(kind,)))]


def with_machine(world: World) -> str:
    """A machine that the liaison officer answers for, and that acts as one; its page."""
    where = post(visitor(world, Role.ADMINISTRATOR), "/machines/new", name="Feed", answers="practice.liaison")
    name = PersonId(where.partition("?")[0].rpartition("/")[2])
    grant = RoleProposed(grant=GrantId("g"), person=name, role=LIAISON, until=START.replace(year=2027))
    world.node.record(Order(command=ProposeRole(grant), by=actor(Role.ADMINISTRATOR)))
    approval = RoleApproved(grant=grant.grant, person=name)
    world.node.record(Order(command=ApproveRole(approval), by=actor(Role.SENIOR_OFFICER)))
    return str(name)


def test_a_token_is_shown_once_and_recorded_as_its_hash(world: World) -> None:
    client = visitor(world, AGENT)
    where = issue(client)
    token = shown(client, where)
    assert token is not None
    assert shown(client, where) is None
    (fact,) = facts(world, TokenIssued)
    assert isinstance(fact, TokenIssued)
    assert fact.secret == hash_of(token)
    assert fact.token == name_of(token)
    assert (fact.person, fact.role) == ("practice.case-agent", AGENT)
    identity = Tokens(world.node).recognised(token)
    assert identity is not None
    assert identity.actor == actor(AGENT)
    pages = "".join(client.get(p).text for p in ("/account/tokens", "/ledger", where))
    assert token not in pages
    assert fact.token in pages


def test_nobody_else_is_shown_a_token_nor_told_of_it(world: World) -> None:
    client = visitor(world, AGENT)
    where = issue(client)
    revoking = where.replace("/shown", "/revoke")
    other = visitor(world, LIAISON)
    for path in (where, revoking.partition("?")[0]):
        assert other.get(path).status_code == 404
    administrator = visitor(world, Role.ADMINISTRATOR)
    assert administrator.get(where).status_code == 404
    assert administrator.get(revoking).status_code == 200
    # The same node, served anew, has no such secret.
    world.site = None
    assert shown(visitor(world, AGENT), where) is None
    assert shown(client, where) is not None


def test_a_revoked_token_is_gone_from_the_list_of_what_can_be_revoked(world: World) -> None:
    client = visitor(world, AGENT)
    token = shown(client, issue(client))
    assert token is not None
    name = name_of(token)
    post(client, f"/account/tokens/{name}/revoke")
    assert len(facts(world, TokenRevoked)) == 1
    assert Tokens(world.node).recognised(token) is None
    assert client.get(f"/account/tokens/{name}/revoke").status_code == 404
    page = client.get("/account/tokens").text
    assert "revoked" in page
    assert f"{name}/revoke" not in page


def test_what_is_wrong_with_a_token_s_form_comes_back_beside_its_field(world: World) -> None:
    client = visitor(world, AGENT)
    answer = client.post(NEW, data={"key": "k", "expires": "tomorrow"})
    assert answer.status_code == 422
    assert 'id="f-expires-error"' in answer.text
    assert 'id="f-scopes-error"' in answer.text
    late = client.post(NEW, data={"key": "k", "scopes": "read", "expires": "2027-03-01T09:00"})
    assert late.status_code == 409
    assert "within 90 days" in late.text
    assert not facts(world, TokenIssued)


def test_a_form_cannot_name_another_holder_role_name_or_hash(world: World) -> None:
    client = visitor(world, AGENT)
    mine = {"person": "practice.overseer", "role": "overseer", "token": "mine", "secret": "A" * 43}
    token = shown(client, issue(client, **mine))
    (fact,) = facts(world, TokenIssued)
    assert isinstance(fact, TokenIssued)
    assert token is not None
    assert (fact.person, fact.role, fact.secret) == ("practice.case-agent", AGENT, hash_of(token))
    assert fact.token != "mine"


def test_a_form_sent_twice_issues_one_token(world: World) -> None:
    client = visitor(world, AGENT)
    sent = {"key": "k", "scopes": "read", "expires": "2026-12-20T09:00"}
    first, second = (client.post(NEW, data=sent) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(facts(world, TokenIssued)) == 1
    token = shown(client, first.headers["location"])
    assert token is not None
    assert Tokens(world.node).recognised(token) is not None


def test_whoever_answers_for_a_machine_issues_its_token(world: World) -> None:
    machine = with_machine(world)
    client = visitor(world, LIAISON)
    page = client.get("/account/tokens").text
    assert f"/account/machines/{machine}/token" in page
    where = issue(client, f"/account/machines/{machine}/token", role="liaison", scopes=["read", "record"])
    token = shown(client, where)
    assert token is not None
    identity = Tokens(world.node).recognised(token)
    assert identity is not None
    assert identity.actor == Actor(PersonId(machine), LIAISON)
    assert visitor(world, AGENT).get(f"/account/machines/{machine}/token").status_code == 404
    assert (
        f"/account/tokens/{name_of(token)}/revoke" in visitor(world, Role.ADMINISTRATOR).get("/machines").text
    )
    # Somebody else answers from now on.
    post(visitor(world, Role.ADMINISTRATOR), f"/machines/{machine}/answers", answers="practice.case-agent")
    assert Tokens(world.node).recognised(token) is None
    assert client.get(f"/account/machines/{machine}/token").status_code == 404
    assert (
        "nobody answers for the machine"
        in visitor(world, Role.ADMINISTRATOR).get(f"/machines/{machine}").text
    )


def test_machines_are_for_administrators(world: World) -> None:
    machine = with_machine(world)
    assert len(facts(world, MachineRegistered)) == 1
    for role in (AGENT, Role.OVERSEER, Role.PARTNER_LIAISON):
        client = visitor(world, role)
        for path in ("/machines", f"/machines/{machine}"):
            assert client.get(path).status_code == 404
        assert client.get("/machines/new").status_code in (403, 404)
        assert client.get(f"/machines/{machine}/answers").status_code in (403, 404)
    administrator = visitor(world, Role.ADMINISTRATOR)
    assert administrator.get("/machines/nothing").status_code == 404
    refused = administrator.post("/machines/new", data={"key": "k", "name": "X", "answers": "nobody"})
    assert refused.status_code == 409


@pytest.mark.parametrize("path", ["/account/tokens", "/machines", "/machines/x", "/account/tokens/x/shown"])
def test_pages_of_tokens_refuse_the_wrong_method(still: World, path: str) -> None:
    assert visitor(still, Role.ADMINISTRATOR).post(path).status_code == 405


def test_pages_of_tokens_speak_spanish(world: World) -> None:
    machine = with_machine(world)
    client = visitor(world, LIAISON, "es")
    page = client.get("/account/tokens").text
    assert "Sus tokens" in page
    assert "Usted responde por esta máquina" in page
    assert "Emitir" in client.get(f"/account/machines/{machine}/token").text
    where = issue(client)
    assert "se muestra una sola vez" in client.get(where).text
    assert "Máquinas y tokens" in visitor(world, Role.ADMINISTRATOR, "es").get("/machines").text


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_pages_of_tokens_keep_nobody_out(world: World, browser: Browser, language: str, size: str) -> None:
    machine = with_machine(world)
    pages = {
        LIAISON: [NEW, f"/account/machines/{machine}/token", "/account/tokens"],
        Role.ADMINISTRATOR: [
            "/machines",
            "/machines/new",
            f"/machines/{machine}",
            f"/machines/{machine}/answers",
        ],
    }
    with served(world) as address:
        for role, paths in pages.items():
            with context(browser, address, role, language, size) as visit:
                page = visit.new_page()
                page.goto(address + paths[0])
                if role is LIAISON:
                    page.locator("label[for=f-scopes]").click()
                    page.locator("[name=expires]").fill("2026-12-20T09:00")
                    page.locator("main button[type=submit]").click()
                    assert WRITTEN.search(page.content())
                for path in (
                    page.url.removeprefix(address),
                    *paths,
                ):  # a token is looked at again: it is not shown
                    assert violations(page) == [], page.url
                    page.goto(address + path)
                    width = page.evaluate("document.documentElement.scrollWidth")
                    assert width <= SIZES[size][0], f"{path} is {width} px wide"
                assert violations(page) == [], page.url


def test_where_people_are_admitted_a_token_is_signed_for_and_shown_only_then(tmp_path: Path) -> None:
    door = entrance(tmp_path).enrolled("ada", "abe")
    door.admit("cora", AGENT)
    door.has_a_key("cora")
    client = signed_in(door, "cora")
    other = TestClient(client.app, base_url=ORIGIN, headers=dict(client.headers), follow_redirects=False)
    assert signs_in(other, door.phone("cora")).status_code == 200
    sent = form_of(client.get(NEW).text, scopes="read", expires=f"{door.clock.now:%Y}-04-01T09:00")
    signing = client.post(NEW, data=sent).headers["location"]
    assert signing.startswith("/signing/")
    page = client.get(signing).text
    assert WRITTEN.search(page) is None
    assert not door.node.ledger.read(about(kinds=(TokenIssued,))).facts
    assertion = door.phone("cora").get({"challenge": base64url(challenge_of(page))})
    done = client.post(signing, data={"assertion": json.dumps(assertion)})
    shown_at = str(done.headers["location"])
    assert shown_at.startswith("/account/tokens/")
    assert WRITTEN.search(other.get(shown_at).text) is None, (
        "another session of the same person is shown nothing"
    )
    found = WRITTEN.search(client.get(shown_at).text)
    assert found is not None
    assert WRITTEN.search(client.get(shown_at).text) is None
    identity = Tokens(door.node).recognised(found[0])
    assert identity is not None
    assert (identity.person, identity.role) == ("cora", AGENT)
    door.ended("cora", AGENT)
    assert Tokens(door.node).recognised(found[0]) is None
    door.close()
