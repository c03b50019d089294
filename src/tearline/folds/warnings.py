"""Who is to be warned of what, and how that stands: decided, attempted, given, waived, reviewed.

The duty to warn opens by what is on record, whether or not an agreement says by when: by a threat that is credible,
specific and impending, by a source's warning that people will be killed, and by a leak. An order ends nothing, nor does
an attempt that reached nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import ProtectionPlanSet, SourceWarned, WarningKind
from tearline.facts.warnings import (
    LeakWarningWaived,
    PeopleWarned,
    SourceWarningWaived,
    ThreatAssessed,
    ThreatHarm,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
    WarningWaived,
)
from tearline.facts.words import Worded

F = TypeVar("F", bound=Fact)
N = TypeVar("N", WarnedWithoutOrder, WarningReviewed)
Ground = ThreatAssessed | SourceWarned | CompromiseReported
Key = tuple[str, str]
"""How others name a ground: the field, and the identifier that stands in it."""
Waiver = WarningWaived | SourceWarningWaived | LeakWarningWaived
WARNING_KINDS: tuple[type[Fact], ...] = (
    ThreatAssessed,
    SourceWarned,
    CompromiseReported,
    WarningOrdered,
    WarningAttempted,
    PeopleWarned,
    WarnedWithoutOrder,
    WarningReviewed,
    WarningWaived,
    SourceWarningWaived,
    LeakWarningWaived,
    ProtectionPlanSet,
)
WARN_WITHIN = timedelta(hours=6)
"""Where no agreement says by when: a danger without a date would be seen to last of all. As long as in each worked
agreement."""
REVIEW_WITHIN = timedelta(hours=24)
GROUNDS = ("threat", "warning", "compromise")
"""The fields by which a warning, an order and an attempt name what they are about."""


class WarningState(Worded):
    OPEN = "open", "nothing is decided", "nada se ha decidido"
    ORDERED = "ordered", "ordered, not given yet", "ordenado, aún sin darse"
    ATTEMPTED = "attempted", "attempted, nobody reached", "intentado, sin llegar a nadie"
    WARNED = "warned", "people were warned", "se avisó a las personas"
    WAIVED = "waived", "waived", "dispensado"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A warning that reached people. ``unordered``: it waited for no order, so that somebody reviews it."""

    recorded: Recorded[PeopleWarned]
    unordered: Recorded[WarnedWithoutOrder] | None
    reviewed: Recorded[WarningReviewed] | None

    @property
    def to_review(self) -> bool:
        return self.unordered is not None and self.reviewed is None

    @property
    def review_by(self) -> datetime | None:
        """Until when it is to be reviewed, whether or not an agreement says so; None where nothing is to be.

        From the warning on, and not from when it came on record.
        """
        return self.recorded.happened_at + REVIEW_WITHIN if self.to_review else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """Somebody in danger, by what is on record of it, and what was done: each in the order of the ledger.

    ``field`` and ``name`` say how others name the ground: ``threat`` and its identifier, for one. ``plans`` protect
    whoever is at risk of the item.
    """

    field: str
    name: str
    ground: Recorded[Ground]
    orders: tuple[Recorded[WarningOrdered], ...]
    attempts: tuple[Recorded[WarningAttempted], ...]
    notices: tuple[Notice, ...]
    waivers: tuple[Recorded[Waiver], ...]
    plans: tuple[Recorded[ProtectionPlanSet], ...]

    @property
    def state(self) -> WarningState:
        if self.notices:
            return WarningState.WARNED
        if self.waiver:
            return WarningState.WAIVED
        if self.attempts:
            return WarningState.ATTEMPTED
        return WarningState.ORDERED if self.orders else WarningState.OPEN

    @property
    def waiver(self) -> Recorded[Waiver] | None:
        """The one that holds: whoever orders the warning afterwards takes it back."""
        if not self.waivers or (self.orders and self.orders[-1].position > self.waivers[-1].position):
            return None
        return self.waivers[-1]

    @property
    def owed(self) -> bool:
        return not self.notices and self.waiver is None

    def due(self, agreed: datetime | None) -> datetime | None:
        """By when people are to be warned: as was agreed, else within ``WARN_WITHIN``, and sooner where so ordered.

        None where nothing is owed. What was agreed ends with a waiver; whoever takes that back says by when.
        """
        if not self.owed:
            return None
        if agreed is None and not self.waivers:
            agreed = self.ground.happened_at + WARN_WITHIN
        ordered = self.orders[-1].fact.until if self.orders else None
        return min((by for by in (agreed, ordered) if by is not None), default=None)

    @property
    def undecided(self) -> bool:
        """Whether a senior officer has still to order the warning or to waive it."""
        return self.owed and not self.orders

    @property
    def reviews_owed(self) -> tuple[Notice, ...]:
        return tuple(one for one in self.notices if one.to_review)


def opens(fact: object) -> bool:
    """Whether this makes it a duty to warn somebody."""
    match fact:
        case ThreatAssessed():
            return fact.credible and fact.specific and fact.impending and fact.harm is not ThreatHarm.OTHER
        case SourceWarned(kind=kind):
            return kind is WarningKind.BLOODSHED
        case CompromiseReported():
            return True
    return False


def key_of(fact: Ground) -> Key:
    match fact:
        case ThreatAssessed(threat=threat):
            return ("threat", threat)
        case SourceWarned(warning=warning):
            return ("warning", warning)
        case CompromiseReported(compromise=compromise):
            return ("compromise", compromise)


def named_by(fact: Fact) -> Iterator[Key]:
    """The grounds that an order, an attempt, a warning or a waiver is about."""
    for field in GROUNDS:
        name = getattr(fact, field, None)
        if name:
            yield field, name


def dangers(known: History) -> list[Danger]:
    """Everybody in danger, in the order in which that came on record."""
    orders, attempts = _named(known.of(WarningOrdered)), _named(known.of(WarningAttempted))
    warned = _named(known.of(PeopleWarned))
    waived: list[Recorded[Waiver]] = []
    for kind in (WarningWaived, SourceWarningWaived, LeakWarningWaived):
        waived += known.of(kind)
    waivers = _named(waived)
    given = {one.recorded.position: one for one in notices(known)}
    plans: dict[str, list[Recorded[ProtectionPlanSet]]] = {}
    for plan in known.of(ProtectionPlanSet):
        plans.setdefault(plan.fact.item, []).append(plan)
    found = []
    for ground in _grounds(known):
        key, after = key_of(ground.fact), partial(_after, ground)
        found.append(
            Danger(
                field=key[0],
                name=key[1],
                ground=ground,
                orders=after(orders.get(key, ())),
                attempts=after(attempts.get(key, ())),
                notices=tuple(given[r.position] for r in after(warned.get(key, ()))),
                waivers=after(waivers.get(key, ())),
                plans=tuple(plans.get(ground.fact.item, ())),
            )
        )
    return found


def apart(known: History) -> list[Notice]:
    """Warnings that name nothing on record of what people were warned, and so end no duty: reviewed like the others."""
    named = {notice.recorded.position for danger in dangers(known) for notice in danger.notices}
    return [one for one in notices(known) if one.recorded.position not in named]


def notices(known: History) -> list[Notice]:
    """All warnings that were given. One that bears the name of another is reviewed by itself: nothing before it counts.

    That it waited for no order follows it by rule, as the next fact.
    """
    unordered, reviewed = _of_notices(known.of(WarnedWithoutOrder)), _of_notices(known.of(WarningReviewed))
    return [
        Notice(
            recorded=r,
            unordered=next(
                (u for u in unordered.get(r.fact.notice, ()) if u.position == r.position + 1), None
            ),
            reviewed=next((v for v in reviewed.get(r.fact.notice, ()) if v.position > r.position), None),
        )
        for r in known.of(PeopleWarned)
    ]


def _of_notices(facts: Iterable[Recorded[N]]) -> dict[str, list[Recorded[N]]]:
    found: dict[str, list[Recorded[N]]] = {}
    for r in facts:
        found.setdefault(r.fact.notice, []).append(r)
    return found


def _grounds(known: History) -> list[Recorded[Ground]]:
    found: list[Recorded[Ground]] = []
    for kind in (ThreatAssessed, SourceWarned, CompromiseReported):
        found += [r for r in known.of(kind) if opens(r.fact)]  # type: ignore[misc]  # each is a ground
    return sorted(found, key=lambda r: r.position)


def _after(ground: Recorded[Fact], facts: Iterable[Recorded[F]]) -> tuple[Recorded[F], ...]:
    """What came on record before its ground answered something else, as for what is owed."""
    return tuple(r for r in facts if r.position > ground.position)


def _named(facts: Iterable[Recorded[F]]) -> dict[Key, list[Recorded[F]]]:
    """By what they name; one that names several counts for each."""
    found: dict[Key, list[Recorded[F]]] = {}
    for recorded in facts:
        for key in named_by(recorded.fact):
            found.setdefault(key, []).append(recorded)
    return found
