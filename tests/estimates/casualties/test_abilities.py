"""People who differ: plain integrals and sums, draws from the model, and independent lists."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from tearline.estimates.casualties.abilities import _Asked, abilities
from tearline.estimates.casualties.histories import Histories
from tests.estimates.casualties.tables import of, of_people, published

RATES, SPREAD, DEPENDS, SHARE = np.array([-1.0, 0.2, 0.7]), 0.9, 0.8, 0.3
TABLE = of(0, 12, 9, 4, 8, 3, 2, 1)


def chance(pattern: int, t: float, pair: tuple[int, int] | None) -> float:
    """Of standing on just these lists, for a person of this ability."""
    alone = [expit(t + RATES[one]) for one in range(3)]

    def without(bits: int) -> float:
        return float(np.prod([p if bits >> n & 1 else 1 - p for n, p in enumerate(alone)]))

    if pair is None:
        return without(pattern)

    def weighed(bits: int) -> float:
        first, second = (bits >> one & 1 for one in pair)
        return without(bits) * float(np.exp(DEPENDS * (first - 0.5) * (second - 0.5)))

    return weighed(pattern) / sum(weighed(bits) for bits in range(8))


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


@pytest.mark.parametrize("kinds", [False, True])
def test_neither_of_two_lists_that_depend_comes_first(*, kinds: bool) -> None:
    point = np.concatenate([RATES, [np.log(SPREAD), DEPENDS], [0.4] if kinds else []])
    one, other = (_Asked(TABLE, pair, kinds=kinds).log_posterior(point[None]) for pair in ((0, 2), (2, 0)))
    assert one == pytest.approx(other, rel=1e-12)


def test_the_order_of_lists_is_nothing() -> None:
    """Of lists of which two pairs depend, in an order that it used to matter in: as far as draws tell."""
    kosovo = published("kosovo_4lists")
    turned = Histories(
        lists=kosovo.lists[::-1],
        counts=kosovo.counts[[int(f"{pattern:04b}"[::-1], 2) for pattern in range(16)]],
    )
    one, other = (abilities(table, seed=4).size for table in (kosovo, turned))
    assert one.median == pytest.approx(other.median, rel=0.04)
    assert one.high95 == pytest.approx(other.high95, rel=0.1)


@pytest.mark.parametrize("kinds", [False, True], ids=["spread", "kinds"])
@pytest.mark.parametrize("at", [0, 3, 4, 5])
@pytest.mark.parametrize("far", [-1e6, -800.0, 800.0, 1e6])
def test_far_out_nothing_is_likely_and_nothing_breaks(at: int, far: float, *, kinds: bool) -> None:
    asked = _Asked(TABLE, (0, 2), kinds=kinds)
    here = np.concatenate([RATES, [np.log(SPREAD), DEPENDS], [0.4] if kinds else []])
    there = here.copy()
    there[min(at, len(here) - 1)] = far
    near, out = asked.log_posterior(np.stack([here, there]))
    assert np.isfinite(out)
    assert out < near


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
