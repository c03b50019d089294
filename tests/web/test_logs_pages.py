"""Partners' logs on the site: what is held, what stops exchange and why; and nothing of it to a partner."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.history import Role, about
from tearline.facts.logs import ForkEvidence, PartnerLogNamed, log_id
from tearline.node import Node, Order, make_node
from tearline.rooms.logs.naming import NamePartnerLog
from tearline.rooms.logs.received import RecordUnproven
from tearline.web.app import create_app
from tearline.web.policy import CHECKERS
from tests.logs import ORIGIN, named, unproven
from tests.web.conftest import HERE
from tests.web.world import Clock, World, actor, populate

OWN_SIDE = sorted(CHECKERS)
FORKED, SECOND = "senate.example/log", "senate.example/second"


@pytest.fixture
def node(tmp_path: Path) -> Node:
    clock = Clock()
    made = make_node(tmp_path / "data", origin="tearline.example/desk", demo=True, clock=clock)
    return populate(World(made, clock)).node


def visitor(node: Node, role: Role, language: str = "en") -> TestClient:
    return TestClient(
        create_app(node, demo=True),
        base_url="http://localhost",
        cookies={"identity": role.value, "language": language},
        follow_redirects=False,
        client=HERE,
    )


def page_of(origin: str) -> str:
    return f"/ledger/logs/{log_id(origin)}"


@pytest.mark.parametrize("role", OWN_SIDE)
def test_our_side_sees_how_each_log_stands(node: Node, role: Role) -> None:
    page = visitor(node, role).get("/ledger").text
    for origin in (ORIGIN, FORKED, SECOND):
        assert f'href="{page_of(origin)}"' in page
    assert page.count(">two histories<") == 1
    assert "one history so far" in page
    assert "nothing received" in page


def test_a_partner_sees_neither_the_list_nor_a_log(node: Node) -> None:
    client = visitor(node, Role.PARTNER_LIAISON)
    page = client.get("/ledger").text
    assert "/ledger/logs/" not in page
    assert client.get(page_of(ORIGIN)).status_code == 404


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "signed two histories",
                "Nothing is released to Oversight Committee",
                "a second has yet to confirm",
            ),
        ),
        (
            "es",
            ("firmó dos historias", "Nada se divulga a Oversight Committee", "falta que otra lo confirme"),
        ),
    ],
)
def test_a_fork_is_told_in_plain_words_with_what_anyone_can_check(
    node: Node, language: str, words: tuple[str, ...]
) -> None:
    page = visitor(node, Role.OVERSEER, language).get(page_of(FORKED)).text
    assert all(said in page for said in words)
    (evidence,) = node.ledger.read(about(kinds=(ForkEvidence,))).of(ForkEvidence)
    # Base64 needs no escape in HTML, so what was signed stands byte for byte.
    assert evidence.fact.shorter.note in page
    assert evidence.fact.longer.note in page
    assert all(one in page for one in evidence.fact.proof)


def test_the_notice_goes_when_a_second_person_names_the_other_log_and_the_evidence_stays(node: Node) -> None:
    latest = node.ledger.read(about(kinds=(PartnerLogNamed,))).of(PartnerLogNamed)[-1].fact
    node.record(Order(command=NamePartnerLog(latest), by=actor(Role.SENIOR_OFFICER)))
    page = visitor(node, Role.OVERSEER).get(page_of(FORKED)).text
    assert "Nothing is released" not in page
    assert "Evidence: " in page
    assert "two histories" in visitor(node, Role.OVERSEER).get("/ledger").text


def test_what_was_not_shown_to_fit_is_a_caution_and_no_accusation(node: Node) -> None:
    doubtful = unproven(30, held=7)
    police = node.ledger.read(about(kinds=(PartnerLogNamed,))).of(PartnerLogNamed)[0].fact.organisation
    recorded = replace(doubtful, organisation=police)
    node.record(Order(command=RecordUnproven(recorded), by=actor(Role.LIAISON)))
    page = visitor(node, Role.LIAISON).get(page_of(ORIGIN)).text
    assert "has not shown that it belongs" in page
    assert "Nothing is released to Police of the South until it shows it." in page
    assert "Evidence" not in page
    assert "not shown to fit" in visitor(node, Role.LIAISON).get("/ledger").text


@pytest.mark.parametrize("name", ["nothing", "0" * 40, "X", "%00", named("a.example/b").log])
def test_a_log_that_nobody_named_is_not_found(node: Node, name: str) -> None:
    assert visitor(node, Role.OVERSEER).get(f"/ledger/logs/{name}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written_there(node: Node, method: str) -> None:
    before = node.ledger.size()
    assert visitor(node, Role.OVERSEER).request(method, page_of(ORIGIN)).status_code == 405
    assert node.ledger.size() == before


def test_an_entry_leads_to_its_log(node: Node) -> None:
    (evidence,) = node.ledger.read(about(kinds=(ForkEvidence,))).of(ForkEvidence)
    entry = visitor(node, Role.OVERSEER).get(f"/ledger/entries/{evidence.position}").text
    assert f'href="{page_of(FORKED)}"' in entry
