"""docs/verify.md keeps its word: every command on it runs, and notices what was changed."""

import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyIntroduced
from tearline.ledger import disclose
from tearline.ledger.export import export
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import COSIGNATURE, cosign, vkey_of
from tests.ledger.damage import flip
from tests.ledger.test_disclose import PERSON, begin, item, name_of, public, record, signed_by
from tests.ledger.told import Clock, draft, organisation

PAGE = Path(__file__).parents[2] / "docs" / "verify.md"
SCRIPT = "set -euo pipefail\n" + "\n".join(
    re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
)


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory, keys: NodeKeys) -> Path:
    """What an operator hands out: 300 entries exported, a bundle of a signed fact, and the keys."""
    folder = tmp_path_factory.mktemp("handed-out")
    with closing(Ledger.make(f"sqlite:///{folder}/ledger.db", keys, Clock())) as ledger:
        hand_out(begin(ledger, keys), keys, folder)
    return folder


def hand_out(ledger: Ledger, keys: NodeKeys, folder: Path) -> None:
    record(
        ledger, PersonKeyIntroduced(person=PersonId("p-1"), key=name_of(PERSON), public_key=public(PERSON))
    )
    prepared = ledger.prepare([draft(item("i-8")), draft(item("i-9"))], after=6)
    ledger.append(prepared, unless=None, after=6, key="signed", signed=signed_by(prepared, PERSON))
    record(ledger, *(organisation(f"more-{n}") for n in range(292)))
    witness = Ed25519PrivateKey.from_private_bytes(b"9" * 32)
    watch = vkey_of("watch.example/w", witness, COSIGNATURE)
    note = ledger.checkpoint()
    note += cosign(note.partition("\n\n")[0] + "\n", watch.name, witness, 1_800_000_000)
    export(ledger, folder / "public", note=note, witnesses=[watch])
    bundle = disclose.make(ledger, {7: ["title", "source_code"]}, note)
    (folder / "bundle.json").write_bytes(bytes(bundle))
    (folder / "log.vkey").write_text(f"{keys.vkey}\n")
    (folder / "witness.vkey").write_text(f"{watch}\n")


@pytest.fixture
def folder(tmp_path: Path, handed_out: Path) -> Path:
    return Path(shutil.copytree(handed_out, tmp_path / "copy"))


def ran(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=False)


def test_every_command_on_the_page_runs(folder: Path) -> None:
    done = ran(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 7
    for words in ('"title","A título"', '"source_code","S-17"', '"kind":"ItemRegistered"', "2027"):
        assert words in done.stdout
    assert "quién" not in done.stdout


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("public/checkpoint", b"\n300\n", b"\n301\n"),
        ("public/checkpoint", b"watch.example/w ", b"watch.example/w A"),
        ("bundle.json", b"index 7", b"index 6"),
        ("bundle.json", b"~WyJ", b"~WyK"),
        ("log.vkey", b"+AU", b"+AV"),
    ],
)
def test_what_was_changed_is_noticed(folder: Path, file: str, old: bytes, new: bytes) -> None:
    data = (folder / file).read_bytes()
    assert old in data
    (folder / file).write_bytes(data.replace(old, new, 1))
    assert ran(folder).returncode != 0


def test_a_turned_bit_in_an_entry_is_noticed(folder: Path) -> None:
    entries = folder / "public" / "tile" / "entries" / "000"
    entries.write_bytes(flip(entries.read_bytes(), 8 * 35 * 7 + 99))
    assert ran(folder).returncode != 0
