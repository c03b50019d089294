"""The text with alternatives: what it says, what it refuses, and that a copy reads like any other text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.estimates.marks.template import Channel, Slot, escaped, read_template
from tearline.estimates.marks.unfit import Unfit
from tests.estimates.marks.texts import REPORT, templates


def test_each_place_is_of_the_channel_that_carries_it() -> None:
    template = read_template("A {{b|c}} [[d |e ]]{{f,|f;}} g{{? h}}.", decoys=True)
    assert [(slot.channel, slot.alternatives) for slot in template.slots] == [
        (Channel.WORDING, ("b", "c")),
        (Channel.ORDER, ("d e ", "e d ")),
        (Channel.LAYOUT, ("f,", "f;")),
        (Channel.DECOY, ("", " h")),
    ]
    assert (template.bits, template.bits_when_retyped) == (4, 3)
    assert template.render([0, 0, 0, 0]) == "A b d e f, g."
    assert template.render([1, 1, 1, 1]) == "A c e d f; g h."


def test_four_alternatives_stand_for_two_bits_high_bit_first() -> None:
    template = read_template("{{a|b|c|d}}{{e|f}}")
    assert [template.render(word) for word in ([0, 0, 0], [0, 1, 0], [1, 0, 1], [1, 1, 1])] == [
        "ae",
        "be",
        "cf",
        "df",
    ]


def test_an_order_takes_its_pieces_two_by_two() -> None:
    template = read_template("[[a |b |c |d |e ]]")
    assert template.bits == 2
    assert template.render([0, 1]) == "a b d c e "


def test_a_backslash_makes_the_next_sign_plain_and_nothing_else() -> None:
    assert (
        read_template(r"\{{ \[[ a|b \\ C:\temp {x} [y] \}} \]]").render([])
        == r"{{ [[ a|b \ C:\temp {x} [y] }} ]]"
    )


@given(st.text(alphabet="ab{}[]|?\\ \n", max_size=40))
def test_any_text_can_be_written_as_one_without_alternatives(text: str) -> None:
    template = read_template(escaped(text))
    assert (template.bits, template.render([])) == (0, text)


@given(templates(), st.data())
def test_a_copy_holds_one_alternative_of_each_place(text: str, data: st.DataObject) -> None:
    template = read_template(text)
    word = data.draw(st.lists(st.integers(0, 1), min_size=template.bits, max_size=template.bits))
    copy = template.render(word)
    choices = [
        re.escape(p) if isinstance(p, str) else f"({'|'.join(map(re.escape, p.alternatives))})"
        for p in template.parts
    ]
    assert re.fullmatch("".join(choices), copy)
    flipped = [1 - bit for bit in word]
    assert template.bits == 0 or template.render(flipped) != copy


def test_a_word_of_another_length_is_no_codeword() -> None:
    with pytest.raises(ValueError, match="3 bits for a text of 1"):
        read_template("{{a|b}}").render([0, 1, 0])


REFUSED = [
    ("a\nb {{c", "line 2, column 3", "}} after this {{"),
    ("a {{c|d", "line 1, column 3", "}} after this {{"),
    ("[[a |b ", "line 1, column 1", "]] after this [["),
    ("a }} b", "line 1, column 3", "an opening bracket before }}"),
    ("a ]] b", "line 1, column 3", "an opening bracket before ]]"),
    ("{{a|[[b|c]]}}", "line 1, column 5", "alternatives hold no alternatives"),
    ("[[a|{{b|c}}]]", "line 1, column 5", "alternatives hold no alternatives"),
    ("{{a|b]]}}", "line 1, column 6", "alternatives hold no alternatives"),
    ("{{a}}", "line 1, column 1", "2, 4 or 8 alternatives, found 1"),
    ("{{a|b|c}}", "line 1, column 1", "2, 4 or 8 alternatives, found 3"),
    ("{{a|a}}", "line 1, column 1", "alternatives that differ"),
    ("{{a|a.|b|c}}", "line 1, column 1", "all in layout only"),
    ("[[a]]", "line 1, column 1", "two or more pieces"),
    ("[[a |. ]]", "line 1, column 1", "two or more pieces"),
    ("[[a |a ]]", "line 1, column 1", "pieces that differ"),
    ("x {{?y}}", "line 1, column 3", "no decoy entry"),
    ("{{a|b\u200b}}", "line 1, column 1", "found U+200B"),
    ("{{a|b\u00a0c}}", "line 1, column 1", "found U+00A0"),
    ("{{begin|b\u0435gin}}", "line 1, column 1", "letters of one script"),
]


@pytest.mark.parametrize(("text", "place", "expected"), REFUSED)
def test_a_text_that_does_not_hold_together_is_refused_with_its_place(
    text: str, place: str, expected: str
) -> None:
    with pytest.raises(Unfit) as refused:
        read_template(text)
    assert refused.value.place == place
    assert expected in refused.value.expected.en
    assert refused.value.expected.es


def test_a_letter_in_two_pieces_is_refused() -> None:
    with pytest.raises(Unfit, match="composed form"):
        read_template("{{cafe\u0301|bar}}")


def test_a_decoy_is_refused_where_it_holds_a_number_or_a_name() -> None:
    for entry in ("Call 555.", "Juan came.", "it was in a mes de enero"):
        with pytest.raises(Unfit, match="in a decoy"):
            read_template(f"a {{{{?{entry}}}}}", decoys=True)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(Unfit, match="at most 40000 characters"):
        read_template("a" * 40_001)


def test_the_report_of_the_other_tests_has_every_channel() -> None:
    template = read_template(REPORT, decoys=True)
    assert {slot.channel for slot in template.slots} == set(Channel)
    assert all(isinstance(part, Slot) or part for part in template.parts)
