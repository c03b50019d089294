"""Reports from outside: kept as they were given, answered, taken up or closed; and never without a way on.

What comes from outside is recorded by the node, since nobody else was there: whoever holds the code is whom it is from.
The door makes sure of that, and of how often; what may follow what is decided here.
"""

from collections.abc import Mapping

from tearline.facts.errors import Refused
from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import HarmReported
from tearline.facts.history import Draft, History, Question, Recorded, Role, about, each
from tearline.facts.identifiers import ConsentId, OutsideId
from tearline.facts.outside import (
    AnswerWish,
    OutsideConsent,
    OutsideConsentWithdrawn,
    OutsideReportAdded,
    OutsideReportAnswered,
    OutsideReportClosed,
    OutsideReportTaken,
    ReportReceivedOutside,
)
from tearline.facts.register import ConsentGiven, ConsentParty, ConsentWithdrawn, Purpose
from tearline.facts.words import Words
from tearline.folds.outside import OutsideReport, asks_outside, asks_receipt, outside_reports
from tearline.rooms import Act, Says, require, require_new, unknown

DOOR = frozenset({Role.NODE})
DESK = frozenset({Role.HARM_DESK})
OUTSIDE = Words("report from outside", "el informe de fuera")
REGISTERED = frozenset({OutsideConsent.COUNT, OutsideConsent.LOOK_INTO})
"""To one of these somebody has to have agreed before their report stands in the register."""
PURPOSES: Mapping[OutsideConsent, Purpose] = {
    OutsideConsent.COUNT: Purpose.COUNT,
    OutsideConsent.LOOK_INTO: Purpose.INQUIRY,
    OutsideConsent.SHARE: Purpose.SEARCH,
    OutsideConsent.HELP: Purpose.HELP,
}
REACHES: Mapping[OutsideConsent, tuple[ConsentParty, ...]] = {
    OutsideConsent.LOOK_INTO: (ConsentParty.OWN,),
    OutsideConsent.SHARE: (ConsentParty.SEARCHERS, ConsentParty.COURT),
}
TICKED = Words("as they ticked it themselves, without an account", "como lo marcaron, sin cuenta")


class ReceiveOutsideReport(Says[ReportReceivedOutside]):
    allowed = DOOR

    def question(self, known: History) -> Question:
        return asks_outside(self.fact.outside) | asks_receipt(known, self.fact.receipt)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, ReportReceivedOutside, "outside", fact.outside, OUTSIDE)
        require_new(known, ReportReceivedOutside, "receipt", fact.receipt, Words("receipt", "el recibo"))
        if fact.wish is AnswerWish.CONTACT and fact.contact.open() is None:
            raise Refused(
                "says-how-to-reach",
                Words(
                    "whoever wants to be contacted says how",
                    "quien quiere que se le contacte dice cómo",
                ),
                (fact.outside,),
            )
        return [act.says(fact)]


class AddToOutsideReport(Says[OutsideReportAdded]):
    """Also after it was closed: it then waits again."""

    allowed = DOOR

    def question(self, known: History) -> Question:
        return asks_outside(self.fact.outside)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _agreed(_report(known, self.fact.outside))
        return [act.says(self.fact)]


class WithdrawOutsideConsent(Says[OutsideConsentWithdrawn]):
    """Once, for all that they agreed to, and for what was made of it in the register, of the same day.

    That it is erased takes two people and a ground, as every purge does.
    """

    allowed = DOOR

    def question(self, known: History) -> Question:
        report = outside_reports(known).get(self.fact.outside)
        asked = asks_outside(self.fact.outside)
        return asked | each("report", report.taken if report else (), (ConsentWithdrawn,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        report = _report(known, self.fact.outside)
        _agreed(report)
        gone = {r.fact.report for r in known.of(ConsentWithdrawn)}
        stands = [one for one in report.taken if one not in gone]
        withdrawn = [ConsentWithdrawn(report=one, why=Sealed(None)) for one in stands]
        return [act.says(self.fact), *(act.says(one) for one in withdrawn)]


class AnswerOutsideReport(Says[OutsideReportAnswered]):
    """Also when consent was withdrawn: that this was heard is said to whoever withdrew it."""

    allowed = DESK

    def question(self, known: History) -> Question:
        return asks_outside(self.fact.outside)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _report(known, self.fact.outside)
        return [act.says(self.fact)]


class TakeUpOutsideReport(Says[OutsideReportTaken]):
    """Name the report of harm that was made of it, which then stands on the consent that they gave, and on no other.

    More than one can be made of it: somebody tells of several events.
    """

    allowed = DESK

    def question(self, known: History) -> Question:
        kinds = (HarmReported, ConsentGiven, ConsentWithdrawn, OutsideReportTaken)
        return asks_outside(self.fact.outside) | about(f"report:{self.fact.report}", kinds=kinds)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact, report = self.fact, _report(known, self.fact.outside)
        _agreed(report)
        consents = frozenset(report.received.fact.consents)
        if not REGISTERED & consents:
            raise Refused(
                "agreed-to-the-register",
                Words(
                    "whoever reported agreed neither that it be counted nor that it be looked into",
                    "quien informó no aceptó que se cuente ni que se indague",
                ),
                (fact.outside,),
            )
        require(known, HarmReported, "report", fact.report, Words("report", "el informe"))
        of_others: list[Recorded[Fact]] = [*known.of(ConsentGiven), *known.of(ConsentWithdrawn)]
        of_others += [r for r in known.of(OutsideReportTaken) if r.fact.report == fact.report]
        if of_others:
            raise Refused(
                "of-them-alone",
                Words(
                    "this report of harm was taken up already, or stands on somebody's own consent",
                    "este informe de daño ya se acogió, o se apoya en el consentimiento de otra persona",
                ),
                (fact.report,),
            )
        return [act.says(fact), act.follows(_consent(fact, consents, act))]


def _consent(fact: OutsideReportTaken, consents: frozenset[OutsideConsent], act: Act) -> ConsentGiven:
    """What they ticked, as the register has it."""
    purposes = [PURPOSES[one] for one in OutsideConsent if one in consents]
    shared = [party for one in OutsideConsent if one in consents for party in REACHES.get(one, ())]
    return ConsentGiven(
        consent=ConsentId(act.token(f"consent {fact.report}")),
        report=fact.report,
        purposes=tuple(purposes),
        shared=tuple(shared) or (ConsentParty.NOBODY,),
        public_name=False,
        how=Sealed(f"{TICKED.en} / {TICKED.es}: {fact.outside}"),
    )


class CloseOutsideReport(Says[OutsideReportClosed]):
    """With a reason and a way on, which whoever reported reads."""

    allowed = DESK

    def question(self, known: History) -> Question:
        return asks_outside(self.fact.outside)

    def decide(self, known: History, act: Act) -> list[Draft]:
        report = _report(known, self.fact.outside)
        if report.followed and isinstance(report.followed[-1].fact, OutsideReportClosed):
            raise Refused(
                "closed-once",
                Words(
                    "it is closed, and nothing has come since",
                    "está cerrado y no ha llegado nada desde entonces",
                ),
                (self.fact.outside,),
            )
        return [act.says(self.fact)]


def _report(known: History, outside: OutsideId) -> OutsideReport:
    found = outside_reports(known).get(outside)
    if found is None:
        raise unknown(OUTSIDE, outside)
    return found


def _agreed(report: OutsideReport) -> None:
    """Refuse what nobody agrees to any more."""
    if report.withdrawn is not None:
        raise Refused(
            "consent-stands",
            Words(
                "consent to this report was withdrawn: nothing more is made of it",
                "se retiró el consentimiento a este informe: ya no se hace nada más con él",
            ),
            (report.outside,),
        )
