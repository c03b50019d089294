"""The outside door in a real browser: from the report to its answer, without script or cookie, and for everybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tearline.facts.history import Role
from tests.web.conftest import make_world, served, visitor
from tests.web.everything import from_outside
from tests.web.test_browser import SIZES, context, violations
from tests.web.world import World

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, str]]:
    """A world in which reports came from outside, served."""
    world = make_world(tmp_path_factory.mktemp("outside"))
    from_outside(world)
    with served(world) as address:
        yield world, address
    world.node.ledger.close()


def keeps_nobody_out(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def send(page: Page, n: int = 0) -> None:
    """And wait for the page that answers: a click does not."""
    with page.expect_navigation():
        page.locator("main form button[type=submit]").nth(n).click()


@pytest.mark.parametrize(("language", "size"), [("es", "narrow"), ("en", "wide")])
def test_the_whole_way_of_a_report(
    browser: Browser, waiting: tuple[World, str], language: str, size: str
) -> None:
    _, address = waiting
    width, height = SIZES[size]
    asked: list[str] = []
    said: list[str] = []
    with browser.new_context(viewport={"width": width, "height": height}, locale=language) as visit:
        page = visit.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}/report")
        assert page.evaluate("document.documentElement.lang") == language
        keeps_nobody_out(page)
        page.locator("form").first.evaluate("form => { form.noValidate = true; }")
        send(page)
        page.wait_for_selector(".tl-errors")
        keeps_nobody_out(page)
        page.locator("textarea[name=account]").fill("They took my brother.")
        page.locator("label[for=f-wish]").click()
        send(page)
        code = page.locator("#code").inner_text()
        keeps_nobody_out(page)
        with page.expect_navigation():
            page.locator("main a[href^='/report/follow']").click()
        page.locator("input[name=code]").fill(code.lower().replace("-", " "))
        keeps_nobody_out(page)
        send(page)
        assert code not in page.url
        assert "my brother" not in page.content()
        keeps_nobody_out(page)
        page.locator("textarea[name=more]").fill("He wore a blue jacket.")
        send(page)
        page.wait_for_selector(".tl-notice")
        page.locator("label[for=f-sure]").click()
        send(page, 1)
        page.wait_for_function("!document.querySelector('textarea')")
        keeps_nobody_out(page)
        assert visit.cookies() == []
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.scripts.length]") == [
            0,
            0,
            0,
        ]
    assert all(one.startswith(address) for one in asked)
    # A browser says of each page with a refusal that it was one.
    assert [one for one in said if "422" not in one] == []


@pytest.mark.parametrize(("language", "size"), [("es", "narrow"), ("en", "wide")])
def test_the_desks_pages_keep_nobody_out(
    browser: Browser, waiting: tuple[World, str], language: str, size: str
) -> None:
    world, address = waiting
    report = "/harm/outside/practice.outside"
    visitor(world, Role.HARM_DESK).post(
        f"/readings/new?page={report}", data={"key": size, "why": "to answer"}
    )
    with context(browser, address, Role.HARM_DESK, language, size) as visit:
        page = visit.new_page()
        for path in ("/harm/outside", report, f"{report}/answer", f"{report}/take-up", f"{report}/close"):
            page.goto(address + path)
            keeps_nobody_out(page)
    with context(browser, address, Role.OVERSEER, language, size) as visit:
        page = visit.new_page()
        page.goto(f"{address}/harm/outside")
        keeps_nobody_out(page)
