"""Why no number is given: each reason has a table that gives it, and one beside it that does not."""

import numpy as np
import pytest

from tearline.estimates.casualties import Histories, estimate
from tearline.estimates.casualties.decomposable import Interval
from tearline.estimates.casualties.overlaps import Overlap, overlaps
from tearline.estimates.casualties.refusals import of_draws, of_lists, of_methods, of_overlaps, of_width
from tests.estimates.casualties.tables import of, published

GOOD = of(0, 120, 90, 40, 80, 30, 20, 15)


def rules(histories: Histories) -> set[str]:
    return {reason.rule for reason in of_lists(histories)}


def test_three_lists_that_overlap_well_give_none() -> None:
    assert rules(GOOD) == set()
    assert not list(of_overlaps(overlaps(GOOD, 700)))


@pytest.mark.parametrize(
    ("histories", "rule"),
    [
        (of(0, 60, 40, 20), "few-lists"),
        (of(0, 120, 90, 40, 0, 0, 0, 0), "empty-list"),
        (of(0, 120, 90, 40, 80, 0, 0, 0), "isolated-list"),
        (of(0, 120, 90, 40, 0, 30, 0, 15), "contained-list"),
        (of(0, 0, 0, 50, 80, 0, 0, 15), "contained-list"),
        (of(0, 120, 90, 5, 80, 4, 3, 2), "few-seen-twice"),
        (of(0, 900, 900, 15, 900, 15, 15, 5), "few-seen-twice"),
    ],
)
def test_lists_that_cannot_carry_a_number(histories: Histories, rule: str) -> None:
    assert rule in rules(histories)


def test_one_copy_is_named_once() -> None:
    reasons = [r for r in of_lists(of(0, 0, 0, 50, 80, 0, 0, 15)) if r.rule == "contained-list"]
    assert [r.because.en for r in reasons] == ["everybody on A stands on B too: a copy is no second list"]


def test_two_lists_that_share_nobody_where_few_would_be_expected() -> None:
    few = of(0, 30, 30, 20, 5, 0, 3, 0)
    assert [r.rule for r in of_overlaps(overlaps(few, 200))] == ["interaction-not-identified"]
    many = of(0, 300, 300, 200, 250, 0, 130, 0)
    assert not list(of_overlaps(overlaps(many, 2_000)))


@pytest.mark.parametrize(("alone", "sentences"), [(3, 3), (4, 1)])
def test_of_many_such_pairs_one_sentence_says_how_many(alone: int, sentences: int) -> None:
    """A table of many lists has dozens."""
    pairs = [
        Overlap(lists=("A", f"B{n}"), both=0 if n < alone else 9, expected=0.5 + n, log_odds=None)
        for n in range(5)
    ]
    reasons = list(of_overlaps(pairs))
    assert {r.rule for r in reasons} == {"interaction-not-identified"}
    assert len(reasons) == sentences
    if sentences == 1:
        (only,) = reasons
        assert only.because.en == (
            "of 5 pairs of lists 4 share nobody, where at most 3.5 would be expected: whether they shut each other out"
            " cannot be told (A and B0, A and B1, A and B2, …)"
        )
        assert "A y B2, …" in only.because.es


@pytest.mark.parametrize(
    ("effective", "refused"), [(10.0, []), (9.9, ["draws-few"]), (float("nan"), ["draws-few"])]
)
def test_few_draws_of_people_who_differ(effective: float, refused: list[str]) -> None:
    assert [reason.rule for reason in of_draws(effective)] == refused


def test_a_table_so_large_that_few_draws_are_left_has_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tearline.estimates.casualties.latent.MOST_VISITS", 1)  # not what this is about
    kosovo = published("kosovo_4lists")
    large = Histories(lists=kosovo.lists, counts=kosovo.counts * 1_000)
    found = estimate(large, seed=1, varied=False)
    assert found.abilities is not None
    assert found.abilities.effective < 10
    assert found.size is None
    assert "draws-few" in {reason.rule for reason in found.refused}


def interval(median: float, low: float, high: float) -> Interval:
    return Interval(median=median, low95=low, high95=high, mean=median)


@pytest.mark.parametrize(
    ("one", "other", "disagree"),
    [
        (interval(1_000, 800, 1_500), interval(1_400, 900, 2_000), False),
        (interval(1_000, 800, 1_500), interval(1_501, 900, 2_000), True),
        (interval(1_000, 990, 1_010), interval(1_100, 1_050, 1_200), True),
    ],
)
def test_methods_that_say_different_things(one: Interval, other: Interval, *, disagree: bool) -> None:
    between = interval(1_020, 700, 3_000)
    assert bool(list(of_methods(one, other, between))) is disagree
    assert bool(list(of_methods(other, one, between))) is disagree


@pytest.mark.parametrize(
    ("differing", "disagree"),
    [
        (interval(1_600, 1_510, 1_700), True),
        (interval(1_600, 1_390, 1_700), False),
        (interval(700, 600, 790), True),
    ],
)
def test_a_third_method_that_stands_apart_from_both(differing: Interval, *, disagree: bool) -> None:
    graphs, classes = interval(1_000, 800, 1_400), interval(1_050, 820, 1_500)
    found = list(of_methods(graphs, classes, differing))
    assert [one.rule for one in found] == ["methods-disagree"] * disagree
    assert bool(list(of_methods(None, classes, differing))) is disagree


def test_an_interval_that_is_too_wide() -> None:
    assert not list(of_width(interval(100, 50, 300)))
    assert [r.rule for r in of_width(interval(100, 50, 301))] == ["too-wide"]


def test_kosovo_gets_a_number() -> None:
    found = estimate(published("kosovo_4lists"), seed=1, varied=False)
    assert found.refused == ()
    assert found.size is not None
    assert found.graphs is not None
    low, high = sorted((found.graphs.size.median, found.latent_size.median))
    assert low < found.size.median < high
    assert found.documented == 4_400


def test_the_artificial_table_gets_none_though_every_method_runs() -> None:
    found = estimate(published("artificial_3"), seed=1)
    assert found.size is None
    said = {reason.rule for reason in found.refused}
    assert {"isolated-list", "few-seen-twice", "interaction-not-identified"} <= said
    assert found.graphs is not None
    assert found.latent is not None
    assert found.loglinear is not None
    assert found.varied is not None


def test_nobody_at_all_is_no_table() -> None:
    found = estimate(Histories(lists=("A", "B", "C"), counts=np.zeros(8, np.int64)), seed=1)
    assert found.size is None
    assert found.documented == 0
    assert {"empty-list", "few-seen-twice"} <= {reason.rule for reason in found.refused}
