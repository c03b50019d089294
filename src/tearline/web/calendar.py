"""What falls due: a month, a day, the load of the coming weeks, and the same for calendar programs.

All of one's own side may look; what is called by name is as open as elsewhere. The file for calendar programs
leaves the site, so it bears clear fields only.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from babel import Locale
from babel.dates import format_date
from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import Question, Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import PersonEnrolled, UnitFormed
from tearline.facts.release import ItemRegistered
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS
from tearline.folds.falling_due import Dated, Ends, falling_due
from tearline.folds.obligations import Obligation
from tearline.formats.icalendar import Event, icalendar
from tearline.projections import Kept, everything
from tearline.web.charts import load
from tearline.web.charts.figure import Figure, figure, picture
from tearline.web.home import OWED_TO
from tearline.web.months import DAY, Month, column, day_of, month_at, month_of, span
from tearline.web.names import Names
from tearline.web.oversight import ORGANISATIONS
from tearline.web.owed import shown_to
from tearline.web.places import page_of
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()
MOST_A_DAY = 4
MOST_ON_A_PAGE = 100
MOST_EXPORTED = 1000
WEEKS = 12

MINE: Mapping[Role, frozenset[Ends]] = {
    Role.SOURCE_HANDLER: frozenset({Ends.ITEM, Ends.SOURCE}),
    Role.RELEASING_OFFICER: frozenset({Ends.ITEM, Ends.PROPOSAL, Ends.REVIEW}),
    Role.SENIOR_OFFICER: frozenset({Ends.ITEM, Ends.PROPOSAL, Ends.REVIEW, Ends.AGREEMENT}),
    Role.VETTING_OFFICER: frozenset({Ends.PERSON, Ends.UNIT, Ends.TRAINING}),
    Role.LIAISON: frozenset({Ends.AGREEMENT, Ends.TRAINING}),
    Role.OVERSEER: frozenset({Ends.REVIEW, Ends.AGREEMENT}),
}
"""Which dates concern whom, beside what they put on record themselves."""

PAGES: Mapping[Ends, str] = {
    Ends.ITEM: "/items/",
    Ends.PERSON: "/people/",
    Ends.UNIT: "/units/",
    Ends.TRAINING: "/units/",
    Ends.AGREEMENT: "/agreements/",
    Ends.PROPOSAL: "/protocols/proposals/",
    Ends.REVIEW: "/releases/",
    Ends.SOURCE: "/items/",
}
SHAPES: Mapping[Ends | None, str] = {
    None: "flag",
    Ends.ITEM: "clock",
    Ends.PERSON: "person",
    Ends.UNIT: "person",
    Ends.TRAINING: "person",
    Ends.AGREEMENT: "file",
    Ends.PROPOSAL: "pen",
    Ends.REVIEW: "eye",
    Ends.SOURCE: "eye",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One entry of the calendar: an obligation, or a date that a fact states."""

    at: datetime
    what: Obligation | Dated

    @property
    def ends(self) -> Ends | None:
        return self.what.ends if isinstance(self.what, Dated) else None

    @property
    def names(self) -> str:
        return self.what.names if isinstance(self.what, Dated) else self.what.about

    @property
    def name(self) -> str:
        """One and the same for the same date, whenever it is asked for."""
        if isinstance(self.what, Dated):
            return f"{self.what.ends.value}.{self.what.names}.{self.at:%Y%m%dT%H%M%S}"
        return f"duty.{self.what.kind}.{self.what.ground.position}.{self.what.about}"

    @property
    def words(self) -> Words:
        return self.what.ends.words if isinstance(self.what, Dated) else self.what.sentence

    @property
    def href(self) -> str:
        return (
            PAGES[self.what.ends] + self.names if isinstance(self.what, Dated) else page_of(self.what.ground)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """As the macro ``due`` takes it."""

    href: str
    kind: str
    name: str
    time: str
    iso: str
    shape: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    iso: str
    number: int
    said: str
    column: int
    today: bool
    past: bool
    entries: list[Entry] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthView:
    title: str
    this: str
    before: str | None
    after: str | None
    weekdays: list[tuple[str, str]]
    days: list[DayView]
    count: int
    overdue: int
    show: str
    load: list[list[object]]
    figure: Figure


@router.get("/calendar")
def month(visit: Visiting) -> Response:
    _may(visit)
    say, zone = visit.say, visit.say.zone
    asked = visit.request.query_params
    shown = month_of(asked.get("month", "")) or month_at(visit.now, zone)
    mine = asked.get("show", "") != "all"
    days = shown.days()
    due = between(visit, *span(days[0], days[-1], zone), mine=mine)
    by_day: dict[date, list[Due]] = {}
    for one in due:
        by_day.setdefault(one.at.astimezone(zone).date(), []).append(one)
    entries = _entries(visit, [d for found in by_day.values() for d in found[:MOST_A_DAY]])
    today = visit.now.astimezone(zone).date()
    first_weekday = Locale.parse(say.locale).first_week_day
    weeks = coming_weeks(visit, mine=mine)
    page = MonthView(
        title=say.month(shown.first),
        this=str(shown),
        before=str(shown.before()) if shown.before().offered() else None,
        after=str(shown.after()) if shown.after().offered() else None,
        weekdays=_weekdays(say.locale, first_weekday),
        days=[
            DayView(
                iso=day.isoformat(),
                number=day.day,
                said=format_date(day, "full", locale=say.locale),
                column=column(day, first_weekday),
                today=day == today,
                past=day < today,
                entries=[entries[id(d)] for d in by_day.get(day, ())[:MOST_A_DAY]],
                more=max(0, len(by_day.get(day, ())) - MOST_A_DAY),
            )
            for day in days
        ],
        count=len(due),
        overdue=sum(d.at < visit.now and d.ends is None for d in due),
        show="mine" if mine else "all",
        load=[
            [
                (say("from %(day)s", day=say.day(start)), f"/calendar?month={str(start)[:7]}"),
                n.total(),
                _told(visit, n),
            ]
            for start, n in weeks
            if n
        ],
        figure=figure(
            f"/calendar/load.svg?show={'mine' if mine else 'all'}",
            load.SIZES,
            alt=say("How many dates fall into each of the next %(n)s weeks, by kind.", n=WEEKS),
        ),
    )
    return visit.page("calendar.html", page=page)


@router.get("/calendar/load.svg")
def load_picture(visit: Visiting) -> Response:
    _may(visit)
    mine = visit.request.query_params.get("show", "") != "all"
    weeks = [
        (start, {_kind(visit, ends): n for ends, n in found.items()})
        for start, found in coming_weeks(visit, mine=mine)
    ]
    kinds = [_kind(visit, ends) for ends in (None, *Ends)]
    return picture(visit, load.spec, weeks, kinds)


@router.get("/calendar/{day}")
def one_day(visit: Visiting, day: str) -> Response:
    _may(visit)
    found = day_of(day)
    if found is None:
        raise absent()
    mine = visit.request.query_params.get("show", "") != "all"
    due = between(visit, *span(found, found, visit.say.zone), mine=mine)
    first = visit.place("from")
    entries = _entries(visit, due[first : first + MOST_ON_A_PAGE])
    return visit.page(
        "calendar_day.html",
        title=format_date(found, "full", locale=visit.say.locale),
        month=str(Month(found.year, found.month)),
        before=(found - DAY).isoformat() if day_of((found - DAY).isoformat()) else None,
        after=(found + DAY).isoformat() if day_of((found + DAY).isoformat()) else None,
        show="mine" if mine else "all",
        entries=[entries[id(d)] for d in due[first : first + MOST_ON_A_PAGE]],
        count=len(due),
        first=first + 1,
        earlier=max(0, first - MOST_ON_A_PAGE) if first else None,
        later=first + MOST_ON_A_PAGE if first + MOST_ON_A_PAGE < len(due) else None,
    )


@router.get("/calendar.ics")
def exported(visit: Visiting) -> Response:
    """A month back and a year ahead. Identifiers stand for names: what leaves the site is clear fields only."""
    _may(visit)
    mine = visit.request.query_params.get("show", "") != "all"
    now, say, origin = visit.now, visit.say, visit.node.ledger.vkey.name
    due = between(visit, now - timedelta(days=31), now + timedelta(days=366), mine=mine)[:MOST_EXPORTED]
    events = [
        Event(
            uid=f"{d.name}@{origin.replace('/', '.')}",
            at=d.at,
            summary=f"{say(d.words)}: {d.names}",
        )
        for d in due
    ]
    body = icalendar(events, made=now, name=f"Tearline · {origin}")
    headers = {"content-disposition": 'attachment; filename="tearline.ics"'}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _may(visit: Visit) -> None:
    """Not for the partner, and not for whoever keeps the node."""
    visit.own_side()
    if visit.role is Role.ADMINISTRATOR:
        raise absent()


def between(visit: Visit, start: datetime, end: datetime, *, mine: bool) -> list[Due]:
    """What is still to be done or ends from ``start`` to before ``end``, by date."""
    held: Kept = visit.request.app.state.dated
    dated = held.history().folded(falling_due)
    of_facts = dated[bisect_left(dated, start, key=_when) : bisect_left(dated, end, key=_when)]
    owed = visit.projections.owed(everything)
    first, last = (bisect_left(owed, (False, at), key=lambda entry: entry[:2]) for at in (start, end))
    of_duties = [o for o in shown_to(visit.access, [o for *_, o in owed[first:last]]) if not o.hindsight]
    if mine:
        ends, concerns = MINE.get(visit.role, frozenset()), OWED_TO.get(visit.role)
        of_facts = [d for d in of_facts if d.ends in ends or d.by == visit.actor.person]
        of_duties = [o for o in of_duties if concerns is not None and concerns(o)]
    found = [Due(at=d.at, what=d) for d in of_facts]
    found += [Due(at=o.due, what=o) for o in of_duties if o.due]
    return sorted(found, key=lambda d: d.at)


def _when(dated: Dated) -> datetime:
    return dated.at


def coming_weeks(visit: Visit, *, mine: bool) -> list[tuple[date, Counter[Ends | None]]]:
    """How much falls due in each of the coming weeks, from today on, by kind; None for obligations."""
    zone = visit.say.zone
    today = visit.now.astimezone(zone).date()
    weeks = [(today + timedelta(weeks=n), Counter[Ends | None]()) for n in range(WEEKS)]
    due = between(visit, *span(today, today + timedelta(weeks=WEEKS) - DAY, zone), mine=mine)
    for one in due:
        weeks[(one.at.astimezone(zone).date() - today).days // 7][1][one.ends] += 1
    return weeks


def _kind(visit: Visit, ends: Ends | None) -> str:
    return visit.say(ends) if ends else visit.say("Obligation")


def _told(visit: Visit, counted: Counter[Ends | None]) -> str:
    return "; ".join(f"{_kind(visit, ends)}: {visit.say.number(n)}" for ends, n in counted.most_common())


def _entries(visit: Visit, due: Sequence[Due]) -> dict[int, Entry]:
    """By the identity of each: the names of what is shown, and of nothing else, are read."""
    names = Names(visit.read(reduce(or_, (_reads(d) for d in due), ORGANISATIONS)), visit.say)
    return {id(d): _entry(visit, d, names) for d in due}


def _entry(visit: Visit, due: Due, names: Names) -> Entry:
    there = due.at.astimezone(visit.say.zone)
    return Entry(
        href=due.href,
        kind=visit.say(due.words),
        name=_name(due, names),
        time=f"{there:%H:%M}",
        iso=due.at.isoformat(),
        shape=SHAPES[due.ends],
        state=_state(due, visit.now),
    )


def _state(due: Due, now: datetime) -> str:
    """A duty that is past is late; a date that is past is over."""
    if due.at < now:
        return "refuse" if due.ends is None else "unknown"
    return "hold" if due.ends is None else "info"


def _name(due: Due, names: Names) -> str:
    match due.ends:
        case Ends.ITEM | Ends.SOURCE:
            return names.item(due.names).name
        case Ends.PERSON:
            return names.person(due.names).name
        case Ends.UNIT | Ends.TRAINING:
            return names.unit(due.names).name
        case Ends.AGREEMENT:
            return names.agreement(due.names).name
    return due.names


def _reads(due: Due) -> Question:
    match due.ends:
        case Ends.ITEM | Ends.SOURCE:
            return about(f"item:{due.names}", kinds=(ItemRegistered,))
        case Ends.PERSON:
            return about(f"person:{PersonId(due.names)}", kinds=(PersonEnrolled,))
        case Ends.UNIT | Ends.TRAINING:
            return about(f"unit:{due.names}", kinds=(UnitFormed,))
        case Ends.AGREEMENT:
            return about(f"agreement:{due.names}", kinds=AGREEMENT_KINDS)
    return Question()


def _weekdays(locale: str, first: int) -> list[tuple[str, str]]:
    """Short and whole names, in the order of the week there."""
    monday = date(2024, 1, 1)
    days = [monday + ((first + n) % 7) * DAY for n in range(7)]
    return [(format_date(d, "ccc", locale=locale), format_date(d, "cccc", locale=locale)) for d in days]
