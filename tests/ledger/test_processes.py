"""Several threads and processes append, and are killed: nothing acknowledged is lost, nothing is doubled."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tearline.facts.history import about
from tearline.facts.leaks import CompromiseReported
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger import writer
from tests.ledger.checking import check_ledger
from tests.ledger.told import Clock, compromise, draft

ROOT = Path(__file__).parents[2]
ROUNDS = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = NodeKeys.make(tmp_path / "keys", "tearline.example/desk")
    Ledger.make(f"sqlite:///{tmp_path}/ledger.db", keys, Clock()).close()
    return tmp_path


def start(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ledger.writer", str(folder), name, str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def acknowledged(output: str) -> dict[str, tuple[int, str]]:
    """By key, the position and reference that the writer was told. A line cut short says nothing."""
    found = {}
    for line in output.splitlines(keepends=True):
        if line.endswith("\n") and line != "ready\n":
            key, position, ref = line.split()
            found[key] = (int(position), ref)
    return found


def check_acknowledged(ledger: Ledger, told: dict[str, tuple[int, str]]) -> None:
    stored = {
        recorded.fact.compromise: (recorded.position, recorded.ref)
        for recorded in ledger.read(about("item:i-1")).of(CompromiseReported)
    }
    assert len(stored) == ledger.size()
    assert told.items() <= stored.items()


def test_two_processes_of_three_threads_append_to_one_ledger(folder: Path) -> None:
    count = 25
    processes = [start(folder, name, count) for name in ("one", "two")]
    outputs = [process.communicate(timeout=60)[0] for process in processes]
    told = {key: where for output in outputs for key, where in acknowledged(output).items()}
    ledger = Ledger(f"sqlite:///{folder}/ledger.db", NodeKeys.load(folder / "keys"), Clock())
    assert len(told) == ledger.size() == 2 * writer.THREADS * count
    check_acknowledged(ledger, told)
    check_ledger(ledger)
    ledger.close()


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_acknowledged(folder: Path) -> None:
    moments = random.Random(11)
    told: dict[str, tuple[int, str]] = {}
    for n in range(ROUNDS):
        process = start(folder, f"round{n}", 10_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(moments.uniform(0.01, 0.15))
        process.send_signal(signal.SIGKILL)
        told |= acknowledged(process.communicate(timeout=60)[0])
        ledger = Ledger(f"sqlite:///{folder}/ledger.db", NodeKeys.load(folder / "keys"), Clock())
        check_acknowledged(ledger, told)
        ledger.check()
        # A client that was not answered sends again under the same key: recorded at most once.
        key = max((k for k in told if k.startswith(f"round{n}-0")), default=f"round{n}-0-0")
        behind = f"round{n}-0-{int(key.split('-')[2]) + 1}"
        size = ledger.size()
        again = ledger.append([draft(compromise(behind, "i-1"))], unless=None, after=0, key=behind)
        assert ledger.size() == size + (not again.repeated)
        told[behind] = (again.first, again.refs[0])
        ledger.close()
    assert len(told) > ROUNDS
