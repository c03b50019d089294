"""The site as one ASGI application over one node."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from tearline.facts.errors import Broken, Malformed, Refused
from tearline.ledger.note import Vkey
from tearline.ledger.witness import Witness
from tearline.node import Node
from tearline.projections import Projections
from tearline.web import cases as worked_cases
from tearline.web import harm, home, identity, leaks, ledger, logs, operations, oversight, tiles
from tearline.web.guards import FOR_EVER, HEADERS, LOOPBACK, BodyLimit, CrossOrigin, SecureHeaders
from tearline.web.look import STATIC
from tearline.web.parties import routes as parties
from tearline.web.protocols import routes as protocols
from tearline.web.release import routes as release
from tearline.web.release.acts import Choosing
from tearline.web.visit import NoIdentity, caller_of
from tearline.web.witness import create_witness_app

LOG = logging.getLogger("tearline.web")


class HashedFiles(StaticFiles):
    """Files with their hash in the name: what a name means never changes, so browsers may keep it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304) and not path.startswith(("manifest", "licences")):
            response.headers["cache-control"] = FOR_EVER
        return response


def create_app(
    node: Node,
    *,
    demo: bool,
    hosts: tuple[str, ...] = LOOPBACK,
    witnesses: tuple[Vkey, ...] = (),
    witness: Witness | None = None,
) -> FastAPI:
    """The site over this node. ``demo``: anyone may take on any role. ``hosts``: the names it answers to.

    ``witnesses``: whose cosignatures the public checkpoint bears. ``witness``: the one that this node is for
    others' logs, under /witness.
    """
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(SecureHeaders),
            Middleware(BodyLimit),
            Middleware(CrossOrigin),
        ],
        exception_handlers={
            Refused: _refused,
            Malformed: _malformed,
            Broken: _broken,
            TimeoutError: _busy,
            NoIdentity: _no_identity,
            Choosing: _choose_first,
            HTTPException: _not_served,
            Exception: _unforeseen,
        },
    )
    app.state.node, app.state.demo, app.state.projections = node, demo, Projections(node)
    app.state.witnesses = witnesses
    for room in (
        home,
        identity,
        release,
        protocols,  # before the parties' room: its addresses are the closer ones
        parties,
        leaks,
        harm,
        operations,
        oversight,
        ledger,
        logs,
        worked_cases,
    ):
        app.include_router(room.router, include_in_schema=False)
    app.include_router(tiles.router, include_in_schema=False)
    app.add_api_route("/healthz", _well, include_in_schema=False)
    if witness is not None:
        app.mount("/witness", create_witness_app(witness))
    app.mount("/static", HashedFiles(directory=STATIC))
    return app


def _well() -> Response:
    return PlainTextResponse("ok\n")


async def _refused(request: Request, refused: Exception) -> Response:
    """The rules say no, and say which."""
    assert isinstance(refused, Refused)  # noqa: S101  as it is registered
    status = 403 if refused.rule == "role-allowed" else 409
    return caller_of(request).page("refused.html", status=status, refused=refused)


async def _malformed(request: Request, malformed: Exception) -> Response:
    return caller_of(request).page("error.html", status=422, code=422, detail=str(malformed))


async def _broken(request: Request, broken: Exception) -> Response:
    """A proof failed. Nothing that this node says can be relied on until someone has looked."""
    LOG.critical("BROKEN: %s", broken)
    return caller_of(request).page("broken.html", status=503, detail=str(broken))


async def _unforeseen(_request: Request, _error: Exception) -> Response:
    """A fault of ours. Made outside the middlewares, so it brings its own headers; the server logs the fault."""
    told = "Something failed here that should not have. If you sent a form, look whether it was recorded.\n"
    headers = HEADERS | {"content-security-policy": "default-src 'none'", "cache-control": "no-store"}
    return PlainTextResponse(told, 500, headers=headers)


async def _busy(request: Request, _error: Exception) -> Response:
    return caller_of(request).page("error.html", status=503, code=503, detail=None)


async def _no_identity(request: Request, _error: Exception) -> Response:
    if not request.app.state.demo:
        return caller_of(request).page("closed.html", status=403)
    return RedirectResponse("/identity", 303)


async def _choose_first(request: Request, choosing: Exception) -> Response:
    return caller_of(request).page("release/choose.html", choosing=choosing)


async def _not_served(request: Request, error: Exception) -> Response:
    """Missing, hidden, wrong method: a page that says no more than that."""
    assert isinstance(error, HTTPException)  # noqa: S101  as it is registered
    said = error.detail if error.detail != HTTPStatus(error.status_code).phrase else None
    page = caller_of(request).page(
        "error.html", status=error.status_code, code=error.status_code, detail=said
    )
    page.headers.update(error.headers or {})
    return page
