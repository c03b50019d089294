"""``tearline import stix``: a real bundle becomes items; what it leaves open is asked for; all or nothing."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import CROSSING, Run

BY = ("--by", "practice.case-agent", "--holder", "practice.harbour-agency")
FROM = ("--originator", "practice.coast-police")
GRADES = ("--source-grade", "2", "--information-grade", "B", "--handling", "C")


def test_a_bundle_becomes_items_once(run: Run, node: Path) -> None:
    first = run("import", "stix", CROSSING, *BY, *FROM, *GRADES, "--data", node, "--json")
    said = json.loads(first.out)
    assert first.status == 0
    assert [i["tlp"] for i in said["items"]] == ["AMBER", "AMBER+STRICT", "AMBER+STRICT", "GREEN"]
    again = json.loads(run("import", "stix", CROSSING, *BY, *FROM, *GRADES, "--data", node, "--json").out)
    assert again["repeated"] is True
    assert again["first"] == said["first"]
    assert run("ledger", "check", "--data", node).status == 0


def test_items_are_listed_for_people(run: Run, node: Path) -> None:
    out = run("import", "stix", CROSSING, *BY, *FROM, *GRADES, "--data", node).out
    assert "TLP:AMBER+STRICT  Vehicles staged for the night crossing" in out


def test_the_originator_is_found_by_its_name(run: Run, node: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    named = CROSSING.read_text().replace("Northern Border Agency", "Coast Police (fictional)")
    bundle.write_text(named)
    said = json.loads(run("import", "stix", bundle, *BY, *GRADES, "--data", node, "--json").out)
    assert {i["originator"] for i in said["items"]} == {"practice.coast-police"}


def test_an_originator_nobody_knows_is_asked_for(run: Run, node: Path) -> None:
    ran = run("import", "stix", CROSSING, *BY, *GRADES, "--data", node)
    assert ran.status == 2
    assert "'Northern Border Agency'; state which with --originator" in ran.line


@pytest.mark.parametrize("left_out", [0, 2, 4], ids=["source grade", "information grade", "handling"])
def test_a_grade_is_never_invented(run: Run, node: Path, left_out: int) -> None:
    given = GRADES[:left_out] + GRADES[left_out + 2 :]
    ran = run("import", "stix", CROSSING, *BY, *FROM, *given, "--data", node)
    assert ran.status == 2
    assert f"Missing option '{GRADES[left_out]}'" in ran.line


def test_conditions_are_not_imported_as_free_dissemination(run: Run, node: Path) -> None:
    given = (*GRADES[:-1], "P")
    ran = run("import", "stix", CROSSING, *BY, *FROM, *given, "--data", node)
    assert ran.status == 2
    assert "expected --handling C: the bundle states conditions" in ran.line


def test_an_unmarked_object_needs_a_marking(run: Run, node: Path, tmp_path: Path) -> None:
    plain = json.loads(CROSSING.read_text())
    del plain["objects"][5]["object_marking_refs"]
    bundle = tmp_path / "bundle.json"
    bundle.write_text(json.dumps(plain))
    arguments = ("import", "stix", bundle, *BY, *FROM, *GRADES, "--data", node, "--json")
    refused = run(*arguments)
    assert refused.status == 2
    assert "objects[5].object_marking_refs: expected a TLP marking" in refused.line
    said = json.loads(run(*arguments, "--tlp", "RED").out)
    # The report and the note name the unmarked indicator, and are marked for themselves.
    assert [i["tlp"] for i in said["items"]] == ["RED", "AMBER+STRICT", "AMBER+STRICT", "GREEN"]


def test_a_refusal_names_its_rule_and_nothing_is_recorded(run: Run, node: Path) -> None:
    before = run("ledger", "checkpoint", "--data", node).out
    by = ("--by", "practice.case-agent", "--holder", "nobody")
    refused = run("import", "stix", CROSSING, *by, *FROM, *GRADES, "--data", node, "--language", "es")
    assert refused.status == 1
    assert refused.line == "known: no consta la institución nobody"
    assert run("ledger", "checkpoint", "--data", node).out == before


def test_a_role_that_may_not_register_is_refused(run: Run, node: Path) -> None:
    ran = run("import", "stix", CROSSING, *BY, *FROM, *GRADES, "--as", "overseer", "--data", node)
    assert ran.status == 1
    assert ran.line.startswith("role-allowed: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "line 1, column 1"),
        (b"{}", "top: expected a STIX 2.1 bundle"),
        (b"\xff\xfe", "UTF-8"),
        (b"x" * (5 * 2**20 + 1), "at most 5242880 bytes"),
        (b'{"type":"bundle","spec_version":"2.0","id":"bundle--1","objects":[]}', "spec_version"),
    ],
    ids=["empty", "no bundle", "not UTF-8", "oversized", "STIX 2.0"],
)
def test_what_is_no_bundle_is_one_line(
    run: Run, node: Path, tmp_path: Path, text: bytes, expected: str
) -> None:
    file = tmp_path / "bundle.json"
    file.write_bytes(text)
    ran = run("import", "stix", file, *BY, *FROM, *GRADES, "--data", node)
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: ")
    assert expected in ran.line


def test_a_person_that_is_no_identifier_is_one_line(run: Run, node: Path) -> None:
    by = ("--by", "Somebody Real", "--holder", "practice.harbour-agency")
    ran = run("import", "stix", CROSSING, *by, *FROM, *GRADES, "--data", node)
    assert ran.status == 2
    assert ran.line.startswith("--by: Somebody Real: expected an identifier")
