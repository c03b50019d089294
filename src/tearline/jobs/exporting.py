"""The static export of a node's ledger, under the checkpoint that the node has published."""

from collections.abc import Sequence
from pathlib import Path

from tearline.config import FILE, Settings
from tearline.facts.history import about
from tearline.facts.keys import KeyPurpose, NodeKeyIntroduced
from tearline.ledger import strict
from tearline.ledger.export import Exported, Progress, export
from tearline.ledger.note import Note, Vkey
from tearline.node import Node


def export_ledger(
    node: Node, settings: Settings, folder: Path, *, progress: Progress = lambda _done, _all: None
) -> Exported:
    """Bring ``folder`` up to what the node publishes. Errors as ``ledger.export`` has them."""
    witnesses = witness_keys(settings)
    return export(
        node.ledger,
        folder,
        note=public_note(node, witnesses),
        witnesses=witnesses,
        former=former_keys(node),
        progress=progress,
    )


def public_note(node: Node, witnesses: Sequence[Vkey]) -> str:
    """The checkpoint that the node shows to everyone: the last one for which its witnesses were enough.

    Where none is asked, or none has answered yet under our present key, it is the ledger's latest.
    """
    held = node.published.read() if node.published and witnesses else None
    if held is None or not Note.parse(held).signed_by([node.ledger.vkey]):
        return node.ledger.checkpoint()
    return held


def witness_keys(settings: Settings) -> list[Vkey]:
    """The keys of the witnesses that the settings name."""
    return [Vkey.parse(witness.vkey, FILE) for witness in settings.witnesses]


def former_keys(node: Node) -> list[Vkey]:
    """The keys by which the log signed before it was handed over to its present one, as its facts say."""
    introduced = node.ledger.read(about(kinds=(NodeKeyIntroduced,))).of(NodeKeyIntroduced)
    logs = [r.fact for r in introduced if r.fact.purpose is KeyPurpose.LOG]
    keys = [Vkey(node.ledger.vkey.name, strict.base64url(fact.public_key, 32)) for fact in logs]
    return [key for key in keys if key != node.ledger.vkey]
