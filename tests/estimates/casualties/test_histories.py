"""Tables of overlaps say what a walk over the people says."""

from hypothesis import given
from hypothesis import strategies as st

from tests.estimates.casualties.tables import of_people

LISTS = 4
people = st.lists(st.integers(0, (1 << LISTS) - 1), max_size=60)
a_list = st.integers(0, LISTS - 1)


@given(people)
def test_who_stands_on_how_many_lists(drawn: list[int]) -> None:
    histories = of_people(drawn, LISTS)
    assert histories.documented == sum(one > 0 for one in drawn)
    for n, count in enumerate(histories.captures()[1:], 1):
        assert count == sum(one.bit_count() == n for one in drawn)


@given(people, a_list, a_list)
def test_who_stands_on_two_lists(drawn: list[int], a: int, b: int) -> None:
    assert of_people(drawn, LISTS).on(a, b) == sum(one >> a & 1 and one >> b & 1 for one in drawn)


@given(people, a_list)
def test_a_list_that_was_never_made_takes_with_it_whom_it_alone_had(drawn: list[int], gone: int) -> None:
    left = of_people(drawn, LISTS).without(gone)
    kept = [n for n in range(LISTS) if n != gone]
    again = of_people([sum((one >> n & 1) << m for m, n in enumerate(kept)) for one in drawn], LISTS - 1)
    assert left.counts.tolist() == again.counts.tolist()
    assert left.lists == tuple("ABCD"[n] for n in kept)


@given(people, a_list, a_list)
def test_two_lists_as_one_hold_whoever_is_on_either(drawn: list[int], one: int, other: int) -> None:
    if one == other:
        return
    merged = of_people(drawn, LISTS).merged(one, other)
    kept = [n for n in range(LISTS) if n != other]
    either = [person | (1 << one if person >> other & 1 else 0) for person in drawn]
    again = of_people([sum((p >> n & 1) << m for m, n in enumerate(kept)) for p in either], LISTS - 1)
    assert merged.counts.tolist() == again.counts.tolist()
    assert merged.documented == of_people(drawn, LISTS).documented
