"""Traces: a text that surfaced, and which marked copies it points at; made inside one open investigation.

A trace names copies, never people. It says how far the text points at every copy that it was held against, and of each
copy that it names everyone on record who could reach it.
"""

from dataclasses import dataclass
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, fact
from tearline.facts.identifiers import (
    CompromiseId,
    CopyId,
    InvestigationId,
    ItemId,
    PersonId,
    ReleaseId,
    TraceId,
)
from tearline.facts.words import Worded

INVESTIGATIONS = Compartment.INVESTIGATIONS


class Surfaced(Worded):
    """How a text came to us, which says what of it can be relied on."""

    RETYPED = "retyped", "retyped, quoted or recited", "transcrito, citado o recitado"
    COPIED = "copied", "character by character, or a photocopy", "carácter por carácter, o fotocopia"


class Gate(Worded):
    """Whether the result may be acted upon, and if not, why."""

    OPEN = "open", "open: copies are named", "abierta: se señalan copias"
    TOO_FEW_BITS = "too-few-bits", "closed: too few bits were read", "cerrada: se leyeron muy pocos bits"
    NOTHING_STANDS_OUT = (
        "nothing-stands-out",
        "closed: no copy stands out",
        "cerrada: ninguna copia sobresale",
    )
    PURGED = "purged", "closed: its wordings were purged", "cerrada: sus redacciones se purgaron"

    @property
    def decided(self) -> bool:
        """Whether copies were looked at. To count what can be read takes no look at any, and settles nothing."""
        return self in (Gate.OPEN, Gate.NOTHING_STANDS_OUT)


@fact("A text surfaced", "Apareció un texto")
class TextSurfaced(Fact):
    """All that has surfaced of an item by the declared time, put into one text, to be held against its copies.

    It says what the item says, and so it is kept and held as long as that.
    """

    trace: Annotated[TraceId, Label("Trace", "Rastreo")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    how: Annotated[Surfaced, Label("How it came to us", "Cómo llegó a nosotros")]
    text: Annotated[Sealed[str], Label("The text", "El texto"), INVESTIGATIONS]
    whence: Annotated[Sealed[str], Label("Where it surfaced", "Dónde apareció"), INVESTIGATIONS]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseTraced:
    """What came of it for the copies of one release.

    ``error`` is the part of the declared chance of naming a wrong copy that went to them in this trace. Of ``bits``
    bits ``read`` could be read; the gate asks for ``needed``.
    """

    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    copies: Annotated[int, Label("Copies", "Copias")]
    gate: Annotated[Gate, Label("Gate", "Puerta")]
    declared: Annotated[
        float,
        Label("Declared chance of naming a wrong copy", "Probabilidad declarada de señalar una copia ajena"),
    ]
    error: Annotated[float, Label("Of it in this trace", "De ella, en este rastreo")]
    colluders: Annotated[int, Label("How many may collude", "Cuántos pueden coludirse")]
    bits: Annotated[int, Label("Bits", "Bits")]
    read: Annotated[int, Label("Bits read", "Bits leídos")]
    needed: Annotated[int, Label("Bits needed", "Bits necesarios")]


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyTraced:
    """How far the text points at one copy. ``among_all``: at most the chance that any of so many innocent copies
    scores as high; ``e_value``: how much likelier what was read is if it took part than if it did not, at most 1e15.
    """

    copy: Annotated[CopyId, Label("Copy", "Copia")]
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    p_value: Annotated[float, Label("p-value of this copy", "Valor p de esta copia")]
    among_all: Annotated[float, Label("p-value among all copies", "Valor p entre todas las copias")]
    e_value: Annotated[float, Label("e-value of this copy", "Valor e de esta copia")]
    named: Annotated[bool, Label("Named", "Señalada")]


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyReach:
    """Everyone on record who could reach a named copy. That somebody unlogged did is never ruled out."""

    copy: Annotated[CopyId, Label("Copy", "Copia")]
    people: Annotated[tuple[PersonId, ...], Label("Who could reach it", "Quién pudo alcanzarla")]


@fact("A surfaced text was traced", "Se rastreó un texto aparecido")
class TextTraced(Fact):
    """Follows by rule from a text that surfaced. Who could reach the copies is from the record up to ``as_of``.

    ``earlier``: how many traces of the same item's copies were decided before, in whatever investigation. Each has half
    of the error of the one before it, so that all of them together stay within what was declared.
    """

    trace: Annotated[TraceId, Label("Trace", "Rastreo")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    as_of: Annotated[int, Label("From the record up to entry", "Del registro hasta el asiento")]
    method: Annotated[str, Label("Method", "Método"), Public(60)]
    gate: Annotated[Sealed[Gate], Label("Gate", "Puerta"), INVESTIGATIONS]
    error: Annotated[
        Sealed[float],
        Label(
            "At most, the chance that a copy is named which played no part",
            "Como máximo, la probabilidad de señalar una copia ajena",
        ),
        INVESTIGATIONS,
    ]
    earlier: Annotated[
        Sealed[int], Label("Traces decided before it", "Rastreos decididos antes"), INVESTIGATIONS
    ]
    releases: Annotated[
        Sealed[tuple[ReleaseTraced, ...]],
        Label("Releases with marked copies", "Divulgaciones con copias marcadas"),
        INVESTIGATIONS,
    ]
    copies: Annotated[
        Sealed[tuple[CopyTraced, ...]],
        Label("Every copy it was held against", "Cada copia cotejada"),
        INVESTIGATIONS,
    ]
    reach: Annotated[
        Sealed[tuple[CopyReach, ...]],
        Label("Who could reach the copies that are named", "Quién pudo alcanzar las copias señaladas"),
        INVESTIGATIONS,
    ]
