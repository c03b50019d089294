"""``tearline link`` and ``tearline link next``: what they write, and what they refuse, with nothing half-written."""

import csv
import io
import json
from pathlib import Path

import pytest

from bench.registers import made
from tearline.jobs.reports import COLUMNS
from tests.cli.conftest import Run

HEAD = ",".join(COLUMNS)
ROWS = (
    "1,court,Rosa,Aguilar,Romero,13,2011-03-05,Centro",
    "2,press,rosa,aguilar,,13,,Centro",
    "3,press,Miguel,Torres,Vargas,49,2011-02-16,Sur",
)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("register") / "reports.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*COLUMNS, "remark"])
        for one in made(4, 200).reports:
            age = "" if one.age is None else one.age
            names = (one.given_names, one.paternal_surname, one.maternal_surname)
            writer.writerow([one.report_id, one.source, *names, age, one.date or "", one.place, "x, y"])
    return file


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_report_has_one_line_with_its_person(run: Run, register: Path, tmp_path: Path) -> None:
    links = tmp_path / "links.csv"
    ran = run("link", register, "-o", links)
    assert ran.status == 0
    found = rows(links.read_text())
    assert list(found[0]) == ["report_id", "person", "probability"]
    assert [one["report_id"] for one in found] == [one["report_id"] for one in rows(register.read_text())]
    assert all(0 <= float(one["probability"]) <= 1 for one in found)
    assert len({one["person"] for one in found}) < len(found)
    assert list(tmp_path.iterdir()) == [links]


def test_the_same_seed_writes_the_same_file(run: Run, register: Path, tmp_path: Path) -> None:
    one, again = tmp_path / "one.csv", tmp_path / "again.csv"
    assert run("link", register, "-o", one, "--seed", 3).status == 0
    assert run("link", register, "--seed", 3, "-o", again).status == 0
    assert one.read_bytes() == again.read_bytes()


def test_json_says_how_many_and_with_size_how_many_in_all(run: Run, register: Path, tmp_path: Path) -> None:
    ran = run("link", register, "-o", tmp_path / "links.csv", "--size", 20, "--json")
    said = json.loads(ran.out)
    assert ran.status == 0
    assert said["people"] == len({one["person"] for one in rows((tmp_path / "links.csv").read_text())})
    assert said["size"]["low95"] < said["size"]["median"] < said["size"]["high95"]
    assert said["documented"]["low95"] <= said["documented"]["high95"]


def test_next_asks_for_pairs_that_have_no_label(run: Run, register: Path, tmp_path: Path) -> None:
    first = rows(run("link", "next", register, "-n", 7).out)
    assert len(first) == 7
    labels = tmp_path / "pairs.csv"
    labels.write_text("a,b,same\n" + "".join(f"{one['a']},{one['b']},0\n" for one in first))
    ran = run("link", "next", register, "--labels", labels, "-n", 7, "--json")
    assert ran.status == 0
    second = json.loads(ran.out)
    assert len(second) == 7
    asked = {frozenset((one["a"], one["b"])) for one in first}
    assert not asked & {frozenset((one["a"], one["b"])) for one in second}


def test_labels_decide(run: Run, tmp_path: Path) -> None:
    reports, labels, links = (tmp_path / name for name in ("reports.csv", "pairs.csv", "links.csv"))
    reports.write_text("\n".join([HEAD, *ROWS]) + "\n")
    for same in "01":
        labels.write_text(f"a,b,same\n2,1,{same}\n")
        assert run("link", reports, "--labels", labels, "-o", links).status == 0
        one, two, _ = (each["person"] for each in rows(links.read_text()))
        assert (one == two) == (same == "1")


def test_several_files_are_one_register(run: Run, tmp_path: Path) -> None:
    files = [tmp_path / f"{n}.csv" for n in range(3)]
    for file, row in zip(files, ROWS, strict=True):
        file.write_text(f"{HEAD}\n{row}\n")
    links = tmp_path / "links.csv"
    assert run("link", *files, "-o", links).status == 0
    assert [one["report_id"] for one in rows(links.read_text())] == ["1", "2", "3"]


BAD_REPORTS: dict[str, tuple[str | bytes, str]] = {
    "no rows": (HEAD + "\n", "line 2: expected at least one report"),
    "a column missing": (HEAD.replace(",age", "") + "\n1,a,b,c,d,,\n", "line 1: expected a column 'age'"),
    "a cell too few": (f"{HEAD}\n1,court,Rosa\n", "line 2: expected 8 cells, found 3"),
    "a column twice": (f"{HEAD},age\n", "line 1, column 9: expected each column once"),
    "an id twice": (
        "\n".join([HEAD, ROWS[0], ROWS[2], ROWS[0]]),
        "line 4, column 'report_id': expected each report once, found that of",
    ),
    "columns exchanged": (
        f"{HEAD}\n1,court,Rosa,Aguilar,Romero,2011-03-05,13,Centro\n",
        "line 2, column 'age': expected whole years",
    ),
    "no date": (f"{HEAD}\n1,court,Rosa,A,R,13,2011-02-30,\n", "line 2, column 'date': expected a date"),
    "another order of date": (f"{HEAD}\n1,c,R,A,R,13,30/02/2011,\n", "line 2, column 'date'"),
    "a date without marks": (f"{HEAD}\n1,c,R,A,R,13,20110228,\n", "line 2, column 'date'"),
    "the last day before the first": (
        f"{HEAD},date_to\n1,c,R,A,R,13,2011-03-18,,2011-03-01\n",
        "line 2, column 'date_to': expected no day before 2011-03-18, found '2011-03-01'",
    ),
    "the last day alone": (f"{HEAD},date_to\n1,c,R,A,R,13,,,2011\n", "line 2, column 'date_to'"),
    "a month that is none": (f"{HEAD}\n1,c,R,A,R,13,2011-13,\n", "line 2, column 'date'"),
    "degrees exchanged": (
        f"{HEAD},latitude,longitude\n1,c,R,A,R,13,,,-100.8,28.3\n",
        "line 2, column 'latitude': expected degrees from -90 to 90",
    ),
    "half a place": (f"{HEAD},latitude,longitude\n1,c,R,A,R,13,,,28.3,\n", "line 2, column 'longitude'"),
    "a column written otherwise": (
        f"{HEAD},Date To\n1,c,R,A,R,13,,,\n",
        "line 1, column 9: expected 'date_to', found 'Date To'",
    ),
    "no source": (f"{HEAD}\n1,,R,A,R,13,,\n", "line 2, column 'source': expected what is not empty"),
    "no id": (f"{HEAD}\n ,c,R,A,R,13,,\n", "line 2, column 'report_id'"),
    "too old": (f"{HEAD}\n1,c,R,A,R,131,,\n", "line 2, column 'age'"),
    "another encoding": (
        f"{HEAD}\n1,c,José,A,R,13,,\n".encode("latin-1"),
        "line 2, column 'given_names': expected UTF-8",
    ),
    "encodings mixed": (
        f"{HEAD}\n1,c,José,A,R,13,,\n".encode() + "2,c,José,A,R,13,,\n".encode("latin-1"),
        "line 3, column 'given_names': expected UTF-8",
    ),
}


@pytest.mark.parametrize("case", BAD_REPORTS)
@pytest.mark.parametrize("command", ["link", "next"])
def test_bad_reports_are_named_with_their_place(run: Run, tmp_path: Path, case: str, command: str) -> None:
    text, said = BAD_REPORTS[case]
    reports, links = tmp_path / "reports.csv", tmp_path / "links.csv"
    reports.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = run("link", reports, "-o", links) if command == "link" else run("link", "next", reports)
    assert ran.status == 2
    assert said in ran.line
    assert str(reports) in ran.line
    assert list(tmp_path.iterdir()) == [reports]


BAD_LABELS = {
    "an unknown id": ("a,b,same\n1,9,1\n", "line 2, column 'b': expected the id of a report, found '9'"),
    "neither 0 nor 1": ("a,b,same\n1,2,yes\n", "line 2, column 'same': expected 0 or 1, found 'yes'"),
    "a report with itself": ("a,b,same\n1,1,1\n", "line 2, column 'b': expected another report"),
    "both answers": ("a,b,same\n1,2,1\n2,1,0\n", "line 3, column 'same': expected what line 2 said"),
    "against the rest": (
        "a,b,same\n1,2,1\n1,4,1\n2,4,0\n",
        "line 4, column 'same': expected 1, as other lines say",
    ),
    "a report that names nobody": (
        "a,b,same\n1,5,1\n",
        "line 2, column 'b': expected a report that names somebody, found '5'",
    ),
    "one source twice": ("a,b,same\n1,2,1\n1,3,1\n", "line 3, column 'same': expected 0: joining them"),
    "a column missing": ("a,same\n1,1\n", "line 1: expected a column 'b'"),
    "a column missing and no rows": ("x,y\n", "line 1: expected a column 'a'"),
}


@pytest.mark.parametrize("case", BAD_LABELS)
def test_bad_labels_are_named_with_their_place(run: Run, tmp_path: Path, case: str) -> None:
    text, said = BAD_LABELS[case]
    reports, labels, links = (tmp_path / name for name in ("reports.csv", "pairs.csv", "links.csv"))
    reports.write_text(
        "\n".join([HEAD, *ROWS, "4,police,Rosa,Aguilar,,,,", "5,police,dos niños,,,,,"]) + "\n"
    )
    labels.write_text(text)
    links.write_text("as it was")
    ran = run("link", reports, "--labels", labels, "-o", links)
    assert ran.status == 2
    assert said in ran.line
    assert links.read_text() == "as it was"


def test_a_file_that_is_not_there_and_a_folder_that_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("link", tmp_path / "none.csv", "-o", tmp_path / "links.csv").status == 2
    reports = tmp_path / "reports.csv"
    reports.write_text("\n".join([HEAD, *ROWS]) + "\n")
    for output in (tmp_path / "nowhere" / "links.csv", tmp_path, "", ".", "/"):
        ran = run("link", reports, "-o", output)
        assert ran.status == 2
        assert "expected a file, in a folder that is there" in ran.line


def test_what_is_read_is_not_written_over(run: Run, tmp_path: Path) -> None:
    reports, labels = tmp_path / "reports.csv", tmp_path / "pairs.csv"
    reports.write_text("\n".join([HEAD, *ROWS]) + "\n")
    labels.write_text("a,b,same\n")
    before = reports.read_text()
    for output in (reports, labels, tmp_path / "." / "reports.csv"):
        ran = run("link", reports, "--labels", labels, "-o", output)
        assert ran.status == 2
        assert "expected another file than those that are read" in ran.line
    assert reports.read_text() == before


def test_an_age_a_little_below_nothing_is_an_infant_s(run: Run, tmp_path: Path) -> None:
    reports = tmp_path / "reports.csv"
    reports.write_text(f"{HEAD}\n1,court,Rosa,Aguilar,,-1,,\n2,press,Rosa,Aguilar,,0,,\n")
    assert run("link", reports, "-o", tmp_path / "links.csv").status == 0


def test_who_is_not_named_stays_a_report(run: Run, tmp_path: Path) -> None:
    reports, links = tmp_path / "reports.csv", tmp_path / "links.csv"
    reports.write_text(f"{HEAD}\n1,court,Rosa,Ruiz,,,2011,\n2,press,dos niños,,,,2011-03,\n")
    ran = run("link", reports, "-o", links, "--json")
    assert ran.status == 0
    assert {name: json.loads(ran.out)[name] for name in ("reports", "unnamed", "people")} == {
        "reports": 2,
        "unnamed": 1,
        "people": 1,
    }
    assert rows(links.read_text())[1] == {"report_id": "2", "person": "", "probability": ""}


def test_a_source_that_repeats_people_is_no_list(run: Run, register: Path, tmp_path: Path) -> None:
    reports, links = tmp_path / "reports.csv", tmp_path / "links.csv"
    lines = register.read_text().splitlines()[1:]
    once = "\n".join(f"{line.split(',')[0]},all,{','.join(line.split(',')[2:8])}" for line in lines[:150])
    again = (
        "501,all,Ricardo,Peña,Cavazos,,2011-03-18,Centro\n502,all,Ricardo,Pena,Cavazos,,2011-03-18,Centro\n"
    )
    reports.write_text(f"{HEAD}\n{once}\n{again}")
    for option, people in (("--twice", 1), ("--seed=0", 2)):
        assert run("link", reports, "-o", links, option).status == 0
        assert len({one["person"] for one in rows(links.read_text())[-2:]}) == people
    assert run("link", reports, "-o", links, "--twice", "--size", 9).status == 2


def test_reports_without_degrees_have_those_of_their_place(run: Run, register: Path, tmp_path: Path) -> None:
    places, links = tmp_path / "places.csv", tmp_path / "links.csv"
    towns = sorted({one["place"] for one in rows(register.read_text()) if one["place"]})

    def linked(apart: float) -> str:
        lines = [f"{town},{10 + apart * n},20,unread" for n, town in enumerate(towns)]
        places.write_text("\n".join(("place,latitude,longitude,state", *lines)))
        assert run("link", register, "--places", places, "-o", links).status == 0
        return links.read_text()

    assert linked(0.01) != linked(5)
    assert run("link", "next", register, "--places", places).status == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("place,latitude\nCentro,28\n", "line 1: expected a column 'longitude'"),
        ("place,latitude,longitude\n", "line 2: expected at least one place"),
        ("place,latitude,longitude\n,28,-100\n", "line 2, column 'place': expected the name of a place"),
        (
            "place,latitude,longitude\nCentro,128,-100\n",
            "line 2, column 'latitude': expected degrees from -90 to 90, found '128'",
        ),
        (
            "place,latitude,longitude\nCentro,28,west\n",
            "line 2, column 'longitude': expected degrees from -180 to 180, found 'west'",
        ),
        (
            "place,latitude,longitude\nCentro,28,-100\ncentro,20,-103\n",
            "line 3, column 'place': expected no name that counts as that in line 2 and lies elsewhere",
        ),
    ],
)
def test_a_table_of_places_that_is_none_is_refused_and_nothing_written(
    run: Run, tmp_path: Path, text: str, said: str
) -> None:
    table, places, links = tmp_path / "reports.csv", tmp_path / "places.csv", tmp_path / "links.csv"
    table.write_text("\n".join((HEAD, *ROWS)))
    places.write_text(text)
    ran = run("link", table, "--places", places, "-o", links)
    assert ran.status == 2
    assert ran.line == f"{places}: {said}"
    assert not links.exists()
