"""People who differ by degrees: a plain integral, draws from the model, and independent lists."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit

from tearline.estimates.casualties.abilities import _Asked, abilities
from tests.estimates.casualties.tables import of, of_people


def test_cells_are_what_an_integral_over_people_says() -> None:
    rates, spread = np.array([-1.0, 0.2, 0.7]), 0.9
    logs = _Asked(of(0, 12, 9, 4, 8, 3, 2, 1))._log_cells(rates[None], spread)[0]
    for captured in range(4):

        def inside(t: float, captured: int = captured) -> float:
            nobody = np.prod(1 - expit(t + rates))
            return float(
                np.exp(captured * t)
                * nobody
                * np.exp(-0.5 * (t / spread) ** 2)
                / (spread * np.sqrt(2 * np.pi))
            )

        assert np.exp(logs[captured]) == pytest.approx(quad(inside, -9, 9)[0], rel=1e-6)


def people(spread: float, seed: int, count: int = 4_000) -> list[int]:
    random = np.random.default_rng(seed)
    ability = spread * random.normal(size=(count, 1))
    on = random.random((count, 4)) < expit(ability + np.array([-0.8, -0.4, -1.2, -0.6]))
    found: list[int] = (on * (1 << np.arange(4))).sum(axis=1).tolist()
    return found


@pytest.mark.parametrize("spread", [0.0, 0.7, 1.3])
def test_the_number_is_held_where_people_differ_and_where_they_do_not(spread: float) -> None:
    """Of six, at most two outside: with 95 % more are once in 450 times, with 60 % every other time."""
    held = [abilities(of_people(people(spread, seed), 4), seed=seed).size for seed in range(6)]
    assert sum(one.low95 <= 4_000 <= one.high95 for one in held) >= 4


def test_how_much_people_differ_is_found() -> None:
    found = [abilities(of_people(people(1.3, seed, 20_000), 4), seed=seed) for seed in range(4)]
    assert np.mean([one.spread.median for one in found]) == pytest.approx(1.3, abs=0.15)
    assert all(one.effective > 100 for one in found)


def test_the_same_seed_says_the_same() -> None:
    table = of(0, 12, 9, 4, 8, 3, 2, 1)
    assert np.array_equal(abilities(table, seed=3).sizes, abilities(table, seed=3).sizes)
