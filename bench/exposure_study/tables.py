"""The figures as the tables of docs/exposure.md, which a test holds to them."""

from typing import Any

from bench.exposure_study.figures import Figures

BASELINES = ("guilt", "count")


def calibration(found: dict[str, Any]) -> list[str]:
    """A row a family: how far what was said lay from what was true, and false ones among the accused."""
    rows = [
        "| | what is so, or what was told | seed | worlds | left out | people above 0.05 | ECE | noise | said | true |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    rows += [
        f"| {one['family']} | {one['what']} | {one['seed']} | {one['answered']:,} |"
        f" {one['worlds'] - one['answered']} | {one['shown']:,} | {one['ece']:.3f} | {one['noise']:.3f} |"
        f" {one['said']:.3f} | {one['true']:.3f} |"
        for one in found.values()
    ]
    return rows


def accusations(found: dict[str, Any]) -> list[str]:
    """A row a family: who would have been accused, and how many of them wrongly."""
    rows = [
        "| | 0.9 or more: false | at most | 0.99 or more: false | at most | whoever is first: false | by the model |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for one in found.values():
        cells = []
        for rate in one["accused"].values():
            bound = "" if rate["at_most"] is None else f"{100 * rate['at_most']:.1f} %"
            cells.append(f"{rate['false']:,} of {rate['accused']:,} | {bound}")
        first = one["first"]
        cells.append(f"{first['false']:,} of {first['accused']:,} | {first['expected']:,.0f}")
        rows.append(f"| {one['family']} | {' | '.join(cells)} |")
    return rows


def rankings(found: dict[str, Any]) -> list[str]:
    """A row a family: how often who stands first is a channel, by the model and by what it is compared with."""
    rows = [
        "| | model | guilt model | counting | model less guilt model | model less counting |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    rows += [f"| {one['family']} | {ranked(one['ranks']['top1'])} |" for one in found.values()]
    return rows


def volume(found: dict[str, Any]) -> list[str]:
    """Corrupt units, by how much the busiest channel let out, which only the simulation knows."""
    rows = [
        (
            "| | let out | worlds | top 1: model | counting | less | by the posterior |"
            " top 3: model | counting | less | together |"
        ),
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name in ("E2", "E3"):
        for part in found[name]["strata"]["most let out"]:
            span = str(part["from"]) if part["from"] == part["to"] else f"{part['from']} to {part['to']}"
            top1, top3 = part["top1"], part["top3"]
            rows.append(
                f"| {name} | {span} | {part['worlds']:,} | {top1['model']:.3f} | {top1['count']:.3f} |"
                f" {apart(top1['model - count'])} | {apart(part['expected']['model - count'])} |"
                f" {top3['model']:.3f} | {top3['count']:.3f} | {apart(top3['model - count'])} |"
                f" {top3['together']:.3f} |"
            )
    return rows


def ranked(one: Figures) -> str:
    cells = [f"{one[name]:.3f}" for name in ("model", *BASELINES)]
    return " | ".join(cells + [apart(one[f"model - {name}"]) for name in BASELINES])


def apart(of: list[float]) -> str:
    """A difference with its interval."""
    return f"{of[0]:+.3f} ({of[1]:+.3f} to {of[2]:+.3f})"
