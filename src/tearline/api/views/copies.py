"""Disclosures and copies, as programs read them."""

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import moment, tell, tell_all
from tearline.api.schemas import TIME, maybe, one_of, record, ref, text
from tearline.api.views.items import owed_on_item, tell_dissented, tell_warned
from tearline.api.views.requests import tell_chains, tell_effect
from tearline.api.views.why import standing_of
from tearline.facts.fact import Compartment
from tearline.facts.history import History, Question, about, each
from tearline.facts.identifiers import CopyId, ReleaseId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DisclosureRecorded,
    Extent,
    ItemReleased,
    Manner,
)
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.release import (
    dissents,
    warnings,
)
from tearline.jobs.copies import text_of
from tearline.jobs.effect import effect_question
from tearline.web.release import disclosure as outside

# outside the protocol


def all_disclosures(reading: Reading) -> dict[str, Json]:
    return reading.facts("disclosures", about(kinds=(DisclosureRecorded,)))


def one_disclosure(reading: Reading) -> dict[str, Json]:
    given = ReleaseId(reading.identifier("release"))
    protocols = reading.node.protocols

    def question(so_far: History) -> Question:
        return outside.page_question(so_far, given, protocols)

    known = reading.read(question)
    recorded = outside.disclosure_of(known, given)
    if recorded is None:
        raise absent()
    opened = reading.opened(question)
    fact, at = recorded.fact, recorded.happened_at
    would = outside.would_have_said(opened, given, protocols)
    return {
        "disclosure": tell(recorded),
        "justified": tell_all([r for r in known.of(DisclosureJustified) if r.fact.release == given]),
        "would_have_been": standing_of(would, reading.access, told=recorded.told is not None),
        "chains": tell_chains(known.as_known(at), fact, at),
        "warnings": [tell_warned(one) for one in warnings(known, fact.item, at)],
        "dissents": [tell_dissented(one) for one in dissents(known, fact.item, None, at)],
        "compromises": tell_all(known.of(CompromiseReported)),
        "owed": owed_on_item(reading, opened),
    }


# copies


def all_copies(reading: Reading) -> dict[str, Json]:
    """To the partner's side: those that they are to have, and nothing of anyone else's."""
    if reading.access.inside:
        some, cursor = reading.page(about(kinds=(CopyReleased,)))
    else:
        mine = about(f"person:{reading.identity.person}", kinds=(CopyReleased,))
        some, cursor = reading.page(mine)
        some = [r for r in some if r.fact.recipient == reading.identity.person and r.told is None]
    return {
        "copies": [_copy(reading, CopyId(r.fact.copy)) for r in some],
        "next": reading.next(cursor),
    }


def one_copy(reading: Reading) -> dict[str, Json]:
    return _copy(reading, CopyId(reading.identifier("copy")))


def _copy(reading: Reading, copy: CopyId) -> dict[str, Json]:
    """Until it is in effect, its recipient is told that there is one and nothing of what it is."""

    def asks(known: History) -> Question:
        asked = about(f"copy:{copy}", kinds=(CopyReleased, CopyReceived))
        asked |= each("release", [r.fact.release for r in known.of(CopyReleased)], (ItemReleased,))
        return asked | effect_question(known)

    known = reading.read(asks)
    given = next((r for r in known.of(CopyReleased) if r.fact.copy == copy), None)
    mine = given is not None and given.fact.recipient == reading.identity.person
    if given is None or not (mine or reading.access.inside):
        raise absent()
    released = next((r for r in known.of(ItemReleased) if r.fact.release == given.fact.release), None)
    receipt = next((r for r in known.of(CopyReceived) if r.fact.copy == copy), None)
    effect = reading.effects.of(known, released, (given,)) if released else None
    holds = effect is not None and effect.holds
    hidden = mine and not holds
    words = text_of(reading.node, given, reading.identity.person, effect)
    if words is not None:
        reading.opened_to_reader.one(Compartment.CONTENT, given.fact.item)
    return {
        "copy": copy,
        "in_effect": holds,
        "effect": tell_effect(effect) if effect else None,
        "given": None
        if hidden or released is None
        else {
            "release": given.fact.release,
            "item": given.fact.item,
            "unit": given.fact.unit,
            "recipient": given.fact.recipient,
            "extent": released.fact.extent.value,
            "manner": released.fact.manner.value,
            "at": moment(given.happened_at),
            "telling": given.told.telling if given.told else None,
        },
        "text": words,
        "received_at": moment(receipt.happened_at) if receipt and not hidden else None,
    }


COPY = record(
    {
        "copy": text(),
        "in_effect": schemas.flag(),
        "effect": maybe(ref("InEffect")),
        "given": maybe(
            record(
                {
                    "release": text(),
                    "item": text(),
                    "unit": text(),
                    "recipient": text(),
                    "extent": one_of(Extent),
                    "manner": one_of(Manner),
                    "at": TIME,
                    "telling": maybe(text()),
                }
            )
        ),
        "text": maybe(text()),
        "received_at": maybe(TIME),
    },
    Words("One copy, for one recipient", "Una copia, para un receptor"),
)
