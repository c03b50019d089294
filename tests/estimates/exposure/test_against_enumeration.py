"""Every figure against enumeration of all choices of channels, on worlds by chance; and on the two worked ones."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings

from tearline.estimates.exposure import State, attribute, read_world, risk, write_world
from tearline.facts.errors import Malformed
from tests.estimates.exposure.oracle import enumerated
from tests.estimates.exposure.worlds import worlds

DATA = Path(__file__).parent / "data"
NEAR = 1e-9


def holds(plain: dict[str, Any]) -> None:
    note(json.dumps(plain))
    world = read_world(plain, file="world.json")
    assert read_world(json.loads(json.dumps(write_world(world))), file="world.json") == world
    expected = enumerated(plain)
    if expected is None:
        with pytest.raises(Malformed, match="observations that can all be true"):
            attribute(State.of(world))
        return
    state = State.of(world)
    found = attribute(state)
    assert np.abs(found.probability - expected.posterior).max() <= NEAR
    assert math.isclose(found.log_evidence, expected.log_evidence, rel_tol=NEAR, abs_tol=NEAR)
    assert abs(found.p_nobody_logged - expected.p_nobody_logged) <= NEAR
    assert abs(found.p_unlogged - expected.p_unlogged) <= NEAR
    assert np.abs(found.units.mean - expected.propensity).max() <= NEAR
    if world.forward is not None and expected.p_leak is not None:
        asked = risk(state, world.forward)
        assert abs(asked.p_leak - expected.p_leak) <= NEAR
        for reader, without in zip(asked.readers, expected.p_leak_without, strict=True):
            assert abs(reader.without - without) <= NEAR
        assert 0.0 <= asked.low95 <= asked.p_leak <= asked.high95 <= 1.0


@settings(max_examples=1_500)
@given(worlds())
def test_every_figure_is_that_of_enumeration(plain: dict[str, Any]) -> None:
    holds(plain)


@pytest.mark.parametrize("name", ["w1_single_channel", "w3_marked_copies_v3"])
def test_the_worked_worlds_are_reproduced(name: str) -> None:
    plain = json.loads((DATA / f"{name}.json").read_text())
    world = read_world(plain, file=name)
    state = State.of(world)
    found = attribute(state)
    assert np.abs(found.probability - plain["posterior"]).max() <= NEAR
    assert abs(found.log_evidence - plain["log_evidence"]) <= NEAR
    assert world.forward is not None
    assert abs(risk(state, world.forward).p_leak - plain["forward"]["p_leak"]) <= NEAR
