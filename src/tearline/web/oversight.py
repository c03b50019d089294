"""What is owed today, oldest first; and what would have been owed in the past that worked cases tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, about
from tearline.facts.parties import OrganisationRegistered
from tearline.folds.obligations import Obligation
from tearline.web.names import Names
from tearline.web.owed import OwedRow, owed_row, shown_to
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting

router = APIRouter()
MOST_DISCHARGED = 50
MOST_OPEN = 100
ORGANISATIONS = about(kinds=(OrganisationRegistered,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    telling: str
    rows: list[OwedRow]
    never_came: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedView:
    overdue: int
    count: int
    first: int
    before: int | None
    after: int | None
    open: list[OwedRow]
    discharged: list[OwedRow]
    told: list[Told]


def all_owed(visit: Visit) -> list[Obligation]:
    """Every obligation on record that this reader may know of, by due date."""
    return shown_to(visit, visit.projections.obligations())


def view(say: Tongue, known: History, owed: Sequence[Obligation], now: datetime, first: int = 0) -> OwedView:
    """``first``: where in what is still owed the page begins."""
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
        count=len(still),
        first=first + 1,
        before=max(0, first - MOST_OPEN) if first else None,
        after=first + MOST_OPEN if first + MOST_OPEN < len(still) else None,
        open=[owed_row(say, o, names, now) for o in still[first : first + MOST_OPEN]],
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
    known = visit.read(ORGANISATIONS)
    first = visit.place("from")
    return visit.page("obligations.html", page=view(visit.say, known, all_owed(visit), visit.now, first))
