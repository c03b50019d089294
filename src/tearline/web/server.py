"""Serving the site from one process, and ending it in order.

Told to stop (SIGTERM, Ctrl-C), it is no longer ready, takes no new connection, finishes the requests that are under
way within ``site.stop_seconds``, and returns. What was answered as recorded is on disk by then; what was not finished
in time was cut off, and whoever sent it has no answer: under the same key the act is recorded once, however often it
is sent. Told a second time it ends at once, which loses nothing that was answered either: the ledger is made for it.
"""

import logging
import os
import socket
import ssl
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from tearline.config import Site
from tearline.web.events import tell

GRACE = 5.0
"""Seconds beyond the limit for a thread that does not come back, before the process ends without it."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""For TLS 1.2, as OpenSSL names them: forward secrecy and authenticated encryption only. Those of TLS 1.3 all are."""


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app
        limit = config.timeout_graceful_shutdown or 0
        self._late = threading.Timer(limit + GRACE, _end_late)
        self._late.daemon = True

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """Called by the signal, between any two steps of the main thread: so nothing is written down here."""
        if self.should_exit:
            os._exit(128 + sig)
        self._app.state.health.leaving = True
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        tell(logging.INFO, "stopping", under_way=len(self.server_state.tasks))
        self._late.start()
        await super().shutdown(sockets)

    def in_time(self) -> None:
        self._late.cancel()


def _end_late() -> None:
    tell(logging.ERROR, "stopped", in_time="no")
    os._exit(1)


def serve_site(app: FastAPI, site: Site, listener: socket.socket) -> None:
    """Serve on a socket that listens already, until this process is told to stop."""
    server = _Server(app, configured(app, site))
    server.run(sockets=[listener])
    server.in_time()
    tell(logging.INFO, "stopped", in_time="yes")


def configured(app: FastAPI, site: Site) -> uvicorn.Config:
    """How the site is served: one HTTP/1.1 parser, the strict one; nothing but HTTP; TLS 1.2 at the least."""
    tls = site.tls
    config = uvicorn.Config(
        app,
        log_config=None,  # what is written down is ``events``' to say
        access_log=False,
        http="h11",  # not whatever parser is installed: which of them it is, is part of what is tested
        ws="none",
        proxy_headers=False,  # whom to believe is the site's to say: see ``app``
        server_header=False,
        timeout_graceful_shutdown=site.stop_seconds,
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
        ssl_ciphers=CIPHERS,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        config.ssl.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_CIPHER_SERVER_PREFERENCE
    return config
