"""``tearline protocol``: the shipped text is sound and readable; an unsound one is not called sound."""

import json
from pathlib import Path

import pytest

from tearline.cli.protocol import named
from tests.cli.conftest import ROOT, Run
from tests.protocol.packs import shipped

PACK = ROOT / "src" / "tearline" / "protocol" / "packs" / "cross-border.yaml"


@pytest.mark.parametrize("id_", shipped())
def test_every_shipped_protocol_is_found_by_its_id_and_is_sound(run: Run, id_: str) -> None:
    pack = named(id_)
    assert pack.id == id_
    file = PACK.parent / (f"{pack.name}.yaml" if pack.version == "1" else f"{pack.name}-{pack.version}.yaml")
    ran = run("protocol", "check", file)
    assert ran.status == 0
    assert f"{id_} is sound" in ran.out


def test_a_name_without_a_version_is_the_latest_text() -> None:
    assert named("cross-border").id == "cross-border/2"
    assert named("us.28cfr23").id == "us.28cfr23/1"


def test_a_case_that_fails_is_said_and_is_a_failure(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(PACK.read_text().replace('p.outcome == "exempt")', 'p.outcome == "failed")', 1))
    ran = run("protocol", "check", file, "--json")
    assert ran.status == 1
    said = json.loads(ran.out)
    assert any(failure.startswith("exempt-from-vetting, case") for failure in said["failures"])
    assert ran.err.count("\n") == len(said["failures"])


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ('p.outcome == "exempt")', 'p.outcme == "exempt")', "expected"),
        ("effect: refuse", "effect: maybe", "expected one of refuse, hold, permit"),
        ("pack: cross-border", "pack: cross-border\npack: twice", "each key once"),
    ],
    ids=["a misspelt fact", "no such effect", "duplicate key"],
)
def test_a_text_that_is_no_protocol_is_one_line(
    run: Run, tmp_path: Path, was: str, now: str, expected: str
) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(PACK.read_text().replace(was, now, 1))
    ran = run("protocol", "check", file)
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: line ")
    assert expected in ran.line


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_rule_and_duty_is_shown_with_why_and_on_what(run: Run, language: str) -> None:
    pack = named("cross-border/1")
    words = " ".join(run("protocol", "show", "cross-border/1", "--language", language).out.split())
    for rule in pack.rules:
        assert rule.id in words
        assert " ".join(rule.because.to(language).split()) in words
        assert all(cite.clause in words for cite in rule.cites)
    assert all(duty.id in words for duty in pack.duties)


def test_what_is_shown_to_machines_has_every_rule(run: Run) -> None:
    said = json.loads(run("protocol", "show", "cross-border", "--json").out)
    pack = named("cross-border")
    assert said["protocol"]["sha256"] == pack.sha256
    assert [r["id"] for r in said["rules"]] == [r.id for r in pack.rules]
    assert [d["id"] for d in said["duties"]] == [d.id for d in pack.duties]
