"""Passkeys: the first one on an invitation, each further one under the signature of a key that its holder has."""

import base64
import hashlib
from dataclasses import dataclass
from typing import ClassVar

from tearline.facts.admission import InvitationPurpose, PasskeyEnrolled
from tearline.facts.cose import cose_name, parse_cose
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, History, Question, Role
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.facts.words import Words
from tearline.folds.invitations import Standing, asks_invitation
from tearline.folds.keys import asks_key, asks_keys_of, keys_of, on_record, passkeys_of
from tearline.rooms import NONE, Act, Says
from tearline.rooms.admission.invitations import fits_its_purpose, invited, must_be
from tearline.rooms.admission.roles import PEOPLE

MOST = 10
"""How many passkeys a person has at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolPasskey:
    """The key of whoever brought the codes of a good invitation, which is used up by it.

    The node gives this order, and says the fact: whoever is invited has no role yet to act in, and no key to sign
    with. ``code`` is the one that was issued, ``second`` the one of the approval; a founder's first invitation has
    none. To recover revokes, in the same act, every key that the person had.
    """

    fact: PasskeyEnrolled
    code: str
    second: str | None

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.NODE})
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        asked = asks_keys_of(self.fact.person) | asks_key(self.fact.key)
        return asked if self.fact.invitation is None else asked | asks_invitation(self.fact.invitation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        if fact.invitation is None:
            raise Refused(
                "on-an-invitation",
                Words(
                    "a key is enrolled on an invitation, or by somebody who has one",
                    "una clave se inscribe por invitación, o la inscribe quien ya tiene una",
                ),
                (fact.person,),
            )
        found = invited(known, fact.invitation, fact.person)
        must_be(found, act, Standing.GOOD)
        second = found.approved.fact.code if found.approved else None
        brought = None if self.second is None else digest_of(self.second)
        if digest_of(self.code) != found.issued.fact.code or brought != second:
            raise Refused(
                "codes-of-the-invitation",
                Words(
                    "these are not the codes of this invitation",
                    "estos no son los códigos de esta invitación",
                ),
                (fact.invitation,),
            )
        if found.issued.fact.purpose is InvitationPurpose.LINK:
            raise Refused(
                "invited-to-what-fits",
                Words(
                    "this invitation is to link a directory account, and enrols no key",
                    "esta invitación es para vincular una cuenta del directorio, y no inscribe ninguna clave",
                ),
                (fact.person,),
            )
        fits_its_purpose(known, found.issued.fact)
        _new_key(known, fact)
        # First the lost ones: whoever reads the ledger sees at no instant two that were not vouched for.
        lost = keys_of(known, fact.person) if found.issued.fact.purpose is InvitationPurpose.RECOVER else ()
        return [*(act.says(_lost(fact.person, key, act)) for key in lost), act.says(fact)]


def _lost(person: PersonId, key: KeyId, act: Act) -> PersonKeyRevoked:
    return PersonKeyRevoked(person=person, key=key, reason=RevocationReason.LOST, since=act.now)


class EnrolFurtherPasskey(Says[PasskeyEnrolled]):
    """By its holder, who has a key already. That one of these signed this act, the node makes sure of."""

    allowed = PEOPLE

    def question(self, known: History) -> Question:
        return asks_keys_of(self.fact.person) | asks_key(self.fact.key)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        if fact.invitation is not None or act.by.person != fact.person:
            raise Refused(
                "ones-own-further-key",
                Words(
                    "a further key is enrolled by its holder alone, on no invitation",
                    "otra clave la inscribe solo su titular, sin invitación",
                ),
                (fact.person,),
            )
        if not keys_of(known, fact.person):
            raise Refused(
                "a-key-before",
                Words(
                    "a further key is enrolled under one that its holder has; this person has none",
                    "otra clave se inscribe con una que su titular ya tiene; esta persona no tiene ninguna",
                ),
                (fact.person,),
            )
        _new_key(known, fact)
        if len(passkeys_of(known, fact.person)) >= MOST:
            raise Refused(
                "so-many-keys",
                Words(
                    f"a person has at most {MOST} passkeys: revoke one first",
                    f"una persona tiene a lo más {MOST} claves de acceso: revoque una antes",
                ),
                (fact.person,),
            )
        return [act.says(fact)]


def digest_of(code: str) -> str:
    """What stands on record of a code: its SHA-256, in base64url."""
    return _base64url(hashlib.sha256(code.encode()).digest())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    """What is written in base64url, in its one spelling; nothing for anything else."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""
    return raw if _base64url(raw) == text else b""


def _new_key(known: History, fact: PasskeyEnrolled) -> None:
    raw = _bytes(fact.public_key)
    try:
        algorithm = parse_cose(raw).algorithm
    except ValueError:
        algorithm = None
    if algorithm is not fact.algorithm:
        raise Refused(
            "a-key-of-one-form",
            Words(
                "a passkey is stated as its authenticator wrote it: a COSE key for ES256, EdDSA or RS256, in one form",
                "una clave de acceso consta como la escribió su autenticador: una clave COSE para ES256, EdDSA o"
                " RS256, en una sola forma",
            ),
            (fact.key,),
        )
    if cose_name(raw) != fact.key:
        raise Refused(
            "named-by-thumbprint",
            Words("a key is named by its own thumbprint", "una clave se nombra por su propia huella"),
            (fact.key,),
        )
    if on_record(known, fact.key):
        raise Refused(
            "one-key-one-use",
            Words(
                "this key is on record already: no key serves twice, and a revoked one never returns",
                "esta clave ya consta: ninguna sirve dos veces, y una revocada no vuelve",
            ),
            (fact.key,),
        )
