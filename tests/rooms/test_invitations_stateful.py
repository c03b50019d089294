"""Admission promises: whatever one person does, alone, they come in as nobody else and nobody gets a role by it.

One person holds every role that admits, enrols or revokes, knows each code that they made, and tries everything.
Others do honest work meanwhile, some of it at this person's suggestion: they approve what was proposed or issued, and
hand their own code to whoever is invited.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tearline.facts.admission import InvitationPurpose, PasskeyEnrolled, RoleApproved, RoleProposed
from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyIntroduced, PersonKeyRevoked, RevocationReason
from tearline.folds.invitations import invitations
from tearline.folds.keys import keys_of
from tearline.rooms import Command
from tearline.rooms.admission.founding import FoundNode
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation, WithdrawInvitation
from tearline.rooms.admission.passkeys import EnrolFurtherPasskey, EnrolPasskey
from tearline.rooms.admission.roles import ApproveRole, NameFounders, ProposeRole
from tearline.rooms.parties.keys import IntroducePersonKey, RevokePersonKey
from tests.rooms.test_admission import approval, proposal
from tests.rooms.test_invitations import ITSELF, approved, enrol, found, founders, issued, passkey, withdrawn
from tests.rooms.test_keys import TWO, person_key
from tests.worlds import NOON, on, person

MAL = PersonId("mal")
EVERY = (Role.ADMINISTRATOR, Role.SENIOR_OFFICER, Role.LIAISON, Role.VETTING_OFFICER)
OTHERS = ("ada", "abe", "ava", "newt")
people = st.sampled_from((*OTHERS, "mal"))
roles = st.sampled_from(EVERY)
purposes = st.sampled_from(InvitationPurpose)


class Alone(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = found().tell(person("mal", of="own"), at=on(-90))
        self.world.tell(passkey("mal", on_invitation=None), by=Actor(MAL, Role.LIAISON), at=on(-60))
        self.before = {fact.grant for fact in self.granted()}
        self.known: set[str] = set()
        """The codes that mal made, or was handed."""
        self.theirs = {passkey("mal").key}
        """The keys that mal holds."""
        self.count = 0

    def granted(self) -> list[RoleApproved]:
        return [r.fact for r in self.world.history.of(RoleApproved)]

    def new(self, what: str) -> str:
        self.count += 1
        return f"{what}-{self.count}"

    def do(self, command: Command, by: Actor) -> bool:
        """As the node does: a role that may, and the rule."""
        if by.role not in command.allowed:
            return False
        try:
            self.world.does(command, by=by, now=NOON)
        except Refused:
            return False
        return True

    # What mal tries

    @rule(who=people, role=st.sampled_from(Role), by=roles)
    def proposes(self, who: str, role: Role, by: Role) -> None:
        self.do(ProposeRole(proposal(who, role, grant=self.new("g"))), Actor(MAL, by))

    @rule(data=st.data(), by=roles)
    def approves_a_role(self, data: st.DataObject, by: Role) -> None:
        open_ = [r.fact for r in self.world.history.of(RoleProposed)]
        if open_:
            one = data.draw(st.sampled_from(open_))
            self.do(ApproveRole(approval(one.person, one.grant)), Actor(MAL, by))

    @rule(who=people, purpose=purposes, by=roles)
    def issues(self, who: str, purpose: InvitationPurpose, by: Role) -> None:
        name = self.new("i")
        if self.do(IssueInvitation(issued(name, who, purpose, f"mal {name}")), Actor(MAL, by)):
            self.known.add(f"mal {name}")

    @rule(data=st.data(), by=roles)
    def approves_an_invitation(self, data: st.DataObject, by: Role) -> None:
        one = data.draw(st.sampled_from(sorted(invitations(self.world.history))))
        who = invitations(self.world.history)[one].person
        code = self.new("mal second")
        if self.do(ApproveInvitation(approved(one, who, code)), Actor(MAL, by)):
            self.known.add(code)

    @rule(data=st.data(), by=roles)
    def withdraws(self, data: st.DataObject, by: Role) -> None:
        one = data.draw(st.sampled_from(sorted(invitations(self.world.history))))
        self.do(
            WithdrawInvitation(withdrawn(one, invitations(self.world.history)[one].person)), Actor(MAL, by)
        )

    @rule(data=st.data(), as_=people)
    def enrols_a_key_with_the_codes_they_know(self, data: st.DataObject, as_: str) -> None:
        one = data.draw(st.sampled_from(sorted(invitations(self.world.history))))
        for who in {as_, str(invitations(self.world.history)[one].person)}:
            for first in [*sorted(self.known), "guess"]:
                for second in [None, *sorted(self.known)]:
                    key = passkey(who, 1000 + self.count, one)
                    self.count += 1
                    if self.do(EnrolPasskey(fact=key, code=first, second=second), ITSELF):
                        self.theirs.add(key.key)

    @rule(who=people, by=roles)
    def enrols_a_further_key(self, who: str, by: Role) -> None:
        key = passkey(who, 1000 + self.count, None)
        self.count += 1
        if self.do(EnrolFurtherPasskey(key), Actor(MAL, by)):
            self.theirs.add(key.key)

    @rule(who=people, by=roles)
    def introduces_a_key(self, who: str, by: Role) -> None:
        """For somebody who has or had a key: whoever never had one has no role to act in."""
        if keys_of(self.world.history, PersonId(who)) or who in ("ada", "abe"):
            assert not self.do(IntroducePersonKey(person_key(who, TWO)), Actor(MAL, by))

    @rule(data=st.data(), by=roles)
    def revokes_a_key(self, data: st.DataObject, by: Role) -> None:
        one = data.draw(st.sampled_from(self.world.history.of(PasskeyEnrolled))).fact
        lost = PersonKeyRevoked(person=one.person, key=one.key, reason=RevocationReason.LOST, since=NOON)
        self.do(RevokePersonKey(lost), Actor(MAL, by))

    @rule()
    def founds_the_node_again(self) -> None:
        for command in (
            NameFounders(founders("mal", "ava")),
            FoundNode(founders=founders("mal", "ava"), invitations=(issued("x", "mal"), issued("y", "ava"))),
        ):
            assert not self.do(command, ITSELF)

    # What others do

    @rule(data=st.data())
    def another_approves_what_mal_issued(self, data: st.DataObject) -> None:
        """And hands their code to whoever is invited: to mal, if it is mal."""
        open_ = {n: i for n, i in invitations(self.world.history).items() if i.approved is None}
        if open_:
            one = data.draw(st.sampled_from(sorted(open_)))
            code = self.new("ada second")
            command = ApproveInvitation(approved(one, open_[one].person, code))
            if self.do(command, Actor(PersonId("ada"), Role.ADMINISTRATOR)) and open_[one].person == MAL:
                self.known.add(code)

    @rule(who=st.sampled_from(OTHERS), purpose=purposes)
    def another_issues(self, who: str, purpose: InvitationPurpose) -> None:
        name = self.new("i")
        abe = Actor(PersonId("abe"), Role.ADMINISTRATOR)
        self.do(IssueInvitation(issued(name, who, purpose, f"abe {name}")), abe)

    @invariant()
    def mal_holds_no_key_of_anybody_else(self) -> None:
        for recorded in self.world.history.of(PasskeyEnrolled):
            assert recorded.fact.key not in self.theirs or recorded.fact.person == MAL

    @invariant()
    def nobody_has_a_role_by_mal_alone(self) -> None:
        """Here nobody else approves roles, so there is none."""
        assert {fact.grant for fact in self.granted()} == self.before

    @invariant()
    def two_others_stand_behind_whoever_came_in(self) -> None:
        found = invitations(self.world.history)
        for recorded in self.world.history.of(PasskeyEnrolled):
            if recorded.fact.invitation is None or found[recorded.fact.invitation].founding:
                continue
            invitation = found[recorded.fact.invitation]
            assert invitation.approved is not None
            both = {invitation.issued.by.person, invitation.approved.by.person}
            assert len(both | {invitation.person}) == 3

    @invariant()
    def nobody_was_given_a_key_in_place_of_theirs(self) -> None:
        assert not self.world.history.of(PersonKeyIntroduced)


TestAlone = Alone.TestCase
TestAlone.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


def test_the_machine_can_come_in_at_all() -> None:
    """With both codes: else the promise above would be kept by a door that nobody opens."""
    world = found().tell(issued(), by=Actor(PersonId("abe"), Role.ADMINISTRATOR))
    world.tell(approved(), by=Actor(PersonId("ada"), Role.ADMINISTRATOR))
    assert [type(f) for f in world.does(enrol(), by=ITSELF)] == [PasskeyEnrolled]
