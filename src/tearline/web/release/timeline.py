"""What happened on a request, in order: for a table, and for the chart beside it.

Kinds of facts, verdicts, lines of signature, roles and times: nothing sealed is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import ItemId, ReleaseId, RequestId
from tearline.facts.investigation import FindingMade
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, InvestigationOpened
from tearline.facts.operations import AccountRendered
from tearline.facts.oversight import OverseerInformed
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DissentAnswered,
    DissentRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.folds.release import item_of, lineage, request_of
from tearline.web.charts.figure import Figure, figure
from tearline.web.charts.timeline import Lane, Mark, sizes
from tearline.web.places import entry_of
from tearline.web.tongue import Tongue

MOST = 60
OF_REQUEST: Sequence[type[Fact]] = (
    ReleaseRequested,
    VerdictReached,
    ReleaseSignedOff,
    ItemReleased,
    ReleaseExpedited,
    OverseerInformed,
)
OF_ITEM: Sequence[type[Fact]] = (
    ItemRegistered,
    DissentRecorded,
    DissentAnswered,
    SourceWarned,
    SourceWarningAnswered,
    CompromiseReported,
    CooperationSuspended,
    InvestigationOpened,
    FindingMade,
)
OF_RELEASE: Sequence[type[Fact]] = (
    CopyReleased,
    CopyReceived,
    ReleaseReviewed,
    AccountRendered,
    DisclosureJustified,
    OverseerInformed,
)
LANES: dict[type[Fact], Lane] = {
    ReleaseRequested: Lane.REQUEST,
    VerdictReached: Lane.VERDICT,
    DissentRecorded: Lane.OBJECTION,
    DissentAnswered: Lane.OBJECTION,
    SourceWarned: Lane.OBJECTION,
    SourceWarningAnswered: Lane.OBJECTION,
    ReleaseSignedOff: Lane.SIGNED,
    ItemReleased: Lane.RELEASE,
    ReleaseExpedited: Lane.RELEASE,
    CopyReleased: Lane.RELEASE,
    CopyReceived: Lane.RELEASE,
    ReleaseReviewed: Lane.AFTER,
    CompromiseReported: Lane.AFTER,
    CooperationSuspended: Lane.AFTER,
    InvestigationOpened: Lane.AFTER,
    FindingMade: Lane.AFTER,
    AccountRendered: Lane.AFTER,
    OverseerInformed: Lane.AFTER,
    DisclosureJustified: Lane.AFTER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    rows: list[list[object]]
    figure: Figure
    earlier: int
    """How many events before those in the table are left out."""


def timeline_question(known: History, request: RequestId) -> Question:
    asked = about(f"request:{request}", kinds=OF_REQUEST)
    recorded = request_of(known, request)
    if recorded is None:
        return asked
    releases = [r.fact.release for r in known.of(ItemReleased) if r.fact.request == request]
    return (
        asked
        | each("item", lineage(known, recorded.fact.item), OF_ITEM)
        | each("release", releases, OF_RELEASE)
    )


def timeline(say: Tongue, known: History, request: RequestId) -> Timeline | None:
    """The latest events; None where there is no such request."""
    found = list(_events(known, request))
    if not found:
        return None
    shown = found[-MOST:]
    rows: list[list[object]] = [
        [(f"{n}. {_words(say, r)}", entry_of(r)), say.happened(r), say(r.by.role)]
        for n, r in enumerate(shown, 1)
    ]
    return Timeline(
        rows=rows,
        figure=figure(
            f"/releases/{request}/timeline.svg",
            sizes(),
            alt=say("What happened on this request, over time; the numbers are those of the table."),
        ),
        earlier=len(found) - len(shown),
    )


def timeline_marks(known: History, request: RequestId) -> tuple[list[Mark], datetime | None] | None:
    """What the chart shows: the events, and when the item perishes."""
    found = list(_events(known, request))[-MOST:]
    asked = request_of(known, request)
    if not found or asked is None:
        return None
    item = item_of(known, asked.fact.item)
    marks = [Mark(n=n, at=r.happened_at, lane=LANES[type(r.fact)]) for n, r in enumerate(found, 1)]
    return marks, item.fact.perishes_at if item else None


def _events(known: History, request: RequestId) -> Iterator[Recorded[Fact]]:
    """By when they are said to have happened; what was objected to the item before counts as well."""
    asked = request_of(known, request)
    if asked is None:
        return
    items = set(lineage(known, asked.fact.item))
    releases = {r.fact.release for r in known.of(ItemReleased) if r.fact.request == request}
    found = [r for r in known if type(r.fact) in LANES and _concerns(r.fact, request, items, releases)]
    yield from sorted(found, key=lambda r: (r.happened_at, r.position))


def _concerns(fact: Fact, request: RequestId, items: set[ItemId], releases: set[ReleaseId]) -> bool:
    """A fact of this request or its releases; or of the item, if it is of no other request or release."""
    own, of = getattr(fact, "request", None), getattr(fact, "release", None)
    if own is not None or of is not None:
        return own == request or of in releases
    return getattr(fact, "item", None) in items


def _words(say: Tongue, recorded: Recorded[Fact]) -> str:
    """The kind of fact, and what its clear fields add."""
    kind = say(type(recorded.fact).in_words)
    match recorded.fact:
        case VerdictReached(effect=effect):
            return f"{kind}: {say(effect)}"
        case ReleaseSignedOff(line=line):
            return f"{kind}: {say(line)}"
        case CopyReleased(copy=copy) | CopyReceived(copy=copy):
            return f"{kind}: {copy}"
        case CompromiseReported(sure=sure):
            return f"{kind}: {say(sure)}"
    return kind
