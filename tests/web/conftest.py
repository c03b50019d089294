"""A node with a small world in it, clients for each role, and a real browser where there is one."""

import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.node import make_node
from tearline.web.app import create_app
from tests.web.world import Clock, World, populate

CHROMIUM = Path("/usr/bin/chromium")
BASE = "http://127.0.0.1"


def make_world(folder: Path, spice: str = "") -> World:
    clock = Clock()
    node = make_node(folder / "node", origin="pages.invalid/tearline", demo=True, clock=clock)
    return populate(World(node, clock, spice))


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that nobody acts in."""
    world = make_world(tmp_path_factory.mktemp("still"))
    yield world
    world.node.ledger.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of one's own, to act in."""
    world = make_world(tmp_path)
    yield world
    world.node.ledger.close()


def visitor(world: World, role: Role | None = None, language: str = "en") -> TestClient:
    """Someone at the site, acting in this role."""
    cookies = {"language": language} | ({"identity": role.value} if role else {})
    app = create_app(world.node, demo=True)
    return TestClient(app, base_url=BASE, cookies=cookies, follow_redirects=False)


def links(html: str) -> list[str]:
    """The site's own pages that a page leads to."""
    found = re.findall(r'href="(/[^"#]*)', html)
    return sorted({h.replace("&amp;", "&") for h in found if not h.startswith(("/static/", "/language"))})


def crawl(client: TestClient) -> dict[str, str]:
    """Every page that can be reached from the first one by links, each answered with 200; address to text."""
    pages: dict[str, str] = {}
    rest = ["/"]
    while rest:
        path = rest.pop()
        if path in pages:
            continue
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        pages[path] = answer.text
        if "html" in answer.headers["content-type"]:
            rest += links(answer.text)
    return pages


@pytest.fixture
def serving(world: World) -> Iterator[str]:
    """The site of ``world`` on a real port; its address."""
    with served(world) as address:
        yield address


class served:  # noqa: N801  reads as a verb: with served(world) as address
    """Serves a world's site from a thread of its own."""

    def __init__(self, world: World) -> None:
        config = uvicorn.Config(create_app(world.node, demo=True), port=0, log_level="warning")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def __enter__(self) -> str:
        self.thread.start()
        until = time.monotonic() + 20
        while not self.server.started and time.monotonic() < until:
            time.sleep(0.02)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return f"{BASE}:{port}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            chromium_sandbox=False,
            args=["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"],
        )
        yield browser
        browser.close()
