"""Estimates of how many there were: on published tables, and on people drawn at random whose number is known.

``python -m bench casualties`` draws a few tables of each family; ``TABLES=150 python -m bench casualties`` so many.
Families, lists, rates and seeds are fixed here; nothing is fitted to what comes out.
"""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from scipy.stats import beta

from tearline.estimates.casualties import Histories, estimate
from tearline.estimates.casualties.decomposable import Interval, averaged
from tearline.estimates.casualties.latent import latent
from tearline.jobs.counts import read_histories

DATA = Path(__file__).parents[1] / "tests" / "estimates" / "casualties" / "data"
SEED = 20261129
FAMILIES = ("independent", "two lists depend", "people differ", "both")
POPULATIONS = (600, 2_000, 6_000)
FEW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """``refused``: the rules; the intervals are there even then."""

    truth: int
    documented: int
    refused: tuple[str, ...]
    size: Interval | None
    graphs: Interval
    classes: Interval
    degrees: Interval


def run() -> None:
    _published()
    _simulated(int(os.environ.get("TABLES", FEW)))


def _published() -> None:
    latent(_read("artificial_3"), seed=0, most_sweeps=10)
    print(
        "table            lists  documented  averaged over graphs              CPU s   blocks x 10: medians differ"
    )
    for name in ("artificial_3", "kosovo_4lists", "ukdat"):
        histories = _read(name)
        averaged(histories)
        begun = time.process_time()
        found = averaged(histories)
        spent = time.process_time() - begun
        fine = averaged(histories, blocks=7_000).size
        apart = max(
            abs(getattr(found.size, one) / getattr(fine, one) - 1) for one in ("median", "low95", "high95")
        )
        print(
            f"{name:15} {len(histories.lists):6} {histories.documented:11,}  {_said(found.size):32}"
            f" {spent:6.3f}   {apart:.2%}"
        )
    print(
        "\ntable            seed  latent classes                   R-hat   effective  CPU s  effective a CPU second"
    )
    for name in ("kosovo_4lists", "ukdat"):
        for seed in (1, 2, 3):
            begun = time.process_time()
            run = latent(_read(name), seed=seed)
            spent = time.process_time() - begun
            met = run.converged
            print(
                f"{name:15} {seed:5}  {_said(run.size):32} {met.rhat:6.4f} {met.ess:10.0f} {spent:7.1f}"
                f" {met.ess / spent:8.0f}"
            )


def _simulated(tables: int) -> None:
    jobs = [(family, n) for family in range(len(FAMILIES)) for n in range(tables)]
    print(f"\n{tables} tables of each family, seed {SEED}; intervals of 95 %")
    print(
        "family             given  refused   covers, of those given      high/low   graphs alone   classes alone"
    )
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as side_by_side:
        tried = list(side_by_side.map(_try, jobs, chunksize=4))
    for family, name in enumerate(FAMILIES):
        _line(name, [one for (of, _), one in zip(jobs, tried, strict=True) if of == family])
    _line("all", tried)
    rules: dict[str, int] = {}
    for one in tried:
        for rule in one.refused:
            rules[rule] = rules.get(rule, 0) + 1
    print("refused for:", ", ".join(f"{rule} {n}" for rule, n in sorted(rules.items())) or "nothing")


def _line(name: str, tried: list[Tried]) -> None:
    given = [one for one in tried if one.size is not None]
    covered = sum(one.size.low95 <= one.truth <= one.size.high95 for one in given if one.size)
    low, high = _between(covered, len(given))
    wide = np.median([one.size.high95 / one.size.low95 for one in given if one.size]) if given else 0.0
    alone = [
        sum(of.low95 <= one.truth <= of.high95 for one in given for of in [getattr(one, method)])
        for method in ("graphs", "classes", "degrees")
    ]
    many = max(len(given), 1)
    print(
        f"{name:18} {len(given):5} {1 - len(given) / len(tried):8.1%}   {covered:4} {covered / many:6.1%}"
        f" ({low:.1%} to {high:.1%}) {wide:8.2f}" + "".join(f" {one / many:13.1%}" for one in alone)
    )


def _between(good: int, of: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 %."""
    low = float(beta.ppf(0.025, good, of - good + 1)) if good else 0.0
    high = float(beta.ppf(0.975, good + 1, of - good)) if good < of else 1.0
    return low, high


def _try(job: tuple[int, int]) -> Tried:
    family, n = job
    truth, histories = drawn(FAMILIES[family], np.random.SeedSequence([SEED, family, n]))
    found = estimate(histories, seed=n, varied=False)
    assert found.graphs is not None
    assert found.abilities is not None
    return Tried(
        truth=truth,
        documented=found.documented,
        refused=tuple(sorted({reason.rule for reason in found.refused})),
        size=found.size,
        graphs=found.graphs.size,
        classes=found.latent_size,
        degrees=found.abilities.size,
    )


def drawn(family: str, seed: np.random.SeedSequence) -> tuple[int, Histories]:
    """How many people there are, and the table of those whom 3 to 5 lists of ordinary reach have."""
    random = np.random.default_rng(seed)
    people = int(random.choice(POPULATIONS))
    lists = int(random.integers(3, 6))
    logits = np.tile(np.log(odds := random.uniform(0.12, 0.45, lists)) - np.log1p(-odds), (people, 1))
    if family in ("people differ", "both"):
        easy = random.random(people) < random.uniform(0.3, 0.7)
        logits += np.where(easy, 0.5, -0.5)[:, None] * random.uniform(0.6, 1.6)
    patterns = np.zeros(people, np.int64)
    strength = random.uniform(0.5, 1.5) * random.choice((-1.0, 1.0))
    for one in range(lists):
        logit = logits[:, one].copy()
        if one == 1 and family in ("two lists depend", "both"):
            on_first = patterns & 1
            logit += strength * (on_first - on_first.mean())
        patterns |= (random.random(people) < 1 / (1 + np.exp(-logit))).astype(np.int64) << one
    counts = np.bincount(patterns, minlength=1 << lists)
    counts[0] = 0
    return people, Histories(lists=tuple("ABCDE"[:lists]), counts=counts)


def _read(name: str) -> Histories:
    file = DATA / f"{name}.csv"
    return read_histories(file.read_bytes(), file=str(file))


def _said(size: Interval) -> str:
    return f"{size.median:,.0f} ({size.low95:,.0f} to {size.high95:,.0f})"
