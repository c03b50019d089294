"""What a person is told of: what happened to what is theirs, what waits for their role, what of their account changed.

Notices follow from the clear fields of facts, and from nothing sealed: who may open what plays no part in them, so
they can give nothing away. To whom each is told is the table ``TOLD``; who is missing from it is told nothing. Worked
cases are left out: nothing in them awaits anybody. What a person did themselves is no news to them.

``Notices`` reads each fact once and is carried on as the record grows; ``notices`` is the same over one history.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tearline.facts.admission import (
    DirectoryAccountLinked,
    DirectoryAccountUnlinked,
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationWithdrawn,
    MachineRegistered,
    PasskeyEnrolled,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    TokenIssued,
    TokenRevoked,
)
from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyIntroduced, PersonKeyRevoked
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.parties import AgreementEndorsed, AgreementSigned
from tearline.facts.protocols import (
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
)
from tearline.facts.release import (
    CopyReleased,
    DissentAnswered,
    DissentRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseReviewed,
    ReleaseSignedOff,
    SourceWarned,
    SourceWarningAnswered,
    VerdictReached,
)
from tearline.facts.warnings import (
    LeakWarningWaived,
    PeopleWarned,
    SourceWarningWaived,
    ThreatAssessed,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
    WarningWaived,
)
from tearline.folds.notices.account import OfAccounts
from tearline.folds.notices.kept import MOST_OF_A_PERSON, Kept
from tearline.folds.notices.notice import Notice, Seen, overdue
from tearline.folds.notices.release import OfReleases
from tearline.folds.notices.warnings import OfWarnings
from tearline.folds.notices.words import LINES, OWN_SIDE, TOLD, Concern, Tells
from tearline.folds.protocols import OPEN_FOR

__all__ = [
    "KINDS",
    "LINES",
    "MOST_OF_A_PERSON",
    "OWN_SIDE",
    "QUESTION",
    "TOLD",
    "Concern",
    "Notice",
    "Notices",
    "Seen",
    "Tells",
    "notices",
    "overdue",
]

KINDS: Sequence[type[Fact]] = (
    ItemRegistered,
    ReleaseRequested,
    ReleaseSignedOff,
    VerdictReached,
    ItemReleased,
    ReleaseExpedited,
    ReleaseReviewed,
    CopyReleased,
    DissentRecorded,
    DissentAnswered,
    SourceWarned,
    SourceWarningAnswered,
    CompromiseReported,
    InvestigationOpened,
    ThreatAssessed,
    WarningOrdered,
    WarningAttempted,
    WarningWaived,
    SourceWarningWaived,
    LeakWarningWaived,
    PeopleWarned,
    WarnedWithoutOrder,
    WarningReviewed,
    ProtocolProposed,
    ProtocolSigned,
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    AgreementSigned,
    AgreementEndorsed,
    FoundersNamed,
    RoleProposed,
    RoleApproved,
    RoleEnded,
    InvitationIssued,
    InvitationApproved,
    InvitationWithdrawn,
    PasskeyEnrolled,
    PersonKeyIntroduced,
    PersonKeyRevoked,
    DirectoryAccountLinked,
    DirectoryAccountUnlinked,
    MachineRegistered,
    TokenIssued,
    TokenRevoked,
)
QUESTION: Question = about(kinds=KINDS)


class Notices(Kept):
    """Every notice that follows from the facts read so far."""

    def __init__(self) -> None:
        super().__init__()
        self._releases = OfReleases(self)
        self._warnings = OfWarnings(self)
        self._accounts = OfAccounts(self)
        self._founded = False

    def carry(self, facts: Iterable[Recorded[Fact]]) -> "Notices":
        """Read on; the facts come in the order of the ledger, each once."""
        for recorded in facts:
            if recorded.told is None:
                self._read(recorded)
        return self

    def _read(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case RoleProposed() | RoleApproved() | RoleEnded() | InvitationIssued() | InvitationApproved():
                self._accounts.read_of_admission(r)
            case InvitationWithdrawn() | PasskeyEnrolled() | PersonKeyIntroduced() | PersonKeyRevoked():
                self._accounts.read_of_keys(r)
            case DirectoryAccountLinked() | DirectoryAccountUnlinked() | MachineRegistered():
                self._accounts.read_of_keys(r)
            case TokenIssued() | TokenRevoked():
                self._accounts.read_of_keys(r)
            case FoundersNamed():
                self._founded = True
            case AgreementSigned(agreement=agreement) if self._founded:
                self.wait(Tells.TO_ENDORSE, r, agreement)
            case AgreementEndorsed(agreement=agreement):
                self.done(Tells.TO_ENDORSE, agreement)
            case ProtocolProposed(proposal=proposal):
                self.wait(Tells.TO_ADOPT, r, proposal, until=r.known_at + OPEN_FOR)
            case ProtocolSigned(proposal=proposal):
                self.waits_no_more_for(r.by.person, Tells.TO_ADOPT, proposal)
            case ProtocolAdopted(proposal=proposal) | ProtocolProposalWithdrawn(proposal=proposal):
                self.done(Tells.TO_ADOPT, proposal)
            case _:
                self._warnings.read(r)
                self._releases.read(r)


def notices(history: History, person: PersonId, role: Role, now: datetime) -> list[Notice]:
    """What this person is told in this role by this history, the latest first."""
    return list(Notices().carry(history).of(person, role, now))
