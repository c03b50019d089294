"""Who may read what: the compartments that each role opens. Whatever is not named here stays sealed.

A grant may be narrowed to a room's facts, or to what the reader recorded or registered. A worked case rests
on published sources and is open to every role but the partner's liaison officer, who sees only what was
released to their own unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tearline.facts.codec import CLOSED
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import History, Recorded, Role
from tearline.facts.identifiers import ItemId, PersonId, ReportId
from tearline.facts.reading import HARD
from tearline.facts.register import VictimReported
from tearline.facts.release import ItemRegistered
from tearline.facts.shape import record_of
from tearline.folds.whose import is_about
from tearline.projections import Projections
from tearline.signin.identity import Identity
from tearline.signin.reading import Readings, Subject

ALL = frozenset(Compartment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One compartment, opened. ``rooms`` empty: in every room. ``own``: only what the reader put on record."""

    compartment: Compartment
    rooms: frozenset[str] = frozenset()
    own: bool = False


def _grants(*compartments: Compartment) -> tuple[Grant, ...]:
    return tuple(Grant(compartment=c) for c in compartments)


GRANTS: Mapping[Role, tuple[Grant, ...]] = {
    Role.CASE_AGENT: (
        *_grants(
            Compartment.CONTENT,
            Compartment.REASONS,
            Compartment.PERSONS,
            Compartment.VERDICTS,
            Compartment.EXPOSURE,
        ),
        Grant(compartment=Compartment.SOURCE_HANDLING, own=True),
        Grant(compartment=Compartment.PEOPLE_AT_RISK, own=True),
    ),
    Role.SOURCE_HANDLER: _grants(
        Compartment.CONTENT,
        Compartment.REASONS,
        Compartment.PERSONS,
        Compartment.SOURCE_HANDLING,
        Compartment.PEOPLE_AT_RISK,
        Compartment.VERDICTS,
        Compartment.EXPOSURE,
    ),
    Role.RELEASING_OFFICER: _grants(
        Compartment.CONTENT,
        Compartment.REASONS,
        Compartment.PERSONS,
        Compartment.DOSSIERS,
        Compartment.VERDICTS,
        Compartment.EXPOSURE,
    ),
    Role.SENIOR_OFFICER: _grants(
        Compartment.CONTENT,
        Compartment.REASONS,
        Compartment.PERSONS,
        Compartment.DOSSIERS,
        Compartment.VERDICTS,
        Compartment.EXPOSURE,
    ),
    Role.VETTING_OFFICER: (
        *_grants(Compartment.PERSONS),
        Grant(compartment=Compartment.REASONS, rooms=frozenset({"parties"})),
    ),
    Role.LIAISON: _grants(Compartment.CONTENT, Compartment.PERSONS, Compartment.VERDICTS),
    Role.INVESTIGATOR: _grants(
        Compartment.CONTENT,
        Compartment.REASONS,
        Compartment.PERSONS,
        Compartment.DOSSIERS,
        Compartment.VERDICTS,
        Compartment.INVESTIGATIONS,
        Compartment.EXPOSURE,
    ),
    Role.HARM_DESK: _grants(Compartment.PEOPLE_AT_RISK, Compartment.WITNESSES, Compartment.VICTIMS),
    Role.LINKAGE_ANALYST: _grants(Compartment.VICTIMS),
    Role.ADVOCATE: (
        Grant(compartment=Compartment.WITNESSES, own=True),
        Grant(compartment=Compartment.VICTIMS, own=True),
    ),
    Role.OPERATIONS_PLANNER: _grants(Compartment.PERSONS),
    Role.OVERSEER: _grants(
        Compartment.REASONS,
        Compartment.DOSSIERS,
        Compartment.VERDICTS,
        Compartment.PERSONS,
        Compartment.INVESTIGATIONS,
        Compartment.EXPOSURE,
    ),
}
"""Deny by default: a role that is missing here opens nothing."""


@dataclass(frozen=True, slots=True)
class Access:
    """What one reader may see."""

    role: Role
    person: PersonId
    shut: frozenset[Compartment] = frozenset()
    """The compartments that stay closed although the role opens them: nobody has said yet why they read them."""
    withdrawn: frozenset[ReportId] = frozenset()
    """Reports whose people stay closed, as whoever told of them took it back: see ``testifies``."""

    others: frozenset[str] = frozenset()
    """To an advocate, the tags of reports that others took down, and of all that belongs to those (``folds.whose``)."""

    @property
    def opening(self) -> frozenset[Compartment]:
        """What must be opened to read; ``cut`` then closes what a narrowed grant does not reach."""
        return frozenset(g.compartment for g in self._grants)

    @property
    def outside(self) -> bool:
        """The partner's side: no refusal, rule, count, dissent or other recipient is for them."""
        return self.role is Role.PARTNER_LIAISON

    @property
    def inside(self) -> bool:
        """Whether this reader reads the record at all: neither the partner's side nor whoever runs the node does."""
        return self.role not in (Role.PARTNER_LIAISON, Role.ADMINISTRATOR)

    def opens(self, compartment: Compartment) -> bool:
        """Whether this reader opens the whole compartment."""
        return any(g.compartment is compartment and not g.own and not g.rooms for g in self._grants)

    @property
    def testifies(self) -> bool:
        """Whether this reader opens testimony. To everybody else, nobody is named in what was withdrawn."""
        return any(g.compartment is Compartment.WITNESSES for g in GRANTS.get(self.role, ()))

    def told_rules(self) -> bool:
        """Whether this reader is shown why: the rules, and what they read as far as its compartments are open."""
        return self.opens(Compartment.VERDICTS)

    @property
    def own_reports(self) -> bool:
        """Whether only the reports that this reader took down are there for them."""
        return self.role is Role.ADVOCATE

    def hides(self, recorded: Recorded[Fact]) -> bool:
        """Whether this fact is not there for this reader. Whoever shows a fact that ``cut`` has not seen asks this."""
        return bool(self.others) and recorded.told is None and is_about(recorded.fact, self.others)

    def cut(self, history: History) -> History:
        """The history without what is not there for this reader, and with every field closed that narrowed grants do
        not reach, or that was taken back."""
        if self.others:
            history = History(tuple(r for r in history if not self.hides(r)), history.position)
        if self.withdrawn and history.of(VictimReported):
            history = History(tuple(map(self._taken_back, history)), history.position)
        narrow = {g.compartment: g for g in self._grants if g.own or g.rooms}
        if not narrow:
            return history
        mine = {r.fact.item for r in history.of(ItemRegistered) if r.by.person == self.person}
        facts = tuple(r if r.told else self._cut(r, narrow, mine) for r in history)
        return History(facts, history.position)

    @property
    def _grants(self) -> tuple[Grant, ...]:
        return tuple(g for g in GRANTS.get(self.role, ()) if g.compartment not in self.shut)

    def waiting(self, history: History) -> frozenset[Compartment]:
        """What of the compartments that are shut this reader could open in this history."""
        granted = {g.compartment: g for g in GRANTS.get(self.role, ()) if g.compartment in self.shut}
        mine = {r.fact.item for r in history.of(ItemRegistered) if r.by.person == self.person}
        return frozenset(
            compartment
            for r in history
            if r.told is None
            for name, compartment in _sealed(type(r.fact))
            if (grant := granted.get(compartment))
            and getattr(r.fact, name) == CLOSED
            and self._reaches(grant, r, mine)
        )

    def _reaches(self, grant: Grant, recorded: Recorded[Fact], mine: set[ItemId]) -> bool:
        own = recorded.by.person == self.person or getattr(recorded.fact, "item", None) in mine
        return (own or not grant.own) and (not grant.rooms or recorded.fact.room in grant.rooms)

    def _taken_back(self, r: Recorded[Fact]) -> Recorded[Fact]:
        fact = r.fact
        if r.told or not isinstance(fact, VictimReported) or fact.report not in self.withdrawn:
            return r
        closed = {name: CLOSED for name, _ in _sealed(VictimReported) if not getattr(fact, name).purged}
        return replace(r, fact=replace(fact, **closed))  # type: ignore[arg-type]  # each is a sealed field

    def _cut(
        self, recorded: Recorded[Fact], narrow: Mapping[Compartment, Grant], mine: set[ItemId]
    ) -> Recorded[Fact]:
        closed = {
            name: CLOSED
            for name, compartment in _sealed(type(recorded.fact))
            if (grant := narrow.get(compartment))
            and not getattr(recorded.fact, name).purged
            and not self._reaches(grant, recorded, mine)
        }
        return replace(recorded, fact=replace(recorded.fact, **closed)) if closed else recorded  # type: ignore[type-var]


def _sealed(kind: type[Fact]) -> tuple[tuple[str, Compartment], ...]:
    return tuple((f.name, f.compartment) for f in record_of(kind).fields if f.compartment)


def access_of(
    readings: Readings, known: Projections, identity: Identity, subject: Subject, now: datetime
) -> Access:
    """What this reader may see of it: without the hard compartments that they have not opened, with a reason, without
    who is named in what was withdrawn, and, where only their own reports are there for them, without others'."""
    access = Access(identity.role, identity.person)
    if access.opening & HARD:
        access = replace(access, shut=readings.closed(identity, subject, now))
    if not access.testifies:
        access = replace(access, withdrawn=known.withdrawn())
    if access.own_reports:
        access = replace(access, others=known.others(identity.person))
    return access
