"""What the ceremonies' addresses share: JSON in, JSON out, a browser known by its cookie, and a limit on tries.

A script of ours posts to them and nobody else can: another site's page cannot send this content type unasked, and
the site refuses posts from elsewhere as such.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from tearline.ledger import strict
from tearline.signin.cookies import BEFORE, brought, give, new_secret
from tearline.signin.door import PasskeyDoor
from tearline.signin.limits import What
from tearline.signin.passkeys import NotLetIn
from tearline.web.visit import Caller, absent, caller_of

LONGEST_FIELD = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """One post of the door's script: who asks from which browser, and what was posted."""

    caller: Caller
    door: PasskeyDoor
    browser: str
    given: Mapping[str, object]

    @property
    def where(self) -> str:
        """The address that it came from."""
        client = self.caller.request.client
        return client.host if client else ""

    def text(self, name: str) -> str:
        """A field; empty when it is absent. What is longer than anything of ours lets nobody in."""
        value = self.given.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_FIELD:
            raise NotLetIn
        return value

    @property
    def codes(self) -> list[str]:
        return [self.text("code"), self.text("second")]

    @property
    def credential(self) -> object:
        return self.given.get("credential")

    def begins(self) -> None:
        """Count a challenge: for the session, or for this browser and its whole address. TooOften."""
        identity = self.caller.identity
        if identity is not None and identity.session is not None:
            self.door.limits.tried(What.BEGIN, identity.session)
            return
        self.door.limits.tried(What.BEGIN, f"{self.where} {self.browser}")
        self.door.limits.tried(What.BEGUN, self.where)

    def failing(self, *what: What, by: str | None = None) -> AbstractContextManager[None]:
        """Count who is not let in, by their address unless it is said by what."""
        return self.door.limits.failing(what, by or self.where, only=NotLetIn)

    def answer(self, options: str) -> Response:
        """Options for the browser, in JSON as they were made."""
        made = Response(options, media_type="application/json")
        give(made, self.door.address, BEFORE, self.browser)
        return made

    def go(self, to: str) -> Response:
        """Where the browser is to go next."""
        return JSONResponse({"to": to})


def door_of(caller: Caller) -> PasskeyDoor:
    """The door that people sign in at; where there is none, neither are its pages."""
    door = caller.request.app.state.door
    if not isinstance(door, PasskeyDoor):
        raise absent()
    return door


async def ceremony_of(request: Request) -> Ceremony:
    caller = caller_of(request)
    door = door_of(caller)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)
    try:
        given = strict.from_json(await request.body())
    except ValueError:
        raise HTTPException(422) from None
    if not isinstance(given, dict):
        raise HTTPException(422)
    browser = brought(request, door.address, BEFORE) or new_secret()
    return Ceremony(caller=caller, door=door, browser=browser, given=given)


Ceremonial = Annotated[Ceremony, Depends(ceremony_of)]
