"""What a study's answers add up to: calibration, false ones among the accused, and rankings, with their uncertainty.

*ECE*: the mean distance between what was said and what came true, in ten bins, over everybody given more than 0.05.
``noise`` is what it would be, on average, if each chance were exactly right: so few people do not come out evenly.

*Rates* have the exact one-sided 95 % bound of Clopper and Pearson. People of one world are not independent: a bound
that counts worlds in which anybody was wrongly accused stands beside it.

*Rankings* are paired: a difference is over the same worlds, with a 95 % interval by resampling worlds. ``top1``: who
stands first is a channel. ``expected``: what the posterior says of whoever stands first by each. ``top3``: one of the
first three is a channel. ``let_out``: who stands first is a channel through whom something came out. ``of_item``: who
stands first among an item's readers is who let that item out.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from bench.exposure_study.families import FAMILIES
from bench.exposure_study.study import NO_ANSWER, TOO_MUCH
from bench.kept import Row
from bench.marks_worlds import Rate
from tearline.estimates.exposure.tested import Accused, Tested

EDGES = np.array([0.05, *np.arange(0.1, 1.0, 0.1), 1.0])
THRESHOLDS = (0.9, 0.99)
RESAMPLES = 2000
FEW = ((4, 5, 30), (4, 999, 10))
PARTED = ("A", "B", "E1", "E2", "E3")
MEASURES = ("top1", "expected", "top3", "let_out", "of_item")
BASELINES = ("guilt", "count")
STRATA = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 8), (9, 999))

Figures = dict[str, Any]


def add_up(name: str, every: Sequence[Row]) -> Figures:
    """Everything that is said of a family, for ``results.json`` and for print."""
    family = FAMILIES[name]
    rows = [row for row in every if row["method"] not in (TOO_MUCH, NO_ANSWER)]
    said = np.array([pair for row in rows for pair in row["above"]]).reshape(-1, 2)
    p, z = said[:, 0], said[:, 1]
    low = np.array([row["below"] for row in rows]).sum(axis=0)
    channels = sum(row["channels"] for row in rows)
    return {
        "family": name,
        "what": family.what,
        "from_model": family.from_model,
        "law": family.law.name,
        "seed": family.law.seed,
        "worlds": len(every),
        "draws": sum(row["draws"] for row in every),
        "methods": dict(sorted(Counter(row["method"] for row in every).items())),
        "answered": len(rows),
        "largest_gap": max((row["gap"] for row in rows if row.get("gap") is not None), default=None),
        "channels": channels,
        "shown": len(p),
        "ece": rounded(ece(p, z)),
        "noise": rounded(noise(p)),
        "said": rounded(p.mean()) if len(p) else None,
        "true": rounded(z.mean()) if len(p) else None,
        "ece_all": float(f"{_with_the_rest(p, z, low):.3g}"),
        "bins": bins(p, z),
        "accused": {f"{limit:g}": accused(rows, limit, channels) for limit in THRESHOLDS},
        "first": first(rows),
        "ranks": {measure: ranks(rows, measure) for measure in MEASURES},
        "strata": _by_volume(rows) if name in PARTED else {},
        "few": _ahead_of_few(rows) if name in PARTED else [],
        "together": _together(rows),
    }


def rounded(x: float) -> float:
    return round(float(x), 4)


def ece(p: np.ndarray, z: np.ndarray) -> float:
    if not len(p):
        return 0.0
    at = np.clip(np.searchsorted(EDGES, p, side="right") - 1, 0, len(EDGES) - 2)
    gaps = np.bincount(at, weights=p - z, minlength=len(EDGES) - 1)
    return float(np.abs(gaps).sum() / len(p))


def noise(p: np.ndarray) -> float:
    rng = np.random.default_rng(0)
    return float(np.mean([ece(p, rng.random(len(p)) < p) for _ in range(200)]))


def _with_the_rest(p: np.ndarray, z: np.ndarray, low: np.ndarray) -> float:
    """The same over everybody: those given less are one more bin."""
    return float((ece(p, z) * len(p) + abs(low[1] - low[2])) / (len(p) + low[0]))


def bins(p: np.ndarray, z: np.ndarray) -> list[list[float]]:
    """People, what was said of them on average, and what was true of how many."""
    made = []
    for least, most in pairwise(EDGES.tolist()):
        here = (p > least) & (p <= most)
        if here.any():
            made.append([int(here.sum()), rounded(p[here].mean()), rounded(z[here].mean())])
    return made


def accused(rows: Sequence[Row], limit: float, channels: int) -> Figures:
    pairs = [[z for p, z in row["above"] if p >= limit] for row in rows]
    named = sum(len(one) for one in pairs)
    wrong = sum(one.count(0) for one in pairs)
    with_any = [one for one in pairs if one]
    worlds = Rate(sum(0 in one for one in with_any), len(with_any)) if with_any else None
    return {
        "accused": named,
        "false": wrong,
        "at_most": rounded(Rate(wrong, named).at_most) if named else None,
        "worlds": len(with_any),
        "false_worlds": worlds.happened if worlds else 0,
        "worlds_at_most": rounded(worlds.at_most) if worlds else None,
        "found": rounded((named - wrong) / channels) if channels else None,
    }


def first(rows: Sequence[Row]) -> Figures:
    """If whoever stands first were accused each time."""
    wrong = sum(not row["first"][1] for row in rows)
    expected = sum(1.0 - row["first"][0] for row in rows)
    rate = Rate(wrong, len(rows))
    return {
        "accused": len(rows),
        "false": wrong,
        "expected": round(expected, 1),
        "at_most": rounded(rate.at_most),
    }


def ranks(rows: Sequence[Row], measure: str) -> Figures:
    rng = np.random.default_rng(1)
    again = rng.integers(0, len(rows), (RESAMPLES, len(rows)))

    def column(name: str) -> np.ndarray:
        return np.array([row[measure][name] for row in rows])

    made: Figures = {}
    others = [*BASELINES, *(["together"] if all("together" in row[measure] for row in rows) else [])]
    for name in ("model", *others):
        values = column(name)
        made[name] = rounded(np.mean(values))
        if name != "model":
            apart = column("model") - values
            over = np.mean(apart[again], axis=1)
            low, high = np.quantile(over, [0.025, 0.975])
            made[f"model - {name}"] = [rounded(np.mean(apart)), rounded(low), rounded(high)]
    return made


def _by_volume(rows: Sequence[Row]) -> Figures:
    """By how much one channel let out, which only the simulation knows; and by what can be seen."""
    return {
        "most let out": strata(rows, lambda row: int(row["most"])),
        "most read": strata(rows, lambda row: int(row["count"])),
    }


def _ahead_of_few(rows: Sequence[Row]) -> list[Figures]:
    """How often counting is ahead in so few worlds drawn from those in which one channel let much out."""
    rng = np.random.default_rng(3)
    made = []
    for least, most, few in FEW:
        here = [row for row in rows if least <= row["most"] <= most]
        for measure in ("top1", "top3"):
            apart = np.array([row[measure]["model"] - row[measure]["count"] for row in here])
            drawn = apart[rng.integers(0, len(apart), (20_000, few))].mean(axis=1)
            said = {"from": least, "to": most, "worlds": len(here), "few": few, "measure": measure}
            made.append(said | {"counting ahead": rounded((drawn < -1e-9).mean())})
    return made


def strata(rows: Sequence[Row], by: Callable[[Row], int]) -> list[Figures]:
    made = []
    for least, most in STRATA:
        here = [row for row in rows if least <= by(row) <= most]
        if here:
            made.append(
                {
                    "from": least,
                    "to": most,
                    "worlds": len(here),
                    "top1": ranks(here, "top1"),
                    "expected": ranks(here, "expected"),
                    "top3": ranks(here, "top3"),
                }
            )
    return made


def told_apart(right: Sequence[Row], wrong: Sequence[Row]) -> Figures:
    """Two models of the same worlds, where both had an answer: how much better the first ranks."""
    other = {row["world"]: row for row in wrong if "top1" in row}
    pairs = [(row, other[row["world"]]) for row in right if "top1" in row and row["world"] in other]
    rng = np.random.default_rng(2)
    again = rng.integers(0, len(pairs), (RESAMPLES, len(pairs)))
    made: Figures = {"worlds": len(pairs)}
    for measure in ("top1", "top3", "let_out", "of_item"):
        apart = np.array([a[measure]["model"] - b[measure]["model"] for a, b in pairs])
        low, high = np.quantile(apart[again].mean(axis=1), [0.025, 0.975])
        made[measure] = [rounded(apart.mean()), rounded(low), rounded(high)]
    return made


def _together(rows: Sequence[Row]) -> Figures | None:
    """What was said of the three who were sought together, and what was true."""
    here = [row for row in rows if "together" in row]
    if not here:
        return None
    return {
        "worlds": len(here),
        "said": rounded(np.mean([row["together"] for row in here])),
        "true": rounded(np.mean([row["top3"]["together"] for row in here])),
    }


def as_tested(one: Figures) -> Tested:
    """What pages show of a family."""

    def rate(limit: float) -> Accused:
        found = one["accused"][f"{limit:g}"]
        return Accused(accused=found["accused"], false=found["false"], at_most=found["at_most"])

    return Tested(
        family=one["family"],
        seed=one["seed"],
        worlds=one["answered"],
        left_out=one["worlds"] - one["answered"],
        ece=one["ece"],
        at_90=rate(0.9),
        at_99=rate(0.99),
    )


def show(found: Mapping[str, Figures]) -> None:
    """Every family's figures, as tables."""
    print(
        "worlds: with at least one leak; too much: no exact answer within the budget, and left out; seed of the law"
    )
    print(f"{'':<4}{'':<50}{'seed':>5}{'worlds':>8}{'too much':>10}{'sampler':>9}{'refused':>9}")
    for one in found.values():
        how = one["methods"]
        print(
            f"{one['family']:<4}{one['what']:<50}{one['seed']:>5}{one['worlds']:>8}{how.get(TOO_MUCH, 0):>10}"
            f"{how.get('sampler', 0):>9}{how.get(NO_ANSWER, 0):>9}"
        )
    print("\ncalibration of chances above 0.05; ECE, that of noise alone, mean said and mean true")
    for one in found.values():
        print(
            f"{one['family']:<4}{one['shown']:>7} people  ECE {one['ece']:.4f} (noise {one['noise']:.4f}),"
            f" over everybody {one['ece_all']:.2g};  said {one['said']}, true {one['true']}"
        )
        print("      " + "  ".join(f"{said:.2f}→{true:.2f} ({n})" for n, said, true in one["bins"]))
    print(
        "\nfalse ones among the accused, at most (95 %); and the share of all channels that were rightly found"
    )
    for one in found.values():
        parts = []
        for limit, rate in one["accused"].items():
            bound = "-" if rate["at_most"] is None else f"{rate['at_most']:.3f}"
            parts.append(
                f"p ≥ {limit}: {rate['false']} of {rate['accused']} (≤ {bound}; in {rate['false_worlds']} of"
                f" {rate['worlds']} worlds), found {rate['found']}"
            )
        top = one["first"]
        parts.append(f"whoever is first: {top['false']} of {top['accused']}, by the model {top['expected']}")
        print(f"{one['family']:<4}" + ";  ".join(parts))
    print("\nrankings, paired: model, guilt model, counting; differences with 95 % intervals")
    for one in found.values():
        for measure in MEASURES:
            print(f"{one['family']:<4}{measure:<9}{_ranked(one['ranks'][measure])}")
        if one["together"]:
            print(f"    sought together: {one['together']}")
    for one in found.values():
        for by, parts in one["strata"].items():
            print(f"\n{one['family']} by {by}")
            for part in parts:
                print(f"  {part['from']}-{part['to']} ({part['worlds']} worlds)")
                for measure in ("top1", "expected", "top3"):
                    print(f"    {measure}  {_ranked(part[measure])}")


def _ranked(one: Figures) -> str:
    said = [f"{name} {value:.3f}" for name, value in one.items() if not isinstance(value, list)]
    apart = [f"{n} {v[0]:+.3f} [{v[1]:+.3f}, {v[2]:+.3f}]" for n, v in one.items() if isinstance(v, list)]
    return "  ".join(said + apart)
