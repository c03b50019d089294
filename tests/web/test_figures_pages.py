"""What was figured of a request, on its page; other ways to release it; and how units stand to each adversary."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tearline.facts.history import Role
from tearline.facts.words import Language
from tearline.jobs.cases import load_case
from tearline.node import Node, make_node
from tearline.web.app import create_app
from tearline.web.tested import sayings
from tearline.web.tongue import tongue
from tests.web.asked_first import asked_first
from tests.web.conftest import BASE, HERE
from tests.web.world import Clock

CASE = Path(__file__).parents[2] / "cases" / "practice.yaml"
PAPERS, FERRY = "/releases/practice.papers", "/releases/practice.ferry-strait"
PACT = "/agreements/practice.strait-agreement/propensities"
WEIGHS = (Role.CASE_AGENT, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.SOURCE_HANDLER)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    clock = Clock()
    made = make_node(
        tmp_path_factory.mktemp("figures") / "node", origin="pages.invalid/t", demo=True, clock=clock
    )
    load_case(made, CASE, now=clock())
    yield made
    made.ledger.close()


def client(node: Node, role: Role, language: str = "en") -> TestClient:
    cookies = {"language": language, "identity": role.value}
    return TestClient(create_app(node, demo=True), base_url=BASE, client=HERE, cookies=cookies)


def test_the_page_says_how_likely_it_is_to_leak_and_what_that_is_not(node: Node) -> None:
    page = client(node, Role.RELEASING_OFFICER).get(PAPERS).text
    assert "How likely it is to leak" in page
    assert "with 95 % certainty between" in page
    assert "It permits nothing" in page
    assert f'href="{PAPERS}/options"' in page


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HARM_DESK, Role.VETTING_OFFICER])
def test_who_does_not_open_it_sees_that_it_is_sealed(node: Node, role: Role) -> None:
    page = client(node, role).get(PAPERS).text
    assert "How likely it is to leak" in page
    assert "with 95 % certainty between" not in page
    assert f"{PAPERS}/options" not in page


@pytest.mark.parametrize("role", [Role.RELEASING_OFFICER, Role.CASE_AGENT])
def test_among_how_many_the_source_is_hidden_is_for_its_handlers(node: Node, role: Role) -> None:
    page = client(node, role).get(FERRY).text
    assert "Sealed: source handling" in page


@pytest.mark.parametrize("role", WEIGHS)
def test_ways_to_release_it_stand_beside_each_other(node: Node, role: Role) -> None:
    page = client(node, role).get(f"{FERRY}/options").text
    assert "Ways, beside each other" in page
    for extent in ("the whole item", "the item with parts taken out", "the text below the tearline"):
        assert extent in page
    assert "whom nobody logged" in page
    assert "It suggests and decides nothing" in page


def test_another_unit_and_a_later_day_are_weighed_too(node: Node) -> None:
    page = (
        client(node, Role.RELEASING_OFFICER)
        .get(f"{FERRY}/options?extent=full&unit=practice.lagoon-unit&later=7&later=nonsense&extent=all")
        .text
    )
    assert "to Lagoon unit" in page
    assert "7 days later" in page
    assert "of the time in which it is of use passes" in page


@pytest.mark.parametrize("role", [Role.LIAISON, Role.PARTNER_LIAISON, Role.HARM_DESK, Role.AUDITOR])
def test_nobody_else_weighs(node: Node, role: Role) -> None:
    assert client(node, role).get(f"{FERRY}/options").status_code in (403, 404)


def test_units_and_adversaries_once_somebody_had_them_figured(node: Node) -> None:
    desk = client(node, Role.RELEASING_OFFICER)
    assert "Not figured yet" in desk.get(PACT).text or "Darker" in desk.get(PACT).text
    form = desk.get(f"{PACT}/figure").text
    key = form.split('name="key" value="')[1].split('"')[0]
    sent = desk.post(f"{PACT}/figure", data={"key": key}, headers={"origin": BASE})
    assert sent.status_code == 200
    assert "Strait unit" in sent.text
    assert "ferrymen" in sent.text
    assert "is-shade-" in sent.text
    assert "says nothing about anyone in them" in sent.text
    spanish = client(node, Role.OVERSEER, "es").get(PACT).text
    assert "Strait unit" in spanish
    assert "is-shade-" in spanish


def test_an_investigation_says_whom_to_ask_first_and_never_one_name_alone(tmp_path: Path) -> None:
    node, where = asked_first(tmp_path)
    page = client(node, Role.INVESTIGATOR).get(where).text
    assert "Whom to ask first, by the record" in page
    assert "accuses nobody" in page
    assert "No logged reader" in page
    assert page.count("likelihood ratio; in words") >= 3
    assert "channels ten times as frequent" in page
    assert "No finding may rest on these figures alone" in page
    assert "How it fared where the truth is known" in page
    assert all(one in page for one in sayings(tongue(Language.EN)))
    spanish = client(node, Role.INVESTIGATOR, "es").get(where).text
    assert all(one in spanish for one in sayings(tongue(Language.ES)))
    node.ledger.close()
