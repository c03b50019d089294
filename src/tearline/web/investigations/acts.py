"""The forms of an investigation. They are there for those whom it names, and evidence for whoever holds it."""

from collections.abc import Callable

from fastapi import APIRouter

from tearline.facts.fact import Sealed
from tearline.facts.history import History, Question, about, each
from tearline.facts.identifiers import EvidenceId, FindingId, InvestigationId
from tearline.facts.investigation import (
    AllegationWeighed,
    CustodyPassed,
    DecisionTimeDeclared,
    EvidenceKind,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingProposed,
    HypothesisStated,
    InterviewHeld,
    InvestigationWidened,
)
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.marks import CopiesMarked
from tearline.facts.parties import AllegationRecorded
from tearline.facts.release import CopyReleased, DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.tracing import TextSurfaced
from tearline.folds.investigations import Investigation, asks_investigation, investigation_of
from tearline.folds.release import lineage, releases_of
from tearline.folds.tracing import markings_of
from tearline.rooms.leaks.attribution import AttributeLeak
from tearline.rooms.leaks.evidence import TRACES, PassCustody, TakeEvidence, WeighEvidence
from tearline.rooms.leaks.findings import ConfirmFinding, ProposeFinding
from tearline.rooms.leaks.inquiring import (
    DeclareDecisionTime,
    RecordInterview,
    StateHypothesis,
    WeighAllegation,
    WidenInvestigation,
)
from tearline.rooms.leaks.tracing import TraceText
from tearline.web import offers
from tearline.web.asked import Asked, Options
from tearline.web.forms import form
from tearline.web.investigations import traces
from tearline.web.names import Names, names_question
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, absent

router = APIRouter()
GIVEN_OUT = (ItemReleased, DisclosureRecorded, CopyReleased, CopiesMarked)


def _asks(known: History, name: InvestigationId) -> Question:
    """The investigation, what was given of its item, and what is alleged of the units that got it."""
    items = frozenset(one for r in known.of(InvestigationOpened) for one in lineage(known, r.fact.item))
    asked = asks_investigation(name)
    asked |= each("item", items, (ItemRegistered, *GIVEN_OUT))
    units = frozenset(r.fact.unit for r in releases_of(known))
    return asked | each("unit", units, (AllegationRecorded,)) | names_question(known)


def _within(visit: Visit) -> tuple[Investigation, Names, History]:
    """The open investigation of the address; to whoever it does not name, its forms are refused when they are sent."""
    visit.own_side()
    name = InvestigationId(visit.identifier("investigation"))
    known = visit.read(lambda so_far: _asks(so_far, name))
    found = investigation_of(known, name)
    if found is None or found.opened.told is not None:
        raise absent()
    return found, Names(known, visit.say), known


def _back(visit: Visit, found: Investigation, names: Names) -> tuple[str, list[tuple[str, str]]]:
    """The investigation's page, and the way to it."""
    fact = found.opened.fact
    here = f"/investigations/{fact.investigation}"
    return here, [("/leaks", visit.say("Leaks")), (here, names.item(fact.item).name)]


def widen(visit: Visit) -> Asked:
    found, names, _ = _within(visit)
    say = visit.say
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("Widen an investigation"),
        submit=say("Widen it"),
        command=WidenInvestigation,
        kind=InvestigationWidened,
        allowed=WidenInvestigation.allowed,
        lead=say("To people whom the record does not show as able to know it. It says why."),
        choosers={"persons": offers.people(visit, "investigators")},
    )


def decide_when(visit: Visit) -> Asked:
    found, names, _ = _within(visit)
    say = visit.say
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("Declare when to decide"),
        submit=say("Declare it"),
        command=DeclareDecisionTime,
        kind=DecisionTimeDeclared,
        allowed=DeclareDecisionTime.allowed,
        lead=say(
            "Once, and before it comes. Nobody is named before that time: who looks until it fits finds somebody."
        ),
        grave=True,
    )


def attribute(visit: Visit) -> Asked:
    found, names, _ = _within(visit)
    say = visit.say
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        title=say("Figure whom to ask first"),
        submit=say("Figure it"),
        order=AttributeLeak(found.opened.fact.investigation),
        allowed=AttributeLeak.allowed,
        lead=say(
            "From the whole record as it stands now, of everyone within the remit, by the terms that the agreement "
            "states. It orders enquiries, accuses nobody, and is put on record."
        ),
    )


def trace(visit: Visit) -> Asked:
    """The traces that were made, and the form for the next, on one page: looked at by whoever looks into a leak."""
    visit.own_side()
    say, name = visit.say, InvestigationId(visit.identifier("investigation"))
    known = visit.read(lambda so_far: traces.traces_question(so_far, name), named=("traces", name))
    found = investigation_of(known, name)
    shown = traces.view(say, known, name, access=visit.access, now=visit.now)
    if found is None or shown is None:
        raise absent()
    back, trail = _back(visit, found, Names(known, say))
    return Asked(
        then=f"{back}/traces",
        trail=trail,
        fixed={"investigation": name, "item": found.opened.fact.item},
        title=say("Traces of a surfaced text"),
        heading=say("Trace a surfaced text"),
        submit=say("Trace it"),
        command=TraceText,
        kind=TextSurfaced,
        allowed=TraceText.allowed,
        lead=say(
            "A text that surfaced is held against every marked copy of the item. It may point at copies, and never at "
            "a person."
        ),
        grave=True,
        new="trace",
        hints={
            "how": say("Only where every stop and space is as it surfaced does the layout count too."),
            "text": say(
                "All that has surfaced, in one text: what you leave out cannot be traced in this investigation any "
                "more, once copies were looked at."
            ),
            "whence": say("For instance a poster, a broadcast, or a telephone that was seized."),
        },
        among=("investigations/traces.html", shown),
    )


def _copies(say: Tongue, known: History, names: Names) -> Options:
    return [
        (
            r.fact.copy,
            say("%(copy)s, of %(person)s", copy=r.fact.copy, person=names.person(r.fact.recipient).name),
        )
        for r in known.of(CopyReleased)
    ]


def state(visit: Visit) -> Asked:
    found, names, known = _within(visit)
    say = visit.say
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("State a hypothesis"),
        submit=say("State it"),
        command=StateHypothesis,
        kind=HypothesisStated,
        allowed=StateHypothesis.allowed,
        lead=say(
            "First of all, that the channel is unknown or was not logged. Nobody is the only hypothesis."
        ),
        new="hypothesis",
        options={"copy": _copies(say, known, names)},
        choosers={"unit": offers.units(visit), "person": offers.people(visit, "investigators")},
        hints={
            "alternative": say(
                "What would be true if the proposition is not: evidence is weighed between the two."
            ),
            "copy": say("Only where the hypothesis is about a copy."),
            "unit": say("Only where it is about a unit."),
            "person": say("Only where it is about a person."),
        },
    )


def take(visit: Visit) -> Asked:
    """Where copies were marked here nobody says what a trace of them said: it is made on a page of its own."""
    found, names, known = _within(visit)
    say = visit.say
    marked = bool(markings_of(known, found.opened.fact.item))
    kinds: Options = [(kind.value, say(kind)) for kind in EvidenceKind if not (marked and kind in TRACES)]
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("Take evidence"),
        submit=say("Take it"),
        command=TakeEvidence,
        kind=EvidenceTaken,
        allowed=TakeEvidence.allowed,
        lead=say("You hold it from then on, until you pass it on by name."),
        new="evidence",
        options={"kind": kinds},
        hints={"sha256": say("64 signs of 0-9 and a-f. It names the file by what it holds.")},
        happened=say("When was it taken?"),
    )


def pass_on(visit: Visit) -> Asked:
    """There for whoever holds the evidence, whatever their role; to anybody else it is not there."""
    visit.own_side()
    say = visit.say
    name = InvestigationId(visit.identifier("investigation"))
    wanted = EvidenceId(visit.identifier("evidence"))
    asked = about(f"investigation:{name}", kinds=(InvestigationOpened, EvidenceTaken, CustodyPassed))
    found = investigation_of(visit.read(asked), name)
    if found is None or found.opened.told is not None or found.holder(wanted) != visit.actor.person:
        raise absent()
    leak = f"/leaks/{found.opened.fact.compromise}"
    return Asked(
        title=say("Pass evidence on"),
        submit=say("Pass it on"),
        command=PassCustody,
        kind=CustodyPassed,
        allowed=PassCustody.allowed,
        then=leak,
        trail=[("/leaks", say("Leaks")), (leak, found.opened.fact.compromise)],
        lead=say("Whoever takes it holds it from then on, and had no part in what leaked."),
        fixed={"investigation": name, "evidence": wanted, "giver": visit.actor.person},
        choosers={"taker": offers.people(visit, "investigators")},
        happened=say("When was it passed on?"),
    )


def weigh(visit: Visit) -> Asked:
    found, names, _ = _within(visit)
    say = visit.say
    hypotheses: Options = [(r.fact.hypothesis, _hypothesis(say, r.fact)) for r in found.hypotheses]
    taken: Options = [
        (
            r.fact.evidence,
            f"{say(r.fact.kind)}: {r.fact.what.value}" if is_open(r.fact.what) else say(r.fact.kind),
        )
        for r in found.evidence
    ]
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("Weigh evidence"),
        submit=say("Put it on record"),
        command=WeighEvidence,
        kind=EvidenceWeighed,
        allowed=WeighEvidence.allowed,
        lead=say("How many times likelier the evidence is under the proposition than under its alternative."),
        new="weighing",
        options={"hypothesis": hypotheses, "evidence": taken},
        hints={
            "likelihood_ratio": say(
                "1 tells them apart not at all; below 1 it is likelier under the alternative. 2 to 10 is weak, to 100 "
                "moderate, to 1,000 moderately strong, to 10,000 strong."
            )
        },
    )


def _hypothesis(say: Tongue, fact: HypothesisStated) -> str:
    held = fact.proposition
    return f"{say(fact.channel)}: {held.value}" if is_open(held) else say(fact.channel)


def interview(visit: Visit) -> Asked:
    found, names, _ = _within(visit)
    say = visit.say
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("Record an interview"),
        submit=say("Put it on record"),
        command=RecordInterview,
        kind=InterviewHeld,
        allowed=RecordInterview.allowed,
        new="interview",
        hints={"sha256": say("64 signs of 0-9 and a-f. It names the file by what it holds.")},
        happened=say("When was it held?"),
    )


def allegation(visit: Visit) -> Asked:
    found, names, known = _within(visit)
    say = visit.say
    alleged: Options = [
        (
            r.fact.allegation,
            f"{names.unit(r.fact.unit).name}: {say(r.fact.kind)}, {say.happened(r)}",
        )
        for r in known.of(AllegationRecorded)
        if r.told is None
    ]
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        fixed={"investigation": found.opened.fact.investigation},
        title=say("Weigh an allegation"),
        submit=say("Put it on record"),
        command=WeighAllegation,
        kind=AllegationWeighed,
        allowed=WeighAllegation.allowed,
        lead=say("Factor by factor. That one is not known is an answer. How it stands is assessed apart."),
        options={"allegation": alleged},
    )


def propose(visit: Visit) -> Asked:
    found, names, known = _within(visit)
    say, opened = visit.say, found.opened.fact
    units: Options = [
        (unit, names.of_unit(unit)) for unit in sorted({r.fact.unit for r in releases_of(known)})
    ]
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        title=say("Propose a finding"),
        submit=say("Propose it"),
        command=ProposeFinding,
        kind=FindingProposed,
        allowed=ProposeFinding.allowed,
        lead=say(
            "Another person confirms it. Nothing is substantiated on a figure of the model alone, and nobody is named "
            "before the declared time."
        ),
        new="finding",
        fixed={
            "investigation": opened.investigation,
            "compromise": opened.compromise,
            "item": opened.item,
        },
        options={"copy": _copies(say, known, names), "units": units},
        choosers={"person": offers.people(visit, "investigators")},
        hints={
            "units": say(
                "Those by which it came to what the finding is about: their suspension hangs on it."
            ),
            "copy": say("A mark names a copy, and so everyone who could reach it."),
        },
    )


def confirm(visit: Visit) -> Asked:
    found, names, _ = _within(visit)
    say, wanted = visit.say, FindingId(visit.identifier("proposed"))
    proposed = next((r for r in found.proposed if r.fact.finding == wanted), None)
    if proposed is None:
        raise absent()
    fact = proposed.fact
    rows: list[tuple[str, Shown]] = [
        (label(say, FindingProposed, "outcome"), say(fact.outcome)),
        (label(say, FindingProposed, "units"), say.listed([names.of_unit(u) for u in fact.units]) or "—"),
        (label(say, FindingProposed, "person"), _person(say, fact, names)),
        (label(say, FindingProposed, "copy"), text(say, fact, "copy")),
        (label(say, FindingProposed, "grounds"), text(say, fact, "grounds")),
        (say("Proposed by"), names.actor(proposed.by).link()),
    ]
    then, trail = _back(visit, found, names)
    return Asked(
        then=then,
        trail=trail,
        title=say("Confirm a finding"),
        submit=say("Confirm it"),
        command=ConfirmFinding,
        kind=FindingMade,
        allowed=ConfirmFinding.allowed,
        lead=say("It closes the investigation. What it rests on is looked at once more when you confirm it."),
        grave=True,
        fixed={
            "finding": fact.finding,
            "investigation": fact.investigation,
            "compromise": fact.compromise,
            "item": fact.item,
            "outcome": fact.outcome,
            "units": fact.units,
            "copy": Sealed(fact.copy.value),
            "person": Sealed(fact.person.value),
        },
        about=rows,
    )


def _person(say: Tongue, fact: FindingProposed, names: Names) -> Shown:
    held = fact.person
    return names.person(held.value).link() if is_open(held) and held.value else text(say, fact, "person")


FORMS: tuple[tuple[str, Callable[[Visit], Asked]], ...] = (
    ("attribution", attribute),
    ("traces", trace),
    ("widening", widen),
    ("decision-time", decide_when),
    ("hypothesis", state),
    ("evidence", take),
    ("evidence/{evidence}/custody", pass_on),
    ("weighing", weigh),
    ("interview", interview),
    ("allegation", allegation),
    ("finding", propose),
    ("findings/{proposed}/confirm", confirm),
)
for path, ask in FORMS:
    form(router, f"/investigations/{{investigation}}/{path}", ask)
