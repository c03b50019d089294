"""Reading foreign text in one byte form only.

Two readers that disagree about which bytes are valid can be made to see two different ledgers, and
Python's own readers are lenient: ``b64decode`` skips junk, ``int`` takes "+1", "1_0" and " 1", ``json``
takes a name twice and NaN. What people write by hand is read by ``facts.strict``, which names the line;
this is for what machines signed, and is fast. Every function raises ValueError, with what was expected as its text.
"""

import base64
import json
import math
import re
from typing import Any

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def decimal(text: str) -> int:
    """A size or an index: ASCII digits, no sign, no leading zero, below 2^63."""
    if _DECIMAL.fullmatch(text) is None or int(text) >= 1 << 63:
        raise ValueError("a decimal number below 2^63 without sign or leading zero")
    return int(text)


def base64_standard(text: str, size: int | None = None) -> bytes:
    """RFC 4648 section 4, padded, with no unused bits set; ``size`` in bytes when it is fixed."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise ValueError("standard base64 with padding") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise ValueError("base64 in its one canonical form")
    if size is not None and len(data) != size:
        raise ValueError(f"base64 of {size} bytes")
    return data


def to_base64url(data: bytes) -> str:
    """RFC 4648 section 5 without padding, as JOSE writes it (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def base64url(text: str, size: int | None = None) -> bytes:
    """RFC 4648 section 5 without padding and with no unused bits set."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise ValueError("base64url without padding") from None
    if to_base64url(data) != text:
        raise ValueError("base64url in its one canonical form")
    if size is not None and len(data) != size:
        raise ValueError(f"base64url of {size} bytes")
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("JSON in which no object names a member twice")
    return found


def _never(constant: str) -> float:
    raise ValueError(f"JSON numbers, found {constant}")


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _never(number)


_READER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_never, parse_float=_finite)
_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _unicode(value: Any) -> None:
    """An escape can write half of a surrogate pair, which no UTF-8 can hold."""
    try:
        to_json(value)
    except UnicodeEncodeError:
        raise ValueError("JSON texts that are Unicode") from None


def from_json(data: bytes) -> Any:
    """One JSON value in UTF-8: no name twice in an object, no NaN, nothing before or after it."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("JSON in UTF-8") from None
    try:
        value, end = _READER.raw_decode(text)
    except json.JSONDecodeError:
        raise ValueError("one JSON value") from None
    except RecursionError:
        raise ValueError("JSON that is not nested so deeply") from None
    if end != len(text):
        raise ValueError("one JSON value and nothing after it")
    if "\\u" in text:
        _unicode(value)
    return value


def to_json(value: Any) -> bytes:
    """JSON in UTF-8 without spaces. ValueError on NaN and on text that is no Unicode (lone surrogates)."""
    return _WRITER.encode(value).encode("utf-8")
