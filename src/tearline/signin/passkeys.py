"""Passkeys at the door: enrolled on an invitation, asked for at sign-in (W3C WebAuthn Level 3, by py_webauthn).

What is asked of an authenticator: that it keeps the key and finds it without a name (so nobody types one), and makes
sure of its holder each time. Its make is not asked for: attestation is ``none``.

Who is let in is decided on the facts. Whoever is not, for whatever reason, gets the same answer after the same work:
an unknown key, a revoked one and a wrong signature look alike from outside.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json,
    parse_attestation_object,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tearline.facts.admission import InvitationIssued, PasskeyEnrolled
from tearline.facts.codec import decode, encode
from tearline.facts.cose import cose_name, parse_cose
from tearline.facts.errors import Refused
from tearline.facts.history import History, about
from tearline.facts.identifiers import InvitationId, KeyId, PersonId
from tearline.facts.keys import PersonKeyRevoked
from tearline.folds.held import ITSELF
from tearline.folds.invitations import INVITATION_KINDS, Standing, invitations
from tearline.folds.keys import asks_keys_of, passkeys_of
from tearline.ledger import strict
from tearline.node import Node, Order
from tearline.projections import Kept
from tearline.rooms import NONE
from tearline.rooms.admission.passkeys import EnrolPasskey, digest_of
from tearline.signin.address import Address
from tearline.signin.ceremonies import SECONDS, Ceremonies
from tearline.signin.codes import typed
from tearline.signin.store import DoorStore, counts, made

LOG = logging.getLogger("tearline.signin")
ENTER, ENROL, FURTHER, PROVE = "enter", "enrol", "further", "prove"
"""What a challenge is for. One for the one is worth nothing for another."""
ALGORITHMS = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
LARGEST_CLIENT = 4096
LARGEST_CREDENTIAL = 1023
"""Bytes of a credential's name (WebAuthn section 4)."""
KEPT_SECONDS = 30 * 60
NAME = 40
"""Characters of a device's name."""
WRONG = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)
"""What py_webauthn and its parsers raise on what is no answer of an authenticator."""


class NotLetIn(Exception):
    """Somebody is not let in. There is one answer to it, whatever the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Who proved that they are there, and by which key."""

    person: PersonId
    key: KeyId


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who may enrol a key, and on which invitation. The codes are as they are hashed."""

    person: PersonId
    invitation: InvitationId
    code: str
    second: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a browser posted, as far as it must be read before anything is verified."""

    credential: str
    challenge: bytes
    handle: bytes | None
    posted: dict[str, object]

    @classmethod
    def parse(cls, posted: object) -> "Answer":
        """NotLetIn unless it has the shape of a PublicKeyCredential in JSON, from no framed page."""
        try:
            if not isinstance(posted, dict):
                raise TypeError
            response = posted["response"]
            client = strict.base64url(response["clientDataJSON"])
            said = strict.from_json(client)
            handle = response.get("userHandle")
            if len(client) > LARGEST_CLIENT or len(posted["id"]) > 2 * LARGEST_CREDENTIAL:
                raise ValueError
            if said.get("crossOrigin", False) is not False or "topOrigin" in said:
                raise ValueError
            return cls(
                credential=str(posted["id"]),
                challenge=strict.base64url(said["challenge"], 32),
                handle=None if handle is None else strict.base64url(handle),
                posted=posted,
            )
        except WRONG:
            raise NotLetIn from None


class Passkeys:
    """Ceremonies with authenticators, on one node at one address. ``browser`` as for ``Ceremonies``."""

    def __init__(self, node: Node, store: DoorStore, address: Address) -> None:
        self._node = node
        self._store = store
        self._address = address
        self._ceremonies = Ceremonies(store)
        self._enrolled = Kept(node.ledger, about(kinds=(PasskeyEnrolled, PersonKeyRevoked)), NONE)
        self._invited = Kept(node.ledger, about(kinds=INVITATION_KINDS), NONE)
        self._nobodys = _a_key()

    # Signing in

    def asked(self, browser: str, kind: str = ENTER, about: str = "") -> str:
        """The options for ``navigator.credentials.get``, in JSON. They name no key: the browser offers its own."""
        challenge = self._ceremonies.begin(browser, kind, about, self._now())
        options = webauthn.generate_authentication_options(
            rp_id=self._address.rp_id,
            challenge=challenge,
            timeout=SECONDS * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def entered(self, browser: str, posted: object, kind: str = ENTER) -> Entered:
        """Who answered. NotLetIn for all but the holder of a key that is on record, not revoked, and not behind."""
        answer = Answer.parse(posted)
        waited = self._ceremonies.finish(browser, kind, answer.challenge, self._now())
        enrolled = self._enrolled.history().folded(_by_credential).get(answer.credential)
        # The same work, whether or not there is such a key: nobody's key stands in, and no signature is by it.
        public = strict.base64url(enrolled.public_key) if enrolled else self._nobodys
        try:
            verified = self._verified(answer, public)
        except WRONG:
            raise NotLetIn from None
        if waited is None or enrolled is None:
            raise NotLetIn
        if enrolled.site != self._address.rp_id or answer.handle != self.handle(enrolled.person):
            raise NotLetIn
        if enrolled.key not in self._held(enrolled.person):
            raise NotLetIn
        if not self.risen(enrolled.key, verified.new_sign_count):
            LOG.warning("a key counted no further than before", extra={"told": {"key": enrolled.key}})
            raise NotLetIn
        return Entered(person=enrolled.person, key=enrolled.key)

    def _verified(self, answer: Answer, public: bytes) -> VerifiedAuthentication:
        # The count is ours to judge, after the signature: py_webauthn would judge it before.
        return webauthn.verify_authentication_response(
            credential=answer.posted,
            expected_challenge=answer.challenge,
            expected_rp_id=self._address.rp_id,
            expected_origin=self._address.origin,
            credential_public_key=public,
            credential_current_sign_count=0,
            require_user_verification=True,
        )

    # Coming in

    def invited(self, codes: Sequence[str]) -> Invited:
        """The good invitation that these codes belong to, as people typed them in either order; else NotLetIn."""
        given = [text for text in codes if text.strip()]
        read = [code for code in map(typed, given) if code is not None]
        if not 1 <= len(read) == len(given) <= 2:
            raise NotLetIn
        issued_under = self._invited.history().folded(_by_code)
        first = next((code for code in read if digest_of(code) in issued_under), None)
        if first is None:
            raise NotLetIn
        issued = issued_under[digest_of(first)]
        second = next((code for code in read if code != first), None)
        known = self._node.ledger.read(about(f"person:{issued.person}", kinds=INVITATION_KINDS))
        standing = invitations(known)[issued.invitation]
        approved = standing.approved.fact.code if standing.approved else None
        brought = None if second is None else digest_of(second)
        if standing.standing(self._now()) is not Standing.GOOD or brought != approved:
            raise NotLetIn
        return Invited(person=issued.person, invitation=issued.invitation, code=first, second=second)

    def enrolling(self, browser: str, codes: Sequence[str], name: str) -> str:
        """The options for ``navigator.credentials.create``, in JSON. NotLetIn unless the codes are good."""
        invited = self.invited(codes)
        kept = {"name": device_name(name), "invitation": invited.invitation}
        return self.making(browser, ENROL, invited.person, kept)

    def enrolled(self, browser: str, posted: object, codes: Sequence[str]) -> PersonId:
        """Put the new key on record, for the same codes. NotLetIn when any of it is not good, or not any more."""
        kept, made = self.made(browser, ENROL, posted)
        invited = self.invited(codes)
        if invited.invitation != kept["invitation"]:
            raise NotLetIn
        fact = made.fact(invited.person, kept["name"], self._address.rp_id, invited.invitation)
        order = EnrolPasskey(fact=fact, code=invited.code, second=invited.second)
        try:
            self._node.record(Order(command=order, by=ITSELF))
        except Refused as refused:
            LOG.info("a key was not enrolled", extra={"told": {"rule": refused.rule}})
            raise NotLetIn from None
        self.risen(made.key, made.count, first=True)
        return invited.person

    def making(self, browser: str, kind: str, person: PersonId, kept: Mapping[str, str]) -> str:
        """The options for a new key of this person's. ``kept`` comes back from ``made``."""
        about = json.dumps({**kept, "person": person})
        challenge = self._ceremonies.begin(browser, kind, about, self._now())
        options = webauthn.generate_registration_options(
            rp_id=self._address.rp_id,
            rp_name="Tearline",
            user_id=self.handle(person),
            user_name=str(person),
            challenge=challenge,
            timeout=SECONDS * 1000,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=strict.base64url(fact.credential))
                for fact in self._held(person).values()
            ],
            supported_pub_key_algs=ALGORITHMS,
        )
        return options_to_json(options)

    def made(self, browser: str, kind: str, posted: object) -> "tuple[Mapping[str, str], Made]":
        """What was kept for this answer, and the key that was made. NotLetIn when it is not whole."""
        answer = Answer.parse(posted)
        waited = self._ceremonies.finish(browser, kind, answer.challenge, self._now())
        if waited is None:
            raise NotLetIn
        try:
            return json.loads(waited), self._made(answer)
        except WRONG:
            raise NotLetIn from None

    def _made(self, answer: Answer) -> "Made":
        response = answer.posted["response"]
        if not isinstance(response, dict):
            raise TypeError
        attested = parse_attestation_object(strict.base64url(response["attestationObject"]))
        # Without attestation a browser sends none, or the key's own signature; the other forms are not even parsed.
        if attested.fmt not in (AttestationFormat.NONE, AttestationFormat.PACKED):
            raise ValueError
        verified = webauthn.verify_registration_response(
            credential=answer.posted,
            expected_challenge=answer.challenge,
            expected_rp_id=self._address.rp_id,
            expected_origin=self._address.origin,
            require_user_verification=True,
            supported_pub_key_algs=ALGORITHMS,
        )
        if len(verified.credential_id) > LARGEST_CREDENTIAL or verified.credential_id != strict.base64url(
            answer.credential
        ):
            raise ValueError
        parse_cose(verified.credential_public_key)
        # Raises when the point is on no curve.
        decoded_public_key_to_cryptography(decode_credential_public_key(verified.credential_public_key))
        if answer.credential in self._enrolled.history().folded(_by_credential):
            raise ValueError
        return Made(
            credential=answer.credential, public=verified.credential_public_key, count=verified.sign_count
        )

    def handle(self, person: PersonId) -> bytes:
        """By what an authenticator knows the person: a hash, in which nobody reads who they are."""
        text = f"tearline/user/1\n{self._node.ledger.vkey.name}\n{person}\n"
        return hashlib.sha256(text.encode()).digest()

    # A further key

    def keep(self, session: str, person: PersonId, new: "Made", name: str) -> None:
        """Hold a key that this session's person made, until they sign for it; half an hour, and the latest alone."""
        at = int(self._now().timestamp())
        fact = new.fact(person, device_name(name), self._address.rp_id, None)
        held = json.dumps(dict(encode(fact).clear))
        with self._store.writing() as connection:
            connection.execute(made.delete().where((made.c.ends <= at) | (made.c.session == session)))
            connection.execute(made.insert().values(session=session, fact=held, ends=at + KEPT_SECONDS))

    def kept(self, session: str) -> PasskeyEnrolled | None:
        """The key that waits for this session's person to sign for it."""
        at = int(self._now().timestamp())
        with self._store.reading() as connection:
            waiting = sa.and_(made.c.session == session, made.c.ends > at)
            held = connection.execute(sa.select(made.c.fact).where(waiting)).scalar()
        if held is None:
            return None
        fact = decode(PasskeyEnrolled.__name__, json.loads(held), {})
        return fact if isinstance(fact, PasskeyEnrolled) else None

    # Counts

    def risen(self, key: KeyId, count: int, *, first: bool = False) -> bool:
        """Note that this key signed, and whether it counted on: a key that counts and does not was perhaps copied.

        Two answers with one count come to this one after the other, and the second is behind.
        """
        at = int(self._now().timestamp())
        with self._store.writing() as connection:
            row = connection.execute(sa.select(counts.c.signed).where(counts.c.key == key)).first()
            if row is None:
                connection.execute(counts.insert().values(key=key, signed=count, used=at))
                return True
            if not first and (count or row.signed) and count <= row.signed:
                connection.execute(counts.update().where(counts.c.key == key).values(behind=at))
                return False
            connection.execute(counts.update().where(counts.c.key == key).values(signed=count, used=at))
        return True

    def used(self, keys: Mapping[KeyId, PasskeyEnrolled]) -> Mapping[KeyId, tuple[datetime, datetime | None]]:
        """When each of these keys was last used, and when it was last behind, for those that were used here."""
        utc = self._now().tzinfo
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(counts).where(counts.c.key.in_(list(keys)))).all()
        return {
            KeyId(row.key): (
                datetime.fromtimestamp(row.used, utc),
                None if row.behind is None else datetime.fromtimestamp(row.behind, utc),
            )
            for row in rows
        }

    def _held(self, person: PersonId) -> Mapping[KeyId, PasskeyEnrolled]:
        return passkeys_of(self._node.ledger.read(asks_keys_of(person)), person)

    def _now(self) -> datetime:
        return self._node.clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A key that an authenticator has just made."""

    credential: str
    public: bytes
    count: int

    @property
    def key(self) -> KeyId:
        return cose_name(self.public)

    def fact(
        self, person: PersonId, name: str, site: str, invitation: InvitationId | None
    ) -> PasskeyEnrolled:
        return PasskeyEnrolled(
            person=person,
            key=self.key,
            algorithm=parse_cose(self.public).algorithm,
            public_key=strict.to_base64url(self.public),
            credential=self.credential,
            site=site,
            name=name,
            invitation=invitation,
        )


def device_name(text: str) -> str:
    """What somebody called their device, as it can stand on record."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:NAME].strip() or "-"


def _by_credential(history: History) -> dict[str, PasskeyEnrolled]:
    """Every passkey on record, revoked or not, by what its authenticator calls it; the first one stays."""
    found: dict[str, PasskeyEnrolled] = {}
    for recorded in history.of(PasskeyEnrolled):
        found.setdefault(recorded.fact.credential, recorded.fact)
    return found


def _by_code(history: History) -> dict[str, InvitationIssued]:
    return {r.fact.code: r.fact for r in history.of(InvitationIssued)}


def _a_key() -> bytes:
    """The COSE key of nobody: what it was made from is forgotten."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y
