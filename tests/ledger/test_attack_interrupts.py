"""An append is interrupted at each line of the core, in its transaction and after it: the same ledger goes on rightly.

A fact that was recorded is then found by whoever decides, though what remembers it was cut off half-way.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tearline.facts.errors import Broken, Conflict
from tearline.facts.history import about
from tearline.facts.leaks import CooperationSuspended
from tearline.ledger import batch, index, reader
from tearline.ledger import ledger as ledger_module
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import Database
from tests.ledger.told import Clock, compromise, draft, organisation, suspended

FILES = frozenset(str(module.__file__) for module in (batch, index, ledger_module, reader))
QUESTIONS = (about("item:i-9"), about("unit:u-9", "item:i-9"), about(kinds=[CooperationSuspended]))


class Interrupt(BaseException):
    """As KeyboardInterrupt or MemoryError are: from anywhere."""


class Tracer:
    """Raises when the ``at``-th line from now is about to run, or the next that may be; lists the lines that did."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.lines: list[tuple[str, int]] = []

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if event == "call" and frame.f_code.co_filename in FILES else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            self.lines.append((frame.f_code.co_filename, frame.f_lineno))
            if 0 < self._at <= len(self.lines) and not is_with(self.lines[-1]):
                sys.settrace(None)
                raise Interrupt
        return self._line


def is_with(line: tuple[str, int]) -> bool:
    """Where a block ends that holds a lock: there the interpreter lets no interrupt in before the lock is released."""
    return Path(line[0]).read_text().split("\n")[line[1] - 1].lstrip().startswith("with ")


def pair(n: int) -> list[Any]:
    return [draft(compromise(f"c-{n}", f"i-{n}")), draft(suspended(f"u-{n}", f"i-{n}"))]


def add(ledger: Ledger, n: int) -> bool:
    """Whether it was there already."""
    return ledger.append(pair(n), unless=None, after=0, key=str(n)).repeated


@pytest.fixture
def settrace() -> Iterator[None]:
    before = sys.gettrace()
    yield
    sys.settrace(before)


@pytest.mark.usefixtures("tiny_index", "settrace")
def test_an_append_that_is_interrupted_at_any_line_leaves_a_ledger_that_goes_on(
    new_database: Callable[[], Database], keys: NodeKeys
) -> None:
    filled, copy = new_database(), new_database()
    with closing(Ledger.make(filled.url, keys, Clock())) as ledger:
        for n in range(4):
            add(ledger, n)

    def interrupted(at: int) -> list[tuple[str, int]]:
        filled.copied(copy)
        with (
            closing(Ledger(copy.url, keys, Clock())) as one,
            closing(Ledger(copy.url, keys, Clock())) as other,
        ):
            add(one, 5)
            add(other, 6)
            tracer = Tracer(at)
            sys.settrace(tracer)
            with suppress(Interrupt):
                add(one, 9)
                one.read(about("item:i-9"))
            sys.settrace(None)
            size = other.size()
            recorded = size == 14
            for question in QUESTIONS if recorded else ():
                with pytest.raises(Conflict):
                    one.append([draft(organisation("o"))], unless=question, after=12, key="late")
            assert add(one, 9) == recorded
            add(one, 10)
            assert [r.position for r in one.read(about("item:i-9"))] == [12, 13]
            one.check()
        return tracer.lines

    lines = interrupted(0)
    assert len(lines) > 200
    places = {line: at for at, line in enumerate(reversed(lines), 1)}  # the first time that each runs
    for at in sorted({len(lines) + 1 - n for n in places.values()}):
        interrupted(at)


@pytest.mark.both_databases
def test_a_transaction_that_breaks_keeps_nobody_waiting(
    ledger: Ledger, database: Database, url: str, keys: NodeKeys
) -> None:
    """However long whoever asked holds on to the error, and with it to the frames in which it was raised."""
    add(ledger, 1)
    with closing(Ledger(url, keys, Clock())) as other:
        database.change("UPDATE entries SET blinding = ? WHERE position = 0", (b"0" * 16,))
        with pytest.raises(Broken, match="entry 0") as held:
            other.append(pair(1), unless=None, after=0, key="1")
        ledger.append([draft(organisation("o"))], unless=None, after=0, key="2")
        assert held is not None
