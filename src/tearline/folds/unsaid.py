"""What a record does not show, in sentences: the end of every account.

Each sentence follows from what is, or is not, on record; where nothing is missing there is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tearline.facts.harm import CountDocumented
from tearline.facts.history import Recorded
from tearline.facts.identifiers import OrganisationId
from tearline.facts.operations import (
    Controls,
    Credit,
    DisplacementNoted,
    EffectClaimed,
    Measure,
    MeasurePlanned,
    ResultCounted,
    Retaliation,
    TollRecorded,
)
from tearline.facts.parties import AllegationStanding, CourseHeld, UnitFormed
from tearline.facts.words import Words
from tearline.folds.people import Allegation


def of_claims(claims: Sequence[Recorded[EffectClaimed]]) -> Iterator[Words]:
    """*After* is not *because* where nobody said beforehand with what it would be compared."""
    for claimed in claims:
        if claimed.fact.controls is Controls.NONE:
            what, who = claimed.fact.what, claimed.fact.claimed_by
            yield Words(
                f"“{what}” ({who}): after is not because. No controls were declared beforehand.",
                f"«{what}» ({who}): después no es por causa de. No se declararon controles de antemano.",
            )


def of_results(results: Sequence[Recorded[ResultCounted]], began: date) -> Iterator[Words]:
    """Whether the operation brought a result about, and whether anything changed."""
    uncredited = sum(r.fact.credit is not Credit.CREDITED for r in results)
    if uncredited and uncredited == len(results):
        yield Words(
            "No result on record is credited to the operation, so what it brought about cannot be said.",
            "Ningún resultado registrado se atribuye a la operación; no puede decirse qué logró.",
        )
    elif uncredited:
        yield Words(
            f"{uncredited} of {len(results)} results on record are not credited to the operation.",
            f"{uncredited} de {len(results)} resultados registrados no se atribuyen a la operación.",
        )
    early = sum(r.fact.first_day is not None and r.fact.first_day < began for r in results)
    if early:
        yield Words(
            f"{early} of {len(results)} figures count from a day before the operation began.",
            f"{early} de {len(results)} cifras cuentan desde antes de que empezara la operación.",
        )
    if results and not _has_baseline(results, began):
        yield Words(
            "No figure from before the operation stands beside a later one, so no change can be shown.",
            "Ninguna cifra anterior a la operación puede compararse con una posterior; no consta cambio alguno.",
        )


def _has_baseline(results: Sequence[Recorded[ResultCounted]], began: date) -> bool:
    """Whether one counter counted the same kind over days before, and again over days since."""
    before = {
        (r.fact.kind, r.fact.counted_by) for r in results if r.fact.last_day and r.fact.last_day < began
    }
    since = {
        (r.fact.kind, r.fact.counted_by) for r in results if r.fact.first_day and r.fact.first_day >= began
    }
    return bool(before & since)


def of_plans(
    planned: Sequence[tuple[MeasurePlanned, int | None]], names: Mapping[OrganisationId, str]
) -> Iterator[Words]:
    """What was planned and, as far as is on record, is not there."""
    for measure, in_being in planned:
        whose = names.get(measure.organisation, measure.organisation)
        label = measure.measure.words
        if measure.measure is Measure.VET:
            yield Words(
                f"Planned is not done: {label.en} ({whose}: {measure.as_said}); outcomes are not on record.",
                f"Planeado no es hecho: {label.es} ({whose}: {measure.as_said}); no constan resultados.",
            )
        elif in_being is None or measure.number is None or in_being < measure.number:
            yield Words(
                f"Planned is not done: {label.en} ({whose}: {measure.as_said}); in being: {in_being or 'none'}.",
                f"Planeado no es hecho: {label.es} ({whose}: {measure.as_said}); existentes: {in_being or 'ninguno'}.",
            )


def of_training(training: Sequence[Recorded[CourseHeld]]) -> Iterator[Words]:
    unnamed = sum(r.fact.officers for r in training if not r.fact.persons)
    if unnamed:
        yield Words(
            f"{unnamed} officers in training are counted, not identified: whether each was vetted is not on record.",
            f"{unnamed} oficiales en capacitación se cuentan sin identificarse: no consta si cada uno fue evaluado.",
        )


def of_tolls(tolls: Sequence[Recorded[TollRecorded]]) -> Iterator[Words]:
    suspected = sum(r.fact.retaliation in (Retaliation.SUSPECTED, Retaliation.FEARED) for r in tolls)
    if suspected:
        yield Words(
            f"Retaliation is suspected or feared in {suspected} of {len(tolls)} entries, and established in none.",
            f"La represalia se presume o se teme en {suspected} de {len(tolls)} registros y no consta en ninguno.",
        )


def of_displacements(displacements: Sequence[Recorded[DisplacementNoted]]) -> Iterator[Words]:
    if displacements:
        yield Words(
            "What moved elsewhere was noted, not measured: what fell in one place may have risen in another.",
            "Lo desplazado se observó sin medirse: lo que bajó en un lugar pudo subir en otro.",
        )


def of_earlier(
    earlier: Sequence[tuple[UnitFormed, Sequence[Allegation]]],
) -> Iterator[Words]:
    """Why an earlier unit failed, as far as it was ever established."""
    for unit, allegations in earlier:
        if not any(a.standing is AllegationStanding.SUBSTANTIATED for a in allegations):
            yield Words(
                f"An earlier unit, {unit.name}, was stood down: what was alleged of it is not established on record.",
                f"Una unidad anterior, {unit.name}, fue dada de baja: lo que se le atribuía no consta como comprobado.",
            )


def of_counts(counts: Sequence[Recorded[CountDocumented]]) -> Iterator[Words]:
    """Why counts of the same events differ, as far as they say what they counted."""
    if not counts:
        yield Words("Nobody's count is on record.", "No consta ningún recuento.")
        return
    least = min(r.fact.least for r in counts)
    most = max(r.fact.most or r.fact.least for r in counts)
    if least == most:
        return
    yield Words(
        f"There is no firm count: {len(counts)} bodies say from {least} to {most}. They did not count the same"
        " thing, so the figures can be neither added up nor averaged.",
        f"No hay un recuento firme: {len(counts)} fuentes dicen de {least} a {most}. No contaron lo mismo;"
        " las cifras no pueden sumarse ni promediarse.",
    )
    undated = sum(r.fact.first_day is None for r in counts)
    if undated:
        yield Words(
            f"{undated} of {len(counts)} counts do not say which days they cover.",
            f"{undated} de {len(counts)} recuentos no dicen qué días abarcan.",
        )
