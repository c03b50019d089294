"""Nobody works out a count under five from what is public: an attacker who knows the rule tries every table."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.folds.suppression import FEWEST, Released, suppressed, tells, total_tells

NAMES = ("a", "b", "c")
MOST, FURTHEST = 9, 13
"""How many a cell has here, and up to how many an attacker takes to be possible: no end of what is possible tells."""
TABLES = tuple(product(range(FURTHEST + 1), repeat=len(NAMES)))
SUBSETS = [some for n in range(1, len(NAMES) + 1) for some in combinations(range(len(NAMES)), n)]
Table = tuple[int, ...]
Seen = tuple[int, tuple[tuple[str, int | None], ...]]


def public(table: Table, earlier: tuple[Seen, ...]) -> Seen | None:
    """What is made public of a table after these; None where nothing may be."""
    before = [Released(total=total, cells=dict(cells)) for total, cells in earlier]
    total = sum(table)
    if total_tells(total, before):
        return None
    return total, tuple(sorted(suppressed(dict(zip(NAMES, table, strict=True)), before).items()))


@cache
def worlds(earlier: tuple[Seen, ...]) -> dict[Seen | None, list[Table]]:
    """Every table by what would be made public of it after these: what an attacker has to reckon with."""
    found: dict[Seen | None, list[Table]] = defaultdict(list)
    for table in TABLES:
        found[public(table, earlier)].append(table)
    return found


def worked_out(possible: Iterable[Table]) -> dict[tuple[int, ...], int]:
    """The cells, and sums of cells, that are the same in all of these tables."""
    possible = list(possible)
    first = possible[0]
    return {
        some: sum(first[n] for n in some)
        for some in SUBSETS
        if all(sum(table[n] for n in some) == sum(first[n] for n in some) for table in possible)
    }


def small(known: dict[tuple[int, ...], int]) -> bool:
    return any(0 < n < FEWEST for n in known.values())


def test_from_one_publication_no_count_under_five_is_worked_out() -> None:
    for seen, possible in worlds(()).items():
        if seen is not None and max(possible[0]) < FURTHEST:
            assert not small(worked_out(possible)), seen


moves = st.lists(st.lists(st.integers(-7, 7), min_size=3, max_size=3), min_size=1, max_size=3)


def moved(table: Table, by: list[int]) -> Table:
    return tuple(min(max(n + d, 0), MOST) for n, d in zip(table, by, strict=True))


@settings(max_examples=40)
@given(st.tuples(*[st.integers(0, MOST)] * 3), moves)
def test_nor_from_several_nor_from_what_changed_between_them(table: Table, by: list[list[int]]) -> None:
    seen: tuple[Seen, ...] = ()
    known: list[dict[tuple[int, ...], int]] = []
    for step in [[0, 0, 0], *by]:
        table = moved(table, step)
        shown = public(table, seen)
        if shown is not None:
            known.append(worked_out(worlds(seen)[shown]))
            seen = (*seen, shown)
    for one, other in combinations(known, 2):
        assert not small(one)
        assert not small(other)
        # Of single cells: two that changed by more each may well come to less together, and tell of nobody.
        assert not any(tells(n, other[some]) for some, n in one.items() if some in other and len(some) == 1)


@settings(max_examples=40)
@given(st.tuples(*[st.integers(0, MOST)] * 3), st.lists(st.integers(-7, 7), min_size=3, max_size=3))
def test_nor_by_who_knows_that_nothing_changed_between_two(table: Table, by: list[int]) -> None:
    """After another table, the same one is made public twice: what was hidden once is not shown by the second."""
    seen: tuple[Seen, ...] = ()
    possible = set(TABLES)
    for at, now in enumerate((table, moved(table, by), moved(table, by))):
        shown = public(now, seen)
        if shown is None:
            return
        held = set(worlds(seen)[shown])
        possible = possible & held if at == 2 else held
        seen = (*seen, shown)
    assert not small(worked_out(possible))


def shown_of(*people: int, after: tuple[Released, ...] = ()) -> dict[str, int | None]:
    return dict(suppressed(dict(zip("abcd", people, strict=False)), after))


def released(total: int, **cells: int | None) -> Released:
    return Released(total=total, cells=cells)


def test_large_cells_are_shown_and_a_small_one_takes_another_with_it() -> None:
    assert shown_of(5, 6, 0, 9) == {"a": 5, "b": 6, "d": 9}
    assert shown_of(3, 6, 20, 9) == {"a": None, "b": None, "c": 20, "d": 9}
    assert shown_of(3, 6, 6, 9) == {"a": None, "b": None, "c": None, "d": 9}
    assert shown_of(4, 4, 9) == {}
    assert shown_of(4, 4, 9, 20) == {"a": None, "b": None, "c": None, "d": 20}
    assert shown_of(4, 3, 9) == {"a": None, "b": None, "c": 9}
    assert shown_of(1, 1, 1, 1) == shown_of(3) == {}


FIRST = released(50, a=None, b=None, c=30, d=10)


@pytest.mark.parametrize(
    ("people", "may"),
    [
        ((4, 6, 30, 10), True),
        ((2, 8, 30, 10), True),
        ((4, 6, 35, 20), True),
        ((4, 6, 32, 8), False),
        ((4, 8, 30, 10), False),
        ((4, 6, 30, 0), True),
        ((0, 10, 30, 10), True),
        ((4, 6, 30, 9), False),
    ],
)
def test_a_later_table_hides_the_same_and_shows_no_small_change(
    people: tuple[int, ...], *, may: bool
) -> None:
    shown = shown_of(*people, after=(FIRST,))
    assert bool(shown) == may
    if may:
        assert shown["a"] is None
        assert shown["b"] is None


def test_a_new_place_of_a_few_people_leaves_the_table_out() -> None:
    assert suppressed({"a": 4, "b": 6, "c": 30, "d": 10, "e": 3}, (FIRST,)) == {}
    assert suppressed({"a": 4, "b": 6, "c": 30, "d": 10, "e": 6}, (FIRST,))["e"] == 6


def test_a_total_that_changed_by_a_few_is_not_made_public() -> None:
    assert total_tells(4, ())
    assert not total_tells(5, ())
    assert total_tells(53, (FIRST,))
    assert not total_tells(55, (FIRST,))
    assert not total_tells(50, (FIRST, released(55)))
