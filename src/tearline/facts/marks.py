"""Marked copies: a text in several wordings, and which of them each recipient's copy has.

What is marked is a copy, never a person. Which wordings a copy has is sealed apart from all else, and no role opens it:
whoever knew it could make a text that points at somebody. The node opens it to hand a copy over and to trace a text.
"""

from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Sealed, fact
from tearline.facts.identifiers import AgreementId, CopyId, ItemId, PersonId, ReleaseId, VariantsId


@fact("Wordings of an item were set", "Se fijaron redacciones de un elemento")
class WordingVariantsSet(Fact):
    """The item's own text with alternatives in it, ``{{left|set out}}``, that mean the same. The latest counts.

    How many bits it has, how many are left when it is retyped, and whether it holds decoy entries follow from it.
    """

    variants: Annotated[VariantsId, Label("Wordings", "Redacciones")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    text: Annotated[
        Sealed[str],
        Label("The item's text, with alternatives", "El texto del elemento, con alternativas"),
        Compartment.CONTENT,
    ]
    bits: Annotated[int, Label("Bits", "Bits")] = 0
    bits_when_retyped: Annotated[int, Label("Bits when retyped", "Bits tras una transcripción")] = 0
    decoys: Annotated[bool, Label("With decoy entries", "Con entradas señuelo")] = False


@fact("Copies were marked", "Se marcaron copias")
class CopiesMarked(Fact):
    """Follows by rule from a release of an item whose wordings were set: each copy has wordings of its own.

    The n-th copy has the n-th codeword that follows from the seed. Declared with it: the chance that a trace names a
    copy which played no part, in millionths, and how many may mix their copies.
    """

    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    variants: Annotated[VariantsId, Label("Wordings", "Redacciones")]
    agreement: Annotated[AgreementId, Label("Under agreement", "Bajo el acuerdo")]
    copies: Annotated[tuple[CopyId, ...], Label("Copies", "Copias")]
    recipients: Annotated[tuple[PersonId, ...], Label("Recipients", "Receptores")]
    bits: Annotated[int, Label("Bits", "Bits")]
    error_per_million: Annotated[
        int,
        Label(
            "Chance of naming a wrong copy, in millionths",
            "Probabilidad de señalar una copia ajena, en millonésimas",
        ),
    ]
    colluders: Annotated[int, Label("How many may collude", "Cuántos pueden coludirse")]
    seed: Annotated[Sealed[str], Label("Seed of the codewords", "Semilla de las claves"), Compartment.MARKS]
