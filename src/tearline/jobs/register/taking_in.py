"""A table of reports taken in: read to its end, put to the rules row by row, and recorded at once or not at all.

What the rules refuse is said of the cell that it is about, so whoever brings the table has one list of all its faults.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from tearline.facts.errors import Refused
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Precision
from tearline.facts.register import ConsentWithdrawn
from tearline.formats.register.columns import DATE, NAMES, WITHDRAWN
from tearline.formats.register.reading import Entry, Fault, Stated, Table, read, together
from tearline.ledger.batch import Appended
from tearline.node import Node, Order, RefusedAmong
from tearline.rooms import Command, latest_day
from tearline.rooms.harm import ReportHarm
from tearline.rooms.register.consent import GiveConsent, WithdrawConsent
from tearline.rooms.register.people import ReportVictim

COLUMNS = {
    "once": ("victim", "consent_id", "report_id"),
    "least-before-most": ("most", "least"),
    "of-somebody": ("most", "least"),
    "not-ahead": ("received", WITHDRAWN),
    "copied-from-another": ("copied_from",),
    "named-once": NAMES,
    "within-its-number": ("most", "victim"),
    "ages-in-order": ("age_to", "age_from"),
    "an-age": ("age", "age_to", "age_from"),
    "nobody-or-some": ("consent_shared",),
    "named-in-public": ("consent_public_name",),
    "until-later": ("consent_until",),
    "a-hash": ("digest",),
    "not-withdrawn": (WITHDRAWN,),
    "known": ("copied_from", "incident", "compromise", "release", "operation"),
}
"""The columns that a rule is about: the first of them in which the row says something is named."""
NAMED = ("once", "known")
"""Rules about what a cell names: only the one that does, with or without what stands before a table's identifiers."""
DAYS = {
    "received": ("received",),
    "born": ("born",),
    "first_day": ("first_day", DATE, "seen_from"),
    "last_day": ("last_day", DATE, "seen_to"),
    "seen_from": ("seen_from", DATE),
    "seen_to": ("seen_to", DATE),
}
"""The same for a rule about days, by the field that it names behind whatever it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A table with its orders, each with the row that gives it, and all that is wrong, by line."""

    table: Table
    orders: Sequence[tuple[Entry, Order]]
    faults: Sequence[Fault]

    @property
    def reports(self) -> int:
        return sum(entry.report is not None for entry in self.table.entries)

    @property
    def people(self) -> int:
        return sum(entry.person is not None for entry in self.table.entries)

    @property
    def consents(self) -> int:
        return sum(entry.consent is not None for entry in self.table.entries)

    @property
    def withdrawals(self) -> int:
        return sum(entry.withdrawn is not None for entry in self.table.entries)


class Faulty(Exception):
    """A table that is not taken in. Nothing of it was recorded."""

    def __init__(self, judged: Judged) -> None:
        super().__init__(f"{len(judged.faults)} faults")
        self.judged = judged


def judge(node: Node, data: bytes, *, file: str, stated: Stated, by: Actor) -> Judged:
    """The table as it would be recorded, and all that is wrong in it; nothing is. Malformed where it is no table."""
    return _refused(node, _read(node, data, file, stated, by))


def take_in(node: Node, data: bytes, *, file: str, stated: Stated, by: Actor) -> tuple[Judged, Appended]:
    """Record all of it, or raise Faulty. The same table again, by the same person, answers what was recorded."""
    judged = _read(node, data, file, stated, by)
    if judged.faults:
        raise Faulty(_refused(node, judged))
    told = repr((sorted(stated.cells.items()), stated.before, stated.listed, by.person)).encode()
    key = "register " + hashlib.sha256(told + b"\0" + data).hexdigest()
    try:
        return judged, node.record_all([order for _, order in judged.orders], key=key)
    except RefusedAmong:
        judged = _refused(node, judged)
        if not judged.faults:  # what stood against it is gone meanwhile
            raise
        raise Faulty(judged) from None


def _read(node: Node, data: bytes, file: str, stated: Stated, by: Actor) -> Judged:
    now = node.clock()
    table = read(data, file=file, stated=stated, today=latest_day(now))
    orders = list(_orders(table.entries, by, now))
    return Judged(table=table, orders=orders, faults=table.faults)


def _orders(entries: Sequence[Entry], by: Actor, now: datetime) -> Iterator[tuple[Entry, Order]]:
    """Reports with their people, what was copied behind what it was copied from; withdrawals last of all."""
    for entry in together(entries):
        at = _day(entry.received, now)
        precision = Precision.DAY if entry.received else Precision.MINUTE
        said: list[Command] = [ReportHarm(entry.report)] if entry.report else []
        said += [GiveConsent(entry.consent)] if entry.consent else []
        said += [ReportVictim(entry.person)] if entry.person else []
        for command in said:
            yield entry, Order(command=command, by=by, at=at, precision=precision)
    for entry in entries:
        if entry.withdrawn is not None:
            taken = WithdrawConsent(ConsentWithdrawn(report=entry.name, why=entry.why))
            at = _day(entry.withdrawn, now)
            yield entry, Order(command=taken, by=by, at=at, precision=Precision.DAY)


def _day(day: date | None, now: datetime) -> datetime | None:
    return None if day is None else min(datetime.combine(day, time(), UTC), now)


def _refused(node: Node, judged: Judged) -> Judged:
    """With what the rules say to each row. What rests on a report that is at fault itself is not said of it as well."""
    refused = node.refusals([order for _, order in judged.orders])
    said = [(judged.orders[n][0], why) for n, why in refused.items()]
    rejected = {
        entry.name
        for n, (entry, order) in enumerate(judged.orders)
        if n in refused and isinstance(order.command, ReportHarm)
    }
    # What a rejected report says of people and of consent is judged as well, under a report that only bears its name.
    again = [(entry, _bare(order)) for entry, order in judged.orders if entry.name in rejected]
    said += [(again[n][0], why) for n, why in node.refusals([order for _, order in again]).items()]
    faults = {*judged.faults}
    faults |= {
        _fault(e, why) for e, why in said if why.rule != "known" or not judged.table.names & {*why.facts}
    }
    return replace(judged, faults=sorted(faults, key=lambda f: (f.line, f.column, f.said.en)))


def _bare(order: Order) -> Order:
    if not isinstance(order.command, ReportHarm):
        return order
    bare = replace(
        order.command.fact,
        most=None,
        first_day=None,
        last_day=None,
        received=None,
        digest=Sealed(None),
        compromise=None,
        release=None,
        operation=None,
        incident=None,
        copied_from=None,
    )
    return replace(order, command=ReportHarm(bare))


def _fault(entry: Entry, refused: Refused) -> Fault:
    cells = entry.row.cells
    by_field = [name for field in refused.facts[1:] for name in DAYS.get(field, ())]
    about = [name for name in by_field or COLUMNS.get(refused.rule, ()) if cells.get(name)]
    if refused.rule in NAMED:
        about = [name for name in about if any(fact.endswith(cells[name]) for fact in refused.facts)]
    column = (about or ["report_id"])[0]
    return Fault(line=entry.row.line, column=column, found=cells.get(column, ""), said=refused.because)
