"""What is open to a reader, and that they read it: the one place through which pages and the API open what is sealed.

``closed`` says which hard compartments stay closed to this reader for this thing, before anything is read. ``note``
records what was open in what is about to be sent; if that cannot be recorded it raises, and then nothing is to be
sent. It costs one append for a reader, a thing and a day, and nothing when that is on record already.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tearline.facts.fact import Compartment, Fact, Seal, Sealed
from tearline.facts.history import History, Question, Recorded, about, each
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId, ReadingId, RequestId
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.reading import HARD, SealedFieldsRead
from tearline.facts.release import (
    CopyReleased,
    DisclosureRecorded,
    ItemRegistered,
    ItemReleased,
    ReleaseRequested,
)
from tearline.facts.shape import record_of
from tearline.folds.reading import asks_open, open_now
from tearline.folds.release import lineage
from tearline.node import Node, Order
from tearline.rooms import NONE
from tearline.rooms.reading import NoteReading, OpenCompartments
from tearline.signin.identity import Identity

NAMING: Mapping[str, tuple[type[Fact], ...]] = {
    "request": (ReleaseRequested,),
    "compromise": (CompromiseReported,),
    "release": (ItemReleased, DisclosureRecorded),
    "copy": (CopyReleased,),
    "investigation": (InvestigationOpened,),
}
"""By an identifier in an address: the facts that say of which item it is."""
MOST_ITEMS = 20
"""A page of which more items are open is a list."""
MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is read of, and on which page. ``name`` tells it from everything else; it is on record only as a hash."""

    page: str
    name: str
    items: tuple[ItemId, ...] = ()
    request: RequestId | None = None
    compromise: CompromiseId | None = None
    person: PersonId | None = None

    def reading(self, person: PersonId) -> ReadingId:
        """Names this reader and this thing."""
        digest = hashlib.sha256(f"reading\n{person}\n{self.name}".encode(errors="surrogatepass")).digest()
        return ReadingId(base64.b32encode(digest).decode().lower()[:20])

    def read(self, person: PersonId, compartments: Iterable[Compartment], why: str) -> SealedFieldsRead:
        """The fact that this person read these compartments of it."""
        return SealedFieldsRead(
            reading=self.reading(person),
            page=self.page,
            compartments=tuple(sorted(compartments)),
            why=Sealed(why),
            items=self.items,
            request=self.request,
            compromise=self.compromise,
            person=self.person,
        )


def subject_of(page: str, named: Mapping[str, str]) -> Subject:
    """What a page is about: what the first identifier in its address names, or else the page itself, as a list.

    ``page`` is the template of its address; ``named`` are its identifiers.
    """
    first = next(iter(named.items()), None)
    item, request = named.get("item"), named.get("request")
    compromise, person = named.get("compromise"), named.get("person")
    return Subject(
        page=page,
        name=" ".join(first) if first else page,
        items=(ItemId(item),) if item else (),
        request=RequestId(request) if request else None,
        compromise=CompromiseId(compromise) if compromise else None,
        person=PersonId(person) if person else None,
    )


def items_of(node: Node, named: Mapping[str, str]) -> tuple[ItemId, ...]:
    """The items that a page with these identifiers in its address is about, and those that they are drawn from.

    A reading names them whichever page it was done on, so that whoever answers for an item finds it there.
    """
    stated = {ItemId(named["item"])} if "item" in named else set[ItemId]()
    if (recorded := _entry(node, named.get("position", ""))) is not None:
        of_entry = getattr(recorded.fact, "item", None)
        stated |= {of_entry} if of_entry is not None else set()
    asked = Question()
    for name, kinds in NAMING.items():
        if name in named:
            asked |= about(f"{name}:{named[name]}", kinds=kinds)

    def found(known: History) -> frozenset[ItemId]:
        direct = stated | {
            getattr(r.fact, "item")  # noqa: B009  each kind of NAMING has one
            for name, kinds in NAMING.items()
            for kind in kinds
            for r in known.of(kind)
            if name in named and getattr(r.fact, name) == named[name]
        }
        return frozenset(one for item in direct for one in lineage(known, item))

    known, _ = node.gather(lambda so_far: asked | each("item", found(so_far), (ItemRegistered,)))
    return tuple(sorted(found(known)))


def to_open(
    node: Node,
    person: PersonId,
    page: str,
    named: Mapping[str, str],
    *,
    compartments: Iterable[Compartment],
    why: str,
) -> OpenCompartments:
    """The order to open these of what this page is about. What that is, follows from its address, and nobody says it.

    Pages and API both come through here: the room takes the subject as it is given.
    """
    subject = replace(subject_of(page, named), items=items_of(node, named))
    return OpenCompartments(subject.read(person, compartments, why))


def _entry(node: Node, position: str) -> Recorded[Fact] | None:
    fits = position.isascii() and position.isdigit() and len(position) < 16
    return node.ledger.entry(int(position)).recorded if fits and int(position) < node.ledger.size() else None


@dataclass(slots=True)
class Opened:
    """What was open in all that was read for one answer. Worked cases rest on published sources: they do not count."""

    compartments: set[Compartment]
    items: set[ItemId]

    def add(self, history: History) -> None:
        for recorded in history:
            if recorded.told is not None:
                continue
            for field in record_of(type(recorded.fact)).fields:
                if field.compartment is None:
                    continue
                held: Sealed[object] = getattr(recorded.fact, field.name)
                if held.seal is Seal.OPEN and held.value is not None:
                    self.one(field.compartment, getattr(recorded.fact, "item", None))

    def one(self, compartment: Compartment, item: ItemId | None) -> None:
        """A field of this compartment was open, of this item if it is of one."""
        self.compartments.add(compartment)
        if item is not None:
            self.items.add(item)


class Readings:
    """The readings of one node. ``on``: whether what pages open of themselves is put on record."""

    def __init__(self, node: Node, *, on: bool) -> None:
        self.node = node
        self.on = on
        self._lock = threading.Lock()
        self._noted: set[str] = set()

    def closed(self, who: Identity, subject: Subject, now: datetime) -> frozenset[Compartment]:
        """The hard compartments that this reader has not opened of this, within the last 15 minutes."""
        known = self.node.ledger.read(asks_open(subject.reading(who.person)), opening=NONE)
        return HARD - open_now(known, who.person, now)

    def note(
        self, who: Identity, subject: Subject, opened: Opened, now: datetime, why: Callable[[], str]
    ) -> None:
        """Put on record what was open to this reader, once a day; raises when that cannot be done."""
        compartments = opened.compartments - HARD
        if not self.on or not compartments:
            return
        items = tuple(sorted({*subject.items, *opened.items}))
        about_one = subject.name != subject.page and len(items) <= MOST_ITEMS
        subject = replace(subject, items=items if about_one else subject.items)
        day = f"{now:%Y-%m-%d}"
        told = [day, who.role, subject.reading(who.person), *sorted(compartments), "of", *subject.items]
        key = "reading " + hashlib.sha256("\n".join(told).encode()).hexdigest()
        if key in self._noted:
            return
        fact = subject.read(who.person, compartments, why())
        self.node.record(Order(command=NoteReading(fact), by=who.actor), key=key)
        with self._lock:
            if len(self._noted) >= MOST_REMEMBERED:
                self._noted.clear()
            self._noted.add(key)
