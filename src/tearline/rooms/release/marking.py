"""Marked copies: wordings that are set for an item, and how its copies are marked by them when it is released."""

import hashlib
from dataclasses import replace

from tearline.estimates.marks.code import TooFewBits, make_code
from tearline.estimates.marks.template import Template, read_template
from tearline.estimates.marks.unfit import Unfit
from tearline.facts.errors import Refused
from tearline.facts.fact import Closed, Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import ItemId
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.release import CopyReleased, Extent, ItemRegistered, ItemReleased
from tearline.facts.words import Words
from tearline.folds.agreements import agreements
from tearline.folds.marks import MILLION, decoys_allowed, design_stated, wordings_of
from tearline.folds.release import item_of
from tearline.rooms import ITEM, Act, Says, require, require_new


class SetWordings(Says[WordingVariantsSet]):
    """By the releasing side. With the first of all alternatives it is the item's own text, word for word."""

    allowed = frozenset({Role.RELEASING_OFFICER, Role.CASE_AGENT, Role.CHRONICLER})
    opens = frozenset({Compartment.CONTENT})

    def question(self, known: History) -> Question:
        asked = about(f"item:{self.fact.item}", kinds=(ItemRegistered,))
        return asked | about(f"variants:{self.fact.variants}", kinds=(WordingVariantsSet,))

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        require(known, ItemRegistered, "item", fact.item, ITEM)
        require_new(
            known, WordingVariantsSet, "variants", fact.variants, Words("wordings", "las redacciones")
        )
        template = _read(fact)
        _is_the_items_own(known, fact.item, template)
        return [
            act.says(
                replace(
                    fact,
                    bits=template.bits,
                    bits_when_retyped=template.bits_when_retyped,
                    decoys=template.has_decoys,
                )
            )
        ]


def asks_wordings(item: ItemId) -> Question:
    return about(f"item:{item}", kinds=(WordingVariantsSet,))


def marking(known: History, released: ItemReleased, copies: list[CopyReleased], act: Act) -> list[Draft]:
    """What follows by rule where the item's wordings were set: each copy has its own.

    Nothing does where fewer words went out than the wordings hold, or where they are too few to tell the copies apart.
    """
    set_ = wordings_of(known, released.item)
    if set_ is None or not copies or not _whole(known, released):
        return []
    terms = agreements(known)[released.agreement].terms
    if set_.fact.decoys and not decoys_allowed(terms):
        raise Refused(
            "decoys-by-agreement",
            Words(
                f"the wordings of {released.item} hold decoy entries, which {released.agreement} does not allow",
                f"las redacciones de {released.item} llevan entradas señuelo, que {released.agreement} no permite",
            ),
            (set_.ref,),
        )
    design = design_stated(terms)
    marks = CopiesMarked(
        release=released.release,
        item=released.item,
        variants=set_.fact.variants,
        agreement=released.agreement,
        copies=tuple(copy.copy for copy in copies),
        recipients=tuple(copy.recipient for copy in copies),
        bits=set_.fact.bits,
        error_per_million=round(design.error * MILLION),
        colluders=design.colluders,
        seed=Sealed(hashlib.sha256(act.nonce + b"marks").hexdigest()),
    )
    try:
        make_code(
            copies=len(copies),
            bits=marks.bits,
            colluders=marks.colluders,
            seed=bytes.fromhex(marks.seed.open()),
        )
    except TooFewBits:
        return []
    return [act.follows(marks)]


def _whole(known: History, released: ItemReleased) -> bool:
    """Whether the recipient is given the item's whole text: what stands below its tearline is an item of its own."""
    if released.extent is Extent.TEARLINE:
        registered = item_of(known, released.item)
        return registered is not None and registered.fact.tearline_of is not None
    return released.extent is Extent.FULL


def _read(fact: WordingVariantsSet) -> Template:
    try:
        template = read_template(fact.text.open(), decoys=True)
    except Unfit as unfit:
        raise Refused(
            "wordings-hold-together",
            Words(
                f"{unfit.place} of the text: expected {unfit.expected.en}",
                f"{unfit.place} del texto: se esperaba {unfit.expected.es}",
            ),
            (fact.item,),
        ) from None
    if not template.bits:
        raise Refused(
            "wordings-vary",
            Words(
                "the text has no alternatives, such as {{left|set out}}",
                "el texto no tiene alternativas, como {{salió|partió}}",
            ),
            (fact.item,),
        )
    return template


def _is_the_items_own(known: History, item: ItemId, template: Template) -> None:
    registered = item_of(known, item)
    try:
        content = registered.fact.content.open() if registered else ""
    except Closed:
        content = ""
    if template.render([0] * template.bits).strip() != content.strip():
        raise Refused(
            "wordings-of-the-item",
            Words(
                "with the first of all alternatives, and without decoys, it must be the item's own text, word for word",
                "con la primera de cada alternativa, y sin señuelos, debe ser el propio texto del elemento, palabra por"
                " palabra",
            ),
            (item,),
        )
