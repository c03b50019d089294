"""An agency's directory, as it describes itself: OpenID Connect Discovery 1.0, and its keys (RFC 7517).

The directory may be down, slow or taken over. Only https is spoken, or http on this machine to a directory on this
machine; no redirect is followed; a document has a largest size. What it says is remembered for a while, and so is
that it does not answer, so that a directory that is down holds up nobody for long.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_json
from tearline.peers.addresses import Unreachable, checked_url
from tearline.peers.calls import call, new_client

T = TypeVar("T")
ALGORITHMS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {
    "RS256": RSAKey,
    "PS256": RSAKey,
    "ES256": ECKey,
    "EdDSA": OKPKey,
}
"""How ID tokens may be signed, each with its sort of key. No ``none``, and no HMAC: its key would be our password."""
CURVES = {"ES256": "P-256", "EdDSA": "Ed25519"}
LARGEST = 256 * 1024
MOST_KEYS = 64
SHORTEST_RSA, LONGEST_RSA = 2048, 8200
SECONDS_TO_ANSWER = 10.0
DOCUMENT_LASTS, KEYS_LAST, SILENCE_LASTS, LOOK_AGAIN = 3600.0, 600.0, 15.0, 30.0
"""In seconds. ``LOOK_AGAIN``: how soon keys are fetched anew for a key nobody has heard of."""


class DirectoryDown(ConnectionError):
    """The directory does not answer, or not in a way that can be used. Whoever has a passkey does without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is used of a directory's description of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    basic: bool
    """Whether it takes our name and secret in a header; else in the form."""
    says_iss: bool
    """Whether its answers name it (RFC 9207)."""
    end_session_endpoint: str | None = None
    """Where one signs out there, if it says (OpenID Connect RP-Initiated Logout 1.0, section 2.1)."""


Key = RSAKey | ECKey | OKPKey


class Provider:
    """Fetches and remembers what a directory says of itself. DirectoryDown when it says nothing of use."""

    def __init__(self, issuer: str, *, client: httpx2.Client | None = None) -> None:
        self.issuer = issuer
        self._client = client or new_client()
        self._lock = threading.Lock()
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, tuple[Key, ...]] | None = None
        self._silent_until = 0.0

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def metadata(self) -> Metadata:
        with self._lock:
            if self._metadata is None or self._metadata[0] <= time.monotonic():
                made = self._asked(lambda: _metadata(self._fetch(well_known(self.issuer)), self.issuer))
                self._metadata = time.monotonic() + DOCUMENT_LASTS, made
            return self._metadata[1]

    def key(self, kid: str | None, algorithm: str) -> Key | None:
        """The one key of this name that this algorithm takes; fetched anew when nobody has heard of it."""
        uri = self.metadata().jwks_uri
        with self._lock:
            now = time.monotonic()
            fetched = self._keys[0] if self._keys else 0.0
            held = self._keys[1] if self._keys else ()
            found = _fitting(held, kid, algorithm)
            stale = self._keys is None or fetched + KEYS_LAST <= now
            if stale or (found is None and fetched + LOOK_AGAIN <= now):
                self._keys = now, self._asked(lambda: _keys(self._fetch(uri), uri))
                found = _fitting(self._keys[1], kid, algorithm)
            return found

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> tuple[int, object]:
        """Send a form; the status, and the JSON that came back, None when it was none."""
        form = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        try:
            answer = call(
                self._client,
                "POST",
                url,
                content=content,
                headers={**form, **headers},
                largest=LARGEST,
                until=time.monotonic() + SECONDS_TO_ANSWER,
            )
        except Unreachable as unreachable:
            raise DirectoryDown(str(unreachable)) from None
        try:
            return answer.status, parse_json(answer.body, file=url, largest=LARGEST)
        except Malformed:
            return answer.status, None

    def _asked(self, ask: Callable[[], T]) -> T:
        """Under the lock: while one asks, others wait, and then know that there is no answer."""
        if time.monotonic() < self._silent_until:
            raise DirectoryDown("the directory did not answer a moment ago")
        try:
            return ask()
        except (Unreachable, Malformed) as failure:
            self._silent_until = time.monotonic() + SILENCE_LASTS
            raise DirectoryDown(str(failure)) from None

    def _fetch(self, url: str) -> Mapping[str, object]:
        until = time.monotonic() + SECONDS_TO_ANSWER
        answer = call(
            self._client, "GET", url, headers={"accept": "application/json"}, largest=LARGEST, until=until
        )
        if answer.status != 200:
            raise Unreachable(f"{url}: answered with {answer.status}")
        document = parse_json(answer.body, file=url, largest=LARGEST)
        if not isinstance(document, dict):
            raise Malformed(url, "top", "a JSON object")
        return document


def well_known(issuer: str) -> str:
    """Where a directory describes itself (OpenID Connect Discovery 1.0, section 4)."""
    return issuer.rstrip("/") + "/.well-known/openid-configuration"


def _metadata(held: Mapping[str, object], issuer: str) -> Metadata:
    place = well_known(issuer)
    if held.get("issuer") != issuer:
        raise Malformed(place, "issuer", f"exactly {issuer}")
    _among(held, "code_challenge_methods_supported", ("S256",), place)
    _among(held, "id_token_signing_alg_values_supported", tuple(ALGORITHMS), place)
    _among(held, "response_types_supported", ("code",), place)
    methods = held.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        issuer=issuer,
        authorization_endpoint=_endpoint(held, "authorization_endpoint", issuer, query=True),
        token_endpoint=_endpoint(held, "token_endpoint", issuer),
        jwks_uri=_endpoint(held, "jwks_uri", issuer),
        basic=isinstance(methods, list) and "client_secret_basic" in methods,
        says_iss=held.get("authorization_response_iss_parameter_supported") is True,
        end_session_endpoint=None
        if held.get("end_session_endpoint") is None
        else _endpoint(held, "end_session_endpoint", issuer, query=True),
    )


def _among(held: Mapping[str, object], name: str, wanted: tuple[str, ...], place: str) -> None:
    """Refuse a directory that says what it supports, and names nothing that we take."""
    said = held.get(name)
    if said is not None and not (isinstance(said, list) and any(one in said for one in wanted)):
        raise Malformed(place, name, f"one of {', '.join(wanted)}")


def _endpoint(held: Mapping[str, object], name: str, issuer: str, *, query: bool = False) -> str:
    """An address of the directory: https, or http beside a directory that is on this machine itself."""
    value = held.get(name)
    place = well_known(issuer)
    if not isinstance(value, str):
        raise Malformed(place, name, "an https address")
    bare, _, asked = value.partition("?") if query else (value, "", "")
    checked = checked_url(bare, place)
    if urlsplit(checked).scheme != "https" and urlsplit(issuer).scheme != "http":
        raise Malformed(place, name, "an https address")
    fits = asked.isascii() and asked.isprintable() and "#" not in asked and " " not in asked
    if len(value) > 1000 or not fits:
        raise Malformed(place, name, "an https address without fragment")
    return value


def _keys(held: Mapping[str, object], uri: str) -> tuple[Key, ...]:
    """The keys that can check an ID token. What is of another sort is left out (RFC 7517, section 5)."""
    listed = held.get("keys")
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise Malformed(uri, "keys", f"a list of at most {MOST_KEYS} keys")
    made = (_key(one) for one in listed if isinstance(one, dict))
    return tuple(key for key in made if key is not None)


def _key(held: Mapping[str, object]) -> Key | None:
    if held.get("use", "sig") != "sig" or not _strong(held):
        return None
    public: dict[str, str | list[str]] = {
        name: value for name, value in held.items() if isinstance(value, str) and name in _PUBLIC
    }
    try:
        key = JWKRegistry.import_key(public)
    except (JoseError, ValueError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None


_PUBLIC = frozenset({"kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"})


def _strong(held: Mapping[str, object]) -> bool:
    """Of a sort that we take, and long enough."""
    match held.get("kty"):
        case "RSA":
            modulus, exponent = held.get("n"), held.get("e")
            if not isinstance(modulus, str) or not isinstance(exponent, str):
                return False
            # In base64url; and an exponent of many bits would only cost time.
            return SHORTEST_RSA <= 6 * len(modulus.lstrip("A")) <= LONGEST_RSA and len(exponent) <= 8
        case "EC" | "OKP":
            return held.get("crv") in CURVES.values()
        case _:
            return False


def _fitting(keys: tuple[Key, ...], kid: str | None, algorithm: str) -> Key | None:
    """The one key that is meant; None when there is none, or more than one and no name."""
    sort = ALGORITHMS.get(algorithm)
    found = [
        key
        for key in keys
        if sort is not None
        and isinstance(key, sort)
        and key.get("alg", algorithm) == algorithm
        and (kid is None or key.get("kid") == kid)
        and (algorithm not in CURVES or key.get("crv") == CURVES[algorithm])
    ]
    return found[0] if len(found) == 1 else None
