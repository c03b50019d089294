"""One request: who reads, in which language, at what time, and what the node will tell them."""

import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Actor, History, Question, Recorded, Role, about
from tearline.facts.identifiers import well_formed
from tearline.facts.oversight import TellingOpened
from tearline.facts.words import Language, Words
from tearline.jobs.effect import Effects
from tearline.node import Node
from tearline.projections import Projections
from tearline.signin.identity import Door, Identity
from tearline.signin.policy import Answer
from tearline.signin.reading import Opened, Readings, Subject, subject_of
from tearline.web.access import ALL, Access, access_of
from tearline.web.guards import LARGEST_TEXT_FORM
from tearline.web.look import render, sealed
from tearline.web.policy import PEOPLE, SITE
from tearline.web.tongue import Tongue, preferred, tongue
from tearline.web.zones import zone_of

TELLINGS = about(kinds=(TellingOpened,))


class NoIdentity(Exception):
    """The page needs to know who reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A request before anybody is known: enough for the pages that need no identity, and for errors."""

    request: Request
    say: Tongue
    identity: Identity | None

    @property
    def role(self) -> Role | None:
        return self.identity.role if self.identity else None

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
    def shortcuts(self) -> bool:
        """Whether single keys go places. They can be switched off (WCAG 2.1.4): speech input types them by chance."""
        return self.request.cookies.get("shortcuts", "") != "off"

    @property
    def outside_door(self) -> bool:
        """Whether people without an account can report harm here."""
        return self.request.app.state.outside is not None

    @property
    def sign_out(self) -> str | None:
        """Where a sign-out is posted to, for whoever signed in."""
        return "/sign-out" if self.identity is not None and self.identity.session is not None else None

    @property
    def here(self) -> str:
        """This page's own address, to come back to."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def leads(self, address: str) -> bool:
        """Whether this address leads somewhere for whoever reads this."""
        return SITE.leads(address, self.role)

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        return HTMLResponse(
            render(
                template,
                self.say,
                nonce=self.request.state.nonce,
                here=self.here,
                path=self.request.url.path,
                role=self.role,
                demo=self.demo,
                context={
                    "shortcuts": self.shortcuts,
                    "sign_out": self.sign_out,
                    "outside_door": self.outside_door,
                }
                | context,
            ),
            status,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Caller):
    """A request by someone: what they see is cut to their role."""

    identity: Identity
    now: datetime

    @property
    def role(self) -> Role:
        return self.identity.role

    @property
    def actor(self) -> Actor:
        return self.identity.actor

    @property
    def access(self) -> Access:
        """What this reader may see here: without the hard compartments that they have not opened, with a reason."""
        state = self.request.state
        if not hasattr(state, "access"):
            asked = access_of(self.readings, self.projections, self.identity, self.subject, self.now)
            state.access, state.opened, state.waiting = asked, Opened(set(), set()), frozenset()
        access: Access = state.access
        return access

    @property
    def opened(self) -> Opened:
        """What was open in all that was read for this answer so far."""
        if not hasattr(self.request.state, "opened"):
            return Opened(set(), set())
        found: Opened = self.request.state.opened
        return found

    @property
    def readings(self) -> Readings:
        held: Readings = self.request.app.state.readings
        return held

    @property
    def subject(self) -> Subject:
        """What this page is about."""
        return subject_of(self.request.state.row.path, self.request.path_params)

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

    def read(self, ask: Callable[[History], Question] | Question, *, named: Hashable = None) -> History:
        """The facts that answer, as this reader may see them. A worked case is open to all of one's own side.

        ``named``: what is asked, as for ``Node.gather``.
        """
        asked = ask if callable(ask) else _always(ask)
        access = self.access
        seen, question = self.node.gather(asked, access.opening, named=named)
        if access.inside and any(r.told for r in seen):
            told = {r.position: r for r in self.node.ledger.read(question, opening=ALL) if r.told}
            seen = History(tuple(told.get(r.position, r) for r in seen), seen.position)
        return self.shown(access.cut(seen))

    def as_seen(self, opened: History) -> History:
        """The same facts as this reader may see them: of what the node read more openly, to decide on it."""
        seen = self._at([r.position for r in opened])
        return self.shown(self.access.cut(History(seen, opened.position)))

    def shown(self, history: History) -> History:
        """The same, cut to this reader before: it is kept in mind what of it is open, and what they could open."""
        access, state = self.access, self.request.state
        if access.shut:
            state.waiting |= access.waiting(history)
        if self.readings.on:
            state.opened.add(history)
        return history

    def read_at(self, places: Sequence[int]) -> History:
        """The facts at these places, as this reader may see them."""
        return self.shown(self.access.cut(History(self._at(places), self.node.ledger.size())))

    def _at(self, places: Sequence[int]) -> tuple[Recorded[Fact], ...]:
        ledger, access = self.node.ledger, self.access
        seen = ledger.at(places, opening=access.opening)
        if access.inside and any(r.told for r in seen):
            told = {r.position: r for r in ledger.at([r.position for r in seen if r.told], opening=ALL)}
            seen = tuple(told.get(r.position, r) for r in seen)
        return seen

    def own_side(self) -> None:
        """For pages that are not for the partner: to them, there is nothing here."""
        if self.access.outside:
            raise absent()

    def page(self, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
        last = self.last_recorded()
        recorded = last and {
            "words": self.say(type(last.fact).in_words),
            "href": f"/ledger/entries/{last.position}" if self.access.inside else "/ledger",
            "position": self.say.number(last.position),
        }
        more: dict[str, object] = {"recorded": recorded, "printed": self.printed()} | context
        if "unseen" not in more:
            more["unseen"] = self.request.app.state.noticed.count(self.identity, self.now)

        def made(opening: Mapping[str, str] | None) -> HTMLResponse:
            return Caller.page(self, template, status=status, opening=opening, **more)

        page = made(None)
        if (could := self._could_open(page)) is not None:
            page = made(could)
        self.note_reading()
        return page

    def note_reading(self) -> None:
        """Put on record what is open in what is about to be sent; what cannot be put on record is not shown."""
        say, subject, opened = self.say, self.subject, self.opened
        self.readings.note(
            self.identity,
            subject,
            opened,
            self.now,
            lambda: say("as %(role)s, on the page %(page)s", role=say(self.role), page=subject.page),
        )

    def printed(self) -> str:
        """What stands above a page on paper: of which node, when, and how long its ledger was."""
        node = self.node
        return self.say(
            "%(node)s, printed %(when)s, the ledger at %(n)s entries",
            node=node.ledger.vkey.name,
            when=self.say.moment(self.now),
            n=self.say.number(node.ledger.size()),
        )

    def _could_open(self, page: HTMLResponse) -> Mapping[str, str] | None:
        """What of the page is closed but could be opened, and where; None where the page shows nothing of the kind."""
        say = self.say
        if not self.access.shut:
            return None
        waiting: frozenset[Compartment] = self.request.state.waiting
        shown = bytes(page.body).decode()
        closed = [say(one) for one in sorted(waiting) if sealed(say, one) in shown]
        if not closed:
            return None
        return {
            "what": say.listed(closed),
            "action": f"/readings/new?page={quote(self.request.url.path, safe='')}",
            "key": secrets.token_urlsafe(18),
        }

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


def identity_of(request: Request) -> Identity | None:
    """Who sent it; the door is asked once a request."""
    if not hasattr(request.state, "identity"):
        door: Door = request.app.state.door
        request.state.identity = None  # to the page that says so, whoever comes too often is nobody
        request.state.identity = door.identify(request)
    found: Identity | None = request.state.identity
    return found


def caller_of(request: Request) -> Caller:
    say = tongue(language_of(request), zone_of(request.cookies.get("zone", "")))
    return Caller(request=request, say=say, identity=identity_of(request))


def guard(request: Request) -> None:
    """The one place where the table of ``policy`` is enforced: before every route, and before anything is read.

    It says nothing of what an address names: the answer is the same whether or not that is there.
    """
    template: str = request.app.state.templates.get(id(request.scope["route"]), "")
    row = SITE.row(template, request.method)
    request.state.row = row
    if row is None:
        raise absent()
    if row.roles is None:
        return
    caller = caller_of(request)
    match row.answer(caller.role):
        case Answer.WHO:
            raise NoIdentity
        case Answer.ABSENT:
            raise absent()
        case Answer.ANOTHERS:
            raise anothers(caller, row.roles)
        case Answer.SERVED:
            return


def anothers(caller: Caller, allowed: frozenset[Role]) -> HTTPException:
    """An act that is not for this role to do says to whom it belongs."""
    say = caller.say
    offices = say.listed([say(role) for role in Role if role in allowed & PEOPLE])
    return HTTPException(
        403,
        say(
            "This is not for a %(role)s to do. It takes: %(offices)s.",
            role=say(caller.role) if caller.role else "—",
            offices=offices,
        ),
    )


def visit_of(request: Request) -> Visit:
    caller = caller_of(request)
    if caller.identity is None:
        raise NoIdentity
    titles = {
        str(r.fact.telling): titled(r.fact) for r in caller.node.ledger.read(TELLINGS).of(TellingOpened)
    }
    say = Tongue(caller.say.language, titles, caller.say.zone)
    return Visit(request=request, say=say, identity=caller.identity, now=caller.node.clock())


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
