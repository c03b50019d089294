"""A node with a vetted unit, a chain of command and items, as large as a measurement needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import (
    AdversaryId,
    AgreementId,
    CourseId,
    ItemId,
    OrganisationId,
    PersonId,
    PlanId,
    RequestId,
    UnitId,
)
from tearline.facts.parties import (
    AgreementSigned,
    CourseHeld,
    OfficeTaken,
    OrganisationRegistered,
    Outcome,
    PersonEnrolled,
    PersonVettingDecided,
    SuperiorNamed,
    Terms,
    UnitFormed,
    UnitVettingDecided,
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
    SourceGrade,
    Tlp,
)
from tearline.node import Node, Order, make_node
from tearline.protocol import ParameterType
from tearline.rooms import Command
from tearline.rooms.parties.agreements import SignAgreement
from tearline.rooms.parties.persons import (
    DecidePersonVetting,
    EnrolPerson,
    HoldCourse,
    NameSuperior,
    TakeOffice,
)
from tearline.rooms.parties.units import DecideUnitVetting, FormUnit, RegisterOrganisation
from tearline.rooms.release.items import ListKnowers, NamePeopleAtRisk, RegisterItem, SetProtectionPlan
from tearline.rooms.release.requests import RequestRelease

AGENCY, POLICE, OVERSEER = OrganisationId("agency"), OrganisationId("police"), OrganisationId("overseer")
UNIT, AGREEMENT = UnitId("unit"), AgreementId("agreement")
VETTING = Actor(PersonId("vetting-officer"), Role.VETTING_OFFICER)
AGENT = Actor(PersonId("case-agent"), Role.CASE_AGENT)
SENIOR = Actor(PersonId("senior-officer"), Role.SENIOR_OFFICER)
YEAR = timedelta(days=365)


@contextmanager
def fresh_node() -> Iterator[Node]:
    """A new node in a temporary folder, on the system's clock."""
    with TemporaryDirectory() as folder:
        node = make_node(Path(folder) / "node", origin="bench.invalid/tearline", demo=True)
        yield node
        node.ledger.close()


def person(n: int) -> PersonId:
    return PersonId(f"person-{n}")


def item(n: int) -> ItemId:
    return ItemId(f"item-{n}")


def populate(node: Node, *, chain: int, items: int = 1) -> None:
    """One vetted unit whose first person answers upwards through ``chain`` people, and ``items`` items."""
    now = node.clock()
    orders: list[tuple[Actor, Command]] = [
        (VETTING, RegisterOrganisation(OrganisationRegistered(organisation=o, name=o, country="X")))
        for o in (AGENCY, POLICE, OVERSEER)
    ]
    orders.append((VETTING, FormUnit(UnitFormed(unit=UNIT, organisation=POLICE, name="Vetted unit"))))
    orders.append(
        (
            VETTING,
            DecideUnitVetting(
                UnitVettingDecided(
                    unit=UNIT, outcome=Outcome.CLEARED, decided_by=AGENCY, valid_until=now + YEAR
                )
            ),
        )
    )
    for n in range(chain):
        orders += _person(n, now)
    course = CourseHeld(
        course=CourseId("course"),
        unit=UNIT,
        module="handling",
        instructors=AGENCY,
        officers=chain,
        persons=tuple(person(n) for n in range(chain)),
        valid_until=now + YEAR,
    )
    orders.append((VETTING, HoldCourse(course)))
    orders.append((SENIOR, SignAgreement(_agreement(node, chain, now))))
    for n in range(items):
        orders += _item(n, now)
    node.record_all([Order(command=command, by=by) for by, command in orders])


def fill(node: Node, facts: int) -> None:
    """Items, each with its request, until the ledger holds as many facts."""
    n = 1
    while node.ledger.size() < facts:
        numbers = range(n, n + 100)
        node.record_all(
            [Order(command=command, by=by) for k in numbers for by, command in _item(k, node.clock())]
        )
        node.record_all([request(k, item(k)) for k in numbers])
        n += 100


def request(n: int, of: ItemId) -> Order:
    """A request to tell the unit that the item exists."""
    asked = ReleaseRequested(
        request=RequestId(f"request-{n}"),
        item=of,
        unit=UNIT,
        recipients=(person(0),),
        extent=Extent.EXISTENCE,
        manner=Manner.COPY,
        purpose=Sealed("the unit is about to act on the same target"),
        agreement=AGREEMENT,
    )
    return Order(command=RequestRelease(asked), by=AGENT)


def _person(n: int, now: datetime) -> list[tuple[Actor, Command]]:
    me = person(n)
    vetting = PersonVettingDecided(
        person=me,
        outcome=Outcome.CLEARED,
        decided_by=AGENCY,
        deciding_office=Sealed("vetting desk"),
        valid_until=now + YEAR,
    )
    orders: list[tuple[Actor, Command]] = [
        (
            VETTING,
            EnrolPerson(PersonEnrolled(person=me, organisation=POLICE, description=Sealed(f"officer {n}"))),
        ),
        (VETTING, TakeOffice(OfficeTaken(person=me, unit=UNIT, office=Sealed(f"office {n}")))),
        (VETTING, DecidePersonVetting(vetting)),
    ]
    if n:
        orders.append((VETTING, NameSuperior(SuperiorNamed(person=person(n - 1), superior=me))))
    return orders


def _agreement(node: Node, chain: int, now: datetime) -> AgreementSigned:
    pack = node.protocols["cross-border/1"]
    values: dict[ParameterType, int | str | bool] = {
        ParameterType.DURATION: "365d",
        ParameterType.INT: 2,
        ParameterType.BOOL: True,
        ParameterType.STRING: "stated",
    }
    terms = Terms(
        own=AGENCY,
        partner=POLICE,
        overseer=OVERSEER,
        own_signatory=person(chain - 1),
        partner_signatory=person(chain - 1),
        protocol=pack.id,
        parameters={p.name: values[p.type] for p in pack.parameters},
        valid_until=now + YEAR,
    )
    return AgreementSigned(agreement=AGREEMENT, name="Working agreement", terms=terms)


def _item(n: int, now: datetime) -> list[tuple[Actor, Command]]:
    registered = ItemRegistered(
        item=item(n),
        originator=AGENCY,
        holder=AGENCY,
        title=Sealed(f"Item {n}"),
        content=Sealed("identifiers of devices " * 10),
        source_code=Sealed(f"S-{n}"),
        source_grade=SourceGrade.RELIABLE,
        information_grade=InformationGrade.KNOWN_DIRECTLY,
        handling=Handling.PERMITTED,
        tlp=Tlp.AMBER,
        perishes_at=now + timedelta(days=20),
    )
    knowers = KnowersListed(
        item=item(n), adversary=AdversaryId("adversary"), count=Sealed(12), who=Sealed("a cell")
    )
    at_risk = PeopleAtRiskNamed(item=item(n), count=Sealed(4), who=Sealed("the source's family"))
    plan = ProtectionPlanSet(
        plan=PlanId(f"plan-{n}"), item=item(n), ready_from=now, measures=Sealed("moved to another town")
    )
    return [
        (AGENT, RegisterItem(registered)),
        (AGENT, ListKnowers(knowers)),
        (AGENT, NamePeopleAtRisk(at_risk)),
        (AGENT, SetProtectionPlan(plan)),
    ]
