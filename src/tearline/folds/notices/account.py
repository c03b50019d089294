"""Notices of roles, invitations, keys, directory accounts and tokens."""

from tearline.facts.admission import (
    DirectoryAccountLinked,
    DirectoryAccountUnlinked,
    InvitationApproved,
    InvitationIssued,
    InvitationWithdrawn,
    MachineRegistered,
    PasskeyEnrolled,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    TokenIssued,
    TokenRevoked,
)
from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyIntroduced, PersonKeyRevoked
from tearline.folds.notices.kept import Kept
from tearline.folds.notices.words import Tells


class OfAccounts:
    """Which roles were proposed and which machines answer to whom, so far."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._proposed: dict[str, RoleProposed] = {}
        self._machines: dict[PersonId, PersonId] = {}

    def read_of_admission(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case RoleProposed(grant=grant, person=person, role=role, until=until):
                self._proposed[grant] = r.fact
                self._kept.wait(Tells.TO_ADMIT, r, grant, not_for={person, r.by.person}, until=until)
                self._kept.tell(person, Tells.ROLE_PROPOSED, r, role.value, role=role)
            case RoleApproved(grant=grant, person=person) if grant in self._proposed:
                self._kept.done(Tells.TO_ADMIT, grant)
                given = self._proposed[grant]
                self._kept.tell(person, Tells.ROLE_GIVEN, r, given.role.value, role=given.role)
                self._kept.hold(r, given)
            case RoleEnded(person=person, role=role):
                self._kept.hold_no_more(person, role)
                self._kept.tell(person, Tells.ROLE_ENDED, r, role.value, role=role)
            case InvitationIssued(invitation=name, person=person, expires=expires):
                if r.by.role is not Role.NODE:
                    self._kept.wait(Tells.TO_INVITE, r, name, not_for={person, r.by.person}, until=expires)
            case InvitationApproved(invitation=name):
                self._kept.done(Tells.TO_INVITE, name)
            case _:
                return

    def read_of_keys(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case InvitationWithdrawn(invitation=name):
                self._kept.done(Tells.TO_INVITE, name)
            case PasskeyEnrolled(person=person, key=key, invitation=invitation):
                if invitation is not None:
                    self._kept.done(Tells.TO_INVITE, invitation)
                self._kept.tell(person, Tells.KEY_ADDED, r, key)
            case PersonKeyIntroduced(person=person):
                self._kept.tell(person, Tells.KEY_ADDED, r, "")
            case PersonKeyRevoked(person=person):
                self._kept.tell(person, Tells.KEY_REVOKED, r, "")
            case DirectoryAccountLinked(person=person, invitation=invitation):
                self._kept.done(Tells.TO_INVITE, invitation)
                self._kept.tell(person, Tells.LINKED, r, "")
            case DirectoryAccountUnlinked(person=person):
                self._kept.tell(person, Tells.UNLINKED, r, "")
            case MachineRegistered(person=machine, answers=answers):
                self._machines[machine] = answers
            case TokenIssued(token=token, person=person):
                self._kept.tell(self._machines.get(person, person), Tells.TOKEN_ISSUED, r, token)
            case TokenRevoked(token=token, person=person):
                self._kept.tell(self._machines.get(person, person), Tells.TOKEN_REVOKED, r, token)
            case _:
                return
