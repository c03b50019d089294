"""Retention: nothing under a hold is purged, nobody purges alone, and a purge is complete when no key is left."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Role, Told
from tearline.facts.identifiers import (
    BackupId,
    FactId,
    HoldId,
    ItemId,
    OrganisationId,
    PersonId,
    PurgeId,
    PurgeNoticeId,
    ReleaseId,
    RequestId,
    UnitId,
    ValidationId,
)
from tearline.facts.release import ItemRegistered, SourceWarned
from tearline.facts.retention import (
    HoldGround,
    ItemPurged,
    KeyBackupDestroyed,
    KeyBackupMade,
    LegalHoldLifted,
    LegalHoldPlaced,
    PurgeCompleted,
    Purged,
    PurgeGround,
    PurgeNoticeGiven,
    PurgeNoticeOwed,
    PurgeOrdered,
    PurgeReceiptReceived,
    RecordValidated,
    WrappingKeyIntroduced,
    WrappingKeyRetired,
)
from tearline.folds.obligations import obligations
from tearline.folds.retention import Awaits, clocks, purges
from tearline.rooms.retention.notices import GivePurgeNotice, RecordPurgeReceipt
from tearline.rooms.retention.purges import MOST_AT_ONCE, CompletePurge, OrderPurge, SignPurge
from tearline.rooms.retention.terms import LiftHold, PlaceHold, ValidateRecord
from tearline.rooms.retention.wrapping import (
    IntroduceWrappingKey,
    RecordKeyBackup,
    RecordKeyBackupDestroyed,
    RetireWrappingKey,
)
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    CLIO,
    INA,
    LEO,
    NOON,
    PARAMETERS,
    PROTOCOLS,
    REX,
    RITA,
    SYL,
    World,
    acting,
    agreement,
    compromised,
    disclosed,
    item,
    on,
    organisation,
    partners,
    released,
    requested,
    terms,
    warned,
)

OLA = acting("ola", Role.OVERSEER)
MAX = acting("max", Role.SENIOR_OFFICER)
DESK = acting("desk", Role.NODE)
PHONES, GONE, COPY = ItemId("phones"), PurgeId("gone"), BackupId("safe")
YEARS = 5 * 366.0
"""Days after which a term of five years is surely over."""


def ref(world: World, kind: type[Fact] = ItemRegistered, at: int = -1) -> FactId:
    """The reference of the latest fact of a kind."""
    return FactId(world.history.of(kind)[at].ref)


def hold(
    name: str = "keep", *, record: FactId | None = None, item: str | None = None, request: str | None = None
) -> LegalHoldPlaced:
    return LegalHoldPlaced(
        hold=HoldId(name),
        ground=HoldGround.LITIGATION,
        ordered_by="A court",
        record=record,
        item=ItemId(item) if item else None,
        request=RequestId(request) if request else None,
    )


def lifted(name: str = "keep") -> LegalHoldLifted:
    return LegalHoldLifted(hold=HoldId(name), reason=Sealed("the case is closed"))


def order(*facts: FactId, ground: PurgeGround = PurgeGround.COURT_ORDER, name: str = "gone") -> PurgeOrdered:
    return PurgeOrdered(purge=PurgeId(name), refs=facts, ground=ground, cites="Order 17 of a court")


def validated(name: str = "v-1", item: str = "phones") -> RecordValidated:
    return RecordValidated(
        validation=ValidationId(name), item=ItemId(item), reasons=Sealed("the inquiry goes on")
    )


def backup(epoch: int = 1, expires: datetime | None = None) -> KeyBackupMade:
    return KeyBackupMade(backup=COPY, epoch=epoch, expires=expires or on(30))


def notice(**changed: str) -> PurgeNoticeGiven:
    named = {"notice": "n-1", "purge": "gone", "release": "rel"} | changed
    return PurgeNoticeGiven(
        notice=PurgeNoticeId(named["notice"]),
        purge=PurgeId(named["purge"]),
        release=ReleaseId(named["release"]),
        said=Sealed("we destroyed it"),
    )


def receipt(**changed: str) -> PurgeReceiptReceived:
    told = notice(**changed)
    return PurgeReceiptReceived(
        notice=told.notice, purge=told.purge, release=told.release, stated=Sealed("so did we")
    )


def owed() -> PurgeNoticeOwed:
    return PurgeNoticeOwed(
        notice=PurgeNoticeId("n-1"),
        purge=GONE,
        release=ReleaseId("rel"),
        item=PHONES,
        unit=UnitId("siu"),
        recipients=(PersonId("rita"),),
    )


def given() -> World:
    """The item, a request for it, its release, and what somebody was told of it outside the protocol."""
    return partners().tell(requested(), released(), by=REX).tell(disclosed(to=()), by=REX)


def ordered(
    world: World | None = None,
    kind: type[Fact] = ItemRegistered,
    ground: PurgeGround = PurgeGround.COURT_ORDER,
) -> World:
    world = world or partners()
    return world.tell(order(ref(world, kind), ground=ground), by=REX)


def signed(world: World | None = None) -> World:
    world = ordered(world)
    world.does(SignPurge(purge=GONE), by=SYL)
    return world


def family() -> World:
    """A tearline version of the item, drawn from it."""
    return partners().tell(item("line", tearline_of="phones"))


def held(*, item: str | None = None, request: str | None = None, world: World | None = None) -> World:
    return (world or partners()).tell(hold(item=item, request=request), by=OLA)


def rotated(world: World) -> World:
    """The surviving keys are wrapped anew and the old key is gone."""
    return world.tell(WrappingKeyIntroduced(epoch=2), WrappingKeyRetired(epoch=1), by=DESK)


def signatures() -> World:
    """Only sealed fields that say who destroyed what."""
    return partners().tell(hold(item="phones"), by=SYL).tell(lifted(), by=SYL)


TELLING = Told("telling", NOON, "¶1")


def retold() -> World:
    return World().tell(item("telling.phones"), by=CLIO, told=TELLING)


ACCEPTED = [
    Row(
        claim="an item is validated within its term",
        order=ValidateRecord(validated()),
        by=SYL,
        gives=(RecordValidated,),
    ),
    Row(
        claim="where no agreement governs there is no term that could have ended",
        order=ValidateRecord(validated(item="alone")),
        by=SYL,
        world=World().tell(item("alone", holder="nobody"), at=on(-2 * YEARS)),
        gives=(RecordValidated,),
    ),
    Row(claim="a hold on an item", order=PlaceHold(hold(item="phones")), by=INA, gives=(LegalHoldPlaced,)),
    Row(
        claim="a hold on a request",
        order=PlaceHold(hold(request="ask")),
        by=SYL,
        world=given(),
        gives=(LegalHoldPlaced,),
    ),
    Row(
        claim="a hold on a fact",
        order=PlaceHold(hold(record=ref(partners()))),
        by=OLA,
        gives=(LegalHoldPlaced,),
    ),
    Row(
        claim="a hold on a fact of a worked case",
        order=PlaceHold(hold(record=FactId("ref0"))),
        by=OLA,
        world=retold(),
        gives=(LegalHoldPlaced,),
    ),
    Row(
        claim="an overseer lifts an overseer's hold",
        order=LiftHold(lifted()),
        by=OLA,
        world=held(item="phones"),
        gives=(LegalHoldLifted,),
    ),
    Row(
        claim="an officer lifts an officer's hold",
        order=LiftHold(lifted()),
        by=MAX,
        world=partners().tell(hold(item="phones"), by=SYL),
        gives=(LegalHoldLifted,),
    ),
    Row(
        claim="a purge is ordered by one person",
        order=OrderPurge(order(ref(partners()))),
        by=REX,
        gives=(PurgeOrdered,),
    ),
    Row(
        claim="a purge of what a worked case tells",
        order=OrderPurge(order(FactId("ref0"), ground=PurgeGround.TERM_ENDED)),
        by=REX,
        world=retold(),
        gives=(PurgeOrdered,),
    ),
    Row(
        claim="its term over, an item may go",
        order=OrderPurge(order(ref(partners()), ground=PurgeGround.TERM_ENDED)),
        by=REX,
        now=on(YEARS),
        gives=(PurgeOrdered,),
    ),
    Row(
        claim="a court may order what is within its term",
        order=OrderPurge(order(ref(partners()))),
        by=REX,
        gives=(PurgeOrdered,),
    ),
    Row(
        claim="a hold that was lifted stops nothing",
        order=OrderPurge(order(ref(partners()))),
        by=REX,
        world=held(item="phones").tell(lifted(), by=OLA),
        gives=(PurgeOrdered,),
    ),
    Row(
        claim="a hold on another item stops nothing",
        order=OrderPurge(order(ref(partners()))),
        by=REX,
        world=partners().tell(item("other")).tell(hold(item="other"), by=OLA),
        gives=(PurgeOrdered,),
    ),
    Row(
        claim="another person signs, and the recipients of each release are owed a notice",
        order=SignPurge(purge=GONE),
        by=SYL,
        world=ordered(given()),
        gives=(Purged, ItemPurged, PurgeNoticeOwed, PurgeNoticeOwed),
    ),
    Row(
        claim="who received what was drawn from it is told too",
        order=SignPurge(purge=GONE),
        by=OLA,
        world=ordered(
            partners().tell(item("line", tearline_of="phones"), released(item="line")).tell(item())
        ),
        gives=(Purged, ItemPurged, PurgeNoticeOwed),
    ),
    Row(
        claim="what recipients never had they are not told of",
        order=SignPurge(purge=GONE),
        by=SYL,
        world=ordered(given().tell(warned()), SourceWarned),
        gives=(Purged,),
    ),
    Row(
        claim="of a worked case nobody is owed a notice",
        order=SignPurge(purge=GONE),
        by=SYL,
        world=ordered(retold()),
        gives=(Purged,),
    ),
    Row(
        claim="a recipient is told",
        order=GivePurgeNotice(notice()),
        by=LEO,
        world=partners().tell(owed()),
        gives=(PurgeNoticeGiven,),
    ),
    Row(
        claim="the partner states what it destroyed",
        order=RecordPurgeReceipt(receipt()),
        by=RITA,
        world=partners().tell(owed()).tell(notice(), by=LEO),
        gives=(PurgeReceiptReceived,),
    ),
    Row(
        claim="the key after the first",
        order=IntroduceWrappingKey(WrappingKeyIntroduced(epoch=2)),
        by=DESK,
        gives=(WrappingKeyIntroduced,),
    ),
    Row(
        claim="the key after that",
        order=IntroduceWrappingKey(WrappingKeyIntroduced(epoch=3)),
        by=DESK,
        world=rotated(partners()),
        gives=(WrappingKeyIntroduced,),
    ),
    Row(
        claim="the old key retires",
        order=RetireWrappingKey(WrappingKeyRetired(epoch=1)),
        by=DESK,
        world=partners().tell(WrappingKeyIntroduced(epoch=2), by=DESK),
        gives=(WrappingKeyRetired,),
    ),
    Row(claim="keys are backed up", order=RecordKeyBackup(backup()), by=DESK, gives=(KeyBackupMade,)),
    Row(
        claim="the key that is about to be replaced is still backed up",
        order=RecordKeyBackup(backup()),
        by=DESK,
        world=partners().tell(WrappingKeyIntroduced(epoch=2), by=DESK),
        gives=(KeyBackupMade,),
    ),
    Row(
        claim="a backup is destroyed",
        order=RecordKeyBackupDestroyed(KeyBackupDestroyed(backup=COPY)),
        by=SYL,
        world=partners().tell(backup(), by=DESK),
        gives=(KeyBackupDestroyed,),
    ),
    Row(
        claim="the old key gone, a purge is complete",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(signed()),
        gives=(PurgeCompleted,),
    ),
    Row(
        claim="backups that expired open nothing",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(signed(partners().tell(backup(), by=DESK))),
        now=on(30),
        gives=(PurgeCompleted,),
    ),
    Row(
        claim="nor do backups that were destroyed",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(signed(partners().tell(backup(), by=DESK))).tell(KeyBackupDestroyed(backup=COPY)),
        gives=(PurgeCompleted,),
    ),
    Row(
        claim="a backup of a later key holds nothing of it",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(signed()).tell(backup(epoch=2), by=DESK),
        gives=(PurgeCompleted,),
    ),
]

REFUSED = [
    Row(
        claim="validation under a name that is taken",
        order=ValidateRecord(validated()),
        by=SYL,
        world=partners().tell(validated(), by=SYL),
        refused="once",
    ),
    Row(claim="of no item", order=ValidateRecord(validated(item="none")), by=SYL, refused="known"),
    Row(
        claim="of an item before it was registered",
        order=ValidateRecord(validated()),
        by=SYL,
        at=on(-2),
        refused="answers-after",
    ),
    Row(
        claim="of what is purged",
        order=ValidateRecord(validated()),
        by=SYL,
        world=signed(),
        refused="purged-once",
    ),
    Row(
        claim="when the term is over",
        order=ValidateRecord(validated()),
        by=SYL,
        now=on(YEARS),
        refused="term-over",
    ),
    Row(
        claim="when the term that an agreement sets is over",
        order=ValidateRecord(validated()),
        by=SYL,
        at=on(3),
        now=on(8),
        world=partners()
        .tell(agreement("short", parameters=PARAMETERS | {"retention_term": "7d"}), at=on(-80))
        .tell(requested(under="short"), by=ANA),
        refused="term-over",
    ),
    Row(claim="a hold on nothing", order=PlaceHold(hold()), by=SYL, refused="on-one-thing"),
    Row(
        claim="a hold on two things",
        order=PlaceHold(hold(item="phones", request="ask")),
        by=SYL,
        world=given(),
        refused="on-one-thing",
    ),
    Row(
        claim="a hold under a name that is taken",
        order=PlaceHold(hold(item="phones")),
        by=SYL,
        world=held(item="phones"),
        refused="once",
    ),
    Row(claim="a hold on no item", order=PlaceHold(hold(item="none")), by=SYL, refused="known"),
    Row(claim="a hold on no request", order=PlaceHold(hold(request="none")), by=SYL, refused="known"),
    Row(claim="a hold on no fact", order=PlaceHold(hold(record=FactId("none"))), by=SYL, refused="known"),
    Row(
        claim="a hold on what is purged",
        order=PlaceHold(hold(record=ref(partners()))),
        by=SYL,
        world=signed(),
        refused="purged-once",
    ),
    Row(claim="lifting no hold", order=LiftHold(lifted()), by=SYL, refused="known"),
    Row(
        claim="lifting twice",
        order=LiftHold(lifted()),
        by=OLA,
        world=held(item="phones").tell(lifted(), by=OLA),
        refused="lifted-once",
    ),
    Row(
        claim="an officer lifts an overseer's hold",
        order=LiftHold(lifted()),
        by=SYL,
        world=held(item="phones"),
        refused="overseer-lifts",
    ),
    Row(
        claim="lifting before it was placed",
        order=LiftHold(lifted()),
        by=OLA,
        at=on(-1),
        world=held(item="phones"),
        refused="answers-after",
    ),
    Row(
        claim="a purge under a name that is taken",
        order=OrderPurge(order(ref(partners()))),
        by=REX,
        world=ordered(),
        refused="once",
    ),
    Row(claim="of nothing", order=OrderPurge(order()), by=REX, refused="names-what-it-purges"),
    Row(
        claim="of one fact twice",
        order=OrderPurge(order(ref(partners()), ref(partners()))),
        by=REX,
        refused="names-what-it-purges",
    ),
    Row(
        claim="of more than fit into one fact",
        order=OrderPurge(order(*(FactId(f"r{n}") for n in range(MOST_AT_ONCE + 1)))),
        by=REX,
        refused="names-what-it-purges",
    ),
    Row(claim="of no fact", order=OrderPurge(order(FactId("none"))), by=REX, refused="known"),
    Row(
        claim="of a fact without sealed fields",
        order=OrderPurge(order(FactId("ref0"))),
        by=REX,
        refused="nothing-sealed",
    ),
    Row(
        claim="of a purge itself",
        order=OrderPurge(order(ref(signed(), Purged), name="again")),
        by=REX,
        world=signed(),
        refused="purges-stay-on-record",
    ),
    Row(
        claim="of why a hold was lifted",
        order=OrderPurge(order(ref(signatures(), LegalHoldLifted))),
        by=REX,
        world=signatures(),
        refused="purges-stay-on-record",
    ),
    Row(
        claim="of what is purged already",
        order=OrderPurge(order(ref(partners()), name="again")),
        by=REX,
        world=signed(),
        refused="purged-once",
    ),
    *[
        Row(
            claim=f"what is held by {what}",
            order=OrderPurge(order(target)),
            by=REX,
            world=world,
            refused="held",
        )
        for what, target, world in [
            ("its item", ref(partners()), held(item="phones")),
            ("its request", ref(given(), type(requested())), held(request="ask", world=given())),
            ("its reference", ref(partners()), partners().tell(hold(record=ref(partners())), by=OLA)),
            ("the item that it was drawn from", ref(family()), held(item="phones", world=family())),
            ("an item drawn from it", ref(partners()), held(item="line", world=family())),
            ("the item of its request", ref(given(), type(requested())), held(item="phones", world=given())),
            (
                "the item of its compromise",
                ref(partners().tell(compromised()), type(compromised())),
                held(item="phones", world=partners().tell(compromised())),
            ),
            ("the item of its release", ref(given(), type(disclosed())), held(item="phones", world=given())),
        ]
    ],
    Row(
        claim="a fact of a worked case that is held",
        order=OrderPurge(order(FactId("ref0"))),
        by=REX,
        world=retold().tell(hold(record=FactId("ref0")), by=OLA),
        refused="held",
    ),
    Row(
        claim="on the ground of a term that runs",
        order=OrderPurge(order(ref(partners()), ground=PurgeGround.TERM_ENDED)),
        by=REX,
        refused="term-not-over",
    ),
    Row(
        claim="on the ground of a term that was renewed",
        order=OrderPurge(order(ref(partners()), ground=PurgeGround.TERM_ENDED)),
        by=REX,
        now=on(YEARS),
        world=partners().tell(validated(), by=SYL, at=on(1000)),
        refused="term-not-over",
    ),
    Row(claim="signing no order", order=SignPurge(purge=GONE), by=SYL, refused="known"),
    Row(
        claim="one person signs both times",
        order=SignPurge(purge=GONE),
        by=SYL,
        world=partners().tell(order(ref(partners())), by=SYL),
        refused="two-signers",
    ),
    Row(
        claim="one person signs both times in another role",
        order=SignPurge(purge=GONE),
        by=acting("rex", Role.OVERSEER),
        world=ordered(),
        refused="two-signers",
    ),
    Row(
        claim="signing before it was ordered",
        order=SignPurge(purge=GONE),
        by=SYL,
        at=on(-1),
        world=ordered(),
        refused="answers-after",
    ),
    Row(
        claim="signing what came under a hold since",
        order=SignPurge(purge=GONE),
        by=SYL,
        world=ordered().tell(hold(item="phones"), by=OLA),
        refused="held",
    ),
    Row(
        claim="signing twice",
        order=SignPurge(purge=GONE),
        by=OLA,
        world=signed(),
        refused="purged-once",
    ),
    Row(
        claim="signing for a term that was renewed since",
        order=SignPurge(purge=GONE),
        by=SYL,
        now=on(YEARS),
        world=partners()
        .tell(order(ref(partners()), ground=PurgeGround.TERM_ENDED), by=REX, at=on(1000))
        .tell(validated(), by=SYL, at=on(1001)),
        refused="term-not-over",
    ),
    Row(claim="a notice that nobody is owed", order=GivePurgeNotice(notice()), by=LEO, refused="known"),
    Row(
        claim="a notice twice",
        order=GivePurgeNotice(notice()),
        by=LEO,
        world=partners().tell(owed()).tell(notice(), by=LEO),
        refused="once",
    ),
    *[
        Row(
            claim=f"a notice of another {what}",
            order=GivePurgeNotice(notice(**{what: "another"})),
            by=LEO,
            world=partners().tell(owed()),
            refused="same-notice",
        )
        for what in ("purge", "release")
    ],
    Row(
        claim="a notice from before the purge",
        order=GivePurgeNotice(notice()),
        by=LEO,
        at=on(-1),
        world=partners().tell(owed()),
        refused="answers-after",
    ),
    Row(
        claim="a receipt for no notice",
        order=RecordPurgeReceipt(receipt()),
        by=LEO,
        world=partners().tell(owed()),
        refused="known",
    ),
    Row(
        claim="a receipt twice",
        order=RecordPurgeReceipt(receipt()),
        by=LEO,
        world=partners().tell(notice(), receipt(), by=LEO),
        refused="once",
    ),
    *[
        Row(
            claim=f"a first wrapping key of epoch {epoch}",
            order=IntroduceWrappingKey(WrappingKeyIntroduced(epoch=epoch)),
            by=DESK,
            refused="epochs-count-up",
        )
        for epoch in (0, 1)
    ],
    *[
        Row(
            claim=f"after the second, one of epoch {epoch}",
            order=IntroduceWrappingKey(WrappingKeyIntroduced(epoch=epoch)),
            by=DESK,
            world=rotated(partners()),
            refused="epochs-count-up",
        )
        for epoch in (2, 4)
    ],
    Row(
        claim="a wrapping key while another is replaced",
        order=IntroduceWrappingKey(WrappingKeyIntroduced(epoch=3)),
        by=DESK,
        world=partners().tell(WrappingKeyIntroduced(epoch=2), by=DESK),
        refused="one-key-at-a-time",
    ),
    Row(
        claim="a key retires that nothing replaced",
        order=RetireWrappingKey(WrappingKeyRetired(epoch=1)),
        by=DESK,
        refused="replaced-first",
    ),
    Row(
        claim="a key retires twice",
        order=RetireWrappingKey(WrappingKeyRetired(epoch=1)),
        by=DESK,
        world=rotated(partners()),
        refused="retired-once",
    ),
    Row(
        claim="a backup under a name that is taken",
        order=RecordKeyBackup(backup()),
        by=DESK,
        world=partners().tell(backup(), by=DESK),
        refused="once",
    ),
    Row(
        claim="a backup of a key that retired",
        order=RecordKeyBackup(backup()),
        by=DESK,
        world=rotated(partners()),
        refused="backs-up-what-is-in-use",
    ),
    Row(
        claim="a backup that has expired",
        order=RecordKeyBackup(backup(expires=NOON)),
        by=DESK,
        refused="expires-later",
    ),
    Row(
        claim="no such backup destroyed",
        order=RecordKeyBackupDestroyed(KeyBackupDestroyed(backup=COPY)),
        by=DESK,
        refused="known",
    ),
    Row(
        claim="a backup destroyed twice",
        order=RecordKeyBackupDestroyed(KeyBackupDestroyed(backup=COPY)),
        by=DESK,
        world=partners().tell(backup(), KeyBackupDestroyed(backup=COPY), by=DESK),
        refused="once",
    ),
    Row(
        claim="completing what was only ordered",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(ordered()),
        refused="known",
    ),
    Row(
        claim="completing twice",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(signed()).tell(PurgeCompleted(purge=GONE, epoch=1), by=DESK),
        refused="once",
    ),
    Row(
        claim="completing under the key of that time",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=signed(),
        refused="old-key-gone",
    ),
    Row(
        claim="completing while the old key is still there",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=signed().tell(WrappingKeyIntroduced(epoch=2), by=DESK),
        refused="old-key-gone",
    ),
    Row(
        claim="completing by a key that was there before the purge",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=signed(rotated(partners())),
        refused="old-key-gone",
    ),
    Row(
        claim="completing while a backup of the old key lives",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=rotated(signed(partners().tell(backup(), by=DESK))),
        now=on(30) - timedelta(microseconds=1),
        refused="key-backups-gone",
    ),
    Row(
        claim="completing while a backup of a still older key lives",
        order=CompletePurge(purge=GONE),
        by=DESK,
        world=signed(rotated(partners().tell(backup(), by=DESK))).tell(
            WrappingKeyIntroduced(epoch=3), WrappingKeyRetired(epoch=2), by=DESK
        ),
        refused="key-backups-gone",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_recorded(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_refused(row: Row) -> None:
    check(row)


def test_a_purge_names_its_places_its_ground_and_both_signers() -> None:
    world = ordered(given())
    (purged, gone, *notices) = world.does(SignPurge(purge=GONE), by=SYL)
    target = world.history.of(ItemRegistered)[-1]
    assert isinstance(purged, Purged)
    assert (purged.refs, purged.indices) == ((target.ref,), (target.position,))
    assert (purged.ground, purged.cites) == (PurgeGround.COURT_ORDER, "Order 17 of a court")
    assert purged.ordered_by == REX.person != SYL.person
    assert gone == ItemPurged(purge=GONE, item=PHONES)
    told = [n for n in notices if isinstance(n, PurgeNoticeOwed)]
    assert [(n.release, n.recipients) for n in told] == [("rel", ("rita",)), ("told", ())]
    assert len({n.notice for n in told}) == 2


@pytest.mark.parametrize(
    "kept",
    [
        hold(item="phones"),
        lifted(),
        validated(),
        owed(),
        notice(),
        receipt(),
        backup(),
        WrappingKeyIntroduced(epoch=2),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_nothing_in_this_room_can_be_purged(kept: Fact) -> None:
    world = partners().tell(kept)
    assert world.refuses(OrderPurge(order(FactId(world.facts[-1].ref))), by=REX) == "purges-stay-on-record"


# Terms


def test_a_term_runs_from_registration_and_anew_from_each_validation() -> None:
    world = partners()
    (clock,) = clocks(world.history, PROTOCOLS)
    assert (clock.about, clock.due) == ("phones", on(-1) + timedelta(days=1826))
    world.tell(validated(), by=SYL, at=on(1000))
    (clock,) = clocks(world.history, PROTOCOLS)
    assert clock.due == on(1000) + timedelta(days=1826)
    world.tell(ItemPurged(purge=GONE, item=PHONES), at=on(1001))
    assert clocks(world.history, PROTOCOLS) == []


def test_what_was_shared_is_kept_by_the_terms_under_which_it_was() -> None:
    """Signed after the item was registered, it binds all the same."""
    world = partners().tell(agreement("short", parameters=PARAMETERS | {"retention_term": "30d"}), at=on(1))
    assert [clock.agreement.agreement for clock in clocks(world.history, PROTOCOLS)] == ["pact"]
    world.tell(requested(under="short"), at=on(2), by=ANA)
    assert [(c.agreement.agreement, c.due) for c in clocks(world.history, PROTOCOLS)] == [("short", on(29))]


@pytest.mark.parametrize(("stated", "days"), [("30d", 30), ("1826d", 1826), ("9000d", 1826)])
def test_an_agreement_may_set_a_shorter_term_and_no_longer_one(stated: str, days: int) -> None:
    world = World().tell(
        organisation("own"), agreement(parameters=PARAMETERS | {"retention_term": stated}), at=on(-3)
    )
    world.tell(item(), at=NOON)
    (clock,) = clocks(world.history, PROTOCOLS)
    assert clock.due == on(days)


def test_what_a_worked_case_tells_has_no_term() -> None:
    world = World().tell(organisation("own"), agreement(), item(), by=CLIO, told=Told("telling", NOON, "¶1"))
    assert clocks(world.history, PROTOCOLS) == []


# What is owed


def kinds_owed(world: World) -> set[str]:
    found = obligations(world.history, PROTOCOLS)
    return {o.kind for o in found if o.discharged_by is None and "purge" in o.kind}


def test_notices_are_owed_until_given_and_receipts_until_received() -> None:
    world = signed(given())
    assert kinds_owed(world) == {"tell-recipient-of-purge", "complete-purge"}
    notices = [r.fact for r in world.history.of(PurgeNoticeOwed)]
    for due in notices:
        world.does(
            GivePurgeNotice(
                PurgeNoticeGiven(
                    notice=due.notice, purge=due.purge, release=due.release, said=Sealed("it is gone")
                )
            ),
            by=LEO,
        )
    assert kinds_owed(world) == {"receipt-for-purge", "complete-purge"}
    for due in notices:
        world.does(
            RecordPurgeReceipt(
                PurgeReceiptReceived(
                    notice=due.notice, purge=due.purge, release=due.release, stated=Sealed("ours too")
                )
            ),
            by=LEO,
        )
    assert kinds_owed(world) == {"complete-purge"}
    rotated(world).does(CompletePurge(purge=GONE), by=DESK)
    assert kinds_owed(world) == set()


def test_a_notice_is_owed_to_whom_the_agreement_names() -> None:
    world = signed(given())
    (owing, *_) = [o for o in obligations(world.history, PROTOCOLS) if o.kind == "tell-recipient-of-purge"]
    assert (owing.debtor, owing.creditor, owing.due) == (
        OrganisationId("own"),
        OrganisationId("partner"),
        None,
    )


# Where a purge stands


def stands(world: World, now: datetime = NOON) -> list[tuple[Awaits, BackupId | None]]:
    (standing,) = purges(world.history, now)
    return [(awaited.what, awaited.backup) for awaited in standing.awaits]


def test_it_is_said_what_a_purge_still_waits_for() -> None:
    world = ordered(partners().tell(backup(), by=DESK))
    assert stands(world) == [(Awaits.SECOND_SIGNATURE, None)]
    world.does(SignPurge(purge=GONE), by=SYL)
    assert stands(world) == [(Awaits.REWRAP, None)]
    world.tell(WrappingKeyIntroduced(epoch=2), by=DESK)
    assert stands(world) == [(Awaits.OLD_KEY, None), (Awaits.KEY_BACKUP, COPY)]
    world.tell(WrappingKeyRetired(epoch=1), by=DESK)
    assert stands(world) == [(Awaits.KEY_BACKUP, COPY)]
    assert stands(world, on(30)) == [(Awaits.RECORD, None)]
    world.does(CompletePurge(purge=GONE), by=DESK, now=on(30))
    assert stands(world) == []


def test_who_is_still_to_be_told_is_said() -> None:
    world = signed(given())
    (standing,) = purges(world.history, NOON)
    assert [r.fact.release for r in standing.untold] == ["rel", "told"]
    due = standing.untold[0].fact
    world.tell(replace(notice(), notice=due.notice, release=due.release), by=LEO)
    (standing,) = purges(world.history, NOON)
    assert [r.fact.release for r in standing.untold] == ["told"]


def test_an_agreement_leaves_the_new_parameters_unsaid() -> None:
    assert "retention_term" not in terms().parameters
    world = World().tell(organisation("own"), agreement(), at=on(-3)).tell(item(), by=ANA)
    assert [clock.due for clock in clocks(world.history, PROTOCOLS)] == [on(1826)]
