"""What stands on record about an item and a request: the facts that a dossier and a page are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import ItemId, PersonId, RequestId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.oversight import OverseerInformed
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.facts.retention import RecordValidated
from tearline.facts.screening import (
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
)
from tearline.facts.warnings import PeopleWarned, ThreatAssessed, WarningWaived
from tearline.folds.admission import FOUNDED
from tearline.folds.agreements import AGREEMENT_KINDS
from tearline.folds.people import people_question, serving_question, upwards

ITEM_KINDS: Sequence[type[Fact]] = (
    ItemRegistered,
    SourceWarned,
    SourceWarningAnswered,
    KnowersListed,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    OnwardConsentGiven,
    DissentRecorded,
    DissentAnswered,
    CompromiseReported,
    ItemScreened,
    EuropolCodesSet,
    OriginatorAnswered,
    SourceStandingStated,
    SourceContactApproved,
    ThreatAssessed,
    WarningWaived,
    PeopleWarned,
    RecordValidated,
)
REQUEST_KINDS: Sequence[type[Fact]] = (
    ReleaseRequested,
    ExposureFigured,
    ReleaseSignedOff,
    OverseerInformed,
    ItemReleased,
)
UNDER_AGREEMENT: Sequence[type[Fact]] = (*AGREEMENT_KINDS, ReleaseExpedited, ReleaseReviewed)
RELEASE_KINDS: Sequence[type[Fact]] = (
    ItemReleased,
    DisclosureRecorded,
    CopyReleased,
    CopyReceived,
    DisclosureJustified,
    OverseerInformed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A source's warning, and the written answer to it if there is one."""

    recorded: Recorded[SourceWarned]
    answer: Recorded[SourceWarningAnswered] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissented:
    """A dissent, and the written answer to it if there is one."""

    recorded: Recorded[DissentRecorded]
    answer: Recorded[DissentAnswered] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Threatened:
    """A threat that an item speaks of: when people were first warned of it, and the latest waiver of that."""

    recorded: Recorded[ThreatAssessed]
    warned: Recorded[PeopleWarned] | None
    waived: Recorded[WarningWaived] | None


def request_of(history: History, request: RequestId) -> Recorded[ReleaseRequested] | None:
    return next((r for r in history.of(ReleaseRequested) if r.fact.request == request), None)


def dossier_seen(history: History, request: RequestId) -> str | None:
    """The salted hash of the dossier of the latest verdict on a request: what whoever acts on it has before them."""
    reached = [r.fact.dossier_sha256 for r in history.of(VerdictReached) if r.fact.request == request]
    return reached[-1] if reached else None


def item_of(history: History, item: ItemId) -> Recorded[ItemRegistered] | None:
    return next((r for r in history.of(ItemRegistered) if r.fact.item == item), None)


def warnings(history: History, item: ItemId, at: datetime) -> list[Warned]:
    """The source's warnings about an item. A tearline version inherits those of the item it was drawn from."""
    items = lineage(history, item)
    answers = {r.fact.warning: r for r in history.of(SourceWarningAnswered) if r.happened_at <= at}
    return [
        Warned(recorded=r, answer=answers.get(r.fact.warning))
        for r in history.of(SourceWarned)
        if r.fact.item in items and r.happened_at <= at
    ]


def dissents(history: History, item: ItemId, request: RequestId | None, at: datetime) -> list[Dissented]:
    """Dissents on this item, whichever request they were recorded on; those on this request stand first.

    Asking again under another name does not leave a dissent behind.
    """
    items = lineage(history, item)
    answers = {r.fact.dissent: r for r in history.of(DissentAnswered) if r.happened_at <= at}
    recorded = [r for r in history.of(DissentRecorded) if r.fact.item in items and r.happened_at <= at]
    recorded.sort(key=lambda r: r.fact.request is None or r.fact.request != request)
    return [Dissented(recorded=r, answer=answers.get(r.fact.dissent)) for r in recorded]


def threats(history: History, item: ItemId, at: datetime) -> list[Threatened]:
    """The threats of which an item speaks. A tearline version inherits those of the item it was drawn from."""
    items = lineage(history, item)
    waived = {
        r.fact.threat: r
        for r in sorted(history.of(WarningWaived), key=lambda r: r.happened_at)
        if r.happened_at <= at
    }
    warned = {
        r.fact.threat: r
        for r in sorted(history.of(PeopleWarned), key=lambda r: r.happened_at, reverse=True)
        if r.fact.threat is not None and r.happened_at <= at
    }
    return [
        Threatened(recorded=r, warned=warned.get(r.fact.threat), waived=waived.get(r.fact.threat))
        for r in history.of(ThreatAssessed)
        if r.fact.item in items and r.happened_at <= at
    ]


def compromised(history: History, item: ItemId) -> bool:
    """Whether the item, or what it was drawn from, is reported to have become known, whenever that was."""
    items = lineage(history, item)
    return any(r.fact.item in items for r in history.of(CompromiseReported))


def lineage(history: History, item: ItemId) -> list[ItemId]:
    """The item and those it was drawn from by a tearline."""
    drawn = history.folded(_drawn)
    line: list[ItemId] = []
    current: ItemId | None = item
    while current is not None and current not in line:
        line.append(current)
        current = drawn.get(current)
    return line


def _drawn(history: History) -> dict[ItemId, ItemId | None]:
    return {r.fact.item: r.fact.tearline_of for r in history.of(ItemRegistered)}


def request_question(known: History, request: RequestId, *, verdicts: bool = False) -> Question:
    """All facts that can change the verdict on a request, as far as ``known`` reaches; ask until it is stable."""
    kinds = (*REQUEST_KINDS, VerdictReached) if verdicts else REQUEST_KINDS
    asked = about(f"request:{request}", kinds=kinds)
    recorded = request_of(known, request)
    return asked | requested_question(known, recorded.fact) if recorded else asked


def requested_question(known: History, asked_for: ReleaseRequested) -> Question:
    """The same for a request that is only being made."""
    items = lineage(known, asked_for.item)
    question = each("item", items, ITEM_KINDS)
    # People may have been warned of a threat on the occasion of another item.
    assessed = sorted({r.fact.threat for r in known.of(ThreatAssessed) if r.fact.item in items})
    question |= each("threat", assessed, (PeopleWarned, WarningWaived))
    persons: set[PersonId] = set(asked_for.recipients)
    persons |= {r.by.person for r in known.of(DissentRecorded)}
    if asked_for.agreement:
        question |= about(f"agreement:{asked_for.agreement}", kinds=UNDER_AGREEMENT) | FOUNDED
    question |= serving_question(known, upwards(known, asked_for.recipients))
    return question | people_question(upwards(known, persons), (asked_for.unit,))


def releases_question(items: Iterable[ItemId]) -> Question:
    return each("item", frozenset(items), RELEASE_KINDS)


Given = Recorded[ItemReleased] | Recorded[DisclosureRecorded]


def releases_of(history: History) -> list[Given]:
    """What was given out, under the protocol or outside it, in the order of the ledger."""
    given: list[Given] = []
    given += history.of(ItemReleased)
    given += history.of(DisclosureRecorded)
    return sorted(given, key=lambda r: r.position)


def releases_by_item(history: History) -> dict[ItemId, list[Given]]:
    """The same by item."""
    found: dict[ItemId, list[Given]] = {}
    for r in releases_of(history):
        found.setdefault(r.fact.item, []).append(r)
    return found
