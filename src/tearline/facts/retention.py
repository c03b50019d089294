"""How long things are kept: terms and their renewal, holds that stop a purge, purges, and who is told of them.

A purge destroys the keys of a fact's sealed fields. Their ciphertext, the fact itself and its place in the tree
stay, so every proof still holds. It takes two people, a ground in law, and no hold; and it is complete only when
the wrapping key of that time is destroyed too, with every backup of it: until then an older copy of the database
could still be opened.

No kind of fact here may itself be purged: who destroyed what, and on what ground, stays on record.
"""

from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    BackupId,
    FactId,
    HoldId,
    ItemId,
    PersonId,
    PurgeId,
    PurgeNoticeId,
    ReleaseId,
    RequestId,
    UnitId,
    ValidationId,
)
from tearline.facts.words import Worded


class PurgeGround(Worded):
    """Why the law asks for it. The citation beside it names the text or the order."""

    TERM_ENDED = "term-ended", "its term ended and nobody validated it", "venció su plazo y nadie lo validó"
    MISLEADING = (
        "misleading",
        "misleading, obsolete or otherwise unreliable",
        "engañoso, obsoleto o poco fiable",
    )
    UNLAWFUL = "unlawfully-obtained", "obtained in violation of the law", "obtenido en violación de la ley"
    COURT_ORDER = "court-order", "a court ordered it", "lo ordenó un tribunal"
    ERASURE = (
        "erasure",
        "a person concerned has a right to its erasure",
        "una persona afectada tiene derecho a su supresión",
    )
    ORIGINATOR = "originator", "the originator called it back", "el originador lo retiró"


class HoldGround(Worded):
    """Why something must be kept, whatever its term."""

    LITIGATION = "litigation", "a case in court", "un proceso judicial"
    INVESTIGATION = "investigation", "an investigation", "una investigación"
    OVERSIGHT = "oversight", "an inquiry of an overseer", "una indagación de un órgano de supervisión"
    REPARATION = "reparation", "a claim of people who were harmed", "una reclamación de personas dañadas"


@fact("A legal hold was placed", "Se ordenó conservar", binds=True)
class LegalHoldPlaced(Fact):
    """On one fact, or on all that is recorded about an item or a request, now and later."""

    hold: Annotated[HoldId, Label("Hold", "Orden de conservación")]
    ground: Annotated[HoldGround, Label("Ground for keeping it", "Motivo para conservarlo")]
    ordered_by: Annotated[str, Label("Ordered by", "Ordenado por"), Public(200)]
    record: Annotated[FactId | None, Label("On fact", "Sobre el hecho")] = None
    item: Annotated[ItemId | None, Label("On item", "Sobre el elemento")] = None
    request: Annotated[RequestId | None, Label("On request", "Sobre la solicitud")] = None


@fact("A legal hold was lifted", "Se levantó la orden de conservar", binds=True)
class LegalHoldLifted(Fact):
    hold: Annotated[HoldId, Label("Hold", "Orden de conservación")]
    reason: Annotated[Sealed[str], Label("Why it is lifted", "Por qué se levanta"), Compartment.REASONS]


@fact("A record was validated", "Se validó un registro")
class RecordValidated(Fact):
    """Someone reviewed the item and found that it may be kept: a new term begins (28 CFR 23.20(h))."""

    validation: Annotated[ValidationId, Label("Validation", "Validación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    reasons: Annotated[Sealed[str], Label("Why it is kept", "Por qué se conserva"), Compartment.REASONS]


@fact("A purge was ordered", "Se ordenó una supresión", binds=True)
class PurgeOrdered(Fact):
    """The first of two signatures. Nothing is destroyed yet."""

    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    refs: Annotated[tuple[FactId, ...], Label("Facts", "Hechos")]
    ground: Annotated[PurgeGround, Label("Legal ground", "Fundamento legal")]
    cites: Annotated[str, Label("Text or order cited", "Norma u orden citada"), Public(200)]


@fact("Sealed fields were purged", "Se suprimieron campos sellados", binds=True)
class Purged(Fact):
    """The second signature. The transaction that records this fact destroys the keys of the facts that it names."""

    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    refs: Annotated[tuple[FactId, ...], Label("Facts", "Hechos")]
    indices: Annotated[tuple[int, ...], Label("Their places in the ledger", "Su lugar en el registro")]
    ground: Annotated[PurgeGround, Label("Legal ground", "Fundamento legal")]
    cites: Annotated[str, Label("Text or order cited", "Norma u orden citada"), Public(200)]
    ordered_by: Annotated[PersonId, Label("Ordered by", "Ordenado por"), Tag("ordered-by")]


@fact("An item was purged", "Se suprimió un elemento")
class ItemPurged(Fact):
    """Follows by rule where a purge took an item's own content: its term ends with it."""

    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    item: Annotated[ItemId, Label("Item", "Elemento")]


@fact("A notice of purge became owed", "Se debe un aviso de supresión")
class PurgeNoticeOwed(Fact):
    """Follows by rule, once for each release of the item: its recipients hold what we destroyed."""

    notice: Annotated[PurgeNoticeId, Label("Notice", "Aviso")]
    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    recipients: Annotated[tuple[PersonId, ...], Label("Recipients", "Receptores"), Tag("recipient")]


@fact("A notice of purge was given", "Se dio aviso de una supresión")
class PurgeNoticeGiven(Fact):
    """Every recipient of that release was told."""

    notice: Annotated[PurgeNoticeId, Label("Notice", "Aviso")]
    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    said: Annotated[Sealed[str], Label("What they were told", "Qué se les dijo"), Compartment.REASONS]


@fact("A partner's receipt for a purge was received", "Se recibió el acuse de supresión de un socio")
class PurgeReceiptReceived(Fact):
    """The partner's word that it destroyed what it had. We cannot see that it did."""

    notice: Annotated[PurgeNoticeId, Label("Notice", "Aviso")]
    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    stated: Annotated[
        Sealed[str], Label("What the partner states", "Lo que declara el socio"), Compartment.REASONS
    ]


@fact("A wrapping key was introduced", "Se introdujo una clave de envoltura")
class WrappingKeyIntroduced(Fact):
    """Before its first use. What was purged before this fact is not wrapped under this key, nor under a later one."""

    epoch: Annotated[int, Label("Epoch", "Época")]


@fact("A wrapping key was retired", "Se retiró una clave de envoltura")
class WrappingKeyRetired(Fact):
    """Every surviving key is wrapped under the next one, and the node's own copy of this one is destroyed."""

    epoch: Annotated[int, Label("Epoch", "Época")]


@fact("A backup of the keys was made", "Se hizo una copia de seguridad de las claves")
class KeyBackupMade(Fact):
    """Whoever keeps it destroys it by the day it expires; until then it can open what older copies hold."""

    backup: Annotated[BackupId, Label("Backup", "Copia de seguridad")]
    epoch: Annotated[int, Label("Epoch of the wrapping key", "Época de la clave de envoltura")]
    expires: Annotated[datetime, Label("Expires", "Vence")]


@fact("A backup of the keys was destroyed", "Se destruyó una copia de seguridad de las claves")
class KeyBackupDestroyed(Fact):
    backup: Annotated[BackupId, Label("Backup", "Copia de seguridad")]


@fact("A purge was completed", "Se completó una supresión")
class PurgeCompleted(Fact):
    """No key is left by which any copy of the database, however old, shows what was purged."""

    purge: Annotated[PurgeId, Label("Purge", "Supresión")]
    epoch: Annotated[int, Label("Last epoch that is retired", "Última época retirada")]
