"""A world in which an item was released in marked copies and leaked, and an investigation may trace what surfaces."""

from datetime import timedelta

from tearline.facts.fact import Sealed
from tearline.facts.history import Role, about
from tearline.facts.identifiers import (
    AdversaryId,
    AgreementId,
    CompromiseId,
    CourseId,
    InvestigationId,
    ItemId,
    OrganisationId,
    PersonId,
    PlanId,
    RequestId,
    SignOffId,
    TraceId,
    UnitId,
    VariantsId,
)
from tearline.facts.investigation import DecisionTimeDeclared
from tearline.facts.leaks import CompromiseReported, InvestigationOpened, Sureness
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.parties import (
    CourseHeld,
    OfficeTaken,
    Outcome,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
)
from tearline.facts.release import (
    Extent,
    Handling,
    InformationGrade,
    ItemRegistered,
    KnowersListed,
    Manner,
    PeopleAtRiskNamed,
    ProtectionPlanSet,
    ReleaseRequested,
    ReleaseSignedOff,
    SignOffLine,
    SourceGrade,
    Tlp,
)
from tearline.facts.tracing import Surfaced, TextSurfaced
from tearline.folds.marks import marked
from tearline.jobs.copies import OPENED
from tearline.rooms import Command
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.rooms.leaks.inquiring import DeclareDecisionTime, OpenInvestigation
from tearline.rooms.leaks.tracing import TraceText
from tearline.rooms.parties.persons import (
    DecidePersonVetting,
    EnrolPerson,
    HoldCourse,
    NameSuperior,
    TakeOffice,
)
from tearline.rooms.release.items import ListKnowers, NamePeopleAtRisk, RegisterItem, SetProtectionPlan
from tearline.rooms.release.marking import SetWordings
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease, SignOff
from tests.surfaced import PLAIN, WORDINGS
from tests.web.world import World, act, actor

ITEM, UNIT = ItemId("practice.item-3"), UnitId("practice.unit")
INQUIRY, LEAK = InvestigationId("practice.who-told"), CompromiseId("practice.told")
TRACES = f"/investigations/{INQUIRY}/traces"
AGENCY, POLICE = OrganisationId("practice.agency"), OrganisationId("practice.police")
RECIPIENTS = (
    actor(Role.PARTNER_LIAISON).person,
    PersonId("practice.sergeant"),
    PersonId("practice.analyst"),
    PersonId("practice.clerk"),
)


def marked_leak(world: World) -> World:
    """Four copies, a leak, an investigation, and a time of deciding that is a day away."""
    _joined(world)
    _registered(world)
    asked, agreement = RequestId("practice.marked"), AgreementId("practice.agreement")
    orders = act(
        Role.RELEASING_OFFICER,
        SetWordings(
            WordingVariantsSet(variants=VariantsId("practice.wordings"), item=ITEM, text=Sealed(WORDINGS))
        ),
    )
    orders += act(
        Role.CASE_AGENT,
        RequestRelease(
            ReleaseRequested(
                request=asked,
                item=ITEM,
                unit=UNIT,
                recipients=RECIPIENTS,
                extent=Extent.FULL,
                manner=Manner.COPY,
                purpose=Sealed(world.public("They act on the same target.")),
                agreement=agreement,
            )
        ),
    )
    for role, line in (
        (Role.RELEASING_OFFICER, SignOffLine.RELEASING),
        (Role.SOURCE_HANDLER, SignOffLine.SOURCE_HANDLING),
    ):
        signed = ReleaseSignedOff(sign_off=SignOffId(f"practice.m-{line.value}"), request=asked, line=line)
        orders += act(role, SignOff(signed))
    world.node.record_all([*orders, *act(Role.RELEASING_OFFICER, ReleaseItem(asked))])
    world.clock.move(days=1)
    leak = CompromiseReported(
        compromise=LEAK, item=ITEM, sure=Sureness.CONFIRMED, seen=world.text("It hung on a wall in the port.")
    )
    world.node.record_all(act(Role.HARM_DESK, ReportCompromise(leak)))
    return opened(world)


def opened(world: World, name: InvestigationId = INQUIRY) -> World:
    fact = InvestigationOpened(
        investigation=name,
        compromise=LEAK,
        item=ITEM,
        investigators=(actor(Role.INVESTIGATOR).person,),
        remit=world.text("Which copy it came from"),
    )
    world.node.record_all(act(Role.OVERSEER, OpenInvestigation(fact)))
    return world


def declared(world: World, *names: InvestigationId) -> World:
    """The time of deciding is declared, and has come."""
    at = world.clock() + timedelta(days=1)
    for name in names or (INQUIRY,):
        fact = DecisionTimeDeclared(investigation=name, decide_at=at)
        world.node.record_all(act(Role.INVESTIGATOR, DeclareDecisionTime(fact)))
    world.clock.move(days=2)
    return world


def copy_of(world: World, n: int = 1) -> str:
    """What the copy of the n-th recipient says."""
    known = world.node.ledger.read(about(kinds=(CopiesMarked, WordingVariantsSet)), opening=OPENED)
    how = marked(known, known.of(CopiesMarked)[0])
    assert how is not None
    return how.text(how.marking.copies[n])


def traced(world: World, text: str, name: str = "practice.trace", within: InvestigationId = INQUIRY) -> World:
    fact = TextSurfaced(
        trace=TraceId(name),
        investigation=within,
        item=ITEM,
        how=Surfaced.RETYPED,
        text=Sealed(text),
        whence=world.text("A poster on a wall in the port"),
    )
    world.node.record_all(act(Role.INVESTIGATOR, TraceText(fact)))
    return world


def _joined(world: World) -> None:
    """More people of the unit, who may be given anything."""
    now, names = world.clock(), RECIPIENTS[1:]
    commands: list[Command] = []
    for person, office in zip(names, ("sergeant", "analyst", "clerk"), strict=True):
        commands += [
            EnrolPerson(
                PersonEnrolled(
                    person=person, organisation=POLICE, description=world.text(office.capitalize())
                )
            ),
            TakeOffice(OfficeTaken(person=person, unit=UNIT, office=world.text(office))),
            DecidePersonVetting(
                PersonVettingDecided(
                    person=person,
                    outcome=Outcome.CLEARED,
                    decided_by=AGENCY,
                    deciding_office=world.text("vetting desk"),
                    valid_until=now + timedelta(days=300),
                )
            ),
            NameSuperior(SuperiorNamed(person=person, superior=PersonId("practice.commander"))),
        ]
    course = CourseHeld(
        course=CourseId("practice.third-course"),
        unit=UNIT,
        module=world.public("Handling what is passed on"),
        instructors=AGENCY,
        officers=len(names),
        persons=names,
        valid_until=now + timedelta(days=300),
    )
    world.node.record_all(act(Role.VETTING_OFFICER, *commands, HoldCourse(course)))


def _registered(world: World) -> None:
    cartel = AdversaryId("practice.cartel")
    orders = act(
        Role.CASE_AGENT,
        RegisterItem(
            ItemRegistered(
                item=ITEM,
                originator=AGENCY,
                holder=AGENCY,
                title=world.text("Round of the crew"),
                content=Sealed(PLAIN),
                source_code=Sealed("S-21"),
                source_grade=SourceGrade.RELIABLE,
                information_grade=InformationGrade.KNOWN_DIRECTLY,
                handling=Handling.PERMITTED,
                tlp=Tlp.AMBER,
                adversary=cartel,
            )
        ),
        ListKnowers(
            KnowersListed(item=ITEM, adversary=cartel, count=Sealed(30), who=world.text("the whole crew"))
        ),
        NamePeopleAtRisk(PeopleAtRiskNamed(item=ITEM, count=Sealed(2), who=world.text("two of the crew"))),
        SetProtectionPlan(
            ProtectionPlanSet(
                plan=PlanId("practice.plan-3"),
                item=ITEM,
                ready_from=world.clock(),
                measures=world.text("moved to another town"),
            )
        ),
    )
    world.node.record_all(orders)
