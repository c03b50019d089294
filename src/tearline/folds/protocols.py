"""Texts on their way into force: what was proposed, by whom it was signed, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import ProposalId
from tearline.facts.protocols import (
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
    ProtocolTextStated,
)
from tearline.facts.words import Worded
from tearline.protocol import Pack, load_pack

OPEN_FOR = timedelta(days=30)
"""How long a proposal may be signed. What it was weighed against is older every day."""
SIGNERS = 2
TEXT_KINDS: Sequence[type[Fact]] = (ProtocolProposed, ProtocolTextStated)
STANDING_KINDS: Sequence[type[Fact]] = (
    ProtocolProposed,
    ProtocolSigned,
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
)
STANDINGS = about(kinds=STANDING_KINDS)
"""Where every proposal stands, without its text."""


class ProposalState(Worded):
    OPEN = "open", "waits for signatures", "espera firmas"
    ADOPTED = "adopted", "adopted", "adoptada"
    WITHDRAWN = "withdrawn", "withdrawn", "retirada"
    EXPIRED = "expired", "not signed in time", "sin firmar a tiempo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One proposal and what came of it."""

    recorded: Recorded[ProtocolProposed]
    signed: tuple[Recorded[ProtocolSigned], ...]
    adopted: Recorded[ProtocolAdopted] | None
    withdrawn: Recorded[ProtocolProposalWithdrawn] | None

    @property
    def fact(self) -> ProtocolProposed:
        return self.recorded.fact

    @property
    def expires(self) -> datetime:
        return self.recorded.known_at + OPEN_FOR

    def state(self, now: datetime) -> ProposalState:
        if self.adopted is not None:
            return ProposalState.ADOPTED
        if self.withdrawn is not None:
            return ProposalState.WITHDRAWN
        return ProposalState.EXPIRED if now > self.expires else ProposalState.OPEN


def proposal_question(proposal: ProposalId) -> Question:
    """Everything about one proposal, its text included."""
    return about(f"proposal:{proposal}", kinds=(*STANDING_KINDS, ProtocolTextStated))


def proposals(history: History) -> Iterator[Proposal]:
    """Every live proposal in this history, the oldest first. Worked cases have none."""
    adopted = {r.fact.proposal: r for r in history.of(ProtocolAdopted)}
    withdrawn = {r.fact.proposal: r for r in history.of(ProtocolProposalWithdrawn)}
    for recorded in history.of(ProtocolProposed):
        name = recorded.fact.proposal
        if recorded.told is None:
            yield Proposal(
                recorded=recorded,
                signed=tuple(r for r in history.of(ProtocolSigned) if r.fact.proposal == name),
                adopted=adopted.get(name),
                withdrawn=withdrawn.get(name),
            )


def proposal_of(history: History, proposal: ProposalId) -> Proposal | None:
    return next((one for one in proposals(history) if one.fact.proposal == proposal), None)


def text_of(history: History, proposal: ProposalId) -> str | None:
    """The exact text of a proposal; None where a part of it is not in this history."""
    proposed = next((r.fact for r in history.of(ProtocolProposed) if r.fact.proposal == proposal), None)
    parts = {r.fact.part: r.fact.text for r in history.of(ProtocolTextStated) if r.fact.proposal == proposal}
    if proposed is None or sorted(parts) != list(range(proposed.parts)):
        return None
    return "".join(parts[n] for n in range(proposed.parts))


@lru_cache(maxsize=64)
def pack_in(text: str) -> Pack:
    """The pack in this text, read once; raises Malformed with line, column and what was expected."""
    return load_pack(text, file="text")
