"""An ID token checked as OpenID Connect Core 1.0, section 3.1.3.7 lists it; its steps are numbered in the margin."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from authlib.oidc.core.util import create_half_hash
from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from tearline.signin.provider import ALGORITHMS

LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)
LARGEST = 16 * 1024
LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0, section 2: ``sub`` does not exceed 255 ASCII characters."""
Keys = Callable[[str | None, str], RSAKey | ECKey | OKPKey | None]


class NotRecognised(Exception):
    """Whoever came back from the directory is not let in. ``reason`` is for the log: it holds nothing they sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an ID token must say."""

    issuer: str
    client_id: str
    nonce: str
    acr: tuple[str, ...] = ()
    """One of these, if any is named: how strongly the directory has recognised the person."""


class _Allowed(JWSRegistry):
    """Our algorithms and no others. (joserfc warns of the name ``EdDSA``, which directories still use.)"""

    def get_alg(self, name):  # type: ignore[no-untyped-def]  # joserfc does not export what it returns
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


def subject_of(
    text: str, expected: Expected, keys: Keys, now: datetime, *, access_token: str | None = None
) -> str:
    """The subject of an ID token that is all it must be. NotRecognised otherwise."""
    header, claims = _verified(text, keys)  # 6 to 8
    if claims.get("iss") != expected.issuer:  # 2
        raise NotRecognised("issuer")
    # 3: additional audiences are none that we trust.
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise NotRecognised("audience")
    if claims.get("azp", expected.client_id) != expected.client_id:  # 4 and 5
        raise NotRecognised("authorized party")
    _in_time(claims, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not _same(nonce, expected.nonce):  # 11
        raise NotRecognised("nonce")
    if expected.acr and claims.get("acr") not in expected.acr:  # 12
        raise NotRecognised("acr")
    _at_hash(claims, str(header["alg"]), access_token)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isascii():
        raise NotRecognised("subject")
    if not subject.isprintable():
        raise NotRecognised("subject")
    return subject


def _verified(text: str, keys: Keys) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Header and claims, once the directory's key has checked them."""
    if len(text) > LARGEST:
        raise NotRecognised("size")
    registry = _Allowed(strict_check_header=False)
    try:
        header = jws.extract_compact(text.encode(), registry=registry).headers()
    except (JoseError, ValueError):
        raise NotRecognised("form") from None
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:  # 7
        raise NotRecognised("algorithm")
    if not (kid is None or isinstance(kid, str)) or "b64" in header or "crit" in header:
        raise NotRecognised("header")
    key = keys(kid, algorithm)
    if key is None:
        raise NotRecognised("key")
    try:
        return header, jwt.decode(text, key, registry=registry).claims  # 6
    except (JoseError, ValueError, RecursionError):
        raise NotRecognised("signature") from None


def _in_time(claims: Mapping[str, object], now: datetime) -> None:
    expires, issued = _instant(claims, "exp"), _instant(claims, "iat")
    at, leeway = now.timestamp(), LEEWAY.total_seconds()
    if at >= expires + leeway:  # 9
        raise NotRecognised("expired")
    if not issued - leeway <= at <= issued + OLDEST.total_seconds():  # 10
        raise NotRecognised("issued too early or too late")
    if "nbf" in claims and at < _instant(claims, "nbf") - leeway:
        raise NotRecognised("not yet valid")


def _instant(claims: Mapping[str, object], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        raise NotRecognised(name)
    return float(value)


def _at_hash(claims: Mapping[str, object], algorithm: str, access_token: str | None) -> None:
    """Section 3.1.3.8: where the hash of an access token is stated, it is that of the one that came with it."""
    stated = claims.get("at_hash")
    if stated is None:
        return
    made: bytes | None = create_half_hash(access_token, algorithm) if access_token is not None else None
    if made is None or not isinstance(stated, str) or not _same(stated, made.decode()):
        raise NotRecognised("at_hash")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode())
