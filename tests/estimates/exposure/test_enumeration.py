"""Few readers of many items: every choice of channels, against the cover and against the plain oracle."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings

from tearline.estimates.exposure import State, attribute, read_world, risk
from tearline.facts.errors import Malformed
from tests.estimates.exposure.oracle import enumerated
from tests.estimates.exposure.worlds import worlds

NEAR = 1e-9


@settings(max_examples=200)
@given(worlds())
def test_it_says_what_the_cover_says(plain: dict[str, Any]) -> None:
    note(json.dumps(plain))
    world = read_world(plain, file="w")
    state = State.of(world)
    other = replace(state, most_products=-1.0)
    try:
        expected = attribute(state)
    except Malformed:
        with pytest.raises(Malformed, match="observations that can all be true"):
            attribute(other)
        return
    found = attribute(other)
    assert found.method == "enumeration"
    assert np.abs(found.probability - expected.probability).max() <= NEAR
    assert found.log_evidence == pytest.approx(expected.log_evidence, abs=NEAR, rel=NEAR)
    assert np.abs(found.units.mean - expected.units.mean).max() <= NEAR
    assert world.forward is not None
    one, two = risk(other, world.forward), risk(state, world.forward)
    assert one.p_leak == pytest.approx(two.p_leak, abs=NEAR)
    for first, second in zip(one.readers, two.readers, strict=True):
        assert first.without == pytest.approx(second.without, abs=NEAR)


def test_sixty_items_among_six_readers_are_exact() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    world = {
        "adversary": "A",
        "horizon_days": 1.0,
        "units": [{"id": n, "beta_mean": 0.02, "beta_kappa": 6.0} for n in range(3)],
        "people": [{"id": n, "unit": n % 3, "phantom": n == 5} for n in range(6)],
        "items": [
            {"id": n, "released_day": 0.0, "background": 1e-6, "observation": "compromised"}
            for n in range(60)
        ],
        "exposures": [
            {"person": p, "item": i, "q": float(random.uniform(0.1, 0.6))}
            for i in range(60)
            for p in range(6)
            if random.random() < 0.5
        ],
        "forward": {"recipients": [0, 3], "q": [0.5, 1.0], "background": 0.01},
    }
    expected = enumerated(world)
    state = State.of(read_world(world, file="w"))
    found = attribute(state)
    assert expected is not None
    assert found.method == "enumeration"
    assert np.abs(found.probability - expected.posterior).max() <= NEAR
    assert found.log_evidence == pytest.approx(expected.log_evidence, rel=1e-12)
    assert found.p_nobody_logged == pytest.approx(expected.p_nobody_logged, rel=1e-6, abs=1e-300)
    asked = read_world(world, file="w").forward
    assert asked is not None
    assert risk(state, asked).p_leak == pytest.approx(expected.p_leak, abs=NEAR)


def test_what_cannot_have_been_has_no_evidence_here_either() -> None:
    """Everybody in the unit is a channel, and one of them passes on whatever they read."""
    plain = {
        "adversary": "A",
        "horizon_days": 10.0,
        "units": [{"id": 0, "nodes": [1.0], "weights": [1.0]}],
        "people": [{"id": n, "unit": 0} for n in range(4)],
        "items": [{"id": 0, "released_day": 3.5, "background": 0.01, "observation": "compromised"}],
        "exposures": [{"person": 0, "item": 0, "q": 1.0}],
        "forward": {"recipients": [0], "q": [1.0], "background": 0.01},
    }
    world = read_world(plain, file="w")
    state = replace(State.of(world), most_products=-1.0)
    assert attribute(state).method == "enumeration"
    assert world.forward is not None
    assert risk(state, world.forward).p_leak == 1.0
