"""What came from outside: what waits, and what each said, for the harm desk; how long they wait, for the overseer."""

from tearline.api import schemas
from tearline.api.reading import Reading, absent
from tearline.api.recorded import tell, tell_all, tell_maybe
from tearline.api.route import View
from tearline.api.schemas import many, maybe, record, ref
from tearline.facts.history import Role
from tearline.facts.identifiers import OutsideId
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.folds.outside import (
    QUESTION,
    OutsideReport,
    OutsideState,
    asks_outside,
    outside_reports,
    waiting,
)

DESK = frozenset({Role.HARM_DESK})


def waits(reading: Reading) -> dict[str, Json]:
    known = reading.read(QUESTION)
    every = outside_reports(known)
    return {
        "waiting": [_waits(one, reading.identity.role) for one in waiting(known)],
        "all": len(every),
    }


def _waits(one: OutsideReport, role: Role) -> dict[str, Json]:
    since = one.waits
    assert since is not None  # noqa: S101  as each of those that wait
    return {
        "outside": one.outside if role in DESK else None,
        "language": one.received.fact.language.value,
        "since": since.recorded_at.isoformat(),
    }


def one_report(reading: Reading) -> dict[str, Json]:
    name = OutsideId(reading.identifier("outside"))
    found = outside_reports(reading.read(asks_outside(name))).get(name)
    if found is None:
        raise absent()
    return {
        "received": tell(found.received),
        "followed": tell_all(found.followed),
        "waits": tell_maybe(found.waits),
        "state": found.state.value,
    }


VIEWS = (
    View(
        path="/outside",
        name="FromOutside",
        words=Words(
            "Reports of people without an account that wait for an answer, longest first",
            "Informes de personas sin cuenta que esperan respuesta, primero los que más esperan",
        ),
        answer=record(
            {
                "waiting": many(
                    record(
                        {
                            "outside": maybe(schemas.identifier()),
                            "language": schemas.text(),
                            "since": schemas.TIME,
                        }
                    )
                ),
                "all": schemas.whole(Words("Reports that ever came in", "Informes que han llegado")),
            }
        ),
        read=waits,
        roles=DESK | {Role.OVERSEER},
        page=("/harm/outside",),
    ),
    View(
        path="/outside/{outside}",
        name="OneFromOutside",
        words=Words(
            "One report of somebody without an account, and what followed",
            "Un informe de alguien sin cuenta, y lo que siguió",
        ),
        answer=record(
            {
                "received": ref("ReportReceivedOutside"),
                "followed": many(ref("Fact")),
                "waits": maybe(ref("Fact")),
                "state": schemas.one_of(OutsideState),
            }
        ),
        read=one_report,
        roles=DESK,
        page=("/harm/outside/{outside}",),
    ),
)
