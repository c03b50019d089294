"""Ways to release what a request asks for, as programs read them: every extent, and without each reader in turn."""

from typing import Any

from tearline.api.reading import Reading, absent
from tearline.api.schemas import Schema, identifier, many, one_of, record, text, whole
from tearline.facts.history import Role
from tearline.facts.identifiers import RequestId
from tearline.facts.release import Extent
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.agreements import agreements
from tearline.folds.model import model_of
from tearline.folds.people import People
from tearline.folds.release import request_of
from tearline.rooms.release.options import MOST, Weighed, weigh
from tearline.web.release.figured import WEIGHING as WEIGHING_ROLES
from tearline.web.release.options import base_of, chosen_of, page_question, ways

WEIGHING: frozenset[Role] = WEIGHING_ROLES


def options(reading: Reading) -> dict[str, Json]:
    """Figured from the record as it stands now; null where no agreement states a model, and for a worked case."""
    request = RequestId(reading.identifier("request"))
    chosen = chosen_of(())
    known = reading.read(lambda so_far: page_question(so_far, request, chosen))
    found = request_of(known, request)
    held = agreements(known).get(found.fact.agreement) if found and found.fact.agreement else None
    if found is None:
        raise absent()
    if found.told is not None or held is None or model_of(held.terms) is None:
        return {"options": None}
    now = reading.now
    asked = ways(base_of(known, found.fact), chosen, People(known, now))[:MOST]
    return {"options": [_told(one) for one in weigh(known, asked, held.terms, now)]}


def _told(one: Weighed) -> dict[str, Json]:
    return {
        "extent": one.option.extent.value,
        "unit": one.option.unit,
        "recipients": list(one.option.recipients),
        "readers": one.readers,
        "likely": one.likely,
        "low": one.low,
        "high": one.high,
        "adds": [{"reader": each.reader, "adds": each.adds} for each in one.adds],
    }


def _chance(en: str, es: str) -> Schema:
    words = Words(en, es)
    return {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": words.en,
        "x-description-es": words.es,
    }


WEIGHED: Any = record(
    {
        "extent": one_of(Extent),
        "unit": identifier(),
        "recipients": many(identifier()),
        "readers": whole(Words("People who would see it", "Personas que lo verían")),
        "likely": _chance("Chance that it reaches the adversary", "Probabilidad de que llegue al adversario"),
        "low": _chance("At least (95 %)", "Al menos (95 %)"),
        "high": _chance("At most (95 %)", "A lo sumo (95 %)"),
        "adds": many(
            record(
                {
                    "reader": text(
                        Words("A person, or unlogged: and a unit", "Una persona, o unlogged: y una unidad")
                    ),
                    "adds": _chance("What they add to the chance", "Lo que suman a la probabilidad"),
                }
            )
        ),
    },
    Words("One way to release it, weighed", "Una forma de divulgarlo, sopesada"),
)
