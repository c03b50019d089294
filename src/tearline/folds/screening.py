"""What was found out about an item and its source, and what its originator allows, as it stands at an instant.

Whoever wants a release cannot screen, grade or ask again until it fits: of several findings the worse is taken, as
of several counts. What an act cures, a reason that is written down, an approval, a review that was held, counts
from when it was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tearline.facts.fact import Fact, Seal, Sealed
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import ItemId, PersonId, UnitId
from tearline.facts.release import OnwardConsentGiven
from tearline.facts.retention import RecordValidated
from tearline.facts.screening import (
    EuropolCode,
    EuropolCodesSet,
    EuropolInformation,
    EuropolSource,
    ItemScreened,
    OriginatorAnswered,
    OriginatorsAnswer,
    ProtectedActivity,
    SourceContactApproved,
    SourceStandingStated,
    Standing,
)
from tearline.folds.latest import latest
from tearline.folds.release import lineage

K = TypeVar("K", bound=Fact)
Answer = Recorded[OriginatorAnswered] | Recorded[OnwardConsentGiven]

_ANSWERS = list(OriginatorsAnswer)
_PROTECTED = [ProtectedActivity.NONE, ProtectedActivity.RELATED, ProtectedActivity.UNRELATED]
_SOURCES = list(EuropolSource)
_INFORMATION = list(EuropolInformation)
_STANDINGS = list(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """``suspicion`` is None where what was written is purged, and nothing else is."""

    suspicion: bool | None
    protected: ProtectedActivity
    lawful: bool
    control_official: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """``text`` is None where what was written is purged, and nothing else is."""

    source: EuropolSource
    information: EuropolInformation
    codes: tuple[EuropolCode, ...]
    text: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``standing`` and what follows are None where nobody stated them."""

    standing: Standing | None
    review_due: datetime | None
    promised: bool | None
    approved: bool


def screened(history: History, item: ItemId, at: datetime) -> Screened | None:
    """The worst of what those who screened the item found, or else of what they found on what it was drawn from.

    What was drawn from an item that was obtained unlawfully is obtained unlawfully, whoever screens it.
    """
    found = nearest(history, ItemScreened, item, at)
    if not found:
        return None
    line = in_line(history, ItemScreened, item, at)
    return Screened(
        suspicion=is_written([r.fact.suspicion for r in found]),
        protected=max((r.fact.protected for r in found), key=_PROTECTED.index),
        lawful=all(r.fact.lawful for r in line),
        control_official=found[-1].fact.control_official,
    )


def coded(history: History, item: ItemId, at: datetime) -> Coded | None:
    """The worst grades, and every code that its provider ever set: on the item, or on what it was drawn from."""
    line = in_line(history, EuropolCodesSet, item, at)
    if not line:
        return None
    set_codes = {code for r in line for code in r.fact.codes}
    graded = nearest(history, EuropolCodesSet, item, at)
    return Coded(
        source=max((r.fact.source for r in graded), key=_SOURCES.index),
        information=max((r.fact.information for r in graded), key=_INFORMATION.index),
        codes=tuple(code for code in EuropolCode if code in set_codes),
        text=is_written([r.fact.text for r in line]),
    )


def source_of(history: History, item: ItemId, at: datetime) -> Source:
    """The source of the item and of all that it was drawn from: that is one source.

    Once dropped for cause it stays so for this item, whatever is stated later; a senior officer can approve contact
    since then. A promise once given binds (5 CFR 736.103).
    """
    stated = in_line(history, SourceStandingStated, item, at)
    approvals = in_line(history, SourceContactApproved, item, at)
    dropped = [r for r in stated if r.fact.standing is Standing.DROPPED]
    standing = latest(stated, lambda fact: _STANDINGS.index(fact.standing))
    return Source(
        standing=(Standing.DROPPED if dropped else standing.fact.standing) if standing else None,
        review_due=standing.fact.review_due if standing else None,
        promised=any(r.fact.promised for r in stated) if stated else None,
        approved=any(
            all(a.happened_at >= d.happened_at and a.position >= d.position for d in dropped)
            for a in approvals
        ),
    )


def answered(history: History, item: ItemId, unit: UnitId, at: datetime) -> Answer | None:
    """The originator's answer that stands for this item and unit; an earlier consent is withdrawn by a later no."""
    given: list[Recorded[Fact]] = [
        r for r in history.of(OriginatorAnswered) if _is_for(r, item, unit) and r.happened_at <= at
    ]
    given += [r for r in history.of(OnwardConsentGiven) if _is_for(r, item, unit) and r.happened_at <= at]
    return latest(given, _restricting)  # type: ignore[return-value]  # of the two kinds that were put in


def validated_at(history: History, item: ItemId, registered_at: datetime, at: datetime) -> datetime:
    """When it was last found that it may be kept; else when it was registered."""
    days = [r.happened_at for r in history.of(RecordValidated) if r.fact.item == item and r.happened_at <= at]
    return max(days, default=registered_at)


def in_line(history: History, kind: type[K], item: ItemId, at: datetime) -> list[Recorded[K]]:
    """Such facts about the item and about all that it was drawn from by a tearline, by the day that is claimed."""
    items = lineage(history, item)
    found = [r for r in history.of(kind) if getattr(r.fact, "item", None) in items and r.happened_at <= at]
    return sorted(found, key=lambda r: (r.happened_at, r.position))


def nearest(history: History, kind: type[K], item: ItemId, at: datetime) -> list[Recorded[K]]:
    """Such facts about the item, or else about the item that it was drawn from by a tearline, the latest last."""
    found = in_line(history, kind, item, at)
    for one in lineage(history, item):
        about_it = [r for r in found if getattr(r.fact, "item", None) == one]
        if about_it:
            return about_it
    return []


def is_written(texts: Sequence[Sealed[str | None]]) -> bool | None:
    """Whether one of these was written. None where none is left that was, and one was purged: nobody knows."""
    if any(text.seal is Seal.OPEN and text.open() is not None for text in texts):
        return True
    return None if any(text.seal is not Seal.OPEN for text in texts) else False


def _is_for(
    recorded: Recorded[OriginatorAnswered] | Recorded[OnwardConsentGiven], item: ItemId, unit: UnitId
) -> bool:
    return recorded.fact.item == item and recorded.fact.unit == unit


def _restricting(fact: Fact) -> int:
    return _ANSWERS.index(fact.answer) if isinstance(fact, OriginatorAnswered) else 0
