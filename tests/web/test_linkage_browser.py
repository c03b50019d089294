"""Judging pairs in a real browser: by single keys, by pointer, without script; on a phone in both languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tearline.facts.casualties import CountedScope
from tearline.facts.harm import Harm, HarmReported
from tearline.facts.history import Role, about
from tearline.facts.linkage import PairJudged
from tearline.facts.register import ConsentGiven, VictimReported
from tearline.rooms.linkage import TakeUpLinkage, TakingUp
from tests.registers import register
from tests.web.conftest import make_world, served
from tests.web.counted import compared, does, estimated, published, recorded
from tests.web.test_browser import SIZES, context, violations
from tests.web.world import World

pytestmark = pytest.mark.browser
REVIEW = "/harm/linkage/review"


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str, str]]:
    """Compared, put together, counted on two lists, and public; the address of the site, and the estimate's page."""
    world = make_world(tmp_path_factory.mktemp("linkage"))
    made = register(seed=5, victims=40, prefix="practice")
    lists = ("practice-relatives", "practice-court")
    reports = [f for f in made.facts if isinstance(f, HarmReported) and f.list in lists]
    names = {f.report for f in reports}
    about_them = [f for f in made.facts if isinstance(f, ConsentGiven | VictimReported) and f.report in names]
    recorded(world.node, [*reports, *about_them])
    does(world.node, TakeUpLinkage(TakingUp(linkage=compared(world.node).linkage)))
    days = [f.first_day for f in reports if f.first_day]
    scope = CountedScope(
        unit="people", area="a place", first_day=min(days), last_day=max(days), harm=Harm.DISAPPEARED
    )
    name = estimated(world.node, scope)
    published(world.node, name)
    with served(world) as address:
        yield world, address, f"/harm/estimates/{name}"
    world.node.ledger.close()


def judged(world: World) -> list[str]:
    return [r.fact.judgement.value for r in world.node.ledger.read(about(kinds=(PairJudged,))).of(PairJudged)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_keep_nobody_out(browser: Browser, counted: tuple[World, str, str], language: str) -> None:
    _, address, estimate = counted
    with context(browser, address, Role.LINKAGE_ANALYST, language, "narrow") as visit:
        page = visit.new_page()
        for path in ("/harm/linkage", REVIEW, estimate, "/harm/estimates", "/public/harm"):
            page.goto(address + path)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= SIZES["narrow"][0], f"{path} is {width} px wide"
            assert violations(page) == [], path


def test_pairs_are_judged_by_single_keys_and_walked_by_arrows(
    browser: Browser, counted: tuple[World, str, str]
) -> None:
    world, address, _ = counted
    before = len(judged(world))
    with context(browser, address, Role.LINKAGE_ANALYST, "en", "wide") as visit:
        page = visit.new_page()
        page.goto(address + REVIEW)
        first = page.locator("form.tl-review__form").get_attribute("action")
        page.keyboard.press("ArrowRight")
        page.wait_for_url("**at=1")
        assert page.locator("form.tl-review__form").get_attribute("action") != first
        page.keyboard.press("ArrowLeft")
        page.wait_for_url("**at=0")
        page.keyboard.press("u")
        page.wait_for_url("**recorded=*")
        assert judged(world)[before:] == ["unsure"]
        page.locator("input[name=reason]").press("s")  # a letter in a field is a letter
        expect(page.locator("input[name=reason]")).to_have_value("s")
        assert len(judged(world)) == before + 1
        page.locator("h1").click()
        page.keyboard.press("z")
        page.wait_for_url(f"**{(first or '').partition('&at')[0]}")
        page.get_by_role("button", name="Different people").click()
        page.wait_for_url("**recorded=*")
    assert judged(world)[before:] == ["unsure", "different"]


def test_a_pair_is_judged_without_script(browser: Browser, counted: tuple[World, str, str]) -> None:
    world, address, _ = counted
    before = len(judged(world))
    with context(browser, address, Role.HARM_DESK, "en", "narrow", script=False) as visit:
        page = visit.new_page()
        page.goto(address + REVIEW)
        page.get_by_role("button", name="Cannot be told").click()
        page.wait_for_url("**recorded=*")
    assert judged(world)[before:] == ["unsure"]
