"""A partner's log that grows, forks, rolls back, hides and lies at random, looked at at random moments.

Whatever it does: two views of it that do not fit never stand on record beside an exchange that goes on, two roots
for one size are evidence at once, evidence convinces a stranger, and a log that kept to one history has none
against it.
"""

from base64 import b64decode
from functools import cache

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tearline.facts.history import about
from tearline.facts.logs import Came, ConsistencyUnproven, ForkEvidence, PartnerLogNamed, log_id
from tearline.folds.logs import LOG_KINDS, partner_logs, stop_of
from tearline.jobs.watch import Outcome, receive_checkpoint, watch
from tearline.ledger.forks import check_fork
from tearline.ledger.note import Vkey, vkey_of
from tearline.ledger.tree import Edge, leaf_hash
from tearline.node import Order
from tearline.rooms.logs.naming import NamePartnerLog
from tests.logs import ORIGIN, PARTNER, key_of
from tests.rooms.machine import SETTINGS, OnANode
from tests.sites import Site, grown
from tests.worlds import LEO

History = tuple[bytes, ...]
VKEY = Vkey.parse(str(vkey_of(ORIGIN, key_of(ORIGIN))))


@cache
def site() -> Site:
    """One server for all examples; it ends with the process."""
    return Site().__enter__()


@cache
def files(view: History) -> dict[str, bytes]:
    return grown(view, ORIGIN, key_of(ORIGIN))


def root(view: History) -> bytes:
    return Edge().grow(leaf_hash(e) for e in view)[0].root()


def fit(one: History, other: History) -> bool:
    """By the entries themselves, with no tree: one is the beginning of the other."""
    return one == other[: len(one)] or other == one[: len(other)]


class Watching(OnANode):
    """``seen``: every view whose checkpoint we were given and believed, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.histories: list[History] = [()]
        self.shown: History = ()
        self.tiles: History = ()
        self.seen: list[History] = []
        self.entries = 0

    @initialize()
    def the_log_is_named(self) -> None:
        named = PartnerLogNamed(
            organisation=PARTNER, log=log_id(ORIGIN), origin=ORIGIN, vkey=str(VKEY), url=site().url
        )
        self.node.record(Order(command=NamePartnerLog(named), by=LEO))
        self.shows(())

    # What the partner does

    def shows(self, view: History, tiles: History | None = None) -> None:
        self.shown, self.tiles = view, view if tiles is None else tiles
        site().files = {**files(self.tiles), "checkpoint": files(self.shown)["checkpoint"]}

    @rule(data=st.data(), more=st.sampled_from([1, 2, 3, 7, 120, 256]))
    def grow(self, data: st.DataObject, more: int) -> None:
        self.grow_at(data.draw(st.integers(0, len(self.histories) - 1)), more)

    def grow_at(self, at: int, more: int) -> None:
        if len(self.histories[at]) + more <= 600:
            self.entries += more
            self.histories[at] += tuple(b"%d" % n for n in range(self.entries - more, self.entries))

    @rule(data=st.data(), apart=st.integers(0, 4))
    def fork(self, data: st.DataObject, apart: int) -> None:
        if len(self.histories) < 4:
            self.histories.append(self.some_view(data))
            for at in (0, -1) if apart else ():
                self.grow_at(at, data.draw(st.integers(1, apart)))

    @rule(data=st.data())
    def show_one_of_its_histories_as_far_as_it_likes(self, data: st.DataObject) -> None:
        self.shows(self.some_view(data))

    @rule(data=st.data())
    def show_the_latest_of_one_history(self, data: st.DataObject) -> None:
        self.shows(data.draw(st.sampled_from(self.histories)))

    @rule(data=st.data())
    def show_one_and_serve_the_tiles_of_another(self, data: st.DataObject) -> None:
        self.shows(self.some_view(data), self.some_view(data))

    def some_view(self, data: st.DataObject) -> History:
        history = data.draw(st.sampled_from(self.histories))
        return history[: data.draw(st.integers(0, len(history)))]

    # What we do

    @rule()
    def look(self) -> None:
        forked_before = self.forked
        looked = watch(self.node, LEO)
        if forked_before:
            assert [one.outcome for one in looked] == [Outcome.FORKED]
            return
        before = list(self.seen)
        self.seen.append(self.shown)
        for one in looked:
            event(f"looked: {one.outcome}")
        if self.shown == self.tiles and any(
            len(v) < len(self.shown) and not fit(v, self.shown) for v in before
        ):
            # It signed and served a longer history than one that it showed before: its own tiles convict it.
            assert self.forked or self.pending_misses(before)

    def pending_misses(self, before: list[History]) -> bool:
        """Whether those that its tiles would convict, the shorter ones, were not compared: a longer one was held."""
        held = partner_logs(self.node.ledger.read(about(kinds=LOG_KINDS)))[log_id(ORIGIN)].latest
        assert held is not None
        shorter = (v for v in before if len(v) < len(self.shown))
        return self.stopped and all(fit(v, self.shown) or len(v) < held.fact.checkpoint.size for v in shorter)

    @rule(data=st.data())
    def be_shown_a_checkpoint_by_a_third_party(self, data: st.DataObject) -> None:
        view = self.some_view(data)
        forked_before = self.forked
        looked = receive_checkpoint(self.node, files(view)["checkpoint"], Came.SHOWN, LEO)
        event(f"shown: {looked.outcome}")
        if not forked_before:
            self.seen.append(view)

    @precondition(lambda self: all(fit(v, h) for v in self.seen for h in self.histories))
    @rule()
    def an_honest_log_that_shows_all_is_never_kept_waiting(self) -> None:
        """If nothing that we saw contradicts any of its histories, the latest of one clears whatever was unproven."""
        longest = max(self.histories, key=len)
        if all(fit(v, longest) for v in self.seen):
            self.shows(longest)
            self.look()
            assert not self.stopped

    # The promises

    @property
    def forked(self) -> bool:
        return bool(self.node.ledger.read(about(kinds=(ForkEvidence,))).facts)

    @property
    def stopped(self) -> bool:
        return stop_of(self.node.ledger.read(about(kinds=LOG_KINDS)), PARTNER) is not None

    @invariant()
    def views_that_do_not_fit_stop_exchange(self) -> None:
        pairs = [(a, b) for n, a in enumerate(self.seen) for b in self.seen[:n] if not fit(a, b)]
        if pairs:
            assert self.stopped
        if any(len(a) == len(b) for a, b in pairs):
            assert self.forked

    @invariant()
    def a_log_that_showed_one_history_is_not_accused(self) -> None:
        if all(fit(a, b) for n, a in enumerate(self.seen) for b in self.seen[:n]):
            assert not self.forked

    @invariant()
    def evidence_convinces_a_stranger(self) -> None:
        for evidence in self.node.ledger.read(about(kinds=(ForkEvidence,))).of(ForkEvidence):
            proof = [b64decode(one, validate=True) for one in evidence.fact.proof]
            check_fork([VKEY], evidence.fact.shorter.note, evidence.fact.longer.note, proof)

    @invariant()
    def nothing_stands_unproven_that_was_not_seen(self) -> None:
        known = {(len(v), root(v)) for v in self.seen}
        for doubtful in self.node.ledger.read(about(kinds=(ConsistencyUnproven,))).of(ConsistencyUnproven):
            tree = (doubtful.fact.checkpoint.size, b64decode(doubtful.fact.checkpoint.root))
            assert tree in known


def test_a_shorter_history_after_a_longer_one_that_neither_fits_stops_exchange() -> None:
    """No tiles lead from it to the longer one any more, and the one that its tiles convict is not held now."""
    state, before = Watching(), list[History]()
    try:
        state.the_log_is_named()
        for view in ((b"0",), (b"0", b"2", b"3"), (b"4", b"5")):
            before = list(state.seen)
            state.shows(view)
            watch(state.node, LEO)
            state.seen.append(view)
        assert not state.forked
        assert state.pending_misses(before)
        state.views_that_do_not_fit_stop_exchange()
    finally:
        state.teardown()


TestWatching = Watching.TestCase
TestWatching.settings = settings(SETTINGS, max_examples=30, stateful_step_count=25)
