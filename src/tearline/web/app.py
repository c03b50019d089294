"""The site as one ASGI application over one node."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from urllib.parse import urlencode

import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tearline.api.app import create_api
from tearline.config import Outside, Site
from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.identifiers import KeyId
from tearline.facts.words import Words
from tearline.folds import falling_due
from tearline.folds import outside as from_outside
from tearline.folds.publishing import PUBLICLY
from tearline.jobs.evidence.keeping import sweep
from tearline.ledger.note import Vkey
from tearline.ledger.witness import Witness
from tearline.node import Node
from tearline.projections import Forgetting, Kept, Projections
from tearline.search.index import Searching
from tearline.signin.arrivals import Arrivals
from tearline.signin.bearer import DemonstrationBearer
from tearline.signin.demonstration import Demonstration
from tearline.signin.door import PasskeyDoor
from tearline.signin.identity import Closed, Door
from tearline.signin.limits import TooOften
from tearline.signin.passkeys import NotLetIn
from tearline.signin.policy import MOUNTED, Answer, Unruled
from tearline.signin.reading import Readings
from tearline.signin.secrets import Unshown
from tearline.signin.tokens import Tokens
from tearline.web import (
    activity,
    assistance,
    assistance_acts,
    calendar,
    directory,
    harm,
    health,
    home,
    identity,
    ledger,
    logs,
    notices,
    on_record,
    opening,
    operations,
    oversight,
    preferences,
    searching,
    tiles,
    warning_acts,
    warnings,
)
from tearline.web import cases as worked_cases
from tearline.web.casualties import routes as casualties
from tearline.web.charts.drawing import drawings
from tearline.web.compressed import Compressed
from tearline.web.door import access as people_and_access
from tearline.web.door import account, entrance, fresh
from tearline.web.events import tell_fault
from tearline.web.guards import FOR_EVER, BodyLimit, CrossOrigin, SecureHeaders, headers_of
from tearline.web.health import Health, OnlyProxies, OwnNames
from tearline.web.investigations import routes as investigations
from tearline.web.leaks import routes as leaks
from tearline.web.linkage import routes as linkage
from tearline.web.look import STATIC
from tearline.web.metrics import Metrics
from tearline.web.noticed import Noticed
from tearline.web.outside import desk as outside_desk
from tearline.web.outside import door as outside_door
from tearline.web.outside import follow as outside_follow
from tearline.web.outside.arrived import OutsideDoor
from tearline.web.parties import importing
from tearline.web.parties import routes as parties
from tearline.web.policy import SITE
from tearline.web.protocols import routes as protocols
from tearline.web.register import routes as register
from tearline.web.release import routes as release
from tearline.web.signing import routes as signing
from tearline.web.signing.waiting import WaitingActs
from tearline.web.tokens import routes as tokens
from tearline.web.visit import Caller, NoIdentity, caller_of, guard, identity_of
from tearline.web.watched import HEADER, Watched, id_of, refused_by
from tearline.web.witness import create_witness_app

AT_ONCE = 4
"""Pages made at the same time. Python computes one at a time, and threads that compete for it lose it: to sixteen
readers a request's page took 34 ms of processor time made in as many threads, 22 in four. No fewer, because a proof
or a trial in the lab takes seconds, and others should not wait for two of them."""


class HashedFiles(StaticFiles):
    """Files with their hash in the name: what a name means never changes, so browsers may keep it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304) and not path.startswith(("manifest", "licences")):
            response.headers["cache-control"] = FOR_EVER
        return response


def _not_counted(key: KeyId, count: int) -> bool:
    """For a site whose door keeps no counts."""
    del key, count
    return True


def create_app(
    node: Node,
    *,
    demo: bool,
    door: Door | None = None,
    site: Site | None = None,
    arrivals: Arrivals | None = None,
    search: str | None = None,
    witnesses: tuple[Vkey, ...] = (),
    witness: Witness | None = None,
    counted: Callable[[KeyId, int], bool] | None = None,
    readings: bool | None = None,
) -> FastAPI:
    """The site over this node. ``demo``: anyone may take on any role. ``site``: how it is reached; None: from here.

    ``door``: by what people are recognised; None: nobody is, but in a demonstration everybody. ``arrivals``: the way
    in by the agency's directory, if there is one. ``search``: where the index of what stands in clear is; None: in a
    folder for now, made again at each start.

    ``counted`` is told of each passkey that signed an act, and how often it says that it has signed; False: no further
    than before, and then nothing is recorded. None: the door is.

    ``witnesses``: whose cosignatures the public checkpoint bears. ``witness``: the one that this node is for
    others' logs, under /witness.

    ``readings``: whether each page puts on record which sealed fields it opened to whom; None: unless this is a
    demonstration, whose practice would drown in it. What takes a reason to open is on record in any case.

    Unruled when a route has no row in the table of ``policy``, or a row no route.
    """
    site = site or Site()
    projections = Projections(node)
    metrics = Metrics(node, projections)
    app = FastAPI(
        lifespan=_few_at_once,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard)],
        middleware=[
            Middleware(Watched, metrics=metrics),
            Middleware(SecureHeaders, https=site.https),
            *_before(site),
            Middleware(OwnNames, hosts=site.hosts),
            Middleware(Compressed),
            Middleware(BodyLimit, page=_too_large),
            Middleware(CrossOrigin),
        ],
        exception_handlers={
            Refused: _refused,
            Malformed: _malformed,
            Broken: _broken,
            TimeoutError: _busy,
            NoIdentity: _no_identity,
            NotLetIn: _not_let_in,
            fresh.NotLately: _not_lately,
            TooOften: _too_often,
            HTTPException: _not_served,
            Exception: _unforeseen,
        },
    )
    app.state.node, app.state.demo, app.state.projections = node, demo, projections
    app.state.site, app.state.metrics, app.state.health = site, metrics, Health(node)
    app.state.health.warming = lambda: projections.warming
    app.state.door = door or (Demonstration() if demo else Closed())
    app.state.outside = _outside_door(site, demo=demo)
    app.state.from_outside = Kept(node.ledger, from_outside.QUESTION, frozenset())
    app.state.dated = Kept(node.ledger, falling_due.QUESTION, frozenset())
    app.state.public_harm = Kept(node.ledger, PUBLICLY, frozenset())
    app.state.on_record = Kept(node.ledger, on_record.QUESTION, frozenset())
    app.state.noticed = Noticed(node.ledger, projections, app.state.door)
    app.state.readings = Readings(node, on=not demo if readings is None else readings)
    app.state.api_door = DemonstrationBearer(Tokens(node)) if demo else Tokens(node)
    app.state.arrivals = arrivals
    app.state.searching = Searching(node.ledger, search)
    app.state.unshown = Unshown()
    app.state.witnesses = witnesses
    app.state.waiting = WaitingActs()
    app.state.forgetting = Forgetting(node.ledger, app.state.waiting.forget, drawings().forget)
    app.state.counted = counted or (door.passkeys.risen if isinstance(door, PasskeyDoor) else _not_counted)
    # First what is asked for most often: an address is held against one route after the other.
    app.mount(
        "/api/v1",
        create_api(
            node,
            door=app.state.api_door,
            projections=projections,
            readings=app.state.readings,
            searching=app.state.searching,
            refused=metrics.refused,
            counted=app.state.counted,
            address=door.address if isinstance(door, PasskeyDoor) else None,
            witnesses=witnesses,
        ),
    )
    app.mount("/static", HashedFiles(directory=STATIC))
    for room in (
        home,
        identity,
        preferences,
        calendar,
        entrance,
        account,
        fresh,
        people_and_access,
        release,
        protocols,  # before the parties' room: its addresses are the closer ones
        importing,  # as that one
        parties,
        leaks,
        investigations,
        harm,
        linkage,
        casualties,
        warnings,
        warning_acts,
        assistance,
        assistance_acts,
        outside_desk,
        register,
        operations,
        oversight,
        ledger,
        logs,
        signing,
        tokens,
        directory,
        searching,
        activity,
        worked_cases,
        notices,
        opening,
    ):
        app.include_router(room.router, include_in_schema=False)
    if app.state.outside is not None:
        for room in (outside_door, outside_follow):
            app.include_router(room.router, include_in_schema=False)
    app.include_router(tiles.router, include_in_schema=False)
    app.include_router(health.router, include_in_schema=False)
    if witness is not None:
        app.mount("/witness", create_witness_app(witness))
    app.state.templates = _ruled(app)
    return app


DEMONSTRATED = Outside(desk=Words("The harm desk", "La mesa de daños"))
"""Who answers in a demonstration, where nothing is configured."""


def _outside_door(site: Site, *, demo: bool) -> OutsideDoor | None:
    """The door for people without an account: where it is configured, and to be looked at in a demonstration."""
    desk = site.outside or (DEMONSTRATED if demo else None)
    return None if desk is None else OutsideDoor(desk)


@asynccontextmanager
async def _few_at_once(app: FastAPI) -> AsyncIterator[None]:
    """Make pages in a few threads; whoever comes meanwhile waits for a turn. Files that no fact speaks of are swept."""
    node: Node = app.state.node
    if node.data is not None and node.stopped is None:
        await anyio.to_thread.run_sync(sweep, node.ledger, node.data, node.clock())
    anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
    yield


def _before(site: Site) -> list[Middleware]:
    """What stands before the site's door where proxies do: they alone are served, and believed in whom they serve."""
    if not site.proxies:
        return []
    alone = [] if site.tls else [Middleware(OnlyProxies, proxies=site.proxies)]
    return [*alone, Middleware(ProxyHeadersMiddleware, trusted_hosts=[*site.proxies])]


def _ruled(app: FastAPI) -> dict[int, str]:
    """The template of every route, by the route; Unruled unless they are those of the table, all behind its guard."""
    templates: dict[int, str] = {}
    cells: list[tuple[str, str]] = []
    for found in iter_route_contexts(app.routes):
        route, path = found.original_route, found.path or ""
        if isinstance(route, APIRoute) and templates.setdefault(id(route), path) == path:
            cells += [(path, method) for method in found.methods or ()]
        elif isinstance(route, Mount):
            cells.append((path, MOUNTED))
        else:
            raise Unruled(f"{path or route} is served past the guard")
    SITE.check(cells)
    return templates


async def _refused(request: Request, refused: Exception) -> Response:
    """The rules say no, and say which."""
    assert isinstance(refused, Refused)  # noqa: S101  as it is registered
    request.app.state.metrics.refused(refused.rule)
    refused_by(request.scope, refused.rule)
    status = 403 if refused.rule == "role-allowed" else 409
    caller = caller_of(request)
    return caller.page("refused.html", status=status, refused=refused, back=_above(request, caller))


def _above(request: Request, caller: Caller) -> str | None:
    """The nearest page above this address that the reader may look at: what was to be acted on."""
    parts = request.url.path.strip("/").split("/")
    role = caller.identity.role if caller.identity else None
    for n in range(len(parts) - 1, 0, -1):
        path = "/" + "/".join(parts[:n])
        if (
            (found := SITE.find(path))
            and found[0].roles is not None
            and found[0].answer(role) is Answer.SERVED
        ):
            return path
    return None


async def _malformed(request: Request, malformed: Exception) -> Response:
    assert isinstance(malformed, Malformed)  # noqa: S101  as it is registered
    return _error_page(request, 422, caller_of(request).say(malformed.said))


def _too_large(request: Request, most: Words) -> Response:
    """A body of which no more was read: how much may be sent, and the way back to where it was sent from."""
    # Only for the language and the menu: whoever comes too often is answered as nobody, and no more was read of them.
    with suppress(TooOften):
        identity_of(request)
    caller = caller_of(request)
    if request.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse({"said": caller.say(most)}, 413)
    back, found = request.url.path, SITE.find(request.url.path)
    if found is None or found[0].answer(caller.role) is not Answer.SERVED:
        back = _above(request, caller) or "/"
    return caller.page(
        "error.html",
        status=413,
        code=413,
        detail=caller.say(most),
        back=back,
        request_id=id_of(request),
    )


async def _broken(request: Request, broken: Exception) -> Response:
    """A proof failed. Nothing that this node says can be relied on until someone has looked.

    What failed, and in which entry, is no matter of whoever happens to ask: the node's own command line says it.
    """
    tell_fault("broken", broken, request_id=id_of(request))
    return caller_of(request).page("broken.html", status=503, request_id=id_of(request))


async def _unforeseen(request: Request, _error: Exception) -> Response:
    """A fault of ours. Made outside the middlewares, so it brings its own headers; its place is in the log."""
    told = "Something failed here that should not have. If you sent a form, look whether it was recorded.\n"
    told += f"Request {id_of(request)}\n"
    headers = headers_of(https=request.app.state.site.https)
    headers |= {
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
    }
    return PlainTextResponse(told, 500, headers=headers | {HEADER: id_of(request)})


async def _busy(request: Request, _error: Exception) -> Response:
    return _error_page(request, 503, None)


async def _no_identity(request: Request, _error: Exception) -> Response:
    """To where people are recognised. What somebody was about to send is not kept: they send it again."""
    if request.app.state.demo:
        return RedirectResponse("/identity", 303)
    caller = caller_of(request)
    if not isinstance(request.app.state.door, PasskeyDoor):
        return caller.page("closed.html", status=403)
    back = caller.here if request.method == "GET" else "/"
    return RedirectResponse(f"/sign-in?{urlencode({'back': back})}", 303)


async def _not_let_in(request: Request, _error: Exception) -> Response:
    refused_by(request.scope, "not-let-in")
    return entrance.not_let_in(caller_of(request))


async def _not_lately(_request: Request, error: Exception) -> Response:
    """To where they show it, and back. What they sent is not kept: they send it again."""
    assert isinstance(error, fresh.NotLately)  # noqa: S101  as it is registered
    return RedirectResponse(error.page, 303)


async def _too_often(request: Request, error: Exception) -> Response:
    """Said in JSON where a script asks, and to everybody when to come again."""
    assert isinstance(error, TooOften)  # noqa: S101  as it is registered
    refused_by(request.scope, "too-often")
    say = caller_of(request).say
    told = say.many("Too many tries. Wait %(n)s second.", "Too many tries. Wait %(n)s seconds.", error.after)
    after = {"retry-after": str(error.after)}
    if request.headers.get("content-type", "").startswith("application/json"):
        return JSONResponse({"said": told}, 429, after)
    page = _error_page(request, 429, told)
    page.headers.update(after)
    return page


async def _not_served(request: Request, error: Exception) -> Response:
    """Missing, hidden, wrong method: a page that says no more than that."""
    assert isinstance(error, HTTPException)  # noqa: S101  as it is registered
    said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
    page = _error_page(request, error.status_code, said)
    page.headers.update(error.headers or {})
    return page


def _error_page(request: Request, status: int, detail: str | None) -> Response:
    """With the request's id, under which the log has it."""
    shown = caller_of(request).page
    return shown("error.html", status=status, code=status, detail=detail, request_id=id_of(request))
