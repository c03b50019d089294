"""A long list in parts: what of it a page shows, where that begins, and where the parts beside it are.

The part is chosen before anything is read for it: names are asked for, and sealed fields opened, only of what is shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Generic[T]):
    """What of a list a page shows: ``items`` from ``first`` on, of ``count`` in all, ``most`` a page."""

    items: Sequence[T]
    first: int
    count: int
    most: int

    def to(self, item: Callable[[T], R]) -> "Shown[R]":
        """The same part of a list of other things, each made of one of these."""
        items = [item(one) for one in self.items]
        return Shown(items=items, first=self.first, count=self.count, most=self.most)

    def part(self, row: Callable[[T], R]) -> "Part[R]":
        """The same as rows of a page."""
        return self.of([row(item) for item in self.items])

    def of(self, rows: Sequence[R]) -> "Part[R]":
        after = self.first + self.most
        return Part(
            rows=rows,
            first=self.first + 1,
            count=self.count,
            before=max(0, self.first - self.most) if self.first else None,
            after=after if after < self.count else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[R]):
    """As the macro ``pages`` takes it: its rows, where they begin, from 1, and how many there are in all."""

    rows: Sequence[R]
    first: int
    count: int
    before: int | None
    after: int | None


def shown(whole: Sequence[T], first: int, most: int = MOST) -> Shown[T]:
    """The part that begins behind ``first`` entries."""
    return Shown(items=whole[first : first + most], first=first, count=len(whole), most=most)
