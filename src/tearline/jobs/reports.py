"""Reports of harm and labelled pairs from tables, read strictly."""

import re
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from tearline.estimates.linkage.reports import Report
from tearline.facts.errors import Malformed
from tearline.formats.csv import Row, read_rows, read_table

COLUMNS = "report_id source given_names paternal_surname maternal_surname age date place".split()
MAY_BE = "date_to latitude longitude born street postcode identity".split()
PAIR = "a b same".split()
YOUNGEST, OLDEST = -9, 130
"""A register that worked an age out from two dates may say that an infant was a little less than nothing: read as 0."""
LARGEST_BYTES = 256 * 2**20


def read_reports(files: Sequence[tuple[str, bytes]]) -> list[Report]:
    """Of one or more CSV files, each with its name, in their order. Raises Malformed.

    Columns of ``MAY_BE`` may be left out, and others than these are not read.
    """
    reports = []
    given: dict[str, str] = {}
    for file, data in files:
        rows = read_rows(data, file=file, largest=LARGEST_BYTES)
        if not rows:
            raise Malformed(file, "line 2", "at least one report")
        _has(rows[0].cells, COLUMNS, file)
        _means_no_other(rows[0], file)
        for row in rows:
            report = _report(row, file)
            if report.report_id in given:
                at = f"line {row.line}, column 'report_id'"
                raise Malformed(file, at, f"each report once, found that of {given[report.report_id]} again")
            given[report.report_id] = f"{file}, line {row.line}"
            reports.append(report)
    return reports


def read_labels(
    data: bytes, *, file: str, reports: Sequence[Report], once: bool = True
) -> dict[tuple[int, int], bool]:
    """For pairs of reports by number, the smaller first, whether they are one person. Raises Malformed.

    Labels must agree with each other: what is said to be one person, directly or by way of others, is one person, and,
    with ``once``, no person has two reports of one source. Who is not named is nobody's other report.
    """
    header, rows = read_table(data, file=file, largest=LARGEST_BYTES)
    _has(header, PAIR, file)
    number = {report.report_id: n for n, report in enumerate(reports)}
    labels: dict[tuple[int, int], bool] = {}
    line: dict[tuple[int, int], int] = {}
    for row in rows:
        for column in ("a", "b"):
            if row.cells[column] not in number:
                at = f"line {row.line}, column {column!r}"
                raise Malformed(file, at, f"the id of a report, found {row.cells[column]!r}")
            if not reports[number[row.cells[column]]].named:
                at = f"line {row.line}, column {column!r}"
                raise Malformed(file, at, f"a report that names somebody, found {row.cells[column]!r}")
        if row.cells["same"] not in ("0", "1"):
            at = f"line {row.line}, column 'same'"
            raise Malformed(file, at, f"0 or 1, found {row.cells['same']!r}")
        one, other = number[row.cells["a"]], number[row.cells["b"]]
        if one == other:
            raise Malformed(file, f"line {row.line}, column 'b'", "another report than in column 'a'")
        pair, same = (min(one, other), max(one, other)), row.cells["same"] == "1"
        if labels.setdefault(pair, same) != same:
            raise Malformed(
                file, f"line {row.line}, column 'same'", f"what line {line[pair]} said of the same pair"
            )
        line.setdefault(pair, row.line)
    _agree(labels, line, file, [report.source if once else report.report_id for report in reports])
    return labels


def _agree(
    labels: Mapping[tuple[int, int], bool],
    line: Mapping[tuple[int, int], int],
    file: str,
    source: Sequence[str],
) -> None:
    group = list(range(len(source)))

    def first(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    sources = {n: {one} for n, one in enumerate(source)}
    for (a, b), same in labels.items():
        one, other = first(a), first(b)
        if same and one != other:
            if sources[one] & sources[other]:
                shared = min(sources[one] & sources[other])
                raise Malformed(
                    file,
                    f"line {line[a, b]}, column 'same'",
                    f"0: joining them, with what other lines say, gives one person two reports of {shared!r}",
                )
            group[other] = one
            sources[one] |= sources.pop(other)
    for (a, b), same in labels.items():
        if not same and first(a) == first(b):
            raise Malformed(
                file, f"line {line[a, b]}, column 'same'", "1, as other lines say they are one person"
            )


def _has(header: Collection[str], columns: Sequence[str], file: str) -> None:
    for column in columns:
        if column not in header:
            raise Malformed(file, "line 1", f"a column {column!r}")


def _means_no_other(row: Row, file: str) -> None:
    """No column may be left unread because it is written a little otherwise."""
    for number, column in enumerate(row.cells, 1):
        meant = re.sub(r"[ -]+", "_", column.casefold())
        if meant != column and meant in (*COLUMNS, *MAY_BE):
            raise Malformed(file, f"line 1, column {number}", f"{meant!r}, found {column!r}")


def _report(row: Row, file: str) -> Report:
    for column in ("report_id", "source"):
        if not row.cells[column]:
            raise Malformed(file, f"line {row.line}, column {column!r}", "what is not empty")
    age = _age(row, file)
    first, last = _days(row, file)
    latitude, longitude = _degrees(row, "latitude", 90, file), _degrees(row, "longitude", 180, file)
    for column, one, other in (("latitude", latitude, longitude), ("longitude", longitude, latitude)):
        if one is None and other is not None:
            raise Malformed(file, f"line {row.line}, column {column!r}", "both degrees or neither")
    return Report(
        report_id=row.cells["report_id"],
        source=row.cells["source"],
        given_names=row.cells["given_names"],
        paternal_surname=row.cells["paternal_surname"],
        maternal_surname=row.cells["maternal_surname"],
        age=age,
        date=first,
        date_to=last,
        place=row.cells["place"],
        latitude=latitude,
        longitude=longitude,
        born=row.cells.get("born", ""),
        street=row.cells.get("street", ""),
        postcode=row.cells.get("postcode", ""),
        identity=row.cells.get("identity", ""),
    )


def _age(row: Row, file: str) -> int | None:
    cell = row.cells["age"]
    if not cell:
        return None
    if not (re.fullmatch("-?[0-9]{1,3}", cell) and YOUNGEST <= int(cell) <= OLDEST):
        raise Malformed(
            file,
            f"line {row.line}, column 'age'",
            f"whole years from {YOUNGEST} to {OLDEST}, or nothing, found {cell!r}",
        )
    return max(int(cell), 0)


def _degrees(row: Row, column: str, most: int, file: str) -> float | None:
    cell = row.cells.get(column, "")
    if not cell:
        return None
    if not (re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{1,12})?", cell) and abs(float(cell)) <= most):
        at = f"line {row.line}, column {column!r}"
        raise Malformed(file, at, f"degrees from -{most} to {most}, or nothing, found {cell!r}")
    return float(cell)


def _days(row: Row, file: str) -> tuple[date | None, date | None]:
    """The first day that it may have been, and the last if that is another."""
    begins, ends = _date(row, "date", file), _date(row, "date_to", file)
    at = f"line {row.line}, column 'date_to'"
    if begins is None:
        if ends is not None:
            raise Malformed(file, at, "nothing where 'date' is empty")
        return None, None
    last = (ends or begins)[1]
    if last < begins[0]:
        raise Malformed(file, at, f"no day before {row.cells['date']}, found {row.cells['date_to']!r}")
    return begins[0], None if last == begins[0] else last


def _date(row: Row, column: str, file: str) -> tuple[date, date] | None:
    """The first and the last day of a day, a month or a year."""
    cell = row.cells.get(column, "")
    if not cell:
        return None
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
            return date.fromisoformat(cell), date.fromisoformat(cell)
        if re.fullmatch("[0-9]{4}-[0-9]{2}", cell):
            year, month = int(cell[:4]), int(cell[5:])
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        if re.fullmatch("[0-9]{4}", cell):
            return date(int(cell), 1, 1), date(int(cell), 12, 31)
    except ValueError:
        pass
    at = f"line {row.line}, column {column!r}"
    raise Malformed(file, at, f"a date such as 2011-03-18, 2011-03 or 2011, or nothing, found {cell!r}")
