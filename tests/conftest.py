"""How Hypothesis searches here: no deadline, because a shared machine is slow at times. And cheap passphrases.

What was loaded and collected stays until the end, so the search for garbage passes it over; and it comes less often
than by default: of three modules that were measured, 7 to 22 % less of a processor's time.

Where memory serves as a disk (``/dev/shm``), tests write there: they sync ten thousands of times, and none of them cuts
the power. ``TMPDIR`` names another place.
"""

import gc
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from tearline.ledger import passphrase

settings.register_profile(
    "tearline",
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("tearline")


MEMORY = Path("/dev/shm")  # noqa: S108  only tests write there, each run in a folder of its own
ENOUGH = 3 << 30
"""Bytes that are to be free: a run writes half a gigabyte."""


def pytest_configure() -> None:
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes none is to begin a long story when the others are done: first those, then the most tests.

    Modules stay whole, and each in its order; ``--no-loadscope-reorder`` hands them out as they stand here.
    """
    if not hasattr(config, "workerinput"):
        return
    size = Counter(_module(item) for item in items)
    long = {_module(item) for item in items if item.get_closest_marker("browser")} | LONG
    items.sort(key=lambda item: (_module(item) not in long, -size[_module(item)], _module(item)))


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


LONG = {
    "tests/cli/test_replay_page.py",
    "tests/cli/test_serve.py",
    "tests/jobs/test_replay_spark.py",
    "tests/protocol/test_loosened.py",
    "tests/web/test_attacks.py",
    "tests/web/test_markup.py",
    "tests/web/test_matrix.py",
}
"""Modules of few tests and many seconds, beside those that drive a browser."""


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """All test clients of a process ask in one event loop: else each request starts two threads and ends them."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture(scope="session")
def cheap_passphrases() -> Iterator[None]:
    """Locks that cost nothing to try, where a test is not about that: else each costs half a second and 128 MiB."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passphrase, "WORK", 8)
        yield
