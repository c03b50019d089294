"""Evidence: taken by an investigator, passed on by whoever holds it, and weighed against a pair of propositions."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import EvidenceId
from tearline.facts.investigation import CustodyPassed, EvidenceKind, EvidenceTaken, EvidenceWeighed
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.marks import CopiesMarked
from tearline.facts.parties import PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.investigations import Investigation, investigation_of
from tearline.folds.release import lineage
from tearline.folds.tracing import markings_of
from tearline.rooms import Act, Says, require, require_new, unknown
from tearline.rooms.leaks.apart import (
    INVESTIGATING,
    INVESTIGATION,
    alone,
    asks_within,
    leak_of,
    require_no_part,
    within,
)
from tearline.rooms.leaks.inquiring import PERSON, SEEING, require_hash

EVIDENCE = Words("evidence", "la evidencia")
TRACES = frozenset({EvidenceKind.MARK_TRACE, EvidenceKind.MARK_BELOW_GATE})


class TakeEvidence(Says[EvidenceTaken]):
    """By a named investigator, who holds it from then on. It may have been taken before the opening.

    A trace of copies that were marked elsewhere is evidence as well; of those that were marked here, the trace is a
    fact of its own (``tracing``).
    """

    allowed = INVESTIGATING

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        asked |= about(f"evidence:{self.fact.evidence}", kinds=(EvidenceTaken,))
        for r in known.of(InvestigationOpened):
            asked |= each("item", frozenset(lineage(known, r.fact.item)), (CopiesMarked,))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, _ = within(known, act, self.fact.investigation)
        if self.fact.kind in TRACES and markings_of(known, found.opened.fact.item):
            raise Refused(
                "traced-here",
                Words(
                    "copies of it were marked here: a text that surfaced is traced here, and what a trace says is not"
                    " claimed",
                    "sus copias se marcaron aquí: un texto que aparece se rastrea aquí, y lo que dice un rastreo no se"
                    " alega",
                ),
                (self.fact.evidence,),
            )
        require_new(known, EvidenceTaken, "evidence", self.fact.evidence, EVIDENCE)
        require_hash(self.fact.sha256, self.fact.investigation)
        return [act.says(self.fact)]


class PassCustody(Says[CustodyPassed]):
    """Only who holds it passes it on, and only to a person on record who had no part: no link of the chain is missing.

    It goes on after the finding: evidence is kept, or given to a court.
    """

    allowed = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR, Role.PARTNER_LIAISON, Role.AUDITOR}

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        return asked | each("person", [self.fact.taker], (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        found = investigation_of(known, fact.investigation)
        if found is None:
            raise unknown(INVESTIGATION, fact.investigation)
        taken = taken_in(found, fact.evidence)
        holder = found.holder(fact.evidence)
        if fact.giver != holder or any(person != holder for person in alone(act)):
            raise Refused(
                "who-holds-it",
                Words(
                    "only who holds the evidence passes it on, and is named as who gave it",
                    "solo quien tiene la evidencia la entrega, y consta como quien la dio",
                ),
                (fact.evidence,),
            )
        if fact.taker == fact.giver:
            raise Refused(
                "to-another",
                Words("it is passed to another person", "se entrega a otra persona"),
                (fact.evidence,),
            )
        require(known, PersonEnrolled, "person", fact.taker, PERSON)
        require_no_part(known, leak_of(known, found.opened.fact.compromise), [fact.taker])
        self._follows_on(found, taken, act)
        return [act.says(fact)]

    def _follows_on(self, found: Investigation, taken: Recorded[EvidenceTaken], act: Act) -> None:
        passed = [r.happened_at for r in found.passed if r.fact.evidence == self.fact.evidence]
        if act.at < max([taken.happened_at, *passed]):
            raise Refused(
                "chain-in-order",
                Words(
                    "it cannot have been passed on before it came to who holds it",
                    "no pudo entregarse antes de llegar a quien la tiene",
                ),
                (self.fact.evidence,),
            )


class WeighEvidence(Says[EvidenceWeighed]):
    """A likelihood ratio for one pair of propositions, the method, and by which expert. Weighed again, both stand."""

    allowed = INVESTIGATING
    opens = SEEING

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        return asked | about(f"weighing:{self.fact.weighing}", kinds=(EvidenceWeighed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, _ = within(known, act, self.fact.investigation)
        require_new(
            known, EvidenceWeighed, "weighing", self.fact.weighing, Words("weighing", "la ponderación")
        )
        taken_in(found, self.fact.evidence)
        if not any(r.fact.hypothesis == self.fact.hypothesis for r in found.hypotheses):
            raise unknown(Words("hypothesis", "la hipótesis"), self.fact.hypothesis)
        if not self.fact.likelihood_ratio.open() > 0:
            raise Refused(
                "ratio-above-zero",
                Words("a likelihood ratio is above zero", "una razón de verosimilitud es mayor que cero"),
                (self.fact.weighing,),
            )
        return [act.says(self.fact)]


def taken_in(found: Investigation, evidence: EvidenceId) -> Recorded[EvidenceTaken]:
    """The taking of this evidence; refused where it was not taken in this investigation."""
    for taken in found.evidence:
        if taken.fact.evidence == evidence:
            return taken
    raise unknown(EVIDENCE, evidence)
