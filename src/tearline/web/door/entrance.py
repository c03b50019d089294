"""Signing in, enrolling a key on an invitation, and signing out."""

from dataclasses import replace
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tearline.signin.arrivals import Arrivals
from tearline.signin.cookies import BEFORE, SESSION, brought, give, new_secret, take_away
from tearline.signin.identity import Way
from tearline.signin.limits import What
from tearline.web.door import told
from tearline.web.door.ceremony import Ceremonial, door_of
from tearline.web.guards import local_path
from tearline.web.visit import Caller, Calling, go

router = APIRouter()
_BROWSERS = {  # the order matters: each later one is named by the earlier ones too
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iOS",
    "iPad": "iOS",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@router.get("/sign-in")
def sign_in(caller: Calling) -> Response:
    door = door_of(caller)
    query = caller.request.query_params
    back = local_path(query.get("back", "/"))
    if caller.identity is not None:
        return go(back)
    page = caller.page(
        "door/sign_in.html",
        directory=caller.request.app.state.arrivals is not None,
        back=back,
        enrolled="enrolled" in query,
        left="left" in query,
        ended=brought(caller.request, door.address, SESSION) is not None and "left" not in query,
    )
    if brought(caller.request, door.address, BEFORE) is None:
        give(page, door.address, BEFORE, new_secret())
    return page


@router.post("/sign-in/options")
def asked(post: Ceremonial) -> Response:
    post.begins()
    return post.answer(post.door.passkeys.asked(post.browser))


@router.post("/sign-in/answer")
def entered(post: Ceremonial) -> Response:
    key = str(post.credential.get("id"))[:2000] if isinstance(post.credential, dict) else post.where
    with post.failing(What.ANSWER), post.failing(What.KEY, by=key):
        came = post.door.passkeys.entered(post.browser, post.credential)
    roles = post.door.sessions.roles(came.person)
    if not roles:
        return _refused(
            post.caller.say(
                "Your key is good, but you act in no role here now. Two people give a role; ask an administrator."
            )
        )
    before = post.caller.identity
    secret = post.door.sessions.begin(
        came.person,
        roles[0],
        Way.PASSKEY,
        came.key,
        browser_of(post.caller),
        instead=before.session if before else None,
    )
    back = local_path(post.text("back"))
    answer = post.go(back if len(roles) == 1 else "/account?" + urlencode({"back": back}))
    give(answer, post.door.address, SESSION, secret)
    take_away(answer, post.door.address, BEFORE)
    return answer


@router.get("/enrol")
def enrol(caller: Calling) -> Response:
    door = door_of(caller)
    page = caller.page("door/enrol.html", directory=caller.request.app.state.arrivals is not None)
    if brought(caller.request, door.address, BEFORE) is None:
        give(page, door.address, BEFORE, new_secret())
    return page


@router.post("/enrol/options")
def making(post: Ceremonial) -> Response:
    with post.failing(What.CODE, What.CODES):
        return post.answer(post.door.passkeys.enrolling(post.browser, post.codes, post.text("name")))


@router.post("/enrol/answer")
def made(post: Ceremonial) -> Response:
    with post.failing(What.CODE, What.CODES):
        post.door.passkeys.enrolled(post.browser, post.credential, post.codes)
    told.enrolled(post.caller)
    return post.go("/sign-in?enrolled")


@router.post("/sign-out")
def sign_out(caller: Calling) -> Response:
    door, there = door_of(caller), None
    if caller.identity is not None and caller.identity.session is not None:
        there = _there(caller, caller.identity.session) if caller.identity.way is Way.DIRECTORY else None
        door.sessions.end(caller.identity.session)
        told.signed_out(caller, caller.identity)
    away: Response = RedirectResponse("/sign-in?left", 303)
    if there is not None:
        # No redirect: the page's policy lets no form of ours lead to another site.
        away = replace(caller, identity=None).page("directory/left.html", url=there)
    take_away(away, door.address, SESSION)
    # What a page left in this browser is of no use to whoever sits down next.
    away.headers["clear-site-data"] = '"cache", "storage"'
    return away


def _there(caller: Caller, session: str) -> str | None:
    """Where this session's browser signs out at the directory as well, if it can."""
    arrivals: Arrivals | None = caller.request.app.state.arrivals
    return None if arrivals is None else arrivals.left(session)


def not_let_in(caller: Caller) -> Response:
    """The one answer to everybody who is not let in, to the byte."""
    if caller.request.url.path.startswith("/enrol"):
        return _refused(
            caller.say(
                "That did not work. A code is good once and for two weeks at the most; where two people invited you,"
                " it takes the code of each. Check them, or ask whoever invited you."
            )
        )
    return _refused(
        caller.say(
            "That did not work. Use a key that you enrolled here and that was not revoked; if you have none left,"
            " ask two officers for an invitation to recover."
        )
    )


def _refused(sentence: str) -> Response:
    return JSONResponse({"said": sentence}, 403)


def browser_of(caller: Caller) -> str:
    """The browser and its system in a word each, so that people know their sessions apart; and no more of it."""
    said = caller.request.headers.get("user-agent", "")
    browser = next((name for sign, name in _BROWSERS.items() if sign in said), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in said), "")
    return " / ".join(part for part in (browser, system) if part)
