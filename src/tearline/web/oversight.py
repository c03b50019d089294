"""What is owed today, oldest first; and what would have been owed in the past that worked cases tell."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, about
from tearline.facts.parties import OrganisationRegistered
from tearline.folds.obligations import Obligation
from tearline.folds.owing import Entry
from tearline.projections import everything
from tearline.web.names import Names
from tearline.web.owed import OwedRow, entries_there, owed_row, shown_to, without_verdicts
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


def still_owed(visit: Visit) -> Sequence[Entry]:
    """What is owed today, as far as this reader may know of it, by due date."""
    access = visit.access
    return entries_there(
        access, visit.projections.owed(everything if access.told_rules() else without_verdicts)
    )


def view(
    say: Tongue,
    known: History,
    still: Sequence[Entry],
    *,
    discharged: Sequence[Obligation],
    told: Sequence[Obligation],
    now: datetime,
    first: int = 0,
) -> OwedView:
    """``first``: where in what is still owed the page begins."""
    names = Names(known, say)
    tellings: dict[str, list[Obligation]] = {}
    for o in told:
        if o.ground.told:
            tellings.setdefault(o.ground.told.telling, []).append(o)
    return OwedView(
        overdue=bisect_left(still, (False, now), key=lambda entry: entry[:2]),
        count=len(still),
        first=first + 1,
        before=max(0, first - MOST_OPEN) if first else None,
        after=first + MOST_OPEN if first + MOST_OPEN < len(still) else None,
        open=[owed_row(say, o, names, now) for *_, o in still[first : first + MOST_OPEN]],
        discharged=[owed_row(say, o, names, now) for o in discharged],
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
    page = view(
        visit.say,
        visit.read(ORGANISATIONS),
        still_owed(visit),
        discharged=shown_to(visit.access, visit.projections.discharged(MOST_DISCHARGED)),
        told=shown_to(visit.access, visit.projections.would_have_been_owed()),
        now=visit.now,
        first=visit.place("from"),
    )
    return visit.page("obligations.html", page=page)
