"""What the rooms' state machines share: a real node on SQLite, a clock that is moved, and a check of the ledger.

Each example starts from a copy of a ledger that was made once, because recording a world's fifty facts anew for
every example would take longer than the example.
"""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Actor, History, about
from tearline.facts.vocabulary import kinds
from tearline.node import Order
from tearline.protocol import Pack
from tearline.rooms import Command
from tests.nodes import Clock, new_node, same_ledger, told
from tests.worlds import VIC, World, partners

SETTINGS = settings(max_examples=20, stateful_step_count=20, deadline=None)
EVERYTHING = frozenset(Compartment)
CHECKED_EVERY = 7


@cache
def ledger_of(world: Callable[[], World]) -> bytes:
    """The database of a node that recorded this world."""
    with tempfile.TemporaryDirectory() as folder:
        made = world()
        node = new_node(Path(folder), Clock())
        node.protocols = made.protocols
        told(node, made)
        node.ledger.close()
        return (Path(folder) / "ledger.db").read_bytes()


@cache
def protocols_of(world: Callable[[], World]) -> Mapping[str, Pack]:
    return world().protocols


class OnANode(RuleBasedStateMachine):
    """Subclasses add rules, and the promise as invariants."""

    world: ClassVar[Callable[[], World]] = partners

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        (self.folder / "ledger.db").write_bytes(ledger_of(type(self).world))
        self.clock = Clock()
        self.node = same_ledger(self.folder, self.clock)
        self.node.protocols = protocols_of(type(self).world)
        self.steps = 0
        self.names = 0

    @property
    def now(self) -> datetime:
        return self.clock.now

    @property
    def past(self) -> History:
        """All that is recorded, with everything opened."""
        return self.node.ledger.read(about(kinds=kinds()), opening=EVERYTHING)

    def new(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}-{self.names}"

    def do(self, command: Command, by: Actor = VIC, at: datetime | None = None) -> str:
        """Give the order: ``done``, or the rule that refuses it, and then nothing is recorded."""
        before = self.node.ledger.size()
        try:
            self.node.record(Order(command=command, by=by, at=at))
        except Refused as refused:
            assert self.node.ledger.size() == before
            return refused.rule
        assert self.node.ledger.size() > before
        return "done"

    def latest(self, kind: type[Fact]) -> Fact:
        return self.past.of(kind)[-1].fact

    @rule(hours=st.sampled_from([0.01, 1, 7, 30, 400]))
    def time_passes(self, hours: float) -> None:
        self.clock.forward(hours=hours)

    @invariant()
    def the_ledger_is_whole(self) -> None:
        self.steps += 1
        if self.steps % CHECKED_EVERY == 0:
            self.node.ledger.check()

    def teardown(self) -> None:
        self.node.ledger.check()
        self.node.ledger.close()
        shutil.rmtree(self.folder)
