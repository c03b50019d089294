"""What needs me, and what falls due: the site's first page and its calendar, for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tearline.api.reading import Reading
from tearline.api.recorded import moment
from tearline.api.route import PAGING, View, instant
from tearline.api.schemas import TIME, in_both, many, maybe, one_of, record, ref, text, whole
from tearline.api.views.ledger import NEXT
from tearline.facts.history import Role, about, each
from tearline.facts.identifiers import PersonId, RequestId
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    Effect,
    ItemReleased,
    SignOffLine,
    VerdictReached,
)
from tearline.facts.shape import Json
from tearline.facts.words import Worded, Words
from tearline.folds.assistance import Need as PeoplesNeed
from tearline.folds.assistance import Offer
from tearline.folds.carried import NEVER
from tearline.folds.falling_due import QUESTION, Dated, Ends, falling_due
from tearline.folds.obligations import Obligation
from tearline.folds.protocols import STANDINGS, ProposalState, proposals
from tearline.folds.requests import Requests
from tearline.folds.warnings import Danger, Notice
from tearline.jobs.effect import effect_question
from tearline.projections import Projections, everything
from tearline.rooms.leaks.suspensions import LiftSuspension
from tearline.rooms.protocols import OFFICERS
from tearline.rooms.release.requests import LINES
from tearline.web.access import Access
from tearline.web.home import OWED_TO, SOON
from tearline.web.owed import entries_there, shown_to
from tearline.web.people_waiting import Waits, people_waiting
from tearline.web.policy import INQUIRERS, PEOPLE, READERS
from tearline.web.register.places import STANDING, there_for

MOST = 500
"""What is told of a queue; what is beyond is counted."""


class Why(Worded):
    """Why something waits for me."""

    SIGN = "sign", "sign it, or say why not", "fírmela o diga por qué no"
    RELEASE = "release", "ready to release", "lista para divulgar"
    ASKED = "asked", "your request", "su solicitud"
    ADOPT = "adopt", "a proposed protocol to sign or not", "una propuesta de protocolo por firmar o no"
    ANSWER_DISSENT = "answer-dissent", "a dissent to answer", "una disidencia por responder"
    ANSWER_WARNING = "answer-warning", "a source's warning to answer", "una advertencia por responder"
    INVESTIGATE = "investigate", "a leak that nobody investigates", "una filtración que nadie investiga"
    CONFIRM = "confirm", "a proposed finding to confirm or not", "una conclusión propuesta por confirmar o no"
    DECIDE_WARNING = "decide-warning", "a warning to order or to waive", "un aviso por ordenar o dispensar"
    WARN = "warn", "people to be warned", "personas por avisar"
    REVIEW_WARNING = "review-warning", "a warning to review", "un aviso por revisar"
    NEED = "need", "a need that is not met", "una necesidad sin atender"
    OFFER = "offer", "an offer without an answer", "un ofrecimiento sin respuesta"
    LIFT = "lift", "a suspension to lift or not", "una suspensión por levantar o no"
    VET_PERSON = "vet-person", "a person's vetting", "la evaluación de una persona"
    VET_UNIT = "vet-unit", "a unit's vetting", "la evaluación de una unidad"
    OWED = "owed", "owed", "debido"
    RECEIPT = "receipt", "a copy to acknowledge", "una copia por acusar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing that waits: of which kind, named by what, since which fact, until when."""

    why: Why
    names: str
    href: str
    due: datetime | None = None
    perishes: bool = False
    effect: Effect | None = None
    words: Words | None = None
    answers: int | None = None
    """The position of what is to be answered: the duty to answer it says by when."""


def queue(reading: Reading) -> dict[str, Json]:
    inside = reading.access.inside
    people = list(_people(reading)) if inside else []
    stands_for = frozenset(duty for waits in people for duty in waits.stands_for)
    lasting = reading.projections.once(_lasting, reading.access, stands_for) if inside else ()
    passing = [*_passing(reading), *(_of_people(waits) for waits in people)]
    first = sorted([*lasting[:MOST], *passing], key=_pressing)[:MOST]
    return {"waiting": [_told(n) for n in first], "count": len(lasting) + len(passing)}


def _pressing(need: Need) -> tuple[bool, datetime, str, str]:
    return (need.due is None, need.due or NEVER, need.why.value, need.names)


def _people(reading: Reading) -> Iterator[Waits]:
    """What waits of people in danger or harmed."""
    actor, node = reading.actor, reading.node
    mine = there_for(actor, node.gather(lambda _: STANDING)[0]) if actor.role is Role.ADVOCATE else ()
    return people_waiting(reading.projections, node.protocols, actor, UTC, mine)


def _of_people(waits: Waits) -> Need:
    names, place = _called(waits)
    return Need(why=Why(waits.why.value), names=names, href=f"/api/v1/harm/{place}", due=waits.due)


def _called(waits: Waits) -> tuple[str, str]:
    """What it is named by, and the view that tells it."""
    match waits.subject:
        case Danger(name=name):
            return name, "warnings"
        case Notice(recorded=recorded):
            return recorded.fact.notice, "warnings"
        case Offer(recorded=offered):
            return offered.fact.offer, "assistance"
        case PeoplesNeed(recorded=needed):
            return needed.fact.need, "assistance"


def _lasting(
    projections: Projections, access: Access, stands_for: frozenset[tuple[int, str]]
) -> Sequence[Need]:
    """What waits for this role, and what is owed that concerns it, as long as nothing is recorded."""
    needs = list(_needs(projections, access.role, access.person))
    answering = {n.answers for n in needs if n.answers is not None}
    due = {o.ground.position: o.due for *_, o in projections.owed(everything)} if answering else {}
    owed = _owed(projections, access, answering, stands_for)
    return sorted([*(_dated(n, due) for n in needs), *owed], key=_pressing)


def _dated(need: Need, due: Mapping[int, datetime | None]) -> Need:
    if need.answers is None:
        return need
    return Need(
        why=need.why, names=need.names, href=need.href, due=due.get(need.answers), answers=need.answers
    )


def _told(need: Need) -> dict[str, Json]:
    return {
        "why": need.why.value,
        "names": need.names,
        "href": need.href,
        "due": moment(need.due) if need.due else None,
        "perishes": need.perishes,
        "effect": need.effect.value if need.effect else None,
        "sentence": in_both(need.words or need.why.words),
    }


def _passing(reading: Reading) -> Iterator[Need]:
    """What waits for this role today, and perhaps not tomorrow."""
    role = reading.identity.role
    if not reading.access.inside:
        yield from _receipts(reading)
        return
    if role in OFFICERS:
        yield from _to_adopt(reading)
    if role is Role.VETTING_OFFICER:
        yield from _lapsing(reading)


def _needs(projections: Projections, role: Role, person: PersonId) -> Iterator[Need]:
    if role in LINES:
        yield from _to_sign(projections, LINES[role], person)
    if role is Role.RELEASING_OFFICER:
        yield from _requests(projections, Why.RELEASE, person)
    if role in (Role.RELEASING_OFFICER, Role.SENIOR_OFFICER):
        yield from _to_answer(projections, person)
    if role in (Role.SENIOR_OFFICER, Role.INVESTIGATOR):
        yield from _to_investigate(projections)
    if role in INQUIRERS:
        yield from _to_confirm(projections, person)
    if role in LiftSuspension.allowed:
        yield from _to_lift(projections, person)
    if role in (Role.CASE_AGENT, Role.LIAISON):
        yield from _requests(projections, Why.ASKED, person)


def _to_sign(projections: Projections, line: SignOffLine, person: PersonId) -> Iterator[Need]:
    stands = projections.requests()
    for *_, request in projections.open_requests():
        r = stands.asked[request]
        if line in stands.lines.get(request, ()) or r.by.person == person:
            continue
        if stands.effect.get(request) is Effect.REFUSE:
            continue
        if line is not SignOffLine.SECOND or stands.contested(r.fact):
            yield _request(stands, request, Why.SIGN)


def _requests(projections: Projections, why: Why, person: PersonId) -> Iterator[Need]:
    stands = projections.requests()
    for *_, request in projections.open_requests():
        r = stands.asked[request]
        ready = stands.effect.get(r.fact.request) is Effect.RELEASE
        if ready if why is Why.RELEASE else r.by.person == person:
            yield _request(stands, r.fact.request, why)


def _request(stands: Requests, request: RequestId, why: Why) -> Need:
    asked = stands.asked[request]
    return Need(
        why=why,
        names=request,
        href=f"/api/v1/requests/{request}",
        due=stands.perishes(asked.fact.item),
        perishes=True,
        effect=stands.effect.get(asked.fact.request),
    )


def _to_adopt(reading: Reading) -> Iterator[Need]:
    me = reading.identity.person
    for one in proposals(reading.read(STANDINGS)):
        taken = {one.recorded.by.person, *(r.by.person for r in one.signed)}
        if one.state(reading.now) is ProposalState.OPEN and me not in taken:
            name = one.fact.proposal
            yield Need(why=Why.ADOPT, names=name, href=f"/api/v1/proposals/{name}", due=one.expires)


def _to_answer(projections: Projections, person: PersonId) -> Iterator[Need]:
    for r in projections.unanswered_dissents():
        if r.by.person != person:
            href = f"/api/v1/items/{r.fact.item}"
            yield Need(why=Why.ANSWER_DISSENT, names=r.fact.dissent, href=href, answers=r.position)
    for w in projections.unanswered_warnings():
        href = f"/api/v1/items/{w.fact.item}"
        yield Need(why=Why.ANSWER_WARNING, names=w.fact.warning, href=href, answers=w.position)


def _to_investigate(projections: Projections) -> Iterator[Need]:
    for r in projections.uninvestigated():
        name = r.fact.compromise
        yield Need(why=Why.INVESTIGATE, names=name, href=f"/api/v1/compromises/{name}")


def _to_confirm(projections: Projections, person: PersonId) -> Iterator[Need]:
    for r in projections.to_confirm():
        if r.by.person != person:
            href = f"/api/v1/investigations/{r.fact.investigation}"
            yield Need(why=Why.CONFIRM, names=r.fact.finding, href=href)


def _to_lift(projections: Projections, person: PersonId) -> Iterator[Need]:
    for r in projections.to_lift():
        if r.by.person != person:
            yield Need(why=Why.LIFT, names=r.fact.lifting, href=f"/api/v1/compromises/{r.fact.compromise}")


def _lapsing(reading: Reading) -> Iterator[Need]:
    """Units and people whose pass has ended or is about to, and those whose vetting is pending."""
    for one in reading.projections.lapsing(reading.now, reading.now + SOON):
        why, place = (Why.VET_UNIT, "units") if one.unit else (Why.VET_PERSON, "people")
        yield Need(why=why, names=one.subject, href=f"/api/v1/{place}/{one.subject}", due=one.due)


def _all_owed(reading: Reading) -> Sequence[Obligation]:
    return shown_to(reading.access, [owed for *_, owed in reading.projections.owed(everything)])


def _owed(
    projections: Projections, access: Access, answering: set[int], stands_for: frozenset[tuple[int, str]]
) -> Iterator[Need]:
    """What is owed that concerns this role, but what stands in the queue already."""
    concerns = OWED_TO.get(access.role)
    if concerns is None:
        return
    for *_, o in entries_there(access, projections.owed(everything)):
        live = o.ground.told is None and o.discharged_by is None
        shown_already = o.ground.position in answering or isinstance(o.ground.fact, VerdictReached)
        shown_already |= (o.ground.position, o.kind) in stands_for
        if live and not shown_already and concerns(o):
            href = f"/api/v1/facts/{o.ground.position}"
            yield Need(why=Why.OWED, names=o.about, href=href, due=o.due, words=o.sentence)


def _receipts(reading: Reading) -> Iterator[Need]:
    """The copies in effect that the reader has not acknowledged."""
    me = reading.identity.person
    known = reading.read(
        lambda so_far: (
            about(f"person:{me}", kinds=(CopyReleased,))
            | each("copy", [r.fact.copy for r in so_far.of(CopyReleased)], (CopyReceived,))
            | each("release", [r.fact.release for r in so_far.of(CopyReleased)], (ItemReleased,))
            | effect_question(so_far)
        )
    )
    received = {r.fact.copy for r in known.of(CopyReceived)}
    released = {r.fact.release: r for r in known.of(ItemReleased)}
    for r in known.of(CopyReleased):
        if r.told is None and r.fact.recipient == me and r.fact.copy not in received:
            given = released.get(r.fact.release)
            if given is not None and reading.effects.of(known, given, (r,)).holds:
                copy = r.fact.copy
                yield Need(why=Why.RECEIPT, names=copy, href=f"/api/v1/copies/{copy}")


# what falls due


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A duty's day, or a date that a fact states."""

    at: datetime
    what: Dated | Obligation


PLACES: Mapping[Ends, str] = {
    Ends.ITEM: "items",
    Ends.PERSON: "people",
    Ends.UNIT: "units",
    Ends.TRAINING: "units",
    Ends.AGREEMENT: "agreements",
    Ends.PROPOSAL: "proposals",
    Ends.REVIEW: "requests",
    Ends.SOURCE: "items",
}


def calendar(reading: Reading) -> dict[str, Json]:
    """From one instant to before another; left out: from now, and for a year."""
    first = reading.instant("from") or reading.now
    last = reading.instant("to")
    dated = [Due(at=d.at, what=d) for d in reading.read(QUESTION).folded(falling_due)]
    owed = [
        Due(at=o.due, what=o)
        for o in _all_owed(reading)
        if o.due is not None and o.discharged_by is None and o.ground.told is None and not o.hindsight
    ]
    found = [d for d in (*dated, *owed) if first <= d.at and (last is None or d.at < last)]
    found.sort(key=_place)
    after = reading.after()
    rest = [d for d in found if after is None or _place(d) > tuple(after.split(" ", 2))]
    some = rest[: reading.limit()]
    cursor = reading.cursor(" ".join(_place(some[-1]))) if len(rest) > len(some) else None
    return {"due": [_due(d) for d in some], "count": len(found), "next": reading.next(cursor)}


def _place(due: Due) -> tuple[str, str, str]:
    at = f"{due.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
    if isinstance(due.what, Dated):
        return at, due.what.ends.value, due.what.names
    return at, "owed", f"{due.what.ground.position} {due.what.kind} {due.what.agreement.agreement}"


def _due(due: Due) -> dict[str, Json]:
    what = due.what
    if isinstance(what, Dated):
        href = f"/api/v1/{PLACES[what.ends]}/{what.names}"
        return {
            "at": moment(due.at),
            "ends": what.ends.value,
            "names": what.names,
            "href": href,
            "sentence": in_both(what.ends.words),
        }
    return {
        "at": moment(due.at),
        "ends": None,
        "names": what.about,
        "href": f"/api/v1/facts/{what.ground.position}",
        "sentence": in_both(what.sentence),
    }


VIEWS = (
    View(
        path="/queue",
        name="Queue",
        words=Words("What needs me, by deadline", "Lo que me espera, por plazo"),
        answer=record(
            {
                "waiting": many(
                    record(
                        {
                            "why": one_of(Why),
                            "names": text(),
                            "href": text(),
                            "due": maybe(TIME),
                            "perishes": {"type": "boolean"},
                            "effect": maybe(one_of(Effect)),
                            "sentence": ref("Words"),
                        }
                    )
                ),
                "count": whole(),
            }
        ),
        read=queue,
        roles=PEOPLE,
        timed=True,
        page=("/",),
    ),
    View(
        path="/calendar",
        name="Calendar",
        words=Words("What falls due, by date", "Lo que vence, por fecha"),
        answer=record(
            {
                "due": many(
                    record(
                        {
                            "at": TIME,
                            "ends": maybe(one_of(Ends)),
                            "names": text(),
                            "href": text(),
                            "sentence": ref("Words"),
                        }
                    )
                ),
                "count": whole(),
                "next": NEXT,
            }
        ),
        read=calendar,
        roles=READERS,
        query=(
            instant("from", Words("From this instant on; left out: now", "Desde este instante")),
            instant("to", Words("To before this instant", "Hasta antes de este instante")),
            *PAGING,
        ),
        timed=True,
        page=("/calendar", "/calendar/{day}", "/calendar.ics"),
    ),
)
