"""Consent of whoever reported: given, given anew, and withdrawn once."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, about
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, Purpose
from tearline.facts.words import Words
from tearline.rooms import Act, Says, require_new
from tearline.rooms.register import REGISTRARS, asks_report, standing

CONSENT = Words("consent", "el consentimiento")


class GiveConsent(Says[ConsentGiven]):
    """What for, whom it may reach, until when. A later one replaces an earlier; after a withdrawal there is none."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        asked = asks_report(self.fact.report)
        return asked | about(f"consent:{self.fact.consent}", kinds=(ConsentGiven,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        standing(known, fact.report, act.by)
        require_new(known, ConsentGiven, "consent", fact.consent, CONSENT)
        if not fact.purposes:
            raise Refused(
                "says-what-for",
                Words("a consent says what for", "un consentimiento dice para qué"),
                (fact.consent,),
            )
        if fact.public_name and Purpose.PUBLICATION not in fact.purposes:
            raise Refused(
                "named-in-public",
                Words(
                    "names are made public only where it may be told in public",
                    "los nombres solo se publican donde puede contarse en público",
                ),
                (fact.consent,),
            )
        if fact.until is not None and fact.until < act.at.date():
            raise Refused(
                "until-later",
                Words(
                    "a consent cannot have ended before it was given",
                    "un consentimiento no pudo terminar antes de darse",
                ),
                (fact.consent,),
            )
        return [act.says(fact)]


class WithdrawConsent(Says[ConsentWithdrawn]):
    """Whoever reported takes it back, whether or not a consent is on record. No reason is owed; once is enough."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        return asks_report(self.fact.report)

    def decide(self, known: History, act: Act) -> list[Draft]:
        standing(known, self.fact.report, act.by)
        return [act.says(self.fact)]
