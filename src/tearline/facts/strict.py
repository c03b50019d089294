"""YAML and JSON read strictly: what a person sees in the file is what the program gets, or one clear line.

Both readers give the same plain values: dict with text keys, list, str, int, float, bool, None.

- UTF-8 without a byte order mark; no NUL and no half of a surrogate pair in any text.
- A key stands once in its map. No anchors, aliases, merge keys, tags or second documents.
- Bounded bytes and bounded nesting, so that a small file cannot become a large one.
- YAML scalars follow JSON: only ``true``, ``false``, ``null`` (or nothing, or ``~``) and JSON's numbers are
  special; all else is text, so ``no``, ``on``, ``007``, ``2011-03-18`` and ``12:30`` stay what was written.
  Keys are always text.

Everything wrong is ``Malformed``, with the line and column counted from 1.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import yaml

from tearline.facts.errors import Malformed

LARGEST_BYTES = 16 * 2**20
DEEPEST = 64

Path = Sequence[str | int]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_JSON_TOKEN = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+|"')
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value begins in its file, counted from 1, and how it was written.

    ``style`` is YAML's: ``|`` and ``>`` for block texts, a quote, or nothing for plain.
    """

    line: int
    column: int
    style: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


def parse_yaml(data: bytes | str, *, file: str, largest: int = LARGEST_BYTES) -> object:
    """The one document in ``data``; raises Malformed."""
    return _read_yaml(_text(data, file, largest), file, None)


def parse_json(data: bytes | str, *, file: str, largest: int = LARGEST_BYTES) -> object:
    """The one JSON value in ``data`` (RFC 8259, with the strictness above); raises Malformed."""
    text = _text(data, file, largest)
    _check_json(text, file)
    try:
        value: object = json.loads(text, parse_int=_integer, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise Malformed(file, f"line {error.lineno}, column {error.colno}", _said(error)) from None
    except _TooLarge:
        raise Malformed(file, "a number", "one that fits 64 bits") from None
    except ValueError as error:
        raise Malformed(file, "line 1, column 1", f"JSON ({error})") from None
    if "\\" in text:
        _check_texts(value, file)
    return value


def mark_of(data: bytes | str, path: Path, *, file: str) -> Mark | None:
    """Where the value at ``path`` (keys and indexes) begins in a YAML text, or None if it is not there.

    It reads the text again: cheap enough for an error, and free when there is none.
    """
    marks: dict[tuple[str | int, ...], Mark] = {}
    _read_yaml(_text(data, file, LARGEST_BYTES), file, marks)
    return marks.get(tuple(path))


def place_of(data: bytes | str, path: Path, *, file: str) -> str:
    """``line N, column M`` of the value at ``path``, or of the nearest enclosing value that is there."""
    marks: dict[tuple[str | int, ...], Mark] = {}
    _read_yaml(_text(data, file, LARGEST_BYTES), file, marks)
    steps = tuple(path)
    while steps and steps not in marks:
        steps = steps[:-1]
    return str(marks.get(steps, Mark(1, 1)))


def _text(data: bytes | str, file: str, largest: int) -> str:
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))
    if size > largest:
        raise Malformed(file, f"{size} bytes", f"at most {largest} bytes")
    if isinstance(data, bytes):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = data[: error.start].decode("utf-8")
            place = _at(before, len(before))
            raise Malformed(file, place, f"UTF-8, found byte 0x{data[error.start]:02x}") from None
    else:
        text = data
    if text.startswith("\ufeff"):
        raise Malformed(file, "line 1, column 1", "UTF-8 without a byte order mark")
    unfit = _unfit(text)
    if unfit is not None:
        raise Malformed(file, _at(text, unfit), "text without NUL or half characters")
    return text


def _unfit(text: str) -> int | None:
    at = text.find("\0")
    if at >= 0:
        return at
    half = _SURROGATE.search(text)
    return half.start() if half else None


# YAML


@dataclass(slots=True)
class _Open:
    """A collection being read: where it goes, what it holds so far, the key that waits for its value."""

    value: dict[str, object] | list[object]
    path: tuple[str | int, ...]
    key: str | None = None


def _read_yaml(text: str, file: str, marks: dict[tuple[str | int, ...], Mark] | None) -> object:
    events = _events(text, file)
    stack: list[_Open] = []
    root: list[object] = []
    documents = 0
    for event in events:
        at = _mark(event)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Malformed(file, str(at), "one document")
            continue
        if isinstance(event, yaml.AliasEvent):
            raise Malformed(file, str(at), "a value written out, not an alias")
        if isinstance(event, yaml.CollectionEndEvent):
            _close(stack, root)
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        _check_plain(event, at, file)
        holder = stack[-1] if stack else None
        if holder is not None and isinstance(holder.value, dict) and holder.key is None:
            holder.key = _key(event, holder.value, at, file)
            continue
        path = _path(holder)
        if marks is not None:
            marks[path] = at
        if isinstance(event, yaml.ScalarEvent):
            _put(holder, root, _scalar(event, at, file))
            continue
        if len(stack) >= DEEPEST:
            raise Malformed(file, str(at), f"at most {DEEPEST} levels of nesting")
        stack.append(_Open({} if isinstance(event, yaml.MappingStartEvent) else [], path))
    if not root:
        raise Malformed(file, "line 1, column 1", "a YAML document, found nothing")
    return root[0]


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    events = yaml.parse(text, Loader=_Loader)
    while True:
        try:
            event = next(events)
        except StopIteration:
            return
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1"
            raise Malformed(file, place, f"YAML ({error.problem or error.context})") from None
        except yaml.reader.ReaderError as error:
            start = error.position
            if error.encoding == "?":  # libyaml counts bytes, PyYAML's own reader characters
                start = len(text.encode()[:start].decode(errors="ignore"))
            raise Malformed(file, _at(text, start), f"YAML ({error.reason})") from None
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            reason = getattr(error, "reason", None) or str(error)
            raise Malformed(file, "line 1", f"YAML ({reason})") from None
        yield event


def _mark(event: yaml.Event) -> Mark:
    start = event.start_mark
    if start is None:
        return Mark(1, 1)
    return Mark(start.line + 1, start.column + 1, getattr(event, "style", None) or "")


def _check_plain(event: yaml.NodeEvent, at: Mark, file: str) -> None:
    if event.anchor is not None:
        raise Malformed(file, str(at), "a value without an anchor")
    if getattr(event, "tag", None) is not None:
        raise Malformed(file, str(at), "a value without a tag")


def _key(event: yaml.NodeEvent, holder: dict[str, object], at: Mark, file: str) -> str:
    if not isinstance(event, yaml.ScalarEvent):
        raise Malformed(file, str(at), "a text as key")
    key: str = event.value
    if key == "<<" and not event.style:
        raise Malformed(file, str(at), "keys written out, not merged")
    if not key:
        raise Malformed(file, str(at), "a key that is not empty")
    if key in holder:
        raise Malformed(file, str(at), f"each key once, found {key!r} again")
    if _unfit(key) is not None:
        raise Malformed(file, str(at), "text without NUL or half characters")
    return key


def _path(holder: _Open | None) -> tuple[str | int, ...]:
    if holder is None:
        return ()
    if isinstance(holder.value, list):
        return (*holder.path, len(holder.value))
    return (*holder.path, holder.key or "")


def _put(holder: _Open | None, root: list[object], value: object) -> None:
    if holder is None:
        root.append(value)
    elif isinstance(holder.value, list):
        holder.value.append(value)
    else:
        holder.value[holder.key or ""] = value
        holder.key = None


def _close(stack: list[_Open], root: list[object]) -> None:
    done = stack.pop()
    _put(stack[-1] if stack else None, root, done.value)


def _scalar(event: yaml.ScalarEvent, at: Mark, file: str) -> object:
    text: str = event.value
    if _unfit(text) is not None:
        raise Malformed(file, str(at), "text without NUL or half characters")
    if event.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    try:
        if _INTEGER.fullmatch(text):
            return _integer(text)
        if _FLOAT.fullmatch(text):
            return _finite(text)
    except _TooLarge:
        raise Malformed(file, str(at), "a number that fits 64 bits") from None
    return text


class _TooLarge(ValueError):
    """A number that 64 bits cannot hold."""


def _integer(text: str) -> int:
    if len(text) > 20:
        raise _TooLarge
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise _TooLarge
    return number


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _TooLarge
    return number


# JSON


@dataclass(slots=True)
class _Level:
    keys: set[str] | None
    expects_key: bool


def _check_json(text: str, file: str) -> None:
    """Refuse what json.loads would let pass: duplicate keys, NaN and Infinity, deep nesting.

    Its own errors are left to json.loads, which says more precisely what it expected.
    """
    levels: list[_Level] = []
    for token in _JSON_TOKEN.finditer(text):
        word = token.group()
        first = word[0]
        if first in "{[":
            if len(levels) >= DEEPEST:
                raise Malformed(file, _at(text, token.start()), f"at most {DEEPEST} levels of nesting")
            levels.append(_Level(set() if first == "{" else None, expects_key=first == "{"))
        elif first in "}]":
            if levels:
                levels.pop()
        elif first == ",":
            if levels:
                levels[-1].expects_key = levels[-1].keys is not None
        elif first == '"':
            if levels and levels[-1].expects_key:
                _once(levels[-1], word, text, token.start(), file)
        elif word in ("NaN", "Infinity", "-Infinity"):
            raise Malformed(file, _at(text, token.start()), f"a finite number, found {word}")


def _once(level: _Level, word: str, text: str, start: int, file: str) -> None:
    level.expects_key = False
    try:
        key = str(json.loads(word))
    except ValueError:
        return
    if level.keys is None:
        return
    if key in level.keys:
        raise Malformed(file, _at(text, start), f"each key once, found {key!r} again")
    level.keys.add(key)


def _at(text: str, start: int) -> str:
    line = text.count("\n", 0, start) + 1
    return f"line {line}, column {start - text.rfind(chr(10), 0, start)}"


def _said(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "a JSON document, found nothing"
    if error.msg == "Extra data":
        return "the end of the file after one JSON value"
    said = error.msg.removeprefix("Expecting ")
    return said if said != error.msg else f"JSON ({error.msg})"


def _check_texts(value: object, file: str) -> None:
    waiting: list[tuple[object, str]] = [(value, "")]
    while waiting:
        here, path = waiting.pop()
        if isinstance(here, str):
            if _unfit(here) is not None:
                raise Malformed(file, path or "top", "text without NUL or half characters")
        elif isinstance(here, dict):
            for key, inner in here.items():
                if _unfit(key) is not None:
                    raise Malformed(file, path or "top", "text without NUL or half characters")
                waiting.append((inner, f"{path}.{key}".lstrip(".")))
        elif isinstance(here, list):
            waiting.extend((inner, f"{path}[{n}]") for n, inner in enumerate(here))
