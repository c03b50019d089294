"""The pages of joint operations: the account with its tolls, its limits, and what it cannot say."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.jobs.cases import load_case
from tearline.node import Node, make_node
from tearline.web.app import create_app
from tearline.web.policy import READERS
from tests.web.conftest import HERE
from tests.web.world import START, Clock, World, populate

OWN_SIDE = sorted(READERS)
CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    clock = Clock()
    folder: Path = tmp_path_factory.mktemp("node") / "data"
    made = make_node(folder, origin="tearline.example/desk", demo=True, clock=clock)
    populate(World(made, clock, spice="<b>&"))
    load_case(made, CASES / "nogales.yaml", now=START)
    return made


def visitor(node: Node, role: Role) -> TestClient:
    return TestClient(
        create_app(node, demo=True),
        base_url="http://localhost",
        cookies={"identity": role.value, "language": "en"},
        follow_redirects=False,
        client=HERE,
    )


@pytest.mark.parametrize("role", OWN_SIDE)
def test_every_role_on_our_side_reads_the_accounts(node: Node, role: Role) -> None:
    client = visitor(node, role)
    page = client.get("/operations")
    assert page.status_code == 200
    for operation in ("practice.operation", "nogales.joint"):
        assert f'href="/operations/{operation}"' in page.text
        assert client.get(f"/operations/{operation}").status_code == 200


def test_results_and_tolls_stand_in_one_account(node: Node) -> None:
    page = visitor(node, Role.OVERSEER).get("/operations/practice.operation").text
    assert "five rifles" in page
    assert "Stones were thrown at a patrol" in page
    assert "0 killed, 1 injured" in page
    assert "Agency North" in page
    assert "Our officers do not detain our own nationals for crossing." in page
    assert "Nobody has rendered one" in page


def test_a_live_account_is_not_dressed_as_a_worked_case(node: Node) -> None:
    client = visitor(node, Role.OVERSEER)
    assert "not live" not in client.get("/operations/practice.operation").text
    assert "not live" in client.get("/operations/nogales.joint").text


def test_the_account_of_nogales_says_what_it_cannot_say(node: Node) -> None:
    page = visitor(node, Role.OVERSEER).get("/operations/nogales.joint").text
    assert "What this account cannot say" in page
    assert "after is not because" in page
    assert "no controls were declared beforehand" in page
    assert "0 credited to the operation" in page
    assert "$2.2 million" in page
    assert "41 assault rifles" in page
    assert "What would have been owed" in page


def test_what_was_planned_stands_beside_what_is_in_being(node: Node) -> None:
    page = visitor(node, Role.OVERSEER).get("/operations/nogales.joint").text
    assert "Two mirror bases, south of the U.S. outposts" in page
    assert "Planned is not done: mirror bases" in page
    assert "roving checkpoint" in page


def test_markup_that_someone_wrote_stays_text(node: Node) -> None:
    page = visitor(node, Role.OVERSEER).get("/operations/practice.operation").text
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page


@pytest.mark.parametrize("operation", ["no-such", "x" * 400, "a b", "%00"])
def test_an_operation_that_is_not_there_is_not_found(node: Node, operation: str) -> None:
    assert visitor(node, Role.OVERSEER).get(f"/operations/{operation}").status_code == 404


@pytest.mark.parametrize("operation", ["no-such", "nogales.joint"])
def test_the_partner_cannot_tell_a_foreign_operation_from_none(node: Node, operation: str) -> None:
    """Nogales is under no agreement with the practice unit."""
    assert visitor(node, Role.PARTNER_LIAISON).get(f"/operations/{operation}").status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/operations", "/operations/practice.operation"])
def test_an_account_cannot_be_written_to(node: Node, method: str, path: str) -> None:
    before = node.ledger.size()
    assert visitor(node, Role.OPERATIONS_PLANNER).request(method, path).status_code == 405
    assert node.ledger.size() == before


def test_somebody_without_an_identity_is_sent_to_choose_one(node: Node) -> None:
    client = TestClient(
        create_app(node, demo=True), base_url="http://localhost", follow_redirects=False, client=HERE
    )
    sent = client.get("/operations/practice.operation")
    assert (sent.status_code, sent.headers["location"]) == (303, "/identity")
