"""Harm: reports as they were given, counts as bodies stated them, warnings and assistance.

Warning people in danger is never held up: no verdict, no signature, no other fact than the item is needed.
"""

from datetime import date

from tearline.facts.errors import Refused
from tearline.facts.harm import (
    AssistanceGiven,
    CountDocumented,
    HarmReported,
    PeopleWarned,
    ThreatAssessed,
    WarningWaived,
)
from tearline.facts.history import Actor, Draft, History, Question, Role, about, each
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.register import IncidentRecorded
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.words import Words
from tearline.folds.duties import acts_alone, asked_for, asks_asked
from tearline.folds.release import releases_of
from tearline.rooms import (
    ITEM,
    NOT_TOLD,
    Act,
    Says,
    asks_given,
    require,
    require_after,
    require_item,
    require_new,
    unknown,
)

ANYONE = frozenset(Role) - {Role.NODE, Role.ADMINISTRATOR}
COMPROMISE = Words("compromise", "el compromiso")
REPORT, INCIDENT = Words("report", "el informe"), Words("incident", "el incidente")
OPERATION, RELEASE = Words("operation", "la operación"), Words("release", "la divulgación")
THREAT = Words("threat", "la amenaza")


class ReportHarm(Says[HarmReported]):
    """Kept as given. Anyone may report; those outside, on a release that they were given."""

    allowed = ANYONE

    def question(self, known: History) -> Question:
        reports = [name for name in (self.fact.report, self.fact.copied_from) if name]
        asked = each("report", reports, (HarmReported,))
        if self.fact.incident:
            asked |= about(f"incident:{self.fact.incident}", kinds=(IncidentRecorded,))
        return asked | _subject_question(self.fact.compromise, self.fact.release, self.fact.operation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, HarmReported, "report", self.fact.report, REPORT)
        _subject(known, self.fact.compromise, self.fact.release, self.fact.operation, act.by)
        _ordered(self.fact.report, self.fact.least, self.fact.most)
        self._dated(act.now.date())
        self._beside(known, act.by)
        return [act.says(self.fact)]

    def _dated(self, today: date) -> None:
        fact = self.fact
        if fact.first_day and fact.last_day and fact.last_day < fact.first_day:
            raise Refused(
                "days-in-order",
                Words("the last day is before the first", "el último día es anterior al primero"),
                (fact.report,),
            )
        if fact.received and fact.received > today:
            raise Refused(
                "received-by-now",
                Words("this day is still to come", "este día aún no llega"),
                (fact.report, "received"),
            )
        latest = min(fact.received or today, today)
        if fact.first_day and fact.first_day > latest:
            raise Refused(
                "told-after",
                Words(
                    f"what was reported by {latest.isoformat()} did not happen later",
                    f"lo que se informó hasta el {latest.isoformat()} no ocurrió después",
                ),
                (fact.report,),
            )

    def _beside(self, known: History, by: Actor) -> None:
        """The report that this one was copied from, and the incident it tells of; those outside know of neither."""
        if self.fact.copied_from:
            if self.fact.copied_from == self.fact.report:
                raise Refused(
                    "copied-from-another",
                    Words("a report is not copied from itself", "un informe no se copia de sí mismo"),
                    (self.fact.report,),
                )
            if by.role in NOT_TOLD:
                raise unknown(REPORT, self.fact.copied_from)
            require(known, HarmReported, "report", self.fact.copied_from, REPORT)
        if self.fact.incident:
            if by.role in NOT_TOLD:
                raise unknown(INCIDENT, self.fact.incident)
            require(known, IncidentRecorded, "incident", self.fact.incident, INCIDENT)


class DocumentCount(Says[CountDocumented]):
    allowed = frozenset({Role.HARM_DESK, Role.ADVOCATE, Role.OVERSEER, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"count:{self.fact.count}", kinds=(CountDocumented,))
        return asked | _subject_question(self.fact.compromise, None, self.fact.operation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, CountDocumented, "count", self.fact.count, Words("count", "el recuento"))
        _subject(known, self.fact.compromise, None, self.fact.operation, act.by)
        _ordered(self.fact.count, self.fact.least, self.fact.most)
        return [act.says(self.fact)]


class AssessThreat(Says[ThreatAssessed]):
    """What an item says of people in danger. It makes the warning owed, and nothing waits for it."""

    allowed = frozenset(
        {
            Role.CASE_AGENT,
            Role.SOURCE_HANDLER,
            Role.LIAISON,
            Role.HARM_DESK,
            Role.INVESTIGATOR,
            Role.RELEASING_OFFICER,
            Role.SENIOR_OFFICER,
            Role.CHRONICLER,
        }
    )

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        return asked | about(f"threat:{self.fact.threat}", kinds=(ThreatAssessed,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ItemRegistered, "item", self.fact.item, ITEM)
        require_new(known, ThreatAssessed, "threat", self.fact.threat, THREAT)
        return [act.says(self.fact)]


class WaiveWarning(Says[WarningWaived]):
    """Only a senior officer decides that people in danger are not warned, on one of six grounds, in writing.

    And never one who asked for a release of the item, or of a tearline version of it: a warning may stand in its way.
    """

    allowed = frozenset({Role.SENIOR_OFFICER})

    def question(self, known: History) -> Question:
        asked = about(f"threat:{self.fact.threat}", kinds=(ThreatAssessed,))
        return asked | asks_asked(known, self.fact.item)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, ThreatAssessed, "threat", self.fact.threat, THREAT)
        for assessed in known.of(ThreatAssessed):
            if assessed.fact.item != self.fact.item:
                raise Refused(
                    "same-item",
                    Words("this threat is in another item", "esta amenaza consta en otro elemento"),
                    (self.fact.threat,),
                )
            require_after(assessed, act, self.fact.threat)
        if acts_alone(act.by) and act.by.person in asked_for(known, self.fact.item):
            raise Refused(
                "asked-for-it",
                Words(
                    "whoever asked for a release of an item does not waive a warning of what it says",
                    "quien pidió divulgar un elemento no exime de avisar de lo que dice",
                ),
                (self.fact.threat,),
            )
        return [act.says(self.fact)]


class WarnPeople(Says[PeopleWarned]):
    """Danger to life comes first: this waits for nothing, not even for the threat to be assessed."""

    allowed = ANYONE

    def asks_of(self, known: History, by: Actor) -> Question:
        return asks_given(self.fact.item, by)

    def question(self, known: History) -> Question:
        return about(f"item:{self.fact.item}", kinds=(ItemRegistered,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_item(known, self.fact.item, act.by)
        return [act.says(self.fact)]


class GiveAssistance(Says[AssistanceGiven]):
    allowed = frozenset({Role.HARM_DESK, Role.ADVOCATE, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"assistance:{self.fact.assistance}", kinds=(AssistanceGiven,))
        asked |= _subject_question(self.fact.compromise, None, None)
        return (
            asked | about(f"report:{self.fact.report}", kinds=(HarmReported,)) if self.fact.report else asked
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(
            known, AssistanceGiven, "assistance", self.fact.assistance, Words("assistance", "la asistencia")
        )
        if self.fact.report:
            require(known, HarmReported, "report", self.fact.report, REPORT)
        _subject(known, self.fact.compromise, None, None, act.by)
        if not (self.fact.report or self.fact.compromise):
            raise Refused(
                "says-what-for",
                Words(
                    "assistance names the report or the compromise it answers",
                    "la asistencia dice a qué responde",
                ),
                (self.fact.assistance,),
            )
        return [act.says(self.fact)]


def _subject_question(compromise: str | None, release: str | None, operation: str | None) -> Question:
    asked = Question()
    if compromise:
        asked |= about(f"compromise:{compromise}", kinds=(CompromiseReported,))
    if release:
        asked |= about(f"release:{release}", kinds=(ItemReleased, DisclosureRecorded))
    if operation:
        asked |= about(f"operation:{operation}", kinds=(OperationDeclared,))
    return asked


def _subject(
    known: History, compromise: str | None, release: str | None, operation: str | None, by: Actor
) -> None:
    """Refuse what is not on record; to those outside, all but what they were given is as if it were not."""
    if by.role in NOT_TOLD:
        if compromise:
            raise unknown(COMPROMISE, compromise)
        if operation:
            raise unknown(OPERATION, operation)
        given = {r.fact.release for r in releases_of(known) if by.person in r.fact.recipients}
        if release and release not in given:
            raise unknown(RELEASE, release)
    if compromise:
        require(known, CompromiseReported, "compromise", compromise, COMPROMISE)
    if operation:
        require(known, OperationDeclared, "operation", operation, OPERATION)
    if release and not any(r.fact.release == release for r in releases_of(known)):
        raise unknown(RELEASE, release)


def _ordered(who: str, least: int, most: int | None) -> None:
    if most is not None and most < least:
        raise Refused(
            "least-before-most",
            Words(
                f"{most} at most is fewer than {least} at least",
                f"a lo sumo {most} es menos que al menos {least}",
            ),
            (who,),
        )
