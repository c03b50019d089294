"""``tearline attribute`` and ``tearline risk``: their documents, what stands beside a figure, and what is no world."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Run

DATA = ROOT / "tests" / "estimates" / "exposure" / "data"
WORLDS = ("w1_single_channel", "w3_marked_copies_v3")


def plain(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text())
    return read


@pytest.mark.parametrize("name", WORLDS)
def test_the_worked_worlds_are_attributed_as_enumeration_does(run: Run, name: str) -> None:
    expected = plain(name)
    ran = run("attribute", DATA / f"{name}.json", "--json")
    said = json.loads(ran.out)
    assert ran.status == 0
    assert said["posterior"] == pytest.approx(expected["posterior"], abs=1e-9)
    assert said["log_evidence"] == pytest.approx(expected["log_evidence"], abs=1e-9)
    assert said["expected_channels"] == pytest.approx(sum(expected["posterior"]), abs=1e-9)
    assert said["method"] == "cover"
    assert said["digits_left"] > 9
    assert 0 < said["p_nobody_logged"] < said["p_unlogged"] < 1


@pytest.mark.parametrize("name", WORLDS)
def test_the_worked_worlds_have_the_risk_that_enumeration_finds(run: Run, name: str) -> None:
    ran = run("risk", DATA / f"{name}.json", "--json")
    said = json.loads(ran.out)
    assert ran.status == 0
    assert said["p_leak"] == pytest.approx(plain(name)["forward"]["p_leak"], abs=1e-9)


def test_the_set_that_holds_nine_tenths_is_the_smallest(run: Run) -> None:
    said = json.loads(run("attribute", DATA / "w1_single_channel.json", "--json").out)
    chances = dict(zip(said["people"], said["posterior"], strict=True))
    held = sorted((chances[one] for one in said["set90"]), reverse=True)
    assert sum(held) >= 0.9 * said["expected_channels"] > sum(held[:-1])
    assert min(held) >= max(p for one, p in chances.items() if one not in said["set90"])


@pytest.mark.parametrize(("language", "words"), [("en", "accuses nobody"), ("es", "No acusa a nadie")])
def test_a_figure_is_never_shown_without_what_belongs_beside_it(run: Run, language: str, words: str) -> None:
    out = run("attribute", DATA / "w1_single_channel.json", "--language", language).out
    said = " ".join(out.split())
    assert words in said
    for figure in (
        "0.853",
        "1.67",
        "0.105 %",
        "0.12 %",
        "15.5",
        "12.3",
        "8 of 11" if language == "en" else "8 de 11",
    ):
        assert figure in said


def test_no_name_is_shown_alone(run: Run, tmp_path: Path) -> None:
    world = plain("w1_single_channel")
    world["exposures"] = [e for e in world["exposures"] if e["item"] not in (6, 8, 12) or e["person"] == 4]
    for person in world["people"]:
        person["id"] = f"reader-{person['id']}"
    for exposure in world["exposures"]:
        exposure["person"] = f"reader-{exposure['person']}"
    world["forward"] = None
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world))
    ran = run("attribute", file)
    assert ran.status == 0
    assert "no name is shown alone" in ran.out
    assert "reader-" not in ran.out


def test_what_is_no_world_is_one_line(run: Run, tmp_path: Path) -> None:
    world = plain("w1_single_channel")
    world["exposures"][3]["q"] = 1.5
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world))
    for command in ("attribute", "risk"):
        ran = run(command, file, "--json")
        assert ran.status == 2
        assert ran.line == f"{file}: exposures[3].q: expected a chance from 0 to 1, found 1.5"


def test_evidence_that_cannot_be_is_named(run: Run, tmp_path: Path) -> None:
    world = plain("w1_single_channel")
    for unit in world["units"]:
        unit |= {"nodes": [1.0], "weights": [1.0]}
    world["exposures"][0]["q"] = 1.0  # of an item that was not compromised
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world))
    ran = run("attribute", file)
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: items: expected observations that can all be true")


def test_a_world_that_asks_nothing_has_no_risk(run: Run, tmp_path: Path) -> None:
    world = plain("w1_single_channel")
    del world["forward"]
    file = tmp_path / "world.json"
    file.write_text(json.dumps(world))
    ran = run("risk", file)
    assert ran.status == 2
    assert "forward" in ran.line
