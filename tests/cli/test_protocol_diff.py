"""``tearline protocol diff``: its answer, its exit status, and a case that ``tearline decide`` takes."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run
from tests.protocol.packs import text_of

PACK = ROOT / "src" / "tearline" / "protocol" / "packs" / "cross-border.yaml"


def edited(folder: Path, was: str, now: str) -> Path:
    file = folder / "edited.yaml"
    text = PACK.read_text()
    assert was in text
    file.write_text(text.replace(was, now, 1))
    return file


def test_a_protocol_is_equal_to_itself(run: Run) -> None:
    ran = run("protocol", "diff", "cross-border/1", PACK)
    assert ran.status == 0
    assert "gives every dossier the verdict" in ran.out
    assert "at most 3 entries" in ran.out


def test_a_stricter_one_is_nowhere_looser(run: Run, tmp_path: Path) -> None:
    file = edited(tmp_path, "source.knowers < agreement", "source.knowers <= agreement")
    ran = run("protocol", "diff", "cross-border/1", file)
    assert ran.status == 0
    assert "nowhere looser" in ran.out
    said = json.loads(run("protocol", "diff", "cross-border/1", file, "--json", "--bound", "2").out)
    assert (said["result"], said["bound"], said["cases"], said["undecided"]) == ("tightened", 2, [], [])
    assert [case["rule"] for case in said["tightened"]["cases"]] == ["few-could-have-known"]


def test_a_looser_one_is_shown_by_a_dossier_that_only_it_releases(run: Run, tmp_path: Path) -> None:
    file = edited(tmp_path, "when: recipient.suspended", "when: recipient.suspended && item.compromised")
    case = tmp_path / "case.json"
    ran = run("protocol", "diff", "cross-border/1", file, "-o", case)
    assert ran.status == 5
    assert "unit-suspended no longer stops this" in ran.out
    assert "recipient.suspended: true instead of false" in ran.out
    assert str(case) in ran.out
    assert run("decide", case, "--protocol", "cross-border/1").status == 4
    assert run("decide", case, "--protocol", file).status == 0


def test_what_is_said_to_machines_holds_the_whole_case(run: Run, tmp_path: Path) -> None:
    file = edited(
        tmp_path, 'request.scope == "own-agency" && request.purpose_stated', 'request.scope != "partner"'
    )
    ran = run("protocol", "diff", "cross-border/1", file, "--json")
    said = json.loads(ran.out)
    assert ran.status == (5 if said["cases"] else 0)
    file = edited(tmp_path, "exists(w, !w.answered)", 'exists(w, !w.answered && w.kind == "exposure")')
    ran = run("protocol", "diff", "cross-border/1", file, "--json")
    assert ran.status == 5
    said = json.loads(ran.out)
    assert said["result"] == "loosened"
    (case,) = said["cases"]
    assert case["rule"] == "warning-unanswered"
    assert case["old"]["verdict"] == "hold"
    assert case["new"]["verdict"] == "release"
    assert any(rule["id"] == "warning-unanswered" for rule in case["old"]["rules"])
    assert {"path": "overseer_informed", "value": True, "base": False} in case["differs"]
    dossier = tmp_path / "dossier.json"
    dossier.write_text(json.dumps(case["dossier"]))
    assert run("decide", dossier, "--protocol", "cross-border/1").status == 3
    assert run("decide", dossier, "--protocol", file).status == 0


def test_the_same_in_spanish(run: Run, tmp_path: Path) -> None:
    file = edited(tmp_path, "when: recipient.suspended", "when: recipient.suspended && item.compromised")
    out = run("protocol", "diff", "cross-border/1", file, "--language", "es").out
    assert "MÁS LAXO" in out
    assert "unit-suspended ya no detiene esto" in out
    assert "a lo sumo 3 entradas" in out


def test_what_is_undecided_is_to_be_treated_as_looser(run: Run, tmp_path: Path) -> None:
    letter = edited(
        tmp_path, "when: item.compromised", 'when: item.compromised || request.by.contains("\U00030000")'
    )
    other = tmp_path / "other.yaml"
    other.write_text(letter.read_text().replace('contains("\U00030000")', 'contains("\U00030000\U00030000")'))
    ran = run("protocol", "diff", letter, other)
    assert ran.status == 6
    assert "UNDECIDED" in ran.out
    assert "item-compromised" in ran.out
    assert json.loads(run("protocol", "diff", letter, other, "--json").out)["result"] == "undecided"


def test_several_packs_are_joined_by_a_plus_sign(run: Run, tmp_path: Path) -> None:
    second = tmp_path / "second.yaml"
    second.write_text(PACK.read_text().replace("pack: cross-border", "pack: second", 1))
    ran = run("protocol", "diff", "cross-border/1", f"cross-border/1+{second}")
    assert ran.status == 0
    assert "cross-border/1+second/1" in ran.out


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("no-such-protocol", "a shipped protocol"),
        ("cross-border/1+cross-border/1", "each text once"),
    ],
)
def test_what_cannot_be_compared_is_one_line(run: Run, new: str, expected: str) -> None:
    ran = run("protocol", "diff", "cross-border/1", new)
    assert ran.status == 2
    assert expected in ran.line


def test_a_parameter_of_two_types_is_one_line(run: Run, tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(text_of({"yes": ("permit", "true")}))
    other.write_text(text_of({"yes": ("permit", "true")}).replace("type: int", "type: bool"))
    ran = run("protocol", "diff", one, other)
    assert ran.status == 2
    assert "min_knowers to be of one type on both sides" in ran.line
