"""Pages in a real browser: nothing that keeps people out, nothing from elsewhere, and all of it without script."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tearline.facts.history import Recorded, Role, about
from tearline.facts.release import CopyReceived, Effect, VerdictReached
from tests.web.conftest import crawl, make_world, served, shape_of, visitor
from tests.web.test_flow import ask, released
from tests.web.world import World

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
FORMS = (
    "/releases/new",
    "/releases/new?item=practice.item-2&unit=practice.unit",
    "/leaks/new",
    "/harm/new",
    "/harm/counts/new",
    "/items/practice.item-2/dissent",
)


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """A world in which one request is released and one is held, served."""
    world = make_world(tmp_path_factory.mktemp("lived"))
    released(world)
    ask(world, purpose="Another one.")
    with served(world) as address:
        yield world, address
    world.node.ledger.close()


def context(
    browser: Browser, address: str, role: Role, language: str, size: str, *, script: bool = True
) -> BrowserContext:
    width, height = SIZES[size]
    made = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=script, bypass_csp=False
    )
    made.add_cookies(
        [
            {"name": "identity", "value": role.value, "url": address},
            {"name": "language", "value": language, "url": address},
        ]
    )
    return made


@cache
def one_of_each(world: World, role: Role) -> list[str]:
    """One page of each kind that this role can reach, and the forms."""
    found = {shape_of(path): path for path in sorted(crawl(visitor(world, role), most=2), reverse=True)}
    text = (
        "/ledger/checkpoint",
        "/ledger/entries/N/proof",
        "/ledger/entries/N/fact",
        "/protocols/proposals/X/text",
        "/calendar.ics",
        "/harm/export.csv",
        "/harm/import/template.csv",
    )
    return sorted(path for shape, path in found.items() if shape not in text)


@pytest.mark.parametrize(
    ("role", "language", "sizes"),
    [
        (Role.HARM_DESK, "en", ["wide", "narrow"]),
        (Role.SENIOR_OFFICER, "es", ["wide", "narrow"]),
    ],
)
def test_no_page_keeps_anybody_out(
    browser: Browser, lived_in: tuple[World, str], role: Role, language: str, sizes: list[str]
) -> None:
    """A page is asked for once, and looked over at each size that its window is brought to."""
    world, address = lived_in
    paths = [*one_of_each(world, role), *(FORMS if role is Role.HARM_DESK else ("/nothing-here",))]
    with context(browser, address, role, language, sizes[0]) as visit:
        page = visit.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        page.on("request", lambda request: asked.append(request.url))
        for path in paths:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.lang") == language
            for size in sizes:
                across, down = SIZES[size]
                if len(sizes) > 1:
                    page.set_viewport_size({"width": across, "height": down})
                assert page.evaluate("innerWidth") == across
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= across, f"{path} is {width} px wide"
                assert violations(page) == [], (path, size)
        missing = [text for text in said if "404" not in text and "403" not in text]
        assert missing == []
        assert {url for url in asked if not url.startswith(address)} == set()
        assert len(paths) > 15


def violations(page: Page, *only: str) -> list[str]:
    """What axe finds, one line each, on the page or in what these selectors name alone.

    It is put in past the page's policy, which lets no foreign script in. What passes it does not list: that costs more
    than finding it. A page that has only begun to come is waited for.
    """
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(
        """([levels, only]) => axe.run(
            only.length ? {include: only.map(one => [one])} : document,
            {runOnly: {type: 'tag', values: levels}, resultTypes: ['violations']},
        ).then(({violations}) => ({violations}))""",
        [LEVELS, only],
    )
    return [
        f"{violation['id']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def test_axe_is_not_blind(browser: Browser, lived_in: tuple[World, str]) -> None:
    with context(browser, lived_in[1], Role.OVERSEER, "en", "wide") as visit:
        page = visit.new_page()
        page.goto(lived_in[1] + "/ledger")
        page.evaluate("document.querySelector('main').append(document.createElement('img'))")
        assert any(line.startswith("image-alt") for line in violations(page))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def tick(page: Page, label: str) -> None:
    """Press the label: the box itself is drawn by the style sheet."""
    page.locator("label").filter(has_text=re.compile(f"^{re.escape(label)}")).click()


def act_as(page: Page, address: str, role: str) -> None:
    page.goto(address + "/identity")
    page.get_by_role("button", name=re.compile(f"^{role}")).click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_whole_way_through_the_forms(browser: Browser, world: World, *, script: bool) -> None:
    with (
        served(world) as address,
        context(browser, address, Role.CASE_AGENT, "en", "narrow", script=script) as visit,
    ):
        page = visit.new_page()
        ask_for_it(page, address, "They act on the same target.")
        expect(page.get_by_role("heading", name="Verdict: Hold")).to_be_visible()
        request = page.url.partition("?")[0]
        for role, line in (("releasing officer", "releasing officer"), ("source handler", "source handling")):
            act_as(page, address, role)
            page.get_by_role("link", name=re.compile("^May Liaison Unit South")).first.click()
            page.get_by_role("link", name="Sign off").click()
            press(page, f"Sign as {line}")
        expect(page.get_by_role("heading", name="Verdict: Release")).to_be_visible()
        act_as(page, address, "releasing officer")
        page.goto(request)
        page.get_by_role("link", name="Release it").click()
        press(page, "Release now")
        expect(page.get_by_role("heading", name="Verdict: Released")).to_be_visible()

        act_as(page, address, "partner's liaison officer")
        page.get_by_role("link", name=re.compile("^Acknowledge copy")).click()
        page.get_by_role("link", name="Acknowledge receipt").click()
        press(page, "I have received this copy")
        page.wait_for_load_state("networkidle")
        assert world.node.ledger.read(about(kinds=(CopyReceived,))).of(CopyReceived)

        act_as(page, address, "investigator")
        page.goto(address + "/leaks")
        page.get_by_role("link", name="Report a compromise").click()
        tick(page, "Route of a shipment")
        tick(page, "confirmed")
        page.get_by_label("What was seen, and where").fill("They moved on the day after.")
        press(page, "Report it")
        expect(page.get_by_text("Nobody has opened an investigation")).to_be_visible()

        act_as(page, address, "case agent")
        ask_for_it(page, address, "Once more.")
        expect(page.get_by_role("heading", name="Verdict: Refuse")).to_be_visible()
        expect(page.locator("#rule-unit-suspended")).to_be_visible()
        effects = [r.fact.effect for r in verdicts(world)]
        assert effects == [Effect.HOLD, Effect.HOLD, Effect.RELEASE, Effect.RELEASE, Effect.REFUSE]


def ask_for_it(page: Page, address: str, purpose: str) -> None:
    page.goto(address + "/releases")
    page.get_by_role("link", name="Ask for a release").click()
    tick(page, "Route of a shipment")
    tick(page, "Liaison Unit South")
    press(page, "Continue")
    tick(page, "partner's liaison officer")
    tick(page, "the text below the tearline")
    tick(page, "a copy")
    page.get_by_label(re.compile("^Purpose")).fill(purpose)
    page.get_by_label(re.compile("^Under agreement")).select_option("practice.agreement")
    press(page, "Put it to the protocol")


def verdicts(world: World) -> list[Recorded[VerdictReached]]:
    return [
        r for r in world.node.ledger.read(about(kinds=(VerdictReached,))).of(VerdictReached) if r.told is None
    ]


def test_the_keyboard_reaches_the_content_first(browser: Browser, lived_in: tuple[World, str]) -> None:
    with context(browser, lived_in[1], Role.OVERSEER, "en", "wide") as visit:
        page = visit.new_page()
        page.goto(lived_in[1] + "/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_with_script_the_deadlines_count_down_and_focus_stays(browser: Browser, world: World) -> None:
    ask(world)
    with served(world) as address, context(browser, address, Role.RELEASING_OFFICER, "en", "wide") as visit:
        page = visit.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.clock.install()
        page.goto(address + "/")
        assert page.get_by_text("perishes in 20 days").is_visible()
        page.locator("#needs a").first.focus()
        focused = page.evaluate("document.activeElement.textContent")
        world.clock.move(days=3)
        page.clock.fast_forward(61_000)
        page.get_by_text("perishes in 17 days").wait_for()
        assert page.evaluate("document.activeElement.textContent") == focused
        assert said == []
