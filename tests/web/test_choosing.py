"""Choosing among more than a form can show: found by words, by who may choose it, with and without script."""

import html
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient

from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import AdversaryId, CompromiseId, ItemId, OrganisationId, UnitId
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.facts.parties import UnitFormed
from tearline.facts.release import Handling, InformationGrade, ItemRegistered, SourceGrade, Tlp
from tearline.rooms import Command
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.parties.units import FormUnit
from tearline.rooms.release.items import RegisterItem
from tearline.web.choosing import NAMES_OPENED, OFFERED, SHOWN
from tests.web.conftest import make_world, served, visitor
from tests.web.test_browser import SIZES, context, violations
from tests.web.test_flow import FILLED
from tests.web.world import World, act

MARKED = '"><script>alert(1)</script><b>quay</b>'
OLD = "The harbour master's ledger"
AGENCY, POLICE = OrganisationId("practice.agency"), OrganisationId("practice.police")


def item(name: str, title: str, adversary: str = "practice.cartel") -> Command:
    return RegisterItem(
        ItemRegistered(
            item=ItemId(name),
            originator=AGENCY,
            holder=AGENCY,
            title=Sealed(title),
            content=Sealed("Lorries."),
            source_code=Sealed(None),
            source_grade=SourceGrade.RELIABLE,
            information_grade=InformationGrade.KNOWN_DIRECTLY,
            handling=Handling.CONDITIONS,
            tlp=Tlp.AMBER,
            conditions=Sealed(None),
            adversary=AdversaryId(adversary),
        )
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with more items and units than a form shows, and more than have their titles opened."""
    world = make_world(tmp_path_factory.mktemp("many"))
    items = [item("practice.old", OLD, "practice.smugglers")]
    items += [item(f"practice.lorry-{n}", f"Lorry number {n} was seen") for n in range(NAMES_OPENED + 5)]
    world.node.record_all(act(Role.CASE_AGENT, *items, item("practice.marked", MARKED)))
    units = [
        UnitFormed(unit=UnitId(f"practice.u{n}"), organisation=POLICE, name=f"Squad {n}") for n in range(12)
    ]
    world.node.record_all(act(Role.VETTING_OFFICER, *map(FormUnit, units)))
    world.clock.move(minutes=1)
    yield world
    world.node.ledger.close()


def look(
    client: TestClient, words: str, field: str = "item", path: str = "/leaks/new", **entered: str
) -> str:
    """The form as it comes back when these words are looked for, without script."""
    answer = client.post(path, data={"look-for": field, f"look-for-{field}": words, "key": "k", **entered})
    assert answer.status_code == 200, answer.text
    return answer.text


def offered(page: str, field: str = "item") -> list[str]:
    return re.findall(
        rf'<input class="usa-(?:radio|checkbox)__input"[^>]* name="{field}" value="([^"]+)"', page
    )


def chosen(page: str, field: str = "item") -> list[str]:
    return re.findall(rf'name="{field}" value="([^"]+)" checked', page)


def said(page: str, field: str = "item") -> str:
    found = re.search(rf'id="f-{field}-said" role="status">([^<]*)<', page)
    assert found
    return html.unescape(found[1])


def test_what_the_role_dealt_with_last_is_offered_before_anything_is_looked_for(many: World) -> None:
    page = visitor(many, Role.CASE_AGENT).get("/leaks/new").text
    assert len(offered(page)) == OFFERED
    assert offered(page)[:2] == ["practice.marked", f"practice.lorry-{NAMES_OPENED + 4}"]
    assert "Offered first" in said(page)
    assert len(page) < 60_000


def test_an_item_is_found_by_its_title_its_identifier_its_adversary(many: World) -> None:
    agent = visitor(many, Role.CASE_AGENT)
    assert offered(look(agent, "LORRY num 44")) == ["practice.lorry-44"]
    assert offered(look(agent, "practice lorry 7")) == ["practice.lorry-7"]
    page = look(agent, "smugglers")
    assert (offered(page), said(page)) == (["practice.old"], "1 fits these words.")
    assert OLD in html.unescape(page), "what was found is called by its name"
    assert "Nothing fits" in said(look(agent, "no such thing"))


def test_an_old_title_is_in_no_index_and_a_title_that_is_sealed_to_the_reader_finds_nothing(
    many: World,
) -> None:
    assert offered(look(visitor(many, Role.CASE_AGENT), "harbour master")) == []
    desk = visitor(many, Role.HARM_DESK)
    assert offered(look(desk, "seen")) == []
    page = look(desk, "lorry 44")
    assert offered(page) == ["practice.lorry-44"], "by its identifier, which stands in clear"
    assert "number 44" not in page


def test_where_more_fits_than_is_shown_the_search_is_to_be_narrowed(many: World) -> None:
    page = look(visitor(many, Role.CASE_AGENT), "lorry")
    assert len(offered(page)) == SHOWN
    assert said(page).startswith(f"The latest {SHOWN} that fit are shown; there are more.")


def test_what_a_worked_case_tells_is_neither_offered_nor_counted(many: World) -> None:
    agent = visitor(many, Role.CASE_AGENT)
    for words in ("tale", "tale item"):
        page = look(agent, words)
        assert (offered(page), said(page)) == ([], "Nothing fits these words.")
    hidden = said(look(agent, "tale.item"))
    assert hidden == said(look(agent, "none.item"))
    answer = agent.post("/leaks/new", data={"key": "k", "item": "tale.item", "sure": "possible", "seen": "x"})
    assert answer.status_code == 422
    assert "Choose one: Item." in answer.text
    assert offered(agent.get("/leaks/new?item=tale.item").text), "it fixes nothing"


@pytest.mark.parametrize(
    "value", ["practice.none", "NONE", "'", MARKED, "a" * 10_000, "\x00", "practice.unit"]
)
def test_what_is_not_on_offer_is_refused_at_its_field_in_one_line(many: World, value: str) -> None:
    size = many.node.ledger.size()
    answer = visitor(many, Role.CASE_AGENT).post(
        "/leaks/new", data={"key": "k", "item": value, "sure": "possible", "seen": "On a radio."}
    )
    assert answer.status_code == 422
    assert 'id="f-item-error">Error: Choose one: Item.<' in answer.text
    assert "On a radio." in answer.text
    assert many.node.ledger.size() == size


def test_all_that_was_entered_survives_a_search_and_nothing_is_recorded(many: World) -> None:
    agent, size = visitor(many, Role.CASE_AGENT), many.node.ledger.size()
    key = "a-key-of-this-form"
    entered = {"seen": "They <changed> it.", "sure": "probable", "happened-at": "2026-11-19T10:00"}
    page = look(agent, "lorry 3", **entered | {"key": key, "item": "practice.old"})
    assert "They &lt;changed&gt; it." in page
    assert re.search(r'value="probable"[^>]* checked', page)
    assert 'value="2026-11-19T10:00"' in page
    assert f'name="key" value="{key}"' in page
    assert chosen(page) == ["practice.old"], "what was chosen before stays chosen, above what fits now"
    assert offered(page)[0] == "practice.old"
    assert many.node.ledger.size() == size


def test_two_fields_are_searched_one_after_the_other(many: World) -> None:
    agent = visitor(many, Role.CASE_AGENT)
    page = look(agent, "lorry 12", path="/releases/new")
    assert offered(page) == ["practice.lorry-12"]
    page = look(
        agent,
        "squad",
        "unit",
        "/releases/new",
        **{"look-for-item": "lorry 12", "item": "practice.lorry-12"},
    )
    assert (offered(page), chosen(page)) == (["practice.lorry-12"],) * 2
    assert set(offered(page, "unit")) == {f"practice.u{n}" for n in range(12)}
    sent = agent.post("/releases/new", data={"item": "practice.lorry-12", "unit": "practice.unit"})
    assert sent.headers["location"] == "/releases/new?item=practice.lorry-12&unit=practice.unit"
    form = agent.get(sent.headers["location"]).text
    assert "Lorry number 12 was seen" in form
    assert "practice.partner-liaison" in offered(form, "recipients")
    missed = agent.post("/releases/new", data={"item": "practice.lorry-12", "unit": "practice.nowhere"})
    assert (missed.status_code, chosen(missed.text)) == (422, ["practice.lorry-12"])
    assert 'id="f-unit-error"' in missed.text


def test_several_can_be_gathered_over_several_searches(many: World) -> None:
    leak = CompromiseReported(
        compromise=CompromiseId("practice.known"),
        item=ItemId("practice.lorry-1"),
        sure=Sureness.PROBABLE,
        seen=Sealed("On a radio."),
    )
    many.node.record_all(act(Role.CASE_AGENT, ReportCompromise(leak)))
    senior, path = visitor(many, Role.SENIOR_OFFICER), "/leaks/practice.known/investigation"
    first = look(senior, "practice investigator", "investigators", path)
    assert offered(first, "investigators") == ["practice.investigator"]
    second = look(senior, "oversight", "investigators", path, investigators="practice.investigator")
    assert chosen(second, "investigators") == ["practice.investigator"]
    assert "practice.overseer" in offered(second, "investigators"), "by the organisation, whose name is shown"


def test_markup_in_titles_and_in_words_is_text(many: World) -> None:
    page = look(visitor(many, Role.CASE_AGENT), "quay")
    assert offered(page) == ["practice.marked"]
    assert "<script>alert" not in page
    assert "<b>quay" not in page
    assert "<script>alert" not in look(visitor(many, Role.CASE_AGENT), MARKED)


ODD = ('"', "'", '"a" OR "b"', "lorry* NEAR old", "kind : item", "a" * 10_000, "a " * 5_000, "%", "\x00", "-1", "()",
       "\N{RIGHT-TO-LEFT OVERRIDE}lorry", "'; DROP TABLE search_docs; --", "lorry NOT 3")  # fmt: skip


@pytest.mark.parametrize("words", ODD)
def test_words_are_words_and_never_a_program(many: World, words: str) -> None:
    page = look(visitor(many, Role.CASE_AGENT), words)
    assert len(offered(page)) <= SHOWN
    assert len(page) < 80_000


def test_a_script_gets_the_one_part_that_it_asks_for(many: World) -> None:
    agent = visitor(many, Role.CASE_AGENT)
    asked = {"one-part": "item", "look-for-item": "lorry 3", "seen": "A draft.", "item": "practice.old"}
    answer = agent.post("/leaks/new", data=asked)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert "A draft." not in answer.text
    assert chosen(answer.text) == ["practice.old"]
    assert "practice.lorry-3" in offered(answer.text)
    for other in ("adversary-x", "seen", "sure", "", "compromise"):
        assert agent.post("/leaks/new", data={"one-part": other}).status_code == 404
    assert visitor(many, Role.PARTNER_LIAISON).post("/leaks/new", data=asked).status_code == 404
    assert visitor(many, Role.ADVOCATE).post("/releases/new", data=asked).status_code == 403


def test_a_form_that_was_searched_is_recorded_as_if_it_had_not_been(many: World) -> None:
    agent = visitor(many, Role.CASE_AGENT)
    path = "/releases/new?item=practice.lorry-2&unit=practice.unit"
    key = re.search(r'name="key" value="([^"]+)"', agent.get(path).text)
    assert key
    sent = agent.post(path, data={"key": key[1], "look-for-recipients": "nobody", **FILLED})
    assert sent.status_code == 303, sent.text


def test_where_few_can_be_chosen_all_are_offered_and_nothing_is_looked_for(still: World) -> None:
    page = visitor(still, Role.CASE_AGENT).get("/releases/new").text
    assert set(offered(page)) == {"practice.item-1", "practice.item-2"}
    assert 'name="look-for' not in page


def test_what_is_recorded_meanwhile_can_be_chosen_at_once(many: World) -> None:
    agent = visitor(many, Role.CASE_AGENT)
    agent.get("/leaks/new")
    many.node.record_all(act(Role.CASE_AGENT, item("practice.fresh", "Brand new")))
    assert offered(look(agent, "fresh")) == ["practice.fresh"]
    assert offered(agent.get("/leaks/new").text)[0] == "practice.fresh"
    many.clock.move(minutes=1)


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_a_list_is_exchanged_in_place_and_said_aloud(
    many: World, browser: Browser, language: str, size: str
) -> None:
    with served(many) as address, context(browser, address, Role.CASE_AGENT, language, size) as visit:
        page = visit.new_page()
        page.goto(f"{address}/leaks/new")
        page.locator("#f-seen").fill("A draft.")
        page.locator('label[for="c-item-practice.marked"]').click()
        status = page.locator("#f-item-said").element_handle()
        where = _below(page)
        page.locator("#f-item").press_sequentially("lorry 31")
        page.locator('input[name="item"][value="practice.lorry-31"]').wait_for(state="attached")
        page.wait_for_function("document.querySelectorAll('input[name=item]').length == 2")
        assert status.evaluate("e => e.isConnected && e.getAttribute('role')") == "status"
        assert page.evaluate("document.activeElement.id") == "f-item"
        assert _below(page) == where, "nothing below moves"
        assert _ticked(page) == ["practice.marked"]
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        assert _ticked(page) == ["practice.lorry-31"]
        page.locator("#f-item").fill("lorry 30")
        page.locator('input[name="item"][value="practice.lorry-30"]').wait_for(state="attached")
        assert _ticked(page) == ["practice.lorry-31"], "its tick goes with the thing, not with the place"
        assert page.locator("#f-seen").input_value() == "A draft."
        assert page.url == f"{address}/leaks/new"
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
        assert violations(page) == []


@pytest.mark.browser
def test_without_script_the_form_comes_back_at_the_field(many: World, browser: Browser) -> None:
    with (
        served(many) as address,
        context(browser, address, Role.CASE_AGENT, "en", "narrow", script=False) as visit,
    ):
        page = visit.new_page()
        page.goto(f"{address}/leaks/new")
        page.locator("#f-seen").fill("A draft.")
        page.locator("#f-item").fill("lorry 31")
        page.locator("#f-item").press("Enter")
        page.locator("#c-item-practice\\.lorry-31").wait_for(state="attached")
        assert page.url.endswith("#f-item-part")
        assert page.locator("#f-seen").input_value() == "A draft."


def _below(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#f-seen').getBoundingClientRect().top + scrollY"))


def _ticked(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('input[name=item]:checked')].map(e => e.value)"
    )
    return found
