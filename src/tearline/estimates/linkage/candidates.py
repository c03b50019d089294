"""Which pairs are worth comparing: those that share a key, of several kinds, so that one slip leaves another key.

A key is a given name with a surname (as they sound, or by their first or last three letters), both surnames, or a name
with place and week. A key that very many reports share is split by place, by month and by the other surname. Keys know
nothing of sources: pairs within one source are found by the same rule as pairs across, which ``model`` relies on.
"""

from dataclasses import dataclass

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.linkage.comparisons import (
    FURTHER,
    PLACES,
    WITHIN_MONTH,
    Compared,
    Levels,
    compare,
    day_month,
)
from tearline.estimates.linkage.names import sound
from tearline.estimates.linkage.reports import NO_DATE, NONE, Coded, Floats, Ints

CROWDED = 150
"""Reports of one key beyond which it is split."""
MOST_SHARED = 400
"""A key that more share even after that is left out."""
THOROUGH = 20_000
"""Reports up to which a surname alone is a key too. Beyond, no pair is compared whose ages are further apart than
``YEARS`` or whose days are further apart than ``MONTH``, unless as day and month exchanged."""
AT_ONCE = 2_000_000
YEARS, WEEK, MONTH = 5, 8, 40


def candidates(coded: Coded) -> tuple[Ints, Ints, Compared]:
    """Pairs ``a < b`` that may be one person, and how alike they are. Who is not named is in none."""
    pairs = _paired(coded)
    kept_pairs, kept_levels, kept_rarity = [], [], []
    for begins in range(0, len(pairs), AT_ONCE):
        part = pairs[begins : begins + AT_ONCE]
        compared = compare(coded, part // len(coded), part % len(coded))
        named = coded.named[part // len(coded)] & coded.named[part % len(coded)]
        keep = _plausible(compared.levels) & named
        kept_pairs.append(part[keep])
        kept_levels.append(compared.levels[keep])
        kept_rarity.append(compared.rarity[keep])
    if not kept_pairs:
        none = np.zeros(0, np.int64)
        return none, none, compare(coded, none, none)
    found = np.concatenate(kept_pairs)
    return (
        found // len(coded),
        found % len(coded),
        Compared(levels=np.concatenate(kept_levels), rarity=np.concatenate(kept_rarity)),
    )


def _plausible(levels: Levels) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Some given name and surname agree; or surnames do, and age and day allow it; or given name and incident do."""
    given = (levels[:, 0] >= 2) | (levels[:, 0] == 0)
    one_surname = (levels[:, 1] >= 2) | (levels[:, 2] >= 2) | (levels[:, 3] >= 2)
    surnames = ((levels[:, 1] >= 3) & ((levels[:, 2] >= 3) | (levels[:, 2] == 0))) | (levels[:, 3] == 3)
    when = levels[:, 5] // PLACES
    near = ((when > 0) & (when < 5)) | (when == WITHIN_MONTH)
    age_allows = levels[:, 4] < 6
    return np.asarray(
        (one_surname & given)
        | (surnames & ~given & age_allows & (when != FURTHER))
        | (~one_surname & (levels[:, 0] >= 5) & age_allows & near)
        | ((levels[:, 3] == 1) & (levels[:, 0] >= 5) & age_allows & (when != FURTHER))
        | (levels[:, 6:] >= 2).any(axis=1)
    )


def _paired(coded: Coded) -> Ints:
    """Each pair once, as ``a * n + b``."""
    n = len(coded)
    heard: dict[str, int] = {}
    by_sound = np.array([heard.setdefault(sound(word), len(heard)) for word in coded.words], np.int64)
    first = _ends(coded, last=False)
    last = _ends(coded, last=True)
    place = coded.place + 1
    known_place = coded.place >= 0
    # Of an interval the middle is the key, unless it is too long for any.
    day = np.where(coded.day_to - coded.day <= MONTH, (coded.day + coded.day_to) // 2, NO_DATE)
    known_day = day >= 0
    week, month = day // WEEK, day // MONTH
    rows = np.arange(n)
    surnames = (coded.paternal, coded.maternal)
    both = np.sort(np.stack([_of(by_sound, surnames[0]), _of(by_sound, surnames[1])], axis=1), axis=1)
    has_both = (coded.paternal >= 0) & (coded.maternal >= 0)
    found: list[Ints] = []
    exact = np.where(coded.day == coded.day_to, coded.day, NO_DATE)
    near = _Near(age=coded.age, day=exact, exchanged=day_month(exact), asked=n > THOROUGH)

    def share(
        kind: int, parts: list[Ints], where: "np.ndarray[tuple[int], np.dtype[np.bool_]]", of: Ints
    ) -> None:
        keys = _mixed(kind, [part[where] for part in parts])
        found.extend(_pairs(keys, of[where], coded, near))

    kind = 0
    given_rows = np.concatenate([rows] * coded.given.shape[1] * 2)
    tokens = np.concatenate([coded.given[:, k] for k in range(coded.given.shape[1])] * 2)
    names = np.concatenate([np.tile(one, coded.given.shape[1]) for one in surnames])
    present = (tokens >= 0) & (names >= 0)
    for given_code, name_code in ((first, last), (last, first), (first, first), (last, last)):
        kind += 1
        share(kind, [_of(given_code, tokens), _of(name_code, names)], present, given_rows)
    meaning_rows = np.concatenate([given_rows] * coded.meanings.shape[1])
    meanings = np.concatenate([np.where(tokens >= 0, coded.meanings[tokens, k], NONE) for k in range(3)])
    meant_names = np.tile(names, coded.meanings.shape[1])
    kind += 1
    share(kind, [meanings, _of(by_sound, meant_names)], (meanings >= 0) & (meant_names >= 0), meaning_rows)
    kind += 1
    outline = _outline(coded)
    share(kind, [meanings, _of(outline, meant_names)], (meanings >= 0) & (meant_names >= 0), meaning_rows)
    kind += 1
    share(kind, [both[:, 0], both[:, 1]], has_both, rows)
    for shift in (0, 1):
        days = (day + shift * WEEK // 2) // WEEK
        for column in range(coded.given.shape[1]):
            token = coded.given[:, column]
            share(20 + shift, [token, place, days], (token >= 0) & known_place & known_day, rows)
            share(22 + shift, [token, coded.age, days], (token >= 0) & (coded.age >= 0) & known_day, rows)
        for name in surnames:
            share(24 + shift, [_of(by_sound, name), place, days], (name >= 0) & known_place & known_day, rows)
    for name in surnames:
        share(30, [_of(by_sound, name), coded.age, place], (name >= 0) & (coded.age >= 0) & known_place, rows)
        share(31, [_of(by_sound, name), coded.age, week], (name >= 0) & (coded.age >= 0) & known_day, rows)
    born, street, postcode, identity = coded.others.T
    for kind, parts in (
        (50, [identity]),
        (51, [born]),
        (52, [street]),
        (53, [postcode, _of(by_sound, coded.paternal)]),
        (54, [postcode, coded.given[:, 0]]),
    ):
        share(kind, parts, np.all([part >= 0 for part in parts], axis=0), rows)
    if n <= THOROUGH:
        # Two reports of one surname each may have taken different ones of a person's two.
        single = (coded.maternal < 0)[meaning_rows] & (meanings >= 0)
        share(43, [meanings, place[meaning_rows]], single & known_place[meaning_rows], meaning_rows)
        share(44, [meanings, month[meaning_rows]], single & known_day[meaning_rows], meaning_rows)
        for name in surnames:
            share(40, [_of(by_sound, name)], name >= 0, rows)
            share(41, [_of(first, name), place], (name >= 0) & known_place, rows)
            share(42, [_of(last, name), month], (name >= 0) & known_day, rows)
    return np.unique(np.concatenate(found))


def _ends(coded: Coded, *, last: bool) -> Ints:
    """A number for each word's first or last three letters."""
    seen: dict[str, int] = {}
    return np.array(
        [seen.setdefault(word[-3:] if last else word[:3], len(seen)) for word in coded.words], np.int64
    )


def _outline(coded: Coded) -> Ints:
    """A number for each word's first and last letter together."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(word[0] + word[-1], len(seen)) for word in coded.words], np.int64)


def _of(code: Ints, words: Ints) -> Ints:
    return np.where(words >= 0, code[words], NONE)


def _mixed(kind: int, parts: list[Ints]) -> Ints:
    """One number for several; that two keys meet by chance only costs a comparison."""
    key = np.full(len(parts[0]), kind + 1, np.uint64)
    for part in parts:
        key = (key ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    return (key >> np.uint64(1)).astype(np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Near:
    """What a pair is let through by, beside its key, where there are very many reports."""

    age: Ints
    day: Ints
    exchanged: Ints
    asked: bool


def _pairs(keys: Ints, rows: Ints, coded: Coded, near: _Near) -> list[Ints]:
    order = np.argsort(keys, kind="stable")
    keys, rows = keys[order], rows[order]
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    sizes = np.diff(np.append(begins, len(keys)))
    crowded = np.repeat(sizes > (MOST_SHARED if near.asked else CROWDED), sizes)
    parts = [_emitted(keys[~crowded], rows[~crowded], near)]
    if not crowded.any():
        return parts
    some, of = keys[crowded], rows[crowded]
    place, age, month = coded.place[of], coded.age[of], coded.day[of] // MONTH
    both = np.sort(np.stack([coded.paternal[of], coded.maternal[of]], axis=1), axis=1)
    has_place, has_age, has_day, has_both = place >= 0, age >= 0, month >= 0, both[:, 0] >= 0
    for kind, (split, known) in enumerate(
        (
            ([place, month], has_place & has_day),
            ([place, age], has_place & has_age),
            ([month, age], has_age & has_day),
            ([both[:, 0], both[:, 1], month], has_both & has_day),
            ([both[:, 0], both[:, 1], place], has_both & has_place),
        )
    ):
        finer = _mixed(100 + kind, [some[known], *(one[known] for one in split)])
        order = np.argsort(finer, kind="stable")
        parts.append(_emitted(finer[order], of[known][order], near))
    return parts


def _emitted(keys: Ints, rows: Ints, near: _Near) -> Ints:
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    sizes = np.diff(np.append(begins, len(keys)))
    fine = sizes <= MOST_SHARED
    n = len(near.age)
    args = (begins[fine], sizes[fine], rows, n, near.age, near.day, near.exchanged, near.asked)
    pairs = np.empty(_emit(*args, np.empty(0, np.int64)), np.int64)
    _emit(*args, pairs)
    return pairs


@compiled
def _emit(
    begins: Ints,
    sizes: Ints,
    rows: Ints,
    n: int,
    age: Ints,
    day: Ints,
    exchanged: Ints,
    asked: bool,  # noqa: FBT001  a compiled loop takes its arrays by position
    pairs: Ints,
) -> int:
    """Writes the pairs where there is room for them; how many there are."""
    count = 0
    for k in range(len(begins)):
        for x in range(begins[k], begins[k] + sizes[k]):
            i = rows[x]
            for y in range(x + 1, begins[k] + sizes[k]):
                j = rows[y]
                if i == j:
                    continue
                if asked:
                    if age[i] >= 0 and age[j] >= 0 and abs(age[i] - age[j]) > YEARS:
                        continue
                    if (
                        day[i] > 0
                        and day[j] > 0
                        and abs(day[i] - day[j]) > MONTH
                        and exchanged[i] != day[j]
                        and exchanged[j] != day[i]
                    ):
                        continue
                if len(pairs):
                    pairs[count] = min(i, j) * n + max(i, j)
                count += 1
    return count


def ratio_of(source: Ints) -> float:
    """Pairs across sources for each pair within one, of all pairs that there are; 0 if there are none within."""
    counts: Floats = np.bincount(source).astype(float)
    within = float((counts * (counts - 1) / 2).sum())
    everything = len(source) * (len(source) - 1) / 2
    return (everything - within) / within if within else 0.0
