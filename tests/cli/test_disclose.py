"""``tearline ledger disclose``: what is shown, what is recorded before, and what is refused in one line."""

import json
from pathlib import Path

import pytest

from tearline.facts.fact import Compartment
from tearline.facts.history import about
from tearline.facts.oversight import FieldsDisclosed
from tearline.facts.release import ItemRegistered
from tearline.node import open_node
from tests.cli.conftest import Ran, Run


def disclosures(data: Path) -> list[FieldsDisclosed]:
    node = open_node(data)
    opening = frozenset({Compartment.PERSONS, Compartment.REASONS})
    try:
        return [
            r.fact
            for r in node.ledger.read(about(kinds=[FieldsDisclosed]), opening=opening).of(FieldsDisclosed)
        ]
    finally:
        node.ledger.close()


@pytest.fixture
def items(node: Path) -> list[tuple[int, str]]:
    """Position and reference of each item on record."""
    opened = open_node(node)
    try:
        return [(r.position, r.ref) for r in opened.ledger.read(about(kinds=[ItemRegistered]))]
    finally:
        opened.ledger.close()


def checked(run: Run, node: Path, bundle: Path) -> Ran:
    vkey = (node / "keys" / "log.vkey").read_text().strip()
    return run("ledger", "verify-bundle", bundle, "--vkey", vkey, "--json")


def test_named_fields_are_shown_and_the_bundle_verifies(
    run: Run, node: Path, tmp_path: Path, items: list[tuple[int, str]]
) -> None:
    (position, ref), file = items[0], tmp_path / "b.json"
    ran = run("ledger", "disclose", ref, "--fields", "title", "-o", file, "--data", node)
    assert ran.status == 0
    assert ran.out == f"Entry {position}: title shown in {file}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    fact = json.loads(checked(run, node, file).out)["facts"][-1]
    assert (fact["position"], fact["ref"], list(fact["shown"])) == (position, ref, ["title"])


def test_several_facts_go_into_one_bundle(
    run: Run, node: Path, tmp_path: Path, items: list[tuple[int, str]]
) -> None:
    (one, _), (other, ref) = items[:2]
    file = tmp_path / "b.json"
    ran = run(
        "ledger", "disclose", one, ref, 0, "--fields", "content,title", "-o", file, "--data", node, "--json"
    )
    assert json.loads(ran.out)["facts"] == {
        "0": [],
        str(one): ["content", "title"],
        str(other): ["content", "title"],
    }
    shown = {f["position"]: sorted(f["shown"]) for f in json.loads(checked(run, node, file).out)["facts"]}
    assert shown == {0: [], one: ["content", "title"], other: ["content", "title"]}


@pytest.mark.parametrize("fields", [(), ("--fields", "")])
def test_no_field_proves_that_the_fact_is_on_record(
    run: Run, node: Path, tmp_path: Path, items: list[tuple[int, str]], fields: tuple[str, ...]
) -> None:
    file = tmp_path / "b.json"
    ran = run("ledger", "disclose", items[0][0], *fields, "-o", file, "--data", node)
    assert ran.status == 0
    fact = json.loads(checked(run, node, file).out)["facts"][-1]
    assert (fact["shown"], fact["hidden"]) == ({}, 8)


def test_that_it_was_disclosed_is_on_record(
    run: Run, node: Path, tmp_path: Path, items: list[tuple[int, str]]
) -> None:
    file = tmp_path / "b.json"
    words = ("--to", "the court", "--why", "an order")
    run("ledger", "disclose", items[0][0], "--fields", "title", "-o", file, *words, "--data", node)
    (fact,) = disclosures(node)
    assert (fact.record, fact.fields, fact.to.open(), fact.why.open()) == (
        items[0][1],
        ("title",),
        "the court",
        "an order",
    )
    run("ledger", "disclose", items[1][0], "-o", tmp_path / "c.json", "--data", node)
    assert disclosures(node)[1].to.open() is None


@pytest.mark.parametrize(
    ("fact", "fields", "said"),
    [
        ("item", "colour", "--fields: colour: expected of fact "),
        ("item", "title,", '--fields: "": expected of fact '),
        ("item", "title, content", "--fields: content: expected of fact "),
        ("item", "title,title", "--fields: title,title: expected each name once"),
        ("item", "tlp", "one of: conditions, content, source_code, title"),
        (
            "0",
            "purpose",
            "--fields: purpose: expected nothing: fact 0 has no sealed field, or they were purged",
        ),
        ("99999", "title", "FACT: 99999: expected a position below"),
        ("+1", "title", "FACT: +1: expected the reference of a fact on record, or a position"),
        ("nowhere", "title", "FACT: nowhere: expected the reference of a fact on record, or a position"),
    ],
)
def test_what_cannot_be_shown_is_one_line_and_nothing_is_recorded(
    run: Run, node: Path, tmp_path: Path, items: list[tuple[int, str]], *, fact: str, fields: str, said: str
) -> None:
    file = tmp_path / "b.json"
    chosen = str(items[0][0]) if fact == "item" else fact
    ran = run("ledger", "disclose", chosen, "--fields", fields, "-o", file, "--data", node)
    assert ran.status == 2
    assert said in ran.line
    assert not file.exists()
    assert disclosures(node) == []


def test_a_file_that_is_there_is_never_overwritten(run: Run, node: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text("mine")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    for there in (file, link, tmp_path):
        ran = run("ledger", "disclose", 0, "-o", there, "--data", node)
        assert ran.status == 2
        assert ran.line == f"--output: {there}: expected a new file; this one is there already"
    missing = tmp_path / "no" / "b.json"
    assert (
        "expected a file that can be written"
        in run("ledger", "disclose", 0, "-o", missing, "--data", node).line
    )
    assert file.read_text() == "mine"
    assert disclosures(node) == []
