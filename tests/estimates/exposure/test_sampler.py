"""The sampler beside the exact answer, where there is one; and no answer where its chains have not met."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tearline.estimates.exposure import State, attribute, read_world, risk, sampler, sampling, solution
from tearline.estimates.exposure.sampler import LARGEST_GAP
from tearline.estimates.exposure.state import MOST_PRODUCTS
from tearline.facts.errors import Refused

DATA = Path(__file__).parent / "data"
NAMES = ("w1_single_channel", "w3_marked_copies_v3")


def plain(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return read


@pytest.fixture(autouse=True)
def no_enumeration(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all worlds had too many readers for that."""
    monkeypatch.setattr(solution, "MOST_READERS", -1)


def sampled(world: dict[str, Any], seed: int = 0) -> State:
    """A state for which no exact answer is affordable."""
    return replace(State.of(read_world(world, file="w"), seed=seed), most_products=0.0)


@pytest.mark.parametrize("name", NAMES)
def test_the_sampler_comes_close_to_the_exact_answer(name: str) -> None:
    world = read_world(plain(name), file="w")
    exact, found = attribute(State.of(world)), attribute(sampled(plain(name)))
    assert found.method == "sampler"
    assert found.digits_left is None
    assert found.chain_gap is not None
    assert found.chain_gap < LARGEST_GAP
    assert np.abs(found.probability - exact.probability).max() < 0.02
    assert found.log_evidence == pytest.approx(exact.log_evidence, abs=0.1)
    assert found.p_nobody_logged == pytest.approx(exact.p_nobody_logged, rel=0.1)
    assert np.abs(found.units.mean - exact.units.mean).max() < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_a_leak_is_as_probable_by_the_states_that_were_kept(name: str) -> None:
    world = read_world(plain(name), file="w")
    assert world.forward is not None
    exact, found = risk(State.of(world), world.forward), risk(sampled(plain(name)), world.forward)
    assert found.method == "sampler"
    assert found.p_leak == pytest.approx(exact.p_leak, rel=0.05)
    assert found.low95 == pytest.approx(exact.low95, rel=0.25)
    assert found.high95 == pytest.approx(exact.high95, rel=0.25)
    for one, other in zip(found.readers, exact.readers, strict=True):
        assert one.adds == pytest.approx(other.adds, abs=0.005)


def test_a_certain_reader_is_left_out_by_asking_again() -> None:
    world = plain("w1_single_channel")
    world["forward"]["q"][0] = 1.0
    asked = read_world(world, file="w").forward
    assert asked is not None
    exact, found = risk(State.of(read_world(world, file="w")), asked), risk(sampled(world), asked)
    assert found.p_leak == pytest.approx(exact.p_leak, rel=0.05)
    assert found.readers[0].without == pytest.approx(exact.readers[0].without, rel=0.05)


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    world = plain("w1_single_channel")
    first, again, other = (attribute(sampled(world, seed)).probability for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_chains_that_differ_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "LARGEST_GAP", 1e-6)
    with pytest.raises(Refused) as refused:
        attribute(sampled(plain("w1_single_channel")))
    assert refused.value.rule == "exposure-chains-apart"
    assert "no answer is better" in refused.value.because.en


def test_two_groups_of_which_either_explains_everything_are_both_found() -> None:
    """Two pairs of readers who read the same six items: single visits hardly ever change from one to the other."""
    items = [
        {"id": n, "released_day": 0.0, "background": 1e-6, "observation": "compromised"} for n in range(6)
    ]
    people = [{"id": n, "unit": n % 2} for n in range(4)]
    exposures = [{"person": p, "item": i, "q": 0.9 - 0.05 * p} for p in range(4) for i in range(6)]
    world = {
        "adversary": "A",
        "horizon_days": 1.0,
        "units": [{"id": n, "beta_mean": 0.001, "beta_kappa": 5.0} for n in range(2)],
        "people": people,
        "items": items,
        "exposures": exposures,
    }
    exact, found = attribute(State.of(read_world(world, file="w"))), attribute(sampled(world))
    assert np.abs(found.probability - exact.probability).max() < 0.03
    assert sorted(exact.probability)[1] > 0.1


def test_what_must_be_covered_by_somebody_is() -> None:
    """A marked copy that cannot have come of the background: without a channel the evidence has no probability."""
    world = plain("w1_single_channel")
    item = world["items"][6]
    item |= {"observation": "marked", "background_likelihood_ratio": 0.0}
    exact, found = attribute(State.of(read_world(world, file="w"))), attribute(sampled(world))
    assert np.abs(found.probability - exact.probability).max() < 0.02


def many_positives() -> dict[str, Any]:
    """Sixty items that leaked, of which everybody read a random half: too much for any exact answer."""
    random = np.random.Generator(np.random.PCG64(3))
    world = copy.deepcopy(plain("w1_single_channel"))
    world["items"] = [
        {"id": n, "released_day": 0.0, "background": 0.01, "observation": "compromised"} for n in range(60)
    ]
    world["exposures"] = [
        {"person": p, "item": i, "q": 0.3} for i in range(60) for p in range(12) if random.random() < 0.5
    ]
    return world


def test_too_many_positives_fall_back_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "MOST_SWEEPS", 2_000)
    state = State.of(read_world(many_positives(), file="w"))
    assert state.layout.products > MOST_PRODUCTS
    found = attribute(state)
    assert found.method == "sampler"
    assert found.chain_gap is not None


def test_where_propensities_forget_there_is_no_sampler() -> None:
    world = many_positives() | {"half_life_days": 30.0}
    with pytest.raises(Refused) as refused:
        attribute(State.of(read_world(world, file="w")))
    assert refused.value.rule == "exposure-too-much"
