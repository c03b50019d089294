"""What is sealed is opened with a reason, for one thing and a while; and that it was read stays on record."""

import ast
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

import tearline
from tearline.facts.history import Role, about
from tearline.facts.reading import SealedFieldsRead
from tearline.facts.release import ItemRegistered
from tearline.web.app import create_app
from tests.api.conftest import Caller
from tests.web.conftest import BASE, HERE
from tests.web.world import World

SECRET = "the drivers of the depot"
ITEM = "/items/practice.item-1"


def noting(world: World) -> TestClient:
    """At the API of a node that puts readings on record."""
    return TestClient(create_app(world.node, demo=True, readings=True), base_url=BASE, client=HERE)


def opened(caller: Caller, why: str = "To assess the threat", of: str = ITEM, key: str = "open") -> Any:
    return caller.client.post(
        "/api/v1/readings",
        json={"of": of, "why": why},
        headers=caller.headers | {"idempotency-key": key},
    )


def readings(world: World) -> list[SealedFieldsRead]:
    known = world.node.ledger.read(about(kinds=(SealedFieldsRead,)))
    return [r.fact for r in known.of(SealedFieldsRead)]


def test_source_handling_is_closed_until_it_is_opened_with_a_reason_and_closes_again(world: World) -> None:
    handler = Caller(noting(world), Role.SOURCE_HANDLER)
    closed = handler.get(ITEM)
    assert SECRET not in closed.text
    assert opened(handler).status_code == 201
    shown = handler.get(ITEM, **{"if-none-match": closed.headers["etag"]})
    assert shown.status_code == 200
    assert SECRET in shown.text
    assert SECRET not in handler.get("/items/practice.item-2").text
    assert SECRET not in handler.get("/facts?tag=item:practice.item-1").text
    world.clock.move(minutes=16)
    assert SECRET not in handler.get(ITEM).text


def test_an_opening_is_answered_once_and_for_whom_nothing_is_sealed_is_refused(world: World) -> None:
    client = noting(world)
    handler = Caller(client, Role.SOURCE_HANDLER)
    first, again = opened(handler), opened(handler)
    assert (first.status_code, again.json()) == (201, first.json())
    assert opened(handler, why="Another reason").status_code == 422
    assert opened(handler, why=" ", key="x").status_code == 422
    assert opened(handler, of="/nothing", key="y").status_code == 404
    assert opened(Caller(client, Role.OVERSEER)).status_code == 403


def test_what_a_view_shows_of_sealed_fields_is_on_record_once_a_day(world: World) -> None:
    agent = Caller(noting(world), Role.CASE_AGENT)
    for _ in range(2):
        agent.get(ITEM)
    (read,) = [r for r in readings(world) if r.page == "/api/v1/items/{item}"]
    assert "content" in read.compartments
    assert read.items == ("practice.item-1",)
    agent.get(ITEM, **{"if-none-match": agent.get(ITEM).headers["etag"]})
    assert len(readings(world)) == 1
    Caller(noting(world), Role.AUDITOR).get("/facts")
    assert len(readings(world)) == 1


def test_who_read_of_an_item_is_told_to_those_who_answer_for_it_and_to_nobody_else(world: World) -> None:
    client = noting(world)
    assert opened(Caller(client, Role.SOURCE_HANDLER)).status_code == 201
    told = Caller(client, Role.OVERSEER).get(ITEM).json()["read_by"]
    assert "practice.source-handler" in [r["by"]["person"] for r in told]
    assert Caller(client, Role.LIAISON).get(ITEM).json()["read_by"] is None


def test_an_opening_at_the_api_names_the_items_that_its_address_leads_to(world: World) -> None:
    """As at the site, by one function: whoever answers for the item finds there who opened what was said of it."""
    (item, *_) = world.node.ledger.read(about("item:practice.item-1", kinds=(ItemRegistered,)))
    handler = Caller(noting(world), Role.SOURCE_HANDLER)
    assert opened(handler, of=f"/facts/{item.position}").status_code == 201
    assert readings(world)[-1].items == ("practice.item-1",)


def test_nobody_else_says_what_is_opened() -> None:
    """``OpenCompartments`` takes its subject as it is given: it is made in one place, which derives it."""
    root = Path(tearline.__file__).parent
    found = {
        file.relative_to(root).as_posix()
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.Name) and node.id == "OpenCompartments" and isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.Attribute) and node.attr == "OpenCompartments")
    }
    made = {"signin/reading.py", "cli/harm.py"}  # there it is of the register as a whole
    named = {"web/opening.py", "api/policy.py", "api/openapi.py"}
    assert found == made | named
    for file in named:
        calls = (n for n in ast.walk(ast.parse((root / file).read_text("utf-8"))) if isinstance(n, ast.Call))
        assert not any(isinstance(c.func, ast.Name) and c.func.id == "OpenCompartments" for c in calls), file
        assert "command=OpenCompartments" not in (root / file).read_text("utf-8")
