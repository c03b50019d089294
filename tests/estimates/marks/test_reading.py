"""A copy is read back from what surfaced of it; and what cannot be read is said not to be."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.estimates.marks.aligning import (
    AGREES,
    DIFFERS,
    EXTEND,
    LONG,
    OPEN,
    Fork,
    Lattice,
    fits,
    letters,
)
from tearline.estimates.marks.normal import retyped
from tearline.estimates.marks.reading import Legible, read_text
from tearline.estimates.marks.score import UNREAD
from tearline.estimates.marks.template import Channel, read_template
from tearline.estimates.marks.unfit import Unfit
from tearline.facts.tracing import Surfaced
from tests.estimates.marks.texts import PLAIN, REPORT, cropped, templates, typed_anew

TEMPLATE = read_template(REPORT, decoys=True)
RETYPED, COPIED = Surfaced.RETYPED, Surfaced.COPIED


def word(seed: int) -> list[int]:
    rng = random.Random(seed)
    return [rng.randint(0, 1) for _ in range(TEMPLATE.bits)]


def agreement(bits: np.ndarray, of: list[int]) -> tuple[int, int]:
    """How many bits were read, and how many of them wrongly."""
    read = bits != UNREAD
    return int(read.sum()), int((bits[read] != np.array(of)[read]).sum())


@given(templates(), st.data())
def test_a_copy_is_read_back_whole(text: str, data: st.DataObject) -> None:
    template = read_template(text)
    chosen = data.draw(st.lists(st.integers(0, 1), min_size=template.bits, max_size=template.bits))
    for how in Surfaced:
        assert read_text(template, template.render(chosen), how).bits.tolist() == chosen


@given(st.integers(0, 2**32))
def test_retyping_takes_the_layout_and_nothing_else(seed: int) -> None:
    chosen = word(seed)
    seen = read_text(TEMPLATE, typed_anew(TEMPLATE.render(chosen), random.Random(seed)), RETYPED)
    for read in seen.slots:
        assert (read.legible is Legible.READ) == (read.slot.channel is not Channel.LAYOUT)
    assert agreement(seen.bits, chosen) == (TEMPLATE.bits_when_retyped, 0)


def test_slips_and_cropping_cost_bits_and_hardly_ever_turn_one() -> None:
    read = wrong = 0
    for seed in range(60):
        rng = random.Random(seed)
        part = cropped(typed_anew(TEMPLATE.render(word(seed)), rng, slips=0.03), 0.4, rng)
        found = agreement(read_text(TEMPLATE, part, RETYPED).bits, word(seed))
        read, wrong = read + found[0], wrong + found[1]
    assert read > 0.45 * 60 * TEMPLATE.bits
    assert wrong < 0.02 * read


def test_a_quotation_within_other_words_is_found() -> None:
    chosen = word(1)
    copy = TEMPLATE.render(chosen)
    quoted = f"{PLAIN}\nOur source writes: «{copy[:260]}»\nand further on: «{copy[330:]}»\n{PLAIN}"
    read, wrong = agreement(read_text(TEMPLATE, quoted, RETYPED).bits, chosen)
    assert read >= TEMPLATE.bits - 6
    assert wrong == 0


def test_paragraphs_in_another_order_are_found() -> None:
    chosen = word(2)
    first, second = TEMPLATE.render(chosen).split("\n\n")
    seen = read_text(TEMPLATE, f"{second}\n\n{first}", RETYPED)
    assert agreement(seen.bits, chosen) == (TEMPLATE.bits_when_retyped, 0)


def test_two_quotations_that_contradict_each_other_make_a_place_doubtful() -> None:
    zeros, ones = [0] * TEMPLATE.bits, [1] * TEMPLATE.bits
    seen = read_text(TEMPLATE, f"{TEMPLATE.render(zeros)}\n\n{TEMPLATE.render(ones)}", RETYPED)
    assert seen.count(Legible.DOUBTFUL) > 0.5 * TEMPLATE.bits


def test_of_another_text_nothing_is_read() -> None:
    assert set(read_text(TEMPLATE, PLAIN, RETYPED).bits.tolist()) == {UNREAD}
    assert set(read_text(TEMPLATE, "van", RETYPED).bits.tolist()) == {UNREAD}
    assert set(read_text(TEMPLATE, "", COPIED).bits.tolist()) == {UNREAD}


def test_words_of_one_s_own_are_not_taken_for_an_alternative() -> None:
    text = TEMPLATE.render(word(3))
    own = text.replace("near Agua Prieta", "close by").replace("the river road", "some track")
    read, wrong = agreement(read_text(TEMPLATE, own, RETYPED).bits, word(3))
    assert wrong == 0
    assert read >= TEMPLATE.bits_when_retyped - 2


def test_a_text_that_takes_too_long_to_fit_is_refused() -> None:
    with pytest.raises(Unfit, match="at most 40000"):
        read_text(TEMPLATE, "a" * 40_001, RETYPED)


@given(st.text())
def test_whatever_surfaces_is_read_or_not_read(text: str) -> None:
    bits = read_text(TEMPLATE, text, RETYPED).bits
    assert len(bits) == TEMPLATE.bits
    assert set(bits.tolist()) <= {0, 1, UNREAD}


@given(st.text())
def test_what_is_left_when_retyped_is_left_when_retyped_again(text: str) -> None:
    assert retyped(retyped(text)) == retyped(text)
    assert retyped(text.upper().lower()) == retyped(text.lower())


# The fit itself, against every choice of alternatives aligned by the plain recurrence.


def plainly(ours: str, theirs: str) -> int:
    """The best local alignment of two strings, with every gap tried at every length."""

    def gap(length: int) -> int:
        return min(OPEN + EXTEND * length, LONG) if length else 0

    best = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i in range(len(ours) + 1):
        for j in range(len(theirs) + 1):
            found = [0]
            if i and j:
                found.append(best[i - 1][j - 1] + (AGREES if ours[i - 1] == theirs[j - 1] else DIFFERS))
            found += [best[i - k][j] - gap(k) for k in range(1, i + 1)]
            found += [best[i][j - k] - gap(k) for k in range(1, j + 1)]
            best[i][j] = max(found)
    return max(map(max, best))


few = st.text(alphabet="abc", max_size=7)


@settings(max_examples=150)
@given(
    st.tuples(few, few, few), st.tuples(few, few), st.tuples(few, few), st.text(alphabet="abc", max_size=16)
)
def test_the_fit_is_the_best_over_all_choices(
    fixed: tuple[str, str, str], first: tuple[str, str], second: tuple[str, str], theirs: str
) -> None:
    before, between, after = fixed
    lattice: Lattice = [
        letters(before),
        Fork(tuple(map(letters, first))),
        letters(between),
        Fork(tuple(map(letters, second))),
        letters(after),
    ]
    found = fits(lattice, letters(theirs))
    choices = {
        (a, b): plainly(before + first[a] + between + second[b] + after, theirs)
        for a, b in itertools.product(range(2), range(2))
    }
    for n, fit in enumerate(found):
        for a in range(2):
            expected = max(score for chosen, score in choices.items() if chosen[n] == a)
            within = plainly(
                (first, second)[n][a], theirs
            )  # touches no edge, and says nothing about the place
            assert max(fit.through[a], fit.without) <= expected
            assert max(fit.through[a], fit.without, within) == expected
