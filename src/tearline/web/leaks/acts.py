"""The forms of a leak: reporting it, warning and telling people, and what ends a suspension."""

from collections.abc import Sequence

from fastapi import APIRouter

from tearline.facts.fact import Fact
from tearline.facts.harm import HarmLookedInto
from tearline.facts.history import History, Recorded, about
from tearline.facts.identifiers import CompromiseId, FindingId, LiftingId, SuspensionId
from tearline.facts.investigation import FindingMade, FindingReported, InterimReportMade
from tearline.facts.leaks import (
    AdversaryFoundUnaware,
    CompromiseReported,
    CooperationEnded,
    CooperationSuspended,
    InvestigationOpened,
    LiftingProposed,
    RemediesFound,
    SuspensionLifted,
)
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import ItemRegistered
from tearline.facts.warnings import LeakWarningWaived, PeopleWarned
from tearline.folds.investigations import substantiated_against
from tearline.rooms.leaks.compromises import ReportAdversaryUnaware, ReportCompromise
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tearline.rooms.leaks.reports import LookIntoHarm, ReportFinding, ReportInterim, WaiveLeakWarning
from tearline.rooms.leaks.suspensions import EndCooperation, JudgeRemedies, LiftSuspension, ProposeLifting
from tearline.rooms.warnings import WarnPeople
from tearline.web import offers
from tearline.web.asked import Asked, Options
from tearline.web.forms import form
from tearline.web.look import link
from tearline.web.names import Names, names_question
from tearline.web.release.acts import inform, only, overseers
from tearline.web.release.item_acts import warned_of
from tearline.web.show import label, text
from tearline.web.visit import Visit, absent

router = APIRouter()


def report(visit: Visit) -> Asked:
    """Anyone may report; the units that had the item are suspended in the same act."""
    visit.own_side()
    say = visit.say
    items = offers.items(visit)
    chosen = items.called([visit.request.query_params.get("item", "")])
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
        fixed={"item": chosen[0].value} if chosen else {},
        choosers={"item": items, "adversary": offers.adversaries(visit)},
        hints={
            "known_by": say(
                "Only where it is an interval: it came to know it after the time below, and by this one."
            ),
            "likelihood_ratio": say(
                "How many times likelier what was seen is if the adversary knows the item than if it does not."
            ),
            "surfaced": say(
                "Word by word, where a text surfaced: what it was drawn from can be traced by it."
            ),
        },
        order_of_fields=("item", "sure", "seen", "surfaced", "adversary", "known_by", "likelihood_ratio"),
        happened=say("Since when has the adversary known it?"),
        about=[
            (label(say, CompromiseReported, "item"), link(one.words, f"/items/{one.value}")) for one in chosen
        ],
    )


def unaware(visit: Visit) -> Asked:
    """That an adversary does not know an item speaks for everybody who had it."""
    visit.own_side()
    say = visit.say
    known = visit.read(about(f"item:{visit.identifier('item')}", kinds=(ItemRegistered,)))
    item = only(list(known.of(ItemRegistered))).fact.item
    return Asked(
        title=say("An adversary does not know it"),
        submit=say("Put it on record"),
        command=ReportAdversaryUnaware,
        kind=AdversaryFoundUnaware,
        allowed=ReportAdversaryUnaware.allowed,
        then=f"/items/{item}",
        trail=[(f"/items/{item}", Names(known, say).item(item).name)],
        lead=say(
            "That it had not leaked by a day is evidence, too: it speaks for everybody who had it by then."
        ),
        new="observation",
        fixed={"item": item},
        choosers={"adversary": offers.adversaries(visit)},
        happened=say("When did it not know it?"),
    )


def _leak(visit: Visit, *kinds: type[Fact]) -> tuple[CompromiseReported, Names, History]:
    """The leak of the address, with its facts of these kinds."""
    visit.own_side()
    compromise = CompromiseId(visit.identifier("compromise"))
    asked = about(f"compromise:{compromise}", kinds=(CompromiseReported, *kinds))
    known = visit.read(lambda so_far: asked | names_question(so_far))
    return only(list(known.of(CompromiseReported))).fact, Names(known, visit.say), known


def _trail(visit: Visit, fact: CompromiseReported, names: Names) -> Sequence[tuple[str, str]]:
    return [
        ("/leaks", visit.say("Leaks")),
        (f"/leaks/{fact.compromise}", names.item(fact.item).name),
    ]


def investigate(visit: Visit) -> Asked:
    fact, names, _ = _leak(visit)
    say = visit.say
    return Asked(
        title=say("Open an investigation"),
        submit=say("Open an investigation"),
        command=OpenInvestigation,
        kind=InvestigationOpened,
        allowed=OpenInvestigation.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=names.item(fact.item).name,
        before=say("Nobody investigates what they gave, received, put on record or worked on."),
        new="investigation",
        fixed={"compromise": fact.compromise, "item": fact.item},
        choosers={"investigators": offers.people(visit, "investigators")},
    )


def inform_on_leak(visit: Visit) -> Asked:
    fact, names, _ = _leak(visit)
    return inform(
        visit,
        "compromise",
        fact.compromise,
        then=f"/leaks/{fact.compromise}",
        lead=names.item(fact.item).name,
        back=fact.compromise,
    )


def interim(visit: Visit) -> Asked:
    fact, names, _ = _leak(visit)
    say = visit.say
    return Asked(
        title=say("Make the interim report"),
        submit=say("Report it"),
        command=ReportInterim,
        kind=InterimReportMade,
        allowed=ReportInterim.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say("What leaked, who is suspended and warned, what is not known yet. It informs the overseer."),
        before=say("Not by anybody who had a part in what leaked."),
        new="briefing",
        fixed={"compromise": fact.compromise, "item": fact.item},
        options={"overseer": overseers(visit)},
    )


def waive(visit: Visit) -> Asked:
    fact, names, _ = _leak(visit)
    say = visit.say
    return Asked(
        title=say("Waive the warning"),
        submit=say("Waive it, and answer for it"),
        command=WaiveLeakWarning,
        kind=LeakWarningWaived,
        allowed=WaiveLeakWarning.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say("People at risk of what leaked are then not warned, and you answer for it by name."),
        grave=True,
        fixed={"compromise": fact.compromise, "item": fact.item},
    )


def harm(visit: Visit) -> Asked:
    fact, names, _ = _leak(visit)
    say = visit.say
    return Asked(
        title=say("Say what harm was found"),
        submit=say("Put it on record"),
        command=LookIntoHarm,
        kind=HarmLookedInto,
        allowed=LookIntoHarm.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say(
            "That none was found is an answer, where it says where one looked. Reports are recorded one by one."
        ),
        fixed={"compromise": fact.compromise, "item": fact.item},
    )


def warned(visit: Visit) -> Asked:
    fact, names, _ = _leak(visit)
    say = visit.say
    fixed, options = warned_of(visit, fact.item)
    return Asked(
        title=say("Warn people in danger"),
        submit=say("Record the warning"),
        command=WarnPeople,
        kind=PeopleWarned,
        allowed=WarnPeople.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say(
            "Danger to life comes first: warn them, then record it. It waits for no verdict and no signature."
        ),
        new="notice",
        fixed={"item": fact.item, "compromise": fact.compromise, **fixed},
        options=options,
        happened=say("When were they warned?"),
    )


def propose_lifting(visit: Visit) -> Asked:
    fact, names, known = _leak(visit, CooperationSuspended, FindingMade)
    say, wanted = visit.say, SuspensionId(visit.identifier("suspension"))
    suspended = [r.fact for r in known.of(CooperationSuspended) if r.fact.suspension == wanted]
    if not suspended:
        raise absent()
    unit = suspended[0].unit
    made: Options = [
        (r.fact.finding, f"{say(r.fact.outcome)}, {say.happened(r)}") for r in known.of(FindingMade)
    ]
    return Asked(
        title=say("Propose to lift a suspension"),
        submit=say("Propose it"),
        command=ProposeLifting,
        kind=LiftingProposed,
        allowed=ProposeLifting.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=names.of_unit(unit),
        before=say(
            "It is lifted by a second person, on a finding, and by nobody who had a part in what leaked."
        ),
        new="lifting",
        fixed={"suspension": wanted, "unit": unit, "compromise": fact.compromise},
        options={"finding": made},
    )


def lift(visit: Visit) -> Asked:
    fact, names, known = _leak(visit, LiftingProposed)
    say, wanted = visit.say, LiftingId(visit.identifier("lifting"))
    proposed = [r for r in known.of(LiftingProposed) if r.fact.lifting == wanted]
    if not proposed:
        raise absent()
    one = proposed[0].fact
    return Asked(
        title=say("Lift a suspension"),
        submit=say("Lift it"),
        command=LiftSuspension,
        kind=SuspensionLifted,
        allowed=LiftSuspension.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=names.of_unit(one.unit),
        before=say("A leak that is reported later suspends the unit anew."),
        grave=True,
        fixed={
            "lifting": one.lifting,
            "suspension": one.suspension,
            "unit": one.unit,
            "compromise": one.compromise,
            "finding": one.finding,
        },
        about=[
            (say("Proposed by"), names.actor(proposed[0].by).link()),
            (label(say, LiftingProposed, "finding"), one.finding),
            (label(say, LiftingProposed, "reasons"), text(say, one, "reasons")),
        ],
    )


def _found(
    visit: Visit, *, against: bool
) -> tuple[CompromiseReported, Names, Recorded[FindingMade], Options]:
    """The finding of the address, and the units against which it stands."""
    fact, names, known = _leak(visit, FindingMade)
    wanted = FindingId(visit.identifier("finding"))
    made = [r for r in known.of(FindingMade) if r.fact.finding == wanted]
    if not made:
        raise absent()
    units = [u for u in made[0].fact.units if made[0] in substantiated_against(known, fact.compromise, u)]
    if against and not units:
        raise absent()
    return fact, names, made[0], [(unit, names.of_unit(unit)) for unit in units]


def report_finding(visit: Visit) -> Asked:
    fact, names, made, _ = _found(visit, against=False)
    say = visit.say
    return Asked(
        title=say("Report a finding to the overseer"),
        submit=say("Report it"),
        command=ReportFinding,
        kind=FindingReported,
        allowed=ReportFinding.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say(made.fact.outcome),
        new="briefing",
        fixed={"finding": made.fact.finding, "compromise": fact.compromise, "item": fact.item},
        options={"overseer": overseers(visit)},
    )


def remedies(visit: Visit) -> Asked:
    fact, names, made, units = _found(visit, against=True)
    say = visit.say
    organisations = visit.read(about(kinds=(OrganisationRegistered,)))
    named = Names(organisations, say)
    told: Options = [
        (r.fact.organisation, named.organisation(r.fact.organisation))
        for r in organisations.of(OrganisationRegistered)
        if not r.told
    ]
    return Asked(
        title=say("Judge the remedies"),
        submit=say("Put it on record"),
        command=JudgeRemedies,
        kind=RemediesFound,
        allowed=JudgeRemedies.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say(
            "That it was remedied takes two people, and somebody who was told. That it was not takes one."
        ),
        fixed={"finding": made.fact.finding, **({"unit": units[0][0]} if len(units) == 1 else {})},
        options={"unit": units, "reported_to": told},
    )


def end(visit: Visit) -> Asked:
    fact, names, made, units = _found(visit, against=True)
    say = visit.say
    return Asked(
        title=say("End cooperation with a unit"),
        submit=say("End it for good"),
        command=EndCooperation,
        kind=CooperationEnded,
        allowed=EndCooperation.allowed,
        then=f"/leaks/{fact.compromise}",
        trail=_trail(visit, fact, names),
        lead=say("Nothing lifts this. What the unit is to be told after it, it is never told."),
        grave=True,
        fixed={
            "finding": made.fact.finding,
            "compromise": fact.compromise,
            **({"unit": units[0][0]} if len(units) == 1 else {}),
        },
        options={"unit": units},
    )


for path, ask in (
    ("/leaks/new", report),
    ("/items/{item}/unaware", unaware),
    ("/leaks/{compromise}/investigation", investigate),
    ("/leaks/{compromise}/overseer", inform_on_leak),
    ("/leaks/{compromise}/interim", interim),
    ("/leaks/{compromise}/waiver", waive),
    ("/leaks/{compromise}/harm", harm),
    ("/leaks/{compromise}/warned", warned),
    ("/leaks/{compromise}/suspensions/{suspension}/lifting", propose_lifting),
    ("/leaks/{compromise}/liftings/{lifting}", lift),
    ("/leaks/{compromise}/findings/{finding}/report", report_finding),
    ("/leaks/{compromise}/findings/{finding}/remedies", remedies),
    ("/leaks/{compromise}/findings/{finding}/ending", end),
):
    form(router, path, ask)
