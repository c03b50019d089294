"""Tracing in a real browser: on a phone, without script, in both languages, and open to everybody who reads it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tearline.facts.history import Role
from tearline.facts.identifiers import InvestigationId
from tests.surfaced import cropped
from tests.web.conftest import make_world, served
from tests.web.test_browser import SIZES, context, press, tick, violations
from tests.web.traced import INQUIRY, TRACES, copy_of, declared, marked_leak, opened, traced
from tests.web.world import World

pytestmark = pytest.mark.browser

SECOND = InvestigationId("practice.second-look")


@pytest.fixture(scope="module")
def looked_into(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """One investigation has traced a text; another had too little of it, and its form stands."""
    world = opened(marked_leak(make_world(tmp_path_factory.mktemp("traced"))), SECOND)
    declared(world, INQUIRY, SECOND)
    traced(world, cropped(copy_of(world), 4), "practice.scrap", SECOND)
    traced(world, copy_of(world))
    with served(world) as address:
        yield world, address
    world.node.ledger.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_neither_a_trace_nor_its_form_keeps_anybody_out(
    browser: Browser, looked_into: tuple[World, str], language: str, size: str
) -> None:
    _, address = looked_into
    with context(browser, address, Role.INVESTIGATOR, language, size) as visit:
        page = visit.new_page()
        for path in (TRACES, f"/investigations/{SECOND}/traces", f"/investigations/{INQUIRY}"):
            page.goto(address + path)
            assert page.evaluate("document.documentElement.lang") == language
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= SIZES[size][0], f"{path} is {width} px wide"
            assert violations(page) == [], path


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_text_is_traced_on_a_phone(browser: Browser, world: World, *, script: bool) -> None:
    declared(marked_leak(world))
    with (
        served(world) as address,
        context(browser, address, Role.INVESTIGATOR, "en", "narrow", script=script) as visit,
    ):
        page = visit.new_page()
        page.goto(f"{address}/investigations/{INQUIRY}")
        page.get_by_role("link", name="Trace a surfaced text").click()
        tick(page, "retyped, quoted or recited")
        page.get_by_label("The text", exact=True).fill(copy_of(world, 2))
        page.get_by_label("Where it surfaced").fill("A poster on a wall in the port")
        press(page, "Trace it")
        expect(page.get_by_role("heading", name="Gate open: it points at 1 copy")).to_be_visible()
        expect(page.get_by_role("heading", name="This investigation has made its trace")).to_be_visible()
