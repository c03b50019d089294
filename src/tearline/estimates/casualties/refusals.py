"""When there is no honest number: each reason with its sentence. "Not estimable" is a good answer.

Estimates rest on who was seen more than once. Where hardly anybody was, where a list is a copy of another, or where
methods that all fit say different things, any one number would be the method's and not the world's (Aleshin-Guendel,
Sadinle and Wakefield 2024: without a defensible identifying assumption, none).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tearline.estimates.casualties.decomposable import Interval
from tearline.estimates.casualties.histories import Histories
from tearline.estimates.casualties.latent import Latent
from tearline.estimates.casualties.overlaps import Overlap
from tearline.facts.words import Words

FEWEST_LISTS = 3
FEWEST_EXPECTED = 5.0
MOST_PAIRS = 3
FEWEST_TWICE, SHARE_TWICE = 15, 0.05
LARGEST_RHAT = 1.05
SEEDS_APART = 0.03
METHODS_APART = 1.5
WIDEST = 3.0
FEWEST_DRAWS = 10
"""Below, an interval's ends are one draw or two. Set after the study of fresh tables was done (docs/casualties.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why no single number is given."""

    rule: str
    because: Words


_BY_GRAPHS = Words("decomposable graphs", "grafos descomponibles")
_BY_CLASSES = Words("latent classes", "clases latentes")
_BY_DEGREES = Words("people who differ", "personas que difieren")


def of_lists(histories: Histories) -> Iterator[Reason]:
    """What the lists alone say, before any method."""
    lists = range(len(histories.lists))
    if len(lists) < FEWEST_LISTS:
        yield Reason(
            rule="few-lists",
            because=Words(
                f"{len(lists)} lists cannot show how they depend on each other: at least {FEWEST_LISTS} are needed",
                f"{len(lists)} listas no muestran cómo dependen entre sí: se necesitan al menos {FEWEST_LISTS}",
            ),
        )
    for one in lists:
        yield from _of_list(histories, one)
    twice = int(histories.captures()[2:].sum())
    if twice < FEWEST_TWICE or twice < SHARE_TWICE * histories.documented:
        yield Reason(
            rule="few-seen-twice",
            because=Words(
                f"{twice} of {histories.documented} people stand on two lists or more: at least {FEWEST_TWICE}, and"
                f" {SHARE_TWICE:.0%} of all, are needed",
                f"{twice} de {histories.documented} personas están en dos listas o más: se necesitan al menos"
                f" {FEWEST_TWICE} y el {SHARE_TWICE * 100:.0f} % del total",
            ),
        )


def _of_list(histories: Histories, one: int) -> Iterator[Reason]:
    name, people = histories.lists[one], histories.on(one)
    others = [other for other in range(len(histories.lists)) if other != one]
    alone = int(histories.counts[1 << one])
    if people == 0:
        yield Reason(
            rule="empty-list",
            because=Words(f"nobody stands on {name}", f"nadie está en {name}"),
        )
        return
    if alone == people:
        yield Reason(
            rule="isolated-list",
            because=Words(
                f"{name} shares nobody with the other lists: it says nothing of how many they missed",
                f"{name} no comparte a nadie con las demás listas: no dice cuántas personas omitieron",
            ),
        )
    for other in others:
        if histories.on(one, other) == people and (people < histories.on(other) or one < other):
            yield Reason(
                rule="contained-list",
                because=Words(
                    f"everybody on {name} stands on {histories.lists[other]} too: a copy is no second list",
                    f"todas las personas de {name} están también en {histories.lists[other]}: una copia no es"
                    " otra lista",
                ),
            )


def of_overlaps(pairs: list[Overlap]) -> Iterator[Reason]:
    """Two lists that share nobody, where so few would be expected that this says nothing of how they depend.

    A sentence for each two, or for all of them where they are more than ``MOST_PAIRS``.
    """
    found = [pair for pair in pairs if pair.both == 0 and 0 < pair.expected < FEWEST_EXPECTED]
    if len(found) > MOST_PAIRS:
        most = max(pair.expected for pair in found)
        first = [pair.lists for pair in found[:MOST_PAIRS]]
        yield Reason(
            rule="interaction-not-identified",
            because=Words(
                f"of {len(pairs)} pairs of lists {len(found)} share nobody, where at most {most:.1f} would be expected:"
                " whether they shut each other out cannot be told ("
                + ", ".join(f"{a} and {b}" for a, b in first)
                + ", …)",
                f"de {len(pairs)} pares de listas, {len(found)} no comparten a nadie, donde se esperarían a lo sumo"
                f" {most:.1f}: no puede saberse si se excluyen entre sí ("
                + ", ".join(f"{a} y {b}" for a, b in first)
                + ", …)",
            ),
        )
        return
    for pair in found:
        a, b = pair.lists
        yield Reason(
            rule="interaction-not-identified",
            because=Words(
                f"nobody stands on both {a} and {b}, where {pair.expected:.1f} would be expected: whether they shut"
                " each other out cannot be told",
                f"nadie está a la vez en {a} y {b}, donde se esperarían {pair.expected:.1f}: no puede saberse si se"
                " excluyen entre sí",
            ),
        )


def of_chains(runs: tuple[Latent, Latent]) -> Iterator[Reason]:
    """Whether the latent-class model's chains met, and whether another seed says the same."""
    rhat = max(run.converged.rhat for run in runs)
    if not rhat <= LARGEST_RHAT:
        yield Reason(
            rule="chains-apart",
            because=Words(
                f"chains of the latent-class model have not met (R-hat {rhat:.3f}, at most {LARGEST_RHAT} allowed)",
                f"las cadenas del modelo de clases latentes no coinciden (R-hat {rhat:.3f}, se admite {LARGEST_RHAT})",
            ),
        )
    first, second = sorted(run.size.median for run in runs)
    if second > first * (1.0 + SEEDS_APART):
        yield Reason(
            rule="seeds-apart",
            because=Words(
                f"two runs of the latent-class model say {first:,.0f} and {second:,.0f}: more than"
                f" {SEEDS_APART:.0%} apart",
                f"dos ejecuciones del modelo de clases latentes dan {first:,.0f} y {second:,.0f}: más del"
                f" {SEEDS_APART * 100:.0f} % de diferencia",
            ),
        )


def of_draws(effective: float) -> Iterator[Reason]:
    """Whether the model of people who differ, half of what is pooled, rests on more than a few draws."""
    if not effective >= FEWEST_DRAWS:
        yield Reason(
            rule="draws-few",
            because=Words(
                f"the model of people who differ rests on {effective:.1f} effective draws: at least {FEWEST_DRAWS}"
                " are needed",
                f"el modelo de personas que difieren se apoya en {effective:.1f} muestras efectivas: se necesitan al"
                f" menos {FEWEST_DRAWS}",
            ),
        )


def of_methods(graphs: Interval | None, classes: Interval, differing: Interval) -> Iterator[Reason]:
    """Whether the methods that are pooled say the same: graphs and classes, and the third one as either of these."""
    if graphs is not None:
        low, high = sorted((graphs.median, classes.median))
        if high > METHODS_APART * low or _apart(graphs, classes):
            yield _disagree((graphs, _BY_GRAPHS), (classes, _BY_CLASSES))
    if all(_apart(differing, one) for one in (graphs, classes) if one is not None):
        yield _disagree((differing, _BY_DEGREES), (classes, _BY_CLASSES))


def _apart(one: Interval, other: Interval) -> bool:
    return max(one.low95, other.low95) > min(one.high95, other.high95)


def _disagree(one: tuple[Interval, Words], other: tuple[Interval, Words]) -> Reason:
    (first, by), (second, by_other) = one, other
    return Reason(
        rule="methods-disagree",
        because=Words(
            f"methods disagree: {first.median:,.0f} ({first.low95:,.0f} to {first.high95:,.0f}) by {by.en},"
            f" {second.median:,.0f} ({second.low95:,.0f} to {second.high95:,.0f}) by {by_other.en}",
            f"los métodos discrepan: {first.median:,.0f} ({first.low95:,.0f} a {first.high95:,.0f}) con {by.es},"
            f" {second.median:,.0f} ({second.low95:,.0f} a {second.high95:,.0f}) con {by_other.es}",
        ),
    )


def of_width(size: Interval) -> Iterator[Reason]:
    if size.high95 > WIDEST * size.median:
        yield Reason(
            rule="too-wide",
            because=Words(
                f"the interval's end, {size.high95:,.0f}, is more than {WIDEST:.0f} times its middle,"
                f" {size.median:,.0f}",
                f"el extremo del intervalo, {size.high95:,.0f}, supera {WIDEST:.0f} veces su centro,"
                f" {size.median:,.0f}",
            ),
        )
