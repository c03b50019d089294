"""Consent of whoever reported: given, given anew, and withdrawn once."""

from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, about
from tearline.facts.outside import OutsideReportTaken
from tearline.facts.register import ConsentGiven, ConsentParty, ConsentWithdrawn, Purpose
from tearline.facts.words import Words
from tearline.rooms import Act, Says, earliest_day, require_new
from tearline.rooms.register import REGISTRARS, asks_report, standing

CONSENT = Words("consent", "el consentimiento")


class GiveConsent(Says[ConsentGiven]):
    """What for, whom it may reach, until when. A later one replaces an earlier; after a withdrawal there is none.

    What came from outside stands on what was ticked there: a later consent may be narrower, and no wider.
    """

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        asked = asks_report(self.fact.report)
        asked |= about(f"report:{self.fact.report}", kinds=(ConsentGiven, OutsideReportTaken))
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
        if ConsentParty.NOBODY in fact.shared and len(set(fact.shared)) > 1:
            raise Refused(
                "nobody-or-some",
                Words(
                    "it may reach nobody, or those who are named, and not both",
                    "puede llegar a nadie o a quienes se nombran, y no ambas cosas",
                ),
                (fact.consent, "shared"),
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
        if fact.until is not None and fact.until < earliest_day(act.at):
            raise Refused(
                "until-later",
                Words(
                    "a consent cannot have ended before it was given",
                    "un consentimiento no pudo terminar antes de darse",
                ),
                (fact.consent,),
            )
        self._as_ticked(known)
        return [act.says(fact)]

    def _as_ticked(self, known: History) -> None:
        """Of a report that was taken up from outside: no wider than the consent that was recorded with that."""
        report = self.fact.report
        if not any(r.fact.report == report for r in known.of(OutsideReportTaken)):
            return
        ticked = next((r.fact for r in known.of(ConsentGiven) if r.fact.report == report), None)
        if ticked is None or not _within(self.fact, ticked):
            raise Refused(
                "as-they-ticked",
                Words(
                    "this report came from outside: it stands on the consent ticked there, and on no wider one",
                    "este informe llegó de fuera: se apoya en el consentimiento allí marcado y en ninguno más amplio",
                ),
                (self.fact.consent,),
            )


def _within(later: ConsentGiven, first: ConsentGiven) -> bool:
    """Whether the later allows nothing that the first does not: for no more, to no more, for no longer."""
    parties = {*later.shared} - {ConsentParty.NOBODY}
    return (
        {*later.purposes} <= {*first.purposes}
        and parties <= {*first.shared}
        and (first.public_name or not later.public_name)
        and (first.until is None or (later.until is not None and later.until <= first.until))
    )


class WithdrawConsent(Says[ConsentWithdrawn]):
    """Whoever reported takes it back, whether or not a consent is on record. No reason is owed; once is enough."""

    allowed = REGISTRARS

    def question(self, known: History) -> Question:
        return asks_report(self.fact.report)

    def decide(self, known: History, act: Act) -> list[Draft]:
        standing(known, self.fact.report, act.by)
        return [act.says(self.fact)]
