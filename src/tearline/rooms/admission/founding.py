"""The founding of a node: its founders are named, and each is given a first invitation, in one act.

It is the one way by which somebody comes in without two others, so it is the node's alone, happens once, and invites
two people or more, each of whom it names as a founder. No other command lets the node invite anybody, so an invitation
that the node said is one of these.

Nobody comes into it with a key of the time before, which one hand introduced at the command line: it would sign beside
the founders what they never admitted it to. To list such keys in the founding would bind nobody, since nobody signs
that act; so each is revoked first, and whoever had it recovers on an invitation by two.
"""

from dataclasses import dataclass
from typing import ClassVar

from tearline.facts.admission import FoundersNamed, InvitationIssued, InvitationPurpose
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.keys import PersonKeyIntroduced, PersonKeyRevoked
from tearline.facts.words import Words
from tearline.folds.admission import ADMISSIONS
from tearline.folds.invitations import asks_invitation, asks_invitations_of
from tearline.folds.keys import asks_keys_of
from tearline.rooms import NONE, Act
from tearline.rooms.admission.invitations import may_be_issued
from tearline.rooms.admission.roles import NameFounders


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundNode:
    """Name the founders and give each their first invitation."""

    founders: FoundersNamed
    invitations: tuple[InvitationIssued, ...]

    allowed: ClassVar[frozenset[Role]] = frozenset({Role.NODE})
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        asked = NameFounders(self.founders).question(known) | about(
            kinds=(*ADMISSIONS, PersonKeyIntroduced, PersonKeyRevoked)
        )
        for invited in self.invitations:
            asked |= asks_invitations_of(invited.person) | asks_invitation(invited.invitation)
            asked |= asks_keys_of(invited.person)
        return asked

    def decide(self, known: History, act: Act) -> list[Draft]:
        drafts = NameFounders(self.founders).decide(known, act)
        if any(known.of(kind) for kind in ADMISSIONS):
            raise Refused(
                "founded-first",
                Words(
                    "somebody was given a role or a key here before there were founders: found a new node",
                    "aquí se dio un rol o una clave antes de que hubiera fundadores: funde un nodo nuevo",
                ),
            )
        revoked = {r.fact.key for r in known.of(PersonKeyRevoked)}
        keys = [r.fact for r in known.of(PersonKeyIntroduced) if r.fact.key not in revoked]
        if keys:
            raise Refused(
                "founded-without-keys",
                Words(
                    f"{keys[0].person} has a key that one hand introduced before there were founders: revoke it first",
                    f"{keys[0].person} tiene una clave que una sola mano introdujo antes de que hubiera fundadores:"
                    " revóquela primero",
                ),
                tuple(one.person for one in keys),
            )
        names = [one.invitation for one in self.invitations]
        invited = [one.person for one in self.invitations]
        first = all(one.purpose is InvitationPurpose.ENROL for one in self.invitations)
        if sorted(invited) != sorted(self.founders.founders) or len(set(names)) != len(names) or not first:
            raise Refused(
                "one-invitation-a-founder",
                Words(
                    "each founder is given one invitation, to enrol a first key, and nobody else is",
                    "a cada fundador se le da una invitación, para inscribir su primera clave, y a nadie más",
                ),
                self.founders.founders,
            )
        for one in self.invitations:
            may_be_issued(known, one, act)
        return drafts + [act.says(one) for one in self.invitations]
