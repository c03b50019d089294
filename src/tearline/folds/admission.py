"""Who acts as what, from the facts: the roles that people hold at an instant, and which go together."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tearline.facts.admission import (
    DirectoryAccountLinked,
    FoundersNamed,
    InvitationIssued,
    PasskeyEnrolled,
    RoleApproved,
    RoleEnded,
    RoleProposed,
    TokenIssued,
)
from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, Role, about
from tearline.facts.identifiers import GrantId, PersonId

ROLE_KINDS: Sequence[type[Fact]] = (FoundersNamed, RoleProposed, RoleApproved, RoleEnded)
FOUNDED = about(kinds=(FoundersNamed,))
"""Whether people are admitted here. Until then only the operator's command line acts, and says for whom."""

ADMIT = frozenset({Role.ADMINISTRATOR, Role.SENIOR_OFFICER})
"""Who gives roles and invitations, two at a time. The first sees no content, the second knows the people."""
ENROL = frozenset({Role.VETTING_OFFICER, Role.LIAISON})
"""Who enrols people, and introduces another person's key."""
REVOKE = ENROL | {Role.ADMINISTRATOR}
"""Who revokes another person's key."""
ADMISSIONS = (RoleProposed, InvitationIssued, PasskeyEnrolled, DirectoryAccountLinked, TokenIssued)
"""None of these before the founding: whoever acts before it holds no role, and must prepare none."""

ALONE = frozenset({Role.ADMINISTRATOR, Role.OVERSEER, Role.AUDITOR, Role.PARTNER_LIAISON, Role.ADVOCATE})
"""Roles that nobody holds beside another: whoever watches, or speaks for the other side, does nothing else here."""
TOGETHER = frozenset({frozenset({Role.OVERSEER, Role.AUDITOR})})
"""But these may be one person's."""


def asks_roles_of(person: PersonId) -> Question:
    """All that can change which roles this person holds, but the passing of time."""
    return FOUNDED | about(f"person:{person}", kinds=(RoleProposed, RoleApproved, RoleEnded))


def founded(history: History) -> bool:
    """Whether founders were named."""
    return bool(history.of(FoundersNamed))


def roles_of(history: History, person: PersonId, now: datetime) -> Mapping[Role, datetime | None]:
    """The roles in which this person may act now, each with its end; a founder's has none."""
    held: dict[Role, datetime | None] = {}
    grants: dict[GrantId, RoleProposed] = {}
    for recorded in history:
        match recorded.fact:
            case FoundersNamed(founders=founders) if person in founders:
                held[Role.ADMINISTRATOR] = None
            case RoleProposed() as proposed if proposed.person == person:
                grants[proposed.grant] = proposed
            case RoleApproved(grant=grant) if grant in grants:
                held[grants[grant].role] = grants[grant].until
            case RoleEnded() as ended if ended.person == person:
                held.pop(ended.role, None)
            case _:
                continue
    return {role: until for role, until in held.items() if until is None or now < until}


def apart(role: Role, held: Sequence[Role]) -> Role | None:
    """One of the roles held that may not be one person's together with this one; None when all may."""
    for other in held:
        together = role == other or frozenset({role, other}) in TOGETHER
        if not together and (role in ALONE or other in ALONE):
            return other
    return None


def watcher(role: Role, held: Iterable[Role]) -> Role | None:
    """One of the roles held whose holder does not act in this one, by a machine either; None when there is none."""
    return next((other for other in sorted(ALONE.intersection(held)) if apart(role, (other,))), None)


def proposed(history: History, grant: GrantId) -> Recorded[RoleProposed] | None:
    """The proposal of this grant, whether or not it was approved."""
    return next((r for r in history.of(RoleProposed) if r.fact.grant == grant), None)
