"""Leaks: what became known to whom, what followed by rule, what is still owed, and whom it harmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.fact import Fact
from tearline.facts.harm import AssistanceGiven, CountDocumented, HarmReported, PeopleWarned
from tearline.facts.history import History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import CompromiseId
from tearline.facts.leaks import CompromiseReported, CooperationSuspended, InvestigationOpened
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled, UnitFormed
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.folds.obligations import Obligation
from tearline.folds.people import Status
from tearline.folds.release import releases_of
from tearline.protocol import Pack
from tearline.rooms.harm import WarnPeople
from tearline.rooms.leaks import OpenInvestigation, ReportCompromise
from tearline.web.access import Access
from tearline.web.forms import Asked, form
from tearline.web.harm import CountRow, count_rows
from tearline.web.look import link, status_tag, tag
from tearline.web.names import Names, names_question
from tearline.web.owed import VERDICTS_OPEN, OwedRow, owed_on, owed_row, owed_to_show
from tearline.web.places import entry_of, page_of
from tearline.web.release.acts import inform, only
from tearline.web.release.item_acts import settled, threat_options
from tearline.web.release.listing import Row
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()

LIST = about(
    kinds=(
        CompromiseReported,
        CooperationSuspended,
        InvestigationOpened,
        ItemRegistered,
        UnitFormed,
        OrganisationRegistered,
    )
)
FOLLOWING: Sequence[type[Fact]] = (
    CompromiseReported,
    CooperationSuspended,
    InvestigationOpened,
    PeopleWarned,
    AssistanceGiven,
    OverseerInformed,
    HarmReported,
    CountDocumented,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakView:
    compromise: str
    title: str
    telling: str | None
    meta: list[tuple[str, ...]]
    seen: Shown
    investigated: bool
    suspended: bool
    readers: list[list[object]]
    followed: list[list[object]]
    owed: list[OwedRow]
    counts: list[CountRow]
    reports: int
    actions: list[tuple[str, str]]
    entry: tuple[str, str]
    rests_on: str


def rows(say: Tongue, known: History, *, told: bool) -> list[Row]:
    """The compromises, newest first, with what has not followed."""
    names = Names(known, say)
    investigated = {r.fact.compromise for r in known.of(InvestigationOpened)}
    suspended = {r.fact.compromise for r in known.of(CooperationSuspended)}
    found = []
    for r in reversed(known.of(CompromiseReported)):
        if (r.told is not None) is not told:
            continue
        missing = [] if r.fact.compromise in investigated else [say("no investigation opened")]
        missing += [] if r.fact.compromise in suspended else [say("nobody suspended")]
        found.append(
            Row(
                title=names.item(r.fact.item).name,
                href=f"/leaks/{r.fact.compromise}",
                kind=say.telling(r.told.telling) if r.told else say(r.fact.sure),
                why=say("known to the adversary: %(when)s", when=say.happened(r)),
                overdue="; ".join(missing),
            )
        )
    return found


@router.get("/leaks")
def leaks(visit: Visiting) -> Response:
    visit.own_side()
    known = visit.read(LIST)
    return visit.page(
        "leaks/list.html", live=rows(visit.say, known, told=False), told=rows(visit.say, known, told=True)
    )


def page_question(known: History, compromise: CompromiseId, protocols: Mapping[str, Pack]) -> Question:
    asked = about(f"compromise:{compromise}", kinds=FOLLOWING)
    items = [r.fact.item for r in known.of(CompromiseReported)]
    asked |= each("item", items, (ItemRegistered, ItemReleased, DisclosureRecorded))
    asked |= owed_on(known, protocols, {"compromise": [compromise], "item": items})
    return asked | names_question(known)


def view(
    say: Tongue,
    known: History,
    compromise: CompromiseId,
    *,
    owed: Sequence[Obligation],
    access: Access,
    now: datetime,
) -> LeakView | None:
    found = [r for r in known.of(CompromiseReported) if r.fact.compromise == compromise]
    if not found:
        return None
    reported = found[0]
    fact, told = reported.fact, reported.told is not None
    names = Names(known, say)
    rows: list[tuple[str, ...]] = [
        (label(say, CompromiseReported, "item"), names.item(fact.item).name, f"/items/{fact.item}"),
        (label(say, CompromiseReported, "sure"), say(fact.sure)),
        (say("Known to the adversary"), say.happened(reported)),
        (say("Reported"), say.moment(reported.known_at, reported.precision)),
        (say("Reported by"), say(reported.by.role)),
    ]
    return LeakView(
        compromise=compromise,
        title=say("It became known: %(item)s", item=names.item(fact.item).name),
        telling=reported.told.telling if reported.told else None,
        meta=rows,
        seen=text(say, fact, "seen"),
        investigated=bool(known.of(InvestigationOpened)),
        suspended=any(r.fact.compromise == compromise for r in known.of(CooperationSuspended)),
        readers=_readers(say, known, reported, names),
        followed=_followed(say, known, compromise, names),
        owed=[owed_row(say, o, names, now) for o in owed if o.about == compromise],
        counts=count_rows(say, [r for r in known.of(CountDocumented) if r.fact.compromise == compromise]),
        reports=sum(r.fact.compromise == compromise for r in known.of(HarmReported)),
        actions=[] if told else _actions(say, fact, access),
        entry=(say("entry %(n)s", n=say.number(reported.position)), entry_of(reported)),
        rests_on=reported.told.rests_on if reported.told else "",
    )


def _readers(
    say: Tongue, known: History, reported: Recorded[CompromiseReported], names: Names
) -> list[list[object]]:
    """To whom the item had been given before the adversary knew it, and since."""
    return [
        [
            (names.unit(r.fact.unit).name, f"/units/{r.fact.unit}"),
            say.listed([names.person(p).name for p in r.fact.recipients]) or "—",
            link(say.happened(r), page_of(r)),
            say("before") if r.happened_at <= reported.happened_at else tag(say, say("after"), "info"),
            status_tag(say, Status.SUSPENDED)
            if any(s.fact.unit == r.fact.unit for s in known.of(CooperationSuspended))
            else say("not suspended"),
        ]
        for r in releases_of(known)
        if r.fact.item == reported.fact.item
    ]


def _followed(say: Tongue, known: History, compromise: str, names: Names) -> list[list[object]]:
    """What was done after it, in order."""
    rows: list[list[object]] = []
    for r in known:
        if getattr(r.fact, "compromise", None) != compromise or isinstance(
            r.fact, CompromiseReported | CountDocumented | HarmReported
        ):
            continue
        rows.append([(say(type(r.fact).in_words), entry_of(r)), say.happened(r), _detail(say, r.fact, names)])
    return rows


def _detail(say: Tongue, fact: Fact, names: Names) -> object:
    match fact:
        case CooperationSuspended():
            return names.unit(fact.unit).link()
        case InvestigationOpened():
            return say.listed([names.person(p).name for p in fact.investigators])
        case PeopleWarned():
            return say.many("%(n)s person", "%(n)s people", fact.people)
        case AssistanceGiven():
            return say(fact.kind)
        case OverseerInformed():
            return names.organisation(fact.overseer)
    return "—"


def _actions(say: Tongue, fact: CompromiseReported, access: Access) -> list[tuple[str, str]]:
    here = f"/leaks/{fact.compromise}"
    actions = [(say("Warn people in danger"), f"{here}/warned")]
    if access.role in OpenInvestigation.allowed:
        actions.append((say("Open an investigation"), f"{here}/investigation"))
    if access.role in (Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.INVESTIGATOR):
        actions.append((say("Inform the overseer"), f"{here}/overseer"))
    actions.append((say("Report harm"), f"/harm/new?compromise={fact.compromise}"))
    return actions


def report(visit: Visit) -> Asked:
    """Anyone may report; the units that had the item are suspended in the same act."""
    visit.own_side()
    say = visit.say
    known = visit.read(about(kinds=(ItemRegistered,)))
    names = Names(known, say)
    items = [(r.fact.item, names.item(r.fact.item).name) for r in known.of(ItemRegistered) if not r.told]
    chosen = visit.request.query_params.get("item", "")
    fixed = {"item": chosen} if chosen in dict(items) else {}
    adversaries = sorted(
        {r.fact.adversary for r in known.of(ItemRegistered) if r.fact.adversary and not r.told}
    )
    return Asked(
        title=say("Report a compromise"),
        submit=say("Report it"),
        command=ReportCompromise,
        kind=CompromiseReported,
        allowed=ReportCompromise.allowed,
        then="/leaks/{new}",
        trail=[("/leaks", say("Leaks"))],
        lead=say(
            "Report it as soon as you suspect it. Cooperation with every unit that had the item is suspended "
            "at once, by rule; an investigation and a report to the overseer are then owed."
        ),
        new="compromise",
        fixed=fixed,
        options={"item": items, "adversary": [(a, a) for a in adversaries]},
        happened=say("Since when has the adversary known it?"),
        about=[(label(say, CompromiseReported, "item"), names.item(chosen).link())] if fixed else (),
    )


def _compromise(visit: Visit) -> tuple[CompromiseReported, Names]:
    visit.own_side()
    compromise = CompromiseId(visit.identifier("compromise"))
    asked = about(f"compromise:{compromise}", kinds=(CompromiseReported,))
    known = visit.read(lambda so_far: asked | names_question(so_far))
    return only(list(known.of(CompromiseReported))).fact, Names(known, visit.say)


def investigate(visit: Visit) -> Asked:
    fact, names = _compromise(visit)
    say = visit.say
    people = visit.read(about(kinds=(PersonEnrolled,)))
    named = Names(people, say)
    officers = [
        (r.fact.person, named.person(r.fact.person).name) for r in people.of(PersonEnrolled) if not r.told
    ]
    return Asked(
        title=say("Open an investigation"),
        submit=say("Open an investigation"),
        command=OpenInvestigation,
        kind=InvestigationOpened,
        allowed=OpenInvestigation.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=[("/leaks", say("Leaks")), (f"/leaks/{fact.compromise}", fact.compromise)],
        lead=names.item(fact.item).name,
        before=say("Nobody investigates a release in which they had a part."),
        new="investigation",
        fixed={"compromise": fact.compromise, "item": fact.item},
        options={"investigators": officers},
    )


def inform_on_leak(visit: Visit) -> Asked:
    fact, names = _compromise(visit)
    return inform(
        visit,
        "compromise",
        fact.compromise,
        then=f"/leaks/{fact.compromise}",
        lead=names.item(fact.item).name,
        back=fact.compromise,
    )


def warned(visit: Visit) -> Asked:
    fact, names = _compromise(visit)
    say = visit.say
    assessed = threat_options(visit, fact.item)
    return Asked(
        title=say("Warn people in danger"),
        submit=say("Record the warning"),
        command=WarnPeople,
        kind=PeopleWarned,
        allowed=WarnPeople.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=[("/leaks", say("Leaks")), (f"/leaks/{fact.compromise}", names.item(fact.item).name)],
        lead=say(
            "Danger to life comes first: warn them, then record it. It waits for no verdict and no signature."
        ),
        new="notice",
        fixed={"item": fact.item, "compromise": fact.compromise, **settled(assessed)},
        options={"threat": assessed},
        happened=say("When were they warned?"),
    )


for path, ask in (
    ("/leaks/new", report),
    ("/leaks/{compromise}/investigation", investigate),
    ("/leaks/{compromise}/overseer", inform_on_leak),
    ("/leaks/{compromise}/warned", warned),
):
    form(router, path, ask)


@router.get("/leaks/{compromise}")
def one_leak(visit: Visiting) -> Response:
    visit.own_side()
    compromise = CompromiseId(visit.identifier("compromise"))
    protocols = visit.node.protocols
    known = visit.read(lambda so_far: page_question(so_far, compromise, protocols))
    opened, _ = visit.node.gather(lambda so_far: page_question(so_far, compromise, protocols), VERDICTS_OPEN)
    page = view(
        visit.say,
        known,
        compromise,
        owed=owed_to_show(visit, opened),
        access=visit.access,
        now=visit.now,
    )
    if page is None:
        raise absent()
    return visit.page("leaks/leak.html", page=page)
