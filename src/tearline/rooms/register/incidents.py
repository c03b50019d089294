"""Incidents: what happened, when, where, and what that rests on."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, about, each
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.register import IncidentRecorded
from tearline.facts.release import DisclosureRecorded, ItemReleased
from tearline.facts.words import Words
from tearline.folds.release import releases_of
from tearline.rooms import Act, Says, latest_day, require, require_new, unknown
from tearline.rooms.register import REGISTRARS

INCIDENT = Words("incident", "el incidente")


class RecordIncident(Says[IncidentRecorded]):
    """Alleged authors are named with what that rests on, or not at all."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        fact = self.fact
        asked = each("incident", [i for i in (fact.incident, fact.part_of) if i], (IncidentRecorded,))
        if fact.compromise:
            asked |= about(f"compromise:{fact.compromise}", kinds=(CompromiseReported,))
        if fact.release:
            asked |= about(f"release:{fact.release}", kinds=(ItemReleased, DisclosureRecorded))
        if fact.operation:
            asked |= about(f"operation:{fact.operation}", kinds=(OperationDeclared,))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, IncidentRecorded, "incident", fact.incident, INCIDENT)
        if fact.part_of:
            require(known, IncidentRecorded, "incident", fact.part_of, INCIDENT)
        if fact.compromise:
            compromise = Words("compromise", "el compromiso")
            require(known, CompromiseReported, "compromise", fact.compromise, compromise)
        if fact.operation:
            require(known, OperationDeclared, "operation", fact.operation, Words("operation", "la operación"))
        if fact.release and not any(r.fact.release == fact.release for r in releases_of(known)):
            raise unknown(Words("release", "la divulgación"), fact.release)
        if not fact.first_day <= fact.last_day <= latest_day(act.now):
            raise Refused(
                "days-in-order",
                Words(
                    "the first day, the last and today follow each other",
                    "el primer día, el último y hoy van en orden",
                ),
                (fact.incident,),
            )
        if fact.actor.open() and not fact.basis.open():
            raise Refused(
                "alleged-on-a-basis",
                Words(
                    "whoever alleges an author says what that rests on",
                    "quien señala a un autor dice en qué se basa",
                ),
                (fact.incident,),
            )
        return [act.says(fact)]
