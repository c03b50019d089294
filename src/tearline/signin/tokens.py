"""The API's door: a token in ``Authorization: Bearer`` (RFC 6750, section 2.1). It opens the API and no page.

A token is looked up by its name, and its hash is compared with the recorded one in constant time; a name that nobody
knows costs the same comparison. What it is worth is read from the ledger at each request: revoked, expired, its role
ended, or a machine that nobody answers for any more, and it opens nothing from that moment.
"""

import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from tearline.facts.admission import TokenIssued
from tearline.facts.history import History
from tearline.facts.identifiers import TokenId
from tearline.folds.tokens import TokenStanding, asks_token, token
from tearline.node import Node
from tearline.signin.identity import Identity, Way
from tearline.signin.limits import TooOften, place_of
from tearline.signin.secrets import hash_of, name_of

A_MINUTE = RateLimitItemPerMinute(6000)
"""How often one token may be used."""
FAILURES_A_MINUTE = RateLimitItemPerMinute(30)
"""How often one address may bring what is no good token, and how often under one name."""
NOBODYS = "A" * 43
MOST_KEPT = 1024


class Tokens:
    """Recognises whoever brings a good token."""

    def __init__(
        self,
        node: Node,
        *,
        often: RateLimitItem = A_MINUTE,
        failures: RateLimitItem = FAILURES_A_MINUTE,
    ) -> None:
        self._node = node
        self._often, self._failures = often, failures
        self._limits = FixedWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(16)
        self._kept: OrderedDict[TokenId, History] = OrderedDict()
        self._lock = threading.Lock()

    def identify(self, request: Request) -> Identity | None:
        """Who the token stands for; None when it is not good. TooOften when it, or its address, comes too often.

        Under a name that failed from an address so often, nothing more is looked at from there. Whatever else fails
        there is told to wait; a good token of another name is let in, whoever shares its address.
        """
        address = request.client.host if request.client else ""
        text = bearer(request)
        if text is None:
            return None
        name = name_of(text)
        of_name = ("failed", address, "" if name is None else place_of(name, self._key))
        if name is None or self._limits.test(self._failures, *of_name):
            identity = self.recognised(text)
            if identity is not None:
                return identity
        for key in (of_name, ("failed", address)):
            if not self._limits.hit(self._failures, *key):
                raise self._too_often(self._failures, *key)
        return None

    def recognised(self, text: str) -> Identity | None:
        """Who this token stands for now; None when it is none, or not good."""
        name = name_of(text)
        if name is None:
            return None
        history = self._history(name)
        node = self._node
        found = token(history, name, node.clock(), demo=node.demo)
        recorded = found.issued.fact.secret if found else NOBODYS
        same = hmac.compare_digest(recorded.encode(), hash_of(text).encode())
        if found is None or not same or found.standing is not TokenStanding.GOOD:
            return None
        if not self._limits.hit(self._often, "used", name):
            raise self._too_often(self._often, "used", name)
        return _identity(found.issued.fact)

    def _history(self, name: TokenId) -> History:
        """All that can change what the token is worth; read anew when anything was recorded since."""
        # Nothing sealed is read here, so what was read stays right until something more is recorded.
        size = self._node.ledger.size()
        with self._lock:
            held = self._kept.get(name)
        if held is not None and held.position == size:
            return held
        history, _ = self._node.gather(lambda known: asks_token(known, name))
        if history.of(TokenIssued):  # a name that somebody made up is not kept
            with self._lock:
                self._kept[name] = history
                self._kept.move_to_end(name)
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
        return history

    def _too_often(self, limit: RateLimitItem, *key: str) -> TooOften:
        stats = self._limits.get_window_stats(limit, *key)
        # The window's end is on the machine's own clock, by which it is counted.
        return TooOften(max(1, math.ceil(stats.reset_time - time.time())))


def bearer(request: Request) -> str | None:
    """The token of the one ``Authorization`` header; None when there is none, two, or another scheme's."""
    headers = request.headers.getlist("authorization")
    scheme, _, text = headers[0].partition(" ") if len(headers) == 1 else ("", "", "")
    return text if scheme.lower() == "bearer" and text else None


def _identity(fact: TokenIssued) -> Identity:
    return Identity(
        person=fact.person, role=fact.role, roles=(fact.role,), way=Way.TOKEN, scopes=frozenset(fact.scopes)
    )
