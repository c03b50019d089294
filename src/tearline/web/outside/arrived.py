"""One request from outside: in which language, and what is shown. Nobody is asked who they are, signed in or not."""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from tearline.config import Outside
from tearline.facts.errors import Broken
from tearline.facts.history import Precision
from tearline.facts.words import Language
from tearline.folds.held import ITSELF
from tearline.ledger.batch import Appended
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.signin.limits import TooOften
from tearline.web.asked import KEY, Given
from tearline.web.events import tell_fault
from tearline.web.filled import first
from tearline.web.outside.limits import OutsideLimits
from tearline.web.outside.made import JustMade
from tearline.web.tongue import Tongue, tongue
from tearline.web.visit import Caller, Posted, language_of

LANGUAGE = "language"
AT_ONCE = 2
"""Codes looked up at a time: each takes a processor some 40 ms, and the site has others to serve."""


@dataclass(frozen=True, slots=True)
class OutsideDoor:
    """What stands behind the pages. ``desk``: who answers, and within how many days."""

    desk: Outside
    limits: OutsideLimits = field(default_factory=OutsideLimits)
    made: JustMade = field(default_factory=JustMade)
    looking: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))


@dataclass(frozen=True, slots=True)
class NotNow:
    """It cannot be done now. What was sent is shown again, with this beside it."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    request: Request
    say: Tongue
    given: Given

    @property
    def node(self) -> Node:
        node: Node = self.request.app.state.node
        return node

    @property
    def door(self) -> OutsideDoor:
        door: OutsideDoor = self.request.app.state.outside
        return door

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    @property
    def submission(self) -> str:
        """Names this form as it was filled in, by what nobody else has: one changed and sent again is another."""
        digest = hashlib.sha256(f"outside\n{self.request.url.path}\n".encode())
        given = dict(self.given) if first(self.given, KEY) else {**self.given, KEY: [secrets.token_hex(16)]}
        for name in sorted(given):
            for value in given[name]:
                digest.update(f"{len(name)}:{name}{len(value)}:{value}".encode(errors="surrogatepass"))
        return digest.hexdigest()

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        other = Language.EN if self.say.language is Language.ES else Language.ES
        return Caller(request=self.request, say=self.say, identity=None).page(
            template,
            status=status,
            desk=self.say(self.door.desk.desk),
            days=self.door.desk.answer_days,
            language=self.say.language.value,
            other=f"{self.request.url.path}?{LANGUAGE}={other.value}"
            if self.request.method == "GET"
            else None,
            key=first(self.given, KEY) or secrets.token_urlsafe(18),
            **context,
        )

    def record(self, command: Command, submission: str) -> Appended | NotNow:
        """Have the node record it, as of today and no more exactly. ``Refused`` where the rules say no."""
        node, say = self.node, self.say
        today = node.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        order = Order(command=command, by=ITSELF, at=today, precision=Precision.DAY)
        try:
            return node.record(order, key=submission)
        except TimeoutError:
            return NotNow(503, say("It could not be saved just now. Nothing is lost: please send it again."))
        except Broken as broken:
            tell_fault("broken", broken)
            return NotNow(
                503,
                say(
                    "It cannot be saved here at the moment. Nothing was sent. Copy what you wrote, and turn to"
                    " somebody you trust."
                ),
            )

    def often(self, error: TooOften) -> NotNow:
        say, minutes = self.say, -(-error.after // 60)
        told = say.many(
            "Too much came at once. What you wrote is still here: send it again in %(n)s minute.",
            "Too much came at once. What you wrote is still here: send it again in %(n)s minutes.",
            minutes,
        )
        return NotNow(429, told)


def _language(request: Request, given: Mapping[str, list[str]]) -> Language:
    """As the page was asked for or sent in; kept in its addresses and forms, so that no cookie says it."""
    chosen = first(given, LANGUAGE) or request.query_params.get(LANGUAGE, "")
    return Language(chosen) if chosen in {one.value for one in Language} else language_of(request)


def _asked(request: Request) -> Arrived:
    return Arrived(request=request, say=tongue(_language(request, {}), UTC), given={})


def _sent(request: Request, given: Posted) -> Arrived:
    return Arrived(request=request, say=tongue(_language(request, given), UTC), given=given)


Asking = Annotated[Arrived, Depends(_asked)]
Sending = Annotated[Arrived, Depends(_sent)]
