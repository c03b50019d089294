"""All that is wrong with a text at once: the same as what ``load_pack`` refuses, with every place, in bounded time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.protocol import load_pack
from tearline.protocol.problems import MOST, problems
from tearline.web.protocols.texts import shipped_texts
from tests.protocols import SHIPPED, draft

LINES = SHIPPED.split("\n")


def places(text: str) -> list[str]:
    return [problem.place for problem in problems(text, file="draft")]


def refusal(text: str) -> str:
    """What loading says is wrong; nothing where it is sound."""
    try:
        load_pack(text, file="draft")
    except Malformed as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize("text", shipped_texts().values(), ids=lambda text: text.partition("pack: ")[2][:12])
def test_a_shipped_text_has_none(text: str) -> None:
    assert problems(text, file="draft") == ()


def test_each_part_says_what_is_wrong_with_it() -> None:
    text = draft(
        ("pack: cross-border\n", "pack: Cross Border\n"),
        ("    effect: refuse\n", "    effect: refus\n"),
        ("when: recipient.suspended\n", "when: recipient.suspend\n"),
        ("      - chain.1.outcome: exempt\n", "      - chain.1.outcome: absent\n"),
    )
    found = places(text)
    assert len(found) == 4
    for part in (
        "(pack)",
        "(rules[0].effect)",
        "(rule unit-suspended)",
        "(rules[0].matches[0])",
    ):
        assert any(part in place for place in found), part


def test_a_source_that_is_wrong_does_not_make_every_rule_wrong_that_cites_it() -> None:
    assert len(places(draft(("    since: 2015-07-21\n", "    since: 2015-13-21\n")))) == 1


def test_no_more_are_told_than_can_be_read() -> None:
    assert len(places(SHIPPED.replace("    effect: ", "    effect: not-"))) == MOST


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(LINES) - 1), st.sampled_from(["", "  ", "x", "- {}", "a: [", "  a: 1", '  "']))
def test_it_finds_something_wrong_where_loading_does_and_only_there(line: int, instead: str) -> None:
    text = "\n".join([*LINES[:line], instead, *LINES[line + 1 :]])
    found = {str(problem) for problem in problems(text, file="draft")}
    assert refusal(text) in (found or {""})


@pytest.mark.parametrize(
    "text", ["", "\x00", "[" * 1000, "a: [" + "1," * 50_000 + "]", "pack: x\nrules: 3\n"]
)
def test_hostile_texts_are_told_what_is_wrong(text: str) -> None:
    assert 0 < len(problems(text, file="draft")) <= MOST
