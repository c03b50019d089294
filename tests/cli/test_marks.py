"""Marked copies on the command line: made, handed out, and traced when one of them surfaced."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.estimates.marks.texts import PLAIN, REPORT

SEED = "17" * 32
NAMES = "ana,bruno,carla,the desk"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_text(REPORT, encoding="utf-8")
    return file


@pytest.fixture
def made(run: Run, text: Path, tmp_path: Path) -> dict[str, Any]:
    ran = run(
        "marks", "assign", text, "--recipients", NAMES, "-o", tmp_path / "copies", "--decoys", "--seed", SEED, "--json"
    )  # fmt: skip
    assert ran.status == 0
    assert "Keep the key apart" in ran.err
    document: dict[str, Any] = json.loads(ran.out)
    return document


def surfaced(tmp_path: Path, words: str) -> Path:
    file = tmp_path / "surfaced.txt"
    file.write_text(words, encoding="utf-8")
    return file


def test_each_recipient_gets_a_copy_of_their_own_and_the_key_is_for_its_owner_alone(
    made: dict[str, Any],
) -> None:
    assert [one["recipient"] for one in made["copies"]] == NAMES.split(",")
    assert len({Path(one["file"]).read_text() for one in made["copies"]}) == 4
    assert stat.S_IMODE(Path(made["key"]).stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(made["key"]).parent.stat().st_mode) == 0o700
    assert made["missing"] == 0
    assert made["bits"]["survive_retyping"] == made["bits"]["total"] - made["bits"]["by_channel"]["layout"]


def test_a_retyped_copy_names_that_copy_with_everyone_within_reach(
    run: Run, made: dict[str, Any], text: Path, tmp_path: Path
) -> None:
    typed = Path(made["copies"][2]["file"]).read_text().upper().replace("\n", " ").replace(",", "")
    ran = run("marks", "trace", text, surfaced(tmp_path, typed[:-60]), "--key", made["key"], "--json")
    assert ran.status == 0
    found = json.loads(ran.out)
    assert (found["gate"], found["reason"], found["named"]) == ("open", None, ["copy-3"])
    (copy,) = (one for one in found["copies"] if one["named"])
    assert copy["within_reach"] == ["carla"]
    assert copy["unlogged"]
    assert copy["p_among_all"] <= found["error"]
    assert len(found["copies"]) == 4


def test_it_is_never_said_of_a_person(run: Run, made: dict[str, Any], text: Path, tmp_path: Path) -> None:
    leaked = surfaced(tmp_path, Path(made["copies"][0]["file"]).read_text())
    for language, copy_only in (("en", "never a person"), ("es", "nunca a una persona")):
        ran = run("marks", "trace", text, leaked, "--key", made["key"], "--language", language)
        assert ran.status == 0
        assert "copy-1: p = " in ran.out
        assert copy_only in ran.out
        (naming,) = (
            line for line in ran.out.splitlines() if "ana" in line.split(": ")[-1].split(";")[0].split()
        )
        assert "anyone else" in ran.out or "quien más" in ran.out
        assert naming.strip().startswith(("within reach of", "al alcance de"))


def test_who_else_can_reach_a_copy_stands_in_the_file_of_recipients(
    run: Run, text: Path, tmp_path: Path
) -> None:
    people = tmp_path / "people.txt"
    people.write_text("ana: the clerk, her deputy\n\nbruno\ncarla:\n", encoding="utf-8")
    ran = run("marks", "assign", text, "--recipients", people, "-o", tmp_path / "c", "--decoys", "--json")
    assert [one["within_reach"] for one in json.loads(ran.out)["copies"]] == [
        ["ana", "the clerk", "her deputy"],
        ["bruno"],
        ["carla"],
    ]


def test_a_short_stretch_leaves_the_gate_closed_and_says_how_many_bits_are_missing(
    run: Run, made: dict[str, Any], text: Path, tmp_path: Path
) -> None:
    short = surfaced(tmp_path, Path(made["copies"][0]["file"]).read_text()[:120])
    ran = run("marks", "trace", text, short, "--key", made["key"], "--json")
    assert ran.status == 1
    found = json.loads(ran.out)
    assert (found["gate"], found["reason"], found["named"]) == ("closed", "too-few-bits", [])
    assert found["bits"]["missing"] == found["bits"]["needed"] - found["bits"]["read"] > 0
    said = run("marks", "trace", text, short, "--key", made["key"])
    assert f"{found['bits']['missing']} bits are missing" in said.out
    assert not any(name in said.out for name in ("ana", "bruno", "carla", "copy-"))


def test_another_text_points_at_nothing(run: Run, made: dict[str, Any], text: Path, tmp_path: Path) -> None:
    ran = run("marks", "trace", text, surfaced(tmp_path, PLAIN), "--key", made["key"])
    assert ran.status == 1
    assert "None" not in ran.out
    assert "The gate is closed" in ran.out


def test_a_photocopy_shows_the_layout_as_well(
    run: Run, made: dict[str, Any], text: Path, tmp_path: Path
) -> None:
    leaked = surfaced(tmp_path, Path(made["copies"][1]["file"]).read_text())
    read = [
        json.loads(run("marks", "trace", text, leaked, "--key", made["key"], "--as", how, "--json").out)[
            "bits"
        ]["read"]
        for how in ("retyped", "copied")
    ]
    assert read == [made["bits"]["survive_retyping"], made["bits"]["total"]]


def test_the_same_seed_makes_the_same_copies_and_none_makes_others(
    run: Run, made: dict[str, Any], text: Path, tmp_path: Path
) -> None:
    def copies(folder: str, *more: str) -> list[str]:
        ran = run(
            "marks",
            "assign",
            text,
            "--recipients",
            NAMES,
            "-o",
            tmp_path / folder,
            "--decoys",
            *more,
            "--json",
        )
        assert ran.status == 0
        return [Path(one["file"]).read_text() for one in json.loads(ran.out)["copies"]]

    first = [Path(one["file"]).read_text() for one in made["copies"]]
    assert copies("again", "--seed", SEED) == first
    assert copies("other") != copies("another")


def test_copies_once_made_are_never_made_again_in_their_place(
    run: Run, made: dict[str, Any], text: Path, tmp_path: Path
) -> None:
    before = Path(made["key"]).read_bytes()
    ran = run("marks", "assign", text, "--recipients", NAMES, "-o", tmp_path / "copies", "--decoys")
    assert ran.status == 2
    assert "a folder that is not there yet" in ran.line
    assert Path(made["key"]).read_bytes() == before


def test_a_text_with_too_few_alternatives_is_marked_with_a_warning_and_never_opens_the_gate(
    run: Run, tmp_path: Path
) -> None:
    short = tmp_path / "short.txt"
    short.write_text(
        "The van {{left|set out}} in {{bad|foul}} weather, {{nearly|almost}} unseen by the guards.\n"
    )
    ran = run("marks", "assign", short, "--recipients", "ana,bruno", "-o", tmp_path / "c", "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["missing"] == 9
    assert "9 bits are missing" in ran.err
    ran = run("marks", "trace", short, tmp_path / "c" / "copy-1.txt", "--key", tmp_path / "c" / "key.json")
    assert ran.status == 1
    assert "9 bits are missing" in ran.out


def test_copies_that_cannot_all_differ_are_refused(run: Run, tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text("The van {{left|set out}} in bad weather.")
    ran = run("marks", "assign", short, "--recipients", "ana,bruno,carla", "-o", tmp_path / "c")
    assert ran.status == 1
    assert ran.line == "marks.too-few-bits: 3 copies cannot all differ in 1 bits."
    assert not (tmp_path / "c").exists()


def test_advice_says_how_many_bits_and_what_a_text_has(run: Run, text: Path) -> None:
    assert "97 bits are needed" in run("marks", "advise", "-n", 12, "-c", 2).out
    ran = run("marks", "advise", text, "-n", 4, "-c", 1, "-e", "0.001", "--lost", "0.5", "--decoys", "--json")
    advice = json.loads(ran.out)
    assert (advice["needed"], advice["missing"]) == (35, 35 - advice["bits"]["survive_retyping"])
    assert advice["constant"] == pytest.approx(35 / 8.294, abs=0.01)
    said = run("marks", "advise", text, "-n", 4, "-c", 3, "--decoys", "--language", "es").out
    assert "sobreviven a la transcripción" in " ".join(said.split())
    assert "la puerta queda cerrada" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--recipients", "ana,,bruno"], "--recipients: entry 2: expected a name"),
        (["--recipients", "ana,bruno,ana"], "--recipients: ana: expected each recipient once"),
        (["--recipients", "ana", "--seed", "xyz"], "--seed: xyz: expected 32 to 128 hexadecimal digits"),
        (["--recipients", "ana", "--seed", "ab"], "--seed: ab: expected 32 to 128 hexadecimal digits"),
        (["--recipients", "ana", "--error", "0.7"], "tearline marks assign: Invalid value for '--error'"),
        (["--recipients", "ana", "--colluders", "0"], "tearline marks assign: Invalid value for '--colluders'"),
    ],
)  # fmt: skip
def test_wrong_options_make_nothing(
    run: Run, text: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    ran = run("marks", "assign", text, "-o", tmp_path / "c", "--decoys", *arguments)
    assert ran.status == 2
    assert ran.line.startswith(said)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a {{3 men|4 men}}", "line 1, column 3: expected the same numbers in every alternative"),
        ("a {{b|c", "line 1, column 3: expected }} after this {{"),
        ("a {{?decoy}}", "line 1, column 3: expected no decoy entry"),
        ("nothing varies", "top: expected a text with alternatives"),
    ],
)
def test_a_text_that_does_not_hold_together_makes_nothing(
    run: Run, tmp_path: Path, written: str, said: str
) -> None:
    file = tmp_path / "text.txt"
    file.write_text(written)
    ran = run("marks", "assign", file, "--recipients", "ana", "-o", tmp_path / "c")
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: {said}")
    assert not (tmp_path / "c").exists()


def test_a_trace_with_the_wrong_files_is_refused(
    run: Run, made: dict[str, Any], text: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("The van {{left|set out}}.")
    leaked = Path(made["copies"][0]["file"])
    assert (
        "the text with alternatives that" in run("marks", "trace", other, leaked, "--key", made["key"]).line
    )
    no_key = tmp_path / "no-key.json"
    no_key.write_text("{}")
    assert "a key of marked copies" in run("marks", "trace", text, leaked, "--key", no_key).line
    unfit = tmp_path / "unfit.bin"
    unfit.write_bytes(b"\xff\xfe\x00")
    assert run("marks", "trace", text, unfit, "--key", made["key"]).line == f"{unfit}: byte 0: expected UTF-8"
    assert run("marks", "trace", text, leaked, "--key", made["key"], "--as", "sung").line.startswith(
        "--as: sung"
    )
    long = tmp_path / "long.txt"
    long.write_text("a" * 40_001)
    assert "at most 40000 characters" in run("marks", "trace", text, long, "--key", made["key"]).line


def test_a_key_that_was_changed_is_refused(run: Run, made: dict[str, Any], text: Path) -> None:
    key = Path(made["key"])
    plain = json.loads(key.read_text())
    plain["biases"] = plain["biases"][:-1]
    for copy in plain["copies"]:
        copy["word"] = copy["word"][:-1]
    key.write_text(json.dumps(plain))
    leaked = Path(made["copies"][0]["file"])
    ran = run("marks", "trace", text, leaked, "--key", key)
    assert ran.status == 2
    assert "biases: expected one for each of the text's" in ran.line
