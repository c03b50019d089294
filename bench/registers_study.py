"""Whether the interval over linkages holds how many there were: on made registers that nothing was set on.

``python -m bench.registers_study`` goes through all of them, a line each in ``registers_study.jsonl``, and goes on
where it was stopped; ``SHOW=1`` only prints what is there. Sizes, shares of families and noise differ, in turn.
"""

import os
import time
from pathlib import Path

import numpy as np

from bench.kept import Job, Row, carried_on, rows
from bench.linkage import A_ROUND, ROUNDS, pair_scores, whole_f1
from bench.registers import Made, made
from tearline.estimates.casualties.decomposable import averaged as over_graphs
from tearline.estimates.linkage.linking import ask, link, register
from tearline.estimates.linkage.reports import coded
from tearline.estimates.linkage.sizes import averaged, histories

SEEDS = tuple(range(7101, 7149))
"""Of no register that was looked at before: those of development are 101 to 110, 3000 to 3039 and 7001 to 7010."""
KEPT = Path(__file__).with_suffix(".jsonl")
LINKAGES = 100


def of_kind(seed: int) -> tuple[str, Made]:
    match seed % 8:
        case 0:
            return "900 victims", made(seed, 900)
        case 1:
            return "2,400 victims", made(seed, 2_400)
        case 2:
            return "few families", made(seed, alone=0.8)
        case 3:
            return "many families", made(seed, alone=0.45)
        case 4:
            return "little noise", made(seed, noise=0.6)
        case 5:
            return "much noise", made(seed, noise=1.4)
        case 6:
            return "600 victims, more noise", made(seed, 600, noise=1.2)
        case _:
            return "as usual", made(seed)


def answered(job: Job) -> Row:
    """400 labels as ``link next`` asks for them; deterministic."""
    began = time.process_time()
    kind, one = of_kind(job[0])
    of = register(one.reports)
    labels: dict[tuple[int, int], bool] = {}
    for _ in range(ROUNDS):
        for a, b in ask(of, labels, count=A_ROUND, seed=0):
            labels[a, b] = bool(one.person[a] == one.person[b])
    linked = link(of, labels, seed=0)
    found = averaged(linked, seed=0, count=LINKAGES)
    assert found.size is not None
    _, person = np.unique(one.person, return_inverse=True)
    numbers = coded(one.reports)
    true = over_graphs(histories(person, numbers.source, numbers.sources)).size
    return {
        "kind": kind,
        "reports": len(one.reports),
        "labels": len(labels),
        "pairs": [round(x, 4) for x in pair_scores(linked.member, one.person)],
        "whole": round(whole_f1(linked.member, one.person), 4),
        "people": int(linked.member.max()) + 1,
        "documented": list(found.documented),
        "true_people": int(person.max()) + 1,
        "size": [round(x, 1) for x in (found.size.low95, found.size.median, found.size.high95)],
        "true_size": [round(x, 1) for x in (true.low95, true.median, true.high95)],
        "victims": one.victims,
        "cpu": round(time.process_time() - began, 1),
    }


def show(found: list[Row]) -> None:
    """A line a register, those outside marked, and what they come to."""
    for row in found:
        low, median, high = row["size"]
        true_low, true_median, true_high = row["true_size"]
        inside = "inside " if _inside(row) else "OUTSIDE"
        print(
            f"{row['job'][0]} {row['kind']:24} {row['reports']:5} reports, pairs F1 {row['pairs'][2]:.3f}, whole people"
            f" F1 {row['whole']:.3f}, people {row['people'] - row['true_people']:+4d}, in all {median:.0f}"
            f" ({low:.0f}-{high:.0f}) {inside} {row['victims']}; true linkage {true_median:.0f}"
            f" ({true_low:.0f}-{true_high:.0f})"
        )
    wholes = [row["whole"] for row in found]
    off = [row["size"][1] - row["true_size"][1] for row in found]
    true = sum(row["true_size"][0] <= row["victims"] <= row["true_size"][2] for row in found)
    print(
        f"inside in {sum(map(_inside, found))} of {len(found)} (with the true linkage {true}); whole people F1"
        f" {min(wholes):.3f} to {max(wholes):.3f}, at least 0.90 in {sum(w >= 0.9 for w in wholes)}; the median against"
        f" the true linkage's {np.mean(off):+.1f} on average, {min(off):+.0f} to {max(off):+.0f}"
    )


def _inside(row: Row) -> bool:
    return bool(row["size"][0] <= row["victims"] <= row["size"][2])


if __name__ == "__main__":
    jobs = [(seed,) for seed in SEEDS]
    kept = rows(KEPT) if os.environ.get("SHOW") else carried_on(KEPT, jobs, answered, workers=2)
    show(kept)
