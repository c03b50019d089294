"""What a replay counts. Tallies of parts add up to the tally of the whole, in whatever order they are added."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import NamedTuple

from tearline.protocol import Outcome
from tearline.protocol.protocol import SEVERITY


class Cause(NamedTuple):
    """What made a verdict as strict as it was: a rule of a pack, or, without one, that no rule of it permits."""

    pack: str
    rule: str | None


class Deciding(NamedTuple):
    """A cause, and the facts whose absence is why it stands; empty where it stands for certain."""

    cause: Cause
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A verdict that changes. ``number`` is the line or entry; ``by`` what makes the stricter of the two."""

    number: int
    request: str
    item: str
    at: str
    was: Outcome
    now: Outcome
    by: tuple[Deciding, ...]

    @property
    def looser(self) -> bool:
        return SEVERITY[self.now] < SEVERITY[self.was]

    @property
    def only_for_missing(self) -> bool:
        """Whether the stricter verdict rests on facts that are not known, and on nothing else."""
        return all(one.missing for one in self.by)


@dataclass(slots=True)
class Caused:
    """The changes that one cause makes: how many, how many it alone makes, in how many for a missing fact."""

    count: int = 0
    alone: int = 0
    missing: int = 0
    cases: list[Case] = field(default_factory=list)

    def add(self, other: "Caused", most: int) -> None:
        self.count += other.count
        self.alone += other.alone
        self.missing += other.missing
        if other.cases:
            self.cases = nsmallest(most, [*self.cases, *other.cases], key=lambda case: case.number)


@dataclass(slots=True)
class Tally:
    """``outcomes`` counts the pairs of verdicts, before and after; the rest is what could not be compared.

    ``unnamed`` counts dossiers by the protocol that they name and that is not at hand, the empty name standing for
    none. ``past`` are verdicts on record by other texts or another engine than those at hand, ``unread`` dossiers on
    record that these texts cannot read. ``told`` are verdicts of worked cases, which are compared like all others.
    """

    most: int
    outcomes: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    looser: dict[Cause, Caused] = field(default_factory=dict)
    stricter: dict[Cause, Caused] = field(default_factory=dict)
    missing: Counter[str] = field(default_factory=Counter)
    only_for_missing: int = 0
    unnamed: Counter[str] = field(default_factory=Counter)
    purged: int = 0
    past: int = 0
    unread: int = 0
    told: int = 0
    listed: list[Case] = field(default_factory=list)

    @property
    def compared(self) -> int:
        return self.outcomes.total()

    @property
    def changed(self) -> int:
        return sum(n for (was, now), n in self.outcomes.items() if was is not now)

    @property
    def looser_count(self) -> int:
        return sum(n for (was, now), n in self.outcomes.items() if SEVERITY[now] < SEVERITY[was])

    def change(self, case: Case, *, listing: bool) -> None:
        """Count a case whose verdict changes."""
        causes = self.looser if case.looser else self.stricter
        for one in case.by:
            caused = causes.setdefault(one.cause, Caused())
            caused.count += 1
            caused.alone += len(case.by) == 1
            caused.missing += bool(one.missing)
            if len(caused.cases) < self.most:
                caused.cases.append(case)
        if not case.looser:
            self.missing.update({path for one in case.by for path in one.missing})
            self.only_for_missing += case.only_for_missing
        if listing:
            self.listed.append(case)

    def add(self, other: "Tally") -> None:
        """Add all but the list of cases, which is whoever's who asked for it."""
        self.outcomes.update(other.outcomes)
        for mine, theirs in ((self.looser, other.looser), (self.stricter, other.stricter)):
            for cause, caused in theirs.items():
                mine.setdefault(cause, Caused()).add(caused, self.most)
        self.missing.update(other.missing)
        self.only_for_missing += other.only_for_missing
        self.unnamed.update(other.unnamed)
        self.purged += other.purged
        self.past += other.past
        self.unread += other.unread
        self.told += other.told


def ranked(causes: dict[Cause, Caused]) -> Iterable[tuple[Cause, Caused]]:
    """The causes of most changes first; of equally many, by name."""
    return sorted(causes.items(), key=lambda one: (-one[1].count, one[0].pack, one[0].rule or ""))
