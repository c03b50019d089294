"""What is remembered has one size, however large the facts and however long the questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Compartment
from tearline.facts.history import Question, each
from tearline.facts.leaks import CompromiseReported
from tearline.ledger import reader
from tearline.ledger.ledger import Ledger
from tearline.ledger.sql import padded
from tests.ledger.told import compromise, draft, on_item

ALL = frozenset(Compartment)


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "REMEMBERED", 100)
    monkeypatch.setattr(reader, "HISTORIES", 100)
    monkeypatch.setattr(reader, "PLACES", 100)


def held(ledger: Ledger) -> list[Question]:
    return [question for question, _ in ledger._reader._known.histories._kept]


def test_large_opened_facts_take_the_place_of_many_small_ones(ledger: Ledger) -> None:
    large = "x" * 50_000
    for n in range(20):
        ledger.append([draft(compromise(f"c-{n}", f"i-{n}", seen=large))], unless=None, after=0, key=str(n))
    for n in range(20):
        (fact,) = ledger.read(on_item(f"i-{n}"), opening=ALL).of(CompromiseReported)
        assert fact.fact.seen.open() == large
    known = ledger._reader._known
    kept = [held.whole for held in known.facts._kept.values() if held.whole is not None]
    kept += [fact for answered in known.histories._kept.values() for fact in answered.history]
    characters = sum(len(fact.fact.seen.open()) for fact in kept if isinstance(fact.fact, CompromiseReported))
    assert 0 < characters <= 2 * 100 * reader.WEIGHT
    for n in range(20):
        ledger.read(on_item(f"i-{n}"))
    assert len(held(ledger)) > 15  # closed they are small


def test_long_questions_take_the_place_of_many_short_ones(ledger: Ledger) -> None:
    for n in range(50):
        ledger.append([draft(compromise("c", f"i-{n}"))], unless=None, after=0, key=str(n))
        long = each("item", [f"i-{m}" for m in range(n, n + 40)])
        assert len(ledger.read(long).facts) == 1
        ledger.read(on_item(f"i-{n}"))
    assert sum(len(question.clauses) for question in held(ledger)) <= 100 * reader.CLAUSES + 100
    places = ledger._reader._known.places._kept
    assert len(places) <= sum(one.weight for one in places.values()) <= 100
    assert ledger.read(held(ledger)[-1]) is ledger.read(held(ledger)[-1])


@given(values=st.lists(st.integers(), max_size=600))
def test_lists_of_any_length_need_few_statements(values: list[int]) -> None:
    made = padded(values)
    assert set(made) == set(values)
    assert list(made[: len(values)]) == values
    assert len(made) in (0, *(1 << n for n in range(11)))
    assert len(made) < 2 * len(values) or len(values) < 2
