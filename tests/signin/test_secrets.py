"""Tokens as they are written: told from other text by anyone, made of 256 random bits, shown once, kept as a hash."""

import re
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.identifiers import PATTERN, THUMBPRINT, TokenId
from tearline.signin.secrets import DIGITS, KEPT, MOST_EACH, Unshown, hash_of, name_of, new_token, written
from tests.worlds import NOON

NAME = TokenId("k3v9")
SCANNER = re.compile(r"\btl1_[a-z0-9.-]{1,81}_[0-9A-Za-z]{49}\b")
"""What docs/tokens.md tells scanners to look for."""


@given(st.from_regex(PATTERN, fullmatch=True), st.binary(min_size=32, max_size=32))
def test_a_token_bears_its_name_and_scanners_find_it(name: str, secret: bytes) -> None:
    token = written(TokenId(name), secret)
    assert name_of(token) == name
    assert SCANNER.fullmatch(token)
    assert SCANNER.search(f'key = "{token}"')
    assert THUMBPRINT.fullmatch(hash_of(token))


def test_the_checksum_is_the_crc_of_what_stands_before_it() -> None:
    token = written(NAME, b"\x07" * 32)
    number = 0
    for digit in token[-6:]:
        number = number * 62 + DIGITS.index(digit)
    assert number == zlib.crc32(token[:-6].encode())


@given(st.data())
def test_a_token_with_one_character_changed_is_none(data: st.DataObject) -> None:
    token = written(NAME, bytes(range(32)))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != token[place]))
    assert name_of(token[:place] + other + token[place + 1 :]) is None


@given(st.text(max_size=300) | st.from_regex(r"tl1_[a-z0-9]{1,12}_[0-9A-Za-z]{49}", fullmatch=True))
def test_other_text_is_no_token(text: str) -> None:
    assert name_of(text) is None


@pytest.mark.parametrize("ending", ["\n", " ", "\x00"])
def test_nothing_may_stand_behind_a_token(ending: str) -> None:
    assert name_of(written(NAME, bytes(32)) + ending) is None


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token(NAME) for _ in range(100)}) == 100
    with pytest.raises(ValueError, match="no identifier"):
        new_token(TokenId("Not one"))


def test_a_token_is_shown_once_to_the_session_that_made_it() -> None:
    held = Unshown()
    digest = held.made("session-1", NAME, NOON)
    assert held.made("session-1", NAME, NOON) == digest
    assert held.shown("session-2", NAME, NOON) is None
    token = held.shown("session-1", NAME, NOON)
    assert token is not None
    assert hash_of(token) == digest
    assert held.shown("session-1", NAME, NOON) is None


def test_a_token_that_nobody_signed_for_is_forgotten() -> None:
    held = Unshown()
    first = held.made("session-1", NAME, NOON)
    assert held.shown("session-1", NAME, NOON + KEPT) is None
    assert held.made("session-1", NAME, NOON + KEPT) != first
    held.made("session-1", TokenId("other"), NOON + KEPT + timedelta(hours=1))
    assert held.shown("session-1", NAME, NOON + KEPT) is None


def test_one_session_cannot_push_out_another_s() -> None:
    held = Unshown()
    held.made("session-1", NAME, NOON)
    for n in range(10 * MOST_EACH):
        held.made("session-2", TokenId(f"t{n}"), NOON)
    assert held.shown("session-1", NAME, NOON) is not None
    assert held.shown("session-2", TokenId("t0"), NOON) is None


def test_a_secret_that_waits_is_in_no_traceback() -> None:
    held = Unshown()
    held.made("session-1", NAME, NOON)
    token = held._held["session-1", NAME]
    assert "tl1_" not in repr(token)
