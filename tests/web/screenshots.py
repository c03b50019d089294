"""Makes the pictures in docs/screenshots: python -m tests.web.screenshots

Of the worked case, in both languages, wide and at 390 px: the release request, its first verdict rule by rule, and one
rule.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tearline.facts.history import Role, about
from tearline.facts.release import VerdictReached
from tearline.jobs.cases import load_case
from tearline.node import Node, make_node, system_clock
from tests.web.conftest import CHROMIUM, served
from tests.web.world import Clock, World

ROOT = Path(__file__).resolve().parents[2]
INTO = ROOT / "docs" / "screenshots"
REQUEST = "allende-protocol.tell-the-unit"
RULE = "/protocols/cross-border/1/rules/no-protection-plan"
SIZES = {"wide": (1280, 1720), "390": (390, 2400)}


def pages(node: Node) -> dict[str, str]:
    """The pages of which pictures are made, by the name of the picture."""
    first = next(iter(node.ledger.read(about(f"request:{REQUEST}", kinds=(VerdictReached,)))))
    return {
        "release": f"/releases/{REQUEST}",
        "verdict": f"/releases/{REQUEST}/verdicts/{first.position}",
        "rule": RULE,
    }


def main() -> None:
    INTO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        node = make_node(Path(folder) / "node", origin="demo.tearline.example/node", demo=True)
        load_case(node, ROOT / "cases" / "allende.yaml", now=system_clock())
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), chromium_sandbox=False)
        with served(World(node, Clock())) as address:
            for language in ("en", "es"):
                for size, (width, height) in SIZES.items():
                    visit = browser.new_context(viewport={"width": width, "height": height})
                    visit.add_cookies(
                        [
                            {"name": "identity", "value": Role.OVERSEER.value, "url": address},
                            {"name": "language", "value": language, "url": address},
                        ]
                    )
                    page = visit.new_page()
                    for name, path in pages(node).items():
                        page.goto(address + path)
                        page.screenshot(path=INTO / f"{name}-{language}-{size}.png")
                    visit.close()
        browser.close()
        node.ledger.close()


if __name__ == "__main__":
    main()
