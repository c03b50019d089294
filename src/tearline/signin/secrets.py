"""What a token looks like, and how it is made.

    tl1_<id>_<secret><checksum>

``id`` is the token's identifier on record; ``secret`` is 256 random bits in 43 digits of base 62; ``checksum`` is the
CRC-32 of all that stands before it, in 6 such digits. The fixed beginning and the checksum let a scanner of
repositories and logs tell a token from other text without asking anybody. The ledger holds the SHA-256 of the whole
text. A fast hash is enough for that: nobody can go through 2^256 secrets, as they could through passwords.
"""

import base64
import hashlib
import hmac
import re
import secrets
import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tearline.facts.identifiers import PATTERN, TokenId, well_formed

MARK = "tl1"
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_LENGTH, CHECK_LENGTH = 43, 6
LONGEST = 200
_WRITTEN = re.compile(
    rf"{MARK}_(?P<id>{PATTERN.pattern})_(?P<secret>[0-9A-Za-z]{{{SECRET_LENGTH}}})(?P<check>[0-9A-Za-z]{{{CHECK_LENGTH}}})",
    re.ASCII,
)
KEPT = timedelta(hours=1)
"""How long a token that was made waits to be signed for and shown."""
MOST_EACH, MOST = 8, 4096


def new_token(name: TokenId) -> str:
    """A fresh token of this name."""
    if not well_formed(name):
        raise ValueError(f"{name!r} is no identifier")
    return written(name, secrets.token_bytes(32))


def written(name: TokenId, secret: bytes) -> str:
    """The token that consists of this name and these 32 bytes."""
    stem = f"{MARK}_{name}_{_in_digits(int.from_bytes(secret), SECRET_LENGTH)}"
    return stem + _check(stem)


def name_of(text: str) -> TokenId | None:
    """The name that a token bears; None for what is no token, by its form or its checksum."""
    found = _WRITTEN.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or not hmac.compare_digest(_check(text[:-CHECK_LENGTH]), found["check"]):
        return None
    return TokenId(found["id"])


def hash_of(token: str) -> str:
    """SHA-256 of the whole token, in base64url without padding: what is recorded."""
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")


def _check(stem: str) -> str:
    return _in_digits(zlib.crc32(stem.encode()), CHECK_LENGTH)


def _in_digits(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(DIGITS))
        digits.append(DIGITS[digit])
    return "".join(reversed(digits))


@dataclass(slots=True)
class _Waiting:
    token: str = field(repr=False)  # a traceback must not bring it into a log
    until: datetime


class Unshown:
    """Tokens that were made and not yet shown. In memory only: lost with the process, and then worth nothing.

    A token is made before its fact, since the fact holds its hash, and shown once, after the fact is on record.
    ``whose`` names the session that it was made in; no other is shown it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, TokenId], _Waiting] = OrderedDict()

    def made(self, whose: str, name: TokenId, now: datetime) -> str:
        """The hash of the token of this name: made now, unless it was made already and waits."""
        with self._lock:
            self._forget(whose, now)
            waiting = self._held.get((whose, name))
            if waiting is None:
                waiting = self._held[whose, name] = _Waiting(new_token(name), now + KEPT)
            return hash_of(waiting.token)

    def shown(self, whose: str, name: TokenId, now: datetime) -> str | None:
        """The token, once; None when it was shown, or too much time went by, or it was made in another session."""
        with self._lock:
            waiting = self._held.pop((whose, name), None)
        return waiting.token if waiting is not None and now < waiting.until else None

    def _forget(self, whose: str, now: datetime) -> None:
        for key in [k for k, w in self._held.items() if w.until <= now]:
            del self._held[key]
        mine = [k for k in self._held if k[0] == whose]
        for key in mine[: max(0, len(mine) - MOST_EACH + 1)]:
            del self._held[key]
        while len(self._held) >= MOST:
            self._held.popitem(last=False)
