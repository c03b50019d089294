"""A passkey's assertion, verified offline: W3C WebAuthn Level 3, section 7.2, without a browser or a session.

``verify_assertion`` takes these steps of section 7.2 (the others need the server that asked, or are about what we
did not ask for):

- 10, 11  The client data is JSON in UTF-8 that names no member twice, of at most 1 KiB.
- 12      Its type is ``webauthn.get``: a key that signs in, or is made, signs nothing here.
- 13      Its challenge is the act's, in base64url.
- 14      Its origin is https (or http on localhost), and its host the site on record for the key, or below it.
- 15, 16  The page that asked was framed by no page of another site.
- 17      The authenticator's data begin with SHA-256 of the site on record.
- 18, 19  Somebody was there, and the authenticator made sure that it was its holder (a PIN, a finger).
- 20      A key that is not backed up does not say that it was copied.
- 23, 24  The key on record signed authenticator's data || SHA-256(client data).

What this proves has a limit that no verifier can lift. An authenticator shows its holder the site and never the
challenge, so the person relies on the page for what they sign, and whoever serves the page at that moment could
show one text and have another signed, or pass an act's challenge off as a sign-in's. Afterwards nobody can: without
its holder at the authenticator there is no signature, and the one that there is fits one text. Who must not rely on
the page signs with a key of their own at the command line (``personal``, form ``ed25519``).

``Malformed``: bytes that cannot be an assertion. ``Broken``: an assertion that does not prove what is asked.
"""

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tearline.facts.admission import PasskeyAlgorithm
from tearline.facts.cose import EXPECTED, EXPONENT, CoseKey, cose_name, parse_cose
from tearline.facts.errors import Broken, Malformed
from tearline.ledger import strict

PRESENT, VERIFIED, MAY_BE_COPIED, COPIED, NEW_KEY, EXTENSIONS = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
"""Flags in the authenticator's data (section 6.1)."""
SHORTEST_DATA = 37
LONGEST_DATA, LONGEST_CLIENT, LONGEST_SIGNATURE = 256, 1024, 512
"""Bytes. What an authenticator says for our request has 37; a browser's client data some 150."""
LOCAL = "localhost"

PublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey on record: its name, the site to which it is bound (the RP ID), how it signs, and the key itself."""

    name: str
    site: str
    algorithm: PasskeyAlgorithm
    public: PublicKey

    @classmethod
    def parse(cls, public_key: str, site: str, file: str = "key", place: str = "public_key") -> "Passkey":
        """Read a COSE key in base64url. Malformed when it is none in its one form, or its point is on no curve."""
        try:
            raw = strict.base64url(public_key)
            key = parse_cose(raw)
            public = _public(key)
        except ValueError:
            raise Malformed(file, place, EXPECTED) from None
        return cls(name=cose_name(raw), site=site, algorithm=key.algorithm, public=public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What an authenticator and a browser say, and the signature over both; each in its exact bytes."""

    authenticator: bytes
    client: bytes
    signature: bytes

    @property
    def count(self) -> int:
        """How often the authenticator says it has signed; 0 from one that keeps no count."""
        return int.from_bytes(self.authenticator[33:37], "big")

    @classmethod
    def posted(cls, posted: object, file: str = "assertion") -> "Assertion":
        """From what ``PublicKeyCredential.toJSON()`` gives (AuthenticationResponseJSON). Malformed with the place."""
        response = posted.get("response") if isinstance(posted, dict) else None
        if not isinstance(response, dict):
            raise Malformed(file, "response", "what a passkey answers")
        return cls(
            authenticator=part(response.get("authenticatorData"), LONGEST_DATA, file, "authenticatorData"),
            client=part(response.get("clientDataJSON"), LONGEST_CLIENT, file, "clientDataJSON"),
            signature=part(response.get("signature"), LONGEST_SIGNATURE, file, "signature"),
        )


def part(text: object, most: int, file: str, place: str) -> bytes:
    """1 to ``most`` bytes in base64url. Malformed with the place."""
    try:
        raw = strict.base64url(text if isinstance(text, str) else "")
    except ValueError as e:
        raise Malformed(file, place, str(e)) from None
    if not 1 <= len(raw) <= most:
        raise Malformed(file, place, f"1 to {most} bytes in base64url")
    return raw


def verify_assertion(challenge: bytes, assertion: Assertion, key: Passkey, file: str = "assertion") -> None:
    """Broken unless the holder of this passkey signed this challenge, at its site and verified as its holder."""
    _check_client(assertion.client, challenge, key.site, file)
    _check_data(assertion.authenticator, key.site, file)
    signed = assertion.authenticator + hashlib.sha256(assertion.client).digest()
    try:
        _verify(key.public, assertion.signature, signed)
    except (InvalidSignature, ValueError):
        raise Broken(f"{file}: the passkey's signature does not verify") from None


def _check_client(client: bytes, challenge: bytes, site: str, file: str) -> None:
    place = "clientDataJSON"
    try:
        said = strict.from_json(client)
    except ValueError as e:
        raise Malformed(file, place, str(e)) from None
    if not isinstance(said, dict):
        raise Malformed(file, place, "a JSON object")
    if said.get("type") != "webauthn.get":
        raise Broken(f"{file}: signed for {said.get('type')!r} and not for an act")
    if said.get("challenge") != strict.to_base64url(challenge):
        raise Broken(f"{file}: the passkey signed another challenge than this act's")
    if not at_site(said.get("origin"), site):
        raise Broken(f"{file}: signed at {said.get('origin')!r}, which is not {site}")
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise Broken(f"{file}: signed on a page within a page of another site")


def _check_data(data: bytes, site: str, file: str) -> None:
    place = "authenticatorData"
    if len(data) < SHORTEST_DATA:
        raise Malformed(file, place, f"at least {SHORTEST_DATA} bytes")
    flags = data[32]
    if flags & NEW_KEY or (len(data) > SHORTEST_DATA and not flags & EXTENSIONS):
        raise Malformed(file, place, f"{SHORTEST_DATA} bytes, and more only for extensions")
    if data[:32] != hashlib.sha256(site.encode()).digest():
        raise Broken(f"{file}: made for another site than {site}")
    if not flags & PRESENT:
        raise Broken(f"{file}: the authenticator does not say that somebody was there")
    if not flags & VERIFIED:
        raise Broken(f"{file}: the authenticator did not make sure of its holder")
    if flags & COPIED and not flags & MAY_BE_COPIED:
        raise Broken(f"{file}: the authenticator says of a key that cannot be copied that it was")


def at_site(origin: object, site: str) -> bool:
    """Whether pages of this origin may use keys of this site: it, or a name below it, by https or on localhost."""
    if not isinstance(origin, str) or not origin.isascii():
        return False
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    authority = host if port is None else f"{host}:{port}"
    if origin != f"{parts.scheme}://{authority}":
        return False
    if host != site and not host.endswith(f".{site}"):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host == LOCAL)


def _public(key: CoseKey) -> PublicKey:
    """ValueError when its point is on no curve."""
    match key.algorithm:
        case PasskeyAlgorithm.ES256:
            x, y = (int.from_bytes(one, "big") for one in key.numbers)
            return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        case PasskeyAlgorithm.EDDSA:
            return Ed25519PublicKey.from_public_bytes(key.numbers[0])
        case PasskeyAlgorithm.RS256:
            return rsa.RSAPublicNumbers(EXPONENT, int.from_bytes(key.numbers[0], "big")).public_key()


def _verify(public: PublicKey, signature: bytes, signed: bytes) -> None:
    match public:
        case ec.EllipticCurvePublicKey():
            public.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        case Ed25519PublicKey():
            public.verify(signature, signed)
        case _:
            public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
