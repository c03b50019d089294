"""Who is who and how many: comparisons, people as put together, estimates and how they stand, and what is public."""

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell, tell_all, tell_maybe
from tearline.api.route import PAGING, View
from tearline.api.schemas import identifier, in_both, many, maybe, record, ref, whole
from tearline.api.views.ledger import listed
from tearline.estimates.linkage.names import place_key
from tearline.facts.casualties import CasualtiesEstimated, HarmPublished
from tearline.facts.history import History, Recorded, about, each
from tearline.facts.identifiers import EstimateId, VictimId
from tearline.facts.linkage import (
    LinkageRun,
    LinkUndone,
    PairJudged,
    PlaceLocated,
    VictimsMerged,
    VictimsSplit,
)
from tearline.facts.register import ConditionEstablished, VictimReported
from tearline.facts.shape import Json, record_of
from tearline.facts.words import Words
from tearline.folds.estimates import REASONS, EstimateStanding, NotCounted, Stands, stands
from tearline.folds.linking import QUESTION, material
from tearline.folds.publishing import PUBLICLY, estimates_of, published
from tearline.folds.unlike import asks_linked
from tearline.folds.victims import grouping
from tearline.rooms.linkage import LINKING

COMPARED = about(kinds=(LinkageRun,))


def _live(known: History) -> History:
    return History(tuple(r for r in known if r.told is None), known.position)


def places_located(reading: Reading) -> dict[str, Json]:
    """Of the places that are compared, those that were looked up: not what only a withdrawn report names."""
    known = _live(reading.read(QUESTION))
    compared = material(known, reading.now.date()).places_named()
    last = {place_key(r.fact.place.value or ""): r for r in known.of(PlaceLocated)}
    found = [r for key, r in last.items() if key in compared]
    start, most = int(reading.after() or "0"), reading.limit()
    more = start + most < len(found)
    return {
        "places": tell_all(found[start : start + most]),
        "next": reading.next(reading.cursor(str(start + most)) if more else None),
    }


def linkage(reading: Reading) -> dict[str, Json]:
    """How it stands, and the latest comparison; merges and splits stand in their own list of facts."""
    known = _live(reading.read(QUESTION | COMPARED))
    of = material(known, reading.now.date())
    runs = known.of(LinkageRun)
    return {
        "reported": len(of.people),
        "people": len(of.grouping.people),
        "judged": of.judged,
        "compared": tell_maybe(runs[-1] if runs else None),
        "decided": tell_all(
            [r for r in known if isinstance(r.fact, VictimsMerged | VictimsSplit | LinkUndone | PairJudged)]
        ),
    }


def one_person(reading: Reading) -> dict[str, Json]:
    """All that is reported of the person of whom this report tells, but what was taken back from this reader."""
    name = VictimId(reading.identifier("victim"))
    known = _live(reading.read(lambda so_far: asks_linked(so_far, [name])))
    reported = {
        r.fact.victim: r for r in known.of(VictimReported) if r.fact.report not in reading.access.withdrawn
    }
    if name not in reported:
        raise absent()
    together = [v for v in grouping(known).together(name) if v in reported]
    established = reading.read(each("victim", frozenset(together), (ConditionEstablished,)))
    return {
        "person": tell(reported[name]),
        "reported": tell_all([reported[v] for v in together]),
        "established": tell_all(established.of(ConditionEstablished)),
    }


def estimates(reading: Reading) -> dict[str, Json]:
    return reading.facts("estimates", about(kinds=(CasualtiesEstimated,)))


def one_estimate(reading: Reading) -> dict[str, Json]:
    known = _live(reading.read(PUBLICLY))
    made = estimates_of(known).get(EstimateId(reading.identifier("estimate")))
    if made is None:
        raise absent()
    public = [r for r, one in published(known) if one.fact.estimate == made.fact.estimate]
    return {"estimate": tell(made), **_stands(known, made, reading), "published": tell_all(public)}


def public(reading: Reading) -> dict[str, Json]:
    known = _live(reading.read(PUBLICLY))
    return {"published": [_public(known, r, made, reading) for r, made in published(known)]}


def _public(
    known: History, r: Recorded[HarmPublished], made: Recorded[CasualtiesEstimated], reading: Reading
) -> dict[str, Json]:
    """No more than the public page says: of the estimate as a whole there is a view of its own."""
    found = _stands(known, made, reading)
    return {
        "published": tell(r),
        **{name: SAID[name].encode(getattr(made.fact, name)) for name in PUBLIC},
        "standing": found["standing"],
        "reasons": found["reasons"],
    }


def _stands(known: History, made: Recorded[CasualtiesEstimated], reading: Reading) -> dict[str, Json]:
    found: Stands = stands(known, made, reading.now.date())
    return {
        "standing": found.standing.value,
        "gone": [{"report": report, "why": why.value} for report, why in found.gone.items()],
        "since": found.since,
        "reasons": [in_both(REASONS[rule]) for rule in made.fact.refused if rule in REASONS],
    }


PUBLIC = ("scope", "documented", "median", "low", "high")
"""Fields of an estimate that are public with it."""
SAID = {field.name: field.shape for field in record_of(CasualtiesEstimated).fields}
STANDS: dict[str, schemas.Schema] = {
    "standing": schemas.one_of(EstimateStanding),
    "gone": many(record({"report": identifier(), "why": schemas.one_of(NotCounted)})),
    "since": whole(Words("Reports, merges and splits since", "Informes, reuniones y separaciones después")),
    "reasons": many(schemas.both()),
}

VIEWS = (
    View(
        path="/harm/linkage",
        name="WhoIsWho",
        words=Words(
            "Who is who: how many are reported, how many people, the latest comparison, and what was decided",
            "Quién es quién: cuántas informadas, cuántas personas, la última comparación y lo que se decidió",
        ),
        answer=record(
            {
                "reported": whole(Words("People reported", "Personas informadas")),
                "people": whole(Words("People, as put together", "Personas, según se reunieron")),
                "judged": whole(Words("Pairs judged", "Pares juzgados")),
                "compared": maybe(ref("LinkageRun")),
                "decided": many(schemas.any_of("VictimsMerged", "VictimsSplit", "LinkUndone", "PairJudged")),
            }
        ),
        read=linkage,
        roles=LINKING,
        page=("/harm/linkage", "/harm/linkage/review"),
    ),
    View(
        path="/harm/linkage/places",
        name="PlacesNamed",
        words=Words(
            "Where the places lie that reports name", "Dónde están los lugares que los informes nombran"
        ),
        answer=listed("places", PlaceLocated),
        read=places_located,
        query=PAGING,
        roles=LINKING,
        page=("/harm/linkage/places",),
    ),
    View(
        path="/harm/linkage/people/{victim}",
        name="OnePersonReported",
        words=Words(
            "One person, with all that is reported of them", "Una persona, con todo lo que se informó de ella"
        ),
        answer=record(
            {
                "person": ref("VictimReported"),
                "reported": many(ref("VictimReported")),
                "established": many(ref("ConditionEstablished")),
            }
        ),
        read=one_person,
        roles=LINKING,
        page=("/harm/linkage/people/{victim}",),
    ),
    View(
        path="/harm/estimates",
        name="Estimates",
        words=Words("Estimates of how many there were", "Estimaciones de cuántas personas fueron"),
        answer=listed("estimates", CasualtiesEstimated),
        read=estimates,
        query=PAGING,
        page=("/harm/estimates",),
    ),
    View(
        path="/harm/estimates/{estimate}",
        name="OneEstimate",
        words=Words(
            "One estimate, and how it stands to the register now",
            "Una estimación y cómo está frente al registro actual",
        ),
        answer=record(
            {"estimate": ref("CasualtiesEstimated"), **STANDS, "published": many(ref("HarmPublished"))}
        ),
        read=one_estimate,
        timed=True,
        page=("/harm/estimates/{estimate}",),
    ),
    View(
        path="/harm/public",
        name="PublicFigures",
        words=Words("What of the register is public", "Lo que es público del registro"),
        answer=record(
            {
                "published": many(
                    record(
                        {
                            "published": ref("HarmPublished"),
                            **{name: schemas.told(SAID[name]) for name in PUBLIC},
                            "standing": STANDS["standing"],
                            "reasons": STANDS["reasons"],
                        }
                    )
                )
            }
        ),
        read=public,
        timed=True,
        page=("/public/harm",),
    ),
)
