"""Worked cases: published events written as acts, each with the paragraph it rests on, recorded all or none.

A case file (YAML) holds::

    case: allende
    title: {en: ..., es: ...}
    about: {en: ..., es: ...}
    sources: {propublica: {title, author, publisher, year, licence}}
    cast: {chronicler: {person: chronicler, role: chronicler}}
    common: [acts put before those of each telling]
    tellings:
      - telling: allende-happened
        title: {en: ..., es: ...}
        acts:
          - {at: 2011-03-18T12:00:00-06:00, precision: day, known: ..., by: chronicler, do: FormUnit,
             with: {fields of the fact}, rests_on: propublica ¶3}

``at`` is when it is said to have happened, ``known`` (else the same) when it was known in that telling, whose
clock never goes back. ``rests_on`` begins with a source's key, or says ``assumption`` or ``hypothetical``.
Instead of ``with``, ``rows`` names a CSV file beside the case: one act a row, its columns the fact's fields,
and ``at``, ``known``, ``precision`` or ``rests_on`` where the rows differ in these.

``live: true`` marks a fictional case that is not a re-enactment: its one telling names its identifiers, its
acts have no ``known`` and rest on nothing, and its times may be written ``now-3d``.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tearline.facts.errors import Malformed
from tearline.facts.history import Actor, Precision, Role, Told
from tearline.facts.identifiers import PersonId, well_formed
from tearline.facts.oversight import TellingOpened
from tearline.facts.shape import Choice, Instant, Maybe, Place, Text, record_of
from tearline.facts.strict import parse_yaml, place_of
from tearline.facts.words import Words
from tearline.formats.csv import read_rows
from tearline.jobs.commands import Form, commands
from tearline.jobs.filling import Filling
from tearline.ledger.batch import Appended
from tearline.node import Node, Order, RefusedAmong
from tearline.rooms.oversight import OpenTelling

LARGEST_BYTES = 2**20
MOST_ACTS = 5_000
NOT_PUBLISHED = ("assumption", "hypothetical")
"""What an act may rest on that no source says."""
VARYING = ("at", "known", "precision", "rests_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A published text that acts rest on."""

    key: str
    title: str
    author: str
    publisher: str
    year: int
    licence: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """An order and where it stands: a path in the case file, or a line of a table beside it."""

    order: Order
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One way the events are told, with a clock of its own (a live case has the node's)."""

    name: str
    title: Words
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it was read from ``file``. ``sha256`` is of its ``text`` and the tables it names, in their order."""

    name: str
    title: Words
    about: Words
    sources: tuple[Source, ...]
    tellings: tuple[Telling, ...]
    live: bool
    sha256: str
    file: str
    text: bytes = field(repr=False)

    def deeds(self) -> Iterator[Deed]:
        """All acts in the order in which they are recorded."""
        for telling in self.tellings:
            yield from telling.deeds

    def malformed(self, deed: Deed, expected: str) -> Malformed:
        return _with_line(deed.place.expected(expected), self.text, self.file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A case that stands in the ledger. ``repeated``: it stood there before, and nothing was recorded."""

    case: Case
    appended: Appended

    @property
    def repeated(self) -> bool:
        return self.appended.repeated


def load_case(node: Node, path: Path, *, now: datetime) -> Loaded:
    """Record all acts of a case, or none. Malformed where the file is wrong or the rules refuse an act.

    The same file again changes nothing. A case that was edited since does not replace what is recorded: its
    first act is refused, for what it registers is on record.
    """
    case = read_case(path, now=now)
    if case.live and not node.demo:
        raise Malformed(str(path), "live", "a demonstration node: a live case acts in the names of its cast")
    deeds = list(case.deeds())
    try:
        appended = node.record_all([d.order for d in deeds], key=f"case {case.name} {case.sha256}")
    except RefusedAmong as refused:
        expected = f"an act that the rules admit: {refused.because.en}"
        raise case.malformed(deeds[refused.order], expected) from None
    return Loaded(case=case, appended=appended)


def read_case(path: Path, *, now: datetime) -> Case:
    """The case in this file. ``now`` is what a live case counts its times from. Malformed says file and place."""
    text = _bytes(path, str(path))
    plain = parse_yaml(text, file=str(path), largest=LARGEST_BYTES)
    try:
        return _Reading(path, text, now).case(plain)
    except Malformed as fault:
        raise _with_line(fault, text, str(path)) from None


def _bytes(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise Malformed(file, "top", f"a file that can be read ({error.strerror})") from None


_STEPS = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def _with_line(fault: Malformed, text: bytes, file: str) -> Malformed:
    """The same fault with its line in the case file. In a table the line is known: ``line 3.unit``."""
    if fault.file != file:
        return Malformed(fault.file, fault.place.replace(".", ", ", 1), fault.expected)
    if fault.place.startswith("line "):
        return fault
    steps = [name or int(number) for name, number in _STEPS.findall(fault.place)]
    line = place_of(text, steps, file=file)
    return Malformed(file, f"{line}, {fault.place}", fault.expected)


class _Reading:
    """One case file being read."""

    def __init__(self, path: Path, text: bytes, now: datetime) -> None:
        self.path = path
        self.text = text
        self.now = now
        self.live = False
        self.title = self.about = Words("", "")
        self.sources: dict[str, Source] = {}
        self.cast: Mapping[str, object] = {}
        self.digest = hashlib.sha256(text)
        self.acts = 0

    def case(self, plain: object) -> Case:
        top = Place(str(self.path))
        held = _map(
            plain, top, ("case", "title", "about", "tellings"), optional=("live", "sources", "cast", "common")
        )
        live = held.get("live", False)
        if not isinstance(live, bool):
            raise (top / "live").expected("true or false")
        self.live = live
        self.sources = self._sources(held.get("sources", {}), top / "sources")
        self.cast = _map(held.get("cast", {}), top / "cast")
        common = _list(held.get("common", []), top / "common")
        self.title = _words(held["title"], top / "title")
        self.about = _words(held["about"], top / "about")
        tellings = self._tellings(_list(held["tellings"], top / "tellings"), common, top)
        return Case(
            name=_name(held["case"], top / "case"),
            title=self.title,
            about=self.about,
            sources=tuple(self.sources.values()),
            tellings=tellings,
            live=live,
            sha256=self.digest.hexdigest(),
            file=str(self.path),
            text=self.text,
        )

    def _sources(self, plain: object, at: Place) -> dict[str, Source]:
        sources = {}
        for key, said in _map(plain, at).items():
            here = at / _name(key, at / key)
            held = _map(said, here, ("title", "author", "publisher", "year"), optional=("licence",))
            year = held["year"]
            if not isinstance(year, int) or isinstance(year, bool) or not 1000 <= year <= 9999:
                raise (here / "year").expected("a year such as 2017")
            sources[key] = Source(
                key=key,
                title=_text(held["title"], here / "title"),
                author=_text(held["author"], here / "author"),
                publisher=_text(held["publisher"], here / "publisher"),
                year=year,
                licence=_text(held["licence"], here / "licence") if "licence" in held else None,
            )
        return sources

    def _tellings(self, plain: list[object], common: list[object], top: Place) -> tuple[Telling, ...]:
        if not plain or (self.live and len(plain) != 1):
            raise (top / "tellings").expected("one telling" if self.live else "at least one telling")
        tellings: list[Telling] = []
        for n, said in enumerate(plain):
            here = top / "tellings" / n
            held = _map(said, here, ("telling", "title", "acts"))
            name = _name(held["telling"], here / "telling")
            if name in {t.name for t in tellings}:
                raise (here / "telling").expected(f"each telling once, found {name} again")
            own = [(act, here / "acts" / i) for i, act in enumerate(_list(held["acts"], here / "acts"))]
            shared = [(act, top / "common" / i) for i, act in enumerate(common)]
            told = _Telling(self, name)
            deeds = tuple(deed for act, at in [*shared, *own] for deed in told.deeds(act, at))
            if not deeds:
                raise (here / "acts").expected("at least one act")
            title = _words(held["title"], here / "title")
            opening = () if self.live else (self._opening(name, title, deeds[0].order, here),)
            tellings.append(Telling(name=name, title=title, deeds=(*opening, *deeds)))
        return tuple(tellings)

    def _opening(self, name: str, title: Words, first: Order, at: Place) -> Deed:
        """What the telling says of itself, before its first act and known as early."""
        said = {
            "telling": name,
            "case_en": self.title.en,
            "case_es": self.title.es,
            "title_en": title.en,
            "title_es": title.es,
            "about_en": self.about.en,
            "about_es": self.about.es,
            "sources": [f"{s.author}, “{s.title}”, {s.publisher}, {s.year}" for s in self.sources.values()],
        }
        opened = OpenTelling(record_of(TellingOpened).parse(said, at))
        chronicler = Actor(PersonId(f"{name}.chronicler"), Role.CHRONICLER)
        told = replace(first.told, rests_on="the case file") if first.told else None
        order = Order(command=opened, by=chronicler, at=first.at, precision=first.precision, told=told)
        return Deed(order=order, place=at)

    def table(self, plain: object, at: Place) -> tuple[str, bytes]:
        """The file beside the case that ``rows`` names."""
        name = _text(plain, at)
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,60}\.csv", name, re.ASCII):
            raise at.expected("the name of a CSV file beside this one")
        file = self.path.parent / name
        data = _bytes(file, str(file))
        self.digest.update(name.encode() + b"\0" + data)
        return str(file), data


class _Telling:
    """One telling being read: its clock, and what fills in its identifiers and times."""

    def __init__(self, reading: _Reading, name: str) -> None:
        self.reading = reading
        self.name = name
        self.filling = Filling(name, reading.now if reading.live else None)
        self.clock: datetime | None = None

    def deeds(self, plain: object, at: Place) -> Iterator[Deed]:
        """The act, or one act for each row of the table it names."""
        own = () if self.reading.live else ("known", "rests_on")
        held = _map(plain, at, ("by", "do"), optional=("at", "precision", "with", "rows", *own))
        form = commands().get(_text(held["do"], at / "do"))
        if form is None:
            raise (at / "do").expected("a command, one of " + ", ".join(sorted(commands())))
        by = self._actor(held["by"], at / "by")
        if ("with" in held) == ("rows" in held):
            raise at.expected("either with or rows")
        if "with" in held:
            yield self._deed(held, held["with"], form, by, at=at, within=at / "with")
            return
        file, data = self.reading.table(held["rows"], at / "rows")
        for row in read_rows(data, file=file, largest=LARGEST_BYTES):
            here = Place(file, f"line {row.line}")
            circumstances = dict(held) | {k: v for k, v in row.cells.items() if k in VARYING and v}
            yield self._deed(circumstances, _fields(row.cells, form), form, by, at=here, within=here)

    def _deed(
        self, held: Mapping[str, object], fields: object, form: Form, by: Actor, *, at: Place, within: Place
    ) -> Deed:
        self.reading.acts += 1
        if self.reading.acts > MOST_ACTS:
            raise at.expected(f"at most {MOST_ACTS} acts in one case")
        for key in ("at",) if self.reading.live else ("at", "rests_on"):
            if key not in held:
                raise (at / key).expected("a value: this field is required")
        happened = self._instant(held["at"], at / "at")
        precision = Choice(Precision).parse(held.get("precision", "minute"), at / "precision")
        told = None if self.reading.live else self._told(held, happened, at)
        said = form.record.parse(self.filling.fill(form.record, fields, within), within)
        order = Order(command=form.make(said), by=by, at=happened, precision=Precision(precision), told=told)
        return Deed(order=order, place=at)

    def _told(self, held: Mapping[str, object], happened: datetime, at: Place) -> Told:
        known = self._instant(held["known"], at / "known") if "known" in held else happened
        if known < happened:
            raise (at / "known").expected("a time not before the act itself")
        if self.clock is not None and known < self.clock:
            place = at / ("known" if "known" in held else "at")
            raise place.expected(
                f"a time known no earlier than that of the act before it, {self.clock.isoformat()};"
                " what became known later says so in known"
            )
        self.clock = known
        rests_on = _text(held["rests_on"], at / "rests_on", 300)
        ground = re.split(r"[ :;,]", rests_on, maxsplit=1)[0]
        if ground not in self.reading.sources and ground not in NOT_PUBLISHED:
            allowed = ", ".join((*self.reading.sources, *NOT_PUBLISHED))
            raise (at / "rests_on").expected(f"a text that begins with one of {allowed}")
        return Told(self.name, known, rests_on)

    def _instant(self, plain: object, at: Place) -> datetime:
        return Instant().parse(self.filling.fill(Instant(), plain, at), at)

    def _actor(self, plain: object, at: Place) -> Actor:
        if isinstance(plain, str):
            if plain not in self.reading.cast:
                raise at.expected("someone of the cast: " + ", ".join(self.reading.cast))
            at = Place(str(self.reading.path)) / "cast" / plain
            plain = self.reading.cast[plain]
        held = _map(plain, at, ("person", "role"))
        person = self.filling.identifier(_text(held["person"], at / "person"), at / "person")
        return Actor(PersonId(person), Role(Choice(Role).parse(held["role"], at / "role")))


def _fields(cells: Mapping[str, str], form: Form) -> dict[str, object]:
    """A row's cells as the fact's fields. An empty cell is nothing said: null where that may be, else absent."""
    maybe = {f.name for f in form.record.fields if isinstance(f.shape, Maybe)}
    return {
        name: text or None for name, text in cells.items() if name not in VARYING and (text or name in maybe)
    }


def _map(
    plain: object, at: Place, required: tuple[str, ...] = (), *, optional: tuple[str, ...] | None = None
) -> dict[str, object]:
    """A map with these keys; with none named, any map."""
    if not isinstance(plain, dict):
        raise at.expected("a map of names to values")
    allowed = (*required, *(optional or ()))
    for key in plain if allowed else ():
        if key not in allowed:
            raise (at / str(key)).expected("one of " + ", ".join(allowed))
    for name in required:
        if name not in plain:
            raise (at / name).expected("a value: this field is required")
    return plain


def _list(plain: object, at: Place) -> list[object]:
    if not isinstance(plain, list):
        raise at.expected("a list")
    return plain


def _text(plain: object, at: Place, limit: int = 2000) -> str:
    return Text(limit).parse(plain, at)


def _name(plain: object, at: Place) -> str:
    if not isinstance(plain, str) or "." in plain or not well_formed(plain):
        raise at.expected("a name of a-z, 0-9 and inner hyphens, at most 40 long")
    return plain


def _words(plain: object, at: Place) -> Words:
    held = _map(plain, at, ("en", "es"))
    return Words(_text(held["en"], at / "en"), _text(held["es"], at / "es"))
