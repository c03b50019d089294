"""``tearline decide``: the verdict, its document and its exit status; and what is no dossier."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tearline.cli.decide import STATUS
from tearline.cli.protocol import named
from tests.cli.conftest import ROOT, Run
from tests.protocol.packs import shipped

PACK = ROOT / "src" / "tearline" / "protocol" / "packs" / "cross-border.yaml"
DISSENT = {"id": "dissent-1", "by": "officer-4", "at": "2026-03-10T09:00:00Z", "answered": False}


def edited(base: Path, **changes: object) -> Path:
    """The dossier with these values at the top; ``...`` takes one away."""
    plain = json.loads(base.read_text())
    plain = {k: v for k, v in (plain | changes).items() if v is not ...}
    base.write_text(json.dumps(plain))
    return base


def exempt(base: Path) -> Path:
    plain = json.loads(base.read_text())
    plain["chain"][1]["outcome"] = "exempt"
    return edited(base, chain=plain["chain"])


def test_a_dossier_that_the_protocol_permits_is_released(run: Run, base: Path) -> None:
    ran = run("decide", base)
    assert ran.status == 0
    assert "RELEASE" in ran.out
    assert "partner-release" in ran.out


def test_an_exempt_superior_is_refused_and_named(run: Run, base: Path) -> None:
    ran = run("decide", exempt(base))
    assert ran.status == 4
    assert "exempt-from-vetting" in ran.out
    assert "officer-8" in ran.out
    assert "para 17: the unit's supervisors are exempt from scrutiny" in " ".join(ran.out.split())


def test_a_dissent_holds_and_says_what_would_cure_it(run: Run, base: Path) -> None:
    ran = run("decide", edited(base, dissents=[DISSENT]))
    assert ran.status == 3
    assert "What would cure it" in ran.out
    assert "A superior of the dissenter answers" in ran.out


def test_a_missing_fact_holds(run: Run, base: Path) -> None:
    ran = run("decide", edited(base, recipient=...))
    assert ran.status == 3
    assert "hold (a fact is missing) unit-suspended" in ran.out


def test_a_dossier_that_says_nothing_is_not_released(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("dossier: 1\nat: 2026-03-10T12:00:00Z\n")
    assert run("decide", file).status in (STATUS["hold"], STATUS["refuse"])


def test_the_document_is_the_one_that_others_script_against(run: Run, base: Path) -> None:
    edited(exempt(base), dissents=[DISSENT])
    ran = run("decide", base, "--json")
    said = json.loads(ran.out)
    assert ran.status == 4
    assert said["verdict"] == "refuse"
    pack = named("cross-border/1")
    assert said["protocol"] == {"name": "cross-border", "version": "1", "sha256": pack.sha256}
    assert said["dossier_sha256"] == hashlib.sha256(base.read_bytes()).hexdigest()
    assert said["at"] == "2026-03-10T12:00:00Z"
    rule = said["rules"][0]
    assert (rule["id"], rule["effect"]) == ("exempt-from-vetting", "refuse")
    assert set(rule["because"]) == {"en", "es"}
    assert {"path": "chain[1].person", "value": "officer-8"} in rule["facts"]
    assert rule["cites"][0]["clause"] == "para 17: the unit's supervisors are exempt from scrutiny"
    owed = {o["obligation"]: o for o in said["owed"]}
    assert owed["answer-dissent"]["from"] == "own"
    assert owed["answer-dissent"]["due"] == "2026-03-11T12:00:00Z"


def test_spanish_is_spoken_on_request(run: Run, base: Path) -> None:
    ran = run("decide", edited(base, dissents=[DISSENT]), "--language", "es")
    assert "RETENER" in ran.out
    assert "ningún superior suyo ha respondido por escrito" in ran.out


def test_yaml_and_json_are_decided_alike(run: Run, base: Path, tmp_path: Path) -> None:
    file = tmp_path / "dossier.yaml"
    file.write_text(yaml.safe_dump(json.loads(base.read_text())))
    one, other = (json.loads(run("decide", f, "--json").out) for f in (base, file))
    assert one.pop("dossier_sha256") != other.pop("dossier_sha256")
    assert one == other


def test_of_several_protocols_the_worst_verdict_holds(run: Run, base: Path, tmp_path: Path) -> None:
    stricter = tmp_path / "stricter.yaml"
    text = PACK.read_text().replace("pack: cross-border", "pack: stricter", 1)
    stricter.write_text(text.replace('p.outcome == "exempt")', 'p.outcome in ["exempt", "cleared"])', 1))
    ran = run("decide", base, "--protocol", "cross-border/1", "--protocol", stricter, "--json")
    said = json.loads(ran.out)
    assert ran.status == 4
    assert said["protocol"]["name"] == "stricter"
    assert [(p["name"], p["verdict"]) for p in said["protocols"]] == [
        ("cross-border", "release"),
        ("stricter", "refuse"),
    ]
    assert {r["protocol"] for r in said["rules"]} == {"cross-border/1", "stricter/1"}


def test_an_agreement_under_an_unknown_protocol_asks_for_it(run: Run, base: Path) -> None:
    plain = json.loads(base.read_text())
    edited(base, agreement=plain["agreement"] | {"protocol": "other/7"})
    ran = run("decide", base)
    assert ran.status == 2
    assert ran.line.startswith(f"{base}: agreement.protocol: expected a shipped protocol (cross-border/1,")


def test_a_dossier_does_not_choose_the_file_that_it_is_judged_by(
    run: Run, base: Path, tmp_path: Path
) -> None:
    lax = tmp_path / "lax.yaml"
    lax.write_text(PACK.read_text())
    plain = json.loads(base.read_text())
    for stated in ("x" * 300, "/" + "x" * 5_000, str(tmp_path), str(lax)):
        edited(base, agreement=plain["agreement"] | {"protocol": stated})
        ran = run("decide", base)
        assert ran.status == 2
        assert ran.line.startswith(f"{base}: agreement.protocol: expected a shipped protocol")
    assert run("decide", base, "--protocol", lax).status == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "line 1, column 1"),
        (b"[]", "top: expected a dossier"),
        (b"dossier: 1\n", "top: expected the key at"),
        (b'{"dossier": 1, "dossier": 1}', "line 1, column 16: expected each key once"),
        (b'{"dossier": 1,', "line 1"),
        (b"dossier: 4\nat: 2026-03-10T12:00:00Z\n", "dossier: expected one of 1, 2, 3"),
        (b"dossier: 1\nat: 2026-03-10\n", "at: expected a date and time with offset"),
        (b"dossier: 1\nat: 2026-02-30T12:00:00Z\n", "at: expected a date and time with offset"),
        (b"dossier: 1\nat: 2026-03-10T12:00:00Z\nsauce: 1\n", "sauce: expected a field of dossier"),
        (b"dossier: 1\nat: 2026-03-10T12:00:00Z\nchain: 7\n", "chain: expected a list"),
        (b"dossier: \xff\n", "line 1, column 10: expected UTF-8"),
        (b"a: " + b"[" * 200 + b"]" * 200, "line 1"),
        (b"a: &x 1\nb: *x\n", "line 1, column 4: expected a value without an anchor"),
        (b" " * (16 * 2**20 + 1), "bytes: expected at most"),
    ],
    ids=[
        "empty",
        "a list",
        "no time",
        "duplicate key",
        "cut off",
        "another version",
        "a day",
        "no such day",
        "unknown field",
        "not a list",
        "not UTF-8",
        "deep",
        "anchors",
        "oversized",
    ],
)
def test_what_is_no_dossier_is_one_line_with_its_place(
    run: Run, tmp_path: Path, text: bytes, expected: str
) -> None:
    file = tmp_path / "dossier"
    file.write_bytes(text)
    ran = run("decide", file, "--json")
    assert ran.status == 2
    assert ran.line.startswith(f"{file}: ")
    assert expected in ran.line


def test_a_folder_and_a_missing_file_are_one_line(run: Run, tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "none"):
        ran = run("decide", file)
        assert ran.status == 2
        assert ran.line.startswith(f"{file}: top: expected a file that can be read")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_one_line(run: Run, base: Path) -> None:
    base.chmod(0)
    assert "Permission denied" in run("decide", base).line


@pytest.mark.parametrize(
    ("protocol", "expected"),
    [
        ("none/1", f"none/1: top: expected a shipped protocol ({', '.join(sorted(shipped()))}) or a file"),
        ("x" * 300, f"{'x' * 300}: top: expected a shipped protocol"),
        (str(ROOT), f"{ROOT}: top: expected a file that can be read (Is a directory)"),
        (str(ROOT / "LICENSE"), f"{ROOT / 'LICENSE'}: line"),
    ],
    ids=["unknown", "no file's name", "a folder", "another text"],
)
def test_what_is_no_protocol_is_one_line(run: Run, base: Path, protocol: str, expected: str) -> None:
    for words in (
        ("decide", base, "--protocol", protocol),
        ("protocol", "stops", base, "--protocol", protocol),
        ("protocol", "replay", base, "--protocol", protocol),
        ("protocol", "diff", "cross-border/1", protocol),
    ):
        ran = run(*words)
        assert ran.status == 2
        assert ran.line.startswith(expected)


def test_a_name_that_would_move_the_cursor_does_not(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "d.yaml"
    file.write_text('dossier: 1\nat: 2026-03-10T12:00:00Z\n"x\\e[2J": 1\n')
    line = run("decide", file).line
    assert "\x1b" not in line


def test_the_status_of_a_verdict_is_as_promised() -> None:
    promised: dict[str, Any] = {"release": 0, "hold": 3, "refuse": 4}
    assert promised == STATUS


def test_protocols_are_named_as_a_decision_names_them(run: Run, base: Path) -> None:
    joined = run("decide", base, "--protocol", "cross-border/2+orcon/1")
    assert joined == run("decide", base, "--protocol", "cross-border/2", "--protocol", "orcon")
    assert "cross-border/2+orcon/1 says" in joined.out
