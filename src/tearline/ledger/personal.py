"""A person's own signature on a binding act, so that not even the operator of a node can forge one.

What is signed is what will stand in the ledger, before it stands there. For each fact of the act::

    statement = SHA-256(JSON of iss, kind, happened_at, precision, by, role, told where there is one, after, fact)

with these members, in this order, as they stand in the payload: ``iss`` is the log for which it was signed,
``fact`` holds the clear fields and the salted digests of the sealed ones, ``after`` the position that was seen.
For the act::

    challenge = SHA-256("tearline/act/1" LF statement_0 statement_1 ...)

The person signs the 32 bytes of the challenge with Ed25519, and every fact of the act carries the claim::

    "signed": {"form": "ed25519", "key": thumbprint, "statements": [base64url, ...], "at": index,
               "signature": base64url}

so that each can be checked by itself. ``ref``, ``recorded_at``, ``act`` and the leaf's blinding are the
node's own and are not signed.

With a passkey the person signs what they are shown. The text (``sentence``) is an opening and a section for each
fact, and what is signed of a fact is both, the text and what it says::

    statement' = SHA-256(SHA-256(section) SHA-256(JSON as above))
    challenge  = SHA-256("tearline/act/2" LF SHA-256(opening) statement'_0 statement'_1 ...)

The passkey signs the challenge in an assertion (``webauthn``), and every fact of the act carries the claim::

    "signed": {"form": "webauthn", "key": name, "opening": text, "text": text, "statements": [base64url, ...],
               "at": index, "authenticator": base64url, "client": base64url, "signature": base64url}

with its own section as ``text``: the opening and all sections of the act, in their order, are the text that was
shown. (One fact is at most 16 KiB and an act has up to 128 of them, so no fact could carry the text of the whole.)
Verification demands that the text says exactly what the payload says. Each form has these members, in this order, and
no other.

With an Ed25519 key the person vouches for another one of theirs, by signing
SHA-256("tearline/vouching/1" LF person LF thumbprint LF).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tearline.facts.errors import Broken, Malformed
from tearline.facts.keys import is_public_key
from tearline.ledger import sentence, strict, webauthn
from tearline.ledger.sdjwt import thumbprint
from tearline.ledger.webauthn import Assertion, Passkey

CLAIM = "signed"
FORM, WEBAUTHN = "ed25519", "webauthn"
DOMAIN = b"tearline/act/1\n"
SHOWN = b"tearline/act/2\n"
VOUCHING = b"tearline/vouching/1\n"
DIGEST, KEY, SIGNATURE = 32, 32, 64
MOST_FACTS = 128
"""In one signed act: each of its facts names all the statements, and no fact is larger than 16 KiB."""

_STATED = ("iss", "kind", "happened_at", "precision", "by", "role", "told", "after", "fact")
_MEMBERS = ["form", "key", "statements", "at", "signature"]
_ASSERTED = [
    "form", "key", "opening", "text", "statements", "at", "authenticator", "client", "signature",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The claim of one fact: by which key its act was signed, and which of the act's statements is its own."""

    key: str
    statements: tuple[bytes, ...]
    at: int
    signature: bytes

    @property
    def challenge(self) -> bytes:
        """What the person signed."""
        return challenge_of(self.statements)

    @property
    def proof(self) -> tuple[object, ...]:
        """What all facts of the act bear alike."""
        return (self.key, self.signature)

    def claim(self) -> dict[str, Any]:
        """The member ``signed`` of a payload."""
        return {
            "form": FORM,
            "key": self.key,
            "statements": [strict.to_base64url(s) for s in self.statements],
            "at": self.at,
            "signature": strict.to_base64url(self.signature),
        }

    @classmethod
    def parse(cls, claim: object, file: str = "fact") -> "Signed":
        """Read the member ``signed``. Malformed unless it is the one form that ``claim`` writes."""
        members = _members(claim, FORM, _MEMBERS, file)
        signature = _bytes(members["signature"], SIGNATURE, file, f"payload.{CLAIM}.signature")
        statements, at = _statements(members, file)
        return cls(key=members["key"], statements=statements, at=at, signature=signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """The claim of one fact that was signed with a passkey: the same, and the text that the person was shown."""

    key: str
    opening: str
    text: str
    statements: tuple[bytes, ...]
    at: int
    assertion: Assertion

    @property
    def challenge(self) -> bytes:
        """What the person signed."""
        return shown_challenge(self.opening, self.statements)

    @property
    def proof(self) -> tuple[object, ...]:
        """What all facts of the act bear alike."""
        return (self.key, self.opening, self.assertion)

    def claim(self) -> dict[str, Any]:
        """The member ``signed`` of a payload."""
        return {
            "form": WEBAUTHN,
            "key": self.key,
            "opening": self.opening,
            "text": self.text,
            "statements": [strict.to_base64url(s) for s in self.statements],
            "at": self.at,
            "authenticator": strict.to_base64url(self.assertion.authenticator),
            "client": strict.to_base64url(self.assertion.client),
            "signature": strict.to_base64url(self.assertion.signature),
        }

    @classmethod
    def parse(cls, claim: object, file: str = "fact") -> "Asserted":
        """Read the member ``signed``. Malformed unless it is the one form that ``claim`` writes."""
        members = _members(claim, WEBAUTHN, _ASSERTED, file)
        place = f"payload.{CLAIM}"
        for name in ("opening", "text"):
            if not isinstance(members[name], str):
                raise Malformed(file, f"{place}.{name}", "a text")
        statements, at = _statements(members, file)
        most = {
            "authenticator": webauthn.LONGEST_DATA,
            "client": webauthn.LONGEST_CLIENT,
            "signature": webauthn.LONGEST_SIGNATURE,
        }
        parts = {n: webauthn.part(members[n], size, file, f"{place}.{n}") for n, size in most.items()}
        return cls(
            key=members["key"],
            opening=members["opening"],
            text=members["text"],
            statements=statements,
            at=at,
            assertion=Assertion(**parts),
        )


Claimed = Signed | Asserted


def parse(claim: object, file: str = "fact") -> Claimed:
    """Read the member ``signed`` in whichever form it says. Malformed unless it is one of the two."""
    form = claim.get("form") if isinstance(claim, dict) else None
    return Asserted.parse(claim, file) if form == WEBAUTHN else Signed.parse(claim, file)


def statement_of(payload: Mapping[str, Any], file: str = "fact") -> bytes:
    """What a person states by one fact: a hash over all of its payload that is theirs. Malformed: not a payload."""
    missing = [name for name in _STATED if name not in payload and name != "told"]
    if missing:
        raise Malformed(file, f"payload.{missing[0]}", "a member of every fact")
    stated = {name: payload[name] for name in _STATED if name in payload}
    return hashlib.sha256(strict.to_json(stated)).digest()


def challenge_of(statements: Sequence[bytes]) -> bytes:
    """The 32 bytes that stand for a whole act. ValueError when it has no facts or too many."""
    if not 1 <= len(statements) <= MOST_FACTS or {len(s) for s in statements} != {DIGEST}:
        raise ValueError(f"1 to {MOST_FACTS} statements of {DIGEST} bytes")
    return hashlib.sha256(DOMAIN + b"".join(statements)).digest()


def stated(payload: Mapping[str, Any], text: str, file: str = "fact") -> bytes:
    """What a person states by one fact that they were shown as ``text``, its section."""
    shown = hashlib.sha256(text.encode()).digest()
    return hashlib.sha256(shown + statement_of(payload, file)).digest()


def shown_challenge(opening: str, statements: Sequence[bytes]) -> bytes:
    """The 32 bytes that stand for a whole act and its text. ValueError when it has no facts or too many."""
    if not 1 <= len(statements) <= MOST_FACTS or {len(s) for s in statements} != {DIGEST}:
        raise ValueError(f"1 to {MOST_FACTS} statements of {DIGEST} bytes")
    return hashlib.sha256(SHOWN + hashlib.sha256(opening.encode()).digest() + b"".join(statements)).digest()


def sign(challenge: bytes, private: Ed25519PrivateKey) -> bytes:
    """The person's signature, 64 bytes. ValueError unless this is a challenge of 32 bytes."""
    if len(challenge) != DIGEST:
        raise ValueError(f"a challenge has {DIGEST} bytes")
    return private.sign(challenge)


def vouching(person: str, key: str) -> bytes:
    """The 32 bytes that a person signs with a key they have, to vouch for another one, named by its thumbprint."""
    return hashlib.sha256(VOUCHING + f"{person}\n{key}\n".encode()).digest()


def verify_vouched(
    person: str, key: str, signature: object, by: Ed25519PublicKey, file: str = "fact"
) -> None:
    """Broken unless the holder of ``by`` vouched for this key of theirs; Malformed when that is no signature."""
    raw = _bytes(signature, SIGNATURE, file, "payload.fact.vouched")
    try:
        verify_challenge(vouching(person, key), raw, by)
    except Broken as broken:
        raise Broken(f"{file}: {broken}") from None


def claims(statements: Sequence[bytes], key: str, signature: bytes) -> list[Signed]:
    """The claim of each fact of a signed act, in their order. ``key`` is the thumbprint of the person's key."""
    signed = tuple(statements)
    return [Signed(key=key, statements=signed, at=n, signature=signature) for n in range(len(signed))]


def public_key(text: object, file: str = "key", place: str = "top") -> Ed25519PublicKey:
    """A person's public key, 32 bytes in base64url. Malformed when it is none, or one that anybody could use."""
    raw = _bytes(text, KEY, file, place)
    if not is_public_key(str(text)):
        raise Malformed(file, place, "an Ed25519 public key that is not of small order")
    return Ed25519PublicKey.from_public_bytes(raw)


def verify_challenge(challenge: bytes, signature: bytes, public: Ed25519PublicKey) -> None:
    """Broken unless the holder of this key signed this challenge."""
    try:
        public.verify(signature, challenge)
    except InvalidSignature:
        raise Broken("the person's signature does not verify") from None


def verify(payload: Mapping[str, Any], key: Ed25519PublicKey | Passkey, file: str = "fact") -> Claimed:
    """The signed claim of an admitted fact, when the holder of ``key`` signed this fact and its act.

    Whose key it is, and whether it was on record and not revoked, is for the caller to say: the person
    must be the one in ``by``. Malformed when there is no claim in one of its forms; Broken when the claim
    names another key, the fact is not the one that was signed, its text says something else, or the signature
    does not verify.
    """
    signed = parse(payload.get(CLAIM), file)
    match signed, key:
        case Signed(), Ed25519PublicKey():
            _by_key(payload, signed, key, file)
        case Asserted(), Passkey():
            _by_passkey(payload, signed, key, file)
        case _:
            raise Broken(f"{file}: signed in another way than this person's key signs")
    return signed


def _by_key(payload: Mapping[str, Any], signed: Signed, public: Ed25519PublicKey, file: str) -> None:
    if signed.key != thumbprint(public):
        raise Broken(f"{file}: signed by another key than this person's")
    if statement_of(payload, file) != signed.statements[signed.at]:
        raise Broken(f"{file}: this is not the fact that the person signed")
    try:
        verify_challenge(signed.challenge, signed.signature, public)
    except Broken as broken:
        raise Broken(f"{file}: {broken}") from None


def _by_passkey(payload: Mapping[str, Any], signed: Asserted, key: Passkey, file: str) -> None:
    if signed.key != key.name:
        raise Broken(f"{file}: signed by another key than this person's")
    facts = len(signed.statements)
    if stated(payload, signed.text, file) != signed.statements[signed.at]:
        raise Broken(f"{file}: this is not the fact that the person signed")
    sentence.check_opening(signed.opening, payload, facts, file)
    sentence.check_section(signed.text, payload, signed.at + 1, facts, file)
    webauthn.verify_assertion(signed.challenge, signed.assertion, key, file)


def asserted(
    opening: str, sections: Sequence[str], statements: Sequence[bytes], key: str, assertion: Assertion
) -> list[Asserted]:
    """The claim of each fact of an act that was signed with a passkey, in their order."""
    return [
        Asserted(key=key, opening=opening, text=text, statements=tuple(statements), at=n, assertion=assertion)
        for n, text in enumerate(sections)
    ]


def check_act(facts: Sequence[Claimed | None], file: str = "act") -> None:
    """Broken unless these are all the facts of one signed act, in their order; or none of them is signed."""
    first = facts[0] if facts else None
    if first is None:
        if any(facts):
            raise Broken(f"{file}: only a part of its facts is signed")
        return
    for n, signed in enumerate(facts):
        if signed is None or (type(signed), signed.proof) != (type(first), first.proof):
            raise Broken(f"{file}: fact {n} does not bear the signature of its act")
        if signed.statements != first.statements or signed.at != n:
            raise Broken(f"{file}: fact {n} does not stand where the person signed it")
    if len(facts) != len(first.statements):
        raise Broken(f"{file}: the person signed {len(first.statements)} facts, and here are {len(facts)}")


def _members(claim: object, form: str, members: list[str], file: str) -> dict[str, Any]:
    """The members of a claim of this form, its key among them a name. Malformed when it is another."""
    place = f"payload.{CLAIM}"
    if not isinstance(claim, dict) or claim.get("form") != form:
        raise Malformed(file, f"{place}.form", f"{FORM} or {WEBAUTHN}, the forms of signature so far")
    if list(claim) != members:
        raise Malformed(file, place, f"{', '.join(members)}, in this order and nothing else")
    _bytes(claim["key"], DIGEST, file, f"{place}.key")
    return claim


def _statements(members: Mapping[str, Any], file: str) -> tuple[tuple[bytes, ...], int]:
    place = f"payload.{CLAIM}"
    statements, at = members["statements"], members["at"]
    if not isinstance(statements, list) or not 1 <= len(statements) <= MOST_FACTS:
        raise Malformed(file, f"{place}.statements", f"a list of 1 to {MOST_FACTS} statements")
    if type(at) is not int or not 0 <= at < len(statements):
        raise Malformed(file, f"{place}.at", "the index of one of the statements")
    read = (_bytes(s, DIGEST, file, f"{place}.statements[{n}]") for n, s in enumerate(statements))
    return tuple(read), at


def _bytes(text: object, size: int, file: str, place: str) -> bytes:
    try:
        return strict.base64url(text if isinstance(text, str) else "", size)
    except ValueError as e:
        raise Malformed(file, place, str(e)) from None
