"""What is written is what is read; what is sealed stands nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.codec import Encoded, compartments, decode, encode
from tearline.facts.fact import Closed, Compartment, Fact, Seal, Sealed
from tearline.facts.leaks import CompromiseReported
from tearline.facts.shape import record_of
from tearline.facts.vocabulary import kinds
from tests.facts.shapes import MARK, MARKED_NUMBERS, facts, of_kind
from tests.worlds import compromised

KINDS = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)


def stored(encoded: Encoded) -> Encoded:
    """What comes back from a table: the same, by way of JSON text."""
    return Encoded(
        encoded.kind,
        json.loads(json.dumps(encoded.clear)),
        {c: json.loads(json.dumps(fields)) for c, fields in encoded.sealed.items()},
        encoded.tags,
    )


def opened(encoded: Encoded, opening: frozenset[Compartment]) -> dict[str, Any]:
    return {name: v for c, fields in encoded.sealed.items() if c in opening for name, v in fields.items()}


def sealed_fields(fact: Fact) -> dict[str, tuple[Compartment, Sealed[Any]]]:
    return {
        f.name: (f.compartment, getattr(fact, f.name)) for f in record_of(type(fact)).fields if f.compartment
    }


@KINDS
@settings(max_examples=15)
@given(st.data())
def test_every_kind_comes_back_as_it_was(kind: type[Fact], data: st.DataObject) -> None:
    fact = data.draw(of_kind(kind))
    there = stored(encode(fact))
    assert there.kind == kind.__name__
    assert decode(there.kind, there.clear, opened(there, frozenset(Compartment))) == fact


@KINDS
@settings(max_examples=15)
@given(st.data())
def test_what_is_sealed_stands_in_no_clear_field_and_no_tag(kind: type[Fact], data: st.DataObject) -> None:
    fact = data.draw(of_kind(kind))
    encoded = encode(fact)
    clear = json.dumps([encoded.clear, sorted(encoded.tags)], ensure_ascii=False)
    assert MARK not in clear
    for _, held in sealed_fields(fact).values():
        if isinstance(held.open(), int):
            assert held.open() >= MARKED_NUMBERS
            assert str(held.open()) not in clear
    assert set(encoded.clear) | {n for part in encoded.sealed.values() for n in part} == {
        f.name for f in record_of(kind).fields
    }


@given(facts(), st.sets(st.sampled_from(Compartment)))
def test_a_compartment_that_is_not_opened_stays_closed(fact: Fact, opening: set[Compartment]) -> None:
    there = stored(encode(fact))
    seen = decode(there.kind, there.clear, opened(there, frozenset(opening)))
    for name, (compartment, held) in sealed_fields(fact).items():
        field: Sealed[Any] = getattr(seen, name)
        if compartment in opening:
            assert field == held
            continue
        assert field.seal is Seal.CLOSED
        assert field.value is None
        with pytest.raises(Closed):
            field.open()


@given(facts(), st.sets(st.sampled_from(Compartment)))
def test_a_purged_compartment_says_so_for_ever(fact: Fact, gone: set[Compartment]) -> None:
    there = stored(encode(fact))
    seen = decode(there.kind, there.clear, opened(there, frozenset(Compartment) - gone), frozenset(gone))
    for name, (compartment, held) in sealed_fields(fact).items():
        field: Sealed[Any] = getattr(seen, name)
        assert (field == held) if compartment not in gone else (field.seal is Seal.PURGED)
    if gone & compartments(there.kind):
        with pytest.raises(TypeError, match="cannot be recorded again"):
            encode(seen)


@given(facts())
def test_a_closed_fact_cannot_be_recorded_again_as_if_it_were_empty(fact: Fact) -> None:
    there = encode(fact)
    seen = decode(there.kind, there.clear, {})
    if there.sealed:
        with pytest.raises(TypeError, match="cannot be recorded again"):
            encode(seen)
    else:
        assert encode(seen) == there


@given(facts())
def test_a_traceback_shows_nothing_that_is_sealed(fact: Fact) -> None:
    assert MARK not in repr(fact)
    assert MARK not in repr(encode(fact))


@given(facts())
def test_tags_are_the_clear_identifiers_and_nothing_else(fact: Fact) -> None:
    for tag in encode(fact).tags:
        prefix, _, identifier = tag.partition(":")
        assert prefix
        assert f'"{identifier}"' in json.dumps(encode(fact).clear)


def test_an_unknown_kind_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        decode("ItemReleasedTwice", {}, {})


def test_an_older_fact_has_the_default_of_a_sealed_field_that_its_kind_gained_since() -> None:
    """Only to whoever opened the compartment; to anybody else it is as closed as the rest of it."""
    there = stored(encode(compromised()))
    old = {name: v for name, v in opened(there, frozenset(Compartment)).items() if name != "surfaced"}
    clear = {name: v for name, v in there.clear.items() if name not in ("known_by", "likelihood_ratio")}
    assert decode(there.kind, clear, old) == compromised()
    shut = decode(there.kind, clear, {})
    assert isinstance(shut, CompromiseReported)
    assert shut.surfaced.seal is Seal.CLOSED
    gone = decode(there.kind, clear, {}, frozenset({Compartment.CONTENT}))
    assert isinstance(gone, CompromiseReported)
    assert gone.surfaced.purged
