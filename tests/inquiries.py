"""Facts of an investigation, made by plain functions with as few words as a test is about."""

from datetime import datetime

from tearline.facts.fact import Sealed
from tearline.facts.harm import HarmLookedInto, Looked
from tearline.facts.identifiers import (
    AdversaryId,
    AllegationId,
    BriefingId,
    CompromiseId,
    CopyId,
    EvidenceId,
    FindingId,
    HypothesisId,
    InterviewId,
    InvestigationId,
    ItemId,
    LiftingId,
    ObservationId,
    OrganisationId,
    PersonId,
    ReleaseId,
    SuspensionId,
    UnitId,
    WeighingId,
)
from tearline.facts.investigation import (
    Agenda,
    AllegationWeighed,
    Channel,
    Contradiction,
    Corroboration,
    CustodyPassed,
    DecisionTimeDeclared,
    Detail,
    EvidenceKind,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingOutcome,
    FindingProposed,
    FindingReported,
    HypothesisStated,
    InterimReportMade,
    InterviewHeld,
    InvestigationWidened,
    Obtained,
    PastAccuracy,
    Pattern,
)
from tearline.facts.leaks import (
    AdversaryFoundUnaware,
    CooperationEnded,
    InvestigationOpened,
    LiftingProposed,
    RemediesFound,
    Sureness,
    SuspensionLifted,
)
from tearline.facts.release import CopyReleased
from tearline.facts.warnings import LeakWarningWaived, WaiverGround

INQUIRY = InvestigationId("inquiry")
LEAK = CompromiseId("leak")
HASH = "0123456789abcdef" * 4


def unaware(
    name: str = "seen",
    item: str = "phones",
    *,
    sure: Sureness = Sureness.CONFIRMED,
    adversary: str | None = None,
) -> AdversaryFoundUnaware:
    return AdversaryFoundUnaware(
        observation=ObservationId(name),
        item=ItemId(item),
        sure=sure,
        seen=Sealed("still telephoning"),
        adversary=AdversaryId(adversary) if adversary else None,
    )


def inquiry(
    *by: str, compromise: str = "leak", of: str = "phones", name: str = INQUIRY
) -> InvestigationOpened:
    return InvestigationOpened(
        investigation=InvestigationId(name),
        compromise=CompromiseId(compromise),
        item=ItemId(of),
        investigators=tuple(PersonId(p) for p in by),
        remit=Sealed("how it leaked"),
    )


def widened(*to: str, name: str = INQUIRY) -> InvestigationWidened:
    return InvestigationWidened(
        investigation=InvestigationId(name),
        persons=Sealed(tuple(PersonId(p) for p in to)),
        reasons=Sealed("a driver who waited outside"),
    )


def decides(at: datetime, name: str = INQUIRY) -> DecisionTimeDeclared:
    return DecisionTimeDeclared(investigation=InvestigationId(name), decide_at=at)


def hypothesis(
    name: str = "unknown",
    channel: Channel = Channel.UNKNOWN,
    *,
    of: str | None = None,
    within: str = INQUIRY,
) -> HypothesisStated:
    """``of``: the copy, the unit or the person that it is about, whichever its channel is."""
    return HypothesisStated(
        hypothesis=HypothesisId(name),
        investigation=InvestigationId(within),
        channel=channel,
        proposition=Sealed("it came that way"),
        alternative=Sealed("it came another way"),
        copy=Sealed(CopyId(of) if of and channel is Channel.COPY else None),
        unit=Sealed(UnitId(of) if of and channel is Channel.UNIT else None),
        person=Sealed(PersonId(of) if of and channel is Channel.PERSON else None),
    )


def evidence(
    name: str = "log", kind: EvidenceKind = EvidenceKind.RECORDS, *, within: str = INQUIRY, sha256: str = HASH
) -> EvidenceTaken:
    return EvidenceTaken(
        evidence=EvidenceId(name),
        investigation=InvestigationId(within),
        kind=kind,
        what=Sealed("the door's log"),
        from_whom=Sealed("the keeper of the door"),
        sha256=Sealed(sha256),
    )


def passed(giver: str, taker: str, of: str = "log", *, within: str = INQUIRY) -> CustodyPassed:
    return CustodyPassed(
        evidence=EvidenceId(of),
        investigation=InvestigationId(within),
        giver=PersonId(giver),
        taker=PersonId(taker),
        why=Sealed("to be examined"),
    )


def weighed(
    name: str = "w-1",
    of: str = "log",
    on: str = "unknown",
    ratio: float = 50.0,
    *,
    within: str = INQUIRY,
) -> EvidenceWeighed:
    return EvidenceWeighed(
        weighing=WeighingId(name),
        investigation=InvestigationId(within),
        evidence=EvidenceId(of),
        hypothesis=HypothesisId(on),
        likelihood_ratio=Sealed(ratio),
        method=Sealed("compared with the rota"),
        by_whom=Sealed("the forensic office"),
    )


def interview(name: str = "talk", *, within: str = INQUIRY, sha256: str = HASH) -> InterviewHeld:
    return InterviewHeld(
        interview=InterviewId(name),
        investigation=InvestigationId(within),
        rights_told=True,
        whom=Sealed("the keeper of the door"),
        sha256=Sealed(sha256),
    )


def allegation_weighed(of: str = "beating", *, within: str = INQUIRY) -> AllegationWeighed:
    return AllegationWeighed(
        allegation=AllegationId(of),
        investigation=InvestigationId(within),
        past_accuracy=Sealed(PastAccuracy.MIXED),
        obtained=Sealed(Obtained.SECOND_HAND),
        agenda=Sealed(Agenda.NOT_KNOWN),
        corroboration=Sealed(Corroboration.NONE),
        contradiction=Sealed(Contradiction.NONE),
        pattern=Sealed(Pattern.FITS),
        detail=Sealed(Detail.VAGUE),
        reasons=Sealed("told by a rival"),
    )


def proposed(
    name: str = "result",
    outcome: FindingOutcome = FindingOutcome.CHANNEL_UNKNOWN,
    *,
    copy: str | None = None,
    units: tuple[str, ...] = (),
    person: str | None = None,
    within: str = INQUIRY,
    compromise: str = "leak",
    item: str = "phones",
) -> FindingProposed:
    return FindingProposed(
        finding=FindingId(name),
        investigation=InvestigationId(within),
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        outcome=outcome,
        grounds=Sealed("nothing else fits"),
        copy=Sealed(CopyId(copy) if copy else None),
        units=tuple(UnitId(u) for u in units),
        person=Sealed(PersonId(person) if person else None),
    )


def made(
    name: str = "result",
    outcome: FindingOutcome = FindingOutcome.CHANNEL_UNKNOWN,
    *,
    copy: str | None = None,
    units: tuple[str, ...] = (),
    person: str | None = None,
    within: str = INQUIRY,
    compromise: str = "leak",
    item: str = "phones",
) -> FindingMade:
    return FindingMade(
        finding=FindingId(name),
        investigation=InvestigationId(within),
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        outcome=outcome,
        grounds=Sealed("read and agreed"),
        copy=Sealed(CopyId(copy) if copy else None),
        units=tuple(UnitId(u) for u in units),
        person=Sealed(PersonId(person) if person else None),
    )


def copied(name: str = "copy", *, item: str = "phones", unit: str = "siu", to: str = "rita") -> CopyReleased:
    return CopyReleased(
        copy=CopyId(name),
        release=ReleaseId("rel"),
        item=ItemId(item),
        unit=UnitId(unit),
        recipient=PersonId(to),
    )


def to_lift(
    name: str = "lift", unit: str = "siu", compromise: str = "leak", finding: str = "result"
) -> LiftingProposed:
    """Of the suspension that ``worlds.suspended`` makes."""
    return LiftingProposed(
        lifting=LiftingId(name),
        suspension=SuspensionId(f"s-{unit}-{compromise}"),
        unit=UnitId(unit),
        compromise=CompromiseId(compromise),
        finding=FindingId(finding),
        reasons=Sealed("nothing stands against it"),
    )


def lifted(
    name: str = "lift", unit: str = "siu", compromise: str = "leak", finding: str = "result"
) -> SuspensionLifted:
    return SuspensionLifted(
        lifting=LiftingId(name),
        suspension=SuspensionId(f"s-{unit}-{compromise}"),
        unit=UnitId(unit),
        compromise=CompromiseId(compromise),
        finding=FindingId(finding),
        reasons=Sealed("read and agreed"),
    )


def remedies(
    finding: str = "result", unit: str = "siu", *, effective: bool = True, told: str | None = "watch"
) -> RemediesFound:
    return RemediesFound(
        finding=FindingId(finding),
        unit=UnitId(unit),
        effective=effective,
        reported_to=OrganisationId(told) if told else None,
        reasons=Sealed("a court has it"),
    )


def ended(unit: str = "siu", finding: str = "result", compromise: str = "leak") -> CooperationEnded:
    return CooperationEnded(
        unit=UnitId(unit),
        finding=FindingId(finding),
        compromise=CompromiseId(compromise),
        reasons=Sealed("it will happen again"),
    )


def interim(name: str = "first", compromise: str = "leak", item: str = "phones") -> InterimReportMade:
    return InterimReportMade(
        briefing=BriefingId(name),
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        overseer=OrganisationId("watch"),
        text=Sealed("it leaked, and siu is suspended"),
    )


def reported(
    name: str = "last", finding: str = "result", compromise: str = "leak", item: str = "phones"
) -> FindingReported:
    return FindingReported(
        briefing=BriefingId(name),
        finding=FindingId(finding),
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        overseer=OrganisationId("watch"),
        text=Sealed("this is what was found"),
    )


def leak_warning_waived(compromise: str = "leak", item: str = "phones") -> LeakWarningWaived:
    return LeakWarningWaived(
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        ground=WaiverGround.ALREADY_AWARE,
        reasons=Sealed("they moved"),
    )


def looked(
    compromise: str = "leak", item: str = "phones", found: Looked = Looked.NONE_FOUND
) -> HarmLookedInto:
    return HarmLookedInto(
        compromise=CompromiseId(compromise),
        item=ItemId(item),
        looked=found,
        where=Sealed("hospitals, families, the press"),
    )
