"""Who stood where at an instant, and the weakest link above each person.

The status of a person is the worst of their own vetting, that of every superior up to the signatory, and
that of their unit. A pass is ``cleared`` and in date; everything else, a missing vetting included, is worse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import AllegationId, OrganisationId, PersonId, UnitId
from tearline.facts.leaks import CooperationEnded, CooperationSuspended, SuspensionLifted
from tearline.facts.parties import (
    AllegationAssessed,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    CourseHeld,
    JusticeStepsFound,
    OfficeLeft,
    OfficeTaken,
    Outcome,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.facts.words import Worded
from tearline.folds.latest import latest, seconded

PERSON_KINDS: Sequence[type[Fact]] = (
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    OfficeTaken,
    OfficeLeft,
    CourseHeld,
)
UNIT_KINDS: Sequence[type[Fact]] = (
    UnitFormed,
    UnitStoodDown,
    UnitVettingDecided,
    AllegationRecorded,
    AllegationAssessed,
    JusticeStepsFound,
    CooperationSuspended,
    SuspensionLifted,
    CooperationEnded,
)
ALLEGATION_KINDS: Sequence[type[Fact]] = (AllegationRecorded, AllegationAssessed)


class Status(Worded):
    """From best to worst; the order of declaration is the order of severity."""

    CLEARED = "cleared", "cleared", "apto"
    LAPSED = "lapsed", "vetting lapsed", "evaluación vencida"
    PENDING = "pending", "vetting pending", "evaluación pendiente"
    UNKNOWN = "unknown", "no vetting on record", "sin evaluación registrada"
    DECLINED = "declined", "declined to be vetted", "declinó ser evaluado"
    EXEMPT = "exempt", "unvetted: exempt", "sin evaluar: exento"
    REFUSED = "refused", "vetting refused", "evaluación negada"
    WITHDRAWN = "withdrawn", "clearance withdrawn", "aptitud retirada"
    FAILED = "failed", "failed vetting", "no apto"
    STOOD_DOWN = "stood-down", "unit stood down", "unidad dada de baja"
    SUSPENDED = "suspended", "cooperation suspended", "cooperación suspendida"
    ENDED = "ended", "cooperation ended", "cooperación terminada"

    @property
    def severity(self) -> int:
        return _SEVERITY[self]


_WORSENING = (AllegationStanding.OPEN, AllegationStanding.CREDIBLE, AllegationStanding.SUBSTANTIATED)
_SEVERITY = {status: n for n, status in enumerate(Status)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One person or unit in a chain, with its own status and the fact that gives it."""

    who: str
    status: Status
    ground: Recorded[PersonVettingDecided] | Recorded[UnitVettingDecided] | Recorded[Fact] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allegation:
    """What is alleged, how it stands now, and what was found of steps to justice, if anything was."""

    recorded: Recorded[AllegationRecorded]
    standing: AllegationStanding
    justice: Recorded[JusticeStepsFound] | None = None

    @property
    def kind(self) -> AllegationKind:
        return self.recorded.fact.kind


class People:
    """Persons, units and superiors as they stood at ``at``, from facts claimed to have happened by then."""

    def __init__(self, history: History, at: datetime) -> None:
        self.at = at
        self.enrolled = {r.fact.person: r for r in history.of(PersonEnrolled) if r.happened_at <= at}
        self.formed = {r.fact.unit: r for r in history.of(UnitFormed) if r.happened_at <= at}
        self.vetted: dict[PersonId, Recorded[PersonVettingDecided]] = {}
        for vetting in history.of(PersonVettingDecided):
            if vetting.happened_at <= at and _later(vetting, self.vetted.get(vetting.fact.person)):
                self.vetted[vetting.fact.person] = vetting
        self.unit_vetted: dict[UnitId, Recorded[UnitVettingDecided]] = {}
        for vetted in history.of(UnitVettingDecided):
            if vetted.happened_at <= at and _later(vetted, self.unit_vetted.get(vetted.fact.unit)):
                self.unit_vetted[vetted.fact.unit] = vetted
        self.named: dict[PersonId, Recorded[SuperiorNamed]] = {}
        for named in history.of(SuperiorNamed):
            if named.happened_at <= at and _later(named, self.named.get(named.fact.person)):
                self.named[named.fact.person] = named
        lifted = {r.fact.suspension for r in history.of(SuspensionLifted) if r.happened_at <= at}
        self.suspended = {
            r.fact.unit: r
            for r in history.of(CooperationSuspended)
            if r.happened_at <= at and r.fact.suspension not in lifted
        }
        self.ended = {r.fact.unit: r for r in history.of(CooperationEnded) if r.happened_at <= at}
        self.stood_down = {r.fact.unit: r for r in history.of(UnitStoodDown) if r.happened_at <= at}
        self.offices = _offices(history, at)
        self.trained = _trained(history, at)
        self.allegations = _allegations(history, at)

    def superior(self, person: PersonId) -> PersonId | None:
        named = self.named.get(person)
        return named.fact.superior if named else None

    def above(self, person: PersonId) -> list[PersonId]:
        """Superiors from the nearest upwards. A circle ends where it closes."""
        chain: list[PersonId] = []
        seen = {person}
        superior = self.superior(person)
        while superior is not None and superior not in seen:
            chain.append(superior)
            seen.add(superior)
            superior = self.superior(superior)
        return chain

    def own_link(self, person: PersonId) -> Link:
        """The person's own vetting, whoever stands above."""
        vetting = self.vetted.get(person)
        if vetting is None:
            return Link(who=person, status=Status.UNKNOWN, ground=None)
        return Link(who=person, status=_in_date(vetting.fact, self.at), ground=vetting)

    def unit_link(self, unit: UnitId) -> Link:
        if unit in self.ended:
            return Link(who=unit, status=Status.ENDED, ground=self.ended[unit])
        if unit in self.suspended:
            return Link(who=unit, status=Status.SUSPENDED, ground=self.suspended[unit])
        if unit in self.stood_down:
            return Link(who=unit, status=Status.STOOD_DOWN, ground=self.stood_down[unit])
        vetting = self.unit_vetted.get(unit)
        if vetting is None:
            return Link(who=unit, status=Status.UNKNOWN, ground=None)
        return Link(who=unit, status=_in_date(vetting.fact, self.at), ground=vetting)

    def links(self, person: PersonId, *, up_to: PersonId | None = None) -> list[Link]:
        """Self, every superior up to the signatory (or the top), and the unit."""
        chain = [person, *self.above(person)]
        if up_to in chain:
            chain = chain[: chain.index(up_to) + 1]
        links = [self.own_link(p) for p in chain]
        office = self.offices.get(person)
        return [*links, self.unit_link(office.fact.unit)] if office else links

    def weakest(self, person: PersonId, *, up_to: PersonId | None = None) -> Link:
        """The link that decides the person's status. Of equals, the highest: nobody stands above it."""
        links = self.links(person, up_to=up_to)
        return max(reversed(links), key=lambda link: link.status.severity)

    def violation(self, unit: UnitId) -> AllegationStanding | None:
        """The worst that stands of a gross violation alleged against this unit; None where nothing does."""
        standing = [
            a.standing
            for a in self.allegations.get(unit, ())
            if a.kind is AllegationKind.GROSS_VIOLATION and a.standing is not AllegationStanding.UNFOUNDED
        ]
        return max(standing, key=_WORSENING.index, default=None)

    def members(self, unit: UnitId) -> list[PersonId]:
        return [p for p, office in self.offices.items() if office.fact.unit == unit]

    def organisation_of(self, unit: UnitId) -> OrganisationId | None:
        formed = self.formed.get(unit)
        return formed.fact.organisation if formed else None


def people_question(persons: Iterable[PersonId], units: Iterable[UnitId]) -> Question:
    """All facts that can change who these people and units are or how they stand."""
    return each("person", frozenset(persons), PERSON_KINDS) | each("unit", frozenset(units), UNIT_KINDS)


def upwards(history: History, persons: Iterable[PersonId]) -> frozenset[PersonId]:
    """These persons and everyone known so far above them, at any time: the next question's reach."""
    superiors = history.folded(_superiors)
    reached: set[PersonId] = set()
    rest = list(persons)
    while rest:
        person = rest.pop()
        if person not in reached:
            reached.add(person)
            rest.extend(superiors.get(person, ()))
    return frozenset(reached)


def _superiors(history: History) -> dict[PersonId, set[PersonId]]:
    superiors: dict[PersonId, set[PersonId]] = {}
    for named in history.of(SuperiorNamed):
        superiors.setdefault(named.fact.person, set()).add(named.fact.superior)
    return superiors


def serving_question(known: History, persons: frozenset[PersonId]) -> Question:
    """What is alleged of the units in which these people serve or served, as far as is known: no more about them.

    Which of them counts depends on when it is asked; so every unit in which they ever took office is in it.
    """
    units = {r.fact.unit for r in known.of(OfficeTaken) if r.fact.person in persons}
    return each("unit", frozenset(units), ALLEGATION_KINDS)


def unit_members_question(unit: UnitId) -> Question:
    return about(f"unit:{unit}", kinds=(OfficeTaken, OfficeLeft))


def _later(new: Recorded[Fact], old: Recorded[Fact] | None) -> bool:
    return old is None or new.happened_at >= old.happened_at


def _in_date(vetting: PersonVettingDecided | UnitVettingDecided, at: datetime) -> Status:
    if vetting.outcome is not Outcome.CLEARED:
        return Status(str(vetting.outcome.value))
    if vetting.valid_until is None or vetting.valid_until <= at:
        return Status.LAPSED
    return Status.CLEARED


def _offices(history: History, at: datetime) -> dict[PersonId, Recorded[OfficeTaken]]:
    """The latest office of each person, unless it was left since. Of two acts at one instant, the ledger's order."""
    offices: dict[PersonId, Recorded[OfficeTaken]] = {}
    left: dict[tuple[PersonId, UnitId], Recorded[OfficeLeft]] = {}
    for leaving in history.of(OfficeLeft):
        key = (leaving.fact.person, leaving.fact.unit)
        if leaving.happened_at <= at and _later(leaving, left.get(key)):
            left[key] = leaving
    for taken in history.of(OfficeTaken):
        if taken.happened_at <= at and _later(taken, offices.get(taken.fact.person)):
            offices[taken.fact.person] = taken
    for person, held in list(offices.items()):
        gone = left.get((person, held.fact.unit))
        if gone and (gone.happened_at, gone.position) > (held.happened_at, held.position):
            del offices[person]
    return offices


def _worse(standing: AllegationStanding) -> int:
    return _WORSENING.index(standing) if standing in _WORSENING else -1


def _trained(history: History, at: datetime) -> dict[PersonId, datetime]:
    trained: dict[PersonId, datetime] = {}
    for course in history.of(CourseHeld):
        until = course.fact.valid_until
        if course.happened_at <= at and until is not None:
            for person in course.fact.persons:
                trained[person] = max(until, trained.get(person, until))
    return trained


def _clears(fact: AllegationAssessed) -> bool:
    return fact.standing is AllegationStanding.UNFOUNDED


def _allegations(history: History, at: datetime) -> dict[UnitId, list[Allegation]]:
    assessed: dict[AllegationId, list[Recorded[AllegationAssessed]]] = {}
    for assessment in history.of(AllegationAssessed):
        if assessment.happened_at <= at:
            assessed.setdefault(assessment.fact.allegation, []).append(assessment)
    justice: dict[AllegationId, list[Recorded[JusticeStepsFound]]] = {}
    for found in history.of(JusticeStepsFound):
        if found.happened_at <= at:
            justice.setdefault(found.fact.allegation, []).append(found)
    allegations: dict[UnitId, list[Allegation]] = {}
    for r in history.of(AllegationRecorded):
        if r.happened_at <= at:
            of_it = seconded(assessed.get(r.fact.allegation, ()), _clears)
            standing = latest(of_it, lambda fact: _worse(fact.standing))
            now = standing.fact.standing if standing else r.fact.standing
            of_steps = seconded(justice.get(r.fact.allegation, ()), lambda fact: fact.effective)
            steps = latest(of_steps, lambda fact: not fact.effective)
            allegations.setdefault(r.fact.unit, []).append(
                Allegation(recorded=r, standing=now, justice=steps)
            )
    return allegations
