"""Harm: reports as they were given, counts as bodies stated them, warnings and assistance.

Warning people in danger is never held up: no verdict, no signature, no other fact than the item is needed.
"""

from datetime import date

from tearline.facts.errors import Refused
from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import Actor, Draft, History, Question, Role, about, each
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.register import IncidentRecorded
from tearline.facts.release import DisclosureRecorded, ItemReleased
from tearline.facts.words import Words
from tearline.folds.release import releases_of
from tearline.rooms import (
    NOT_TOLD,
    Act,
    Says,
    latest_day,
    reaches,
    require,
    require_new,
    require_sha256,
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
        if self.fact.most == 0:
            raise Refused(
                "of-somebody",
                Words("a report tells of somebody", "un informe trata de alguien"),
                (self.fact.report,),
            )
        self._dated(latest_day(act.now))
        if (digest := self.fact.digest.open()) is not None:
            require_sha256(digest, self.fact.report)
        self._beside(known, act.by)
        return [act.says(self.fact)]

    def _dated(self, today: date) -> None:
        fact = self.fact
        _days_in_order(fact.report, fact.first_day, fact.last_day)
        if fact.received and fact.received > today:
            raise Refused(
                "received-by-now",
                Words("this day is still to come", "este día aún no llega"),
                (fact.report, "received"),
            )
        latest = min(fact.received or today, today)
        for name, day in (("first_day", fact.first_day), ("last_day", fact.last_day)):
            if day and day > latest:
                raise Refused(
                    "told-after",
                    Words(
                        f"what was reported by {latest.isoformat()} did not happen later",
                        f"lo que se informó hasta el {latest.isoformat()} no ocurrió después",
                    ),
                    (fact.report, name),
                )

    def _beside(self, known: History, by: Actor) -> None:
        """The report that this one was copied from, and the incident it tells of; those outside know of neither.

        To an advocate, a report of others is no more there than one that nobody recorded.
        """
        if self.fact.copied_from:
            if self.fact.copied_from == self.fact.report:
                raise Refused(
                    "copied-from-another",
                    Words("a report is not copied from itself", "un informe no se copia de sí mismo"),
                    (self.fact.report,),
                )
            if by.role in NOT_TOLD or not reaches(known, self.fact.copied_from, by):
                raise unknown(REPORT, self.fact.copied_from)
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
        _days_in_order(self.fact.count, self.fact.first_day, self.fact.last_day)
        days = (self.fact.first_day, self.fact.last_day)
        if any(day > latest_day(act.now) for day in days if day):
            raise Refused(
                "counted-by-now",
                Words("this day is still to come", "este día aún no llega"),
                (self.fact.count,),
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


def _days_in_order(who: str, first: date | None, last: date | None) -> None:
    if first and last and last < first:
        raise Refused(
            "days-in-order",
            Words("the last day is before the first", "el último día es anterior al primero"),
            (who, "last_day"),
        )


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
