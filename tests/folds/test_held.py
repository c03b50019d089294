"""Whoever acted held the role: replayed by who checks the record, and not by the node that wrote it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tearline.facts.admission import (
    EndReason,
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    Scope,
    TokenIssued,
)
from tearline.facts.errors import Broken
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Actor, Recorded, Role, Told
from tearline.facts.identifiers import (
    GrantId,
    InvitationId,
    KeyId,
    OrganisationId,
    PersonId,
    ReportId,
    TokenId,
    UnitId,
)
from tearline.facts.keys import PersonKeyIntroduced, PersonKeyRevoked, RevocationReason
from tearline.facts.outside import OutsideConsentWithdrawn, OutsideReportAnswered, OutsideReportTaken
from tearline.facts.parties import UnitFormed
from tearline.facts.register import ConsentWithdrawn
from tearline.folds.held import ITSELF, LATE, OF_THE_NODE, RolesHeld
from tearline.jobs.commands import said_by
from tests.nodes import COMMANDS
from tests.passkeys import enrolled, passkey
from tests.rooms.test_outside import RECEIVED
from tests.worlds import NOON, World

DAY = timedelta(days=1)
ADAM, EVE = (Actor(PersonId(name), Role.ADMINISTRATOR) for name in ("adam", "eve"))
BEN, KIM = (Actor(PersonId(name), Role.LIAISON) for name in ("ben", "kim"))
FOUNDED: Sequence[tuple[Fact, Actor]] = ((FoundersNamed(founders=(ADAM.person, EVE.person)), ITSELF),)


def proposed(person: str, role: Role, until: datetime = NOON + DAY) -> RoleProposed:
    return RoleProposed(grant=GrantId(f"{person} {role}"), person=PersonId(person), role=role, until=until)


def approved(person: str, role: Role) -> RoleApproved:
    return RoleApproved(grant=GrantId(f"{person} {role}"), person=PersonId(person))


def given(person: str, role: Role) -> list[tuple[Fact, Actor]]:
    return [(proposed(person, role), ADAM), (approved(person, role), EVE)]


def unit(name: str = "u") -> UnitFormed:
    return UnitFormed(unit=UnitId(name), organisation=OrganisationId("agency"), name=name)


def invited(person: str, purpose: InvitationPurpose = InvitationPurpose.ENROL) -> InvitationIssued:
    name = InvitationId(f"for-{person}")
    return InvitationIssued(
        invitation=name, person=PersonId(person), purpose=purpose, code="x", expires=NOON + DAY
    )


def invitation_approved(person: str) -> InvitationApproved:
    return InvitationApproved(invitation=InvitationId(f"for-{person}"), person=PersonId(person), code="y")


def introduced(person: str) -> PersonKeyIntroduced:
    return PersonKeyIntroduced(person=PersonId(person), key=KeyId("k"), public_key="k")


def lost(person: str) -> PersonKeyRevoked:
    return PersonKeyRevoked(person=PersonId(person), key=KeyId("k"), reason=RevocationReason.LOST, since=NOON)


def token(person: str, role: Role) -> TokenIssued:
    return TokenIssued(
        token=TokenId("t"), person=PersonId(person), role=role, scopes=(Scope.READ,), secret="s", expires=NOON
    )


def recorded(said: Sequence[tuple[Fact, Actor]]) -> list[Recorded[Fact]]:
    """In this order, all at noon."""
    world = World()
    for fact, by in said:
        world.tell(fact, by=by)
    return world.facts


def replay(facts: Sequence[Recorded[Fact]]) -> None:
    held = RolesHeld()
    for one in facts:
        held.step(one)
    held.end()


SOUND: dict[str, Sequence[tuple[Fact, Actor]]] = {
    "before the founding anybody is said to act": [(unit(), BEN)],
    "a key from before was revoked": [(introduced("ben"), BEN), (lost("ben"), BEN), *FOUNDED],
    "founders are given one invitation each": [*FOUNDED, (invited("adam"), ITSELF), (invited("eve"), ITSELF)],
    "whoever was given a role acts in it": [*FOUNDED, *given("ben", Role.LIAISON), (unit(), BEN)],
    "what follows bears the author's name": [
        *FOUNDED,
        *given("ben", Role.LIAISON),
        (unit(), Actor(BEN.person, Role.NODE)),
    ],
    "two invite a third": [*FOUNDED, (invited("ben"), ADAM), (invitation_approved("ben"), EVE)],
    "a liaison introduces another's key": [*FOUNDED, *given("ben", Role.LIAISON), (introduced("kim"), BEN)],
    "an administrator revokes a key": [*FOUNDED, (lost("ben"), ADAM)],
    "who recovers has the lost keys revoked": [
        *FOUNDED,
        (invited("ben", InvitationPurpose.RECOVER), ADAM),
        (invitation_approved("ben"), EVE),
        (lost("ben"), ITSELF),
        (lost("ben"), ITSELF),
        (enrolled("ben", passkey("ben"), "for-ben"), ITSELF),
    ],
    "one ends one's own role": [
        *FOUNDED,
        *given("ben", Role.LIAISON),
        (RoleEnded(person=BEN.person, role=Role.LIAISON, reason=EndReason.LEFT), BEN),
    ],
}

TAKEN: Sequence[tuple[Fact, Actor]] = (
    *FOUNDED,
    *given("ben", Role.HARM_DESK),
    (RECEIVED, ITSELF),
    (OutsideReportTaken(outside=RECEIVED.outside, report=ReportId("r")), replace(BEN, role=Role.HARM_DESK)),
)
WITHDRAWN = OutsideConsentWithdrawn(outside=RECEIVED.outside, erase=False)
SOUND |= {
    "the node says what came from outside, and what was withdrawn with it": [
        *TAKEN,
        (WITHDRAWN, ITSELF),
        (ConsentWithdrawn(report=ReportId("r")), ITSELF),
    ]
}

FORGED: dict[str, Sequence[tuple[Fact, Actor]]] = {
    "nobody acts in a role that nobody gave": [*FOUNDED, (unit(), BEN)],
    "nor in one that was only proposed": [*FOUNDED, (proposed("ben", Role.LIAISON), ADAM), (unit(), BEN)],
    "nor in another than was given": [*FOUNDED, *given("ben", Role.CASE_AGENT), (unit(), BEN)],
    "nor in one that was ended": [
        *FOUNDED,
        *given("ben", Role.LIAISON),
        (RoleEnded(person=BEN.person, role=Role.LIAISON, reason=EndReason.LEFT), ADAM),
        (unit(), BEN),
    ],
    "nothing follows from an act of nobody": [*FOUNDED, (unit(), Actor(BEN.person, Role.NODE))],
    "no role follows from an act": [*FOUNDED, (proposed("ben", Role.LIAISON), Actor(ADAM.person, Role.NODE))],
    "the node forms no unit": [*FOUNDED, (unit(), ITSELF)],
    "nor answers what came from outside": [
        *TAKEN,
        (OutsideReportAnswered(outside=RECEIVED.outside, answer=Sealed("we look")), ITSELF),
    ],
    "nor withdraws a consent that nobody withdrew": [
        *TAKEN,
        (ConsentWithdrawn(report=ReportId("r")), ITSELF),
    ],
    "nor one that somebody else gave": [
        *TAKEN,
        (WITHDRAWN, ITSELF),
        (ConsentWithdrawn(report=ReportId("other")), ITSELF),
    ],
    "nobody says what came from outside": [
        *FOUNDED,
        *given("ben", Role.HARM_DESK),
        (RECEIVED, Actor(BEN.person, Role.NODE)),
    ],
    "nobody is a chronicler of what is live": [*FOUNDED, (unit(), Actor(BEN.person, Role.CHRONICLER))],
    "nobody names founders": [(FOUNDED[0][0], ADAM)],
    "nor does the node again": [*FOUNDED, *FOUNDED],
    "one founder alone is none": [(FoundersNamed(founders=(ADAM.person, ADAM.person)), ITSELF)],
    "nobody was admitted before": [(proposed("ben", Role.LIAISON), ADAM), *FOUNDED],
    "nobody brought a key from before": [(introduced("ben"), BEN), *FOUNDED],
    "nobody proposes for themselves": [*FOUNDED, (proposed("adam", Role.LIAISON), ADAM)],
    "a liaison proposes no role": [
        *FOUNDED,
        *given("ben", Role.LIAISON),
        (proposed("kim", Role.LIAISON), BEN),
    ],
    "who proposed does not approve": [
        *FOUNDED,
        (proposed("ben", Role.LIAISON), ADAM),
        (approved("ben", Role.LIAISON), ADAM),
    ],
    "nor who is to have it": [
        *FOUNDED,
        (proposed("eve", Role.SENIOR_OFFICER), ADAM),
        (approved("eve", Role.SENIOR_OFFICER), EVE),
    ],
    "what nobody proposed is not approved": [*FOUNDED, (approved("ben", Role.LIAISON), EVE)],
    "nor anything twice": [*FOUNDED, *given("ben", Role.LIAISON), (approved("ben", Role.LIAISON), EVE)],
    "duties are apart": [*FOUNDED, *given("ben", Role.LIAISON), *given("ben", Role.AUDITOR)],
    "the node invites nobody but its founders": [*FOUNDED, (invited("ben"), ITSELF)],
    "and these once": [*FOUNDED, (invited("adam"), ITSELF), (invited("adam"), ITSELF)],
    "and only when it names them": [*FOUNDED, *given("ben", Role.LIAISON), (invited("adam"), ITSELF)],
    "nobody invites themselves": [*FOUNDED, (invited("adam"), ADAM)],
    "who issued an invitation does not approve it": [
        *FOUNDED,
        (invited("ben"), ADAM),
        (invitation_approved("ben"), ADAM),
    ],
    "a liaison invites nobody": [*FOUNDED, *given("ben", Role.LIAISON), (invited("kim"), BEN)],
    "nobody introduces their own key": [*FOUNDED, *given("ben", Role.LIAISON), (introduced("ben"), BEN)],
    "an administrator introduces none": [*FOUNDED, (introduced("ben"), ADAM)],
    "an agent revokes nobody's key": [
        *FOUNDED,
        *given("ben", Role.CASE_AGENT),
        (lost("kim"), replace(BEN, role=Role.CASE_AGENT)),
    ],
    "the node takes no keys": [*FOUNDED, (lost("ben"), ITSELF)],
    "but of who gets another": [*FOUNDED, (lost("ben"), ITSELF), (lost("kim"), ITSELF)],
    "a token acts in no role that its holder lacks": [
        *FOUNDED,
        *given("ben", Role.LIAISON),
        (token("ben", Role.SENIOR_OFFICER), BEN),
    ],
}


@pytest.mark.parametrize("said", SOUND.values(), ids=SOUND)
def test_what_the_rooms_allow_is_sound(said: Sequence[tuple[Fact, Actor]]) -> None:
    replay(recorded(said))


@pytest.mark.parametrize("said", FORGED.values(), ids=FORGED)
def test_what_the_rooms_would_have_refused_is_found(said: Sequence[tuple[Fact, Actor]]) -> None:
    with pytest.raises(Broken):
        replay(recorded(said))


def at(one: Recorded[Fact], when: datetime) -> Recorded[Fact]:
    return replace(one, recorded_at=when)


def test_a_role_ends_by_itself_though_what_was_decided_in_time_may_come_late() -> None:
    *before, act = recorded([*FOUNDED, *given("ben", Role.LIAISON), (unit(), BEN)])
    replay([*before, at(act, NOON + DAY)])
    with pytest.raises(Broken):
        replay([*before, at(act, NOON + DAY + LATE)])


def test_what_a_worked_case_tells_gives_nobody_a_role_and_needs_none() -> None:
    told = Told("case", NOON, "a source, ¶1")
    replay([replace(one, told=told) for one in recorded([(unit(), BEN)])])
    founded, *rest = recorded([*FOUNDED, *given("ben", Role.LIAISON)])
    with pytest.raises(Broken):
        replay([founded, *(replace(one, told=told) for one in rest)])


def test_the_node_says_what_its_own_commands_say() -> None:
    """A command that the node may give, and that says one fact, says one of these."""
    for command in COMMANDS:
        said: type[Fact] | None = said_by(command)
        if said is not None and command.allowed == frozenset({Role.NODE}):
            assert said in OF_THE_NODE, command
