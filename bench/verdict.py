"""A verdict on chains of 10, 100 and 1,000 people, beside its peers: ``python -m bench verdict``.

Thread CPU time, so that other work on the machine counts less; median and 99th percentile over the dossiers of one
seeded world, the same for all engines, which take turns at blocks of fifty. A dossier is decided once, and then three
times in a row, of which the mean is taken, less what the clock itself costs: a node decides right after it assembled
the facts, so they are in the processor's cache. Ours must be what the plain evaluator says; every other engine must
give the same outcome and the same rules on every dossier it is timed on, and the rules by hand the same facts and what
is owed as well, or the measurement stops.

- tearline: the whole verdict with rules, witnesses and what is owed; ``outcome`` gives effect and rule ids only.
- by hand: the same rules as Python functions, with the same facts and what is owed.
- cel-expr-python: Google's C++ evaluator of CEL, once with a program a rule and once with all rules in one.
- cedarpy: policies and entities as handles; once with every "for all" answered in Python beforehand (flat), once with
  the people in the chain as entities that are asked about in one batch.
"""

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import verdict_cedar, verdict_cel
from bench.verdict_by_hand import By, decide_by_hand
from bench.verdict_world import Dossier, dossier, filled, without_a_fact
from tearline.facts.errors import Malformed
from tearline.protocol import Decision, Effect, Pack, Protocol, Verdict, load_pack
from tearline.protocol.protocol import judged

PACKS = Path(__file__).parents[1] / "src/tearline/protocol/packs"
FOURTEEN = Path(__file__).with_name("fourteen.yaml")
CHAINS = {10: 2_000, 100: 600, 1_000: 150}
IN_A_ROW = 3
BLOCK = 50

BY_HAND = "by hand in Python"
CEL = ("cel-expr-python, a program a rule", "cel-expr-python, all in one program")
CEDAR = ("cedarpy, flat: Python does the for-alls", "cedarpy, people as entities")
SHARE = dict.fromkeys(CEL, 2) | {CEDAR[0]: 10, CEDAR[1]: 25}
"""Slower peers decide only one in so many of the dossiers."""

MOST = {"fourteen": {10: 15.0}, "cross-border": {10: 30.0, 1_000: 300.0}, "all": {10: 150.0}}
"""CPU microseconds at the median, by chain."""
TIMES_BY_HAND, TIMES_CEL, TIMES_CEDAR = 1.5, 10, 50

Answer = tuple[str, frozenset[str]]


def run() -> None:
    shipped = [load_pack(path.read_bytes(), file=path.name) for path in sorted(PACKS.glob("*.yaml"))]
    world_of = next(pack for pack in shipped if pack.id == "cross-border/1")
    fourteen = load_pack(FOURTEEN.read_bytes(), file=FOURTEEN.name)
    print(
        f"load {os.getloadavg()[0]:.1f}; CPU µs a decision, p50 / p99 (n); seed: chain length and number of the "
        f"dossier; {CLOCK:.2f} µs for the clock taken off every three decisions"
    )
    table("fourteen", f"{fourteen.id}, {len(fourteen.rules)} rules", one_pack(fourteen, world_of), peers=True)
    table("cross-border", f"{world_of.id}, {len(world_of.rules)} rules", one_pack(world_of, world_of))
    together, left_out = fitting(shipped)
    rules = sum(len(pack.rules) for pack in together.packs)
    title = f"{len(together.packs)} packs, {rules} rules: {together.id}"
    table("all", title + (f"; left out: {', '.join(left_out)}" if left_out else ""), all_packs(together))
    for name, pack in [(pack.id, pack) for pack in shipped]:
        print(f"loading {name}: {loading(name, pack):.0f} ms")
    print(f"load {os.getloadavg()[0]:.1f}")


@dataclass(frozen=True)
class Spent:
    """CPU microseconds of a decision, sorted."""

    each: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    def __str__(self) -> str:
        p99 = self.each[min(len(self.each) - 1, int(len(self.each) * 0.99))]
        digits = 1 if self.median < 100 else 0
        return f"{self.median:,.{digits}f} / {p99:,.{digits}f} ({len(self.each):,})"


@dataclass(frozen=True)
class Engine:
    """What is prepared beforehand and not timed, what is timed, and a check of what it answered."""

    name: str
    decide: Callable[[Any], Any]
    check: Callable[[Any, Dossier], bool]
    prepare: Callable[[Dossier], Any] = lambda one: one


Measured = tuple[dict[str, list[Spent]], Counter[str]]


def table(key: str, title: str, measured: Measured, *, peers: bool = False) -> None:
    rows, outcomes = measured
    print(f"\n{title}\n{'engine':<42}" + "".join(f"{f'chain of {chain:,}':>26}" for chain in CHAINS))
    for name, cells in rows.items():
        print(f"{name:<42}" + "".join(f"{cell!s:>26}" for cell in cells))
    print(f"outcomes: {', '.join(f'{effect} {n}' for effect, n in sorted(outcomes.items()))}")
    for cell, chain in zip(rows["tearline"], CHAINS, strict=True):
        if chain in MOST[key]:
            said(
                cell.median <= MOST[key][chain],
                f"{cell.median:.1f} µs at a chain of {chain:,}, at most {MOST[key][chain]:.0f}",
            )
    if not peers:
        return
    at_ten = {name: cells[0].median / rows["tearline"][0].median for name, cells in rows.items()}
    by_hand = 1 / at_ten[BY_HAND]
    said(by_hand <= TIMES_BY_HAND, f"{by_hand:.2f} times by hand, at most {TIMES_BY_HAND}")
    for name in CEL:
        said(at_ten[name] >= TIMES_CEL, f"{at_ten[name]:.1f} times as fast as {name}, at least {TIMES_CEL}")
    for name in CEDAR:
        said(
            at_ten[name] >= TIMES_CEDAR, f"{at_ten[name]:.0f} times as fast as {name}, at least {TIMES_CEDAR}"
        )


def said(is_so: bool, what: str) -> None:  # noqa: FBT001  what it says
    print(f"{'reached' if is_so else 'MISSED'}: {what}")


def one_pack(pack: Pack, world_of: Pack) -> Measured:
    """The pack beside its peers, and where a fact is missing, which no peer can do without an error."""

    rows: dict[str, list[Spent]] = {}
    outcomes: Counter[str] = Counter()
    for chain, count in CHAINS.items():
        world = [dossier(world_of, chain, random.Random(f"{chain}/{n}")) for n in range(count)]
        outcomes.update(str(pack.decide(one).effect) for one in world)
        for name, spent in timed(engines(pack), world).items():
            rows.setdefault(name, []).append(spent)
        missing = Engine("tearline, one fact missing", pack.decide, as_told_slowly(pack))
        without = [without_a_fact(one, random.Random(n)) for n, one in enumerate(world)]
        for name, spent in timed([missing], without).items():
            rows.setdefault(name, []).append(spent)
    return rows, outcomes


def all_packs(protocol: Protocol) -> Measured:
    rows: dict[str, list[Spent]] = {}
    outcomes: Counter[str] = Counter()

    def same(found: object, one: Dossier) -> bool:
        decision = protocol.decide(one)
        return found == (decision.effect, tuple(decision.called(m.rule) for m in decision.matched))

    def whole(found: Decision, one: Dossier) -> bool:
        """Nothing is missing, so that all packs take the fast way, and it is what the plain evaluator says."""
        plainly = judged(tuple(pack.decide_slowly(one) for pack in protocol.packs))
        return found == plainly and not found.undecided and all(match.certain for match in found.matched)

    both = [
        Engine("tearline", protocol.decide, whole),
        Engine("tearline, outcome only", protocol.outcome, same),
    ]
    for chain, count in CHAINS.items():
        made = (dossier(protocol.leading, chain, random.Random(f"{chain}/{n}")) for n in range(count))
        world = [filled(one, protocol, random.Random(f"{chain}/{n}/2")) for n, one in enumerate(made)]
        outcomes.update(str(protocol.decide(one).effect) for one in world)
        for name, spent in timed(both, world).items():
            rows.setdefault(name, []).append(spent)
    return rows, outcomes


def fitting(packs: list[Pack]) -> tuple[Protocol, list[str]]:
    """As many as fit together, of each text the newest, cross-border leading."""
    newest = {pack.name: pack for pack in sorted(packs, key=lambda pack: int(pack.version))}
    leading = newest.pop("cross-border")
    protocol, left_out = Protocol(packs=(leading,)), [p.id for p in packs if p not in newest.values()]
    left_out.remove(leading.id)
    for pack in newest.values():
        try:
            protocol = Protocol(packs=(*protocol.packs, pack))
        except Malformed:
            left_out.append(pack.id)
    return protocol, left_out


def timed(engines_: list[Engine], world: list[Dossier]) -> dict[str, Spent]:
    prepared = []
    for engine in engines_:
        chosen = world[:: SHARE.get(engine.name, 1)]
        ready = [engine.prepare(one) for one in chosen]
        for one, made in zip(chosen, ready, strict=True):
            assert engine.check(engine.decide(made), one), (engine.name, one)
        prepared.append(ready)
    spent: list[list[float]] = [[] for _ in engines_]
    for start in range(0, len(world), BLOCK):
        for engine, ready, own in zip(engines_, prepared, spent, strict=True):
            share = SHARE.get(engine.name, 1)
            for made in ready[-(-start // share) : -(-(start + BLOCK) // share)]:
                own.append(in_a_row(engine.decide, made))
    return {engine.name: Spent(sorted(own)) for engine, own in zip(engines_, spent, strict=True)}


def clock() -> float:
    """What two looks at the clock cost, in microseconds: a twentieth of the shortest decisions."""
    spent = []
    for _ in range(2_000):
        start = time.thread_time_ns()
        spent.append(time.thread_time_ns() - start)
    return statistics.median(spent) / 1_000


CLOCK = clock()


def in_a_row(decide: Callable[[Any], object], made: object) -> float:
    decide(made)  # whoever is first would pay for bringing the facts into the cache
    start = time.thread_time_ns()
    for _ in range(IN_A_ROW):
        decide(made)
    return ((time.thread_time_ns() - start) / 1_000 - CLOCK) / IN_A_ROW


def loading(name: str, pack: Pack) -> float:
    """CPU milliseconds, the median of five."""
    path = next(
        path for path in PACKS.glob("*.yaml") if load_pack(path.read_bytes(), file=name).id == pack.id
    )
    spent = []
    for _ in range(5):
        start = time.thread_time_ns()
        load_pack(path.read_bytes(), file=name)
        spent.append((time.thread_time_ns() - start) / 1_000_000)
    return statistics.median(spent)


# The engines


def engines(pack: Pack) -> list[Engine]:
    effects = {rule.id: rule.effect for rule in pack.rules}

    def ids(found: tuple[str, Any], one: Dossier) -> bool:
        return (str(found[0]), frozenset(found[1])) == answer(pack.decide(one))

    def in_full_by_hand(found: By, one: Dossier) -> bool:
        outcome, facts, owed = found
        return (outcome, {rule: dict(read) for rule, read in facts.items()}, owed) == in_full(
            pack.decide(one)
        )

    def said_by(of: Callable[[Any], frozenset[str]]) -> Callable[[Any], Answer]:
        return lambda one: worst(effects, of(one))

    return [
        Engine("tearline", pack.decide, as_told_slowly(pack)),
        Engine("tearline, outcome only", pack.outcome, ids),
        Engine(BY_HAND, decide_by_hand(pack), in_full_by_hand),
        Engine(CEL[0], said_by(verdict_cel.each(pack)), ids, verdict_cel.in_seconds),
        Engine(CEL[1], said_by(verdict_cel.together(pack)), ids, verdict_cel.in_seconds),
        Engine(CEDAR[0], said_by(verdict_cedar.flat(effects)), ids),
        Engine(CEDAR[1], said_by(verdict_cedar.of_people(effects)), ids, verdict_cedar.with_people),
    ]


def as_told_slowly(pack: Pack) -> Callable[[Verdict, Dossier], bool]:
    return lambda found, one: found == pack.decide_slowly(one)


def answer(verdict: Verdict) -> Answer:
    return str(verdict.effect), frozenset(match.rule.id for match in verdict.matched)


def in_full(verdict: Verdict) -> object:
    """A verdict as the rules by hand give it."""
    matched = {match.rule.id: {r.path: r.value for r in match.readings} for match in verdict.matched}
    owed = [(o.rule, o.obligation, o.debtor, o.creditor, o.due, o.sentence) for o in verdict.owed]
    return str(verdict.effect), matched, owed


def worst(effects: Mapping[str, Effect], found: frozenset[str]) -> Answer:
    matched = {effects[rule] for rule in found}
    if Effect.REFUSE in matched or Effect.PERMIT not in matched:
        return "refuse", found
    return ("hold" if Effect.HOLD in matched else "release"), found


if __name__ == "__main__":
    run()
