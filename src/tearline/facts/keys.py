"""By which keys the ledger and its people sign: introduced on record before their first use, for one purpose each.

The private part of a key is nowhere in the record. The name of a key is its thumbprint (RFC 7638) and never
changes; a key that was revoked never returns. A node's first two keys, one for facts and one for checkpoints,
are the first facts of its ledger.
"""

import base64
import hashlib
from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Binds, Fact, Label, Public, Tag, fact
from tearline.facts.identifiers import THUMBPRINT, KeyId, PersonId
from tearline.facts.words import Worded


class KeyPurpose(Worded):
    """What a key of the node signs. No key signs two sorts of things."""

    FACT = "fact", "signs facts", "firma hechos"
    LOG = "log", "signs checkpoints of the ledger", "firma puntos de control del registro"


class KeyAlgorithm(Worded):
    ED25519 = "ed25519", "Ed25519 (RFC 8032)", "Ed25519 (RFC 8032)"


class RevocationReason(Worded):
    """Why a key is no longer to be believed."""

    REPLACED = "replaced", "replaced by another", "sustituida por otra"
    LOST = "lost", "lost", "perdida"
    EXPOSED = "exposed", "known to others, or perhaps known", "conocida por otros, o quizá conocida"
    LEFT = "left", "its holder left", "su titular se fue"


@fact("A key of the node was introduced", "Se introdujo una clave del nodo")
class NodeKeyIntroduced(Fact):
    """From the next fact on, or for a log key from this one's checkpoint on, this key signs in place of the one before.

    A new fact key is introduced by a fact that the old one signed. For a log key, ``hand_over`` is a C2SP note
    that names the new verifier key, signed by the old log key and by the new one.
    """

    purpose: Annotated[KeyPurpose, Label("Purpose", "Finalidad")]
    algorithm: Annotated[KeyAlgorithm, Label("Algorithm", "Algoritmo")]
    key: Annotated[KeyId, Label("Key", "Clave")]
    public_key: Annotated[str, Label("Public key", "Clave pública"), Public(43)]
    replaces: Annotated[KeyId | None, Label("In place of", "En lugar de"), Tag("replaces")] = None
    hand_over: Annotated[
        str | None, Label("Hand-over, signed by the old key", "Entrega firmada por la anterior"), Public(2000)
    ] = None


@fact("A key of the node was revoked", "Se revocó una clave del nodo")
class NodeKeyRevoked(Fact):
    """What it signed since then proves nothing by itself. What the ledger held before still stands by its tree."""

    key: Annotated[KeyId, Label("Key", "Clave")]
    reason: Annotated[RevocationReason, Label("Reason", "Motivo")]
    since: Annotated[datetime, Label("Not to be believed since", "Sin validez desde")]


@fact(
    "A person's key was introduced",
    "Se introdujo la clave de una persona",
    binds=Binds.ONCE_FOUNDED,
)
class PersonKeyIntroduced(Fact):
    """An Ed25519 key by which this person signs what binds them. Whoever introduces it saw who holds it.

    For a person who has keys already, one of these vouches for the new one. Otherwise whoever enrols people could
    sign in another's name by a key of their own; as it is, they would have to revoke that person's keys first.
    """

    person: Annotated[PersonId, Label("Person", "Persona")]
    key: Annotated[KeyId, Label("Key", "Clave")]
    public_key: Annotated[str, Label("Public key", "Clave pública"), Public(43)]
    vouched_by: Annotated[KeyId | None, Label("Vouched for by", "Avalada por"), Tag("vouched-by")] = None
    vouched: Annotated[
        str | None, Label("Signature that vouches for it", "Firma que la avala"), Public(86)
    ] = None


@fact("A person's key was revoked", "Se revocó la clave de una persona")
class PersonKeyRevoked(Fact):
    person: Annotated[PersonId, Label("Person", "Persona")]
    key: Annotated[KeyId, Label("Key", "Clave")]
    reason: Annotated[RevocationReason, Label("Reason", "Motivo")]
    since: Annotated[datetime, Label("Not to be believed since", "Sin validez desde")]


_PRIME = 2**255 - 19
# Under a key of small order some signatures verify for every message, so whoever holds one could disown
# anything. These are the y coordinates of its eight points (RFC 8032 section 5.1), computed from the curve.
_SMALL_ORDER = frozenset(
    int.from_bytes(bytes.fromhex(y), "little")
    for y in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


def is_public_key(text: str) -> bool:
    """Whether this is an Ed25519 public key, 32 bytes in base64url, that only its holder can sign under."""
    if THUMBPRINT.fullmatch(text) is None:
        return False
    y = int.from_bytes(base64.urlsafe_b64decode(text + "="), "little") & ((1 << 255) - 1)
    return y < _PRIME and y not in _SMALL_ORDER


def thumbprint_of(public_key: str) -> KeyId:
    """The name of a public key in base64url: RFC 7638 over the key as RFC 8037 writes it."""
    digest = hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{public_key}"}}'.encode()).digest()
    return KeyId(base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"))
