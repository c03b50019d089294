"""What forms offer to choose from, and how each thing is told from others: its name, its parties, its day."""

from collections.abc import Iterable, Sequence

from tearline.facts.history import History
from tearline.facts.identifiers import OrganisationId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import PersonEnrolled, UnitFormed
from tearline.facts.release import ItemRegistered
from tearline.folds.offered import Among
from tearline.folds.release import releases_of
from tearline.web.choosing import Listed, Naming, Offer, OnRecord
from tearline.web.names import Names
from tearline.web.visit import Visit

MOST_ADVERSARIES = 2_000


def items(visit: Visit, part: str = "item") -> OnRecord:
    return _on_record(visit, ("item", ""), part, _items)


def units(visit: Visit, part: str = "unit") -> OnRecord:
    return _on_record(visit, ("unit", ""), part, _units, named_openly=True)


def people(visit: Visit, part: str, of: OrganisationId | None = None) -> OnRecord:
    """Everybody on record, or everybody of one organisation."""
    return _on_record(visit, ("person", of or ""), part, _people)


def releases(visit: Visit) -> OnRecord:
    return _on_record(visit, ("release", ""), "release", _releases)


def compromises(visit: Visit) -> OnRecord:
    return _on_record(visit, ("compromise", ""), "compromise", _compromises)


def operations(visit: Visit) -> OnRecord:
    return _on_record(visit, ("operation", ""), "operation", _operations, named_openly=True)


def _on_record(
    visit: Visit, among: Among, part: str, naming: Naming, *, named_openly: bool = False
) -> OnRecord:
    return OnRecord(
        visit=visit,
        among=among,
        places=visit.projections.places(among),
        part=part,
        naming=naming,
        named_openly=named_openly,
    )


def adversaries(visit: Visit) -> Listed:
    """By their identifiers alone: those that the role dealt with last, then those named last in an item."""
    among, projections = ("adversary", ""), visit.projections
    latest = projections.latest(among, MOST_ADVERSARIES)
    dealt = [name for name in projections.dealt("adversary", visit.role) if name in projections.places(among)]
    return Listed(offers=[Offer(value=name, words=name) for name in dict.fromkeys((*dealt, *latest))])


def _read(visit: Visit, **names: Iterable[str]) -> History:
    """The facts that put these things on record, by their kinds."""
    places: set[int] = set()
    for kind, some in names.items():
        known = visit.projections.places((kind, ""))
        places.update(known[name] for name in some if name in known)
    return visit.read_at(sorted(places))


def _named(visit: Visit, *read: History) -> Names:
    return Names(History(tuple(r for history in read for r in history.facts)), visit.say)


def _note(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _unless(name: str, identifier: str) -> str | None:
    """The identifier, where the name is another one."""
    return None if name == identifier else identifier


def _items(visit: Visit, values: Sequence[str]) -> list[Offer]:
    known = _read(visit, item=values)
    found = {r.fact.item: r for r in known.of(ItemRegistered)}
    names = _named(visit, known, _read(visit, organisation={r.fact.originator for r in found.values()}))
    offers = []
    for item in (one for one in values if one in found):
        recorded = found[item]  # type: ignore[index]  # by the identifier's text
        name = names.item(item).name
        note = _note(
            visit.say.day(recorded.recorded_at),
            names.organisation(recorded.fact.originator),
            recorded.fact.adversary,
            _unless(name, item),
        )
        offers.append(Offer(value=item, words=name, note=note))
    return offers


def _units(visit: Visit, values: Sequence[str]) -> list[Offer]:
    known = _read(visit, unit=values)
    found = {str(r.fact.unit): r.fact for r in known.of(UnitFormed)}
    names = _named(visit, known, _read(visit, organisation={f.organisation for f in found.values()}))
    return [
        Offer(value=one, words=found[one].name, note=_note(names.organisation(found[one].organisation), one))
        for one in values
        if one in found
    ]


def _people(visit: Visit, values: Sequence[str]) -> list[Offer]:
    known = _read(visit, person=values)
    found = {str(r.fact.person): r.fact for r in known.of(PersonEnrolled)}
    names = _named(visit, known, _read(visit, organisation={f.organisation for f in found.values()}))
    offers = []
    for person in (one for one in values if one in found):
        name = names.person(person).name
        note = _note(names.organisation(found[person].organisation), _unless(name, person))
        offers.append(Offer(value=person, words=name, note=note))
    return offers


def _releases(visit: Visit, values: Sequence[str]) -> list[Offer]:
    known = _read(visit, release=values)
    found = {str(r.fact.release): r for r in releases_of(known)}
    given = [r.fact for r in found.values()]
    names = _named(visit, _read(visit, item={f.item for f in given}, unit={f.unit for f in given}))
    return [
        Offer(
            value=one,
            words=names.item(found[one].fact.item).name,
            note=_note(visit.say.happened(found[one]), names.unit(found[one].fact.unit).name, one),
        )
        for one in values
        if one in found
    ]


def _compromises(visit: Visit, values: Sequence[str]) -> list[Offer]:
    known = _read(visit, compromise=values)
    found = {str(r.fact.compromise): r for r in known.of(CompromiseReported)}
    names = _named(visit, _read(visit, item={r.fact.item for r in found.values()}))
    return [
        Offer(
            value=one,
            words=names.item(found[one].fact.item).name,
            note=_note(visit.say.happened(found[one]), visit.say(found[one].fact.sure), one),
        )
        for one in values
        if one in found
    ]


def _operations(visit: Visit, values: Sequence[str]) -> list[Offer]:
    found = {str(r.fact.operation): r for r in _read(visit, operation=values).of(OperationDeclared)}
    return [
        Offer(
            value=one,
            words=found[one].fact.name,
            note=_note(visit.say.day(found[one].happened_at), found[one].fact.place, one),
        )
        for one in values
        if one in found
    ]
