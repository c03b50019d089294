"""A passkey's public key as COSE writes it (RFC 9052 section 7), in the one form that CTAP2 prescribes.

An authenticator writes the map in CTAP2's canonical CBOR: members in the order 1, 3, -1, -2, -3, each number in its
shortest form. For the three algorithms that are taken this leaves one layout each, so a key is read by comparing
bytes, and there are no two texts for one key::

    ES256   A5 01 02 03 26 20 01 21 58 20 x(32) 22 58 20 y(32)            P-256
    EdDSA   A4 01 01 03 27 20 06 21 58 20 x(32)                           Ed25519
    RS256   A4 01 03 03 39 01 00 20 59 length(2) n 21 43 01 00 01         2048 to 4096 bits, exponent 65537

A point that is not on P-256 (SEC 2, section 2.4.2) is no key: on record, it would stop whoever checks the record.
"""

import base64
import hashlib
from dataclasses import dataclass

from tearline.facts.admission import PasskeyAlgorithm
from tearline.facts.identifiers import KeyId
from tearline.facts.keys import is_public_key

_ES256 = (bytes.fromhex("a5010203262001215820"), bytes.fromhex("225820"))
_EDDSA = bytes.fromhex("a4010103272006215820")
_RS256 = (bytes.fromhex("a401030339010020"), bytes.fromhex("2143010001"))
_LENGTH = 0x59
"""CBOR: a string of bytes whose length follows in two bytes."""
FEWEST_BITS, MOST_BITS = 2048, 4096
EXPONENT = 65537
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""P-256: y² = x³ - 3x + B, modulo P."""
EXPECTED = "a COSE key for ES256, EdDSA or RS256 of 2048 to 4096 bits, in CTAP2's one form"


@dataclass(frozen=True, slots=True)
class CoseKey:
    """The numbers of a key: x and y for ES256, x alone for EdDSA, the modulus for RS256."""

    algorithm: PasskeyAlgorithm
    numbers: tuple[bytes, ...]


def parse_cose(raw: bytes) -> CoseKey:
    """Read a key in its one form. ValueError, with what was expected as its text."""
    head, between = _ES256
    if raw.startswith(head) and len(raw) == len(head) + 32 + len(between) + 32:
        x, rest = raw[len(head) : len(head) + 32], raw[len(head) + 32 :]
        if rest.startswith(between) and _on_p256(x, rest[len(between) :]):
            return CoseKey(PasskeyAlgorithm.ES256, (x, rest[len(between) :]))
    if raw.startswith(_EDDSA) and len(raw) == len(_EDDSA) + 32:
        x = raw[len(_EDDSA) :]
        if is_public_key(_base64url(x)):
            return CoseKey(PasskeyAlgorithm.EDDSA, (x,))
    head, end = _RS256
    if raw.startswith(head) and raw.endswith(end) and len(raw) > len(head) + 3 + len(end):
        middle = raw[len(head) : -len(end)]
        modulus = middle[3:]
        whole = middle[0] == _LENGTH and int.from_bytes(middle[1:3], "big") == len(modulus)
        if whole and modulus[0] and FEWEST_BITS <= int.from_bytes(modulus, "big").bit_length() <= MOST_BITS:
            return CoseKey(PasskeyAlgorithm.RS256, (modulus,))
    raise ValueError(EXPECTED)


def cose_name(raw: bytes) -> KeyId:
    """The name of a passkey on record: SHA-256 of its COSE key."""
    return KeyId(_base64url(hashlib.sha256(raw).digest()))


def _on_p256(*point: bytes) -> bool:
    x, y = (int.from_bytes(one, "big") for one in point)
    return x < P and y < P and (y * y - x * x * x + 3 * x - B) % P == 0


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
