"""One request for a view: who reads, what they asked for, and what the node tells them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tearline.api.bodies import Unfit, Wrong
from tearline.api.cursors import Cursors
from tearline.api.problems import Denied, Kind
from tearline.api.recorded import tell_all
from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment
from tearline.facts.history import Actor, History, Question, Recorded
from tearline.facts.identifiers import well_formed
from tearline.facts.shape import Json
from tearline.jobs.effect import Effects
from tearline.ledger.note import Vkey
from tearline.node import Node
from tearline.projections import Projections
from tearline.search.index import Searching
from tearline.signin.identity import Identity
from tearline.signin.reading import Opened, Readings, Subject
from tearline.web.access import ALL, Access

Ask = Callable[[History], Question] | Question
USUAL, MOST = 50, 200
"""Entries on a page where nothing else is said, and at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the API stands on: one node, and what is kept over it."""

    node: Node
    projections: Projections
    readings: Readings
    searching: Searching
    witnesses: tuple[Vkey, ...]
    cursors: Cursors


def absent() -> Denied:
    """What is hidden and what is not there are answered alike."""
    return Denied(Kind.ABSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``path``: the values in the address. ``query``: what was asked for, already read; what was left out is not there.
    ``here``: the address with its filters, without the cursor. ``subject``: what it is about, for the record of who
    read what is sealed; ``opened_to_reader`` gathers what of it was open."""

    served: Served
    identity: Identity
    access: Access
    subject: Subject
    opened_to_reader: Opened
    now: datetime
    path: Mapping[str, str]
    query: Mapping[str, object]
    here: str

    @property
    def node(self) -> Node:
        return self.served.node

    @property
    def projections(self) -> Projections:
        return self.served.projections

    @property
    def actor(self) -> Actor:
        return self.identity.actor

    @property
    def effects(self) -> Effects:
        return Effects(self.node, self.served.witnesses)

    @property
    def reader(self) -> str:
        """Who reads and as what, in one word for tags and cursors."""
        return f"{self.identity.person}:{self.identity.role.value}"

    def identifier(self, name: str) -> str:
        """An identifier from the address; absent when it cannot be one."""
        text = self.path[name]
        if not well_formed(text):
            raise absent()
        return text

    def text(self, name: str) -> str | None:
        value = self.query.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool | None:
        value = self.query.get(name)
        return value if isinstance(value, bool) else None

    def instant(self, name: str) -> datetime | None:
        value = self.query.get(name)
        return value if isinstance(value, datetime) else None

    def whole(self, name: str) -> int | None:
        value = self.query.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    # what the node tells

    def read(self, ask: Ask, *, named: Hashable = None) -> History:
        """The facts that answer, as this reader may see them. A worked case is open to all of one's own side."""
        seen, question = self.node.gather(_asking(ask), self.access.opening, named=named)
        if self.access.inside and any(r.told for r in seen):
            seen = _with_told(seen, self.node.ledger.read(question, opening=ALL))
        return self._cut(seen)

    def opened(self, ask: Ask, opening: frozenset[Compartment] = ALL, *, named: Hashable = None) -> History:
        """The same with these compartments open, for what the node decides. Nothing of it is told as it stands."""
        return self.node.gather(_asking(ask), opening, named=named)[0]

    def as_seen(self, opened: History) -> History:
        """The same facts as this reader may see them."""
        at = [r.position for r in opened]
        ledger = self.node.ledger
        seen = History(ledger.at(at, opening=self.access.opening), opened.position)
        if self.access.inside and any(r.told for r in seen):
            seen = _with_told(seen, History(ledger.at(at, opening=ALL), opened.position))
        return self._cut(seen)

    def page(self, question: Question | None) -> tuple[Sequence[Recorded[Any]], str | None]:
        """The next entries of a list of facts, and the cursor behind them; None at its end."""
        start, most = int(self.after() or "0"), self.limit()
        ledger, opening = self.node.ledger, self.access.opening
        seen = ledger.page(question, start, most, opening=opening)
        if self.access.inside and any(r.told for r in seen):
            seen = _with_told(seen, ledger.page(question, start, most, opening=ALL))
        full = len(seen.facts) == most and seen.position < ledger.size()
        return self._cut(seen).facts, self.cursor(str(seen.position)) if full else None

    def entry(self, position: int) -> Recorded[Any]:
        """One fact by its place. Absent for who may not read it; what one recorded oneself one may."""
        try:
            recorded = self.node.ledger.entry(position, opening=self.access.opening).recorded
        except IndexError:
            raise absent() from None
        if not self.access.inside and recorded.by != self.actor:
            raise absent()
        if recorded.told and self.access.inside:
            recorded = self.node.ledger.entry(position, opening=ALL).recorded
        shown = self._cut(History((recorded,), position)).facts
        if not shown:
            raise absent()
        return shown[0]

    def _cut(self, seen: History) -> History:
        # The one place through which everything goes that a reader is told: where it is noted what they opened.
        shown = self.access.cut(seen)
        if self.served.readings.on:
            self.opened_to_reader.add(shown)
        return shown

    def note(self) -> None:
        """Put on record what was open in what is about to be sent; raises when it cannot be, and nothing is sent."""
        who, page = self.identity, self.subject.page
        self.served.readings.note(
            who, self.subject, self.opened_to_reader, self.now, lambda: f"as {who.role.words.en}, at {page}"
        )

    # pages

    def limit(self) -> int:
        return min(self.whole("limit") or USUAL, MOST)

    def after(self) -> str | None:
        """The place behind which the list is carried on. Unfit unless this list gave the cursor to this reader."""
        cursor = self.text("after")
        if cursor is None:
            return None
        try:
            return self.served.cursors.read(self._list, cursor)
        except Malformed as malformed:
            raise Unfit(Wrong(malformed.place, malformed.expected)) from None

    def cursor(self, place: str) -> str:
        return self.served.cursors.make(self._list, place)

    def next(self, cursor: str | None) -> Json:
        """The address of the next page."""
        if cursor is None:
            return None
        return f"{self.here}{'&' if '?' in self.here else '?'}after={cursor}"

    def facts(self, name: str, question: Question | None) -> dict[str, Json]:
        """A page of a list of facts, as it is answered."""
        some, cursor = self.page(question)
        return {name: tell_all(some), "next": self.next(cursor)}

    @property
    def _list(self) -> str:
        return f"{self.reader} {self.here}"


def _asking(ask: Ask) -> Callable[[History], Question]:
    return ask if callable(ask) else lambda _known: ask


def _with_told(seen: History, opened: History) -> History:
    told = {r.position: r for r in opened if r.told}
    return History(tuple(told.get(r.position, r) for r in seen), seen.position)
