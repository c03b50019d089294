"""The key is read as it was written, or refused with the place in it."""

import json
from typing import Any

import pytest

from tearline.estimates.marks.code import make_code
from tearline.estimates.marks.keyfile import Key, MarkedCopy, hash_of, read_key, write_key
from tearline.estimates.marks.trace import Design
from tearline.facts.errors import Malformed

COPIES = tuple(MarkedCopy(copy=f"copy-{n}", within_reach=("ana", "the clerk")) for n in range(3))
KEY = Key(
    text_sha256=hash_of("a {{b|c}}"),
    decoys=True,
    design=Design(error=0.01, colluders=3),
    code=make_code(copies=3, bits=30, colluders=3, seed=bytes(32)),
    copies=COPIES,
)
WRITTEN = write_key(KEY)


def test_what_was_written_is_read() -> None:
    read = read_key(WRITTEN.encode(), file="key.json")
    assert (read.text_sha256, read.decoys, read.design, read.copies) == (
        KEY.text_sha256,
        KEY.decoys,
        KEY.design,
        KEY.copies,
    )
    assert (read.code.biases == KEY.code.biases).all()
    assert (read.code.words == KEY.code.words).all()
    assert write_key(read) == WRITTEN


def test_line_ends_do_not_change_what_a_text_is() -> None:
    assert hash_of("a\r\nb") == hash_of("a\nb") != hash_of("a b")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("tearline-marks",), 2, "a key of marked copies"),
        (("text_sha256",), "abc", "text_sha256: expected a text of 64"),
        (("decoys",), 1, "decoys: expected true or false"),
        (("error",), 0.0, "error: expected a chance"),
        (("error",), 0.7, "error: expected a chance"),
        (("error",), "0.01", "error: expected a chance"),
        (("colluders",), 0, "colluders: expected a whole number from 1"),
        (("colluders",), True, "colluders: expected a whole number from 1"),
        (("biases",), [], "biases: expected a list"),
        (("biases", 4), 1.0, "biases[4]: expected a chance"),
        (("biases", 4), 1e-300, "biases[4]: expected a chance"),
        (("biases", 4), "0.5", "biases[4]: expected a chance"),
        (("copies",), [], "copies: expected a list"),
        (("copies", 1), "copy-1", "copies[1]: expected a map"),
        (("copies", 1, "copy"), "copy-0", "copies[1].copy: expected a name"),
        (("copies", 1, "copy"), "two\nlines", "copies[1].copy: expected a name"),
        (("copies", 1, "within_reach"), "ana", "copies[1].within_reach: expected a list of names"),
        (("copies", 1, "within_reach", 0), "", "copies[1].within_reach: expected a list of names"),
        (("copies", 1, "word"), "01", "copies[1].word: expected 30 zeros and ones"),
        (("copies", 1, "word"), "2" * 30, "copies[1].word: expected 30 zeros and ones"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    place: tuple[str | int, ...], value: object, said: str
) -> None:
    plain: Any = json.loads(WRITTEN)
    holder = plain
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = value
    with pytest.raises(Malformed) as refused:
        read_key(json.dumps(plain).encode(), file="key.json")
    assert said in str(refused.value)
    assert str(refused.value).startswith("key.json: ")


def test_another_file_is_no_key() -> None:
    for text in (b"[]", b"{}", b"not json"):
        with pytest.raises(Malformed):
            read_key(text, file="key.json")
