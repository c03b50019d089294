"""A verdict on chains of 10, 100 and 1,000 people, beside its peers: ``python -m bench.verdict``.

Thread CPU time, so that other work on the machine counts less; median and 99th percentile over the dossiers of one
seeded world, the same for all engines. A dossier is decided three times in a row and the mean taken: a node decides
right after it assembled the facts, so they are in the processor's cache. Every engine must give the same outcome and
the same rules as ours on every dossier it is timed on, or the measurement stops.

- tearline: the pack cross-border/1, 30 rules, whole verdict with rules, witnesses and what is owed.
- plain Python: the same 30 rules written by hand as functions, with the facts that made each match.
- cel-expr-python: the same 30 conditions in Google's C++ evaluator; rule ids only, no witnesses. Times are numbers
  of seconds, since it takes no times within records.
- cedarpy: the same 30 rules, but each "for all" over people, warnings or sign-offs is done in Python beforehand,
  because Cedar has no quantifier; rule ids only.
"""

import copy
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import cedarpy
from cel_expr_python import cel

from bench.verdict_peers import PLAIN_RULES, Facts, flat_facts, flat_policies
from tearline.protocol import Effect, Pack, Verdict, load_pack

PACK = Path(__file__).parents[1] / "src/tearline/protocol/packs/cross-border.yaml"
CHAINS = {10: 2_000, 100: 600, 1_000: 150}
SHARE = {"cel-expr-python": 2, "cedarpy, host does the for-alls": 10}
"""Slower peers decide only one in so many of the dossiers."""

IN_A_ROW = 3
MUST_REACH = {10: 30, 1_000: 300}

Dossier = dict[str, Any]
Answer = tuple[str, frozenset[str]]


def run() -> None:
    pack = load_pack(PACK.read_bytes(), file=PACK.name)
    print(
        f"load {os.getloadavg()[0]:.1f}; {pack.id}, {len(pack.rules)} rules; CPU µs a decision, p50 / p99 (n)"
    )
    rows: dict[str, list[Spent]] = {}
    outcomes: Counter[str] = Counter()
    for chain, count in CHAINS.items():
        world = [dossier(pack, chain, random.Random(f"{chain}/{n}")) for n in range(count)]
        expected = [answer(pack.decide(one)) for one in world]
        outcomes.update(effect for effect, _ in expected)
        for name, prepare, decide, read in engines(pack):
            sample = range(0, count, SHARE.get(name, 1))
            prepared = [prepare(world[n]) for n in sample]
            for n, one in zip(sample, prepared, strict=True):
                assert read(decide(one)) == expected[n], (name, n)
            rows.setdefault(name, []).append(timed(decide, prepared))
        lacking = [without_a_fact(one, random.Random(n)) for n, one in enumerate(world)]
        rows.setdefault("tearline, one fact missing", []).append(timed(pack.decide, lacking))
    print(f"{'engine':<36}" + "".join(f"{f'chain of {chain:,}':>24}" for chain in CHAINS))
    for name, cells in rows.items():
        print(f"{name:<36}" + "".join(f"{cell!s:>24}" for cell in cells))
    print(f"outcomes: {', '.join(f'{effect} {n}' for effect, n in sorted(outcomes.items()))}")
    for cell, chain in zip(rows["tearline"], CHAINS, strict=True):
        if chain in MUST_REACH:
            word = "reached" if cell.median <= MUST_REACH[chain] else "MISSED"
            print(f"chain of {chain:,}: at most {MUST_REACH[chain]} µs at the median: {word}")
    print(f"load {os.getloadavg()[0]:.1f}")


@dataclass(frozen=True)
class Spent:
    """CPU microseconds of a decision."""

    median: float
    p99: float
    count: int

    def __str__(self) -> str:
        return f"{self.median:,.0f} / {self.p99:,.0f} ({self.count:,})"


def timed(decide: Callable[[Any], object], prepared: list[Any]) -> Spent:
    for one in prepared[:50]:
        decide(one)
    spent = []
    for one in prepared:
        start = time.thread_time_ns()
        for _ in range(IN_A_ROW):
            decide(one)
        spent.append((time.thread_time_ns() - start) / 1_000 / IN_A_ROW)
    spent.sort()
    return Spent(statistics.median(spent), spent[min(len(spent) - 1, int(len(spent) * 0.99))], len(spent))


def answer(verdict: Verdict) -> Answer:
    return str(verdict.effect), frozenset(match.rule.id for match in verdict.matched)


# The world


def dossier(pack: Pack, chain: int, chance: random.Random) -> Dossier:
    """One proposed release: a third in order, the rest with one to three things wrong."""
    made: Dossier = copy.deepcopy(dict(pack.base))
    at: datetime = made["at"]
    made["chain"] = [
        {
            "person": f"officer-{n + 100}",
            "relation": "recipient"
            if n < max(1, chain // 3)
            else "signatory"
            if n == chain - 1
            else "superior",
            "outcome": "cleared",
            "decided_by": "agency-1",
            "decided_at": at - timedelta(days=chance.randrange(1, 360), seconds=n),
            "valid_until": at + timedelta(days=chance.randrange(1, 700), seconds=n),
            "trained_until": at + timedelta(days=chance.randrange(1, 300), seconds=n),
        }
        for n in range(chain)
    ]
    made["request"]["recipients"] = chance.randrange(1, max(2, chain // 3))
    made["item"]["tlp"] = chance.choice(["RED", "AMBER", "AMBER+STRICT", "GREEN"])
    made["source"]["knowers"] = chance.randrange(5, 60)
    if chance.random() > 0.33:
        for _ in range(chance.randrange(1, 4)):
            chance.choice(WRONGS)(made, chance)
    return made


def someone(made: Dossier, chance: random.Random) -> dict[str, Any]:
    person: dict[str, Any] = chance.choice(made["chain"])
    return person


def alleged(kind: str, status: str) -> Callable[[Dossier, random.Random], None]:
    def wrong(made: Dossier, chance: random.Random) -> None:
        listed = made["recipient"]["allegations"]
        one = {"id": f"allegation-{len(listed)}", "kind": kind, "at": made["at"], "status": status}
        listed.append(one | {"person": someone(made, chance)["person"]})

    return wrong


def warned(made: Dossier, chance: random.Random) -> None:
    listed = made["source"]["warnings"]
    kind = chance.choice(["bloodshed", "exposure"])
    answered = chance.random() < 0.5
    listed.append({"id": f"warning-{len(listed)}", "at": made["at"], "kind": kind, "answered": answered})


def dissented(made: Dossier, chance: random.Random) -> None:
    listed = made["dissents"]
    answered = chance.random() < 0.5
    one = {"id": f"dissent-{len(listed)}", "by": "officer-4", "at": made["at"], "answered": answered}
    listed.append(one | {"answered_by_superior": answered and chance.random() < 0.5})


def at_risk(made: Dossier, chance: random.Random) -> None:
    made["protection"] = {"people_at_risk": chance.randrange(1, 80)}
    if chance.random() < 0.5:
        made["protection"] |= {"plan": "plan-1", "plan_ready_from": made["at"]}


WRONGS: list[Callable[[Dossier, random.Random], None]] = [
    lambda made, chance: someone(made, chance).update(outcome="exempt"),
    lambda made, chance: someone(made, chance).update(
        outcome=chance.choice(["failed", "refused", "withdrawn"])
    ),
    lambda made, chance: someone(made, chance).update(outcome="pending"),
    lambda made, chance: someone(made, chance).update(valid_until=made["at"]),
    lambda made, chance: someone(made, chance).update(decided_at=made["at"] - timedelta(days=400)),
    lambda made, _: made["chain"][0].update(trained_until=made["at"] - timedelta(days=1)),
    lambda made, _: made["recipient"].update(suspended=True),
    lambda made, _: made["recipient"].update(outcome="pending"),
    alleged("leak", "open"),
    alleged("gross-violation", "credible"),
    alleged("corruption", "open"),
    warned,
    dissented,
    at_risk,
    lambda made, _: made.update(chain_complete=False),
    lambda made, _: made["sign_offs"].pop(),
    lambda made, _: made["sign_offs"][0].update(by="officer-1"),
    lambda made, _: made["request"].update(purpose_stated=False),
    lambda made, _: made["request"].update(extent="existence"),
    lambda made, _: made["item"].update(perishes_at=made["at"]),
    lambda made, _: made["item"].update(originator="agency-3"),
    lambda made, _: made["request"].update(scope="own-agency"),
]


def without_a_fact(made: Dossier, chance: random.Random) -> Dossier:
    """The same without one fact: half the time of a person, half the time of anything else."""
    lacking = copy.deepcopy(made)
    if chance.random() < 0.5:
        del someone(lacking, chance)[chance.choice(["outcome", "decided_at", "relation"])]
    else:
        part = chance.choice(["request", "item", "agreement", "recipient", "source"])
        del lacking[part][chance.choice(sorted(lacking[part]))]
    return lacking


# The engines

Engine = tuple[str, Callable[[Dossier], Any], Callable[[Any], Any], Callable[[Any], Answer]]


def engines(pack: Pack) -> list[Engine]:
    """Name, what is prepared beforehand and not timed, what is timed, and what it answered."""
    effects = {rule.id: rule.effect for rule in pack.rules}
    return [
        ("tearline", lambda one: one, pack.decide, answer),
        ("plain Python", lambda one: one, decide_plainly, lambda found: found[:2]),
        ("cel-expr-python", in_seconds, google(pack, effects), lambda found: found),
        ("cedarpy, host does the for-alls", lambda one: one, cedar(effects), lambda found: found),
    ]


def worst(effects: Mapping[str, Effect], found: frozenset[str]) -> Answer:
    matched = {effects[rule] for rule in found}
    if Effect.REFUSE in matched or Effect.PERMIT not in matched:
        return "refuse", found
    return ("hold" if Effect.HOLD in matched else "release"), found


def decide_plainly(one: Dossier) -> tuple[str, frozenset[str], dict[str, Facts]]:
    found: dict[str, Facts] = {}
    refused = held = permitted = False
    for name, effect, rule in PLAIN_RULES:
        facts = rule(one)
        if facts:
            found[name] = facts
            if effect == "refuse":
                refused = True
            elif effect == "hold":
                held = True
            else:
                permitted = True
    outcome = "refuse" if refused or not permitted else "hold" if held else "release"
    return outcome, frozenset(found), found


def in_seconds(value: Any) -> Any:
    match value:
        case datetime():
            return int(value.timestamp())
        case timedelta():
            return int(value.total_seconds())
        case dict():
            return {key: in_seconds(inner) for key, inner in value.items()}
        case list():
            return [in_seconds(inner) for inner in value]
        case _:
            return value


def google(pack: Pack, effects: Mapping[str, Effect]) -> Callable[[Any], Answer]:
    types = cel.Type
    record, listed = types.Map(types.STRING, types.DYN), types.List(types.DYN)
    variables = dict.fromkeys(("request", "item", "source", "protection", "agreement", "recipient"), record)
    variables |= dict.fromkeys(("chain", "dissents", "sign_offs"), listed)
    variables |= {"at": types.INT, "chain_complete": types.BOOL, "overseer_informed": types.BOOL}
    environment = cel.NewEnv(variables=variables)
    programs = [(rule.id, environment.compile(rule.condition)) for rule in pack.rules]

    def decide(one: Any) -> Answer:
        activation = environment.Activation(one)
        return worst(
            effects, frozenset(name for name, program in programs if program.eval(activation).value() is True)
        )

    return decide


def cedar(effects: Mapping[str, Effect]) -> Callable[[Any], Answer]:
    """Two questions in one batch: may it be released at all, and may it be released now."""
    policies = cedarpy.PolicySet.from_str(flat_policies(effects))
    entities = cedarpy.Entities.from_json_str("[]")

    def decide(one: Dossier) -> Answer:
        context = flat_facts(one)
        asked = [
            {
                "principal": 'Unit::"u"',
                "action": f'Action::"{action}"',
                "resource": 'Item::"i"',
                "context": context,
            }
            for action in ("permit", "stop")
        ]
        answers = cedarpy.is_authorized_batch(asked, policies, entities)
        found = set()
        for one_answer in answers:
            assert not one_answer.diagnostics.errors, one_answer.diagnostics.errors
            found |= set(one_answer.diagnostics.id_annotations_by_reason.values())
        return worst(effects, frozenset(found))

    return decide


if __name__ == "__main__":
    run()
