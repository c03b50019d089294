"""The secret that goes with a set of marked copies, as a file: what each copy's codeword is, and how it was declared.

Whoever has it can make a text that points at any copy, and can colour a mixture so that it points at none. It belongs
with whoever investigates, and never with the copies.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from tearline.estimates.marks.biases import MOST_COLLUDERS
from tearline.estimates.marks.code import Code
from tearline.estimates.marks.trace import Design
from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_json

FORM = "tearline-marks"
VERSION = 1
LONGEST_NAME = 200
LEAST_ERROR, LARGEST_ERROR = 1e-12, 0.5
LEAST_BIAS = 1e-4
"""Below what any distribution of biases gives; a score in which one position outweighs all others is no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedCopy:
    """``within_reach``: everyone able to reach it, as far as was known, its recipient first."""

    copy: str
    within_reach: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Key:
    """``text_sha256``: of the text with alternatives. ``decoys``: whether the agreement allowed them in it."""

    text_sha256: str
    decoys: bool
    design: Design
    code: Code
    copies: tuple[MarkedCopy, ...]


def hash_of(text: str) -> str:
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()


def write_key(key: Key) -> str:
    plain = {
        FORM: VERSION,
        "text_sha256": key.text_sha256,
        "decoys": key.decoys,
        "error": key.design.error,
        "colluders": key.design.colluders,
        "biases": [float(bias) for bias in key.code.biases],
        "copies": [
            {"copy": one.copy, "within_reach": list(one.within_reach), "word": "".join(map(str, word))}
            for one, word in zip(key.copies, key.code.words, strict=True)
        ],
    }
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def read_key(text: bytes, *, file: str) -> Key:
    """Raises ``Malformed``."""
    plain = parse_json(text, file=file)
    if not isinstance(plain, dict) or plain.get(FORM) != VERSION:
        raise Malformed(file, "top", f'a key of marked copies, which begins with "{FORM}": {VERSION}')
    reading = _Reading(file, plain)
    biases = reading.biases()
    copies, words = reading.copies(len(biases))
    return Key(
        text_sha256=reading.text("text_sha256", 64),
        decoys=reading.flag("decoys"),
        design=Design(error=reading.error(), colluders=reading.colluders()),
        code=Code(biases=biases, words=words),
        copies=copies,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    file: str
    plain: Mapping[str, object]

    def refuse(self, place: str, expected: str) -> NoReturn:
        raise Malformed(self.file, place, expected)

    def text(self, name: str, length: int) -> str:
        value = self.plain.get(name)
        if not isinstance(value, str) or len(value) != length:
            self.refuse(name, f"a text of {length} characters")
        return value

    def flag(self, name: str) -> bool:
        value = self.plain.get(name)
        if not isinstance(value, bool):
            self.refuse(name, "true or false")
        return value

    def error(self) -> float:
        value = self.plain.get("error")
        if not isinstance(value, float) or not LEAST_ERROR <= value <= LARGEST_ERROR:
            self.refuse("error", f"a chance from {LEAST_ERROR:g} to {LARGEST_ERROR}")
        return value

    def colluders(self) -> int:
        value = self.plain.get("colluders")
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_COLLUDERS:
            self.refuse("colluders", f"a whole number from 1 to {MOST_COLLUDERS}")
        return value

    def biases(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        value = self.plain.get("biases")
        if not isinstance(value, list) or not value:
            self.refuse("biases", "a list of chances")
        for n, bias in enumerate(value):
            if not isinstance(bias, float) or not LEAST_BIAS <= bias <= 1 - LEAST_BIAS:
                self.refuse(f"biases[{n}]", f"a chance from {LEAST_BIAS} to {1 - LEAST_BIAS}")
        return np.array(value, dtype=np.float64)

    def copies(
        self, bits: int
    ) -> tuple[tuple[MarkedCopy, ...], np.ndarray[tuple[int, int], np.dtype[np.int8]]]:
        value = self.plain.get("copies")
        if not isinstance(value, list) or not value:
            self.refuse("copies", "a list of copies")
        made, words, names = [], [], set()
        for n, one in enumerate(value):
            place = f"copies[{n}]"
            if not isinstance(one, dict):
                self.refuse(place, "a map of copy, within_reach and word")
            copy, within_reach, word = one.get("copy"), one.get("within_reach"), one.get("word")
            if not fit_name(copy) or copy in names:
                self.refuse(
                    f"{place}.copy", f"a name of one line, at most {LONGEST_NAME} characters, given once"
                )
            if not isinstance(within_reach, list) or not all(map(fit_name, within_reach)):
                self.refuse(f"{place}.within_reach", "a list of names of one line")
            if not isinstance(word, str) or len(word) != bits or set(word) - {"0", "1"}:
                self.refuse(f"{place}.word", f"{bits} zeros and ones")
            names.add(copy)
            made.append(MarkedCopy(copy=str(copy), within_reach=tuple(map(str, within_reach))))
            words.append([int(bit) for bit in word])
        return tuple(made), np.array(words, dtype=np.int8).reshape(len(made), bits)


def fit_name(name: object) -> bool:
    return isinstance(name, str) and name.isprintable() and name.strip() != "" and len(name) <= LONGEST_NAME
