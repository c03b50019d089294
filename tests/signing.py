"""People's own keys, fixed, and what they sign with them."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.history import Actor
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import PersonKeyIntroduced, PersonKeyRevoked, RevocationReason, thumbprint_of
from tearline.ledger import personal, strict
from tearline.ledger.batch import Appended
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.rooms.parties.keys import IntroducePersonKey, RevokePersonKey
from tests.worlds import LEO, NOON


def private_key(name: str, nth: int = 1) -> Ed25519PrivateKey:
    """This person's nth key."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"{name} {nth}".encode()).digest())


def public_key(name: str, nth: int = 1) -> str:
    return strict.to_base64url(private_key(name, nth).public_key().public_bytes_raw())


def key_of(name: str, nth: int = 1) -> KeyId:
    return thumbprint_of(public_key(name, nth))


def introduced(name: str, nth: int = 1, vouching: int | None = None) -> IntroducePersonKey:
    """This person's nth key, for which their key ``vouching`` signs."""
    signature = None
    if vouching is not None:
        challenge = personal.vouching(name, key_of(name, nth))
        signature = strict.to_base64url(personal.sign(challenge, private_key(name, vouching)))
    return IntroducePersonKey(
        PersonKeyIntroduced(
            person=PersonId(name),
            key=key_of(name, nth),
            public_key=public_key(name, nth),
            vouched_by=None if vouching is None else key_of(name, vouching),
            vouched=signature,
        )
    )


def revoked(name: str, nth: int = 1) -> RevokePersonKey:
    return RevokePersonKey(
        PersonKeyRevoked(
            person=PersonId(name), key=key_of(name, nth), reason=RevocationReason.LOST, since=NOON
        )
    )


def with_keys(node: Node, *names: str) -> Node:
    """Each of these people has their first key on record."""
    node.record_all([Order(command=introduced(name), by=LEO) for name in names])
    return node


def signed(node: Node, command: Command, by: Actor, nth: int = 1) -> Appended:
    """The act, prepared, signed with this person's nth key, and recorded."""
    prepared = node.prepare(Order(command=command, by=by))
    signature = personal.sign(prepared.challenge, private_key(by.person, nth))
    return node.record_prepared(prepared, signature=signature)
