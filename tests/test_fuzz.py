"""No bytes make a reader do anything but read them in their one form, or refuse them in words."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.parsers import Parser, parsers

each_parser = pytest.mark.parametrize("parser", parsers(), ids=lambda parser: parser.name)

TOKENS = (
    b"\n", b"\n\n", b" ", b"+", b"-", b"=", b"==", b".", b"~", b"/", b"\\", b'"', b",", b"0", b"00", b"1", b"-1", b"+1",
    b"1_0", b"9223372036854775808", b"1e400", b"NaN", b"null", b"true", b"[", b"{", b"}", b"\0", b"\r", b"\t", b"\x7f",
    b"\xff", b"\xc3", b"\xed\xa0\x80", "—".encode(), "\u2028".encode(), b"\\ud800", b"\\u0041", b"_sd", b"...",
    b"A" * 70,
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, examples: Sequence[bytes]) -> bytes:
    """An example with a few places changed, or pieces of two."""
    data = draw(st.sampled_from(examples))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 40)))
        match draw(st.sampled_from(["turn", "drop", "put", "replace", "twice", "splice", "cut"])):
            case "turn" if at < len(data):
                data = data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :]
            case "drop":
                data = data[:at] + data[end:]
            case "put":
                data = data[:at] + draw(st.sampled_from(TOKENS) | st.binary(max_size=6)) + data[at:]
            case "replace":
                data = data[:at] + draw(st.sampled_from(TOKENS)) + data[end:]
            case "twice":
                data = data[:end] + data[at:]
            case "splice":
                other = draw(st.sampled_from(examples))
                data = data[:at] + other[draw(st.integers(0, len(other))) :]
            case "cut":
                data = data[:at]
    return data


@each_parser
def test_what_is_right_is_read(parser: Parser) -> None:
    assert [parser.refusal(example) for example in parser.examples] == [None] * len(parser.examples)


@each_parser
@settings(max_examples=150)
@given(data=st.data())
def test_what_was_changed_is_read_in_one_form_or_refused(parser: Parser, data: st.DataObject) -> None:
    assert parser.refusal(data.draw(mutated(parser.examples))) != ""


@each_parser
@settings(max_examples=25)
@given(data=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode()))
def test_what_nobody_meant_is_refused_in_words(parser: Parser, data: bytes) -> None:
    assert parser.refusal(data) != ""


def test_a_private_key_of_another_curve_in_our_length_is_refused() -> None:
    """OpenSSL fails on it in a way of its own, which fuzzing found."""
    (parser,) = (one for one in parsers() if one.name == "private key")
    turned = parser.examples[0].replace(b"AwBQYDK2VwBCIE", b"AwBQYDK2VvBCIE")
    assert turned != parser.examples[0]
    assert "an Ed25519 private key" in str(parser.refusal(turned))
