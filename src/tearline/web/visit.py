"""One request: who reads, in which language, at what time, and what the node will tell them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, History, Question, Recorded, Role, about
from tearline.facts.identifiers import PersonId, well_formed
from tearline.facts.oversight import TellingOpened
from tearline.facts.words import Language, Words
from tearline.jobs.effect import Effects
from tearline.node import Node
from tearline.projections import Projections
from tearline.web.access import ALL, Access
from tearline.web.guards import LARGEST_TEXT_FORM
from tearline.web.look import render
from tearline.web.tongue import Tongue, preferred, tongue

TELLINGS = about(kinds=(TellingOpened,))
IDENTITIES = tuple(role for role in Role if role not in (Role.NODE, Role.CHRONICLER))
"""The roles that a visitor of a demonstration can take on."""


class NoIdentity(Exception):
    """The page needs to know who reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A request before anybody is known: enough for the pages that need no identity, and for errors."""

    request: Request
    say: Tongue
    role: Role | None

    @property
    def node(self) -> Node:
        node: Node = self.request.app.state.node
        return node

    @property
    def projections(self) -> Projections:
        held: Projections = self.request.app.state.projections
        return held

    @property
    def effects(self) -> Effects:
        """What is in effect now, by the witnesses that this node asks."""
        return Effects(self.node, self.request.app.state.witnesses)

    @property
    def demo(self) -> bool:
        return bool(self.request.app.state.demo)

    @property
    def here(self) -> str:
        """This page's own address, to come back to."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        return HTMLResponse(
            render(
                template,
                self.say,
                nonce=self.request.state.nonce,
                here=self.here,
                path=self.request.url.path,
                role=self.role,
                context=context,
            ),
            status,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Caller):
    """A request by someone: what they see is cut to their role."""

    role: Role
    now: datetime

    @property
    def actor(self) -> Actor:
        return Actor(PersonId(f"practice.{self.role.value}"), self.role)

    @property
    def access(self) -> Access:
        return Access(self.role, self.actor.person)

    def identifier(self, name: str) -> str:
        """An identifier from the path; the page of things that are not there when it cannot be one."""
        text = str(self.request.path_params[name])
        if not well_formed(text):
            raise absent()
        return text

    def place(self, name: str) -> int:
        """A place in a list, from the address: how many entries stand before it. Anything else is the start."""
        said = self.request.query_params.get(name, "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0

    def read(self, ask: Callable[[History], Question] | Question) -> History:
        """The facts that answer, as this reader may see them. A worked case is open to all of one's own side."""
        asked = ask if callable(ask) else _always(ask)
        access = self.access
        seen, question = self.node.gather(asked, access.opening)
        if not access.outside and any(r.told for r in seen):
            told = {r.position: r for r in self.node.ledger.read(question, opening=ALL) if r.told}
            seen = History(tuple(told.get(r.position, r) for r in seen), seen.position)
        return access.cut(seen)

    def own_side(self) -> None:
        """For pages that are not for the partner: to them, there is nothing here."""
        if self.access.outside:
            raise absent()

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        last = self.last_recorded()
        recorded = last and {
            "words": self.say(type(last.fact).in_words),
            "href": "/ledger" if self.access.outside else f"/ledger/entries/{last.position}",
            "position": self.say.number(last.position),
        }
        return Caller.page(self, template, status=status, recorded=recorded, **context)

    def last_recorded(self) -> Recorded[Fact] | None:
        """The fact that this visitor has just recorded and was sent on from, as the address says."""
        said = self.request.query_params.get("recorded", "")
        if not (said.isascii() and said.isdigit() and len(said) < 16):
            return None
        try:
            recorded = self.node.ledger.entry(int(said)).recorded
        except IndexError:
            return None
        return recorded if recorded.by == self.actor else None


def _always(question: Question) -> Callable[[History], Question]:
    return lambda _known: question


def absent() -> HTTPException:
    """What is hidden and what is not there are answered alike."""
    return HTTPException(404)


def language_of(request: Request) -> Language:
    chosen = request.cookies.get("language", "")
    if chosen in {one.value for one in Language}:
        return Language(chosen)
    return preferred(request.headers.get("accept-language", ""))


def caller_of(request: Request) -> Caller:
    value = request.cookies.get("identity", "")
    known = request.app.state.demo and value in {role.value for role in IDENTITIES}
    return Caller(request=request, say=tongue(language_of(request)), role=Role(value) if known else None)


def visit_of(request: Request) -> Visit:
    caller = caller_of(request)
    if caller.role is None:
        raise NoIdentity
    titles = {
        str(r.fact.telling): titled(r.fact) for r in caller.node.ledger.read(TELLINGS).of(TellingOpened)
    }
    say = Tongue(caller.say.language, titles)
    return Visit(request=request, say=say, role=caller.role, now=caller.node.clock())


def titled(opened: TellingOpened) -> Words:
    """What a telling is called: the case and the way it is told."""
    return Words(f"{opened.case_en}: {opened.title_en}", f"{opened.case_es}: {opened.title_es}")


Calling = Annotated[Caller, Depends(caller_of)]
Visiting = Annotated[Visit, Depends(visit_of)]


async def posted(request: Request) -> Mapping[str, list[str]]:
    """The fields of a posted form, each with all its values. Files are not among them."""
    form = await request.form(max_files=0, max_fields=200, max_part_size=LARGEST_TEXT_FORM)
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return fields


Posted = Annotated[Mapping[str, list[str]], Depends(posted)]


def go(path: str) -> Response:
    """On to another page, by a fresh request."""
    return RedirectResponse(path, 303)
