"""An investigation as it stands: who may act in it, what it has, who holds it, and what was found.

It is open from its opening until a finding is made. Inside an open one, and nowhere else, may a person's own figures be
looked at; ``remit`` says whose.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import (
    CompromiseId,
    CopyId,
    EvidenceId,
    FindingId,
    InvestigationId,
    PersonId,
    UnitId,
)
from tearline.facts.investigation import (
    AllegationWeighed,
    Channel,
    CustodyPassed,
    DecisionTimeDeclared,
    EvidenceKind,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingOutcome,
    FindingProposed,
    HypothesisStated,
    InterviewHeld,
    InvestigationWidened,
)
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.tracing import TextSurfaced, TextTraced
from tearline.folds.exposed import asks_exposed, exposure_set

T = TypeVar("T")
INVESTIGATION_KINDS: Sequence[type[Fact]] = (
    InvestigationOpened,
    InvestigationWidened,
    DecisionTimeDeclared,
    HypothesisStated,
    EvidenceTaken,
    CustodyPassed,
    EvidenceWeighed,
    InterviewHeld,
    AllegationWeighed,
    TextSurfaced,
    TextTraced,
    FindingProposed,
    FindingMade,
)
NO_POSTERIOR = frozenset(EvidenceKind) - {EvidenceKind.MODEL, EvidenceKind.MARK_BELOW_GATE}
"""What can bear an accusation. A model's output sets out what to ask next; a mark below its gate names by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Investigation:
    """All that was recorded in one investigation, each list in the order of the ledger."""

    opened: Recorded[InvestigationOpened]
    widened: Sequence[Recorded[InvestigationWidened]]
    declared: Recorded[DecisionTimeDeclared] | None
    hypotheses: Sequence[Recorded[HypothesisStated]]
    evidence: Sequence[Recorded[EvidenceTaken]]
    passed: Sequence[Recorded[CustodyPassed]]
    weighed: Sequence[Recorded[EvidenceWeighed]]
    interviews: Sequence[Recorded[InterviewHeld]]
    allegations: Sequence[Recorded[AllegationWeighed]]
    surfaced: Sequence[Recorded[TextSurfaced]]
    traced: Sequence[Recorded[TextTraced]]
    proposed: Sequence[Recorded[FindingProposed]]
    made: Recorded[FindingMade] | None
    custody: dict[EvidenceId, tuple[PersonId, ...]] = field(init=False)

    def __post_init__(self) -> None:
        held = {r.fact.evidence: (r.by.person,) for r in self.evidence}
        for r in self.passed:
            held[r.fact.evidence] = (*held.get(r.fact.evidence, ()), r.fact.taker)
        object.__setattr__(self, "custody", held)

    @property
    def open(self) -> bool:
        return self.made is None

    @property
    def investigators(self) -> frozenset[PersonId]:
        return frozenset(self.opened.fact.investigators)

    @property
    def widened_to(self) -> frozenset[PersonId]:
        return frozenset(person for r in self.widened for person in held(r.fact.persons) or ())

    def holder(self, evidence: EvidenceId) -> PersonId | None:
        """Who holds it now: who took it, or the last to whom it was passed."""
        return self.custody[evidence][-1] if evidence in self.custody else None

    @property
    def compete(self) -> bool:
        """Whether at least two hypotheses stand, one of them that the channel is unknown or was not logged."""
        stated = [r.fact.channel for r in self.hypotheses]
        return len(stated) > 1 and Channel.UNKNOWN in stated

    def bears(self, finding: FindingProposed | FindingMade) -> bool:
        """Whether evidence other than a posterior supports a hypothesis about the very thing that a finding names.

        A person's finding is about the person, a copy's about the copy; one about units is about each of them. What
        was purged supports nothing any more. The compartment of investigations has to be open. A trace weighs by
        itself, and for the copies that it names alone: it says nothing of any person, nor of a unit as a whole.
        """
        supported = self._supported()
        person, copy = held(finding.person), held(finding.copy)
        if person is not None:
            return any(held(h.person) == person for h in supported)
        if copy is not None:
            return any(held(h.copy) == copy for h in supported)
        return bool(finding.units) and set(finding.units) <= {held(h.unit) for h in supported}

    def _supported(self) -> list[HypothesisStated]:
        """The hypotheses that some of the evidence is likelier under than under their alternative."""
        kinds = {r.fact.evidence: r.fact.kind for r in self.evidence}
        by = {
            r.fact.hypothesis
            for r in self.weighed
            if kinds.get(r.fact.evidence) in NO_POSTERIOR
            and not r.fact.likelihood_ratio.purged
            and r.fact.likelihood_ratio.open() > 1
        }
        named = self.named_copies
        return [
            r.fact
            for r in self.hypotheses
            if r.fact.hypothesis in by
            or (r.fact.channel is Channel.COPY and not r.fact.copy.purged and r.fact.copy.open() in named)
        ]

    @property
    def named_copies(self) -> frozenset[CopyId]:
        """The copies that a trace made here names."""
        return frozenset(
            one.copy
            for r in self.traced
            if not r.fact.copies.purged
            for one in r.fact.copies.open()
            if one.named
        )

    def time_has_come(self, *instants: datetime) -> bool:
        """Whether a time of deciding was declared, and none of these instants is before it."""
        return self.declared is not None and self.declared.fact.decide_at <= min(instants)


def held(sealed: Sealed[T]) -> T | None:
    """What is sealed there, for whoever opened it; None once it is purged."""
    return None if sealed.purged else sealed.open()


def asks_investigation(investigation: InvestigationId) -> Question:
    """Everything in it."""
    return about(f"investigation:{investigation}", kinds=INVESTIGATION_KINDS)


def investigation_of(history: History, name: InvestigationId) -> Investigation | None:
    """None where it was never opened."""
    opened = next((r for r in history.of(InvestigationOpened) if r.fact.investigation == name), None)
    if opened is None:
        return None
    return Investigation(
        opened=opened,
        widened=[r for r in history.of(InvestigationWidened) if r.fact.investigation == name],
        declared=next((r for r in history.of(DecisionTimeDeclared) if r.fact.investigation == name), None),
        hypotheses=[r for r in history.of(HypothesisStated) if r.fact.investigation == name],
        evidence=[r for r in history.of(EvidenceTaken) if r.fact.investigation == name],
        passed=[r for r in history.of(CustodyPassed) if r.fact.investigation == name],
        weighed=[r for r in history.of(EvidenceWeighed) if r.fact.investigation == name],
        interviews=[r for r in history.of(InterviewHeld) if r.fact.investigation == name],
        allegations=[r for r in history.of(AllegationWeighed) if r.fact.investigation == name],
        surfaced=[r for r in history.of(TextSurfaced) if r.fact.investigation == name],
        traced=[r for r in history.of(TextTraced) if r.fact.investigation == name],
        proposed=[r for r in history.of(FindingProposed) if r.fact.investigation == name],
        made=next((r for r in history.of(FindingMade) if r.fact.investigation == name), None),
    )


def investigations_into(history: History, compromise: CompromiseId) -> list[Investigation]:
    """All that were opened into one compromise, the first on top."""
    names = [r.fact.investigation for r in history.of(InvestigationOpened) if r.fact.compromise == compromise]
    return [one for name in names if (one := investigation_of(history, name)) is not None]


# Whose figures may be looked at


def asks_remit(known: History, investigation: InvestigationId) -> Question:
    """All that can change whom an investigation extends to; ask until it no longer widens."""
    asked = asks_investigation(investigation)
    leaks = frozenset(r.fact.compromise for r in known.of(InvestigationOpened))
    asked |= each("compromise", leaks, (CompromiseReported,))
    for item in sorted({r.fact.item for r in known.of(InvestigationOpened)}):
        asked |= asks_exposed(known, item)
    return asked


def remit(history: History, investigation: InvestigationId, at: datetime) -> frozenset[PersonId]:
    """The people whose own figures may be looked at now: nobody's once a finding is made, or before the opening.

    They are those whom the record shows as exposed until ``at``, and those to whom the investigation was widened, for
    which the compartment of investigations has to be open.
    """
    found = investigation_of(history.as_known(at), investigation)
    if found is None or not found.open:
        return frozenset()
    exposed = {one.person for one in exposure_set(history.as_known(at), found.opened.fact.item, at)}
    return frozenset(exposed | found.widened_to)


# What was found


def findings_of(history: History, compromise: CompromiseId) -> list[Recorded[FindingMade]]:
    return [r for r in history.of(FindingMade) if r.fact.compromise == compromise]


def finding_of(history: History, finding: FindingId) -> Recorded[FindingMade] | None:
    return next((r for r in history.of(FindingMade) if r.fact.finding == finding), None)


def substantiated_against(
    history: History, compromise: CompromiseId, unit: UnitId
) -> list[Recorded[FindingMade]]:
    """The findings on this leak that stand against the unit. None replaces another: the worst of them counts."""
    return [
        r
        for r in findings_of(history, compromise)
        if r.fact.outcome is FindingOutcome.SUBSTANTIATED and unit in r.fact.units
    ]
