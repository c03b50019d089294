"""Machines, tokens and directory accounts: who may give them, to whom, for how long; and what ends them."""

import hashlib
from datetime import datetime

import pytest

from tearline.facts.admission import (
    DirectoryAccountLinked,
    DirectoryAccountUnlinked,
    EndReason,
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    InvitationWithdrawn,
    MachineRegistered,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    Scope,
    TokenIssued,
    TokenRevoked,
)
from tearline.facts.history import Role
from tearline.facts.identifiers import (
    DirectoryAccountId,
    GrantId,
    InvitationId,
    PersonId,
    TokenId,
)
from tearline.facts.keys import PersonKeyRevoked, RevocationReason
from tearline.folds.directory import account_id, holder_of
from tearline.folds.tokens import MACHINES, TokenStanding, asks_token, token
from tearline.rooms.admission.directory import LinkDirectoryAccount, UnlinkDirectoryAccount
from tearline.rooms.admission.machines import RegisterMachine
from tearline.rooms.admission.passkeys import digest_of
from tearline.rooms.admission.roles import ProposeRole
from tearline.rooms.admission.tokens import IssueToken, RevokeToken
from tearline.rooms.parties.persons import EnrolPerson
from tests.rooms.rows import Row, check
from tests.rooms.test_keys import person_key
from tests.worlds import ANA, LEO, NOON, VIC, World, acting, on, partners, person

ADA, BEA = acting("ada", Role.ADMINISTRATOR), acting("bea", Role.ADMINISTRATOR)
ITSELF = acting("node", Role.NODE)
ISSUER = "https://directory.example"
FIRST, SECOND = "F" * 20, "S" * 20
HASH = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def machine(name: str = "feed", answers: str = "leo") -> MachineRegistered:
    return MachineRegistered(person=PersonId(name), name="The feed", answers=PersonId(answers))


def proposed(who: str, role: Role, until: datetime | None = None) -> RoleProposed:
    grant = GrantId(f"grant-{who}")
    return RoleProposed(grant=grant, person=PersonId(who), role=role, until=until or on(300))


def given(who: str, role: Role, until: datetime | None = None) -> tuple[RoleProposed, RoleApproved]:
    asked = proposed(who, role, until)
    return asked, RoleApproved(grant=asked.grant, person=asked.person)


def ended(who: str, role: Role) -> RoleEnded:
    return RoleEnded(person=PersonId(who), role=role, reason=EndReason.MOVED)


def issued(
    who: str = "ana",
    role: Role = Role.CASE_AGENT,
    *,
    days: float = 30,
    scopes: tuple[Scope, ...] = (Scope.READ,),
    name: str = "tok",
    secret: str = HASH,
) -> TokenIssued:
    return TokenIssued(
        token=TokenId(name), person=PersonId(who), role=role, scopes=scopes, secret=secret, expires=on(days)
    )


def revoked(who: str = "ana", name: str = "tok") -> TokenRevoked:
    return TokenRevoked(token=TokenId(name), person=PersonId(who))


def invited(
    who: str = "ana",
    until: float = 3,
    by: str = "invite",
    purpose: InvitationPurpose = InvitationPurpose.ENROL,
) -> InvitationIssued:
    return InvitationIssued(
        invitation=InvitationId(by),
        person=PersonId(who),
        purpose=purpose,
        code=digest_of(FIRST),
        expires=on(until),
    )


def approved(who: str = "ana", by: str = "invite") -> InvitationApproved:
    return InvitationApproved(invitation=InvitationId(by), person=PersonId(who), code=digest_of(SECOND))


def account(subject: str = "ana@directory") -> DirectoryAccountId:
    return account_id(ISSUER, subject)


def linking(who: str = "ana", subject: str = "ana@directory", by: str = "invite") -> DirectoryAccountLinked:
    return DirectoryAccountLinked(
        person=PersonId(who), issuer=ISSUER, account=account(subject), invitation=InvitationId(by)
    )


def link(
    fact: DirectoryAccountLinked, code: str = FIRST, second: str | None = SECOND
) -> LinkDirectoryAccount:
    return LinkDirectoryAccount(fact=fact, code=code, second=second)


def unlinking(who: str = "ana", subject: str = "ana@directory") -> DirectoryAccountUnlinked:
    return DirectoryAccountUnlinked(person=PersonId(who), account=account(subject))


def admitted() -> World:
    """Two administrators; ana and leo have their roles."""
    world = partners().tell(person("ada", of="own"), person("bea", of="own"), at=on(-50))
    world.tell(FoundersNamed(founders=(ADA.person, BEA.person)), by=ITSELF, at=on(-50))
    return world.tell(*given("ana", Role.CASE_AGENT), *given("leo", Role.LIAISON), by=ADA, at=on(-49))


def beside_a_key() -> World:
    """Ana has a key, and an approved invitation to link an account beside it."""
    world = admitted().tell(person_key("ana"), by=LEO)
    return world.tell(invited(purpose=InvitationPurpose.LINK), by=ADA).tell(approved(), by=BEA)


def machined(role: Role = Role.LIAISON) -> World:
    """A machine that leo answers for."""
    return admitted().tell(machine(), *given("feed", role), by=ADA, at=on(-48))


def invitation(until: float = 3) -> World:
    return admitted().tell(invited(until=until), by=ADA).tell(approved(), by=BEA)


def tokened(fact: TokenIssued | None = None) -> World:
    return admitted().tell(fact or issued(), by=ANA, at=on(-1))


FEED = acting("feed", Role.LIAISON)
ACCEPTED = [
    Row(claim="an administrator registers a machine that somebody answers for", order=RegisterMachine(machine()),
        by=ADA, world=admitted(), gives=(MachineRegistered,)),
    Row(claim="somebody else answers for a machine from now on", order=RegisterMachine(machine(answers="ana")),
        by=ADA, world=machined(), gives=(MachineRegistered,)),
    Row(claim="a machine is proposed for a role that signs nothing",
        order=ProposeRole(proposed("feed", Role.CASE_AGENT)), by=ADA,
        world=admitted().tell(machine(), by=ADA), gives=(RoleProposed,)),
    Row(claim="a person issues a token to themselves in their role", order=IssueToken(issued()), by=ANA,
        world=admitted(), gives=(TokenIssued,)),
    Row(claim="a person's token lasts 90 days", order=IssueToken(issued(days=90)), by=ANA, world=admitted(),
        gives=(TokenIssued,)),
    Row(claim="who answers for a machine issues its token", order=IssueToken(issued("feed", Role.LIAISON, days=200)),
        by=LEO, world=machined(), gives=(TokenIssued,)),
    Row(claim="a holder revokes a token", order=RevokeToken(revoked()), by=ANA, world=tokened(),
        gives=(TokenRevoked,)),
    Row(claim="an administrator revokes a token", order=RevokeToken(revoked()), by=ADA, world=tokened(),
        gives=(TokenRevoked,)),
    Row(claim="who answers for a machine revokes its token", order=RevokeToken(revoked("feed")), by=LEO,
        world=machined().tell(issued("feed", Role.LIAISON), by=LEO), gives=(TokenRevoked,)),
    Row(claim="who issued a machine's token revokes it when another answers", order=RevokeToken(revoked("feed")),
        by=LEO, world=machined().tell(issued("feed", Role.LIAISON), by=LEO).tell(machine(answers="ana"), by=ADA),
        gives=(TokenRevoked,)),
    Row(claim="an account is linked on a good invitation", order=link(linking()), by=ITSELF,
        world=invitation(), gives=(DirectoryAccountLinked,)),
    Row(claim="an account is linked beside a key", order=link(linking()), by=ITSELF,
        world=beside_a_key(), gives=(DirectoryAccountLinked,)),
    Row(claim="an account that was unlinked is linked to another",
        order=link(linking(subject="shared")), by=ITSELF,
        world=invitation().tell(linking("leo", "shared", by="old"), unlinking("leo", "shared")),
        gives=(DirectoryAccountLinked,)),
    Row(claim="a holder unlinks their account", order=UnlinkDirectoryAccount(unlinking()), by=ANA,
        world=invitation().tell(linking()), gives=(DirectoryAccountUnlinked,)),
    Row(claim="an administrator unlinks an account", order=UnlinkDirectoryAccount(unlinking()), by=ADA,
        world=invitation().tell(linking()), gives=(DirectoryAccountUnlinked,)),
]  # fmt: skip

REFUSED = [
    *(
        Row(claim=f"a machine that reads content is no way round for a {role.value}",
            order=IssueToken(issued("feed", Role.CASE_AGENT)), by=acting("sue", role),
            world=admitted().tell(
                machine(answers="sue"), *given("feed", Role.CASE_AGENT), *given("sue", role), by=ADA, at=on(-48)
            ), refused="duties-apart")
        for role in (Role.AUDITOR, Role.PARTNER_LIAISON, Role.ADVOCATE, Role.OVERSEER)
    ),
    Row(claim="nobody answers for a machine who is not on record", order=RegisterMachine(machine(answers="nemo")),
        by=ADA, world=admitted(), refused="known"),
    Row(claim="no machine answers for a machine", order=RegisterMachine(machine("other", answers="feed")), by=ADA,
        world=machined(), refused="known"),
    Row(claim="a person is not registered as a machine", order=RegisterMachine(machine("ana")), by=ADA,
        world=admitted(), refused="machine-or-person"),
    Row(claim="a machine is not registered twice alike", order=RegisterMachine(machine()), by=ADA,
        world=machined(), refused="once"),
    Row(claim="a machine is not enrolled as a person",
        order=EnrolPerson(person("feed", of="own")), by=VIC, world=machined(), refused="once"),
    *(
        Row(claim=f"a machine is no {role.value}", order=ProposeRole(proposed("feed", role)), by=ADA,
            world=admitted().tell(machine(), by=ADA), refused="a-machines-role")
        for role in Role if role not in MACHINES
    ),
    Row(claim="a token is not issued to another person", order=IssueToken(issued("leo", Role.LIAISON)), by=ANA,
        world=admitted(), refused="ones-own-token"),
    Row(claim="a token is not issued in another role", order=IssueToken(issued(role=Role.LIAISON)), by=ANA,
        world=admitted(), refused="ones-own-token"),
    Row(claim="an administrator issues nobody's token", order=IssueToken(issued()), by=ADA, world=admitted(),
        refused="ones-own-token"),
    Row(claim="nobody unknown has a token", order=IssueToken(issued("nemo")), by=ANA, world=admitted(),
        refused="known"),
    Row(claim="a token is named once", order=IssueToken(issued()), by=ANA, world=tokened(), refused="once"),
    Row(claim="a token has an end", order=IssueToken(issued(days=0)), by=ANA, world=admitted(),
        refused="a-token-expires"),
    Row(claim="a person's token ends within 90 days", order=IssueToken(issued(days=90.1)), by=ANA,
        world=admitted(), refused="a-token-expires"),
    Row(claim="a machine's token ends within a year", order=IssueToken(issued("feed", Role.LIAISON, days=366)), by=LEO,
        world=machined(), refused="a-token-expires"),
    Row(claim="a token does not outlast its role", order=IssueToken(issued(days=30)), by=ANA,
        world=partners().tell(*given("ana", Role.CASE_AGENT, on(20)), by=ADA), refused="not-beyond-the-role"),
    Row(claim="a token is good for something", order=IssueToken(issued(scopes=())), by=ANA, world=admitted(),
        refused="good-for-something"),
    Row(claim="a token is good for each thing once", order=IssueToken(issued(scopes=(Scope.READ, Scope.READ))),
        by=ANA, world=admitted(), refused="good-for-something"),
    Row(claim="a token itself is never recorded", order=IssueToken(issued(secret="tl1_tok_secret")), by=ANA,
        world=admitted(), refused="kept-as-a-hash"),
    Row(claim="only who answers for a machine issues its token", order=IssueToken(issued("feed", Role.LIAISON)),
        by=ANA, world=machined(), refused="answers-for-it"),
    Row(claim="an administrator issues no machine's token", order=IssueToken(issued("feed", Role.LIAISON)), by=ADA,
        world=machined().tell(machine(answers="ada"), by=BEA), refused="sees-no-content"),
    Row(claim="a machine's token is in a role it was given", order=IssueToken(issued("feed", Role.AUDITOR)), by=LEO,
        world=machined(), refused="holds-the-role"),
    Row(claim="who answers for a machine anew has none of the roles that two people gave it under another",
        order=IssueToken(issued("feed", Role.LIAISON)), by=ANA,
        world=machined().tell(machine(answers="ana"), by=BEA), refused="holds-the-role"),
    Row(claim="a machine issues itself no token", order=IssueToken(issued("feed", Role.LIAISON)), by=FEED,
        world=machined(), refused="answers-for-it"),
    Row(claim="a token that nobody issued is not revoked", order=RevokeToken(revoked()), by=ANA, world=admitted(),
        refused="known"),
    Row(claim="a stranger learns of no token", order=RevokeToken(revoked()), by=LEO, world=tokened(),
        refused="known"),
    Row(claim="a token is not revoked as another's", order=RevokeToken(revoked("leo")), by=ADA, world=tokened(),
        refused="known"),
    Row(claim="a token is revoked once", order=RevokeToken(revoked()), by=ANA, world=tokened().tell(revoked()),
        refused="once"),
    Row(claim="no account without an invitation", order=link(linking()), by=ITSELF,
        world=admitted(), refused="on-invitation"),
    Row(claim="no account on an invitation that one person gave", order=link(linking()),
        by=ITSELF, world=admitted().tell(invited(), by=ADA), refused="on-invitation"),
    Row(claim="no account on another's invitation", order=link(linking("leo")), by=ITSELF,
        world=invitation(), refused="on-invitation"),
    Row(claim="no account on an invitation that ran out", order=link(linking()), by=ITSELF,
        world=invitation(until=0), refused="on-invitation"),
    *(
        Row(claim=f"no account with {said}", order=link(linking(), code, second), by=ITSELF, world=invitation(),
            refused="codes-of-the-invitation")
        for said, code, second in (
            ("the second code alone", SECOND, SECOND),
            ("the first code alone", FIRST, None),
            ("the codes the wrong way round", SECOND, FIRST),
        )
    ),
    Row(claim="no account on an invitation to recover", order=link(linking()), by=ITSELF,
        world=admitted().tell(invited(purpose=InvitationPurpose.RECOVER), by=ADA).tell(approved(), by=BEA),
        refused="on-invitation"),
    Row(claim="no account beside a key that was revoked meanwhile", order=link(linking()), by=ITSELF,
        world=beside_a_key().tell(
            PersonKeyRevoked(person=ANA.person, key=person_key("ana").key, reason=RevocationReason.LOST, since=NOON)
        ), refused="on-invitation"),
    Row(claim="no account on an invitation that was withdrawn", order=link(linking()), by=ITSELF,
        world=invitation().tell(InvitationWithdrawn(invitation=InvitationId("invite"), person=ANA.person)),
        refused="on-invitation"),
    Row(claim="an invitation links once", order=link(linking(subject="again")), by=ITSELF,
        world=invitation().tell(linking(), unlinking()), refused="on-invitation"),
    Row(claim="an account has one holder", order=link(linking(subject="shared")), by=ITSELF,
        world=invitation().tell(linking("leo", "shared", by="old")), refused="one-holder"),
    Row(claim="a person has one account of a directory", order=link(linking(subject="second")),
        by=ITSELF, world=invitation().tell(linking(by="old")), refused="one-account"),
    Row(claim="a stranger unlinks no account", order=UnlinkDirectoryAccount(unlinking()), by=LEO,
        world=invitation().tell(linking()), refused="ones-own-account"),
    Row(claim="an account that is not linked is not unlinked", order=UnlinkDirectoryAccount(unlinking()), by=ANA,
        world=invitation(), refused="known"),
]  # fmt: skip


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_machines_tokens_and_accounts(row: Row) -> None:
    check(row)


def standing(world: World, now: datetime = NOON, *, demo: bool = False) -> TokenStanding:
    """What the token is worth, seen through nothing but what it asks."""
    history = world.read(asks_token(world.history, TokenId("tok")), frozenset())
    found = token(history, TokenId("tok"), now, demo=demo)
    assert found is not None
    return found.standing


def test_a_token_is_good_until_it_expires() -> None:
    world = tokened()
    assert standing(world) is TokenStanding.GOOD
    assert standing(world, on(29.9)) is TokenStanding.GOOD
    assert standing(world, on(30)) is TokenStanding.EXPIRED


def test_a_revoked_token_opens_nothing() -> None:
    assert standing(tokened().tell(revoked())) is TokenStanding.REVOKED


def test_a_token_ends_with_its_role_and_does_not_wake_with_a_new_one() -> None:
    world = tokened().tell(ended("ana", Role.CASE_AGENT), by=ADA)
    assert standing(world) is TokenStanding.ROLE_ENDED
    again = RoleProposed(grant=GrantId("anew"), person=ANA.person, role=Role.CASE_AGENT, until=on(300))
    world.tell(again, RoleApproved(grant=again.grant, person=ANA.person), by=ADA)
    assert standing(world) is TokenStanding.ROLE_ENDED
    assert standing(tokened().tell(ended("ana", Role.LIAISON), by=ADA)) is TokenStanding.GOOD


def test_a_machine_s_token_dies_when_nobody_answers_for_it() -> None:
    def world() -> World:
        return machined().tell(issued("feed", Role.LIAISON, days=200), by=LEO, at=on(-1))

    assert standing(world()) is TokenStanding.GOOD
    assert standing(world().tell(ended("leo", Role.LIAISON), by=ADA)) is TokenStanding.UNANSWERED
    assert standing(world().tell(machine(answers="ana"), by=ADA)) is TokenStanding.UNANSWERED
    assert standing(world().tell(ended("feed", Role.LIAISON), by=ADA)) is TokenStanding.ROLE_ENDED


def test_a_machine_s_token_opens_nothing_for_whoever_came_to_watch_over_what_it_does() -> None:
    world = machined().tell(issued("feed", Role.LIAISON, days=200), by=LEO, at=on(-1))
    world.tell(ended("leo", Role.LIAISON), by=ADA)
    anew = RoleProposed(grant=GrantId("watch"), person=LEO.person, role=Role.AUDITOR, until=on(300))
    world.tell(anew, RoleApproved(grant=anew.grant, person=LEO.person), by=BEA)
    assert standing(world) is TokenStanding.UNANSWERED


def test_in_a_demonstration_people_hold_any_role_and_machines_only_their_own() -> None:
    person = partners().tell(issued(), by=ANA, at=on(-1))
    assert standing(person, demo=True) is TokenStanding.GOOD
    assert standing(person) is TokenStanding.ROLE_ENDED
    feed = partners().tell(machine(), by=ADA).tell(issued("feed", Role.LIAISON), by=LEO)
    assert standing(feed, demo=True) is TokenStanding.ROLE_ENDED


def test_an_account_is_named_by_directory_and_subject_together() -> None:
    digest = hashlib.sha256(b"https://directory.example\nana@directory").digest()
    assert len(digest) == 32
    assert account() != account("other")
    assert account_id("https://a.example", "b") != account_id("https://a.exampl", "e\nb")
    world = invitation().tell(linking())
    assert holder_of(world.history, account()) == ANA.person
    assert holder_of(world.tell(unlinking()).history, account()) is None
    assert holder_of(world.tell(linking("leo", by="new")).history, account()) == LEO.person
