"""What forms offer to choose from, carried on: the live things of each kind, and those that a role dealt with last.

Nothing sealed is needed to know that a thing is on record and where; what it is called, its reader opens. Worked cases
are closed to acts: nothing of theirs is here. Not safe among threads: whoever carries it on keeps a lock.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, Role
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled, UnitFormed
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.facts.shape import record_of

KEPT = 10
"""So many that a role dealt with last are kept, of each kind."""
Among = tuple[str, str]
"""A kind of thing; of people, perhaps, those of one organisation."""
PLAYS = ("item", "unit", "release", "compromise", "operation", "adversary", "control_official")
SEVERAL = ("investigators",)
"""The parts that a thing or a person plays in an act, by the names of fields: who chooses chooses for a part."""


class Offered:
    """Each live thing by where it was put on record, the latest last."""

    def __init__(self) -> None:
        self._places: dict[Among, dict[str, int]] = {}
        self._dealt: dict[tuple[str, Role], dict[str, None]] = {}

    def take(self, r: Recorded[Fact]) -> None:
        if r.told is not None:
            return
        for among, name in _made(r.fact):
            self._places.setdefault(among, {}).setdefault(name, r.position)
        one, several = _parts(type(r.fact))  # type: ignore[arg-type]  # a class is hashable
        for part in one:
            if (name := getattr(r.fact, part)) is not None:
                self._deal(part, r.by.role, (name,))
        for part in several:
            self._deal(part, r.by.role, getattr(r.fact, part))

    def places(self, among: Among) -> Mapping[str, int]:
        """Where each was put on record. It grows: look things up in it, and do not go through it."""
        return self._places.get(among, {})

    def latest(self, among: Among, most: int) -> list[str]:
        """The last that were put on record, the latest first."""
        return list(islice(reversed(self._places.get(among, {})), most))

    def dealt(self, part: str, role: Role) -> list[str]:
        """What last played this part in acts of this role, the latest first. It need not be on offer."""
        return list(reversed(self._dealt.get((part, role), {})))

    def _deal(self, part: str, role: Role, names: Iterable[str]) -> None:
        kept = self._dealt.setdefault((part, role), {})
        for name in names:
            kept.pop(name, None)
            kept[name] = None
        while len(kept) > KEPT:
            del kept[next(iter(kept))]


def _made(fact: Fact) -> Iterator[tuple[Among, str]]:
    """The things that this fact puts on record."""
    match fact:
        case ItemRegistered(item=name, adversary=adversary):
            yield ("item", ""), name
            if adversary is not None:
                yield ("adversary", ""), adversary
        case UnitFormed(unit=unit):
            yield ("unit", ""), unit
        case OrganisationRegistered(organisation=organisation):
            yield ("organisation", ""), organisation
        case PersonEnrolled(person=person, organisation=organisation):
            yield ("person", ""), person
            yield ("person", organisation), person
        case ItemReleased(release=release) | DisclosureRecorded(release=release):
            yield ("release", ""), release
        case CompromiseReported(compromise=compromise):
            yield ("compromise", ""), compromise
        case OperationDeclared(operation=operation):
            yield ("operation", ""), operation


@cache
def _parts(kind: type[Fact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = {one.name for one in record_of(kind).fields if one.compartment is None}
    return tuple(p for p in PLAYS if p in names), tuple(p for p in SEVERAL if p in names)
