"""A witness over HTTP: c2sp.org/tlog-witness. It stands alone or under a path of the node's site.

    POST <prefix>/add-checkpoint                              200, 400, 403, 404, 409 or 422, as the rules answer
    GET  <prefix>/<hex sha256 of an origin>/checkpoint        the last checkpoint cosigned of that log, or 404

Nobody signs in: what is submitted counts by the log's signature alone. Anything beyond the rules is 405 for
another method, 413 for a larger body, and 503 when the witness has stopped or another process holds its state.
"""

import logging

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tearline.facts.errors import Broken
from tearline.ledger.add_checkpoint import LARGEST_REQUEST, SIZE
from tearline.ledger.witness import Answer, Witness

LOG = logging.getLogger("tearline.witness")
HEADERS = {"x-content-type-options": "nosniff", "cache-control": "no-store"}


def create_witness_app(witness: Witness) -> Starlette:
    """This witness as an ASGI application, to be served or mounted under its prefix."""

    async def add_checkpoint(request: Request) -> Response:
        reply = await run_in_threadpool(witness.add_checkpoint, await request.body())
        response = PlainTextResponse(reply.body, reply.answer.value, headers=HEADERS)
        if reply.answer is Answer.STALE:
            response.headers["content-type"] = SIZE
        return response

    async def latest(request: Request) -> Response:
        note = await run_in_threadpool(witness.latest, request.path_params["origin_hash"])
        if note is None:
            raise HTTPException(404)
        return PlainTextResponse(note, headers=HEADERS)

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{origin_hash}/checkpoint", latest, methods=["GET"]),
        ],
        middleware=[Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_REQUEST)],
        exception_handlers={Broken: _stopped, TimeoutError: _busy},
    )


async def _stopped(_request: Request, broken: Exception) -> Response:
    """A proof or the disk failed. Nothing more is cosigned until someone has looked and started it anew."""
    LOG.critical("broken", exc_info=broken)
    return PlainTextResponse("this witness has stopped\n", 503, headers=HEADERS)


async def _busy(_request: Request, _error: Exception) -> Response:
    return PlainTextResponse("busy; nothing was cosigned\n", 503, headers=HEADERS | {"retry-after": "1"})
