"""What is figured of a request: from the record alone, by its agreement's terms; and what a verdict makes of it."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Fact, Sealed
from tearline.facts.identifiers import AdversaryId, AllegationId, ItemId, RequestId, UnitId
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.facts.parties import AllegationKind, AllegationRecorded, AllegationStanding
from tearline.facts.release import (
    Effect,
    Extent,
    ItemRegistered,
    KnowersListed,
    ReleaseRequested,
    VerdictReached,
)
from tearline.rooms.release.figures import figure_of
from tearline.rooms.release.requests import DecideRequest, RequestRelease
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    NOON,
    PARAMETERS,
    World,
    agreement,
    at_risk,
    compromised,
    item,
    knowers,
    on,
    partners,
    released,
    requested,
)

MODEL: dict[str, int | str | bool] = {
    "max_p_leak": "0.05",
    "max_expected_harm": "1.0",
    "min_source_k": 5,
    "figure_valid_for": "48h",
    "second_within": "24h",
    "channel_prior": "0.01",
    "channel_pooling": "20.0",
    "leak_by_reader": "0.3",
    "leak_by_superior": "0.2",
    "leak_delay": "7d",
    "leak_background": "0.001",
    "leak_unlogged": "0.02",
    "leak_memory": "3650d",
    "degree_redacted": "0.7",
    "degree_tearline": "0.4",
    "degree_existence": "0.5",
}


def modelled(**changed: int | str | bool) -> World:
    """The two partners, who agreed on the model too; the item concerns the cartel."""
    world = partners()
    world.facts = [r for r in world.facts if not isinstance(r.fact, ItemRegistered | KnowersListed)]
    world.tell(agreement(parameters=PARAMETERS | MODEL | changed, further=("exposure/1",)), at=on(-80))
    return world.tell(concerning("phones"), knowers(), at=on(-1), by=ANA)


def concerning(name: str, adversary: str = "cartel", source: str = "S-17") -> ItemRegistered:
    return replace(item(name), adversary=AdversaryId(adversary), source_code=Sealed(source))


def figures(facts: Iterable[Fact]) -> list[ExposureFigured]:
    return [f for f in facts if isinstance(f, ExposureFigured)]


def dossier_of(facts: Iterable[Fact]) -> dict[str, object]:
    (verdict,) = [f for f in facts if isinstance(f, VerdictReached)]
    read: dict[str, object] = json.loads(verdict.dossier.open())
    return read


def moments(mean: float, kappa: float) -> tuple[float, float]:
    """E[pi] and E[pi^2] of the prior."""
    return mean, mean * (mean * kappa + 1) / (kappa + 1)


def test_a_request_is_figured_before_the_protocol_sees_it() -> None:
    world = modelled()
    done = world.does(RequestRelease(requested()), by=ANA)
    (figure,) = figures(done)
    one, two = moments(0.01, 20.0)
    rita, above = 0.3 * 0.4, 0.2 * 0.4
    # rita and sue share their unit's propensity; tom serves in none, and nobody knows whose the unlogged reader is.
    silent = (1 - (rita + above) * one + rita * above * two) * (1 - above * one) * (1 - 0.02 * rita)
    assert figure.likely.open() == pytest.approx(1 - (1 - 0.001) * silent, abs=1e-12)
    assert figure.low.open() <= figure.likely.open() <= figure.high.open()
    assert figure.readers.open() == 3
    assert figure.anonymity.open() == 12
    assert figure.as_of == len(world.facts) - len(done)
    seen = dossier_of(done)
    assert seen["exposure"]["p_leak"] == figure.likely.open()  # type: ignore[index]  # a map, as the schema says
    assert seen["source"]["k"] == 12  # type: ignore[index]  # as before


def test_without_the_terms_of_a_model_nothing_is_figured() -> None:
    done = partners().does(RequestRelease(requested()), by=ANA)
    assert not figures(done)
    assert dossier_of(done)["exposure"] == {}


@pytest.mark.parametrize("extent", list(Extent))
def test_less_of_the_item_leaks_less(extent: Extent) -> None:
    whole = figures(modelled().does(RequestRelease(requested(extent=Extent.FULL)), by=ANA))
    part = figures(modelled().does(RequestRelease(requested(extent=extent)), by=ANA))
    assert part[0].likely.open() <= whole[0].likely.open()


def known_to(adversary: str, sure: Sureness = Sureness.CONFIRMED) -> CompromiseReported:
    return replace(compromised(item="names"), sure=sure, adversary=AdversaryId(adversary))


def leaked(adversary: str) -> World:
    world = modelled().tell(concerning("names", adversary), at=on(-60), by=ANA)
    world.tell(released("r-1", item="names"), at=on(-50))
    return world.tell(known_to(adversary), at=on(-45))


def test_a_leak_to_the_same_adversary_tells_on_the_unit_and_one_to_another_does_not() -> None:
    before = figures(modelled().does(RequestRelease(requested()), by=ANA))[0].likely.open()
    same = figures(leaked("cartel").does(RequestRelease(requested()), by=ANA))[0]
    other = figures(leaked("others").does(RequestRelease(requested()), by=ANA))[0]
    assert same.likely.open() > 2 * before
    assert same.positives.open() == 1
    assert other.likely.open() == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize(
    ("standing", "raises"),
    [
        (AllegationStanding.OPEN, False),
        (AllegationStanding.UNFOUNDED, False),
        (AllegationStanding.CREDIBLE, True),
        (AllegationStanding.SUBSTANTIATED, True),
    ],
)
def test_that_a_unit_is_credibly_said_to_leak_counts(standing: AllegationStanding, *, raises: bool) -> None:
    alleged = AllegationRecorded(
        allegation=AllegationId("told-them"),
        unit=UnitId("siu"),
        kind=AllegationKind.LEAK,
        standing=standing,
        account=Sealed("it leaks"),
    )
    before = figures(modelled().does(RequestRelease(requested()), by=ANA))[0].likely.open()
    world = modelled().tell(alleged, at=on(-40))
    after = figures(world.does(RequestRelease(requested()), by=ANA))[0].likely.open()
    assert (after > 1.2 * before) is raises
    assert after == pytest.approx(before) or raises


def test_what_is_likely_to_leak_is_refused_and_the_figure_permits_nothing() -> None:
    done = modelled(max_p_leak="0.0001").does(RequestRelease(requested()), by=ANA)
    verdict = next(f for f in done if isinstance(f, VerdictReached))
    assert verdict.effect is Effect.REFUSE
    assert "exposure/1:likely-to-leak" in verdict.rules.open()


def test_asking_again_figures_anew() -> None:
    world = modelled()
    world.does(RequestRelease(requested()), by=ANA)
    later = NOON + timedelta(days=3)
    done = world.does(DecideRequest(RequestId("ask")), by=ANA, now=later)
    assert len(figures(done)) == 1
    assert figures(done)[0].as_of > 0
    assert "exposure/1:figure-old" not in next(f for f in done if isinstance(f, VerdictReached)).rules.open()


def codes(item: str, *known: str) -> KnowersListed:
    return replace(knowers(len(known), item), codes=Sealed("\n".join(known)))


def test_the_source_is_hidden_among_those_who_could_have_known_all_that_was_released() -> None:
    world = modelled().tell(concerning("names"), codes("names", "a", "b", "c", "d"), at=on(-60), by=ANA)
    world.tell(codes("phones", "b", "c", "e", "f", "g"), at=on(-1), by=ANA)
    world.facts = [
        r for r in world.facts if not (isinstance(r.fact, KnowersListed) and r.fact.codes.open() is None)
    ]
    alone = figures(world.copy().does(RequestRelease(requested()), by=ANA))
    assert alone[0].anonymity.open() == 5
    world.tell(released("r-1", item="names"), at=on(-50))
    both = figures(world.does(RequestRelease(requested()), by=ANA))
    assert both[0].anonymity.open() == 2


def test_lists_without_codes_cannot_be_held_against_each_other() -> None:
    world = modelled().tell(concerning("names"), knowers(9, "names"), at=on(-60), by=ANA)
    world.tell(released("r-1", item="names"), at=on(-50))
    done = world.does(RequestRelease(requested()), by=ANA)
    assert figures(done)[0].anonymity.open() is None
    assert (
        "exposure/1:source-not-reckoned"
        in next(f for f in done if isinstance(f, VerdictReached)).rules.open()
    )


def test_another_source_s_items_are_not_held_against_this_one() -> None:
    world = modelled().tell(concerning("names", source="S-99"), codes("names", "x"), at=on(-60), by=ANA)
    world.tell(released("r-1", item="names"), at=on(-50))
    assert figures(world.does(RequestRelease(requested()), by=ANA))[0].anonymity.open() == 12


def test_the_figure_reads_no_more_than_its_question() -> None:
    """What is recorded elsewhere changes neither the figure nor the world's hash."""
    one = modelled()
    other = one.copy().tell(concerning("else", "others"), at_risk(4, "else"), at=on(-2), by=ANA)
    first = figures(one.does(RequestRelease(requested()), by=ANA))[0]
    second = figures(other.does(RequestRelease(requested()), by=ANA))[0]
    assert first.world_sha256 == second.world_sha256
    assert ItemId("phones") == first.item == second.item


ACCEPTED = [
    Row(
        claim="where the agreement states a model, a request is figured before the protocol decides on it",
        order=RequestRelease(requested(), figure_of(modelled().history, requested(), NOON)),
        by=ANA,
        world=modelled(),
        gives=(ReleaseRequested, ExposureFigured, VerdictReached),
    )
]
REFUSED: list[Row] = []


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_what_a_request_gives(row: Row) -> None:
    check(row)
