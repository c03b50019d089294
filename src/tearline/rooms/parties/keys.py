"""Keys: each on record before its first use, for one purpose and one holder, once.

Nobody introduces a key of their own: whoever enrols people saw who holds it. Whoever holds one may always
revoke it. A key that is on record in whatever way is never introduced again, so a revoked one never returns
and none ever serves for two sorts of signatures.
"""

from datetime import datetime

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import KeyId
from tearline.facts.keys import (
    KeyPurpose,
    NodeKeyIntroduced,
    NodeKeyRevoked,
    PersonKeyIntroduced,
    PersonKeyRevoked,
    is_public_key,
    thumbprint_of,
)
from tearline.facts.parties import PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.admission import ENROL, REVOKE
from tearline.folds.keys import asks_keys_of, had_a_key, introduced, keys_of
from tearline.rooms import Act, Says, require, unknown

PERSON, KEY = Words("person", "la persona"), Words("key", "la clave")


class IntroduceNodeKey(Says[NodeKeyIntroduced]):
    """The first key of its purpose replaces none; each later one replaces the one in use."""

    allowed = frozenset({Role.NODE})

    def question(self, known: History) -> Question:
        return _of_key(self.fact.key) | about(kinds=(NodeKeyIntroduced, NodeKeyRevoked))

    def decide(self, known: History, act: Act) -> list[Draft]:
        _is_a_key(self.fact.key, self.fact.public_key)
        _introduced_once(known, self.fact.key)
        current = key_in_use(known, self.fact.purpose)
        if self.fact.replaces != current:
            raise Refused(
                "replaces-the-one-in-use",
                Words(
                    f"a new key of this purpose takes the place of {current or 'none'}",
                    f"una clave nueva de esta finalidad ocupa el lugar de {current or 'ninguna'}",
                ),
                (self.fact.key,),
            )
        if (self.fact.hand_over is not None) != (current is not None and self.fact.purpose is KeyPurpose.LOG):
            raise Refused(
                "handed-over",
                Words(
                    "the old log key signs the hand-over to a new one, and nothing else has a hand-over",
                    "la clave anterior del registro firma la entrega a la nueva, y nada más lleva entrega",
                ),
                (self.fact.key,),
            )
        return [act.says(self.fact)]


class RevokeNodeKey(Says[NodeKeyRevoked]):
    """The key in use is replaced first: a node without one could not even say so."""

    allowed = frozenset({Role.NODE})

    def question(self, known: History) -> Question:
        return _of_key(self.fact.key) | about(kinds=(NodeKeyIntroduced, NodeKeyRevoked))

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, NodeKeyIntroduced, "key", self.fact.key, KEY)
        if any(r.fact.key == self.fact.key for r in known.of(NodeKeyRevoked)):
            raise _revoked(self.fact.key)
        _since_not_ahead(self.fact.since, act)
        if self.fact.key in {key_in_use(known, purpose) for purpose in KeyPurpose}:
            raise Refused(
                "rotate-first",
                Words(
                    "this key is in use; rotate it, then revoke it",
                    "esta clave está en uso; rótela y después revóquela",
                ),
                (self.fact.key,),
            )
        return [act.says(self.fact)]


class IntroducePersonKey(Says[PersonKeyIntroduced]):
    """By whoever enrols people, never by the person alone; nor without the person, once they have a key.

    A person may have several, each on a device of its own. That the one that vouches really signed, the node
    makes sure of. Whoever lost all theirs recovers on an invitation, which takes two people: otherwise whoever enrols
    people could revoke a person's keys and introduce another.
    """

    allowed = ENROL

    def question(self, known: History) -> Question:
        person = about(f"person:{self.fact.person}", kinds=(PersonEnrolled,))
        return _of_key(self.fact.key) | person | asks_keys_of(self.fact.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, PersonEnrolled, "person", self.fact.person, PERSON)
        _is_a_key(self.fact.key, self.fact.public_key)
        _introduced_once(known, self.fact.key)
        if act.by.person == self.fact.person:
            raise Refused(
                "nobody-introduces-their-own-key",
                Words(
                    "nobody introduces their own key: another officer sees who holds it",
                    "nadie introduce su propia clave: otro funcionario ve quién la tiene",
                ),
                (self.fact.person,),
            )
        held = keys_of(known, self.fact.person)
        if not held and had_a_key(known, self.fact.person):
            raise Refused(
                "recovered-by-two",
                Words(
                    "this person had a key: two people invite them to recover, and one alone replaces no key",
                    "esta persona tuvo una clave: dos personas la invitan a recuperarla, y nadie sustituye una solo",
                ),
                (self.fact.person,),
            )
        vouching = {key for key, one in held.items() if isinstance(one.fact, PersonKeyIntroduced)}
        by = self.fact.vouched_by
        if (by is None) != (self.fact.vouched is None) or (by not in vouching if held else by is not None):
            raise Refused(
                "vouched-for",
                Words(
                    "a further key is vouched for by one that its holder has, and a first one by none",
                    "otra clave la avala una que su titular ya tiene, y la primera, ninguna",
                ),
                (self.fact.key,),
            )
        return [act.says(self.fact)]


class RevokePersonKey(Says[PersonKeyRevoked]):
    """By its holder, in whatever role, or by whoever enrols people or administers the node."""

    allowed = frozenset(Role) - {Role.NODE, Role.CHRONICLER}

    def question(self, known: History) -> Question:
        return _of_key(self.fact.key)

    def decide(self, known: History, act: Act) -> list[Draft]:
        # Before anything is looked up: whose key there is, is for no stranger.
        if act.by.person != self.fact.person and act.by.role not in REVOKE:
            raise Refused(
                "ones-own-key-or-an-enrolled-one",
                Words(
                    "a key is revoked by its holder or by whoever enrols people",
                    "una clave la revoca su titular o quien inscribe a las personas",
                ),
                (self.fact.person,),
            )
        held = introduced(known).get(self.fact.key)
        if held is None or held.fact.person != self.fact.person:
            raise unknown(
                Words(f"key of {self.fact.person},", f"clave de {self.fact.person},"), self.fact.key
            )
        if any(r.fact.key == self.fact.key for r in known.of(PersonKeyRevoked)):
            raise _revoked(self.fact.key)
        _since_not_ahead(self.fact.since, act)
        return [act.says(self.fact)]


def key_in_use(known: History, purpose: KeyPurpose) -> KeyId | None:
    """The node's key of this purpose: the last one introduced."""
    keys = [r.fact.key for r in known.of(NodeKeyIntroduced) if r.fact.purpose is purpose]
    return keys[-1] if keys else None


def _of_key(key: KeyId) -> Question:
    kinds = (NodeKeyIntroduced, PersonKeyIntroduced, PasskeyEnrolled, NodeKeyRevoked, PersonKeyRevoked)
    return about(f"key:{key}", kinds=kinds)


def _is_a_key(key: KeyId, public_key: str) -> None:
    if not is_public_key(public_key):
        raise Refused(
            "a-key-of-one-holder",
            Words(
                "an Ed25519 public key is 32 bytes in base64url, and not one under which anybody could sign",
                "una clave pública Ed25519 son 32 bytes en base64url, y no una con la que cualquiera podría firmar",
            ),
            (key,),
        )
    if thumbprint_of(public_key) != key:
        raise Refused(
            "named-by-thumbprint",
            Words("a key is named by its own thumbprint", "una clave se nombra por su propia huella"),
            (key,),
        )


def _introduced_once(known: History, key: KeyId) -> None:
    if key in {*(r.fact.key for r in known.of(NodeKeyIntroduced)), *introduced(known)}:
        raise Refused(
            "one-key-one-use",
            Words(
                "this key is on record already: no key serves twice, and a revoked one never returns",
                "esta clave ya consta: ninguna sirve dos veces, y una revocada no vuelve",
            ),
            (key,),
        )


def _since_not_ahead(since: datetime, act: Act) -> None:
    if since > act.now:
        raise Refused(
            "revoked-at-once",
            Words(
                "a key is revoked from now or from a time before",
                "una clave se revoca desde ahora o desde antes",
            ),
        )


def _revoked(key: KeyId) -> Refused:
    return Refused("once", Words("this key is revoked already", "esta clave ya está revocada"), (key,))
