"""How many there were in all: multiple systems estimation on a table of overlaps, without any node."""

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken, read
from tearline.cli.progress import shown
from tearline.cli.said import console, document, heading, say
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.estimates.casualties import Estimate
    from tearline.estimates.casualties.decomposable import Interval
    from tearline.estimates.casualties.overlaps import Overlap

EXAMPLE = "Example: tearline estimate counts.csv --seed 1 --json"
ROUNDS = 8
GRAPHS, LEAST = 5, 0.005
"""Of so many graphs, each at least so likely, it is told how likely they are."""

_DOCUMENTED = Words(
    "{n} people are documented: each stands on at least one list.",
    "Hay {n} personas documentadas: cada una está en al menos una lista.",
)
_BOUND = Words(
    "At least about {n} in all, if lists do not shut each other out (Chao's lower bound).",
    "Al menos unas {n} en total, si las listas no se excluyen entre sí (cota inferior de Chao).",
)
_SIZE = Words(
    "About {median} in all, between {low} and {high} with 95 %: the three methods marked * pooled.",
    "Unas {median} en total, entre {low} y {high} con el 95 %: los tres métodos con * combinados.",
)
_TWO_METHODS = Words(
    "About {median} in all, between {low} and {high} with 95 %: the two methods marked * pooled.",
    "Unas {median} en total, entre {low} y {high} con el 95 %: los dos métodos con * combinados.",
)
_REFUSED = Words(
    "No single number can be given for how many there were in all:",
    "No puede darse una sola cifra de cuántas personas hubo en total:",
)
_METHODS = Words("What each method says", "Lo que dice cada método")
_UNFIT = Words(
    "(not to be used as a number: see above)",
    "(no debe usarse como cifra: véase arriba)",
)
_GRAPHS = Words("* decomposable graphs, averaged", "* grafos descomponibles, promediados")
_CLASSES = Words(
    "* latent classes (R-hat {rhat:.3f}, {ess:.0f} effective draws; standard error {median}, of the ends {low} and"
    " {high})",
    "* clases latentes (R-hat {rhat:.3f}, {ess:.0f} muestras efectivas; error estándar {median}, de los extremos {low}"
    " y {high})",
)
_ABILITIES = Words(
    "* people who differ, two lists that may depend (spread {spread:.2f}, {ess:.0f} effective draws)",
    "* personas que difieren, dos listas que pueden depender (dispersión {spread:.2f}, {ess:.0f} muestras efectivas)",
)
_LOGLINEAR = Words(
    "log-linear model of least BIC, given that model",
    "modelo log-lineal de menor BIC, dado ese modelo",
)
_TO = Words("{method}: {median} ({low} to {high})", "{method}: {median} ({low} a {high})")
_OVERLAPS = Words("How lists overlap", "Cómo se solapan las listas")
_OVERLAP = Words(
    "{a} and {b}: {both} on both; {expected} if independent",
    "{a} y {b}: {both} en ambas; {expected} si fueran independientes",
)
_DEPEND = Words("; dependent: {chance:.0%}", "; dependientes: {chance:.0%}")
_ODDS = Words(
    "; log-odds ratio {at:.2f} ({low:.2f} to {high:.2f})",
    "; razón de momios (log) {at:.2f} ({low:.2f} a {high:.2f})",
)
_READ = Words(
    "(log-odds ratios: among those on a third list; dependent: by decomposable graphs)",
    "(razones de momios: entre quienes están en una tercera lista; dependientes: según grafos descomponibles)",
)
_LIKELIEST = Words(
    "Likeliest graphs: which lists depend on each other", "Grafos más probables: qué listas dependen entre sí"
)
_NONE = Words("no two", "ningún par")
_AND = Words(" and ", " y ")
_VARIED = Words("If an assumption is changed", "Si se cambia un supuesto")
_DELTA = Words("prior weight {delta:.3g} a cell: {median}", "peso previo {delta:.3g} por celda: {median}")
_COUNT = Words("{count} classes: {median}", "{count} clases: {median}")
_WITHOUT = Words("without {name}: {median}", "sin {name}: {median}")
_MERGED = Words("{a} and {b} as one list: {median}", "{a} y {b} como una sola lista: {median}")
_CAPTURED = Words(
    "People on so many lists, and what latent classes repeat with 95 %",
    "Personas en tantas listas, y lo que las clases latentes repiten con el 95 %",
)
_ON = Words("{lists}: {people} ({low} to {high})", "{lists}: {people} ({low} a {high})")


def estimate(
    counts: Annotated[
        Path,
        typer.Argument(metavar="COUNTS.csv", help="A column of 0 and 1 a list; the last column is 'count'."),
    ],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the chains.")] = 0,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what each assumption, changed, would give.")
    ] = False,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """How many there were in all, documented and not; or why the lists cannot say."""
    from tearline.estimates.casualties import estimate as estimated
    from tearline.jobs.counts import LARGEST_BYTES, read_histories

    histories = read_histories(read(counts, LARGEST_BYTES), file=str(counts))
    with shown("estimate") as advance:
        done = iter(range(1, ROUNDS + 1))
        found = estimated(
            histories, seed=seed, varied=not quick, step=lambda _what: advance(next(done, ROUNDS), ROUNDS)
        )
    if json:
        document(plain(found, language))
    else:
        _show(console(), found, language)


def plain(found: "Estimate", language: Language) -> dict[str, object]:
    """As ``--json`` prints it."""
    methods: dict[str, object] = {}
    if found.graphs is not None:
        methods["dga"] = _plain(found.graphs.size)
    if found.latent is not None:
        rhat, ess = _convergence(found)
        low, median, high = found.latent_errors
        errors = {"low95_error": low, "median_error": median, "high95_error": high}
        methods["lcm"] = _plain(found.latent_size) | {"rhat": rhat, "ess": ess} | errors
    if found.abilities is not None:
        spread, effective = found.abilities.spread, found.abilities.effective
        methods["mth"] = _plain(found.abilities.size) | {"spread": _plain(spread), "effective": effective}
    if found.loglinear is not None:
        one = found.loglinear
        methods["loglinear"] = {
            "median": one.median,
            "low95": one.low95,
            "high95": one.high95,
            "bic": one.bic,
        }
    return {
        "documented": found.documented,
        "lower_bound": found.lower_bound,
        "estimate": None if found.size is None else _plain(found.size),
        "refused": [f"{one.rule}: {one.because.to(language)}" for one in found.refused],
        "methods": methods,
        "diagnostics": _diagnostics(found),
    }


def _plain(size: "Interval") -> dict[str, float | None]:
    mean = size.mean if isfinite(size.mean) else None
    return {"median": size.median, "low95": size.low95, "high95": size.high95, "mean": mean}


def _convergence(found: "Estimate") -> tuple[float, float]:
    assert found.latent is not None  # noqa: S101  asked only where it is
    runs = [run.converged for run in found.latent]
    return max(one.rhat for one in runs), sum(one.ess for one in runs)


def _diagnostics(found: "Estimate") -> dict[str, object]:
    said: dict[str, object] = {
        "overlaps": [
            {
                "lists": list(one.lists),
                "both": one.both,
                "expected": one.expected,
                "log_odds": None
                if one.log_odds is None
                else dict(zip(("median", "low95", "high95"), one.log_odds, strict=True)),
            }
            for one in found.overlaps
        ],
        "captured": [
            {"lists": one.lists, "people": one.people, "low95": one.low95, "high95": one.high95}
            for one in found.captured
        ],
    }
    if found.latent is not None:
        said["seeds"] = [run.size.median for run in found.latent]
    if found.graphs is not None:
        names = [one.lists for one in found.overlaps]
        chances = found.graphs.edges().values()
        said["depend"] = [
            {"lists": list(lists), "probability": p} for lists, p in zip(names, chances, strict=True)
        ]
        said["graphs"] = [
            {"depend": [list(pair) for pair in pairs], "probability": p} for pairs, p in _likeliest(found)
        ]
    if found.varied is not None:
        said["varied"] = {
            "delta": [{"delta": delta, "median": median} for delta, median in found.varied.deltas.items()],
            "classes": [{"classes": n, "median": median} for n, median in found.varied.classes.items()],
            "without": found.varied.without,
            "merged": [
                {"lists": list(pair), "median": median} for pair, median in found.varied.merged.items()
            ],
        }
    return said


def _show(out: "Console", found: "Estimate", language: Language) -> None:
    """The documented count first, always."""
    say(out, _DOCUMENTED.to(language).format(n=_number(found.documented)), style="bold")
    say(out, _BOUND.to(language).format(n=_number(found.lower_bound)))
    if found.size is not None:
        words = _SIZE if found.graphs is not None else _TWO_METHODS
        say(out, words.to(language).format(**_three(found.size)), style="bold")
    else:
        say(out, _REFUSED.to(language), style="bold")
        for reason in found.refused:
            say(out, f"- {reason.because.to(language)}.", indent=2)
    heading(out, _METHODS.to(language))
    if found.refused:
        say(out, _UNFIT.to(language), indent=2)
    for method, size in _methods(found, language):
        say(out, _TO.to(language).format(method=method, **size), indent=2)
    heading(out, _OVERLAPS.to(language))
    if found.overlaps:
        say(out, _READ.to(language), indent=2)
    chances = (
        list(found.graphs.edges().values()) if found.graphs is not None else [None] * len(found.overlaps)
    )
    for one, chance in zip(found.overlaps, chances, strict=True):
        say(out, _overlap(one, chance, language), indent=2)
    if found.graphs is not None:
        heading(out, _LIKELIEST.to(language))
        for pairs, chance in _likeliest(found):
            which = ", ".join(_AND.to(language).join(pair) for pair in pairs) or _NONE.to(language)
            say(out, f"{chance:.0%}: {which}", indent=2)
    if found.captured:
        heading(out, _CAPTURED.to(language))
    for each in found.captured:
        low, high, people = _number(each.low95), _number(each.high95), _number(each.people)
        say(out, _ON.to(language).format(lists=each.lists, people=people, low=low, high=high), indent=2)
    if found.varied is not None:
        heading(out, _VARIED.to(language))
        for line in _varied(found, language):
            say(out, line, indent=2)


def _overlap(one: "Overlap", chance: float | None, language: Language) -> str:
    a, b = one.lists
    said = _OVERLAP.to(language).format(a=a, b=b, both=_number(one.both), expected=f"{one.expected:,.1f}")
    if one.log_odds is not None:
        at, low, high = one.log_odds
        said += _ODDS.to(language).format(at=at, low=low, high=high)
    return said if chance is None else said + _DEPEND.to(language).format(chance=chance)


def _likeliest(found: "Estimate") -> list[tuple[list[tuple[str, str]], float]]:
    """The likeliest graphs by the names of lists that depend in them, down to ``LEAST``."""
    assert found.graphs is not None  # noqa: S101  asked only where it is
    named = dict(zip(found.graphs.graphs.pairs, (one.lists for one in found.overlaps), strict=True))
    found_likely = found.graphs.likeliest(GRAPHS)
    return [([named[pair] for pair in pairs], chance) for pairs, chance in found_likely if chance >= LEAST]


def _methods(found: "Estimate", language: Language) -> list[tuple[str, dict[str, str]]]:
    methods = []
    if found.graphs is not None:
        methods.append((_GRAPHS.to(language), _three(found.graphs.size)))
    if found.latent is not None:
        rhat, ess = _convergence(found)
        errors = dict(zip(("low", "median", "high"), map(_number, found.latent_errors), strict=True))
        words = _CLASSES.to(language).format(rhat=rhat, ess=ess, **errors)
        methods.append((words, _three(found.latent_size)))
    if found.abilities is not None:
        said = {"spread": found.abilities.spread.median, "ess": found.abilities.effective}
        methods.append((_ABILITIES.to(language).format(**said), _three(found.abilities.size)))
    if found.loglinear is not None:
        one = found.loglinear
        size = {"median": _number(one.median), "low": _number(one.low95), "high": _number(one.high95)}
        methods.append((_LOGLINEAR.to(language), size))
    return methods


def _varied(found: "Estimate", language: Language) -> list[str]:
    assert found.varied is not None  # noqa: S101  asked only where it is
    one = found.varied
    return [
        *(_DELTA.to(language).format(delta=d, median=_number(m)) for d, m in one.deltas.items()),
        *(_COUNT.to(language).format(count=n, median=_number(m)) for n, m in one.classes.items()),
        *(_WITHOUT.to(language).format(name=name, median=_number(m)) for name, m in one.without.items()),
        *(_MERGED.to(language).format(a=a, b=b, median=_number(m)) for (a, b), m in one.merged.items()),
    ]


def _three(size: "Interval") -> dict[str, str]:
    return {"median": _number(size.median), "low": _number(size.low95), "high": _number(size.high95)}


def _number(number: float) -> str:
    return f"{number:,.0f}"
