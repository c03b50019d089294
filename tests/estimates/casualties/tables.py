"""Published tables of overlaps, and people drawn at random."""

from pathlib import Path

import numpy as np

from tearline.estimates.casualties import Histories
from tearline.jobs.counts import read_histories

DATA = Path(__file__).parent / "data"


def published(name: str) -> Histories:
    """``kosovo_4lists`` (Ball et al. 2002), ``ukdat`` (Silverman 2014) or ``artificial_3`` (Chan et al. 2021)."""
    file = DATA / f"{name}.csv"
    return read_histories(file.read_bytes(), file=str(file))


def of(*counts: int) -> Histories:
    """A table by its 2^k counts, the first of which is 0."""
    lists = (len(counts) - 1).bit_length()
    return Histories(lists=tuple("ABCDEF"[:lists]), counts=np.array(counts, np.int64))


def of_people(people: list[int], lists: int) -> Histories:
    """Of people by the lists they stand on, as bits; those on none are not documented."""
    counts = np.bincount([one for one in people if one], minlength=1 << lists)
    return Histories(lists=tuple("ABCDEF"[:lists]), counts=counts.astype(np.int64))
