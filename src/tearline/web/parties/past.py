"""Status over time: a band for the eye, a list that says the same in words, and the status at a chosen past instant."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from tearline.facts.history import History, Recorded
from tearline.facts.leaks import CooperationEnded, CooperationSuspended, SuspensionLifted
from tearline.facts.parties import (
    OfficeLeft,
    OfficeTaken,
    PersonVettingDecided,
    SuperiorNamed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.folds.people import Link, People
from tearline.web.chain import decided
from tearline.web.names import Names
from tearline.web.tongue import Tongue

TURNING = (
    PersonVettingDecided,
    UnitVettingDecided,
    SuperiorNamed,
    OfficeTaken,
    OfficeLeft,
    CooperationSuspended,
    SuspensionLifted,
    CooperationEnded,
    UnitStoodDown,
)
MOST_TURNS = 400
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """The instant that the page shows. ``known``: on what was known then, and not on what is known now."""

    at: datetime
    known: bool
    chosen: str

    def of(self, history: History) -> History:
        return history.as_known(self.at) if self.known else history.as_it_was(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A time in which one link decided one status."""

    link: Link
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """As the macro ``timeline`` takes it."""

    status: str
    when: str
    more: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """``spans``: status, start and width in percent. ``mark``: where the shown instant stands, in percent."""

    spans: list[tuple[str, float, float]]
    turns: list[Turn]
    first: str
    last: str
    told: str
    mark: float | None


def then_of(chosen: str, known: str, now: datetime, end: datetime | None, zone: tzinfo) -> Then:
    """The instant that the address names: a day stands for its end there. Nothing or nonsense: the latest."""
    try:
        day = date.fromisoformat(chosen) if len(chosen) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year < 9999:
        return Then(at=end or now, known=False, chosen="")
    at = datetime.combine(day, time(23, 59, 59), zone)
    return Then(at=min(at, now), known=known == "then", chosen=chosen)


def past(
    say: Tongue,
    history: History,
    names: Names,
    status: Callable[[People], Link],
    *,
    then: Then,
    end: datetime,
) -> Past | None:
    """How the status changed until ``end``; None where nothing was ever decided."""
    stretches = _stretches(history, status, end)
    if not stretches:
        return None
    first, last = stretches[0].since, stretches[-1].until
    whole = max((last - first).total_seconds(), 1.0)

    def place(at: datetime) -> float:
        return round(100 * (at - first).total_seconds() / whole, 2)

    return Past(
        spans=[
            (s.link.status.value, place(s.since), round(place(s.until) - place(s.since), 2))
            for s in stretches
        ],
        turns=[_turn(say, s, names, last) for s in stretches],
        first=say.day(first),
        last=say.day(last),
        told="; ".join(f"{say.day(s.since)}: {say(s.link.status)}" for s in stretches),
        mark=place(then.at) if then.chosen and first <= then.at <= last else None,
    )


def _stretches(history: History, status: Callable[[People], Link], end: datetime) -> list[Stretch]:
    turns = sorted(t for t in _turning_points(history) if t <= end)[-MOST_TURNS:]
    found: list[Stretch] = []
    for at, until in zip(turns, [*turns, end][1:], strict=True):
        # A pass ends at its last instant, so the status just after it is the one that lasts.
        link = status(People(history, at + MOMENT))
        if found and (found[-1].link.status, found[-1].link.who) == (link.status, link.who):
            found[-1] = Stretch(link=link, since=found[-1].since, until=until)
        else:
            found.append(Stretch(link=link, since=at, until=until))
    return found


def _turning_points(history: History) -> set[datetime]:
    points: set[datetime] = set()
    turning: Sequence[Recorded[object]] = [r for r in history if isinstance(r.fact, TURNING)]  # type: ignore[type-var]
    for r in turning:
        points.add(r.happened_at)
        until = getattr(r.fact, "valid_until", None)
        if isinstance(until, datetime):
            points.add(until)
    return points


def _turn(say: Tongue, stretch: Stretch, names: Names, last: datetime) -> Turn:
    link = stretch.link
    since = say.day(stretch.since)
    when = since if stretch.until >= last else f"{since} – {say.day(stretch.until)}"
    name = names.of_link(link)
    said = decided(say, link, names)
    return Turn(
        status=link.status.value,
        when=when,
        more=f"{name.name}: {said}" if said else name.name,
        href=name.href,
    )
