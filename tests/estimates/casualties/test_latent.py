"""The latent-class model: its gradient, a plain evaluation, sums over all classes, draws from the prior, Kosovo."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.estimates.casualties.classes import by_captures, evaluate, room, seen
from tearline.estimates.casualties.histories import Floats, Histories
from tearline.estimates.casualties.latent import CHAINS, FEWEST_SWEEPS, latent
from tearline.estimates.casualties.unseen import unseen_people
from tests.estimates.casualties.tables import of, published

TABLE = of(0, 12, 9, 4, 8, 3, 2, 1)
CLASSES = 3
POINTS = st.lists(st.floats(-4, 4), min_size=CLASSES + CLASSES * 3, max_size=CLASSES + CLASSES * 3).map(
    np.array
)


def chance(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


def cells(point: Floats, lists: int, classes: int) -> tuple[Floats, float]:
    """Each pattern's chance, and the log of the prior's density, one factor after the other."""
    a = math.exp(point[0])
    log_prior = 0.25 * math.log(a) - 0.25 * a
    weights, rest = [], 1.0
    for u in point[1:classes]:
        broken = chance(u)
        log_prior += math.log(a) + (a - 1) * math.log(1 - broken) + math.log(broken * (1 - broken))
        weights.append(rest * broken)
        rest *= 1 - broken
    weights.append(rest)
    chances = np.zeros(1 << lists)
    for k, weight in enumerate(weights):
        on = [chance(t) for t in point[classes + k * lists : classes + (k + 1) * lists]]
        log_prior += sum(math.log(p * (1 - p)) for p in on)
        for pattern in range(1 << lists):
            chances[pattern] += weight * math.prod(p if pattern >> j & 1 else 1 - p for j, p in enumerate(on))
    return chances, log_prior


def value(point: Floats, beta: float) -> tuple[float, Floats]:
    data = seen(TABLE)
    slope = np.zeros(len(point))
    found = evaluate(point, data, beta, room(data, 3, CLASSES), slope)
    return found.log_prior + beta * found.log_likelihood, slope


@given(POINTS, st.floats(0.05, 1.0))
def test_a_point_has_the_value_that_a_plain_evaluation_has(point: Floats, beta: float) -> None:
    chances, log_prior = cells(point, 3, CLASSES)
    counts = TABLE.counts
    expected = float((counts[1:] * np.log(chances[1:] / (1 - chances[0]))).sum())
    assert value(point, beta)[0] == pytest.approx(log_prior + beta * expected, rel=1e-9, abs=1e-9)


@given(POINTS, st.floats(0.05, 1.0))
@settings(max_examples=30)
def test_the_gradient_is_the_slope(point: Floats, beta: float) -> None:
    _, slope = value(point, beta)
    for d in range(len(point)):
        step = np.zeros(len(point))
        step[d] = 1e-5
        rise = (value(point + step, beta)[0] - value(point - step, beta)[0]) / 2e-5
        assert slope[d] == pytest.approx(rise, rel=1e-4, abs=1e-4)


@given(POINTS)
def test_how_many_lists_somebody_stands_on(point: Floats) -> None:
    chances, _ = cells(point, 3, CLASSES)
    found = np.zeros(4)
    by_captures(point, 3, CLASSES, found)
    expected = [sum(p for m, p in enumerate(chances) if m.bit_count() == c) for c in range(4)]
    assert found == pytest.approx(expected, abs=1e-12)


def test_few_people_have_the_posterior_that_weighing_draws_from_the_prior_gives() -> None:
    """A table so small that a million draws from the prior, weighed by their likelihood, say the same."""
    table, classes, draws = of(0, 3, 2, 1, 2, 1, 0, 1), 3, 400_000
    random = np.random.default_rng(20261129)
    a = np.maximum(random.gamma(0.25, 4.0, draws), 1e-12)
    broken = np.column_stack([random.beta(1.0, a) for _ in range(classes - 1)] + [np.ones(draws)])
    kept = np.cumprod(np.column_stack([np.ones(draws), 1 - broken[:, :-1]]), axis=1)
    weights = broken * kept
    on = random.random((draws, classes, 3))
    log_weight = np.zeros(draws)
    unseen = np.zeros(draws)
    for pattern in product((0, 1), repeat=3):
        code = sum(bit << j for j, bit in enumerate(pattern))
        p = (weights * np.prod(np.where(pattern, on, 1 - on), axis=2)).sum(axis=1)
        if code == 0:
            unseen = np.minimum(p, 1 - 1e-12)
        else:
            log_weight += table.counts[code] * np.log(np.maximum(p, 1e-300))
    n = table.documented
    log_weight -= n * np.log1p(-unseen)
    weight = np.exp(log_weight - log_weight.max())
    size = n + random.poisson(random.gamma(n, unseen / (1 - unseen)))
    found = latent(table, seed=4, classes=classes)
    for most in (11, 12, 14, 18, 25, 50):
        expected = weight[size <= most].sum() / weight.sum()
        assert (found.draws <= most).mean() == pytest.approx(expected, abs=0.02), most


def test_kosovo_is_as_the_published_implementation_has_it() -> None:
    """LCMCR 0.4.14 has 10,360 to 10,620 by seed; chains have to have met."""
    found = latent(published("kosovo_4lists"), seed=1)
    assert found.size.median == pytest.approx(10_420, rel=0.03)
    assert found.converged.rhat <= 1.01
    assert found.converged.ess >= 400
    assert found.met


def test_the_same_seed_says_the_same_and_another_does_not() -> None:
    runs = [latent(TABLE, seed=seed, most_sweeps=500) for seed in (5, 5, 6)]
    assert np.array_equal(runs[0].draws, runs[1].draws)
    assert not np.array_equal(runs[0].draws, runs[2].draws)


def test_few_sweeps_do_not_say_that_chains_have_met() -> None:
    assert not latent(published("kosovo_4lists"), seed=1, most_sweeps=40).met


def test_where_patterns_are_many_chains_end_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """One look at this table, a class, reads 7 patterns and the 12 lists on them."""
    monkeypatch.setattr("tearline.estimates.casualties.latent.MOST_VISITS", 90 * 10 * (7 + 12) + 1)
    found = latent(TABLE, seed=5)
    assert found.draws.shape == (CHAINS, 90)
    assert not found.met
    assert latent(TABLE, seed=5, classes=20).draws.shape == (CHAINS, 45)
    assert latent(TABLE, seed=5, classes=40).draws.shape == (CHAINS, FEWEST_SWEEPS)


def test_what_it_repeats_is_as_many_people() -> None:
    found = latent(TABLE, seed=5, most_sweeps=500)
    assert (found.repeated.sum(axis=1) == TABLE.documented).all()


def test_twelve_lists_are_no_more_than_their_patterns() -> None:
    counts = np.zeros(1 << 12, np.int64)
    for n in range(12):
        counts[1 << n] = 6
        counts[1 << n | 1 << (n + 1) % 12] = 2
    found = latent(Histories(lists=tuple("ABCDEFGHIJKL"), counts=counts), seed=1, most_sweeps=300)
    assert found.size.median > counts.sum()


def test_many_people_whose_classes_hide_nearly_everybody_are_a_number_still() -> None:
    table = of(0, 400_000_000, 300_000_000, 90_000_000, 200_000_000, 1_000_000, 5_000_000, 1_000_000)
    found = latent(table, seed=0, most_sweeps=200)
    assert np.isfinite(found.draws).all()
    assert (unseen_people(10**9, np.array([0.0, 0.5, 1.0]), np.random.default_rng(0)) >= 0).all()
