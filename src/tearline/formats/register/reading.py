"""Facts of rows. Every row is read to its end, so that whoever brings a table learns of all its faults at once.

A row without a name is a number of people, never a person. What a row leaves out may be stated for all rows. A cell
that has no field of its own, such as the sex of somebody who is not named, goes into the account.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from tearline.facts.errors import Malformed
from tearline.facts.fact import Fact, Sealed
from tearline.facts.harm import Credibility, HarmReported, Reliability
from tearline.facts.identifiers import ConsentId, ListId, ReportId, VictimId
from tearline.facts.register import ConsentGiven, ConsentParty, VictimReported
from tearline.facts.shape import record_of
from tearline.facts.words import Words
from tearline.formats.csv import Row
from tearline.formats.register.columns import (
    AGE,
    CONSENT,
    DATE,
    NAMES,
    PERSON,
    REPORT,
    WITHDRAWN,
    WITHDRAWN_WHY,
    Column,
    Unfit,
    columns,
    expected,
    of,
    value_of,
)
from tearline.formats.sheets import read_table

F = TypeVar("F", bound=Fact)

LARGEST_BYTES = 8 * 2**20
MOST_ROWS = 10_000
NEEDED = ("report_id", "source_class", "source", "harm")
"""Columns without which no row can be read, unless they are stated for all."""
STATED = (
    "source_class",
    "source",
    "harm",
    "list",
    "reliability",
    "credibility",
    "place",
    "received",
    "language",
    "method",
    "risk",
    "collector",
    "incident",
    "compromise",
    "release",
    "operation",
)
"""Columns that may be stated for all rows; a row that says otherwise is kept as it says."""
BY_THE_TABLE = "por la tabla en que vino / by the table it came in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What whoever brings a table says of all its rows.

    ``before`` is put before each identifier that the table gives, so that two bodies' numbers never meet.
    ``listed`` takes each source for a list of its own, under a name of this table's (``list_of``).
    """

    cells: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One cell that is wrong: where, what it says, and what was expected there or why it is refused."""

    line: int
    column: str
    found: str
    said: Words

    def __str__(self) -> str:
        found = f", found {self.found[:60]!r}" if self.found else ""
        return f"line {self.line}, {self.column}: {self.said.en}{found}"


def list_of(source: str, table: bytes) -> ListId:
    """The list of a source in the table of this SHA-256, however its letters and spaces are written.

    Lists stand in clear and sources sealed: the name says nothing of the source to whoever has not the table. It is the
    same whenever the table is read; of another table, the same source is another list.
    """
    said = " ".join(source.casefold().split())
    made = hashlib.sha256(table + said.encode()).digest()
    return ListId(f"list-{base64.b32encode(made).decode().lower()[:8]}")


def wants(what: Words) -> Words:
    """What was expected, as a sentence."""
    return Words(f"expected {what.en}", f"se esperaba {what.es}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one row says. ``report`` is None in the further rows of a report, which only name more people."""

    row: Row
    name: ReportId
    report: HarmReported | None
    person: VictimReported | None
    consent: ConsentGiven | None
    withdrawn: date | None
    why: Sealed[str | None]
    received: date | None
    copied_from: ReportId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that was read: ``entries`` without fault, what is wrong in the others, ``names`` of all reports."""

    rows: int
    names: frozenset[str] = frozenset()
    entries: Sequence[Entry]
    faults: Sequence[Fault]


def read(data: bytes, *, file: str, stated: Stated, today: date) -> Table:
    """Raises Malformed where the file is no table at all; every other fault is in the answer.

    ``today`` is the latest day that has come anywhere.
    """
    header, rows = read_table(data, file=file, largest=LARGEST_BYTES)
    faults = _header(header, stated)
    if faults:
        return Table(rows=len(rows), entries=(), faults=faults)
    if not 0 < len(rows) <= MOST_ROWS:
        below = Words(
            f"from 1 to {MOST_ROWS} rows below the header",
            f"una tabla de 1 a {MOST_ROWS} filas bajo el encabezado",
        )
        raise Malformed(file, Words(f"{len(rows)} rows", f"{len(rows)} filas"), below)
    reading = _Reading(data, stated, today, {row.cells["report_id"] for row in rows})
    for row in rows:
        reading.row(row)
    reading.cycles()
    at_fault = {fault.line for fault in reading.faults}
    entries = [one for one in reading.entries if one.row.line not in at_fault]
    faults = sorted(reading.faults, key=lambda f: f.line)
    names = frozenset(f"{stated.before}{name}" for name in reading.named)
    return Table(rows=len(rows), names=names, entries=entries, faults=faults)


def _header(header: Sequence[str], stated: Stated) -> list[Fault]:
    known = columns()
    ours = ", ".join(known)
    found = [
        Fault(
            line=1,
            column=name,
            found=name,
            said=wants(Words(f"a column of the register: {ours}", f"una columna del registro: {ours}")),
        )
        for name in header
        if name not in known
    ]
    return found + [
        Fault(
            line=1,
            column=name,
            found="",
            said=wants(
                Words("this column, or one value for all rows", "esta columna, o un valor para todas")
            ),
        )
        for name in NEEDED
        if name not in header and not stated.cells.get(name)
    ]


class _Reading:
    """A table being read."""

    def __init__(self, data: bytes, stated: Stated, today: date, named: set[str]) -> None:
        self.stated, self.today, self.named = stated, today, named
        self.table = hashlib.sha256(data).digest()
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.firsts: dict[str, Row] = {}
        self.copied: dict[str, str] = {}

    def wrong(self, row: Row, column: str, said: Words) -> None:
        self.faults.append(
            Fault(line=row.line, column=column, found=row.cells.get(column, ""), said=wants(said))
        )

    def row(self, row: Row) -> None:
        before = len(self.faults)
        cells = {name: cell for name, cell in row.cells.items() if cell}
        cells |= {name: said for name, said in self.stated.cells.items() if said and name not in cells}
        values = {name: self._value(row, name, cells.get(name, "")) for name in columns()}
        report = row.cells["report_id"]
        if not report:
            self.wrong(row, "report_id", expected(columns()["report_id"].shape))
        self._defaults(row, cells, values)
        first = self.firsts.setdefault(report, row)
        if first is not row:
            self._again(row, first, cells)
        if values["copied_from"]:
            self.copied.setdefault(report, row.cells["copied_from"])
        self._days(row, cells, values)
        if len(self.faults) == before:
            self.entries.append(self._entry(row, cells, values, first=first is row))

    def _value(self, row: Row, name: str, cell: str) -> Any:
        column = columns()[name]
        try:
            return value_of(column, self._identified(name, cell))
        except Unfit as unfit:
            self.wrong(row, name, unfit.expected)
            return None

    def _identified(self, name: str, cell: str) -> str:
        """With what stands before the table's own identifiers; what it copies from may be on record already."""
        own = name in ("report_id", "victim", "consent_id") or (name == "copied_from" and cell in self.named)
        return f"{self.stated.before}{cell}" if own and cell else cell

    def _defaults(self, row: Row, cells: dict[str, str], values: dict[str, Any]) -> None:
        """What follows from other cells, or is stated nowhere."""
        named = any(cells.get(name) for name in NAMES)
        for name in ("source_class", "source", "harm"):
            if not cells.get(name):
                self.wrong(row, name, expected(columns()[name].shape))
        for name, (low, high) in {AGE: ("age_from", "age_to"), DATE: ("seen_from", "seen_to")}.items():
            if values[name] is None:
                continue
            if cells.get(low) or cells.get(high):
                self.wrong(
                    row, name, Words(f"nothing beside {low} and {high}", f"nada junto a {low} y {high}")
                )
            values[low] = values[high] = values[name]
        if not cells.get("least") and not cells.get("most") and named:
            values["least"] = values["most"] = 1
        elif not cells.get("least"):
            said = Words(
                "how many people, at least: nobody is named here",
                "cuántas personas, al menos: aquí no hay nombres",
            )
            if not named:
                self.wrong(row, "least", said)
            values["least"] = 1
        values["reliability"] = values["reliability"] or Reliability.F
        values["credibility"] = values["credibility"] or Credibility.UNKNOWN
        if self.stated.listed and not cells.get("list") and cells.get("source"):
            values["list"] = list_of(cells["source"], self.table)
        if cells.get("victim") and not named:
            self.wrong(row, "victim", Words("nothing, where nobody is named", "nada, donde no hay nombres"))
        if not named and not cells.get("first_day") and not cells.get("last_day"):
            values["first_day"], values["last_day"] = values["seen_from"], values["seen_to"]
            for name in (DATE, "seen_from", "seen_to"):
                cells.pop(name, None)
        if not cells.get("consent") and any(cells.get(c.name) for c in of(CONSENT)):
            self.wrong(row, "consent", expected(columns()["consent"].shape))
        if cells.get(WITHDRAWN_WHY) and not cells.get(WITHDRAWN):
            self.wrong(row, WITHDRAWN, expected(columns()[WITHDRAWN].shape))

    def _again(self, row: Row, first: Row, cells: Mapping[str, str]) -> None:
        """A further row of one report names another person of it, and says the same of the report."""
        if not cells.get("victim"):
            self.wrong(
                row,
                "report_id",
                Words(
                    f"each report once: it is in line {first.line} already (further people of it bear a victim each)",
                    f"cada informe una vez: ya está en la línea {first.line} (las demás personas llevan un victim)",
                ),
            )
            if cells.get(WITHDRAWN) and first.cells.get(WITHDRAWN):
                self.wrong(
                    row,
                    WITHDRAWN,
                    Words(
                        f"each report withdrawn once: it is in line {first.line}",
                        f"cada informe retirado una vez: lo está en la línea {first.line}",
                    ),
                )
            return
        for name in row.cells:
            alike = columns()[name].fact is not PERSON and name not in (AGE, DATE)
            if alike and row.cells[name] != first.cells[name]:
                self.wrong(
                    row,
                    name,
                    Words(
                        f"the same as in line {first.line}, of the same report",
                        f"lo mismo que en la línea {first.line}, del mismo informe",
                    ),
                )

    def _days(self, row: Row, cells: Mapping[str, str], values: Mapping[str, Any]) -> None:
        for name in ("received", WITHDRAWN):
            if values[name] and values[name] > self.today:
                self.wrong(row, name, Words("a day that has come", "un día que ya llegó"))
        if values[WITHDRAWN] and not cells.get("received"):
            self.wrong(
                row,
                "received",
                Words(
                    "the day on which it was received, since it was withdrawn",
                    "el día en que se recibió, pues se retiró",
                ),
            )
        if values[WITHDRAWN] and values["received"] and values[WITHDRAWN] < values["received"]:
            self.wrong(
                row,
                WITHDRAWN,
                Words("a day not before it was received", "un día no anterior al de recibirlo"),
            )

    def cycles(self) -> None:
        """A report that was copied from another that was copied from it, at whatever remove."""
        for report, above in self.copied.items():
            seen, source = set[str](), above
            while source in self.copied and source not in seen and source != report:
                seen.add(source)
                source = self.copied[source]
            if source == report:
                self.wrong(
                    self.firsts[report],
                    "copied_from",
                    Words("a report that was not copied from this one", "un informe que no se copió de este"),
                )

    def _entry(self, row: Row, cells: Mapping[str, str], values: dict[str, Any], *, first: bool) -> Entry:
        report = ReportId(values["report_id"])
        named = any(cells.get(name) for name in NAMES)
        values["account"] = _account(cells, named=named)
        if named and "person_place" not in row.cells:
            values["person_place"] = values["place"]
        values["victim"] = values["victim"] or VictimId(report)
        values["consent_id"] = values["consent_id"] or ConsentId(report)
        values["consent_shared"] = values["consent_shared"] or (ConsentParty.NOBODY,)
        values["consent_how"] = values["consent_how"] or BY_THE_TABLE
        values["consent_public_name"] = bool(values["consent_public_name"])
        person = replace(_fact(VictimReported, PERSON, values), report=report) if named else None
        consents = first and bool(values["consent"])
        return Entry(
            row=row,
            name=report,
            report=_fact(HarmReported, REPORT, values) if first else None,
            person=person,
            consent=replace(_fact(ConsentGiven, CONSENT, values), report=report) if consents else None,
            withdrawn=values[WITHDRAWN] if first else None,
            why=Sealed(values[WITHDRAWN_WHY]),
            received=values["received"],
            copied_from=values["copied_from"] if first else None,
        )


def _account(cells: Mapping[str, str], *, named: bool) -> str:
    """What was reported, in the words of the row; of people who are not named it takes in what has no field."""
    apart = {c.name for kind in (REPORT, CONSENT) for c in of(kind)} | {WITHDRAWN, WITHDRAWN_WHY}
    said = cells.get("account", "")
    if said and named:
        return said
    rest = [f"{name}: {cell}" for name, cell in cells.items() if name not in apart]
    return "; ".join([said, *rest] if said else rest) or "—"


def _fact(kind: type[F], columned: type[Fact], values: Mapping[str, Any]) -> F:
    """The fact whose fields these columns hold; what is empty is at its default. Its report is put in afterwards."""
    by_field: Mapping[str, Column] = {column.field: column for column in of(columned)}
    said: dict[str, Any] = {}
    for one in record_of(kind).fields:
        column = by_field.get(one.name)
        value = values[column.name] if column else None
        if value is None and not one.required:
            continue
        said[one.name] = Sealed(value) if one.compartment else value
    return kind(**said)


def together(entries: Iterable[Entry]) -> list[Entry]:
    """The same with what was copied behind what it was copied from, else in their order."""
    held = list(entries)
    firsts = {one.name: one for one in held if one.report is not None}
    found: dict[int, Entry] = {}

    def put(one: Entry) -> None:
        waiting = [one]
        while (above := firsts.get(waiting[-1].copied_from or ReportId(""))) and above.row.line not in found:
            waiting.append(above)
        for each in reversed(waiting):
            found.setdefault(each.row.line, each)

    for one in held:
        put(one)
    return list(found.values())
