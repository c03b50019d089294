"""What the pages of tokens show: a row for each token, and for each machine."""

from collections.abc import Sequence

from tearline.facts.admission import MachineRegistered, TokenIssued, TokenRevoked
from tearline.facts.history import History, Question, Recorded, Role, about
from tearline.facts.identifiers import PersonId, TokenId
from tearline.folds.admission import ROLE_KINDS, asks_roles_of, roles_of
from tearline.folds.tokens import Token, TokenStanding, asks_tokens_of, machine_of, token, tokens
from tearline.web.look import link, tag
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

ALL = about(kinds=(MachineRegistered, TokenIssued, TokenRevoked, *ROLE_KINDS))
"""For administrators: every machine and token. Some thousands of facts at the most."""
STATES = {TokenStanding.GOOD: "release", TokenStanding.EXPIRED: "unknown"}


def mine(known: History, person: PersonId) -> Question:
    """My tokens, the machines that I answer for, and theirs."""
    asked = asks_tokens_of(known, person) | about(f"answers:{person}", kinds=(MachineRegistered,))
    for recorded in known.of(MachineRegistered):
        if recorded.fact.answers == person:
            asked |= asks_tokens_of(known, recorded.fact.person)
    return asked


def machines(known: History) -> list[Recorded[MachineRegistered]]:
    """Each machine as it was last registered, in the order of their names."""
    latest = {r.fact.person: r for r in known.of(MachineRegistered)}
    return sorted(latest.values(), key=lambda r: (r.fact.name.casefold(), r.fact.person))


def answered_by(known: History, person: PersonId) -> list[Recorded[MachineRegistered]]:
    """The machines that this person answers for now."""
    return [r for r in machines(known) if r.fact.answers == person]


def one(visit: Visit, name: TokenId) -> Token | None:
    """This token, for whoever may know of it: its holder, who issued it or answers for its machine, administrators."""

    def asks(known: History) -> Question:
        asked = about(f"token:{name}", kinds=(TokenIssued, TokenRevoked))
        for recorded in known.of(TokenIssued):
            asked |= asks_tokens_of(known, recorded.fact.person) | asks_roles_of(recorded.fact.person)
        return asked

    known = visit.read(asks)
    found = token(known, name, visit.now, demo=visit.node.demo)
    return found if found is not None and _concerns(visit, known, found) else None


def _concerns(visit: Visit, known: History, found: Token) -> bool:
    issued = found.issued
    machine = machine_of(known, issued.fact.person)
    theirs = {issued.fact.person, issued.by.person} | ({machine.fact.answers} if machine else set())
    return visit.actor.person in theirs or visit.role is Role.ADMINISTRATOR


def token_rows(visit: Visit, found: Sequence[Token], *, holders: bool) -> list[list[object]]:
    """A row for each token, the latest first; with ``holders`` it says whose it is."""
    return [_token_row(visit.say, one, holders=holders) for one in reversed(found)]


def _token_row(say: Tongue, one: Token, *, holders: bool) -> list[object]:
    fact = one.issued.fact
    good = one.standing is TokenStanding.GOOD
    row: list[object] = [fact.token]
    if holders:
        row.append(fact.person)
    return [
        *row,
        say(fact.role),
        say.listed([say(scope) for scope in fact.scopes]),
        say.moment(fact.expires),
        tag(say, say(one.standing), STATES.get(one.standing, "hold")),
        link(say("Revoke"), f"/account/tokens/{fact.token}/revoke") if good else None,
    ]


def heads(say: Tongue, *, holders: bool) -> list[str]:
    whose = [say("Holder")] if holders else []
    return [say("Token"), *whose, say("Role"), say("Good for"), say("Expires"), say("Standing"), say("Act")]


def tokens_of(visit: Visit, known: History, person: PersonId) -> list[Token]:
    """The tokens that this person or machine holds."""
    return [t for t in tokens(known, visit.now, demo=visit.node.demo) if t.issued.fact.person == person]


def roles_in_words(visit: Visit, known: History, machine: PersonId) -> str | None:
    """The roles that a machine has now."""
    held = roles_of(known, machine, visit.now)
    return visit.say.listed([visit.say(role) for role in held]) or None
