"""A node with a small world in it, clients for each role, and a real browser where there is one."""

import atexit
import re
import shutil
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, sync_playwright
from starlette.testclient import TestClient

from tearline.facts.history import Role
from tearline.node import make_node, open_node
from tearline.web.app import create_app
from tests.web.everything import Everything, fill
from tests.web.world import Clock, World, populate

CHROMIUM = Path("/usr/bin/chromium")
BASE = "http://127.0.0.1"
HERE = ("127.0.0.1", 50_000)
"""A client on the machine that serves: a demonstration lets in nobody else."""


@cache
def _populated(spice: str) -> Path:
    """A closed node with the small world in it, to be copied: what is in it takes longer to record than to copy."""
    kept = tempfile.TemporaryDirectory(prefix="world-")
    atexit.register(kept.cleanup)
    made = Path(kept.name) / "node"
    clock = Clock()
    node = make_node(made, origin="pages.invalid/tearline", demo=True, clock=clock)
    populate(World(node, clock, spice))
    node.close()
    return made


def make_world(folder: Path, spice: str = "") -> World:
    """A copy of its own; all copies of one process have the same keys, and the same history up to here."""
    shutil.copytree(_populated(spice), folder / "node")
    clock = Clock()
    return World(open_node(folder / "node", clock=clock), clock, spice)


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that nobody acts in."""
    world = make_world(tmp_path_factory.mktemp("still"))
    yield world
    world.node.ledger.close()


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    """A world in which every kind of thing exists. Tests may record in it; none may count on what others did not."""
    world = fill(make_world(tmp_path_factory.mktemp("everything")))
    yield Everything(world)
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
    world.site = world.site or create_app(world.node, demo=True)
    return TestClient(world.site, base_url=BASE, cookies=cookies, follow_redirects=False, client=HERE)


def opened(client: TestClient, path: str, why: str = "To look after the source.") -> TestClient:
    """The same visitor, who has opened on this page what takes a reason."""
    answer = client.post(f"/readings/new?page={path}", data={"key": f"{path} {why}", "why": why})
    assert answer.status_code == 303, answer.text
    return client


def links(html: str) -> list[str]:
    """The site's own pages that a page leads to."""
    found = re.findall(r'href="(/[^"#]*)', html)
    # A calendar has no last month; the door for people without an account is apart (``test_outside_browser``).
    skipped = ("/static/", "/language", "/calendar?", "/report")
    return sorted({h.replace("&amp;", "&") for h in found if not h.startswith(skipped)})


def shape_of(path: str) -> str:
    """The kind of page: ledger entries, people and so on look alike."""
    path = re.sub(r"/entries/\d+", "/entries/N", path.partition("?")[0])
    path = re.sub(r"/releases/[^/]+/verdicts/\d+", "/releases/X/verdicts/N", path)
    path = re.sub(r"/calendar/\d[^/]+", "/calendar/N", path)
    path = re.sub(r"/protocols/[^/]+/\d+/rules/[^/]+", "/protocols/X/N/rules/X", path)
    path = re.sub(r"/protocols/[^/]+/\d+$", "/protocols/X/N", path)
    return re.sub(r"/(people|units|copies|items|agreements|proposals)/[^/]+", r"/\1/X", path)


def crawl(client: TestClient, most: int = 20) -> dict[str, str]:
    """The pages that can be reached from the first one by links, each answered with 200; address to text.

    Of each kind of page at most so many, those found first: of rules alone there are hundreds.
    """
    pages: dict[str, str] = {}
    rest = deque(["/"])
    found = {"/"}
    of_its_kind: Counter[str] = Counter()
    while rest:
        path = rest.popleft()
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        pages[path] = answer.text
        if "html" not in answer.headers["content-type"]:
            continue
        for link in links(answer.text):
            shape = shape_of(link)
            if link not in found and of_its_kind[shape] < most:
                found.add(link)
                of_its_kind[shape] += 1
                rest.append(link)
    return pages


@pytest.fixture
def serving(world: World) -> Iterator[str]:
    """The site of ``world`` on a real port; its address."""
    with served(world) as address:
        yield address


class served:  # noqa: N801  reads as a verb: with served(world) as address
    """Serves a world's site, or this one, from a thread of its own."""

    def __init__(self, world: World | None, app: FastAPI | None = None) -> None:
        site = create_app(world.node, demo=True) if world else app
        assert site is not None
        config = uvicorn.Config(site, port=0, log_config=None)
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
            args=[
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()
