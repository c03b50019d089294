"""Who could see it, from facts alone: those it was given to and everyone above them, by unit and by how they stand.

This is no estimate. Who copied it, and who serves a link unrecorded, no fact tells; the page says so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, each
from tearline.facts.identifiers import ItemId, PersonId, RequestId, UnitId
from tearline.facts.release import DisclosureRecorded, ItemReleased, ReleaseRequested
from tearline.folds.people import People, Status, people_question, upwards
from tearline.folds.release import releases_of, request_of
from tearline.web.charts.exposure import sizes
from tearline.web.charts.figure import Figure, figure
from tearline.web.charts.theme import Standing
from tearline.web.names import Names, names_question
from tearline.web.tongue import Tongue

MOST_UNITS = 12
STANDINGS: Mapping[Status, Standing] = {
    Status.CLEARED: Standing.CLEARED,
    Status.LAPSED: Standing.LAPSED,
    Status.PENDING: Standing.LAPSED,
    Status.UNKNOWN: Standing.UNKNOWN,
    Status.DECLINED: Standing.UNKNOWN,
    Status.EXEMPT: Standing.EXEMPT,
    Status.REFUSED: Standing.FAILED,
    Status.WITHDRAWN: Standing.FAILED,
    Status.FAILED: Standing.FAILED,
    Status.STOOD_DOWN: Standing.FAILED,
    Status.SUSPENDED: Standing.FAILED,
    Status.ENDED: Standing.FAILED,
}
NO_UNIT = UnitId("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """People by their unit; ``named`` are those to whom it was to be given."""

    by_unit: Mapping[UnitId, Counter[Standing]]
    named: int
    superiors: int
    at: datetime

    @property
    def people(self) -> int:
        return self.named + self.superiors


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    heads: list[str]
    rows: list[list[object]]
    sentence: str
    figure: Figure


def exposed(known: History, recipients: Iterable[PersonId], at: datetime) -> Exposed:
    """As it stood at ``at``: the named, and everyone known above them, each counted once."""
    people = People(known, at)
    named = set(recipients)
    above = {superior for person in named for superior in people.above(person)} - named
    by_unit: dict[UnitId, Counter[Standing]] = {}
    for person in named | above:
        office = people.offices.get(person)
        standing = STANDINGS[people.own_link(person).status]
        by_unit.setdefault(office.fact.unit if office else NO_UNIT, Counter())[standing] += 1
    return Exposed(by_unit=by_unit, named=len(named), superiors=len(above), at=at)


def given_to(known: History, item: ItemId) -> set[PersonId]:
    """To whom the item was given, under the protocol or outside it."""
    given = [r for r in releases_of(known) if r.fact.item == item]
    return {person for r in given for person in r.fact.recipients}


def of_request(known: History, request: RequestId, now: datetime) -> Exposed | None:
    asked = request_of(known, request)
    if asked is None:
        return None
    return exposed(known, asked.fact.recipients, _end(known, now, told=asked.told is not None))


def of_item(known: History, item: ItemId, now: datetime) -> Exposed | None:
    """None where it was given to nobody on record."""
    recipients = given_to(known, item)
    told = any(r.told for r in known if getattr(r.fact, "item", None) == item)
    return exposed(known, recipients, _end(known, now, told=told)) if recipients else None


def request_question(known: History, request: RequestId) -> Question:
    """What the picture of a request needs, and no more."""
    asked = each("request", [request], (ReleaseRequested,))
    found = request_of(known, request)
    return (asked | _people(known, found.fact.recipients, {found.fact.unit})) if found else asked


def item_question(known: History, item: ItemId) -> Question:
    given = each("item", [item], (ItemReleased, DisclosureRecorded))
    units = {r.fact.unit for r in releases_of(known) if r.fact.item == item}
    return given | _people(known, given_to(known, item), units)


def _people(known: History, persons: Iterable[PersonId], units: Iterable[UnitId]) -> Question:
    return people_question(upwards(known, persons), units) | names_question(known)


def view(say: Tongue, found: Exposed, names: Names, href: str) -> Exposure:
    standings = [one for one in Standing if any(counted[one] for counted in found.by_unit.values())]
    units = _units(say, found, names)
    rows: list[list[object]] = [
        [name, *(counted[one] or "—" for one in standings), sum(counted.values())] for name, counted in units
    ]
    if len(units) > 1:
        whole = sum((counted for _, counted in units), Counter[Standing]())
        rows.append([say("All units"), *(whole[one] or "—" for one in standings), sum(whole.values())])
    return Exposure(
        heads=[say("Unit"), *(say(one) for one in standings), say("People")],
        rows=rows,
        sentence=say(
            "%(people)s people, as of %(day)s: %(named)s named, %(superiors)s above them. "
            "No clerk of the link is on record.",
            people=say.number(found.people),
            day=say.day(found.at),
            named=say.number(found.named),
            superiors=say.number(found.superiors),
        ),
        figure=figure(
            href,
            sizes(min(len(units), MOST_UNITS)),
            alt=say(
                "Bars: how many people of each unit could see it, by how they stand; the table has the figures."
            ),
        ),
    )


def bars(say: Tongue, found: Exposed, names: Names) -> list[tuple[str, Counter[Standing]]]:
    """What the chart shows."""
    return _units(say, found, names)[:MOST_UNITS]


def _units(say: Tongue, found: Exposed, names: Names) -> list[tuple[str, Counter[Standing]]]:
    """The largest first. A unit's name is a clear field."""
    ordered = sorted(found.by_unit.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    return [
        (say("in no unit on record") if unit == NO_UNIT else names.unit(unit).name, counted)
        for unit, counted in ordered
    ]


def _end(known: History, now: datetime, *, told: bool) -> datetime:
    """A worked case ends with its last fact; what is live stands as of now."""
    return max((r.known_at for r in known if r.told), default=now) if told else now
