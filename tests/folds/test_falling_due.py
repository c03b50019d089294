"""Dates that facts state: the latest decision counts, what was done is not due, worked cases are not awaited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Actor, History, Precision, Recorded, Role, Told
from tearline.facts.identifiers import OrganisationId, PersonId, TellingId, UnitId
from tearline.facts.parties import Outcome, PersonVettingDecided, UnitStoodDown, UnitVettingDecided
from tearline.folds.falling_due import Ends, falling_due

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
AGENCY, PERSON, UNIT = OrganisationId("agency"), PersonId("p"), UnitId("u")
BY = Actor(PersonId("officer"), Role.VETTING_OFFICER)


def known(*facts: tuple[Fact, int]) -> History:
    """Each fact with the days ago at which it happened."""
    return History(
        tuple(
            Recorded(
                position=n,
                ref=str(n),
                recorded_at=NOW,
                happened_at=NOW - timedelta(days=ago),
                precision=Precision.MINUTE,
                by=BY,
                told=None,
                fact=fact,
            )
            for n, (fact, ago) in enumerate(facts)
        ),
        len(facts),
    )


def vetted(outcome: Outcome, days: int) -> PersonVettingDecided:
    return PersonVettingDecided(
        person=PERSON,
        outcome=outcome,
        decided_by=AGENCY,
        deciding_office=Sealed("desk"),
        valid_until=NOW + timedelta(days=days),
    )


def test_of_two_passes_the_later_one_ends() -> None:
    found = falling_due(known((vetted(Outcome.CLEARED, 10), 30), (vetted(Outcome.CLEARED, 90), 3)))
    assert [(d.ends, d.names, d.at) for d in found] == [(Ends.PERSON, "p", NOW + timedelta(days=90))]


def test_a_pass_that_was_recorded_late_does_not_displace_a_newer_one() -> None:
    found = falling_due(known((vetted(Outcome.CLEARED, 90), 3), (vetted(Outcome.CLEARED, 10), 30)))
    assert [d.at for d in found] == [NOW + timedelta(days=90)]


def test_a_withdrawn_pass_has_no_end_to_wait_for() -> None:
    assert not falling_due(known((vetted(Outcome.CLEARED, 10), 30), (vetted(Outcome.WITHDRAWN, 90), 3)))


def test_a_unit_that_was_stood_down_is_not_vetted_again() -> None:
    cleared = UnitVettingDecided(
        unit=UNIT, outcome=Outcome.CLEARED, decided_by=AGENCY, valid_until=NOW + timedelta(days=9)
    )
    gone = UnitStoodDown(unit=UNIT, reasons=Sealed("over"))
    assert len(falling_due(known((cleared, 9)))) == 1
    assert not falling_due(known((cleared, 9), (gone, 1)))


def test_nothing_of_a_worked_case_is_awaited() -> None:
    live = known((vetted(Outcome.CLEARED, 10), 30))
    told = Told(telling=TellingId("case"), known_at=NOW)
    assert not falling_due(History(tuple(replace(r, told=told) for r in live), live.position))
