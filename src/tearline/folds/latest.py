"""Which of several statements stands."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, Role
from tearline.facts.identifiers import PersonId

F = TypeVar("F", bound=Fact)


def latest(found: Iterable[Recorded[F]], severity: Callable[[F], int]) -> Recorded[F] | None:
    """The most severe of those that nothing replaced: one replaces another if it claims no earlier day and came later.

    So what takes something back does so whatever day it claims, and what allows it gains nothing by a later day
    or a later record alone, nor by one statement that has the later day and another that came later.
    """
    standing: list[Recorded[F]] = []
    for one in sorted(found, key=lambda r: r.position, reverse=True):
        if all(later.happened_at < one.happened_at for later in standing):
            standing.append(one)
    return max(standing, key=lambda r: (severity(r.fact), r.happened_at, r.position), default=None)


def seconded(found: Iterable[Recorded[F]], relieves: Callable[[F], bool]) -> list[Recorded[F]]:
    """Those that count when a finding which relieves takes two people: the first waits until another finds the same.

    What burdens counts at once, and makes whoever relieves after it begin anew. A chronicler tells what two found.
    """
    counted: list[Recorded[F]] = []
    waiting: set[PersonId] = set()
    for one in sorted(found, key=lambda r: r.position):
        if not relieves(one.fact):
            waiting.clear()
        elif one.by.role is not Role.CHRONICLER:
            alone = waiting <= {one.by.person}
            waiting.add(one.by.person)
            if alone:
                continue
        counted.append(one)
    return counted
