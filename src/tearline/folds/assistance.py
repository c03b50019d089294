"""Where each need and each offer stands: whose it is now, who was asked before, and what was given.

A need is ours until it is met: a referral that is not answered or was declined leaves it with us, and one that was
taken leaves us to see that help is given. Only those concerned can end it otherwise.

To an advocate the needs of others' reports are as if they were not there. What was recorded after no report is theirs
who recorded it.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from tearline.facts.assistance import (
    AssistanceGiven,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswered,
    ReferralAnswer,
    ReferralAnswered,
)
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, History, Recorded, Role
from tearline.facts.identifiers import NeedId, OrganisationId, ReportId
from tearline.facts.words import Worded

ASSISTANCE_KINDS: tuple[type[Fact], ...] = (
    NeedRecorded,
    NeedReferred,
    ReferralAnswered,
    NeedWithdrawn,
    AssistanceGiven,
    HelpOffered,
    OfferAnswered,
)
HELPED: tuple[type[Fact], ...] = (AssistanceGiven, ReferralAnswered)
"""What ends a duty to meet a need."""


class NeedState(Worded):
    OURS = "ours", "with us", "a nuestro cargo"
    ASKED = "asked", "referred, not answered", "canalizada, sin respuesta"
    TAKEN = "taken", "taken on", "asumida"
    MET = "met", "help was given", "se prestó ayuda"
    WITHDRAWN = "withdrawn", "withdrawn by those concerned", "retirada por las personas afectadas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Somebody was asked; ``answers`` in the order of the ledger, of which the last counts."""

    recorded: Recorded[NeedReferred]
    answers: tuple[Recorded[ReferralAnswered], ...]

    @property
    def answer(self) -> ReferralAnswer | None:
        return self.answers[-1].fact.answer if self.answers else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    recorded: Recorded[NeedRecorded]
    referrals: tuple[Referral, ...]
    given: tuple[Recorded[AssistanceGiven], ...]
    withdrawn: Recorded[NeedWithdrawn] | None

    @property
    def state(self) -> NeedState:
        if self.given:
            return NeedState.MET
        if self.withdrawn:
            return NeedState.WITHDRAWN
        answers = {r.answer for r in self.referrals}
        if ReferralAnswer.TAKEN in answers:
            return NeedState.TAKEN
        return NeedState.ASKED if None in answers else NeedState.OURS

    @property
    def grounds(self) -> tuple[Recorded[Fact], ...]:
        """What makes something owed for it: that it is there, that it was referred, and what was answered."""
        referred = (r for referral in self.referrals for r in (referral.recorded, *referral.answers))
        return (self.recorded, *referred)

    @property
    def open(self) -> bool:
        return self.state not in (NeedState.MET, NeedState.WITHDRAWN)

    @property
    def with_whom(self) -> tuple[OrganisationId, ...]:
        """Who took it on, or else who was asked and did not answer yet; nobody where it is with us alone."""
        wanted = {NeedState.TAKEN: ReferralAnswer.TAKEN, NeedState.ASKED: None}
        if self.state not in wanted:
            return ()
        answer = wanted[self.state]
        return tuple(
            dict.fromkeys(r.recorded.fact.organisation for r in self.referrals if r.answer is answer)
        )

    def late(self, today: date) -> bool:
        return self.open and self.recorded.fact.wanted_by < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    recorded: Recorded[HelpOffered]
    answered: Recorded[OfferAnswered] | None


def needs(known: History) -> list[Need]:
    """Every need on record: open ones first, each by the day by which it is needed."""
    answers: dict[str, list[Recorded[ReferralAnswered]]] = {}
    for answered in known.of(ReferralAnswered):
        answers.setdefault(answered.fact.referral, []).append(answered)
    referrals: dict[str, list[Referral]] = {}
    for referred in known.of(NeedReferred):
        found = tuple(answers.get(referred.fact.referral, ()))
        referrals.setdefault(referred.fact.need, []).append(Referral(recorded=referred, answers=found))
    given: dict[str, list[Recorded[AssistanceGiven]]] = {}
    for one in known.of(AssistanceGiven):
        if one.fact.need:
            given.setdefault(one.fact.need, []).append(one)
    withdrawn = {r.fact.need: r for r in known.of(NeedWithdrawn)}
    every = [
        Need(
            recorded=r,
            referrals=tuple(referrals.get(r.fact.need, ())),
            given=tuple(given.get(r.fact.need, ())),
            withdrawn=withdrawn.get(r.fact.need),
        )
        for r in known.of(NeedRecorded)
    ]
    return sorted(every, key=lambda n: (not n.open, n.recorded.fact.wanted_by, n.recorded.position))


def need_of(known: History, need: NeedId) -> Need | None:
    return next((n for n in needs(known) if n.recorded.fact.need == need), None)


def is_there(
    recorded: Recorded[NeedRecorded] | Recorded[AssistanceGiven], by: Actor, reports: Container[ReportId]
) -> bool:
    """Whether a need, or help that answers none, is on record for whoever acts; ``reports``: those that are."""
    if by.role is not Role.ADVOCATE:
        return True
    if recorded.fact.report is not None:
        return recorded.fact.report in reports
    return recorded.by.person == by.person


def offers(known: History) -> list[Offer]:
    """Every offer on record: those without an answer first, each by the day by which one is asked for."""
    answered = {r.fact.offer: r for r in known.of(OfferAnswered)}
    every = [Offer(recorded=r, answered=answered.get(r.fact.offer)) for r in known.of(HelpOffered)]
    return sorted(
        every, key=lambda o: (o.answered is not None, o.recorded.fact.answer_by, o.recorded.position)
    )


def given_freely(known: History) -> list[Recorded[AssistanceGiven]]:
    """Help that was given where nobody had recorded a need."""
    return [r for r in known.of(AssistanceGiven) if r.fact.need is None]


def end_of(day: date, zone: tzinfo) -> datetime:
    """When a day ends: what is due on it is not late before."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
