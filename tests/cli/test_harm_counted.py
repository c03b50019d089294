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


OF = "people who disappeared; the north; 2011-03-01"


@pytest.mark.parametrize(
    ("language", "documented", "unnamed"),
    [
        (
            "en",
            (
                f"12 people documented (6 to 6 with 95 %): {OF} to 2011-03-31."
                " No report tells of people whom it does not name."
            ),
            ("3 to 9 people whom they do not name;", "6 or more people whom they do not name;"),
        ),
        (
            "es",
            (
                f"12 personas documentadas (6 a 6 con el 95 %): {OF} a 2011-03-31."
                " Ningún informe habla de personas a quienes no nombra."
            ),
            ("3 a 9 personas a quienes no nombran;", "6 o más personas a quienes no nombran;"),
        ),
    ],
)
def test_a_count_says_of_what_where_and_when_and_how_many_nobody_named(
    run: Run, node: Path, language: str, documented: str, unnamed: tuple[str, str]
) -> None:
    asked = ("harm", "estimate", "--by", "lina", *SCOPE, "--quick", "--data", node)

    def told() -> str:
        return " ".join(run(*asked, "--language", language).out.split())

    assert told().startswith(documented)
    table = node.with_name("radio.csv")
    stated = ("--source-class", "court", "--harm", "disappeared", "--list", "radio")
    for name, most, said in (("n1", "9", unnamed[0]), ("n2", "", unnamed[1])):
        table.write_text(f"report_id,source,least,most,first_day\n{name},radio,3,{most},2011-03-18\n")
        assert run("harm", "import", table, "--by", "hugo", *stated, "--data", node).status == 0
        assert said in told()


def test_a_count_says_the_same_to_programs(run: Run, node: Path) -> None:
    made = json.loads(
        run("harm", "estimate", "--by", "lina", *SCOPE, "--quick", "--data", node, "--json").out
    )
    assert made["documented"] == {"n": 12, "low95": 6, "high95": 6}
    assert (made["unit"], made["area"]) == ("people who disappeared", "the north")
    assert (made["from"], made["to"]) == ("2011-03-01", "2011-03-31")
    assert made["unnamed"] == {"least": 0, "most": 0}


def test_a_seed_is_no_larger_than_what_a_fact_takes(run: Run, node: Path) -> None:
    for command in (("link", "--by", "lina"), ("estimate", "--by", "lina", *SCOPE, "--quick")):
        asked = ("harm", *command, "--data", node, "--seed")
        ran = run(*asked, 10**15 + 1)
        assert ran.status == 2
        assert "--seed" in ran.line
        assert run(*asked, 10**15).status == 0


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


def test_days_in_the_wrong_order_are_malformed_in_one_line(run: Run, node: Path) -> None:
    ran = run("harm", "estimate", "--by", "lina", *SCOPE[:-1], "2011-02-28", "--data", node)
    assert ran.status == 2
    assert ran.line == "--to: 2011-02-28: expected a day that is not before --from, 2011-03-01"


def test_places_are_recorded_once_and_all_or_none(run: Run, node: Path, tmp_path: Path) -> None:
    places = tmp_path / "places.csv"
    more = tmp_path / "more.csv"
    more.write_text(TABLE.replace("Norte", "Sur").replace("court", "ngo").replace("press", "radio"))
    stated = ("--source-class", "court", "--harm", "disappeared", "--list-by-source")
    assert run("harm", "import", more, "--by", "hugo", *stated, "--data", node).status == 0
    places.write_text("place,latitude,longitude\nNorte,28.34112,-100.8512\nSur,20.66,-103.35\n")
    given = ("harm", "places", places, "--by", "lina", "--as", "linkage-analyst", "--data", node)
    assert json.loads(run(*given, "--json").out) == {"places": 2, "named": 2, "recorded": 2}
    assert json.loads(run(*given, "--json").out) == {"places": 2, "named": 2, "recorded": 0}
    places.write_text("place,latitude,longitude\nNorte,28.34,-100.85\nSur,20.70,-103.35\n")
    spanish = run(*given, "--language", "es").out
    assert spanish == "1 lugares registrados; 1 constaban ya así; ningún informe nombra los otros 0.\n"
    places.write_text("place,latitude,longitude\nNorte,28.35,-100.85\nSur,99,-103.35\n")
    ran = run(*given)
    assert ran.status == 2
    assert "line 3, column 'latitude'" in ran.line
    places.write_text("place,latitude,longitude\nNorte,28.35,-100.85\n")
    assert json.loads(run(*given, "--json").out) == {"places": 1, "named": 1, "recorded": 1}
    assert run(*given[:5], "--as", "auditor", "--data", node).status == 2


def test_of_a_whole_gazetteer_only_what_reports_name_is_recorded(
    run: Run, node: Path, tmp_path: Path
) -> None:
    """All that is recorded of places is read for every page of who is who."""
    places = tmp_path / "gazetteer.csv"
    others = "".join(f"{chr(97 + n // 26)}{chr(97 + n % 26)}x,1,{n}\n" for n in range(100))
    places.write_text(f"place,latitude,longitude\nNORTE,28.34,-100.85\n{others}")
    given = ("harm", "places", places, "--by", "lina", "--as", "linkage-analyst", "--data", node)
    assert run(*given).out == (
        "1 places recorded; 0 stood on record as they are; no report names the other 100.\n"
    )
    assert json.loads(run(*given, "--json").out) == {"places": 101, "named": 1, "recorded": 0}
