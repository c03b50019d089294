"""Partners' logs for tests: facts about one, in few words."""

from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.identifiers import OrganisationId
from tearline.facts.logs import (
    Came,
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    Lack,
    Misfit,
    PartnerLogHandedOver,
    PartnerLogNamed,
    SignedCheckpoint,
    log_id,
)
from tearline.ledger.handover import hand_over
from tearline.ledger.note import Checkpoint, sign_checkpoint, vkey_of

PARTNER = OrganisationId("partner")
ORIGIN = "partner.example/desk"


def key_of(origin: str) -> Ed25519PrivateKey:
    """Each log's own key, the same at every run."""
    return Ed25519PrivateKey.from_private_bytes(sha256(origin.encode()).digest())


def named(
    origin: str = ORIGIN,
    *,
    of: str = "partner",
    replaces: str | None = None,
    key: str | None = None,
    url: str = "https://partner.example/ledger",
) -> PartnerLogNamed:
    """``key``: the origin whose key it bears, if another's."""
    return PartnerLogNamed(
        organisation=OrganisationId(of),
        log=log_id(origin),
        origin=origin,
        vkey=str(vkey_of(origin, key_of(key or origin))),
        url=url,
        replaces=log_id(replaces) if replaces else None,
    )


def handed_over(origin: str = ORIGIN, *, before: str = ORIGIN, to: str = "next") -> PartnerLogHandedOver:
    """``before``, ``to``: the origins whose keys these are; the notes' signatures are the job's to check."""
    return PartnerLogHandedOver(
        organisation=PARTNER,
        log=log_id(origin),
        before=str(vkey_of(origin, key_of(before))),
        vkey=str(vkey_of(origin, key_of(to))),
        hand_over=hand_over(origin, key_of(before), key_of(to)),
    )


def signed(size: int, history: str = "true", origin: str = ORIGIN) -> SignedCheckpoint:
    """A checkpoint of a history of this name: another name, another root."""
    root = sha256(f"{history} {size}".encode()).digest()
    note = sign_checkpoint(Checkpoint(origin, size, root), key_of(origin))
    return SignedCheckpoint(size=size, root=b64encode(root).decode(), note=note)


def received(
    size: int, fits: int | None = None, *, origin: str = ORIGIN, came: Came = Came.FETCHED
) -> CheckpointReceived:
    return CheckpointReceived(
        organisation=PARTNER, log=log_id(origin), checkpoint=signed(size, origin=origin), came=came, fits=fits
    )


def unproven(size: int, held: int, history: str = "true", *, origin: str = ORIGIN) -> ConsistencyUnproven:
    return ConsistencyUnproven(
        organisation=PARTNER,
        log=log_id(origin),
        checkpoint=signed(size, history, origin),
        came=Came.SHOWN,
        lack=Lack.NOT_GIVEN,
        held=held,
    )


def shown(size: int, fits: int, history: str = "true", *, origin: str = ORIGIN) -> ConsistencyShown:
    return ConsistencyShown(
        organisation=PARTNER, log=log_id(origin), checkpoint=signed(size, history, origin), fits=fits
    )


def fork(
    shorter: int = 5, longer: int = 5, *, origin: str = ORIGIN, proof: bool | None = None
) -> ForkEvidence:
    """A true history and another one. ``proof``: whether hashes are with it, if not as the sizes need."""
    misfit = Misfit.TWO_ROOTS if shorter == longer else Misfit.OTHER_BEGINNING
    with_proof = misfit is Misfit.OTHER_BEGINNING if proof is None else proof
    return ForkEvidence(
        organisation=PARTNER,
        log=log_id(origin),
        misfit=misfit,
        shorter=signed(shorter, origin=origin),
        longer=signed(longer, "other", origin),
        proof=(b64encode(b"h" * 32).decode(),) if with_proof else (),
        came=Came.SHOWN,
    )
