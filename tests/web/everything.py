"""A world in which every kind of thing that an address can name exists: one's own, and somebody else's."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar
from urllib.parse import quote

from tearline.facts.casualties import CasualtiesEstimated, CountedScope
from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import Credibility, Harm, HarmReported, Reliability, SourceClass
from tearline.facts.history import Precision, Role, about
from tearline.facts.identifiers import (
    AgreementId,
    CompromiseId,
    CourseId,
    CustodyId,
    DissentId,
    EvidenceId,
    FindingId,
    HypothesisId,
    IncidentId,
    InvestigationId,
    ItemId,
    LiftingId,
    MergeId,
    OrganisationId,
    OutsideId,
    PersonId,
    ReceiptId,
    ReleaseId,
    ReportId,
    RequestId,
    SignOffId,
    SplitId,
    SuspensionId,
    UnitId,
    VictimId,
    WarningId,
    WeighingId,
)
from tearline.facts.investigation import (
    Channel,
    EvidenceKind,
    EvidenceTaken,
    EvidenceWeighed,
    FindingMade,
    FindingOutcome,
    FindingProposed,
    HypothesisStated,
)
from tearline.facts.leaks import (
    CompromiseReported,
    CooperationSuspended,
    InvestigationOpened,
    LiftingProposed,
    RemediesFound,
    Sureness,
)
from tearline.facts.linkage import LinkageRun, MergeGround, VictimsMerged, VictimsSplit
from tearline.facts.logs import PartnerLogNamed
from tearline.facts.outside import (
    AnswerWish,
    OutsideConsent,
    OutsideReportAnswered,
    ReportLanguage,
    ReportReceivedOutside,
)
from tearline.facts.parties import CourseHeld
from tearline.facts.register import (
    Condition,
    FileCopy,
    FileKept,
    FilePassed,
    IncidentRecorded,
    PlacePrecision,
    VictimReported,
)
from tearline.facts.release import (
    CopyReleased,
    DisclosureRecorded,
    DissentRecorded,
    Extent,
    Manner,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceWarned,
    VerdictReached,
    WarningKind,
)
from tearline.folds.held import ITSELF
from tearline.jobs.evidence.keeping import Keeping
from tearline.node import Order
from tearline.rooms import Command
from tearline.rooms.harm import ReportHarm
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.leaks.evidence import TakeEvidence, WeighEvidence
from tearline.rooms.leaks.findings import ConfirmFinding, ProposeFinding
from tearline.rooms.leaks.inquiring import OpenInvestigation, StateHypothesis
from tearline.rooms.leaks.suspensions import JudgeRemedies, ProposeLifting
from tearline.rooms.linkage import MergeVictims, RunLinkage, SplitVictims
from tearline.rooms.outside import AnswerOutsideReport, ReceiveOutsideReport
from tearline.rooms.parties.persons import HoldCourse
from tearline.rooms.register.custody import PassFile
from tearline.rooms.register.incidents import RecordIncident
from tearline.rooms.register.people import ReportVictim
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.items import RecordSourceWarning
from tearline.rooms.release.outside import RecordDisclosure
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease, SignOff
from tearline.signin.receipt import receipt_of, typed
from tests.registers import report, victim
from tests.web.counted import does, estimated, recorded
from tests.web.helped import NAMES, endangered, helped
from tests.web.world import World, act, actor

PARTNER = actor(Role.PARTNER_LIAISON).person
OTHER = PersonId("practice.commander")
ABSENT = "nothing"
FIXED = {
    "name": "cross-border",
    "version": "1",
    "rule": "sign-offs-missing",
    "_path": "0/000.p/1",
    "day": "2026-12-01",
}


def _requested(world: World, name: str, recipient: PersonId) -> RequestRelease:
    return RequestRelease(
        ReleaseRequested(
            request=RequestId(name),
            item=ItemId("practice.item-1"),
            unit=UnitId("practice.unit"),
            recipients=(recipient,),
            extent=Extent.TEARLINE,
            manner=Manner.COPY,
            purpose=Sealed(world.public("They act on the same target.")),
            agreement=AgreementId("practice.agreement"),
        )
    )


def _signed(name: str, line: SignOffLine) -> SignOff:
    return SignOff(
        ReleaseSignedOff(sign_off=SignOffId(f"{name}-{line.value}"), request=RequestId(name), line=line)
    )


def fill(world: World) -> World:
    """What ``populate`` does not make: live requests, copies, a dissent, a warning, a disclosure and a leak."""
    node, item = world.node, ItemId("practice.item-2")
    course = CourseHeld(
        course=CourseId("practice.second-course"),
        unit=UnitId("practice.unit"),
        module=world.public("Handling what is passed on"),
        instructors=OrganisationId("practice.agency"),
        officers=1,
        persons=(OTHER,),
        valid_until=world.clock() + timedelta(days=300),
    )
    orders = act(Role.VETTING_OFFICER, HoldCourse(course))
    for name, recipient in (("practice.mine", PARTNER), ("practice.theirs", OTHER)):
        orders += act(Role.CASE_AGENT, _requested(world, name, recipient))
        orders += act(Role.RELEASING_OFFICER, _signed(name, SignOffLine.RELEASING))
        orders += act(Role.SOURCE_HANDLER, _signed(name, SignOffLine.SOURCE_HANDLING))
        orders += act(Role.RELEASING_OFFICER, ReleaseItem(RequestId(name)))
    node.record_all([*orders, *act(Role.LIAISON, _requested(world, "practice.open", PARTNER))])
    from_outside(world)
    warning = SourceWarned(
        warning=WarningId("practice.warning"),
        item=item,
        kind=WarningKind.BLOODSHED,
        words=world.text("They will know at once."),
    )
    dissent = DissentRecorded(
        dissent=DissentId("practice.dissent"), item=item, reasons=world.text("They leak.")
    )
    given = DisclosureRecorded(
        release=ReleaseId("practice.disclosure"),
        item=item,
        unit=UnitId("practice.unit"),
        recipients=(OTHER,),
        extent=Extent.EXISTENCE,
        manner=Manner.ORAL,
        decided_by=world.text("A supervisor"),
        agreement=AgreementId("practice.agreement"),
    )
    leak = CompromiseReported(
        compromise=CompromiseId("practice.leak"),
        item=item,
        sure=Sureness.PROBABLE,
        seen=world.text("They changed the route."),
    )
    node.record_all(
        [
            *act(Role.SOURCE_HANDLER, RecordSourceWarning(warning)),
            *act(Role.CASE_AGENT, RecordDissent(dissent)),
            *act(Role.LIAISON, RecordDisclosure(given)),
            *act(Role.CASE_AGENT, ReportCompromise(leak)),
        ]
    )
    _linked(world)
    world.clock.move(minutes=1)
    _registered(world)
    _looked_into(world)
    world.clock.move(minutes=1)
    endangered(world)
    helped(world)
    return world


def _linked(world: World) -> None:
    """Four people reported by two bodies: compared, two put together, one taken out again, counted and made public."""
    node = world.node
    facts: list[Fact] = []
    for n, (given, on) in enumerate(
        (("Ana", "court"), ("Ana", "police"), ("Luz", "court"), ("Eva", "police"))
    ):
        name = f"practice.told-{n}"
        facts += [report(name, on=f"practice.{on}")]
        told = victim(
            f"practice.victim-{n}", name, given=world.public(given), paternal=world.public("Prueba")
        )
        facts += [told]
    facts += [report("practice.told-n", least=2, most=9)]
    recorded(node, facts)
    does(node, RunLinkage())
    merged = VictimsMerged(
        merge=MergeId("practice.merge"),
        victims=(VictimId("practice.victim-0"), VictimId("practice.victim-1")),
        ground=MergeGround.PEOPLE,
        reason=world.text("The same tattoo"),
    )
    does(node, MergeVictims(merged))
    left = VictimsSplit(
        split=SplitId("practice.split"),
        leave=(VictimId("practice.victim-1"),),
        reason=world.text("Another mother"),
    )
    does(node, SplitVictims(left))
    again = replace(merged, merge=MergeId("practice.again"))
    does(node, MergeVictims(again))
    day = date(2011, 3, 18)
    estimated(
        node, CountedScope(unit="people who disappeared", area="the north", first_day=day, last_day=day)
    )


FOLLOWED = "K7QF-2XJ8-R9TZ-WD4H"
"""The code of a report from outside that was answered."""


def from_outside(world: World) -> None:
    """Two people without an account reported harm; one was answered."""
    waits = ReportReceivedOutside(
        outside=OutsideId("practice.outside"),
        receipt=ReceiptId("A" * 43),
        language=ReportLanguage.ES,
        wish=AnswerWish.CONTACT,
        consents=(OutsideConsent.COUNT, OutsideConsent.HELP),
        account=world.text("They took my brother from the bridge before dawn.\nHe wore a blue jacket."),
        whom=Sealed("My brother" + world.spice),
        when=Sealed("In March" + world.spice),
        contact=Sealed("By the priest of the upper village, on Sundays" + world.spice),
    )
    answered = replace(
        waits,
        outside=OutsideId("practice.outside-answered"),
        receipt=receipt_of(typed(FOLLOWED) or "", world.node.ledger.vkey.name),
        wish=AnswerWish.BY_CODE,
    )
    said = (
        "We are asking at the hospitals, and at the register of the state.\nDo you know what he was wearing?"
    )
    answer = OutsideReportAnswered(outside=answered.outside, answer=world.text(said))
    for received in (answered, waits):
        order = Order(command=ReceiveOutsideReport(received), by=ITSELF, precision=Precision.DAY)
        world.node.record(order)
    world.node.record_all(act(Role.HARM_DESK, AnswerOutsideReport(answer)))


def _registered(world: World) -> None:
    """A report of an incident that names somebody, with a file of which a copy was taken out."""
    node, desk = world.node, actor(Role.HARM_DESK)
    report, incident = ReportId("practice.report"), IncidentId("practice.incident")
    happened = IncidentRecorded(
        incident=incident,
        harm=Harm.DISAPPEARED,
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 2),
        place=world.public("The old quay"),
        place_precision=PlacePrecision.SITE,
        told=world.text("A lorry stopped at the gate."),
    )
    given = HarmReported(
        report=report,
        source_class=SourceClass.RELATIVE,
        source=world.text("A brother"),
        account=world.text("He went out and did not come back."),
        harm=Harm.DISAPPEARED,
        least=1,
        most=2,
        place=world.public("The old quay"),
        reliability=Reliability.B,
        credibility=Credibility.PROBABLY,
        incident=incident,
        received=date(2026, 11, 5),
    )
    named = VictimReported(
        victim=VictimId("practice.victim"),
        report=report,
        given_names=Sealed(world.public("Tomás")),
        paternal_surname=Sealed(world.public("Del Muelle")),
        seen_from=Sealed(date(2026, 11, 1)),
        condition=Condition.MISSING,
    )
    told: list[Command] = [RecordIncident(happened), ReportHarm(given), ReportVictim(named)]
    node.record_all([order for command in told for order in act(Role.HARM_DESK, command)])
    keeping = Keeping(node)
    keeping.feed(b"%PDF-1.7 a statement")
    keeping.finish(desk, report, name="statement.pdf", origin=world.public("He brought it himself."))
    passed = FilePassed(
        custody=CustodyId("practice.custody"),
        file=keeping.file,
        copy=FileCopy.WORKING,
        to=world.text("The desk itself"),
        why=world.text("To read it"),
    )
    node.record_all(act(Role.HARM_DESK, PassFile(passed)))


SETTLED, INQUIRY = InvestigationId("practice.settled"), InvestigationId("practice.inquiry")
LEAK, LEAKED = CompromiseId("practice.leak"), ItemId("practice.item-2")
FINDING, UNIT = FindingId("practice.finding"), UnitId("practice.unit")


def _looked_into(world: World) -> None:
    """One investigation that a finding against the unit closed, and one that is open; the suspension may be lifted."""
    node, text = world.node, world.text
    asks: list[Order] = []
    for name in (SETTLED, INQUIRY):
        asks += act(Role.OVERSEER, OpenInvestigation(_opened(world, name)))
        asks += act(
            Role.INVESTIGATOR,
            StateHypothesis(_hypothesis(world, name, Channel.UNKNOWN)),
            StateHypothesis(_hypothesis(world, name, Channel.UNIT)),
            TakeEvidence(
                EvidenceTaken(
                    evidence=EvidenceId(f"{name}-log"),
                    investigation=name,
                    kind=EvidenceKind.RECORDS,
                    what=text("The log of the gate"),
                    from_whom=text("The keeper of the gate"),
                    sha256=Sealed("0" * 64),
                )
            ),
            WeighEvidence(
                EvidenceWeighed(
                    weighing=WeighingId(f"{name}-weighed"),
                    investigation=name,
                    evidence=EvidenceId(f"{name}-log"),
                    hypothesis=HypothesisId(f"{name}-unit"),
                    likelihood_ratio=Sealed(12.0),
                    method=text("Compared with the rota"),
                )
            ),
        )
    settled = _found(FindingProposed, FINDING, SETTLED, world)
    asks += act(Role.INVESTIGATOR, ProposeFinding(settled))
    asks += act(Role.OVERSEER, ConfirmFinding(_found(FindingMade, FINDING, SETTLED, world)))
    asks += act(
        Role.INVESTIGATOR,
        ProposeFinding(_found(FindingProposed, FindingId("practice.proposed"), INQUIRY, world)),
    )
    remedied = RemediesFound(
        finding=FINDING,
        unit=UNIT,
        effective=True,
        reported_to=OrganisationId("practice.overseer"),
        reasons=text("The gate is kept by others now."),
    )
    asks += act(Role.INVESTIGATOR, JudgeRemedies(remedied)) + act(
        Role.VETTING_OFFICER, JudgeRemedies(remedied)
    )
    node.record_all(asks)
    lifting = LiftingProposed(
        lifting=LiftingId("practice.lifting"),
        suspension=suspension_of(world),
        unit=UNIT,
        compromise=LEAK,
        finding=FINDING,
        reasons=text("It was remedied."),
    )
    node.record_all(act(Role.INVESTIGATOR, ProposeLifting(lifting)))


def _opened(world: World, name: InvestigationId) -> InvestigationOpened:
    return InvestigationOpened(
        investigation=name,
        compromise=LEAK,
        item=LEAKED,
        investigators=(actor(Role.INVESTIGATOR).person, actor(Role.OVERSEER).person),
        remit=world.text("How the route came to be known"),
    )


def _hypothesis(world: World, name: InvestigationId, channel: Channel) -> HypothesisStated:
    return HypothesisStated(
        hypothesis=HypothesisId(f"{name}-{channel.value}"),
        investigation=name,
        channel=channel,
        proposition=world.text("It came that way."),
        alternative=world.text("It came another way."),
        unit=Sealed(UNIT if channel is Channel.UNIT else None),
    )


F = TypeVar("F", FindingProposed, FindingMade)
F_ = TypeVar("F_", LinkageRun, CasualtiesEstimated)


def _found(kind: type[F], finding: FindingId, name: InvestigationId, world: World) -> F:
    return kind(
        finding=finding,
        investigation=name,
        compromise=LEAK,
        item=LEAKED,
        outcome=FindingOutcome.SUBSTANTIATED,
        grounds=world.text("The log of the gate says so."),
        units=(UNIT,),
    )


def suspension_of(world: World) -> SuspensionId:
    suspended = world.node.ledger.read(about(kinds=(CooperationSuspended,))).of(CooperationSuspended)
    return next(r.fact.suspension for r in suspended if r.fact.compromise == LEAK)


@dataclass(frozen=True)
class Everything:
    """The identifiers by which the addresses of this world are made."""

    world: World

    @cached_property
    def there(self) -> dict[str, str]:
        """For each part of an address, something that is there; where things belong to somebody, the partner's own."""
        return (
            FIXED
            | NAMES
            | {
                "telling": "tale",
                "request": "practice.open",
                "entry": str(self._verdict()),
                "release": "practice.disclosure",
                "copy": self.copy_for(PARTNER),
                "item": "practice.item-2",
                "dissent": "practice.dissent",
                "warning": "practice.warning",
                "threat": "practice.threat",
                "unit": "practice.unit",
                "person": "practice.case-agent",
                "agreement": "practice.agreement",
                "proposal": "practice.stricter",
                "compromise": "practice.leak",
                "investigation": "practice.inquiry",
                "evidence": "practice.inquiry-log",
                "proposed": "practice.proposed",
                "finding": "practice.finding",
                "suspension": suspension_of(self.world),
                "lifting": "practice.lifting",
                "operation": "practice.operation",
                "linkage": self._latest(LinkageRun).linkage,
                "estimate": self._latest(CasualtiesEstimated).estimate,
                "merge": "practice.merge",
                "split": "practice.split",
                "outside": "practice.outside",
                "report": "practice.report",
                "victim": "practice.victim",
                "incident": "practice.incident",
                "file": self._file(),
                "custody": "practice.custody",
                "position": "30",
                "log": self._log(),
                "signing": "nothing-waits",
                "session": "no-session",
                "key": "A" * 43,
                "grant": "no-grant",
                "invitation": "no-invitation",
                "role": "overseer",
                "account": "A" * 43,
                "token": "no-token",
                "machine": "no-machine",
            }
        )

    def _latest(self, kind: type[F_]) -> F_:
        return self.world.node.ledger.read(about(kinds=(kind,))).of(kind)[-1].fact

    def address(self, template: str, **other: str) -> str:
        """The address by this template of what is there, but for what is given."""
        known = self.there | other
        return "/".join(
            quote(known[part[1:-1].partition(":")[0]], safe="/") if part.startswith("{") else part
            for part in template.split("/")
        )

    def absent(self, template: str) -> str:
        """The same for what is not there, whatever it names."""
        numbers = {"entry": "999999", "position": "999999"}
        return self.address(template, **{name: numbers.get(name, ABSENT) for name in self.there})

    def copy_for(self, person: PersonId) -> str:
        copies = self.world.node.ledger.read(about(kinds=(CopyReleased,))).of(CopyReleased)
        return next(r.fact.copy for r in copies if r.fact.recipient == person)

    def _verdict(self) -> int:
        reached = self.world.node.ledger.read(about(kinds=(VerdictReached,))).of(VerdictReached)
        return next(r.position for r in reached if r.fact.request == "practice.open")

    def _file(self) -> str:
        return self.world.node.ledger.read(about(kinds=(FileKept,))).of(FileKept)[0].fact.file

    def _log(self) -> str:
        return self.world.node.ledger.read(about(kinds=(PartnerLogNamed,))).of(PartnerLogNamed)[0].fact.log
