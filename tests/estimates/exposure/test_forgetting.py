"""Units that are renewed from time to time, against enumeration of every course that renewals can take."""

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tearline.estimates.exposure import State, attribute, read_world, risk
from tearline.estimates.exposure.epochs import MOST_EPOCHS, Epochs
from tearline.facts.errors import Malformed
from tests.estimates.exposure.oracle import ONE, ZERO, Plain, exactly, likelihood, prior_moment
from tests.estimates.exposure.worlds import worlds

NEAR = 1e-9

When = Mapping[tuple[object, int], int]


def regimes(renewed: tuple[int, ...]) -> Iterator[list[int]]:
    """The epochs of each regime, if a unit was renewed at these bounds."""
    here = [0]
    for epoch, new in enumerate(renewed, 1):
        if new:
            yield here
            here = []
        here.append(epoch)
    yield here


def courses(
    unit: Plain, members: list[object], stay: list[Decimal]
) -> Iterator[tuple[dict[Any, int], Decimal]]:
    """Everything that may have become of a unit: who was a channel when, and how probable that is."""
    for renewed in itertools.product((0, 1), repeat=len(stay)):
        chance = math.prod((1 - s if new else s for new, s in zip(renewed, stay, strict=True)), start=ONE)
        spans = list(regimes(renewed))
        for channels in itertools.product(itertools.product((0, 1), repeat=len(members)), repeat=len(spans)):
            z: dict[Any, int] = {}
            prior = chance
            for epochs, values in zip(spans, channels, strict=True):
                prior *= prior_moment(unit, sum(values), len(values) - sum(values))
                z |= {(m, e): v for m, v in zip(members, values, strict=True) for e in epochs}
            yield z, prior


def enumerated(plain: dict[str, Any], epochs: Epochs) -> dict[str, Any] | None:
    with localcontext(prec=100):
        return _enumerated(exactly(plain), epochs)


def _enumerated(world: dict[str, Any], epochs: Epochs) -> dict[str, Any] | None:
    days = {item["id"]: item["released_day"] for item in world["items"]}
    world = world | {
        "exposures": [
            e | {"person": (e["person"], epochs.of(float(days[e["item"]])))} for e in world["exposures"]
        ]
    }
    stay = [Decimal(one) for one in epochs.stay]
    people = [p["id"] for p in world["people"]]
    logged = [p["id"] for p in world["people"] if not p.get("phantom")]
    of_unit = [[p["id"] for p in world["people"] if p["unit"] == unit["id"]] for unit in world["units"]]
    asked = dict(zip(world["forward"]["recipients"], world["forward"]["q"], strict=True))
    now = len(epochs) - 1
    total = silent = leaked = ZERO
    by_epoch = [[ZERO] * len(people) for _ in range(len(epochs))]
    each = [list(courses(unit, who, stay)) for unit, who in zip(world["units"], of_unit, strict=True)]
    for course in itertools.product(*each):
        z: dict[Any, int] = {}
        weight = ONE
        for part, prior in course:
            z |= part
            weight *= prior
        for item in world["items"]:
            weight *= likelihood(world, item, z)
        total += weight
        kept = math.prod(
            (1 - z[i, now] * q for i, q in asked.items()), start=1 - world["forward"]["background"]
        )
        leaked += weight * (1 - kept)
        if not any(z[i, e] for i in logged for e in range(len(epochs))):
            silent += weight
        for e, n in itertools.product(range(len(epochs)), range(len(people))):
            by_epoch[e][n] += weight * z[people[n], e]
    if total <= 0:
        return None
    return {
        "log_evidence": float(total.ln()),
        "by_epoch": [[float(p / total) for p in row] for row in by_epoch],
        "p_leak": float(leaked / total),
        "p_nobody_logged": float(silent / total),
    }


@st.composite
def dated_worlds(draw: st.DrawFn) -> dict[str, Any]:
    world = draw(worlds(most_people=3, most_items=4))
    for item in world["items"]:
        item["released_day"] = draw(st.sampled_from([0.0, 3.0, 4.9]))
    span = 10.0 - min(item["released_day"] for item in world["items"])
    world["half_life_days"] = span * draw(st.sampled_from([1.4, 2.5]))  # three epochs, or two
    return world


@settings(max_examples=300)
@given(dated_worlds())
def test_every_figure_is_that_of_enumeration(plain: dict[str, Any]) -> None:
    note(json.dumps(plain))
    world = read_world(plain, file="world.json")
    state = State.of(world)
    assert 2 <= len(state.epochs) <= 3
    expected = enumerated(plain, state.epochs)
    if expected is None:
        with pytest.raises(Malformed, match="observations that can all be true"):
            attribute(state)
        return
    found = attribute(state)
    assert math.isclose(found.log_evidence, expected["log_evidence"], rel_tol=NEAR, abs_tol=NEAR)
    assert np.abs(found.by_epoch - expected["by_epoch"]).max() <= NEAR
    assert np.abs(found.probability - expected["by_epoch"][-1]).max() <= NEAR
    assert abs(found.p_nobody_logged - expected["p_nobody_logged"]) <= NEAR
    assert world.forward is not None
    asked = risk(state, world.forward)
    assert abs(asked.p_leak - expected["p_leak"]) <= NEAR
    assert 0.0 <= asked.low95 <= asked.p_leak <= asked.high95 <= 1.0


def one_leak(half_life: float | None, released: float = 0.0) -> dict[str, Any]:
    """A unit of two of whom one read what leaked, 100 days ago if not said otherwise."""
    return {
        "adversary": "A",
        "horizon_days": 100.0,
        "half_life_days": half_life,
        "units": [{"id": "u", "beta_mean": 0.05, "beta_kappa": 5.0}],
        "people": [{"id": "reader", "unit": "u"}, {"id": "other", "unit": "u"}],
        "items": [
            {"id": "x", "released_day": released, "background": 0.001, "observation": "compromised"},
            {"id": "y", "released_day": 0.0, "background": 0.001, "observation": "unknown"},
        ],
        "exposures": [{"person": "reader", "item": "x", "q": 0.5}],
    }


def probability(plain: dict[str, Any]) -> float:
    return float(attribute(State.of(read_world(plain, file="w"))).probability[0])


def test_old_evidence_speaks_of_today_with_the_chance_that_the_unit_is_the_same() -> None:
    """Three quarters of a half-life lie between the first of four epochs and the last."""
    certain, same = probability(one_leak(None)), 2.0**-0.75
    assert certain > 0.9
    assert probability(one_leak(100.0)) == pytest.approx(same * certain + (1.0 - same) * 0.05, rel=0.01)
    assert probability(one_leak(100.0, released=99.0)) == pytest.approx(certain, rel=1e-6)


def test_what_was_then_is_not_forgotten() -> None:
    found = attribute(State.of(read_world(one_leak(100.0), file="w")))
    assert found.by_epoch[0, 0] > 0.9
    assert list(found.by_epoch[:, 0]) == sorted(found.by_epoch[:, 0], reverse=True)


def test_epochs_are_bounded_in_number_and_end_at_the_horizon() -> None:
    assert len(Epochs.cut(0.0, 100.0, None)) == 1
    assert len(Epochs.cut(0.0, 100.0, 1_000.0)) == 1
    short = Epochs.cut(0.0, 100.0, 1.0)
    assert len(short) == MOST_EPOCHS
    assert short.stay[0] == pytest.approx(2.0**-12.5)
    assert [short.of(day) for day in (0.0, 12.4, 12.6, 99.0, 100.0)] == [0, 0, 1, 7, 7]
    quarter = Epochs.cut(0.0, 100.0, 100.0)
    assert len(quarter) == 4
    assert quarter.stay[0] == pytest.approx(2.0**-0.25)
