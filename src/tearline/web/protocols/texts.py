"""Exact texts: of the packs that a node knows, and of drafts as a browser sends them."""

import importlib.resources
from functools import cache
from hashlib import sha256

from tearline.facts.history import about
from tearline.facts.protocols import ProtocolAdopted
from tearline.folds.protocols import proposal_question, text_of
from tearline.node import Node
from tearline.web.asked import Given


@cache
def shipped_texts() -> dict[str, str]:
    """The texts that come with Tearline, by their SHA-256."""
    folder = importlib.resources.files("tearline.protocol").joinpath("packs")
    texts = [file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".yaml")]
    return {sha256(text.encode()).hexdigest(): text for text in texts}


def known_text(node: Node, id_: str) -> str | None:
    """The exact text of a protocol that this node knows; None where it knows none of that name and version."""
    pack = node.protocols.get(id_)
    if pack is None:
        return None
    shipped = shipped_texts().get(pack.sha256)
    if shipped is not None:
        return shipped
    for adopted in node.ledger.read(about(kinds=(ProtocolAdopted,))).of(ProtocolAdopted):
        if adopted.fact.sha256 == pack.sha256:
            proposal = adopted.fact.proposal
            return text_of(node.ledger.read(proposal_question(proposal)), proposal)
    return None


def draft_of(given: Given) -> str:
    """The posted text. A browser ends every line in two characters, whatever stood in the field."""
    return (given.get("text") or [""])[0].replace("\r\n", "\n")
