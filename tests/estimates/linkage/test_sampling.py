"""Linkages come up as often as they should, by enumeration of all of them."""

from collections import Counter

import numpy as np
import pytest

from tearline.estimates.linkage.clustering import clusters, graph
from tearline.estimates.linkage.sampling import linkages
from tests.estimates.linkage.groupings import drawn, gain, groupings

DRAWS = 20_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_linkages_are_drawn_as_often_as_they_are_likely(seed: int) -> None:
    bonus = 1.0
    source, a, b, log_odds, table = drawn(seed, 5, 3)
    of = graph(source, a, b, log_odds, bonus=bonus)
    weights = {one: np.exp(gain(one, source, table, bonus)) for one in groupings(5)}
    total = sum(weights.values())
    seen = Counter(
        tuple(member.tolist()) for member in linkages(of, clusters(of), seed=7, count=DRAWS, between=2)
    )
    apart = sum(abs(seen[one] / DRAWS - weight / total) for one, weight in weights.items()) / 2
    assert apart < 0.02


def test_the_same_seed_draws_the_same_linkages() -> None:
    source, a, b, log_odds, _ = drawn(4, 30, 4)
    of = graph(source, a, b, log_odds)
    start = clusters(of)
    one, again, other = (np.stack(list(linkages(of, start, seed=seed, count=5))) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_no_linkage_joins_a_source_with_itself() -> None:
    source, a, b, log_odds, _ = drawn(5, 60, 3)
    of = graph(source, a, b, log_odds + 2.0, bonus=1.5)
    for member in linkages(of, clusters(of), seed=1, count=50):
        assert len(set(zip(member.tolist(), source.tolist(), strict=True))) == len(member)
