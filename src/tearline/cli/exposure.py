"""Through whom it leaked, and who would: a world of readers and items put to the exposure model, without any node."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken, read
from tearline.cli.said import console, document, heading, say
from tearline.facts.errors import Malformed
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from tearline.estimates.exposure import Posterior, Risk, Scenario, World

ATTRIBUTE_EXAMPLE = "Example: tearline attribute world.json --json"
RISK_EXAMPLE = "Example: tearline risk world.json"

_WORLD = typer.Argument(metavar="WORLD", help="Readers, items and what is known of them, as JSON.")
FEWEST = 3
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="Of the sampler, where there is too much for an exact answer.")
]

_NOT = Words(
    "This says whom to ask first. It accuses nobody: it rests on a model, and on logged readers only.",
    "Esto indica a quién preguntar primero. No acusa a nadie: se basa en un modelo y solo en los lectores registrados.",
)
_READ = Words(
    "Used: {positives} items that leaked or may have, {negatives} that did not; of {unknown} nobody knows.",
    "Se usó: {positives} elementos que se filtraron o pudieron filtrarse, {negatives} que no; de {unknown} no se sabe.",
)
_BASE = Words(
    "Channels expected among the {exposed} logged readers of what leaked: {before:.3g} before this evidence,"
    " {after:.3g} after it; among all {people} logged readers {all:.3g}.",
    "Canales esperados entre los {exposed} lectores registrados de lo filtrado: {before:.3g} antes de estos indicios,"
    " {after:.3g} después; entre los {people} lectores registrados, {all:.3g}.",
)
_NOBODY = Words(
    "Probability that no logged reader is a channel: {silent}. That whatever leaked came out unlogged, whoever else is"
    " a channel: {unlogged}.",
    "Probabilidad de que ningún lector registrado sea un canal: {silent}. De que lo filtrado saliera sin registro,"
    " sea quien sea canal además: {unlogged}.",
)
_HELD = Words(
    "{count} of {exposed} logged readers of what leaked hold 90 % of the channels expected among them.",
    "{count} de {exposed} lectores registrados de lo filtrado reúnen el 90 % de los canales esperados entre ellos.",
)
_COLUMNS = (
    Words("reader", "lector"),
    Words("unit", "unidad"),
    Words("before", "antes"),
    Words("after", "después"),
    Words("likelihood ratio", "razón de verosimilitud"),
    Words("read: leaked", "leyó: filtrado"),
    Words("did not", "no filtrado"),
    Words("unknown", "no se sabe"),
    Words("speaks for them", "habla a su favor"),
    Words("under other assumptions", "con otros supuestos"),
)
_FOR = Words(
    "“speaks for them”: how many times less probable what they read and did not leak is, if they are a channel.",
    "«habla a su favor»: cuántas veces menos probable es lo que leyeron y no se filtró, si son un canal.",
)
_ASSUMPTIONS = Words(
    "“under other assumptions”: the least and most that “after” is if priors were tenfold or a tenth, chances of"
    " passing on doubled or halved, or phantoms (unlogged readers) {phantoms}.",
    "«con otros supuestos»: lo mínimo y lo máximo de «después» si lo previo fuera diez veces mayor o menor, si la"
    " probabilidad de filtrar se duplicara o redujera a la mitad, o {phantoms} fantasmas (lectores sin registro).",
)
_WITH = Words("added", "se añadieran"), Words("left out", "se omitieran")
_ALONE = Words(
    "Fewer than {fewest} logged readers of what leaked: no name is shown alone. --json has the figures.",
    "Menos de {fewest} lectores registrados de lo filtrado: no se muestra un nombre solo. --json da las cifras.",
)
_UNITS = Words("Propensity of each unit", "Propensión de cada unidad")
_UNIT = Words(
    "{unit}: {mean:.3g} ± {sd:.2g} (before: {prior:.3g})",
    "{unit}: {mean:.3g} ± {sd:.2g} (antes: {prior:.3g})",
)
_METHOD = Words(
    "Method: {method}, at least {digits:.0f} digits correct; log evidence {evidence:.6f}.",
    "Método: {method}, al menos {digits:.0f} cifras correctas; log de la evidencia {evidence:.6f}.",
)
_SAMPLED = Words(
    "NOT EXACT: an exact answer would take {cost} multiplications. Method: {method}; chains from different starts"
    " differ by at most {gap:.2f} in anybody's probability, so trust no figure further. Log evidence about"
    " {evidence:.1f}.",
    "NO ES EXACTO: una respuesta exacta exigiría {cost} multiplicaciones. Método: {method}; cadenas con distintos"
    " inicios difieren como máximo {gap:.2f} en la probabilidad de alguien: ninguna cifra vale más que eso. Log de la"
    " evidencia: unos {evidence:.1f}.",
)
_LEAK = Words(
    "Probability that it reaches {adversary} if released to these {count} readers: {p} ({low} to {high} with 95 %, by"
    " what is not known of their units).",
    "Probabilidad de que llegue a {adversary} si se entrega a estos {count} lectores: {p} ({low} a {high} con el 95 %,"
    " por lo que no se sabe de sus unidades).",
)
_LEAK_SAMPLED = Words(
    "NOT EXACT: too much has leaked for that; by a sampler whose chains have met.",
    "NO ES EXACTO: se filtró demasiado para eso; por un muestreo cuyas cadenas concuerdan.",
)
_WITHOUT = Words("without {person}: {without} (adds {adds})", "sin {person}: {without} (añade {adds})")


def attribute(
    world: Annotated[Path, _WORLD],
    top: Annotated[
        int, typer.Option("--top", min=FEWEST, help="How many readers are shown, the likeliest first.")
    ] = 10,
    seed: Seed = 0,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Through whom it may have leaked: the posterior of every reader, and what has to be read beside it."""
    from tearline.estimates.exposure import State, sensitivity
    from tearline.estimates.exposure import attribute as attributed

    known = _parsed(world)
    state = State.of(known, str(world), seed=seed)
    found, others = attributed(state), sensitivity(state)
    if json:
        document(_document(known, found, others))
    else:
        _show(console(), known, found, others, cost=state.layout.products, top=top, language=language)


def risk(
    world: Annotated[Path, _WORLD], seed: Seed = 0, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """How probable a leak is if the release in the world's ``forward`` block is made, and what each reader adds."""
    from tearline.estimates.exposure import State
    from tearline.estimates.exposure import risk as risked

    known = _parsed(world)
    if known.forward is None:
        raise Malformed(str(world), "forward", "recipients, their q, and the background")
    found = risked(State.of(known, str(world), seed=seed), known.forward)
    if json:
        document(_forward_document(known, found))
    else:
        _show_forward(console(), known, found, language)


def _parsed(file: Path) -> "World":
    from tearline.estimates.exposure import parse_world
    from tearline.estimates.exposure.reading import LARGEST_BYTES

    return parse_world(read(file, LARGEST_BYTES), file=str(file))


def _document(world: "World", found: "Posterior", others: "Sequence[Scenario]") -> dict[str, object]:
    evidence, people = found.evidence, len(world.people)
    return {
        "world": world.name,
        "adversary": world.adversary,
        "posterior": found.probability.tolist(),
        "log_evidence": found.log_evidence,
        "p_nobody_logged": found.p_nobody_logged,
        "p_unlogged": found.p_unlogged,
        "expected_channels": found.expected_channels,
        "expected_channels_exposed": found.expected_channels_exposed,
        "likelihood_ratio": [_finite(one) for one in found.likelihood_ratio.tolist()],
        "set90": list(found.set90),
        "set90_exposed": list(found.set90_exposed),
        "method": found.method,
        **({} if found.digits_left is None else {"digits_left": found.digits_left}),
        **({} if found.chain_gap is None else {"chain_gap": found.chain_gap}),
        "people": list(found.people),
        "prior": found.prior.tolist(),
        "logged": [not person.phantom for person in world.people],
        "units": [
            {"id": unit.id, "prior": prior, "mean": mean, "sd": sd}
            for unit, prior, mean, sd in zip(
                world.units,
                found.units.prior.tolist(),
                found.units.mean.tolist(),
                found.units.sd.tolist(),
                strict=True,
            )
        ],
        "evidence": {
            "positives": evidence.positives,
            "negatives": evidence.negatives,
            "unknown": evidence.unknown,
            "read_positive": evidence.read_positive.astype(int).tolist(),
            "read_negative": evidence.read_negative.astype(int).tolist(),
            "read_unknown": evidence.read_unknown.astype(int).tolist(),
            "negatives_ratio": evidence.negatives_ratio.tolist(),
        },
        "sensitivity": {
            one.name: {
                "posterior": one.posterior.probability[:people].tolist(),
                "log_evidence": one.posterior.log_evidence,
                "p_nobody_logged": one.posterior.p_nobody_logged,
                "p_unlogged": one.posterior.p_unlogged,
            }
            for one in others
        },
        **({"by_epoch": found.by_epoch.tolist()} if len(found.by_epoch) > 1 else {}),
    }


def _finite(value: float) -> float | None:
    """A certainty has no finite ratio, and JSON no other number."""
    return value if abs(value) < float("inf") else None


def _show(
    out: "Console",
    world: "World",
    found: "Posterior",
    others: "Sequence[Scenario]",
    *,
    cost: float,
    top: int,
    language: Language,
) -> None:
    from rich.table import Table

    evidence = found.evidence
    logged = [n for n, person in enumerate(world.people) if not person.phantom]
    exposed = [n for n in logged if evidence.read_positive[n] > 0]
    say(out, _NOT.to(language), style="bold", hang=0)
    out.print()
    counts = {"positives": evidence.positives, "negatives": evidence.negatives, "unknown": evidence.unknown}
    say(out, _READ.to(language).format(**counts))
    base = _BASE.to(language).format(
        exposed=len(exposed),
        before=float(found.prior[exposed].sum()),
        after=found.expected_channels_exposed,
        people=len(logged),
        all=found.expected_channels,
    )
    say(out, base)
    silent, unlogged = _percent(found.p_nobody_logged), _percent(found.p_unlogged)
    say(out, _NOBODY.to(language).format(silent=silent, unlogged=unlogged))
    out.print()
    if len(exposed) < FEWEST:
        say(out, _ALONE.to(language).format(fewest=FEWEST))
    else:
        say(out, _HELD.to(language).format(count=len(found.set90_exposed), exposed=len(exposed)))
        table = Table(box=None, pad_edge=False)
        for n, column in enumerate(_COLUMNS):
            table.add_column(column.to(language), justify="left" if n < 2 else "right")
        ratios = found.likelihood_ratio
        for n in sorted(exposed, key=lambda n: -float(found.probability[n]))[:top]:
            person = world.people[n]
            table.add_row(
                str(person.id),
                str(person.unit),
                _percent(found.prior[n]),
                _percent(found.probability[n]),
                f"{ratios[n]:.3g}",
                *(
                    str(int(read[n]))
                    for read in (evidence.read_positive, evidence.read_negative, evidence.read_unknown)
                ),
                f"{1.0 / evidence.negatives_ratio[n]:.3g}" if evidence.negatives_ratio[n] > 0.0 else "∞",
                _range(
                    [float(one.probability[n]) for one in (found, *(other.posterior for other in others))]
                ),
            )
        out.print(table)
        say(out, _FOR.to(language))
        say(
            out,
            _ASSUMPTIONS.to(language).format(phantoms=_WITH[len(logged) < len(world.people)].to(language)),
        )
    heading(out, _UNITS.to(language))
    propensities = found.units
    for n, unit in enumerate(world.units):
        figures = {"mean": propensities.mean[n], "sd": propensities.sd[n], "prior": propensities.prior[n]}
        say(out, _UNIT.to(language).format(unit=unit.id, **figures), indent=2)
    out.print()
    how = {"method": found.method, "evidence": found.log_evidence}
    if found.chain_gap is None:
        say(out, _METHOD.to(language).format(**how, digits=found.digits_left or 0.0), hang=0)
    else:
        say(
            out,
            _SAMPLED.to(language).format(**how, gap=found.chain_gap, cost=f"{min(cost, 1e20):.0e}"),
            style="bold",
            hang=0,
        )


def _forward_document(world: "World", found: "Risk") -> dict[str, object]:
    return {
        "world": world.name,
        "adversary": world.adversary,
        "p_leak": found.p_leak,
        "method": found.method,
        "low95": found.low95,
        "high95": found.high95,
        "readers": [
            {"person": one.person, "without": one.without, "adds": one.adds} for one in found.readers
        ],
    }


def _show_forward(out: "Console", world: "World", found: "Risk", language: Language) -> None:
    low, high = _percent(found.low95), _percent(found.high95)
    figures = {"count": len(found.readers), "p": _percent(found.p_leak), "low": low, "high": high}
    say(out, _LEAK.to(language).format(adversary=world.adversary, **figures), style="bold", hang=0)
    if found.method == "sampler":
        say(out, _LEAK_SAMPLED.to(language), style="bold", hang=0)
    for one in sorted(found.readers, key=lambda one: -one.adds):
        without, adds = _percent(one.without), _percent(one.adds)
        said = _WITHOUT.to(language).format(person=one.person, without=without, adds=adds)
        say(out, said, indent=2)


def _range(chances: list[float]) -> str:
    return f"{100.0 * min(chances):.2g}–{_percent(max(chances))}"


def _percent(p: float) -> str:
    return f"{100.0 * p:.3g} %"
