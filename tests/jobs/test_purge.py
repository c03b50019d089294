"""A purge destroys what it names, in the database and in every older copy of it, and nothing else."""

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.config import Settings
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.fact import Closed, Compartment, Seal, Sealed
from tearline.facts.history import Actor, Recorded, Role, about
from tearline.facts.identifiers import BackupId, FactId, HoldId, PersonId, PurgeId, RequestId
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import (
    Effect,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    ReleaseRequested,
    VerdictReached,
)
from tearline.facts.retention import (
    HoldGround,
    KeyBackupDestroyed,
    KeyBackupMade,
    LegalHoldPlaced,
    PurgeCompleted,
    Purged,
    PurgeGround,
    PurgeOrdered,
    WrappingKeyIntroduced,
    WrappingKeyRetired,
)
from tearline.folds.held import ITSELF
from tearline.folds.retention import Awaits, PurgeStanding
from tearline.jobs.exporting import export_ledger
from tearline.jobs.purge import complete, purges_of
from tearline.ledger import sealing
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.proof import Proof
from tearline.ledger.verify import verify
from tearline.ledger.wrapping import WrappingKey
from tearline.node import Node, Order, make_node, open_node
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import DecideRequest, RequestRelease
from tearline.rooms.retention.purges import OrderPurge, SignPurge
from tearline.rooms.retention.terms import PlaceHold
from tearline.rooms.retention.wrapping import RecordKeyBackup, RecordKeyBackupDestroyed
from tests.databases import postgresql
from tests.ledger.checking import check_ledger
from tests.ledger.test_residue import MARKER, forms
from tests.nodes import Clock, told
from tests.worlds import ANA, NOON, REX, SYL, World, partners, requested

EVERYTHING = frozenset(Compartment)
MAX = Actor(PersonId("max"), Role.SENIOR_OFFICER)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "node"


@pytest.fixture
def node(data: Path, clock: Clock) -> Iterator[Node]:
    """Two partners, and an item whose content is the marker."""
    world = partners()
    made = told(make_node(data, origin="agency.example/node", demo=True, clock=clock), marked(world))
    yield made
    made.ledger.close()


def marked(world: World) -> World:
    world.facts = [
        replace(r, fact=replace(r.fact, content=Sealed(MARKER))) if isinstance(r.fact, ItemRegistered) else r
        for r in world.facts
    ]
    return world


def item(node: Node) -> Recorded[ItemRegistered]:
    (registered,) = node.ledger.read(about("item:phones", kinds=(ItemRegistered,)), opening=EVERYTHING).of(
        ItemRegistered
    )
    return registered


def order(node: Node, *refs: str, name: str = "gone") -> None:
    ordered = PurgeOrdered(
        purge=PurgeId(name),
        refs=tuple(FactId(ref) for ref in refs),
        ground=PurgeGround.COURT_ORDER,
        cites="Order 17 of a court",
    )
    node.record(Order(command=OrderPurge(ordered), by=REX))


def sign(node: Node, name: str = "gone") -> None:
    node.record(Order(command=SignPurge(purge=PurgeId(name)), by=SYL))


def purge(node: Node, *refs: str, name: str = "gone") -> None:
    order(node, *refs, name=name)
    sign(node, name)


def awaited(standing: PurgeStanding) -> list[Awaits]:
    return [one.what for one in standing.awaits]


def kinds(node: Node) -> list[str]:
    asked = about(kinds=(Purged, WrappingKeyIntroduced, WrappingKeyRetired, PurgeCompleted))
    return [type(r.fact).__name__ for r in node.ledger.read(asked)]


# What goes, and what stays


def test_what_was_purged_is_closed_to_everybody_and_stays_provable(node: Node) -> None:
    before = item(node)
    assert before.fact.content.open() == MARKER
    leaf, proof = node.ledger.entry(before.position).leaf, node.ledger.prove(before.position)
    purge(node, before.ref)
    gone = item(node)
    assert {gone.fact.content.seal, gone.fact.title.seal, gone.fact.source_code.seal} == {Seal.PURGED}
    with pytest.raises(Closed):
        gone.fact.content.open()
    assert (gone.ref, gone.by, gone.fact.originator) == (before.ref, before.by, before.fact.originator)
    Proof.parse(proof).verify(leaf, node.ledger.vkey)
    Proof.parse(node.ledger.prove(before.position)).verify(leaf, node.ledger.vkey)
    assert node.ledger.disclosures(before.position) == {}
    check_ledger(node.ledger)
    complete(node)
    check_ledger(node.ledger)
    assert item(node).fact.content.seal is Seal.PURGED


def test_all_else_is_read_as_before(node: Node) -> None:
    known = about(kinds=(KnowersListed,))
    before = node.ledger.read(known, opening=EVERYTHING).facts
    purge(node, item(node).ref)
    complete(node)
    assert node.ledger.read(known, opening=EVERYTHING).facts == before


def test_a_purge_takes_its_steps_once(node: Node, data: Path) -> None:
    purge(node, item(node).ref)
    (standing,) = purges_of(node)
    assert awaited(standing) == [Awaits.REWRAP]
    (standing,) = complete(node)
    assert standing.awaits == ()
    assert standing.completed is not None
    assert kinds(node) == ["Purged", "WrappingKeyIntroduced", "WrappingKeyRetired", "PurgeCompleted"]
    assert node.ledger.epoch() == 2
    assert sorted(f.name for f in (data / "keys").iterdir()) == [
        "fact.key",
        "log.key",
        "log.vkey",
        "master.key",
    ]
    size = node.ledger.size()
    complete(node)
    assert (node.ledger.size(), node.ledger.epoch()) == (size, 2)


def test_several_purges_are_completed_by_one_new_key_and_a_later_one_by_another(node: Node) -> None:
    knowers = node.ledger.read(about(kinds=(KnowersListed,))).facts[0]
    purge(node, item(node).ref, name="one")
    purge(node, knowers.ref, name="two")
    assert [s.epoch for s in complete(node)] == [1, 1]
    assert node.ledger.epoch() == 2
    third = node.ledger.read(about("person:rita", kinds=(PersonEnrolled,))).facts[0]
    purge(node, third.ref, name="three")
    assert [s.epoch for s in complete(node)] == [1, 1, 2]
    assert node.ledger.epoch() == 3
    assert all(s.completed for s in purges_of(node))
    check_ledger(node.ledger)


def test_without_a_purge_no_key_is_replaced(node: Node) -> None:
    order(node, item(node).ref)
    size = node.ledger.size()
    (standing,) = complete(node)
    assert awaited(standing) == [Awaits.SECOND_SIGNATURE]
    assert (node.ledger.size(), node.ledger.epoch()) == (size, 1)


def test_the_node_opens_again_with_the_new_key(node: Node, data: Path, clock: Clock) -> None:
    purge(node, item(node).ref)
    complete(node)
    node.close()
    with closing(open_node(data, clock=clock)) as again:
        assert item(again).fact.content.seal is Seal.PURGED
        again.ledger.check()


def test_the_export_still_verifies(node: Node, data: Path, tmp_path: Path) -> None:
    settings = Settings.read(data)
    export_ledger(node, settings, tmp_path / "before")
    purge(node, item(node).ref)
    complete(node)
    export_ledger(node, settings, tmp_path / "before")
    export_ledger(node, settings, tmp_path / "after")
    for folder in (tmp_path / "before", tmp_path / "after"):
        verify(folder, node.ledger.vkey)


# Residue


def test_nothing_of_it_is_left_in_any_file(node: Node, data: Path, tmp_path: Path) -> None:
    """Not the text, not its key, plain or wrapped, not its ciphertext: in the database, its logs, the export."""
    target = item(node)
    (row,) = node.ledger.rows(target.position, target.position + 1)
    assert row.wrapped
    assert row.content
    parts = sealing.unpack(row.content)
    plain = fact_key(node.ledger.keys.master, row.leaf, parts, row.wrapped)
    old = node.ledger.keys.master
    sought = [*forms(MARKER), row.wrapped, row.content, plain, *parts.values()]
    assert [one for one in (row.wrapped, row.content) if one in content(data)], (
        "the search finds what is there"
    )
    purge(node, target.ref)
    node.ledger.forget_deleted()
    assert not [one for one in sought if one in content(data)], "the purge itself leaves nothing behind"
    assert WrappingKey(epoch=1, key=old).line().encode() in content(data)
    complete(node)
    export_ledger(node, Settings.read(data), tmp_path / "export")
    found = content(data) + content(tmp_path / "export")
    assert not [one for one in (*sought, old, WrappingKey(epoch=1, key=old).line().encode()) if one in found]
    node.close()
    assert not [one for one in sought if one in content(data)]


def content(folder: Path) -> bytes:
    return b"\0".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def fact_key(master: bytes, leaf: bytes, parts: dict[str, bytes], wrapped: bytes) -> bytes:
    bound = b"tearline/key/1\n" + leaf + "\n".join(sorted(parts)).encode()
    return AESGCM(master).decrypt(wrapped[: sealing.NONCE], wrapped[sealing.NONCE :], bound)


def test_an_older_copy_of_the_database_cannot_be_opened_with_the_new_key(
    node: Node, data: Path, tmp_path: Path, clock: Clock
) -> None:
    node.ledger.forget_deleted()
    shutil.copy(data / "ledger.db", tmp_path / "stolen.db")
    target, old = item(node), node.ledger.keys
    purge(node, target.ref)
    complete(node)
    with pytest.raises((Broken, Malformed), match="epoch"):
        Ledger(f"sqlite:///{tmp_path}/stolen.db", NodeKeys.load(data / "keys"), clock)
    with closing(Ledger(f"sqlite:///{tmp_path}/stolen.db", replace(old, wrapping=None), clock)) as stolen:
        (row,) = stolen.rows(target.position, target.position + 1)
    assert row.wrapped
    assert row.content
    parts = sealing.unpack(row.content)
    sealing.unwrap(AESGCM(old.master), row.leaf, parts, row.wrapped)  # the old key would open it
    with pytest.raises(Broken, match="does not open"):
        sealing.unwrap(AESGCM(node.ledger.keys.master), row.leaf, parts, row.wrapped)


def test_on_postgresql_what_is_left_of_it_opens_with_no_key_that_exists(data: Path, clock: Clock) -> None:
    """Replaced rows and the log stay in the server's files for a while: ciphertext, and a key of a lost key."""
    with postgresql() as server:
        database = server.new()
        made = make_node(data, origin="agency.example/node", demo=True, database=database.url, clock=clock)
        with closing(told(made, marked(partners()))) as node:
            target, old = item(node), node.ledger.keys.master
            (row,) = node.ledger.rows(target.position, target.position + 1)
            assert row.wrapped
            assert row.content
            purge(node, target.ref)
            (standing,) = complete(node)
            assert standing.completed is not None
            check_ledger(node.ledger)
            stored = [repr(rows) for table in ("entries", "sealed") for rows in database.rows(table)]
            assert not [one for one in stored if repr(row.wrapped) in one or MARKER in one]
            parts = sealing.unpack(row.content)
            sealing.unwrap(AESGCM(old), row.leaf, parts, row.wrapped)
            with pytest.raises(Broken):
                sealing.unwrap(AESGCM(node.ledger.keys.master), row.leaf, parts, row.wrapped)
        with closing(open_node(data, database=database.url, clock=clock)) as node:
            assert item(node).fact.content.purged
        assert WrappingKey(epoch=1, key=old).line().encode() not in content(data)


# Backups of the keys


def test_a_purge_waits_for_the_last_backup_of_the_old_key(node: Node, clock: Clock) -> None:
    for name, days in (("short", 10), ("long", 90), ("destroyed", 900)):
        made = KeyBackupMade(backup=BackupId(name), epoch=1, expires=NOON + timedelta(days=days))
        node.record(Order(command=RecordKeyBackup(made), by=ITSELF))
    purge(node, item(node).ref)
    (standing,) = complete(node)
    assert [(one.what, one.backup) for one in standing.awaits] == [
        (Awaits.KEY_BACKUP, "short"),
        (Awaits.KEY_BACKUP, "long"),
        (Awaits.KEY_BACKUP, "destroyed"),
    ]
    gone = KeyBackupDestroyed(backup=BackupId("destroyed"))
    node.record(Order(command=RecordKeyBackupDestroyed(gone), by=SYL))
    clock.forward(days=30)
    (standing,) = complete(node)
    assert [one.backup for one in standing.awaits] == ["long"]
    clock.forward(days=60)
    (standing,) = complete(node)
    assert standing.completed is not None
    assert node.ledger.epoch() == 2


# A key from a key store


def test_a_purge_waits_for_the_key_store(data: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = WrappingKey.new(1), WrappingKey.new(2)
    monkeypatch.setenv("TEARLINE_MASTER_KEY", one.line())
    with closing(
        told(make_node(data, origin="agency.example/node", demo=True, clock=clock), partners())
    ) as node:
        purge(node, item(node).ref)
        assert [awaited(s) for s in complete(node)] == [[Awaits.REWRAP]]
        assert node.ledger.epoch() == 1
    monkeypatch.setenv("TEARLINE_MASTER_KEY", one.line())
    monkeypatch.setenv("TEARLINE_MASTER_KEY_NEXT", two.line())
    with closing(open_node(data, clock=clock)) as node:
        assert [awaited(s) for s in complete(node)] == [[Awaits.OLD_KEY]]
        assert node.ledger.epoch() == 2
        assert [awaited(s) for s in complete(node)] == [[Awaits.OLD_KEY]]
        node.ledger.check()
    monkeypatch.setenv("TEARLINE_MASTER_KEY", one.line())
    with pytest.raises(Malformed, match="epoch: expected the wrapping key of epoch 2"):
        open_node(data, clock=clock)
    monkeypatch.setenv("TEARLINE_MASTER_KEY", two.line())
    with closing(open_node(data, clock=clock)) as node:
        (standing,) = complete(node)
        assert standing.completed is not None
        assert not (data / "keys" / "master.key").exists()


# Others at the same time


def test_another_process_stops_instead_of_sealing_under_the_old_key(
    node: Node, data: Path, clock: Clock
) -> None:
    other = open_node(data, clock=clock)
    assert item(other).fact.content.open() == MARKER
    purge(node, item(node).ref)
    assert item(other).fact.content.seal is Seal.PURGED, "what it remembered is forgotten"
    complete(node)
    for act in (
        partial(other.record, Order(command=RequestRelease(requested()), by=ANA)),
        other.ledger.check,
    ):
        with pytest.raises(Broken, match="the wrapping key was replaced"):
            act()
    other.ledger.close()
    with closing(open_node(data, clock=clock)) as started:
        started.record(Order(command=RequestRelease(requested()), by=ANA))
        check_ledger(started.ledger)


@pytest.mark.parametrize("on", ["fact", "item"])
def test_a_hold_at_the_same_moment_comes_first_or_too_late_and_never_both(
    node: Node, data: Path, clock: Clock, on: str
) -> None:
    outcomes = set()
    with closing(open_node(data, clock=clock)) as other:
        for n in range(24):
            one = RequestRelease(requested(f"ask-{n}"))
            (ref, *_) = node.record(Order(command=one, by=ANA)).refs
            order(node, ref, name=f"gone-{n}")
            placed = LegalHoldPlaced(
                hold=HoldId(f"keep-{n}"),
                ground=HoldGround.LITIGATION,
                ordered_by="A court",
                record=FactId(ref) if on == "fact" else None,
                request=RequestId(f"ask-{n}") if on == "item" else None,
            )
            said = at_once(
                partial(sign, node, f"gone-{n}"),
                partial(other.record, Order(command=PlaceHold(placed), by=MAX)),
            )
            known = node.ledger.read(about(f"purge:gone-{n}") | about(f"hold:keep-{n}"))
            purged, held = known.of(Purged), known.of(LegalHoldPlaced)
            if purged and held:
                assert on == "item"
                assert purged[0].position < held[0].position, "it holds what is left"
            else:
                assert bool(purged) != bool(held)
                assert said in ({"held"}, {"purged-once"})
            entry = node.ledger.entry(node.ledger.find(ref) or 0, opening=EVERYTHING).recorded.fact
            assert isinstance(entry, ReleaseRequested)
            assert entry.purpose.purged == bool(purged)
            outcomes.add((bool(purged), bool(held)))
        check_ledger(node.ledger)
    assert outcomes


def at_once(*acts: Callable[[], object]) -> set[str]:
    """What the rules said to acts that began together."""
    start, said = threading.Barrier(len(acts)), set[str]()

    def act(one: Callable[[], object]) -> None:
        start.wait()
        try:
            one()
        except Refused as refused:
            said.add(refused.rule)

    threads = [threading.Thread(target=act, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


# What rests on it


def test_a_release_that_needs_what_was_purged_is_held(node: Node) -> None:
    node.record(Order(command=RequestRelease(requested()), by=ANA))
    purge(node, item(node).ref)
    node.record(Order(command=DecideRequest(RequestId("ask")), by=REX))
    reached = node.ledger.read(about(kinds=(VerdictReached,)), opening=EVERYTHING).of(VerdictReached)[-1].fact
    assert reached.effect is Effect.HOLD
    with pytest.raises(Refused, match="protocol-says-release"):
        node.record(Order(command=ReleaseItem(RequestId("ask")), by=REX))
    assert not node.ledger.read(about(kinds=(ItemReleased,))).facts


def test_a_submission_that_returns_after_its_fact_was_purged_is_answered(node: Node) -> None:
    order_ = Order(command=RequestRelease(requested()), by=ANA)
    first = node.record(order_, key="once")
    purge(node, first.refs[0])
    assert node.record(order_, key="once").refs == first.refs


# Killed

DOES = """
import sys
from pathlib import Path
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import FactId, PersonId, PurgeId
from tearline.facts.parties import PersonEnrolled
from tearline.facts.retention import PurgeGround, PurgeOrdered
from tearline.jobs.purge import complete, purges_of
from tearline.node import Order, open_node
from tearline.rooms.retention.purges import OrderPurge, SignPurge
one, two = (Actor(PersonId(name), Role.SENIOR_OFFICER) for name in ("syl", "max"))
node = open_node(Path(sys.argv[1]))
complete(node)
named = {ref for standing in purges_of(node) for ref in standing.ordered.fact.refs}
left = [r.ref for r in node.ledger.read(about(kinds=(PersonEnrolled,))) if r.ref not in named]
print("ready", flush=True)
for ref in left:
    purge = PurgeId(f"of-{ref}")
    ordered = PurgeOrdered(purge=purge, refs=(FactId(ref),), ground=PurgeGround.ERASURE, cites="a law")
    node.record(Order(command=OrderPurge(ordered), by=one))
    node.record(Order(command=SignPurge(purge=purge), by=two))
    complete(node)
"""


def test_killed_at_any_moment_it_goes_on_where_it_was(data: Path) -> None:
    made = told(make_node(data, origin="agency.example/node", demo=True), partners())
    made.close()
    completed = []
    for n in range(8):
        with subprocess.Popen([sys.executable, "-c", DOES, str(data)], stdout=subprocess.PIPE) as job:
            assert job.stdout is not None
            job.stdout.readline()
            try:
                job.wait(timeout=0.01 + 0.025 * n)
            except subprocess.TimeoutExpired:
                job.send_signal(signal.SIGKILL)
        with closing(open_node(data)) as node:
            whole(node)
            for standing in complete(node):
                assert (standing.purged is None) == (awaited(standing) == [Awaits.SECOND_SIGNATURE])
                assert standing.purged is None or standing.completed is not None
            whole(node)
            check_ledger(node.ledger)
            completed.append(len([s for s in purges_of(node) if s.completed]))
        assert not [f for f in (data / "keys").iterdir() if "next" in f.name]
    assert completed[-1] > 0
    assert completed == sorted(completed)


def whole(node: Node) -> None:
    """What a purge on record names is gone, and all else is there: never half of one."""
    gone = {ref for r in node.ledger.read(about(kinds=(Purged,))).of(Purged) for ref in r.fact.refs}
    for enrolled in node.ledger.read(about(kinds=(PersonEnrolled,)), opening=EVERYTHING).of(PersonEnrolled):
        assert enrolled.fact.description.purged == (enrolled.ref in gone)
