"""What a backup of a node says, as bytes in an ``archive``: one line of JSON, then each entry as it is stored.

The line has the members of ``Contents``. Each entry follows as nine lengths (four bytes each, big-endian; all
ones for what is not there) and as many texts: kind, ref, act, tags, leaf, blinding, jws, wrapped, content.
Behind the last entry come the files that the node keeps beside its ledger, as the line names them with their
lengths, sealed under keys that only entries hold; and nothing behind those. Tiles, edge and index are not there: they
follow from the entries, and must lead to the signed checkpoint when they are made again.

The key that wraps the keys of sealed fields is never in it; see ``KeyBackup``. Whoever held an old copy of the
database and the wrapping key of its time could read what was purged since, so that key has a file and an expiry
of its own, and a purge waits until every backup of it has expired or was destroyed.
"""

import re
import struct
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

from tearline.facts.errors import Malformed
from tearline.ledger import passphrase as passphrases
from tearline.ledger import strict
from tearline.ledger.payload import instant
from tearline.ledger.published import Purge
from tearline.ledger.rebuild import Stored
from tearline.ledger.wrapping import WrappingKey

VERSION = 1
LARGEST_LINE = 1 << 30
LARGEST_TEXT = 1 << 27
LARGEST_PIECE = 1 << 16
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_FILE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\.[a-z]{1,20}", re.ASCII)
_KEY_FILE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}", re.ASCII)
_LENGTHS = struct.Struct(">9I")
_ABSENT = 0xFFFFFFFF

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What stands before the entries.

    ``keys`` are the node's signing keys, by the name of their file; ``settings`` the members of its settings;
    ``purged`` the list that its second store held; ``epoch`` that of the wrapping key.
    """

    backup: str
    made_at: datetime
    size: int
    note: str
    epoch: int
    settings: Mapping[str, object]
    keys: Mapping[str, str] = field(repr=False)
    purged: tuple[Purge, ...]
    files: tuple[tuple[str, int], ...] = ()

    def line(self) -> bytes:
        files = {"files": [list(one) for one in self.files]} if self.files else {}
        return _line(
            {
                "tearline-backup": VERSION,
                "backup": self.backup,
                "made_at": instant(self.made_at),
                "size": self.size,
                "note": self.note,
                "epoch": self.epoch,
                "settings": self.settings,
                "keys": self.keys,
                "purged": [str(purge) for purge in self.purged],
                **files,
            }
        )

    @classmethod
    def parse(cls, line: bytes, file: str) -> "Contents":
        """Malformed unless it is exactly what ``line`` writes."""
        held = _members(line, file, "tearline-backup")
        try:
            contents = cls(
                backup=_matching(_ID, held["backup"]),
                made_at=_time(held["made_at"]),
                size=_number(held["size"]),
                note=_text(held["note"]),
                epoch=_number(held["epoch"]),
                settings=dict(held["settings"]),
                keys={_matching(_KEY_FILE, name): _text(text) for name, text in held["keys"].items()},
                purged=tuple(Purge.parse(_text(one)) for one in held["purged"]),
                files=tuple((_matching(_FILE, name), _number(size)) for name, size in held.get("files", [])),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as wrong:
            raise Malformed(file, "contents", f"the contents of a backup ({wrong})") from None
        return _same(contents, line, file, contents.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBackup:
    """The wrapping key of one epoch of one log, with the day from which it must be gone everywhere."""

    backup: str
    origin: str
    made_at: datetime
    expires: datetime
    key: WrappingKey = field(repr=False)

    def lock(self, passphrase: str) -> bytes:
        """The key as an age file of its own."""
        return passphrases.lock(self.line(), passphrase)

    @classmethod
    def unlock(cls, locked: bytes, passphrase: str, file: str) -> "KeyBackup":
        """Malformed for a wrong passphrase, or unless it is exactly what ``lock`` made."""
        return cls.parse(passphrases.unlock(locked, passphrase, file), file)

    @classmethod
    def parse(cls, line: bytes, file: str) -> "KeyBackup":
        """Malformed unless it is exactly what ``line`` writes."""
        held = _members(line, file, "tearline-key-backup")
        try:
            found = cls(
                backup=_matching(_ID, held["backup"]),
                origin=_text(held["origin"]),
                made_at=_time(held["made_at"]),
                expires=_time(held["expires"]),
                key=WrappingKey(
                    epoch=_number(held["epoch"]), key=strict.base64_standard(_text(held["key"]), 32)
                ),
            )
        except (KeyError, TypeError, ValueError):
            # Not what was wrong: it might be the key that is said.
            raise Malformed(file, "contents", "the backup of a wrapping key") from None
        return _same(found, line, file, found.line)

    def line(self) -> bytes:
        return _line(
            {
                "tearline-key-backup": VERSION,
                "backup": self.backup,
                "origin": self.origin,
                "made_at": instant(self.made_at),
                "expires": instant(self.expires),
                "epoch": self.key.epoch,
                "key": b64encode(self.key.key).decode("ascii"),
            }
        )


def pack(contents: Contents, rows: Iterable[Stored], files: Iterable[bytes] = ()) -> Iterator[bytes]:
    """The bytes of a backup, piece by piece; ``files`` are those of all files, in the order of ``contents.files``."""
    yield contents.line()
    for row in rows:
        texts = [None if text is None else _bytes(text) for text in row[1:]]
        lengths = _LENGTHS.pack(*(_ABSENT if text is None else len(text) for text in texts))
        yield lengths + b"".join(text for text in texts if text is not None)
    yield from files


def unpack(content: BinaryIO, file: str) -> tuple[Contents, Iterator[Stored]]:
    """What ``pack`` was given. Malformed where the bytes are not exactly those; the entries come as they are read.

    Behind them, and whether or not there are any, ``files`` are read.
    """
    line = content.readline(LARGEST_LINE)
    contents = Contents.parse(line, file)
    return contents, _rows(content, contents.size, file)


def files(content: BinaryIO, contents: Contents, file: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each file with its bytes, to be read to their end before the next is asked for; nothing stands behind them."""
    for name, size in contents.files:
        yield name, _pieces(content, size, f"{file}: {name}")
    if content.read(1):
        raise Malformed(
            file, "end", f"nothing behind {contents.size} entries and {len(contents.files)} files"
        )


def _pieces(content: BinaryIO, size: int, file: str) -> Iterator[bytes]:
    while size:
        piece = content.read(min(size, LARGEST_PIECE))
        if not piece:
            raise Malformed(file, "end", f"{size} bytes more")
        size -= len(piece)
        yield piece


def _rows(content: BinaryIO, size: int, file: str) -> Iterator[Stored]:
    for position in range(size):
        lengths = content.read(_LENGTHS.size)
        if len(lengths) != _LENGTHS.size:
            raise Malformed(file, f"entry {position}", f"{size} entries")
        yield _row(content, position, _LENGTHS.unpack(lengths), file)


def _row(content: BinaryIO, position: int, lengths: tuple[int, ...], file: str) -> Stored:
    texts = []
    for length in lengths:
        if length != _ABSENT and length > LARGEST_TEXT:
            raise Malformed(file, f"entry {position}", f"parts of at most {LARGEST_TEXT} bytes")
        text = None if length == _ABSENT else content.read(length)
        if text is not None and len(text) != length:
            raise Malformed(file, f"entry {position}", "an entry that was not cut")
        texts.append(text)
    kind, ref, act, tags, leaf, blinding, jws, wrapped, sealed = texts
    if None in (kind, ref, act, tags, leaf, blinding, jws) or (wrapped is None) != (sealed is None):
        raise Malformed(file, f"entry {position}", "all parts of an entry")
    try:
        names = [str(text, "utf-8") for text in (kind, ref, act, tags) if text is not None]
    except UnicodeDecodeError:
        raise Malformed(file, f"entry {position}", "names in UTF-8") from None
    return Stored._make((position, *names, leaf, blinding, jws, wrapped, sealed))


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else bytes(text)


def _line(members: Mapping[str, object]) -> bytes:
    return strict.to_json(members) + b"\n"


def _members(line: bytes, file: str, form: str) -> dict[str, Any]:
    try:
        if not line.endswith(b"\n"):
            raise ValueError("a line with its end")  # noqa: TRY301  all that is wrong is said below
        held = strict.from_json(line[:-1])
    except ValueError as wrong:
        raise Malformed(file, "contents", str(wrong)) from None
    if not isinstance(held, dict) or _number_or_none(held.get(form)) != VERSION:
        raise Malformed(file, form, f"{VERSION}, the version that this one reads")
    return held


def _same(found: T, line: bytes, file: str, again: Callable[[], bytes]) -> T:
    """One value has one line of bytes, so that no two readers can differ about what stands there."""
    if again() != line:
        raise Malformed(file, "contents", "the members in their order, in their one form, and no others")
    return found


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError("names of lower-case letters, digits and hyphens")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text")
    return value


def _number_or_none(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> int:
    found = _number_or_none(value)
    if found is None or not 0 <= found < 1 << 63:
        raise ValueError("a number from 0")
    return found


def _time(value: object) -> datetime:
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None:
        raise ValueError("a time with its zone")
    return found
