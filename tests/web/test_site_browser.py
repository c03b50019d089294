"""In a real browser: clocks that go on and move nothing, keys that can be switched off, charts in their room."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tearline.facts.history import Role
from tests.web.conftest import make_world, served
from tests.web.test_browser import context, violations
from tests.web.test_flow import ask, released
from tests.web.world import World

pytestmark = pytest.mark.browser

SHIFTS = """
    window.shifted = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str, str]]:
    """A world in which one request is released and one is open; the site's address, and the released one's page."""
    world = make_world(tmp_path_factory.mktemp("site"))
    page = released(world)
    ask(world, purpose="Another one.")
    with served(world) as address:
        yield world, address, page
    world.node.ledger.close()


def shift(page: Page) -> float:
    total: float = page.evaluate("window.shifted.reduce((a, b) => a + b, 0)")
    return total


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_chart_comes_into_its_room_and_moves_nothing(
    browser: Browser, lived: tuple[World, str, str], size: str
) -> None:
    _, address, request = lived
    with context(browser, address, Role.SENIOR_OFFICER, "es", size) as visit:
        page = visit.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.add_init_script(SHIFTS)
        page.goto(address + request)
        chart = page.locator("#timeline .tl-chart").locator("visible=true")
        assert chart.count() == 1
        before = chart.bounding_box()
        chart.scroll_into_view_if_needed()
        page.wait_for_selector("#timeline svg.marks", state="visible")
        after = chart.bounding_box()
        assert before
        assert after
        assert (before["width"], before["height"]) == (after["width"], after["height"])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert shift(page) < 0.01
        assert violations(page) == []
        assert said == []


def test_without_script_the_chart_is_an_image_beside_its_table(
    browser: Browser, lived: tuple[World, str, str]
) -> None:
    _, address, request = lived
    with context(browser, address, Role.SENIOR_OFFICER, "en", "narrow", script=False) as visit:
        page = visit.new_page()
        page.goto(address + request)
        image = page.locator("#timeline img")
        image.scroll_into_view_if_needed()
        page.wait_for_function("true")
        assert image.is_visible()
        assert page.locator("#timeline table").is_visible()
        assert page.locator("#timeline .tl-chart").locator("visible=true").count() == 0


def test_a_clock_goes_on_from_what_the_server_said_and_turns_late(
    browser: Browser, lived: tuple[World, str, str]
) -> None:
    _, address, _ = lived
    with context(browser, address, Role.RELEASING_OFFICER, "en", "wide") as visit:
        page = visit.new_page()
        page.clock.install()
        page.add_init_script(SHIFTS)
        page.goto(address)
        clock = page.locator("time[data-clock]").first
        assert "perishes in 20 days" in clock.inner_text()
        # What a font that comes late moves is not the clock's.
        page.evaluate("document.fonts.ready.then(() => { window.shifted.length = 0; })")
        # The device's own clock may say what it likes; only how much of it has passed counts.
        page.clock.fast_forward("00:50")
        assert "perishes in 19 days" in clock.inner_text()
        page.evaluate("document.querySelector('time[data-clock]').dateTime = '2026-11-20T09:00:10Z'")
        page.clock.fast_forward("00:06")
        assert "perished since" in clock.inner_text()
        assert shift(page) < 0.01


def test_keys_go_to_places_unless_they_are_switched_off(
    browser: Browser, lived: tuple[World, str, str]
) -> None:
    _, address, _ = lived
    with context(browser, address, Role.OVERSEER, "en", "wide") as visit:
        page = visit.new_page()
        page.goto(address)
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.closest('.tl-queue') !== null")
        page.keyboard.press("g")
        page.keyboard.press("c")
        page.wait_for_url("**/calendar")
        page.goto(address + "/harm/new")
        page.locator("textarea").first.press_sequentially("gc")
        assert page.url.endswith("/harm/new")
        page.goto(address + "/preferences")
        page.locator("label").filter(has_text=re.compile("^no")).click()
        page.get_by_role("button", name="Keep these").click()
        page.goto(address)
        page.keyboard.press("g")
        page.keyboard.press("c")
        page.wait_for_timeout(200)
        assert page.url == address + "/"


def test_the_skip_link_comes_first_and_the_menus_close_on_escape(
    browser: Browser, lived: tuple[World, str, str]
) -> None:
    _, address, _ = lived
    with context(browser, address, Role.OVERSEER, "en", "narrow") as visit:
        page = visit.new_page()
        page.goto(address + "/calendar")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "usa-skipnav"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.locator(".tl-menu summary").click()
        assert page.locator(".tl-menu[open]").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert page.locator(".tl-menu[open]").count() == 0
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_paper_says_of_which_node_and_when(browser: Browser, lived: tuple[World, str, str]) -> None:
    _, address, request = lived
    with context(browser, address, Role.OVERSEER, "en", "wide") as visit:
        page = visit.new_page()
        page.goto(address + request)
        assert not page.locator(".tl-printed").is_visible()
        page.emulate_media(media="print")
        said = page.locator(".tl-printed").inner_text()
        assert re.fullmatch(
            r"pages\.invalid/tearline, printed 20 November 2026, 09:00 UTC, the ledger at \d+ entries", said
        )
        for gone in (".tl-header", ".tl-jump", ".tl-footer ul"):
            assert not page.locator(gone).is_visible()
        assert page.locator(".tl-demo").is_visible()
