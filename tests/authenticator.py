"""A passkey authenticator in software: makes keys and signs, as a browser with a security key would hand it over.

It follows W3C WebAuthn Level 3 section 6.1 (authenticator data), 6.5.4 (attestation object, format ``none``) and
5.8.1 (client data). What it says can be bent for a test: the origin, the type, the flags, the count.

    phone = Authenticator("http://localhost")
    posted = phone.create(options)     # PublicKeyCredentialCreationOptions as JSON -> RegistrationResponseJSON
    posted = phone.get(options)        # PublicKeyCredentialRequestOptions as JSON -> AuthenticationResponseJSON
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

ES256, EDDSA, RS256 = -7, -8, -257
"""COSE algorithms (RFC 9053, RFC 8812)."""
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
"""Flags: somebody was there, they were verified, a new key follows."""

Private = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(kw_only=True)
class Credential:
    """One key that the authenticator holds, for one person at one site."""

    id: bytes
    rp_id: str
    handle: bytes
    algorithm: int
    private: Private
    count: int = 0

    @property
    def cose(self) -> bytes:
        """The public key in COSE, in CTAP2's canonical order of members."""
        return cose_of(self.private)

    def sign(self, message: bytes) -> bytes:
        match self.private:
            case ec.EllipticCurvePrivateKey():
                return self.private.sign(message, ec.ECDSA(hashes.SHA256()))
            case ed25519.Ed25519PrivateKey():
                return self.private.sign(message)
            case rsa.RSAPrivateKey():
                return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())


@dataclass
class Authenticator:
    """Holds keys for one browser at ``origin``. ``verified``: it makes sure of its holder (a PIN, a finger).

    ``counts``: it keeps a count of its signatures, as security keys do and synced passkeys do not.
    ``kind`` and ``rp_id`` take the place of what would be said truthfully.
    """

    origin: str
    algorithm: int = ES256
    verified: bool = True
    present: bool = True
    counts: bool = True
    kind: str | None = None
    rp_id: str | None = None
    cross_origin: bool = False
    held: list[Credential] = field(default_factory=list)

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A new key for the person and site in the options, and what the browser posts of it."""
        offered = [one["alg"] for one in options["pubKeyCredParams"]]
        assert self.algorithm in offered, f"the site takes {offered}"
        rp_id = self.rp_id or options["rp"].get("id") or urlsplit(self.origin).hostname or ""
        made = Credential(
            id=secrets.token_bytes(32),
            rp_id=rp_id,
            handle=from_base64url(options["user"]["id"]),
            algorithm=self.algorithm,
            private=new_private(self.algorithm),
        )
        self.held.append(made)
        attested = bytes(16) + len(made.id).to_bytes(2, "big") + made.id + made.cose
        data = self._data(made, ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._posted(
            made,
            {
                "clientDataJSON": base64url(self._client("webauthn.create", options["challenge"])),
                "attestationObject": base64url(attestation),
                "transports": ["internal"],
            },
        )

    def get(self, options: Mapping[str, Any], credential: Credential | None = None) -> dict[str, Any]:
        """A signature over the challenge, by the last key made that the site takes, or by ``credential``."""
        wanted = {from_base64url(one["id"]) for one in options.get("allowCredentials") or ()}
        used = credential or next(c for c in reversed(self.held) if not wanted or c.id in wanted)
        if self.counts:
            used.count += 1
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(used, 0)
        return self._posted(
            used,
            {
                "clientDataJSON": base64url(client),
                "authenticatorData": base64url(data),
                "signature": base64url(used.sign(data + hashlib.sha256(client).digest())),
                "userHandle": base64url(used.handle),
            },
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {
            "type": self.kind or kind,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        }
        return json.dumps(said, separators=(",", ":")).encode()

    def _data(self, used: Credential, more: int) -> bytes:
        flags = more | (PRESENT if self.present else 0) | (VERIFIED if self.verified else 0)
        rp_id = self.rp_id or used.rp_id
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + used.count.to_bytes(4, "big")

    def _posted(self, used: Credential, response: dict[str, Any]) -> dict[str, Any]:
        name = base64url(used.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }


def new_private(algorithm: int) -> Private:
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def cose_of(private: Private) -> bytes:
    """The public half as a COSE key (RFC 9052 section 7): what stands in ``PasskeyEnrolled.public_key``."""
    match private:
        case ec.EllipticCurvePrivateKey():
            point = private.public_key().public_numbers()
            x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
            return cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: x, -3: y})
        case ed25519.Ed25519PrivateKey():
            return cbor2.dumps({1: 1, 3: EDDSA, -1: 6, -2: private.public_key().public_bytes_raw()})
        case rsa.RSAPrivateKey():
            numbers = private.public_key().public_numbers()
            n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
            return cbor2.dumps({1: 3, 3: RS256, -1: n, -2: numbers.e.to_bytes(3, "big")})


def flipped(posted: Mapping[str, Any], part: str, bit: int) -> dict[str, Any]:
    """What was posted with one bit of one part of its response flipped."""
    raw = bytearray(from_base64url(posted["response"][part]))
    raw[(bit // 8) % len(raw)] ^= 1 << bit % 8
    return {**posted, "response": {**posted["response"], part: base64url(bytes(raw))}}


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
