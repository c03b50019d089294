"""What is owed, carried on fact by fact: the same as ``obligations`` makes of the whole history, without its cost.

What one fact owes depends on the agreements and on the facts that share an identifier with it, at any remove: an
item's request, its release, the copies, a leak and the harm after it. Such facts are a *matter*. A new fact belongs
to one matter (or joins several), and only that matter is folded again, by the plain fold. An agreement can reach
back; it concerns the matters that name it and those that happened when it was in force.

A matter keeps the places of its facts, not the facts: they are read again when it changes. What was discharged long
ago is not kept either; of what was discharged, ``latest`` shows the last by due date.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import AgreementId
from tearline.facts.parties import AgreementSigned, ProtocolAppliedInHindsight, UnitFormed
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.release import DisclosureRecorded, ItemReleased, VerdictReached
from tearline.folds.agreements import Agreement, agreements
from tearline.folds.obligations import LINKING, Obligation, obligations
from tearline.protocol import Pack

FactsAt = Callable[[Sequence[int]], Sequence[Recorded[Fact]]]
"""The facts at these places, as the fold reads them: why verdicts were reached is open in them."""
Concern = Callable[[Obligation], bool]

LINKS = frozenset({"item", "request", "release", "compromise", "operation", "report", "need"})
KEPT = 400
"""Discharged obligations kept to be shown; trimmed to half when there are more."""
FEW = 200
"""Changes up to which the lists are mended in place; beyond, they are sorted anew when next asked for."""

Entry = tuple[bool, datetime, int, int, Obligation]
"""An obligation behind its place: those without a date last, by date, by ground, then as the fold tells them."""


@dataclass(slots=True, eq=False)
class _Matter:
    """The places of the facts that hang together, and what is still owed in it."""

    places: "array[int]" = field(default_factory=lambda: array("q"))
    into: "_Matter | None" = None
    agreements: frozenset[str] = frozenset()
    latest: datetime | None = None
    open: list[Entry] = field(default_factory=list)
    told: list[Entry] = field(default_factory=list)


class Owing:
    """Every obligation under these protocols. Not safe among threads: whoever carries it on keeps a lock."""

    def __init__(self, protocols: Mapping[str, Pack], facts_at: FactsAt) -> None:
        self._facts_at = facts_at
        self._matters: dict[str, dict[str, _Matter]] = {}
        self._formed: dict[str, Recorded[Fact]] = {}
        self._given_to: set[str] = set()
        self._agreed: list[Recorded[Fact]] = []
        self._held: Mapping[AgreementId, Agreement] = {}
        self._queues: dict[Concern, list[Entry]] = {}
        self._of_kinds: dict[frozenset[str], Concern] = {}
        self._told: list[Entry] = []
        self._done: list[tuple[Entry, _Matter]] = []
        self._floor: Entry | None = None
        self.under(protocols)

    def under(self, protocols: Mapping[str, Pack]) -> None:
        """From now on these protocols hold, which are the former ones and others.

        A text binds from its adoption on, and what is owed by it arises and ends by later facts; so nothing that
        was folded changes by it.
        """
        self.protocols = dict(protocols)
        duties = [duty for pack in protocols.values() for duty in pack.duties]
        self._ground_or_end = {name for duty in duties for name in (duty.on, *duty.discharged_by)}
        self._kinds = self._ground_or_end | {kind.__name__ for kind in LINKING}
        for name in (*LINKS, *(duty.about for duty in duties)):
            self._matters.setdefault(name, {})

    # what is recorded

    def take(self, facts: Iterable[Recorded[Fact]], at_hand: Mapping[int, Recorded[Fact]]) -> None:
        """Facts in the order of the ledger, each once. ``at_hand``: those of them, and more, that need no reading."""
        changed: dict[_Matter, None] = {}
        for recorded in facts:
            kind = type(recorded.fact).__name__
            if kind not in self._kinds:
                continue
            match recorded.fact:
                case AgreementSigned() | ProtocolAppliedInHindsight() | ProtocolAdopted():
                    changed |= dict.fromkeys(self._agree(recorded))
                case UnitFormed(unit=unit):
                    self._formed[unit] = recorded
                    if unit in self._given_to:
                        changed |= dict.fromkeys(self._all())
                case _:
                    changed |= dict.fromkeys(self._join(recorded))
                    continue
            if kind in self._ground_or_end:
                changed |= dict.fromkeys(self._join(recorded))
        self._fold(dict.fromkeys(_root(m) for m in changed), at_hand)

    def purged(self, places: Iterable[int]) -> None:
        """Sealed fields of these facts are gone: what was read in them is not known any more."""
        gone = set(places)
        self._fold([m for m in self._all() if not gone.isdisjoint(m.places)], {})

    def _join(self, recorded: Recorded[Fact]) -> list[_Matter]:
        """The matter to which this fact belongs; none where nothing can hang together with it."""
        fact, found, keys = recorded.fact, None, []
        for name, matters in self._matters.items():
            identifier = getattr(fact, name, None)
            if isinstance(identifier, str) and identifier:
                keys.append((matters, identifier))
                held = matters.get(identifier)
                if held is not None:
                    found = _root(held) if found is None else self._merged(found, _root(held))
        if not keys:
            return []
        matter = found or _Matter()
        for matters, identifier in keys:
            matters[identifier] = matter
        matter.places.append(recorded.position)
        if matter.latest is None or recorded.happened_at > matter.latest:
            matter.latest = recorded.happened_at
        named = getattr(fact, "agreement", None)
        if named and named not in matter.agreements:
            matter.agreements |= {named}
        if isinstance(fact, ItemReleased | DisclosureRecorded):
            self._given_to.add(fact.unit)
        return [matter]

    def _merged(self, one: _Matter, other: _Matter) -> _Matter:
        if one is other:
            return one
        if len(one.places) < len(other.places):
            one, other = other, one
        self._change(other, [], [], [])
        other.into = one
        one.places.extend(other.places)
        other.places = array("q")
        one.agreements |= other.agreements
        if one.latest is None or (other.latest is not None and other.latest > one.latest):
            one.latest = other.latest
        return one

    def _all(self) -> Iterable[_Matter]:
        return {_root(m): None for matters in self._matters.values() for m in matters.values()}

    def _agree(self, recorded: Recorded[Fact]) -> list[_Matter]:
        """Take up what says by which texts agreements bind; the matters that it can concern."""
        before = self._held
        self._agreed.append(recorded)
        self._held = agreements(History(tuple(self._agreed)))
        found: list[_Matter] = []
        moved = {name for name, now in self._held.items() if before.get(name) != now}
        if isinstance(recorded.fact, ProtocolAdopted):
            # It binds from here on. Only what a verdict would have cured is told under the terms of today.
            return [
                m
                for m in self._all()
                if any(_by_verdict(e[4]) and e[4].agreement.agreement in moved for e in (*m.open, *m.told))
            ]
        for name in moved:
            since = self._held[name].in_force_from
            if name in before:
                since = min(since, before[name].in_force_from)
            found += [
                m for m in self._all() if name in m.agreements or (m.latest is not None and m.latest >= since)
            ]
        return found

    # folding

    def _fold(self, matters: Iterable[_Matter], at_hand: Mapping[int, Recorded[Fact]]) -> None:
        matters = list(matters)
        if len(matters) > FEW:
            self._queues.clear()
        for matter in matters:
            self._fold_one(matter, at_hand)
        if self._floor is not None and len(self._done) < KEPT // 4:
            self._floor = None
            for matter in self._all():
                self._fold_one(matter, {})

    def _fold_one(self, matter: _Matter, at_hand: Mapping[int, Recorded[Fact]]) -> None:
        places = sorted(matter.places)
        facts = [at_hand[p] for p in places] if all(p in at_hand for p in places) else self._facts_at(places)
        units = {unit: None for r in facts if isinstance(unit := getattr(r.fact, "unit", None), str)}
        homes = [self._formed[unit] for unit in units if unit in self._formed]
        owed = obligations(History(tuple(facts)).also(homes), self.protocols, self._held)
        live: list[Entry] = []
        told: list[Entry] = []
        done: list[Entry] = []
        for n, o in enumerate(owed):
            entry = (o.due is None, o.due or o.since, o.ground.position, n, o)
            (told if o.ground.told else live if o.discharged_by is None else done).append(entry)
        self._change(matter, live, told, done)

    def _change(self, matter: _Matter, live: list[Entry], told: list[Entry], done: list[Entry]) -> None:
        """Put these in the place of what stood for this matter."""
        for concern, queue in self._queues.items():
            _replace(queue, [e for e in matter.open if concern(e[4])], [e for e in live if concern(e[4])])
        _replace(self._told, matter.told, told)
        matter.open, matter.told = live, told
        if any(m is matter for _, m in self._done):
            self._done = [(e, m) for e, m in self._done if m is not matter]
        for entry in done:
            if self._floor is None or entry[:4] >= self._floor[:4]:
                insort(self._done, (entry, matter), key=_place_of_done)
        if len(self._done) > KEPT:
            del self._done[: -KEPT // 2]
            self._floor = self._done[0][0]

    # asking

    def open(self, concern: Concern) -> Sequence[Entry]:
        """What is owed today and concerns this one, by due date. ``concern`` is one function, the same each time."""
        if concern not in self._queues:
            entries = [e for m in self._all() for e in m.open if concern(e[4])]
            entries.sort(key=_place)
            self._queues[concern] = entries
        return self._queues[concern]

    def of_kinds(self, kinds: frozenset[str]) -> Concern:
        """Whether an obligation is of one of these kinds: one function for each set of them."""
        return self._of_kinds.setdefault(kinds, lambda o: o.kind in kinds)

    def told(self) -> list[Obligation]:
        """What would have been owed, or was, in what worked cases tell; discharged ones included."""
        return [e[4] for e in self._told]

    def discharged(self, most: int) -> list[Obligation]:
        """The last by due date of what was owed and is discharged; at most a quarter of what is kept."""
        return [e[4] for e, _ in self._done[-most:]]


def _root(matter: _Matter) -> _Matter:
    while matter.into is not None:
        matter = matter.into
    return matter


def _by_verdict(o: Obligation) -> bool:
    return isinstance(o.ground.fact, VerdictReached)


def _place(entry: Entry) -> tuple[bool, datetime, int, int]:
    return entry[:4]


def _place_of_done(done: tuple[Entry, _Matter]) -> tuple[bool, datetime, int, int]:
    return done[0][:4]


def _replace(queue: list[Entry], old: Sequence[Entry], new: Sequence[Entry]) -> None:
    for entry in old:
        at = bisect_left(queue, entry[:4], key=_place)
        del queue[at]
    for entry in new:
        insort(queue, entry, key=_place)
