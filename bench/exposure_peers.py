"""What the exposure model is measured beside: general programs for Bayesian networks, and inclusion-exclusion.

The networks are the same model, node for node: where a unit has a propensity, it is a variable with the values that
the quadrature takes it at; each reader is a variable below it; each item a noisy-or of its readers with the background
as its leak. What is asked is the posterior of every reader.

``python -m bench.exposure_peers NAME SEED SIZE`` is one of them in a process of its own, which may be ended: see
``bench/exposure.py``. It prints a line as soon as it has its first answer, and one more for those that follow.
"""

import importlib
import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tearline.estimates.exposure import State, World
from tearline.estimates.exposure.quadrature import nodes_and_weights, nodes_for
from tearline.estimates.exposure.solution import solve
from tearline.estimates.exposure.world import (
    Beta,
    Compromised,
    Exposure,
    Item,
    Nodes,
    NotCompromised,
    Person,
    Unit,
)

REPEATS, SECONDS = 25, 1.0
"""Answers after the first, which is not counted: so many, or as many as that time allows, and two at least."""

MOST_MEMORY = 4 << 30
"""Bytes that a process may ask for: a network whose tables do not fit is not to take the machine with it."""

BACKGROUND = 0.01


@dataclass(frozen=True, kw_only=True)
class Size:
    """Readers, items, readers of each item, how many items leaked, and people a unit."""

    people: int
    items: int
    readers: int
    positives: int
    unit: int

    def __str__(self) -> str:
        return (
            f"{self.people} people, {self.items} items, {self.readers} readers each, {self.positives} leaked"
        )


@dataclass(frozen=True, kw_only=True)
class Small:
    """A small world: ``unit`` of each person, each item's readers with their chances, and whether it leaked."""

    size: Size
    unit: list[int]
    rules: list[Nodes]
    readers: list[list[int]]
    q: list[list[float]]
    leaked: list[bool]

    @classmethod
    def drawn(cls, size: Size, seed: int) -> "Small":
        random = np.random.default_rng([seed, size.people, size.readers])
        unit = [n // size.unit for n in range(size.people)]
        rules = []
        for _ in range(unit[-1] + 1):
            prior = Beta(mean=float(random.uniform(0.02, 0.2)), kappa=8.0)
            nodes, weights = nodes_and_weights(prior, nodes_for(size.unit))
            if size.unit == 1:
                nodes, weights = (nodes * weights).sum(keepdims=True), np.ones(1)
            rules.append(Nodes(nodes=tuple(nodes.tolist()), weights=tuple(weights.tolist())))
        return cls(
            size=size,
            unit=unit,
            rules=rules,
            readers=[
                random.choice(size.people, size.readers, replace=False).tolist() for _ in range(size.items)
            ],
            q=[random.uniform(0.1, 0.6, size.readers).tolist() for _ in range(size.items)],
            leaked=[n < size.positives for n in range(size.items)],
        )

    @property
    def world(self) -> World:
        return World(
            name="small",
            adversary="a",
            horizon=10.0,
            units=tuple(Unit(id=n, prior=rule) for n, rule in enumerate(self.rules)),
            people=tuple(Person(id=n, unit=unit) for n, unit in enumerate(self.unit)),
            items=tuple(
                Item(
                    id=n,
                    released=0.0,
                    background=BACKGROUND,
                    observation=Compromised() if leaked else NotCompromised(),
                )
                for n, leaked in enumerate(self.leaked)
            ),
            exposures=tuple(
                Exposure(person=person, item=n, q=q)
                for n, (people, chances) in enumerate(zip(self.readers, self.q, strict=True))
                for person, q in zip(people, chances, strict=True)
            ),
        )


Ask = Callable[[], list[float]]
"""The posterior of each reader, reckoned anew at each call."""


def ours(small: Small) -> Ask:
    state = State.of(small.world)

    def ask() -> list[float]:
        fresh = state.weighing(state.log_m, state.log_c, state.covers)
        return [float(p) for p in solve(fresh).probability]

    return ask


def agrum(inference: str) -> Callable[[Small], Ask]:
    """pyAgrum's own noisy-or (``addNoisyORNet``), with one of its exact methods."""

    def made(small: Small) -> Ask:
        gum: Any = importlib.import_module("pyagrum")
        net = gum.BayesNet()
        people = _agrum_readers(gum, net, small)
        evidence = {}
        for n, leaked in enumerate(small.leaked):
            item = net.addNoisyORNet(gum.LabelizedVariable(f"y{n}", "", 2), BACKGROUND)
            for person, q in zip(small.readers[n], small.q[n], strict=True):
                net.addWeightedArc(people[person], item, q)
            evidence[item] = int(leaked)
        return _agrum_asked(getattr(gum, inference), net, people, evidence)

    return made


def agrum_by_hand(small: Small) -> Ask:
    """What somebody can do who knows both the model and junction trees: items that did not leak are likelihoods of
    their readers, and each noisy-or is a chain of variables with two parents.
    """
    gum: Any = importlib.import_module("pyagrum")
    net = gum.BayesNet()
    people = _agrum_readers(gum, net, small)
    evidence: dict[int, int | list[float]] = {}
    spared = np.ones(small.size.people)
    for n, leaked in enumerate(small.leaked):
        if not leaked:
            np.multiply.at(spared, small.readers[n], 1.0 - np.array(small.q[n]))
            continue
        before = net.add(gum.LabelizedVariable(f"y{n}", "", 2))
        net.cpt(before).fillWith([1.0 - BACKGROUND, BACKGROUND])
        for m, (person, q) in enumerate(zip(small.readers[n], small.q[n], strict=True)):
            after = net.add(gum.LabelizedVariable(f"y{n}_{m}", "", 2))
            net.addArc(before, after)
            net.addArc(people[person], after)
            table = net.cpt(after)
            for already in (0, 1):
                for channel in (0, 1):
                    stays = (1 - already) * (1.0 - q * channel)
                    table[{f"z{person}": channel, net.variable(before).name(): already}] = [
                        stays,
                        1.0 - stays,
                    ]
            before = after
        evidence[before] = 1
    for n, person in enumerate(people):
        evidence[person] = [1.0, float(spared[n])]
    return _agrum_asked(gum.LazyPropagation, net, people, evidence)


def _agrum_readers(gum: Any, net: Any, small: Small) -> list[int]:
    units = []
    for u, rule in enumerate(small.rules):
        if len(rule.nodes) > 1:
            units.append(net.add(gum.LabelizedVariable(f"u{u}", "", len(rule.nodes))))
            net.cpt(units[-1]).fillWith(list(rule.weights))
    people = []
    for n, u in enumerate(small.unit):
        person = net.add(gum.LabelizedVariable(f"z{n}", "", 2))
        people.append(person)
        nodes = small.rules[u].nodes
        if len(nodes) > 1:
            net.addArc(units[u], person)
            for k, node in enumerate(nodes):
                net.cpt(person)[{f"u{u}": k}] = [1.0 - node, node]
        else:
            net.cpt(person).fillWith([1.0 - nodes[0], nodes[0]])
    return people


def _agrum_asked(inference: Any, net: Any, people: list[int], evidence: Mapping[int, object]) -> Ask:
    def ask() -> list[float]:
        engine = inference(net)
        engine.setEvidence(evidence)
        engine.setTargets(set(people))
        engine.makeInference()
        return [float(engine.posterior(person)[1]) for person in people]

    return ask


def pgmpy(inference: str) -> Callable[[Small], Ask]:
    """pgmpy's ``NoisyORCPD``, which has no leak: the background is a parent that is certain."""

    def made(small: Small) -> Ask:
        discrete: Any = importlib.import_module("pgmpy.factors.discrete")
        methods: Any = importlib.import_module("pgmpy.inference")
        tabular = discrete.TabularCPD
        yes_no = ["True", "False"]
        net = importlib.import_module("pgmpy.models").DiscreteBayesianNetwork()
        net.add_node("b")
        net.add_cpds(tabular("b", 2, [[1.0], [0.0]], state_names={"b": yes_no}))
        for u, rule in enumerate(small.rules):
            if len(rule.nodes) > 1:
                net.add_node(f"u{u}")
                net.add_cpds(tabular(f"u{u}", len(rule.nodes), [[w] for w in rule.weights]))
        for n, u in enumerate(small.unit):
            net.add_node(f"z{n}")
            nodes = small.rules[u].nodes
            names: dict[str, list[Any]] = {f"z{n}": yes_no}
            table = [list(nodes), [1.0 - node for node in nodes]]
            if len(nodes) > 1:
                net.add_edge(f"u{u}", f"z{n}")
                names[f"u{u}"] = list(range(len(nodes)))
                net.add_cpds(tabular(f"z{n}", 2, table, [f"u{u}"], [len(nodes)], state_names=names))
            else:
                net.add_cpds(tabular(f"z{n}", 2, table, state_names=names))
        for n in range(small.size.items):
            parents = ["b", *(f"z{person}" for person in small.readers[n])]
            net.add_edges_from((parent, f"y{n}") for parent in parents)
            net.add_cpds(discrete.NoisyORCPD(f"y{n}", [BACKGROUND, *small.q[n]], parents))
        evidence = {f"y{n}": yes_no[1 - leaked] for n, leaked in enumerate(small.leaked)}
        readers = [f"z{n}" for n in range(small.size.people)]

        def ask() -> list[float]:
            if inference == "VariableElimination":
                engine = methods.VariableElimination(net)
                return [
                    float(engine.query([one], evidence, show_progress=False).values[0]) for one in readers
                ]
            tree = methods.BeliefPropagation(net)
            found = tree.query(readers, evidence, joint=False, show_progress=False)
            return [float(found[one].values[0]) for one in readers]

        return ask

    return made


ENGINES: Mapping[str, Callable[[Small], Ask]] = {
    "tearline": ours,
    "pyAgrum, LazyPropagation": agrum("LazyPropagation"),
    "pyAgrum, ShaferShenoy": agrum("ShaferShenoyInference"),
    "pyAgrum, VariableElimination": agrum("VariableElimination"),
    "pyAgrum, rewritten by hand": agrum_by_hand,
    "pgmpy, VariableElimination": pgmpy("VariableElimination"),
    "pgmpy, BeliefPropagation": pgmpy("BeliefPropagation"),
}

IMPORTS = {"tearline": (), "pyAgrum": ("pyagrum",), "pgmpy": ("pgmpy.inference", "pgmpy.models")}
"""What is loaded before the clock starts."""


def main(name: str, seed: str, size: str) -> None:
    """Build the network, answer once, print; then again and again, and print what that took."""
    warnings.simplefilter("ignore")
    logging.disable()
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    for module in IMPORTS[name.partition(",")[0]]:
        importlib.import_module(module)
    small = Small.drawn(Size(**json.loads(size)), int(seed))
    began = time.perf_counter()
    ask = ENGINES[name](small)
    built = time.perf_counter() - began
    began, busy = time.perf_counter(), time.process_time()
    posterior = ask()
    first, cpu_of_first = time.perf_counter() - began, time.process_time() - busy
    print(
        json.dumps({"built": built, "wall": [first], "cpu": [cpu_of_first], "posterior": posterior}),
        flush=True,
    )
    wall: list[float] = []
    cpu: list[float] = []
    while len(wall) < 2 or (len(wall) < REPEATS and sum(wall) < SECONDS):
        began, busy = time.perf_counter(), time.process_time()
        ask()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - busy)
    print(json.dumps({"wall": wall, "cpu": cpu}), flush=True)


def argument(size: Size) -> str:
    return json.dumps(asdict(size))


if __name__ == "__main__":
    main(*sys.argv[1:])
