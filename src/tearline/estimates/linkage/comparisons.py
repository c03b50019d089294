"""How alike two reports are, as levels: given names, each surname in either order, age, and the incident as one thing.

What is missing is a level of its own and never disagreement. Every comparison is symmetric. Place and day count once,
as one incident, because relatives taken together share both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.compiled import compiled
from tearline.estimates.linkage.reports import LONGEST, Coded, Floats, Ints

Levels = NDArray[np.int8]

GIVEN = """missing none weak-typo some-of-several
    part-typo part whole-typo short-form whole several-typo several""".split()
SURNAME = "missing none weak-typo typo same".split()
SWAPPED = "as-written swapped-none swapped-one swapped-both".split()
AGE = "missing same 1 2 3 4-5 further".split()
DAY = "missing same 1 2 3-8 9-27 28-40 day-and-month further".split()
PLACE = "missing same other".split()

BLOCKS = (
    ("given", len(GIVEN)),
    ("paternal", len(SURNAME)),
    ("maternal", len(SURNAME)),
    ("swapped", len(SWAPPED)),
    ("age", len(AGE)),
    ("incident", len(DAY) * len(PLACE)),
)
COLUMNS = len(BLOCKS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """``levels`` (pairs, 6) in the order of BLOCKS; ``rarity`` (pairs, 2): how rare the given names and surnames are on
    which the pair agrees, in nats beyond the usual of about 4 a name.
    """

    levels: Levels
    rarity: Floats


def compare(coded: Coded, a: Ints, b: Ints) -> Compared:
    """Report ``a[i]`` with report ``b[i]``, for each i."""
    levels = np.empty((len(a), COLUMNS), np.int8)
    rarity = np.empty((len(a), 2))
    exchanged = day_month(coded.day)
    _compare(
        a, b, coded.given, coded.paternal, coded.maternal, coded.letters, coded.lengths, coded.meanings,
        coded.given_rarity, coded.surname_rarity, coded.age, coded.day, exchanged, coded.place, levels, rarity,
    )  # fmt: skip
    return Compared(levels=levels, rarity=rarity)


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
def distance(letters: NDArray[np.uint8], lengths: Ints, one: int, other: int, most: int) -> int:
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
def word_level(letters: NDArray[np.uint8], lengths: Ints, one: int, other: int) -> int:
    """0 missing, 1 different, 2 two letters off, 3 one letter off, 4 the same."""
    if one < 0 or other < 0:
        return 0
    if one == other:
        return 4
    shorter = min(lengths[one], lengths[other])
    if shorter < 3:
        # An initial is no disagreement with the name it begins.
        return 3 if letters[one, 0] == letters[other, 0] and shorter == 1 else 1
    far = distance(letters, lengths, one, other, 2)
    if far == 1:
        return 3
    if far == 2 and shorter >= 5:
        return 2
    return 1


@compiled
def given_level(letters: NDArray[np.uint8], lengths: Ints, meanings: Ints, one: int, other: int) -> int:
    """As ``word_level``, with 5 for a short form and the name it may stand for, and 6 for the same."""
    level = word_level(letters, lengths, one, other)
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
                    level = max(level, min(word_level(letters, lengths, x, y), 3) - 1)
    return level


@compiled
def _compare(
    a: Ints,
    b: Ints,
    given: Ints,
    paternal: Ints,
    maternal: Ints,
    letters: NDArray[np.uint8],
    lengths: Ints,
    meanings: Ints,
    given_rarity: Floats,
    surname_rarity: Floats,
    age: Ints,
    day: Ints,
    day_month: Ints,
    place: Ints,
    levels: Levels,
    rarity: Floats,
) -> None:
    usual = 4.0
    used = np.zeros(given.shape[1], np.int64)
    for n in range(len(a)):
        i, j = a[n], b[n]
        # Given names: the shorter list's names, each with its best partner in the longer one.
        count_i = 0
        count_j = 0
        for k in range(given.shape[1]):
            count_i += given[i, k] >= 0
            count_j += given[j, k] >= 0
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
                    level = given_level(letters, lengths, meanings, given[i, k], given[j, other])
                    if level == wanted:
                        used[k] |= 1
                        used[other] |= 2
                        matched += 1
                        worst = min(worst, level)
                        exact_pairs += level == 6
                        short += level == 5
                        if level >= 5:
                            rare += (
                                max(given_rarity[given[i, k]], given_rarity[given[j, other]]) - usual
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
        pp = word_level(letters, lengths, paternal[i], paternal[j])
        mm = word_level(letters, lengths, maternal[i], maternal[j])
        pm = word_level(letters, lengths, paternal[i], maternal[j])
        mp = word_level(letters, lengths, maternal[i], paternal[j])
        rare = 0.0
        if _worth(pm) + _worth(mp) > _worth(pp) + _worth(mm):
            levels[n, 1] = 0
            levels[n, 2] = 0
            good = (pm >= 3) + (mp >= 3)
            bad = (pm == 1) + (mp == 1)
            levels[n, 3] = 3 if good == 2 else (2 if good == 1 and bad == 0 else 1)
            if pm == 4:
                rare += surname_rarity[paternal[i]] - usual
            if mp == 4:
                rare += surname_rarity[maternal[i]] - usual
        else:
            levels[n, 1] = pp
            levels[n, 2] = mm
            levels[n, 3] = 0
            if pp == 4:
                rare += surname_rarity[paternal[i]] - usual
            if mm == 4:
                rare += surname_rarity[maternal[i]] - usual
        rarity[n, 1] = rare
        # Age.
        if age[i] < 0 or age[j] < 0:
            levels[n, 4] = 0
        else:
            apart = abs(age[i] - age[j])
            levels[n, 4] = apart + 1 if apart <= 3 else (5 if apart <= 5 else 6)
        # Day and place, as one.
        if day[i] < 0 or day[j] < 0:
            when = 0
        else:
            apart = abs(day[i] - day[j])
            if apart <= 2:
                when = apart + 1
            elif apart <= 8:
                when = 4
            elif day_month[i] == day[j] or day_month[j] == day[i]:
                when = 7
            elif apart <= 27:
                when = 5
            elif apart <= 40:
                when = 6
            else:
                when = 8
        where = 0 if place[i] < 0 or place[j] < 0 else (1 if place[i] == place[j] else 2)
        levels[n, 5] = when * 3 + where


@compiled
def _worth(level: int) -> int:
    if level == 0:
        return 0
    if level == 1:
        return -3
    return level


def design(compared: Compared) -> Floats:
    """Columns of a linear model: a constant, each block's levels as 0 and 1, and the two rarities."""
    pairs = len(compared.levels)
    columns = [np.ones((pairs, 1))]
    for block, (_, count) in enumerate(BLOCKS):
        columns.append((compared.levels[:, block, None] == np.arange(count)).astype(float))
    return np.hstack([*columns, compared.rarity])


WIDTH = 1 + sum(count for _, count in BLOCKS) + 2
"""Columns of ``design``."""
