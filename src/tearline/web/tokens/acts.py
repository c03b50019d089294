"""Forms of tokens and machines. A token is made when its form is sent, and shown once, when its fact is on record."""

from collections.abc import Callable
from datetime import timedelta

from fastapi import APIRouter

from tearline.facts.admission import MachineRegistered, TokenIssued, TokenRevoked
from tearline.facts.history import Role
from tearline.facts.identifiers import PersonId, TokenId
from tearline.folds.admission import asks_roles_of, roles_of
from tearline.folds.tokens import TokenStanding, asks_machine, machine_of
from tearline.rooms.admission.machines import RegisterMachine
from tearline.rooms.admission.tokens import LONGEST, LONGEST_OF_A_MACHINE, IssueToken, RevokeToken
from tearline.signin.secrets import Unshown
from tearline.web.asked import Asked
from tearline.web.forms import form
from tearline.web.on_record import people
from tearline.web.tokens import listing
from tearline.web.visit import Visit, absent

router = APIRouter()
ONCE = "/account/tokens/{new}/shown"


def whose(visit: Visit) -> str:
    """The session that a token is made in; in a demonstration there is none, and the person stands for it."""
    return visit.identity.session or f"person:{visit.actor.person}"


def unshown(visit: Visit) -> Unshown:
    held: Unshown = visit.request.app.state.unshown
    return held


def issue(visit: Visit) -> Asked:
    say = visit.say
    return Asked(
        title=say("A token for yourself"),
        submit=say("Issue the token"),
        command=IssueToken,
        kind=TokenIssued,
        allowed=IssueToken.allowed,
        then=ONCE,
        trail=[("/account/tokens", say("Tokens"))],
        lead=say(
            "A program that has the token reads and records as %(role)s in your name, through the API alone. What"
            " binds you it cannot sign.",
            role=say(visit.role),
        ),
        before=_once(visit),
        fixed={"person": visit.actor.person, "role": visit.role},
        hints={"expires": _until(visit, LONGEST)},
        new="token",
        settled={"secret": _secret(visit)},
    )


def issue_for_machine(visit: Visit) -> Asked:
    say = visit.say
    name = PersonId(visit.identifier("machine"))
    known = visit.read(asks_machine(name) | asks_roles_of(name))
    machine = machine_of(known, name)
    if machine is None or machine.fact.answers != visit.actor.person:
        raise absent()
    held = roles_of(known, name, visit.now)
    return Asked(
        title=say("A token for %(machine)s", machine=machine.fact.name),
        submit=say("Issue the token"),
        command=IssueToken,
        kind=TokenIssued,
        allowed=IssueToken.allowed - {Role.ADMINISTRATOR},
        then=ONCE,
        trail=[("/account/tokens", say("Tokens"))],
        lead=say("You answer for what this machine does with it."),
        before=_once(visit),
        fixed={"person": name},
        options={"role": [(role.value, say(role)) for role in held]},
        hints={"expires": _until(visit, LONGEST_OF_A_MACHINE)},
        new="token",
        settled={"secret": _secret(visit)},
    )


def revoke(visit: Visit) -> Asked:
    say = visit.say
    found = listing.one(visit, TokenId(visit.identifier("token")))
    if found is None or found.standing is TokenStanding.REVOKED:
        raise absent()
    fact = found.issued.fact
    return Asked(
        title=say("Revoke a token"),
        submit=say("Revoke the token"),
        command=RevokeToken,
        kind=TokenRevoked,
        allowed=RevokeToken.allowed,
        then="/account/tokens",
        trail=[("/account/tokens", say("Tokens"))],
        lead=say("From that moment it opens nothing. This cannot be taken back."),
        grave=True,
        fixed={"token": fact.token, "person": fact.person},
        about=[
            (say("Token"), fact.token),
            (say("Holder"), fact.person),
            (say("Role"), say(fact.role)),
            (say("Expires"), say.moment(fact.expires)),
        ],
    )


def register(visit: Visit) -> Asked:
    say = visit.say
    return Asked(
        title=say("Register a machine"),
        submit=say("Register the machine"),
        command=RegisterMachine,
        kind=MachineRegistered,
        allowed=RegisterMachine.allowed,
        then="/machines/{new}",
        trail=[("/machines", say("Machines and tokens"))],
        lead=say(
            "A machine acts under an identifier of its own. Two people give it a role; whoever answers for it issues"
            " its tokens. It signs nothing."
        ),
        new="person",
        hints={"answers": say("The identifier of a person on record.")},
        suggested={"answers": people(visit)},
    )


def answers(visit: Visit) -> Asked:
    say = visit.say
    name = PersonId(visit.identifier("machine"))
    machine = machine_of(visit.read(asks_machine(name)), name)
    if machine is None:
        raise absent()
    return Asked(
        title=say("Who answers for %(machine)s", machine=machine.fact.name),
        submit=say("Say who answers"),
        command=RegisterMachine,
        kind=MachineRegistered,
        allowed=RegisterMachine.allowed,
        then=f"/machines/{name}",
        trail=[("/machines", say("Machines and tokens")), (f"/machines/{name}", machine.fact.name)],
        lead=say("Its tokens are worth nothing from then on: whoever answers issues new ones."),
        fixed={"person": name, "name": machine.fact.name},
        hints={"answers": say("The identifier of a person on record.")},
        suggested={"answers": people(visit)},
        about=[(say("Until now"), machine.fact.answers)],
    )


def _once(visit: Visit) -> str:
    return visit.say("The token is shown once, on the page that follows. It is kept nowhere but as its hash.")


def _until(visit: Visit, longest: timedelta) -> str:
    return visit.say("At most %(days)s days from now.", days=visit.say.number(longest.days))


def _secret(visit: Visit) -> Callable[[str], object]:
    """What is recorded of the token of this name, which is made now and waits to be shown."""
    return lambda name: unshown(visit).made(whose(visit), TokenId(name), visit.now)


form(router, "/account/tokens/new", issue)
form(router, "/account/tokens/{token}/revoke", revoke)
form(router, "/account/machines/{machine}/token", issue_for_machine)
form(router, "/machines/new", register)
form(router, "/machines/{machine}/answers", answers)
