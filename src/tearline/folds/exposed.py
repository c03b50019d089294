"""The exposure set of an item: everyone who could have told it, each with the facts that say so.

Those who were given it or its whole, whoever served in their unit since, everyone above them up to the signatory,
whether vetted, exempt or neither, whoever carried it between the sides; and on our own side whoever put it on record,
worked on it, asked for, signed or made a release, or opened it to read. A tearline version tells nothing of its whole,
so that the set of an item takes in what it was drawn from and not what was drawn from it.

It is made of facts alone, and is no estimate. Who looked over a shoulder, and who runs a link that nobody recorded, no
fact tells: ``unlogged`` readers are the exposure model's to allow for.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, Role, each
from tearline.facts.identifiers import AgreementId, ItemId, PersonId, UnitId
from tearline.facts.parties import OfficeLeft, OfficeTaken, PersonEnrolled, SuperiorNamed
from tearline.facts.reading import SealedFieldsRead
from tearline.facts.release import (
    DisclosureRecorded,
    DissentAnswered,
    DissentRecorded,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    ReleaseSignedOff,
    SourceWarned,
    SourceWarningAnswered,
)
from tearline.facts.screening import (
    EuropolCodesSet,
    ItemScreened,
    OriginatorAnswered,
    SourceContactApproved,
    SourceStandingStated,
)
from tearline.facts.warnings import ThreatAssessed
from tearline.facts.words import Worded
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.people import upwards
from tearline.folds.release import Given, lineage, releases_by_item

HANDLED: Sequence[type[Fact]] = (
    KnowersListed,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    SourceWarned,
    SourceWarningAnswered,
    DissentRecorded,
    DissentAnswered,
    ItemScreened,
    EuropolCodesSet,
    OriginatorAnswered,
    SourceStandingStated,
    SourceContactApproved,
    ThreatAssessed,
)
"""What nobody records of an item whom it was not open to. A warning of people is left out: anyone gives one."""
GIVEN: Sequence[type[Fact]] = (ItemReleased, DisclosureRecorded)
SERVING: Sequence[type[Fact]] = (OfficeTaken, OfficeLeft)


class Ground(Worded):
    """Why somebody is in the set; the order is that of their closeness to the item."""

    GIVEN = "given", "was given it", "lo recibió"
    REGISTERED = "registered", "put it on record", "lo registró"
    HANDLED = "handled", "worked on it", "trabajó en él"
    ASKED = "asked", "asked for it to be released", "solicitó divulgarlo"
    SIGNED = "signed", "signed its release", "firmó su divulgación"
    RELEASED = "released", "released or disclosed it", "lo divulgó"
    CARRIED = "carried", "carried it between the two sides", "lo llevó entre ambas partes"
    READ = "read", "opened it to read", "lo abrió para leerlo"
    MEMBER = "member", "served in a unit that was given it", "sirvió en una unidad que lo recibió"
    SUPERIOR = "superior", "commands somebody who could see it", "manda a quien pudo verlo"
    SIGNATORY = (
        "signatory",
        "commands them, as signatory of the agreement",
        "los manda, como firmante del acuerdo",
    )


_CLOSENESS = {ground: n for n, ground in enumerate(Ground)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One ground, the fact that it rests on, and from when. ``through``: the person below, of a superior."""

    ground: Ground
    fact: Recorded[Fact]
    since: datetime
    through: PersonId | None = None
    unit: UnitId | None = None
    """The unit that was given it, where it came by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """One person, and every way in which they could have known; the closest first."""

    person: PersonId
    ways: tuple[Way, ...]

    @property
    def since(self) -> datetime:
        """From when they could have known at the earliest."""
        return min(way.since for way in self.ways)

    @property
    def ground(self) -> Ground:
        return self.ways[0].ground

    @property
    def units(self) -> tuple[UnitId, ...]:
        """The units by which it came to them: those whose suspension a finding against them concerns."""
        return tuple(sorted({way.unit for way in self.ways if way.unit is not None}))

    @property
    def own(self) -> bool:
        """Whether they could know it with nobody having been given it."""
        return any(way.unit is None for way in self.ways)


def asks_exposed(known: History, item: ItemId) -> Question:
    """Every fact that can change the exposure set of an item; ask until it no longer widens."""
    return asks_all_exposed(known, (item,))


def asks_all_exposed(known: History, several: Iterable[ItemId]) -> Question:
    """The same of several items, in one question."""
    items = frozenset(one for item in several for one in lineage(known, item))
    asked = each("item", items, (ItemRegistered, *HANDLED, *GIVEN, ReleaseRequested))
    asked |= each("item", items, (SealedFieldsRead,))
    requests = frozenset(r.fact.request for r in known.of(ReleaseRequested) if r.fact.item in items)
    asked |= each("request", requests, (ReleaseSignedOff,))
    given = _given(known, items)
    units = frozenset(r.fact.unit for r in given)
    asked |= each("unit", units, SERVING)
    named: set[AgreementId] = {r.fact.agreement for r in given if r.fact.agreement}
    asked |= each("agreement", frozenset(named), AGREEMENT_KINDS)
    people = upwards(known, _first(known, items))
    return asked | each("person", people, (PersonEnrolled, SuperiorNamed, *SERVING))


def _first(known: History, items: frozenset[ItemId]) -> set[PersonId]:
    """Everyone but superiors, whenever they had a part."""
    found = {person for r in _given(known, items) for person in r.fact.recipients}
    found |= {r.by.person for kind in (*HANDLED, *GIVEN, *_OWN) for r in known.of(kind) if _by_a_person(r)}
    return found | {r.fact.person for r in known.of(OfficeTaken)}


_OWN: Sequence[type[Fact]] = (ItemRegistered, ReleaseRequested, ReleaseSignedOff, SealedFieldsRead)


def exposure_set(history: History, item: ItemId, until: datetime) -> tuple[Exposed, ...]:
    """Everyone who could have told it by ``until``, those of whom the record knows; the closest first.

    As known at an instant: hand over ``history.as_known(then)``.
    """
    items = frozenset(lineage(history, item))
    ways: dict[PersonId, list[Way]] = {}
    for person, way in (*_recipients(history, items, until), *_own_side(history, items, until)):
        ways.setdefault(person, []).append(way)
    for person, way in _above(history, ways, until):
        ways.setdefault(person, []).append(way)
    found = [
        Exposed(person=person, ways=tuple(sorted(of_them, key=lambda w: (_CLOSENESS[w.ground], w.since))))
        for person, of_them in ways.items()
    ]
    return tuple(sorted(found, key=lambda e: (_CLOSENESS[e.ground], e.since, e.person)))


def could_reach(
    exposed: Iterable[Exposed], release: Recorded[ItemReleased], recipient: PersonId
) -> tuple[PersonId, ...]:
    """Everyone of the set who could reach this recipient's copy of a release, the recipient first.

    It lay in their unit: whoever was given anything of it there, served there since, or commands one of these; and it
    went through the hands of whoever released and carried it. Those who had the item on our own side had no copy.
    """
    near = [
        one.person
        for one in exposed
        if any(way.unit == release.fact.unit or way.fact.position == release.position for way in one.ways)
    ]
    return tuple(dict.fromkeys([recipient, *near]))


Found = Iterator[tuple[PersonId, Way]]


def _given(history: History, items: frozenset[ItemId]) -> list[Given]:
    """Releases of these items, in the order of the ledger."""
    by_item = history.folded(releases_by_item)
    return sorted((r for item in items for r in by_item.get(item, ())), key=lambda r: r.position)


def _recipients(history: History, items: frozenset[ItemId], until: datetime) -> Found:
    for r in _given(history, items):
        if r.happened_at > until:
            continue
        for person in r.fact.recipients:
            yield person, Way(ground=Ground.GIVEN, fact=r, since=r.happened_at, unit=r.fact.unit)
        for taken, since in _serving(history, r.fact.unit, r.happened_at, until):
            yield taken.fact.person, Way(ground=Ground.MEMBER, fact=taken, since=since, unit=r.fact.unit)


def _serving(
    history: History, unit: UnitId, given: datetime, until: datetime
) -> Iterator[tuple[Recorded[OfficeTaken], datetime]]:
    """The offices in a unit that were held at some time from the giving until then, and since when with the item."""
    for taken in history.folded(_taken).get(unit, ()):
        if taken.happened_at <= until:
            ends = _left(history, taken)
            if ends is None or ends > given:
                yield taken, max(taken.happened_at, given)


def _left(history: History, taken: Recorded[OfficeTaken]) -> datetime | None:
    """When this office was left, or another taken in its place."""
    ends: list[datetime] = []
    for r in history.folded(_moves).get(taken.fact.person, ()):
        same = r.fact.unit == taken.fact.unit
        if _later(r, taken) and same == isinstance(r.fact, OfficeLeft):
            ends.append(r.happened_at)
    return min(ends, default=None)


def _taken(history: History) -> dict[UnitId, list[Recorded[OfficeTaken]]]:
    """Offices by unit."""
    found: dict[UnitId, list[Recorded[OfficeTaken]]] = {}
    for taken in history.of(OfficeTaken):
        found.setdefault(taken.fact.unit, []).append(taken)
    return found


def _moves(history: History) -> dict[PersonId, list[Recorded[OfficeTaken] | Recorded[OfficeLeft]]]:
    """Offices taken and left, by person."""
    found: dict[PersonId, list[Recorded[OfficeTaken] | Recorded[OfficeLeft]]] = {}
    for taken in history.of(OfficeTaken):
        found.setdefault(taken.fact.person, []).append(taken)
    for left in history.of(OfficeLeft):
        found.setdefault(left.fact.person, []).append(left)
    return found


def _later(one: Recorded[Fact], other: Recorded[Fact]) -> bool:
    return (one.happened_at, one.position) > (other.happened_at, other.position)


def _own_side(history: History, items: frozenset[ItemId], until: datetime) -> Found:
    requests = {r.fact.request for r in history.of(ReleaseRequested) if r.fact.item in items}
    touched = history.folded(_touched)
    keys: list[str] = [*items, *requests]
    by_place = {n: r for key in keys for n, r in touched.get(key, ())}
    for _, r in sorted(by_place.items()):
        if r.happened_at > until:
            continue
        about_it = getattr(r.fact, "item", None) in items
        ground: Ground | None = None
        match r.fact:
            case ItemRegistered() if about_it:
                ground = Ground.REGISTERED
            case ReleaseRequested() if about_it:
                ground = Ground.ASKED
            case ReleaseSignedOff(request=request) if request in requests:
                ground = Ground.SIGNED
            case ItemReleased() | DisclosureRecorded() if about_it:
                ground = Ground.RELEASED
            case SealedFieldsRead(items=read) if items.intersection(read):
                ground = Ground.READ
            case fact if about_it and isinstance(fact, tuple(HANDLED)):
                ground = Ground.HANDLED
        if ground is not None:
            yield r.by.person, Way(ground=ground, fact=r, since=r.happened_at)
            if r.by.role is Role.LIAISON:
                yield r.by.person, Way(ground=Ground.CARRIED, fact=r, since=r.happened_at)


def _touched(history: History) -> dict[str, list[tuple[int, Recorded[Fact]]]]:
    """What people recorded of each item, and for which request they signed, each with its place in the history."""
    found: dict[str, list[tuple[int, Recorded[Fact]]]] = {}
    for n, r in enumerate(history):
        about_it: tuple[str, ...] = ()
        match r.fact:
            case SealedFieldsRead(items=read):
                about_it = tuple(set(read))
            case ReleaseSignedOff(request=request):
                about_it = (request,)
            case ItemRegistered() | ReleaseRequested() | ItemReleased() | DisclosureRecorded():
                about_it = (r.fact.item,)
            case fact if isinstance(fact, tuple(HANDLED)):
                about_it = tuple({item} if (item := getattr(fact, "item", None)) else ())
        if about_it and _by_a_person(r):
            for one in about_it:
                found.setdefault(one, []).append((n, r))
    return found


def _by_a_person(r: Recorded[Fact]) -> bool:
    """Not by rule, and not by the chronicler of a case, who stands for everybody in it."""
    return r.by.role not in (Role.NODE, Role.CHRONICLER)


def _above(history: History, ways: dict[PersonId, list[Way]], until: datetime) -> Found:
    """Everyone who commanded one of these since that one could have known it, up to the signatory.

    The earliest first, so that each stands with the earliest time at which it could have been asked of those below.
    """
    tops = _signatories(history, ways)
    named_by_person = history.folded(_named)
    rest = [
        (way.since, person, way.unit or UnitId("")) for person, of_them in ways.items() for way in of_them
    ]
    heapq.heapify(rest)
    climbed: set[tuple[PersonId, UnitId]] = set()
    while rest:
        since, person, unit = heapq.heappop(rest)
        if (person, unit) in climbed or person in tops:
            continue
        climbed.add((person, unit))
        by_then = (named for named in named_by_person.get(person, ()) if named.happened_at <= until)
        for named in _in_force(by_then, since):
            above, then = named.fact.superior, max(since, named.happened_at)
            ground = Ground.SIGNATORY if above in tops else Ground.SUPERIOR
            yield above, Way(ground=ground, fact=named, since=then, through=person, unit=unit or None)
            heapq.heappush(rest, (then, above, unit))


def _named(history: History) -> dict[PersonId, list[Recorded[SuperiorNamed]]]:
    """Who was said to command whom, by the person below."""
    found: dict[PersonId, list[Recorded[SuperiorNamed]]] = {}
    for named in history.of(SuperiorNamed):
        found.setdefault(named.fact.person, []).append(named)
    return found


def _in_force(named: Iterable[Recorded[SuperiorNamed]], since: datetime) -> list[Recorded[SuperiorNamed]]:
    """Those that said who commands a person at ``since`` or later."""
    ordered = sorted(named, key=lambda r: (r.happened_at, r.position))
    standing = [r for r in ordered if r.happened_at <= since][-1:]
    return [*standing, *(r for r in ordered if r.happened_at > since)]


def _signatories(history: History, ways: dict[PersonId, list[Way]]) -> frozenset[PersonId]:
    """Above whom nobody is reckoned: those who signed, for either side, the agreements under which it was given."""
    given = {w.fact.position: w.fact.fact for of_them in ways.values() for w in of_them}
    named = {f.agreement for f in given.values() if isinstance(f, ItemReleased | DisclosureRecorded)}
    found: set[PersonId | None] = set()
    for name, held in agreements(history).items():
        if name in named:
            found |= {held.terms.own_signatory, held.terms.partner_signatory}
    return frozenset(person for person in found if person is not None)
