"""A trace names copies, keeps the declared error, and stays closed where it has read too little."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.marks_attacks import IN_THE_MIXTURE, NOT_IN_IT, Held, knowing_the_biases
from tearline.estimates.marks.biases import discrete
from tearline.estimates.marks.code import Code, make_code
from tearline.estimates.marks.length import bits_missing, bits_needed, bits_to_differ, joint_score
from tearline.estimates.marks.score import UNREAD, Bits
from tearline.estimates.marks.trace import Design, Traced, p_values, trace
from tearline.facts.tracing import Gate

SEED = bytes(range(32))


def traced(code: Code, seen: Bits, design: Design) -> Traced:
    names = [f"copy-{n}" for n in range(len(code.words))]
    return trace(code, seen, design, copies=names, within_reach=[(f"holder-{n}", "clerk") for n in names])


@pytest.mark.parametrize("colluders", [1, 2, 3, 4, 5, 7, 10, 15, 20])
@pytest.mark.parametrize("copies", [10, 1000, 1_000_000])
@pytest.mark.parametrize("error", [1e-2, 1e-3, 1e-6])
def test_no_more_bits_are_asked_for_than_was_promised(colluders: int, copies: int, error: float) -> None:
    needed = bits_needed(copies=copies, colluders=colluders, error=error)
    assert needed <= 4.7 * colluders**2 * np.log(copies / error)
    assert needed > bits_needed(copies=copies, colluders=colluders, error=10 * error)


def test_one_leaker_among_a_thousand_takes_twenty_one_fair_bits() -> None:
    assert bits_needed(copies=1000, colluders=1, error=1e-3) == 21
    assert bits_needed(copies=1000, colluders=1, error=1e-3, lost=0.5) == 53
    assert bits_missing(15, copies=1000, colluders=1, error=1e-3) == 6
    assert [bits_to_differ(n) for n in (1, 2, 3, 1000)] == [0, 1, 2, 10]


def test_two_or_fewer_colluders_gain_one_a_position() -> None:
    assert joint_score(discrete(2), 2) == pytest.approx(1)


@pytest.mark.parametrize("colluders", [2, 3])
@pytest.mark.parametrize("attack", [*IN_THE_MIXTURE, *NOT_IN_IT])
def test_with_the_bits_advised_one_of_the_colluders_is_found(colluders: int, attack: str) -> None:
    """A short form of the study in ``bench/marks.py``: 25 worlds each, of which three may fail."""
    copies, error, worlds = 20, 1e-2, 25
    design = Design(error=error, colluders=colluders)
    bits = design.needed(copies)
    rng = np.random.default_rng(7)
    found = wrong = 0
    for _ in range(worlds):
        code = make_code(copies=copies, bits=bits, colluders=colluders, seed=rng.bytes(32))
        seen = (IN_THE_MIXTURE | NOT_IN_IT)[attack](Held(code.words[:colluders], code.biases, rng))
        named = [int(one.copy[5:]) for one in traced(code, seen, design).named]
        found += any(n < colluders for n in named)
        wrong += any(n >= colluders for n in named)
    assert found >= worlds - 3
    assert wrong <= 2


@given(st.integers(0, 2**32), st.integers(1, 3), st.floats(0, 0.6))
def test_p_values_of_innocents_are_valid_even_if_the_biases_are_known(
    seed: int, colluders: int, lost: float
) -> None:
    """The mean of many indicators p ≤ α is at most α: here α = 0.2 over 2,000 innocents, five deviations allowed."""
    rng = np.random.default_rng(seed)
    biases = discrete(colluders).draw(rng.random(80))
    words = (rng.random((2000 + colluders, 80)) < biases).astype(np.int8)
    seen = knowing_the_biases(Held(words[:colluders], biases, rng))
    seen[rng.random(80) < lost] = UNREAD
    found = p_values(Code(biases=biases, words=words), seen, colluders)
    innocent = found.p[colluders:]
    assert (innocent <= 0.2).mean() <= 0.2 + 5 * np.sqrt(0.16 / 2000)


def test_too_few_bits_close_the_gate_and_are_counted() -> None:
    design = Design(error=1e-3, colluders=1)
    code = make_code(copies=6, bits=40, colluders=1, seed=SEED)
    seen = code.words[2].copy()
    seen[10:] = UNREAD
    result = traced(code, seen, design)
    assert result.gate is Gate.TOO_FEW_BITS
    assert (result.read, result.needed, result.missing) == (10, 14, 4)
    assert result.named == ()
    assert not any(one.named for one in result.copies)


def test_an_open_gate_names_the_copy_and_everyone_within_reach() -> None:
    code = make_code(copies=6, bits=40, colluders=1, seed=SEED)
    result = traced(code, code.words[2], Design(error=1e-3, colluders=1))
    assert result.gate is Gate.OPEN
    (named,) = result.named
    assert (named.copy, named.within_reach) == ("copy-2", ("holder-copy-2", "clerk"))
    assert named.p_value == pytest.approx(2 * 2.0**-40, rel=1e-6)
    assert named.among_all == pytest.approx(6 * named.p_value)


def test_a_text_that_came_from_no_copy_points_at_none() -> None:
    code = make_code(copies=6, bits=40, colluders=1, seed=SEED)
    elsewhere = make_code(copies=1, bits=40, colluders=1, seed=SEED[::-1])
    result = traced(code, elsewhere.words[0], Design(error=1e-3, colluders=1))
    assert result.gate is Gate.NOTHING_STANDS_OUT
    assert result.missing == 0


def test_a_few_wrongly_read_bits_do_not_hide_the_copy() -> None:
    code = make_code(copies=6, bits=40, colluders=1, seed=SEED)
    seen = code.words[2].copy()
    seen[:4] = 1 - seen[:4]
    assert [one.copy for one in traced(code, seen, Design(error=1e-3, colluders=1)).named] == ["copy-2"]


def test_nothing_read_names_nothing() -> None:
    code = make_code(copies=3, bits=20, colluders=2, seed=SEED)
    result = traced(code, np.full(20, UNREAD, dtype=np.int8), Design(error=0.1, colluders=2))
    assert result.gate is Gate.TOO_FEW_BITS
    assert all(one.p_value == 1 for one in result.copies)


def test_codewords_that_may_well_coincide_prove_nothing() -> None:
    biases, words = np.full(3, 0.5), np.array([[0, 0, 1], [0, 1, 1], [1, 1, 1], [0, 0, 0]], dtype=np.int8)
    found = p_values(Code(biases=biases, words=words), words[0], 1)
    assert found.p[0] == 1
