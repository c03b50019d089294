"""Keys of the node and of people: listed from the record, replaced on disk and on record at once."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.history import Actor, about
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import (
    KeyPurpose,
    NodeKeyIntroduced,
    NodeKeyRevoked,
    PersonKeyIntroduced,
    PersonKeyRevoked,
    RevocationReason,
    thumbprint_of,
)
from tearline.folds.held import ITSELF
from tearline.folds.keys import asks_keys_of, keys_of
from tearline.ledger import personal, rotation, strict
from tearline.ledger.note import Vkey
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.rooms.parties.keys import (
    IntroduceNodeKey,
    IntroducePersonKey,
    RevokeNodeKey,
    RevokePersonKey,
    key_in_use,
)

KEYS = about(
    kinds=(NodeKeyIntroduced, NodeKeyRevoked, PersonKeyIntroduced, PersonKeyRevoked, PasskeyEnrolled)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """One key on record. Of the node when it has a purpose, else of the person."""

    key: KeyId
    public_key: str
    purpose: KeyPurpose | None
    person: PersonId | None
    introduced_at: datetime
    in_use: bool
    revoked: NodeKeyRevoked | PersonKeyRevoked | None
    replaces: KeyId | None = None
    hand_over: str | None = None


def known_keys(node: Node) -> list[KnownKey]:
    """Every key on record, in the order in which they were introduced."""
    known = node.ledger.read(KEYS)
    node_revoked, person_revoked = known.of(NodeKeyRevoked), known.of(PersonKeyRevoked)
    revoked: dict[KeyId, NodeKeyRevoked | PersonKeyRevoked] = {r.fact.key: r.fact for r in node_revoked}
    revoked |= {r.fact.key: r.fact for r in person_revoked}
    in_use = {key_in_use(known, purpose) for purpose in KeyPurpose}
    found = []
    for recorded in known:
        fact = recorded.fact
        if isinstance(fact, NodeKeyIntroduced):
            found.append(
                KnownKey(
                    key=fact.key,
                    public_key=fact.public_key,
                    purpose=fact.purpose,
                    person=None,
                    introduced_at=recorded.recorded_at,
                    in_use=fact.key in in_use,
                    revoked=revoked.get(fact.key),
                    replaces=fact.replaces,
                    hand_over=fact.hand_over,
                )
            )
        elif isinstance(fact, PersonKeyIntroduced | PasskeyEnrolled):
            found.append(
                KnownKey(
                    key=fact.key,
                    public_key=fact.public_key,
                    purpose=None,
                    person=fact.person,
                    introduced_at=recorded.recorded_at,
                    in_use=fact.key not in revoked,
                    revoked=revoked.get(fact.key),
                )
            )
    return found


def vkey(node: Node, key: KnownKey) -> Vkey:
    """By which checkpoints are verified that this log key signed."""
    return Vkey(node.ledger.vkey.name, strict.base64url(key.public_key, 32))


def rotate(node: Node, folder: Path, purpose: KeyPurpose) -> NodeKeyIntroduced:
    """Replace the node's key of this purpose, on record and in ``folder``. The old private key is destroyed.

    From then on the node signs with the new one; a process that was running with the old one stops at its next act.
    """
    with rotation.alone(folder):
        old = node.ledger.keys
        new = rotation.begin(folder, old, purpose)
        introduced = rotation.introduction(new, purpose, old)
        try:
            node.record(Order(command=IntroduceNodeKey(introduced), by=ITSELF), successor=new)
        except Refused:
            rotation.drop(folder, purpose)
            raise
        rotation.complete(folder, purpose, new)
    return introduced


def introduce(
    node: Node,
    person: PersonId,
    public_key: str,
    by: Actor,
    vouched: str | None,
    *,
    private: Ed25519PrivateKey | None = None,
) -> KeyId:
    """Put a person's key on record; ``vouched`` is a signature for it by a key that the person has, if they do.

    ``private`` is the key of whoever introduces it, who signs that once the node has founders.
    """
    key = thumbprint_of(public_key)
    held = keys_of(node.ledger.read(asks_keys_of(person)), person)
    own = {one: r.fact for one, r in held.items() if isinstance(r.fact, PersonKeyIntroduced)}
    signed = [one for one, fact in own.items() if vouched and _vouches(fact, person, key, vouched)]
    # A signature by none of them is refused by the node, whichever it is said to be by.
    vouched_by = next(iter([*signed, *own]), None) if vouched else None
    new = PersonKeyIntroduced(
        person=person,
        key=key,
        public_key=public_key,
        vouched_by=vouched_by or (key if vouched else None),
        vouched=vouched,
    )
    order = Order(command=IntroducePersonKey(new), by=by)
    if private is None:
        node.record(order)
    else:
        prepared = node.prepare(order)
        node.record_prepared(prepared, signature=personal.sign(prepared.challenge, private))
    return key


def _vouches(held: PersonKeyIntroduced, person: PersonId, key: KeyId, vouched: str) -> bool:
    try:
        personal.verify_vouched(person, key, vouched, personal.public_key(held.public_key))
    except Broken:
        return False
    return True


def revoke(
    node: Node, key: KeyId, reason: RevocationReason, since: datetime | None, by: Actor | None
) -> NodeKeyRevoked | PersonKeyRevoked:
    """Revoke a key of the node, or with ``by`` a person's. Malformed when there is no such key, or nobody is named."""
    found = next((k for k in known_keys(node) if k.key == key), None)
    if found is None:
        raise Malformed("KEY", key, "the thumbprint of a key on record; see tearline keys list")
    at = since or node.clock()
    command: Command
    fact: NodeKeyRevoked | PersonKeyRevoked
    if found.person is None:
        fact = NodeKeyRevoked(key=key, reason=reason, since=at)
        command, actor = RevokeNodeKey(fact), ITSELF
    elif by is None:
        raise Malformed("--by", "nobody", f"who revokes this key of {found.person}")
    else:
        fact = PersonKeyRevoked(person=found.person, key=key, reason=reason, since=at)
        command, actor = RevokePersonKey(fact), by
    node.record(Order(command=command, by=actor))
    return fact
