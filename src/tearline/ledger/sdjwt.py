"""The fact as the issuer-signed part of an SD-JWT, RFC 9901, and its disclosures.

``header.payload.signature`` over exact bytes, EdDSA; the payload's ``fact`` object holds the clear
fields and, for each sealed field, only a salted digest in ``_sd``. Decoys fill the digests up to 8, 16
or 32, so that their number says little. A disclosure is ``[salt, name, value]`` in base64url.

Admission is strict: everything that RFC 9901 leaves open and this ledger does not write is Malformed.
"""

import hashlib
import json
import os
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tearline.facts.errors import Broken, Malformed
from tearline.facts.shape import Json
from tearline.ledger import strict

TYPE = "tearline-fact+sd-jwt"
LARGEST_FACT = 16 * 1024
LARGEST_DISCLOSURE = 1 << 20
PADDED_TO = (8, 16, 32)
RESERVED = frozenset({"_sd", "_sd_alg", "..."})
SALT = 16
_URL = bytes.maketrans(b"+/", b"-_")
_STANDARD = bytes.maketrans(b"-_", b"+/")

C = TypeVar("C", bound=str)


def thumbprint(public: Ed25519PublicKey) -> str:
    """The key's name in a header: RFC 7638 over the key as RFC 8037 writes it."""
    x = strict.to_base64url(public.public_bytes_raw())
    return strict.to_base64url(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())


def digest_of(disclosure: str) -> str:
    """What stands in ``_sd`` for a disclosure: the hash of its text as it is sent (section 4.2.3)."""
    return strict.to_base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


@dataclass(frozen=True, slots=True)
class Hidden:
    """The sealed fields of a fact to be signed: disclosures by compartment, and all digests among decoys."""

    disclosures: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    digests: tuple[str, ...] = ()


class Issuer:
    """Signs facts with the node's fact key."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        header = {"alg": "EdDSA", "kid": thumbprint(private.public_key()), "typ": TYPE}
        self._header = _base64url(strict.to_json(header))

    def issue(self, claims: Mapping[str, Any], fact: Mapping[str, Json]) -> bytes:
        """Sign ``claims`` and a fact as ``hide`` made it. Malformed when it is larger than 16 KiB."""
        payload: dict[str, Any] = {**claims, "fact": fact}
        place = str(claims.get("kind", "fact"))
        if "_sd" in fact:
            payload["_sd_alg"] = "sha-256"
        try:
            signed = self._header + b"." + _base64url(strict.to_json(payload))
        except ValueError as e:
            raise Malformed("fact", place, f"fields that JSON in Unicode can hold ({e})") from None
        if len(signed) + 87 > LARGEST_FACT:
            raise Malformed("fact", place, f"at most {LARGEST_FACT} bytes, found {len(signed) + 87}")
        return signed + b"." + _base64url(self._private.sign(signed))


def hide(
    kind: str, clear: Mapping[str, Json], sealed: Mapping[C, Mapping[str, Json]]
) -> tuple[dict[str, Json], Hidden]:
    """A fact's object, with digests for its sealed fields (given by compartment), and what opens them.

    Malformed when a name is reserved or used twice, or a field is too large.
    """
    names = [*clear, *(name for fields in sealed.values() for name in fields)]
    if len(names) != len(set(names)) or not RESERVED.isdisjoint(names):
        raise Malformed("fact", kind, "field names that are used once and not reserved by RFC 9901")
    fact = dict(clear)
    if not sealed:
        return fact, Hidden()
    try:
        hidden = _disclose(sealed)
    except ValueError as e:
        raise Malformed("fact", kind, f"fields that JSON in Unicode can hold ({e})") from None
    fact["_sd"] = list(hidden.digests)
    return fact, hidden


def _base64url(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_URL)


def _disclose(sealed: Mapping[C, Mapping[str, Json]]) -> Hidden:
    """The disclosures by compartment, and all their digests among decoys, in the order of the alphabet."""
    count = sum(len(fields) for fields in sealed.values())
    padded = next((n for n in PADDED_TO if n >= count), None)
    if padded is None:
        raise ValueError(f"at most {PADDED_TO[-1]} sealed fields, found {count}")
    random = os.urandom(SALT * padded)
    salts = [random[i : i + SALT] for i in range(0, len(random), SALT)]
    disclosures: dict[str, tuple[str, ...]] = {}
    digests: list[str] = []
    for compartment, fields in sealed.items():
        made = []
        for name, value in fields.items():
            salt = _base64url(salts.pop()).decode("ascii")
            disclosure = _base64url(strict.to_json([salt, name, value]))
            if len(disclosure) > LARGEST_DISCLOSURE:
                raise ValueError(f"at most {LARGEST_DISCLOSURE} bytes in one sealed field")
            digests.append(_base64url(hashlib.sha256(disclosure).digest()).decode("ascii"))
            made.append(disclosure.decode("ascii"))
        disclosures[compartment] = tuple(made)
    # RFC 9901 section 4.2.5 makes decoys by hashing random bytes: nobody can tell them from digests.
    digests += [_base64url(hashlib.sha256(salt).digest()).decode("ascii") for salt in salts]
    digests.sort()
    return Hidden(disclosures, tuple(digests))


def payload_of(jws: bytes) -> dict[str, Any]:
    """The payload of a fact of our own whose leaf was just found to commit to these bytes."""
    payload: dict[str, Any] = json.loads(_from_base64url(jws.split(b".")[1]))
    return payload


def admit(jws: bytes, key: Ed25519PublicKey, file: str = "fact") -> dict[str, Any]:
    """The payload of a signed fact from anywhere, when ``key`` signed it.

    Malformed when it is larger than 16 KiB or anything but the form that ``Issuer`` writes; Broken
    when the signature does not verify.
    """
    if len(jws) > LARGEST_FACT:
        raise Malformed(file, "top", f"at most {LARGEST_FACT} bytes, found {len(jws)}")
    parts = jws.split(b".")
    if len(parts) != 3:
        raise Malformed(file, "top", "header, payload and signature with dots between them")
    place = "header"
    try:
        header = strict.from_json(_part(parts[0]))
        place = "payload"
        payload = strict.from_json(_part(parts[1]))
        place = "signature"
        signature = _part(parts[2], 64)
    except ValueError as e:
        raise Malformed(file, place, str(e)) from None
    _check_header(header, file)
    try:
        key.verify(signature, parts[0] + b"." + parts[1])
    except InvalidSignature:
        raise Broken(f"{file}: the signature does not verify") from None
    if header["kid"] != thumbprint(key):
        raise Broken(f"{file}: the header names another key than the one that signed")
    return _check_payload(payload, file)


def _part(part: bytes, size: int | None = None) -> bytes:
    return strict.base64url(part.decode("ascii", errors="replace"), size)


def _check_header(header: object, file: str) -> None:
    if not isinstance(header, dict) or set(header) != {"alg", "kid", "typ"}:
        raise Malformed(file, "header", "alg, kid and typ, and nothing else")
    if header["alg"] != "EdDSA":
        raise Malformed(file, "header.alg", "EdDSA")
    if header["typ"] != TYPE:
        raise Malformed(file, "header.typ", TYPE)


def _check_payload(payload: object, file: str) -> dict[str, Any]:
    if not isinstance(payload, dict) or not isinstance(payload.get("fact"), dict):
        raise Malformed(file, "payload", "an object with the object fact in it")
    fact = dict(payload["fact"])
    rest = {name: value for name, value in payload.items() if name not in ("fact", "_sd_alg")}
    digests = fact.pop("_sd", None)
    if _reserved([fact, rest]):
        raise Malformed(file, "payload", "digests in the fact alone, and no other reserved name")
    if payload.get("_sd_alg") != (None if digests is None else "sha-256"):
        raise Malformed(file, "payload._sd_alg", "sha-256 where there are digests, and only there")
    if digests is None:
        return payload
    if not isinstance(digests, list) or len(digests) not in PADDED_TO:
        raise Malformed(file, "payload.fact._sd", "8, 16 or 32 digests")
    for digest in digests:
        try:
            strict.base64url(digest if isinstance(digest, str) else "", 32)
        except ValueError:
            raise Malformed(file, "payload.fact._sd", "digests of SHA-256 in base64url") from None
    if digests != sorted(set(digests)):
        raise Malformed(file, "payload.fact._sd", "digests in order, none of them twice")
    return payload


def _reserved(value: object) -> bool:
    """Whether a name that RFC 9901 keeps for itself stands anywhere in here."""
    match value:
        case dict():
            return not RESERVED.isdisjoint(value) or any(_reserved(v) for v in value.values())
        case list():
            return any(_reserved(v) for v in value)
        case _:
            return False


def open_fields(
    payload: Mapping[str, Any], disclosures: Iterable[str], file: str = "fact"
) -> dict[str, Json]:
    """The sealed fields that these disclosures open.

    Malformed when one is not ``[salt, name, value]`` or its name is reserved, clear or opened twice;
    Broken when the fact does not commit to it (section 7.1).
    """
    fact = payload["fact"]
    committed = set(fact.get("_sd", ()))
    opened: dict[str, Json] = {}
    for disclosure in disclosures:
        if not disclosure.isascii():
            raise Malformed(file, "disclosure", "[salt of 16 bytes, name, value] in base64url")
        digest = digest_of(disclosure)
        if digest not in committed:
            raise Broken(f"{file}: the fact does not commit to this disclosure")
        committed.remove(digest)
        name, value = _read(disclosure, file)
        if name in fact or name in opened:
            raise Malformed(file, "disclosure", f"each field once; {name} stands there already")
        opened[name] = value
    return opened


def own_fields(payload: Mapping[str, Any], disclosures: Iterable[bytes]) -> dict[str, Json]:
    """The same of a fact of our own, from disclosures that were just unsealed for its leaf.

    Each is hashed and has to be one that the fact commits to; that its form is the one we write, its digest says.
    ValueError when it cannot be read, or opens what stands there already.
    """
    fact = payload["fact"]
    committed = set(fact.get("_sd", ()))
    opened: dict[str, Json] = {}
    for disclosure in disclosures:
        digest = _base64url(hashlib.sha256(disclosure).digest()).decode("ascii")
        if digest not in committed:
            raise Broken("the fact does not commit to this disclosure")
        committed.remove(digest)
        _, name, value = json.loads(_from_base64url(disclosure))
        if name in fact or name in opened:
            raise ValueError(f"{name} stands there already")
        opened[name] = value
    return opened


def _from_base64url(data: bytes) -> bytes:
    return a2b_base64(data.translate(_STANDARD) + b"=" * (-len(data) % 4))


def _read(disclosure: str, file: str) -> tuple[str, Json]:
    if len(disclosure) > LARGEST_DISCLOSURE:
        raise Malformed(file, "disclosure", f"at most {LARGEST_DISCLOSURE} bytes")
    try:
        parts = strict.from_json(strict.base64url(disclosure))
        salt, name, value = parts if isinstance(parts, list) and len(parts) == 3 else ("", "", None)
        strict.base64url(salt if isinstance(salt, str) else "", SALT)
    except ValueError:
        raise Malformed(file, "disclosure", "[salt of 16 bytes, name, value] in base64url") from None
    if not isinstance(name, str) or name in RESERVED:
        raise Malformed(file, "disclosure", "a field name that RFC 9901 does not reserve")
    if _reserved(value):
        raise Malformed(file, "disclosure", "a value without reserved names")
    return name, value
