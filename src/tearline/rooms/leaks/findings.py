"""Findings: one investigator proposes, another or the overseer confirms, and neither had a part.

A finding that something is substantiated stands on two competing hypotheses, one of them that the channel is unknown,
and on evidence that is no posterior and is likelier under the hypothesis about the very thing that the finding names.
One that names a person also waits for a time that was declared beforehand. A figure of the exposure model sets out what
to ask next and bears none of it.
"""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, about, each
from tearline.facts.identifiers import UnitId
from tearline.facts.investigation import FindingMade, FindingOutcome, FindingProposed
from tearline.facts.parties import PersonEnrolled, UnitFormed
from tearline.facts.release import CopyReleased
from tearline.facts.words import Words
from tearline.folds.exposed import asks_exposed, exposure_set
from tearline.folds.investigations import Investigation
from tearline.folds.release import lineage
from tearline.rooms import Act, Says, require, require_after, require_new, unknown
from tearline.rooms.leaks.apart import (
    INVESTIGATING,
    alone,
    asks_within,
    leak_of,
    opened,
    require_no_part,
    within,
)
from tearline.rooms.leaks.inquiring import PERSON, SEEING

FINDING = Words("finding", "la conclusión")
COPY, UNIT = Words("copy", "la copia"), Words("unit", "la unidad")


class ProposeFinding(Says[FindingProposed]):
    """By a named investigator. What is proposed may be proposed again, otherwise; nothing follows until it is made."""

    allowed = INVESTIGATING
    opens = SEEING

    def question(self, known: History) -> Question:
        return _asks(known, self.fact) | about(f"finding:{self.fact.finding}", kinds=(FindingProposed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, _ = within(known, act, self.fact.investigation)
        require_new(known, FindingProposed, "finding", self.fact.finding, FINDING)
        _stands(known, found, self.fact, act)
        return [act.says(self.fact)]


class ConfirmFinding(Says[FindingMade]):
    """What another proposed, to the letter, by a person who had no part either and is not who is named.

    Everything that the proposal stood on is looked at again: evidence may have been purged, or a part come to light.
    """

    allowed = INVESTIGATING
    opens = SEEING

    def question(self, known: History) -> Question:
        return _asks(known, self.fact) | about(f"finding:{self.fact.finding}", kinds=(FindingMade,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, leak = opened(known, self.fact.investigation)
        proposed = next((r for r in found.proposed if r.fact.finding == self.fact.finding), None)
        if proposed is None:
            raise unknown(Words("proposed finding", "la conclusión propuesta"), self.fact.finding)
        if proposed.by.person in alone(act):
            raise Refused(
                "another-person",
                Words(
                    "whoever proposed it does not confirm it: it takes a second person",
                    "quien la propuso no la confirma: hace falta una segunda persona",
                ),
                (self.fact.finding,),
            )
        require_no_part(known, leak, [*alone(act), proposed.by.person])
        if _said(proposed.fact) != _said(self.fact):
            raise Refused(
                "as-proposed",
                Words(
                    "this is not what was proposed; read it again, or propose another",
                    "esto no es lo que se propuso; léalo de nuevo, o proponga otra",
                ),
                (self.fact.finding,),
            )
        require_after(proposed, act, self.fact.finding)
        _stands(known, found, self.fact, act)
        return [act.says(self.fact)]


Finding = FindingProposed | FindingMade


def _asks(known: History, fact: Finding) -> Question:
    asked = asks_within(known, fact.investigation) | asks_exposed(known, fact.item)
    copy, person = fact.copy.open(), fact.person.open()
    asked |= each("copy", [copy] if copy else [], (CopyReleased,))
    asked |= each("unit", fact.units, (UnitFormed,))
    return asked | each("person", [person] if person else [], (PersonEnrolled,))


def _said(fact: Finding) -> tuple[object, ...]:
    return (fact.compromise, fact.item, fact.outcome, fact.copy, fact.units, fact.person)


def _stands(known: History, found: Investigation, fact: Finding, act: Act) -> None:
    """Refuse a finding of another leak, about nothing on record, or that more is said in it than the evidence bears."""
    if found.opened.fact.compromise != fact.compromise:
        raise Refused(
            "same-leak",
            Words("that investigation is into another leak", "esa investigación es de otra filtración"),
            (fact.investigation,),
        )
    leak_of(known, fact.compromise, fact.item)
    _names(known, found, fact, act)
    if fact.outcome is FindingOutcome.SUBSTANTIATED:
        _borne_out(found, fact, act)


def _names(known: History, found: Investigation, fact: Finding, act: Act) -> None:
    """What it names is on record, was exposed, and brings the units with it whose suspension hangs on it."""
    copy, person = fact.copy.open(), fact.person.open()
    something = bool(copy or fact.units or person)
    if fact.outcome is FindingOutcome.CHANNEL_UNKNOWN and something:
        raise Refused(
            "unknown-names-nobody",
            Words(
                "where the channel is unknown nobody is named",
                "si el canal es desconocido no se nombra a nadie",
            ),
            (fact.finding,),
        )
    if fact.outcome is FindingOutcome.SUBSTANTIATED and not something:
        raise Refused(
            "says-against-what",
            Words(
                "what is substantiated is a copy, a unit or a person: say which",
                "lo comprobado es una copia, una unidad o una persona: indique cuál",
            ),
            (fact.finding,),
        )
    for unit in fact.units:
        require(known, UnitFormed, "unit", unit, UNIT)
    if copy is not None:
        copied = [r.fact for r in known.of(CopyReleased) if r.fact.copy == copy]
        if not any(one.item in lineage(known, fact.item) for one in copied):
            raise unknown(COPY, copy)
        _with_units(fact, {one.unit for one in copied})
    if person in alone(act):
        raise Refused(
            "not-the-named",
            Words(
                "nobody proposes or confirms a finding about themselves",
                "nadie propone ni confirma una conclusión sobre sí mismo",
            ),
            (fact.finding,),
        )
    if person is not None:
        require(known, PersonEnrolled, "person", person, PERSON)
        exposed = {one.person: one for one in exposure_set(known, fact.item, act.now)}
        if person not in exposed and person not in found.widened_to:
            raise Refused(
                "within-the-remit",
                Words(
                    "the record does not show that this person could have known it; widen the investigation first, with"
                    " the reasons",
                    "el registro no muestra que esta persona pudiera saberlo; amplíe antes la investigación, con las"
                    " razones",
                ),
                (fact.finding,),
            )
        if person in exposed:
            _with_units(fact, set(exposed[person].units))


def _with_units(fact: Finding, units: set[UnitId]) -> None:
    if set(fact.units) != units:
        named = ", ".join(sorted(units)) or "—"
        raise Refused(
            "names-their-units",
            Words(
                f"a finding names the units by which it came to what it is about, since their suspension hangs on it:"
                f" {named}",
                f"una conclusión nombra las unidades por las que llegó a aquello de lo que trata, pues de ella depende"
                f" su suspensión: {named}",
            ),
            (fact.finding,),
        )


def _borne_out(found: Investigation, fact: Finding, act: Act) -> None:
    """The gate: two hypotheses, evidence that is no posterior, and for a person a time declared beforehand."""
    if not found.compete:
        raise Refused(
            "competing-hypotheses",
            Words(
                "nothing is substantiated before two hypotheses compete, one of them that the channel is unknown"
                " or was not logged",
                "nada se comprueba antes de que compitan dos hipótesis, una de ellas que el canal es desconocido"
                " o no se registró",
            ),
            (fact.finding,),
        )
    if not found.bears(fact):
        raise Refused(
            "more-than-a-posterior",
            Words(
                "a figure of the exposure model never accuses: a finding stands on the trace of a marked copy with its"
                " gate open, or on other evidence that was weighed and supports a hypothesis about the very copy,"
                " unit or person that it names",
                "una cifra del modelo de exposición nunca acusa: una conclusión se apoya en el rastreo de una copia"
                " marcada con umbral alcanzado, o en otra evidencia ponderada que apoye una hipótesis sobre la misma"
                " copia, unidad o persona que nombra",
            ),
            (fact.finding,),
        )
    if fact.person.open() is not None and not found.time_has_come(act.at, act.now):
        raise Refused(
            "declared-time",
            Words(
                "a person is named once, at or after a time of deciding that was declared beforehand and has come",
                "a una persona se la nombra una sola vez, en un momento de decidir declarado de antemano y ya llegado,"
                " o después",
            ),
            (fact.finding,),
        )
