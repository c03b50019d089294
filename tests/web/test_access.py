"""Who sees what: nothing by default, and no sign that what is hidden exists."""

import re

import pytest

from tearline.facts import vocabulary
from tearline.facts.codec import CLOSED
from tearline.facts.fact import Compartment
from tearline.facts.history import Role, about
from tearline.facts.release import ItemRegistered, KnowersListed, PeopleAtRiskNamed
from tearline.rooms.reading import OPENS
from tearline.signin.demonstration import ROLES
from tearline.signin.policy import Answer
from tearline.web.access import ALL, GRANTS, Access
from tearline.web.policy import SITE
from tests.web.conftest import crawl, opened, visitor
from tests.web.everything import Everything
from tests.web.world import World, actor

SECRETS = {
    Compartment.CONTENT: "Lorries leave on the third day.",
    Compartment.REASONS: "Not to be used in court.",
    Compartment.SOURCE_HANDLING: "the drivers of the depot",
    Compartment.PEOPLE_AT_RISK: "the source&#39;s family",
}
TOLD = ("There will be a bloodbath.", "Identifiers of telephones", "It has leaked before.", "A sister")
EVERYTHING = about(kinds=vocabulary.kinds())
INSIDE = [role for role in ROLES if role is not Role.PARTNER_LIAISON]


def test_a_role_that_is_not_named_opens_nothing() -> None:
    for role in Role:
        access = Access(role, actor(role).person)
        assert (role in GRANTS) == bool(access.opening)
    for role in (Role.PARTNER_LIAISON, Role.AUDITOR, Role.ADMINISTRATOR, Role.NODE, Role.CHRONICLER):
        assert Access(role, actor(role).person).opening == frozenset()


@pytest.mark.parametrize("role", INSIDE)
def test_each_page_shows_a_role_only_what_it_opens(everything: Everything, role: Role) -> None:
    client = visitor(everything.world, role)
    if role in OPENS:
        opened(client, "/items/practice.item-1")
    looked = [row for row in SITE.rows if "GET" in row.methods and row.answer(role) is Answer.SERVED]
    addresses = [
        everything.address(row.path, item="practice.item-1") for row in looked if "tile" not in row.path
    ]
    pages = {path: client.get(path).text for path in addresses}
    access = Access(role, actor(role).person)
    for compartment, secret in SECRETS.items():
        shown = [path for path, text in pages.items() if secret in text]
        mine = role is Role.CASE_AGENT  # the items of this world are the case agent's own
        assert bool(shown) == (access.opens(compartment) or (mine and compartment in access.opening)), shown


def test_only_the_case_agent_whose_item_it_is_opens_its_source(still: World) -> None:
    history = still.node.ledger.read(EVERYTHING, opening=ALL)
    own = Access(Role.CASE_AGENT, actor(Role.CASE_AGENT).person).cut(history)
    other = Access(Role.CASE_AGENT, actor(Role.LIAISON).person).cut(history)
    assert all(r.fact.who.open() for r in own.of(KnowersListed))
    listed = [r.fact for r in other.of(KnowersListed) if r.told is None]
    named = [r.fact for r in other.of(PeopleAtRiskNamed) if r.told is None]
    assert listed
    assert all(fact.who == CLOSED for fact in listed)
    assert all(fact.who == CLOSED for fact in named)
    assert all(r.fact.source_code == CLOSED for r in other.of(ItemRegistered) if r.told is None)
    assert all(r.fact.title != CLOSED for r in other.of(ItemRegistered))


def test_a_worked_case_is_open_to_one_s_own_side(still: World) -> None:
    for role in (Role.ADVOCATE, Role.OVERSEER, Role.VETTING_OFFICER):
        pages = "".join(crawl(visitor(still, role)).values())
        for words in TOLD:
            assert words in pages, (role, words)


def test_the_partner_sees_no_page_that_says_what_was_decided_or_why(still: World) -> None:
    ours = crawl(visitor(still, Role.SENIOR_OFFICER))
    partner = visitor(still, Role.PARTNER_LIAISON)
    theirs = crawl(partner)
    assert set(theirs) <= {
        "/", "/releases", "/notifications", "/identity", "/preferences", "/ledger", "/ledger/checkpoint",
    }  # fmt: skip
    for path in {p for p in ours if not p.startswith("/ledger?")} - {*theirs, "/healthz", "/public/harm"}:
        assert partner.get(path).status_code == 404, path
    everything = "".join(theirs.values())
    for words in (*SECRETS.values(), *TOLD, "practice.item", "tale."):
        assert words not in everything


def test_what_is_hidden_and_what_is_absent_get_the_same_page(still: World) -> None:
    partner = visitor(still, Role.PARTNER_LIAISON)

    def bare(path: str) -> str:
        text = partner.get(path).text
        return re.sub(r'nonce="[^"]*"|back=[^"]*|under [0-9a-f]{16}', "", text)

    for there, nowhere in (
        ("/items/practice.item-1", "/items/practice.item-9"),
        ("/disclosures/tale.telling", "/disclosures/tale.nothing"),
        ("/units/practice.unit", "/units/nothing"),
        ("/ledger/entries/3", "/ledger/entries/999999"),
        ("/leaks/tale.leak", "/leaks/tale.nothing"),
    ):
        assert bare(there) == bare(nowhere)
        assert partner.get(there).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/items/%2e%2e", "/items/UPPER", "/items/a b", "/releases/nothing", "/releases/nothing/dissent",
        "/disclosures/nothing", "/copies/nothing", "/copies/nothing/receipt", "/people/nobody", "/units/none",
        "/agreements/none", "/protocols/none/1", "/leaks/none", "/leaks/none/investigation", "/operations/none",
        "/ledger/entries/-1", "/ledger/entries/x", "/ledger/entries/99999999999999999999", "/cases/none",
        "/ledger/entries/99999/proof", "/items/practice.item-1/dissents/none/answer", "/items/" + "a" * 200,
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_page_that_says_so(still: World, path: str) -> None:
    answer = visitor(still, Role.SENIOR_OFFICER).get(path)
    assert answer.status_code == 404
    assert "not there, or not for you" in answer.text


def test_an_act_says_to_whom_it_belongs(still: World) -> None:
    advocate = visitor(still, Role.ADVOCATE)
    for method in (advocate.get, advocate.post):
        answer = method("/releases/new?item=practice.item-1&unit=practice.unit")
        assert answer.status_code == 403
        assert "It takes: case agent, releasing officer and liaison officer" in answer.text


def test_what_a_worked_case_tells_cannot_be_acted_on(still: World) -> None:
    officer = visitor(still, Role.SENIOR_OFFICER)
    for path in (
        "/items/tale.item/dissent",
        "/items/tale.item/dissents/tale.dissent/answer",
        "/items/tale.item/warnings/tale.warning/answer",
        "/disclosures/tale.telling/justification",
        "/leaks/tale.leak/investigation",
    ):
        assert officer.get(path).status_code == 404
        assert officer.post(path, data={"answer": "x"}).status_code == 404


def test_a_page_refuses_the_wrong_method(still: World) -> None:
    client = visitor(still, Role.SENIOR_OFFICER)
    for path in ("/", "/releases", "/parties", "/leaks", "/harm", "/operations", "/obligations", "/ledger"):
        answer = client.post(path)
        assert answer.status_code == 405
        assert "not used that way" in answer.text
        assert client.delete(path).status_code == 405
