"""People as reports name them, and what became of them."""

from datetime import date
from itertools import pairwise

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.harm import HarmReported
from tearline.facts.history import Draft, History, Question, about, each
from tearline.facts.register import ConditionEstablished, ConsentWithdrawn, VictimReported
from tearline.facts.words import Words
from tearline.rooms import Act, Says, latest_day, reaches, require_new, unknown
from tearline.rooms.register import REGISTRARS, asks_report, standing

PERSON = Words("person", "la persona")
OLDEST = 130
"""Years. Nobody whose age is documented lived so long."""
IDENTITY = (
    "given_names",
    "paternal_surname",
    "maternal_surname",
    "alias",
    "born",
    "age_from",
    "age_to",
    "sex",
)
"""What tells two people of one report apart."""


class ReportVictim(Says[VictimReported]):
    """One person of those a report tells of, under a name. Who has none stays part of the report's number."""

    allowed = REGISTRARS
    opens = frozenset({Compartment.VICTIMS})

    def question(self, known: History) -> Question:
        asked = asks_report(self.fact.report) | about(f"report:{self.fact.report}", kinds=(VictimReported,))
        return asked | about(f"victim:{self.fact.victim}", kinds=(VictimReported,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        report = standing(known, fact.report, act.by).fact
        require_new(known, VictimReported, "victim", fact.victim, PERSON)
        self._named()
        self._aged()
        self._dated(report, latest_day(act.now))
        earlier = [r.fact for r in known.of(VictimReported) if r.fact.report == fact.report]
        if _identity(fact) in map(_identity, earlier):
            raise Refused(
                "named-once",
                Words("this report names this person already", "este informe ya nombra a esta persona"),
                (fact.victim,),
            )
        if report.most is not None and len(earlier) >= report.most:
            raise Refused(
                "within-its-number",
                Words(
                    f"this report tells of at most {report.most}, and names {len(earlier)} already",
                    f"este informe trata a lo sumo de {report.most}, y ya nombra a {len(earlier)}",
                ),
                (fact.victim,),
            )
        return [act.says(fact)]

    def _named(self) -> None:
        fact = self.fact
        names = (fact.given_names, fact.paternal_surname, fact.maternal_surname, fact.alias)
        if not any(name.open() for name in names):
            raise Refused(
                "under-a-name",
                Words(
                    "a person is named; who is not stays part of the report's number",
                    "una persona lleva nombre; quien no lo tiene queda en el número del informe",
                ),
                (fact.victim,),
            )

    def _aged(self) -> None:
        least, most = self.fact.age_from.open(), self.fact.age_to.open()
        if least is not None and most is not None and most < least:
            raise Refused(
                "ages-in-order",
                Words(
                    f"{most} years at most is fewer than {least} at least",
                    f"a lo sumo {most} años es menos que al menos {least}",
                ),
                (self.fact.victim,),
            )
        if max(least or 0, most or 0) > OLDEST:
            raise Refused(
                "an-age",
                Words(f"an age is at most {OLDEST} years", f"una edad es a lo sumo {OLDEST} años"),
                (self.fact.victim,),
            )

    def _dated(self, report: HarmReported, today: date) -> None:
        fact = self.fact
        days = {"born": fact.born.open(), "seen_from": fact.seen_from.open(), "seen_to": fact.seen_to.open()}
        said = [(name, day) for name, day in days.items() if day is not None]
        for (_, before), (name, day) in pairwise(said):
            if day < before:
                raise Refused(
                    "days-in-order",
                    Words(
                        "born, first and last day follow each other",
                        "el nacimiento, el primer día y el último van en orden",
                    ),
                    (fact.victim, name),
                )
        latest = min(report.received or today, today)
        for name, day in said:
            if day > latest:
                raise Refused(
                    "told-after",
                    Words(
                        f"what was reported by {latest.isoformat()} did not happen later",
                        f"lo que se informó hasta el {latest.isoformat()} no ocurrió después",
                    ),
                    (fact.victim, name),
                )


class EstablishCondition(Says[ConditionEstablished]):
    """What became of a person: of whoever was reported, and so of all who are linked with them."""

    allowed = REGISTRARS
    opens = frozenset({Compartment.VICTIMS})

    def question(self, known: History) -> Question:
        asked = about(f"victim:{self.fact.victim}", kinds=(VictimReported,))
        asked |= about(f"status:{self.fact.status}", kinds=(ConditionEstablished,))
        reports = [r.fact.report for r in known.of(VictimReported) if r.fact.victim == self.fact.victim]
        return asked | each("report", reports, (HarmReported, ConsentWithdrawn))

    def decide(self, known: History, act: Act) -> list[Draft]:
        named = [r.fact for r in known.of(VictimReported) if r.fact.victim == self.fact.victim]
        if not named or not reaches(known, named[0].report, act.by):
            raise unknown(PERSON, self.fact.victim)
        standing(known, named[0].report, act.by)
        require_new(known, ConditionEstablished, "status", self.fact.status, Words("status", "la situación"))
        if self.fact.day is not None:
            self._dated(self.fact.day, named[0], latest_day(act.now))
        return [act.says(self.fact)]

    def _dated(self, day: date, person: VictimReported, today: date) -> None:
        """Within a life: not before this person was born, where that is known, nor before anybody who is old was."""
        if day > today:
            raise Refused(
                "since-then",
                Words("this day is still to come", "este día aún no llega"),
                (self.fact.status,),
            )
        born = None if person.born.purged else person.born.open()
        if born is not None and day < born:
            raise Refused(
                "since-birth",
                Words("this person was not born yet", "esta persona aún no había nacido"),
                (self.fact.status,),
            )
        if (day.year + OLDEST, day.month, day.day) < (today.year, today.month, today.day):
            raise Refused(
                "within-a-life",
                Words(f"this is more than {OLDEST} years ago", f"de esto hace más de {OLDEST} años"),
                (self.fact.status,),
            )


def _identity(fact: VictimReported) -> tuple[object, ...]:
    """As it is compared: letters whatever their case, and spaces as one. What was purged is like nothing."""
    return tuple(_plain(getattr(fact, name)) for name in IDENTITY)


def _plain(sealed: Sealed[object]) -> object:
    if sealed.purged:
        return object()
    value = sealed.open()
    return " ".join(value.casefold().split()) if isinstance(value, str) else value
