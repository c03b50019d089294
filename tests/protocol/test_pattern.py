"""What a pattern means can be read from its tree: a plain matcher over it and RE2 say the same of every text."""

import copy
import pickle
from collections.abc import Iterator
from itertools import pairwise

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.protocol.check import LARGEST_PATTERNS, check
from tearline.protocol.evaluate import Scope, evaluate
from tearline.protocol.grammar import WrongCondition
from tearline.protocol.pattern import (
    DEEPEST_GROUPS,
    LARGEST_PATTERN,
    LAST,
    LONGEST_PATTERN,
    MOST_REPEATS,
    Alternation,
    Branch,
    Characters,
    Concatenation,
    Part,
    Pattern,
    Repetition,
    WrongPattern,
    parse_pattern,
)
from tests.protocol.conditions import NOW, SCHEMA, patterns

ALPHABET = "ab1-._ \n\t\v\f\réÉ𝄞\u00a0Z"
texts = st.text(alphabet=ALPHABET, max_size=6)


def ends(part: Part, text: str, starts: frozenset[int]) -> frozenset[int]:
    """Every place where a match of this part can end that began at one of these."""
    match part:
        case Characters(ranges=ranges):
            return frozenset(
                n + 1
                for n in starts
                if n < len(text) and any(low <= ord(text[n]) <= high for low, high in ranges)
            )
        case Concatenation(items=items):
            for item in items:
                starts = ends(item, text, starts)
            return starts
        case Alternation(items=items):
            return frozenset().union(*(ends(item, text, starts) for item in items))
        case Repetition(of=of, least=least, most=most):
            for _ in range(least):
                starts = ends(of, text, starts)
            found, left = starts, most if most is None else most - least
            while starts and (left is None or left > 0):
                starts = ends(of, text, starts) - found
                found |= starts
                left = left if left is None else left - 1
            return found


def holds(branch: Branch, text: str) -> bool:
    everywhere = frozenset(range(len(text) + 1))
    reached = ends(branch.body, text, frozenset({0}) if branch.from_start else everywhere)
    return len(text) in reached if branch.to_end else bool(reached)


def read(text: str) -> Pattern | None:
    try:
        return parse_pattern(text)
    except WrongPattern:
        return None


@settings(max_examples=400)
@given(patterns(), st.lists(texts, min_size=1, max_size=5))
def test_the_tree_means_what_re2_makes_of_the_text(text: str, given_: list[str]) -> None:
    pattern = read(text)
    if pattern is not None:
        for one in given_:
            assert pattern.found_in(one) is any(holds(branch, one) for branch in pattern.branches), one


@given(
    st.lists(st.sampled_from([*"ab1-^$.*+?()[]{}|\\,:dwsDWSntr=<!P é𝄞", "{2}", "(?:", "[^"]), max_size=12),
    texts,
)
def test_any_text_is_a_pattern_that_re2_takes_alike_or_is_refused(pieces: list[str], given_: str) -> None:
    text = "".join(pieces)
    pattern = read(text)
    if pattern is not None:
        options = re2.Options()
        options.log_errors = False
        assert (re2.search(text, given_, options) is not None) is pattern.found_in(given_)
        assert pattern.found_in(given_) is any(holds(branch, given_) for branch in pattern.branches)


def _characters(part: Part) -> Iterator[Characters]:
    match part:
        case Characters():
            yield part
        case Concatenation(items=items) | Alternation(items=items):
            for item in items:
                yield from _characters(item)
        case Repetition(of=of):
            yield from _characters(of)


@given(patterns())
def test_ranges_are_sorted_and_apart(text: str) -> None:
    pattern = read(text)
    for branch in pattern.branches if pattern else ():
        for characters in _characters(branch.body):
            flat = [code for both in characters.ranges for code in both]
            assert flat == sorted(flat)
            assert all(low > high + 1 for (_, high), (low, _) in pairwise(characters.ranges))
            assert flat[0] >= 0
            assert flat[-1] <= LAST


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("a**", 2, "one repeat"),
        ("a*?", 2, "one repeat"),
        ("a+?", 2, "one repeat"),
        ("a*+", 2, "one repeat"),
        ("a{2}{3}", 4, "one repeat"),
        ("*a", 0, "something to repeat"),
        ("a|*", 2, "something to repeat"),
        ("(+)", 1, "something to repeat"),
        ("(?i)a", 1, "(?: or ( to begin a group"),
        ("(?P<n>a)", 1, "(?: or ( to begin a group"),
        ("(?=a)", 1, "(?: or ( to begin a group"),
        ("(?!a)", 1, "(?: or ( to begin a group"),
        ("(?<=a)", 1, "(?: or ( to begin a group"),
        ("(?>a)", 1, "(?: or ( to begin a group"),
        (r"(a)\1", 4, "a sign of punctuation"),
        (r"\b", 1, "a sign of punctuation"),
        (r"\A", 1, "a sign of punctuation"),
        (r"\z", 1, "a sign of punctuation"),
        (r"\pL", 1, "a sign of punctuation"),
        (r"\p{Greek}", 1, "a sign of punctuation"),
        (r"\x41", 1, "a sign of punctuation"),
        (r"\Qa\E", 1, "a sign of punctuation"),
        (r"\C", 1, "a sign of punctuation"),
        ("a\\", 2, "a sign of punctuation"),
        ("\\é", 1, "a sign of punctuation"),
        ("a{1001}", 1, f"at most {MOST_REPEATS} repeats"),
        ("a{101}", 1, f"at most {MOST_REPEATS} repeats"),
        ("a{99999}", 1, "{m}, {m,} or {m,n}"),
        ("a{,3}", 1, "{m}, {m,} or {m,n}"),
        ("a{3,2}", 1, "the smaller count first"),
        ("a{x}", 1, "{m}, {m,} or {m,n}"),
        ("a{", 1, "{m}, {m,} or {m,n}"),
        ("}", 0, r"\} for the sign itself"),
        ("]", 0, r"\] for the sign itself"),
        ("[]", 1, "a class with at least one character"),
        ("[]a]", 1, "a class with at least one character"),
        ("[^]", 2, "a class with at least one character"),
        ("[a", 2, "a ] for the [ at character 1"),
        ("[z-a]", 1, "the smaller character of the range first"),
        ("[a-c-e]", 4, "- first or last in a class"),
        (r"[a-\d]", 3, "a range between two characters"),
        (r"[\d-z]", 1, "a range between two characters"),
        ("[[:alpha:]]", 1, r"\[ for the sign itself"),
        ("(a", 2, "a ) for the ( at character 1"),
        ("a)", 1, "no ) without its ("),
        ("a^b", 1, "^ first in the pattern"),
        ("(^a)", 1, "^ first in the pattern"),
        ("^^a", 1, "^ first in the pattern"),
        ("^*", 1, "something to repeat"),
        ("(a$)", 2, "$ last in the pattern"),
        ("a$b", 2, "the end of the pattern or | after $"),
        ("a$$", 2, "the end of the pattern or | after $"),
        ("(" * 9 + "a" + ")" * 9, DEEPEST_GROUPS, "groups inside each other"),
        ("a" * 201, LONGEST_PATTERN, "a pattern of at most 200 characters"),
        ("(a{100}){100}", 0, f"a pattern of at most {LARGEST_PATTERN} characters"),
        ("((((a{9}){9}){9}){9}){9}", 0, f"a pattern of at most {LARGEST_PATTERN} characters"),
        ("(){100}" * 20, 0, f"a pattern of at most {LARGEST_PATTERN} characters"),
        (r"\W{90}" * 9, 0, f"a pattern of at most {LARGEST_PATTERN} characters"),
    ],
)
def test_what_is_not_of_the_syntax_is_refused_with_its_place(text: str, start: int, expected: str) -> None:
    with pytest.raises(WrongPattern) as refused:
        parse_pattern(text)
    assert (refused.value.start, expected in refused.value.expected) == (start, True), refused.value.expected


@pytest.mark.parametrize(
    ("condition", "at"),
    [
        (r'item.id.matches("^a\\d(?=b)")', r"?=b"),
        (r"item.id.matches(r'^a\d(?=b)')", r"?=b"),
        (r'item.id.matches("\u0061\x62\142**")', r'*")'),
        (r'item.id.matches("a(")', '")'),
        (r"item.id.matches(R'a(')", "')"),
    ],
)
def test_the_place_in_a_pattern_is_a_place_in_the_condition(condition: str, at: str) -> None:
    with pytest.raises(WrongCondition) as refused:
        check(condition, SCHEMA)
    assert refused.value.start == condition.rindex(at)


def test_a_pattern_is_found_and_not_matched_whole() -> None:
    assert value_of("'officer-17'.matches('ice')") is True
    assert value_of("'officer-17'.matches('^ice$')") is False


def value_of(condition: str) -> object:
    return evaluate(check(condition, SCHEMA).tree, Scope({"at": NOW}))


def test_patterns_of_one_condition_share_a_limit() -> None:
    one = "item.id.matches('a{100}" + "[ac]{80}" * 5 + "')"
    assert LARGEST_PATTERNS == 2 * LARGEST_PATTERN
    check(one, SCHEMA)
    with pytest.raises(WrongCondition, match=f"patterns of at most {LARGEST_PATTERNS} characters together"):
        check(" || ".join([one] * 3), SCHEMA)


def _unpickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))  # noqa: S301  our own bytes


def test_a_pattern_outlives_copying_and_pickling() -> None:
    pattern = parse_pattern("^a{2,3}$")
    for again in (_unpickled(pattern), copy.deepcopy(pattern)):
        assert isinstance(again, Pattern)
        assert again == pattern
        assert hash(again) == hash(pattern)
        assert [again.found_in("a" * n) for n in range(5)] == [False, False, True, True, False]
    tree = check("item.id.matches('^a{2,3}$')", SCHEMA).tree
    assert _unpickled(tree) == tree


def test_re2_says_nothing_on_its_own(capfd: pytest.CaptureFixture[str]) -> None:
    pattern = parse_pattern("(" + "[a-mA-M1-3]{9}|" * 3 + "[^b]{9}){9}")
    assert not pattern.found_in("b~" * 400)
    assert pattern.found_in("ac" * 400)
    for wrong in ("(", "a{9999}", "\\"):
        with pytest.raises(WrongPattern):
            parse_pattern(wrong)
    assert capfd.readouterr() == ("", "")
