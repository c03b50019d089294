"""Signing in by the agency's directory, linking an account on an invitation, and unlinking it."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tearline.facts.admission import DirectoryAccountLinked, DirectoryAccountUnlinked
from tearline.facts.history import Question, Recorded, Role, about
from tearline.facts.identifiers import THUMBPRINT, DirectoryAccountId
from tearline.folds.directory import LINKS, asks_account, asks_accounts_of, linked
from tearline.rooms.admission.directory import UnlinkDirectoryAccount
from tearline.signin.arrivals import Arrivals
from tearline.signin.cookies import SESSION, give
from tearline.signin.directory import CALLBACK, COOKIE, LASTS
from tearline.signin.passkeys import NotLetIn
from tearline.signin.provider import DirectoryDown
from tearline.web.asked import Asked
from tearline.web.door.entrance import browser_of
from tearline.web.forms import form
from tearline.web.look import link
from tearline.web.visit import Caller, Calling, Posted, Visit, Visiting, absent

router = APIRouter()
LINKED: Question = about(kinds=LINKS)


def arrivals_of(caller: Caller) -> Arrivals:
    """The way in by the directory; the page of things that are not there where there is none."""
    held: Arrivals | None = caller.request.app.state.arrivals
    if held is None:
        raise absent()
    return held


@router.get("/sign-in/directory")
def sign_in(caller: Calling) -> Response:
    """To the directory. A link leads here, no form: a form's answer may not lead to another site."""
    try:
        url, cookie = arrivals_of(caller).sent(_address(caller))
    except DirectoryDown:
        return _down(caller)
    return _with_cookie(RedirectResponse(url, 303), cookie)


@router.get("/enrol/directory")
def bring_codes(caller: Calling) -> Response:
    arrivals_of(caller)
    return caller.page("directory/codes.html", failed=False)


@router.post("/enrol/directory")
def brought_codes(caller: Calling, given: Posted) -> Response:
    """A page with a link to the directory, for whoever brought the codes of an invitation."""
    codes = [value for name in ("code", "second") for value in given.get(name, [])[:1]]
    try:
        url, cookie = arrivals_of(caller).sent_to_link(_address(caller), codes)
    except NotLetIn:
        return caller.page("directory/codes.html", status=403, failed=True)
    except DirectoryDown:
        return _down(caller)
    return _with_cookie(caller.page("directory/on.html", url=url), cookie)


@router.get(CALLBACK)
def came_back(caller: Calling) -> Response:
    """From the directory, and on at once, so that its answer stays in no address bar, history or link."""
    request, arrivals = caller.request, arrivals_of(caller)
    cookie, query = request.cookies.get(COOKIE, ""), request.query_params.multi_items()
    try:
        arrived = arrivals.arrived(_address(caller), cookie, query, browser_of(caller))
    except NotLetIn:
        return _over(RedirectResponse("/sign-in/directory/nobody", 303))
    except DirectoryDown:
        return _over(RedirectResponse("/sign-in/directory/down", 303))
    on = _over(RedirectResponse(f"/sign-in/directory/arrived{'?linked' if arrived.linked else ''}", 303))
    give(on, arrivals.sessions.address, SESSION, arrived.secret)
    return on


@router.get("/sign-in/directory/arrived")
def arrived_page(caller: Calling) -> Response:
    """It leads on by itself: whoever comes by a redirect from another site comes without the session's cookie."""
    arrivals_of(caller)
    return caller.page("directory/arrived.html", linked="linked" in caller.request.query_params)


@router.get("/sign-in/directory/nobody")
def nobody(caller: Calling) -> Response:
    arrivals_of(caller)
    return caller.page("directory/refused.html", status=403)


@router.get("/sign-in/directory/down")
def down(caller: Calling) -> Response:
    arrivals_of(caller)
    return _down(caller)


@router.get("/account/directory")
def own(visit: Visiting) -> Response:
    """The accounts by which I sign in."""
    held = linked(visit.read(asks_accounts_of(visit.actor.person)))
    return visit.page("directory/accounts.html", rows=_rows(visit, list(held.values())), mine=True)


@router.get("/directory")
def everybody(visit: Visiting) -> Response:
    """All accounts, for administrators."""
    if visit.role is not Role.ADMINISTRATOR:
        raise absent()
    held = linked(visit.read(LINKED))
    return visit.page("directory/accounts.html", rows=_rows(visit, list(held.values())), mine=False)


def unlink(visit: Visit) -> Asked:
    say = visit.say
    account = str(visit.request.path_params["account"])
    if THUMBPRINT.fullmatch(account) is None:
        raise absent()
    found = linked(visit.read(asks_account(DirectoryAccountId(account)))).get(DirectoryAccountId(account))
    mine = found is not None and found.fact.person == visit.actor.person
    if found is None or not (mine or visit.role is Role.ADMINISTRATOR):
        raise absent()
    back = "/account/directory" if mine else "/directory"
    return Asked(
        title=say("Unlink an account"),
        submit=say("Unlink the account"),
        command=UnlinkDirectoryAccount,
        kind=DirectoryAccountUnlinked,
        allowed=UnlinkDirectoryAccount.allowed,
        then=back,
        trail=[(back, say("Accounts of the directory"))],
        lead=say("From that moment nobody signs in by it, and every session that began with it ends."),
        grave=True,
        fixed={"person": found.fact.person, "account": found.fact.account},
        about=[(say("Person"), found.fact.person), (say("Directory"), found.fact.issuer)],
    )


form(router, "/directory/{account}/unlink", unlink)


def _rows(visit: Visit, held: list[Recorded[DirectoryAccountLinked]]) -> list[list[object]]:
    say = visit.say
    return [
        [
            r.fact.person,
            r.fact.issuer,
            say.moment(r.recorded_at),
            link(say("Unlink"), f"/directory/{r.fact.account}/unlink"),
        ]
        for r in held
    ]


def _address(caller: Caller) -> str:
    client = caller.request.client
    return client.host if client else ""


def _down(caller: Caller) -> Response:
    return caller.page("directory/down.html", status=503)


def _with_cookie(response: Response, cookie: str) -> Response:
    """Lax, not Strict: the browser brings it when it comes back from the directory, which is another site."""
    response.set_cookie(COOKIE, cookie, max_age=LASTS, path="/", secure=True, httponly=True, samesite="lax")
    return response


def _over(response: Response) -> Response:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response
