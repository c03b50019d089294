"""``tearline estimate``: the document, what stands first, refusals, and what is no table of overlaps."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

DATA = ROOT / "tests" / "estimates" / "casualties" / "data"
HEAD = "A,B,C,count\n"


def test_kosovo_has_a_number_and_every_method_beside_it(run: Run) -> None:
    ran = run("estimate", DATA / "kosovo_4lists.csv", "--seed", "1", "--quick", "--json")
    said = json.loads(ran.out)
    assert ran.status == 0
    assert said["documented"] == 4_400
    assert said["refused"] == []
    assert said["methods"]["dga"]["median"] == pytest.approx(12_596, rel=0.005)
    assert said["methods"]["dga"]["low95"] == pytest.approx(9_827, rel=0.01)
    assert said["methods"]["dga"]["high95"] == pytest.approx(16_544, rel=0.01)
    assert said["methods"]["lcm"]["median"] == pytest.approx(10_420, rel=0.03)
    assert said["methods"]["lcm"]["rhat"] <= 1.01
    assert said["methods"]["lcm"]["ess"] >= 400
    for which in ("low95", "median", "high95"):
        assert 0 < said["methods"]["lcm"][f"{which}_error"] < 0.02 * said["methods"]["lcm"][which]
    assert said["methods"]["loglinear"]["low95"] < said["methods"]["loglinear"]["median"]
    assert 4_400 < said["lower_bound"] < said["estimate"]["median"]
    assert len(said["diagnostics"]["overlaps"]) == 6
    graphs = said["diagnostics"]["graphs"]
    assert graphs[0]["probability"] == pytest.approx(0.99, abs=0.01)
    assert sorted(["ABA", "HRW"]) not in [sorted(pair) for pair in graphs[0]["depend"]]
    assert len(graphs[0]["depend"]) == 5
    assert sum(one["probability"] for one in graphs) <= 1
    assert {one["lists"] for one in said["diagnostics"]["captured"]} == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("language", "first", "refusal"),
    [
        ("en", "96 people are documented", "shares nobody with the other lists"),
        ("es", "Hay 96 personas documentadas", "no comparte a nadie con las demás listas"),
    ],
)
def test_the_documented_count_stands_first_and_a_refusal_says_why(
    run: Run, language: str, first: str, refusal: str
) -> None:
    ran = run("estimate", DATA / "artificial_3.csv", "--quick", "--language", language)
    said = " ".join(ran.out.split())
    assert ran.status == 0
    assert said.startswith(first)
    assert refusal in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "effective draws; standard error ",
                "EXH and ABA: 403 on both; 257.7 if independent; log-odds ratio 1.07 (0.87 to 1.28); dependent: 100%",
                "ABA and HRW: 108 on both; 92.4 if independent; log-odds ratio 0.13 (-0.14 to 0.40); dependent: 0%",
                "99%: EXH and ABA, EXH and OSCE, EXH and HRW, ABA and OSCE, OSCE and HRW",
            ),
        ),
        ("es", ("de los extremos", "razón de momios (log) 1.07", "99%: EXH y ABA, EXH y OSCE, ")),
    ],
)
def test_how_lists_depend_is_told_in_words(run: Run, language: str, said: tuple[str, ...]) -> None:
    ran = run("estimate", DATA / "kosovo_4lists.csv", "--seed", "1", "--quick", "--language", language)
    text = " ".join(ran.out.split())
    for words in said:
        assert words in text


@pytest.mark.parametrize("people", [30, 0])
def test_one_list_alone_has_its_people_documented_and_no_number(
    run: Run, tmp_path: Path, people: int
) -> None:
    table = tmp_path / "one.csv"
    table.write_text(f"A,count\n1,{people}\n")
    said = json.loads(run("estimate", table, "--json").out)
    assert (said["documented"], said["lower_bound"], said["estimate"]) == (people, people, None)
    assert said["refused"][0].startswith("few-lists")


def test_what_is_refused_still_shows_what_methods_say(run: Run) -> None:
    said = json.loads(run("estimate", DATA / "artificial_3.csv", "--quick", "--json").out)
    assert said["estimate"] is None
    assert len(said["refused"]) >= 3
    assert set(said["methods"]) == {"dga", "lcm", "mth", "loglinear"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "line 1: expected a header that names the columns"),
        (HEAD, "line 2: expected at least one row of counts"),
        ("A,B,C\n1,0,0\n", "line 1, column 3: expected the last column to be 'count', found 'C'"),
        (
            "count,A,B\n4,1,0\n",
            "line 1, column 3: expected the last column to be 'count', found it elsewhere",
        ),
        ("A,A,count\n1,0,4\n", "line 1, column 2: expected each column once, found 'A' again"),
        (HEAD + "1,0,0\n", "line 2: expected 4 cells, found 3"),
        (HEAD + "1,0,0,5,6\n", "line 2: expected 4 cells, found 5"),
        (HEAD + "1,0,2,5\n", "line 2, column 'C': expected 0 or 1, found '2'"),
        (HEAD + "1,0,,5\n", "line 2, column 'C': expected 0 or 1, found ''"),
        (HEAD + "5,0,0,1\n", "line 2, column 'A': expected 0 or 1, found '5'"),
        (HEAD + "1,0,0,-5\n", "line 2, column 'count': expected a whole number, 0 or more, found '-5'"),
        (HEAD + "1,0,0,5.5\n", "line 2, column 'count': expected a whole number, 0 or more, found '5.5'"),
        (HEAD + "1,0,0,1e3\n", "line 2, column 'count': expected a whole number, 0 or more, found '1e3'"),
        (HEAD + "1,0,0,NaN\n", "line 2, column 'count': expected a whole number, 0 or more, found 'NaN'"),
        (HEAD + "1,0,0,²\n", "line 2, column 'count': expected a whole number, 0 or more, found '²'"),
        (
            ",".join(f"l{n}" for n in range(12))
            + ",count\n"
            + "".join(f"{','.join(f'{p:012b}')},1\n" for p in range(1, 2_002)),
            "2001 rows: expected at most 2000 patterns that somebody has, found 2001",
        ),
        (HEAD + "1,0,0,99999999999999999999\n", "line 2, column 'count': expected at most 1000000000 people"),
        (
            HEAD + "1,0,0,900000000\n0,1,0,900000000\n",
            "column 'count': expected at most 1000000000 people in all",
        ),
        (HEAD + "1,0,0,5\n1,0,0,6\n", "line 3: expected each pattern once, found that of line 2 again"),
        (HEAD + "0,0,0,5\n", "line 2, column 'count': expected no count of people who are on no list"),
        ("count\n5\n", "line 1: expected one to 20 lists, found 0"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line_that_names_its_place(
    run: Run, tmp_path: Path, text: str, line: str
) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(text, encoding="utf-8")
    ran = run("estimate", file)
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: {line}")


def test_mixed_encodings_are_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_bytes("Año,B,count\n1,0,5\n".encode() + "0,1,ñ".encode("latin-1"))
    ran = run("estimate", file)
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: line 3, column")


def test_a_folder_and_a_missing_file_are_refused(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        assert run("estimate", path).status == 2


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ("1,1,0,50\n0,0,1,80\n1,1,1,15\n", "contained-list"),
        ("1,0,0,120\n0,1,0,90\n1,1,0,40\n0,0,1,80\n", "isolated-list"),
    ],
)
def test_lists_that_are_no_lists_of_their_own_are_named(
    run: Run, tmp_path: Path, rows: str, rule: str
) -> None:
    file = tmp_path / "counts.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    said = json.loads(run("estimate", file, "--quick", "--json").out)
    assert any(reason.startswith(f"{rule}: ") for reason in said["refused"])
