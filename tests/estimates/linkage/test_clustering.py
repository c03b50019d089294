"""The best grouping of a few reports is found, and no source is ever joined with itself."""

import numpy as np
import pytest

from tearline.estimates.linkage.clustering import clusters, graph
from tests.estimates.linkage.groupings import drawn, gain, groupings

WORLDS = 150


@pytest.mark.parametrize("bonus", [0.0, 1.5])
def test_small_worlds_are_grouped_nearly_as_well_as_can_be(bonus: float) -> None:
    best_found, short = 0, 0.0
    for seed in range(WORLDS):
        source, a, b, log_odds, table = drawn(seed, 6, 4)
        member = clusters(graph(source, a, b, log_odds, bonus=bonus))
        ours = gain(member, source, table, bonus)
        best = max(gain(one, source, table, bonus) for one in groupings(6))
        assert np.isfinite(ours)
        assert ours <= best + 1e-9
        best_found += ours > best - 1e-9
        short += best - ours
    assert best_found >= 0.85 * WORLDS
    assert short / WORLDS < 0.25


def test_two_reports_of_one_source_are_never_joined() -> None:
    for seed in range(50):
        source, a, b, log_odds, _ = drawn(seed, 60, 3)
        member = clusters(graph(source, a, b, log_odds + 3.0, bonus=1.5))
        pairs = set(zip(member.tolist(), source.tolist(), strict=True))
        assert len(pairs) == len(member)


def test_groups_are_numbered_by_their_first_report() -> None:
    source, a, b, log_odds, _ = drawn(1, 40, 5)
    member = clusters(graph(source, a, b, log_odds))
    _, first = np.unique(member, return_index=True)
    assert first.tolist() == sorted(first.tolist())
    assert member[0] == 0


def test_without_pairs_everyone_stands_alone() -> None:
    none = np.zeros(0, np.int64)
    assert clusters(graph(np.array([0, 1, 1]), none, none, np.zeros(0))).tolist() == [0, 1, 2]
