"""The account of a joint operation, and the counts of harm side by side.

An account puts what was planned beside what is in being, each figure beside who counted it and whether it is
credited to the operation, and results beside tolls. It ends with what cannot be said on this record, above all
that *after* is not *because* where no controls were declared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tearline.facts.fact import Fact
from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import CompromiseId, OperationId, OrganisationId, UnitId
from tearline.facts.operations import (
    AccountRendered,
    CaveatDeclared,
    DisplacementNoted,
    EffectClaimed,
    Measure,
    MeasurePlanned,
    OperationDeclared,
    PostKind,
    PostOpened,
    ResultCounted,
    TollRecorded,
)
from tearline.facts.parties import (
    AgreementSigned,
    AllegationAssessed,
    AllegationRecorded,
    CourseHeld,
    OrganisationRegistered,
    ProtocolAppliedInHindsight,
    UnitFormed,
    UnitStoodDown,
)
from tearline.facts.protocols import ProtocolAdopted
from tearline.facts.words import Words
from tearline.folds import unsaid
from tearline.folds.agreements import AGREEMENT_KINDS, Agreement, agreements
from tearline.folds.people import Allegation, People

F = TypeVar("F", bound=Fact)

OPERATION_KINDS: Sequence[type[Fact]] = (
    OperationDeclared,
    MeasurePlanned,
    PostOpened,
    ResultCounted,
    TollRecorded,
    DisplacementNoted,
    EffectClaimed,
    AccountRendered,
    HarmReported,
    CountDocumented,
)
PARTNER_KINDS: Sequence[type[Fact]] = (
    OrganisationRegistered,
    UnitFormed,
    CaveatDeclared,
    AgreementSigned,
    ProtocolAppliedInHindsight,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A measure as it was stated, and how much of it is in being; None where nothing on record counts it."""

    measure: Recorded[MeasurePlanned]
    in_being: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manned:
    """Posts of one kind that one partner mans."""

    kind: PostKind
    organisation: OrganisationId
    posts: tuple[Recorded[PostOpened], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A unit on a partner's side of the border that was stood down before the operation began."""

    unit: Recorded[UnitFormed]
    stood_down: Recorded[UnitStoodDown]
    allegations: tuple[Allegation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One operation in one table. ``names`` has every organisation that the account mentions."""

    operation: Recorded[OperationDeclared]
    names: Mapping[OrganisationId, str]
    agreements: tuple[Agreement, ...]
    caveats: tuple[Recorded[CaveatDeclared], ...]
    planned: tuple[Planned, ...]
    posts: tuple[Manned, ...]
    training: tuple[Recorded[CourseHeld], ...]
    results: tuple[Recorded[ResultCounted], ...]
    tolls: tuple[Recorded[TollRecorded], ...]
    displacements: tuple[Recorded[DisplacementNoted], ...]
    claims: tuple[Recorded[EffectClaimed], ...]
    harm: tuple[Recorded[HarmReported], ...]
    counts: tuple[Recorded[CountDocumented], ...]
    earlier: tuple[Earlier, ...]
    rendered: tuple[Recorded[AccountRendered], ...]

    @property
    def cannot_say(self) -> list[Words]:
        """What this record does not show, a sentence each."""
        return _cannot_say(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What bodies have counted after one compromise, lowest first. They are never added up or averaged."""

    compromise: CompromiseId
    counts: tuple[Recorded[CountDocumented], ...]

    @property
    def cannot_say(self) -> list[Words]:
        return list(unsaid.of_counts(self.counts))


def account_question(known: History, operation: OperationId) -> Question:
    """All facts that the account is made of, as far as ``known`` reaches; ask until it no longer widens."""
    asked = about(f"operation:{operation}", kinds=OPERATION_KINDS)
    declared = _declared(known, operation)
    if declared is None:
        return asked
    partners = declared.fact.organisations
    counters = {r.fact.counted_by for r in known.of(ResultCounted)}
    counters |= {r.fact.organisation for r in known.of(UnitFormed)}
    asked |= each("organisation", partners, PARTNER_KINDS)
    asked |= each("organisation", frozenset(counters), (OrganisationRegistered,))
    if declared.fact.agreement:
        asked |= about(f"agreement:{declared.fact.agreement}", kinds=AGREEMENT_KINDS)
    asked |= each(
        "agreement", frozenset(r.fact.agreement for r in known.of(AgreementSigned)), (ProtocolAdopted,)
    )
    units = {r.fact.unit for r in known.of(UnitFormed)}
    asked |= each("unit", frozenset(units), (CourseHeld,))
    stood_down = {r.fact.unit for r in known.of(UnitStoodDown)}
    asked |= each("unit", frozenset(stood_down), (UnitFormed, AllegationRecorded, AllegationAssessed))
    return asked | about(kinds=(UnitStoodDown,))


def account(history: History, operation: OperationId) -> Account | None:
    """The account of this operation from these facts; None where it was never declared."""
    declared = _declared(history, operation)
    if declared is None:
        return None
    history = _told_alike(history, declared)
    partners = declared.fact.organisations
    held = tuple(
        a
        for a in agreements(history).values()
        if a.agreement == declared.fact.agreement or {a.terms.own, a.terms.partner} <= set(partners)
    )
    training = _training(history, partners, declared)
    posts = _of(history, PostOpened, operation)
    return Account(
        operation=declared,
        names={r.fact.organisation: r.fact.name for r in history.of(OrganisationRegistered)},
        agreements=tuple(sorted(held, key=lambda a: a.in_force_from)),
        caveats=_caveats(history, held),
        planned=tuple(
            Planned(measure=m, in_being=_in_being(m.fact, posts, training, history))
            for m in _of(history, MeasurePlanned, operation)
        ),
        posts=_manned(posts),
        training=training,
        results=_of(history, ResultCounted, operation),
        tolls=_of(history, TollRecorded, operation),
        displacements=_of(history, DisplacementNoted, operation),
        claims=_of(history, EffectClaimed, operation),
        harm=_of(history, HarmReported, operation),
        counts=_of(history, CountDocumented, operation),
        earlier=_earlier(history, declared),
        rendered=_of(history, AccountRendered, operation),
    )


def counts_question(compromise: CompromiseId) -> Question:
    return about(f"compromise:{compromise}", kinds=(CountDocumented, HarmReported))


def counts(history: History, compromise: CompromiseId) -> Counts:
    """The counts that bodies have published after this compromise, side by side."""
    found = [r for r in history.of(CountDocumented) if r.fact.compromise == compromise]
    found.sort(key=lambda r: (r.fact.least, r.fact.said_in, r.position))
    return Counts(compromise=compromise, counts=tuple(found))


def _declared(history: History, operation: OperationId) -> Recorded[OperationDeclared] | None:
    return next((r for r in history.of(OperationDeclared) if r.fact.operation == operation), None)


def _told_alike(history: History, one: Recorded[OperationDeclared]) -> History:
    """What is live for a live operation, and otherwise what its own telling holds."""
    telling = one.told.telling if one.told else None
    alike = tuple(r for r in history if (r.told.telling if r.told else None) == telling)
    return History(alike, history.position)


def _of(history: History, kind: type[F], operation: OperationId) -> tuple[Recorded[F], ...]:
    """The facts of this kind about the operation, in the order in which they happened."""
    found = [r for r in history.of(kind) if getattr(r.fact, "operation", None) == operation]
    return tuple(sorted(found, key=lambda r: (r.happened_at, r.position)))


def _caveats(history: History, held: Sequence[Agreement]) -> tuple[Recorded[CaveatDeclared], ...]:
    named = {a.agreement for a in held}
    return tuple(r for r in history.of(CaveatDeclared) if r.fact.agreement in named)


def _training(
    history: History, partners: Sequence[OrganisationId], declared: Recorded[OperationDeclared]
) -> tuple[Recorded[CourseHeld], ...]:
    """Courses that one partner held for a unit of another, from the operation's beginning."""
    units = _units_of(history, partners)
    return tuple(
        r
        for r in history.of(CourseHeld)
        if r.happened_at >= declared.happened_at and r.fact.unit in units and r.fact.instructors in partners
    )


def _units_of(history: History, organisations: Sequence[OrganisationId]) -> set[UnitId]:
    return {r.fact.unit for r in history.of(UnitFormed) if r.fact.organisation in organisations}


def _in_being(
    measure: MeasurePlanned,
    posts: Sequence[Recorded[PostOpened]],
    training: Sequence[Recorded[CourseHeld]],
    history: History,
) -> int | None:
    """How much of a measure is there. Vetted officers are not counted: outcomes are of persons, one by one."""
    if measure.measure is Measure.VET:
        return None
    if measure.measure is Measure.TRAIN:
        units = _units_of(history, (measure.organisation,))
        return sum(r.fact.officers for r in training if r.fact.unit in units)
    kind = PostKind.BASE if measure.measure is Measure.MIRROR_BASE else PostKind.LIAISON_DESK
    return sum(r.fact.kind is kind and r.fact.organisation == measure.organisation for r in posts)


def _manned(posts: Sequence[Recorded[PostOpened]]) -> tuple[Manned, ...]:
    grouped: dict[tuple[PostKind, OrganisationId], list[Recorded[PostOpened]]] = {}
    for post in posts:
        grouped.setdefault((post.fact.kind, post.fact.organisation), []).append(post)
    return tuple(
        Manned(kind=kind, organisation=organisation, posts=tuple(found))
        for (kind, organisation), found in grouped.items()
    )


def _earlier(history: History, declared: Recorded[OperationDeclared]) -> tuple[Earlier, ...]:
    """Units of any force in a partner's country that had been stood down before."""
    country = {r.fact.organisation: r.fact.country for r in history.of(OrganisationRegistered)}
    countries = {country.get(o) for o in declared.fact.organisations}
    assessed = People(history, max(r.happened_at for r in history)).allegations
    found = []
    for stood in history.of(UnitStoodDown):
        formed = next((r for r in history.of(UnitFormed) if r.fact.unit == stood.fact.unit), None)
        if formed is None:
            continue
        if stood.happened_at < declared.happened_at and country.get(formed.fact.organisation) in countries:
            alleged = tuple(assessed.get(stood.fact.unit, ()))
            found.append(Earlier(unit=formed, stood_down=stood, allegations=alleged))
    return tuple(found)


def _cannot_say(said: Account) -> list[Words]:
    began = said.operation.happened_at.date()
    sentences = [
        *unsaid.of_results(said.results, began),
        *unsaid.of_claims(said.claims),
        *unsaid.of_displacements(said.displacements),
        *unsaid.of_plans([(p.measure.fact, p.in_being) for p in said.planned], said.names),
        *unsaid.of_training(said.training),
        *unsaid.of_tolls(said.tolls),
        *unsaid.of_earlier([(e.unit.fact, e.allegations) for e in said.earlier]),
    ]
    if not said.rendered:
        sentences.append(
            Words("Nobody has rendered an account of it.", "Nadie ha rendido cuentas de ella."),
        )
    return sentences
