"""How long things are kept: whose term runs, what a hold stops, which purges are not complete and why.

A term runs from the day an item was registered, or last validated, under each agreement that governs it; the
protocol's duty that a validation discharges says how long. It is the same obligation that ``owed`` shows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import BackupId, ItemId, OrganisationId, PurgeId, RequestId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.parties import AgreementSigned, ProtocolAppliedInHindsight, UnitFormed
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased, ReleaseRequested
from tearline.facts.retention import (
    ItemPurged,
    KeyBackupDestroyed,
    KeyBackupMade,
    LegalHoldLifted,
    LegalHoldPlaced,
    PurgeCompleted,
    Purged,
    PurgeNoticeGiven,
    PurgeNoticeOwed,
    PurgeOrdered,
    RecordValidated,
    WrappingKeyIntroduced,
    WrappingKeyRetired,
)
from tearline.facts.words import Worded
from tearline.folds.agreements import AGREEMENT_KINDS
from tearline.folds.obligations import Obligation, terms
from tearline.folds.release import releases_of
from tearline.protocol import Pack

AGREEMENTS: Sequence[type[Fact]] = (AgreementSigned, ProtocolAppliedInHindsight)
GIVEN_OUT: Sequence[type[Fact]] = (ReleaseRequested, ItemReleased, DisclosureRecorded)
OF_KEYS: Sequence[type[Fact]] = (
    WrappingKeyIntroduced,
    WrappingKeyRetired,
    KeyBackupMade,
    KeyBackupDestroyed,
)
OF_PURGES: Sequence[type[Fact]] = (PurgeOrdered, Purged, PurgeCompleted, PurgeNoticeOwed, PurgeNoticeGiven)
OF_HOLDS: Sequence[type[Fact]] = (LegalHoldPlaced, LegalHoldLifted)


# Terms


def clocks(history: History, protocols: Mapping[str, Pack]) -> list[Obligation]:
    """For each item and agreement, until when it is purged or validated; the first that ends on top."""
    return [term for term in terms(history, protocols) if term.discharged_by is None]


def clocks_question(known: History, items: Iterable[ItemId]) -> Question:
    """All that can change the terms of these items; ask until it no longer widens."""
    asked = each("item", frozenset(items), (ItemRegistered, RecordValidated, ItemPurged, *GIVEN_OUT))
    organisations: set[OrganisationId] = {r.fact.holder for r in known.of(ItemRegistered)}
    organisations |= {r.fact.organisation for r in known.of(UnitFormed)}
    named = {r.fact.agreement for r in (*known.of(ReleaseRequested), *releases_of(known)) if r.fact.agreement}
    units = frozenset(r.fact.unit for r in releases_of(known))
    asked |= each("unit", units, (UnitFormed,))
    asked |= each("organisation", frozenset(organisations), AGREEMENTS)
    named |= {r.fact.agreement for r in known.of(AgreementSigned)}
    return asked | each("agreement", frozenset(named), AGREEMENT_KINDS)


# Holds


def standing_holds(history: History) -> list[Recorded[LegalHoldPlaced]]:
    """The holds that were placed and not lifted."""
    lifted = {r.fact.hold for r in history.of(LegalHoldLifted)}
    return [r for r in history.of(LegalHoldPlaced) if r.fact.hold not in lifted]


def holds_on(history: History, target: Recorded[Fact]) -> list[Recorded[LegalHoldPlaced]]:
    """The standing holds on this fact: by its reference, its request, or its item and that item's family."""
    items = family(history, items_of(history, target))
    requests = requests_of(history, target)
    return [
        r
        for r in standing_holds(history)
        if r.fact.record == target.ref or r.fact.item in items or r.fact.request in requests
    ]


def holds_question(known: History, targets: Iterable[Recorded[Fact]]) -> Question:
    """All that can place a hold on these facts, or lift one; ask until it no longer widens."""
    asked = each("hold", frozenset(r.fact.hold for r in known.of(LegalHoldPlaced)), OF_HOLDS)
    for target in targets:
        asked |= about(f"fact:{target.ref}", kinds=(LegalHoldPlaced,))
        if target.told is not None:  # a hold on what a telling tells of would be live, and the two never meet
            continue
        for field, kinds in _LEADS.items():
            identifier = getattr(target.fact, field, None)
            if isinstance(identifier, str):
                asked |= about(f"{field}:{identifier}", kinds=kinds)
        asked |= each("request", requests_of(known, target), (LegalHoldPlaced, ReleaseRequested))
        asked |= each("item", family(known, items_of(known, target)), (LegalHoldPlaced, ItemRegistered))
    return asked


_LEADS: Mapping[str, Sequence[type[Fact]]] = {
    "release": (ItemReleased, DisclosureRecorded),
    "compromise": (CompromiseReported,),
}


def items_of(history: History, target: Recorded[Fact]) -> frozenset[ItemId]:
    """The items that a fact is about: named by it, or by the request, release or compromise that it names."""
    found = {_named(target, "item")}
    requests = requests_of(history, target)
    found |= {r.fact.item for r in history.of(ReleaseRequested) if r.fact.request in requests}
    release = _named(target, "release")
    found |= {r.fact.item for r in releases_of(history) if r.fact.release == release}
    compromise = _named(target, "compromise")
    found |= {r.fact.item for r in history.of(CompromiseReported) if r.fact.compromise == compromise}
    return frozenset(ItemId(item) for item in found if item)


def requests_of(history: History, target: Recorded[Fact]) -> frozenset[RequestId]:
    """The requests that a fact is about: the one it names, or the one that the release it names answered."""
    found = {_named(target, "request")}
    release = _named(target, "release")
    found |= {r.fact.request for r in history.of(ItemReleased) if r.fact.release == release}
    return frozenset(RequestId(request) for request in found if request)


def _named(target: Recorded[Fact], field: str) -> str | None:
    found = getattr(target.fact, field, None)
    return found if isinstance(found, str) else None


def family(history: History, items: frozenset[ItemId]) -> frozenset[ItemId]:
    """These items, all that they were drawn from, and all that was drawn from any of them by a tearline."""
    drawn = [(r.fact.item, r.fact.tearline_of) for r in history.of(ItemRegistered) if r.fact.tearline_of]
    found = set(items)
    while wider := {end for pair in drawn for end in pair if end and found.intersection(pair)} - found:
        found |= wider
    return frozenset(found)


def drawn_from(history: History, item: ItemId) -> frozenset[ItemId]:
    """The item, and whatever was drawn from it by a tearline."""
    found = {item}
    while wider := {r.fact.item for r in history.of(ItemRegistered) if r.fact.tearline_of in found} - found:
        found |= wider
    return frozenset(found)


# Purges


class Awaits(Worded):
    """Why a purge is not complete."""

    SECOND_SIGNATURE = "second-signature", "a second signature", "una segunda firma"
    REWRAP = (
        "rewrap",
        "the surviving keys to be wrapped under a new wrapping key",
        "que las claves restantes se envuelvan con una clave nueva",
    )
    OLD_KEY = (
        "old-key",
        "the old wrapping key to be destroyed",
        "que se destruya la clave de envoltura anterior",
    )
    KEY_BACKUP = (
        "key-backup",
        "a backup of the old keys to expire or be destroyed",
        "que venza o se destruya una copia de las claves anteriores",
    )
    RECORD = "record", "its completion to be recorded", "que se registre que está completa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """One thing a purge waits for; for a backup of keys, which one and until when."""

    what: Awaits
    backup: BackupId | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeStanding:
    """Where one purge stands. ``epoch``: the last one that must be retired for it, once that is known."""

    ordered: Recorded[PurgeOrdered]
    purged: Recorded[Purged] | None
    completed: Recorded[PurgeCompleted] | None
    epoch: int | None
    awaits: tuple[Awaited, ...]
    untold: tuple[Recorded[PurgeNoticeOwed], ...]

    @property
    def purge(self) -> PurgeId:
        return self.ordered.fact.purge


def purges_question() -> Question:
    """All that can change where any purge stands."""
    return about(kinds=(*OF_PURGES, *OF_KEYS))


def purges(history: History, now: datetime) -> list[PurgeStanding]:
    """Where each purge stands, in the order in which they were ordered."""
    purged = {r.fact.purge: r for r in history.of(Purged)}
    completed = {r.fact.purge: r for r in history.of(PurgeCompleted)}
    told = {r.fact.notice for r in history.of(PurgeNoticeGiven)}
    found = []
    for ordered in history.of(PurgeOrdered):
        purge = ordered.fact.purge
        done = purged.get(purge)
        found.append(
            PurgeStanding(
                ordered=ordered,
                purged=done,
                completed=completed.get(purge),
                epoch=last_epoch(history, done) if done else None,
                awaits=() if purge in completed else tuple(_awaits(history, done, now)),
                untold=tuple(
                    r
                    for r in history.of(PurgeNoticeOwed)
                    if r.fact.purge == purge and r.fact.notice not in told
                ),
            )
        )
    return found


def last_epoch(history: History, purged: Recorded[Purged]) -> int | None:
    """The last epoch under which what was purged can be wrapped in any copy; None while that is still in use.

    A key that was introduced after the purge has never wrapped what the purge destroyed.
    """
    later = [r.fact.epoch for r in history.of(WrappingKeyIntroduced) if r.position > purged.position]
    return min(later) - 1 if later else None


def live_backups(history: History, epoch: int, now: datetime) -> list[Recorded[KeyBackupMade]]:
    """The key backups of this epoch or an older one that are neither destroyed nor expired."""
    destroyed = {r.fact.backup for r in history.of(KeyBackupDestroyed)}
    return [
        r
        for r in history.of(KeyBackupMade)
        if r.fact.epoch <= epoch and r.fact.backup not in destroyed and r.fact.expires > now
    ]


def _awaits(history: History, purged: Recorded[Purged] | None, now: datetime) -> Iterator[Awaited]:
    if purged is None:
        yield Awaited(what=Awaits.SECOND_SIGNATURE)
        return
    epoch = last_epoch(history, purged)
    if epoch is None:
        yield Awaited(what=Awaits.REWRAP)
        return
    retired = any(r.fact.epoch == epoch for r in history.of(WrappingKeyRetired))
    backups = live_backups(history, epoch, now)
    if not retired:
        yield Awaited(what=Awaits.OLD_KEY)
    for backup in backups:
        yield Awaited(what=Awaits.KEY_BACKUP, backup=backup.fact.backup, until=backup.fact.expires)
    if retired and not backups:
        yield Awaited(what=Awaits.RECORD)
