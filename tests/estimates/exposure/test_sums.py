"""Sums of numbers of very different sizes: every combination gone through, and what is off by no more than a bin."""

from itertools import product
from math import inf, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.exposure.sums import PARTS, SMALLEST, Sum

VALUES = st.lists(
    st.tuples(st.sampled_from([0.0, 1e-9, 3e-5, 0.002, 0.7, 5.0]) | st.floats(0, 30), st.floats(0.01, 1)),
    min_size=1,
    max_size=5,
)


@given(st.lists(VALUES, min_size=1, max_size=4), st.floats(0.01, 0.99))
def test_a_quantile_is_that_of_all_combinations_to_a_bin(
    terms: list[list[tuple[float, float]]], q: float
) -> None:
    found = Sum()
    for term in terms:
        found.add(np.array([v for v, _ in term]), np.array([c for _, c in term]))
    sums = sorted((sum(v for v, _ in one), prod(c for _, c in one)) for one in product(*terms))
    total = sum(c for _, c in sums)
    width = 1 + 2 * len(terms) / PARTS
    least, most = found.quantile(q) / width - SMALLEST, found.quantile(q) * width + SMALLEST
    assert sum(c for v, c in sums if v <= most) >= q * total * (1 - 1e-9)
    assert sum(c for v, c in sums if v < least) <= q * total * (1 + 1e-9)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_the_mean_is_exact(terms: list[list[tuple[float, float]]]) -> None:
    found = Sum()
    expected = 0.0
    for term in terms:
        values, chances = np.array([v for v, _ in term]), np.array([c for _, c in term])
        found.add(values, chances / chances.sum())
        expected += float(values @ chances / chances.sum())
    assert found.chance.sum() == pytest.approx(1.0)
    assert found.chance[-1] == 0.0
    assert found.chance @ found.mean == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_what_is_certain_to_happen_stays_so() -> None:
    found = Sum()
    found.add(np.array([0.1, inf]), np.array([0.6, 0.4]))
    found.add(np.array([0.2, 0.3]), np.array([0.5, 0.5]))
    assert found.quantile(0.5) == pytest.approx(0.4, rel=0.02)
    assert found.quantile(0.7) == inf


def test_nothing_added_is_nothing() -> None:
    assert Sum().quantile(0.975) == 0.0
