"""``tearline ledger verify`` says whether a folder is the ledger, in one line, with nothing but the folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tearline.ledger.export import export
from tests.cli.conftest import Run
from tests.ledger.damage import flip
from tests.ledger.logs import WITNESSES, MemoryLog, Witness, cosigned, keys_of
from tests.ledger.test_verify import FORBIDDEN

ONE, OTHER = (str(key) for key in keys_of())


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(300)


@pytest.fixture
def folder(tmp_path: Path, log: MemoryLog) -> Path:
    export(log, tmp_path / "public", note=cosigned(log), witnesses=keys_of())
    return tmp_path / "public"


def test_a_whole_export_is_said_to_be_whole(run: Run, folder: Path, log: MemoryLog) -> None:
    ran = run("ledger", "verify", folder, "--vkey", log.vkey, "--witness", ONE, "--witness", OTHER)
    assert ran.status == 0
    assert ran.out.startswith("Verified: 300 entries of tearline.example/desk, root ")
    assert [line.split(" at ")[0] for line in ran.out.splitlines()[1:]] == [
        f"Cosigned by {witness.name}" for witness in WITNESSES
    ]
    said = json.loads(run("ledger", "verify", folder, "--vkey", log.vkey, "--witness", ONE, "--json").out)
    assert (said["verified"], said["size"], said["announced"]) == (True, 300, None)
    assert [one["vkey"] for one in said["cosigned"]] == [ONE]


@pytest.mark.parametrize(
    "name", ["checkpoint", "vkey", "tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1"]
)
@pytest.mark.parametrize("how", ["turned", "cut", "lost"])
def test_a_damaged_file_is_one_line_that_names_it(
    run: Run, folder: Path, log: MemoryLog, name: str, how: str
) -> None:
    path = folder / name
    whole = path.read_bytes()
    path.unlink()
    if how != "lost":
        path.write_bytes(whole[:-1] if how == "cut" else flip(whole, 100))
    ran = run("ledger", "verify", folder, "--vkey", log.vkey)
    assert ran.status == 1 if how == "lost" else ran.status in (1, 2)
    assert str(folder) in ran.line


def test_a_witness_that_has_not_cosigned_fails(run: Run, folder: Path, log: MemoryLog) -> None:
    nobody = str(Witness("nobody.example/w").vkey)
    ran = run("ledger", "verify", folder, "--vkey", log.vkey, "--witness", nobody)
    assert ran.status == 1
    assert "nobody.example/w has not cosigned it" in ran.line


def test_a_cosignature_of_any_time_can_be_printed(run: Run, folder: Path, log: MemoryLog) -> None:
    export(log, folder, note=cosigned(log, WITNESSES[:1], (1 << 63) - 1), witnesses=keys_of())
    ran = run("ledger", "verify", folder, "--vkey", log.vkey, "--witness", ONE)
    assert ran.status == 0
    assert "at second 9223372036854775807" in ran.out


@pytest.mark.parametrize(
    ("vkey", "expected"), [("nonsense", "--vkey: top: expected name+key id+key"), ("", "--vkey: top")]
)
def test_a_key_that_is_none_is_one_line(run: Run, folder: Path, vkey: str, expected: str) -> None:
    ran = run("ledger", "verify", folder, "--vkey", vkey)
    assert ran.status == 2
    assert ran.line.startswith(expected)


def test_what_is_no_export_is_one_line(run: Run, tmp_path: Path, log: MemoryLog) -> None:
    assert run("ledger", "verify", tmp_path / "none", "--vkey", log.vkey).status == 2
    ran = run("ledger", "verify", tmp_path, "--vkey", log.vkey)
    assert (ran.status, ran.line) == (1, f"{tmp_path}/vkey: missing")


def test_the_command_loads_no_store_and_no_node_and_opens_no_connection(folder: Path, log: MemoryLog) -> None:
    script = """
import json, sys
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(("socket.", "sqlite3.")) else None)
from tearline.cli import main
status = main(sys.argv[1:])
sys.stderr.write(json.dumps([status, seen, sorted(sys.modules)]))
"""
    command = [sys.executable, "-c", script, "ledger", "verify", str(folder), "--vkey", str(log.vkey)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    status, seen, modules = json.loads(ran.stderr)
    assert (status, seen) == (0, [])
    assert not set(modules) & FORBIDDEN - {"socket"}  # which another command, that serves, imports
