"""``tearline harm link`` and ``estimate``: what the site does, at the command line."""

import json
from pathlib import Path

import pytest

from tearline.node import make_node
from tests.cli.conftest import Run

ROWS = "".join(
    f"{source}{n},{source},Ana{'bcdefg'[n] * 3},Prueba,{n}0,Norte,2011-03-18\n"
    for source in ("court", "press")
    for n in range(6)
)
TABLE = "report_id,source,given_names,paternal_surname,age,place,date\n" + ROWS
SCOPE = (
    "--unit",
    "people who disappeared",
    "--area",
    "the north",
    "--from",
    "2011-03-01",
    "--to",
    "2011-03-31",
)


@pytest.fixture
def node(tmp_path: Path, run: Run) -> Path:
    data, table = tmp_path / "node", tmp_path / "register.csv"
    make_node(data, origin="agency.example/node", demo=True).ledger.close()
    table.write_text(TABLE)
    stated = ("--source-class", "court", "--harm", "disappeared", "--list-by-source")
    assert run("harm", "import", table, "--by", "hugo", *stated, "--data", data).status == 0
    return data


def test_people_are_compared_and_counted(run: Run, node: Path) -> None:
    linked = json.loads(run("harm", "link", "--by", "lina", "--data", node, "--json").out)
    assert linked["reported"] == 12
    assert linked["low"] <= linked["people"] <= linked["high"]
    told = run("harm", "estimate", "--by", "lina", *SCOPE, "--quick", "--data", node)
    assert told.out.startswith("12 people documented (")
    assert "How many in all cannot be said:\n  Fewer than three lists" in told.out
    spanish = run("harm", "estimate", "--by", "lina", *SCOPE, "--quick", "--data", node, "--language", "es")
    assert "No puede decirse cuántas en total" in spanish.out
    made = json.loads(run("harm", "estimate", "--by", "lina", *SCOPE, "--data", node, "--json").out)
    assert made["size"] is None
    assert "few-lists" in made["refused"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("estimate", "--by", "lina", *SCOPE[:-1], "31/03/2011"), "a day such as 2011-03-01"),
        (("estimate", "--by", "lina", *SCOPE[:1], " ", *SCOPE[2:]), "words, at most 200 characters"),
        (("estimate", "--by", "lina", "--as", "overseer", *SCOPE), "one of harm-desk, linkage-analyst"),
        (("link", "--by", "Lina!"), "an identifier"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_recorded(
    run: Run, node: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = run("harm", *arguments, "--data", node)
    assert ran.status != 0
    assert said in ran.err
