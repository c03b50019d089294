"""Who will really see a release, and how likely it is to reach an adversary, by the record: figures, no verdict.

A figure is put on record before a verdict reads it, with the position up to which the record was read for it. So a
verdict replays what it read, and the figure itself can be made again from the record as it stood there.
"""

from dataclasses import dataclass
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, fact
from tearline.facts.identifiers import (
    AdversaryId,
    AgreementId,
    AttributionId,
    CompromiseId,
    FigureId,
    InvestigationId,
    ItemId,
    PersonId,
    RequestId,
    UnitId,
)
from tearline.facts.words import Worded


@fact("Exposure was figured", "Se calculó la exposición")
class ExposureFigured(Fact):
    """Of one request, from the record up to ``as_of``, by the terms of the model that its agreement states.

    ``likely`` is the chance that the item, or the part of it that is asked for, reaches the adversary through those who
    would see it; 95 % of that chance lies between ``low`` and ``high``. ``anonymity`` is the number of the
    adversary's own people among whom the source would still be hidden if all that was released became known; None
    where nobody listed them, and no figure can be given.
    """

    figure: Annotated[FigureId, Label("Figure", "Cálculo")]
    request: Annotated[RequestId, Label("Request", "Solicitud")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    agreement: Annotated[AgreementId, Label("Under agreement", "Bajo el acuerdo")]
    as_of: Annotated[int, Label("From the record up to entry", "Del registro hasta el asiento")]
    model: Annotated[str, Label("Model", "Modelo"), Public(60)]
    method: Annotated[str, Label("Method", "Método"), Public(60)]
    world_sha256: Annotated[
        str, Label("What was figured on, hash", "Aquello sobre lo que se calculó, huella"), Public(64)
    ]
    readers: Annotated[
        Sealed[int], Label("People who would see it", "Personas que lo verían"), Compartment.EXPOSURE
    ]
    likely: Annotated[
        Sealed[float],
        Label("Chance that it reaches the adversary", "Probabilidad de que llegue al adversario"),
        Compartment.EXPOSURE,
    ]
    low: Annotated[Sealed[float], Label("At least (95 %)", "Al menos (95 %)"), Compartment.EXPOSURE]
    high: Annotated[Sealed[float], Label("At most (95 %)", "A lo sumo (95 %)"), Compartment.EXPOSURE]
    positives: Annotated[
        Sealed[int],
        Label("Items that leaked or may have", "Elementos que se filtraron o pudieron filtrarse"),
        Compartment.EXPOSURE,
    ]
    anonymity: Annotated[
        Sealed[int | None],
        Label(
            "Of the adversary's people, those among whom the source is hidden",
            "Personas del adversario entre las que se oculta la fuente",
        ),
        Compartment.SOURCE_HANDLING,
    ]
    adversary: Annotated[AdversaryId | None, Label("Adversary", "Adversario")] = None


class Variation(Worded):
    """What was changed to see how far a result rests on it."""

    PRIOR_TENFOLD = "prior-tenfold", "channels ten times as frequent", "canales diez veces más frecuentes"
    PRIOR_TENTH = "prior-tenth", "channels a tenth as frequent", "canales diez veces menos frecuentes"
    CHANCE_DOUBLE = "chance-double", "each passes on twice as often", "cada uno transmite el doble de veces"
    CHANCE_HALF = "chance-half", "each passes on half as often", "cada uno transmite la mitad de veces"
    LOGGED_ONLY = "logged-only", "nobody read it unlogged", "nadie leyó sin registro"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderFigured:
    """What the record says of one reader being a channel: a priority for enquiries, and no accusation.

    ``ratio`` is how much the evidence alone raises or lowers it; ``quiet`` are items that they read and that did not
    leak, which speak for them. ``first``: of the fewest who hold nine tenths of what is expected, among those exposed.
    """

    person: Annotated[PersonId, Label("Person", "Persona")]
    before: Annotated[float, Label("Before any evidence", "Antes de toda evidencia")]
    after: Annotated[float, Label("After it", "Después de ella")]
    ratio: Annotated[float, Label("Likelihood ratio", "Razón de verosimilitud")]
    leaked: Annotated[
        int, Label("Items read that leaked or may have", "Leídos que se filtraron o pudieron filtrarse")
    ]
    quiet: Annotated[int, Label("Items read that did not leak", "Leídos que no se filtraron")]
    unknown: Annotated[int, Label("Items read of which nothing is known", "Leídos de los que nada se sabe")]
    first: Annotated[bool, Label("Among the first to ask", "Entre los primeros por preguntar")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Varied:
    """The same with one assumption changed; ``same`` counts those who stay among the first to ask."""

    variation: Annotated[Variation, Label("Changed", "Cambio")]
    nobody: Annotated[float, Label("Nobody logged", "Nadie registrado")]
    expected: Annotated[float, Label("Channels expected", "Canales esperados")]
    first: Annotated[int, Label("First to ask", "Primeros por preguntar")]
    same: Annotated[int, Label("Of these, the same people", "De ellos, las mismas personas")]


@fact("A leak was attributed", "Se atribuyó una filtración")
class LeakAttributed(Fact):
    """What the model says, inside one open investigation, of those within its remit, from the record up to ``as_of``.

    Figures of others are in nothing but the sums. It rests on the model's terms and on who was logged: it says whom to
    ask first. ``nobody`` is the chance that no logged reader is a channel, ``unlogged`` that it came out otherwise.
    """

    attribution: Annotated[AttributionId, Label("Attribution", "Atribución")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    agreement: Annotated[AgreementId, Label("By the terms of agreement", "Según los términos del acuerdo")]
    as_of: Annotated[int, Label("From the record up to entry", "Del registro hasta el asiento")]
    model: Annotated[str, Label("Model", "Modelo"), Public(60)]
    method: Annotated[str, Label("Method", "Método"), Public(60)]
    world_sha256: Annotated[
        str, Label("What was figured on, hash", "Aquello sobre lo que se calculó, huella"), Public(64)
    ]
    readers: Annotated[
        Sealed[tuple[ReaderFigured, ...]], Label("Readers", "Lectores"), Compartment.INVESTIGATIONS
    ]
    varied: Annotated[
        Sealed[tuple[Varied, ...]],
        Label("If an assumption is changed", "Si se cambia un supuesto"),
        Compartment.INVESTIGATIONS,
    ]
    base_rate: Annotated[
        Sealed[float],
        Label("Before any evidence, of one reader", "Antes de toda evidencia, de un lector"),
        Compartment.INVESTIGATIONS,
    ]
    expected: Annotated[
        Sealed[float],
        Label("Channels expected among those logged", "Canales esperados entre los registrados"),
        Compartment.INVESTIGATIONS,
    ]
    nobody: Annotated[
        Sealed[float],
        Label("Chance that nobody logged is a channel", "Probabilidad de que nadie registrado sea un canal"),
        Compartment.INVESTIGATIONS,
    ]
    unlogged: Annotated[
        Sealed[float],
        Label(
            "Chance that it came out otherwise than through them",
            "Probabilidad de que saliera de otro modo que por ellos",
        ),
        Compartment.INVESTIGATIONS,
    ]
    positives: Annotated[
        Sealed[int],
        Label("Items that leaked or may have", "Elementos que se filtraron o pudieron filtrarse"),
        Compartment.INVESTIGATIONS,
    ]
    negatives: Annotated[
        Sealed[int],
        Label("Items known not to have leaked", "Elementos que se sabe que no se filtraron"),
        Compartment.INVESTIGATIONS,
    ]
    unknown: Annotated[
        Sealed[int],
        Label("Items of which nothing is known", "Elementos de los que nada se sabe"),
        Compartment.INVESTIGATIONS,
    ]
    digits_left: Annotated[float | None, Label("Digits that hold", "Dígitos seguros")] = None
    chain_gap: Annotated[float | None, Label("Gap between chains", "Diferencia entre cadenas")] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitFigured:
    """The share of a unit's people who are channels to one adversary, by the record; 95 % of it between two figures.

    It says nothing about anyone in the unit. ``adversary`` None: of items that concern nobody in particular.
    """

    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    adversary: Annotated[AdversaryId | None, Label("Adversary", "Adversario")]
    before: Annotated[float, Label("Before any evidence", "Antes de toda evidencia")]
    after: Annotated[float, Label("By the record", "Según el registro")]
    low: Annotated[float, Label("At least (95 %)", "Al menos (95 %)")]
    high: Annotated[float, Label("At most (95 %)", "A lo sumo (95 %)")]
    leaked: Annotated[
        int, Label("Items read that leaked or may have", "Leídos que se filtraron o pudieron filtrarse")
    ]
    quiet: Annotated[int, Label("Items read that did not leak", "Leídos que no se filtraron")]


@fact("Propensities were figured", "Se calcularon propensiones")
class PropensitiesFigured(Fact):
    """Of each unit that was given anything under an agreement, and each adversary that it concerned."""

    figure: Annotated[FigureId, Label("Figure", "Cálculo")]
    agreement: Annotated[AgreementId, Label("By the terms of agreement", "Según los términos del acuerdo")]
    as_of: Annotated[int, Label("From the record up to entry", "Del registro hasta el asiento")]
    model: Annotated[str, Label("Model", "Modelo"), Public(60)]
    units: Annotated[Sealed[tuple[UnitFigured, ...]], Label("Units", "Unidades"), Compartment.EXPOSURE]
