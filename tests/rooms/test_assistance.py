"""Help: a need stays open until it is met or withdrawn, nobody is told of it against their will, and offers wait."""

from dataclasses import replace
from datetime import date

import pytest

from tearline.facts.assistance import (
    AssistanceGiven,
    AssistanceKind,
    Contact,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswer,
    OfferAnswered,
    ReferralAnswer,
    ReferralAnswered,
)
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    CompromiseId,
    NeedId,
    OfferId,
    OperationId,
    OrganisationId,
    ReferralId,
)
from tearline.rooms.assistance import (
    AnswerOffer,
    AnswerReferral,
    GiveAssistance,
    OfferHelp,
    RecordNeed,
    ReferNeed,
    WithdrawNeed,
)
from tests.rooms.rows import Row, check
from tests.rooms.test_harm import HELP, REPORT, leaked
from tests.worlds import HUGO, LEO, World, acting, on, organisation, partners

NEED = NeedRecorded(
    need=NeedId("shelter"),
    kind=AssistanceKind.MEDICAL,
    what=Sealed("a doctor for two children"),
    contact=Contact.THROUGH_ADVOCATE,
    wanted_by=date(2026, 3, 20),
    reach=Sealed("through the collective"),
    report=REPORT.report,
)
REFERRED = NeedReferred(
    referral=ReferralId("to-clinic"), need=NEED.need, organisation=OrganisationId("clinic"), agreed=True
)
DECLINED = ReferralAnswered(
    referral=REFERRED.referral, need=NEED.need, answer=ReferralAnswer.DECLINED, said=Sealed("no room")
)
TAKEN = replace(DECLINED, answer=ReferralAnswer.TAKEN)
WITHDRAWN = NeedWithdrawn(need=NEED.need, said=Sealed("they found one themselves"))
MET = replace(HELP, report=None, need=NEED.need, kind=NEED.kind)
OFFER = HelpOffered(
    offer=OfferId("detectives"),
    organisation=OrganisationId("clinic"),
    what=Sealed("two analysts for a year"),
    answer_by=date(2026, 4, 10),
    compromise=CompromiseId("leak"),
)
ANSWER = OfferAnswered(offer=OFFER.offer, answer=OfferAnswer.ACCEPTED)


ADA, EVA = acting("ada", Role.ADVOCATE), acting("eva", Role.ADVOCATE)
AFTER_LEAK = replace(NEED, need=NeedId("rent"), report=None, compromise=CompromiseId("leak"))
OF_RENT = replace(DECLINED, need=AFTER_LEAK.need)
WITHDRAWN_RENT = replace(WITHDRAWN, need=AFTER_LEAK.need)


def needed(*more: Fact, world: World | None = None) -> World:
    held = (world or partners()).tell(organisation("clinic"), REPORT, NEED, at=on(-2), by=HUGO)
    return held.tell(*more, at=on(-1), by=HUGO)


def theirs(*more: Fact) -> World:
    """Eva took the report down and the desk recorded its need; Ada recorded a need after a leak."""
    held = leaked().tell(organisation("clinic"), at=on(-2), by=HUGO).tell(REPORT, at=on(-2), by=EVA)
    held.tell(NEED, at=on(-2), by=HUGO).tell(AFTER_LEAK, at=on(-2), by=ADA)
    return held.tell(*more, at=on(-1), by=HUGO)


ACCEPTED = [
    Row(
        claim="help after a report",
        order=GiveAssistance(HELP),
        by=HUGO,
        world=partners().tell(REPORT),
        gives=(AssistanceGiven,),
    ),
    Row(
        claim="help after a leak",
        order=GiveAssistance(replace(HELP, report=None, compromise=CompromiseId("leak"))),
        by=HUGO,
        world=leaked(),
        gives=(AssistanceGiven,),
    ),
    Row(
        claim="help for a need", order=GiveAssistance(MET), by=HUGO, world=needed(), gives=(AssistanceGiven,)
    ),
    Row(
        claim="help by whoever took it on",
        order=GiveAssistance(replace(MET, given_by=OrganisationId("clinic"))),
        by=HUGO,
        world=needed(REFERRED, TAKEN),
        gives=(AssistanceGiven,),
    ),
    Row(
        claim="a need after a report",
        order=RecordNeed(NEED),
        by=HUGO,
        world=partners().tell(REPORT),
        gives=(NeedRecorded,),
    ),
    Row(
        claim="a need after a leak",
        order=RecordNeed(replace(NEED, report=None, compromise=CompromiseId("leak"))),
        by=HUGO,
        world=leaked(),
        gives=(NeedRecorded,),
    ),
    Row(claim="a referral", order=ReferNeed(REFERRED), by=HUGO, world=needed(), gives=(NeedReferred,)),
    Row(
        claim="another referral after one was declined",
        order=ReferNeed(replace(REFERRED, referral=ReferralId("again"))),
        by=HUGO,
        world=needed(REFERRED, DECLINED),
        gives=(NeedReferred,),
    ),
    Row(
        claim="a referral that is declined",
        order=AnswerReferral(DECLINED),
        by=HUGO,
        world=needed(REFERRED),
        gives=(ReferralAnswered,),
    ),
    Row(
        claim="a referral that was taken and is declined after all",
        order=AnswerReferral(DECLINED),
        by=HUGO,
        world=needed(REFERRED, TAKEN),
        gives=(ReferralAnswered,),
    ),
    Row(
        claim="a need withdrawn by those concerned",
        order=WithdrawNeed(WITHDRAWN),
        by=HUGO,
        world=needed(),
        gives=(NeedWithdrawn,),
    ),
    Row(
        claim="an offer after a leak",
        order=OfferHelp(OFFER),
        by=LEO,
        world=needed(world=leaked()),
        gives=(HelpOffered,),
    ),
    Row(
        claim="an answer to an offer",
        order=AnswerOffer(ANSWER),
        by=LEO,
        world=needed(OFFER, world=leaked()),
        gives=(OfferAnswered,),
    ),
    *(
        Row(claim=f"an advocate {what} their own report", order=order, by=EVA, world=world, gives=(gives,))
        for what, order, world, gives in (
            ("records a need of", RecordNeed(replace(NEED, need=NeedId("more"))), theirs(), NeedRecorded),
            ("refers a need of", ReferNeed(REFERRED), theirs(), NeedReferred),
            ("answers for a need of", AnswerReferral(DECLINED), theirs(REFERRED), ReferralAnswered),
            ("withdraws a need of", WithdrawNeed(WITHDRAWN), theirs(), NeedWithdrawn),
            ("gives help for a need of", GiveAssistance(MET), theirs(), AssistanceGiven),
            ("gives help after", GiveAssistance(HELP), theirs(), AssistanceGiven),
        )
    ),
    Row(
        claim="an advocate withdraws a need that they recorded after a leak",
        order=WithdrawNeed(WITHDRAWN_RENT),
        by=ADA,
        world=theirs(),
        gives=(NeedWithdrawn,),
    ),
]

REFUSED = [
    Row(
        claim="help twice",
        order=GiveAssistance(HELP),
        by=HUGO,
        world=partners().tell(REPORT).tell(HELP),
        refused="once",
    ),
    Row(claim="help after no such report", order=GiveAssistance(HELP), by=HUGO, refused="known"),
    Row(claim="help for no such need", order=GiveAssistance(MET), by=HUGO, refused="known"),
    Row(
        claim="help from before the need",
        order=GiveAssistance(MET),
        by=HUGO,
        world=needed(),
        at=on(-3),
        refused="answers-after",
    ),
    Row(
        claim="help that answers nothing",
        order=GiveAssistance(replace(HELP, report=None)),
        by=HUGO,
        refused="says-what-for",
    ),
    Row(claim="a need after no such report", order=RecordNeed(NEED), by=HUGO, refused="known"),
    Row(
        claim="a need after nothing",
        order=RecordNeed(replace(NEED, report=None)),
        by=HUGO,
        refused="says-what-for",
    ),
    Row(claim="a need twice", order=RecordNeed(NEED), by=HUGO, world=needed(), refused="once"),
    Row(
        claim="referring no need",
        order=ReferNeed(REFERRED),
        by=HUGO,
        world=partners().tell(organisation("clinic")),
        refused="known",
    ),
    Row(
        claim="referring to nobody on record",
        order=ReferNeed(replace(REFERRED, organisation=OrganisationId("none"))),
        by=HUGO,
        world=needed(),
        refused="known",
    ),
    Row(
        claim="referring without consent",
        order=ReferNeed(replace(REFERRED, agreed=False)),
        by=HUGO,
        world=needed(),
        refused="with-their-consent",
    ),
    Row(
        claim="referring twice",
        order=ReferNeed(REFERRED),
        by=HUGO,
        world=needed(REFERRED),
        refused="once",
    ),
    Row(
        claim="referring what was met",
        order=ReferNeed(REFERRED),
        by=HUGO,
        world=needed(MET),
        refused="need-open",
    ),
    Row(
        claim="withdrawing twice",
        order=WithdrawNeed(WITHDRAWN),
        by=HUGO,
        world=needed(WITHDRAWN),
        refused="need-open",
    ),
    Row(
        claim="an answer to no referral",
        order=AnswerReferral(DECLINED),
        by=HUGO,
        world=needed(),
        refused="known",
    ),
    Row(
        claim="an answer about another need",
        order=AnswerReferral(replace(DECLINED, need=NeedId("other"))),
        by=HUGO,
        world=needed(REFERRED),
        refused="same-need",
    ),
    Row(
        claim="the same answer twice",
        order=AnswerReferral(DECLINED),
        by=HUGO,
        world=needed(REFERRED, DECLINED),
        refused="once",
    ),
    Row(
        claim="an answer from before the referral",
        order=AnswerReferral(DECLINED),
        by=HUGO,
        world=needed(REFERRED),
        at=on(-1.5),
        refused="answers-after",
    ),
    Row(claim="an offer after no such leak", order=OfferHelp(OFFER), by=LEO, world=needed(), refused="known"),
    Row(
        claim="an offer after no such operation",
        order=OfferHelp(replace(OFFER, compromise=None, operation=OperationId("none"))),
        by=LEO,
        world=needed(),
        refused="known",
    ),
    Row(
        claim="an offer after nothing",
        order=OfferHelp(replace(OFFER, compromise=None)),
        by=LEO,
        world=needed(),
        refused="says-what-for",
    ),
    Row(
        claim="an offer twice",
        order=OfferHelp(OFFER),
        by=LEO,
        world=needed(OFFER, world=leaked()),
        refused="once",
    ),
    Row(claim="an answer to no offer", order=AnswerOffer(ANSWER), by=LEO, refused="known"),
    Row(
        claim="an offer answered twice",
        order=AnswerOffer(ANSWER),
        by=LEO,
        world=needed(OFFER, ANSWER, world=leaked()),
        refused="once",
    ),
    *(
        Row(claim=f"an advocate {what} another's report", order=order, by=ADA, world=world, refused="known")
        for what, order, world in (
            ("records a need of", RecordNeed(replace(NEED, need=NeedId("more"))), theirs()),
            ("refers a need of", ReferNeed(REFERRED), theirs()),
            ("answers for a need of", AnswerReferral(DECLINED), theirs(REFERRED)),
            ("answers for a need not named of", AnswerReferral(OF_RENT), theirs(REFERRED)),
            ("withdraws a need of", WithdrawNeed(WITHDRAWN), theirs()),
            ("withdraws a met need of", WithdrawNeed(WITHDRAWN), theirs(MET)),
            ("gives help for a need of", GiveAssistance(MET), theirs()),
            ("gives help after", GiveAssistance(HELP), theirs()),
        )
    ),
    Row(
        claim="an advocate withdraws what another recorded after a leak",
        order=WithdrawNeed(WITHDRAWN_RENT),
        by=EVA,
        world=theirs(),
        refused="known",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)
