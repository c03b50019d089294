"""Items, as programs read them."""

from collections.abc import Mapping
from typing import Any

from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell, tell_all, tell_maybe
from tearline.api.schemas import maybe, record, ref
from tearline.api.views.owed import duty
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import ItemId
from tearline.facts.release import (
    DisclosureRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
)
from tearline.facts.shape import Json
from tearline.facts.warnings import PeopleWarned, ThreatAssessed, WarningWaived
from tearline.folds.obligations import obligations
from tearline.folds.reading import asks_readers, readers
from tearline.folds.release import (
    ITEM_KINDS,
    RELEASE_KINDS,
    Dissented,
    Warned,
    dissents,
    item_of,
    lineage,
    threats,
    warnings,
)
from tearline.protocol import Pack
from tearline.web import read_by
from tearline.web.owed import VERDICTS_OPEN, owed_on, shown_to, texts_of

# items


def all_items(reading: Reading) -> dict[str, Json]:
    return reading.facts("items", about(kinds=(ItemRegistered,)))


def _item_question(known: History, item: ItemId, protocols: Mapping[str, Pack]) -> Question:
    items = lineage(known, item) or [item]
    asked = each("item", items, (*ITEM_KINDS, *RELEASE_KINDS, ReleaseRequested))
    assessed = sorted({r.fact.threat for r in known.of(ThreatAssessed)})
    asked |= each("threat", assessed, (PeopleWarned, WarningWaived))
    return asked | owed_on(known, protocols, {"item": items})


def one_item(reading: Reading) -> dict[str, Json]:
    item = ItemId(reading.identifier("item"))
    protocols = dict(reading.node.protocols)
    named = ("API item", item, texts_of(protocols))
    opened = reading.opened(
        lambda so_far: _item_question(so_far, item, protocols), VERDICTS_OPEN, named=named
    )
    known = reading.as_seen(opened)
    registered = item_of(known, item)
    if registered is None:
        raise absent()
    line = lineage(known, item)
    told_readers = read_by.of_item(known, item, reading.access)
    read = readers(reading.read(asks_readers(item)))[: read_by.MOST] if told_readers else None
    return {
        "item": tell(registered),
        "lineage": [str(one) for one in line],
        "warnings": [tell_warned(one) for one in warnings(known, item, reading.now)],
        "dissents": [tell_dissented(one) for one in dissents(known, item, None, reading.now)],
        "threats": [
            {
                "assessed": tell(one.recorded),
                "warned": tell_maybe(one.warned),
                "waived": tell_maybe(one.waived),
            }
            for one in threats(known, item, reading.now)
        ],
        "requests": tell_all([r for r in known.of(ReleaseRequested) if r.fact.item == item]),
        "releases": tell_all([r for r in known.of(ItemReleased) if r.fact.item == item]),
        "disclosures": tell_all([r for r in known.of(DisclosureRecorded) if r.fact.item == item]),
        "owed": owed_on_item(reading, opened),
        "facts": tell_all([r for r in known if getattr(r.fact, "item", None) in line and _of_item(r)]),
        "read_by": None if read is None else tell_all(read),
    }


def _of_item(recorded: Recorded[Any]) -> bool:
    return isinstance(recorded.fact, tuple(ITEM_KINDS))


def tell_warned(one: Warned) -> dict[str, Json]:
    return {"warning": tell(one.recorded), "answer": tell_maybe(one.answer)}


def tell_dissented(one: Dissented) -> dict[str, Json]:
    return {"dissent": tell(one.recorded), "answer": tell_maybe(one.answer)}


def owed_on_item(reading: Reading, opened: History) -> list[Json]:
    found = shown_to(reading.access, obligations(opened, reading.node.protocols))
    return [duty(one, reading.now) for one in found]


WARNED = record({"warning": ref("SourceWarned"), "answer": maybe(ref("SourceWarningAnswered"))})


DISSENTED = record({"dissent": ref("DissentRecorded"), "answer": maybe(ref("DissentAnswered"))})
