"""The examples that the README names do what it says."""

from pathlib import Path

import pytest

from tearline.cli import main
from tearline.node import make_node

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"


def test_the_example_dossier_is_released(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decide", str(EXAMPLES / "dossier.json")]) == 0
    assert "RELEASE" in capsys.readouterr().out


def test_the_example_bundle_comes_into_the_node_to_practise_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path / "node")]
    make_node(tmp_path / "node", origin="tearline.example/desk", demo=True).ledger.close()
    assert main(["case", "load", str(ROOT / "cases" / "practice.yaml"), *data]) == 0
    graded = ["--source-grade", "2", "--information-grade", "C", "--handling", "C"]
    who = ["--by", "practice.case-agent", "--holder", "practice.harbour-agency"]
    who += ["--originator", "practice.harbour-agency"]
    assert main(["import", "stix", str(EXAMPLES / "bundle.json"), *who, *graded, *data]) == 0
    assert "TLP:AMBER" in capsys.readouterr().out
