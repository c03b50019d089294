"""Oversight: what the overseer was told, and what of the record was shown to others with proof.

What is owed to overseers is a fold over all facts (folds/obligations).
"""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.leaks import CompromiseReported
from tearline.facts.oversight import FieldsDisclosed, OverseerInformed, TellingOpened
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import DisclosureRecorded, ItemReleased, ReleaseRequested
from tearline.facts.words import Words
from tearline.folds.release import releases_of
from tearline.rooms import Act, Says, require, require_new, unknown


class OpenTelling(Says[TellingOpened]):
    """A worked case says what it is before it tells anything."""

    allowed = frozenset({Role.CHRONICLER})

    def question(self, known: History) -> Question:
        return about(f"telling:{self.fact.telling}", kinds=(TellingOpened,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require_new(known, TellingOpened, "telling", self.fact.telling, Words("telling", "el relato"))
        if act.told is None or act.told.telling != self.fact.telling:
            raise Refused(
                "told-only",
                Words("only a telling opens itself", "solo un relato se abre a sí mismo"),
                (self.fact.telling,),
            )
        return [act.says(self.fact)]


class InformOverseer(Says[OverseerInformed]):
    """A briefing is about one request, release or compromise."""

    allowed = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER, Role.INVESTIGATOR, Role.CHRONICLER})

    def question(self, known: History) -> Question:
        asked = about(f"briefing:{self.fact.briefing}", kinds=(OverseerInformed,))
        asked |= about(f"organisation:{self.fact.overseer}", kinds=(OrganisationRegistered,))
        if self.fact.request:
            asked |= about(f"request:{self.fact.request}", kinds=(ReleaseRequested,))
        if self.fact.release:
            asked |= about(f"release:{self.fact.release}", kinds=(ItemReleased, DisclosureRecorded))
        if self.fact.compromise:
            asked |= about(f"compromise:{self.fact.compromise}", kinds=(CompromiseReported,))
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, OverseerInformed, "briefing", fact.briefing, Words("briefing", "el informe"))
        require(known, OrganisationRegistered, "organisation", fact.overseer, Words("overseer", "el órgano"))
        if sum(subject is not None for subject in (fact.request, fact.release, fact.compromise)) != 1:
            raise Refused(
                "about-one-thing",
                Words(
                    "a briefing is about one request, one release or one compromise",
                    "un informe trata de una solicitud, una divulgación o un compromiso",
                ),
                (fact.briefing,),
            )
        if fact.request:
            require(known, ReleaseRequested, "request", fact.request, Words("request", "la solicitud"))
        if fact.compromise:
            require(
                known, CompromiseReported, "compromise", fact.compromise, Words("compromise", "el compromiso")
            )
        if fact.release and not releases_of(known):
            raise unknown(Words("release", "la divulgación"), fact.release)
        return [act.says(fact)]


class DiscloseFields(Says[FieldsDisclosed]):
    """What is shown stands in the ledger already; that the node has it is seen where the bundle is made."""

    allowed = frozenset({Role.NODE})

    def question(self, known: History) -> Question:
        return Question()

    def decide(self, known: History, act: Act) -> list[Draft]:
        if len(set(self.fact.fields)) != len(self.fact.fields):
            raise Refused(
                "each-field-once",
                Words("each field is named once", "cada campo se nombra una vez"),
                (self.fact.record,),
            )
        return [act.says(self.fact)]
