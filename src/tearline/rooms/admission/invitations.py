"""Invitations: issued by one, approved by another, each with a code of their own; good once, within two weeks.

Whoever is invited needs both codes, so neither of the two can use the invitation in that person's place. Only the
founding of the node gives invitations that nobody approves (see ``founding``).
"""

from datetime import timedelta

from tearline.facts.admission import (
    InvitationApproved,
    InvitationIssued,
    InvitationPurpose,
    InvitationWithdrawn,
)
from tearline.facts.errors import Refused
from tearline.facts.history import Draft, History, Question, about
from tearline.facts.identifiers import THUMBPRINT, InvitationId, PersonId
from tearline.facts.parties import PersonEnrolled
from tearline.facts.words import Words
from tearline.folds.admission import ADMIT
from tearline.folds.invitations import Invitation, Standing, asks_invitation, asks_invitations_of, invitations
from tearline.folds.keys import asks_keys_of, had_a_key, keys_of
from tearline.rooms import Act, Says, require, require_new, unknown

LONGEST = timedelta(days=14)
PERSON, INVITATION = Words("person", "la persona"), Words("invitation", "la invitación")


class IssueInvitation(Says[InvitationIssued]):
    """By somebody who admits people, for another."""

    allowed = ADMIT

    def question(self, known: History) -> Question:
        fact = self.fact
        person = about(f"person:{fact.person}", kinds=(PersonEnrolled,))
        return (
            person
            | asks_invitations_of(fact.person)
            | asks_invitation(fact.invitation)
            | asks_keys_of(fact.person)
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        require(known, PersonEnrolled, "person", self.fact.person, PERSON)
        _not_oneself(self.fact.person, act)
        may_be_issued(known, self.fact, act)
        return [act.says(self.fact)]


class ApproveInvitation(Says[InvitationApproved]):
    """By somebody else than who issued it, and than who is invited."""

    allowed = ADMIT

    def question(self, known: History) -> Question:
        return asks_invitation(self.fact.invitation) | asks_keys_of(self.fact.person)

    def decide(self, known: History, act: Act) -> list[Draft]:
        found = invited(known, self.fact.invitation, self.fact.person)
        if found.approved is not None or found.founding:
            raise Refused(
                "once",
                Words("this invitation is approved already", "esta invitación ya está aprobada"),
                (self.fact.invitation,),
            )
        must_be(found, act, Standing.PENDING)
        _not_oneself(self.fact.person, act)
        if found.issued.by.person == act.by.person:
            raise Refused(
                "two-people",
                Words(
                    "whoever issued an invitation does not approve it",
                    "quien emitió una invitación no la aprueba",
                ),
                (self.fact.invitation,),
            )
        _is_a_digest(self.fact.code, self.fact.invitation)
        if self.fact.code == found.issued.fact.code:
            raise Refused(
                "two-codes",
                Words(
                    "each of the two who invite has a code of their own",
                    "cada una de las dos personas que invitan tiene su propio código",
                ),
                (self.fact.invitation,),
            )
        fits_its_purpose(known, found.issued.fact)
        return [act.says(self.fact)]


class WithdrawInvitation(Says[InvitationWithdrawn]):
    """One person is enough for this."""

    allowed = ADMIT

    def question(self, known: History) -> Question:
        return asks_invitation(self.fact.invitation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        found = invited(known, self.fact.invitation, self.fact.person)
        must_be(found, act, Standing.PENDING, Standing.GOOD)
        return [act.says(self.fact)]


def invited(known: History, invitation: InvitationId, person: PersonId) -> Invitation:
    """This person's invitation of this name; refused when there is none."""
    found = invitations(known).get(invitation)
    if found is None or found.person != person:
        raise unknown(INVITATION, invitation)
    return found


def must_be(found: Invitation, act: Act, *wanted: Standing) -> None:
    """Refuse an invitation that stands otherwise."""
    standing = found.standing(act.now)
    if standing not in wanted:
        raise Refused(
            "invitation-open",
            Words(
                f"this invitation cannot be used any more, or not yet: {standing.words.en}",
                f"esta invitación ya no puede usarse, o todavía no: {standing.words.es}",
            ),
            (found.issued.fact.invitation,),
        )


def fits_its_purpose(known: History, issued: InvitationIssued) -> None:
    """A first key is for who never had one; whoever had one gets another in its place by recovery alone.

    A directory account beside a key is for who has a key now: it cannot stand in for one that was lost.
    """
    had = had_a_key(known, issued.person)
    if issued.purpose is InvitationPurpose.LINK:
        if not keys_of(known, issued.person):
            raise Refused(
                "invited-to-what-fits",
                Words(
                    "this person has no key now: they are invited to enrol or recover one, not to link an account",
                    "esta persona no tiene ahora ninguna clave: se la invita a inscribir o recuperar una,"
                    " no a vincular una cuenta",
                ),
                (issued.person,),
            )
        return
    if had != (issued.purpose is InvitationPurpose.RECOVER):
        raise Refused(
            "invited-to-what-fits",
            Words(
                "this person has or had a key: they are invited to recover, which revokes it"
                if had
                else "this person never had a key: they are invited to enrol one, not to recover",
                "esta persona tiene o tuvo una clave: se la invita a recuperarla, lo que revoca la anterior"
                if had
                else "esta persona nunca tuvo una clave: se la invita a inscribir una, no a recuperarla",
            ),
            (issued.person,),
        )


def may_be_issued(known: History, fact: InvitationIssued, act: Act) -> None:
    """Refuse an invitation that is not new, lasts too long, is one too many, or does not fit its person."""
    require_new(known, InvitationIssued, "invitation", fact.invitation, INVITATION)
    _is_a_digest(fact.code, fact.invitation)
    if not act.now < fact.expires <= act.now + LONGEST:
        raise Refused(
            "an-invitation-expires",
            Words(
                "an invitation expires: later than now, and within fourteen days",
                "una invitación vence: después de ahora, y antes de catorce días",
            ),
            (fact.invitation,),
        )
    others = (one for one in invitations(known).values() if one.person == fact.person)
    if any(one.open(act.now) for one in others):
        raise Refused(
            "one-open-invitation",
            Words(
                "this person has an open invitation: withdraw it first",
                "esta persona tiene una invitación abierta: retírela primero",
            ),
            (fact.person,),
        )
    fits_its_purpose(known, fact)


def _is_a_digest(code: str, invitation: InvitationId) -> None:
    if THUMBPRINT.fullmatch(code) is None:
        raise Refused(
            "only-the-hash-of-a-code",
            Words(
                "what stands on record of a code is its SHA-256, in base64url",
                "lo que consta de un código es su SHA-256, en base64url",
            ),
            (invitation,),
        )


def _not_oneself(person: PersonId, act: Act) -> None:
    if act.by.person == person:
        raise Refused(
            "nobody-admits-themselves",
            Words("nobody invites themselves", "nadie se invita a sí mismo"),
            (person,),
        )
