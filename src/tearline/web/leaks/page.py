"""One leak: when it was known, who had it and could have told it, what followed, what ends it, and what is owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from tearline.facts.assistance import AssistanceGiven, HelpOffered, NeedRecorded
from tearline.facts.fact import Compartment, Fact
from tearline.facts.harm import CountDocumented, HarmLookedInto, HarmRecordOpened, HarmReported
from tearline.facts.history import History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import CompromiseId, PersonId
from tearline.facts.investigation import (
    CustodyPassed,
    EvidenceTaken,
    FindingMade,
    FindingOutcome,
    FindingProposed,
    FindingReported,
    InterimReportMade,
)
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
from tearline.facts.oversight import OverseerInformed
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.warnings import LeakWarningWaived, PeopleWarned, WarningAttempted, WarningOrdered
from tearline.folds.exposed import asks_exposed
from tearline.folds.investigations import findings_of, investigations_into
from tearline.folds.leaks import Timing, timing, unaware_after
from tearline.folds.obligations import Obligation
from tearline.folds.people import Status
from tearline.folds.release import lineage, releases_of
from tearline.folds.suspensions import SuspensionStanding, remedied, suspensions_of
from tearline.folds.verbal import weight
from tearline.protocol import Pack
from tearline.rooms.leaks.inquiring import OpenInvestigation
from tearline.rooms.leaks.reports import LookIntoHarm, ReportInterim, WaiveLeakWarning
from tearline.rooms.leaks.suspensions import EndCooperation, JudgeRemedies, LiftSuspension, ProposeLifting
from tearline.web.access import Access
from tearline.web.harm import CountRow, count_rows
from tearline.web.leaks.exposed import ExposureSet, exposure_of
from tearline.web.look import link, status_tag, tag
from tearline.web.names import Names, names_question
from tearline.web.owed import OwedRow, owed_on, owed_row
from tearline.web.places import entry_of, page_of
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue

FOLLOWING: Sequence[type[Fact]] = (
    CompromiseReported,
    CooperationSuspended,
    InvestigationOpened,
    WarningOrdered,
    WarningAttempted,
    PeopleWarned,
    LeakWarningWaived,
    NeedRecorded,
    HelpOffered,
    HarmRecordOpened,
    HarmLookedInto,
    AssistanceGiven,
    OverseerInformed,
    InterimReportMade,
    FindingProposed,
    FindingMade,
    FindingReported,
    LiftingProposed,
    SuspensionLifted,
    CooperationEnded,
    HarmReported,
    CountDocumented,
)
OF_ITEM: Sequence[type[Fact]] = (ItemRegistered, ItemReleased, DisclosureRecorded, AdversaryFoundUnaware)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakView:
    """``notices``: what a reader must not overlook. ``held``: evidence of this leak that the reader has in hand."""

    compromise: str
    title: str
    telling: str | None
    meta: list[tuple[str, ...]]
    seen: Shown
    surfaced: Shown | None
    notices: list[str]
    investigated: bool
    suspended: bool
    readers: list[list[object]]
    exposed: ExposureSet | None
    investigations: list[list[object]]
    suspensions: list[list[object]]
    findings: list[list[object]]
    held: list[list[object]]
    followed: list[list[object]]
    owed: list[OwedRow]
    counts: list[CountRow]
    reports: int
    actions: list[tuple[str, str]]
    entry: tuple[str, str]
    rests_on: str


def page_question(
    known: History, compromise: CompromiseId, protocols: Mapping[str, Pack], *, exposed: bool
) -> Question:
    """``exposed``: whether the reader is shown who could have told it."""
    asked = about(f"compromise:{compromise}", kinds=FOLLOWING)
    leaked = [r.fact.item for r in known.of(CompromiseReported) if r.fact.compromise == compromise]
    items = [one for item in leaked for one in lineage(known, item)]
    asked |= each("item", items, OF_ITEM)
    asked |= owed_on(known, protocols, {"compromise": [compromise], "item": leaked})
    asked |= each("investigation", _investigations(known), (EvidenceTaken, CustodyPassed))
    asked |= each("finding", frozenset(r.fact.finding for r in known.of(FindingMade)), (RemediesFound,))
    asked |= each("unit", frozenset(r.fact.unit for r in known.of(CooperationSuspended)), (CooperationEnded,))
    for item in leaked if exposed else ():
        asked |= asks_exposed(known, item)
    return asked | names_question(known)


def _investigations(known: History) -> frozenset[str]:
    return frozenset(r.fact.investigation for r in known.of(InvestigationOpened))


def tells_who_could(access: Access) -> bool:
    """Whether this reader is shown who could have told: whoever looks into it, and nobody whom it could be."""
    return access.opens(Compartment.INVESTIGATIONS)


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
    findings = findings_of(known, compromise)
    settled = {compromise, *(r.fact.finding for r in findings)}
    standing = suspensions_of(known, compromise)
    return LeakView(
        compromise=compromise,
        title=say("It became known: %(item)s", item=names.item(fact.item).name),
        telling=reported.told.telling if reported.told else None,
        meta=_meta(say, reported, names),
        seen=text(say, fact, "seen"),
        surfaced=None if is_open(fact.surfaced) and not fact.surfaced.value else text(say, fact, "surfaced"),
        notices=_notices(say, known, reported),
        investigated=any(r.fact.compromise == compromise for r in known.of(InvestigationOpened)),
        suspended=bool(standing),
        readers=_readers(say, known, reported, names, standing),
        exposed=exposure_of(say, known, reported, names) if tells_who_could(access) else None,
        investigations=_investigated(say, known, compromise, names, access),
        suspensions=[_suspension(say, one, names, access, told=told) for one in standing],
        findings=[_finding(say, known, r, names, access, told=told) for r in findings],
        held=[] if told else _held(say, known, access.person),
        followed=_followed(say, known, compromise, names),
        owed=[owed_row(say, o, names, now) for o in owed if o.about in settled],
        counts=count_rows(say, [r for r in known.of(CountDocumented) if r.fact.compromise == compromise]),
        reports=sum(r.fact.compromise == compromise for r in known.of(HarmReported)),
        actions=[] if told else _actions(say, fact, access),
        entry=(say("entry %(n)s", n=say.number(reported.position)), entry_of(reported)),
        rests_on=reported.told.rests_on if reported.told else "",
    )


def _meta(say: Tongue, reported: Recorded[CompromiseReported], names: Names) -> list[tuple[str, ...]]:
    fact = reported.fact
    rows: list[tuple[str, ...]] = [
        (label(say, CompromiseReported, "item"), names.item(fact.item).name, f"/items/{fact.item}"),
        (label(say, CompromiseReported, "sure"), say(fact.sure)),
        (say("Known to the adversary"), say.happened(reported)),
    ]
    if fact.known_by is not None:
        rows.append(
            (label(say, CompromiseReported, "known_by"), say.moment(fact.known_by, reported.precision))
        )
    if fact.likelihood_ratio:
        words = say(weight(fact.likelihood_ratio).words)
        ratio = say("%(ratio)s: %(words)s", ratio=say.figure(fact.likelihood_ratio), words=words)
        rows.append((label(say, CompromiseReported, "likelihood_ratio"), ratio))
    rows.append((say("Reported"), say.moment(reported.known_at, reported.precision)))
    rows.append((say("Reported by"), say(reported.by.role)))
    return rows


def _notices(say: Tongue, known: History, reported: Recorded[CompromiseReported]) -> list[str]:
    found: list[str] = []
    when = timing(known, reported)
    if when is not Timing.AFTER:
        found.append(say("Timing: %(what)s.", what=say(when)))
    found += [
        say(
            "%(when)s the adversary was found unaware of it (%(sure)s). One of the two is wrong, or it came to know "
            "later. Both stay on record until people settle it.",
            when=say.happened(r),
            sure=say(r.fact.sure),
        )
        for r in unaware_after(known, reported)
    ]
    return found


def _readers(
    say: Tongue,
    known: History,
    reported: Recorded[CompromiseReported],
    names: Names,
    standing: Sequence[SuspensionStanding],
) -> list[list[object]]:
    """To whom the item had been given before the adversary knew it, and since."""
    return [
        [
            (names.unit(r.fact.unit).name, f"/units/{r.fact.unit}"),
            say.listed([names.person(p).name for p in r.fact.recipients]) or "—",
            link(say.happened(r), page_of(r)),
            say("before") if r.happened_at <= reported.happened_at else tag(say, say("after"), "info"),
            _cooperation(say, [one for one in standing if one.suspended.fact.unit == r.fact.unit]),
        ]
        for r in releases_of(known)
        if r.fact.item == reported.fact.item
    ]


def _cooperation(say: Tongue, of_unit: Sequence[SuspensionStanding]) -> Shown:
    if not of_unit:
        return say("not suspended")
    if any(one.ended for one in of_unit):
        return status_tag(say, Status.ENDED)
    if any(one.stands for one in of_unit):
        return status_tag(say, Status.SUSPENDED)
    return tag(say, say("lifted"), "info")


def _investigated(
    say: Tongue, known: History, compromise: CompromiseId, names: Names, access: Access
) -> list[list[object]]:
    """Each investigation, by whom, and what it found; its page is for those who look into it."""
    rows: list[list[object]] = []
    for one in investigations_into(known, compromise):
        name, made = one.opened.fact.investigation, one.made
        rows.append(
            [
                link(name, f"/investigations/{name}") if tells_who_could(access) else name,
                say.listed([names.person(p).name for p in one.opened.fact.investigators]),
                say.happened(one.opened),
                say(made.fact.outcome) if made else tag(say, say("open"), "info"),
            ]
        )
    return rows


def _suspension(
    say: Tongue, one: SuspensionStanding, names: Names, access: Access, *, told: bool
) -> list[object]:
    fact = one.suspended.fact
    here = f"/leaks/{fact.compromise}"
    act: Shown = "—"
    waiting = [p.fact for p in one.proposed if p.by.person != access.person]
    if one.stands and not one.ended and not told:
        if waiting and access.role in LiftSuspension.allowed:
            act = link(say("Lift it, as proposed"), f"{here}/liftings/{waiting[-1].lifting}")
        elif access.role in ProposeLifting.allowed:
            act = link(say("Propose to lift it"), f"{here}/suspensions/{fact.suspension}/lifting")
    return [
        (names.unit(fact.unit).name, f"/units/{fact.unit}"),
        say.happened(one.suspended),
        _stands(say, one),
        act,
    ]


def _stands(say: Tongue, one: SuspensionStanding) -> Shown:
    if one.ended:
        return say("cooperation ended %(when)s", when=say.happened(one.ended))
    if one.lifted:
        return say("lifted %(when)s, by two people", when=say.happened(one.lifted))
    if one.proposed:
        return say("stands; lifting was proposed %(when)s", when=say.happened(one.proposed[-1]))
    return say("stands until a finding")


def _finding(
    say: Tongue, known: History, r: Recorded[FindingMade], names: Names, access: Access, *, told: bool
) -> list[object]:
    """What was found, about which units, and what comes of it. Who is named is for those who look into it."""
    fact = r.fact
    here = f"/leaks/{fact.compromise}/findings/{fact.finding}"
    against = fact.outcome is FindingOutcome.SUBSTANTIATED
    acts: list[Shown] = []
    if not told:
        reporting = (
            [(say("Report it to the overseer"), "report")] if access.role in ReportInterim.allowed else []
        )
        if against and fact.units and access.role in JudgeRemedies.allowed:
            reporting.append((say("Judge the remedies"), "remedies"))
        if against and fact.units and access.role in EndCooperation.allowed:
            reporting.append((say("End cooperation"), "ending"))
        acts = [link(words, f"{here}/{where}") for words, where in reporting]
    reported = any(one.fact.finding == fact.finding for one in known.of(FindingReported))
    return [
        link(say(fact.outcome), entry_of(r)),
        _about(say, known, r, names),
        say.happened(r),
        say("reported") if reported else tag(say, say("not reported yet"), "hold"),
        Markup(" · ").join(acts) if acts else "—",
    ]


def _about(say: Tongue, known: History, r: Recorded[FindingMade], names: Names) -> str:
    units = []
    for unit in r.fact.units:
        name = names.unit(unit).name
        mended = r.fact.outcome is FindingOutcome.SUBSTANTIATED and remedied(known, r, unit)
        units.append(say("%(unit)s (remedied)", unit=name) if mended else name)
    return say.listed(units) or "—"


def _held(say: Tongue, known: History, person: PersonId) -> list[list[object]]:
    """Evidence that this reader holds: whoever holds it passes it on, whatever their role."""
    holders = {r.fact.evidence: r.by.person for r in known.of(EvidenceTaken)}
    holders |= {r.fact.evidence: r.fact.taker for r in known.of(CustodyPassed)}
    return [
        [
            say(r.fact.kind),
            say.happened(r),
            link(
                say("Pass it on"),
                f"/investigations/{r.fact.investigation}/evidence/{r.fact.evidence}/custody",
            ),
        ]
        for r in known.of(EvidenceTaken)
        if holders[r.fact.evidence] == person
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
        case CooperationSuspended() | SuspensionLifted() | LiftingProposed() | CooperationEnded():
            return names.unit(fact.unit).link()
        case InvestigationOpened():
            return say.listed([names.person(p).name for p in fact.investigators])
        case PeopleWarned():
            return say.many("%(n)s person", "%(n)s people", fact.people)
        case AssistanceGiven():
            return say(fact.kind)
        case OverseerInformed() | InterimReportMade() | FindingReported():
            return names.organisation(fact.overseer)
        case LeakWarningWaived():
            return say(fact.ground)
        case HarmLookedInto():
            return say(fact.looked)
        case FindingProposed() | FindingMade():
            return say(fact.outcome)
    return "—"


def _actions(say: Tongue, fact: CompromiseReported, access: Access) -> list[tuple[str, str]]:
    """Every act about the leak itself that this reader may do; the first stands out."""
    here, role = f"/leaks/{fact.compromise}", access.role
    offered: list[tuple[str, str, frozenset[Role] | None]] = [
        (say("Warn people in danger"), f"{here}/warned", None),
        (say("Open an investigation"), f"{here}/investigation", OpenInvestigation.allowed),
        (say("Make the interim report"), f"{here}/interim", ReportInterim.allowed),
        (
            say("Inform the overseer"),
            f"{here}/overseer",
            frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.INVESTIGATOR}),
        ),
        (say("Waive the warning"), f"{here}/waiver", WaiveLeakWarning.allowed),
        (say("Say what harm was found"), f"{here}/harm", LookIntoHarm.allowed),
        (say("Report harm"), f"/harm/new?compromise={fact.compromise}", None),
    ]
    return [(words, href) for words, href, allowed in offered if allowed is None or role in allowed]
