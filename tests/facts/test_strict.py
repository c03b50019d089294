"""What a person sees in a file is what the program gets, or one clear line."""

import json
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.facts.strict import DEEPEST, Mark, mark_of, parse_json, parse_yaml, place_of

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS.filter(lambda k: k not in ("", "<<")), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_json_gives_back_what_was_written(value: object) -> None:
    assert parse_json(json.dumps(value), file="f") == value


@given(PLAIN)
def test_both_readers_give_the_same_values(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert parse_yaml(text, file="f") == parse_json(text, file="f")


@given(st.binary(max_size=200) | st.text(string.printable, max_size=200))
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes | str) -> None:
    for parse in (parse_yaml, parse_json):
        said = _said(parse, data)
        assert said.startswith("f: ")
        assert "\n" not in said


def _said(parse: Callable[..., object], data: bytes | str) -> str:
    try:
        parse(data, file="f")
    except Malformed as error:
        return str(error)
    return "f: read"


def test_words_that_yaml_once_changed_stay_text() -> None:
    text = "a: no\nb: on\nc: 2011-03-18\nd: 12:30\ne: 007\nf: 1_000\ng: .inf\non: Fact"
    assert parse_yaml(text, file="f") == {
        "a": "no",
        "b": "on",
        "c": "2011-03-18",
        "d": "12:30",
        "e": "007",
        "f": "1_000",
        "g": ".inf",
        "on": "Fact",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "line 3, column 1: expected each key once, found 'a' again"),
        ("a: &x 1", "line 1, column 4: expected a value without an anchor"),
        ("a: *x", "line 1, column 4: expected a value written out, not an alias"),
        ("<<: {a: 1}", "line 1, column 1: expected keys written out, not merged"),
        ("a: !!python/object:os.system x", "line 1, column 4: expected a value without a tag"),
        ("a: 1\n---\nb: 2", "line 2, column 1: expected one document"),
        ("? [a]\n: 1", "line 1, column 3: expected a text as key"),
        ("", "line 1, column 1: expected a YAML document, found nothing"),
        ("a: 99999999999999999999", "line 1, column 4: expected a number that fits 64 bits"),
        ("a: 1e999", "line 1, column 4: expected a number that fits 64 bits"),
        ('a: "\\0"', "line 1, column 4: expected text without NUL or half characters"),
        ("[" * 100, f"line 1, column {DEEPEST + 1}: expected at most {DEEPEST} levels of nesting"),
        ("a: 1\né: x\0", "line 2, column 5: expected text without NUL or half characters"),
        ("a: 1\né: \x07", "line 2, column 4: expected YAML (control characters are not allowed)"),
    ],
)
def test_yaml_that_says_more_than_it_shows_is_refused(text: str, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_yaml(text, file="f")
    assert str(refused.value) == f"f: {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n "a": 2}', "line 2, column 2: expected each key once, found 'a' again"),
        ('{"a": {"b": 1, "\\u0062": 2}}', "line 1, column 16: expected each key once, found 'b' again"),
        ('{"a": NaN}', "line 1, column 7: expected a finite number, found NaN"),
        ("[1e999]", "a number: expected one that fits 64 bits"),
        ("[123456789012345678901234567890]", "a number: expected one that fits 64 bits"),
        ('["\\ud800"]', "[0]: expected text without NUL or half characters"),
        ("[1] [2]", "line 1, column 5: expected the end of the file after one JSON value"),
        ("", "line 1, column 1: expected a JSON document, found nothing"),
        ("[" * 10_000, f"line 1, column {DEEPEST + 1}: expected at most {DEEPEST} levels of nesting"),
    ],
)
def test_json_that_other_readers_take_differently_is_refused(text: str, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_json(text, file="f")
    assert str(refused.value) == f"f: {said}"


@pytest.mark.parametrize("parse", [parse_yaml, parse_json])
def test_bytes_that_are_not_utf_8_are_refused(parse: Callable[..., object]) -> None:
    for data, said in (
        (b"a: 1\nb: \xff", "line 2, column 4: expected UTF-8, found byte 0xff"),
        (b"\xef\xbb\xbf{}", "line 1, column 1: expected UTF-8 without a byte order mark"),
    ):
        with pytest.raises(Malformed) as refused:
            parse(data, file="f")
        assert str(refused.value) == f"f: {said}"
    with pytest.raises(Malformed, match="40 bytes: expected at most 10 bytes"):
        parse(b" " * 40, file="f", largest=10)


def test_a_repeated_key_in_another_map_is_no_repetition() -> None:
    text = '[{"a": {"b": 1}, "b": ["x", {"a": 2}]}, {"a": 3}]'
    assert parse_json(text, file="f") == json.loads(text)


def test_a_value_is_found_again_by_its_path() -> None:
    text = "rules:\n  - id: one\n    when: |\n      a && b\n  - {id: two}\n"
    assert mark_of(text, ["rules", 0, "when"], file="f") == Mark(3, 11, "|")
    assert place_of(text, ["rules", 1, "id"], file="f") == "line 5, column 10"
    assert place_of(text, ["rules", 1, "when"], file="f") == "line 5, column 5"
    assert mark_of(text, ["nowhere"], file="f") is None
