"""The logs of partners: whose they are, which of their checkpoints reached us, and whether these fit together.

A log that shows one history to us and another to somebody else signs both. Two of its checkpoints that cannot
belong to one tree are evidence against it that anyone can check, with the log's key and nothing else. A
checkpoint stands here as the log signed it, in clear: it is public and says nothing of anyone.
"""

import hashlib
from dataclasses import dataclass
from typing import Annotated

from tearline.facts.fact import Fact, Label, Public, Tag, fact
from tearline.facts.identifiers import LogId, OrganisationId
from tearline.facts.words import Worded

LONGEST_NOTE = 2_000
LONGEST_VKEY = 300
LONGEST_URL = 400


class Came(Worded):
    """How a checkpoint reached us. One that came by another way than the log's own site tells the most."""

    FETCHED = "fetched", "fetched from the log", "obtenido del registro"
    CARRIED = "carried", "carried by a message", "llegado en un mensaje"
    SHOWN = "shown", "shown by a third party", "mostrado por un tercero"


class Misfit(Worded):
    """Why no single history can hold both checkpoints."""

    TWO_ROOTS = "two-roots", "two roots for one size", "dos raíces para un mismo tamaño"
    OTHER_BEGINNING = (
        "other-beginning",
        "the longer history does not begin with the shorter one",
        "la historia más larga no comienza con la más corta",
    )


class Lack(Worded):
    """Why it is not shown that a checkpoint fits."""

    NOT_GIVEN = "not-given", "the log gave no proof", "el registro no dio prueba"
    LEADS_ELSEWHERE = (
        "leads-elsewhere",
        "what the log gave leads to another root than it signed",
        "lo que dio el registro conduce a otra raíz que la firmada",
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCheckpoint:
    """What a log signed: the note, and what was read from it: how many entries, and the root over them in base64."""

    size: Annotated[int, Label("Entries", "Asientos")]
    root: Annotated[str, Label("Root of the tree", "Raíz del árbol"), Public(44)]
    note: Annotated[str, Label("Signed checkpoint", "Punto de control firmado"), Public(LONGEST_NOTE)]


@fact("A partner's log was named", "Se nombró el registro de un socio")
class PartnerLogNamed(Fact):
    """From now on this log is watched. One that replaces a log which forked counts once two people have named it."""

    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    log: Annotated[LogId, Label("Log", "Registro")]
    origin: Annotated[str, Label("Origin", "Origen"), Public(LONGEST_VKEY)]
    vkey: Annotated[str, Label("Verifier key", "Clave de verificación"), Public(LONGEST_VKEY)]
    url: Annotated[str, Label("Address", "Dirección"), Public(LONGEST_URL)]
    replaces: Annotated[LogId | None, Label("Replaces", "Reemplaza a"), Tag("replaced-log")] = None


@fact("A partner's log was handed over to its next key", "El registro de un socio pasó a su siguiente clave")
class PartnerLogHandedOver(Fact):
    """The key that we believed signed for the next one. The log answers for what either of them signed."""

    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    log: Annotated[LogId, Label("Log", "Registro")]
    before: Annotated[
        str, Label("Verifier key before", "Clave de verificación anterior"), Public(LONGEST_VKEY)
    ]
    vkey: Annotated[str, Label("Verifier key", "Clave de verificación"), Public(LONGEST_VKEY)]
    hand_over: Annotated[
        str, Label("Hand-over, signed by both", "Entrega firmada por ambas"), Public(LONGEST_NOTE)
    ]


@fact(
    "A checkpoint of a partner's log was received", "Se recibió un punto de control del registro de un socio"
)
class CheckpointReceived(Fact):
    """The first of its log, or shown to fit the largest that was held."""

    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    log: Annotated[LogId, Label("Log", "Registro")]
    checkpoint: Annotated[SignedCheckpoint, Label("Checkpoint", "Punto de control")]
    came: Annotated[Came, Label("How it came", "Cómo llegó")]
    fits: Annotated[
        int | None, Label("Fits the one of so many entries", "Concuerda con el de tantos asientos")
    ]


@fact("A checkpoint was not shown to fit", "No se mostró que un punto de control concuerde")
class ConsistencyUnproven(Fact):
    """No proof of guilt, and none of innocence: nothing is exchanged until the checkpoint is shown to fit."""

    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    log: Annotated[LogId, Label("Log", "Registro")]
    checkpoint: Annotated[SignedCheckpoint, Label("Checkpoint", "Punto de control")]
    came: Annotated[Came, Label("How it came", "Cómo llegó")]
    lack: Annotated[Lack, Label("What is lacking", "Qué falta")]
    held: Annotated[int, Label("Held then: the one of so many entries", "Se tenía el de tantos asientos")]


@fact("A checkpoint was shown to fit after all", "Se mostró al fin que un punto de control concuerda")
class ConsistencyShown(Fact):
    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    log: Annotated[LogId, Label("Log", "Registro")]
    checkpoint: Annotated[SignedCheckpoint, Label("Checkpoint", "Punto de control")]
    fits: Annotated[int, Label("Fits the one of so many entries", "Concuerda con el de tantos asientos")]


@fact(
    "A partner's log was caught with two histories",
    "Se descubrió que el registro de un socio tiene dos historias",
)
class ForkEvidence(Fact):
    """Two checkpoints that the log signed and that no single history can hold. Nothing takes this back.

    For ``other-beginning`` the proof is the hashes from which both the root that was signed for the longer history
    and the root of that history's own beginning follow; the latter is not the one that was signed for the shorter.
    """

    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    log: Annotated[LogId, Label("Log", "Registro")]
    misfit: Annotated[Misfit, Label("Why they do not fit", "Por qué no concuerdan")]
    shorter: Annotated[SignedCheckpoint, Label("One checkpoint", "Un punto de control")]
    longer: Annotated[SignedCheckpoint, Label("The other checkpoint", "El otro punto de control")]
    proof: Annotated[tuple[str, ...], Label("Proof", "Prueba"), Public(44)]
    came: Annotated[Came, Label("How the later one came", "Cómo llegó el último")]


def log_id(origin: str) -> LogId:
    """The identifier under which a log is found: 160 bits of the SHA-256 of its origin, in hex."""
    return LogId(hashlib.sha256(origin.encode()).hexdigest()[:40])
