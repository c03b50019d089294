"""Whoever acts holds the role: judged by the node with every command, once founders were named."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tearline.facts.admission import EndReason, FoundersNamed, RoleApproved, RoleEnded, RoleProposed
from tearline.facts.errors import Broken, Refused
from tearline.facts.history import Actor, Draft, Role, Told
from tearline.facts.identifiers import GrantId, OrganisationId, PersonId, UnitId
from tearline.facts.parties import OrganisationRegistered, UnitFormed
from tearline.folds.held import ITSELF
from tearline.jobs.checking import check_node
from tearline.ledger.ledger import Ledger
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.rooms.admission.roles import ApproveRole, NameFounders, ProposeRole
from tearline.rooms.parties.persons import EnrolPerson
from tearline.rooms.parties.units import FormUnit, RegisterOrganisation
from tests.nodes import KEYS, Clock, live_order
from tests.worlds import PROTOCOLS, World, on, person

ADAM = Actor(PersonId("adam"), Role.ADMINISTRATOR)
EVE = Actor(PersonId("eve"), Role.ADMINISTRATOR)
BEN = Actor(PersonId("ben"), Role.LIAISON)


def formed(name: str) -> UnitFormed:
    return UnitFormed(unit=UnitId(name), organisation=OrganisationId("agency"), name=name)


def unit(name: str) -> Order:
    return Order(command=FormUnit(formed(name)), by=BEN)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    """A node that is no demonstration, with people and nobody admitted."""
    node = Node(Ledger.make(f"sqlite:///{tmp_path}/ledger.db", KEYS, clock), PROTOCOLS, clock)
    agency = OrganisationRegistered(organisation=OrganisationId("agency"), name="Agency", country="Here")
    node.record(Order(command=RegisterOrganisation(agency), by=BEN))
    people = World().tell(*(person(name, "agency") for name in ("adam", "eve", "ben")))
    node.record_all([live_order(r) for r in people.facts])
    yield node
    node.close()


def found(node: Node) -> None:
    fact = FoundersNamed(founders=(PersonId("adam"), PersonId("eve")))
    node.record(Order(command=NameFounders(fact), by=ITSELF))


def admit(node: Node, role: Role, until: float = 30) -> None:
    """Give ben a role as two people's keys would: appended, for how they sign is told elsewhere."""
    grant, ben = GrantId("g-1"), PersonId("ben")
    given = World().tell(RoleProposed(grant=grant, person=ben, role=role, until=on(until)), by=ADAM)
    given = given.tell(RoleApproved(grant=grant, person=ben), by=EVE)
    append(node, given)


def append(node: Node, world: World) -> None:
    drafts = [Draft(fact=r.fact, happened_at=node.clock(), by=r.by) for r in world.facts]
    node.ledger.append(drafts, unless=None, after=0, key=f"{node.ledger.size()}")


def refused(node: Node, *orders: Order) -> str:
    before = node.ledger.size()
    with pytest.raises(Refused) as raised:
        node.record_all(orders)
    assert node.ledger.size() == before
    return raised.value.rule


def test_before_founders_are_named_the_command_line_says_who_acts(node: Node) -> None:
    node.record(unit("u-1"))


def test_once_founded_nobody_acts_in_a_role_that_nobody_gave(node: Node) -> None:
    found(node)
    assert refused(node, unit("u-1")) == "role-held"


def test_a_role_that_two_people_gave_is_enough(node: Node) -> None:
    found(node)
    admit(node, Role.LIAISON)
    node.record(unit("u-1"))


def test_another_role_does_not_do(node: Node) -> None:
    found(node)
    admit(node, Role.CASE_AGENT)
    assert refused(node, unit("u-1")) == "role-held"


def test_a_role_that_ended_does_not_do(node: Node, clock: Clock) -> None:
    found(node)
    admit(node, Role.LIAISON)
    ended = RoleEnded(person=PersonId("ben"), role=Role.LIAISON, reason=EndReason.LEFT)
    append(node, World().tell(ended, by=ADAM))
    assert refused(node, unit("u-1")) == "role-held"


def test_a_role_whose_time_has_passed_does_not_do(node: Node, clock: Clock) -> None:
    found(node)
    admit(node, Role.LIAISON, until=1)
    node.record(unit("u-1"))
    clock.now += timedelta(days=2)
    assert refused(node, unit("u-2")) == "role-held"


def test_an_act_of_the_node_under_another_name_is_nobodys(node: Node) -> None:
    found(node)
    fact = FoundersNamed(founders=(PersonId("ben"), PersonId("eve")))
    order = Order(command=NameFounders(fact), by=Actor(PersonId("ben"), Role.NODE))
    assert refused(node, order) == "role-held"


def test_a_node_that_does_not_ask_for_roles_is_found_out(node: Node) -> None:
    """Every signature and proof of it is right: only the roles say that ben could not have done this."""
    found(node)
    check_node(node)
    append(node, World().tell(formed("u-1"), by=BEN))
    node.ledger.check()
    with pytest.raises(Broken, match="did not hold this role"):
        check_node(node)


def test_a_clock_set_back_brings_no_role_back(node: Node, clock: Clock) -> None:
    """Roles end by the ledger's time, which never goes back, or an honest record would not pass its check."""
    found(node)
    clock.now += timedelta(days=31)
    append(
        node,
        World().tell(RoleEnded(person=PersonId("kim"), role=Role.LIAISON, reason=EndReason.LEFT), by=ADAM),
    )
    admit(node, Role.LIAISON, until=30)
    clock.now -= timedelta(days=31)
    assert refused(node, unit("u-1")) == "role-held"


def test_a_worked_case_gives_nobody_a_role(node: Node) -> None:
    """What it tells is signed by nobody, so that one case file would stand for the two people."""
    found(node)
    told = Told("mallory", node.clock(), "a source, ¶1")
    ann, bob = (Actor(PersonId(f"mallory.{name}"), Role.ADMINISTRATOR) for name in ("ann", "bob"))
    agency = OrganisationRegistered(organisation=OrganisationId("mallory.own"), name="Own", country="Here")
    mallory = Actor(PersonId("mallory"), Role.LIAISON)
    grant = GrantId("mallory.g")
    given: list[tuple[Command, Actor]] = [
        (RegisterOrganisation(agency), mallory),
        (EnrolPerson(person("mallory", "mallory.own")), mallory),
        (
            ProposeRole(
                RoleProposed(grant=grant, person=PersonId("mallory"), role=Role.LIAISON, until=on(30))
            ),
            ann,
        ),
        (ApproveRole(RoleApproved(grant=grant, person=PersonId("mallory"))), bob),
    ]
    orders = [Order(command=command, by=by, told=told) for command, by in given]
    assert refused(node, *orders) == "told-admits-nobody"
    outside = UnitFormed(unit=UnitId("u-1"), organisation=OrganisationId("agency"), name="u-1")
    assert refused(node, Order(command=FormUnit(outside), by=mallory)) == "role-held"
