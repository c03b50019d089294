"""Who is who among made registers: right pairs, right people, the number in all, and how long many reports take.

``python -m bench linkage`` makes its registers itself (bench/registers.py); ``TEARLINE_REGISTERS`` may name a folder of
others, each ``NAME.csv`` with ``NAME_truth.csv`` (report_id, person), all taken to be of 1,500 victims.
"""

import csv
import logging
import os
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.registers import Made, made
from tearline.estimates.casualties.decomposable import averaged as over_graphs
from tearline.estimates.linkage.linking import ask, link, register
from tearline.estimates.linkage.reports import Ints, coded
from tearline.estimates.linkage.sizes import averaged, histories
from tearline.jobs.reports import read_reports

SEEDS = tuple(range(101, 111))
ROUNDS, A_ROUND = 10, 40
VICTIMS = 1_500
MANY = 60_500
"""Victims whose reports are a little more than 100,000."""


def pair_scores(member: Ints, person: Ints) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs that are put together."""
    joined = sum(n * (n - 1) // 2 for n in Counter(member.tolist()).values())
    true = sum(n * (n - 1) // 2 for n in Counter(person.tolist()).values())
    both = Counter(zip(member.tolist(), person.tolist(), strict=True))
    right = sum(n * (n - 1) // 2 for n in both.values())
    precision, recall = right / max(joined, 1), right / max(true, 1)
    return precision, recall, 2 * right / max(joined + true, 1)


def whole_f1(member: Ints, person: Ints) -> float:
    """F1 of whole people: those whose reports are put together, all of them and no other."""

    def groups(of: Ints) -> set[tuple[int, ...]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for n, one in enumerate(of.tolist()):
            found[one].append(n)
        return {tuple(each) for each in found.values()}

    ours, true = groups(member), groups(person)
    return 2 * len(ours & true) / (len(ours) + len(true))


def measure(name: str, one: Made, *, seed: int = 0, rounds: int = ROUNDS, count: int = 100) -> bool:
    """One line before labels and one after; whether the number in all lies in the interval after."""
    began = time.perf_counter()
    of = register(one.reports)
    labels: dict[tuple[int, int], bool] = {}
    for _ in range(rounds):
        for a, b in ask(of, labels, count=A_ROUND, seed=seed):
            labels[a, b] = bool(one.person[a] == one.person[b])
    inside = False
    for told in ({}, labels):
        linked = link(of, told, seed=seed)
        found = averaged(linked, seed=seed, count=count)
        assert found.size is not None
        precision, recall, f1 = pair_scores(linked.member, one.person)
        inside = found.size.low95 <= one.victims <= found.size.high95
        print(
            f"{name:12} {len(told):4} labels: pairs P {precision:.3f} R {recall:.3f} F1 {f1:.4f},"
            f" whole people F1 {whole_f1(linked.member, one.person):.4f},"
            f" people {linked.member.max() + 1} ({len(np.unique(one.person))}),"
            f" in all {found.size.median:.0f} ({found.size.low95:.0f}-{found.size.high95:.0f})"
            f" {'inside' if inside else 'OUTSIDE'}, {time.perf_counter() - began:.0f} s",
            flush=True,
        )
    return inside


def with_truth(one: Made) -> str:
    """The interval that the true linkage gives: what no linkage can be blamed for."""
    _, member = np.unique(one.person, return_inverse=True)
    of = coded(one.reports)
    size = over_graphs(histories(member, of.source, of.sources)).size
    return f"{size.median:.0f} ({size.low95:.0f}-{size.high95:.0f})"


def _given(folder: Path) -> Sequence[tuple[str, Made]]:
    found = []
    for truth in sorted(folder.glob("*_truth.csv")):
        name = truth.name.removesuffix("_truth.csv")
        reports = read_reports([(name, (folder / f"{name}.csv").read_bytes())])
        with truth.open(encoding="utf-8", newline="") as file:
            person = {row["report_id"]: int(row["person"]) for row in csv.DictReader(file)}
        persons = np.array([person[report.report_id] for report in reports])
        found.append((name, Made(reports=tuple(reports), person=persons, victims=VICTIMS)))
    return found


def _peer(name: str, one: Made, *, taught: bool) -> None:
    """Splink at the threshold that does best by the truth."""
    from bench.linkage_peers import splink_register

    logging.disable(logging.WARNING)
    found = splink_register(one, taught=taught)
    scored = {threshold: whole_f1(member, one.person) for threshold, member in found.members.items()}
    best = max(scored, key=lambda threshold: scored[threshold])
    precision, recall, f1 = pair_scores(found.members[best], one.person)
    print(
        f"{name:12} Splink{', taught' if taught else ''} at {best}: pairs P {precision:.3f} R {recall:.3f} F1 {f1:.4f},"
        f" whole people F1 {scored[best]:.4f}, people {found.members[best].max() + 1}; {found.seconds:.0f} s",
        flush=True,
    )


def many(victims: int = MANY) -> None:
    """Time and memory of linking about 100,000 reports without labels."""
    one = made(1, victims)
    began = time.perf_counter()
    of = register(one.reports)
    compared = time.perf_counter()
    linked = link(of, {}, seed=0)
    ended = time.perf_counter()
    _, _, f1 = pair_scores(linked.member, one.person)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{len(one.reports)} reports: {len(of.a)} candidate pairs, {ended - began:.0f} s"
        f" ({compared - began:.0f} s for pairs), pairs F1 {f1:.3f}, peak {peak:.2f} GiB",
        flush=True,
    )


def run() -> None:
    """All of it: about a quarter of an hour."""
    folder = os.environ.get("TEARLINE_REGISTERS")
    for name, one in _given(Path(folder)) if folder else ():
        measure(name, one)
        for taught in (False, True):
            _peer(name, one, taught=taught)
    within = 0
    for seed in SEEDS:
        one = made(seed, VICTIMS)
        print(f"made {seed}: {len(one.reports)} reports; with the truth {with_truth(one)}", flush=True)
        within += measure(f"made {seed}", one)
    print(f"{VICTIMS} inside the interval in {within} of {len(SEEDS)} made registers", flush=True)
    many()
