"""Requests, as programs read them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import moment, tell, tell_all, tell_maybe
from tearline.api.schemas import TIME, many, maybe, one_of, record, ref, whole
from tearline.api.views.items import owed_on_item, tell_dissented, tell_warned
from tearline.api.views.parties import chain
from tearline.api.views.why import standing_of
from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.identifiers import RequestId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureRecorded,
    Effect,
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SignOffLine,
    VerdictReached,
)
from tearline.facts.shape import Json
from tearline.facts.words import Worded, Words
from tearline.folds.agreements import agreements
from tearline.folds.figures import latest_figure
from tearline.folds.people import People
from tearline.folds.release import (
    RELEASE_KINDS,
    dissents,
    item_of,
    lineage,
    request_of,
    request_question,
    warnings,
)
from tearline.folds.requests import Requests
from tearline.folds.reviews import review_due, review_of
from tearline.jobs.effect import InEffect
from tearline.projections import Projections
from tearline.protocol import Pack
from tearline.web.owed import owed_on, texts_of
from tearline.web.release.verdicts import standing

# requests


class State(Worded):
    """Which requests are asked for."""

    OPEN = "open", "not released", "sin divulgar"
    RELEASED = "released", "released", "divulgadas"


def all_requests(reading: Reading) -> dict[str, Json]:
    """In the order of the ledger. What is told of each is read for the page alone."""
    stands = reading.projections.requests()
    wanted, most = reading.text("state"), reading.limit()
    asked = reading.projections.once(_asked, wanted)
    after = reading.after()
    first = bisect_right(asked, int(after), key=lambda r: r.position) if after else 0
    some = asked[first : first + most]
    more = first + most < len(asked)
    known = reading.read(each("request", [r.fact.request for r in some], (ReleaseRequested,)))
    as_read = {r.position: r for r in known}
    cursor = reading.cursor(str(some[-1].position)) if more else None
    return {
        "requests": [_row(as_read.get(r.position, r), stands) for r in some],
        "next": reading.next(cursor),
    }


def _asked(projections: Projections, wanted: str | None) -> Sequence[Recorded[ReleaseRequested]]:
    """The requests that stand so, in the order of the ledger."""
    stands = projections.requests()
    return [
        r
        for request, r in stands.asked.items()
        if wanted is None or (request in stands.released) is (wanted == State.RELEASED)
    ]


def _row(recorded: Recorded[Any], stands: Requests) -> dict[str, Json]:
    fact: ReleaseRequested = recorded.fact
    effect = stands.effect.get(fact.request)
    released, perishes = stands.released.get(fact.request), stands.perishes(fact.item)
    return {
        "request": tell(recorded),
        "effect": effect.value if effect else None,
        "released_at": moment(released.happened_at) if released else None,
        "signed": [*sorted(line.value for line in stands.lines.get(fact.request, ()))],
        "contested": stands.contested(fact),
        "perishes_at": moment(perishes) if perishes else None,
    }


def asks_request(known: History, request: RequestId, protocols: Mapping[str, Pack]) -> Question:
    asked = request_question(known, request, verdicts=True)
    recorded = request_of(known, request)
    if recorded is None:
        return asked
    items = lineage(known, recorded.fact.item)
    releases = [r.fact.release for r in known.of(ItemReleased) if r.fact.request == request]
    asked |= owed_on(known, protocols, {"request": [request], "item": items})
    asked |= each("release", releases, (*RELEASE_KINDS, ReleaseExpedited, ReleaseReviewed))
    return asked | each("item", items, (CompromiseReported,))


def one_request(reading: Reading) -> dict[str, Json]:
    request = RequestId(reading.identifier("request"))
    # The node opens all of it to decide. Only the verdict, the rules and what is owed are told, cut to the reader.
    protocols, now = dict(reading.node.protocols), reading.now
    named = ("API request", request, texts_of(protocols))
    opened = reading.opened(lambda so_far: asks_request(so_far, request, protocols), named=named)
    known = reading.as_seen(opened)
    recorded = request_of(known, request)
    if recorded is None:
        raise absent()
    stands = standing(opened, request, protocols, now)
    at = stands.at if stands and not stands.live else now
    fact, told = recorded.fact, recorded.told is not None
    released = next((r for r in known.of(ItemReleased) if r.fact.request == request), None)
    copies = [r for r in known.of(CopyReleased) if released and r.fact.release == released.fact.release]
    return {
        "request": tell(recorded),
        "standing": standing_of(
            stands, reading.access, told=told, cures=bool(reading.flag("cures")) and released is None
        ),
        "sign_offs": tell_all([r for r in known.of(ReleaseSignedOff) if r.fact.request == request]),
        "awaited": _awaited(known, fact, at),
        "chains": tell_chains(known.as_known(at), fact, at),
        "warnings": [tell_warned(one) for one in warnings(known, fact.item, at)],
        "dissents": [tell_dissented(one) for one in dissents(known, fact.item, request, at)],
        "figured": tell_maybe(latest_figure(known, request)),
        "verdicts": tell_all([r for r in known.of(VerdictReached) if r.fact.request == request]),
        "released": tell_maybe(released),
        "in_effect": tell_effect(reading.effects.of(known, released, copies)) if released else None,
        "copies": tell_all(copies),
        "receipts": tell_all(
            [r for r in known.of(CopyReceived) if released and r.fact.release == released.fact.release]
        ),
        "review": _review(known, request),
        "owed": owed_on_item(reading, opened),
    }


def _awaited(known: History, asked: ReleaseRequested, at: datetime) -> list[Json]:
    """The lines whose sign-off is not on record."""
    signed = {r.fact.line for r in known.of(ReleaseSignedOff) if r.fact.request == asked.request}
    wanted = [SignOffLine.RELEASING, SignOffLine.SOURCE_HANDLING]
    if warnings(known, asked.item, at) or dissents(known, asked.item, asked.request, at):
        wanted.append(SignOffLine.SECOND)
    return [line.value for line in wanted if line not in signed]


def tell_chains(then: History, asked: ReleaseRequested | DisclosureRecorded, at: datetime) -> list[Json]:
    """Of each recipient, everyone above them up to the signatory: ours inside our own agency, else the partner's."""
    people = People(then, at)
    held = agreements(then).get(asked.agreement) if asked.agreement else None
    top = None
    if held is not None:
        registered = item_of(then, asked.item)
        own = registered is not None and people.organisation_of(asked.unit) == registered.fact.holder
        top = held.terms.own_signatory if own else held.terms.partner_signatory
    return [chain(people, person, up_to=top) for person in asked.recipients]


def tell_effect(effect: InEffect) -> dict[str, Json]:
    return {
        "holds": effect.holds,
        "quorum": effect.quorum,
        "witnesses": effect.witnesses,
        "cosigned": effect.cosigned,
    }


def _review(known: History, request: RequestId) -> Json:
    expedited = next((r for r in known.of(ReleaseExpedited) if r.fact.request == request), None)
    if expedited is None:
        return None
    held = agreements(known).get(expedited.fact.agreement)
    return {
        "expedited": tell(expedited),
        "due": moment(review_due(expedited, held)),
        "review": tell_maybe(review_of(known, expedited)),
    }


EFFECT = record(
    {"holds": schemas.flag(), "quorum": whole(), "witnesses": whole(), "cosigned": whole()},
    Words(
        "Whether a release is in effect: cosigned by as many witnesses as its agreement asks for",
        "Si una divulgación surte efecto: refrendada por los testigos que pide su acuerdo",
    ),
)


REQUEST_ROW = record(
    {
        "request": ref("ReleaseRequested"),
        "effect": maybe(one_of(Effect)),
        "released_at": maybe(TIME),
        "signed": many(one_of(SignOffLine)),
        "contested": schemas.flag(Words("Warned of, or dissented from", "Con advertencia o disidencia")),
        "perishes_at": maybe(TIME),
    }
)
