"""Questions are answered alike from the table and from memory, also while others move facts from one to the other."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from tearline.facts.codec import encode
from tearline.facts.errors import Conflict
from tearline.facts.fact import Fact
from tearline.facts.history import Question, about
from tearline.facts.leaks import CompromiseReported, CooperationSuspended
from tearline.ledger.index import Index
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.told import Clock, compromise, draft, suspended

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("tiny_index")]

QUESTIONS = (
    about("item:i-1"),
    about("item:i-0", kinds=[CooperationSuspended]),
    about(kinds=[CompromiseReported]),
    about("unit:u-2", "item:i-2") | about("compromise:c-4"),
)


def fact(n: int) -> Fact:
    return suspended(f"u-{n % 5}", f"i-{n % 3}") if n % 2 else compromise(f"c-{n}", f"i-{n % 3}")


def expected(question: Question, low: int, high: int) -> list[int]:
    encoded = [(n, encode(fact(n))) for n in range(low, high)]
    return [n for n, one in encoded if question.matches(one.kind, one.tags)]


def add(ledger: Ledger, low: int, high: int) -> None:
    for n in range(low, high):
        ledger.append([draft(fact(n))], unless=None, after=0, key=str(n))


@pytest.fixture
def other(ledger: Ledger, url: str, keys: NodeKeys) -> Iterator[Ledger]:
    with closing(Ledger(url, keys, Clock())) as opened:
        yield opened


def test_a_snapshot_that_others_overtook_still_finds_all_that_it_holds(ledger: Ledger, other: Ledger) -> None:
    add(ledger, 0, 7)
    fresh = Index()
    with other._store.reading() as run:  # a snapshot
        old = run.reached()
        assert 0 < old.indexed < old.size
        add(ledger, 7, 40)
        for question in QUESTIONS:
            assert other.read(question).position == 40  # it forgets what the table covers by now
        for index in (other._index, fresh, Index()):
            for question in QUESTIONS:
                for low in (0, 3, 5, 6):
                    found = index.positions(run, question, low, old.size, old.indexed)
                    assert found == expected(question, low, old.size)
            acts = index.acts(run, [r.act for r in ledger.rows(0, old.size)], old.size, old.indexed)
            assert sorted(acts.values()) == list(range(old.size))


def test_who_reads_while_another_process_flushes_sees_a_prefix_without_gaps(
    ledger: Ledger, other: Ledger
) -> None:
    count, done, wrong = 150, threading.Event(), list[str]()

    def read(question: Question) -> None:
        while not done.is_set():
            history = other.read(question)
            seen, since = [r.position for r in history], other.read_since(question, 10)
            if seen != expected(question, 0, history.position):
                wrong.append(f"{question} at {history.position}: {seen}")
            if [r.position for r in since] != expected(question, 10, since.position):
                wrong.append(f"{question} from 10 to {since.position}")

    readers = [threading.Thread(target=read, args=(question,)) for question in QUESTIONS]
    for reader in readers:
        reader.start()
    try:
        add(ledger, 0, count)
    finally:
        done.set()
        for reader in readers:
            reader.join(30)
    assert not wrong
    assert [[r.position for r in other.read(q)] for q in QUESTIONS] == [
        expected(q, 0, count) for q in QUESTIONS
    ]
    with ledger._store.statements() as run:
        assert run.reached().indexed > count - 5
    ledger.check()


def test_a_conflict_is_found_wherever_the_fact_stands(ledger: Ledger, other: Ledger) -> None:
    add(ledger, 0, 30)
    for after in (0, 5, 20, 27):
        for question in QUESTIONS:
            matters = bool(expected(question, after, 30))
            key = f"after {after} {hash(question)}"
            try:
                other.append([draft(compromise("c-x", "i-9"))], unless=question, after=after, key=key)
            except Conflict:
                assert matters
            else:
                assert not matters
