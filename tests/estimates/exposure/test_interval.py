"""The interval of a chance holds what it says, and is that of the Beta with the same mean and spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.exposure.interval import beta_interval


@given(st.floats(0.001, 0.999), st.floats(0.01, 0.99))
def test_the_mean_lies_in_it_and_it_lies_among_chances(mean: float, share_of_most: float) -> None:
    sd = share_of_most * (mean * (1 - mean)) ** 0.5
    low, high = beta_interval(mean, sd)
    assert 0 <= low <= mean <= high <= 1


@pytest.mark.parametrize(("a", "b"), [(2.0, 30.0), (0.5, 50.0), (8.0, 8.0)])
def test_it_holds_95_of_100_draws(a: float, b: float) -> None:
    draws = np.random.default_rng(7).beta(a, b, 200_000)
    mean, sd = a / (a + b), (a * b / ((a + b) ** 2 * (a + b + 1))) ** 0.5
    low, high = beta_interval(mean, sd)
    assert np.mean((draws >= low) & (draws <= high)) == pytest.approx(0.95, abs=0.004)


def test_a_certain_chance_has_no_width_and_the_widest_has_all() -> None:
    assert beta_interval(0.25, 0.0) == (0.25, 0.25)
    assert beta_interval(0.0, 0.1) == (0.0, 0.0)
    assert beta_interval(0.25, 0.5) == (0.0, 1.0)
