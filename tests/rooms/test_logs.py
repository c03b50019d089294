"""Partners' logs: who may say which log is believed, and that nothing contradictory stands side by side."""

import dataclasses

import pytest

from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import OrganisationId, PersonId, RequestId
from tearline.facts.logs import (
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    Misfit,
    PartnerLogHandedOver,
    PartnerLogNamed,
)
from tearline.facts.release import CopyReleased, ItemReleased, VerdictReached
from tearline.rooms.logs.naming import NamePartnerLog
from tearline.rooms.logs.received import (
    ReceiveCheckpoint,
    RecordFork,
    RecordUnproven,
    ShowConsistency,
    TakeHandOver,
)
from tearline.rooms.release.releasing import ReleaseItem
from tests.logs import fork, handed_over, named, received, shown, signed, unproven
from tests.nodes import COMMANDS
from tests.rooms.rows import Row, check
from tests.rooms.test_release import ready
from tests.worlds import LEO, REX, SYL, World, organisation, partners, person

NEW = "partner.example/second"
TOM = Actor(PersonId("tom"), Role.SENIOR_OFFICER)
RELEASE = ReleaseItem(RequestId("ask"))
SECOND = named(NEW, replaces="partner.example/desk")
RELEASED = (VerdictReached, ItemReleased, CopyReleased)


def watched() -> World:
    """The partner's log is named, and a checkpoint of five entries is held."""
    return partners().tell(named(), by=LEO).tell(received(5))


def forked() -> World:
    return watched().tell(fork())


def other_fork() -> ForkEvidence:
    return dataclasses.replace(fork(), organisation=OrganisationId("third"))


def third_party() -> World:
    """The fork is of the organisation to which the recipient belongs, and not the unit."""
    world = partners().tell(organisation("third")).tell(person("rita", of="third"))
    return world.tell(named(of="third"), by=LEO).tell(other_fork())


ACCEPTED = [
    Row(
        claim="a log is named by one person", order=NamePartnerLog(named()), by=LEO, gives=(PartnerLogNamed,)
    ),
    Row(
        claim="a log moves to another address",
        order=NamePartnerLog(named(url="https://elsewhere.example/ledger")),
        by=LEO,
        world=watched(),
        gives=(PartnerLogNamed,),
    ),
    Row(
        claim="a second person confirms by the same words",
        order=NamePartnerLog(SECOND),
        by=SYL,
        world=forked().tell(SECOND, by=LEO),
        gives=(PartnerLogNamed,),
    ),
    Row(
        claim="the first checkpoint of a log has nothing to fit",
        order=ReceiveCheckpoint(received(5)),
        by=LEO,
        world=partners().tell(named(), by=LEO),
        gives=(CheckpointReceived,),
    ),
    Row(
        claim="a larger one fits the one that is held",
        order=ReceiveCheckpoint(received(9, fits=5)),
        by=LEO,
        world=watched(),
        gives=(CheckpointReceived,),
    ),
    Row(
        claim="a smaller one that was shown to fit is no fork",
        order=ReceiveCheckpoint(received(3, fits=5)),
        by=LEO,
        world=watched(),
        gives=(CheckpointReceived,),
    ),
    Row(
        claim="a checkpoint that was not shown to fit",
        order=RecordUnproven(unproven(9, held=5)),
        by=LEO,
        world=watched(),
        gives=(ConsistencyUnproven,),
    ),
    Row(
        claim="a checkpoint that was shown to fit after all",
        order=ShowConsistency(shown(9, fits=5)),
        by=LEO,
        world=watched().tell(unproven(9, held=5)),
        gives=(ConsistencyShown,),
    ),
    Row(
        claim="two roots for one size",
        order=RecordFork(fork()),
        by=LEO,
        world=watched(),
        gives=(ForkEvidence,),
    ),
    Row(
        claim="another beginning, with its proof",
        order=RecordFork(fork(5, 9)),
        by=LEO,
        world=watched(),
        gives=(ForkEvidence,),
    ),
    Row(
        claim="another root for nothing at all needs no proof",
        order=RecordFork(fork(0, 9, proof=False)),
        by=LEO,
        world=watched(),
        gives=(ForkEvidence,),
    ),
    Row(
        claim="more evidence is added",
        order=RecordFork(fork(5, 9)),
        by=LEO,
        world=forked(),
        gives=(ForkEvidence,),
    ),
    Row(
        claim="the key that we believe signs for the next",
        order=TakeHandOver(handed_over()),
        by=LEO,
        world=watched(),
        gives=(PartnerLogHandedOver,),
    ),
    Row(
        claim="and that one for the one after",
        order=TakeHandOver(handed_over(before="next", to="third")),
        by=LEO,
        world=watched().tell(handed_over()),
        gives=(PartnerLogHandedOver,),
    ),
    Row(claim="what fits stops nothing", order=RELEASE, by=REX, world=ready(watched()), gives=RELEASED),
    Row(
        claim="a release goes out again once two people have named another log",
        order=RELEASE,
        by=REX,
        world=ready(forked().tell(SECOND, by=LEO).tell(SECOND, by=SYL)),
        gives=RELEASED,
    ),
    Row(
        claim="a release goes out again once the checkpoint was shown to fit",
        order=RELEASE,
        by=REX,
        world=ready(watched().tell(unproven(9, held=5), shown(9, fits=5))),
        gives=RELEASED,
    ),
    Row(
        claim="another organisation's fork stops nothing between us",
        order=RELEASE,
        by=REX,
        world=ready(
            partners().tell(organisation("third")).tell(named(of="third"), by=LEO).tell(other_fork())
        ),
        gives=RELEASED,
    ),
]

REFUSED = [
    Row(
        claim="a hand-over by a key that was handed over before",
        order=TakeHandOver(handed_over(to="third")),
        by=LEO,
        world=watched().tell(handed_over()),
        refused="handed-over-by-the-latest",
    ),
    Row(
        claim="a hand-over to a key of another name",
        order=TakeHandOver(dataclasses.replace(handed_over(), vkey=named(NEW).vkey)),
        by=LEO,
        world=watched(),
        refused="handed-over-by-the-latest",
    ),
    Row(
        claim="a hand-over to a key that another log bears",
        order=TakeHandOver(handed_over(to=NEW)),
        by=LEO,
        world=watched().tell(named(NEW), by=LEO),
        refused="one-key-one-log",
    ),
    Row(
        claim="a log named with a key that another was handed over to",
        order=NamePartnerLog(named(NEW, key="next")),
        by=LEO,
        world=watched().tell(handed_over()),
        refused="one-key-one-log",
    ),
    Row(
        claim="a log that forked is handed over to nobody",
        order=TakeHandOver(handed_over()),
        by=LEO,
        world=forked(),
        refused="forked-log",
    ),
    Row(
        claim="a release to an organisation whose log forked",
        order=RELEASE,
        by=REX,
        world=ready(forked()),
        refused="forked-log",
    ),
    Row(
        claim="a release to an organisation whose log has not shown that it fits",
        order=RELEASE,
        by=REX,
        world=ready(watched().tell(unproven(9, held=5))),
        refused="unproven-log",
    ),
    Row(
        claim="one person alone does not put a log in place of one that forked",
        order=RELEASE,
        by=REX,
        world=ready(forked().tell(SECOND, by=LEO)),
        refused="forked-log",
    ),
    Row(
        claim="the same person twice is no second one, whatever else they say",
        order=RELEASE,
        by=REX,
        world=ready(
            forked()
            .tell(SECOND, by=LEO)
            .tell(dataclasses.replace(SECOND, url="https://b.example/ledger"), by=LEO)
        ),
        refused="forked-log",
    ),
    Row(
        claim="two people who name two different logs have not named one",
        order=RELEASE,
        by=REX,
        world=ready(
            forked()
            .tell(SECOND, by=LEO)
            .tell(named("partner.example/third", replaces="partner.example/desk"), by=SYL)
        ),
        refused="forked-log",
    ),
    Row(
        claim="a log that was named before the evidence came is not named in view of it",
        order=RELEASE,
        by=REX,
        world=ready(watched().tell(SECOND, by=LEO).tell(SECOND, by=SYL).tell(fork())),
        refused="forked-log",
    ),
    Row(
        claim="a log in place of nothing lifts nothing",
        order=RELEASE,
        by=REX,
        world=ready(forked().tell(named(NEW), by=LEO).tell(named(NEW), by=SYL)),
        refused="forked-log",
    ),
    Row(
        claim="the log that was put in place forks as well",
        order=RELEASE,
        by=REX,
        world=ready(forked().tell(SECOND, by=LEO).tell(SECOND, by=SYL).tell(fork(origin=NEW))),
        refused="forked-log",
    ),
    Row(
        claim="a unit of another organisation in which the partner's people serve",
        order=RELEASE,
        by=REX,
        world=ready(third_party()),
        refused="forked-log",
    ),
    Row(claim="a log of nobody", order=NamePartnerLog(named(of="none")), by=LEO, refused="known"),
    Row(
        claim="a log under another's name",
        order=NamePartnerLog(dataclasses.replace(named(), origin=NEW)),
        by=LEO,
        refused="log-bears-its-name",
    ),
    Row(
        claim="a log whose key bears another name",
        order=NamePartnerLog(dataclasses.replace(named(), vkey=named(NEW).vkey)),
        by=LEO,
        refused="log-bears-its-name",
    ),
    Row(
        claim="another key for a log that is named",
        order=NamePartnerLog(named(key=NEW)),
        by=LEO,
        world=watched(),
        refused="one-key-one-log",
    ),
    Row(
        claim="a key that another log bears",
        order=NamePartnerLog(named(NEW, key="partner.example/desk")),
        by=LEO,
        world=watched(),
        refused="one-key-one-log",
    ),
    Row(
        claim="a partner's log said to be somebody else's",
        order=NamePartnerLog(named(of="watch")),
        by=LEO,
        world=watched(),
        refused="one-key-one-log",
    ),
    Row(
        claim="a log named by its owner's own officer",
        order=NamePartnerLog(named()),
        by=TOM,
        refused="not-by-its-owner",
    ),
    Row(
        claim="a log in place of one that nobody named",
        order=NamePartnerLog(named(NEW, replaces="nowhere.example/log")),
        by=LEO,
        world=forked(),
        refused="known",
    ),
    Row(
        claim="a log in place of itself",
        order=NamePartnerLog(named(replaces="partner.example/desk")),
        by=LEO,
        world=forked(),
        refused="another-log",
    ),
    Row(
        claim="the same words of the same person are no second person's",
        order=NamePartnerLog(SECOND),
        by=LEO,
        world=forked().tell(SECOND, by=LEO),
        refused="once",
    ),
    Row(claim="a checkpoint of no log", order=ReceiveCheckpoint(received(5)), by=LEO, refused="known"),
    Row(
        claim="a checkpoint in the name of another organisation",
        order=ReceiveCheckpoint(
            dataclasses.replace(received(9, fits=5), organisation=OrganisationId("watch"))
        ),
        by=LEO,
        world=watched(),
        refused="known",
    ),
    Row(
        claim="a checkpoint twice",
        order=ReceiveCheckpoint(received(5, fits=5)),
        by=LEO,
        world=watched(),
        refused="once",
    ),
    Row(
        claim="a checkpoint that was compared with nothing",
        order=ReceiveCheckpoint(received(9)),
        by=LEO,
        world=watched(),
        refused="compared-with-the-latest",
    ),
    Row(
        claim="a checkpoint that was compared before a larger one came",
        order=ReceiveCheckpoint(received(9, fits=5)),
        by=LEO,
        world=watched().tell(received(7, fits=5)),
        refused="compared-with-the-latest",
    ),
    Row(
        claim="a root that contradicts what is held is no checkpoint but evidence",
        order=ReceiveCheckpoint(dataclasses.replace(received(5, fits=5), checkpoint=signed(5, "other"))),
        by=LEO,
        world=watched(),
        refused="contradiction-is-evidence",
    ),
    Row(
        claim="a root that contradicts what is unproven is evidence too",
        order=RecordUnproven(unproven(9, held=5, history="other")),
        by=LEO,
        world=watched().tell(unproven(9, held=5)),
        refused="contradiction-is-evidence",
    ),
    Row(
        claim="what stands unproven is not received as if it were not",
        order=ReceiveCheckpoint(received(9, fits=5)),
        by=LEO,
        world=watched().tell(unproven(9, held=5)),
        refused="once",
    ),
    Row(
        claim="a log that forked has no more checkpoints",
        order=ReceiveCheckpoint(received(9, fits=5)),
        by=LEO,
        world=forked(),
        refused="forked-log",
    ),
    Row(
        claim="a log that forked shows nothing any more",
        order=ShowConsistency(shown(9, fits=5)),
        by=LEO,
        world=watched().tell(unproven(9, held=5), fork()),
        refused="forked-log",
    ),
    Row(
        claim="a log that forked is not merely unproven",
        order=RecordUnproven(unproven(9, held=5)),
        by=LEO,
        world=forked(),
        refused="forked-log",
    ),
    Row(
        claim="what was never unproven is not shown after all",
        order=ShowConsistency(shown(9, fits=5)),
        by=LEO,
        world=watched(),
        refused="known",
    ),
    Row(claim="evidence twice", order=RecordFork(fork()), by=LEO, world=forked(), refused="once"),
    Row(
        claim="two equal roots are no evidence",
        order=RecordFork(dataclasses.replace(fork(), longer=signed(5))),
        by=LEO,
        world=watched(),
        refused="evidence-contradicts",
    ),
    Row(
        claim="two sizes are no two roots for one",
        order=RecordFork(dataclasses.replace(fork(5, 9), misfit=Misfit.TWO_ROOTS)),
        by=LEO,
        world=watched(),
        refused="evidence-contradicts",
    ),
    Row(
        claim="two sizes without a proof show nothing",
        order=RecordFork(fork(5, 9, proof=False)),
        by=LEO,
        world=watched(),
        refused="evidence-contradicts",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_logs(row: Row) -> None:
    check(row)


def test_nothing_takes_evidence_back() -> None:
    names = {c.__name__ for c in COMMANDS if c.__module__.startswith("tearline.rooms.logs.")}
    assert names == {
        "NamePartnerLog",
        "TakeHandOver",
        "ReceiveCheckpoint",
        "RecordUnproven",
        "ShowConsistency",
        "RecordFork",
    }
