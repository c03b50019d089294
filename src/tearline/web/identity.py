"""Whom a visitor of a demonstration acts as, and in which language anyone reads."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from tearline.facts.history import Role
from tearline.facts.words import Language
from tearline.signin.demonstration import COOKIE, ROLES, on_this_machine
from tearline.web.access import GRANTS
from tearline.web.guards import local_path
from tearline.web.tongue import Tongue
from tearline.web.visit import Caller, Calling, NoIdentity, Posted

router = APIRouter()
A_YEAR = 365 * 86400


@router.get("/identity")
def choose(caller: Calling) -> Response:
    _only_here(caller)
    say = caller.say
    rows = [
        {
            "value": role.value,
            "title": say(role),
            "text": _does(say, role),
            "current": role is caller.role,
        }
        for role in ROLES
    ]
    return caller.page("identity.html", rows=rows)


@router.post("/identity")
def chosen(caller: Calling, given: Posted) -> Response:
    _only_here(caller)
    value = (given.get("identity") or [""])[0]
    if value not in {role.value for role in ROLES}:
        raise HTTPException(422, caller.say("Choose one of the identities on the page."))
    response = RedirectResponse("/", 303)
    # Over plain http on loopback a `__Host-` cookie cannot be set, and this one proves nothing.
    response.set_cookie(COOKIE, value, httponly=True, samesite="strict", path="/")
    return response


def _only_here(caller: Caller) -> None:
    """One presses an identity only in a demonstration, and only at the machine on which it runs."""
    if not caller.demo:
        raise NoIdentity
    if not on_this_machine(caller.request):
        raise HTTPException(
            403,
            caller.say("A demonstration lets everybody act as anyone, so it serves its own machine only."),
        )


@router.get("/language")
def switch(to: str = "", back: str = "/") -> Response:
    response = RedirectResponse(local_path(back), 303)
    if to in {one.value for one in Language}:
        response.set_cookie("language", to, max_age=A_YEAR, httponly=True, samesite="strict", path="/")
    return response


def _does(say: Tongue, role: Role) -> str:
    """What the role is for, and which sealed compartments it opens."""
    told = {
        Role.CASE_AGENT: say("Registers items, asks for releases, dissents."),
        Role.SOURCE_HANDLER: say("Speaks for the source; signs for source handling."),
        Role.RELEASING_OFFICER: say("Signs and makes releases; answers dissent."),
        Role.SENIOR_OFFICER: say("Answers dissent; gives the second signature."),
        Role.VETTING_OFFICER: say("Records who was vetted, by whom, with what outcome."),
        Role.LIAISON: say("Asks for releases on the partner's behalf; keeps the record of partners."),
        Role.PARTNER_LIAISON: say("The partner's side: receives copies and acknowledges them."),
        Role.INVESTIGATOR: say("Investigates leaks and informs the overseer."),
        Role.HARM_DESK: say("Records harm, warns people in danger, gives help."),
        Role.LINKAGE_ANALYST: say(
            "Works out who is who among those reported, without seeing who reported them."
        ),
        Role.ADVOCATE: say("Speaks for those who were harmed."),
        Role.OPERATIONS_PLANNER: say("Plans operations and accounts for them."),
        Role.OVERSEER: say("Is owed accounts, sees what is overdue."),
        Role.AUDITOR: say("Checks the record and the duties; opens nothing that is sealed."),
        Role.ADMINISTRATOR: say("Admits people with another's consent; sees no content."),
    }
    opened = [say(grant.compartment) for grant in GRANTS.get(role, ())]
    said = told.get(role, "")
    return say("%(does)s Opens: %(opened)s.", does=said, opened=say.listed(opened)) if opened else said
