"""What is locked under a passphrase opens with any age, under that passphrase alone."""

import time

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.ledger import passphrase
from tearline.ledger.passphrase import check_passphrase, lock, unlock

pytestmark = pytest.mark.usefixtures("cheap_passphrases")

WORDS = "correct horse battery"


@given(st.binary(max_size=300), st.text(min_size=1, max_size=40))
def test_age_opens_what_is_locked_here(content: bytes, words: str) -> None:
    assert pyrage.passphrase.decrypt(lock(content, words), words) == content


@pytest.mark.parametrize("size", [0, 65_535, 65_536])
def test_a_whole_chunk_is_locked(size: int) -> None:
    assert unlock(lock(b"x" * size, WORDS), WORDS, "file") == b"x" * size


def test_more_than_a_chunk_is_not_locked() -> None:
    with pytest.raises(ValueError, match="at most 65536 bytes"):
        lock(bytes(65_537), WORDS)


def test_what_age_locked_opens_here() -> None:
    assert unlock(pyrage.passphrase.encrypt(b"content", WORDS), WORDS, "file") == b"content"


@settings(deadline=None)
@given(st.data())
def test_no_flipped_bit_and_no_other_passphrase_opens_it(data: st.DataObject) -> None:
    locked = bytearray(lock(b"some content", WORDS))
    locked[data.draw(st.integers(0, len(locked) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Malformed, match="file: top: expected the passphrase"):
        unlock(bytes(locked), WORDS, "file")
    with pytest.raises(Malformed, match="file: top: expected the passphrase"):
        unlock(lock(b"some content", WORDS), WORDS + " ", "file")


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(Malformed, match="file"):
        unlock(content, WORDS, "file")


def test_two_locks_have_nothing_in_common_but_their_form() -> None:
    one, other = (lock(b"content" * 100, WORDS) for _ in range(2))
    assert one[-600:] != other[-600:]
    assert one.splitlines()[2] != other.splitlines()[2]


def test_guessing_a_passphrase_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "WORK", 17)
    began = time.process_time()
    locked = lock(b"content", WORDS)
    assert time.process_time() - began > 0.05
    assert b" 17\n" in locked
    assert unlock(locked, WORDS, "file") == b"content"


@pytest.mark.parametrize("words", ["", "short", "with a\nsecond line", "with a \x00 in it"])
def test_a_passphrase_that_is_too_weak_is_refused_without_a_word_of_it(words: str) -> None:
    with pytest.raises(Malformed) as wrong:
        check_passphrase(words, "TEARLINE_PASSPHRASE")
    assert not words or words not in str(wrong.value)
