"""The chance that an innocent copy scores as high is never given too small, and hardly ever too large."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.marks.biases import arcsine
from tearline.estimates.marks.score import UNREAD, agreeing, scores
from tearline.estimates.marks.tail import COARSEST, Tail, chernoff

chances = st.lists(
    st.sampled_from([0.5, 0.2113, 0.7887, 0.1127, 0.8873, 0.01, 0.999]) | st.floats(0.01, 0.99),
    min_size=1,
    max_size=10,
)


def every_outcome(agree: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All scores an innocent can have, with their chances: by enumeration."""
    gain, loss = np.sqrt((1 - agree) / agree), np.sqrt(agree / (1 - agree))
    found = [
        (np.where(outcome, gain, -loss).sum(), np.where(outcome, agree, 1 - agree).prod())
        for outcome in itertools.product([True, False], repeat=len(agree))
    ]
    score, chance = zip(*found, strict=True)
    return np.array(score), np.array(chance)


@given(chances)
def test_the_tail_bounds_the_enumerated_one_from_above_and_closely(given_chances: list[float]) -> None:
    agree = np.array(given_chances)
    score, chance = every_outcome(agree)
    bound = Tail(agree)(score)
    exact = np.array([chance[score >= s - 1e-9].sum() for s in score])
    rounded = COARSEST * len(agree)  # each position is rounded up by at most one step
    slack = np.array([chance[score >= s - rounded - 1e-9].sum() for s in score])
    assert (bound >= exact * (1 - 1e-12)).all()
    assert (bound <= slack * (1 + 1e-9) + 1e-30).all()


@given(chances)
def test_the_tail_is_sharper_than_chernoff_s_bound(given_chances: list[float]) -> None:
    agree = np.array(given_chances)
    score, _ = every_outcome(agree)
    top = score.max()
    exact = float(agree.prod())
    assert Tail(agree)(np.array([top]))[0] >= exact * (1 - 1e-12)
    assert chernoff(agree, top) >= exact * (1 - 1e-9)


@pytest.mark.parametrize("bits", [1, 7, 20, 64])
def test_with_fair_bits_the_chance_is_exact(bits: int) -> None:
    every_one = Tail(np.full(bits, 0.5))(np.array([float(bits), float(bits - 2)]))
    assert every_one[0] == pytest.approx(2.0**-bits, rel=1e-12)
    assert every_one[1] == pytest.approx((bits + 1) * 2.0**-bits, rel=1e-12)


def test_a_long_code_of_many_biases_agrees_with_drawing() -> None:
    rng = np.random.default_rng(5)
    biases = arcsine(3).draw(rng.random(300))
    seen = (rng.random(300) < biases).astype(np.int8)
    words = (rng.random((20_000, 300)) < biases).astype(np.int8)
    drawn = scores(biases, words, seen)
    tail = Tail(agreeing(biases, seen))
    for level in (1.0, 2.0, 3.0):
        at = level * np.sqrt(300)
        assert tail(np.array([at]))[0] == pytest.approx((drawn >= at).mean(), rel=0.35)


def test_what_was_not_read_counts_for_nothing() -> None:
    biases = np.array([0.5, 0.2, 0.7])
    words = np.array([[1, 0, 1], [1, 1, 1]], dtype=np.int8)
    seen = np.array([1, UNREAD, 1], dtype=np.int8)
    found = scores(biases, words, seen)
    assert found[0] == found[1]
    assert len(agreeing(biases, seen)) == 2
