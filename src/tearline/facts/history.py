"""How the past is asked for and handed over.

A ``Question`` says which facts can change an answer; a ``History`` is those facts and the position
reached. Together they are the dynamic consistency boundary: whoever decides appends *unless* a fact
matching the question was recorded *after* that position.

Two times stand on every fact: when it is said to have happened, and when the ledger recorded it.
``as_it_was`` cuts by the first, ``as_known`` by the second; verdicts use the second.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from tearline.facts.fact import Fact
from tearline.facts.identifiers import PersonId
from tearline.facts.words import Worded

F = TypeVar("F", bound=Fact)
T = TypeVar("T")
G = TypeVar("G", bound=Fact, covariant=True)


class Role(Worded):
    """What someone acts as. Two people give a role (see ``admission``); in a demonstration anyone takes one on."""

    CASE_AGENT = "case-agent", "case agent", "agente del caso"
    SOURCE_HANDLER = "source-handler", "source handler", "responsable de la fuente"
    RELEASING_OFFICER = (
        "releasing-officer",
        "releasing officer",
        "oficial de divulgación",
    )
    SENIOR_OFFICER = "senior-officer", "senior officer", "oficial superior"
    VETTING_OFFICER = (
        "vetting-officer",
        "vetting officer",
        "oficial de control de confianza",
    )
    LIAISON = "liaison", "liaison officer", "oficial de enlace"
    PARTNER_LIAISON = (
        "partner-liaison",
        "partner's liaison officer",
        "oficial de enlace del socio",
    )
    INVESTIGATOR = "investigator", "investigator", "investigador"
    HARM_DESK = "harm-desk", "harm desk", "mesa de daños"
    LINKAGE_ANALYST = "linkage-analyst", "linkage analyst", "analista de vinculación"
    ADVOCATE = "advocate", "advocate", "defensor de víctimas"
    OPERATIONS_PLANNER = (
        "operations-planner",
        "operations planner",
        "planificador de operaciones",
    )
    OVERSEER = "overseer", "overseer", "órgano de supervisión"
    AUDITOR = "auditor", "auditor", "auditor"
    ADMINISTRATOR = "administrator", "administrator of the node", "administrador del nodo"
    NODE = "node", "the node, by rule", "el nodo, por regla"
    CHRONICLER = (
        "chronicler",
        "recorded from a published source",
        "registrado de una fuente publicada",
    )


class Precision(Worded):
    """How exactly a claimed time is known. Published accounts often know only the month."""

    MINUTE = "minute", "to the minute", "al minuto"
    DAY = "day", "to the day", "al día"
    MONTH = "month", "to the month", "al mes"
    YEAR = "year", "to the year", "al año"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and as what."""

    person: PersonId
    role: Role


@dataclass(frozen=True, slots=True)
class Told:
    """Marks a fact of a worked case: which telling, when it was known there, and what it rests on.

    A told fact is recorded now, and says so; its telling has a clock of its own. Live acts never
    read told facts, so a re-enactment cannot influence a real decision.
    """

    telling: str
    known_at: datetime
    rests_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A fact on its way into the ledger."""

    fact: Fact
    happened_at: datetime
    by: Actor
    precision: Precision = Precision.MINUTE
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(Generic[G]):
    """A fact as the ledger holds it. ``ref`` is random and names the fact to people and pages."""

    position: int
    ref: str
    recorded_at: datetime
    happened_at: datetime
    precision: Precision
    by: Actor
    told: Told | None
    fact: G

    @property
    def known_at(self) -> datetime:
        """When it could first be known: the telling's clock in a worked case, else the ledger's."""
        return self.told.known_at if self.told else self.recorded_at


@dataclass(frozen=True, slots=True)
class Clause:
    """Facts of any of these kinds (empty: every kind) that carry all of these tags."""

    kinds: frozenset[str]
    tags: frozenset[str]

    def __post_init__(self) -> None:
        if not self.kinds and not self.tags:
            raise ValueError("a clause names kinds or tags")

    def matches(self, kind: str, tags: frozenset[str]) -> bool:
        return (not self.kinds or kind in self.kinds) and self.tags <= tags


@dataclass(frozen=True, slots=True)
class Question:
    """Clauses joined by OR. ``a | b`` asks both."""

    clauses: frozenset[Clause] = frozenset()

    def __or__(self, other: "Question") -> "Question":
        return Question(self.clauses | other.clauses)

    def matches(self, kind: str, tags: frozenset[str]) -> bool:
        return any(clause.matches(kind, tags) for clause in self.clauses)


def about(*tags: str, kinds: Sequence[type[Fact]] = ()) -> Question:
    """Facts of these kinds that carry all of these tags."""
    return Question(frozenset({Clause(_names(tuple(kinds)), frozenset(tags))}))


def each(prefix: str, ids: Sequence[str] | frozenset[str], kinds: Sequence[type[Fact]] = ()) -> Question:
    """For each identifier, the facts of these kinds about it."""
    names = _names(tuple(kinds))
    return Question(frozenset(clause_of(names, f"{prefix}:{i}") for i in ids))


@lru_cache(maxsize=1 << 15)
def clause_of(kinds: frozenset[str], tag: str) -> Clause:
    """Facts of these kinds under one tag: one object each time, since pages ask for the same again and again."""
    return Clause(kinds, frozenset({tag}))


@lru_cache(maxsize=1024)
def _names(kinds: tuple[type[Fact], ...]) -> frozenset[str]:
    """One set for each list of kinds: it is hashed once, for all the clauses that name it."""
    return frozenset(kind.__name__ for kind in kinds)


@dataclass(frozen=True, slots=True)
class History:
    """Facts in the order of the ledger, and the ledger's size when they were read."""

    facts: tuple[Recorded[Fact], ...] = ()
    position: int = 0
    _by_kind: dict[type[Fact], list[Recorded[Fact]]] = field(default_factory=dict, repr=False, compare=False)
    _folded: dict[Callable[["History"], Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for recorded in self.facts:
            self._by_kind.setdefault(type(recorded.fact), []).append(recorded)

    def __iter__(self) -> Iterator[Recorded[Fact]]:
        return iter(self.facts)

    def of(self, kind: type[F]) -> Sequence[Recorded[F]]:
        """The recorded facts of one kind, oldest entry first."""
        return self._by_kind.get(kind, [])  # type: ignore[return-value]  # filed under its own type

    def also(self, facts: Sequence[Recorded[Fact]]) -> "History":
        """The same with these facts, each once and all in the order of the ledger."""
        held = {r.position for r in self.facts}
        more = [r for r in facts if r.position not in held]
        if not more:
            return self
        return History(tuple(sorted((*self.facts, *more), key=lambda r: r.position)), self.position)

    def folded(self, fold: Callable[["History"], T]) -> T:
        """What this fold makes of this history, made once: neither ever changes."""
        if fold not in self._folded:
            self._folded[fold] = fold(self)
        made: T = self._folded[fold]
        return made

    def as_it_was(self, at: datetime) -> "History":
        """What had happened by then, whenever it became known."""
        return History(tuple(r for r in self.facts if r.happened_at <= at), self.position)

    def as_known(self, at: datetime) -> "History":
        """What had been recorded by then: the only past that a decision may be judged by."""
        return History(tuple(r for r in self.facts if r.known_at <= at), self.position)
