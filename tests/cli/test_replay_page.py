"""docs/replay.md keeps its word: every command on it runs, those on Spark where Spark is."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "replay.md").read_text("utf-8")
SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


def run(folder: Path, blocks: list[str]) -> subprocess.CompletedProcess[str]:
    tearline = f'tearline() {{ "{sys.executable}" -m tearline.cli "$@"; }}\n'
    script = f"set -euo pipefail\n{tearline}" + "\n".join(blocks)
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder in which every command of the page ran but those on Spark, and what they said."""
    folder = tmp_path_factory.mktemp("page")
    return folder, run(folder, blocks("sh"))


def test_every_command_on_the_page_runs(page: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    tmp_path, ran = page
    assert ran.returncode == 0, ran.stderr
    assert "Nothing is looser among these dossiers" in ran.stdout
    assert (tmp_path / "changed.jsonl").stat().st_mode & 0o777 == 0o600
    changed = [json.loads(line) for line in (tmp_path / "changed.jsonl").read_text().splitlines()]
    assert changed
    assert {case["to"] for case in changed} <= {"hold", "refuse"}
    assert json.loads((tmp_path / "result.json").read_text())["changed"] == 0


@pytest.mark.skipif(not SPARK, reason="the extra spark or Java is not installed")
def test_every_command_on_spark_runs(page: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, before = page
    ran = run(folder, blocks("sh spark"))
    assert ran.returncode == 0, ran.stderr
    # The same as over the record, but for how many verdicts are of worked cases.
    caused = re.compile(r": few-could-have-known: .*")
    (_, there), here = ran.stdout.split("This is sealed material"), before.stdout
    assert caused.findall(there) != []
    assert caused.findall(there) == caused.findall(here.partition("This is sealed material")[0])
