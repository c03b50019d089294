"""Tables that people export from a spreadsheet program, and what we give such a program to read.

A spreadsheet writes CSV in more than one way. UTF-8, with a byte order mark or without one, and UTF-16 with one are
read; commas, semicolons and tabs stand between cells, whichever the header uses. Anything else is refused and not
guessed at: a wrong guess would put wrong letters into a name.
"""

import codecs
from collections.abc import Sequence

from tearline.facts.errors import Malformed
from tearline.formats.csv import Row, table_of

LARGEST_BYTES = 512 * 1024
DELIMITERS = (",", ";", "\t")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program takes for the beginning of a formula (OWASP, CSV injection)."""
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_sheet(
    data: bytes,
    *,
    file: str,
    required: Sequence[str],
    optional: Sequence[str] = (),
    largest: int = LARGEST_BYTES,
) -> list[Row]:
    """The rows, whose columns are all of ``required`` and some of ``optional``; raises Malformed."""
    _, rows = read_table(data, file=file, largest=largest)
    columns = set(rows[0].cells) if rows else set()
    for column in required:
        if rows and column not in columns:
            raise Malformed(file, "line 1", f"a column {column}")
    for column in columns - {*required, *optional}:
        raise Malformed(
            file, "line 1", f"no column but {', '.join((*required, *optional))}; found {column!r}"
        )
    return rows


def read_table(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> tuple[list[str], list[Row]]:
    """The names of the columns, whatever they are, and the rows; raises Malformed."""
    text = decoded(data, file=file, largest=largest)
    header = text.partition("\n")[0]
    among = {delimiter for delimiter in DELIMITERS if delimiter in header}
    if len(among) > 1:
        raise Malformed(file, "line 1", "one sort of delimiter: commas, semicolons or tabs")
    columns, rows = table_of(text, file=file, delimiter=among.pop() if among else ",")
    return columns, [Row(row.line, {name: _plain(cell) for name, cell in row.cells.items()}) for row in rows]


def decoded(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> str:
    """The text of a file; raises Malformed."""
    if len(data) > largest:
        raise Malformed(file, f"{len(data)} bytes", f"at most {largest} bytes")
    mark, encoding = next((e for e in _ENCODINGS if data.startswith(e[0])), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Malformed(file, f"line {line}", "UTF-8 text: save it as CSV UTF-8") from None
    if "\0" in text:
        raise Malformed(file, f"line {text.count(chr(10), 0, text.index(chr(0))) + 1}", "text without NUL")
    return text


def neutral(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula: an apostrophe before what would begin one."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def _plain(cell: str) -> str:
    """The cell as it was before ``neutral``."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def written(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for a spreadsheet program: UTF-8 with a byte order mark, quoted, formulas neutral."""
    lines = (",".join(_quoted(neutral(cell)) for cell in row) for row in (columns, *rows))
    return "\ufeff" + "".join(f"{line}\r\n" for line in lines)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
