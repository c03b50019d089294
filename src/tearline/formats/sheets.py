"""Tables that people export from a spreadsheet program, and what we give such a program to read.

A spreadsheet writes CSV in more than one way. UTF-8, with a byte order mark or without one, and UTF-16 with one are
read; commas, semicolons and tabs stand between cells, whichever the header uses. Anything else is refused and not
guessed at: a wrong guess would put wrong letters into a name.
"""

import codecs
from collections.abc import Sequence

from tearline.facts.errors import Malformed
from tearline.facts.words import Words
from tearline.formats.csv import Row, line_of, place_after, table_of, too_large, without_nul

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
            raise Malformed(file, line_of(1), Words(f"a column {column}", f"una columna {column}"))
    for column in columns - {*required, *optional}:
        known = ", ".join((*required, *optional))
        alone = Words(
            f"no column but {known}; found {column!r}", f"ninguna columna más que {known}; está {column!r}"
        )
        raise Malformed(file, line_of(1), alone)
    return rows


def read_table(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> tuple[list[str], list[Row]]:
    """The names of the columns, whatever they are, and the rows; raises Malformed."""
    text = decoded(data, file=file, largest=largest)
    among = _delimiters(text)
    if len(among) > 1:
        one = Words(
            "one sort of delimiter: commas, semicolons or tabs",
            "una sola clase de separador: comas, puntos y comas o tabuladores",
        )
        raise Malformed(file, line_of(1), one)
    columns, rows = table_of(text, file=file, delimiter=among.pop() if among else ",")
    return columns, [Row(row.line, {name: _plain(cell) for name, cell in row.cells.items()}) for row in rows]


def decoded(data: bytes, *, file: str, largest: int = LARGEST_BYTES) -> str:
    """The text of a file; raises Malformed."""
    if len(data) > largest:
        raise too_large(data, largest, file)
    mark, encoding = next((e for e in _ENCODINGS if data.startswith(e[0])), (b"", "utf-8"))
    body = data[len(mark) :]
    try:
        return without_nul(body.decode(encoding), file)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding)
        among = _delimiters(before)
        utf8 = Words("UTF-8 text: save it as CSV UTF-8", "texto en UTF-8: guárdelo como CSV UTF-8")
        raise Malformed(file, place_after(before, among.pop() if len(among) == 1 else ","), utf8) from None


def _delimiters(text: str) -> set[str]:
    """Those that the header uses."""
    header = text.partition("\n")[0]
    return {delimiter for delimiter in DELIMITERS if delimiter in header}


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
