"""Whether this process lives, and whether it may be sent requests. Neither tells anything of what it holds.

``/healthz``: it answers; nothing else is asked, no database either, since a process is not to be killed because its
database is away. ``/readyz``: it can do its work. 503 names the checks that failed, and no more: the reason is in the
log, and ``tearline doctor`` says what to do.

database      a statement was answered
ledger        no proof failed, and the node has not stopped
second-store  a file can be written there
warming       the record is still being read for the first pages, where something does that
leaving       it was told to stop, and finishes what is under way
"""

import os
import threading
import time
from collections.abc import Callable, Iterator

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tearline.config.site import LOOPBACK_NAMES, is_loopback
from tearline.facts.errors import Broken
from tearline.node import Node
from tearline.web.watched import refused_by

router = APIRouter()
PATHS = frozenset({"/healthz", "/readyz"})
KEPT = 1.0
"""Seconds for which an answer stands, so that who asks often costs no more than who asks once."""


class Health:
    """What is known of one process's readiness. ``leaving`` is set when it was told to stop.

    ``warming`` asks whether what pages rest on is still being read, where something reads it ahead of them.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._checked: tuple[float, tuple[str, ...]] | None = None
        self.leaving = False
        self.warming: Callable[[], bool] = lambda: False

    def failed(self) -> tuple[str, ...]:
        """The names of the checks that fail; none when it is ready."""
        with self._lock:
            if self._checked is None or time.monotonic() - self._checked[0] > KEPT:
                self._checked = time.monotonic(), tuple(self._check())
            found = self._checked[1]
        now = [("warming", self.warming()), ("leaving", self.leaving)]
        return (*found, *(name for name, so in now if so))

    def _check(self) -> Iterator[str]:
        try:
            self._node.ledger.size()
        except TimeoutError:
            yield "database"
        except Broken:
            yield "ledger"
        else:
            if self._node.stopped is not None:
                yield "ledger"
        if not self._second_store_is_written():
            yield "second-store"

    def _second_store_is_written(self) -> bool:
        if self._node.published is None:
            return True
        probe = self._node.published.folder / f".ready.{os.getpid()}"
        try:
            with probe.open("wb") as file:
                file.write(b"\n")
            probe.unlink()
        except OSError:
            return False
        return True


@router.get("/healthz")
async def alive() -> Response:
    return PlainTextResponse("ok\n")


@router.get("/readyz")
async def ready(request: Request) -> Response:
    health: Health = request.app.state.health
    failed = await run_in_threadpool(health.failed)
    if failed:
        return PlainTextResponse(f"not ready: {', '.join(failed)}\n", 503)
    return PlainTextResponse("ready\n")


class OwnNames:
    """Answers to the site's own names; whether it lives and is ready, to this machine's names too."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        if any("*" in host for host in hosts):
            raise ValueError("a site answers to names, not to a pattern of them")
        self._site = TrustedHostMiddleware(app, allowed_hosts=[*hosts], www_redirect=False)
        names = [*hosts, *LOOPBACK_NAMES]
        self._health = TrustedHostMiddleware(app, allowed_hosts=names, www_redirect=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        health = scope["type"] == "http" and scope["path"] in PATHS
        await (self._health if health else self._site)(scope, receive, send)


class OnlyProxies:
    """Where TLS ends in a proxy, nobody else is served: whoever could reach this port would go round it in the clear.

    This machine may ask whether it lives. To stand where the peer's own address is still known.
    """

    def __init__(self, app: ASGIApp, proxies: tuple[str, ...]) -> None:
        self.app = app
        self.proxies = frozenset(proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        peer = (scope.get("client") or ("", 0))[0]
        health = is_loopback(peer) and scope["path"] in PATHS
        if peer in self.proxies or health:
            await self.app(scope, receive, send)
            return
        refused_by(scope, "only-proxies")
        await PlainTextResponse("this is reached through its proxy\n", 403)(scope, receive, send)
