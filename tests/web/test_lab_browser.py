"""The lab in a real browser: checked while one types, usable without script, in force once two others signed."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tearline.facts.history import Role, about
from tearline.facts.identifiers import AgreementId
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tests.protocols import LOOSER, draft
from tests.web.conftest import served
from tests.web.test_browser import SIZES, act_as, context, press, tick, violations
from tests.web.test_flow import ask
from tests.web.world import World

pytestmark = pytest.mark.browser

WRONG = draft(("when: recipient.suspended\n", "when: recipient.suspend\n"))
TITLES = {"en": "Protocol lab", "es": "Laboratorio de protocolos"}


def bound(world: World) -> tuple[str, ...]:
    held = agreements(world.node.ledger.read(about(kinds=AGREEMENT_KINDS)))
    return held[AgreementId("practice.agreement")].packs


def fits(page: Page, size: str) -> None:
    assert violations(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], page.url


def test_problems_come_and_go_while_one_types_and_the_focus_stays(browser: Browser, world: World) -> None:
    with served(world) as address, context(browser, address, Role.OVERSEER, "en", "wide") as visit:
        page = visit.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(address + "/protocols/lab")
        editor = page.get_by_label("The draft's text")
        editor.fill(WRONG)
        page.get_by_text("did you mean suspended?").wait_for()
        assert page.evaluate("document.activeElement.id") == "f-text"
        fits(page, "wide")
        editor.fill(LOOSER)
        page.get_by_text("cross-border/9 holds together").wait_for()
        assert page.evaluate("document.activeElement.id") == "f-text"
        editor.press("Tab")
        assert page.evaluate("document.activeElement.value") == "check"
        assert said == []
        assert editor.input_value() == LOOSER


@pytest.mark.parametrize("language", TITLES)
def test_what_comes_back_keeps_nobody_out(browser: Browser, world: World, language: str) -> None:
    """At every size: without script the server cannot know it, so what came is the same."""
    ask(world)
    with (
        served(world) as address,
        context(browser, address, Role.SENIOR_OFFICER, language, "narrow", script=False) as visit,
    ):
        page = visit.new_page()
        page.goto(address + "/protocols/lab")
        assert page.get_by_role("heading", name=TITLES[language], level=1).is_visible()
        page.locator("#f-text").fill(WRONG)
        page.locator("button[value=check]").click()
        assert page.locator(".tl-problems li").count() == 1
        fits_without_script(page)
        page.locator("#f-text").fill(LOOSER)
        page.locator("button[value=run]").click()
        assert page.locator("#dossiers .is-looser").count() == 1
        fits_without_script(page)
        assert page.locator("#f-text").input_value() == LOOSER


def fits_without_script(page: Page) -> None:
    """Axe needs script, so the page that came is shown once more to a reader with it, at each size."""
    shown = page.content()
    browser = page.context.browser
    assert browser is not None
    with browser.new_context() as visit:
        again = visit.new_page()
        again.route("**/again", lambda route: route.fulfill(body=shown, content_type="text/html"))
        again.route("**/static/**", lambda route: route.continue_())
        for size, (width, height) in SIZES.items():
            again.set_viewport_size({"width": width, "height": height})
            again.goto(re.sub(r"^(https?://[^/]+).*", r"\1/again", page.url))
            fits(again, size)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_whole_way_into_force(browser: Browser, world: World, *, script: bool) -> None:
    with (
        served(world) as address,
        context(browser, address, Role.LIAISON, "en", "narrow", script=script) as visit,
    ):
        page = visit.new_page()
        page.goto(address + "/parties")
        page.get_by_role("link", name="All texts, proposals and the lab").click()
        page.get_by_role("link", name="Open the lab").click()
        page.locator("#f-text").fill(draft(version=5))
        press(page, "Propose this draft")
        tick(page, "Working agreement")
        press(page, "Propose it")
        assert page.get_by_role("heading", name="Passing intelligence across a border").is_visible()
        proposal = page.url.partition("?")[0]
        assert page.get_by_text("You proposed it: two other people sign.").is_visible()
        for role, packs in (("releasing officer", "cross-border/1"), ("senior officer", "cross-border/5")):
            act_as(page, address, role)
            page.get_by_role("link", name="cross-border/5").first.click()
            assert page.url.partition("?")[0] == proposal
            page.get_by_role("link", name="Sign", exact=True).click()
            press(page, "Sign this text")
            assert bound(world) == (packs,)
        assert page.get_by_text("2 of 2 signed").is_visible()
        fits(page, "narrow") if script else None
