"""``tearline ledger export`` and ``verify`` on nodes: the demonstration's, a growing one's, one with witnesses."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tearline.config import Settings, WitnessAddress
from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import Checkpoint, Note, Vkey, cosign
from tearline.ledger.published import Published
from tearline.ledger.verify import verify as verified_here
from tearline.node import open_node
from tests.cli.conftest import Run
from tests.ledger.damage import flip
from tests.ledger.logs import AT, WITNESSES
from tests.ledger.told import draft, organisation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The real command line, in a process of its own."""
    words = [sys.executable, "-m", "tearline.cli", *(str(a) for a in arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


def append(data: Path, count: int) -> None:
    node = open_node(data)
    size = node.ledger.size()
    drafts = [draft(organisation(f"o-{size + n}")) for n in range(count)]
    node.ledger.append(drafts, unless=None, after=0, key=f"from {size}")
    node.ledger.close()


def test_the_demonstration_is_exported_and_verifies_and_no_bit_of_it_can_be_turned(
    tmp_path: Path, folder: Path
) -> None:
    data = tmp_path / "demo"
    assert command("demo", "--no-serve", "--data", data).returncode == 0
    exported = json.loads(command("ledger", "export", folder, "--data", data, "--json").stdout)
    verify = ("ledger", "verify", folder, "--vkey", exported["vkey"])
    verified = command(*verify, "--json")
    assert verified.returncode == 0
    said = json.loads(verified.stdout)
    assert (said["size"], said["root"]) == (exported["size"], exported["root"])
    assert said["size"] > 100
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in files:
        whole = path.read_bytes()
        step = 8 * (1 + len(whole) // 256) - 1
        for bit in (*range(0, 8 * len(whole), step), 8 * len(whole) - 1):
            path.write_bytes(flip(whole, bit))
            with pytest.raises((Broken, Malformed), match=str(folder)):
                verified_here(folder, Vkey.parse(exported["vkey"]))
        assert command(*verify).returncode in (1, 2)
        path.write_bytes(whole)
    assert command(*verify).returncode == 0


def test_an_export_is_brought_up_to_date(run: Run, node: Path, folder: Path) -> None:
    first = json.loads(run("ledger", "export", folder, "--data", node, "--json").out)
    again = json.loads(run("ledger", "export", folder, "--data", node, "--json").out)
    assert again["files"]["written"] == again["files"]["removed"] == 0
    assert again["files"]["kept"] == first["files"]["written"]
    append(node, 300)
    grown = run("ledger", "export", folder, "--data", node)
    assert grown.out.startswith(f"Exported {first['size'] + 300} entries to {folder}: ")
    words = grown.out.splitlines()[-1].partition(": ")[2].split()[1:]
    assert run(*words).out.startswith(
        f"Verified: {first['size'] + 300} entries of agency.example/node, root "
    )


def test_nothing_of_a_fact_is_exported(run: Run, node: Path, folder: Path) -> None:
    run("ledger", "export", folder, "--data", node)
    opened = open_node(node)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for position in range(opened.ledger.size()):
        entry = opened.ledger.entry(position)
        assert entry.leaf in everything
        assert entry.blinding not in everything
        assert entry.jws[:40] not in everything
    opened.ledger.close()


def test_the_published_checkpoint_is_exported_with_its_cosignatures(
    run: Run, node: Path, folder: Path
) -> None:
    witnesses = tuple(WitnessAddress(vkey=str(w.vkey), url="http://127.0.0.1:1/") for w in WITNESSES)
    settings = Settings(demo=True, witnesses=witnesses, quorum=1)
    settings.write(node)
    opened = open_node(node)
    note = opened.ledger.checkpoint()
    vkey = opened.ledger.vkey
    opened.ledger.close()
    text = Note.parse(note).text
    one = WITNESSES[0]
    note += cosign(text, one.name, one._key, AT)
    store = Published(settings.second_store(node))
    store.advance(store.read(), note)
    append(node, 300)
    exported = json.loads(run("ledger", "export", folder, "--data", node, "--json").out)
    assert exported["size"] == Checkpoint.parse(text).size
    assert (folder / "checkpoint").read_text() == note
    verified = run("ledger", "verify", folder, "--vkey", vkey, "--witness", one.vkey)
    assert verified.out.splitlines()[1].startswith(f"Cosigned by {one.name} at 20")
    absent = run("ledger", "verify", folder, "--vkey", vkey, "--witness", WITNESSES[1].vkey)
    assert (absent.status, absent.line.partition(": ")[2]) == (1, f"{WITNESSES[1].name} has not cosigned it")


def test_another_nodes_export_is_left_alone(run: Run, node: Path, folder: Path, tmp_path: Path) -> None:
    run("ledger", "export", folder, "--data", node)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run("init", "--data", tmp_path / "other", "--origin", "other.example/node")
    ran = run("ledger", "export", folder, "--data", tmp_path / "other")
    assert ran.status == 2
    assert ran.line.startswith(f"{folder}/vkey: line 1: expected the key of other.example/node")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_damaged_export_is_not_mended_in_silence(run: Run, node: Path, folder: Path) -> None:
    run("ledger", "export", folder, "--data", node)
    (path,) = (folder / "tile" / "entries" / "000.p").iterdir()
    wrong = flip(path.read_bytes(), 99)
    path.write_bytes(wrong)
    ran = run("ledger", "export", folder, "--data", node)
    assert (ran.status, ran.line) == (1, f"{path}: not what the ledger holds; nothing was overwritten")
    assert path.read_bytes() == wrong
    path.unlink()
    assert run("ledger", "export", folder, "--data", node).status == 0


def test_a_folder_that_cannot_be_written_is_one_line(run: Run, node: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        ran = run("ledger", "export", place, "--data", node)
        assert ran.status in (1, 2)
        assert ran.line.startswith(str(tmp_path / "file"))
