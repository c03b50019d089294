"""How many there were: what was estimated from the register, by when, of what, and what of it was made public.

A figure always says what was counted, where and when, and what it rests on. "Not estimable" is an answer.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, fact
from tearline.facts.harm import Harm
from tearline.facts.identifiers import CompromiseId, EstimateId, LinkageId, OperationId, PublicationId
from tearline.facts.words import Worded

VICTIMS = Compartment.VICTIMS


class EstimateMethod(Worded):
    GRAPHS = "graphs", "decomposable graphs, averaged", "grafos descomponibles, promediados"
    CLASSES = "classes", "latent classes", "clases latentes"
    DEGREES = "degrees", "people who differ by degrees", "personas que difieren por grados"
    LOGLINEAR = "loglinear", "log-linear model of least BIC", "modelo log-lineal de menor BIC"


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedScope:
    """What is counted: ``area`` says it in words, ``places`` are those of the reports that lie in it; none: all."""

    unit: Annotated[str, Label("What is counted", "Qué se cuenta"), Public(200)]
    area: Annotated[str, Label("Area", "Zona"), Public(160)]
    first_day: Annotated[date, Label("From", "Desde")]
    last_day: Annotated[date, Label("To", "Hasta")]
    harm: Annotated[Harm | None, Label("Harm", "Daño")] = None
    places: Annotated[
        tuple[str, ...],
        Label("Places of the reports; none: all", "Lugares de los informes; ninguno: todos"),
        Public(120),
    ] = ()
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None
    operation: Annotated[OperationId | None, Label("In operation", "En la operación")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ByMethod:
    """``rhat`` and ``effective`` say how well chains agree, where a method has chains."""

    method: Annotated[EstimateMethod, Label("Method", "Método")]
    median: Annotated[float, Label("Median", "Mediana")]
    low: Annotated[float, Label("95 %, from", "95 %, desde")]
    high: Annotated[float, Label("95 %, to", "95 %, hasta")]
    rhat: Annotated[float | None, Label("R-hat", "R-hat")] = None
    effective: Annotated[float | None, Label("Effective draws", "Muestras efectivas")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VariedAssumption:
    """The median with one assumption changed, by the method that is named."""

    changed: Annotated[str, Label("What is changed", "Qué cambia"), Public(120)]
    method: Annotated[EstimateMethod, Label("Method", "Método")]
    median: Annotated[float, Label("Median", "Mediana")]


@fact("How many there were was estimated", "Se estimó cuántas personas fueron")
class CasualtiesEstimated(Fact):
    """From all that was on record up to ``position`` and that may be counted by then.

    ``documented`` people are on at least one list, as they are put together on record; by the doubt about who is who,
    ``documented_low`` to ``documented_high`` with 95 %. ``unnamed_least`` to ``unnamed_most`` is what reports tell of
    people besides those they name (``folds.register.unnamed``): some may be named elsewhere. ``median`` is None where
    any of ``refused`` stands against a number.
    ``histories`` say how many people stand on just each set of lists, bit n for list n; they point at witnesses and are
    sealed.
    """

    estimate: Annotated[EstimateId, Label("Estimate", "Estimación")]
    scope: Annotated[CountedScope, Label("Of what", "De qué")]
    position: Annotated[int, Label("Up to entry", "Hasta la anotación")]
    seed: Annotated[int, Label("Seed", "Semilla")]
    lists: Annotated[int, Label("Lists", "Listas")]
    reported: Annotated[int, Label("People reported", "Personas informadas")]
    documented: Annotated[int, Label("People documented", "Personas documentadas")]
    documented_low: Annotated[int, Label("Documented, at least (95 %)", "Documentadas, al menos (95 %)")]
    documented_high: Annotated[int, Label("Documented, at most (95 %)", "Documentadas, a lo sumo (95 %)")]
    unnamed_least: Annotated[int, Label("Not named besides, at least", "Además sin nombre, al menos")]
    unnamed_most: Annotated[int | None, Label("Not named besides, at most", "Además sin nombre, a lo sumo")]
    lower_bound: Annotated[float | None, Label("Lower bound (Chao)", "Cota inferior (Chao)")]
    median: Annotated[float | None, Label("Estimate, median", "Estimación, mediana")]
    low: Annotated[float | None, Label("95 %, from", "95 %, desde")]
    high: Annotated[float | None, Label("95 %, to", "95 %, hasta")]
    refused: Annotated[tuple[str, ...], Label("Why there is no number", "Por qué no hay cifra"), Public(60)]
    methods: Annotated[tuple[ByMethod, ...], Label("By method", "Por método")]
    varied: Annotated[
        tuple[VariedAssumption, ...], Label("If an assumption is changed", "Si se cambia un supuesto")
    ]
    histories: Annotated[
        Sealed[tuple[int, ...]], Label("How lists overlap", "Cómo se solapan las listas"), VICTIMS
    ]
    drawn: Annotated[int, Label("Linkages drawn", "Vinculaciones sorteadas")]
    linkage: Annotated[LinkageId | None, Label("Comparison", "Comparación")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedCell:
    """``people`` None: suppressed."""

    what: Annotated[str, Label("What", "Qué"), Public(120)]
    people: Annotated[int | None, Label("People", "Personas")]


@fact("Figures of harm were made public", "Se publicaron cifras de daños")
class HarmPublished(Fact):
    """An estimate, and counts in which small cells, and what differences would show, are suppressed.

    ``rule`` names how; a later publication is checked against all earlier ones.
    """

    publication: Annotated[PublicationId, Label("Publication", "Publicación")]
    estimate: Annotated[EstimateId, Label("Estimate", "Estimación")]
    by_condition: Annotated[
        tuple[PublishedCell, ...], Label("By what became of people", "Según qué fue de las personas")
    ]
    by_place: Annotated[tuple[PublishedCell, ...], Label("By place", "Según el lugar")]
    rule: Annotated[str, Label("Suppression", "Supresión"), Public(120)]
