"""Command lines run in this process, on real nodes in temporary folders."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.cli import main
from tearline.cli.protocol import named
from tearline.jobs.cases import load_case
from tearline.node import make_node
from tearline.protocol import write_dossier

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "cases"
CROSSING = ROOT / "tests" / "formats" / "data" / "crossing.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a command line."""

    status: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line on standard error, with nothing on standard output."""
        assert self.out == ""
        assert self.err.count("\n") == 1
        assert self.err.endswith("\n")
        return self.err.strip()


Run = Callable[..., Ran]


def to_nine_digits(plain: object) -> object:
    """The same JSON with its figures rounded: processors differ in the last digits of a sum."""
    match plain:
        case float():
            return float(f"{plain:.9g}")
        case dict():
            return {name: to_nine_digits(value) for name, value in plain.items()}
        case list():
            return [to_nine_digits(value) for value in plain]
    return plain


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs the tests on several cores tells each of its processes how wide a terminal is."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(a) for a in arguments])
        said = capsys.readouterr()
        return Ran(status=status, out=said.out, err=said.err)

    return ran


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """The folder of a fresh demonstration node with the fictional case in it."""
    data = tmp_path / "node"
    made = make_node(data, origin="agency.example/node", demo=True)
    load_case(made, CASES / "practice.yaml", now=datetime.now(UTC))
    made.ledger.close()
    return data


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The dossier that the shipped protocol permits, as a JSON file."""
    file = tmp_path / "dossier.json"
    file.write_text(json.dumps(write_dossier(named("cross-border/1").base)), encoding="utf-8")
    return file
