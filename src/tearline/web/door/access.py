"""People and access: who acts as what, who is invited, who is signed in, and what waits for a second person.

For whoever admits people. They see identifiers and times, and no sealed field of anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.admission import (
    FoundersNamed,
    InvitationApproved,
    InvitationIssued,
    InvitationWithdrawn,
    RoleApproved,
    RoleEnded,
    RoleProposed,
)
from tearline.facts.history import History, Recorded, Role, about
from tearline.facts.identifiers import GrantId, InvitationId, PersonId
from tearline.facts.parties import OrganisationRegistered, PersonEnrolled
from tearline.folds.admission import ADMIT, ROLE_KINDS, roles_of
from tearline.folds.invitations import INVITATION_KINDS, Invitation, Standing, invitations
from tearline.rooms.admission.invitations import ApproveInvitation, IssueInvitation, WithdrawInvitation
from tearline.rooms.admission.roles import PEOPLE, ApproveRole, EndRole, ProposeRole
from tearline.rooms.parties.persons import EnrolPerson
from tearline.signin.codes import shown
from tearline.signin.door import PasskeyDoor
from tearline.web.asked import Asked
from tearline.web.door import told
from tearline.web.door.account import session_rows
from tearline.web.door.ceremony import door_of
from tearline.web.door.fresh import lately
from tearline.web.forms import form
from tearline.web.on_record import people
from tearline.web.show import label
from tearline.web.visit import Visit, Visiting, absent, go

router = APIRouter()
HOME = "/people-and-access"
QUESTION = about(kinds=(*ROLE_KINDS, *INVITATION_KINDS))
GOOD_FOR = timedelta(days=7)
LATEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person with the roles they hold: role, its value, in words until when."""

    person: str
    roles: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for a second person. ``own``: the reader proposed or issued it, so it waits for another."""

    what: str
    who: str
    by: str
    since: str
    href: str
    own: bool


@router.get(HOME)
def people_and_access(visit: Visiting) -> Response:
    admits(visit)
    known = visit.read(QUESTION)
    door = visit.request.app.state.door
    sessions = door.sessions.all() if isinstance(door, PasskeyDoor) else ()
    return visit.page(
        "door/access.html",
        holders=_holders(visit, known),
        waiting=[*_proposals(visit, known), *_pending(visit, known)],
        invited=_invited(visit, known),
        sessions=session_rows(visit, sessions),
        door=isinstance(door, PasskeyDoor),
        registers=visit.role in EnrolPerson.allowed,
    )


def admits(visit: Visit) -> None:
    """To whoever admits nobody, there is nothing here."""
    if visit.role not in ADMIT:
        raise absent()


def _holders(visit: Visit, known: History) -> list[Holder]:
    say = visit.say
    people = {r.fact.person for r in known.of(RoleProposed)}
    people |= {p for r in known.of(FoundersNamed) for p in r.fact.founders}
    rows = []
    for person in sorted(people):
        held = roles_of(known, person, visit.now)
        roles = [
            (
                say(role),
                role.value,
                say("until %(day)s", day=say.day(until)) if until else say("without end"),
            )
            for role, until in sorted(held.items(), key=lambda one: one[0].value)
        ]
        if roles:
            rows.append(Holder(person=person, roles=roles))
    return rows


def open_proposals(known: History, visit: Visit) -> Mapping[GrantId, Recorded[RoleProposed]]:
    """What was proposed, may still be approved, and was not."""
    done = {r.fact.grant for r in known.of(RoleApproved)}
    return {
        r.fact.grant: r
        for r in known.of(RoleProposed)
        if r.fact.grant not in done and r.fact.until > visit.now and not r.told
    }


def _proposals(visit: Visit, known: History) -> list[Waiting]:
    say = visit.say
    return [
        Waiting(
            what=say("Role: %(role)s, until %(day)s", role=say(r.fact.role), day=say.day(r.fact.until)),
            who=r.fact.person,
            by=r.by.person,
            since=say.moment(r.recorded_at),
            href=f"{HOME}/roles/{grant}/approve",
            own=visit.identity.person in (r.by.person, r.fact.person),
        )
        for grant, r in open_proposals(known, visit).items()
    ]


def _pending(visit: Visit, known: History) -> list[Waiting]:
    say = visit.say
    return [
        Waiting(
            what=say("Invitation: %(what)s", what=say(one.issued.fact.purpose)),
            who=one.person,
            by=one.issued.by.person,
            since=say.moment(one.issued.recorded_at),
            href=f"{HOME}/invitations/{name}",
            own=visit.identity.person in (one.issued.by.person, one.person),
        )
        for name, one in invitations(known).items()
        if one.standing(visit.now) is Standing.PENDING
    ]


def _invited(visit: Visit, known: History) -> list[list[object]]:
    say, rows = visit.say, list[list[object]]()
    for name, one in list(invitations(known).items())[: -1 - LATEST : -1]:
        expires = say.moment(one.issued.fact.expires)
        standing = say(one.standing(visit.now))
        rows.append(
            [(one.person, f"{HOME}/invitations/{name}"), say(one.issued.fact.purpose), standing, expires]
        )
    return rows


@router.post(HOME + "/sessions/{session}/end")
def end_session(visit: Visiting) -> Response:
    admits(visit)
    lately(visit, HOME)
    name = str(visit.request.path_params["session"])
    if not door_of(visit).sessions.end(name):
        raise absent()
    told.ended(visit, visit.identity, name)
    return go(HOME)


# Roles


def propose(visit: Visit) -> Asked:
    admits(visit)
    say = visit.say
    return Asked(
        title=say("Propose a role"),
        submit=say("Propose it"),
        command=ProposeRole,
        kind=RoleProposed,
        allowed=ProposeRole.allowed,
        then=HOME,
        trail=_trail(visit),
        lead=say("Nobody has it by this alone: a second person approves it."),
        new="grant",
        suggested={"person": people(visit, machines=True)},
        options={"role": [(role.value, say(role)) for role in Role if role in PEOPLE]},
        hints={
            "person": say("Their identifier, as it stands on record."),
            "until": say("In UTC. A role ends within three years; it can be proposed again."),
        },
    )


def approve(visit: Visit) -> Asked:
    admits(visit)
    say, grant = visit.say, GrantId(visit.identifier("grant"))
    known = visit.read(about(f"grant:{grant}", kinds=ROLE_KINDS))
    found = open_proposals(known, visit).get(grant)
    if found is None:
        raise absent()
    return Asked(
        title=say("Approve a role"),
        submit=say("Approve it"),
        order=ApproveRole(RoleApproved(grant=grant, person=found.fact.person)),
        allowed=ApproveRole.allowed,
        then=HOME,
        trail=_trail(visit),
        lead=say("From then on they act in it. You answer for it with whoever proposed it."),
        about=[
            (label(say, RoleProposed, "person"), found.fact.person),
            (label(say, RoleProposed, "role"), say(found.fact.role)),
            (label(say, RoleProposed, "until"), say.moment(found.fact.until)),
            (say("Proposed by"), found.by.person),
        ],
    )


def end(visit: Visit) -> Asked:
    admits(visit)
    say, person = visit.say, PersonId(visit.identifier("person"))
    value = visit.identifier("role")
    if value not in {role.value for role in PEOPLE}:
        raise absent()
    lately(visit, visit.request.url.path)
    return Asked(
        title=say("End a role"),
        submit=say("End it"),
        command=EndRole,
        kind=RoleEnded,
        allowed=EndRole.allowed,
        then=HOME,
        trail=_trail(visit),
        lead=say("One person is enough for this. Their sessions in this role end at once."),
        grave=True,
        fixed={"person": person, "role": Role(value)},
        about=[
            (label(say, RoleEnded, "person"), person),
            (label(say, RoleEnded, "role"), say(Role(value))),
        ],
    )


def register(visit: Visit) -> Asked:
    admits(visit)
    say = visit.say
    known = visit.read(about(kinds=(OrganisationRegistered,)))
    own = [(r.fact.organisation, r.fact.name) for r in known.of(OrganisationRegistered) if not r.told]
    return Asked(
        title=say("Put a person on record"),
        submit=say("Put on record"),
        command=EnrolPerson,
        kind=PersonEnrolled,
        allowed=EnrolPerson.allowed,
        then=HOME,
        trail=_trail(visit),
        lead=say(
            "Pages and acts name them by an identifier alone. Who it is, is sealed as soon as you send it."
        ),
        options={"organisation": own},
        hints={"person": say("Small letters, digits and hyphens; not their name.")},
    )


# Invitations


def invite(visit: Visit) -> Asked:
    admits(visit)
    door, say = door_of(visit), visit.say
    lately(visit, visit.request.url.path)
    # Made when the form is sent: the code is then shown once, on the invitation's page, to whoever sent it.
    sent = visit.request.method == "POST"
    code = door.codes.make(visit.identity.person, visit.now) if sent else ""
    return Asked(
        title=say("Invite somebody"),
        submit=say("Issue the invitation"),
        command=IssueInvitation,
        kind=InvitationIssued,
        allowed=IssueInvitation.allowed,
        then=f"{HOME}/invitations/{{new}}",
        trail=_trail(visit),
        lead=say(
            "They come with two codes: yours, which you are shown next, and that of whoever approves."
            " It is good for seven days, once."
        ),
        new="invitation",
        suggested={"person": people(visit)},
        fixed={"code": code, "expires": visit.now + GOOD_FOR},
        hints={
            "person": say("Their identifier, as it stands on record."),
            "purpose": say(
                "To recover revokes every key that they had. To link is for who has a key, and adds an account."
            ),
        },
    )


def approve_invitation(visit: Visit) -> Asked:
    admits(visit)
    name, one = _one(visit)
    if one.standing(visit.now) is not Standing.PENDING:
        raise absent()
    door, say = door_of(visit), visit.say
    sent = visit.request.method == "POST"
    code = door.codes.make(visit.identity.person, visit.now) if sent else ""
    return Asked(
        title=say("Approve an invitation"),
        submit=say("Approve it"),
        order=ApproveInvitation(InvitationApproved(invitation=name, person=one.person, code=code)),
        allowed=ApproveInvitation.allowed,
        then=f"{HOME}/invitations/{name}",
        trail=[*_trail(visit), (f"{HOME}/invitations/{name}", one.person)],
        lead=say(
            "You are shown a code of your own next. Hand it to the person yourself, not through whoever invited."
        ),
        about=[
            (label(say, InvitationIssued, "person"), one.person),
            (label(say, InvitationIssued, "purpose"), say(one.issued.fact.purpose)),
            (say("Issued by"), one.issued.by.person),
        ],
    )


def withdraw(visit: Visit) -> Asked:
    admits(visit)
    name, one = _one(visit)
    if not one.open(visit.now):
        raise absent()
    say = visit.say
    return Asked(
        title=say("Withdraw an invitation"),
        submit=say("Withdraw it"),
        order=WithdrawInvitation(InvitationWithdrawn(invitation=name, person=one.person)),
        allowed=WithdrawInvitation.allowed,
        then=HOME,
        trail=[*_trail(visit), (f"{HOME}/invitations/{name}", one.person)],
        grave=True,
        about=[(label(say, InvitationIssued, "person"), one.person)],
    )


def _one(visit: Visit) -> tuple[InvitationId, Invitation]:
    name = InvitationId(visit.identifier("invitation"))
    found = invitations(visit.read(about(f"invitation:{name}", kinds=INVITATION_KINDS)))
    if name not in found:
        raise absent()
    return name, found[name]


def _trail(visit: Visit) -> list[tuple[str, str]]:
    return [(HOME, visit.say("People and access"))]


for path, ask in (
    ("/roles/new", propose),
    ("/roles/{grant}/approve", approve),
    ("/people/new", register),
    ("/people/{person}/roles/{role}/end", end),
    ("/invitations/new", invite),
    ("/invitations/{invitation}/approve", approve_invitation),
    ("/invitations/{invitation}/withdraw", withdraw),
):
    form(router, HOME + path, ask)


# After the forms: their addresses are the closer ones


@router.get(HOME + "/invitations/{invitation}")
def one_invitation(visit: Visiting) -> Response:
    admits(visit)
    name, one = _one(visit)
    door, me = door_of(visit), visit.identity.person
    approved = one.approved.fact.code if one.approved else ""
    digests = {one.issued.fact.code: one.issued.by.person}
    if one.approved:
        digests[approved] = one.approved.by.person
    codes = [
        code
        for digest, by in digests.items()
        if by == me and (code := door.codes.take(digest, me, visit.now)) is not None
    ]
    say, standing = visit.say, one.standing(visit.now)
    facts = [
        (label(say, InvitationIssued, "person"), one.person),
        (label(say, InvitationIssued, "purpose"), say(one.issued.fact.purpose)),
        (say("Stands"), say(standing)),
        (label(say, InvitationIssued, "expires"), say.moment(one.issued.fact.expires)),
        (say("Issued by"), say("the node, at its founding") if one.founding else one.issued.by.person),
    ]
    if one.approved:
        facts.append((say("Approved by"), one.approved.by.person))
    return visit.page(
        "door/invitation.html",
        name=name,
        facts=facts,
        code=shown(codes[0]) if codes else "",
        link=f"{door.address.origin}/enrol#{shown(codes[0])}" if codes else "",
        approvable=standing is Standing.PENDING and me not in (one.issued.by.person, one.person),
        withdrawable=one.open(visit.now),
        waits=standing is Standing.PENDING,
    )
