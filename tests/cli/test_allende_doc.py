"""docs/allende.md shows what its commands print, line by line.

python -m tests.cli.test_allende_doc writes the dossier and the page anew.
"""

import contextlib
import io
import json
import os
import re
import shlex
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.cli import main
from tearline.facts.history import about
from tearline.facts.release import VerdictReached
from tearline.jobs.cases import load_case
from tearline.node import make_node
from tearline.web.access import ALL
from tests.cli.conftest import CASES, ROOT, to_nine_digits

PAGE = ROOT / "docs" / "allende.md"
DOSSIER = ROOT / "docs" / "examples" / "allende-dossier.json"
BLOCK = re.compile(r"```console\n\$ tearline (?P<command>[^\n]+)\n.*?```", re.DOTALL)


def printed(command: str) -> str:
    """What this command prints into a file."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.chdir(ROOT):
        main(shlex.split(command))
    return out.getvalue()


def written(page: str) -> str:
    """The page with every command's output as it is now."""
    return BLOCK.sub(lambda m: f"```console\n$ tearline {m['command']}\n{printed(m['command'])}```", page)


def test_the_page_shows_what_its_commands_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    page = PAGE.read_text("utf-8")
    commands = [m["command"] for m in BLOCK.finditer(page)]
    assert any("--language es" in command for command in commands)
    assert any("--language es" not in command for command in commands)
    assert written(page) == page


def test_the_page_s_figures_are_those_of_the_dossier() -> None:
    said = json.loads(printed(f"decide {DOSSIER} --explain --json"))
    effects = [rule["effect"] for rule in said["rules"]]
    assert (said["verdict"], effects.count("refuse"), effects.count("hold")) == ("refuse", 3, 7)
    assert "permit" not in effects
    assert len(said["cures"]["changes"]) == 9
    assert said["cures"]["checked"]
    assert (said["cures"]["then"], len(said["cures"]["refused_by"])) == ("refuse", 3)


def test_the_pictures_are_there() -> None:
    page = PAGE.read_text("utf-8")
    pictures = re.findall(r"screenshots/[\w-]+\.webp", page)
    assert pictures
    for picture in pictures:
        assert (PAGE.parent / picture).stat().st_size > 20_000, picture


def test_the_dossier_is_the_one_that_the_case_s_node_assembled(tmp_path: Path) -> None:
    assert to_nine_digits(assembled(tmp_path)) == to_nine_digits(json.loads(DOSSIER.read_text("utf-8")))


def assembled(folder: Path) -> object:
    """The dossier on which the case's first verdict was reached, on a node made in this folder."""
    node = make_node(folder / "node", origin="agency.example/node", demo=True)
    load_case(node, CASES / "allende.yaml", now=datetime.now(UTC))
    asked = about("request:allende-protocol.tell-the-unit", kinds=(VerdictReached,))
    reached = node.ledger.read(asked, opening=ALL).of(VerdictReached)[0]
    node.ledger.close()
    return json.loads(reached.fact.dossier.open())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        DOSSIER.write_text(json.dumps(assembled(Path(made)), indent=2, ensure_ascii=False) + "\n", "utf-8")
    os.environ.pop("COLUMNS", None)
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
