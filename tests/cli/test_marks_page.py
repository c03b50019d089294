"""docs/marks.md keeps its word: its commands run, its table of lengths is reckoned, and its syntax is what is read."""

import re
import shutil
from pathlib import Path

import pytest

from tearline.estimates.marks.length import bits_needed
from tearline.estimates.marks.template import read_template
from tests.cli.conftest import ROOT, Run

PAGE = (ROOT / "docs" / "marks.md").read_text("utf-8")


def test_every_command_on_the_page_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs" / "examples").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "examples" / "marked.txt", tmp_path / "docs" / "examples")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    said = []
    for line in block.splitlines():
        ran = run(*line.removeprefix("tearline ").split())
        assert ran.status == 0, ran.err
        said.append(ran.out)
    assert "bits are needed" in said[0]
    assert "copy-2: p = " in said[-1]
    assert "bruno" in said[-1]


def test_the_table_of_lengths_is_what_is_advised() -> None:
    rows = re.findall(r"^\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 6
    for row in rows:
        copies, *bits = (int(cell.replace(",", "")) for cell in row)
        assert bits == [bits_needed(copies=copies, colluders=c, error=0.001) for c in (1, 2, 3, 5)]


def test_what_one_writes_is_what_is_read() -> None:
    written = re.findall(r"^\| `(.*?)` \| .* \|$", PAGE, re.MULTILINE)
    read = [read_template(text.replace("\\|", "|"), decoys=True).slots[0].channel for text in written]
    assert read == ["wording", "order", "layout", "decoy"]
