"""Each request is watched from outside: given an id, counted, timed, and written down as one event without content.

What was not granted is written with more: which rule refused it, where one did, and whose session it was. A session is
named as its owner sees it at *My account*; the name opens nothing and is another one after each sign-in. Whose it was
says the event ``signed-in``, by a key that is looked up on record: the log itself names nobody.

The id is ours and random; one that a request brings is not taken, since it could say anything. It goes back in
``X-Request-Id`` and stands on error pages, so that who reports a fault and who looks for it speak of one event.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from contextlib import nullcontext
from http import HTTPMethod

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tearline.signin.identity import Identity
from tearline.web.events import place_of, tell
from tearline.web.metrics import Metrics, rule_word

HEADER = "x-request-id"
UNROUTED = "unrouted"
"""The template of what no route took: there is no such page, or it was refused before anybody looked."""
OTHER = "OTHER"
QUIET = frozenset({"/healthz", "/readyz", "/static"})
"""Not written down while they succeed: machines ask for them, every few seconds."""
UNTOLD = "/report"
"""Who comes here, or to what is below, is neither written down nor counted, whatever they are answered: that somebody
reported at this minute is more than anybody needs. A fault of ours is told all the same."""
_METHODS = frozenset(HTTPMethod)
_RULE = "refused_by"


class Watched:
    """The middleware; outermost, so that what others refuse is seen too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, untold = secrets.token_hex(8), _untold(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        began = time.perf_counter()
        fault: dict[str, str | int] = {}
        try:
            with nullcontext() if untold else self.metrics.in_progress():
                await self.app(scope, receive, with_id)
        except BaseException as error:
            status = status or 500
            fault = place_of(error)
            raise
        finally:
            if not untold or status >= 500:
                self._written(scope, status, time.perf_counter() - began, request_id, fault)

    def _written(
        self, scope: Scope, status: int, seconds: float, request_id: str, fault: Mapping[str, str | int]
    ) -> None:
        route, method = template_of(scope), method_of(scope)
        why = _not_granted(scope) if status >= 400 else {}
        self.metrics.requested(route, method, status, seconds)
        if status < 400 and route in QUIET:
            return
        level = logging.ERROR if status >= 500 else logging.INFO
        tell(
            level,
            "request",
            route=route,
            method=method,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            request_id=request_id,
            **why,
            **fault,
        )


def _untold(scope: Scope) -> bool:
    path = str(scope["path"])
    return path == UNTOLD or path.startswith(f"{UNTOLD}/")


def refused_by(scope: Scope, rule: str) -> None:
    """Have the event of this request say which rule refused it: one of ours or of a protocol's, by its id."""
    scope.setdefault("state", {})[_RULE] = rule_word(rule)


def _not_granted(scope: Scope) -> Mapping[str, str]:
    """What else is known of a request that was not granted."""
    state = scope.get("state", {})
    identity = state.get("identity")
    known: dict[str, str] = {"rule": state[_RULE]} if _RULE in state else {}
    if isinstance(identity, Identity):
        known |= {"way": identity.way.value} | ({"session": identity.session} if identity.session else {})
    return known


def template_of(scope: Scope) -> str:
    """The template of the route that took this request: never a part of its path that the sender chose."""
    route = scope.get("route")
    below = str(scope.get("root_path", "")).rstrip("/")
    if isinstance(route, Mount) or (route is None and below):
        return below or "/"
    # A route in an included router does not know the router's prefix; FastAPI keeps the two together here.
    context = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(context, "path_format", None) or getattr(route, "path_format", None)
    return f"{below}{path}" if isinstance(path, str) else UNROUTED


def method_of(scope: Scope) -> str:
    """One of the methods of HTTP; anyone may send another word."""
    method = str(scope["method"])
    return method if method in _METHODS else OTHER


def id_of(request: Request) -> str:
    """The id that this request was given."""
    return str(getattr(request.state, "request_id", ""))
