"""Help for people who were harmed: what they need, who is asked for it, and what is given; offers against perpetrators.

A need is open until help was given for it or those concerned withdrew it. Nobody is told of it without their consent.
To an advocate the reports of others, and the needs of those, are as if they were not there.
"""

from tearline.facts.assistance import (
    AssistanceGiven,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswered,
    ReferralAnswered,
)
from tearline.facts.errors import Refused
from tearline.facts.fact import Fact
from tearline.facts.harm import HarmReported
from tearline.facts.history import Actor, Draft, History, Question, Role, about, each
from tearline.facts.identifiers import NeedId, ReportId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.words import Words
from tearline.folds.assistance import is_there, need_of
from tearline.rooms import Act, Says, reaches, require, require_after, require_new, unknown

HELPING = frozenset({Role.HARM_DESK, Role.ADVOCATE, Role.CHRONICLER})
OFFERING = frozenset({Role.SENIOR_OFFICER, Role.LIAISON, Role.HARM_DESK, Role.CHRONICLER})
COMPROMISE = Words("compromise", "el compromiso")
OPERATION = Words("operation", "la operación")
ORGANISATION = Words("organisation", "la institución")
REPORT = Words("report", "el informe")
NEED, REFERRAL, OFFER = (
    Words("need", "la necesidad"),
    Words("referral", "la canalización"),
    Words("offer", "el ofrecimiento"),
)
OF_NEED = (NeedRecorded, NeedReferred, ReferralAnswered, NeedWithdrawn, AssistanceGiven)


class RecordNeed(Says[NeedRecorded]):
    allowed = HELPING

    def question(self, known: History) -> Question:
        fact = self.fact
        asked = about(f"need:{fact.need}", kinds=(NeedRecorded,))
        return asked | _asks(report=fact.report, compromise=fact.compromise)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, NeedRecorded, "need", fact.need, NEED)
        _require(known, act.by, report=fact.report, compromise=fact.compromise)
        if not (fact.report or fact.compromise):
            raise _says_what_for(fact.need)
        return [act.says(fact)]


class ReferNeed(Says[NeedReferred]):
    """To somebody who may take it on. Those concerned agree first: being named to another can endanger them."""

    allowed = HELPING

    def question(self, known: History) -> Question:
        asked = about(f"referral:{self.fact.referral}", kinds=(NeedReferred,))
        return asked | _asks_need(known, self.fact.need) | _asks(organisation=self.fact.organisation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, NeedReferred, "referral", fact.referral, REFERRAL)
        _require_open(known, fact.need, act)
        _require(known, act.by, organisation=fact.organisation)
        if not fact.agreed:
            raise Refused(
                "with-their-consent",
                Words(
                    "nobody is told of a need without the consent of those concerned",
                    "no se comunica una necesidad a nadie sin el acuerdo de las personas afectadas",
                ),
                (fact.need,),
            )
        return [act.says(fact)]


class AnswerReferral(Says[ReferralAnswered]):
    """Whoever took a need on may still decline it; what was declined is referred anew."""

    allowed = HELPING

    def question(self, known: History) -> Question:
        asked = about(f"referral:{self.fact.referral}", kinds=(NeedReferred, ReferralAnswered))
        for referred in known.of(NeedReferred):
            asked |= _asks_need(known, referred.fact.need, NeedRecorded)
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        referred = next((r for r in known.of(NeedReferred) if r.fact.referral == fact.referral), None)
        if referred is None or not _there(known, referred.fact.need, act.by):
            raise unknown(REFERRAL, fact.referral)
        if referred.fact.need != fact.need:
            raise Refused(
                "same-need",
                Words("that referral is of another need", "esa canalización es de otra necesidad"),
                (fact.referral,),
            )
        require_after(referred, act, fact.referral)
        answers = [r.fact.answer for r in known.of(ReferralAnswered)]
        if answers and answers[-1] is fact.answer:
            raise Refused(
                "once",
                Words("that answer is already on record", "esa respuesta ya consta"),
                (fact.referral,),
            )
        return [act.says(fact)]


class WithdrawNeed(Says[NeedWithdrawn]):
    """Those concerned no longer want it, in their own words."""

    allowed = HELPING

    def question(self, known: History) -> Question:
        return _asks_need(known, self.fact.need)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _require_open(known, self.fact.need, act)
        return [act.says(self.fact)]


class GiveAssistance(Says[AssistanceGiven]):
    """Also where a need is met already: there may be more of it."""

    allowed = HELPING

    def question(self, known: History) -> Question:
        fact = self.fact
        asked = about(f"assistance:{fact.assistance}", kinds=(AssistanceGiven,))
        if fact.need:
            asked |= _asks_need(known, fact.need, NeedRecorded)
        return asked | _asks(report=fact.report, compromise=fact.compromise, organisation=fact.given_by)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        assistance = Words("assistance", "la asistencia")
        require_new(known, AssistanceGiven, "assistance", fact.assistance, assistance)
        _require(known, act.by, report=fact.report, compromise=fact.compromise, organisation=fact.given_by)
        if fact.need:
            if not _there(known, fact.need, act.by):
                raise unknown(NEED, fact.need)
            for recorded in known.of(NeedRecorded):
                require_after(recorded, act, fact.need)
        if not (fact.report or fact.compromise or fact.need):
            raise _says_what_for(fact.assistance)
        return [act.says(fact)]


class OfferHelp(Says[HelpOffered]):
    """To identify and arrest whoever harmed people, to somebody who can."""

    allowed = OFFERING

    def question(self, known: History) -> Question:
        fact = self.fact
        asked = about(f"offer:{fact.offer}", kinds=(HelpOffered,))
        return asked | _asks(
            compromise=fact.compromise, operation=fact.operation, organisation=fact.organisation
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require_new(known, HelpOffered, "offer", fact.offer, OFFER)
        _require(
            known,
            act.by,
            compromise=fact.compromise,
            operation=fact.operation,
            organisation=fact.organisation,
        )
        if not (fact.compromise or fact.operation):
            raise _says_what_for(fact.offer)
        return [act.says(fact)]


class AnswerOffer(Says[OfferAnswered]):
    allowed = OFFERING

    def question(self, known: History) -> Question:
        return about(f"offer:{self.fact.offer}", kinds=(HelpOffered, OfferAnswered))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, HelpOffered, "offer", self.fact.offer, OFFER)
        require_new(known, OfferAnswered, "offer", self.fact.offer, Words("answer to", "la respuesta a"))
        for offered in known.of(HelpOffered):
            require_after(offered, act, self.fact.offer)
        return [act.says(self.fact)]


def _asks(**named: str | None) -> Question:
    asked = Question()
    for prefix, identifier in named.items():
        if identifier:
            asked |= about(f"{prefix}:{identifier}", kinds=(ON_RECORD[prefix][0],))
    return asked


def _asks_need(known: History, name: NeedId, *kinds: type[Fact]) -> Question:
    """What is on record of a need, or only these kinds of it, and of the report that it was recorded after."""
    after = [r.fact.report for r in known.of(NeedRecorded) if r.fact.need == name and r.fact.report]
    return about(f"need:{name}", kinds=kinds or OF_NEED) | each("report", after, (HarmReported,))


def _there(known: History, name: NeedId, by: Actor) -> bool:
    """Whether a need is on record for whoever acts."""
    reports = {r.fact.report for r in known.of(HarmReported) if reaches(known, r.fact.report, by)}
    return any(r.fact.need == name and is_there(r, by, reports) for r in known.of(NeedRecorded))


def _require(known: History, by: Actor, *, report: ReportId | None = None, **named: str | None) -> None:
    if report and not reaches(known, report, by):
        raise unknown(REPORT, report)
    for field, identifier in named.items():
        if identifier:
            kind, words = ON_RECORD[field]
            require(known, kind, field, identifier, words)


ON_RECORD = {
    "report": (HarmReported, REPORT),
    "compromise": (CompromiseReported, COMPROMISE),
    "operation": (OperationDeclared, OPERATION),
    "organisation": (OrganisationRegistered, ORGANISATION),
}
"""What puts it on record, by the field that names it."""


def _require_open(known: History, name: NeedId, act: Act) -> None:
    """Refuse where a need is not on record, was met, or was withdrawn."""
    need = need_of(known, name)
    if need is None or not _there(known, name, act.by):
        raise unknown(NEED, name)
    require_after(need.recorded, act, name)
    if not need.open:
        raise Refused(
            "need-open",
            Words(
                "this need was met or withdrawn; another one is recorded anew",
                "esta necesidad ya se atendió o se retiró; otra se registra de nuevo",
            ),
            (name,),
        )


def _says_what_for(name: str) -> Refused:
    return Refused(
        "says-what-for",
        Words(
            "it names the report, the need, the compromise or the operation that it answers",
            "indica el informe, la necesidad, el compromiso o la operación a que responde",
        ),
        (name,),
    )
