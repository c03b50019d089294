"""What is owed today, oldest first; and what would have been owed in the past that worked cases tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, Question, about
from tearline.facts.parties import OrganisationRegistered
from tearline.folds.obligations import Obligation, obligations_question
from tearline.web.names import Names
from tearline.web.owed import VERDICTS_OPEN, OwedRow, owed_row, owed_to_show
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting

router = APIRouter()
MOST_DISCHARGED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    telling: str
    rows: list[OwedRow]
    never_came: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedView:
    overdue: int
    open: list[OwedRow]
    discharged: list[OwedRow]
    told: list[Told]


def all_owed(visit: Visit) -> tuple[History, list[Obligation]]:
    """Every obligation that this reader may know of, and the history that names its parties."""
    question: Question = obligations_question(visit.node.protocols) | about(kinds=(OrganisationRegistered,))
    opened = visit.node.ledger.read(question, opening=VERDICTS_OPEN)
    return visit.read(question), owed_to_show(visit, opened)


def view(say: Tongue, known: History, owed: Sequence[Obligation], now: datetime) -> OwedView:
    names = Names(known, say)
    live = [o for o in owed if o.ground.told is None]
    still = [o for o in live if o.discharged_by is None]
    done = [o for o in live if o.discharged_by is not None]
    tellings: dict[str, list[Obligation]] = {}
    for o in owed:
        if o.ground.told:
            tellings.setdefault(o.ground.told.telling, []).append(o)
    return OwedView(
        overdue=sum(o.overdue(now) for o in still),
        open=[owed_row(say, o, names, now) for o in still],
        discharged=[owed_row(say, o, names, now) for o in done[-MOST_DISCHARGED:]],
        told=[
            Told(
                telling=telling,
                rows=[owed_row(say, o, names, now) for o in found],
                never_came=sum(o.discharged_by is None for o in found),
            )
            for telling, found in tellings.items()
        ],
    )


@router.get("/obligations")
def owed(visit: Visiting) -> Response:
    visit.own_side()
    known, found = all_owed(visit)
    return visit.page("obligations.html", page=view(visit.say, known, found, visit.now))
