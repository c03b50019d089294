"""Invitations as they stand: issued, approved, withdrawn, used, run out.

An invitation is good once: two people stand behind it, or it is a founder's first, which the node gave at its founding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.admission import (
    DirectoryAccountLinked,
    InvitationApproved,
    InvitationIssued,
    InvitationWithdrawn,
    PasskeyEnrolled,
)
from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, Role, about
from tearline.facts.identifiers import InvitationId, PersonId
from tearline.facts.words import Worded

INVITATION_KINDS: Sequence[type[Fact]] = (
    InvitationIssued,
    InvitationApproved,
    InvitationWithdrawn,
    PasskeyEnrolled,
    DirectoryAccountLinked,
)


class Standing(Worded):
    """Where an invitation stands. Only ``good`` lets anybody in."""

    PENDING = "pending", "waits for a second person", "espera a una segunda persona"
    GOOD = "good", "can be used", "puede usarse"
    USED = "used", "used", "usada"
    WITHDRAWN = "withdrawn", "withdrawn", "retirada"
    RUN_OUT = "run-out", "ran out", "venció"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What was said about one invitation, in the order in which it was said."""

    issued: Recorded[InvitationIssued]
    approved: Recorded[InvitationApproved] | None = None
    withdrawn: bool = False
    used: bool = False

    @property
    def person(self) -> PersonId:
        return self.issued.fact.person

    @property
    def founding(self) -> bool:
        """Whether the node gave it at its founding. Only the founding says an invitation as the node."""
        return self.issued.by.role is Role.NODE

    def standing(self, now: datetime) -> Standing:
        """Where it stands. What is used or withdrawn stays so, and nothing is good at or after its end."""
        if self.used:
            return Standing.USED
        if self.withdrawn:
            return Standing.WITHDRAWN
        if now >= self.issued.fact.expires:
            return Standing.RUN_OUT
        return Standing.GOOD if self.approved or self.founding else Standing.PENDING

    def open(self, now: datetime) -> bool:
        """Whether it may still let somebody in."""
        return self.standing(now) in (Standing.PENDING, Standing.GOOD)


def asks_invitations_of(person: PersonId) -> Question:
    """All that can change where this person's invitations stand, but the passing of time."""
    return about(f"person:{person}", kinds=INVITATION_KINDS)


def asks_invitation(invitation: InvitationId) -> Question:
    """All that can change where this invitation stands, but the passing of time."""
    return about(f"invitation:{invitation}", kinds=INVITATION_KINDS)


def invitations(history: History) -> Mapping[InvitationId, Invitation]:
    """Every invitation in sight, by its identifier, as it stands."""
    approved = {r.fact.invitation: r for r in history.of(InvitationApproved)}
    withdrawn = {r.fact.invitation for r in history.of(InvitationWithdrawn)}
    used = {r.fact.invitation for r in history.of(PasskeyEnrolled)}
    used |= {r.fact.invitation for r in history.of(DirectoryAccountLinked)}
    return {
        r.fact.invitation: Invitation(
            issued=r,
            approved=approved.get(r.fact.invitation),
            withdrawn=r.fact.invitation in withdrawn,
            used=r.fact.invitation in used,
        )
        for r in history.of(InvitationIssued)
    }
