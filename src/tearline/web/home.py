"""The first page: what needs the reader, by deadline; and the worked cases, apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import ItemId, PersonId
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import (
    PersonEnrolled,
    PersonVettingDecided,
    UnitFormed,
    UnitVettingDecided,
)
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
    SignOffLine,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.folds.obligations import Obligation
from tearline.folds.people import People, Status
from tearline.folds.protocols import STANDINGS, ProposalState, proposals
from tearline.jobs.effect import effect_question
from tearline.rooms.protocols import OFFICERS
from tearline.rooms.release.requests import LINES
from tearline.web.names import Names
from tearline.web.oversight import ORGANISATIONS, all_owed
from tearline.web.places import page_of
from tearline.web.release.copies import effect_of
from tearline.web.release.listing import Row
from tearline.web.release.request import title
from tearline.web.visit import Visit, Visiting

router = APIRouter()
SOON_DAYS = 60
MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Something that waits for the reader. ``due`` None: no day is stated."""

    title: Callable[[Names], str]
    href: str
    kind: str
    reads: Question
    """What the reader must be told for the title: asked only for the needs that are shown."""
    why: str = ""
    due: datetime | None = None
    perishes: bool = False
    verdict: str = ""
    answers: int | None = None
    """The position of what is to be answered: the duty to answer it says by when."""


@router.get("/")
def home(visit: Visiting) -> Response:
    if visit.access.outside:
        return visit.page("home.html", rows=_rows(visit, _receipts(visit)), cases=[], more=0)
    needs = list(_needs(visit))
    needs = sorted(
        [*_with_due(visit, needs), *_owed(visit, {n.answers for n in needs})],
        key=lambda n: (n.due is None, n.due or visit.now),
    )
    return visit.page(
        "home.html",
        rows=_rows(visit, needs[:MOST]),
        more=max(0, len(needs) - MOST),
        cases=told_pages(visit),
    )


def _rows(visit: Visit, needs: Sequence[Need]) -> list[Row]:
    say, now = visit.say, visit.now
    names = Names(visit.read(reduce(or_, (n.reads for n in needs), ORGANISATIONS)), say)
    rows = []
    for need in needs:
        due = overdue = ""
        if need.due is not None:
            when = say.until(need.due, now)
            late = need.due < now
            if need.perishes:
                due, overdue = ("", say("perished")) if late else (say("perishes %(when)s", when=when), "")
            else:
                due, overdue = ("", when) if late else (say("due %(when)s", when=when), "")
        rows.append(
            Row(
                title=need.title(names),
                href=need.href,
                kind=need.kind,
                why=need.why,
                due=due,
                overdue=overdue,
                verdict=need.verdict,
            )
        )
    return rows


def _needs(visit: Visit) -> Iterator[Need]:
    """What waits for this role, from the facts alone."""
    if visit.role in LINES:
        yield from _to_sign(visit)
    if visit.role in OFFICERS:
        yield from _to_adopt(visit)
    match visit.role:
        case Role.RELEASING_OFFICER:
            yield from _to_release(visit)
            yield from _to_answer(visit)
        case Role.SENIOR_OFFICER:
            yield from _to_answer(visit)
            yield from _to_investigate(visit)
        case Role.INVESTIGATOR:
            yield from _to_investigate(visit)
        case Role.CASE_AGENT | Role.LIAISON:
            yield from _asked(visit)
        case Role.VETTING_OFFICER:
            yield from _lapsing(visit)
        case _:
            return


def _request(visit: Visit, r: Recorded[ReleaseRequested], kind: str) -> Need:
    standing = visit.projections.requests()
    verdict = standing.effect.get(r.fact.request)
    return Need(
        title=lambda names: title(visit.say, r.fact, names),
        href=f"/releases/{r.fact.request}",
        kind=kind,
        reads=_item(r.fact.item) | about(f"unit:{r.fact.unit}", kinds=(UnitFormed,)),
        why=visit.say("asked %(when)s", when=visit.say.happened(r)),
        due=standing.perishes(r.fact.item),
        perishes=True,
        verdict=verdict.value if verdict else "",
    )


def _item(item: ItemId) -> Question:
    return about(f"item:{item}", kinds=(ItemRegistered,))


def _to_sign(visit: Visit) -> Iterator[Need]:
    line = LINES[visit.role]
    standing = visit.projections.requests()
    for r in standing.open():
        if line in standing.lines.get(r.fact.request, ()) or r.by.person == visit.actor.person:
            continue
        if standing.effect.get(r.fact.request) is Effect.REFUSE:
            continue
        if line is not SignOffLine.SECOND or standing.contested(r.fact):
            yield _request(visit, r, visit.say("Sign or say why not"))


def _to_adopt(visit: Visit) -> Iterator[Need]:
    """Proposed protocols that this reader may sign."""
    say, me = visit.say, visit.actor.person
    for one in proposals(visit.read(STANDINGS)):
        taken = {one.recorded.by.person, *(r.by.person for r in one.signed)}
        if one.state(visit.now) is ProposalState.OPEN and me not in taken:
            protocol = one.fact.protocol
            yield Need(
                title=lambda _names, protocol=protocol: protocol,  # type: ignore[misc]  # bound as it is now
                href=f"/protocols/proposals/{one.fact.proposal}",
                kind=say("Read a proposed protocol, and sign it or not"),
                reads=Question(),
                why=say("proposed %(when)s", when=say.happened(one.recorded)),
                due=one.expires,
            )


def _to_release(visit: Visit) -> Iterator[Need]:
    standing = visit.projections.requests()
    for r in standing.open():
        if standing.effect.get(r.fact.request) is Effect.RELEASE:
            yield _request(visit, r, visit.say("Ready to release"))


def _asked(visit: Visit) -> Iterator[Need]:
    for r in visit.projections.requests().open():
        if r.by.person == visit.actor.person:
            yield _request(visit, r, visit.say("Your request"))


def _to_answer(visit: Visit) -> Iterator[Need]:
    say, known = visit.say, visit.projections.work()
    answered = {r.fact.dissent for r in known.of(DissentAnswered)}
    for r in known.of(DissentRecorded):
        if r.told is None and r.fact.dissent not in answered and r.by.person != visit.actor.person:
            yield Need(
                title=_named(r.fact.item),
                href=f"/items/{r.fact.item}/dissents/{r.fact.dissent}/answer",
                kind=say("Answer the dissent"),
                reads=_item(r.fact.item),
                why=say("recorded %(when)s", when=say.happened(r)),
                answers=r.position,
            )
    replied = {r.fact.warning for r in known.of(SourceWarningAnswered)}
    for w in known.of(SourceWarned):
        if w.told is None and w.fact.warning not in replied:
            yield Need(
                title=_named(w.fact.item),
                href=f"/items/{w.fact.item}/warnings/{w.fact.warning}/answer",
                kind=say("Answer the source's warning"),
                reads=_item(w.fact.item),
                why=say(w.fact.kind),
                answers=w.position,
            )


def _named(item: ItemId) -> Callable[[Names], str]:
    return lambda names: names.item(item).name


def _to_investigate(visit: Visit) -> Iterator[Need]:
    say, known = visit.say, visit.projections.work()
    investigated = {r.fact.compromise for r in known.of(InvestigationOpened)}
    for r in known.of(CompromiseReported):
        if r.told is None and r.fact.compromise not in investigated:
            yield Need(
                title=_named(r.fact.item),
                href=f"/leaks/{r.fact.compromise}",
                kind=say("Open an investigation"),
                reads=_item(r.fact.item),
                why=say("leak reported %(when)s", when=say.moment(r.known_at)),
            )


def _lapsing(visit: Visit) -> Iterator[Need]:
    """Units and people whose pass has ended or is about to, and those whose vetting is pending."""
    say = visit.say
    vetted = visit.read(about(kinds=(PersonVettingDecided, UnitVettingDecided, UnitFormed)))
    live = History(tuple(r for r in vetted if r.told is None), vetted.position)
    people = People(live, visit.now)
    for person, decided in people.vetted.items():
        status, until = people.own_link(person).status, decided.fact.valid_until
        if status is Status.PENDING or _soon(until, visit.now):
            yield Need(
                title=lambda names, person=person: names.person(person).name,  # type: ignore[misc]  # a default keeps the value
                href=f"/people/{person}",
                kind=say("Vetting pending") if status is Status.PENDING else say("Vetting ends"),
                reads=about(f"person:{person}", kinds=(PersonEnrolled,)),
                due=until,
            )
    for unit in people.formed:
        unit_vetted = people.unit_vetted.get(unit)
        until = unit_vetted.fact.valid_until if unit_vetted else None
        if unit_vetted is None or _soon(until, visit.now):
            yield Need(
                title=lambda names, unit=unit: names.unit(unit).name,  # type: ignore[misc]  # a default keeps the value
                href=f"/units/{unit}",
                kind=say("Unit not vetted") if unit_vetted is None else say("Unit's vetting ends"),
                reads=about(f"unit:{unit}", kinds=(UnitFormed,)),
                due=until,
            )


def _soon(until: datetime | None, now: datetime) -> bool:
    return until is not None and (until - now).days < SOON_DAYS


OWED_TO: Mapping[Role, Callable[[Obligation], bool]] = {
    Role.OVERSEER: lambda o: o.creditor == o.agreement.terms.overseer,
    Role.HARM_DESK: lambda o: o.creditor == "people",
    Role.ADVOCATE: lambda o: o.creditor == "people",
    Role.SENIOR_OFFICER: lambda o: o.debtor == o.agreement.terms.own,
    Role.RELEASING_OFFICER: lambda o: o.debtor == o.agreement.terms.own,
    Role.INVESTIGATOR: lambda o: isinstance(o.ground.fact, CompromiseReported),
    Role.SOURCE_HANDLER: lambda o: isinstance(o.ground.fact, SourceWarned),
    Role.OPERATIONS_PLANNER: lambda o: isinstance(o.ground.fact, OperationDeclared),
    Role.LIAISON: lambda o: o.debtor == o.agreement.terms.partner,
}
"""Which of what is owed concerns whom. Deny by default: who is missing is shown none of it here."""


ANSWERS = {DissentAnswered.__name__, SourceWarningAnswered.__name__}


def _answering(visit: Visit) -> set[str]:
    """The duties that end by an answer, for which there is a form."""
    duties = (duty for pack in visit.node.protocols.values() for duty in pack.duties)
    return {duty.id for duty in duties if ANSWERS.intersection(duty.discharged_by)}


def _with_due(visit: Visit, needs: Sequence[Need]) -> Iterator[Need]:
    """The same, each answer with the day by which it is owed."""
    if not any(n.answers is not None for n in needs):
        yield from needs
        return
    answering = _answering(visit)
    due = {o.ground.position: o.due for o in all_owed(visit) if o.kind in answering}
    for need in needs:
        yield need if need.answers is None else replace(need, due=due.get(need.answers))


def _owed(visit: Visit, shown: set[int | None]) -> Iterator[Need]:
    concerns = OWED_TO.get(visit.role)
    if concerns is None:
        return
    say, answering = visit.say, _answering(visit)
    names = Names(visit.read(ORGANISATIONS), say)
    for o in all_owed(visit):
        if o.ground.position in shown and o.kind in answering:
            continue
        if o.ground.told is None and o.discharged_by is None and concerns(o) and not _by_verdict(o):
            yield Need(
                title=lambda _names, o=o: say(o.sentence),  # type: ignore[misc]  # a default keeps the value
                href=page_of(o.ground),
                kind=say("Owed by %(who)s", who=names.organisation(o.debtor)),
                reads=Question(),
                why=say(type(o.ground.fact).in_words),
                due=o.due,
            )


def _by_verdict(o: Obligation) -> bool:
    """What would cure a hold shows on the request, which is listed already."""
    return isinstance(o.ground.fact, VerdictReached)


def _receipts(visit: Visit) -> list[Need]:
    """The copies that the reader has not acknowledged."""
    me: PersonId = visit.actor.person
    say = visit.say
    mine = about(f"person:{me}", kinds=(CopyReleased,))
    known = visit.read(
        lambda so_far: (
            mine
            | each("copy", [r.fact.copy for r in so_far.of(CopyReleased)], (CopyReceived,))
            | each("release", [r.fact.release for r in so_far.of(CopyReleased)], (ItemReleased,))
            | effect_question(so_far)
        )
    )
    received = {r.fact.copy for r in known.of(CopyReceived)}
    effects = visit.effects
    return [
        Need(
            title=lambda _names, r=r: say("Acknowledge copy %(copy)s", copy=r.fact.copy),  # type: ignore[misc]  # a default keeps the value
            href=f"/copies/{r.fact.copy}",
            kind=say("Receipt"),
            reads=Question(),
            why=say("given %(when)s", when=say.happened(r)),
        )
        for r in known.of(CopyReleased)
        if r.told is None
        and r.fact.recipient == me
        and r.fact.copy not in received
        and (effect := effect_of(effects, known, r)) is not None
        and effect.holds
    ]


def told_pages(visit: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    """The worked cases, each with its pages."""
    say, told = visit.say, visit.projections.told()
    items = sorted({r.fact.item for r in told.of(ItemRegistered)})
    units = sorted({r.fact.unit for r in told.of(UnitFormed)})
    names = Names(
        visit.read(each("item", items, (ItemRegistered,)) | each("unit", units, (UnitFormed,))), say
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for r in told:
        match r.fact:
            case ReleaseRequested():
                entry = (title(say, r.fact, names), page_of(r))
            case DisclosureRecorded():
                entry = (say("Disclosure: %(item)s", item=names.item(r.fact.item).name), page_of(r))
            case CompromiseReported():
                entry = (say("Leak: %(item)s", item=names.item(r.fact.item).name), page_of(r))
            case OperationDeclared():
                entry = (say("Operation: %(name)s", name=r.fact.name), page_of(r))
            case UnitFormed():
                entry = (say("Unit: %(name)s", name=r.fact.name), f"/units/{r.fact.unit}")
            case _:
                continue
        found.setdefault(r.told.telling if r.told else "", []).append(entry)
    return list(found.items())
