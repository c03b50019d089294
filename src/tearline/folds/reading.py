"""Readings of sealed fields: what is open to somebody now, and who read of an item."""

from collections.abc import Sequence
from datetime import datetime

from tearline.facts.fact import Compartment
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import ItemId, PersonId, ReadingId
from tearline.facts.reading import HARD, OPEN_FOR, SealedFieldsRead


def asks_open(reading: ReadingId) -> Question:
    """What this reader opened of this thing, and when."""
    return about(f"reading:{reading}", kinds=(SealedFieldsRead,))


def open_now(history: History, person: PersonId, now: datetime) -> frozenset[Compartment]:
    """The hard compartments that this person opened, in this history, less than 15 minutes ago."""
    return HARD.intersection(
        compartment
        for r in history.of(SealedFieldsRead)
        if r.by.person == person and r.recorded_at <= now < r.recorded_at + OPEN_FOR
        for compartment in r.fact.compartments
    )


def asks_readers(item: ItemId) -> Question:
    """Who read a sealed field of this item."""
    return about(f"item:{item}", kinds=(SealedFieldsRead,))


def asks_readers_by(prefix: str, name: str) -> Question:
    """Who read a sealed field on a page about the request, the compromise or the person of this name."""
    return about(f"{prefix}:{name}", kinds=(SealedFieldsRead,))


def readers(history: History) -> Sequence[Recorded[SealedFieldsRead]]:
    """The readings in this history, the latest first."""
    return history.of(SealedFieldsRead)[::-1]
