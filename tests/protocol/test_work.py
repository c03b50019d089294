"""Refusing or reading a condition takes work and memory in line with its length, whatever its author wants.

Work is counted in calls of functions, Python's and those written in C: no clock, so that a busy machine is no fault.
"""

import json
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import pairwise
from types import FrameType

import pytest

from tearline.facts.errors import Malformed
from tearline.protocol import load_pack
from tearline.protocol.check import check
from tearline.protocol.grammar import LONGEST_CONDITION, WrongCondition
from tests.protocol.conditions import SCHEMA
from tests.protocol.packs import text_of

FAMILIES: dict[str, Callable[[int], str]] = {
    "open brackets": lambda n: "(" * n,
    "open lists": lambda n: "[" * n,
    "brackets": lambda n: "(" * (n // 2) + "true" + ")" * (n // 2),
    "signs": lambda n: "!" * n + "true",
    "minus": lambda n: "-" * n + "1 == 1",
    "conjunctions": lambda n: "true" + " && true" * (n // 8),
    "alternatives": lambda n: "true" + " || true" * (n // 8),
    "choices": lambda n: "true ? true : " * (n // 14) + "true",
    "sums": lambda n: "1" + " + 1" * (n // 4) + " == 1",
    "fields": lambda n: "item" + ".item" * (n // 5),
    "filters": lambda n: "chain" + ".filter(p, true)" * (n // 16) + ".exists(p, true)",
    "nested macros": lambda n: "chain.exists(p, " * (n // 17) + "true" + ")" * (n // 17),
    "a list": lambda n: "1 in [" + "1, " * (n // 3) + "1]",
    "a long text": lambda n: "item.id == '" + "a" * n + "'",
    "escapes": lambda n: "item.id == '" + r"\u00e9" * (n // 6) + "'",
    "a wrong escape at the end": lambda n: "'" + r"\n" * (n // 2) + r"\q'",
    "a long number": lambda n: "1" * n + " > 0",
    "a long hex number": lambda n: "0x" + "f" * n + " > 0",
    "a long double": lambda n: "0." + "1" * n + " > 0.0",
    "a long exponent": lambda n: "1e" + "9" * n + " > 0.0",
    "an unknown name": lambda n: "x" * n,
    "an unknown field": lambda n: "item." + "tlp" * (n // 3),
    "an unknown word": lambda n: "item.tlp == '" + "RED" * (n // 3) + "'",
    "an unknown function": lambda n: "size" * (n // 4) + "(chain)",
    "an unknown method": lambda n: "chain." + "exists" * (n // 6) + "(p, true)",
    "patterns": lambda n: " || ".join(["item.id.matches('^[a-z]+$')"] * (n // 32)),
    "patterns with repeats": lambda n: " || ".join(["item.id.matches('a{100}')"] * (n // 32)),
    "blanks": lambda n: "true" + " " * n + "&&",
    "lines": lambda n: "\n" * n,
    "half a text": lambda n: "'" + "a" * n,
    "hidden signs": lambda n: "\u200b" * n,
    "dots": lambda n: "." * n,
}
SIZES = (900, 1_800, 3_600)
SLACK = 1.25
"""By how much doubling a condition may more than double the work: lists grow by steps."""


def _refused_or_read(condition: str) -> None:
    with suppress(WrongCondition):
        check(condition, SCHEMA)


def calls(act: Callable[[], None]) -> int:
    count = 0

    def profile(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        act()
    finally:
        sys.setprofile(before)
    return count


def peak(act: Callable[[], None]) -> int:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _in_line(measured: list[int], fixed: int) -> bool:
    """Whether each doubling of the size at most doubles what goes beyond ``fixed``, but for the slack."""
    return all(later <= fixed + SLACK * 2 * earlier for earlier, later in pairwise(measured))


@pytest.mark.parametrize("family", FAMILIES)
def test_twice_the_condition_takes_twice_the_work_at_most(family: str) -> None:
    made = FAMILIES[family]
    _refused_or_read(made(SIZES[0]))  # what is made once, such as compiled expressions, is made
    conditions = [made(size) for size in SIZES]
    assert len(conditions[-1]) <= LONGEST_CONDITION
    work = [calls(partial(_refused_or_read, condition)) for condition in conditions]
    assert _in_line(work, 200), work
    assert max(work) < 200 * LONGEST_CONDITION, work
    memory = [peak(partial(_refused_or_read, condition)) for condition in conditions]
    assert _in_line(memory, 20_000), memory
    assert max(memory) < 1_500 * LONGEST_CONDITION, memory


def test_what_is_too_long_is_not_looked_at() -> None:
    work = [calls(partial(_refused_or_read, "(" * size)) for size in (5_000, 50_000, 400_000)]
    assert work[0] == work[1] == work[2] < 20


@pytest.mark.parametrize("size", [4_001, 400_000])
def test_a_pack_with_a_condition_too_long_is_refused_with_its_place(size: int) -> None:
    text = text_of({"rule": ("refuse", "a" * size)})
    with pytest.raises(
        Malformed, match=r"line [0-9]+, column 4012 \(rule rule\): expected a condition of at most"
    ):
        load_pack(text, file="f")


def test_a_pack_of_hostile_conditions_takes_work_in_line_with_its_length() -> None:
    """Each text is read twice at the most: once for its values, and once more for the place of its first error."""
    condition = " || ".join(["item.id.matches('^a{9}$')"] * 40)
    texts = [
        text_of(
            {f"rule-{n}": ("refuse", condition) for n in range(count)} | {"last": ("refuse", json.dumps("("))}
        )
        for count in (10, 20, 40)
    ]

    def refuse(text: str) -> None:
        with pytest.raises(Malformed):
            load_pack(text, file="f")

    refuse(texts[0])
    work = [calls(partial(refuse, text)) for text in texts]
    assert _in_line(work, 1_000), work
