"""What is reckoned from an earlier answer is what is reckoned from the beginning."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tearline.estimates.exposure import State, World, read_world
from tearline.estimates.exposure.solution import Method, Solution, how, solve
from tearline.estimates.exposure.world import (
    Compromised,
    Id,
    NotCompromised,
    Observation,
    Release,
    Report,
    Unknown,
)
from tearline.facts.errors import Malformed
from tests.estimates.exposure.worlds import worlds

NEAR = 1e-12
PLAIN: tuple[Observation, ...] = (
    Unknown(),
    NotCompromised(),
    Compromised(),
    Report(likelihood_ratio=8.0),
    Report(likelihood_ratio=0.25),
)


def solved(state: State) -> Solution | None:
    assert how(state) is Method.COVER
    try:
        return solve(state)
    except Malformed:
        return None


def same(found: Solution | None, afresh: Solution | None) -> None:
    assert (found is None) == (afresh is None)
    if found is not None and afresh is not None:
        assert abs(found.log_evidence - afresh.log_evidence) <= NEAR * max(abs(afresh.log_evidence), 1.0)
        assert np.abs(found.probability - afresh.probability).max() <= NEAR
        assert np.abs(found.omega - afresh.omega).max() <= NEAR


def observed(world: World, item: Id, observation: Observation) -> World:
    items = [replace(one, observation=observation) if one.id == item else one for one in world.items]
    return replace(world, items=tuple(items))


@settings(max_examples=400)
@given(worlds(), st.data())
def test_observations_one_after_the_other_are_those_of_the_whole_world(
    plain: dict[str, Any], data: st.DataObject
) -> None:
    note(json.dumps(plain))
    world = read_world(plain, file="world.json")
    state = State.of(world)
    for _ in range(data.draw(st.integers(1, 6))):
        item = data.draw(st.sampled_from([one.id for one in world.items]))
        observation = data.draw(st.sampled_from(PLAIN))
        world = observed(world, item, observation)
        state = state.observe(item, Unknown()).observe(item, observation)
        if data.draw(st.booleans()):
            same(solved(state), solved(State.of(world)))
    same(solved(state), solved(State.of(world)))


@settings(max_examples=150)
@given(worlds(), st.data())
def test_a_release_that_did_not_leak_or_did_is_taken_up(plain: dict[str, Any], data: st.DataObject) -> None:
    note(json.dumps(plain))
    state = State.of(read_world(plain, file="world.json"))
    earlier = solved(state)
    kept = np.zeros(0) if earlier is None else earlier.probability.copy()
    everyone = [one["id"] for one in plain["people"]]
    people = data.draw(st.lists(st.sampled_from(everyone), min_size=1, unique=True))
    release = Release(recipients=tuple(people), q=(0.5,) * len(people), background=0.01)
    for n in range(data.draw(st.integers(1, 3))):
        state = state.released(f"new {n}", release)
        state = state.observe(f"new {n}", data.draw(st.sampled_from(PLAIN)))
        same(solved(state), solved(state.weighing(state.log_m, state.log_c, state.covers)))
    if earlier is not None:
        assert np.array_equal(earlier.probability, kept), "an answer that was given does not change"
