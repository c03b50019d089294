"""What stands between the network and the pages: headers, the origin of a post, the size of a body.

Outside in: the watch (``watched``), headers with this response's nonce, proxies and own names (``health``), body limit
(Starlette's), cross-origin check. So what any of these refuses bears the headers too. A form needs no token: a browser
says where a post comes from, and one from elsewhere is refused.
"""

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tearline.config.evidence import LARGEST_FILE
from tearline.formats.register.reading import LARGEST_BYTES as LARGEST_TABLE
from tearline.protocol.load import LARGEST_BYTES
from tearline.web.watched import refused_by

LARGEST_FORM = 64 * 1024
LARGEST_TEXT_FORM = 3 * LARGEST_BYTES + LARGEST_FORM
"""For a protocol's text: a browser may write each byte of it as three."""
TAKES_TEXTS = frozenset(
    {
        "/protocols/lab",
        "/protocols/lab/check",
        "/protocols/propose",
        "/people/import",
        # What is too long comes back to whoever wrote it, instead of being lost at the door.
        "/report",
        "/report/follow/more",
    }
)
TAKES_TABLES, LARGEST_TABLE_FORM = "/harm/import", 2 * LARGEST_TABLE + LARGEST_FORM
"""A table that was shown comes back as text in a form, where each of its lines may end in one character more."""
TAKES_FILES = re.compile(r"/harm/reports/[^/]+/files")
API = "/api/v1/"
FOR_EVER = "public, max-age=31536000, immutable"
"""For what never changes under its address: it stays in every cache."""
HTTPS_ONLY = "max-age=63072000; includeSubDomains"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    # Not no-referrer: browsers then post with `Origin: null`, and nobody could tell whose form it was.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Passkeys are for this site's own pages, and nothing else of a device is asked for.
    "permissions-policy": (
        "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), display-capture=(), "
        "geolocation=(), microphone=(), payment=(), usb=()"
    ),
    "x-frame-options": "DENY",
}


def headers_of(*, https: bool) -> dict[str, str]:
    """The headers that every answer bears."""
    return HEADERS | ({"strict-transport-security": HTTPS_ONLY} if https else {})


class SecureHeaders:
    """Puts the policy on every answer, and keeps pages out of every cache; files with hashed names stay.

    ``https``: the site's address is https, and browsers are told never to ask for it in the clear again.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self._headers = headers_of(https=https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", POLICY.format(nonce=nonce))
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)


class CrossOrigin:
    """Refuses a post that another site's page sent (Fetch Metadata; else Origin against Host)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and not _own(Headers(scope=scope)):
            refused_by(scope, "cross-origin")
            refused = PlainTextResponse("cross-origin request refused", 403)
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses a body that is larger than what may be sent to its address. The API has a limit of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._api = app
        self._forms = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_FORM)
        self._texts = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_TEXT_FORM)
        self._files = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_FILE + LARGEST_FORM)
        self._tables = RequestBodyLimitMiddleware(app, max_body_size=LARGEST_TABLE_FORM)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(API):
            await self._api(scope, receive, send)
            return
        path = scope["path"] if scope["type"] == "http" else ""
        by_path = {TAKES_TABLES: self._tables} | dict.fromkeys(TAKES_TEXTS, self._texts)
        taking = self._files if TAKES_FILES.fullmatch(path) else by_path.get(path, self._forms)
        await taking(scope, receive, send)


def _own(headers: Headers) -> bool:
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site in ("same-origin", "none")
    host = headers.get("host")
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def local_path(path: str | None) -> str:
    """A path on this site to go back to; the first page for anything else.

    Told from the text, not from its parts: to a browser any number of slashes before a name is a site's address.
    """
    if not path or not path.startswith("/") or not path.isprintable() or "\\" in path:
        return "/"
    return "/" if path.startswith("//") else path
