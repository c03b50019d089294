"""A founded node with its door; the door's tables on both databases where a test is marked so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import Database
from tests.doors import Entrance, entrance
from tests.ledger.conftest import database, new_database, pytest_generate_tests, server

__all__ = ["database", "new_database", "pytest_generate_tests", "server"]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Entrance]:
    made = entrance(tmp_path).enrolled("ada", "abe")
    yield made
    made.close()


@pytest.fixture
def door_on(tmp_path: Path, new_database: Callable[[], Database]) -> Iterator[Entrance]:
    """The same, with its tables on whichever database the test is run on."""
    made = entrance(tmp_path, database=new_database().url).enrolled("ada", "abe")
    yield made
    made.close()
