"""What stands between the network and the pages: headers, the origin of a post, the size of a body.

Outside in: the watch (``watched``), headers with this response's nonce, proxies and own names (``health``), body limit
(Starlette's, with a page of ours), cross-origin check. So what any of these refuses bears the headers too. A form needs
no token: a browser says where a post comes from, and one from elsewhere is refused.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tearline.config.evidence import LARGEST_FILE
from tearline.facts.shape import LONGEST_TEXT
from tearline.facts.words import Words
from tearline.formats.register.reading import LARGEST_BYTES as LARGEST_TABLE
from tearline.protocol.load import LARGEST_BYTES
from tearline.web.watched import refused_by

LARGEST_FORM = 64 * 1024
LARGEST_TEXT_FORM = 3 * LARGEST_BYTES + LARGEST_FORM
"""For a protocol's text: a browser may write each byte of it as three."""
LARGEST_TABLE_FORM = 2 * LARGEST_TABLE + LARGEST_FORM
"""A table that was shown comes back as text in a form, where each of its lines may end in one character more."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many bytes an address takes, and how much of what is sent there that is for people."""

    body: int
    most: Words


FORMS = Limit(
    LARGEST_FORM,
    Words(
        f"What is sent here may have at most {LARGEST_FORM // 2**10} KiB.",
        f"Lo que se envía aquí puede tener a lo sumo {LARGEST_FORM // 2**10} KiB.",
    ),
)
TEXTS = Limit(
    LARGEST_TEXT_FORM,
    Words(
        f"A text may have at most {LARGEST_BYTES // 2**10} KiB.",
        f"Un texto puede tener a lo sumo {LARGEST_BYTES // 2**10} KiB.",
    ),
)
REPORTS = Limit(
    LARGEST_TEXT_FORM,
    Words(
        f"What is written in one field may have at most {LONGEST_TEXT:,} characters.",
        f"Lo que se escribe en un campo puede tener a lo sumo {LONGEST_TEXT:,} caracteres.",
    ),
)
"""What is too long by less comes back to whoever wrote it, instead of being lost at the door."""
TABLES = Limit(
    LARGEST_TABLE_FORM,
    Words(
        f"A table may have at most {LARGEST_TABLE // 2**20} MiB.",
        f"Una tabla puede tener a lo sumo {LARGEST_TABLE // 2**20} MiB.",
    ),
)
FILES = Limit(
    LARGEST_FILE + LARGEST_FORM,
    Words(
        f"A file may have at most {LARGEST_FILE // 2**20} MiB.",
        f"Un archivo puede tener a lo sumo {LARGEST_FILE // 2**20} MiB.",
    ),
)
TAKES = {
    "/protocols/lab": TEXTS,
    "/protocols/lab/check": TEXTS,
    "/protocols/propose": TEXTS,
    "/people/import": TEXTS,
    "/report": REPORTS,
    "/report/follow/more": REPORTS,
    "/harm/import": TABLES,
}
TAKES_FILES = re.compile(r"/harm/reports/[^/]+/files")
API = "/api/v1/"
NO_PAGES = "/witness/"
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
    """Refuses a body that is larger than what may be sent to its address. The API has a limit of its own.

    ``page`` is answered instead of Starlette's two words, and says how much may be sent there.
    """

    def __init__(self, app: ASGIApp, page: Callable[[Request, Words], Response]) -> None:
        self._app, self._page = app, page
        self._limited = {
            limit: RequestBodyLimitMiddleware(app, max_body_size=limit.body)
            for limit in (FORMS, *TAKES.values(), FILES)
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or path.startswith(API):
            await self._app(scope, receive, send)
            return
        limit = FILES if TAKES_FILES.fullmatch(path) else TAKES.get(path, FORMS)
        too_large = False

        async def with_page(message: Message) -> None:
            nonlocal too_large
            if message["type"] == "http.response.start" and message["status"] == 413:
                too_large = True
                await self._page(Request(scope), limit.most)(scope, receive, send)
            elif not too_large:
                await send(message)

        await self._limited[limit](scope, receive, send if path.startswith(NO_PAGES) else with_page)


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
