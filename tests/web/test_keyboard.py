"""At the keyboard alone: Tab comes to everything that can be used, shows where it is, and goes on; and a release goes
from the request to the receipt without a pointer."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tearline.facts.history import Role, about
from tearline.facts.release import CopyReceived, ItemReleased, ReleaseSignedOff
from tests.desk import SITE, desk_in, opened
from tests.web.conftest import served
from tests.web.test_browser import act_as, context
from tests.web.test_signing_browser import signed_in, with_passkey
from tests.web.world import World
from tests.worlds import REX

pytestmark = pytest.mark.browser

# Of each thing that Tab should come to: whether it can be used and is to be seen. Of radio buttons of one name it comes
# to one. The boxes themselves are out of sight: what one sees, and where the focus shows, is drawn beside them.
WATCH = """() => {
    const shown = e => e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0;
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
        .filter(e => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0 && shown(e));
    const groups = new Set();
    window.wanted = all.filter(e => {
        if (e.type !== 'radio') return true;
        const group = `${e.form?.id ?? ''} ${e.name}`;
        const first = !groups.has(group);
        groups.add(group);
        return first;
    });
    const place = e => e.type === 'radio' ? window.wanted.find(o => o.type === 'radio' && o.name === e.name) : e;
    window.came = new Map();
    const drawn = style => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
        || style.boxShadow !== 'none';
    document.addEventListener('focusin', ({target: e}) => {
        for (const one of document.getAnimations()) one.finish();  // the skip link slides in
        const label = e.labels?.[0];
        const beside = label ? [getComputedStyle(label), getComputedStyle(label, '::before')] : [];
        const [box] = e.getClientRects(), seen = label && e.getBoundingClientRect().x < 0 ? label : e;
        const {x, y, width, height} = (seen === e && box) || seen.getBoundingClientRect();
        const within = (at, most) => Math.min(Math.max(at, 0), most - 1);
        const top = document.elementFromPoint(within(x + width / 2, innerWidth), within(y + height / 2, innerHeight));
        window.came.set(place(e), {
            focused: [getComputedStyle(e), ...beside].some(drawn),
            uncovered: seen.contains(top) || top?.contains(seen) || false,
        });
    });
    return window.wanted.length;
}"""
CAME = """() => {
    const said = e => `${e.tagName} ${e.name ?? e.getAttribute('href') ?? ''} ${e.textContent.trim().slice(0, 30)}`;
    const wrong = [];
    for (const e of window.wanted) {
        const at = window.came.get(e);
        if (!at) wrong.push(`never reached: ${said(e)}`);
        else if (!at.focused) wrong.push(`focus not seen: ${said(e)}`);
        else if (!at.uncovered) wrong.push(`covered: ${said(e)}`);
    }
    return wrong;
}"""
FORMS = {
    Role.CASE_AGENT: (
        "/releases/new",
        "/releases/new?item=practice.item-1&unit=practice.unit",
        "/leaks/new",
        "/harm/new",
        "/items/practice.item-1/dissent",
        "/items/practice.item-1/threat",
        "/preferences",
        "/search?q=practice",
    ),
    Role.VETTING_OFFICER: ("/people/import",),
    Role.SENIOR_OFFICER: ("/protocols/lab", "/releases"),
    Role.ADMINISTRATOR: ("/machines/new", "/account/tokens/new"),
}
"""A page of each kind of form: chosen from, filled in, searched by, a text with its check, a table, and settings."""
BEYOND = 8
"""Tab is pressed so often beyond what there is: past the browser's own parts, and round to the beginning."""
IN_A_DATE = 7
"""And so often more within each date: Chromium stops at the day, the month, the year, the hour and so on."""


def walked(page: Page) -> list[str]:
    """What Tab does not come to, or without its being seen, from the page's beginning until it is there again."""
    wanted: int = page.evaluate(WATCH)
    assert wanted > 5
    dates = page.locator("input[type=datetime-local], input[type=date]").count()
    for _ in range(wanted + BEYOND + IN_A_DATE * dates):
        page.keyboard.press("Tab")
    wrong: list[str] = page.evaluate(CAME)
    return wrong


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_tab_comes_to_everything_on_every_kind_of_form_and_is_seen_there(
    browser: Browser, still: World, size: str
) -> None:
    """On a phone those of one role: what differs there is the frame and the width, and not the form."""
    wrong: dict[str, list[str]] = {}
    roles = FORMS if size == "wide" else (Role.CASE_AGENT,)
    with served(still) as address:
        for role in roles:
            paths = FORMS[role]
            with context(browser, address, role, "en", size) as visit:
                page = visit.new_page()
                for path in paths:
                    answer = page.goto(address + path)
                    assert answer is not None
                    assert answer.status == 200, path
                    if found := walked(page):
                        wrong[path] = found
    assert wrong == {}


SPOILT = """() => {
    const made = (name, more) => Object.assign(document.createElement('button'), {textContent: name, ...more});
    const unseen = made('unseen', {}), trap = made('trap', {onkeydown: event => event.preventDefault()});
    Object.assign(unseen.style, {outline: 'none', boxShadow: 'none'});
    document.querySelector('main').prepend(unseen, trap, made('behind', {}));
}"""


def test_the_walk_is_not_blind(browser: Browser, still: World) -> None:
    with served(still) as address, context(browser, address, Role.OVERSEER, "en", "wide") as visit:
        page = visit.new_page()
        page.goto(address + "/language-that-is-not-there")
        page.evaluate(SPOILT)
        found = walked(page)
    assert any(line.startswith("focus not seen: BUTTON") and "unseen" in line for line in found)
    assert any(line.startswith("never reached: BUTTON") and "behind" in line for line in found)
    assert not any("trap" in line for line in found)


def comes_to(page: Page, selector: str) -> None:
    """By Tab alone, from wherever the focus is; a radio button by an arrow within its group."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        if page.evaluate(
            "selector => document.activeElement.type === 'radio' && "
            "document.activeElement.name === document.querySelector(selector)?.name",
            selector,
        ):
            for _ in range(10):
                page.keyboard.press("ArrowDown")
                if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                    return
    raise AssertionError(f"Tab never comes to {selector} on {page.url}")


def enters(page: Page, selector: str) -> None:
    """Comes to the link or button and presses Enter; on the page that it leads to."""
    comes_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def chooses(page: Page, selector: str, value: str) -> None:
    """Comes to the list and goes down in it."""
    comes_to(page, selector)
    page.keyboard.press("Home")
    for _ in range(20):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} is not in the list")


def sends(page: Page) -> None:
    """The form that is sent to the page's own address, by its button."""
    path = page.evaluate("location.pathname")
    enters(page, f"main form[action^='{path}'] button[type=submit]")


def test_a_release_goes_all_the_way_at_the_keyboard_alone(browser: Browser, world: World) -> None:
    with served(world) as address, context(browser, address, Role.CASE_AGENT, "en", "narrow") as visit:
        page = visit.new_page()
        page.goto(address + "/releases/new?item=practice.item-1&unit=practice.unit")
        comes_to(page, "[name=recipients][value='practice.partner-liaison']")
        page.keyboard.press("Space")
        for name, value in (("extent", "tearline"), ("manner", "copy")):
            comes_to(page, f"[name={name}][value={value}]")
            page.keyboard.press("Space")
        comes_to(page, "[name=purpose]")
        page.keyboard.type("They act on the same target.")
        chooses(page, "[name=agreement]", "practice.agreement")
        sends(page)
        request = page.url.partition("?")[0]
        for role in ("releasing officer", "source handler"):
            act_as(page, address, role)
            page.goto(request)
            enters(page, "main a[href$='/sign-off']")
            sends(page)
        act_as(page, address, "releasing officer")
        page.goto(request)
        enters(page, "main a[href$='/release']")
        sends(page)
        assert world.node.ledger.read(about(kinds=(ItemReleased,))).of(ItemReleased)
        act_as(page, address, "partner's liaison officer")
        enters(page, "main a[href^='/copies/']")
        enters(page, "main a[href$='/receipt']")
        sends(page)
        assert world.node.ledger.read(about(kinds=(CopyReceived,))).of(CopyReceived)


def test_what_binds_is_read_and_signed_at_the_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    desk = desk_in(tmp_path / "node")
    with served(None, desk.app) as at:
        address = at.replace("127.0.0.1", SITE)
        signing = opened(desk.at(REX, "a-session"), "/releases/ask/sign-off")
        with signed_in(browser, desk, address, REX) as visit:
            page = visit.new_page()
            with_passkey(page, desk, REX)
            page.goto(address + signing)
            assert walked(page) == []
            enters(page, "main form button.usa-button")
            assert "/signing/" not in page.url
            assert desk.facts(ReleaseSignedOff) == 1
    desk.node.close()
