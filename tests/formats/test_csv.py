"""Tables are read as they stand, or refused in one line."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.formats.csv import Row, read_rows

cells = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=20
).map(str.strip)
names = st.text(alphabet="abcdefgh_", min_size=1, max_size=8)


@given(columns=st.lists(names, min_size=2, max_size=5, unique=True), data=st.data())
def test_what_a_writer_wrote_is_what_is_read(columns: list[str], data: st.DataObject) -> None:
    width = len(columns)
    rows = data.draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=5))
    written = io.StringIO(newline="")
    csv.writer(written).writerows([columns, *rows])
    read = read_rows(written.getvalue().encode(), file="t.csv")
    assert [list(row.cells.values()) for row in read] == rows
    assert all(list(row.cells) == columns for row in read)


def test_a_row_knows_the_line_on_which_it_begins() -> None:
    read = read_rows(b'a,b\n1,"two\nlines"\n\n3,4\n', file="t.csv")
    assert read == [Row(2, {"a": "1", "b": "two\nlines"}), Row(5, {"a": "3", "b": "4"})]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "t.csv: line 1: expected a header that names the columns"),
        (b"a,a\n", "t.csv: line 1, column 2: expected each column once, found 'a' again"),
        (b"a,\n", "t.csv: line 1, column 2: expected a column name"),
        (b"a,b\n1,2\n1\n", "t.csv: line 3: expected 2 cells, found 1"),
        (b"a,b\n1,2,3\n", "t.csv: line 2: expected 2 cells, found 3"),
        (b'a,b\n1,"2\n', "t.csv: line 2: expected comma-separated values (unexpected end of data)"),
        (b'a,b\n1,"2"x\n', "t.csv: line 2: expected comma-separated values (',' expected after '\"')"),
        (b"a,b\n1,\xff\n", "t.csv: line 2, column 'b': expected UTF-8, found byte 0xff"),
        (b"\xef\xbb\xbfa,b\n", "t.csv: line 1: expected UTF-8 without a byte order mark"),
        (b"a,b\n1,\x00\n", "t.csv: line 2: expected text without NUL"),
        (b"a,b\n" + b"1,2\n" * 100, "t.csv: 404 bytes: expected at most 100 bytes"),
    ],
)
def test_a_malformed_table_is_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_rows(data, file="t.csv", largest=100)
    assert str(refused.value) == said
    assert refused.value.said.en == said
    spanish = refused.value.said.es
    assert ": se esperaba " in spanish
    assert not re.search("expected|found|line|column ", spanish)


@given(st.binary(max_size=200))
def test_any_bytes_are_rows_or_one_line(data: bytes) -> None:
    assert "\n" not in (fault_of(data) or "")


def fault_of(data: bytes) -> str | None:
    try:
        read_rows(data, file="t.csv")
    except Malformed as fault:
        return str(fault)
    return None
