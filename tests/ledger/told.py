"""A few facts for the ledger's own tests, and who records them. Their meaning is not the point."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Actor, Draft, Question, Role, about
from tearline.facts.identifiers import (
    CompromiseId,
    FactId,
    ItemId,
    OrganisationId,
    PersonId,
    PurgeId,
    SuspensionId,
    UnitId,
)
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, Sureness
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.retention import Purged, PurgeGround

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BY = Actor(PersonId("p-1"), Role.INVESTIGATOR)


class Clock:
    """A clock that goes forward a second at each look, until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def compromise(name: str, item: str, seen: str = "the number was read out on a radio") -> CompromiseReported:
    """A fact with a sealed field."""
    return CompromiseReported(
        compromise=CompromiseId(name), item=ItemId(item), sure=Sureness.PROBABLE, seen=Sealed(seen)
    )


def suspended(unit: str, item: str) -> CooperationSuspended:
    """A fact with four tags and nothing sealed."""
    return CooperationSuspended(
        suspension=SuspensionId(f"s-{unit}"),
        unit=UnitId(unit),
        compromise=CompromiseId("c-1"),
        item=ItemId(item),
        rule="a compromise suspends",
    )


def organisation(name: str) -> OrganisationRegistered:
    return OrganisationRegistered(organisation=OrganisationId(name), name="An agency", country="Mexico")


def purged(refs: Mapping[str, int]) -> Purged:
    """The fact that has to stand beside the purge of the facts with these references, at these positions."""
    return Purged(
        purge=PurgeId("purge-1"),
        refs=tuple(FactId(ref) for ref in refs),
        indices=tuple(refs.values()),
        ground=PurgeGround.COURT_ORDER,
        cites="order 7 of 2026",
        ordered_by=PersonId("p-2"),
    )


def draft(fact: Fact, happened_at: datetime = NOON) -> Draft:
    return Draft(fact=fact, happened_at=happened_at, by=BY)


def on_item(item: str) -> Question:
    return about(f"item:{item}", kinds=[CompromiseReported, CooperationSuspended])
