"""A leak is attributed inside an open investigation, for one whom it names, and of nobody outside its remit."""

from dataclasses import replace

import pytest

from tearline.facts.exposure import LeakAttributed, Variation
from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import CompromiseId, InvestigationId, ItemId, PersonId
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.release import DisclosureRecorded
from tearline.rooms.leaks.attribution import AttributeLeak
from tests.rooms.rows import Row, check
from tests.rooms.test_figures import known_to, leaked, modelled
from tests.worlds import INA, NOON, World, acting, on, person

OPENED = InvestigationId("inquiry")


def opened(world: World, *investigators: str) -> World:
    fact = InvestigationOpened(
        investigation=OPENED,
        compromise=CompromiseId("leak"),
        item=ItemId("names"),
        investigators=tuple(PersonId(name) for name in investigators or (INA.person,)),
        remit=Sealed("how it leaked"),
    )
    return world.tell(fact, at=on(-40), by=INA)


def attributed(world: World) -> LeakAttributed:
    (fact,) = world.does(AttributeLeak(OPENED), by=INA)
    assert isinstance(fact, LeakAttributed)
    return fact


def test_everyone_within_the_remit_has_a_figure_and_nobody_else() -> None:
    world = opened(leaked("cartel")).tell(person("stranger"), at=on(-40))
    found = attributed(world)
    readers = found.readers.open()
    named = {r.person for r in readers}
    assert {"rita", "sue", "tom", "ana"} <= named
    assert "stranger" not in named
    assert not any(name.startswith("unlogged") for name in named)
    assert [r.after for r in readers] == sorted((r.after for r in readers), reverse=True)
    assert all(r.ratio > 1 for r in readers if r.leaked and r.first)
    assert 0 < found.nobody.open() < 1
    assert found.positives.open() == 1
    assert {v.variation for v in found.varied.open()} == set(Variation)
    assert found.as_of < len(world.facts)


def test_without_unlogged_readers_more_falls_on_those_who_were_logged() -> None:
    found = attributed(opened(leaked("cartel")))
    without = next(v for v in found.varied.open() if v.variation is Variation.LOGGED_ONLY)
    assert without.expected > found.expected.open()
    assert without.nobody < found.nobody.open()


def test_only_whom_the_investigation_names_has_it_attributed() -> None:
    world = opened(leaked("cartel")).tell(person("ivo", of="own"), at=on(-40))
    assert world.refuses(AttributeLeak(OPENED), by=acting("ivo", Role.INVESTIGATOR)) == "named-investigator"


def test_what_was_never_opened_is_not_on_record() -> None:
    assert leaked("cartel").refuses(AttributeLeak(OPENED), by=INA) == "known"


def test_without_a_model_that_partners_agreed_on_nothing_is_attributed() -> None:
    world = opened(leaked("cartel"))
    world.facts = [
        replace(r, fact=replace(r.fact, agreement=None)) if isinstance(r.fact, DisclosureRecorded) else r
        for r in world.facts
    ]
    bare = modelled()
    bare.facts = [r for r in world.facts if "channel_prior" not in str(getattr(r.fact, "terms", ""))]
    assert bare.refuses(AttributeLeak(OPENED), by=INA) == "model-stated"


def test_what_is_reported_of_another_adversary_says_nothing() -> None:
    same = attributed(opened(leaked("cartel")))
    world = opened(leaked("cartel"))
    other = attributed(world.tell(replace(known_to("others"), compromise=CompromiseId("second")), at=on(-30)))
    assert same.readers.open() == other.readers.open()


ACCEPTED = [
    Row(
        claim="whoever an open investigation names has the leak attributed",
        order=AttributeLeak(
            OPENED, AttributeLeak(OPENED).with_figures(opened(leaked("cartel")).history, NOON).figures
        ),
        by=INA,
        world=opened(leaked("cartel")),
        gives=(LeakAttributed,),
    )
]
REFUSED = [
    Row(
        claim="an investigation that nobody opened attributes nothing",
        order=AttributeLeak(OPENED),
        by=INA,
        world=leaked("cartel"),
        refused="known",
    )
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_what_an_investigation_may_have_attributed(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    "role", [Role.CASE_AGENT, Role.PARTNER_LIAISON, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER]
)
def test_nobody_else_has_a_leak_attributed(role: Role) -> None:
    assert role not in AttributeLeak.allowed
