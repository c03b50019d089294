r"""A text with alternatives, as its releaser writes it.

    The van {{left|set out}} at 06:40.    wording: 2, 4 or 8 alternatives, which stand for 1, 2 or 3 bits
    [[They had two radios. |A dog barked. ]]    order: pieces that may stand in any order, as they are, spaces included
    {{?A second van was expected. }}      a decoy: an entry that only some copies have

Outside these, ``|`` is a plain character, and so is a single brace or bracket. A backslash makes the next one of
``{ } [ ] | ? \`` plain. What opens closes before the next one opens: alternatives hold no alternatives.

An order takes its pieces two by two, and each pair gives one bit by which of the two comes first, so that a pair can
be read where the rest is missing; a piece left over stays where it is. Alternatives that differ only in capitals,
punctuation, spaces or accents are *layout*: a photocopy keeps them, and whoever types the text anew does not. A
decoy is something untrue that is told to a partner, and may be written only where the agreement allows it.

What never varies is checked in ``constant``: numbers, names and times. Characters that one cannot see, or that look
like others, are refused: a mark that sits in them is gone as soon as somebody retypes the text or a program cleans
it, is found at once by a partner who looks, and makes the text unlike what stands on record.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tearline.estimates.marks.constant import check_alternatives, check_decoy
from tearline.estimates.marks.normal import retyped
from tearline.estimates.marks.unfit import Unfit
from tearline.facts.words import Worded, Words

LONGEST = 40_000
MOST_BITS = 3
_OPENS = re.compile(r"\\([{}\[\]|?\\])|\{\{\??|\[\[|\}\}|\]\]|\|")
_ESCAPED = re.compile(r"[{}\[\]|?\\]")


class Channel(Worded):
    """What carries a bit."""

    WORDING = "wording", "wording", "redacción"
    ORDER = "order", "order", "orden"
    DECOY = "decoy", "decoy entry", "entrada señuelo"
    LAYOUT = "layout", "layout", "presentación"

    @property
    def survives_retyping(self) -> bool:
        return self is not Channel.LAYOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place where copies differ: 2, 4 or 8 texts, of which the bits of a codeword, high bit first, choose one."""

    channel: Channel
    alternatives: tuple[str, ...]
    place: str

    @property
    def bits(self) -> int:
        return len(self.alternatives).bit_length() - 1


@dataclass(frozen=True, slots=True)
class Template:
    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(part for part in self.parts if isinstance(part, Slot))

    @property
    def bits(self) -> int:
        return sum(slot.bits for slot in self.slots)

    @property
    def has_decoys(self) -> bool:
        return any(slot.channel is Channel.DECOY for slot in self.slots)

    def bits_of(self, channel: Channel) -> int:
        return sum(slot.bits for slot in self.slots if slot.channel is channel)

    @property
    def bits_when_retyped(self) -> int:
        """How many bits are left once somebody has typed the text anew."""
        return sum(slot.bits for slot in self.slots if slot.channel.survives_retyping)

    def render(self, word: Sequence[int]) -> str:
        """The copy with this codeword, of as many zeros and ones as the text has bits."""
        if len(word) != self.bits:
            raise ValueError(f"{len(word)} bits for a text of {self.bits}")
        bits = iter(int(bit) for bit in word)
        return "".join(part if isinstance(part, str) else _chosen(part, bits) for part in self.parts)


def _chosen(slot: Slot, bits: Iterator[int]) -> str:
    number = 0
    for _ in range(slot.bits):
        number = 2 * number + next(bits)
    return slot.alternatives[number]


def escaped(text: str) -> str:
    """The text with alternatives that is just this text."""
    return _ESCAPED.sub(r"\\\g<0>", text)


def read_template(text: str, *, decoys: bool = False) -> Template:
    """Read and check; raises ``Unfit``. ``decoys``: whether the agreement allows them."""
    text = text.replace("\r\n", "\n")
    if len(text) > LONGEST:
        raise Unfit(
            f"{len(text)} characters",
            Words(f"at most {LONGEST} characters", f"a lo sumo {LONGEST} caracteres"),
        )
    parts: list[str | Slot] = []
    for opened in _opened(text):
        if opened.by == "":
            parts.append(opened.pieces[0])
            continue
        for piece in opened.pieces:
            _check_characters(piece, opened.place)
        if opened.by == "[[":
            parts.extend(_in_any_order(opened))
        else:
            before = _before(parts)
            parts.append(_decoy(opened, decoys=decoys) if opened.by == "{{?" else _wording(opened, before))
    return Template(tuple(_joined(parts)))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A stretch of the text: plain (``by`` is empty) or what stands between two brackets, in its pieces."""

    by: str
    pieces: tuple[str, ...]
    place: str


def _opened(text: str) -> Iterator[_Opened]:
    by, place, piece, at = "", "line 1, column 1", "", 0
    pieces: list[str] = []
    for mark in _OPENS.finditer(text):
        piece += text[at : mark.start()]
        at, sign = mark.end(), mark.group()
        closes = {"{{": "}}", "{{?": "}}", "[[": "]]", "": ""}[by]
        if mark.group(1):
            piece += mark.group(1)
        elif sign == closes:
            yield _Opened(by, (*pieces, piece), place)
            by, piece, pieces = "", "", []
        elif sign == "|" and by and by != "{{?":
            pieces.append(piece)
            piece = ""
        elif sign == "|":
            piece += sign
        elif by or sign in ("}}", "]]"):
            raise Unfit(_at(text, mark.start()), _expected(by, sign))
        else:
            yield _Opened("", (piece,), place)
            by, piece, place = sign, "", _at(text, mark.start())
    if by:
        closes = "]]" if by == "[[" else "}}"
        raise Unfit(place, Words(f"{closes} after this {by}", f"{closes} después de este {by}"))
    yield _Opened("", (piece + text[at:],), place)


def _expected(by: str, sign: str) -> Words:
    if not by:
        return Words(
            f"an opening bracket before {sign}, or \\{sign[0]}\\{sign[1]}",
            f"un corchete o llave que abra antes de {sign}, o \\{sign[0]}\\{sign[1]}",
        )
    closes = "]]" if by == "[[" else "}}"
    return Words(
        f"{closes}, since alternatives hold no alternatives; found {sign}",
        f"{closes}, pues dentro de las alternativas no hay otras; se halló {sign}",
    )


def _at(text: str, start: int) -> str:
    line = text.count("\n", 0, start) + 1
    return f"line {line}, column {start - text.rfind(chr(10), 0, start)}"


def _wording(opened: _Opened, before: str) -> Slot:
    alternatives = opened.pieces
    if len(alternatives) not in (2, 4, 2**MOST_BITS):
        raise Unfit(
            opened.place,
            Words(
                f"2, 4 or 8 alternatives, found {len(alternatives)}",
                f"2, 4 u 8 alternativas, se hallaron {len(alternatives)}",
            ),
        )
    if len(set(alternatives)) < len(alternatives):
        raise Unfit(opened.place, Words("alternatives that differ", "alternativas distintas"))
    typed = {retyped(one) for one in alternatives}
    if 1 < len(typed) < len(alternatives):
        raise Unfit(
            opened.place,
            Words(
                "alternatives that all differ in their words, or all in layout only",
                "alternativas que difieran todas en palabras, o todas solo en presentación",
            ),
        )
    check_alternatives(alternatives, before, opened.place)
    channel = Channel.LAYOUT if len(typed) == 1 else Channel.WORDING
    return Slot(channel=channel, alternatives=alternatives, place=opened.place)


def _in_any_order(opened: _Opened) -> Iterator[str | Slot]:
    pieces = opened.pieces
    if len(pieces) < 2 or any(not retyped(piece) for piece in pieces):
        raise Unfit(
            opened.place,
            Words("two or more pieces with words in them", "dos o más partes que tengan palabras"),
        )
    for first, second in zip(pieces[::2], pieces[1::2], strict=False):
        if retyped(first + second) == retyped(second + first):
            raise Unfit(opened.place, Words("pieces that differ", "partes distintas"))
        yield Slot(channel=Channel.ORDER, alternatives=(first + second, second + first), place=opened.place)
    if len(pieces) % 2:
        yield pieces[-1]


def _decoy(opened: _Opened, *, decoys: bool) -> Slot:
    entry = opened.pieces[0]
    if not decoys:
        raise Unfit(
            opened.place,
            Words(
                "no decoy entry, since the agreement does not allow them",
                "ninguna entrada señuelo, pues el acuerdo no las permite",
            ),
        )
    if not retyped(entry):
        raise Unfit(opened.place, Words("an entry with words in it", "una entrada que tenga palabras"))
    check_decoy(entry, opened.place)
    return Slot(channel=Channel.DECOY, alternatives=("", entry), place=opened.place)


def _before(parts: Sequence[str | Slot]) -> str:
    """What stands before: with a slot just before, its first alternative."""
    return "".join(part if isinstance(part, str) else part.alternatives[0] for part in parts[-2:])


def _joined(parts: Sequence[str | Slot]) -> Iterator[str | Slot]:
    """Plain stretches that meet become one, and empty ones none."""
    plain = ""
    for part in parts:
        if isinstance(part, str):
            plain += part
            continue
        if plain:
            yield plain
        plain = ""
        yield part
    if plain:
        yield plain


def _check_characters(piece: str, place: str) -> None:
    if unicodedata.normalize("NFC", piece) != piece:
        raise Unfit(place, Words("Unicode's composed form (NFC)", "la forma compuesta de Unicode (NFC)"))
    for character in piece:
        if character not in "\n\t " and unicodedata.category(character)[0] in "CZ":
            code = f"U+{ord(character):04X}"
            raise Unfit(
                place,
                Words(f"characters that one can see, found {code}", f"caracteres visibles, se halló {code}"),
            )
    for word in re.findall(r"\w+", piece):
        scripts = {_script(letter) for letter in word if letter.isalpha()}
        if len(scripts) > 1 and scripts & {"LATIN", "GREEK", "CYRILLIC"}:
            raise Unfit(
                place,
                Words(f"letters of one script in {word!r}", f"letras de un solo alfabeto en {word!r}"),
            )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]
