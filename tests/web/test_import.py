"""Vetting from a table: shown first, wrong by line and column, all or nothing, and the same table twice is once."""

import html
import re

import pytest
from playwright.sync_api import Browser
from starlette.testclient import TestClient

from tearline.facts.errors import Malformed
from tearline.facts.history import Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import Outcome, PersonVettingDecided, SuperiorNamed
from tearline.folds.people import People, Status
from tearline.formats.sheets import FORMULA, LARGEST_BYTES, neutral, read_sheet, written
from tearline.node import Order
from tearline.rooms.parties.persons import NameSuperior
from tearline.web.parties.importing import A_PART
from tests.web.conftest import served, visitor
from tests.web.test_browser import SIZES, context, violations
from tests.web.world import World, actor

HEADER = "person,outcome,decided_by,deciding_office,valid_until,decided_on"
GOOD = f"{HEADER}\npractice.commander,cleared,practice.police,Internal affairs,2027-06-30,2026-06-30\n"
PATH = "/people/import"
COLUMNS = ("person", "outcome", "decided_by", "deciding_office")


def officer(world: World, language: str = "en") -> TestClient:
    return visitor(world, Role.VETTING_OFFICER, language)


def decisions(world: World) -> list[PersonVettingDecided]:
    read = world.node.ledger.read(about(kinds=(PersonVettingDecided,)))
    return [r.fact for r in read.of(PersonVettingDecided)]


def look(client: TestClient, text: str | bytes) -> str:
    """The preview of this table, as a file."""
    data = text.encode() if isinstance(text, str) else text
    return client.post(PATH, files={"file": ("vetting.csv", data, "text/csv")}).text


def agree(client: TestClient, page: str) -> str:
    """Press the button under the preview, as a browser does; where it leads."""
    fields = {}
    for name in ("text", "agreed"):
        value = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
        assert value is not None, page
        fields[name] = html.unescape(value[1]).replace("\r\n", "\n").replace("\n", "\r\n")
    answer = client.post(PATH, data=fields, files={"none": ("", b"")})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def wrong(page: str) -> list[tuple[str, str]]:
    found = page.partition('id="errors-h"')[2].partition("</section>")[0]
    return re.findall(r'scope="row">Line (\d+)</th>\s*<td [^>]*><div>(\w+)</div>', found)


def test_a_table_is_shown_and_then_recorded(world: World) -> None:
    client, before = officer(world), len(decisions(world))
    page = look(client, GOOD)
    assert len(decisions(world)) == before
    assert "to be recorded" in page
    where = agree(client, page)
    assert "1 decision was recorded" in client.get(where).text
    (new,) = decisions(world)[before:]
    assert (new.person, new.outcome, str(new.valid_until)) == (
        "practice.commander", Outcome.CLEARED, "2027-06-30 00:00:00+00:00"
    )  # fmt: skip
    (recorded,) = [r for r in world.node.ledger.read(about(kinds=(PersonVettingDecided,))) if r.fact == new]
    assert str(recorded.happened_at.date()) == "2026-06-30"


def test_an_address_says_nothing_that_is_not_on_record(world: World) -> None:
    """Not what somebody wrote into it, nor what another recorded, nor a fact of another kind."""
    client = officer(world)
    where = agree(client, look(client, GOOD + "practice.director,exempt,practice.police,Directorate,,\n"))
    position = int(where.removeprefix("/people/import?recorded="))
    assert "2 decisions were recorded" in client.get(where).text
    for other in (0, position + 1, position + 2, 10**9, "x", "-1", "٣", ""):
        assert "decisions were recorded" not in client.get(f"{PATH}?recorded={other}").text
    assert client.get(f"{PATH}/7/9").status_code == 404


def test_the_same_table_again_records_nothing(world: World) -> None:
    client = officer(world)
    agree(client, look(client, GOOD))
    count = len(decisions(world))
    page = look(client, GOOD)
    assert "All of it is on record already" in page
    assert 'name="agreed"' not in page
    more = GOOD + "practice.director,exempt,practice.police,Directorate,,\n"
    agree(client, look(client, more))
    assert len(decisions(world)) == count + 1


def test_a_failure_that_was_cleared_since_is_recorded_when_it_is_decided_again(world: World) -> None:
    client, person = officer(world), PersonId("practice.commander")
    failed = f"{HEADER}\n{person},failed,practice.police,Internal affairs,,\n"
    cleared = f"{HEADER}\n{person},cleared,practice.police,Internal affairs,2027-06-30,\n"
    for text, status in ((failed, Status.FAILED), (cleared, Status.CLEARED), (failed, Status.FAILED)):
        world.clock.move(hours=1)
        page = look(client, text)
        assert "to be recorded" in page
        agree(client, page)
        read = world.node.ledger.read(about(f"person:{person}", kinds=(PersonVettingDecided,)))
        assert People(read, world.clock()).own_link(person).status is status


def test_what_was_recorded_as_older_than_what_stands_is_not_recorded_again(world: World) -> None:
    client = officer(world)
    older = GOOD.replace("cleared", "failed").replace("2027-06-30,2026-06-30", ",2026-01-15")
    agree(client, look(client, older))
    agree(client, look(client, GOOD))
    assert "All of it is on record already" in look(client, older)


def test_the_preview_says_what_the_rules_say_to_who_brings_it(world: World) -> None:
    named = SuperiorNamed(
        person=PersonId("practice.commander"), superior=PersonId("practice.vetting-officer")
    )
    world.node.record(Order(command=NameSuperior(named), by=actor(Role.LIAISON)))
    assert wrong(look(officer(world), GOOD)) == [("2", "person")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("practice.nobody,cleared,practice.police,Office,2027-06-30,", "person"),
        ("UPPER,cleared,practice.police,Office,2027-06-30,", "person"),
        ("practice.commander,fine,practice.police,Office,2027-06-30,", "outcome"),
        ("practice.commander,cleared,practice.nowhere,Office,2027-06-30,", "decided_by"),
        ("practice.commander,cleared,practice.police,,2027-06-30,", "deciding_office"),
        ("practice.commander,cleared,practice.police,Office,30/06/2027,", "valid_until"),
        ("practice.commander,cleared,practice.police,Office,,", "valid_until"),
        ("practice.commander,cleared,practice.police,Office,2027-06-30,2099-01-01", "decided_on"),
        ("practice.vetting-officer,cleared,practice.police,Office,2027-06-30,", "person"),
    ],
)
def test_with_one_error_nothing_is_recorded_and_its_place_is_named(
    world: World, row: str, column: str
) -> None:
    client, before = officer(world), len(decisions(world))
    text = f"{HEADER}\npractice.director,exempt,practice.police,Directorate,,\n{row}\n"
    page = look(client, text)
    assert wrong(page) == [("3", column)]
    assert 'name="agreed"' not in page
    import hashlib

    name = hashlib.sha256("\n".join(text.splitlines()).encode()).hexdigest()
    forced = client.post(PATH, data={"text": text, "agreed": name})
    assert forced.status_code == 422
    assert len(decisions(world)) == before


def test_a_person_who_stands_there_twice_is_an_error(world: World) -> None:
    page = look(officer(world), GOOD + GOOD.splitlines()[1] + "\n")
    assert wrong(page) == [("3", "person")]


def test_agreeing_to_another_table_records_nothing(world: World) -> None:
    client, before = officer(world), len(decisions(world))
    answer = client.post(PATH, data={"text": GOOD, "agreed": "0" * 64})
    assert answer.status_code == 200
    assert "to be recorded" in answer.text
    assert len(decisions(world)) == before


def test_spreadsheets_of_other_makes_are_read(world: World) -> None:
    client = officer(world)
    semicolons = GOOD.replace(",", ";")
    for data in (
        GOOD.encode("utf-8-sig"),
        semicolons.encode(),
        GOOD.replace(",", "\t").encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("cleared", "APTO").encode(),
    ):
        assert "to be recorded" in look(client, data)
    assert "to be recorded" in client.post(PATH, data={"text": GOOD}).text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        HEADER.encode(),
        b"person;outcome,decided_by\n",
        b"person,outcome\na,b\n",
        (HEADER + ",salary\n" + ",".join("1234567") + "\n").encode(),
        GOOD.encode() + b"\xff",
        GOOD.replace("Internal", "Intérieur").encode("latin-1"),
        GOOD.encode() + b"a,b\n",
        GOOD.encode() + b'"',
        GOOD.encode() + b"\x00",
        b"x" * (LARGEST_BYTES + 1),
        HEADER.encode() + b"\n" + b"a,cleared,b,c,,\n" * 2001,
    ],
)  # fmt: skip
def test_what_is_no_such_table_is_one_line_and_nothing_recorded(world: World, data: bytes) -> None:
    answer = officer(world).post(PATH, files={"file": ("vetting.csv", data, "text/csv")})
    assert answer.status_code == 422
    assert "This table cannot be read" in answer.text


def test_what_is_no_such_table_is_said_in_the_readers_language(still: World) -> None:
    client = officer(still)
    client.cookies.set("language", "es")
    for data, said in (
        (GOOD.encode() + b"a,b\n", "línea 3: se esperaba una fila de 6 celdas; tiene 2"),
        (b"person,outcome\na,b\n", "línea 1: se esperaba una columna decided_by"),
        (HEADER.encode(), "se esperaba una tabla de 1 a"),
    ):
        page = client.post(PATH, files={"file": ("vetting.csv", data, "text/csv")}).text
        assert said in page
        assert "expected" not in page


def test_only_who_decides_vetting_may_bring_a_table(still: World) -> None:
    for role in (Role.CASE_AGENT, Role.LIAISON, Role.OVERSEER):
        client = visitor(still, role)
        assert client.get(PATH).status_code == 403
        assert client.post(PATH, data={"text": GOOD}).status_code == 403
        assert client.get(f"{PATH}/template.csv").status_code == 404
        assert PATH not in client.get("/parties").text
    assert f'href="{PATH}"' in officer(still).get("/parties").text


def test_a_long_table_is_recorded_in_parts(world: World) -> None:
    from tearline.facts.fact import Sealed
    from tearline.facts.history import Actor
    from tearline.facts.identifiers import OrganisationId
    from tearline.facts.parties import PersonEnrolled
    from tearline.rooms.parties.persons import EnrolPerson

    by = Actor(PersonId("practice.vetting-officer"), Role.VETTING_OFFICER)
    people = [PersonId(f"recruit-{n}") for n in range(A_PART + 5)]
    world.node.record_all(
        [
            Order(
                command=EnrolPerson(
                    PersonEnrolled(
                        person=p, organisation=OrganisationId("practice.police"), description=Sealed("x")
                    )
                ),
                by=by,
            )
            for p in people
        ]
    )
    rows = "".join(f"{p},exempt,practice.police,Office,,\n" for p in people)
    text = f"{HEADER}\n{rows}"
    client, before = officer(world), len(decisions(world))
    page = look(client, text)
    assert "in 2 parts" in page
    assert "bring it again" in client.get(agree(client, page)).text
    assert len(decisions(world)) == before + A_PART
    agree(client, look(client, text))
    assert len(decisions(world)) == before + A_PART + 5


def test_the_template_is_a_table_that_is_read(still: World) -> None:
    answer = officer(still).get(f"{PATH}/template.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    (row,) = read_sheet(answer.content, file="f", required=COLUMNS, optional=("valid_until", "decided_on"))
    assert row.cells["outcome"] == "cleared"


@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_that_we_write_begins_a_formula(start: str) -> None:
    cell = f"{start}cmd|' /C calc'!A1"
    assert neutral(cell).startswith("'")
    if start.isspace():
        return
    (row,) = read_sheet(written(COLUMNS, [[cell] * 4]).encode(), file="f", required=COLUMNS)
    assert set(row.cells.values()) == {cell}
    with pytest.raises(Malformed):
        read_sheet(b"a,b\n1,2\n", file="f", required=COLUMNS)


def test_markup_in_a_cell_is_text(world: World) -> None:
    page = look(officer(world), GOOD.replace("practice.commander", "<script>alert(1)</script>"))
    assert "<script>alert" not in page


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_the_import_keeps_nobody_out(still: World, browser: Browser, language: str, size: str) -> None:
    with served(still) as address, context(browser, address, Role.VETTING_OFFICER, language, size) as visit:
        page = visit.new_page()
        page.goto(address + PATH)
        assert violations(page) == []
        for text in (GOOD, GOOD.replace("cleared", "fine")):
            page.locator("#f-text").fill(text)
            page.locator("#table button").click()
            assert page.locator("#preview").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
            assert violations(page) == []
