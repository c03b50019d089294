"""Addresses of tokens and machines."""

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import Role
from tearline.facts.identifiers import PersonId, TokenId
from tearline.folds.admission import asks_roles_of
from tearline.folds.tokens import TokenStanding, asks_tokens_of, machine_of, tokens
from tearline.web.look import link
from tearline.web.tokens import acts, listing
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()
router.include_router(acts.router)


@router.get("/account/tokens")
def own(visit: Visiting) -> Response:
    """My tokens, and those of the machines that I answer for."""
    person, say = visit.actor.person, visit.say
    known = visit.read(lambda so_far: listing.mine(so_far, person))
    answered = [
        {
            "machine": r.fact,
            "roles": listing.roles_in_words(visit, known, r.fact.person),
            "rows": listing.token_rows(visit, listing.tokens_of(visit, known, r.fact.person), holders=False),
        }
        for r in listing.answered_by(known, person)
    ]
    rows = listing.token_rows(visit, listing.tokens_of(visit, known, person), holders=False)
    heads = listing.heads(say, holders=False)
    issues = visit.role is not Role.ADMINISTRATOR
    return visit.page("tokens/own.html", rows=rows, heads=heads, answered=answered, issues=issues)


@router.get("/account/tokens/{token}/shown")
def shown(visit: Visiting) -> Response:
    """The token, once, to whoever issued it, in the session that it was made in."""
    name = TokenId(visit.identifier("token"))
    found = listing.one(visit, name)
    if found is None or found.issued.by != visit.actor:
        raise absent()
    made = acts.unshown(visit).shown(acts.whose(visit), name, visit.now)
    return visit.page("tokens/shown.html", token=found.issued.fact, made=made)


@router.get("/machines")
def machines(visit: Visiting) -> Response:
    """Every machine and every good token, for administrators."""
    _administrator(visit)
    known = visit.read(listing.ALL)
    good = [
        t
        for t in tokens(known, visit.now, demo=visit.node.demo)
        if t.standing in (TokenStanding.GOOD, TokenStanding.UNANSWERED)
    ]
    rows = [
        [
            link(r.fact.name, f"/machines/{r.fact.person}"),
            r.fact.person,
            r.fact.answers,
            listing.roles_in_words(visit, known, r.fact.person),
        ]
        for r in listing.machines(known)
    ]
    return visit.page(
        "tokens/machines.html",
        rows=rows,
        tokens=listing.token_rows(visit, good, holders=True),
        heads=listing.heads(visit.say, holders=True),
    )


@router.get("/machines/{machine}")
def one_machine(visit: Visiting) -> Response:
    _administrator(visit)
    name = PersonId(visit.identifier("machine"))
    known = visit.read(lambda so_far: asks_tokens_of(so_far, name) | asks_roles_of(name))
    machine = machine_of(known, name)
    if machine is None:
        raise absent()
    rows = listing.token_rows(visit, listing.tokens_of(visit, known, name), holders=False)
    return visit.page(
        "tokens/machine.html",
        machine=machine.fact,
        registered=visit.say.moment(machine.recorded_at),
        roles=listing.roles_in_words(visit, known, name),
        rows=rows,
        heads=listing.heads(visit.say, holders=False),
    )


def _administrator(visit: Visit) -> None:
    """To anybody else there is no such page."""
    if visit.role is not Role.ADMINISTRATOR:
        raise absent()
