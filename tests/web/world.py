"""A small world for the pages: one live agreement to practise with, and one worked case that went wrong.

Everything in it is invented. Live identifiers begin with ``practice.``, and so do the persons that the
demonstration's identities act as.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from fastapi import FastAPI

from tearline.facts.fact import Sealed
from tearline.facts.harm import CountDocumented, Credibility, Harm, HarmReported, Reliability, SourceClass
from tearline.facts.history import Actor, Precision, Role, Told
from tearline.facts.identifiers import (
    AdversaryId,
    AgreementId,
    AllegationId,
    CaveatId,
    CompromiseId,
    CountId,
    CourseId,
    DissentId,
    ItemId,
    OperationId,
    OrganisationId,
    PersonId,
    PlanId,
    ProposalId,
    ReleaseId,
    ReportId,
    ResultId,
    TellingId,
    ThreatId,
    TollId,
    UnitId,
    WarningId,
)
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.facts.operations import (
    CaveatDeclared,
    Credit,
    OperationDeclared,
    ResultCounted,
    ResultKind,
    Retaliation,
    TollKind,
    TollRecorded,
)
from tearline.facts.oversight import TellingOpened
from tearline.facts.parties import (
    AgreementSigned,
    AllegationKind,
    AllegationRecorded,
    AllegationStanding,
    CourseHeld,
    OfficeTaken,
    OrganisationRegistered,
    Outcome,
    PersonEnrolled,
    PersonVettingDecided,
    ProtocolAppliedInHindsight,
    SuperiorNamed,
    Terms,
    UnitFormed,
    UnitVettingDecided,
)
from tearline.facts.protocols import ProtocolProposalWithdrawn
from tearline.facts.release import (
    DisclosureRecorded,
    DissentRecorded,
    Extent,
    Handling,
    InformationGrade,
    ItemRegistered,
    KnowersListed,
    Manner,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    SourceGrade,
    SourceWarned,
    Tlp,
    Use,
    WarningKind,
)
from tearline.facts.screening import (
    EuropolCode,
    EuropolCodesSet,
    EuropolInformation,
    EuropolSource,
    ItemScreened,
    OriginatorAnswered,
    OriginatorsAnswer,
    ProtectedActivity,
    SourceContactApproved,
    SourceStandingStated,
    Standing,
    Treatment,
)
from tearline.facts.warnings import ThreatAssessed, ThreatHarm
from tearline.node import Node, Order
from tearline.protocol import ParameterType
from tearline.rooms import Command
from tearline.rooms.harm import DocumentCount, ReportHarm
from tearline.rooms.leaks.compromises import RecordCompromiseAsItHappened
from tearline.rooms.logs.naming import NamePartnerLog
from tearline.rooms.logs.received import ReceiveCheckpoint, RecordFork, RecordUnproven, ShowConsistency
from tearline.rooms.operations import CountResult, DeclareCaveat, DeclareOperation, RecordToll
from tearline.rooms.oversight import OpenTelling
from tearline.rooms.parties.agreements import ApplyProtocolInHindsight, SignAgreement
from tearline.rooms.parties.persons import (
    DecidePersonVetting,
    EnrolPerson,
    HoldCourse,
    NameSuperior,
    TakeOffice,
)
from tearline.rooms.parties.units import DecideUnitVetting, FormUnit, RecordAllegation, RegisterOrganisation
from tearline.rooms.protocols import ProposeProtocol, SignProtocol, WithdrawProposal
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.items import (
    ListKnowers,
    NamePeopleAtRisk,
    RecordSourceWarning,
    RegisterItem,
    SetProtectionPlan,
)
from tearline.rooms.release.outside import RecordDisclosure
from tearline.rooms.release.screening import (
    ApproveSourceContact,
    RecordOriginatorsAnswer,
    ScreenItem,
    SetEuropolCodes,
    StateSourceStanding,
)
from tearline.rooms.warnings import AssessThreat
from tests.logs import fork, named, received, shown, unproven
from tests.protocols import LOOSER, STRICTER

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
ROLES = [r for r in Role if r not in (Role.NODE, Role.CHRONICLER)]
CHRONICLER = Actor(PersonId("chronicler"), Role.CHRONICLER)


@dataclass
class Clock:
    """Stands still until it is moved on."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(eq=False)
class World:
    """Texts that people write can be replaced, to see that markup in them stays text."""

    node: Node
    clock: Clock
    spice: str = ""
    people: dict[str, str] = field(default_factory=dict)
    site: FastAPI | None = None
    """Where visitors come, once the first has come."""

    def text(self, words: str) -> Sealed[str]:
        return Sealed(words + self.spice)

    def public(self, words: str) -> str:
        return words + self.spice


def actor(role: Role) -> Actor:
    return Actor(PersonId(f"practice.{role.value}"), role)


def act(role: Role, *commands: Command) -> list[Order]:
    return [Order(command=c, by=actor(role)) for c in commands]


def populate(world: World) -> World:
    world.node.record_all(live(world))
    world.node.record_all(_told(world))
    world.node.record_all(_logs(world))
    world.node.record_all(_protocols(world))
    return world


def _protocols(world: World) -> list[Order]:
    """A text that one of two has signed, and one that came to nothing."""
    marked = json.dumps(world.public("Only a tearline version is passed on."), ensure_ascii=False)
    text = (
        STRICTER.replace('"Only a tearline version is passed on."', marked) + f"# {world.public('Draft.')}\n"
    )
    proposal, hasty = ProposalId("practice.stricter"), ProposalId("practice.hasty")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    withdrawn = ProtocolProposalWithdrawn(proposal=hasty, reasons=world.text("It was hasty."))
    return [
        *act(
            Role.LIAISON,
            ProposeProtocol(
                proposal=proposal,
                text=text,
                agreements=(AgreementId("practice.agreement"),),
                parameters={},
            ),
            ProposeProtocol(proposal=hasty, text=LOOSER, parameters={}),
            WithdrawProposal(withdrawn),
        ),
        *act(Role.RELEASING_OFFICER, SignProtocol(proposal=proposal, sha256=sha256)),
    ]


def _logs(world: World) -> list[Order]:
    """The police's log shows one history; the senate's showed two, and one person has named another in its place."""
    police, senate = OrganisationId("practice.police"), OrganisationId("practice.overseer")
    forked, second = "senate.example/log", "senate.example/second"
    url = world.public("https://partner.example/ledger")
    of_police = replace(received(5), organisation=police)
    evidence = replace(fork(5, 9, origin=forked), organisation=senate)
    return [
        *act(
            Role.LIAISON,
            NamePartnerLog(named(of=police, url=url)),
            ReceiveCheckpoint(of_police),
            RecordUnproven(replace(unproven(7, held=5), organisation=police)),
            ShowConsistency(replace(shown(7, fits=5), organisation=police)),
            NamePartnerLog(named(forked, of=senate, url=url)),
            ReceiveCheckpoint(replace(received(5, origin=forked), organisation=senate)),
            RecordFork(evidence),
            NamePartnerLog(named(second, of=senate, url=url, replaces=forked)),
        )
    ]


def _parameters(node: Node) -> dict[str, int | str | bool]:
    values: dict[ParameterType, int | str | bool] = {
        ParameterType.DURATION: "30d",
        ParameterType.INT: 2,
        ParameterType.BOOL: True,
        ParameterType.STRING: "stated",
    }
    stated = {p.name: values[p.type] for p in node.protocols["cross-border/1"].parameters}
    return stated | {"revetting": "400d", "min_knowers": 5, "answer_within": "2d", "warning_within": "24h"}


def live(world: World) -> list[Order]:
    """A live agreement to practise with, and who and what it takes."""
    now = world.clock()
    agency, police, senate = (OrganisationId(f"practice.{o}") for o in ("agency", "police", "overseer"))
    unit = UnitId("practice.unit")
    orders = act(
        Role.VETTING_OFFICER,
        *(
            RegisterOrganisation(
                OrganisationRegistered(organisation=o, name=world.public(name), country=world.public(country))
            )
            for o, name, country in (
                (agency, "Agency North", "Northland"),
                (police, "Police of the South", "Southland"),
                (senate, "Oversight Committee", "Northland"),
            )
        ),
        FormUnit(UnitFormed(unit=unit, organisation=police, name=world.public("Liaison Unit South"))),
    )
    vetted_at = now - timedelta(days=60)
    orders.append(
        Order(
            command=DecideUnitVetting(
                UnitVettingDecided(
                    unit=unit, outcome=Outcome.CLEARED, decided_by=agency, valid_until=now + YEAR
                )
            ),
            by=actor(Role.VETTING_OFFICER),
            at=vetted_at,
        )
    )
    for role in ROLES:
        home = police if role is Role.PARTNER_LIAISON else senate if role is Role.OVERSEER else agency
        orders += act(
            Role.VETTING_OFFICER,
            EnrolPerson(
                PersonEnrolled(
                    person=actor(role).person, organisation=home, description=world.text(role.words.en)
                )
            ),
        )
    southern = [PersonId(f"practice.{p}") for p in ("commander", "director")]
    for person, described in zip(southern, ("Commander of the unit", "Director of police"), strict=True):
        orders += act(
            Role.VETTING_OFFICER,
            EnrolPerson(
                PersonEnrolled(person=person, organisation=police, description=world.text(described))
            ),
        )
    line = [actor(Role.PARTNER_LIAISON).person, *southern]
    for person, office in zip(line, ("liaison officer", "commander", "director"), strict=True):
        orders += act(
            Role.VETTING_OFFICER,
            TakeOffice(OfficeTaken(person=person, unit=unit, office=world.text(office))),
        )
        orders.append(
            Order(
                command=DecidePersonVetting(
                    PersonVettingDecided(
                        person=person,
                        outcome=Outcome.CLEARED,
                        decided_by=agency,
                        deciding_office=world.text("vetting desk"),
                        valid_until=now + YEAR,
                    )
                ),
                by=actor(Role.VETTING_OFFICER),
                at=vetted_at,
            )
        )
    pairs = [
        *pairwise(line),
        (actor(Role.CASE_AGENT).person, actor(Role.SENIOR_OFFICER).person),
    ]
    orders += act(
        Role.VETTING_OFFICER,
        *(NameSuperior(SuperiorNamed(person=low, superior=high)) for low, high in pairs),
    )
    orders += act(
        Role.VETTING_OFFICER,
        HoldCourse(
            CourseHeld(
                course=CourseId("practice.course"),
                unit=unit,
                module=world.public("Handling what is passed on"),
                instructors=agency,
                officers=1,
                persons=(line[0],),
                valid_until=now + YEAR,
            )
        ),
    )
    terms = Terms(
        own=agency,
        partner=police,
        overseer=senate,
        own_signatory=actor(Role.SENIOR_OFFICER).person,
        partner_signatory=southern[-1],
        protocol="cross-border/1",
        parameters=_parameters(world.node),
        valid_until=now + 2 * YEAR,
    )
    agreement = AgreementId("practice.agreement")
    orders += act(
        Role.SENIOR_OFFICER,
        SignAgreement(
            AgreementSigned(agreement=agreement, name=world.public("Working agreement"), terms=terms)
        ),
    )
    orders += _items(world, agency)
    orders += _findings(world, unit)
    return orders + _operation(world, agreement, agency, police)


def _items(world: World, agency: OrganisationId) -> list[Order]:
    now = world.clock()
    orders: list[Order] = []
    for item, title in (("practice.item-1", "Route of a shipment"), ("practice.item-2", "Meeting place")):
        orders += act(
            Role.CASE_AGENT,
            RegisterItem(
                ItemRegistered(
                    item=ItemId(item),
                    originator=agency,
                    holder=agency,
                    title=world.text(title),
                    content=world.text("Lorries leave on the third day."),
                    source_code=Sealed("S-17"),
                    source_grade=SourceGrade.RELIABLE,
                    information_grade=InformationGrade.KNOWN_DIRECTLY,
                    handling=Handling.CONDITIONS,
                    tlp=Tlp.AMBER_STRICT,
                    conditions=Sealed(world.public("Not to be used in court.")),
                    adversary=AdversaryId("practice.cartel"),
                    perishes_at=now + timedelta(days=20),
                )
            ),
            ListKnowers(
                KnowersListed(
                    item=ItemId(item),
                    adversary=AdversaryId("practice.cartel"),
                    count=Sealed(12),
                    who=world.text("the drivers of the depot"),
                )
            ),
            NamePeopleAtRisk(
                PeopleAtRiskNamed(item=ItemId(item), count=Sealed(4), who=world.text("the source's family"))
            ),
            SetProtectionPlan(
                ProtectionPlanSet(
                    plan=PlanId(item.replace("item", "plan")),
                    item=ItemId(item),
                    ready_from=now,
                    measures=world.text("moved to another town"),
                )
            ),
        )
    return orders


def _findings(world: World, unit: UnitId) -> list[Order]:
    """What was found out about the second item."""
    item = ItemId("practice.item-2")
    screened = ItemScreened(
        item=item,
        suspicion=Sealed(world.public("Seen there twice")),
        protected=ProtectedActivity.RELATED,
        lawful=True,
        control_official=actor(Role.CASE_AGENT).person,
    )
    dropped = SourceStandingStated(
        item=item, standing=Standing.DROPPED, review_due=world.clock() + timedelta(days=30), promised=True
    )
    threat = ThreatAssessed(
        threat=ThreatId("practice.threat"),
        item=item,
        harm=ThreatHarm.KIDNAPPING,
        credible=True,
        specific=True,
        impending=True,
        whom=world.text("the shopkeeper"),
    )
    codes = EuropolCodesSet(
        item=item,
        source=EuropolSource.B,
        information=EuropolInformation.KNOWN_TO_SOURCE,
        codes=(EuropolCode.H1, EuropolCode.H3),
        text=Sealed(world.public("Ask before it is quoted")),
    )
    answer = OriginatorAnswered(
        item=item,
        unit=unit,
        answer=OriginatorsAnswer.CONDITIONS,
        use=Use.CRIME,
        court=False,
        requires=(Treatment.SANITISE,),
        conditions=Sealed(world.public("Not in writing")),
    )
    approved = SourceContactApproved(item=item, reasons=world.text("Nobody else knows"))
    return [
        *act(Role.SOURCE_HANDLER, ScreenItem(screened), StateSourceStanding(dropped), AssessThreat(threat)),
        *act(Role.LIAISON, SetEuropolCodes(codes), RecordOriginatorsAnswer(answer)),
        *act(Role.SENIOR_OFFICER, ApproveSourceContact(approved)),
    ]


def _operation(
    world: World, agreement: AgreementId, agency: OrganisationId, police: OrganisationId
) -> list[Order]:
    operation = OperationId("practice.operation")
    return act(
        Role.OPERATIONS_PLANNER,
        DeclareOperation(
            OperationDeclared(
                operation=operation,
                name=world.public("Bridge"),
                organisations=(agency, police),
                aim=world.public("Fewer weapons across the bridge"),
                place=world.public("The bridge"),
                agreement=agreement,
            )
        ),
        DeclareCaveat(
            CaveatDeclared(
                caveat=CaveatId("practice.caveat"),
                agreement=agreement,
                organisation=police,
                limit=world.public("Our officers do not detain our own nationals for crossing."),
            )
        ),
        CountResult(
            ResultCounted(
                result=ResultId("practice.result"),
                operation=operation,
                kind=ResultKind.WEAPONS,
                figure=5,
                as_said=world.public("five rifles"),
                counted_by=agency,
                credit=Credit.UNKNOWN,
            )
        ),
        RecordToll(
            TollRecorded(
                toll=TollId("practice.toll"),
                operation=operation,
                kind=TollKind.ATTACK,
                what=world.public("Stones were thrown at a patrol"),
                killed=0,
                injured=1,
                retaliation=Retaliation.SUSPECTED,
            )
        ),
    )


def _told(world: World) -> list[Order]:
    told = Telling(world, "tale")
    told.say(
        1997,
        OpenTelling(
            TellingOpened(
                telling=TellingId("tale"),
                case_en=world.public("An invented case"),
                case_es=world.public("Un caso inventado"),
                title_en="As it happened",
                title_es="Como ocurrió",
                about_en=world.public("A unit was told, and people died."),
                about_es=world.public("Se dijo a una unidad, y hubo muertos."),
                sources=(world.public("A book, 2017"),),
            )
        ),
    )
    agency, police, senate = (OrganisationId(told.name(o)) for o in ("agency", "police", "senate"))
    unit, boss, officer = (
        UnitId(told.name("unit")),
        PersonId(told.name("boss")),
        PersonId(told.name("officer")),
    )
    item, agreement = ItemId(told.name("item")), AgreementId(told.name("yardstick"))
    release, leak = ReleaseId(told.name("telling")), CompromiseId(told.name("leak"))
    for organisation, name in (
        (agency, "The agency"),
        (police, "Federal police"),
        (senate, "Senate committee"),
    ):
        told.say(
            1997,
            RegisterOrganisation(
                OrganisationRegistered(organisation=organisation, name=world.public(name), country="X")
            ),
        )
    told.say(1997, FormUnit(UnitFormed(unit=unit, organisation=police, name=world.public("Sensitive unit"))))
    for person, described in ((boss, "Supervisor of the unit"), (officer, "Officer of the unit")):
        told.say(
            1998,
            EnrolPerson(
                PersonEnrolled(person=person, organisation=police, description=world.text(described))
            ),
        )
        told.say(1998, TakeOffice(OfficeTaken(person=person, unit=unit, office=world.text(described))))
    told.say(1998, NameSuperior(SuperiorNamed(person=officer, superior=boss)))
    told.say(1999, _vetting(world, boss, Outcome.EXEMPT, police, None))
    told.say(2010, _vetting(world, officer, Outcome.CLEARED, agency, datetime(2013, 1, 1, tzinfo=UTC)))
    told.say(
        2009,
        RecordAllegation(
            AllegationRecorded(
                allegation=AllegationId(told.name("history")),
                unit=unit,
                kind=AllegationKind.LEAK,
                standing=AllegationStanding.CREDIBLE,
                account=world.text("It has leaked before."),
            )
        ),
    )
    terms = Terms(
        own=agency,
        partner=police,
        overseer=senate,
        own_signatory=None,
        partner_signatory=boss,
        protocol="cross-border/1",
        parameters=_parameters(world.node),
        valid_until=datetime(2030, 1, 1, tzinfo=UTC),
    )
    told.say(
        2011,
        ApplyProtocolInHindsight(
            ProtocolAppliedInHindsight(agreement=agreement, name=world.public("Yardstick"), terms=terms)
        ),
    )
    told.say(
        2011,
        RegisterItem(
            ItemRegistered(
                item=item,
                originator=agency,
                holder=agency,
                title=world.text("Identifiers of telephones"),
                content=world.text("Numbers by which telephones can be found"),
                source_code=Sealed("S-1"),
                source_grade=SourceGrade.RELIABLE,
                information_grade=InformationGrade.KNOWN_DIRECTLY,
                handling=Handling.PERMITTED,
                tlp=Tlp.RED,
                perishes_at=datetime(2011, 4, 10, tzinfo=UTC),
            )
        ),
        RecordSourceWarning(
            SourceWarned(
                warning=WarningId(told.name("warning")),
                item=item,
                kind=WarningKind.BLOODSHED,
                words=world.text("There will be a bloodbath."),
            )
        ),
        RecordDissent(
            DissentRecorded(
                dissent=DissentId(told.name("dissent")), item=item, reasons=world.text("They leak.")
            )
        ),
        RecordDisclosure(
            DisclosureRecorded(
                release=release,
                item=item,
                unit=unit,
                recipients=(officer,),
                extent=Extent.EXISTENCE,
                manner=Manner.ORAL,
                decided_by=world.text("A supervisor"),
                agreement=agreement,
            )
        ),
        RecordCompromiseAsItHappened(
            CompromiseReported(
                compromise=leak,
                item=item,
                sure=Sureness.CONFIRMED,
                seen=world.text("They knew within days."),
                adversary=AdversaryId(told.name("cartel")),
            )
        ),
    )
    for number, (who, least) in enumerate((("A state", 28), ("Reporters", 60), ("A former governor", 300))):
        told.say(
            2016,
            DocumentCount(
                CountDocumented(
                    count=CountId(told.name(f"count-{number}")),
                    counted_by=world.public(who),
                    least=least,
                    most=None if least == 60 else least,
                    unit=world.public("people killed or disappeared"),
                    area=world.public("the town"),
                    said_in="2016",
                    compromise=leak,
                )
            ),
        )
    told.say(
        2016,
        ReportHarm(
            HarmReported(
                report=ReportId(told.name("report")),
                source_class=SourceClass.RELATIVE,
                source=world.text("A sister"),
                account=world.text("He was taken from the gymnasium."),
                harm=Harm.DISAPPEARED,
                least=1,
                most=1,
                place=world.public("The town"),
                reliability=Reliability.B,
                credibility=Credibility.PROBABLY,
                first_day=date(2011, 3, 18),
                compromise=leak,
            )
        ),
    )
    return told.orders


def _vetting(
    world: World, person: PersonId, outcome: Outcome, by: OrganisationId, until: datetime | None
) -> DecidePersonVetting:
    return DecidePersonVetting(
        PersonVettingDecided(
            person=person,
            outcome=outcome,
            decided_by=by,
            deciding_office=world.text("the ministry"),
            valid_until=until,
        )
    )


@dataclass
class Telling:
    """Orders of one worked case, each a day after the one before it in its year."""

    world: World
    called: str
    orders: list[Order] = field(default_factory=list)

    def name(self, what: str) -> str:
        return f"{self.called}.{what}"

    def say(self, year: int, *commands: Command) -> None:
        for command in commands:
            at = datetime(year, 3, 1, 12, tzinfo=UTC) + timedelta(days=len(self.orders) % 300)
            self.orders.append(
                Order(
                    command=command,
                    by=CHRONICLER,
                    at=at,
                    precision=Precision.DAY,
                    told=Told(
                        self.called, at, f"an invented account ¶{len(self.orders) + 1}" + self.world.spice
                    ),
                )
            )
