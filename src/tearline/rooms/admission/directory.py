"""Directory accounts: linked once, on an approved invitation, by the node that saw the account; unlinked by one."""

from dataclasses import dataclass
from typing import ClassVar

from tearline.facts.admission import DirectoryAccountLinked, DirectoryAccountUnlinked, InvitationPurpose
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, History, Question, Role
from tearline.facts.words import Words
from tearline.folds.directory import asks_account, asks_accounts_of, linked
from tearline.folds.invitations import Invitation, Standing, asks_invitation, invitations
from tearline.folds.keys import asks_keys_of, keys_of
from tearline.rooms import NONE, Act, Says, unknown
from tearline.rooms.admission.passkeys import digest_of

PEOPLE = frozenset(Role) - {Role.NODE, Role.CHRONICLER}
ACCOUNT = Words("directory account of this person", "esa cuenta del directorio de esta persona")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDirectoryAccount:
    """The account of whoever brought the codes of a good invitation, which is used up by it.

    The node gives this order, and says the fact: it saw the directory name the account. ``code`` is the one that was
    issued, ``second`` the one of the approval; a founder's first invitation has no second.
    """

    fact: DirectoryAccountLinked
    code: str
    second: str | None

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.NODE})
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        theirs = asks_accounts_of(self.fact.person) | asks_keys_of(self.fact.person)
        return theirs | asks_account(self.fact.account) | asks_invitation(self.fact.invitation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        found = _good(known, fact, act)
        brought = None if self.second is None else digest_of(self.second)
        approved = found.approved.fact.code if found.approved else None
        if digest_of(self.code) != found.issued.fact.code or brought != approved:
            raise Refused(
                "codes-of-the-invitation",
                Words(
                    "these are not the codes of this invitation",
                    "estos no son los códigos de esta invitación",
                ),
                (fact.invitation,),
            )
        held = linked(known)
        if fact.account in held:
            raise Refused(
                "one-holder",
                Words(
                    "this account of the directory is linked already; it is unlinked first",
                    "esta cuenta del directorio ya está vinculada; primero se desvincula",
                ),
                (fact.person,),
            )
        if any(r.fact.person == fact.person and r.fact.issuer == fact.issuer for r in held.values()):
            raise Refused(
                "one-account",
                Words(
                    "this person has an account of this directory; it is unlinked first",
                    "esta persona ya tiene una cuenta de este directorio; primero se desvincula",
                ),
                (fact.person,),
            )
        return [act.says(fact)]


class UnlinkDirectoryAccount(Says[DirectoryAccountUnlinked]):
    """By its holder, or an administrator: one person is enough to close a door."""

    allowed = PEOPLE

    def question(self, known: History) -> Question:
        return asks_account(self.fact.account)

    def decide(self, known: History, act: Act) -> list[Draft]:
        fact = self.fact
        # Before anything is looked up: whose account there is, is for no stranger.
        if act.by.person != fact.person and act.by.role is not Role.ADMINISTRATOR:
            raise Refused(
                "ones-own-account",
                Words(
                    "an account is unlinked by its holder or by an administrator",
                    "una cuenta la desvincula su titular o un administrador",
                ),
                (fact.person,),
            )
        found = linked(known).get(fact.account)
        if found is None or found.fact.person != fact.person:
            raise unknown(ACCOUNT, fact.person)
        return [act.says(fact)]


def _good(known: History, fact: DirectoryAccountLinked, act: Act) -> Invitation:
    """This person's invitation, which lets somebody in now. One to recover is for keys: it revokes the lost ones.

    One to link an account beside a key needs a key still: who lost theirs meanwhile recovers first.
    """
    found = invitations(known).get(fact.invitation)
    theirs = found is not None and found.person == fact.person and found.standing(act.now) is Standing.GOOD
    if found is None or not theirs or not _links(known, found):
        raise Refused(
            "on-invitation",
            Words(
                "an account is linked on an invitation that was approved, has not expired and was not used",
                "una cuenta se vincula con una invitación aprobada, vigente y sin usar",
            ),
            (fact.person,),
        )
    return found


def _links(known: History, found: Invitation) -> bool:
    """Whether such an invitation is good for an account."""
    match found.issued.fact.purpose:
        case InvitationPurpose.ENROL:
            return True
        case InvitationPurpose.LINK:
            return bool(keys_of(known, found.person))
        case InvitationPurpose.RECOVER:
            return False
