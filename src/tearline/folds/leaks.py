"""What a report of a compromise says about time, and what stands against it.

A compromise is an interval: the adversary came to know the item after ``since`` and knew it ``by``. Both are claimed,
and known as exactly as the report says: a report "in March" is before nothing that was in March.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Precision, Recorded
from tearline.facts.identifiers import AdversaryId, ItemId
from tearline.facts.leaks import AdversaryFoundUnaware, CompromiseReported, Sureness
from tearline.facts.release import ItemRegistered
from tearline.facts.words import Worded
from tearline.folds.release import lineage, releases_of

_EXACT = {Precision.MINUTE: 5, Precision.DAY: 3, Precision.MONTH: 2, Precision.YEAR: 1}


class Timing(Worded):
    """Where a compromise stands to the first time that anybody was given the item."""

    AFTER = "after", "known after it was first given", "conocido después de darse por primera vez"
    BEFORE = (
        "before",
        "known before anybody was given it, so by no recipient: look at our own side and the source's first",
        "conocido antes de darse a nadie, luego por ningún receptor: mire antes nuestra parte y la de la fuente",
    )
    NEVER_GIVEN = (
        "never-given",
        "nobody was given it: it came from our own side or the source's",
        "no se dio a nadie: vino de nuestra parte o del entorno de la fuente",
    )


@dataclass(frozen=True, slots=True)
class Interval:
    """When the adversary came to know: after ``since``, and by ``by`` for sure."""

    since: datetime
    by: datetime


def interval(reported: Recorded[CompromiseReported]) -> Interval:
    """Both the same where only one time was said."""
    return Interval(reported.happened_at, reported.fact.known_by or reported.happened_at)


def before(one: datetime, precision: Precision, other: datetime, of_other: Precision) -> bool:
    """Whether the one is certainly before the other, as exactly as both are known (in UTC)."""
    exact = min(_EXACT[precision], _EXACT[of_other])
    return _cut(one, exact) < _cut(other, exact)


def _cut(at: datetime, parts: int) -> tuple[float, ...]:
    at = at.astimezone(UTC)
    if parts == _EXACT[Precision.MINUTE]:
        return (at.timestamp(),)
    return (at.year, at.month, at.day)[:parts]


def timing(history: History, reported: Recorded[CompromiseReported]) -> Timing:
    """Whether it was known before the item, or what it was drawn from, was given to anybody on record."""
    items = lineage(history, reported.fact.item)
    given = [r for r in releases_of(history) if r.fact.item in items]
    if not given:
        return Timing.NEVER_GIVEN
    first = min(given, key=lambda r: r.happened_at)
    by = interval(reported).by
    known = before(by, reported.precision, first.happened_at, first.precision)
    return Timing.BEFORE if known else Timing.AFTER


def adversary_of(history: History, fact: CompromiseReported | AdversaryFoundUnaware) -> AdversaryId | None:
    """The adversary that it names, or else the one that the item concerns; None where neither is said."""
    registered = (r.fact.adversary for r in history.of(ItemRegistered) if r.fact.item == fact.item)
    return fact.adversary or next(registered, None)


def contradicted(
    history: History, unaware: AdversaryFoundUnaware, at: datetime, precision: Precision
) -> list[Recorded[CompromiseReported]]:
    """The confirmed compromises by which the adversary knew the item already when it was found unaware of it.

    Whoever knows the whole knows a tearline version of it; who knows that need not know the whole. What is probable
    contradicts nothing: such reports are weighed together.
    """
    items = lineage(history, unaware.item)
    who = adversary_of(history, unaware)
    return [
        r
        for r in history.of(CompromiseReported)
        if r.fact.item in items
        and r.fact.sure is Sureness.CONFIRMED
        and adversary_of(history, r.fact) == who
        and before(interval(r).by, r.precision, at, precision)
    ]


def unaware_after(
    history: History, reported: Recorded[CompromiseReported]
) -> list[Recorded[AdversaryFoundUnaware]]:
    """The observations that this compromise, if it is confirmed, says cannot be: shown beside it, for people to settle.

    A report of a compromise is never refused because of them: whoever is under suspicion could record one.
    """
    return [
        r
        for r in history.of(AdversaryFoundUnaware)
        if any(
            c.position == reported.position for c in contradicted(history, r.fact, r.happened_at, r.precision)
        )
    ]


def later_than(recorded: Recorded[Fact], item: Recorded[ItemRegistered]) -> bool:
    """Whether this may have happened since the item was registered."""
    return not before(recorded.happened_at, recorded.precision, item.happened_at, item.precision)


def registered(history: History, item: ItemId) -> Recorded[ItemRegistered] | None:
    return next((r for r in history.of(ItemRegistered) if r.fact.item == item), None)
