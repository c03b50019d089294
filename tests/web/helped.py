"""People in danger and people who were harmed, at every stage: for the pages on whom to warn and on what is needed."""

from datetime import timedelta

from tearline.facts.assistance import (
    AssistanceGiven,
    AssistanceKind,
    Contact,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    ReferralAnswer,
    ReferralAnswered,
)
from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    AssistanceId,
    AttemptId,
    CompromiseId,
    ItemId,
    NeedId,
    NoticeId,
    OfferId,
    OrganisationId,
    ReferralId,
    ThreatId,
    WarningOrderId,
)
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import Handling, InformationGrade, ItemRegistered, SourceGrade, Tlp
from tearline.facts.warnings import (
    NoticeMethod,
    NoticeOutcome,
    PeopleWarned,
    ThreatAssessed,
    ThreatHarm,
    WarningAttempted,
    WarningOrdered,
)
from tearline.node import Order
from tearline.rooms.assistance import AnswerReferral, GiveAssistance, OfferHelp, RecordNeed, ReferNeed
from tearline.rooms.parties.units import RegisterOrganisation
from tearline.rooms.release.items import RegisterItem
from tearline.rooms.warnings import AssessThreat, AttemptWarning, OrderWarning, WarnPeople
from tests.web.world import World, act, actor

THREAT, ITEM = ThreatId("practice.threat"), ItemId("practice.item-2")
OFFICERS, OTHER_ITEM = ThreatId("practice.officers-threat"), ItemId("practice.item-1")
CLINIC, LEAK = OrganisationId("practice.clinic"), CompromiseId("practice.leak")


def endangered(world: World) -> None:
    """One is to be warned as it was ordered, and was not reached; an officer was warned before anybody ordered it."""
    now, text = world.clock(), world.text
    order = WarningOrdered(
        order=WarningOrderId("practice.order"),
        item=ITEM,
        # No markup in it, as in other texts: it stands in the item's title, too, and what repeats that is refused.
        text=Sealed("Somebody means to take you. Do not go home tonight; we bring you to friends."),
        stripped=True,
        method=NoticeMethod.IN_PERSON,
        until=now + timedelta(hours=6),
        threat=THREAT,
    )
    attempt = WarningAttempted(
        attempt=AttemptId("practice.attempt"),
        item=ITEM,
        method=NoticeMethod.TELEPHONE,
        why=text("Rang six times; the shop is shut."),
        threat=THREAT,
    )
    threat = ThreatAssessed(
        threat=OFFICERS,
        item=OTHER_ITEM,
        harm=ThreatHarm.KILLING,
        credible=True,
        specific=True,
        impending=True,
        whom=text("Whoever keeps the liaison desk"),
        officer=actor(Role.LIAISON).person,
    )
    notice = PeopleWarned(
        notice=NoticeId("practice.notice"),
        item=OTHER_ITEM,
        people=1,
        method=NoticeMethod.TELEPHONE,
        said=text("Take another way home; a car waits for you at the bridge."),
        threat=OFFICERS,
        outcome=NoticeOutcome.MOVED,
    )
    world.node.record_all(
        [
            *act(Role.SENIOR_OFFICER, OrderWarning(order)),
            *act(Role.HARM_DESK, AttemptWarning(attempt)),
            *act(Role.INVESTIGATOR, AssessThreat(threat), WarnPeople(notice)),
        ]
    )


def threatened(world: World) -> None:
    """An item whose holder has no agreement, of which it is known for three days that people are about to be killed."""
    elsewhere, item = OrganisationId("practice.elsewhere"), ItemId("practice.item-elsewhere")
    threat = ThreatAssessed(
        threat=ThreatId("practice.elsewhere"),
        item=item,
        harm=ThreatHarm.KILLING,
        credible=True,
        specific=True,
        impending=True,
        whom=world.text("Two families at the river"),
    )
    held = ItemRegistered(
        item=item,
        originator=elsewhere,
        holder=elsewhere,
        title=world.text("What was said at the river"),
        content=world.text("They come at night."),
        source_code=Sealed("S-18"),
        source_grade=SourceGrade.RELIABLE,
        information_grade=InformationGrade.KNOWN_DIRECTLY,
        handling=Handling.CONDITIONS,
        tlp=Tlp.AMBER_STRICT,
    )
    named = OrganisationRegistered(
        organisation=elsewhere, name=world.public("Elsewhere"), country=world.public("Northland")
    )
    world.node.record_all(
        [
            *act(Role.VETTING_OFFICER, RegisterOrganisation(named)),
            *act(Role.CASE_AGENT, RegisterItem(held)),
        ]
    )
    assessed = Order(
        command=AssessThreat(threat), by=actor(Role.CASE_AGENT), at=world.clock() - timedelta(hours=70)
    )
    world.node.record(assessed)


def helped(world: World) -> None:
    """A need that was declined and referred again, one that is with us, one that was met; an open offer."""
    text, today = world.text, world.clock().date()

    def need(name: str, kind: AssistanceKind, what: str, days: int, contact: Contact) -> RecordNeed:
        return RecordNeed(
            NeedRecorded(
                need=NeedId(f"practice.{name}"),
                kind=kind,
                what=text(what),
                contact=contact,
                wanted_by=today + timedelta(days=days),
                reach=Sealed(world.public("Through the collective at the harbour")),
                compromise=LEAK,
            )
        )

    def referred(name: str) -> ReferNeed:
        return ReferNeed(
            NeedReferred(
                referral=ReferralId(f"practice.{name}"),
                need=NeedId("practice.need"),
                organisation=CLINIC,
                agreed=True,
                said=Sealed(world.public("Two people need a doctor who asks no names.")),
            )
        )

    declined = ReferralAnswered(
        referral=ReferralId("practice.first-referral"),
        need=NeedId("practice.need"),
        answer=ReferralAnswer.DECLINED,
        said=Sealed(world.public("No beds this week")),
    )
    given = AssistanceGiven(
        assistance=AssistanceId("practice.assistance"),
        kind=AssistanceKind.MATERIAL,
        given=text("Rent for three months, to the household"),
        compromise=LEAK,
        need=NeedId("practice.rent"),
    )
    offer = HelpOffered(
        offer=OfferId("practice.offer"),
        organisation=OrganisationId("practice.police"),
        what=text("Two analysts, for as long as the search takes"),
        answer_by=today + timedelta(days=10),
        compromise=LEAK,
    )
    clinic = OrganisationRegistered(
        organisation=CLINIC, name=world.public("Harbour Clinic"), country=world.public("Southland")
    )
    world.node.record_all(
        [
            *act(Role.VETTING_OFFICER, RegisterOrganisation(clinic)),
            *act(
                Role.HARM_DESK,
                need(
                    "need",
                    AssistanceKind.MEDICAL,
                    "A doctor for a mother and her son",
                    9,
                    Contact.THROUGH_ADVOCATE,
                ),
                need("search", AssistanceKind.SEARCH, "A search for a brother", 20, Contact.WHEN_ASKED),
                need(
                    "rent", AssistanceKind.MATERIAL, "Rent, since nobody dares to work", 5, Contact.IN_PERSON
                ),
                referred("first-referral"),
                AnswerReferral(declined),
                referred("referral"),
                GiveAssistance(given),
            ),
            *act(Role.SENIOR_OFFICER, OfferHelp(offer)),
        ]
    )


NAMES = {
    "of": "threat",
    "ground": THREAT,
    "notice": "practice.notice",
    "need": "practice.need",
    "referral": "practice.referral",
    "offer": "practice.offer",
}
"""What of this an address can name."""
