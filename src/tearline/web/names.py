"""What people, units, organisations, items and agreements are called on a page, as far as the reader may know it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from tearline.facts.history import Actor, History, Question, Recorded, each
from tearline.facts.identifiers import ItemId, OrganisationId, PersonId, UnitId
from tearline.facts.parties import OfficeTaken, OrganisationRegistered, PersonEnrolled, UnitFormed
from tearline.facts.release import ItemRegistered
from tearline.folds.agreements import Agreement, agreements
from tearline.folds.people import Link
from tearline.web.look import link
from tearline.web.show import is_open
from tearline.web.tongue import Tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name, and the page of what bears it."""

    name: str
    href: str

    def link(self) -> Markup:
        return link(self.name, self.href)


class Names:
    """Names from one history. What it does not tell is called by its identifier."""

    def __init__(self, history: History, say: Tongue) -> None:
        self.say = say
        self._units = {r.fact.unit: r for r in history.of(UnitFormed)}
        self._organisations = {r.fact.organisation: r for r in history.of(OrganisationRegistered)}
        self._persons = {r.fact.person: r for r in history.of(PersonEnrolled)}
        self._offices: dict[PersonId, Recorded[OfficeTaken]] = {}
        for taken in history.of(OfficeTaken):
            self._offices[taken.fact.person] = taken
        self._items = {r.fact.item: r for r in history.of(ItemRegistered)}
        self._agreements: dict[str, Agreement] = {str(k): v for k, v in agreements(history).items()}

    def unit(self, unit: str) -> Named:
        formed = self._units.get(UnitId(unit))
        return Named(name=formed.fact.name if formed else unit, href=f"/units/{unit}")

    def of_link(self, link: Link) -> Named:
        """The person or unit that a link of a chain is."""
        if link.ground is not None and hasattr(link.ground.fact, "unit"):
            return self.unit(link.who)
        is_person = link.ground is not None or link.who in self._persons
        return self.person(link.who) if is_person else self.unit(link.who)

    def organisation(self, organisation: str) -> str:
        """An organisation, or the people concerned, who are owed things too."""
        if organisation == "people":
            return self.say("the people concerned")
        registered = self._organisations.get(OrganisationId(organisation))
        return registered.fact.name if registered else organisation

    def of_unit(self, unit: str) -> str:
        """The unit with its organisation."""
        formed = self._units.get(UnitId(unit))
        return f"{formed.fact.name}, {self.organisation(formed.fact.organisation)}" if formed else unit

    def person(self, person: str) -> Named:
        return Named(name=self._description(PersonId(person)) or person, href=f"/people/{person}")

    def actor(self, by: Actor) -> Named:
        """Who acted: by name where it is open, else as what they acted."""
        named = self.person(by.person)
        if self._description(by.person):
            return named
        return Named(name=self.say(by.role), href=named.href)

    def post(self, person: str) -> str:
        """The office and unit, or else the organisation, of a person."""
        office = self._offices.get(PersonId(person))
        enrolled = self._persons.get(PersonId(person))
        if office is not None:
            title = office.fact.office.open() if is_open(office.fact.office) else ""
            unit = self.unit(office.fact.unit).name
            return f"{title} · {unit}" if title else unit
        return self.organisation(enrolled.fact.organisation) if enrolled else ""

    def item(self, item: str) -> Named:
        registered = self._items.get(ItemId(item))
        title = registered.fact.title.open() if registered and is_open(registered.fact.title) else item
        return Named(name=title, href=f"/items/{item}")

    def agreement(self, agreement: str) -> Named:
        held = self._agreements.get(agreement)
        return Named(name=held.name if held else agreement, href=f"/agreements/{agreement}")

    def _description(self, person: PersonId) -> str | None:
        enrolled = self._persons.get(person)
        if enrolled is None or not is_open(enrolled.fact.description):
            return None
        return enrolled.fact.description.open()


NAMED: Mapping[str, Sequence[str]] = {
    "unit": ("unit",),
    "item": ("item", "tearline_of"),
    "person": ("person", "superior", "recipient", "control_official"),
    "organisation": ("organisation", "decided_by", "originator", "holder", "counted_by", "overseer"),
}
"""The fields of facts that say who or what somebody is, by what it is that they name."""


@dataclass(frozen=True, slots=True)
class _Naming:
    """The fields of one kind of fact that name something: one each, or several people, or the terms of partners."""

    one: tuple[tuple[str, str], ...]
    several: tuple[str, ...]
    terms: bool


@cache
def _naming(kind: type[Any]) -> _Naming:
    return _Naming(
        tuple((name, what) for what, names in NAMED.items() for name in names if hasattr(kind, name)),
        tuple(name for name in ("recipients", "investigators") if hasattr(kind, name)),
        hasattr(kind, "terms"),
    )


def names_question(known: History) -> Question:
    """What must be read as well, to call everything in this history by its name."""
    persons = {r.by.person for r in known}
    units: set[UnitId] = set()
    organisations: set[OrganisationId] = set()
    items: set[ItemId] = set()
    into: Mapping[str, set[Any]] = {
        "unit": units,
        "item": items,
        "person": persons,
        "organisation": organisations,
    }
    for recorded in known:
        fact = recorded.fact
        kind: type[Any] = type(fact)
        naming = _naming(kind)  # type: ignore[arg-type]  # a class is hashable
        for name, what in naming.one:
            found = getattr(fact, name)
            if found.__class__ is str:  # neither None nor sealed
                into[what].add(found)
        for name in naming.several:
            persons.update(getattr(fact, name))
        if naming.terms:
            terms = getattr(fact, "terms")  # noqa: B009  it is there, and which fact has it is not asked
            organisations |= {terms.own, terms.partner, terms.overseer}
            persons |= {p for p in (terms.own_signatory, terms.partner_signatory) if p}
    return (
        each("unit", frozenset(units), (UnitFormed,))
        | each("organisation", frozenset(organisations), (OrganisationRegistered,))
        | each("person", frozenset(persons), (PersonEnrolled, OfficeTaken))
        | each("item", frozenset(items), (ItemRegistered,))
    )
