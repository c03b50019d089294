"""Whatever the order of acts: never purged under a hold or by one person, never complete while a key is left."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tearline.facts.codec import compartments
from tearline.facts.errors import Broken
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import History, Recorded, Role
from tearline.facts.identifiers import BackupId, FactId, HoldId, ItemId, PurgeId, ValidationId
from tearline.facts.release import ItemRegistered
from tearline.facts.retention import (
    HoldGround,
    KeyBackupDestroyed,
    KeyBackupMade,
    LegalHoldLifted,
    LegalHoldPlaced,
    PurgeCompleted,
    Purged,
    PurgeGround,
    PurgeOrdered,
    RecordValidated,
)
from tearline.facts.shape import record_of
from tearline.folds.held import ITSELF
from tearline.folds.retention import clocks
from tearline.jobs.purge import complete
from tearline.ledger import sealing
from tearline.ledger.ledger import Ledger
from tearline.ledger.wrapping import WrappingKey, WrappingKeys
from tearline.node import Node
from tearline.rooms.release.items import RegisterItem
from tearline.rooms.retention.purges import OrderPurge, SignPurge
from tearline.rooms.retention.terms import LiftHold, PlaceHold, ValidateRecord
from tearline.rooms.retention.wrapping import RecordKeyBackup, RecordKeyBackupDestroyed
from tests.nodes import KEYS
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import ANA, PROTOCOLS, acting, item

SIGNERS = st.sampled_from(["syl", "max", "ola"])
PICK = st.integers(0, 10**6)
MOST_ITEMS = 4


class Retention(OnANode):
    """Items, drawn from one another or not; people who order, sign, hold, lift, validate, back up and rewrap."""

    def __init__(self) -> None:
        super().__init__()
        keys = self.folder / "keys"
        keys.mkdir()
        first = WrappingKey(epoch=1, key=KEYS.master)
        (keys / "master.key").write_text(first.line())
        (keys / "master.key").chmod(0o600)
        held = replace(KEYS, wrapping=WrappingKeys(folder=keys, current=first))
        self.node.ledger.close()
        ledger = Ledger(f"sqlite:///{self.folder}/ledger.db", held, self.clock)
        self.node = Node(ledger, PROTOCOLS, self.clock, demo=True)
        self.stolen: dict[int, set[tuple[bytes, bytes, bytes]]] = {}
        self.backups: dict[str, tuple[bytes, datetime]] = {}
        self.judged = 0

    def pick(self, kind: type[Fact], at: int) -> Recorded[Fact] | None:
        found = self.past.of(kind)
        return found[at % len(found)] if found else None

    def target(self, at: int) -> Recorded[Fact]:
        """Some fact about an item, now and then any with sealed fields."""
        found = [r for r in self.past if compartments(type(r.fact).__name__)]
        of_items = [r for r in found if hasattr(r.fact, "item")]
        return found[at % len(found)] if at % 5 == 0 else of_items[at % len(of_items)]

    def unsigned(self) -> list[Recorded[PurgeOrdered]]:
        done = {r.fact.purge for r in self.past.of(Purged)}
        return [r for r in self.past.of(PurgeOrdered) if r.fact.purge not in done]

    def pending(self) -> bool:
        return len(self.past.of(Purged)) > len(self.past.of(PurgeCompleted))

    def steal(self) -> None:
        """Someone copies the whole database, now and then."""
        for row in self.node.ledger.rows(0, self.node.ledger.size()):
            if row.wrapped and row.content:
                self.stolen.setdefault(row.position, set()).add((row.leaf, row.wrapped, row.content))

    @precondition(lambda self: len(self.past.of(ItemRegistered)) < MOST_ITEMS)
    @rule(at=PICK, drawn=st.booleans())
    def an_item_is_registered(self, at: int, drawn: bool) -> None:  # noqa: FBT001  drawn by Hypothesis
        parent = self.pick(ItemRegistered, at) if drawn else None
        of = parent.fact.item if parent and isinstance(parent.fact, ItemRegistered) else None
        assert self.do(RegisterItem(item(self.new("item"), tearline_of=of)), ANA) == "done"

    @rule(at=PICK, by=SIGNERS, ground=st.sampled_from([PurgeGround.COURT_ORDER, PurgeGround.TERM_ENDED]))
    def a_purge_is_ordered(self, at: int, by: str, ground: PurgeGround) -> None:
        self.steal()
        ordered = PurgeOrdered(
            purge=PurgeId(self.new("purge")),
            refs=(FactId(self.target(at).ref),),
            ground=ground,
            cites="a text",
        )
        self.do(OrderPurge(ordered), acting(by, Role.SENIOR_OFFICER))

    @precondition(lambda self: self.unsigned())
    @rule(at=PICK, by=SIGNERS)
    def a_purge_is_signed(self, at: int, by: str) -> None:
        waiting = self.unsigned()
        ordered = waiting[at % len(waiting)]
        self.steal()
        said = self.do(SignPurge(purge=ordered.fact.purge), acting(by, Role.OVERSEER))
        assert (said == "two-signers") == (ordered.by.person == by)

    @rule(at=PICK, two=st.permutations(["syl", "max", "ola"]))
    def two_people_purge(self, at: int, two: list[str]) -> None:
        self.a_purge_is_ordered(at, two[0], PurgeGround.COURT_ORDER)
        for waiting in self.unsigned()[-1:]:
            self.do(SignPurge(purge=waiting.fact.purge), acting(two[1], Role.SENIOR_OFFICER))

    @rule(at=PICK, on=st.sampled_from(["fact", "item"]))
    def a_hold_is_placed(self, at: int, on: str) -> None:
        held = self.target(at) if on == "fact" else self.pick(ItemRegistered, at)
        assert held is not None
        placed = LegalHoldPlaced(
            hold=HoldId(self.new("hold")),
            ground=HoldGround.OVERSIGHT,
            ordered_by="A court",
            record=FactId(held.ref) if on == "fact" else None,
            item=held.fact.item if on == "item" and isinstance(held.fact, ItemRegistered) else None,
        )
        self.do(PlaceHold(placed), acting("ola", Role.OVERSEER))

    @precondition(lambda self: self.past.of(LegalHoldPlaced))
    @rule(at=PICK)
    def a_hold_is_lifted(self, at: int) -> None:
        held = self.pick(LegalHoldPlaced, at)
        if held and isinstance(held.fact, LegalHoldPlaced):
            lifted = LegalHoldLifted(hold=held.fact.hold, reason=Sealed("it is over"))
            self.do(LiftHold(lifted), acting("ola", Role.OVERSEER))

    @rule(at=PICK)
    def an_item_is_validated(self, at: int) -> None:
        registered = self.pick(ItemRegistered, at)
        assert registered is not None
        assert isinstance(registered.fact, ItemRegistered)
        validated = RecordValidated(
            validation=ValidationId(self.new("validation")),
            item=registered.fact.item,
            reasons=Sealed("needed"),
        )
        said = self.do(ValidateRecord(validated), acting("syl", Role.SENIOR_OFFICER))
        running = [c for c in clocks(self.past, PROTOCOLS) if c.about == validated.item]
        assert said != "done" or not any(c.overdue(self.now) for c in running)

    @rule(days=st.sampled_from([1, 40, 700]))
    def keys_are_backed_up(self, days: int) -> None:
        name = self.new("backup")
        expires = self.now + timedelta(days=days)
        made = KeyBackupMade(backup=BackupId(name), epoch=self.node.ledger.epoch(), expires=expires)
        assert self.do(RecordKeyBackup(made), ITSELF) == "done"
        self.backups[name] = (self.node.ledger.keys.master, expires)

    @rule(at=PICK)
    def a_backup_is_destroyed(self, at: int) -> None:
        made = self.pick(KeyBackupMade, at)
        if made and isinstance(made.fact, KeyBackupMade):
            gone = KeyBackupDestroyed(backup=made.fact.backup)
            if self.do(RecordKeyBackupDestroyed(gone), acting("syl", Role.SENIOR_OFFICER)) == "done":
                self.backups.pop(made.fact.backup)

    @precondition(lambda self: self.pending())
    @rule()
    def the_node_completes_what_it_can(self) -> None:
        self.steal()
        complete(self.node)
        self.steal()

    @invariant()
    def nothing_is_purged_by_one_person_or_under_a_hold(self) -> None:
        past = self.past
        for purged in past.of(Purged)[self.judged :]:
            before = History(tuple(r for r in past if r.position < purged.position))
            (ordered,) = [r for r in before.of(PurgeOrdered) if r.fact.purge == purged.fact.purge]
            assert len({ordered.by.person, purged.by.person}) == 2
            for ref in purged.fact.refs:
                assert not any(keeps(before, hold, ref) for hold in standing(before))
        self.judged = len(past.of(Purged))

    @invariant()
    def just_what_was_purged_is_gone(self) -> None:
        past = self.past
        gone = {ref for r in past.of(Purged) for ref in r.fact.refs}
        for recorded in past:
            sealed = [f.name for f in record_of(type(recorded.fact)).fields if f.compartment]
            assert {getattr(recorded.fact, name).purged for name in sealed} <= {recorded.ref in gone}

    @invariant()
    def what_is_completely_purged_opens_with_no_key_that_is_left(self) -> None:
        past = self.past
        done = {r.fact.purge for r in past.of(PurgeCompleted)}
        left = [key for key, expires in self.backups.values() if expires > self.now]
        left += [WrappingKey.parse(f.read_text(), f.name).key for f in (self.folder / "keys").iterdir()]
        for purged in past.of(Purged):
            if purged.fact.purge in done:
                for position in purged.fact.indices:
                    assert not any(opens(key, *copy) for key in left for copy in self.stolen[position])


def standing(past: History) -> Iterable[LegalHoldPlaced]:
    lifted = {r.fact.hold for r in past.of(LegalHoldLifted)}
    return [r.fact for r in past.of(LegalHoldPlaced) if r.fact.hold not in lifted]


def keeps(past: History, hold: LegalHoldPlaced, ref: str) -> bool:
    """Said here once more and plainly: a hold on the fact, on its item, or on one of that item's family."""
    if hold.record is not None:
        return hold.record == ref
    (target,) = [r.fact for r in past if r.ref == ref]
    about = getattr(target, "item", None)
    parents = {r.fact.item: r.fact.tearline_of for r in past.of(ItemRegistered)}
    return about is not None and root(parents, about) == root(parents, hold.item or ItemId(""))


def root(parents: dict[ItemId, ItemId | None], of: ItemId) -> ItemId:
    parent = parents.get(of)
    return of if parent is None else root(parents, parent)


def opens(key: bytes, leaf: bytes, wrapped: bytes, content: bytes) -> bool:
    try:
        sealing.unwrap(AESGCM(key), leaf, sealing.unpack(content), wrapped)
    except Broken:
        return False
    return True


TestRetention = Retention.TestCase
TestRetention.settings = settings(SETTINGS, max_examples=30, stateful_step_count=30)
