"""What is no world is refused in one line that names the place; nothing is guessed."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tearline.estimates.exposure import parse_world
from tearline.facts.errors import Malformed

PLAIN = json.loads((Path(__file__).parent / "data" / "w1_single_channel.json").read_text())

COUNT = len(PLAIN["exposures"])

Edit = Callable[[dict[str, Any]], object]


def put(*path: str | int, to: object) -> Edit:
    """Sets the value at this path."""

    def edit(world: Any) -> None:
        for step in path[:-1]:
            world = world[step]
        world[path[-1]] = to

    return edit


def drop(*path: str | int) -> Edit:
    def edit(world: Any) -> None:
        for step in path[:-1]:
            world = world[step]
        del world[path[-1]]

    return edit


def again(*path: str | int) -> Edit:
    """Says an entry of a list twice."""

    def edit(world: Any) -> None:
        for step in path[:-1]:
            world = world[step]
        world.append(copy.deepcopy(world[path[-1]]))

    return edit


BAD: tuple[tuple[Edit, str, str], ...] = (
    (put("exposures", 3, "q", to=1.2), "exposures[3].q", "a chance from 0 to 1, found 1.2"),
    (put("exposures", 3, "q", to=-0.1), "exposures[3].q", "a chance from 0 to 1"),
    (put("exposures", 3, "q", to="0.1"), "exposures[3].q", "a number"),
    (put("exposures", 3, "q", to=True), "exposures[3].q", "a number"),
    (put("exposures", 3, "person", to=99), "exposures[3].person", "the id of one of the people, found 99"),
    (put("exposures", 3, "person", to="0"), "exposures[3].person", "the id of one of the people"),
    (put("exposures", 3, "item", to=99), "exposures[3].item", "the id of one of the items, found 99"),
    (put("exposures", 3, "day", to=61.0), "exposures[3].day", "a day by the horizon, 60"),
    (put("exposures", 3, "day", to=1.0), "exposures[3].day", "a day from the release on"),
    (put("exposures", 3, "variant", to=1), "exposures[3].variant", "a variant from 0 to 0"),
    (again("exposures", 3), f"exposures[{COUNT}]", "each reader of an item, or of a variant of it, once"),
    (put("exposures", to=[]), "exposures", "at least one reader"),
    (put("people", to=[]), "people", "at least one reader"),
    (again("people", 3), "people[12]", "each id once, found 3 again"),
    (put("people", 3, "unit", to=9), "people[3].unit", "the id of a unit, found 9"),
    (put("people", 3, "phantom", to="no"), "people[3].phantom", "true or false"),
    (again("units", 0), "units[3]", "each id once, found 0 again"),
    (lambda w: w["units"].append(w["units"][0] | {"id": 7}), "units[3]", "a unit of at least one of the people"),
    (put("units", 0, "nodes", 0, to=1.5), "units[0].nodes[0]", "a chance from 0 to 1"),
    (put("units", 0, "weights", 0, to=0.1), "units[0].weights", "weights that add up to 1"),
    (drop("units", 0, "weights", 0), "units[0].weights", "as many weights as nodes, 4"),
    (put("units", 0, "nodes", to=[]), "units[0].nodes", "at least one value"),
    (put("units", 0, to={"id": 0, "beta_mean": 0.0, "beta_kappa": 1}), "units[0].beta_mean", "above 0"),
    (put("units", 0, to={"id": 0, "beta_mean": 0.1, "beta_kappa": 0}), "units[0].beta_kappa", "above 0"),
    (put("units", 0, to={"id": 0}), "units[0].beta_mean", "this field is required"),
    (put("items", 2, "background", to=0), "items[2].background", "a chance above 0 and below 1, found 0"),
    (put("items", 2, "background", to=1.0), "items[2].background", "a chance above 0 and below 1"),
    (put("items", 2, "released_day", to=60.5), "items[2].released_day", "a day by the horizon, 60"),
    (again("items", 2), "items[14]", "each id once, found 2 again"),
    (put("items", 2, "observation", to="leaked"), "items[2].observation", "one of unknown, not_compromised"),
    (put("items", 1, "variant_seen", to=0), "items[1].variant_seen", "which it contradicts"),
    (put("items", 6, "variant_seen", to=1), "items[6].variant_seen", "a variant from 0 to 0"),
    (put("items", 6, "variants", to=0), "items[6].variants", "one or more"),
    (put("items", 6, "compromised_day", to=20.0), "items[6].compromised_day", "a day from the release on, 23.9"),
    (put("items", 6, "compromised_day", to=70.0), "items[6].compromised_day", "a day by the horizon"),
    (put("items", 1, "compromised_day", to=50.0), "items[1].compromised_day", "it contradicts that"),
    (put("items", 1, "likelihood_ratio", to=2.0), "items[1].likelihood_ratio", "it contradicts that"),
    (put("items", 6, "observation", to="report"), "items[6].likelihood_ratio", "this field is required"),
    (put("horizon_days", to="sixty"), "horizon_days", "a number"),
    (put("half_life_days", to=0), "half_life_days", "a number of days above 0"),
    (put("forward", "recipients", 0, to=44), "forward.recipients[0]", "the id of one of the people"),
    (put("forward", "recipients", 0, to=8), "forward.recipients[1]", "each id once"),
    (put("forward", "recipients", to=[]), "forward.recipients", "at least one reader"),
    (put("forward", "q", 1, to=2), "forward.q[1]", "a chance from 0 to 1"),
    (drop("forward", "q", 1), "forward.q", "as many chances as recipients, 4"),
    (put("forward", "background", to=0.0), "forward.background", "a chance above 0"),
    (put("forwards", to={}), "forwards", "one of the fields"),
    (put("people", 0, "phantm", to=True), "people[0].phantm", "one of the fields"),
    (drop("adversary"), "adversary", "this field is required"),
    (drop("items", 0, "id"), "items[0].id", "this field is required"),
)  # fmt: skip

DATED = {"observation": "between", "between": [25.0, 40.0], "background_within": [0.001, 0.01]}
BAD_DATES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"between": [20.0, 40.0]}, "items[6].between[0]", "a day from the release on"),
    ({"between": [25.0, 61.0]}, "items[6].between[1]", "a day by the horizon"),
    ({"between": [40.0, 25.0]}, "items[6].between", "the earlier first"),
    ({"between": [25.0]}, "items[6].between", "two numbers"),
    ({"background_within": [0.01, 0.001]}, "items[6].background_within", "the later not the smaller"),
    ({"background_within": [0.01, 0.01]}, "items[6].background_within", "chances that rise"),
    ({}, "exposures[2].q_within", "or delay_mean_days"),
)


@pytest.mark.parametrize(("edit", "place", "expected"), BAD, ids=[place for _, place, _ in BAD])
def test_what_is_no_world_is_named_by_its_place(edit: Edit, place: str, expected: str) -> None:
    world = copy.deepcopy(PLAIN)
    edit(world)
    with pytest.raises(Malformed) as refused:
        parse_world(json.dumps(world), file="w.json")
    assert refused.value.place == place
    assert expected in refused.value.expected


@pytest.mark.parametrize(("dates", "place", "expected"), BAD_DATES, ids=[str(d) for d, _, _ in BAD_DATES])
def test_dates_that_make_no_sense_are_named(dates: dict[str, Any], place: str, expected: str) -> None:
    world = copy.deepcopy(PLAIN)
    world["items"][6] |= DATED | dates
    if dates:
        world["delay_mean_days"] = 7.0
    with pytest.raises(Malformed) as refused:
        parse_world(json.dumps(world), file="w.json")
    assert refused.value.place == place
    assert expected in refused.value.expected


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    text = json.dumps(PLAIN).replace("0.298273", number, 1)
    with pytest.raises(Malformed):
        parse_world(text, file="w.json")


def test_chances_by_two_days_follow_from_the_delay() -> None:
    """Exponential delays: by t, a share of (1 - exp(-t/7)) of what will be known at all."""
    world = copy.deepcopy(PLAIN) | {"delay_mean_days": 7.0}
    world["items"][6] |= {"observation": "between", "between": [30.9, 37.9]}
    made = parse_world(json.dumps(world), file="w.json")
    within = next(e.within for e in made.exposures if (e.person, e.item) == (0, 6))
    assert within is not None
    assert within[0] == pytest.approx(0.3 * (1 - 2.718281828459045**-1), abs=1e-6)
    assert within[1] == pytest.approx(0.3 * (1 - 2.718281828459045**-2), abs=1e-6)
