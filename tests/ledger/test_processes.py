"""Several threads and processes append, and are killed: nothing acknowledged is lost, nothing is doubled, no fork."""

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tearline.facts.history import about
from tearline.facts.leaks import CompromiseReported
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import Database, Server
from tests.ledger.checking import check_ledger
from tests.ledger.killing import Figures, Killing
from tests.ledger.told import Clock
from tests.ledger.writer import THREADS, Nursery, Task

ROUNDS = 8


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with closing(Nursery()) as made:
        yield made


@pytest.mark.both_databases
def test_two_processes_of_three_threads_append_to_one_ledger(
    tmp_path: Path, url: str, nursery: Nursery
) -> None:
    keys, count = NodeKeys.make(tmp_path / "keys", "tearline.example/desk"), 25
    with closing(Ledger.make(url, keys, Clock())) as ledger:
        tasks = [
            Task(url=url, folder=str(tmp_path), name=name, count=count, seed="") for name in ("one", "two")
        ]
        writers = [nursery.start(task) for task in tasks]
        for writer in writers:
            writer.wait()
        told = {said[1]: (int(said[2]), said[3]) for w in writers for said in w.said() if said[0] == "fact"}
        stored = {
            recorded.fact.compromise: (recorded.position, recorded.ref)
            for recorded in ledger.read(about("item:i-1")).of(CompromiseReported)
        }
        assert len(told) == ledger.size() == 2 * THREADS * count
        assert told == stored
        check_ledger(ledger)


@pytest.mark.both_databases
def test_whoever_is_killed_at_any_moment_loses_doubles_and_forks_nothing(
    tmp_path: Path, new_database: Callable[[], Database], nursery: Nursery, request: pytest.FixtureRequest
) -> None:
    """Appenders, purges and rewraps; on PostgreSQL the server too. ``make soak`` plays many more rounds."""
    server = None
    if request.node.callspec.params["new_database"] == "postgresql":
        found = request.getfixturevalue("server")
        assert isinstance(found, Server)
        server = found if found.ours else None
    killing = Killing(tmp_path, new_database(), nursery, random.Random(11), server=server, figures=Figures())
    for _ in range(ROUNDS):
        killing.play()
    killing.end()
    assert killing.figures.acknowledged > ROUNDS
