"""Comma-separated tables (RFC 4180) read strictly: a header, then rows that fit it.

UTF-8 without a byte order mark; each column named once; every row as many cells as the header; a quoted cell
may hold commas, line breaks and doubled quotes. A cell of nothing but blanks is empty.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tearline.facts.errors import Malformed

LARGEST_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, counted from 1, and its cells by column."""

    line: int
    cells: Mapping[str, str]


def read_rows(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> list[Row]:
    """The rows below the header, empty lines left out; raises Malformed."""
    return table_of(_text(data, file, largest), file=file)[1]


def table_of(text: str, *, file: str, delimiter: str = ",") -> tuple[list[str], list[Row]]:
    """The header of a text and the rows below it; raises Malformed."""
    records = _records(text, file, delimiter)
    line, columns = next(records, (1, []))
    if not columns:
        raise Malformed(file, "line 1", "a header that names the columns")
    seen: set[str] = set()
    for number, column in enumerate(columns, 1):
        if not column:
            raise Malformed(file, f"line {line}, column {number}", "a column name")
        if column in seen:
            raise Malformed(
                file, f"line {line}, column {number}", f"each column once, found {column!r} again"
            )
        seen.add(column)
    rows = []
    for line, cells in records:
        if len(cells) != len(columns):
            raise Malformed(file, f"line {line}", f"{len(columns)} cells, found {len(cells)}")
        rows.append(Row(line, dict(zip(columns, cells, strict=True))))
    return columns, rows


def _text(data: bytes, file: str, largest: int) -> str:
    if len(data) > largest:
        raise Malformed(file, f"{len(data)} bytes", f"at most {largest} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            file, _at(data, error.start), f"UTF-8, found byte 0x{data[error.start]:02x}"
        ) from None
    if text.startswith("\ufeff"):
        raise Malformed(file, "line 1", "UTF-8 without a byte order mark")
    if "\0" in text:
        raise Malformed(file, f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}", "text without NUL")
    return text


def _at(data: bytes, byte: int) -> str:
    """The line, and the column by its name where the header can be read."""
    begins = data.rfind(b"\n", 0, byte) + 1
    line = data.count(b"\n", 0, byte) + 1
    header, before = data.partition(b"\n")[0], data[begins:byte].decode("utf-8")
    try:
        columns = next(csv.reader([header.decode("utf-8")]))
        number = len(next(csv.reader([before + "x"])))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        return f"line {line}"
    return (
        f"line {line}, column {columns[number - 1].strip()!r}" if number <= len(columns) else f"line {line}"
    )


def _records(text: str, file: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Malformed(file, f"line {begins}", f"comma-separated values ({error})") from None
        if cells:
            yield begins, [cell.strip() for cell in cells]
