"""Averaging over decomposable graphs: published figures, a plain sum over whole numbers, and a finer grid."""

import math

import numpy as np
import pytest

from tearline.estimates.casualties import Histories
from tearline.estimates.casualties.decomposable import averaged
from tearline.estimates.casualties.graphs import decomposable
from tests.estimates.casualties.tables import of, published


def test_kosovo_is_as_the_published_implementation_has_it() -> None:
    """dga 2.0.2 with its saturated graph left out: 12,596 (9,827 to 16,544)."""
    size = averaged(published("kosovo_4lists")).size
    assert size.median == pytest.approx(12_596, rel=0.005)
    assert size.low95 == pytest.approx(9_827, rel=0.005)
    assert size.high95 == pytest.approx(16_544, rel=0.005)


@pytest.mark.parametrize(("delta", "median"), [(0.5, 11_429), (1.0, 9_786)])
def test_kosovo_with_other_weights_of_the_prior(delta: float, median: float) -> None:
    assert averaged(published("kosovo_4lists"), delta).size.median == pytest.approx(median, rel=0.005)


@pytest.mark.parametrize("name", ["kosovo_4lists", "ukdat", "artificial_3"])
def test_a_grid_ten_times_finer_says_the_same(name: str) -> None:
    histories = published(name)
    quick, fine = averaged(histories).size, averaged(histories, blocks=7_000).size
    for one in ("median", "low95", "high95"):
        # Quantiles are whole numbers on the finer grid.
        assert getattr(quick, one) == pytest.approx(getattr(fine, one), rel=0.005, abs=0.51)


TABLES = (
    of(0, 9, 7, 5),
    of(0, 12, 9, 4, 8, 3, 2, 1),
    of(0, 6, 5, 4, 7, 3, 3, 2),
    of(0, 30, 25, 20, 22, 14, 9, 6),
)


@pytest.mark.parametrize("histories", TABLES, ids=lambda histories: str(histories.counts.tolist()))
def test_it_is_what_a_plain_sum_over_whole_numbers_says(histories: Histories) -> None:
    lists = len(histories.lists)
    sums: dict[int, float] = {}
    chances = np.zeros(len(decomposable(lists).edges))
    most = 200_000 if lists == 2 else 60_000
    for unseen in range(most):
        logs = [_log_weight(histories, terms, unseen) for terms in decomposable(lists).terms]
        each = np.exp(logs)
        sums[unseen] = float(each.sum())
        chances += each
        if unseen > 2_000 and sums[unseen] * unseen < 1e-9 * sum(sums.values()):
            break
    whole = sum(sums.values())
    found = averaged(histories)
    assert found.chances == pytest.approx(chances / whole, abs=2e-3)
    cumulated, expected = 0.0, []
    wanted = [0.025, 0.5, 0.975]
    for unseen, weight in sums.items():
        cumulated += weight / whole
        while wanted and cumulated >= wanted[0]:
            expected.append(histories.documented + unseen)
            wanted.pop(0)
    size = found.size
    assert [size.low95, size.median, size.high95] == pytest.approx(expected, rel=0.005, abs=0.51)


@pytest.mark.parametrize(
    ("histories", "low95", "median", "high95"),
    [
        # Found by sums over every whole number, and by adaptive integration, of a reader's own making.
        (of(0, 186_159, 138_802, 69_534, 14_396, 856, 0, 0), 777_663, 782_253, 3_685_485),
        (of(0, 3_247, 4_026, 0, 4_682, 11_048, 4_354, 0), 28_651, 31_281, 31_907),
        (of(0, 1_925, 1_043, 768, 9_254, 0, 15, 69), 4_837_852, 25_714_310, 703_760_000),
    ],
)
def test_a_narrow_peak_and_a_far_end_are_found(
    histories: Histories, low95: float, median: float, high95: float
) -> None:
    size = averaged(histories).size
    assert size.low95 == pytest.approx(low95, rel=0.005)
    assert size.median == pytest.approx(median, rel=0.005)
    assert size.high95 == pytest.approx(high95, rel=0.005)


def test_a_narrow_peak_has_its_weight() -> None:
    """Of two graphs of which one is sharper than any block of a first look: by sums over whole numbers around both."""
    histories = of(0, 3_247, 4_026, 0, 4_682, 11_048, 4_354, 0)
    whole = np.arange(0, 40_000)
    logs = np.array(
        [[_log_weight(histories, terms, int(u)) for u in whole[::8]] for terms in decomposable(3).terms]
    )
    weights = np.exp(logs - logs.max())
    expected = weights.sum(axis=1) / weights.sum()
    assert averaged(histories).chances == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("times", [1, 200_000])
def test_where_people_are_many_nothing_is_cut_off(times: int) -> None:
    kosovo = published("kosovo_4lists")
    table = Histories(lists=kosovo.lists, counts=kosovo.counts * times)
    size, fine = averaged(table).size, averaged(table, blocks=7_000).size
    assert size.median == pytest.approx(fine.median, rel=0.001)
    assert size.high95 < 4 * table.documented


def test_a_mean_that_does_not_end_is_none() -> None:
    """Where two lists share nobody beside a third, the chance of N falls as its square."""
    assert averaged(published("artificial_3")).size.mean == math.inf
    assert averaged(published("kosovo_4lists")).size.mean == pytest.approx(12_749, rel=0.001)


def _log_weight(histories: Histories, terms: np.ndarray, unseen: int) -> float:
    """Of one graph with so many unseen, by the formulas, one cell after the other."""
    lists, n = len(histories.lists), histories.documented + unseen
    prior = 2.0**-lists
    total = math.lgamma(n + 1) - math.lgamma(unseen + 1) - math.log(n)
    for within in range(1, 1 << lists):
        if not terms[within]:
            continue
        cells: dict[int, int] = {sub: 0 for sub in range(1 << lists) if sub & ~within == 0}
        for pattern, count in enumerate(histories.counts.tolist()):
            cells[pattern & within] += count
        cells[0] += unseen
        each = prior * (1 << lists) / len(cells)
        margin = math.lgamma(1.0) - math.lgamma(1.0 + n)
        margin += sum(math.lgamma(each + count) - math.lgamma(each) for count in cells.values())
        total += int(terms[within]) * margin
    return total


def test_lists_that_go_together_are_found_to() -> None:
    """Two lists copy each other half of the time, a third goes its own way."""
    found = averaged(of(0, 100, 90, 210, 80, 22, 20, 45)).edges()
    assert found[0, 1] > 0.99
    assert max(found[0, 2], found[1, 2]) < 0.2


@pytest.mark.parametrize("lists", [1, 7])
def test_one_list_and_seven_are_too_few_and_too_many(lists: int) -> None:
    with pytest.raises(ValueError, match="two to six lists"):
        averaged(Histories(lists=tuple("ABCDEFG"[:lists]), counts=np.zeros(1 << lists, np.int64)))
