"""The text that a person is shown when they sign with a passkey, and whose hash they sign.

It is the opening, and then a section for each fact of the act, joined as they are. Each line ends in LF, and but for
the headings is ``<label> (<name>): <JSON>``. The opening::

    <words> [tearline/act/2]
    <label> (iss): "<the log>"
    <label> (by): "<who signs>"
    <label> (after): <how many facts had been recorded when this was decided>
    <label> (facts): <how many follow>

The section of fact N of M, from 1, begins with an empty line::

    N/M <words> [<kind>]
    <label> (<name>): <value>                     for each member of the payload's ``fact``, in its order
    <label> (_sd): "<SHA-256>"                    for each digest in ``_sd``, where that member stands
    <label> (act.happened_at): "<time>"
    <label> (act.precision): "<precision>"
    <label> (act.role): "<in which role>"

A value is JSON without spaces, as it stands in the payload, in which every character that is not seen or that moves
others (``UNSEEN``) is written ``\\uXXXX``. A member that is a non-empty object has a line for each of its own
members, named with a dot: ``(terms.own)``. ``<words>`` and ``<label>`` are the language's, of 1 to 120 characters, and
hold no character that could pass for a part of a line that means something: ``( ) [ ] { } : " \\`` or an unseen one.

``check`` demands that names, kinds and values are the payload's, all of them and in its order, whatever the labels
say: so they may be reworded, and who checks needs no catalogue of them. A label that lies is still a lie that the
person was shown, but it stands beside the value itself.

Pure: no clock, no disk, no network.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import KINDS
from tearline.facts.shape import Maybe, Record, record_of
from tearline.facts.words import Language, Words
from tearline.ledger import strict

FORMAT = "tearline/act/2"
LONGEST_LABEL = 120
SIGNED_AS = ("happened_at", "precision", "role")
"""Beside its own fields, what a section states of a fact. The opening states the rest, once for all facts."""

HEADING = Words("I sign this act with my own key", "Firmo este acto con mi propia clave")
LABELS: Mapping[str, Words] = {
    "iss": Words("In the ledger", "En el registro"),
    "by": Words("Signed by", "Firma"),
    "after": Words("Facts on record when this was shown", "Hechos registrados cuando se mostró esto"),
    "facts": Words("Facts signed", "Hechos firmados"),
    "_sd": Words("Sealed field or decoy, SHA-256", "Campo sellado o señuelo, SHA-256"),
    "act.happened_at": Words("Happened at", "Ocurrió"),
    "act.precision": Words("Known", "Se sabe"),
    "act.role": Words("In the role", "En el rol"),
}

UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Controls, marks of direction, spaces of other widths, joiners, fillers and selectors: a fixed list, not Unicode's of
the day, because a text must read the same for ever."""
_LABEL = re.compile(r"[^()\[\]{}:\"\\ ](?:[^()\[\]{}:\"\\]*[^()\[\]{}:\"\\ ])?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_BRACKETED = re.compile(r"\s*[(\[{]([^()\[\]{}]*)[)\]}]")


def opening(iss: str, by: str, after: int, facts: int, language: Language) -> str:
    """The first part, which all facts of the act share."""
    stated = {"iss": iss, "by": by, "after": after, "facts": facts}
    return f"{plain(HEADING, language)} [{FORMAT}]\n" + "".join(
        f"{plain(LABELS[name], language)} ({name}): {json_of(value)}\n" for name, value in stated.items()
    )


def section(payload: Mapping[str, Any], number: int, facts: int, language: Language) -> str:
    """The part of fact ``number`` of ``facts``, from 1: what stands in its payload, each member behind its label."""
    kind = KINDS[payload["kind"]]
    labels = _labels(record_of(kind), language)
    lines = [f"{number}/{facts} {plain(kind.in_words, language)} [{payload['kind']}]"]
    for name, value in _members(payload):
        lines.append(f"{_label(name, labels, language)} ({name}): {json_of(value)}")
    return "\n" + "".join(f"{line}\n" for line in lines)


def check_opening(text: str, payload: Mapping[str, Any], facts: int, file: str = "fact") -> None:
    """Broken unless this opens an act of so many facts, by this person, in this log, at this position."""
    stated = {"iss": payload["iss"], "by": payload["by"], "after": payload["after"], "facts": facts}
    _check(text, f" [{FORMAT}]", iter(stated.items()), file, "opening")


def check_section(text: str, payload: Mapping[str, Any], number: int, facts: int, file: str = "fact") -> None:
    """Broken unless this says what the payload says: its kind, each name and each value, in its order, and no more."""
    if "told" in payload:
        raise Broken(f"{file}: what a worked case tells is signed by nobody")
    if not text.startswith(f"\n{number}/{facts} "):
        raise Broken(f"{file}: its text does not begin as that of fact {number} of {facts}")
    rest = text[len(f"\n{number}/{facts} ") :]
    _check(rest, f" [{payload['kind']}]", _members(payload), file, "text")


def plain(words: Words, language: Language) -> str:
    """Words as they may stand in a line: without the characters that mean something there."""
    said = UNSEEN.sub(" ", words.to(language))
    said = _BRACKETED.sub(r", \1", said).replace(":", ",").replace('"', "'").replace("\\", "/")
    said = re.sub(r"[()\[\]{}]", "", said)
    return " ".join(said.split())[:LONGEST_LABEL].strip()


def json_of(value: object) -> str:
    """A value as it is shown: JSON without spaces, with unseen characters written out."""
    return UNSEEN.sub(_written_out, strict.to_json(value).decode("utf-8"))


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _members(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """All that a section states, by name, in order."""
    for name, value in payload["fact"].items():
        if name == "_sd":
            yield from ((name, digest) for digest in value)
        else:
            yield from _flat(name, value)
    for name in SIGNED_AS:
        yield f"act.{name}", payload[name]


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for inner, one in value.items():
            yield from _flat(f"{name}.{inner}", one)
    else:
        yield name, value


def _check(text: str, ending: str, members: Iterator[tuple[str, Any]], file: str, place: str) -> None:
    if not text.endswith("\n"):
        raise Malformed(file, f"payload.signed.{place}", "lines that each end in a newline")
    heading, *lines = text.removesuffix("\n").split("\n")
    _is_label(heading, ending, file, f"{place}, the heading")
    expected = list(members)
    for name, _ in expected:
        if not all(_NAME.fullmatch(one) for one in name.split(".")):
            raise Malformed(file, f"payload.fact.{name}", "a name of letters, digits and _")
    if len(lines) != len(expected):
        raise Broken(f"{file}: its {place} has {len(lines)} lines where the fact has {len(expected)} members")
    for number, (line, (name, value)) in enumerate(zip(lines, expected, strict=True), 2):
        _is_label(line, f" ({name}): {json_of(value)}", file, f"{place}, line {number}")


def _is_label(line: str, ending: str, file: str, place: str) -> None:
    """Broken unless this line is a label and then exactly ``ending``."""
    label = line.removesuffix(ending)
    if label == line or len(label) > LONGEST_LABEL or not _LABEL.fullmatch(label):
        raise Broken(f"{file}: its {place} does not say what the fact says: expected{ending}")
    if UNSEEN.search(label):
        raise Broken(f"{file}: its {place} has a label with characters that are not seen")


def _label(name: str, labels: Mapping[str, str], language: Language) -> str:
    """The words for a member: its own label, or that of the object in which it stands."""
    if name == "_sd" or name.startswith("act."):
        return plain(LABELS[name], language)
    while name not in labels and "." in name:
        name = name.rpartition(".")[0]
    return labels.get(name) or "—"


def _labels(record: Record, language: Language, within: str = "") -> dict[str, str]:
    """The labels of all fields of a declaration by dotted name."""
    found: dict[str, str] = {}
    for one in record.fields:
        name = f"{within}{one.name}"
        found[name] = plain(one.label, language) or one.name
        shape = one.shape.one if isinstance(one.shape, Maybe) else one.shape
        if isinstance(shape, Record):
            found |= _labels(shape, language, f"{name}.")
    return found
