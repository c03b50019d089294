"""Each scenario is what the world says with that one thing changed in it."""

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tearline.estimates.exposure import State, attribute, read_world
from tearline.estimates.exposure.sensitivity import PHANTOM, sensitivity

PLAIN = json.loads((Path(__file__).parent / "data" / "w1_single_channel.json").read_text())


def state(plain: dict[str, Any]) -> State:
    return State.of(read_world(plain, file="w"))


def scenarios(plain: dict[str, Any]) -> dict[str, Any]:
    return {one.name: one.posterior for one in sensitivity(state(plain))}


def same(found: Any, plain: dict[str, Any]) -> None:
    expected = attribute(state(plain))
    assert found.probability == pytest.approx(expected.probability, abs=1e-12)
    assert found.log_evidence == pytest.approx(expected.log_evidence, abs=1e-12)
    assert found.p_nobody_logged == pytest.approx(expected.p_nobody_logged, abs=1e-12)


@pytest.mark.parametrize(("name", "factor"), [("q_times_2", 2.0), ("q_over_2", 0.5)])
def test_chances_are_scaled_and_never_above_one(name: str, factor: float) -> None:
    plain = copy.deepcopy(PLAIN)
    for exposure in plain["exposures"]:
        exposure["q"] = min(exposure["q"] * factor, 1.0)
    same(scenarios(PLAIN)[name], plain)


@pytest.mark.parametrize(("name", "factor"), [("prior_times_10", 10.0), ("prior_over_10", 0.1)])
def test_priors_are_scaled_in_odds(name: str, factor: float) -> None:
    plain = copy.deepcopy(PLAIN)
    for unit in plain["units"]:
        unit["nodes"] = [factor * x / (1 - x + factor * x) for x in unit["nodes"]]
    same(scenarios(PLAIN)[name], plain)


def test_each_unit_that_read_what_leaked_gets_a_phantom_that_read_what_it_did() -> None:
    plain = copy.deepcopy(PLAIN)
    of = {person["id"]: person["unit"] for person in plain["people"]}
    for unit in (0, 1, 2):
        name = f"phantom of {unit}"
        plain["units"].append({"id": name, "nodes": [PHANTOM], "weights": [1.0]})
        plain["people"].append({"id": name, "unit": name, "phantom": True})
        for item in plain["items"]:
            read = [e["q"] for e in PLAIN["exposures"] if e["item"] == item["id"] and of[e["person"]] == unit]
            if read:
                mean = float(np.mean(read))
                plain["exposures"].append({"person": name, "item": item["id"], "q": mean, "variant": 0})
    found = scenarios(PLAIN)["with_phantoms"]
    same(found, plain)
    assert found.p_nobody_logged > 10 * attribute(state(PLAIN)).p_nobody_logged
    assert found.expected_channels == pytest.approx(found.probability[:12].sum())


def test_phantoms_that_a_world_has_can_be_thought_away() -> None:
    plain = copy.deepcopy(PLAIN)
    plain["people"][4]["phantom"] = True
    without = copy.deepcopy(plain)
    without["exposures"] = [e for e in without["exposures"] if e["person"] != 4]
    same(scenarios(plain)["without_phantoms"], without)


def test_it_is_asked_in_the_same_way_where_time_is_cut_into_epochs() -> None:
    plain = PLAIN | {"half_life_days": 60.0}
    for name, posterior in scenarios(plain).items():
        assert np.isfinite(posterior.probability).all(), name
        assert posterior.by_epoch.shape[0] == 4
