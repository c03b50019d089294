"""Machines and tokens, from the facts: who answers for what, and which token opens anything now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.admission import MachineRegistered, RoleEnded, TokenIssued, TokenRevoked
from tearline.facts.history import History, Question, Recorded, Role, about
from tearline.facts.identifiers import PersonId, TokenId
from tearline.facts.words import Worded
from tearline.folds.admission import asks_roles_of, roles_of, watcher

MACHINES = frozenset(
    {Role.CASE_AGENT, Role.LIAISON, Role.PARTNER_LIAISON, Role.OPERATIONS_PLANNER, Role.AUDITOR}
)
"""The roles that a machine may have: none whose office is to sign, to admit, or to speak for somebody."""


class TokenStanding(Worded):
    """What a token is worth now. Only one that is good opens anything."""

    GOOD = "good", "good", "válido"
    REVOKED = "revoked", "revoked", "revocado"
    EXPIRED = "expired", "expired", "vencido"
    ROLE_ENDED = "role-ended", "the role has ended", "el rol terminó"
    UNANSWERED = "unanswered", "nobody answers for the machine", "nadie responde por la máquina"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token on record: what was issued, and what it is worth."""

    issued: Recorded[TokenIssued]
    standing: TokenStanding


def asks_machine(person: PersonId) -> Question:
    """All that can change whether this is a machine, and who answers for it."""
    return about(f"person:{person}", kinds=(MachineRegistered,))


def machine_of(history: History, person: PersonId) -> Recorded[MachineRegistered] | None:
    """The machine of this identifier as it was last registered; None for a person."""
    return next((r for r in reversed(history.of(MachineRegistered)) if r.fact.person == person), None)


def machine_roles(
    history: History, machine: Recorded[MachineRegistered], now: datetime
) -> Mapping[Role, datetime | None]:
    """The roles that two people gave it since this person answers for it: they gave them to no other's hands."""
    since = tuple(r for r in history if r.position > machine.position)
    return roles_of(History(since, history.position), machine.fact.person, now)


def asks_token(known: History, token: TokenId) -> Question:
    """All that can change what this token is worth, but the passing of time; asked again as more is known."""
    asked = about(f"token:{token}", kinds=(TokenIssued, TokenRevoked))
    for recorded in known.of(TokenIssued):
        if recorded.fact.token == token:
            asked |= _asks_holder(known, recorded.fact.person)
    return asked


def asks_tokens_of(known: History, person: PersonId) -> Question:
    """The same for all tokens that this person, or machine, holds."""
    return about(f"person:{person}", kinds=(TokenIssued, TokenRevoked)) | _asks_holder(known, person)


def _asks_holder(known: History, person: PersonId) -> Question:
    asked = asks_roles_of(person) | asks_machine(person)
    machine = machine_of(known, person)
    return asked if machine is None else asked | asks_roles_of(machine.fact.answers)


def tokens(history: History, now: datetime, *, demo: bool = False) -> Sequence[Token]:
    """Every token that was issued, in order. In a demonstration people hold any role; machines never do."""
    revoked = {r.fact.token for r in history.of(TokenRevoked)}
    return [
        Token(issued=r, standing=_standing(history, r, now, revoked=r.fact.token in revoked, demo=demo))
        for r in history.of(TokenIssued)
    ]


def token(history: History, name: TokenId, now: datetime, *, demo: bool = False) -> Token | None:
    """The token of this name, if it was issued."""
    return next((t for t in tokens(history, now, demo=demo) if t.issued.fact.token == name), None)


def _standing(
    history: History, issued: Recorded[TokenIssued], now: datetime, *, revoked: bool, demo: bool
) -> TokenStanding:
    fact = issued.fact
    if revoked:
        return TokenStanding.REVOKED
    if fact.expires <= now:
        return TokenStanding.EXPIRED
    # A role that was ended and given anew does not wake the tokens of the time before.
    ended = any(
        r.fact.person == fact.person and r.fact.role is fact.role and r.position > issued.position
        for r in history.of(RoleEnded)
    )
    machine = machine_of(history, fact.person)
    held = fact.role in roles_of(history, fact.person, now) or (demo and machine is None)
    if ended or not held:
        return TokenStanding.ROLE_ENDED
    if machine is not None and not _answered(history, issued, machine, now, demo=demo):
        return TokenStanding.UNANSWERED
    return TokenStanding.GOOD


def _answered(
    history: History,
    issued: Recorded[TokenIssued],
    machine: Recorded[MachineRegistered],
    now: datetime,
    *,
    demo: bool,
) -> bool:
    """Whether whoever issued it still answers for the machine, still acts here, and in no role that this excludes."""
    answers = machine.fact.answers
    still = machine.position < issued.position and issued.by.person == answers
    held = roles_of(history, answers, now)
    return still and (demo or (bool(held) and watcher(issued.fact.role, held) is None))
