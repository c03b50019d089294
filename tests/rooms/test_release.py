"""Release: nothing leaves without a verdict that says so now, and no objection is lost on the way."""

import hashlib
import json
from dataclasses import replace

import pytest

from tearline.facts.admission import FoundersNamed
from tearline.facts.errors import Refused
from tearline.facts.fact import Fact, Seal, Sealed
from tearline.facts.history import Actor, Role, Told
from tearline.facts.identifiers import (
    AgreementId,
    BriefingId,
    CopyId,
    ItemId,
    OrganisationId,
    PersonId,
    ReleaseId,
    RequestId,
    UnitId,
)
from tearline.facts.leaks import CooperationSuspended
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import AgreementEndorsed, Outcome, UnitStoodDown
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    Effect,
    Extent,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    Manner,
    OnwardConsentGiven,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.folds.agreements import terms_sha256
from tearline.rooms.oversight import InformOverseer
from tearline.rooms.release.dissents import AnswerDissent, RecordDissent
from tearline.rooms.release.items import (
    AnswerSourceWarning,
    GiveOnwardConsent,
    ListKnowers,
    NamePeopleAtRisk,
    RecordSourceWarning,
    RegisterItem,
    SetProtectionPlan,
)
from tearline.rooms.release.outside import JustifyDisclosure, RecordDisclosure
from tearline.rooms.release.releasing import ReceiveCopy, ReleaseItem
from tearline.rooms.release.requests import DecideRequest, RequestRelease, SignOff
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    LEO,
    NOON,
    REX,
    RITA,
    SOL,
    SYL,
    World,
    acting,
    agreement,
    at_risk,
    compromised,
    disclosed,
    dissent,
    dissent_answered,
    item,
    knowers,
    left,
    office,
    on,
    organisation,
    partners,
    plan,
    released,
    requested,
    signed_off,
    superior,
    suspended,
    unit,
    vetted,
    warned,
    warning_answered,
)

ASK = RequestId("ask")
TOLD = Told("telling", NOON, "¶3")
RELEASING, SOURCE, SECOND = SignOffLine.RELEASING, SignOffLine.SOURCE_HANDLING, SignOffLine.SECOND


def asked(world: World | None = None) -> World:
    """A request by ana for a tearline version, which lacks only signatures."""
    return (world or partners()).tell(requested(), by=ANA)


def ready(world: World | None = None) -> World:
    """The same with both signatures: the protocol says release."""
    return asked(world).tell(signed_off("s-1", RELEASING), by=REX).tell(signed_off("s-2", SOURCE), by=SOL)


def founded() -> World:
    """The partners' world, in a node where people are admitted since before the agreement."""
    world = World().tell(FoundersNamed(founders=(PersonId("adam"), PersonId("abel"))), at=on(-200))
    for recorded in partners().facts:
        world.tell(recorded.fact, at=recorded.happened_at, by=recorded.by)
    return world


def sent(world: World | None = None) -> World:
    """The same, released; one copy is on its way to rita."""
    out = ready(world)
    out.does(ReleaseItem(ASK), by=REX)
    return out


def copy_of(world: World) -> CopyReleased:
    return next(r.fact for r in world.facts if isinstance(r.fact, CopyReleased))


def receipt(world: World, **changed: object) -> CopyReceived:
    given = copy_of(world)
    held: dict[str, object] = {"copy": given.copy, "release": given.release, "item": given.item}
    return CopyReceived(**(held | changed))  # type: ignore[arg-type]  # identifiers all


def justified(name: str = "told", of: str = "phones") -> DisclosureJustified:
    return DisclosureJustified(
        release=ReleaseId(name), item=ItemId(of), reasons=Sealed("it would have perished")
    )


def consent(name: str = "phones", to: str = "siu") -> OnwardConsentGiven:
    return OnwardConsentGiven(item=ItemId(name), unit=UnitId(to))


def stood_down() -> UnitStoodDown:
    return UnitStoodDown(unit=UnitId("siu"), reasons=Sealed("infiltrated"))


def told_of(request: str = "ask", overseer: str = "watch") -> OverseerInformed:
    return OverseerInformed(
        briefing=BriefingId(f"b-{overseer}"),
        overseer=OrganisationId(overseer),
        text=Sealed("over a dissent"),
        request=RequestId(request),
    )


SENT = sent()
STRANGERS = partners().tell(
    organisation("others"), unit("stray", "others"), office("sue", "stray"), at=on(-5)
)

ACCEPTED = [
    Row(claim="a new item", order=RegisterItem(item("new")), by=ANA, gives=(ItemRegistered,)),
    Row(
        claim="a tearline version of an item",
        order=RegisterItem(item("below", tearline_of="phones")),
        by=SOL,
        gives=(ItemRegistered,),
    ),
    Row(claim="the source's warning", order=RecordSourceWarning(warned()), by=ANA, gives=(SourceWarned,)),
    Row(
        claim="an answer to the warning",
        order=AnswerSourceWarning(warning_answered()),
        by=SYL,
        world=partners().tell(warned(), by=ANA),
        gives=(SourceWarningAnswered,),
    ),
    Row(claim="who could have known", order=ListKnowers(knowers(3)), by=SOL, gives=(KnowersListed,)),
    Row(claim="who is at risk", order=NamePeopleAtRisk(at_risk(9)), by=HUGO, gives=(PeopleAtRiskNamed,)),
    Row(claim="a protection plan", order=SetProtectionPlan(plan()), by=SYL, gives=(ProtectionPlanSet,)),
    Row(
        claim="the originator's consent",
        order=GiveOnwardConsent(consent()),
        by=LEO,
        gives=(OnwardConsentGiven,),
    ),
    Row(
        claim="a request is put to the protocol at once",
        order=RequestRelease(requested()),
        by=ANA,
        gives=(ReleaseRequested, VerdictReached),
    ),
    Row(
        claim="a request without an agreement, which will not be released",
        order=RequestRelease(requested(under=None)),
        by=ANA,
        gives=(ReleaseRequested, VerdictReached),
    ),
    Row(
        claim="a request inside our own agency",
        order=RequestRelease(requested(to=("syl",), unit="desk")),
        by=ANA,
        world=partners().tell(office("syl", "desk"), at=on(-9)),
        gives=(ReleaseRequested, VerdictReached),
    ),
    Row(
        claim="a request is decided again",
        order=DecideRequest(ASK),
        by=ANA,
        world=asked(),
        gives=(VerdictReached,),
    ),
    Row(
        claim="a sign-off",
        order=SignOff(signed_off("s-1", RELEASING)),
        by=REX,
        world=asked(),
        gives=(ReleaseSignedOff, VerdictReached),
    ),
    Row(
        claim="a second signature",
        order=SignOff(signed_off("s-1", SECOND)),
        by=SYL,
        world=asked(),
        gives=(ReleaseSignedOff, VerdictReached),
    ),
    Row(
        claim="a dissent on a request is decided with it",
        order=RecordDissent(dissent()),
        by=HUGO,
        world=asked(),
        gives=(DissentRecorded, VerdictReached),
    ),
    Row(
        claim="a dissent on an item",
        order=RecordDissent(dissent(request=None)),
        by=ANA,
        gives=(DissentRecorded,),
    ),
    Row(
        claim="a partner's officer dissents on what they were given",
        order=RecordDissent(dissent(request=None)),
        by=RITA,
        world=asked().tell(disclosed(), at=on(-0.1), by=LEO),
        gives=(DissentRecorded,),
    ),
    Row(
        claim="a dissent after the release is recorded all the same",
        order=RecordDissent(dissent()),
        by=HUGO,
        world=sent(),
        gives=(DissentRecorded,),
    ),
    Row(
        claim="an answer to a dissent",
        order=AnswerDissent(dissent_answered()),
        by=SYL,
        world=asked().tell(dissent(), by=ANA),
        gives=(DissentAnswered,),
    ),
    Row(
        claim="a release, with a copy for each recipient",
        order=ReleaseItem(ASK),
        by=REX,
        world=ready(),
        gives=(VerdictReached, ItemReleased, CopyReleased),
    ),
    Row(
        claim="a release by word of mouth, which leaves no copy",
        order=ReleaseItem(ASK),
        by=REX,
        world=partners()
        .tell(requested(manner=Manner.ORAL), by=ANA)
        .tell(signed_off("s-1", RELEASING), by=REX)
        .tell(signed_off("s-2", SOURCE), by=SOL),
        gives=(VerdictReached, ItemReleased),
    ),
    Row(claim="a receipt", order=ReceiveCopy(receipt(SENT)), by=RITA, world=SENT, gives=(CopyReceived,)),
    Row(
        claim="anyone records a disclosure outside the protocol",
        order=RecordDisclosure(disclosed()),
        by=HUGO,
        gives=(DisclosureRecorded,),
    ),
    Row(
        claim="a disclosure measured against an agreement",
        order=RecordDisclosure(disclosed(under="pact")),
        by=ANA,
        gives=(DisclosureRecorded,),
    ),
    Row(
        claim="a disclosure that comes to light after the leak suspends the unit",
        order=RecordDisclosure(disclosed()),
        by=ANA,
        world=partners().tell(compromised(), by=ANA),
        gives=(DisclosureRecorded, CooperationSuspended),
    ),
    Row(
        claim="a worked case says itself what followed",
        order=RecordDisclosure(disclosed()),
        by=CLIO,
        world=partners().tell(compromised(), by=ANA),
        told=TOLD,
        gives=(DisclosureRecorded,),
    ),
    Row(
        claim="a disclosure is justified",
        order=JustifyDisclosure(justified()),
        by=SYL,
        world=partners().tell(disclosed()),
        gives=(DisclosureJustified,),
    ),
]

REFUSED = [
    Row(
        claim="releasing under an agreement that one person alone recorded",
        order=ReleaseItem(ASK),
        by=REX,
        world=ready(founded()),
        refused="endorsed",
    ),
    Row(claim="an item twice", order=RegisterItem(item()), by=ANA, refused="once"),
    Row(
        claim="an item of nobody",
        order=RegisterItem(item("new", originator="nobody")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="an item held by nobody",
        order=RegisterItem(item("new", holder="nobody")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a tearline version of nothing",
        order=RegisterItem(item("new", tearline_of="nothing")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a tearline version of another's item, as one's own",
        order=RegisterItem(item("new", tearline_of="theirs")),
        by=ANA,
        world=partners().tell(item("theirs", originator="partner"), at=on(-2)),
        refused="tearline-stays-whose-it-is",
    ),
    Row(
        claim="a tearline version of another's item, as held by that other",
        order=RegisterItem(item("new", tearline_of="theirs", originator="partner", holder="partner")),
        by=ANA,
        world=partners().tell(item("theirs", originator="partner"), at=on(-2)),
        refused="tearline-stays-whose-it-is",
    ),
    Row(
        claim="an item that perished before it was obtained",
        order=RegisterItem(replace(item("new"), perishes_at=NOON)),
        by=ANA,
        refused="perishes-later",
    ),
    Row(
        claim="a warning about nothing",
        order=RecordSourceWarning(warned(item="none")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a warning twice",
        order=RecordSourceWarning(warned()),
        by=ANA,
        world=partners().tell(warned()),
        refused="once",
    ),
    Row(
        claim="an answer to no warning",
        order=AnswerSourceWarning(warning_answered()),
        by=SYL,
        refused="known",
    ),
    Row(
        claim="an answer about another item",
        order=AnswerSourceWarning(warning_answered(item="other")),
        by=SYL,
        world=partners().tell(warned(), item("other")),
        refused="same-item",
    ),
    Row(
        claim="an answer dated before the warning",
        order=AnswerSourceWarning(warning_answered()),
        by=SYL,
        world=partners().tell(warned()),
        at=on(-0.5),
        refused="answers-after",
    ),
    Row(claim="knowers of nothing", order=ListKnowers(knowers(item="none")), by=ANA, refused="known"),
    Row(
        claim="people at risk from nothing",
        order=NamePeopleAtRisk(at_risk(item="none")),
        by=ANA,
        refused="known",
    ),
    Row(claim="a plan for nothing", order=SetProtectionPlan(plan(item="none")), by=SYL, refused="known"),
    Row(
        claim="a plan twice",
        order=SetProtectionPlan(plan()),
        by=SYL,
        world=partners().tell(plan()),
        refused="once",
    ),
    Row(claim="consent to nothing", order=GiveOnwardConsent(consent("none")), by=LEO, refused="known"),
    Row(claim="consent for nobody", order=GiveOnwardConsent(consent(to="none")), by=LEO, refused="known"),
    Row(claim="a request twice", order=RequestRelease(requested()), by=ANA, world=asked(), refused="once"),
    Row(claim="a request for nothing", order=RequestRelease(requested(item="none")), by=ANA, refused="known"),
    Row(claim="a request to no unit", order=RequestRelease(requested(unit="none")), by=ANA, refused="known"),
    Row(
        claim="a request under no such agreement",
        order=RequestRelease(requested(under="none")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a request to nobody",
        order=RequestRelease(requested(to=())),
        by=ANA,
        refused="named-recipients",
    ),
    Row(
        claim="a request that counts one recipient twice",
        order=RequestRelease(requested(to=("rita", "rita"))),
        by=ANA,
        refused="each-recipient-once",
    ),
    Row(
        claim="a request to a ghost", order=RequestRelease(requested(to=("ghost",))), by=ANA, refused="known"
    ),
    Row(
        claim="a request to somebody of another unit",
        order=RequestRelease(requested(to=("tom",))),
        by=ANA,
        refused="recipient-serves",
    ),
    Row(
        claim="a request to somebody who has left",
        order=RequestRelease(requested()),
        by=ANA,
        world=partners().tell(left("rita"), at=on(-1)),
        refused="recipient-serves",
    ),
    Row(
        claim="a request to a unit that was stood down",
        order=RequestRelease(requested()),
        by=ANA,
        world=partners().tell(stood_down(), at=on(-1)),
        refused="unit-stands",
    ),
    Row(
        claim="a request under an agreement with somebody else",
        order=RequestRelease(requested(to=("sue",), unit="stray")),
        by=ANA,
        world=STRANGERS,
        refused="party-to-the-agreement",
    ),
    Row(claim="nothing to decide", order=DecideRequest(ASK), by=ANA, refused="known"),
    Row(claim="deciding what is out", order=DecideRequest(ASK), by=ANA, world=SENT, refused="still-open"),
    Row(claim="signing nothing", order=SignOff(signed_off("s", RELEASING)), by=REX, refused="known"),
    Row(
        claim="signing what is out",
        order=SignOff(signed_off("s", SECOND)),
        by=SYL,
        world=SENT,
        refused="still-open",
    ),
    Row(
        claim="signing one's own request",
        order=SignOff(signed_off("s", RELEASING)),
        by=acting("ana", Role.RELEASING_OFFICER),
        world=asked(),
        refused="not-ones-own",
    ),
    Row(
        claim="signing another office's line",
        order=SignOff(signed_off("s", SOURCE)),
        by=REX,
        world=asked(),
        refused="ones-own-line",
    ),
    Row(
        claim="signing two lines under two offices",
        order=SignOff(signed_off("s-3", SECOND)),
        by=acting("rex", Role.SENIOR_OFFICER),
        world=ready(),
        refused="signs-once",
    ),
    Row(
        claim="a signature's identifier twice",
        order=SignOff(signed_off("s-1", SECOND)),
        by=SYL,
        world=ready(),
        refused="once",
    ),
    Row(
        claim="a signature's identifier that stands on another request",
        order=SignOff(signed_off("s-1", SECOND, "ask-2")),
        by=SYL,
        world=ready().tell(requested("ask-2"), by=ANA),
        refused="once",
    ),
    Row(
        claim="a signature from before the request",
        order=SignOff(signed_off("s", RELEASING)),
        by=REX,
        world=asked(),
        at=on(-0.5),
        refused="after-asking",
    ),
    Row(claim="a dissent on nothing", order=RecordDissent(dissent(item="none")), by=ANA, refused="known"),
    Row(claim="a dissent on no request", order=RecordDissent(dissent()), by=ANA, refused="known"),
    Row(
        claim="a dissent twice",
        order=RecordDissent(dissent()),
        by=SYL,
        world=asked().tell(dissent(), by=ANA),
        refused="once",
    ),
    Row(
        claim="a dissent on the request of another item",
        order=RecordDissent(dissent(item="other")),
        by=ANA,
        world=asked().tell(item("other")),
        refused="same-item",
    ),
    Row(claim="an answer to no dissent", order=AnswerDissent(dissent_answered()), by=SYL, refused="known"),
    Row(
        claim="an answer to one's own dissent",
        order=AnswerDissent(dissent_answered()),
        by=SYL,
        world=asked().tell(dissent(), by=SYL),
        refused="another-answers",
    ),
    Row(
        claim="an answer dated before the dissent",
        order=AnswerDissent(dissent_answered()),
        by=SYL,
        world=asked().tell(dissent(), by=ANA),
        at=on(-0.5),
        refused="answers-after",
    ),
    Row(
        claim="an answer to a dissent on another item",
        order=AnswerDissent(dissent_answered(item="other")),
        by=SYL,
        world=asked().tell(dissent(), by=ANA).tell(item("other")),
        refused="same-item",
    ),
    Row(claim="releasing nothing", order=ReleaseItem(ASK), by=REX, refused="known"),
    Row(claim="releasing twice", order=ReleaseItem(ASK), by=REX, world=SENT, refused="still-open"),
    Row(
        claim="releasing without signatures",
        order=ReleaseItem(ASK),
        by=REX,
        world=asked(),
        refused="protocol-says-release",
    ),
    Row(
        claim="releasing without an agreement",
        order=ReleaseItem(ASK),
        by=REX,
        world=partners().tell(requested(under=None), by=ANA),
        refused="protocol-says-release",
    ),
    Row(
        claim="releasing to somebody who has left since",
        order=ReleaseItem(ASK),
        by=REX,
        world=ready().tell(left("rita")),
        now=on(1),
        refused="recipient-serves",
    ),
    Row(
        claim="releasing to a unit stood down since",
        order=ReleaseItem(ASK),
        by=REX,
        world=ready().tell(stood_down()),
        now=on(1),
        refused="unit-stands",
    ),
    Row(
        claim="a release dated before it was asked for",
        order=ReleaseItem(ASK),
        by=REX,
        world=ready(),
        at=on(-3),
        refused="after-asking",
    ),
    Row(
        claim="a release dated before the agreement, to owe nothing under it",
        order=ReleaseItem(ASK),
        by=REX,
        world=partners()
        .tell(requested(under="new"), at=on(-60), by=ANA)
        .tell(agreement("new"), at=on(-30))
        .tell(signed_off("s-1", RELEASING), by=REX)
        .tell(signed_off("s-2", SOURCE), by=SOL),
        at=on(-45),
        refused="while-in-force",
    ),
    Row(
        claim="a receipt for no copy",
        order=ReceiveCopy(receipt(SENT, copy=CopyId("none"))),
        by=RITA,
        world=SENT,
        refused="known",
    ),
    Row(
        claim="a receipt for a copy of another release",
        order=ReceiveCopy(receipt(SENT, release=ReleaseId("other"))),
        by=RITA,
        world=SENT,
        refused="known",
    ),
    Row(
        claim="a receipt for somebody else's copy",
        order=ReceiveCopy(receipt(SENT)),
        by=LEO,
        world=SENT,
        refused="ones-own-copy",
    ),
    Row(
        claim="to a partner's officer another's copy is not there",
        order=ReceiveCopy(receipt(SENT)),
        by=acting("sue", Role.PARTNER_LIAISON),
        world=SENT,
        refused="known",
    ),
    Row(
        claim="a partner's officer dissents on what they were not given",
        order=RecordDissent(dissent()),
        by=RITA,
        world=asked(),
        refused="known",
    ),
    Row(
        claim="a partner's consent for what it did not originate",
        order=GiveOnwardConsent(consent()),
        by=RITA,
        refused="known",
    ),
    Row(
        claim="a receipt twice",
        order=ReceiveCopy(receipt(SENT)),
        by=RITA,
        world=SENT.copy().tell(receipt(SENT), by=RITA),
        refused="once",
    ),
    Row(
        claim="a disclosure of nothing",
        order=RecordDisclosure(disclosed(item="none")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a disclosure to no unit",
        order=RecordDisclosure(disclosed(unit="none")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a disclosure to a ghost",
        order=RecordDisclosure(disclosed(to=("ghost",))),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a disclosure under no such agreement",
        order=RecordDisclosure(disclosed(under="none")),
        by=ANA,
        refused="known",
    ),
    Row(
        claim="a disclosure twice",
        order=RecordDisclosure(disclosed()),
        by=ANA,
        world=partners().tell(disclosed()),
        refused="once",
    ),
    Row(
        claim="a disclosure under the name of a release",
        order=RecordDisclosure(disclosed("rel")),
        by=ANA,
        world=partners().tell(released()),
        refused="once",
    ),
    Row(claim="justifying nothing", order=JustifyDisclosure(justified()), by=SYL, refused="known"),
    Row(
        claim="justifying a disclosure of another item",
        order=JustifyDisclosure(justified(of="other")),
        by=SYL,
        world=partners().tell(disclosed(), item("other")),
        refused="same-item",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


# The verdict


def rules(world: World, now: object = None) -> tuple[Effect, set[str]]:
    """What the protocol says of the request now."""
    (draft,) = world.decide(DecideRequest(ASK), by=ANA, now=now or on(1))  # type: ignore[arg-type]
    assert isinstance(draft.fact, VerdictReached)
    return draft.fact.effect, set(draft.fact.rules.open())


def test_two_signatures_release() -> None:
    assert rules(ready()) == (Effect.RELEASE, {"partner-release"})


@pytest.mark.parametrize(
    ("since", "rule"),
    [
        (vetted("sue", Outcome.EXEMPT, by="partner"), "exempt-from-vetting"),
        (vetted("tom", Outcome.WITHDRAWN), "vetting-failed"),
        (suspended(), "unit-suspended"),
        (dissent(request=None), "dissent-unanswered"),
        (warned(), "warning-unanswered"),
        (at_risk(3), "no-protection-plan"),
    ],
    ids=lambda one: one if isinstance(one, str) else type(one).__name__,
)
def test_what_happens_after_the_signatures_still_stops_the_release(since: Fact, rule: str) -> None:
    world = ready().tell(since, at=on(0.5), by=HUGO)
    effect, matched = rules(world)
    assert effect is not Effect.RELEASE
    assert rule in matched
    with pytest.raises(Refused, match="protocol-says-release") as refused:
        world.decide(ReleaseItem(ASK), by=REX, now=on(1))
    assert rule in refused.value.because.en
    assert rule in refused.value.because.es
    grounds = {one.rule: one.because for one in refused.value.grounds}
    assert grounds[rule].es in refused.value.because.es.replace(f" ({rule}).", ".")
    assert "partner-release" not in grounds, "what permits is not in the way"


def test_asking_again_under_another_name_does_not_leave_a_dissent_behind() -> None:
    world = asked().tell(dissent(), by=ANA)
    world.tell(requested("again"), by=ANA).tell(signed_off("s-1", RELEASING, "again"), by=REX)
    world.tell(signed_off("s-2", SOURCE, "again"), by=SOL)
    with pytest.raises(Refused, match="dissent-unanswered"):
        world.decide(ReleaseItem(RequestId("again")), by=REX)


def test_a_dissent_answered_by_a_superior_needs_the_second_signature_and_the_overseer() -> None:
    world = ready().tell(dissent(), by=ANA)
    assert "dissent-unanswered" in rules(world)[1]
    world.tell(dissent_answered(), at=on(0.1), by=SYL)
    assert rules(world) == (
        Effect.HOLD,
        {"second-signature", "overseer-not-informed", "partner-release"},
    )
    world.does(SignOff(signed_off("s-3", SECOND)), by=SYL, now=on(0.2))
    world.does(InformOverseer(told_of()), by=SYL, now=on(0.3))
    assert rules(world) == (Effect.RELEASE, {"partner-release"})


def test_an_answer_by_somebody_who_is_no_superior_does_not_settle_a_dissent() -> None:
    world = ready().tell(dissent(), by=ANA).tell(dissent_answered(), at=on(0.1), by=REX)
    assert "dissent-unanswered" in rules(world)[1]


def test_telling_anybody_but_the_agreements_overseer_is_not_telling_the_overseer() -> None:
    world = ready().tell(dissent(), by=ANA).tell(dissent_answered(), at=on(0.1), by=SYL)
    world.tell(organisation("friends"), at=on(-1)).tell(signed_off("s-3", SECOND), at=on(0.2), by=SYL)
    world.does(InformOverseer(told_of(overseer="friends")), by=SYL, now=on(0.3))
    assert "overseer-not-informed" in rules(world)[1]


def test_the_verdict_carries_its_dossier_sealed_and_hashed_with_its_salt() -> None:
    _, reached = partners().does(RequestRelease(requested()), by=ANA)
    assert isinstance(reached, VerdictReached)
    text, salt = reached.dossier.open(), reached.salt.open()
    assert reached.dossier_sha256 == hashlib.sha256((salt + text).encode()).hexdigest()
    assert json.loads(text)["request"]["id"] == "ask"
    for hidden in ("what the source handed over", "those who could have known", "S-17", "to act on it"):
        assert hidden not in text


def test_the_dossiers_hash_does_not_repeat_on_the_same_facts() -> None:
    one = partners().does(RequestRelease(requested()), by=ANA, nonce=b"1" * 32)[1]
    two = partners().does(RequestRelease(requested()), by=ANA, nonce=b"2" * 32)[1]
    assert isinstance(one, VerdictReached)
    assert isinstance(two, VerdictReached)
    assert one.dossier.open() == two.dossier.open()
    assert one.dossier_sha256 != two.dossier_sha256


def test_a_release_names_the_verdict_that_let_it_out() -> None:
    verdict, out, given = ready().does(ReleaseItem(ASK), by=REX)
    assert isinstance(verdict, VerdictReached)
    assert isinstance(out, ItemReleased)
    assert isinstance(given, CopyReleased)
    assert verdict.effect is Effect.RELEASE
    assert out.dossier_sha256 == verdict.dossier_sha256
    assert (given.release, given.recipient, given.unit) == (out.release, "rita", "siu")


def test_each_recipient_gets_a_copy_of_their_own() -> None:
    world = partners().tell(requested(to=("rita", "sue")), by=ANA)
    course = next(r.fact for r in world.facts if type(r.fact).__name__ == "CourseHeld")
    world.tell(replace(course, persons=("sue",)), at=on(-40))  # type: ignore[type-var]
    world.tell(signed_off("s-1", RELEASING), by=REX).tell(signed_off("s-2", SOURCE), by=SOL)
    made = world.does(ReleaseItem(ASK), by=REX)
    copies = [f for f in made if isinstance(f, CopyReleased)]
    assert [c.recipient for c in copies] == ["rita", "sue"]
    assert len({c.copy for c in copies}) == 2


def test_a_telling_makes_identifiers_of_its_own() -> None:
    world = World([replace(r, told=TOLD) for r in ready().facts])
    released = world.does(ReleaseItem(ASK), by=REX, told=TOLD)[1]
    assert isinstance(released, ItemReleased)
    assert released.release.startswith("telling.")


def test_the_verdict_is_reached_on_what_was_known_not_on_what_came_to_light_later() -> None:
    """A telling decides with what it knew: a withdrawal recorded in August does not stop a release in June."""
    late = ready().tell(vetted("sue", Outcome.WITHDRAWN), at=on(-1), known=on(60))
    assert rules(late, on(1))[0] is Effect.RELEASE
    assert rules(late, on(60))[0] is Effect.REFUSE


def test_a_request_needs_no_more_of_the_sealed_record_than_it_opens() -> None:
    """The content of an item is never opened to decide about it."""
    world = partners()
    known = world.read(RequestRelease(requested()).question(world.history), RequestRelease.opens)
    (registered,) = known.of(ItemRegistered)
    assert registered.fact.content.seal is Seal.CLOSED
    assert registered.fact.title.seal is Seal.CLOSED


def test_existence_only_to_a_few_is_held_because_the_source_would_be_guessed() -> None:
    """Allende: saying that we have it was what killed."""
    world = partners().tell(knowers(3), at=on(-0.5), by=SOL)
    world.tell(requested(extent=Extent.EXISTENCE), by=ANA)
    assert "few-could-have-known" in rules(world)[1]


def test_a_release_is_signed_by_who_made_it_and_its_verdict_by_the_node() -> None:
    verdict, out, _ = ready().decide(ReleaseItem(ASK), by=REX)
    assert verdict.by == Actor(REX.person, Role.NODE)
    assert out.by == REX


def test_a_chain_of_command_that_grew_is_seen_to_its_new_top() -> None:
    world = ready().tell(superior("tom", "max"), at=on(-0.1))
    assert rules(world)[0] is Effect.RELEASE, "tom signed the agreement: who stands above tom is not asked"
    beside = ready().tell(superior("sue", "max"), at=on(-0.1))
    assert "chain-unknown" in rules(beside)[1]


def test_an_agreement_of_one_person_permits_nothing_until_another_endorses_it() -> None:
    """Where people are admitted: whoever recorded it alone could have chosen figures under which all is released."""
    world = ready(founded())
    verdicts = [
        d.fact for d in world.decide(DecideRequest(ASK), by=ANA) if isinstance(d.fact, VerdictReached)
    ]
    assert [v.effect for v in verdicts] != [Effect.RELEASE]
    assert '"agreement"' not in verdicts[0].dossier.open()
    sha256 = terms_sha256(agreement().terms)
    world.tell(AgreementEndorsed(agreement=AgreementId("pact"), terms_sha256=sha256), by=SYL)
    assert [type(d.fact) for d in world.decide(ReleaseItem(ASK), by=REX)] == [
        VerdictReached,
        ItemReleased,
        CopyReleased,
    ]


def test_what_was_agreed_before_the_founders_were_named_stands() -> None:
    world = ready().tell(FoundersNamed(founders=(PersonId("adam"), PersonId("abel"))), at=on(0))
    assert ItemReleased in [type(d.fact) for d in world.decide(ReleaseItem(ASK), by=REX)]
