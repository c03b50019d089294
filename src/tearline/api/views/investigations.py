"""One investigation, to whoever looks into a leak: everything in it, who holds what, and who could have told."""

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import moment, tell, tell_all, tell_maybe
from tearline.api.route import View
from tearline.api.schemas import TIME, identifier, many, maybe, one_of, record, ref
from tearline.facts.history import History, Question
from tearline.facts.identifiers import InvestigationId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.exposed import Ground, exposure_set
from tearline.folds.investigations import investigation_of
from tearline.folds.leaks import interval
from tearline.web.investigations.page import in_order, page_question
from tearline.web.policy import INQUIRERS


def one_investigation(reading: Reading) -> dict[str, Json]:
    name = InvestigationId(reading.identifier("investigation"))

    def asks(known: History) -> Question:
        return page_question(known, name)

    known = reading.read(asks)
    found = investigation_of(known, name)
    if found is None:
        raise absent()
    leak = next(
        (r for r in known.of(CompromiseReported) if r.fact.compromise == found.opened.fact.compromise), None
    )
    exposed = exposure_set(known, leak.fact.item, interval(leak).by) if leak else ()
    custody: list[Json] = [
        {"evidence": evidence, "held_by": list(chain)} for evidence, chain in found.custody.items()
    ]
    return {
        "investigation": tell(found.opened),
        "open": found.open,
        "compete": found.compete,
        "custody": custody,
        "finding": tell_maybe(found.made),
        "facts": tell_all(in_order(found)),
        "exposed": [
            {
                "person": one.person,
                "since": moment(one.since),
                "grounds": [ground.value for ground in dict.fromkeys(way.ground for way in one.ways)],
                "units": list(one.units),
            }
            for one in exposed
        ],
    }


EXPOSED = record(
    {
        "person": identifier(),
        "since": TIME,
        "grounds": many(one_of(Ground)),
        "units": many(identifier()),
    },
    Words(
        "Somebody who could have told it, by what is on record; it accuses nobody",
        "Alguien que pudo decirlo, según lo que consta; a nadie acusa",
    ),
)

VIEWS = (
    View(
        path="/investigations/{investigation}",
        name="OneInvestigation",
        words=Words(
            "One investigation: everything in it, who holds the evidence, and who could have told",
            "Una investigación: todo lo que hay en ella, quién tiene la evidencia y quién pudo decirlo",
        ),
        answer=record(
            {
                "investigation": ref("InvestigationOpened"),
                "open": schemas.flag(Words("No finding has closed it", "Ninguna conclusión la cerró")),
                "compete": schemas.flag(
                    Words(
                        "At least two hypotheses compete, one of them that the channel is unknown",
                        "Compiten al menos dos hipótesis, una de ellas que el canal es desconocido",
                    )
                ),
                "custody": many(record({"evidence": identifier(), "held_by": many(identifier())})),
                "finding": maybe(ref("FindingMade")),
                "facts": many(ref("Fact")),
                "exposed": many(EXPOSED),
            }
        ),
        read=one_investigation,
        roles=frozenset(INQUIRERS),
        page=("/investigations/{investigation}", "/investigations/{investigation}/traces"),
    ),
)
