"""People who differ: plain integrals and sums, draws from the model, and independent lists."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from tearline.estimates.casualties.abilities import _Asked, abilities
from tests.estimates.casualties.tables import of, of_people

RATES, SPREAD, DEPENDS, SHARE = np.array([-1.0, 0.2, 0.7]), 0.9, 0.8, 0.3
TABLE = of(0, 12, 9, 4, 8, 3, 2, 1)


def chance(pattern: int, t: float, pair: tuple[int, int] | None) -> float:
    """Of standing on just these lists, for a person of this ability."""
    on = [pattern >> one & 1 for one in range(3)]
    logits = t + RATES
    if pair is not None:
        logits[pair[1]] += DEPENDS * (on[pair[0]] - 0.5)
    return float(
        np.prod([expit(one) if here else 1 - expit(one) for one, here in zip(logits, on, strict=True)])
    )


@pytest.mark.parametrize("pair", [None, (0, 2)])
def test_cells_are_what_an_integral_over_people_says(pair: tuple[int, int] | None) -> None:
    point = np.concatenate([RATES, [np.log(SPREAD)], [DEPENDS] if pair else []])
    logs = _Asked(TABLE, pair, kinds=False).log_cells(point[None])[0]
    for pattern in range(8):

        def inside(t: float, pattern: int = pattern) -> float:
            return chance(pattern, t, pair) * float(norm.pdf(t, scale=SPREAD))

        assert np.exp(logs[pattern]) == pytest.approx(quad(inside, -9, 9)[0], rel=1e-6)


@pytest.mark.parametrize("pair", [None, (1, 0)])
def test_two_kinds_have_the_same_mean_and_spread(pair: tuple[int, int] | None) -> None:
    share = np.log(SHARE / (1 - SHARE))
    point = np.concatenate([RATES, [np.log(SPREAD)], [DEPENDS] if pair else [], [share]])
    logs = _Asked(TABLE, pair, kinds=True).log_cells(point[None])[0]
    high, low = SPREAD * np.sqrt((1 - SHARE) / SHARE), -SPREAD * np.sqrt(SHARE / (1 - SHARE))
    assert SHARE * high + (1 - SHARE) * low == pytest.approx(0.0)
    assert SHARE * high**2 + (1 - SHARE) * low**2 == pytest.approx(SPREAD**2)
    for pattern in range(8):
        mixed = SHARE * chance(pattern, high, pair) + (1 - SHARE) * chance(pattern, low, pair)
        assert np.exp(logs[pattern]) == pytest.approx(mixed)


def people(spread: float, seed: int, count: int = 4_000) -> list[int]:
    random = np.random.default_rng(seed)
    ability = spread * random.normal(size=(count, 1))
    on = random.random((count, 4)) < expit(ability + np.array([-0.8, -0.4, -1.2, -0.6]))
    found: list[int] = (on * (1 << np.arange(4))).sum(axis=1).tolist()
    return found


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_the_number_is_held_where_people_differ_and_where_they_do_not(spread: float) -> None:
    """Of four, at most one outside: with 95 % more are once in 70 times, with 60 % every other time."""
    held = [abilities(of_people(people(spread, seed), 4), seed=seed).size for seed in range(4)]
    assert sum(one.low95 <= 4_000 <= one.high95 for one in held) >= 3


def test_how_much_people_differ_is_found() -> None:
    found = [abilities(of_people(people(1.3, seed, 20_000), 4), seed=seed) for seed in range(2)]
    assert np.mean([one.spread.median for one in found]) == pytest.approx(1.3, abs=0.15)
    assert all(one.effective > 100 for one in found)


def test_the_same_seed_says_the_same() -> None:
    assert np.array_equal(abilities(TABLE, seed=3).sizes, abilities(TABLE, seed=3).sizes)
