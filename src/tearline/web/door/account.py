"""My account: the roles I hold, the keys I have, the sessions that are open in my name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.history import Role
from tearline.facts.identifiers import KeyId
from tearline.facts.keys import PersonKeyRevoked
from tearline.folds.admission import asks_roles_of, roles_of
from tearline.folds.keys import Held, asks_keys_of, keys_of, passkeys_of
from tearline.rooms.admission.passkeys import EnrolFurtherPasskey
from tearline.rooms.parties.keys import RevokePersonKey
from tearline.signin.cookies import SESSION, give
from tearline.signin.identity import Identity
from tearline.signin.limits import What
from tearline.signin.passkeys import FURTHER, NotLetIn
from tearline.signin.sessions import Session
from tearline.web.asked import Asked
from tearline.web.door import told
from tearline.web.door.ceremony import Ceremonial, Ceremony, door_of
from tearline.web.door.fresh import lately
from tearline.web.forms import form
from tearline.web.guards import local_path
from tearline.web.look import code
from tearline.web.show import label
from tearline.web.tongue import Tongue
from tearline.web.visit import NoIdentity, Posted, Visit, Visiting, absent, go

router = APIRouter()
TRAIL = "/account"
OTHERS = "others"
"""Where a session is named: all of one's own but this one. No session is called so: their names have twelve signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    value: str
    title: str
    text: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key of mine. ``behind``: it once counted no further than before, and may have been copied."""

    key: str
    name: str
    since: str
    used: str
    behind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    name: str
    person: str
    role: str
    way: str
    browser: str
    began: str
    seen: str
    current: bool


@router.get("/account")
def account(visit: Visiting) -> Response:
    door = door_of(visit)
    person = visit.identity.person
    known = visit.node.ledger.read(asks_roles_of(person) | asks_keys_of(person))
    held = keys_of(known, person)
    used = door.passkeys.used(passkeys_of(known, person))
    return visit.page(
        "door/account.html",
        person=person,
        roles=_roles(visit, roles_of(known, person, visit.now)),
        keys=[_key(visit.say, one, used.get(key)) for key, one in held.items()],
        sessions=session_rows(visit, door.sessions.of(person)),
        back=local_path(visit.request.query_params.get("back", "/")),
    )


def _roles(visit: Visit, held: Mapping[Role, datetime | None]) -> list[RoleRow]:
    say = visit.say
    return [
        RoleRow(
            value=role.value,
            title=say(role),
            text=say("without end")
            if held[role] is None
            else say("until %(day)s", day=_day(say, held[role])),
            current=role is visit.role,
        )
        for role in Role
        if role in held
    ]


def _day(say: Tongue, when: datetime | None) -> str:
    return say.day(when) if when else ""


def _key(say: Tongue, held: Held, used: tuple[datetime, datetime | None] | None) -> KeyRow:
    fact = held.fact
    return KeyRow(
        key=fact.key,
        name=fact.name if isinstance(fact, PasskeyEnrolled) else say("key in a file"),
        since=say.moment(held.recorded_at),
        used=say.moment(used[0]) if used else "—",
        behind=say.moment(used[1]) if used and used[1] else "",
    )


def session_rows(visit: Visit, sessions: Sequence[Session]) -> list[SessionRow]:
    say = visit.say
    return [
        SessionRow(
            name=one.name,
            person=one.person,
            role=say(one.role),
            way={"passkey": say("key"), "directory": say("directory")}.get(one.way.value, one.way.value),
            browser=one.browser or "—",
            began=say.moment(one.created),
            seen=say.moment(one.seen),
            current=one.name == visit.identity.session,
        )
        for one in sessions
    ]


@router.post("/account/role")
def switch(visit: Visiting, given: Posted) -> Response:
    door = door_of(visit)
    value = (given.get("role") or [""])[0]
    if value not in {role.value for role in visit.identity.roles}:
        raise HTTPException(422, visit.say("Choose one of the roles that you hold."))
    secret = door.sessions.switched(visit.identity, Role(value))
    if secret is None:
        raise NoIdentity
    told.changed_role(visit, door, visit.identity, secret)
    answer = go(local_path((given.get("back") or ["/"])[0]))
    give(answer, door.address, SESSION, secret)
    return answer


@router.post("/account/sessions/{session}/end")
def end_session(visit: Visiting) -> Response:
    door, name = door_of(visit), str(visit.request.path_params["session"])
    if name == OTHERS:
        told.ended(visit, visit.identity, *door.sessions.end_others(visit.identity))
    elif door.sessions.end(name, of=visit.identity.person):
        told.ended(visit, visit.identity, name)
    else:
        raise absent()
    return go("/account")


# A further key: made on the device, then signed for with one of those one has


@router.post("/account/keys/options")
def options(post: Ceremonial) -> Response:
    post.begins()
    person = _signed_in(post).person
    return post.answer(post.door.passkeys.making(post.browser, FURTHER, person, {"name": post.text("name")}))


@router.post("/account/keys/answer")
def made(post: Ceremonial) -> Response:
    identity = _signed_in(post)
    with post.failing(What.ANSWER, by=identity.session):
        kept, new = post.door.passkeys.made(post.browser, FURTHER, post.credential)
        if kept["person"] != identity.person:
            raise NotLetIn
    post.door.passkeys.keep(identity.session or "", identity.person, new, kept["name"])
    return JSONResponse({"to": "/account/keys/new"})


def _signed_in(post: Ceremony) -> Identity:
    if post.caller.identity is None:
        raise NotLetIn
    return post.caller.identity


def further(visit: Visit) -> Asked:
    door = door_of(visit)
    fact = door.passkeys.kept(visit.identity.session or "")
    if fact is None or fact.person != visit.identity.person:
        raise absent()
    say = visit.say
    return Asked(
        title=say("Enrol this key"),
        submit=say("Enrol this key"),
        order=EnrolFurtherPasskey(fact),
        allowed=EnrolFurtherPasskey.allowed,
        then=TRAIL,
        trail=[(TRAIL, say("My account"))],
        lead=say("Your device made a key. Sign for it with one that you have already."),
        about=[
            (label(say, PasskeyEnrolled, "name"), fact.name),
            (label(say, PasskeyEnrolled, "key"), code(fact.key)),
        ],
    )


def revoke(visit: Visit) -> Asked:
    person, say = visit.identity.person, visit.say
    door_of(visit)
    key = KeyId(str(visit.request.path_params["key"]))
    held = keys_of(visit.node.ledger.read(asks_keys_of(person)), person)
    if key not in held:
        raise absent()
    lately(visit, visit.request.url.path)
    fact = held[key].fact
    return Asked(
        title=say("Revoke a key"),
        submit=say("Revoke it"),
        command=RevokePersonKey,
        kind=PersonKeyRevoked,
        allowed=RevokePersonKey.allowed,
        then=TRAIL,
        trail=[(TRAIL, say("My account"))],
        lead=say("It never returns, and every session that began with it ends."),
        before=say(
            "This is your last key: without it you come in again only by a recovery, which takes two others."
        )
        if len(held) == 1
        else None,
        grave=True,
        fixed={"person": person, "key": key, "since": visit.now},
        about=[
            (
                label(say, PasskeyEnrolled, "name"),
                fact.name if isinstance(fact, PasskeyEnrolled) else say("key in a file"),
            ),
            (label(say, PersonKeyRevoked, "key"), key),
        ],
    )


form(router, "/account/keys/new", further)
form(router, "/account/keys/{key}/revoke", revoke)
