"""A short form of the study of the exposure model, and what the study is made of: ``bench/exposure_study``."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.exposure_study import figures as made
from bench.exposure_study.families import FAMILIES, state_of
from bench.exposure_study.ranks import any_of_first, counted, guilt, holders, together
from bench.exposure_study.study import APART, answered, by_family, study, tried
from bench.exposure_study.tables import accusations, calibration, rankings, volume
from bench.exposure_study.worlds import BACKGROUND, NOT_SEEN, PEOPLE, UNIT_SIZE, world
from bench.kept import Row, rows
from tearline.estimates.exposure import tested as shown
from tearline.estimates.exposure.solution import solve

RESULTS = Path(made.__file__).parent / "results.json"
DOCS = Path(__file__).parents[3] / "docs" / "exposure.md"
WORLDS = 60


@pytest.fixture(scope="module")
def drawn_from_it() -> list[Row]:
    return list(tried([FAMILIES["A"]], WORLDS)["A"])


def test_what_is_said_of_people_comes_true_in_worlds_drawn_from_the_model(drawn_from_it: list[Row]) -> None:
    found = made.add_up("A", drawn_from_it)
    assert found["shown"] > 300
    assert found["ece"] < 2 * found["noise"]
    assert abs(found["said"] - found["true"]) < 0.03


def test_it_ranks_no_worse_than_what_it_is_compared_with(drawn_from_it: list[Row]) -> None:
    ranked = made.add_up("A", drawn_from_it)["ranks"]["top1"]
    assert ranked["model"] > ranked["guilt"]
    assert ranked["model"] > ranked["count"]


def test_the_study_notices_readers_whom_nobody_logged(drawn_from_it: list[Row]) -> None:
    found = made.add_up("C2", tried([FAMILIES["C2"]], WORLDS)["C2"])
    assert found["ece"] > 3 * found["noise"]
    assert found["said"] - found["true"] > 0.1
    assert found["accused"]["0.9"]["false"] > made.add_up("A", drawn_from_it)["accused"]["0.9"]["false"]


def test_a_world_is_the_same_twice_and_no_other_one() -> None:
    law = FAMILIES["C2"].law
    one, again, other = world(law, APART), world(law, APART), world(law, APART + 1)
    assert np.array_equal(one.q, again.q)
    assert np.array_equal(one.seen, again.seen)
    assert not np.array_equal(one.q[:50], other.q[:50])


def test_nothing_comes_out_but_through_channels_who_read_it_or_by_itself() -> None:
    law = FAMILIES["B"].law
    by_itself = items = 0
    for number in range(APART, APART + 40):
        drawn = world(law, number)
        assert not drawn.came_out[~drawn.channel[drawn.person]].any()
        for item in drawn.leaked.tolist():
            through = drawn.came_out[holders(drawn, item)].any()
            by_itself += not through
        out = np.zeros(len(drawn.seen), bool)
        out[np.repeat(np.arange(len(drawn.seen)), np.diff(drawn.start))[drawn.came_out]] = True
        assert (drawn.seen[out] != NOT_SEEN).all()
        items += len(drawn.seen)
    assert 0.5 * BACKGROUND < by_itself / items < 2 * BACKGROUND


def test_half_of_what_leaks_is_unlogged_readers_where_half_of_them_are() -> None:
    """What comes out without a logged reader: next to nothing, or as much again as through them."""
    share = {}
    for name in ("A", "C1"):
        through = leaked = 0
        for number in range(APART, APART + 60):
            drawn = world(FAMILIES[name].law, number)
            through += sum(bool(drawn.came_out[drawn.edges(item)].any()) for item in drawn.leaked.tolist())
            leaked += len(drawn.leaked)
        share[name] = through / leaked
    assert share["A"] > 0.85
    assert 0.35 < share["C1"] < 0.6


def test_ties_are_settled_as_chance_would() -> None:
    scores = np.array([2.0, 1.0, 1.0, 1.0, 0.0])
    right = np.array([False, False, True, True, True])
    for first in (1, 2, 3, 4):
        hits = [
            any(right[i] for i in sorted(order, key=lambda i: -scores[i])[:first])
            for order in permutations(range(5))
        ]
        assert any_of_first(scores, right, first) == pytest.approx(np.mean(hits), abs=1e-12)


def test_the_guilt_model_is_as_published() -> None:
    drawn = next(d for n in range(APART, APART + 50) if len((d := world(FAMILIES["A"].law, n)).leaked) == 2)
    sizes = {item: len(holders(drawn, item)) for item in drawn.leaked.tolist()}
    count, found = counted(drawn), guilt(drawn)
    for person in np.flatnonzero(count).tolist():
        innocent = 1.0
        for item, size in sizes.items():
            if person in drawn.person[holders(drawn, item)]:
                innocent *= 1.0 - 0.9 / size
        assert found[person] == pytest.approx(1.0 - innocent)
    assert (found[count == 0] == 0).all()


def test_three_sought_together_are_each_the_likeliest_if_those_before_are_none() -> None:
    family = FAMILIES["E2"]
    drawn = next(d for n in range(APART, APART + 50) if len((d := world(family.law, n)).leaked) > 3)
    state = state_of(family, drawn)
    alone = solve(state).probability
    chosen, chance = together(state, 3)
    assert chosen[0] == int(np.argmax(alone))
    assert len(set(chosen)) == 3
    assert alone[chosen].max() < chance < alone[chosen].sum()
    assert together(state, 1) == (chosen[:1], 1.0 - (1.0 - float(alone[chosen[0]])))


def test_a_phantom_who_read_as_members_do_reads_less_than_one_who_read_everything() -> None:
    drawn = world(FAMILIES["D6"].law, APART)
    everything, seldom = (state_of(FAMILIES[name], drawn) for name in ("D4", "D6"))
    item = drawn.leaked.tolist()[0]
    readers = seldom.items[item].readers
    phantom = readers.people >= PEOPLE
    assert phantom.any()
    assert np.array_equal(readers.q[~phantom], everything.items[item].readers.q[~phantom])
    variant = readers.variant
    assert variant is not None
    unit = int(drawn.person[holders(drawn, item)][0]) // UNIT_SIZE
    here = ~phantom & (readers.people // UNIT_SIZE == unit) & (variant == drawn.seen[item])
    expected = readers.q[here].sum() / UNIT_SIZE
    assert np.isclose(readers.q[phantom & (variant == drawn.seen[item])], expected).any()


def test_a_second_run_asks_only_what_has_no_answer_yet(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    family = replace(FAMILIES["A"], worlds=3)
    known = [answered(family, n) for n in range(3)]
    path.write_text("\n".join([json.dumps(known[0]), json.dumps(known[2]), json.dumps(known[1])[:40]]))
    study([family], path, workers=1)
    assert by_family(rows(path)) == {"A": known}
    assert len(rows(path)) == 3


@pytest.mark.parametrize(("false", "accused", "at_most"), [(0, 298, 0.01), (0, 4, 0.527), (48, 160, 0.365)])
def test_bounds_are_those_of_clopper_and_pearson(false: int, accused: int, at_most: float) -> None:
    row = {"above": [[0.95, 0]] * false + [[0.95, 1]] * (accused - false)}
    found = made.accused([row], 0.9, channels=1000)
    assert (found["false"], found["accused"]) == (false, accused)
    assert found["at_most"] == pytest.approx(at_most, abs=0.001)


def test_what_pages_show_of_the_study_is_what_it_found() -> None:
    families = json.loads(RESULTS.read_text())["families"]
    assert [made.as_tested(one) for one in families.values()] == list(shown.tested().values())
    assert list(shown.tested()) == list(families)


@pytest.mark.parametrize("table", [calibration, accusations, rankings, volume])
def test_the_tables_of_the_docs_are_what_it_found(table: Callable[[dict[str, Any]], list[str]]) -> None:
    found = json.loads(RESULTS.read_text())["families"]
    assert "\n".join(table(found)) in DOCS.read_text()
