"""Comma-separated tables (RFC 4180) read strictly: a header, then rows that fit it.

UTF-8 without a byte order mark; each column named once; every row as many cells as the header; a quoted cell
may hold commas, line breaks and doubled quotes. A cell of nothing but blanks is empty.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.facts.words import Words

LARGEST_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, counted from 1, and its cells by column."""

    line: int
    cells: Mapping[str, str]


_REASONS = {
    "unexpected end of data": "falta cerrar unas comillas",
    "field larger than field limit": "una celda es demasiado larga",
    "expected after": "hay algo tras unas comillas que se cierran",
}
"""What Python's reader says of a text that is no such table, by the English words that stand in it."""


def line_of(number: int, column: str | int | None = None) -> Words:
    """A place in a table: a line, counted from 1, and in it a column by its name, or by its number."""
    if column is None:
        return Words(f"line {number}", f"línea {number}")
    said = repr(column) if isinstance(column, str) else str(column)
    return Words(f"line {number}, column {said}", f"línea {number}, columna {said}")


def place_after(before: str, delimiter: str = ",") -> Words:
    """Where what stands behind this text is: its line, and its column by name where the header can be read."""
    line = before.count("\n") + 1
    columns: list[str] = []
    last: list[str] = []
    try:
        for last in csv.reader(io.StringIO(before + "x", newline=""), delimiter=delimiter):
            columns = columns or last
    except csv.Error:
        return line_of(line)
    inside = last is not columns and 0 < len(last) <= len(columns)
    return line_of(line, columns[len(last) - 1].strip()) if inside else line_of(line)


def too_large(data: bytes, largest: int, file: str) -> Malformed:
    """The refusal of a file of more bytes than are read."""
    what = Words(f"at most {largest} bytes", f"a lo sumo {largest} bytes")
    return Malformed(file, f"{len(data)} bytes", what)


def without_nul(text: str, file: str) -> str:
    """The text; raises Malformed where a NUL stands in it."""
    before, nul, _ = text.partition("\0")
    if nul:
        raise Malformed(file, line_of(before.count("\n") + 1), Words("text without NUL", "texto sin NUL"))
    return text


def read_rows(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> list[Row]:
    """The rows below the header, empty lines left out; raises Malformed."""
    return read_table(data, file=file, largest=largest)[1]


def read_table(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> tuple[list[str], list[Row]]:
    """The header, and the rows below it; raises Malformed."""
    return table_of(_text(data, file, largest), file=file)


def table_of(text: str, *, file: str, delimiter: str = ",") -> tuple[list[str], list[Row]]:
    """The header of a text and the rows below it; raises Malformed."""
    records = _records(text, file, delimiter)
    line, columns = next(records, (1, []))
    if not columns:
        header = Words("a header that names the columns", "un encabezado que nombra las columnas")
        raise Malformed(file, line_of(1), header)
    seen: set[str] = set()
    for number, column in enumerate(columns, 1):
        if not column:
            name = Words("a column name", "el nombre de una columna")
            raise Malformed(file, line_of(line, number), name)
        if column in seen:
            once = Words(
                f"each column once, found {column!r} again",
                f"cada columna una vez; {column!r} está de nuevo",
            )
            raise Malformed(file, line_of(line, number), once)
        seen.add(column)
    rows = []
    for line, cells in records:
        if len(cells) != len(columns):
            wanted = Words(
                f"{len(columns)} cells, found {len(cells)}",
                f"una fila de {len(columns)} celdas; tiene {len(cells)}",
            )
            raise Malformed(file, line_of(line), wanted)
        rows.append(Row(line, dict(zip(columns, cells, strict=True))))
    return columns, rows


def _text(data: bytes, file: str, largest: int) -> str:
    if len(data) > largest:
        raise too_large(data, largest, file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"0x{data[error.start]:02x}"
        raise Malformed(
            file,
            place_after(data[: error.start].decode("utf-8")),
            Words(f"UTF-8, found byte {found}", f"UTF-8; está el byte {found}"),
        ) from None
    if text.startswith("\ufeff"):
        mark = Words("UTF-8 without a byte order mark", "UTF-8 sin marca de orden de bytes")
        raise Malformed(file, line_of(1), mark)
    return without_nul(text, file)


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
            why = next((es for en, es in _REASONS.items() if en in str(error)), "")
            table = Words(
                f"comma-separated values ({error})",
                "una tabla de valores separados por comas" + (f" ({why})" if why else ""),
            )
            raise Malformed(file, line_of(begins), table) from None
        if cells:
            yield begins, [cell.strip() for cell in cells]
