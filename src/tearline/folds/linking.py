"""From the register to who is who: what the estimators are given, and what a comparison by them comes to.

Only people who may be counted are compared (``register.counted``), by what stands in VICTIMS and never by who reported
them. Somebody's own report is a source of its own; a body's list is one, and names nobody twice. What people judged,
merged and split binds the model; what it put together itself, and somebody took up, it judges anew each time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.linkage.linking import Linked, link, register
from tearline.estimates.linkage.names import place_key
from tearline.estimates.linkage.reports import Ints, Report
from tearline.estimates.linkage.sampling import linkages
from tearline.facts.harm import HarmReported
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import VictimId
from tearline.facts.linkage import (
    Judgement,
    LikelyGroup,
    LikelyPair,
    LinkUndone,
    MergeGround,
    PairJudged,
    PlaceLocated,
    VictimsMerged,
    VictimsSplit,
)
from tearline.facts.register import ConsentGiven, ConsentWithdrawn, VictimReported
from tearline.folds.located import Degrees, located
from tearline.folds.register import Reported, counted, reports_of
from tearline.folds.unlike import ages_of
from tearline.folds.victims import Grouping, Pair, decisions, follow, grouped

REGISTER = (HarmReported, VictimReported, ConsentGiven, ConsentWithdrawn)
LINKS = (PairJudged, PlaceLocated, VictimsMerged, VictimsSplit, LinkUndone)
QUESTION: Question = about(kinds=(*REGISTER, *LINKS))
"""All that says who is who: whole, so it is read for figures and never for a decision."""
DRAWN = 100
MOST_DOUBTFUL = 400
SURE = 0.01
"""A pair is doubtful while more than this share of the linkages that are drawn says otherwise."""
EVEN, FEWEST_TOGETHER = 0.5, 2
MOST_GROUPS = 5_000
"""What a fact has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNamed:
    """A place as it is mostly written, ``of`` whom it is first written so, and of how many people it is said at all."""

    name: str
    of: VictimId
    people: int


def _mostly(names: Mapping[str, Sequence[VictimId]]) -> PlaceNamed:
    name = max(names, key=lambda one: len(names[one]))
    return PlaceNamed(name=name, of=names[name][0], people=sum(len(some) for some in names.values()))


@dataclass(frozen=True, kw_only=True)
class Material:
    """Those who may be counted on one day, in the order in which they were recorded, and what people said of pairs."""

    people: Mapping[VictimId, Recorded[VictimReported]]
    reports: Sequence[Reported]
    labels: Mapping[Pair, bool]
    judged: int
    grouping: Grouping
    places: Mapping[str, Degrees]

    @cached_property
    def place(self) -> Mapping[VictimId, int]:
        return {victim: n for n, victim in enumerate(self.people)}

    def place_of(self, victim: VictimId) -> str:
        """The place that is compared of somebody, as it is written; empty where none is, or they are not compared."""
        n = self.place.get(victim)
        return "" if n is None else _place_of(self.reports[n], self.people[victim]).strip()

    def places_named(self) -> Mapping[str, PlaceNamed]:
        """By ``place_key``, each place that is compared."""
        spelt: dict[str, dict[str, list[VictimId]]] = {}
        for victim in self.people:
            name = self.place_of(victim)
            if key := place_key(name):
                spelt.setdefault(key, {}).setdefault(name, []).append(victim)
        return {key: _mostly(names) for key, names in spelt.items()}


def material(history: History, day: date) -> Material:
    people = counted(history, day)
    by_report = reports_of(history)
    labels, judged = said_of_pairs(history, people)
    return Material(
        people=people,
        reports=[by_report[r.fact.report] for r in people.values()],
        labels=labels,
        judged=judged,
        grouping=grouped(people, decisions(history)),
        places=located(history),
    )


def said_of_pairs(history: History, among: Mapping[VictimId, object]) -> tuple[Mapping[Pair, bool], int]:
    """Whether these pairs are one person, by what people last judged, merged or split; and how many were judged."""
    standing = {r.position: r for r in decisions(history)}
    said: dict[Pair, bool] = {}
    judged: dict[Pair, bool] = {}
    group = {victim: {victim} for victim in among}
    for r in history:
        match r.fact:
            case PairJudged(a=a, b=b, judgement=judgement) if a in among and b in among:
                pair = (min(a, b), max(a, b))
                for kept in (said, judged):
                    kept.pop(pair, None)
                    if judgement is not Judgement.UNSURE:
                        kept[pair] = judgement is Judgement.SAME
            case VictimsMerged(ground=ground) if r.position in standing:
                follow(group, standing[r.position])
                if ground is MergeGround.PEOPLE:
                    here = sorted(v for v in r.fact.victims if v in among)
                    said |= dict.fromkeys(combinations(here, 2), True)
            case VictimsSplit(leave=leave) if r.position in standing:
                for victim in (v for v in leave if v in among):
                    for other in group[victim] - set(leave):
                        said[min(victim, other), max(victim, other)] = False
                follow(group, standing[r.position])
    return said, len(judged)


def as_report(one: Reported, r: Recorded[VictimReported], places: Mapping[str, Degrees]) -> Report:
    """As the estimators take it: ages by their middle; the person's own days, or else those of the report.

    ``places``: where those lie that were looked up.
    """
    fact, ages = r.fact, ages_of(r.fact)
    own = (fact.seen_from.value, fact.seen_to.value)
    first, last = own if any(own) else (one.fact.first_day, one.fact.last_day)
    place = _place_of(one, r)
    north, east = places.get(place_key(place), (None, None))
    return Report(
        report_id=fact.victim,
        source=one.fact.list or f"report {fact.report}",
        given_names=fact.given_names.value or "",
        paternal_surname=fact.paternal_surname.value or "",
        maternal_surname=fact.maternal_surname.value or "",
        age=None if ages is None else sum(ages) // 2,
        date=first or last,
        date_to=last or first,
        place=place,
        latitude=north,
        longitude=east,
    )


def _place_of(one: Reported, r: Recorded[VictimReported]) -> str:
    return r.fact.place.value or one.fact.place or ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """What the model makes of the material. ``drawn``: a row a linkage, a person's number for each reported."""

    of: Material
    linked: Linked
    drawn: NDArray[np.int64]

    @property
    def people(self) -> int:
        return int(self.linked.member.max(initial=-1)) + 1

    @cached_property
    def each(self) -> Ints:
        """How many people each linkage has."""
        return np.asarray(self.drawn.max(axis=1, initial=-1) + 1)

    @property
    def between(self) -> tuple[int, int]:
        """The 95 % range of how many people there are."""
        low, high = np.quantile(self.each, [0.025, 0.975], method="nearest")
        return int(low), int(high)

    def doubtful(self, most: int = MOST_DOUBTFUL) -> tuple[LikelyPair, ...]:
        """Pairs on which linkages disagree, most doubtful first, and first of all those of people in no pair before."""
        register, chance = self.linked.register, self.linked.chance
        names = list(self.of.people)
        some = np.flatnonzero((register.across > 0) & (chance > SURE) & (chance < 1.0 - SURE))
        order = some[np.argsort(np.abs(chance[some] - 0.5), kind="stable")]
        first: list[LikelyPair] = []
        then: list[LikelyPair] = []
        used: set[VictimId] = set()
        for n in order.tolist():
            a, b = names[register.a[n]], names[register.b[n]]
            if (min(a, b), max(a, b)) in self.of.labels:
                continue
            (then if {a, b} & used else first).append(LikelyPair(a=a, b=b, probability=float(chance[n])))
            used |= {a, b}
        return tuple([*first, *then][:most])

    def groups(self, most: int = MOST_GROUPS) -> tuple[LikelyGroup, ...]:
        """Those of more than one reported, with the share of linkages in which all of them are one person.

        Who makes that share fall below a half is left out, the worst first. Where there are more than ``most``, those
        go that are together on record already, and then the least likely.
        """
        names = list(self.of.people)
        found = []
        for rows in _groups(self.linked.member):
            kept, share = self._likely(rows)
            if len(kept) > 1:
                found.append(LikelyGroup(victims=tuple(names[n] for n in kept), probability=share))
        of = self.of.grouping.of
        if len(found) > most:
            found.sort(key=lambda g: (len({of[v] for v in g.victims}) == 1, -g.probability))
        return tuple(sorted(found[:most], key=lambda g: -g.probability))

    def _likely(self, rows: list[int]) -> tuple[list[int], float]:
        while len(rows) > 1:
            drawn = self.drawn[:, rows]
            share = float((drawn == drawn[:, :1]).all(axis=1).mean())
            if share >= EVEN or len(rows) == FEWEST_TOGETHER:
                return rows, share
            pairs = (drawn[:, :, None] == drawn[:, None, :]).mean(axis=(0, 2))
            worst = int(np.argmin(pairs))
            rows = rows[:worst] + rows[worst + 1 :]
        return rows, 1.0


def _groups(member: Ints) -> Iterator[list[int]]:
    order = np.argsort(member, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(member[order])) + 1):
        if len(rows) > 1:
            yield rows.tolist()


def compared(of: Material, *, seed: int, count: int = DRAWN) -> Compared:
    """Takes about as long as ``linking.link``: a second or two for a thousand people reported."""
    reports = [as_report(one, r, of.places) for one, r in zip(of.reports, of.people.values(), strict=True)]
    place = of.place
    labels = {(min(place[a], place[b]), max(place[a], place[b])): same for (a, b), same in of.labels.items()}
    linked = link(register(reports, list(labels)), labels, seed=seed)
    drawn = list(linkages(linked.graph, linked.member, seed=seed, count=count))
    return Compared(of=of, linked=linked, drawn=np.array(drawn, np.int64).reshape(count, len(reports)))
