"""How alike two reports are, as levels: given names, each surname in either order, age, the incident as one thing, and
what corroborates: date of birth, street, postcode, identity.

What is missing is a level of its own and never disagreement. Every comparison is symmetric. Place and day count once,
as one incident, because relatives taken together share both.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.compiled import compiled
from tearline.estimates.linkage.reports import LONGEST, Coded, Floats, Ints

Levels = NDArray[np.int8]

GIVEN = """missing none weak-typo some-of-several
    part-typo part whole-typo short-form whole several-typo several""".split()
SURNAME = "missing none weak-typo typo tilde same".split()
SWAPPED = "as-written swapped-none swapped-one swapped-both".split()
AGE = "missing same 1 2 3 4-5 further".split()
DAY = "missing same 1 2 3-8 9-27 28-40 day-and-month further within-month within-longer".split()
FURTHER, WITHIN_MONTH, WITHIN_LONGER = 8, 9, 10
PLACE = "missing same other near region".split()
NEAR_KM, REGION_KM, EARTH_KM = 5.0, 50.0, 6371.0
OTHER = "missing none typo same".split()

BLOCKS = (
    ("given", len(GIVEN)),
    ("paternal", len(SURNAME)),
    ("maternal", len(SURNAME)),
    ("swapped", len(SWAPPED)),
    ("age", len(AGE)),
    ("incident", len(DAY) * len(PLACE)),
    ("born", len(OTHER)),
    ("street", len(OTHER)),
    ("postcode", len(OTHER)),
    ("identity", len(OTHER)),
)
COLUMNS = len(BLOCKS)
PLACES = len(PLACE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """``levels`` (pairs, 10) in the order of BLOCKS; ``rarity`` (pairs, 2): how rare the given names and surnames are
    on which the pair agrees, in nats beyond the usual of about 4 a name.
    """

    levels: Levels
    rarity: Floats


def compare(coded: Coded, a: Ints, b: Ints) -> Compared:
    """Report ``a[i]`` with report ``b[i]``, for each i."""
    levels = np.empty((len(a), COLUMNS), np.int8)
    rarity = np.empty((len(a), 2))
    exchanged = day_month(coded.day)
    told = {name: getattr(coded, name) for name in _Numbers._fields if name != "day_month"}
    _compare(a, b, _Numbers(**told, day_month=exchanged), levels, rarity)
    return Compared(levels=levels, rarity=rarity)


class _Numbers(NamedTuple):
    """What of ``Coded`` is compared, and each date with its day and month exchanged."""

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
    age: Ints
    day: Ints
    day_to: Ints
    place: Ints
    at: Floats
    others: Ints
    day_month: Ints


def day_month(days: Ints) -> Ints:
    """Each date with its day and month exchanged, as an ordinal; far away where that is no date."""
    from datetime import date

    exchanged = np.full(len(days), -(10**9), np.int64)
    for n, day in enumerate(days):
        if day > 0:
            on = date.fromordinal(int(day))
            if on.day <= 12:
                exchanged[n] = on.replace(month=on.day, day=on.month).toordinal()
    return exchanged


@compiled
def distance(letters: NDArray[np.uint32], lengths: Ints, one: int, other: int, most: int) -> int:
    """Letters to change, drop, add or exchange with a neighbour (optimal string alignment); ``most + 1`` if more."""
    n, m = lengths[one], lengths[other]
    if abs(n - m) > most:
        return most + 1
    before = np.empty(LONGEST + 1, np.int64)
    last = np.empty(LONGEST + 1, np.int64)
    now = np.empty(LONGEST + 1, np.int64)
    for j in range(m + 1):
        last[j] = j
        before[j] = 0
    for i in range(1, n + 1):
        now[0] = i
        least = i
        for j in range(1, m + 1):
            x, y = letters[one, i - 1], letters[other, j - 1]
            best = last[j - 1] + (0 if x == y else 1)
            best = min(best, last[j] + 1, now[j - 1] + 1)
            if i > 1 and j > 1 and x == letters[other, j - 2] and letters[one, i - 2] == y:
                best = min(best, before[j - 2] + 1)
            now[j] = best
            least = min(least, best)
        if least > most:
            return most + 1
        for j in range(m + 1):
            before[j] = last[j]
            last[j] = now[j]
    return int(min(last[m], most + 1))


@compiled
def word_level(letters: NDArray[np.uint32], lengths: Ints, sounds: Ints, one: int, other: int) -> int:
    """0 missing, 1 different, 2 two letters off, 3 one letter off or the same to the ear, 4 the same."""
    if one < 0 or other < 0:
        return 0
    if one == other:
        return 4
    shorter = min(lengths[one], lengths[other])
    if shorter < 3:
        # An initial is no disagreement with the name it begins.
        return 3 if letters[one, 0] == letters[other, 0] and shorter == 1 else 1
    far = distance(letters, lengths, one, other, 2)
    if far == 1 or sounds[one] == sounds[other]:
        return 3
    if far == 2 and shorter >= 5:
        return 2
    return 1


@compiled
def given_level(
    letters: NDArray[np.uint32], lengths: Ints, sounds: Ints, meanings: Ints, one: int, other: int
) -> int:
    """As ``word_level``, with 5 for a short form and the name it may stand for, and 6 for the same."""
    level = word_level(letters, lengths, sounds, one, other)
    if level == 4:
        return 6
    for i in range(meanings.shape[1]):
        for j in range(meanings.shape[1]):
            if meanings[one, i] >= 0 and meanings[one, i] == meanings[other, j]:
                return 5
    if level == 1:
        for i in range(meanings.shape[1]):
            for j in range(meanings.shape[1]):
                x, y = meanings[one, i], meanings[other, j]
                if x >= 0 and y >= 0 and (x != one or y != other):
                    level = max(level, min(word_level(letters, lengths, sounds, x, y), 3) - 1)
    return level


@compiled
def other_level(letters: NDArray[np.uint32], lengths: Ints, one: int, other: int) -> int:
    """0 missing, 1 different, 2 one letter or digit off, or two of ten and more, 3 the same."""
    if one < 0 or other < 0:
        return 0
    if one == other:
        return 3
    most = 2 if min(lengths[one], lengths[other]) >= 10 else 1
    return 2 if distance(letters, lengths, one, other, most) <= most else 1


@compiled
def _when(of: _Numbers, i: int, j: int) -> int:
    """An interval agrees with whatever lies in it, and less the longer it is."""
    if of.day[i] < 0 or of.day[j] < 0:
        return 0
    longer = max(of.day_to[i] - of.day[i], of.day_to[j] - of.day[j])
    apart = max(of.day[i], of.day[j]) - min(of.day_to[i], of.day_to[j])
    if longer > 0 and apart <= 0:
        return WITHIN_MONTH if longer <= 31 else WITHIN_LONGER
    if apart <= 2:
        return int(apart + 1)
    if apart <= 8:
        return 4
    if longer == 0 and (of.day_month[i] == of.day[j] or of.day_month[j] == of.day[i]):
        return 7
    if apart <= 27:
        return 5
    return 6 if apart <= 40 else FURTHER


@compiled
def _where(of: _Numbers, i: int, j: int) -> int:
    """By where the places lie, where that is known of both: two towns may have one name, and one town two."""
    named = of.place[i] >= 0 and of.place[j] >= 0
    same = named and of.place[i] == of.place[j]
    chord = 0.0
    for k in range(3):
        chord += (of.at[i, k] - of.at[j, k]) ** 2
    if np.isnan(chord):
        return 1 if same else (2 if named else 0)
    km = EARTH_KM * 2.0 * np.arcsin(min(np.sqrt(chord) / 2.0, 1.0))
    if km <= NEAR_KM:
        return 1 if same else 3
    return 4 if km <= REGION_KM else 2


@compiled
def _worth(level: int) -> int:
    if level == 0:
        return 0
    if level == 1:
        return -3
    return level


@compiled
def _compare(a: Ints, b: Ints, of: _Numbers, levels: Levels, rarity: Floats) -> None:
    usual = 4.0
    used = np.zeros(of.given.shape[1], np.int64)
    for n in range(len(a)):
        i, j = a[n], b[n]
        # Given names: the shorter list's names, each with its best partner in the longer one.
        count_i = 0
        count_j = 0
        for k in range(of.given.shape[1]):
            count_i += of.given[i, k] >= 0
            count_j += of.given[j, k] >= 0
        if count_i > count_j or (count_i == count_j and i > j):
            i, j = j, i
            count_i, count_j = count_j, count_i
        rare = 0.0
        worst, matched, exact_pairs, short = 9, 0, 0, 0
        used[:] = 0
        for wanted in range(6, 1, -1):
            for k in range(count_i):
                if used[k] & 1:
                    continue
                for other in range(count_j):
                    if used[other] & 2:
                        continue
                    level = given_level(
                        of.letters, of.lengths, of.sounds, of.meanings, of.given[i, k], of.given[j, other]
                    )
                    if level == wanted:
                        used[k] |= 1
                        used[other] |= 2
                        matched += 1
                        worst = min(worst, level)
                        exact_pairs += level == 6
                        short += level == 5
                        if level >= 5:
                            rare += (
                                max(of.given_rarity[of.given[i, k]], of.given_rarity[of.given[j, other]])
                                - usual
                                if level == 6
                                else 0.0
                            )
                        break
        if count_i == 0 or count_j == 0:
            outcome = 0
        elif matched == 0:
            outcome = 1
        elif matched < count_i:
            outcome = 3
        elif worst == 2:
            outcome = 2
        elif count_i < count_j:
            outcome = 5 if worst == 6 else 4
        elif count_i == 1:
            outcome = 8 if worst == 6 else (7 if worst == 5 else 6)
        else:
            outcome = 10 if worst == 6 else 9
        levels[n, 0] = outcome
        rarity[n, 0] = rare
        # Surnames, as written or exchanged, whichever fits better.
        pp = word_level(of.letters, of.lengths, of.sounds, of.paternal[i], of.paternal[j])
        mm = word_level(of.letters, of.lengths, of.sounds, of.maternal[i], of.maternal[j])
        pm = word_level(of.letters, of.lengths, of.sounds, of.paternal[i], of.maternal[j])
        mp = word_level(of.letters, of.lengths, of.sounds, of.maternal[i], of.paternal[j])
        if mm == 1 and (of.married[i] or of.married[j]):
            mm = 0
        rare = 0.0
        if _worth(pm) + _worth(mp) > _worth(pp) + _worth(mm):
            levels[n, 1] = 0
            levels[n, 2] = 0
            good = (pm >= 3) + (mp >= 3)
            bad = (pm == 1) + (mp == 1)
            levels[n, 3] = 3 if good == 2 else (2 if good == 1 and bad == 0 else 1)
            if pm == 4:
                rare += of.surname_rarity[of.paternal[i]] - usual
            if mp == 4:
                rare += of.surname_rarity[of.maternal[i]] - usual
        else:
            levels[n, 1] = pp + (pp == 4 and of.tildes[i, 0] == of.tildes[j, 0])
            levels[n, 2] = mm + (mm == 4 and of.tildes[i, 1] == of.tildes[j, 1])
            levels[n, 3] = 0
            if pp == 4:
                rare += of.surname_rarity[of.paternal[i]] - usual
            if mm == 4:
                rare += of.surname_rarity[of.maternal[i]] - usual
        rarity[n, 1] = rare
        # Age.
        if of.age[i] < 0 or of.age[j] < 0:
            levels[n, 4] = 0
        else:
            apart = abs(of.age[i] - of.age[j])
            levels[n, 4] = apart + 1 if apart <= 3 else (5 if apart <= 5 else 6)
        # Day and place, as one.
        levels[n, 5] = _when(of, i, j) * PLACES + _where(of, i, j)
        for k in range(of.others.shape[1]):
            levels[n, 6 + k] = other_level(of.letters, of.lengths, of.others[i, k], of.others[j, k])


def design(compared: Compared) -> Floats:
    """Columns of a linear model: a constant, each block's levels as 0 and 1, and the two rarities."""
    pairs = len(compared.levels)
    columns = [np.ones((pairs, 1))]
    for block, (_, count) in enumerate(BLOCKS):
        columns.append((compared.levels[:, block, None] == np.arange(count)).astype(float))
    return np.hstack([*columns, compared.rarity])


WIDTH = 1 + sum(count for _, count in BLOCKS) + 2
"""Columns of ``design``."""
