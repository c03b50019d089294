"""The release page in headless Chromium: how far it shifts as it loads, and how long a reader waits for what they do.

Layout shift is summed over loading and scrolling to the end (https://web.dev/articles/cls). How long an interaction
takes is from the press to the next paint (Event Timing, as in https://web.dev/articles/inp; the browser rounds to
8 ms); for a form, from the press to the first contentful paint of the page that follows.
"""

import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from bench.page import serving
from bench.worlds import fill, populate
from tearline.node import make_node

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {"1280 px": (1280, 900), "390 px": (390, 844)}
FACTS, TIMES = 1_000, 10
WATCH = """
    window.shifted = 0; window.waited = {};
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.interactionId)
            window.waited[entry.interactionId] = Math.max(window.waited[entry.interactionId] || 0, entry.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: true });
"""

PAINTED = """new Promise((done) => new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length) done(true);
}).observe({ type: "paint", buffered: true }))"""


def run() -> None:
    """Print one line a measurement and a width."""
    if not CHROMIUM.exists():
        print(f"left out: there is no {CHROMIUM} (apt-get install chromium)")
        return
    with TemporaryDirectory() as folder:
        data = Path(folder) / "node"
        node = make_node(data, origin="bench.invalid/tearline", demo=True)
        populate(node, chain=10)
        fill(node, FACTS)
        print(f"{node.ledger.size()} facts; load average {os.getloadavg()[0]:.1f}")
        node.ledger.close()
        with serving(data) as (port, _), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), chromium_sandbox=False)
            for name, (width, height) in SIZES.items():
                _measure(browser, f"http://127.0.0.1:{port}", name, width, height)
            browser.close()


def _measure(browser: Browser, base: str, name: str, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_cookies([{"name": "identity", "value": "case-agent", "url": base}])
    with context:
        page = context.new_page()
        page.add_init_script(WATCH)
        shifts = [_shift(page, f"{base}/releases/request-{n}") for n in range(1, 6)]
        print(f"{name:8} layout shift, worst of {len(shifts)} loads: {max(shifts):.4f} (to reach: 0)")
        panel = ".tl-menu summary" if page.locator(".tl-menu summary").is_visible() else ".tl-me summary"
        _interaction(page, name, "opening the menu", panel)
        _form(page, base, name)


def _shift(page: Page, address: str) -> float:
    """Load it, go to its end by the screen, and wait until nothing more is fetched."""
    page.goto(address)
    page.evaluate(
        """async () => { for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
        scrollTo(0, y); await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30))); } }"""
    )
    page.wait_for_load_state("networkidle")
    return float(page.evaluate("window.shifted"))


def _interaction(page: Page, name: str, what: str, pressed: str) -> None:
    summary = page.locator(pressed).locator("visible=true").first
    if not summary.count():
        print(f"{name:8} {what}: there is none on this page")
        return
    page.evaluate("window.waited = {}")
    for _ in range(TIMES):
        summary.click()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")
    # Of what took less than 16 ms the browser tells nothing.
    took = sorted(page.evaluate("Object.values(window.waited)")) or [0]
    _told(name, what, took, f"{len(took)} of {TIMES} presses took 16 ms or more")


def _form(page: Page, base: str, name: str) -> None:
    took = []
    for _ in range(TIMES):
        page.goto(f"{base}/releases/request-1/decide")
        button = page.locator("main form button[type=submit]").last
        start = time.perf_counter()
        button.click()
        page.wait_for_url(lambda url: not url.endswith("/decide"), wait_until="commit", timeout=10_000)
        page.evaluate(PAINTED)
        took.append((time.perf_counter() - start) * 1e3)
    _told(name, "sending a form", sorted(took), "until the page that follows is painted")


def _told(name: str, what: str, took: list[float], more: str) -> None:
    slowest = took[min(len(took) - 1, int(len(took) * 0.98))]
    print(
        f"{name:8} {what}: median {statistics.median(took):.0f} ms, p98 {slowest:.0f} ms (to reach: 200); {more}"
    )


if __name__ == "__main__":
    run()
