"""What the figure of a release costs on a node with years of facts: ``python -m bench exposure_node`` (ten minutes).

The node of ``bench/agency.py``, whose agreements also state the terms of the exposure model. Somebody asks for a
release of the latest item about an adversary: all that concerns the adversary is read, the world made, the chance
and its range figured, and the verdict decided and recorded. Each time another adversary and another request. Steps
are also gone through apart, since the command does not tell them. Then its page. 100,000 facts, or as many as
``TEARLINE_BENCH_FACTS`` says; the node is kept where ``TEARLINE_BENCH_NODE`` says.
"""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bench.agency import YEARS, Clock, Years
from bench.page import measure, serving
from tearline.estimates.exposure import State, World, risk
from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import AgreementId, ItemId, OrganisationId, PersonId, RequestId, UnitId
from tearline.facts.parties import Terms
from tearline.facts.release import Extent, ItemRegistered, Manner, ReleaseRequested
from tearline.folds.agreements import agreements
from tearline.folds.hiding import hidden_among
from tearline.folds.model import Model, model_of
from tearline.folds.worlds import Asked, hash_of, world_of
from tearline.node import Node, Order, make_node, open_node
from tearline.rooms.release.requests import RequestRelease

T = TypeVar("T")
FACTS = 100_000
TIMES = 7
TERMS = {
    "channel_prior": "0.002",
    "channel_pooling": "20",
    "leak_by_reader": "0.3",
    "leak_by_superior": "0.1",
    "leak_delay": "30d",
    "leak_background": "0.001",
    "leak_unlogged": "0.01",
    "leak_memory": "365d",
    "degree_redacted": "0.5",
    "degree_tearline": "0.3",
    "degree_existence": "0.1",
}
AGENT = Actor(PersonId("case_agent-1"), Role.CASE_AGENT)


class Modelled(Years):
    """The same years under agreements that state the model."""

    def terms(self, partner: OrganisationId, top: PersonId) -> Terms:
        terms = super().terms(partner, top)
        return replace(terms, parameters={**terms.parameters, **TERMS})


def run() -> None:
    """Print a line a step."""
    facts = int(os.environ.get("TEARLINE_BENCH_FACTS", FACTS))
    with TemporaryDirectory() as folder:
        data = Path(os.environ.get("TEARLINE_BENCH_NODE") or Path(folder) / "node")
        if not data.exists():
            began = time.perf_counter()
            end = datetime.now(UTC).replace(microsecond=0)
            clock = Clock(end - YEARS)
            made = make_node(data, origin="bench.invalid/tearline", demo=True, clock=clock)
            Modelled(made, clock, facts, end).lay()
            made.close()
            print(f"laid down in {time.perf_counter() - began:.0f} s: {data}", flush=True)
        node = open_node(data)
        figures = Figures(node)
        try:
            figures.measure()
        finally:
            node.close()
        with serving(data) as (port, _):
            base, requests = f"http://127.0.0.1:{port}", figures.requests
            measure(base, "release page", [f"/releases/{one}" for one in requests], 3 * TIMES)
            measure(base, "its options", [f"/releases/{one}/options" for one in requests[:3]], 3)


class Figures:
    def __init__(self, node: Node) -> None:
        self.node = node
        self.took: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.sizes: list[tuple[int, int, int, int, int]] = []
        self.requests: list[RequestId] = []

    def measure(self) -> None:
        items = latest(self.node)
        print(
            f"{self.node.ledger.size():,} facts, {len(items)} adversaries; load average {os.getloadavg()[0]:.2f}"
        )
        for n, item in enumerate(items[: TIMES + 1]):
            if n == 1:
                self.took.clear()  # the first reads what was compiled, and warms up
                self.sizes.clear()
            self.one(n, item)
        facts, covered, people, units, readings = (
            statistics.median(column) for column in zip(*self.sizes, strict=True)
        )
        print(
            f"medians of {len(self.sizes)}: read {facts:,.0f} facts in {readings:.0f} readings; a world of"
            f" {covered:,.0f} items, {people:,.0f} people in {units:,.0f} units\n"
            f"{'ms':<52}{'wall':>9}{'most':>9}{'CPU':>9}"
        )
        for name, times in self.took.items():
            wall, cpu = zip(*times, strict=True)
            print(
                f"{name:<52}{1e3 * statistics.median(wall):>9.0f}{1e3 * max(wall):>9.0f}"
                f"{1e3 * statistics.median(cpu):>9.0f}"
            )

    def timed(self, name: str, act: Callable[[], T]) -> T:
        began, busy = time.perf_counter(), time.process_time()
        found = act()
        self.took[name].append((time.perf_counter() - began, time.process_time() - busy))
        return found

    def one(self, n: int, item: ItemId) -> None:
        """One request, and then the steps of its figure by themselves."""
        unit = 20 + n
        asked = ReleaseRequested(
            request=RequestId(f"figured-{n}-{self.node.ledger.size()}"),
            item=item,
            unit=UnitId(f"unit-{unit}"),
            recipients=(PersonId(f"person-{unit}-3"),),
            extent=Extent.EXISTENCE,
            manner=Manner.COPY,
            purpose=Sealed("the unit is about to act on the same target"),
            agreement=AgreementId(f"agreement-{unit % 20}"),
        )
        command = RequestRelease(asked)
        readings = 0

        def read() -> History:
            nonlocal readings
            question = command.asks_figures(History())
            while True:
                readings += 1
                known = self.node.ledger.read(question, opening=command.opens)
                wider = command.asks_figures(known) | question
                if wider == question:
                    return known
                question = wider

        known = self.timed("read what concerns the adversary, until it is all", read)
        at = datetime.now(UTC)
        model = model_of(agreements(known)[AgreementId(f"agreement-{unit % 20}")].terms)
        assert model is not None
        world = self.timed("make the world", lambda: _world(known, asked, model, at))
        self.timed("its hash", lambda: hash_of(world))
        state = self.timed("its state, checked", lambda: State.of(world))
        assert world.forward is not None
        forward = world.forward
        self.timed("the chance, its range, what each reader adds", lambda: risk(state, forward))
        self.timed("among how many the source is hidden", lambda: hidden_among(known, item, at))
        self.timed(
            "the command, all of it, durable", lambda: self.node.record(Order(command=command, by=AGENT))
        )
        recorded = self.node.ledger.read(about(f"request:{asked.request}", kinds=(ExposureFigured,)))
        assert len(recorded.facts) == 1, "a request is figured once"
        self.requests.append(asked.request)
        self.sizes.append((len(known.facts), len(world.items), len(world.people), len(world.units), readings))


def _world(known: History, asked: ReleaseRequested, model: Model, at: datetime) -> World:
    asked_for = Asked(item=asked.item, unit=asked.unit, recipients=asked.recipients, extent=asked.extent)
    return world_of(known, asked_for, model, at)


def latest(node: Node) -> list[ItemId]:
    """The latest item about each adversary."""
    found = {}
    for r in node.ledger.read(about(kinds=(ItemRegistered,))).of(ItemRegistered):
        if r.fact.adversary:
            found[r.fact.adversary] = r.fact.item
    return [found[adversary] for adversary in sorted(found)]


if __name__ == "__main__":
    run()
