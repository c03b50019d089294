"""Moments of Beta priors, against their closed form; and units too large for an exact number of nodes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.exposure.quadrature import gauss_jacobi, nodes_for

SHAPE = st.floats(1e-4, 0.9999), st.floats(0.05, 200.0)


def rising(start: float, count: int) -> float:
    return math.fsum(math.log(start + n) for n in range(count))


def moment(a: float, b: float, ups: int, downs: int) -> float:
    """E[pi^ups (1 - pi)^downs] of Beta(a, b)."""
    return math.exp(rising(a, ups) + rising(b, downs) - rising(a + b, ups + downs))


@given(*SHAPE, st.integers(1, 60), st.data())
def test_moments_below_twice_the_nodes_are_exact(
    mean: float, kappa: float, count: int, data: st.DataObject
) -> None:
    """Also the tiny ones: the error is relative."""
    a, b = mean * kappa, (1.0 - mean) * kappa
    degree = data.draw(st.integers(0, 2 * count - 1))
    ups = data.draw(st.integers(0, degree))
    x, w = gauss_jacobi(a, b, count)
    assert float((w * x**ups * (1.0 - x) ** (degree - ups)).sum()) == pytest.approx(
        moment(a, b, ups, degree - ups), rel=1e-9
    )


@pytest.mark.parametrize("people", [50, 200, 1_000, 3_000])
@pytest.mark.parametrize("mean", [2e-5, 1e-3, 0.04, 0.3])
def test_large_units_are_integrated_to_ten_digits(people: int, mean: float) -> None:
    """People of whom each has negatives of weight m: E[(1 - pi (1 - m))^n] and the mean of pi, by an exact rule."""
    weights = np.random.Generator(np.random.PCG64(7)).uniform(0.3, 0.99, people)
    figures = []
    for count in (people // 2 + 2, nodes_for(people)):
        x, w = gauss_jacobi(mean * 20.0, (1.0 - mean) * 20.0, count)
        left = w * np.exp(np.log1p(-x[:, None] * weights).sum(axis=1))
        figures.append((left.sum(), (left * x).sum() / left.sum()))
    assert figures[1] == pytest.approx(figures[0], rel=1e-10)
