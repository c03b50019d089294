"""Real servers on loopback for as long as a block lasts: witnesses that keep the rules, and peers that do not."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

Answer = Callable[[Request], Awaitable[Response]]


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of this application on a port of its own."""
    config = uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)


def answering(
    status: int, body: bytes | str = b"", kind: str = "text/plain", headers: Mapping[str, str] | None = None
) -> Starlette:
    """A peer that says the same to everything."""

    async def answer(_request: Request) -> Response:
        return Response(body, status, headers=headers, media_type=kind)

    return peer(answer)


def peer(answer: Answer) -> Starlette:
    """A peer that answers everything in this way."""
    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


def dripping(seconds: float, chunk: bytes = b"x", times: int = 10_000) -> Starlette:
    """A peer that sends a little, waits, and never ends."""

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(times):
            yield chunk
            await asyncio.sleep(seconds)

    async def answer(_request: Request) -> Response:
        return StreamingResponse(drip(), media_type="text/plain")

    return peer(answer)
