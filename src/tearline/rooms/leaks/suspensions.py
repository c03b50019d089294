"""How a suspension ends: by a finding, by two people who had no part, or never.

It is lifted on a finding that was made after it, if none stands against the unit, or if what stands is remedied. With
a unit against which a leak was substantiated cooperation can be ended; that is lifted by nothing. None of this reaches
forward: a leak that is reported later suspends anew, and of two suspensions each needs its own lifting.
"""

from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Draft, History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import CompromiseId, FindingId, UnitId
from tearline.facts.investigation import FindingMade
from tearline.facts.leaks import (
    CooperationEnded,
    CooperationSuspended,
    LiftingProposed,
    RemediesFound,
    SuspensionLifted,
)
from tearline.facts.parties import OfficeLeft, OfficeTaken, OrganisationRegistered
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone, asks_leak
from tearline.folds.investigations import finding_of, substantiated_against
from tearline.folds.people import People
from tearline.folds.suspensions import remedied
from tearline.rooms import Act, Says, require, require_after, require_new, unknown
from tearline.rooms.leaks.apart import alone, leak_of, require_no_part
from tearline.rooms.leaks.findings import FINDING

LIFTING, SUSPENSION = Words("lifting", "el levantamiento"), Words("suspension", "la suspensión")
Lifting = LiftingProposed | SuspensionLifted
OF_A_LEAK = (CooperationSuspended, FindingMade, LiftingProposed, SuspensionLifted)


class ProposeLifting(Says[LiftingProposed]):
    """It names the finding. Nothing is lifted until another person does."""

    allowed = frozenset({Role.INVESTIGATOR, Role.SENIOR_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"lifting:{self.fact.lifting}", kinds=(LiftingProposed,))
        return asked | _asks(known, self.fact.compromise, self.fact.unit)

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, LiftingProposed, "lifting", self.fact.lifting, LIFTING)
        _may_be_lifted(known, act, self.fact)
        return [act.says(self.fact)]


class LiftSuspension(Says[SuspensionLifted]):
    """What another proposed, to the letter, by a senior officer who had no part either."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return _asks(known, self.fact.compromise, self.fact.unit)

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        proposed = next((r for r in known.of(LiftingProposed) if r.fact.lifting == self.fact.lifting), None)
        if proposed is None:
            raise unknown(LIFTING, self.fact.lifting)
        if proposed.by.person in alone(act):
            raise Refused(
                "another-person",
                Words(
                    "whoever proposed to lift it does not lift it: it takes a second person",
                    "quien propuso levantarla no la levanta: hace falta una segunda persona",
                ),
                (self.fact.lifting,),
            )
        if _said(proposed.fact) != _said(self.fact):
            raise Refused(
                "as-proposed",
                Words(
                    "this is not what was proposed; read it again, or propose another",
                    "esto no es lo que se propuso; léalo de nuevo, o proponga otra cosa",
                ),
                (self.fact.lifting,),
            )
        require_no_part(known, leak_of(known, self.fact.compromise), [proposed.by.person])
        require_after(proposed, act, self.fact.lifting)
        _may_be_lifted(known, act, self.fact)
        return [act.says(self.fact)]


class JudgeRemedies(Says[RemediesFound]):
    """Whether what a unit did was remedied, and who was told. That it was takes two people; that it was not, one."""

    allowed = frozenset({Role.INVESTIGATOR, Role.VETTING_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = _asks_finding(known, self.fact.finding)
        told = self.fact.reported_to
        return asked | about(f"organisation:{told}", kinds=(OrganisationRegistered,)) if told else asked

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _against(known, act, self.fact.finding, self.fact.unit)
        if self.fact.reported_to:
            require(
                known,
                OrganisationRegistered,
                "organisation",
                self.fact.reported_to,
                Words("organisation", "la institución"),
            )
        return [act.says(self.fact)]


class EndCooperation(Says[CooperationEnded]):
    """With a unit against which a finding stands. One senior officer suffices: it only makes things stricter."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = _asks_finding(known, self.fact.finding)
        return asked | about(f"unit:{self.fact.unit}", kinds=(CooperationEnded,))

    def asks_of(self, known: History, by: Actor) -> Question:
        return _serving(by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        made = _against(known, act, self.fact.finding, self.fact.unit)
        if made.fact.compromise != self.fact.compromise:
            raise Refused(
                "same-leak",
                Words("that finding is on another leak", "esa conclusión es de otra filtración"),
                (self.fact.finding,),
            )
        require_new(
            known,
            CooperationEnded,
            "unit",
            self.fact.unit,
            Words("end of cooperation with", "el fin de la cooperación con"),
        )
        return [act.says(self.fact)]


def _asks(known: History, compromise: CompromiseId, unit: UnitId) -> Question:
    asked = asks_leak(known, compromise) | about(f"compromise:{compromise}", kinds=OF_A_LEAK)
    asked |= about(f"unit:{unit}", kinds=(CooperationEnded,))
    findings = frozenset(r.fact.finding for r in known.of(FindingMade))
    return asked | each("finding", findings, (RemediesFound,))


def _asks_finding(known: History, finding: FindingId) -> Question:
    asked = about(f"finding:{finding}", kinds=(FindingMade,))
    for made in known.of(FindingMade):
        if made.fact.finding == finding:
            asked |= asks_leak(known, made.fact.compromise)
    return asked


def _serving(by: Actor) -> Question:
    return about(f"person:{by.person}", kinds=(OfficeTaken, OfficeLeft))


def _said(fact: Lifting) -> tuple[object, ...]:
    return (fact.suspension, fact.unit, fact.compromise, fact.finding)


def _may_be_lifted(known: History, act: Act, fact: Lifting) -> None:
    leak = leak_of(known, fact.compromise)
    suspended = _suspension(known, fact)
    if any(r.fact.unit == fact.unit for r in known.of(CooperationEnded)):
        raise Refused(
            "ended-for-good",
            Words(
                "cooperation with this unit was ended, and nothing lifts that",
                "se puso fin a la cooperación con esta unidad, y nada lo levanta",
            ),
            (fact.unit,),
        )
    made = finding_of(known, fact.finding)
    if made is None or made.fact.compromise != fact.compromise:
        raise unknown(Words("finding on this leak", "la conclusión sobre esta filtración"), fact.finding)
    if made.position < suspended.position:
        raise Refused(
            "finding-after",
            Words(
                "that finding was made before the unit was suspended, and did not look at it: it takes another",
                "esa conclusión se adoptó antes de suspenderse la unidad y no la examinó: hace falta otra",
            ),
            (fact.suspension,),
        )
    require_after(made, act, fact.suspension)
    for standing in substantiated_against(known, fact.compromise, fact.unit):
        if not remedied(known, standing, fact.unit):
            raise Refused(
                "stands-against-it",
                Words(
                    "a finding stands against this unit, and two people have not yet found that it was remedied and to"
                    " whom that was reported",
                    "consta una conclusión contra esta unidad, y dos personas no han determinado aún que se remedió"
                    " ni a quién se comunicó",
                ),
                (standing.fact.finding,),
            )
    require_no_part(known, leak, alone(act))
    _not_ones_own_unit(known, fact.unit, act)


def _suspension(known: History, fact: Lifting) -> Recorded[CooperationSuspended]:
    """The suspension that is to be lifted; refused where there is none of this unit for this leak, or it is lifted."""
    for r in known.of(CooperationSuspended):
        if (r.fact.suspension, r.fact.unit, r.fact.compromise) == (
            fact.suspension,
            fact.unit,
            fact.compromise,
        ):
            require_new(
                known,
                SuspensionLifted,
                "suspension",
                fact.suspension,
                Words("lifting of", "el levantamiento de"),
            )
            return r
    raise unknown(SUSPENSION, fact.suspension)


def _against(known: History, act: Act, finding: FindingId, unit: UnitId) -> Recorded[FindingMade]:
    """The finding, which stands against this unit, for somebody who had no part and does not serve in it."""
    made = finding_of(known, finding)
    if made is None:
        raise unknown(FINDING, finding)
    if made not in substantiated_against(known, made.fact.compromise, unit):
        raise Refused(
            "stands-against",
            Words("that finding does not stand against this unit", "esa conclusión no es contra esta unidad"),
            (finding,),
        )
    require_after(made, act, finding)
    require_no_part(known, leak_of(known, made.fact.compromise), alone(act))
    _not_ones_own_unit(known, unit, act)
    return made


def _not_ones_own_unit(known: History, unit: UnitId, act: Act) -> None:
    """Refuse whoever serves in the unit now, or did when it is said to have been decided."""
    for at in {act.at, act.now} if acts_alone(act.by) else ():
        office = People(known, at).offices.get(act.by.person)
        if office is not None and office.fact.unit == unit:
            raise Refused(
                "not-ones-own-unit",
                Words(
                    "nobody decides what stands of the unit that they serve in",
                    "nadie resuelve lo que consta de la unidad en que sirve",
                ),
                (unit,),
            )
