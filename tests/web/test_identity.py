"""Whom a visitor acts as; and that a node that is no demonstration serves nobody."""

from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.web.app import create_app
from tests.web.conftest import BASE, HERE, visitor
from tests.web.world import ROLES, World


def test_whoever_has_not_chosen_is_asked_first(still: World) -> None:
    client = visitor(still)
    for path in ("/", "/releases", "/ledger", "/items/practice.item-1"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/identity")


def test_the_page_offers_each_role_and_says_that_it_is_a_demonstration(still: World) -> None:
    page = visitor(still).get("/identity").text
    assert "demonstration without sign-in" in page
    for role in ROLES:
        assert f'value="{role.value}"' in page
    assert 'value="node"' not in page
    assert 'value="chronicler"' not in page


def test_nobody_becomes_the_node_or_a_chronicler(still: World) -> None:
    for role in (Role.NODE, Role.CHRONICLER):
        assert visitor(still).post("/identity", data={"identity": role.value}).status_code == 422
        assert visitor(still, role).get("/").status_code == 303


def test_a_node_that_is_no_demonstration_serves_no_page(still: World) -> None:
    app = create_app(still.node, demo=False)
    client = TestClient(
        app, base_url=BASE, cookies={"identity": "overseer"}, follow_redirects=False, client=HERE
    )
    for path in ("/", "/identity", "/releases", "/ledger", "/ledger/entries/0", "/harm/new"):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "admits nobody yet" in answer.text
    assert client.post("/identity", data={"identity": "overseer"}).status_code == 403
    assert client.post("/releases/new", data={}).status_code == 403


def test_a_demonstration_lets_nobody_in_from_another_machine(still: World) -> None:
    app = create_app(still.node, demo=True)
    for elsewhere in (("198.51.100.7", 50_000), ("testclient", 50_000), ("::ffff:198.51.100.7", 1)):
        client = TestClient(
            app,
            base_url=BASE,
            cookies={"identity": "overseer", "language": "en"},
            follow_redirects=False,
            client=elsewhere,
        )
        assert client.get("/releases").headers["location"] == "/identity"
        assert client.get("/identity").status_code == 403
        assert client.post("/identity", data={"identity": "overseer"}).status_code == 403
        assert "its own machine only" in client.get("/identity").text
