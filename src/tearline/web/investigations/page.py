"""One investigation, plainly: what is asked, what was taken and who holds it, how it is weighed, what was found.

``view`` is pure: from the history, the investigation and the reader to what the page shows. It never names one person
alone: whoever is named stands in the exposure set, beside everybody else who could have told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.exposure import LeakAttributed
from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import InvestigationId, PersonId
from tearline.facts.investigation import (
    AllegationWeighed,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingProposed,
    HypothesisStated,
    InterviewHeld,
)
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.parties import PersonEnrolled
from tearline.facts.tracing import Gate
from tearline.folds.exposed import asks_exposed
from tearline.folds.investigations import Investigation, asks_investigation, investigation_of
from tearline.folds.verbal import weight
from tearline.web import attributed
from tearline.web.access import Access
from tearline.web.attributed import Attributed
from tearline.web.investigations.traces import gate_of
from tearline.web.leaks.exposed import ExposureSet, exposure_of
from tearline.web.look import code, link, tag
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """A proposition beside its alternative. ``about``: the copy, unit or person, if it is about one."""

    name: str
    channel: str
    about: Shown
    proposition: Shown
    alternative: Shown
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestigationView:
    """``acts``: what this reader may do in it, while it is open and names them."""

    name: str
    title: str
    telling: str | None
    compromise: str
    meta: list[tuple[str, ...]]
    remit: Shown
    open: bool
    mine: bool
    acts: list[tuple[str, str]]
    hypotheses: list[Hypothesis]
    competing: bool
    evidence: list[list[object]]
    weighings: list[list[object]]
    interviews: list[list[object]]
    allegations: list[tuple[str, list[tuple[str, Shown]]]]
    traces: list[list[object]]
    widened: list[list[object]]
    exposed: ExposureSet | None
    attributed: Attributed | None
    findings: list[list[object]]
    entries: list[list[object]]


def page_question(known: History, name: InvestigationId) -> Question:
    asked = asks_investigation(name)
    leaks = frozenset(r.fact.compromise for r in known.of(InvestigationOpened))
    asked |= each("compromise", leaks, (CompromiseReported,))
    for item in sorted({r.fact.item for r in known.of(InvestigationOpened)}):
        asked |= asks_exposed(known, item)
    asked |= about(f"investigation:{name}", kinds=(LeakAttributed,))
    figured = {
        reader.person
        for r in known.of(LeakAttributed)
        if is_open(r.fact.readers)
        for reader in r.fact.readers.open()
    }
    asked |= each("person", frozenset(figured), (PersonEnrolled,))
    return asked | names_question(known)


def view(
    say: Tongue, known: History, name: InvestigationId, *, access: Access, now: datetime
) -> InvestigationView | None:
    found = investigation_of(known, name)
    if found is None:
        return None
    names = Names(known, say)
    opened = found.opened
    leak = next(
        (r for r in known.of(CompromiseReported) if r.fact.compromise == opened.fact.compromise), None
    )
    mine = access.person in found.investigators and opened.told is None
    return InvestigationView(
        name=name,
        title=say("Investigation: %(item)s", item=names.item(opened.fact.item).name),
        telling=opened.told.telling if opened.told else None,
        compromise=opened.fact.compromise,
        meta=_meta(say, found, names, now),
        remit=text(say, opened.fact, "remit"),
        open=found.open,
        mine=mine,
        acts=_acts(say, name) if mine and found.open else [],
        hypotheses=[_hypothesis(say, r, names) for r in found.hypotheses],
        competing=found.compete,
        evidence=[_evidence(say, found, r, names, access.person) for r in found.evidence],
        weighings=[_weighing(say, found, r) for r in found.weighed],
        interviews=[_interview(say, r) for r in found.interviews],
        allegations=[_allegation(say, r) for r in found.allegations],
        traces=[gate_of(say, r) for r in found.traced],
        widened=[
            [
                link(say.happened(r), entry_of(r)),
                _people(say, r.fact, "persons", names),
                text(say, r.fact, "reasons"),
            ]
            for r in found.widened
        ],
        exposed=exposure_of(say, known, leak, names) if leak else None,
        attributed=_attributed(say, known, found, names),
        findings=_findings(say, found, names, access),
        entries=[_entry(say, r, names) for r in in_order(found)],
    )


def _attributed(say: Tongue, known: History, found: Investigation, names: Names) -> Attributed | None:
    """What was last figured of whom to ask first."""
    name = found.opened.fact.investigation
    figured = [r for r in known.of(LeakAttributed) if r.fact.investigation == name]
    if not figured:
        return None
    traced = any(
        r.position < figured[-1].fact.as_of and is_open(r.fact.gate) and r.fact.gate.open() is Gate.OPEN
        for r in found.traced
    )
    return attributed.view(say, figured[-1], names, traced=traced)


def _meta(say: Tongue, found: Investigation, names: Names, now: datetime) -> list[tuple[str, ...]]:
    fact = found.opened.fact
    investigators = say.listed([names.person(p).name for p in fact.investigators])
    rows: list[tuple[str, ...]] = [
        (label(say, InvestigationOpened, "compromise"), fact.compromise, f"/leaks/{fact.compromise}"),
        (label(say, InvestigationOpened, "investigators"), investigators),
        (say("Opened"), say.happened(found.opened)),
    ]
    if found.declared:
        at = found.declared.fact.decide_at
        rows.append(
            (say("Decides"), say.moment(at) if at > now else say("since %(when)s", when=say.moment(at)))
        )
    else:
        rows.append((say("Decides"), say("no time declared: it can name nobody")))
    if found.made:
        rows.append((say("Closed by the finding"), say(found.made.fact.outcome)))
    return rows


def _acts(say: Tongue, name: str) -> list[tuple[str, str]]:
    here = f"/investigations/{name}"
    return [
        (say("State a hypothesis"), f"{here}/hypothesis"),
        (say("Figure whom to ask first"), f"{here}/attribution"),
        (say("Take evidence"), f"{here}/evidence"),
        (say("Trace a surfaced text"), f"{here}/traces"),
        (say("Weigh evidence"), f"{here}/weighing"),
        (say("Record an interview"), f"{here}/interview"),
        (say("Weigh an allegation"), f"{here}/allegation"),
        (say("Widen it"), f"{here}/widening"),
        (say("Declare when to decide"), f"{here}/decision-time"),
        (say("Propose a finding"), f"{here}/finding"),
    ]


def _hypothesis(say: Tongue, r: Recorded[HypothesisStated], names: Names) -> Hypothesis:
    fact = r.fact
    return Hypothesis(
        name=fact.hypothesis,
        channel=say(fact.channel),
        about=_about(say, fact, names),
        proposition=text(say, fact, "proposition"),
        alternative=text(say, fact, "alternative"),
        entry=entry_of(r),
    )


def _about(say: Tongue, fact: HypothesisStated | FindingProposed | FindingMade, names: Names) -> Shown:
    """The copy, units or person of it by name; or the sign that it is sealed."""
    if not is_open(fact.person):
        return text(say, fact, "person")
    parts: list[str] = []
    if isinstance(fact, HypothesisStated):
        parts += [names.unit(fact.unit.value).name] if fact.unit.value else []
    else:
        parts += [names.unit(unit).name for unit in fact.units]
    parts += [str(fact.copy.value)] if fact.copy.value else []
    parts += [names.person(fact.person.value).name] if fact.person.value else []
    return say.listed(parts) or "—"


def _people(say: Tongue, fact: Fact, field: str, names: Names) -> Shown:
    held = getattr(fact, field)
    return (
        say.listed([names.person(p).name for p in held.open()]) if is_open(held) else text(say, fact, field)
    )


def _evidence(
    say: Tongue, found: Investigation, r: Recorded[EvidenceTaken], names: Names, reader: PersonId
) -> list[object]:
    fact = r.fact
    chain = found.custody[fact.evidence]
    held: Shown = " → ".join(names.person(p).name for p in chain)
    if chain[-1] == reader and r.told is None:
        there = f"/investigations/{fact.investigation}/evidence/{fact.evidence}/custody"
        held = link(say("%(chain)s: pass it on", chain=held), there)
    return [
        link(say(fact.kind), entry_of(r)),
        text(say, fact, "what"),
        text(say, fact, "from_whom"),
        code(fact.sha256.open()) if is_open(fact.sha256) else text(say, fact, "sha256"),
        held,
    ]


def _weighing(say: Tongue, found: Investigation, r: Recorded[EvidenceWeighed]) -> list[object]:
    """The likelihood ratio with its words, and of which pair of propositions."""
    fact = r.fact
    kinds = {e.fact.evidence: e.fact.kind for e in found.evidence}
    kind = kinds.get(fact.evidence)
    held = fact.likelihood_ratio
    words: Shown = say(weight(held.open()).words) if is_open(held) else text(say, fact, "likelihood_ratio")
    return [
        link(say(kind) if kind else fact.evidence, entry_of(r)),
        fact.hypothesis,
        text(say, fact, "likelihood_ratio"),
        words,
        text(say, fact, "method"),
        text(say, fact, "by_whom"),
    ]


def _interview(say: Tongue, r: Recorded[InterviewHeld]) -> list[object]:
    rights: Shown = say("yes") if r.fact.rights_told else tag(say, say("no"), "refuse")
    return [
        link(say.happened(r), entry_of(r)),
        text(say, r.fact, "whom"),
        rights,
        text(say, r.fact, "sha256"),
    ]


def _allegation(say: Tongue, r: Recorded[AllegationWeighed]) -> tuple[str, list[tuple[str, Shown]]]:
    factors = (
        "past_accuracy",
        "obtained",
        "agenda",
        "corroboration",
        "contradiction",
        "pattern",
        "detail",
        "reasons",
    )
    rows = [(label(say, AllegationWeighed, name), text(say, r.fact, name)) for name in factors]
    return r.fact.allegation, rows


def _findings(say: Tongue, found: Investigation, names: Names, access: Access) -> list[list[object]]:
    rows: list[list[object]] = []
    for r in found.proposed:
        act: Shown = "—"
        if found.open and r.told is None and r.by.person != access.person:
            there = f"/investigations/{r.fact.investigation}/findings/{r.fact.finding}/confirm"
            act = link(say("Confirm it"), there)
        rows.append(
            [
                link(say("proposed: %(what)s", what=say(r.fact.outcome)), entry_of(r)),
                _about(say, r.fact, names),
                text(say, r.fact, "grounds"),
                names.actor(r.by).link(),
                act,
            ]
        )
    if found.made:
        made = found.made
        rows.append(
            [
                link(say("made: %(what)s", what=say(made.fact.outcome)), entry_of(made)),
                _about(say, made.fact, names),
                text(say, made.fact, "grounds"),
                names.actor(made.by).link(),
                "—",
            ]
        )
    return rows


def in_order(found: Investigation) -> list[Recorded[Fact]]:
    """Everything in it, in the order of the ledger."""
    every: Sequence[Sequence[Recorded[Fact]]] = (
        [found.opened],
        found.widened,
        [found.declared] if found.declared else [],
        found.hypotheses,
        found.evidence,
        found.passed,
        found.weighed,
        found.interviews,
        found.allegations,
        found.surfaced,
        found.traced,
        found.proposed,
        [found.made] if found.made else [],
    )
    return sorted((r for part in every for r in part), key=lambda r: r.position)


def _entry(say: Tongue, r: Recorded[Fact], names: Names) -> list[object]:
    return [(say(type(r.fact).in_words), entry_of(r)), say.happened(r), names.actor(r.by).link()]
