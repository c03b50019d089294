"""Who reads what is sealed: the hard compartments with a reason and for a while, the others on record by themselves."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.errors import Broken
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Recorded, Role, about
from tearline.facts.identifiers import ItemId, RequestId, WarningId
from tearline.facts.reading import SealedFieldsRead
from tearline.facts.release import ItemRegistered, KnowersListed, SourceWarned, WarningKind
from tearline.folds.release import request_question
from tearline.node import Order
from tearline.rooms.release.items import RecordSourceWarning, RegisterItem
from tearline.web.access import ALL
from tearline.web.app import create_app
from tests.desk import desk_in
from tests.desk import opened as form_sent
from tests.web.conftest import BASE, HERE, opened, visitor
from tests.web.everything import Everything, fill
from tests.web.world import World, actor
from tests.worlds import REX, requested

ITEM = "/items/practice.item-1"
KNOWERS, AT_RISK = "the drivers of the depot", "the source&#39;s family"
OPENING = 'id="opening"'


def readings(world: World) -> Sequence[Recorded[SealedFieldsRead]]:
    return world.node.ledger.read(about(kinds=(SealedFieldsRead,)), opening=ALL).of(SealedFieldsRead)


def noted(world: World, role: Role, language: str = "en") -> TestClient:
    """Someone at a site that puts on record what its pages open."""
    cookies = {"identity": role.value, "language": language}
    app = create_app(world.node, demo=True, readings=True)
    return TestClient(
        app,
        base_url=BASE,
        client=HERE,
        cookies=cookies,
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def test_a_hard_compartment_is_closed_until_its_reader_says_why(world: World) -> None:
    handler = visitor(world, Role.SOURCE_HANDLER)
    closed = handler.get(ITEM).text
    assert KNOWERS not in closed
    assert AT_RISK not in closed
    assert OPENING in closed
    opened(handler, ITEM, "The family has called.")
    shown = handler.get(ITEM).text
    assert KNOWERS in shown
    assert AT_RISK in shown
    assert OPENING not in shown
    (reading,) = readings(world)
    assert reading.by == actor(Role.SOURCE_HANDLER)
    assert reading.fact.why.open() == "The family has called."
    assert reading.fact.items == ("practice.item-1",)
    assert set(reading.fact.compartments) == {Compartment.SOURCE_HANDLING, Compartment.PEOPLE_AT_RISK}


def test_it_closes_again_after_fifteen_minutes(world: World) -> None:
    handler = opened(visitor(world, Role.SOURCE_HANDLER), ITEM)
    world.clock.move(minutes=14, seconds=59)
    assert KNOWERS in handler.get(ITEM).text
    world.clock.move(seconds=1)
    assert KNOWERS not in handler.get(ITEM).text


def test_it_is_open_for_that_thing_and_that_person_only(world: World) -> None:
    handler = opened(visitor(world, Role.SOURCE_HANDLER), ITEM)
    assert KNOWERS not in handler.get("/items/practice.item-2").text
    assert AT_RISK not in visitor(world, Role.HARM_DESK).get(ITEM).text
    assert (
        KNOWERS in visitor(world, Role.SOURCE_HANDLER).get(ITEM).text
    )  # it is the person, and not the session


def test_nobody_opens_for_another_by_naming_their_reading(world: World) -> None:
    handler = opened(visitor(world, Role.SOURCE_HANDLER), ITEM)
    (theirs,) = readings(world)
    desk = visitor(world, Role.HARM_DESK)
    forged = {"key": "k", "why": "x", "reading": theirs.fact.reading, "compartments": "source-handling"}
    assert desk.post(f"/readings/new?page={ITEM}", data=forged).status_code == 303
    assert KNOWERS not in desk.get(ITEM).text
    assert handler.get(ITEM).status_code == 200
    assert readings(world)[1].fact.reading != theirs.fact.reading
    assert Compartment.SOURCE_HANDLING not in readings(world)[1].fact.compartments


@pytest.mark.parametrize("why", ["", "   ", "\x00"])
def test_without_a_reason_nothing_is_opened(world: World, why: str) -> None:
    handler = visitor(world, Role.SOURCE_HANDLER)
    assert handler.post(f"/readings/new?page={ITEM}", data={"key": "k", "why": why}).status_code == 422
    assert not readings(world)
    assert KNOWERS not in handler.get(ITEM).text


@pytest.mark.parametrize(
    "page",
    ["", "//evil.invalid", "https://evil.invalid/items/x", "/nowhere", "/items/UPPER", "/items/a%0d%0ab",
     "/healthz", "/items/{new}", "items/practice.item-1/..", "/ledger/tile/x"],
)  # fmt: skip
def test_what_is_opened_is_a_page_of_this_site(world: World, page: str) -> None:
    handler = visitor(world, Role.SOURCE_HANDLER)
    for answer in (
        handler.get("/readings/new", params={"page": page}),
        handler.post("/readings/new", params={"page": page}, data={"key": "k", "why": "x"}),
    ):
        assert answer.status_code == 404
    assert not readings(world)


def test_a_role_is_offered_no_more_than_it_may_open(world: World) -> None:
    for role in (Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.OVERSEER):
        client = visitor(world, role)
        assert OPENING not in client.get(ITEM).text
        assert client.post(f"/readings/new?page={ITEM}", data={"key": "k", "why": "x"}).status_code == 403
    desk = opened(visitor(world, Role.HARM_DESK), ITEM)
    assert AT_RISK in desk.get(ITEM).text
    assert KNOWERS not in desk.get(ITEM).text


def test_a_worked_case_is_open_as_before(world: World) -> None:
    assert "There will be a bloodbath." in visitor(world, Role.SOURCE_HANDLER).get("/items/tale.item").text
    assert OPENING not in visitor(world, Role.HARM_DESK).get("/harm").text


def test_what_a_page_opens_is_on_record_once_a_person_a_thing_and_a_day(world: World) -> None:
    officer = noted(world, Role.RELEASING_OFFICER)
    assert "Lorries leave" in officer.get(ITEM).text
    (reading,) = readings(world)
    assert reading.by == actor(Role.RELEASING_OFFICER)
    assert Compartment.CONTENT in reading.fact.compartments
    assert reading.fact.items == ("practice.item-1",)
    assert reading.fact.why.open() == "as releasing officer, on the page /items/{item}"
    for _ in range(3):
        officer.get(ITEM)
    assert len(readings(world)) == 1
    noted(world, Role.RELEASING_OFFICER).get(ITEM)  # after a restart as well
    assert len(readings(world)) == 1
    noted(world, Role.SENIOR_OFFICER).get(ITEM)
    officer.get("/items/practice.item-2")
    assert len(readings(world)) == 3
    world.clock.move(days=1)
    officer.get(ITEM)
    assert len(readings(world)) == 4


def test_a_list_is_one_reading_of_the_list(world: World) -> None:
    fill(world)
    officer = noted(world, Role.RELEASING_OFFICER)
    officer.get("/releases")
    officer.get("/releases")
    (reading,) = readings(world)
    assert (reading.fact.page, reading.fact.items) == ("/releases", ())


def test_what_opens_nothing_is_no_reading(world: World) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER_LIAISON):
        for path in ("/", "/ledger", "/ledger/entries/3", "/operations", "/nowhere"):
            noted(world, role).get(path)
    assert not readings(world)


def test_what_cannot_be_put_on_record_is_not_shown(world: World) -> None:
    officer = noted(world, Role.RELEASING_OFFICER)
    world.node.stopped = "a disk is full"
    answer = officer.get(ITEM)
    assert answer.status_code == 503
    assert "Lorries" not in answer.text
    with pytest.raises(Broken):
        world.node.record_all([])
    assert visitor(world, Role.RELEASING_OFFICER).get("/obligations").status_code == 200


def test_a_demonstration_notes_nothing_of_itself(world: World) -> None:
    visitor(world, Role.RELEASING_OFFICER).get(ITEM)
    assert not readings(world)
    assert create_app(world.node, demo=False).state.readings.on


def test_those_who_answer_for_an_item_see_who_read_it(world: World) -> None:
    opened(visitor(world, Role.SOURCE_HANDLER), ITEM, "The family has called.")
    for role in (Role.OVERSEER, Role.SENIOR_OFFICER, Role.INVESTIGATOR, Role.CASE_AGENT):
        page = visitor(world, role).get(ITEM).text
        assert "Who read its sealed fields" in page
        assert "The family has called." in page
        assert "practice.source-handler, source handler" in page
    for role in (Role.RELEASING_OFFICER, Role.LIAISON, Role.HARM_DESK, Role.SOURCE_HANDLER):
        assert "Who read its sealed fields" not in visitor(world, role).get(ITEM).text
    assert "Quién leyó" in visitor(world, Role.OVERSEER, "es").get(ITEM).text


def test_whichever_page_it_is_opened_on_it_stands_on_the_items_page(world: World) -> None:
    """The ledger's entry, a request and a tearline version show of an item what its own page shows."""
    fill(world)
    (knowers, *_) = [r for r in world.node.ledger.read(about(kinds=(KnowersListed,))) if r.told is None]
    overseer = visitor(world, Role.OVERSEER)
    for page in (f"/ledger/entries/{knowers.position}", "/releases/practice.open", "/leaks/practice.leak"):
        opened(visitor(world, Role.SOURCE_HANDLER), page, f"Because of {page}.")
        item = readings(world)[-1].fact.items[0]
        assert f"Because of {page}." in overseer.get(f"/items/{item}").text
    assert all(r.fact.items for r in readings(world))


def test_a_tearline_version_is_read_of_what_it_is_drawn_from_too(world: World) -> None:
    """It inherits what the source said of the whole."""
    known = world.node.ledger.read(about("item:practice.item-1", kinds=(ItemRegistered,)))
    (whole,) = known.of(ItemRegistered)
    part = replace(
        whole.fact,
        item=ItemId("practice.part"),
        tearline_of=whole.fact.item,
        title=Sealed("x"),
        content=Sealed("y"),
        source_code=Sealed(None),
        conditions=Sealed(None),
    )
    warned = SourceWarned(
        warning=WarningId("practice.said"),
        item=whole.fact.item,
        kind=WarningKind.BLOODSHED,
        words=Sealed("They will look for whoever talked."),
    )
    for command in (RegisterItem(part), RecordSourceWarning(warned)):
        world.node.record(Order(command=command, by=actor(Role.CASE_AGENT)))
    handler = opened(visitor(world, Role.SOURCE_HANDLER), "/items/practice.part", "Because of the part.")
    assert "They will look for whoever talked." in handler.get("/items/practice.part").text
    assert "Because of the part." in visitor(world, Role.OVERSEER).get(ITEM).text


def test_choosing_an_item_by_its_title_is_a_reading(world: World) -> None:
    liaison = noted(world, Role.LIAISON)
    assert "Route of a shipment" in liaison.get("/releases/new").text
    (reading,) = readings(world)
    assert (reading.fact.page, reading.by.role) == ("/releases/new", Role.LIAISON)
    assert Compartment.CONTENT in reading.fact.compartments
    world.node.stopped = "a disk is full"
    world.clock.move(days=1)
    answer = noted(world, Role.LIAISON).get("/releases/new")
    assert answer.status_code == 503
    assert "Route of a shipment" not in answer.text


def test_a_dossier_before_it_is_signed_for_is_read_too(tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "node")
    rex, request = desk.at(REX), requested().request
    signing = form_sent(rex, f"/releases/{request}/sign-off", line="releasing")
    assert "&#34;knowers&#34;" in rex.get(signing).text
    read = desk.node.ledger.read(about(kinds=(SealedFieldsRead,))).of(SealedFieldsRead)
    (reading,) = [r for r in read if r.fact.page == "/signing/{signing}"]
    assert Compartment.DOSSIERS in reading.fact.compartments
    assert reading.fact.items == (requested().item,)
    desk.node.close()


def test_no_decision_waits_for_a_reading(everything: Everything) -> None:
    """Readings come between looking and signing all the time: what is being signed is not shown anew for one."""
    request = RequestId("practice.open")
    _, question = everything.world.node.gather(lambda known: request_question(known, request))
    tags = frozenset({"item:practice.item-1", "request:practice.open", "person:practice.partner-liaison"})
    assert question.matches("ReleaseSignedOff", tags)
    assert not question.matches(SealedFieldsRead.__name__, tags)


def test_a_repeated_view_costs_no_append_and_a_first_one_costs_one(world: World) -> None:
    officer = noted(world, Role.RELEASING_OFFICER)
    sizes = []
    for _ in range(3):
        officer.get(ITEM)
        sizes.append(world.node.ledger.size())
    assert sizes[0] == sizes[1] == sizes[2]


@pytest.mark.parametrize(
    "path", ["/releases/practice.open", "/people/practice.case-agent", "/leaks/practice.leak"]
)
def test_those_who_look_into_things_see_who_read_of_a_request_a_person_and_a_leak(
    world: World, path: str
) -> None:
    fill(world)
    assert noted(world, Role.RELEASING_OFFICER).get(path).status_code == 200
    for role in (Role.OVERSEER, Role.SENIOR_OFFICER, Role.INVESTIGATOR):
        panel = visitor(world, role).get(path).text.partition('id="readings"')[2].partition("</section>")[0]
        assert "practice.releasing-officer, releasing officer" in panel, role
    for role in (Role.RELEASING_OFFICER, Role.VETTING_OFFICER, Role.LIAISON):
        assert 'id="readings"' not in visitor(world, role).get(path).text, role


def test_an_item_s_own_case_agent_sees_who_read_of_what_was_asked_of_it(world: World) -> None:
    fill(world)
    item = next(
        r
        for r in world.node.ledger.read(about("item:practice.item-1", kinds=(ItemRegistered,))).of(
            ItemRegistered
        )
    )
    page = visitor(world, Role.CASE_AGENT).get("/releases/practice.open").text
    assert ('id="readings"' in page) == (item.by == actor(Role.CASE_AGENT))
