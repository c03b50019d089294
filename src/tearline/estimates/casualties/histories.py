"""Capture histories: how many people stand on which lists, and on which ones not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_LISTS = 20
"""More lists than this are refused at the door: a table of a million cells says nothing about any of them."""
MOST_PEOPLE = 10**9
MOST_PATTERNS = 2_000
"""Patterns that somebody has: what a method takes grows with them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Histories:
    """``counts`` has 2^k entries for k ``lists``: entry ``m`` is how many people stand on just the lists whose bits are
    set in ``m``, the first list being the lowest bit. Entry 0, those on no list, is not known and stands as 0.
    """

    lists: tuple[str, ...]
    counts: Counts

    @property
    def documented(self) -> int:
        """People on at least one list."""
        return int(self.counts.sum())

    @property
    def seen(self) -> Counts:
        """The patterns that occurred, as bits."""
        return np.flatnonzero(self.counts)

    def captures(self) -> Counts:
        """How many people stand on exactly j lists, j = 0 to k; nothing is known of j = 0."""
        k = len(self.lists)
        return np.bincount(bits_set(k), weights=self.counts, minlength=k + 1).astype(np.int64)

    def on(self, *lists: int) -> int:
        """People who stand on all of these lists, and perhaps on others."""
        mask = 0
        for one in lists:
            mask |= 1 << one
        return int(self.counts[(np.arange(len(self.counts)) & mask) == mask].sum())

    def without(self, gone: int) -> "Histories":
        """The same people's histories where one list had never been made: who stood on it alone is not documented."""
        low = (1 << gone) - 1
        patterns = np.arange(len(self.counts))
        squeezed = (patterns & low) | ((patterns >> 1) & ~low)
        counts = np.zeros(len(self.counts) // 2, np.int64)
        np.add.at(counts, squeezed, self.counts)
        counts[0] = 0
        return Histories(lists=self.lists[:gone] + self.lists[gone + 1 :], counts=counts)

    def merged(self, one: int, other: int) -> "Histories":
        """The same with two lists taken as one, which keeps the first one's name and place."""
        patterns = np.arange(len(self.counts))
        either = ((patterns >> one) | (patterns >> other)) & 1
        both = (patterns & ~(1 << one)) | (either << one)
        counts = np.zeros_like(self.counts)
        np.add.at(counts, both, self.counts)
        return Histories(lists=self.lists, counts=counts).without(other)


def bits_set(lists: int) -> Counts:
    """For each of the 2^lists patterns, on how many lists it stands."""
    patterns = np.arange(1 << lists)
    return sum(((patterns >> one) & 1 for one in range(lists)), np.zeros(1 << lists, np.int64))
