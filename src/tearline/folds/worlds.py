"""The world of one adversary, from the record: who could see which of its items, and what became known.

It is made of everyone in the exposure set of each item that concerns the adversary, and of one reader a unit whom
nobody logged. What a reader was given counts by how much of the item it was; who commands or serves beside somebody
who was given it counts by the chance that the agreement states for them.

What is known of an item: a confirmed compromise; a report, by the likelihood ratio that it states or else by how sure
it is (``RATIO``); that the adversary was found unaware, until that day; or nothing, which says nothing. What was
confirmed counts before what was only reported.

That a unit is credibly said to leak, of what and to whom nobody says, counts as a report on an item that everybody in
it could have told (``OF_ALLEGATION``). That it is merely said counts for nothing.

Inside an investigation a trace with its gate open says more of a compromise: by which copies it came out. Then it can
only have been somebody who could reach these, logged or not; the others' having had the item says nothing any more.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tearline.estimates.exposure import World, write_world
from tearline.estimates.exposure.chances import background_by, chance
from tearline.estimates.exposure.world import (
    Beta,
    Between,
    Compromised,
    Exposure,
    Item,
    NotCompromised,
    Observation,
    Person,
    Release,
    Report,
    Unit,
    Unknown,
)
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import AdversaryId, ItemId, PersonId, UnitId
from tearline.facts.leaks import AdversaryFoundUnaware, CompromiseReported, Sureness
from tearline.facts.parties import (
    AllegationKind,
    AllegationStanding,
    OfficeLeft,
    OfficeTaken,
    PersonEnrolled,
    SuperiorNamed,
)
from tearline.facts.release import DisclosureRecorded, Extent, ItemRegistered, ItemReleased
from tearline.folds.exposed import Ground, Way, asks_all_exposed, exposure_set
from tearline.folds.model import Model
from tearline.folds.people import ALLEGATION_KINDS, Allegation, People, upwards
from tearline.folds.release import lineage, releases_by_item, releases_of

NAME: Final = "exposure/1"
"""How the model is built from the record. A change of that is another name."""
WITH_TRACES: Final = "exposure/1 with traces"
"""The same where a trace of the investigation, if there is one, says which copies surfaced."""
DAY = timedelta(days=1)
RATIO: Mapping[Sureness, float] = {Sureness.PROBABLE: 100.0, Sureness.POSSIBLE: 10.0}
"""Likelihood ratios for reports that state none: the lower ends of "moderately strong" and "moderate" (ENFSI 2015)."""
OF_ALLEGATION: Mapping[AllegationStanding, float] = {
    AllegationStanding.CREDIBLE: RATIO[Sureness.POSSIBLE],
    AllegationStanding.SUBSTANTIATED: RATIO[Sureness.PROBABLE],
}
BEHIND = frozenset({Ground.MEMBER, Ground.SUPERIOR, Ground.SIGNATORY})
"""By these somebody could have had it from those who had it before them; by the others they had it themselves."""
NAMED = 1
"""The variant of an item that a trace names; 0 is any other."""
UNLOGGED = "unlogged:"
"""Before a unit's name: whoever had access there and was never logged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A release that is weighed: to whom, in which unit, how much, and until when it matters."""

    item: ItemId
    unit: UnitId
    recipients: tuple[PersonId, ...]
    extent: Extent
    until: datetime | None = None
    later: timedelta = timedelta(0)
    """How long the release would wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySurfaced:
    """That what surfaced of an item points at copies, by a trace with its gate open: who could reach them.

    The copy is taken as certain: by the declared error it is the wrong one no more often. ``copies`` were looked at and
    ``named`` of them are named.
    """

    item: ItemId
    people: frozenset[PersonId]
    units: frozenset[UnitId]
    copies: int
    named: int

    @property
    def variants(self) -> int:
        """As of so many that are alike, the named are one. With nobody's help it came out as seldom as any other."""
        return max(2, round(self.copies / self.named))


def asks_world(known: History, asked_for: Asked) -> Question:
    """All that the world of an item's adversary is made of, and those who would be given it; ask until it is stable."""
    return asks_worlds(known, asked_for.item, (asked_for.unit,), asked_for.recipients)


def asks_worlds(
    known: History, about_item: ItemId, units: Iterable[UnitId] = (), people: Iterable[PersonId] = ()
) -> Question:
    """The same of an item, with these units and people beside; ask until it is stable."""
    asked = each("item", frozenset(lineage(known, about_item)), (ItemRegistered,))
    for adversary in adversaries(known, about_item):
        asked |= about(
            f"adversary:{adversary}", kinds=(ItemRegistered, CompromiseReported, AdversaryFoundUnaware)
        )
    items = concerned(known, about_item)
    asked |= each("item", items, (CompromiseReported, AdversaryFoundUnaware))
    asked |= asks_all_exposed(known, items)
    serve = {*units, *(r.fact.unit for r in releases_of(known))}
    asked |= each("unit", frozenset(serve), (OfficeTaken, OfficeLeft, *ALLEGATION_KINDS))
    serving = {r.fact.person for r in known.of(OfficeTaken) if r.fact.unit in serve}
    reached = upwards(known, {*people, *serving})
    return asked | each("person", reached, (PersonEnrolled, SuperiorNamed, OfficeTaken, OfficeLeft))


def adversaries(known: History, item: ItemId) -> frozenset[AdversaryId]:
    """Whom the item, or what it was drawn from, concerns."""
    line = lineage(known, item)
    return frozenset(
        r.fact.adversary for r in known.of(ItemRegistered) if r.fact.item in line and r.fact.adversary
    )


def concerned(known: History, item: ItemId) -> list[ItemId]:
    """The items on record that concern the same adversary, this one among them."""
    whom = adversaries(known, item)
    return sorted({item, *(r.fact.item for r in known.of(ItemRegistered) if r.fact.adversary in whom)})


def world_of(known: History, asked_for: Asked, model: Model, at: datetime) -> World:
    """The world at ``at``, with the release that is asked about as its ``forward`` block.

    ``known`` is what was known then; Malformed cannot come of it, unless the model's chances are none.
    """
    made = _Made(known, asked_for.item, model, at)
    made.take_up()
    return made.world(made.release(asked_for))


def world_about(
    known: History, item: ItemId, model: Model, at: datetime, surfaced: CopySurfaced | None = None
) -> World:
    """The world of an item's adversary at ``at``, with nothing asked about."""
    made = _Made(known, item, model, at, surfaced)
    made.take_up()
    return made.world(None)


def world_for(
    known: History, options: Sequence[Asked], model: Model, at: datetime
) -> tuple[World, tuple[Release, ...]]:
    """One world in which each of these ways to release one item can be asked about, and what would be asked."""
    items = {option.item for option in options}
    if len(items) != 1:
        raise ValueError("the options are ways to release one item")
    made = _Made(known, items.pop(), model, at)
    made.take_up()
    releases = tuple(made.release(option) for option in options)
    return made.world(None), releases


def hash_of(world: World) -> str:
    """SHA-256, in hex, of the world as its JSON file would have it."""
    text = json.dumps(write_world(world), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class _Made:
    def __init__(
        self, known: History, item: ItemId, model: Model, at: datetime, surfaced: CopySurfaced | None = None
    ) -> None:
        self.surfaced = surfaced
        self.known, self.item, self.model, self.at = known, item, model, at
        self.people = People(known, at)
        self.zero = min((r.happened_at for r in known.of(ItemRegistered)), default=at)
        self.units: dict[str, Unit] = {}
        self.persons: dict[str, Person] = {}
        self.items: list[Item] = []
        self.exposures: list[Exposure] = []
        self.whom = adversaries(known, item)

    def take_up(self) -> None:
        for item in concerned(self.known, self.item):
            self._item(item)
        for unit, allegations in self.people.allegations.items():
            for one in allegations:
                if one.kind is AllegationKind.LEAK and one.standing in OF_ALLEGATION:
                    self._alleged(unit, one)

    def world(self, forward: Release | None) -> World:
        return World(
            name=self.item,
            adversary=", ".join(sorted(self.whom)),
            horizon=self._day(self.at),
            units=tuple(self.units.values()),
            people=tuple(self.persons.values()),
            items=tuple(self.items),
            exposures=tuple(self.exposures),
            forward=forward,
            half_life=self.model.memory / DAY,
        )

    def _item(self, item: ItemId) -> None:
        registered = self.known.folded(_registered).get(item)
        if registered is None or registered.happened_at > self.at:
            return
        begun = self._day(registered.happened_at)
        seen = self._observed(item, registered)
        chances = self._chances(item, seen.until)
        if not chances:
            return
        background, observation, variants = self.model.background, seen.observation, 1
        surfaced = self.surfaced if self.surfaced and self.surfaced.item == item else None
        if surfaced and isinstance(observation, Compromised | Between | Report):
            observation, variants = replace(observation, variant=NAMED), surfaced.variants
        self.items.append(
            Item(
                id=item,
                released=begun,
                background=background,
                observation=observation,
                variants=variants,
            )
        )
        for person, (rate, since) in chances.items():
            within = None
            if isinstance(seen.observation, Between):
                early, late = (
                    self._chance(rate, since, day) for day in (seen.observation.after, seen.observation.until)
                )
                within = (early, late)
            self.exposures.append(
                Exposure(
                    person=person,
                    item=item,
                    q=self._chance(rate, since, self._day(seen.until)),
                    day=max(self._day(since), begun),
                    within=within,
                    variant=self._variant(person, surfaced) if variants > 1 and surfaced else 0,
                )
            )

    def _variant(self, person: str, surfaced: CopySurfaced) -> int:
        """Whether they could reach a named copy; whoever nobody logged where it lay could too."""
        ghosts = {f"{UNLOGGED}{unit}" for unit in surfaced.units}
        return NAMED if person in surfaced.people or person in ghosts else 0

    def _alleged(self, unit: UnitId, one: Allegation) -> None:
        """A report that somebody in this unit, or above it, told something."""
        members = self.people.members(unit)
        readers = {self._person(p): self.model.reader for p in members}
        for member in members:
            for superior in self.people.above(member):
                readers.setdefault(self._person(superior), self.model.superior)
        readers[self._unlogged(unit)] = self.model.reader
        item = f"alleged:{one.recorded.fact.allegation}"
        day = max(self._day(one.recorded.happened_at), 0.0)
        observation = Report(likelihood_ratio=OF_ALLEGATION[one.standing])
        self.items.append(
            Item(id=item, released=day, background=self.model.background, observation=observation)
        )
        for reader, q in readers.items():
            self.exposures.append(Exposure(person=reader, item=item, q=q, day=day))

    def _chances(self, item: ItemId, until: datetime) -> dict[str, tuple[float, datetime]]:
        """Of each reader by then: what a channel in their place passes on, and since when they could; unlogged too."""
        found: dict[str, tuple[float, datetime]] = {}
        for one in exposure_set(self.known, item, until):
            rate, since = max(
                ((self._rate(item, way), way.since) for way in one.ways),
                key=lambda w: (w[0], -w[1].timestamp()),
            )
            person = self._person(one.person)
            found[person] = (rate, since)
            for way in one.ways:
                if way.ground not in BEHIND and way.unit is not None:
                    ghost = self._unlogged(way.unit)
                    known = found.get(ghost)
                    offered = (self._rate(item, way), way.since)
                    found[ghost] = (
                        offered if known is None else (max(known[0], offered[0]), min(known[1], offered[1]))
                    )
        return found

    def _rate(self, item: ItemId, way: Way) -> float:
        rate = self.model.superior if way.ground in BEHIND else self.model.reader
        match way.fact.fact:
            case ItemReleased(extent=extent) | DisclosureRecorded(extent=extent) if (
                way.ground is Ground.GIVEN
            ):
                return rate * self.model.degrees[extent]
        if way.unit is None:
            return rate  # on our own side all of it lay open
        line = lineage(self.known, item)
        given = [
            r.fact.extent
            for one in line
            for r in self.known.folded(releases_by_item).get(one, ())
            if r.fact.unit == way.unit
        ]
        return rate * max((self.model.degrees[extent] for extent in given), default=1.0)

    def _observed(self, item: ItemId, registered: Recorded[ItemRegistered]) -> "_Seen":
        """What is known of one item, and the day by which it is."""
        of_it = [
            r
            for r in self.known.folded(_reported).get(item, ())
            if r.happened_at <= self.at and self._concerns(r.fact.adversary)
        ]
        unaware = [
            r
            for r in self.known.folded(_unaware).get(item, ())
            if r.happened_at <= self.at and self._concerns(r.fact.adversary)
        ]
        sure = [r for r in of_it if r.fact.sure is Sureness.CONFIRMED and r.fact.likelihood_ratio is None]
        quiet = [r.happened_at for r in unaware if r.fact.sure is Sureness.CONFIRMED]
        if sure:
            first = min(sure, key=lambda r: r.fact.known_by or r.happened_at)
            until = max(min(first.fact.known_by or first.happened_at, self.at), registered.happened_at)
            lows = [day for day in quiet if registered.happened_at < day < until]
            if first.fact.known_by is not None and registered.happened_at < first.happened_at < until:
                lows.append(first.happened_at)
            return self._between(registered, max(lows), until) if lows else self._known(until)
        if quiet:
            return _Seen(NotCompromised(), max(quiet))
        if of_it:
            said = max(of_it, key=lambda r: _ratio(r.fact))
            return _Seen(
                Report(likelihood_ratio=_ratio(said.fact)),
                min(said.fact.known_by or said.happened_at, self.at),
            )
        if unaware:
            hinted = max(unaware, key=lambda r: r.happened_at)
            return _Seen(Report(likelihood_ratio=1 / RATIO[hinted.fact.sure]), hinted.happened_at)
        return _Seen(Unknown(), self.at)

    def _known(self, until: datetime) -> "_Seen":
        return _Seen(Compromised(day=self._day(until)), until)

    def _between(self, registered: Recorded[ItemRegistered], after: datetime, until: datetime) -> "_Seen":
        whole = (until - registered.happened_at) / DAY
        early = background_by(self.model.background, (after - registered.happened_at) / DAY, whole)
        observation = Between(
            after=self._day(after), until=self._day(until), background=(early, self.model.background)
        )
        return _Seen(observation, until)

    def _concerns(self, adversary: AdversaryId | None) -> bool:
        """What says no adversary is taken for this one."""
        return adversary is None or not self.whom or adversary in self.whom

    def release(self, asked: Asked) -> Release:
        """Who would see it, and what each would pass on if they are a channel, as long as it matters."""
        model, degree = self.model, self.model.degrees[asked.extent]
        begins = self.at + asked.later
        until = math.inf if asked.until is None else max((asked.until - begins) / DAY, 0.0)
        rates: dict[str, float] = {}
        for person in asked.recipients:
            rates[self._person(person)] = model.reader
        for person in asked.recipients:
            for superior in self.people.above(person):
                rates.setdefault(self._person(superior), model.superior)
        for member in self.people.members(asked.unit):
            rates.setdefault(self._person(member), model.superior)
        rates.setdefault(self._unlogged(asked.unit), model.reader)
        q = {
            reader: chance(rate=rate, degree=degree, since=until, mean_delay=model.delay / DAY)
            for reader, rate in rates.items()
        }
        return Release(recipients=tuple(q), q=tuple(q.values()), background=model.background)

    def _chance(self, rate: float, since: datetime, day: float) -> float:
        return chance(rate=rate, since=day - self._day(since), mean_delay=self.model.delay / DAY)

    def _person(self, person: PersonId) -> str:
        if person not in self.persons:
            office = self.people.offices.get(person)
            enrolled = self.people.enrolled.get(person)
            home = (
                office.fact.unit
                if office
                else f"of:{enrolled.fact.organisation}"
                if enrolled
                else "of:nobody"
            )
            self._unit(home, self.model.prior)
            self.persons[person] = Person(id=person, unit=home)
        return person

    def _unlogged(self, unit: UnitId) -> str:
        """One reader whom nobody logged, with a unit of their own, since nobody knows whose they are."""
        ghost = f"{UNLOGGED}{unit}"
        if ghost not in self.persons:
            self._unit(ghost, self.model.unlogged)
            self.persons[ghost] = Person(id=ghost, unit=ghost, phantom=True)
        return ghost

    def _unit(self, unit: str, mean: float) -> None:
        if unit not in self.units:
            self.units[unit] = Unit(id=unit, prior=Beta(mean=mean, kappa=self.model.pooling))

    def _day(self, when: datetime) -> float:
        return (when - self.zero) / DAY


@dataclass(frozen=True, slots=True)
class _Seen:
    observation: Observation
    until: datetime


def _registered(history: History) -> dict[ItemId, Recorded[ItemRegistered]]:
    """The first registration of each item."""
    return {r.fact.item: r for r in reversed(history.of(ItemRegistered))}


def _reported(history: History) -> dict[ItemId, list[Recorded[CompromiseReported]]]:
    found: dict[ItemId, list[Recorded[CompromiseReported]]] = {}
    for r in history.of(CompromiseReported):
        found.setdefault(r.fact.item, []).append(r)
    return found


def _unaware(history: History) -> dict[ItemId, list[Recorded[AdversaryFoundUnaware]]]:
    found: dict[ItemId, list[Recorded[AdversaryFoundUnaware]]] = {}
    for r in history.of(AdversaryFoundUnaware):
        found.setdefault(r.fact.item, []).append(r)
    return found


def _ratio(fact: CompromiseReported) -> float:
    if fact.likelihood_ratio is not None:
        return fact.likelihood_ratio
    return RATIO.get(fact.sure, 1.0)
