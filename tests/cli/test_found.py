"""A node is founded once, from its own command line, and each founder's code is printed once."""

import json
from pathlib import Path

import pytest

from tearline.facts.admission import FoundersNamed, InvitationIssued
from tearline.facts.history import about
from tearline.facts.parties import PersonEnrolled
from tearline.node import make_node, open_node
from tearline.signin.codes import typed
from tests.cli.conftest import Run

AGENCY = ("--organisation", "agency", "--name", "The Agency", "--country", "Utopia")
BOTH = ("--person", "p-1", "--person", "p-2")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_node(tmp_path / "node", origin="agency.example/node").close()
    return tmp_path / "node"


@pytest.fixture
def told(tmp_path: Path) -> Path:
    file = tmp_path / "founders.json"
    file.write_text(json.dumps({"p-1": "the head of the desk", "p-2": "her deputy"}))
    return file


def test_a_node_is_founded_once_and_prints_each_code_once(run: Run, data: Path, told: Path) -> None:
    ran = run("found", "--data", data, *AGENCY, *BOTH, "--descriptions", told)
    assert ran.status == 0, ran.err
    codes = dict(line.split(": ") for line in ran.out.splitlines())
    assert set(codes) == {"p-1", "p-2"}
    assert all(typed(code) for code in codes.values())
    assert "/enrol" in ran.err
    node = open_node(data)
    known = node.ledger.read(about(kinds=(FoundersNamed, InvitationIssued, PersonEnrolled)))
    assert known.of(FoundersNamed)[0].fact.founders == ("p-1", "p-2")
    assert len(known.of(InvitationIssued)) == len(known.of(PersonEnrolled)) == 2
    stored = b"".join(node.ledger.entry(n).jws for n in range(node.ledger.size()))
    node.close()
    for code in codes.values():
        assert code.encode() not in stored
        assert (typed(code) or "").encode() not in stored
    assert b"deputy" not in (data / "ledger.db").read_bytes()
    again = run("found", "--data", data, *AGENCY, *BOTH, "--descriptions", told)
    assert again.status == 1
    assert "founded-once" in again.line


def test_codes_come_as_json_too(run: Run, data: Path, told: Path) -> None:
    said = json.loads(run("found", "--data", data, *AGENCY, *BOTH, "--descriptions", told, "--json").out)
    assert set(said["codes"]) == {"p-1", "p-2"}


def test_a_demonstration_is_not_founded(run: Run, tmp_path: Path, told: Path) -> None:
    make_node(tmp_path / "demo", origin="agency.example/demo", demo=True).close()
    ran = run("found", "--data", tmp_path / "demo", *AGENCY, *BOTH, "--descriptions", told)
    assert ran.status == 2
    assert "no demonstration" in ran.line


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((*AGENCY, "--person", "p-1"), "two founders at the least"),
        ((*AGENCY, "--person", "p-1", "--person", "p-1"), "each named once"),
        ((*AGENCY, "--person", "Jane Roe", "--person", "p-2"), "an identifier of a-z"),
        ((*AGENCY, *BOTH, "--person", "p-3"), "an object with these members"),
    ],
)
def test_what_cannot_be_founded_is_one_line_and_changes_nothing(
    run: Run, data: Path, told: Path, words: tuple[str, ...], expected: str
) -> None:
    ran = run("found", "--data", data, *words, "--descriptions", told)
    assert ran.status == 2
    assert expected in ran.line
    node = open_node(data)
    assert not node.ledger.read(about(kinds=(FoundersNamed, PersonEnrolled))).facts
    node.close()


def test_nobody_is_described_on_the_command_line(run: Run, data: Path) -> None:
    ran = run("found", "--data", data, *AGENCY, *BOTH)
    assert ran.status == 2
    assert "--descriptions" in ran.line
