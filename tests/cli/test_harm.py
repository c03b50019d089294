"""``tearline harm``: a table of reports is recorded whole or not at all; what is written out says that it was read."""

import json
import stat
from pathlib import Path

import pytest

from tearline.facts.history import about
from tearline.facts.reading import SealedFieldsRead
from tearline.node import make_node, open_node
from tests.cli.conftest import Run

TABLE = (
    "report_id,source,given_names,paternal_surname,maternal_surname,age,date,place\n"
    "1,court,Rosa,Aguilar,Romero,13,,\n"
    "2,relatives,roberto,sanchez,flores,,2011-05-15,Norte\n"
)
GIVEN = ("--by", "hugo", "--source-class", "relative", "--harm", "disappeared")


@pytest.fixture
def node(tmp_path: Path) -> Path:
    data = tmp_path / "node"
    made = make_node(data, origin="agency.example/node", demo=True)
    made.ledger.close()
    return data


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "register.csv"
    file.write_text(TABLE)
    return file


def test_a_table_is_looked_at_recorded_and_recorded_once(run: Run, node: Path, table: Path) -> None:
    looked = run("harm", "import", table, *GIVEN, "--list-by-source", "--dry-run", "--data", node)
    assert looked.out == "Would be recorded: 2 reports, 2 people named, 0 consents, 0 withdrawals\n"
    first = run("harm", "import", table, *GIVEN, "--list-by-source", "--data", node, "--json")
    assert json.loads(first.out) | {"faults": []} == {
        "rows": 2, "reports": 2, "people": 2, "consents": 0, "withdrawals": 0,
        "recorded": True, "repeated": False, "faults": [],
    }  # fmt: skip
    again = run("harm", "import", table, *GIVEN, "--list-by-source", "--data", node, "--language", "es")
    assert again.out.startswith("Ya constaba, y nada nuevo: 2 informes")


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_every_faulty_row_is_listed_and_one_line_says_that_nothing_was_recorded(
    run: Run, node: Path, table: Path, dry: tuple[str, ...]
) -> None:
    table.write_text(TABLE + "".join(f"{n},court,Luz,,,-{n},,\n" for n in range(3, 60)))
    ran = run("harm", "import", table, *GIVEN, *dry, "--data", node)
    first = f"{table}: line 4, age: expected a whole number, zero or more (found '-3')"
    assert ran.status == 2
    assert ran.err == f"{first}; 57 faults in 57 rows, nothing was recorded\n"
    lines = ran.out.splitlines()
    assert lines[0] == first
    assert lines[49].startswith(f"{table}: line 53, age:")
    assert lines[50:] == ["and 7 more"]
    spanish = run("harm", "import", table, *GIVEN, *dry, "--data", node, "--language", "es")
    first = f"{table}: línea 4, age: se esperaba un número entero, cero o más (está '-3')"
    assert spanish.err == f"{first}; 57 fallos en 57 filas, no se registró nada\n"
    plain = run("harm", "import", table, *GIVEN, *dry, "--data", node, "--json")
    assert (plain.status, plain.err) == (2, ran.err)
    assert len(json.loads(plain.out)["faults"]) == 57
    table.write_text(TABLE)
    assert run("harm", "import", table, *GIVEN, "--dry-run", "--data", node).status == 0


def test_one_fault_is_one_fault(run: Run, node: Path, table: Path) -> None:
    table.write_text(TABLE + "3,court,Luz,,,131,,\n")
    ran = run("harm", "import", table, *GIVEN, "--data", node)
    first = f"{table}: line 4, age: an age is at most 130 years (found '131')"
    assert ran.err == f"{first}; 1 fault in 1 row, nothing was recorded\n"


def test_what_is_no_table_is_said_in_the_language_of_the_command(run: Run, node: Path, table: Path) -> None:
    table.write_bytes(TABLE.encode() + b"3,court,Jos\xe9,,,,,\n")
    english = run("harm", "import", table, *GIVEN, "--data", node)
    assert english.status == 2
    assert english.line == (
        f"{table}: line 4, column 'given_names': expected UTF-8 text: save it as CSV UTF-8"
    )
    spanish = run("harm", "import", table, *GIVEN, "--data", node, "--language", "es")
    assert spanish.line == (
        f"{table}: línea 4, columna 'given_names': se esperaba texto en UTF-8: guárdelo como CSV UTF-8"
    )
    stated = run("harm", "import", table, *GIVEN, "--list", "The list", "--data", node, "--language", "es")
    assert stated.line.startswith("--list: The list: se esperaba un identificador de a-z")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--before", "É"), "--before: É: expected the beginning of an identifier"),
        (("--list", "The list"), "--list: The list: expected an identifier"),
        (("--state", "risk"), "--state: risk: expected COLUMN=VALUE once each"),
        (("--state", "risk=huge"), "--state: huge: expected one of low, medium, high, not-assessed"),
        (("--state", "victim=rosa"), "--state: victim=rosa: expected COLUMN=VALUE once each"),
        (("--as", "overseer"), "--as: overseer: expected one of advocate, harm-desk"),
    ],
)
def test_what_is_stated_for_all_rows_is_wrong_once(
    run: Run, node: Path, table: Path, options: tuple[str, ...], line: str
) -> None:
    ran = run("harm", "import", table, *GIVEN, *options, "--data", node)
    assert ran.status == 2
    assert line in ran.line


def test_what_is_written_out_says_that_it_was_read_and_why(run: Run, node: Path, table: Path) -> None:
    run("harm", "import", table, *GIVEN, "--data", node)
    out = table.with_name("out.csv")
    ran = run("harm", "export", "--by", "hugo", "--why", "for the court", "-o", out, "--data", node)
    assert ran.status == 0
    assert '"Rosa"' in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    held = open_node(node)
    read = [
        r.fact.compartments for r in held.ledger.read(about(kinds=(SealedFieldsRead,))).of(SealedFieldsRead)
    ]
    held.close()
    assert read == [("witnesses",), ("victims",)]
    again = run("harm", "export", "--by", "hugo", "--why", "again", "-o", out, "--data", node)
    assert "a new file; this one is there already" in again.line


def test_the_rows_of_what_is_written_out_are_counted_and_not_their_line_breaks(
    run: Run, node: Path, tmp_path: Path
) -> None:
    table, out = tmp_path / "broken.csv", tmp_path / "out.csv"
    table.write_text('report_id,source,given_names,account\n1,x,Rosa,"They came.\nAt night."\n2,x,Luz,\n')
    assert run("harm", "import", table, *GIVEN, "--data", node).status == 0
    ran = run("harm", "export", "--by", "hugo", "--why", "for the court", "-o", out, "--data", node, "--json")
    assert json.loads(ran.out)["lines"] == 2


def test_nothing_is_written_out_for_no_reason_or_to_whoever_does_not_read_it(
    run: Run, node: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    assert "--why" in run("harm", "export", "--by", "hugo", "--why", " ", "-o", out, "--data", node).line
    over = run("harm", "export", "--by", "otto", "--as", "overseer", "--why", "x", "-o", out, "--data", node)
    assert "expected one of advocate, harm-desk, linkage-analyst" in over.line
    assert not out.exists()
