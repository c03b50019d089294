"""Investigations: opened, widened, told when to decide; hypotheses, interviews, and allegations that are weighed."""

import re

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.identifiers import InvestigationId
from tearline.facts.investigation import (
    AllegationWeighed,
    Channel,
    DecisionTimeDeclared,
    HypothesisStated,
    InterviewHeld,
    InvestigationWidened,
)
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.parties import AllegationRecorded, PersonEnrolled, UnitFormed
from tearline.facts.release import CopyReleased
from tearline.facts.words import Words
from tearline.folds.duties import asks_leak
from tearline.folds.investigations import Investigation
from tearline.rooms import Act, Says, require, require_new
from tearline.rooms.leaks.apart import (
    INVESTIGATING,
    INVESTIGATION,
    alone,
    asks_within,
    leak_of,
    require_no_part,
    within,
)

SEEING = frozenset({Compartment.INVESTIGATIONS})
PERSON = Words("person", "la persona")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class OpenInvestigation(Says[InvestigationOpened]):
    """Nobody investigates what they asked for, signed, made, received or worked on, nor names who does.

    That holds for the item that leaked and for what it was drawn from. Whoever had a part can report the leak; that
    others look into it is owed then.
    """

    allowed = frozenset({Role.INVESTIGATOR, Role.SENIOR_OFFICER, Role.OVERSEER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = asks_leak(known, self.fact.compromise)
        asked |= about(f"investigation:{self.fact.investigation}", kinds=(InvestigationOpened,))
        return asked | each("person", self.fact.investigators, (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        leak = leak_of(known, self.fact.compromise, self.fact.item)
        require_new(known, InvestigationOpened, "investigation", self.fact.investigation, INVESTIGATION)
        if not self.fact.investigators:
            raise Refused(
                "named-investigators",
                Words(
                    "an investigation names its investigators",
                    "una investigación nombra a sus investigadores",
                ),
                (self.fact.investigation,),
            )
        for person in self.fact.investigators:
            require(known, PersonEnrolled, "person", person, PERSON)
        require_no_part(known, leak, [*self.fact.investigators, *alone(act)])
        return [act.says(self.fact)]


class WidenInvestigation(Says[InvestigationWidened]):
    """To people beyond those whom the record shows as exposed; by a named investigator, with the reasons."""

    allowed = INVESTIGATING

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        return asked | each("person", self.fact.persons.open(), (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        within(known, act, self.fact.investigation)
        if not self.fact.persons.open():
            raise Refused(
                "widened-to-somebody",
                Words("say to whom it is widened", "indique a quiénes se amplía"),
                (self.fact.investigation,),
            )
        for person in self.fact.persons.open():
            require(known, PersonEnrolled, "person", person, PERSON)
        return [act.says(self.fact)]


class DeclareDecisionTime(Says[DecisionTimeDeclared]):
    """Once, and before it comes: whoever may decide whenever the figures look right finds them right too often."""

    allowed = INVESTIGATING

    def question(self, known: History) -> Question:
        return asks_within(known, self.fact.investigation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, _ = within(known, act, self.fact.investigation)
        if found.declared is not None:
            raise Refused(
                "decides-once",
                Words(
                    "when this investigation decides is declared already, and is declared once",
                    "el momento de decidir de esta investigación ya está declarado, y se declara una vez",
                ),
                (self.fact.investigation,),
            )
        if self.fact.decide_at <= act.now:
            raise Refused(
                "declared-beforehand",
                Words(
                    "the time of a decision is declared before it has come",
                    "el momento de decidir se declara antes de que llegue",
                ),
                (self.fact.investigation,),
            )
        return [act.says(self.fact)]


class StateHypothesis(Says[HypothesisStated]):
    """A proposition and its alternative. Nobody is asked about alone.

    A hypothesis about a copy, a unit or a person says which; one about a person comes after the one that the channel is
    unknown or was not logged.
    """

    allowed = INVESTIGATING
    opens = SEEING

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        asked |= about(f"hypothesis:{self.fact.hypothesis}", kinds=(HypothesisStated,))
        copy, unit, person = self.fact.copy.open(), self.fact.unit.open(), self.fact.person.open()
        asked |= each("copy", [copy] if copy else [], (CopyReleased,))
        asked |= each("unit", [unit] if unit else [], (UnitFormed,))
        return asked | each("person", [person] if person else [], (PersonEnrolled,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, _ = within(known, act, self.fact.investigation)
        require_new(
            known, HypothesisStated, "hypothesis", self.fact.hypothesis, Words("hypothesis", "la hipótesis")
        )
        self._says_what(known)
        self._is_not_alone(found)
        return [act.says(self.fact)]

    def _says_what(self, known: History) -> None:
        copy, unit, person = self.fact.copy.open(), self.fact.unit.open(), self.fact.person.open()
        wanted = {Channel.COPY: copy, Channel.UNIT: unit, Channel.PERSON: person}
        named = [channel for channel, value in wanted.items() if value is not None]
        if named != ([self.fact.channel] if self.fact.channel in wanted else []):
            raise Refused(
                "says-which",
                Words(
                    "a hypothesis about a copy, a unit or a person names that one and nothing else",
                    "una hipótesis sobre una copia, una unidad o una persona nombra esa y nada más",
                ),
                (self.fact.hypothesis,),
            )
        if copy is not None:
            require(known, CopyReleased, "copy", copy, Words("copy", "la copia"))
        if unit is not None:
            require(known, UnitFormed, "unit", unit, Words("unit", "la unidad"))
        if person is not None:
            require(known, PersonEnrolled, "person", person, PERSON)

    def _is_not_alone(self, found: Investigation) -> None:
        if self.fact.channel is not Channel.PERSON:
            return
        if Channel.UNKNOWN not in {r.fact.channel for r in found.hypotheses}:
            raise Refused(
                "never-one-name-alone",
                Words(
                    "state first that the channel is unknown or was not logged: a person is never the only hypothesis",
                    "plantee antes que el canal es desconocido o no se registró: una persona nunca es la única",
                ),
                (self.fact.hypothesis,),
            )


class RecordInterview(Says[InterviewHeld]):
    """With whom, whether they were told their rights first, and the hash of the record."""

    allowed = INVESTIGATING

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        return asked | about(f"interview:{self.fact.interview}", kinds=(InterviewHeld,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        within(known, act, self.fact.investigation)
        require_new(
            known, InterviewHeld, "interview", self.fact.interview, Words("interview", "la entrevista")
        )
        require_hash(self.fact.sha256, self.fact.investigation)
        return [act.says(self.fact)]


class WeighAllegation(Says[AllegationWeighed]):
    """What makes an allegation credible, factor by factor, inside an investigation. Weighed again, both stand."""

    allowed = INVESTIGATING

    def question(self, known: History) -> Question:
        asked = asks_within(known, self.fact.investigation)
        return asked | about(f"allegation:{self.fact.allegation}", kinds=(AllegationRecorded,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        within(known, act, self.fact.investigation)
        require(
            known,
            AllegationRecorded,
            "allegation",
            self.fact.allegation,
            Words("allegation", "la acusación"),
        )
        return [act.says(self.fact)]


def require_hash(sha256: Sealed[str], about: InvestigationId) -> None:
    """Refuse what is no hash: a file is named by what it holds, so that another cannot stand in for it."""
    if not _SHA256.fullmatch(sha256.open()):
        raise Refused(
            "a-hash",
            Words(
                "a file is named by its SHA-256, 64 of 0-9 and a-f",
                "un archivo se nombra por su SHA-256, 64 de 0-9 y a-f",
            ),
            (about,),
        )
