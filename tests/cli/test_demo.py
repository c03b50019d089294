"""``tearline demo``: what both worked cases come to, in both languages, and nothing left behind."""

import copy
import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tearline.cli import demo
from tearline.cli.passed import PARTS, needed
from tearline.cli.protocol import named
from tearline.protocol import Protocol
from tests.cli.conftest import Run

DISSENT = {"id": "d", "by": "officer-4", "answered": False, "answered_by_superior": False}


def room(folder: Path) -> dict[str, str]:
    """An environment whose temporary files lie in this folder, and that knows of no terminal."""
    return {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TMPDIR": str(folder)}


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The whole demonstration as printed, its lines unwrapped."""
    folder = tmp_path_factory.mktemp("tmp")
    command = [sys.executable, "-m", "tearline.cli", "demo", "--no-serve"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=room(folder))
    assert ran.returncode == 0, ran.stderr
    assert not list(folder.iterdir()), "the throw-away node was not thrown away"
    return " ".join(ran.stdout.split())


@pytest.mark.parametrize(
    "said",
    [
        "says on 2011-03-14 18:00Z: REFUSE",
        "refuse exempt-from-vetting",
        "Supervisor of the unit (allende-protocol.siu-supervisor), outcome exempt",
        "para 17: the unit's supervisors are exempt from scrutiny",
        "refuse leak-not-cleared",
        "(allende-protocol.leaks-before), kind leak, status credible",
        "para 3: a unit with a long history of leaking to traffickers",
        "hold dissent-unanswered",
        "para 3: against the wishes of the lead agent on the case",
        "hold warning-unanswered",
        "(allende-protocol.bloodshed), answered false",
        "specifically warned of the potential for bloodshed",
        "this text applied only from 2015-07-21; the act was on 2011-03-14",
    ],
)
def test_allende_is_refused_and_each_ground_is_named_with_rule_and_citation(english: str, said: str) -> None:
    assert said in english


def test_what_would_have_been_owed_and_never_came_is_listed(english: str) -> None:
    owed = english.partition(
        "What would have been owed under cross-border/1, leak-inquiry/1, us.icd191/1, and never came"
    )[2]
    for sentence in (
        "Named people who had no part in what leaked look into how it came about.",
        "Two people make a finding: substantiated, not substantiated, or that the channel is unknown.",
        "The overseer has an interim report",
        "What harm came of the leak is looked into",
        "Cooperation with every unit that held the item is suspended until a finding.",
        "An investigation is opened into how the item was leaked",
        "Those whom the leak puts in danger are warned.",
        "The overseer is told of the leak.",
        "Those of whom the source warned that they would be killed are warned",
        "The authorities who can are offered help to identify and arrest whoever harmed people",
        "Help is given to those whom the leak harmed.",
    ):
        assert sentence in owed


def test_who_could_have_told_it_is_listed_with_the_exempt_supervisor_and_nobody_was_suspended(
    english: str,
) -> None:
    happened = english.partition("Who could have told it")[2].partition("What would have been owed")[0]
    assert "None of them is accused" in happened
    supervisor = happened.partition("(allende-happened.siu-supervisor): ")[2].partition("(allende-happened.")[
        0
    ]
    assert "commands somebody who could see it; unvetted: exempt" in supervisor
    assert "Nobody was suspended." in happened


def test_under_the_protocol_the_unit_is_suspended_by_rule(english: str) -> None:
    told = english.rpartition("Who could have told it")[2]
    assert "Suspended by rule, on 2011-03-17" in told
    assert "Sensitive Investigative Unit" in told.partition("Suspended by rule")[2][:90]


def test_the_counts_stand_side_by_side_with_what_each_counted(english: str) -> None:
    counts = english.partition("How many: what each body has counted")[2].partition("would have passed")[0]
    for figure, by in (
        ("27", "Coahuila"),
        ("28", "State prosecutor"),
        ("60", "ProPublica"),
        ("300", "former"),
    ):
        assert f"{figure} " in counts
        assert by in counts
    assert "not added or averaged" in english


def test_the_request_that_would_have_passed_says_what_had_to_be_true(english: str) -> None:
    passed = english.partition("The request that would have passed")[2].partition("Nogales, 2010")[0]
    assert "RELEASE" in passed
    for part in PARTS:
        assert part.words.en in passed
    assert "without it: refuse, by exempt-from-vetting" in passed


def test_nogales_is_an_account_that_says_what_it_cannot_say(english: str) -> None:
    nogales = english.partition("Nogales, 2010")[2]
    for said in ("$2.2 million", "41 assault rifles", "Mexican customs", "Only five weapons", "5 × roving"):
        assert said in nogales
    assert "after is not because. No controls were declared beforehand." in nogales
    assert "not credited to the" in nogales
    assert "An account is rendered of the operation's results, failures and toll." in nogales


def test_the_demonstration_speaks_spanish(run: Run) -> None:
    ran = run("demo", "--no-serve", "--language", "es")
    words = " ".join(ran.out.split())
    assert ran.status == 0
    assert "NEGAR" in words
    assert "sin evaluar: exento" in words
    assert "Lo que se habría debido según cross-border/1, leak-inquiry/1, us.icd191/1 y nunca llegó" in words
    assert "La solicitud que habría pasado" in words
    assert all(part.words.es in words for part in PARTS)


def test_the_demonstration_for_machines_is_one_document(run: Run, tmp_path: Path) -> None:
    ran = run("demo", "--no-serve", "--json", "--data", tmp_path / "kept")
    cases = {c["case"]: c for c in json.loads(ran.out)["cases"]}
    assert set(cases) == {"allende", "nogales"}
    assert [r["verdict"] for r in cases["allende"]["requests"]] == ["refuse", "release"]
    assert len(cases["allende"]["counts"]) == 7
    assert cases["allende"]["never_came"]
    happened, protocol = cases["allende"]["leaks"]
    assert (happened["suspended"], protocol["suspended"]) == ([], ["allende-protocol.siu"])
    assert "allende-happened.siu-supervisor" in {one["person"] for one in happened["exposed"]}
    assert [o["obligation"] for o in cases["nogales"]["still_owed"]] == ["account-for-operation"]
    assert cases["nogales"]["accounts"][0]["cannot_say"]
    assert run("ledger", "check", "--data", tmp_path / "kept").status == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 0)])
def test_the_site_is_served_until_it_is_stopped_and_nothing_is_left(
    tmp_path: Path, number: int, status: int
) -> None:
    command = [sys.executable, "-m", "tearline.cli", "demo", "--port", "0"]
    served = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=room(tmp_path)
    )
    assert served.stderr is not None
    try:
        url = next(line for line in served.stderr if line.startswith("Serving ")).split()[1]
        with urllib.request.urlopen(url, timeout=30) as page:  # noqa: S310  our own address
            assert page.status == 200
        assert list(tmp_path.iterdir())
        served.send_signal(number)
        assert served.wait(timeout=30) == status
    finally:
        served.kill()
        served.wait()
        served.stderr.close()
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_is_not_taken_for_a_demonstration(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    ran = run("demo", "--no-serve", "--data", tmp_path)
    assert ran.status == 2
    assert (tmp_path / "mine").read_text() == "keep"


def test_without_the_case_files_one_line_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "__file__", f"{tempfile.gettempdir()}/none/tearline/cli/demo.py")
    ran = run("demo", "--no-serve")
    assert ran.status == 2
    assert "expected the worked cases" in ran.line


def test_only_what_the_protocol_needs_had_to_be_true() -> None:
    pack = named("cross-border/1")
    protocol = Protocol(packs=(pack,))
    passed: dict[str, Any] = copy.deepcopy(dict(pack.base))
    assert needed(protocol, passed, passed) == []
    refused = passed | {"dissents": [DISSENT | {"at": passed["at"]}]}
    (found,) = needed(protocol, passed, refused)
    assert found.part.paths == ("dissents",)
    assert found.rules == ["dissent-unanswered", "second-signature", "overseer-not-informed"]


def test_comparing_changes_neither_dossier() -> None:
    pack = named("cross-border/1")
    passed, refused = copy.deepcopy(dict(pack.base)), copy.deepcopy(dict(pack.base))
    refused.pop("recipient")
    before = copy.deepcopy((passed, refused))
    assert needed(Protocol(packs=(pack,)), passed, refused)
    assert (passed, refused) == before
