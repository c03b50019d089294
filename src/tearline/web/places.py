"""Where a recorded fact is shown: the page of what it is about, or its own entry in the ledger."""

from tearline.facts.assistance import (
    AssistanceGiven,
    HelpOffered,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswered,
    ReferralAnswered,
)
from tearline.facts.fact import Fact
from tearline.facts.harm import CountDocumented, HarmLookedInto, HarmRecordOpened, HarmReported
from tearline.facts.history import Recorded
from tearline.facts.investigation import FindingMade, FindingReported, InterimReportMade
from tearline.facts.leaks import (
    AdversaryFoundUnaware,
    CompromiseReported,
    CooperationEnded,
    CooperationSuspended,
    InvestigationOpened,
    LiftingProposed,
    SuspensionLifted,
)
from tearline.facts.logs import (
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    PartnerLogHandedOver,
    PartnerLogNamed,
)
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import AgreementSigned, ProtocolAppliedInHindsight
from tearline.facts.protocols import (
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
    ProtocolTextStated,
)
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DisclosureJustified,
    DisclosureRecorded,
    DissentRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseExpedited,
    ReleaseRequested,
    ReleaseSignedOff,
    SourceWarned,
    VerdictReached,
)
from tearline.facts.screening import ItemScreened, OriginatorAnswered, SourceStandingStated
from tearline.facts.warnings import (
    LeakWarningWaived,
    SourceWarningWaived,
    ThreatAssessed,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
    WarningWaived,
)


def entry_of(recorded: Recorded[Fact]) -> str:
    return f"/ledger/entries/{recorded.position}"


def page_of(recorded: Recorded[Fact]) -> str:
    """The page on which this fact stands among its kind."""
    match recorded.fact:
        case (
            ReleaseRequested(request=request)
            | ReleaseSignedOff(request=request)
            | ItemReleased(request=request)
            | ReleaseExpedited(request=request)
        ):
            return f"/releases/{request}"
        case VerdictReached(request=request):
            return f"/releases/{request}/verdicts/{recorded.position}"
        case DissentRecorded(request=request) if request is not None:
            return f"/releases/{request}"
        case DisclosureRecorded(release=release) | DisclosureJustified(release=release):
            return f"/disclosures/{release}"
        case (
            ItemRegistered(item=item)
            | SourceWarned(item=item)
            | DissentRecorded(item=item)
            | ThreatAssessed(item=item)
            | WarningWaived(item=item)
            | ItemScreened(item=item)
            | OriginatorAnswered(item=item)
            | SourceStandingStated(item=item)
            | AdversaryFoundUnaware(item=item)
        ):
            return f"/items/{item}"
        case (
            CompromiseReported(compromise=compromise)
            | CooperationSuspended(compromise=compromise)
            | InvestigationOpened(compromise=compromise)
            | LiftingProposed(compromise=compromise)
            | SuspensionLifted(compromise=compromise)
            | CooperationEnded(compromise=compromise)
            | HarmRecordOpened(compromise=compromise)
            | HarmLookedInto(compromise=compromise)
            | LeakWarningWaived(compromise=compromise)
            | InterimReportMade(compromise=compromise)
            | FindingMade(compromise=compromise)
            | FindingReported(compromise=compromise)
        ):
            return f"/leaks/{compromise}"
        case CountDocumented() | HarmReported():
            return "/harm"
        case (
            SourceWarningWaived()
            | WarningOrdered()
            | WarningAttempted()
            | WarnedWithoutOrder()
            | WarningReviewed()
        ) if recorded.told is None:
            return "/harm/warnings"
        case (
            NeedRecorded()
            | NeedReferred()
            | ReferralAnswered()
            | NeedWithdrawn()
            | AssistanceGiven()
            | HelpOffered()
            | OfferAnswered()
        ) if recorded.told is None:
            return "/harm/assistance"
        case OperationDeclared(operation=operation):
            return f"/operations/{operation}"
        case AgreementSigned(agreement=agreement) | ProtocolAppliedInHindsight(agreement=agreement):
            return f"/agreements/{agreement}"
        case (
            ProtocolProposed(proposal=proposal)
            | ProtocolTextStated(proposal=proposal)
            | ProtocolSigned(proposal=proposal)
            | ProtocolAdopted(proposal=proposal)
            | ProtocolProposalWithdrawn(proposal=proposal)
        ):
            return f"/protocols/proposals/{proposal}"
        case (
            PartnerLogNamed(log=log)
            | PartnerLogHandedOver(log=log)
            | CheckpointReceived(log=log)
            | ConsistencyUnproven(log=log)
            | ConsistencyShown(log=log)
            | ForkEvidence(log=log)
        ):
            return f"/ledger/logs/{log}"
        case CopyReleased(copy=copy) | CopyReceived(copy=copy):
            return f"/copies/{copy}"
    return entry_of(recorded)
