"""The harm pages: counts side by side, reports as given, and testimony only for who protects witnesses."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.harm import HarmReported
from tearline.facts.history import Role, about
from tearline.node import Node, make_node
from tearline.rooms.harm import DocumentCount
from tearline.web.app import create_app
from tearline.web.policy import READERS
from tests.web.conftest import HERE, opened
from tests.web.world import Clock, World, populate

OWN_SIDE = sorted(READERS)
SOURCE = "The lamplighter of Quay Street"
ACCOUNT = "They came in two lorries before dawn."
FORM = {
    "key": "k" * 24,
    "harm": "injured",
    "least": "2",
    "most": "",
    "place": "The old quay",
    "first_day": "2026-11-18",
    "account": ACCOUNT,
    "source_class": "witness",
    "source": SOURCE,
    "reliability": "B",
    "credibility": "3",
    "operation": "practice.operation",
}


@pytest.fixture
def node(tmp_path: Path) -> Node:
    clock = Clock()
    made = make_node(tmp_path / "data", origin="tearline.example/desk", demo=True, clock=clock)
    return populate(World(made, clock)).node


def visitor(node: Node, role: Role) -> TestClient:
    return TestClient(
        create_app(node, demo=True),
        base_url="http://localhost",
        cookies={"identity": role.value, "language": "en"},
        follow_redirects=False,
        client=HERE,
    )


def reports(node: Node) -> list[int]:
    """Where the live reports stand."""
    return [r.position for r in node.ledger.read(about(kinds=(HarmReported,))) if not r.told]


def test_counts_stand_side_by_side_and_none_is_the_figure(node: Node) -> None:
    page = visitor(node, Role.OVERSEER).get("/harm").text
    places = [page.index(who) for who in ("A state", "Reporters", "A former governor")]
    assert places == sorted(places)
    assert "60+" in page
    assert "None of these is the number of victims" in page
    assert "What these counts cannot say" in page
    assert "re-enacted from published sources" in page


def test_a_report_is_recorded_as_given_and_shown_with_its_operation(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    sent = client.post("/harm/new", data=FORM)
    assert sent.status_code == 303
    (at,) = reports(node)
    assert sent.headers["location"] == f"/harm?recorded={at}"
    page = opened(client, "/harm").get(sent.headers["location"]).text
    assert "Injured: 2+" in page
    assert "In the operation: Bridge" in page
    assert ACCOUNT in page
    assert SOURCE in page
    assert f'href="/ledger/entries/{at}"' in page


def test_the_same_form_sent_twice_is_recorded_once(node: Node) -> None:
    client = visitor(node, Role.HARM_DESK)
    first, second = (client.post("/harm/new", data=FORM) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(reports(node)) == 1


@pytest.mark.parametrize("role", OWN_SIDE)
def test_testimony_is_absent_from_every_page_of_who_does_not_protect_witnesses(
    node: Node, role: Role
) -> None:
    visitor(node, Role.HARM_DESK).post("/harm/new", data=FORM)
    (at,) = reports(node)
    client = visitor(node, role)
    for path in ("/harm", f"/ledger/entries/{at}", f"/ledger/entries/{at}/fact"):
        page = client.get(path)
        not_theirs = role is Role.ADVOCATE and path != "/harm"
        assert page.status_code == (404 if not_theirs else 200), path
        assert SOURCE not in page.text, path
        assert ACCOUNT not in page.text, path
        if role is Role.HARM_DESK and not path.endswith("/fact"):
            page = opened(client, path).get(path)
            assert SOURCE in page.text, path
            assert ACCOUNT in page.text, path
    account = client.get("/operations/practice.operation").text
    assert SOURCE not in account
    assert ACCOUNT not in account


def test_an_advocate_reads_the_testimony_that_they_took_down(node: Node) -> None:
    advocate = visitor(node, Role.ADVOCATE)
    advocate.post("/harm/new", data=FORM)
    assert SOURCE not in advocate.get("/harm").text
    assert SOURCE in opened(advocate, "/harm").get("/harm").text
    assert SOURCE not in visitor(node, Role.OVERSEER).get("/harm").text


def test_to_an_advocate_the_reports_of_others_are_on_no_list(node: Node) -> None:
    desk, advocate = visitor(node, Role.HARM_DESK), visitor(node, Role.ADVOCATE)
    desk.post("/harm/new", data=FORM)
    advocate.post("/harm/new", data=FORM | {"place": "The new quay"})
    page = advocate.get("/harm").text
    assert "The new quay" in page
    assert "The old quay" not in page
    for role, both in ((Role.ADVOCATE, False), (Role.HARM_DESK, True)):
        for path in ("/harm", "/harm/reports", "/operations/practice.operation"):
            answer = desk.get(f"/api/v1{path}", headers={"authorization": f"Bearer demo:{role.value}"}).text
            assert "The new quay" in answer
            assert ("The old quay" in answer) == both
    assert "The old quay" in desk.get("/harm").text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("least", "two", "Enter a whole number, zero or more."),
        ("least", "", "Enter a whole number, zero or more."),
        ("least", "9007199254740991", "Enter a whole number, at most 1,000,000,000,000,000."),
        ("least", "9" * 30, "Enter a whole number, at most 1,000,000,000,000,000."),
        (
            "list",
            "UPPER LIST",
            "Write an identifier: a-z, 0-9 and inner hyphens, at most 40 characters: On the list.",
        ),
        ("first_day", "2026-13-40", "Enter a date, such as 2026-03-18."),
        ("account", "  ", "Write something here: What was reported."),
        ("harm", "vexed", "Choose one: Harm."),
        ("operation", "tale.leak", "Choose one: In operation."),
        ("compromise", "tale.leak", "Choose one: After compromise."),
        ("place", "x" * 500, "Write at most 120 characters; these are 500."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_recorded(
    node: Node, name: str, value: str, said: str
) -> None:
    before = node.ledger.size()
    sent = visitor(node, Role.HARM_DESK).post("/harm/new", data=FORM | {name: value})
    assert sent.status_code == 422
    assert said in sent.text
    assert f'id="f-{name}-error"' in sent.text
    if name != "account":
        assert ACCOUNT in sent.text  # nothing that was typed is lost
    assert node.ledger.size() == before


def test_a_report_with_its_figures_in_the_wrong_order_is_refused(node: Node) -> None:
    before = node.ledger.size()
    sent = visitor(node, Role.HARM_DESK).post("/harm/new", data=FORM | {"least": "5", "most": "2"})
    assert sent.status_code == 409
    assert node.ledger.size() == before


def test_a_report_sent_from_another_site_is_refused(node: Node) -> None:
    before = node.ledger.size()
    sent = visitor(node, Role.HARM_DESK).post(
        "/harm/new", data=FORM, headers={"origin": "https://elsewhere.example"}
    )
    assert sent.status_code == 403
    assert node.ledger.size() == before


@pytest.mark.parametrize("role", OWN_SIDE)
def test_a_count_is_documented_only_by_who_may(node: Node, role: Role) -> None:
    client = visitor(node, role)
    may = role in DocumentCount.allowed
    assert client.get("/harm/counts/new").status_code == (200 if may else 403)
    assert ('href="/harm/counts/new"' in client.get("/harm").text) == may
    if not may:
        before = node.ledger.size()
        assert client.post("/harm/counts/new", data={"key": "k" * 24}).status_code == 403
        assert node.ledger.size() == before


def test_to_the_partner_there_is_no_harm_page(node: Node) -> None:
    client = visitor(node, Role.PARTNER_LIAISON)
    before = node.ledger.size()
    for path in ("/harm", "/harm/new", "/harm/counts/new"):
        assert client.get(path).status_code == 404
    assert client.post("/harm/new", data=FORM).status_code == 404
    assert node.ledger.size() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [(m, "/harm") for m in ("POST", "PUT", "PATCH", "DELETE")]
    + [(m, "/harm/new") for m in ("PUT", "PATCH", "DELETE")],
)
def test_a_method_that_is_not_served_is_refused(node: Node, method: str, path: str) -> None:
    before = node.ledger.size()
    assert visitor(node, Role.HARM_DESK).request(method, path).status_code == 405
    assert node.ledger.size() == before
