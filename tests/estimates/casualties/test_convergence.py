"""Whether chains have met: chains of known autocorrelation, and chains that stand apart."""

import numpy as np
import pytest

from tearline.estimates.casualties.convergence import convergence, quantile_error
from tearline.estimates.casualties.histories import Floats


def autoregressive(rho: float, *, chains: int = 4, count: int = 20_000, seed: int = 1) -> Floats:
    random = np.random.default_rng(seed)
    noise = random.normal(0, np.sqrt(1 - rho**2), (chains, count))
    drawn = np.empty((chains, count))
    drawn[:, 0] = random.normal(size=chains)
    for n in range(1, count):
        drawn[:, n] = rho * drawn[:, n - 1] + noise[:, n]
    return drawn


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.97])
def test_chains_know_as_much_as_theory_says(rho: float) -> None:
    """n (1 - rho) / (1 + rho); the smallest of several estimates, so rather less."""
    drawn = autoregressive(rho)
    expected = drawn.size * (1 - rho) / (1 + rho)
    found = convergence(drawn)
    assert 0.5 * expected < found.ess < 1.2 * expected
    assert found.rhat < 1.01


def test_a_chain_that_stands_apart_is_seen() -> None:
    drawn = autoregressive(0.5)
    drawn[0] += 1.0
    assert convergence(drawn).rhat > 1.05


def test_a_chain_that_is_wider_is_seen_though_its_middle_is_the_same() -> None:
    drawn = autoregressive(0.5)
    drawn[0] *= 4.0
    assert convergence(drawn).rhat > 1.05


def test_a_chain_that_drifts_is_seen_within_itself() -> None:
    drawn = autoregressive(0.5) + np.linspace(-1, 1, 20_000)
    assert convergence(drawn).rhat > 1.05


def test_a_slow_change_under_quick_ones_is_seen() -> None:
    """Quick oscillation makes autocorrelation look spent before the slow part shows; means of long batches see it."""
    random = np.random.default_rng(3)
    slow = np.repeat(random.choice([-1.0, 1.0], (4, 20)), 1_000, axis=1)
    quick = np.tile([6.0, -6.0], 10_000) + random.normal(size=(4, 20_000))
    assert convergence(slow + quick).ess < 1_000


def test_a_quantile_of_independent_draws_is_as_sure_as_theory_says() -> None:
    drawn = np.random.default_rng(2).normal(size=(4, 10_000))
    expected = np.sqrt(0.25 / drawn.size) / 0.39894
    assert quantile_error(drawn, 0.5) == pytest.approx(expected, rel=0.25)
