"""The first page: what needs the reader, by deadline; and the worked cases, apart."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import Question, Recorded, Role, about, each
from tearline.facts.identifiers import ItemId, PersonId
from tearline.facts.investigation import FindingMade
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import (
    PersonEnrolled,
    UnitFormed,
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
from tearline.folds.carried import NEVER, Lapse, Perishing, Queue, asked_by, decided, to_sign
from tearline.folds.obligations import Obligation
from tearline.folds.outside import OutsideReport
from tearline.folds.owing import Concern
from tearline.folds.protocols import STANDINGS, ProposalState, proposals
from tearline.jobs.effect import effect_question
from tearline.projections import Projections
from tearline.rooms.release.requests import LINES
from tearline.web.names import Names
from tearline.web.outside import desk as outside_desk
from tearline.web.oversight import ORGANISATIONS
from tearline.web.owed import entries_there
from tearline.web.people_queue import people
from tearline.web.pile import MOST, Need, Pile, named, of_item
from tearline.web.places import page_of
from tearline.web.queue import Waiting, clock, grouped, nothing
from tearline.web.release.copies import effect_of
from tearline.web.release.request import title
from tearline.web.visit import Visit, Visiting

router = APIRouter()
SOON = timedelta(days=60)


@router.get("/")
def home(visit: Visiting) -> Response:
    if visit.access.outside:
        return _page(visit, Pile(needs=_receipts(visit)))
    pile = Pile()
    for found in QUEUES.get(visit.role, ()):
        found(visit, pile)
    _owed(visit, pile)
    # Whoever keeps the node sees none of what it holds, and a worked case tells what it holds.
    cases = told_pages(visit) if visit.leads("/cases/any") else []
    return _page(visit, pile, cases)


def _page(visit: Visit, pile: Pile, cases: Sequence[object] = ()) -> Response:
    needs = sorted(pile.needs, key=lambda n: (n.due is None, n.due or visit.now))
    return visit.page(
        "home.html",
        groups=grouped(visit.say, _rows(visit, needs[:MOST]), visit.now),
        nothing=nothing(visit.say, visit.role),
        more=max(0, len(needs) + pile.beyond - MOST),
        now=f"{visit.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        cases=cases,
    )


def _rows(visit: Visit, needs: Sequence[Need]) -> list[tuple[datetime | None, Waiting]]:
    say, now = visit.say, visit.now
    names = Names(visit.read(reduce(or_, (n.reads for n in needs), ORGANISATIONS)), say)
    return [
        (
            need.due,
            Waiting(
                title=need.title(names),
                href=need.href,
                act=(need.act_href or need.href, need.act),
                kind=need.kind,
                why=f"{need.why}: {need.of(names)}" if need.of else need.why,
                verdict=need.verdict,
                clock=clock(say, need.due, now, perishes=need.perishes) if need.due else None,
            ),
        )
        for need in needs
    ]


def _request(visit: Visit, r: Recorded[ReleaseRequested], kind: str, act: str, form: str = "") -> Need:
    standing = visit.projections.requests()
    verdict = standing.effect.get(r.fact.request)
    return Need(
        title=lambda names: title(visit.say, r.fact, names),
        href=f"/releases/{r.fact.request}",
        kind=kind,
        act=act,
        act_href=f"/releases/{r.fact.request}/{form}" if form else "",
        reads=of_item(r.fact.item) | about(f"unit:{r.fact.unit}", kinds=(UnitFormed,)),
        why=visit.say("asked %(when)s", when=visit.say.happened(r)),
        due=standing.perishes(r.fact.item),
        perishes=True,
        verdict=verdict.value if verdict else "",
    )


def _open(visit: Visit, pile: Pile, queue: Queue, need: Callable[[Recorded[ReleaseRequested]], Need]) -> None:
    """The open requests that stand in this queue."""
    asked = visit.projections.requests().asked
    pile.add(visit.projections.open_requests(queue), lambda one: need(asked[one[2]]))


def _to_sign(visit: Visit, pile: Pile) -> None:
    """Nobody signs off their own request."""
    asked = visit.projections.requests().asked
    found = visit.projections.once(_others, LINES[visit.role], visit.actor.person)
    kind, act = visit.say("Your signature"), visit.say("Sign or say why not")
    pile.add(found, lambda one: _request(visit, asked[one[2]], kind, act))


def _others(projections: Projections, line: SignOffLine, person: PersonId) -> Sequence[Perishing]:
    """The requests that lack this signature, but for this person's own."""
    own = {request for *_, request in projections.open_requests(asked_by(person))}
    return [one for one in projections.open_requests(to_sign(line)) if one[2] not in own]


def _to_adopt(visit: Visit, pile: Pile) -> None:
    """Proposed protocols that this reader may sign."""
    say, me = visit.say, visit.actor.person
    for one in proposals(visit.read(STANDINGS)):
        taken = {one.recorded.by.person, *(r.by.person for r in one.signed)}
        if one.state(visit.now) is ProposalState.OPEN and me not in taken:
            protocol = one.fact.protocol
            need = Need(
                title=lambda _names, protocol=protocol: protocol,  # type: ignore[misc]  # bound as it is now
                href=f"/protocols/proposals/{one.fact.proposal}",
                kind=say("Proposed protocol"),
                act=say("Read it, and sign it or not"),
                reads=Question(),
                why=say("proposed %(when)s", when=say.happened(one.recorded)),
                due=one.expires,
            )
            pile.needs.append(need)


def _to_release(visit: Visit, pile: Pile) -> None:
    kind, act = visit.say("Ready to release"), visit.say("Release it")
    _open(visit, pile, decided(Effect.RELEASE), lambda r: _request(visit, r, kind, act, "release"))


def _asked(visit: Visit, pile: Pile) -> None:
    kind, act = visit.say("Your request"), visit.say("See how it stands")
    _open(visit, pile, asked_by(visit.actor.person), lambda r: _request(visit, r, kind, act))


def _to_answer(visit: Visit, pile: Pile) -> None:
    """What has to be answered, each by the day by which that is owed."""
    say, me = visit.say, visit.actor.person
    due, found, answered = visit.projections.once(_unanswered, _answering(visit), me)
    pile.stands_for |= answered

    def need(r: Recorded[DissentRecorded] | Recorded[SourceWarned]) -> Need:
        if isinstance(r.fact, DissentRecorded):
            href, kind, act = f"dissents/{r.fact.dissent}", say("Dissent"), say("Answer the dissent")
            why = say("recorded %(when)s", when=say.happened(r))
        else:
            href, kind = f"warnings/{r.fact.warning}", say("The source's warning")
            act, why = say("Answer the source's warning"), say(r.fact.kind)
        return Need(
            title=named(r.fact.item),
            href=f"/items/{r.fact.item}/{href}/answer",
            kind=kind,
            act=act,
            reads=of_item(r.fact.item),
            why=why,
            due=due.get(r.position),
        )

    pile.add(found, need)


def _unanswered(
    projections: Projections, answering: frozenset[str], person: PersonId
) -> tuple[
    Mapping[int, datetime | None],
    Sequence[Recorded[DissentRecorded] | Recorded[SourceWarned]],
    frozenset[tuple[int, str]],
]:
    """Dissents of others and warnings that nobody answered: when each is due, by its place; they; their duties."""
    owed = {o.ground.position: o.due for o in projections.owed_of(answering)}
    found: list[Recorded[DissentRecorded] | Recorded[SourceWarned]] = [
        r for r in projections.unanswered_dissents() if r.by.person != person
    ]
    found += projections.unanswered_warnings()
    due = {r.position: owed.get(r.position) for r in found}
    found.sort(key=lambda r: (due[r.position] is None, due[r.position] or NEVER))
    return due, found, frozenset((place, duty) for place in due for duty in answering)


def _concerned(names: Names, item: ItemId, about: str) -> str:
    """An item by its title, and what of it was done, by its identifier: one item goes out more than once."""
    called = names.item(item).name
    return called if about == item else f"{called} ({about})"


def _to_investigate(visit: Visit, pile: Pile) -> None:
    say = visit.say
    pile.add(
        visit.projections.uninvestigated(),
        lambda r: Need(
            title=named(r.fact.item),
            href=f"/leaks/{r.fact.compromise}",
            kind=say("Nobody investigates it"),
            act=say("Open an investigation"),
            act_href=f"/leaks/{r.fact.compromise}/investigation",
            reads=of_item(r.fact.item),
            why=say("leak reported %(when)s", when=say.moment(r.known_at)),
        ),
    )


def _to_confirm(visit: Visit, pile: Pile) -> None:
    """Findings that another proposed, for whoever may open what they rest on."""
    say, me = visit.say, visit.actor.person
    pile.add(
        [r for r in visit.projections.to_confirm() if r.by.person != me],
        lambda r: Need(
            title=named(r.fact.item),
            href=f"/investigations/{r.fact.investigation}",
            kind=say("Finding to confirm"),
            act=say("Read it, and confirm it or not"),
            act_href=f"/investigations/{r.fact.investigation}/findings/{r.fact.finding}/confirm",
            reads=of_item(r.fact.item),
            why=say("proposed %(when)s", when=say.happened(r)),
        ),
    )


def _to_lift(visit: Visit, pile: Pile) -> None:
    """Suspensions that another proposed to lift."""
    say, me = visit.say, visit.actor.person
    pile.add(
        [r for r in visit.projections.to_lift() if r.by.person != me],
        lambda r: Need(
            title=lambda names: names.unit(r.fact.unit).name,
            href=f"/leaks/{r.fact.compromise}",
            kind=say("Suspension to lift"),
            act=say("Read why, and lift it or not"),
            act_href=f"/leaks/{r.fact.compromise}/liftings/{r.fact.lifting}",
            reads=about(f"unit:{r.fact.unit}", kinds=(UnitFormed,)),
            why=say("proposed %(when)s", when=say.happened(r)),
        ),
    )


def _lapsing(visit: Visit, pile: Pile) -> None:
    """Units and people whose pass has ended or is about to, and those whose vetting is pending."""
    say = visit.say

    def need(one: Lapse) -> Need:
        if one.unit:
            return Need(
                title=lambda names: names.unit(one.subject).name,
                href=f"/units/{one.subject}",
                kind=say("Unit not vetted") if one.open else say("Unit's vetting ends"),
                act=say("See the unit's record"),
                reads=about(f"unit:{one.subject}", kinds=(UnitFormed,)),
                due=one.due,
            )
        return Need(
            title=lambda names: names.person(one.subject).name,
            href=f"/people/{one.subject}",
            kind=say("Vetting pending") if one.open else say("Vetting ends"),
            act=say("See their record"),
            reads=about(f"person:{one.subject}", kinds=(PersonEnrolled,)),
            due=one.due,
        )

    pile.add(visit.projections.lapsing(visit.now, visit.now + SOON), need)


def _from_outside(visit: Visit, pile: Pile) -> None:
    """Reports of people without an account that wait for an answer; to the overseer, that one waits."""
    say, within = visit.say, outside_desk.answered_within(visit.request.app)
    reads = visit.role is Role.HARM_DESK

    def need(one: OutsideReport) -> Need:
        return Need(
            title=lambda _names: outside_desk.called(say, one) if reads else say("A report from outside"),
            href=f"{outside_desk.HERE}/{one.outside}" if reads else outside_desk.HERE,
            kind=say("From outside"),
            act=say("Read it, and answer") if reads else say("See how long they wait"),
            reads=Question(),
            why=say("waits for an answer"),
            due=one.due(within),
        )

    pile.add(outside_desk.to_answer(visit), need)


def _by_duty(concerns: Concern) -> Concern:
    """What would cure a hold shows on the request, which is listed already."""
    return lambda o: not isinstance(o.ground.fact, VerdictReached) and concerns(o)


QUEUES: Mapping[Role, Sequence[Callable[[Visit, Pile], None]]] = {
    Role.CASE_AGENT: (_asked,),
    Role.SOURCE_HANDLER: (_to_sign,),
    Role.RELEASING_OFFICER: (_to_sign, _to_adopt, _to_release, _to_answer),
    Role.SENIOR_OFFICER: (_to_sign, _to_adopt, _to_answer, _to_investigate, _to_lift, people),
    Role.VETTING_OFFICER: (_lapsing,),
    Role.LIAISON: (_asked, _to_adopt, people),
    Role.INVESTIGATOR: (_to_investigate, _to_confirm),
    Role.HARM_DESK: (people, _from_outside),
    Role.ADVOCATE: (people,),
    Role.OVERSEER: (_to_confirm, _from_outside),
}
"""What waits for whom, beside what is owed. Deny by default: who is missing is shown none of it."""


OWED_TO: Mapping[Role, Concern] = {
    Role.OVERSEER: lambda o: o.creditor == o.agreement.terms.overseer,
    Role.HARM_DESK: lambda o: o.creditor == "people",
    Role.ADVOCATE: lambda o: o.creditor == "people",
    Role.SENIOR_OFFICER: lambda o: o.debtor == o.agreement.terms.own,
    Role.RELEASING_OFFICER: lambda o: o.debtor == o.agreement.terms.own,
    Role.INVESTIGATOR: lambda o: isinstance(o.ground.fact, CompromiseReported | FindingMade),
    Role.SOURCE_HANDLER: lambda o: isinstance(o.ground.fact, SourceWarned),
    Role.OPERATIONS_PLANNER: lambda o: isinstance(o.ground.fact, OperationDeclared),
    Role.LIAISON: lambda o: o.debtor == o.agreement.terms.partner,
}
"""Which of what is owed concerns whom. Deny by default: who is missing is shown none of it here."""
OWED_BY_DUTY = {role: _by_duty(concerns) for role, concerns in OWED_TO.items()}


ANSWERS = {DissentAnswered.__name__, SourceWarningAnswered.__name__}


def _answering(visit: Visit) -> frozenset[str]:
    """The duties that end by an answer, for which there is a form."""
    duties = (duty for pack in visit.node.protocols.values() for duty in pack.duties)
    return frozenset(duty.id for duty in duties if ANSWERS.intersection(duty.discharged_by))


def _owed(visit: Visit, pile: Pile) -> None:
    """What is owed, but for the answers that are in the pile with their form."""
    concerns = OWED_BY_DUTY.get(visit.role)
    if concerns is None:
        return
    say, stands_for = visit.say, pile.stands_for
    names = Names(visit.read(ORGANISATIONS), say)

    def listed(o: Obligation) -> bool:
        return (o.ground.position, o.kind) in stands_for

    def need(o: Obligation) -> Need:
        fact = o.ground.fact
        item: ItemId | None = getattr(fact, "item", None)
        name = fact.name if isinstance(fact, OperationDeclared) else None
        return Need(
            title=lambda _names: say(o.sentence),
            href=page_of(o.ground),
            kind=say("Owed by %(who)s", who=names.organisation(o.debtor)),
            act=say("See what it rests on"),
            reads=of_item(item) if item else Question(),
            why=say(type(o.ground.fact).in_words),
            of=lambda names: _concerned(names, item, o.about) if item else name or o.about,
            due=o.due,
        )

    owed = entries_there(visit.access, visit.projections.owed(concerns))
    twice = visit.projections.once(_twice, stands_for, concerns) if stands_for else 0
    first = [o for *_, o in owed[: MOST + twice] if not listed(o)][:MOST]
    pile.needs += [need(o) for o in first]
    pile.beyond += len(owed) - twice - len(first)


def _twice(projections: Projections, stands_for: frozenset[tuple[int, str]], concerns: Concern) -> int:
    """How many duties are in the pile already."""
    kinds = frozenset(kind for _, kind in stands_for)
    return sum((o.ground.position, o.kind) in stands_for and concerns(o) for o in projections.owed_of(kinds))


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
            act=say("Say that you have it"),
            act_href=f"/copies/{r.fact.copy}/receipt",
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
    items = sorted({r.fact.item for r in told if isinstance(r.fact, ItemRegistered)})
    units = sorted({r.fact.unit for r in told if isinstance(r.fact, UnitFormed)})
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
