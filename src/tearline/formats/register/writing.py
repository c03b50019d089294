"""Rows of facts: what stands of each report, one row for each person that it names, or one where it names nobody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tearline.facts.fact import Compartment, Fact, Seal, Sealed
from tearline.facts.harm import HarmReported
from tearline.facts.register import ConsentGiven, VictimReported
from tearline.facts.shape import record_of
from tearline.formats.register.columns import (
    AGE,
    CLOSED,
    CONSENT,
    DATE,
    PERSON,
    PURGED,
    REPORT,
    WITHDRAWN,
    WITHDRAWN_WHY,
    Column,
    cell_of,
    columns,
    of,
)
from tearline.formats.sheets import written

HEADER = tuple(name for name in columns() if name not in (AGE, DATE))


def header(without: frozenset[Compartment]) -> list[str]:
    """The columns but for those of these compartments."""
    apart = {WITHDRAWN_WHY: Compartment.WITNESSES}
    for column in columns().values():
        if column.fact is not None:
            found = next(f.compartment for f in record_of(column.fact).fields if f.name == column.field)
            if found is not None:
                apart[column.name] = found
    return [name for name in HEADER if apart.get(name) not in without]


def rows(
    report: HarmReported,
    people: Sequence[VictimReported],
    consent: ConsentGiven | None,
    withdrawn: tuple[date, Sealed[str | None]] | None,
) -> Iterator[Mapping[str, str]]:
    """The rows of one report, by column."""
    said = _cells(report, of(REPORT)) | (_cells(consent, of(CONSENT)) if consent else {})
    if withdrawn is not None:
        day, why = withdrawn
        said |= {WITHDRAWN: day.isoformat(), WITHDRAWN_WHY: _cell(columns()[WITHDRAWN_WHY], why)}
    for person in people or (None,):
        yield said | (_cells(person, of(PERSON)) if person else {})


def table(lines: Iterable[Mapping[str, str]], without: frozenset[Compartment] = frozenset()) -> str:
    """The whole table as text, no cell of which a spreadsheet program takes for a formula."""
    names = header(without)
    return written(names, [[line.get(name, "") for name in names] for line in lines])


def _cells(fact: Fact, among: Iterable[Column]) -> dict[str, str]:
    return {column.name: _cell(column, getattr(fact, column.field)) for column in among}


def _cell(column: Column, value: object) -> str:
    if not isinstance(value, Sealed):
        return cell_of(column, value)
    if value.seal is Seal.OPEN:
        return cell_of(column, value.value)
    return PURGED if value.purged else CLOSED
