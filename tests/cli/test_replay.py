"""``tearline protocol replay``, ``dossiers`` and ``stops``: what changes, by which rule, and in which words."""

import json
import shlex
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tearline.cli.demo import cases_folder
from tearline.cli.protocol import named
from tearline.facts.fact import Compartment
from tearline.facts.history import about
from tearline.facts.release import VerdictReached
from tearline.jobs.cases import load_case
from tearline.jobs.replay.task import shipped
from tearline.node import make_node, open_node
from tearline.protocol import Effect, Outcome, Pack, Protocol, read_dossier
from tearline.protocol.alone import stops
from tearline.protocol.fast import generate
from tests.cli.conftest import ROOT, Run, to_nine_digits
from tests.jobs.replays import NEW, lines, written

ALLENDE = ROOT / "docs" / "examples" / "allende-dossier.json"
REQUEST = "allende-protocol.tell-the-unit"


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A text that is looser in one rule and stricter in another."""
    file = tmp_path / "new.yaml"
    file.write_text(NEW.text)
    return file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "dossiers.jsonl", 200)


@pytest.fixture(scope="module")
def allende(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with the case of Allende."""
    data = tmp_path_factory.mktemp("allende") / "node"
    made = make_node(data, origin="agency.example/node", demo=True)
    load_case(made, cases_folder() / "allende.yaml", now=datetime.now(UTC))
    made.ledger.close()
    return data


def test_what_becomes_looser_stands_first_with_rule_case_and_command(run: Run, file: Path, new: Path) -> None:
    ran = run("protocol", "replay", file, "--protocol", new)
    assert (ran.status, ran.err) == (0, "")
    heading, *_ = ran.out.splitlines()
    assert heading.startswith(
        "Dossiers put to cross-border/2, compared with what each dossier's agreement names: 200."
    )
    looser, stricter = ran.out.index("LOOSER"), ran.out.index("Stricter")
    assert looser < ran.out.index("cross-border/1: vetting-pending") < stricter
    assert stricter < ran.out.index("cross-border/2: few-could-have-known")


def test_the_command_beside_a_case_shows_that_case(run: Run, file: Path, new: Path) -> None:
    said = json.loads(
        run("protocol", "replay", file, "--protocol", new, "--set", "min_knowers=9", "--json").out
    )
    for cause in (said["looser_by"][0], said["stricter_by"][0]):
        case = cause["cases"][0]
        ran = shell(case["show"])
        assert ran.returncode == {"release": 0, "hold": 3, "refuse": 4}[case["to"]], ran.stderr
        if cause["protocol"] == "cross-border/2":
            assert cause["rule"] in ran.stdout


def test_the_document_counts_everything_once(run: Run, file: Path, new: Path) -> None:
    said = json.loads(run("protocol", "replay", file, "--protocol", new, "--json").out)
    counts = {(one["from"], one["to"]): one["count"] for one in said["verdicts"]}
    assert sum(counts.values()) == said["compared"] == 200
    assert said["changed"] == sum(n for (was, now), n in counts.items() if was != now)
    assert said["changed"] == said["looser"] + said["stricter"]
    assert (said["against"], said["set"], said["missing"]) == (None, {}, [])
    assert [one["version"] for one in said["protocol"]] == ["2"]


def test_every_changed_case_can_be_written_to_a_new_file(
    run: Run, file: Path, new: Path, tmp_path: Path
) -> None:
    cases = tmp_path / "cases.jsonl"
    said = json.loads(run("protocol", "replay", file, "--protocol", new, "--cases", cases, "--json").out)
    written_ = [json.loads(line) for line in cases.read_text().splitlines()]
    assert len(written_) == said["changed"]
    assert [one["line"] for one in written_] == sorted(one["line"] for one in written_)
    assert cases.stat().st_mode & 0o777 == 0o600
    again = run("protocol", "replay", file, "--protocol", new, "--cases", cases)
    assert (again.status, again.line) == (
        2,
        f"{cases}: top: expected a file that is not there yet: nothing is written over",
    )


def test_spanish_is_spoken_on_request(run: Run, file: Path, new: Path) -> None:
    ran = run("protocol", "replay", file, "--protocol", new, "--language", "es")
    assert "MÁS LAXO" in ran.out
    assert "retener → divulgar" in ran.out
    assert "línea" in ran.out


def test_the_same_text_changes_nothing(run: Run, file: Path) -> None:
    ran = run("protocol", "replay", file, "--protocol", "cross-border/1", "--against", "cross-border/1")
    assert "Verdicts that stay: 200; that change: 0" in ran.out
    assert "Nothing is looser among these dossiers" in ran.out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "--protocol: NAME|FILE: expected the protocol to replay by"),
        (("--protocol", "nothing"), "nothing: top: expected a shipped protocol (cross-border/1"),
        (
            ("--protocol", "cross-border/1", "--set", "x=1"),
            "--set: x: expected a parameter of cross-border/1",
        ),
        (
            ("--protocol", "cross-border/1", "--telling", "t"),
            "--telling: t: expected no file of dossiers beside it",
        ),
        (
            ("--protocol", "cross-border", "--protocol", "cross-border/1"),
            "--protocol: cross-border/1: expected each",
        ),
    ],
)
def test_what_cannot_be_replayed_is_one_line(
    run: Run, file: Path, arguments: tuple[str, ...], expected: str
) -> None:
    ran = run("protocol", "replay", file, *arguments)
    assert ran.status == 2
    assert ran.line.startswith(expected)


def test_a_line_that_is_no_dossier_leaves_nothing_behind(
    run: Run, file: Path, new: Path, tmp_path: Path
) -> None:
    with file.open("ab") as out:
        out.write(b'{"dossier": 1}\n')
    before = set(tmp_path.iterdir())
    ran = run("protocol", "replay", file, "--protocol", new, "--cases", tmp_path / "cases.jsonl", "--json")
    assert (ran.status, ran.line) == (2, f"{file}: line 201, top: expected the key at")
    assert set(tmp_path.iterdir()) == before


def test_a_file_that_is_not_there_is_one_line(run: Run, tmp_path: Path) -> None:
    ran = run("protocol", "replay", tmp_path / "none.jsonl", "--protocol", "cross-border/1")
    assert ran.status == 2
    assert ran.line.startswith(f"{tmp_path / 'none.jsonl'}: top: expected a file that can be read")


def test_standard_input_is_read_and_its_cases_have_no_command(new: Path) -> None:
    command = f"protocol replay - --protocol {new} --json"
    ran = shell(f"tearline {command}", given=b"".join(lines(200)).decode())
    said = json.loads(ran.stdout)
    assert said["changed"] > 0
    assert "show" not in said["stricter_by"][0]["cases"][0]


def test_the_record_is_replayed_and_each_case_can_be_shown(
    run: Run, allende: Path, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("protocol", "replay", "--protocol", "cross-border/1", "--set", "sign_offs=9", "--data", allende)
    said = json.loads(run(*asked, "--json").out)
    assert said["compared"] == said["told"] == 6
    assert (said["changed"], said["looser"]) == (1, 0)
    (cause,) = said["stricter_by"]
    assert cause["rule"] == "sign-offs-missing"
    (case,) = cause["cases"]
    assert case["request"] == "allende-protocol.below-the-tearline"
    shown = shell(case["show"], tmp_path)
    assert shown.returncode == 3, shown.stderr
    assert "sign-offs-missing" in shown.stdout
    told = run(*asked, "--telling", "allende-protocol", "--json")
    assert json.loads(told.out)["compared"] == 6
    ran = run(*asked, "--telling", "nobody-told")
    assert ran.line.startswith(
        "--telling: nobody-told: expected a telling that this ledger holds verdicts of"
    )


def test_a_purged_dossier_replays_as_purged(run: Run, node: Path, tmp_path: Path) -> None:
    with closing(open_node(node)) as opened:
        reached = opened.ledger.read(about(kinds=(VerdictReached,))).facts
    for person in ("ana", "bo"):
        order = ("purge", reached[0].ref, "--ground", "court-order", "--cites", "Order 17", "--by", person)
        assert run(*order, "--data", node).status == 0
    said = json.loads(run("protocol", "replay", "--protocol", "cross-border/1", "--data", node, "--json").out)
    assert (said["purged"], said["compared"]) == (1, len(reached) - 1)
    ran = run("protocol", "replay", "--protocol", "cross-border/1", "--data", node, "--language", "es")
    assert "Expedientes suprimidos, que se repiten como suprimidos: 1" in ran.out
    out = tmp_path / "dossiers.jsonl"
    exported = json.loads(run("protocol", "dossiers", "-o", out, "--data", node, "--json").out)
    assert (exported["dossiers"], exported["purged"]) == (len(reached) - 1, 1)
    assert len(out.read_bytes().splitlines()) == len(reached) - 1


def test_a_verdict_by_a_text_that_is_another_now_is_said(
    run: Run, node: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = next(text for text in shipped() if text.file == "cross-border.yaml")
    other = text.text.replace("title:", "# changed\ntitle:", 1)
    from tearline.node import opening as nodes

    packs = {pack.id: pack for pack in (replace(text, text=other).load(),)}
    monkeypatch.setattr(nodes, "shipped_protocols", lambda: packs)
    said = json.loads(run("protocol", "replay", "--protocol", "cross-border/1", "--data", node, "--json").out)
    assert said["compared"] == 0
    assert said["past"] > 0
    ran = run("protocol", "replay", "--protocol", "cross-border/1", "--data", node)
    assert "by texts or an engine that are not at hand any more: " in ran.out
    stated = ("protocol", "replay", "--protocol", "cross-border/1", "--against", "cross-border/1")
    assert json.loads(run(*stated, "--data", node, "--json").out)["compared"] == said["past"]


def test_exported_dossiers_are_for_their_owner_and_over_nothing(
    run: Run, allende: Path, tmp_path: Path
) -> None:
    out = tmp_path / "dossiers.jsonl"
    ran = run("protocol", "dossiers", "-o", out, "--data", allende)
    assert ran.status == 0
    assert "sealed material" in ran.out
    assert out.stat().st_mode & 0o777 == 0o600
    assert len(out.read_text().splitlines()) == 6
    again = run("protocol", "dossiers", "-o", out, "--data", allende)
    assert (again.status, again.line) == (
        2,
        f"{out}: top: expected a file that is not there yet: nothing is written over",
    )
    nowhere = run("protocol", "dossiers", "-o", tmp_path / "none" / "d.jsonl", "--data", allende)
    assert nowhere.line.startswith(f"{tmp_path / 'none' / 'd.jsonl'}: top: expected a place to write to")
    nothing = run("protocol", "dossiers", "-o", tmp_path / "d.jsonl", "--entry", 0, "--data", allende)
    assert nothing.line == "the ledger: entry 0: expected a verdict there"
    assert not (tmp_path / "d.jsonl").exists()


def test_parquet_is_replayed_as_the_record_is(run: Run, allende: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="the extra spark is not installed: make spark")
    out = tmp_path / "dossiers.parquet"
    assert run("protocol", "dossiers", "-o", out, "--data", allende).status == 0
    asked = ("--protocol", "cross-border/1", "--set", "sign_offs=9", "--json")
    there = json.loads(run("protocol", "replay", out, *asked).out)
    here = json.loads(run("protocol", "replay", "--data", allende, *asked).out)
    for one in (here, there):
        del one["told"]
        for cause in one["stricter_by"]:
            for case in cause["cases"]:
                del case["show"]
    assert here == there


def test_without_the_extra_parquet_is_one_line(
    run: Run, allende: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    out = tmp_path / "dossiers.parquet"
    ran = run("protocol", "dossiers", "-o", out, "--data", allende)
    assert (ran.status, "pip install 'tearline[spark]'" in ran.line) == (2, True)
    assert not list(tmp_path.iterdir())
    file = written(tmp_path / "dossiers.jsonl", 1)
    spark = run("protocol", "replay", file, "--protocol", "cross-border/1", "--engine", "spark")
    assert (spark.status, "pip install 'tearline[spark]'" in spark.line) == (2, True)


def test_the_dossier_of_allende_is_what_the_case_puts_to_the_protocol(allende: Path) -> None:
    """When the assembly or the case changes, write it again from ``tearline protocol dossiers``."""
    with closing(open_node(allende)) as opened:
        known = opened.ledger.read(about(kinds=(VerdictReached,)), opening=frozenset(Compartment))
    reached = next(r.fact for r in known.of(VerdictReached) if r.fact.request == REQUEST)
    shown = to_nine_digits(json.loads(ALLENDE.read_text("utf-8")))
    assert shown == to_nine_digits(json.loads(reached.dossier.open()))
    assert reached.effect == "refuse"


def test_for_allende_each_text_and_each_rule_that_would_have_stopped_it_is_named(run: Run) -> None:
    said = json.loads(run("protocol", "stops", ALLENDE, "--json").out)
    found = {f"{one['protocol']['name']}/{one['protocol']['version']}": one for one in said["protocols"]}
    assert set(found) == {text.load().id for text in shipped()}
    ours = found["cross-border/1"]
    assert (ours["verdict"], ours["certain"], ours["no_permit"]) == ("refuse", True, True)
    alone = {rule["id"]: rule["effect"] for rule in ours["alone"]}
    assert alone["exempt-from-vetting"] == alone["leak-not-cleared"] == "refuse"
    assert alone["warning-unanswered"] == alone["dissent-unanswered"] == "hold"
    ran = run("protocol", "stops", ALLENDE, "--language", "es")
    assert "Cada una de estas sola lo habría detenido:" in ran.out
    assert "Ninguna regla lo permite" in ran.out
    assert "para" not in ran.err


def test_a_rule_that_stops_alone_stops_a_pack_that_has_only_its_permits_beside() -> None:
    pack = named("cross-border/1")
    both = Protocol(
        packs=(pack, named("leak-inquiry/1"), named("exposure/1"))
    )  # under which the agreement of the case is
    facts = read_dossier(json.loads(ALLENDE.read_text("utf-8")), file="f", parameters=both.parameters)
    permitted = {**facts, **{key: pack.base[key] for key in ("recipient", "chain")}}
    for dossier in (facts, permitted, dict(pack.base)):
        found = stops(pack, dossier)
        enough = {m.rule.id for m in found.alone}
        for rule in pack.rules:
            if rule.effect in (Effect.HOLD, Effect.REFUSE):
                effect = only(pack, rule.id).decide(dossier).effect
                assert (effect is not Outcome.RELEASE) == (rule.id in enough or not found.permits)


def test_what_would_have_been_released_is_said(run: Run, base: Path) -> None:
    ran = run("protocol", "stops", base, "--protocol", "cross-border/1")
    assert "It would have let it pass" in ran.out
    assert "permitted by partner-release" in ran.out
    assert "0 of 1 protocols stop it" in ran.out


def only(pack: Pack, rule: str) -> Pack:
    """The pack with its permits and this rule, and nothing else."""
    kept = [n for n, one in enumerate(pack.rules) if one.effect is Effect.PERMIT or one.id == rule]
    conditions = tuple(pack.conditions[n] for n in kept)
    return replace(
        pack,
        rules=tuple(pack.rules[n] for n in kept),
        conditions=conditions,
        fast=generate(conditions),
        cases=(),
    )


def shell(command: str, folder: Path | None = None, given: str = "") -> subprocess.CompletedProcess[str]:
    """The command line as a person would paste it."""
    tearline = f'tearline() {{ {shlex.quote(sys.executable)} -m tearline.cli "$@"; }}; '
    return subprocess.run(
        ["bash", "-c", tearline + command],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
