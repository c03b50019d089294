"""Roles: two people give one, duties that exclude each other stay apart, and a role ends."""

from datetime import timedelta

import pytest

from tearline.facts.admission import EndReason, FoundersNamed, RoleApproved, RoleEnded, RoleProposed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import GrantId, PersonId
from tearline.folds.admission import ALONE, apart, asks_roles_of, roles_of
from tearline.rooms.admission.roles import ApproveRole, EndRole, NameFounders, ProposeRole
from tests.rooms.rows import Row, check
from tests.worlds import ANA, NOON, World, on, partners, person

NODE = Actor(PersonId("node"), Role.NODE)
ADAM = Actor(PersonId("adam"), Role.ADMINISTRATOR)
EVE = Actor(PersonId("eve"), Role.ADMINISTRATOR)
SENIOR = Actor(PersonId("eve"), Role.SENIOR_OFFICER)


def founders(*names: str) -> FoundersNamed:
    return FoundersNamed(founders=tuple(PersonId(n) for n in names))


def proposal(
    name: str = "ben", role: Role = Role.CASE_AGENT, days: float = 300, grant: str = "g-1"
) -> RoleProposed:
    return RoleProposed(grant=GrantId(grant), person=PersonId(name), role=role, until=on(days))


def approval(name: str = "ben", grant: str = "g-1") -> RoleApproved:
    return RoleApproved(grant=GrantId(grant), person=PersonId(name))


def end(name: str = "ben", role: Role = Role.CASE_AGENT) -> RoleEnded:
    return RoleEnded(person=PersonId(name), role=role, reason=EndReason.MOVED)


def enrolled() -> World:
    """A node's first people: adam, eve and ben."""
    return partners().tell(*(person(n) for n in ("adam", "eve", "ben")), at=on(-50))


def begun() -> World:
    return enrolled().tell(founders("adam", "eve"), by=NODE, at=on(-40))


def asked(**by: object) -> World:
    return begun().tell(proposal(**by), by=ADAM, at=on(-5))  # type: ignore[arg-type]  # as proposal takes them


def given(role: Role = Role.CASE_AGENT) -> World:
    return asked(role=role).tell(approval(), by=EVE, at=on(-4))


ACCEPTED = [
    Row(
        claim="two founders",
        order=NameFounders(founders("adam", "eve")),
        by=NODE,
        world=enrolled(),
        gives=(FoundersNamed,),
    ),
    Row(
        claim="a role proposed", order=ProposeRole(proposal()), by=ADAM, world=begun(), gives=(RoleProposed,)
    ),
    Row(
        claim="a role approved by another",
        order=ApproveRole(approval()),
        by=EVE,
        world=asked(),
        gives=(RoleApproved,),
    ),
    Row(
        claim="a senior officer approves",
        order=ApproveRole(approval()),
        by=SENIOR,
        world=asked(),
        gives=(RoleApproved,),
    ),
    Row(
        claim="an overseer may audit",
        order=ProposeRole(proposal(role=Role.AUDITOR, grant="g-2")),
        by=ADAM,
        world=given(Role.OVERSEER),
        gives=(RoleProposed,),
    ),
    Row(claim="a role ended", order=EndRole(end()), by=ADAM, world=given(), gives=(RoleEnded,)),
    Row(
        claim="a role laid down by who holds it",
        order=EndRole(end()),
        by=Actor(PersonId("ben"), Role.CASE_AGENT),
        world=given(),
        gives=(RoleEnded,),
    ),
]
REFUSED = [
    Row(
        claim="one founder",
        order=NameFounders(founders("adam")),
        by=NODE,
        world=enrolled(),
        refused="two-founders",
    ),
    Row(
        claim="one founder twice",
        order=NameFounders(founders("adam", "adam")),
        by=NODE,
        world=enrolled(),
        refused="two-founders",
    ),
    Row(
        claim="founders again",
        order=NameFounders(founders("eve", "ben")),
        by=NODE,
        world=begun(),
        refused="founded-once",
    ),
    Row(
        claim="a founder nobody enrolled",
        order=NameFounders(founders("adam", "nobody")),
        by=NODE,
        world=enrolled(),
        refused="known",
    ),
    Row(
        claim="a role for nobody",
        order=ProposeRole(proposal("nobody")),
        by=ADAM,
        world=begun(),
        refused="known",
    ),
    Row(claim="a grant's name again", order=ProposeRole(proposal()), by=ADAM, world=asked(), refused="once"),
    Row(
        claim="a role for oneself",
        order=ProposeRole(proposal("adam")),
        by=ADAM,
        world=begun(),
        refused="nobody-admits-themselves",
    ),
    Row(
        claim="the node's own role",
        order=ProposeRole(proposal(role=Role.NODE)),
        by=ADAM,
        world=begun(),
        refused="a-persons-role",
    ),
    Row(
        claim="a role that has ended",
        order=ProposeRole(proposal(days=0)),
        by=ADAM,
        world=begun(),
        refused="a-role-ends",
    ),
    Row(
        claim="a role for ever",
        order=ProposeRole(proposal(days=2000)),
        by=ADAM,
        world=begun(),
        refused="a-role-ends",
    ),
    Row(
        claim="an administrator who is also a case agent",
        order=ProposeRole(proposal(role=Role.ADMINISTRATOR, grant="g-2")),
        by=ADAM,
        world=given(),
        refused="duties-apart",
    ),
    Row(
        claim="two roles proposed that do not go together",
        order=ApproveRole(approval(grant="g-2")),
        by=EVE,
        world=given().tell(proposal(role=Role.OVERSEER, grant="g-2"), by=ADAM, at=on(-3)),
        refused="duties-apart",
    ),
    Row(
        claim="no such grant",
        order=ApproveRole(approval(grant="g-9")),
        by=EVE,
        world=asked(),
        refused="known",
    ),
    Row(claim="another's grant", order=ApproveRole(approval("eve")), by=EVE, world=asked(), refused="known"),
    Row(
        claim="approved by who proposed",
        order=ApproveRole(approval()),
        by=ADAM,
        world=asked(),
        refused="two-people",
    ),
    Row(
        claim="approved by who gets it",
        order=ApproveRole(approval("eve")),
        by=EVE,
        world=asked(name="eve"),
        refused="nobody-admits-themselves",
    ),
    Row(claim="approved again", order=ApproveRole(approval()), by=SENIOR, world=given(), refused="once"),
    Row(
        claim="approved too late",
        order=ApproveRole(approval()),
        by=EVE,
        world=asked(days=1),
        now=on(2),
        refused="a-role-ends",
    ),
    Row(claim="a role nobody gave", order=EndRole(end()), by=ADAM, world=asked(), refused="holds-the-role"),
    Row(claim="another's role", order=EndRole(end()), by=ANA, world=given(), refused="ones-own-role"),
    Row(
        claim="the second last administrator",
        order=EndRole(end("eve", Role.ADMINISTRATOR)),
        by=ADAM,
        world=begun(),
        refused="two-administrators",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED, ids=str)
def test_what_is_admitted(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", REFUSED, ids=str)
def test_what_is_refused(row: Row) -> None:
    check(row)


def test_a_role_is_held_from_its_approval_to_its_end() -> None:
    ben = PersonId("ben")
    assert roles_of(asked().history, ben, NOON) == {}
    assert roles_of(given().history, ben, NOON) == {Role.CASE_AGENT: on(300)}
    assert roles_of(given().history, ben, on(300) - timedelta(seconds=1)) == {Role.CASE_AGENT: on(300)}
    assert roles_of(given().history, ben, on(300)) == {}
    ended = given().tell(end(), by=ADAM, at=on(-1))
    assert roles_of(ended.history, ben, NOON) == {}


def test_a_role_may_be_given_again_after_its_end() -> None:
    again = given().tell(end(), by=ADAM, at=on(-2)).tell(proposal(grant="g-2"), by=ADAM, at=on(-1))
    assert roles_of(again.tell(approval(grant="g-2"), by=EVE).history, PersonId("ben"), NOON) == {
        Role.CASE_AGENT: on(300)
    }


def test_the_question_reaches_all_that_gives_a_role() -> None:
    history = given().tell(end(), by=ADAM).history
    asked_for = asks_roles_of(PersonId("ben"))
    reached = [r for r in history if asked_for.matches(type(r.fact).__name__, frozenset({"person:ben"}))]
    assert {type(r.fact) for r in reached} == {FoundersNamed, RoleProposed, RoleApproved, RoleEnded}


@pytest.mark.parametrize("role", sorted(ALONE))
def test_who_watches_or_speaks_for_others_does_nothing_else(role: Role) -> None:
    assert apart(role, (Role.RELEASING_OFFICER,)) is Role.RELEASING_OFFICER
    assert apart(Role.RELEASING_OFFICER, (role,)) is role
    assert apart(role, (role,)) is None
