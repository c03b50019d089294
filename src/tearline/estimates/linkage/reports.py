"""Reports as they come in, and as arrays that loops can compare."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.linkage.names import (
    given_tokens,
    is_named,
    may_be_married,
    place_key,
    sound,
    stands_for,
    surname_with_tilde,
    surname_words,
    text_key,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NONE = -1
MOST_GIVEN = 3
"""Given names that are compared; a fourth tells hardly anybody apart."""
LONGEST = 20
"""Letters of a name that are compared."""
MOST_MEANINGS = 3
OTHERS = 4
NO_DATE = -(10**6)
LEAN = 2.0
"""From how many nats on a given name and a surname are taken to stand in each other's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One source's report of one person, as it was written; None and empty where not known.

    ``age`` in years. The day lies from ``date`` to ``date_to``, or is ``date`` where that is None. ``latitude`` and
    ``longitude`` are degrees, of the place. ``born`` and the rest corroborate only, and by themselves make nobody one.
    """

    report_id: str
    source: str
    given_names: str
    paternal_surname: str
    maternal_surname: str
    age: int | None
    date: dt.date | None
    place: str
    date_to: dt.date | None = None
    latitude: float | None = None
    longitude: float | None = None
    born: str = ""
    street: str = ""
    postcode: str = ""
    identity: str = ""

    @property
    def named(self) -> bool:
        """Whether it says any name; who is not named is never taken for anybody."""
        return is_named(self.given_names, self.paternal_surname, self.maternal_surname)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded:
    """Reports as numbers, one row each.

    ``given`` (n, 3), ``paternal`` and ``maternal`` (n) are words by number, NONE where there is none; ``letters``
    (words, 20) and ``lengths`` spell each word, ``sounds`` (words) number how it sounds; ``meanings`` (words, 3) are
    the words a given name may stand for; ``given_rarity`` and ``surname_rarity`` are minus the log of a word's share,
    so that rare names weigh more. ``tildes`` (n, 2) are the surnames as words with ñ kept; ``married`` (n) whether the
    second may be a husband's; ``named`` (n) whether there is a name. ``source``, ``age``, ``day``, ``day_to`` (as
    ordinals) and ``place`` (n) are numbers, NONE or NO_DATE where not known; ``at`` (n, 3) the place on a sphere of
    radius 1, NaN where not known; ``others`` (n, 4) date of birth, street, postcode and identity as words.
    """

    given: Ints
    paternal: Ints
    maternal: Ints
    letters: NDArray[np.uint32]
    lengths: Ints
    sounds: Ints
    meanings: Ints
    given_rarity: Floats
    surname_rarity: Floats
    tildes: Ints
    married: NDArray[np.bool_]
    named: NDArray[np.bool_]
    source: Ints
    age: Ints
    day: Ints
    day_to: Ints
    place: Ints
    at: Floats
    others: Ints
    words: tuple[str, ...]
    sources: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class _Named:
    given: tuple[str, ...]
    paternal: tuple[str, ...]
    maternal: tuple[str, ...]
    tildes: tuple[str, str]


def coded(reports: Sequence[Report]) -> Coded:
    """The same reports as numbers; a given name that stands in the surname's place is put back."""
    named = _put_back([_read(report) for report in reports])
    paternal = ["".join(one.paternal) for one in named]
    maternal = ["".join(one.maternal) for one in named]
    words: dict[str, int] = {"-": 0}  # one that nobody bears, so that there is one
    for one, *surnames in zip(named, paternal, maternal, strict=True):
        for word in (*one.given, *surnames):
            if word:
                words.setdefault(word, len(words))
    for word in list(words):
        for meaning in stands_for(word):
            words.setdefault(meaning, len(words))
    others = [[text_key(cell) for cell in (r.born, r.street, r.postcode, r.identity)] for r in reports]
    for cells in others:
        for cell in cells:
            if cell:
                words.setdefault(cell, len(words))
    sources = sorted({report.source for report in reports})
    by_name = {source: n for n, source in enumerate(sources)}
    places: dict[str, int] = {}
    for report in reports:
        if key := place_key(report.place):
            places.setdefault(key, len(places))
    meanings = np.full((len(words), MOST_MEANINGS), NONE, np.int64)
    for word, number in words.items():
        for n, meaning in enumerate(stands_for(word)[:MOST_MEANINGS]):
            meanings[number, n] = words[meaning]
    given = np.full((len(named), MOST_GIVEN), NONE, np.int64)
    for row, one in enumerate(named):
        for n, word in enumerate(one.given[:MOST_GIVEN]):
            given[row, n] = words[word]
    letters = np.zeros((len(words), LONGEST), np.uint32)
    for word, number in words.items():
        spelt = word[:LONGEST].encode("utf-32-le")
        letters[number, : len(spelt) // 4] = np.frombuffer(spelt, "<u4")
    return Coded(
        given=given,
        paternal=_numbers(paternal, words),
        maternal=_numbers(maternal, words),
        letters=letters,
        lengths=np.array([min(len(word), LONGEST) for word in words], np.int64),
        sounds=_counted([sound(word) for word in words]),
        meanings=meanings,
        given_rarity=_rarity([word for one in named for word in one.given], words),
        surname_rarity=_rarity([word for word in (*paternal, *maternal) if word], words),
        tildes=_counted([cell for one in named for cell in one.tildes]).reshape(len(reports), 2),
        married=np.array([may_be_married(report.maternal_surname) for report in reports], np.bool_),
        named=np.array([report.named for report in reports], np.bool_),
        source=np.array([by_name[report.source] for report in reports], np.int64),
        age=np.array([NONE if report.age is None else report.age for report in reports], np.int64),
        day=np.array([NO_DATE if r.date is None else r.date.toordinal() for r in reports], np.int64),
        day_to=np.array([_last_day(r) for r in reports], np.int64),
        place=np.array([places.get(place_key(r.place), NONE) for r in reports], np.int64),
        at=np.array([_at(r) for r in reports], float).reshape(len(reports), 3),
        others=np.array(
            [[words[cell] if cell else NONE for cell in cells] for cells in others], np.int64
        ).reshape(len(reports), OTHERS),
        words=tuple(words),
        sources=tuple(sources),
    )


def _last_day(report: Report) -> int:
    return NO_DATE if report.date is None else (report.date_to or report.date).toordinal()


def _at(report: Report) -> tuple[float, float, float]:
    if report.latitude is None or report.longitude is None:
        return np.nan, np.nan, np.nan
    north, east = np.radians(report.latitude), np.radians(report.longitude)
    return float(np.cos(north) * np.cos(east)), float(np.cos(north) * np.sin(east)), float(np.sin(north))


def _counted(cells: list[str]) -> Ints:
    """The same number for the same text."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(cell, len(seen)) for cell in cells], np.int64)


def _read(report: Report) -> _Named:
    return _Named(
        given_tokens(report.given_names),
        surname_words(report.paternal_surname),
        surname_words(report.maternal_surname),
        (surname_with_tilde(report.paternal_surname), surname_with_tilde(report.maternal_surname)),
    )


def _put_back(named: list[_Named]) -> list[_Named]:
    """Given names and paternal surname exchanged where that is how the other reports use these words."""
    as_given = Counter(word for one in named for word in one.given)
    as_surname = Counter(word for one in named for word in (*one.paternal, *one.maternal))

    def leans(words: tuple[str, ...], own: Counter[str], other: Counter[str]) -> float:
        """How much more often, as a log, words stand in the other place; their own stand here does not count."""
        return sum(float(np.log((other[word] + 0.5) / (own[word] - 0.5))) for word in words) / len(words)

    return [
        _Named(one.paternal, one.given, one.maternal, ("".join(one.given), one.tildes[1]))
        if len(one.given) == 1
        and one.paternal
        and leans(one.given, as_given, as_surname) + leans(one.paternal, as_surname, as_given) > LEAN
        else one
        for one in named
    ]


def _numbers(cells: list[str], words: dict[str, int]) -> Ints:
    return np.array([words[cell] if cell else NONE for cell in cells], np.int64)


def _rarity(seen: list[str], words: dict[str, int]) -> Floats:
    counts = Counter(seen)
    total = max(len(seen), 1)
    return np.array([-np.log((counts[word] + 0.5) / (total + 1.0)) for word in words])
