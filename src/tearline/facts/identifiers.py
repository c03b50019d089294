"""Pseudonymous identifiers. They are the only thing about an act that the ledger can search by.

An identifier is made by the node or chosen by its operator and never says who or what it stands for.
Those of a worked case begin with the telling's name and a dot (``allende-happened.siu``), so that a
re-enacted fact can never be mistaken for, or meet, a live one.
"""

import re
from typing import NewType

OrganisationId = NewType("OrganisationId", str)
UnitId = NewType("UnitId", str)
PersonId = NewType("PersonId", str)
CourseId = NewType("CourseId", str)
AllegationId = NewType("AllegationId", str)
AgreementId = NewType("AgreementId", str)
CaveatId = NewType("CaveatId", str)
ProposalId = NewType("ProposalId", str)

ItemId = NewType("ItemId", str)
AdversaryId = NewType("AdversaryId", str)
WarningId = NewType("WarningId", str)
DissentId = NewType("DissentId", str)
PlanId = NewType("PlanId", str)
RequestId = NewType("RequestId", str)
SignOffId = NewType("SignOffId", str)
ReleaseId = NewType("ReleaseId", str)
CopyId = NewType("CopyId", str)
VariantsId = NewType("VariantsId", str)

FigureId = NewType("FigureId", str)
AttributionId = NewType("AttributionId", str)
TraceId = NewType("TraceId", str)

CompromiseId = NewType("CompromiseId", str)
SuspensionId = NewType("SuspensionId", str)
InvestigationId = NewType("InvestigationId", str)
ObservationId = NewType("ObservationId", str)
LiftingId = NewType("LiftingId", str)
HypothesisId = NewType("HypothesisId", str)
EvidenceId = NewType("EvidenceId", str)
WeighingId = NewType("WeighingId", str)
InterviewId = NewType("InterviewId", str)
FindingId = NewType("FindingId", str)
HarmRecordId = NewType("HarmRecordId", str)

ReportId = NewType("ReportId", str)
CountId = NewType("CountId", str)
NoticeId = NewType("NoticeId", str)
ThreatId = NewType("ThreatId", str)
WarningOrderId = NewType("WarningOrderId", str)
AttemptId = NewType("AttemptId", str)
AssistanceId = NewType("AssistanceId", str)
OutsideId = NewType("OutsideId", str)
ConsentId = NewType("ConsentId", str)
VictimId = NewType("VictimId", str)
"""One person as one report tells of them. Who is who among them is linkage's to say."""
ListId = NewType("ListId", str)
"""A body's list of people, by a name that does not say whose it is."""
IncidentId = NewType("IncidentId", str)
StatusId = NewType("StatusId", str)
FileId = NewType("FileId", str)
CustodyId = NewType("CustodyId", str)
LinkageId = NewType("LinkageId", str)
LabelId = NewType("LabelId", str)
MergeId = NewType("MergeId", str)
SplitId = NewType("SplitId", str)
UndoingId = NewType("UndoingId", str)
EstimateId = NewType("EstimateId", str)
PublicationId = NewType("PublicationId", str)
NeedId = NewType("NeedId", str)
ReferralId = NewType("ReferralId", str)
OfferId = NewType("OfferId", str)

OperationId = NewType("OperationId", str)
PostId = NewType("PostId", str)
ResultId = NewType("ResultId", str)
TollId = NewType("TollId", str)
ShiftedId = NewType("ShiftedId", str)
ClaimId = NewType("ClaimId", str)
AccountId = NewType("AccountId", str)
BriefingId = NewType("BriefingId", str)
TellingId = NewType("TellingId", str)

FactId = NewType("FactId", str)
"""The reference under which the ledger recorded a fact."""
HoldId = NewType("HoldId", str)
PurgeId = NewType("PurgeId", str)
PurgeNoticeId = NewType("PurgeNoticeId", str)
ValidationId = NewType("ValidationId", str)
BackupId = NewType("BackupId", str)

GrantId = NewType("GrantId", str)
InvitationId = NewType("InvitationId", str)
TokenId = NewType("TokenId", str)
ReadingId = NewType("ReadingId", str)

KeyId = NewType("KeyId", str)
"""An identifier that is computed: a key's thumbprint."""
DirectoryAccountId = NewType("DirectoryAccountId", str)
"""Another one: SHA-256 of a directory's issuer, a line feed, and its name for the account."""
ReceiptId = NewType("ReceiptId", str)
"""And a third: the hash of the code by which somebody outside follows their report (``signin.receipt``)."""
COMPUTED = frozenset({KeyId, DirectoryAccountId, ReceiptId})

LogId = NewType("LogId", str)

PATTERN = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)?",
    re.ASCII,
)
THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", re.ASCII)
"""32 bytes in base64url without padding, with no unused bits set."""
EXPECTED = "an identifier of a-z, 0-9 and inner hyphens, at most 40 long, optionally behind a telling's name and a dot"


def well_formed(text: str) -> bool:
    """Whether this text may be an identifier."""
    return PATTERN.fullmatch(text) is not None
