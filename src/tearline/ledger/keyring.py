"""Whose a key was at each place of a ledger, as the ledger's own facts say.

A node's fact key signs from the fact after the one that introduces it until the next is introduced; the
first one introduces itself, in entry 0. The log key of a time is handed over to the next by a note that both sign.
A person's key, or passkey, signs that person's acts from the fact after the one that
introduces it until it is revoked. No key is introduced twice, and a live fact that binds a person who has a key
bears their signature; once founders are named, so does what binds anybody, and more kinds bind.

A passkey is enrolled by its holder, under the signature of a key that they have, or on an invitation for one who has
none: who recovers has the lost ones revoked first, in the same act. Two people give an invitation, neither of them who
is invited, and sign it as they sign what binds; a founder's first one the node gives. It is good once, for the purpose
that both signed, until it is withdrawn or runs out. What a worked case tells gives and takes nobody a key.

Facts are given in the ledger's order; some may be left out, as they are in a bundle. What is left out is not
missed: a revocation that is not among them revokes nothing. What rests on a fact that is not there is remembered
(``left_out``, ``unfounded``, ``Key.on_word_of``), for whoever must not take it for proven.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import tearline.facts.vocabulary  # noqa: F401  which kinds bind is known when every kind is declared
from tearline.facts.admission import (
    DirectoryAccountLinked,
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    InvitationWithdrawn,
    PasskeyEnrolled,
)
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import KINDS, Binds
from tearline.facts.keys import (
    KeyPurpose,
    NodeKeyIntroduced,
    NodeKeyRevoked,
    PersonKeyIntroduced,
    PersonKeyRevoked,
)
from tearline.facts.shape import Place, record_of
from tearline.ledger import personal, sdjwt, strict
from tearline.ledger.handover import open_hand_over
from tearline.ledger.note import Vkey
from tearline.ledger.payload import instant
from tearline.ledger.webauthn import Passkey

_KINDS = {
    k.__name__: k
    for k in (
        NodeKeyIntroduced,
        NodeKeyRevoked,
        PersonKeyIntroduced,
        PersonKeyRevoked,
        PasskeyEnrolled,
        FoundersNamed,
        InvitationIssued,
        InvitationApproved,
        InvitationWithdrawn,
        DirectoryAccountLinked,
    )
}
_THE_NODE = "node"
LATE = timedelta(hours=1)
"""How long after the end of an invitation what was decided in time may come on record."""
_TOLD = ["telling", "known_at", "rests_on"]
_TEXTS = ("iss", "kind", "ref", "recorded_at", "happened_at", "precision", "by", "role", "act")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key on record: whose (None: the node's), which entry introduced it, and what became of it.

    ``revoked`` is the entry that revoked it, and ``since`` from when on it is not to be believed, which may be
    earlier than what it had signed by then. ``on_word_of`` says who introduced a person's key, if they did not sign
    that: so it was before there were founders, if there were none.
    """

    name: str
    public: Ed25519PublicKey | Passkey
    person: str | None
    introduced: int
    purpose: KeyPurpose | None = None
    followed: int | None = None
    revoked: int | None = None
    since: datetime | None = None
    on_word_of: str | None = None

    @property
    def site(self) -> str | None:
        """The site to which it is bound, if it is a passkey."""
        return self.public.site if isinstance(self.public, Passkey) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What became of an invitation so far. ``by``: who issued and who approved it; ``signed``: all of these did."""

    issued: InvitationIssued
    by: tuple[str, ...]
    signed: bool
    withdrawn: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True)
class Admitted:
    """A fact that was signed by the node's key of its time, and by the person's own if ``signed`` names one."""

    payload: Mapping[str, Any]
    issued: str
    signed: str | None


class Keyring:
    """The keys that the facts so far put on record."""

    def __init__(self, given: Ed25519PublicKey | None = None) -> None:
        """``given``: the fact key of a ledger that does not begin with its introduction."""
        self._keys: dict[str, Key] = {}
        self._latest: dict[KeyPurpose, str] = {}
        self._held: dict[str, int] = {}
        self._invited: dict[str, Invitation] = {}
        self._founders: frozenset[str] = frozenset()
        self._old: set[str] = set()
        self.founded = False
        """Whether founders were named: from then on whoever is bound signs, whether or not they have a key."""
        self.left_out: str | None = None
        """Which fact is missing that a key rests on, if one is."""
        self.unfounded: str | None = None
        """Which key rests on nobody whom the founders admitted, if one does: on founders that are not here, say."""
        if given is not None:
            name = sdjwt.thumbprint(given)
            self._keys[name] = Key(
                name=name, public=given, person=None, introduced=-1, purpose=KeyPurpose.FACT
            )
            self._latest[KeyPurpose.FACT] = name

    def in_use(self, purpose: KeyPurpose) -> Key | None:
        """The node's key of this purpose after all facts so far."""
        name = self._latest.get(purpose)
        return None if name is None else self._keys[name]

    def __getitem__(self, name: str) -> Key:
        """A key as it stands after all facts so far."""
        return self._keys[name]

    def admit(self, position: int, jws: bytes, file: str) -> Admitted:
        """Check a fact's signatures, and learn the key that it introduces or revokes.

        Malformed when it is no fact in its one form, Broken when it was not signed by the keys of its time.
        """
        name = key_named(jws, file)
        if position == 0 and not self._keys:
            payload = sdjwt.admit(jws, _its_own(jws, file), file)
        else:
            payload = sdjwt.admit(jws, self._of_the_node(name, file), file)
        _check_claims(payload, file)
        if personal.CLAIM in payload:
            signed = self._by_the_person(payload, file)
        else:
            signed = None
            self._goes_unsigned(payload, file)
        self._learn(position, payload, file)
        if name not in self._keys or self._keys[name].purpose is not KeyPurpose.FACT:
            raise Broken(f"{file}: signed by a key that it does not introduce itself")
        return Admitted(payload, name, signed)

    def _of_the_node(self, name: str, file: str) -> Ed25519PublicKey:
        key = self._keys.get(name)
        if key is None or key.purpose is not KeyPurpose.FACT:
            raise Broken(f"{file}: signed by a key that no fact before it introduces as the node's")
        if key.revoked is not None or key.followed is not None:
            raise Broken(f"{file}: signed by a key that was no longer the node's")
        return _ed25519(key, file)

    def _by_the_person(self, payload: Mapping[str, Any], file: str) -> str:
        name = personal.parse(payload[personal.CLAIM], file).key
        key = self._keys.get(name)
        if key is None or key.person != payload["by"]:
            raise Broken(f"{file}: signed by a key that no fact before it introduces as {payload['by']}'s")
        if key.revoked is not None:
            raise Broken(f"{file}: signed by a person's key that was revoked before")
        if name in self._old:
            self.unfounded = f"a key of {key.person} from before the founders signed after them"
        personal.verify(payload, key.public, file)
        return name

    def _goes_unsigned(self, payload: Mapping[str, Any], file: str) -> None:
        kind = KINDS.get(payload["kind"])
        if kind is None or kind.binds is Binds.NEVER or "told" in payload:
            return
        # The node invites its founders, and does nothing else that would bind a person.
        if payload["by"] == _THE_NODE and (kind is InvitationIssued or not self.founded):
            return
        if kind.binds is Binds.ONCE_FOUNDED and not self.founded:
            return
        if self._held.get(payload["by"]):
            raise Broken(f"{file}: binds {payload['by']}, who has a key on record, without their signature")
        if self.founded:
            raise Broken(
                f"{file}: binds {payload['by']} without their signature, in a node that has founders"
            )

    def _learn(self, position: int, payload: Mapping[str, Any], file: str) -> None:
        kind = _KINDS.get(payload["kind"])
        if kind is None:
            return
        if "told" in payload:
            raise Broken(f"{file}: a worked case tells who has a key, or was invited to one")
        match record_of(kind).parse(payload["fact"], Place(file, "payload.fact")):
            case NodeKeyIntroduced() as fact:
                self._follow(position, fact, payload, file)
            case PersonKeyIntroduced() as fact:
                self._vouched(fact, file)
                public = personal.public_key(fact.public_key, file, "payload.fact.public_key")
                word = None if fact.vouched_by or personal.CLAIM in payload else payload["by"]
                self._introduce(
                    Key(
                        name=fact.key, public=public, person=fact.person, introduced=position, on_word_of=word
                    ),
                    file,
                )
            case PasskeyEnrolled() as fact:
                self._enrol(position, fact, payload, file)
            case FoundersNamed() as fact:
                if self.founded:
                    raise Broken(f"{file}: names founders once more")
                self.founded = True
                self._old = {name for name, key in self._keys.items() if key.person is not None}
                self._founders |= frozenset(fact.founders)
            case InvitationIssued() as fact:
                if fact.invitation in self._invited:
                    raise Broken(f"{file}: an invitation that is issued once more")
                self._invited[fact.invitation] = Invitation(
                    issued=fact, by=(payload["by"],), signed=personal.CLAIM in payload
                )
            case InvitationApproved() as fact if fact.invitation in self._invited:
                found = self._invited[fact.invitation]
                if found.issued.person == fact.person:
                    signed = found.signed and personal.CLAIM in payload
                    self._invited[fact.invitation] = replace(
                        found, by=(*found.by, payload["by"]), signed=signed
                    )
            case InvitationWithdrawn() as fact if fact.invitation in self._invited:
                found = self._invited[fact.invitation]
                self._invited[fact.invitation] = replace(found, withdrawn=True)
            case DirectoryAccountLinked() as fact if fact.invitation in self._invited:
                self._use(fact.invitation, file)
            case NodeKeyRevoked() | PersonKeyRevoked() as fact:
                key = self._keys.get(fact.key)
                if key is not None and key.revoked is None:
                    self._keys[fact.key] = replace(key, revoked=position, since=fact.since)
                    if key.person is not None:
                        self._held[key.person] -= 1

    def _enrol(self, position: int, fact: PasskeyEnrolled, payload: Mapping[str, Any], file: str) -> None:
        """By its holder under a key that they have (which was checked), or on an invitation by one who has none."""
        signed = personal.CLAIM in payload and payload["by"] == fact.person
        if fact.invitation is None and not signed:
            raise Broken(f"{file}: enrols a key of {fact.person} without an invitation and their signature")
        if fact.invitation is not None and self._held.get(fact.person):
            raise Broken(f"{file}: enrols a key of {fact.person} on an invitation, beside one that they have")
        if not self.founded:
            self.unfounded = f"a key of {fact.person} came on an invitation, and founders are not there"
        if fact.invitation is not None:
            self._by_two(fact.person, fact.invitation, payload, file)
        public = Passkey.parse(fact.public_key, fact.site, file, "payload.fact.public_key")
        if fact.algorithm is not public.algorithm:
            raise Broken(f"{file}: enrols a key of {fact.person} under another algorithm than its own")
        self._introduce(Key(name=fact.key, public=public, person=fact.person, introduced=position), file)

    def _by_two(self, person: str, invitation: str, payload: Mapping[str, Any], file: str) -> None:
        """Broken unless two others invited this person; or the node did, and they are a founder's first keys."""
        if invitation not in self._invited:
            self.left_out = f"the invitation on which a key of {person} came"
            return
        found = self._invited[invitation]
        first = found.by == (_THE_NODE,) and person in self._founders and person not in self._held
        if found.issued.person != person or not (first or len(set(found.by) - {person, _THE_NODE}) > 1):
            raise Broken(f"{file}: enrols a key of {person}, whom no two people invited")
        if not first and not found.signed:
            self.unfounded = f"a key of {person} came on an invitation that was not signed"
        if found.withdrawn:
            raise Broken(f"{file}: enrols a key of {person} on an invitation that was withdrawn")
        if found.issued.purpose is InvitationPurpose.ENROL and person in self._held:
            raise Broken(
                f"{file}: enrols a key of {person}, who had one, on an invitation to another purpose"
            )
        if datetime.fromisoformat(payload["recorded_at"]) >= found.issued.expires + LATE:
            raise Broken(f"{file}: enrols a key of {person} on an invitation that ran out")
        self._use(invitation, file)

    def _use(self, invitation: str, file: str) -> None:
        found = self._invited[invitation]
        if found.used:
            raise Broken(f"{file}: rests on an invitation that was used before")
        self._invited[invitation] = replace(found, used=True)

    def _follow(self, position: int, fact: NodeKeyIntroduced, payload: Mapping[str, Any], file: str) -> None:
        """A key of the node, in place of the one before it if there was one."""
        public = personal.public_key(fact.public_key, file, "payload.fact.public_key")
        new = Key(name=fact.key, public=public, person=None, introduced=position, purpose=fact.purpose)
        before = self.in_use(fact.purpose)
        if fact.replaces != (before and before.name):
            self.left_out = f"the {fact.purpose.value} key in whose place another came"
        elif before is not None and fact.purpose is KeyPurpose.LOG:
            old, vkey = (
                Vkey(payload["iss"], _ed25519(key, file).public_bytes_raw()) for key in (before, new)
            )
            if open_hand_over(payload["fact"].get("hand_over") or "", old, file) != vkey:
                raise Broken(f"{file}: the log was handed over to another key")
        self._introduce(new, file)
        if before is not None:
            self._keys[before.name] = replace(before, followed=position)
        self._latest[fact.purpose] = fact.key

    def _vouched(self, fact: PersonKeyIntroduced, file: str) -> None:
        """One of the keys that this person has vouches for a further one."""
        if fact.vouched_by is None:
            if self._held.get(fact.person):
                raise Broken(
                    f"{file}: introduces a key of {fact.person} for which none that they have vouches"
                )
            if self.founded and fact.person in self._held:
                raise Broken(
                    f"{file}: introduces a key of {fact.person} in place of one, which takes an invitation"
                )
            return
        key = self._keys.get(fact.vouched_by)
        if key is None:
            self.left_out = f"the key that vouches for one of {fact.person}"
            return
        if key.person != fact.person or key.revoked is not None:
            raise Broken(f"{file}: a key of {fact.person} is vouched for by one that is not theirs")
        personal.verify_vouched(fact.person, fact.key, fact.vouched, _ed25519(key, file), file)

    def _introduce(self, key: Key, file: str) -> None:
        if key.name in self._keys:
            raise Broken(f"{file}: introduces a key that is on record already")
        public = key.public
        if key.name != (public.name if isinstance(public, Passkey) else sdjwt.thumbprint(public)):
            raise Broken(f"{file}: introduces a key under a name that is not its thumbprint")
        self._keys[key.name] = key
        if key.person is not None:
            self._held[key.person] = self._held.get(key.person, 0) + 1


def _ed25519(key: Key, file: str) -> Ed25519PublicKey:
    if isinstance(key.public, Passkey):
        raise Broken(f"{file}: a passkey stands where an Ed25519 key signs")
    return key.public


def key_named(jws: bytes, file: str = "fact") -> str:
    """The key that a fact says it was signed by."""
    header = _json(jws, 0, "header", file)
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str):
        raise Malformed(file, "header.kid", "the thumbprint of the key that signed")
    return str(header["kid"])


def _its_own(jws: bytes, file: str) -> Ed25519PublicKey:
    """The key that entry 0 introduces, by which it must be signed itself."""
    payload = _json(jws, 1, "payload", file)
    fact = payload.get("fact") if isinstance(payload, dict) else None
    if not isinstance(fact, dict) or payload.get("kind") != NodeKeyIntroduced.__name__:
        raise Broken(f"{file}: the first fact of a ledger introduces the key that signs it")
    return personal.public_key(fact.get("public_key"), file, "payload.fact.public_key")


def _json(jws: bytes, part: int, place: str, file: str) -> Any:
    parts = jws.split(b".")
    try:
        return strict.from_json(strict.base64url(parts[part].decode("ascii")))
    except (LookupError, ValueError) as e:
        raise Malformed(file, place, str(e)) from None


def _check_claims(payload: Mapping[str, Any], file: str) -> None:
    """Malformed unless what is signed beside the fact is there, of its type, and in its one form."""
    for name in _TEXTS:
        if not isinstance(payload.get(name), str):
            raise Malformed(file, f"payload.{name}", "a text")
    for name in ("recorded_at", "happened_at"):
        try:
            right = instant(datetime.fromisoformat(payload[name])) == payload[name]
        except (TypeError, ValueError):
            right = False
        if not right:
            raise Malformed(file, f"payload.{name}", "a time in UTC, to the microsecond")
    told = payload.get("told", dict.fromkeys(_TOLD, ""))
    if (
        not isinstance(told, dict)
        or list(told) != _TOLD
        or not all(isinstance(t, str) for t in told.values())
    ):
        raise Malformed(file, "payload.told", "telling, known_at and rests_on, all of them texts")
    if type(payload.get("after")) is not int or payload["after"] < 0:
        raise Malformed(file, "payload.after", "a position in the ledger")
