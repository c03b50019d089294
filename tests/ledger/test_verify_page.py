"""docs/verify.md keeps its word: every command on it runs, and notices what was changed."""

import json
import re
import shutil
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.cose import cose_name
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.keys import PersonKeyIntroduced
from tearline.facts.words import Language
from tearline.ledger import disclose, personal, sentence, strict
from tearline.ledger.export import export
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import COSIGNATURE, cosign, vkey_of
from tests.ledger.damage import flip
from tests.ledger.test_disclose import PERSON, begin, item, name_of, public, record, signed_by
from tests.ledger.told import Clock, draft, organisation
from tests.passkeys import assertion, passkey, put_on_record

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
    by_passkey = signed_with_a_passkey(ledger)
    record(ledger, *(organisation(f"more-{n}") for n in range(300 - ledger.size())))
    witness = Ed25519PrivateKey.from_private_bytes(b"9" * 32)
    watch = vkey_of("watch.example/w", witness, COSIGNATURE)
    note = ledger.checkpoint()
    note += cosign(note.partition("\n\n")[0] + "\n", watch.name, witness, 1_800_000_000)
    export(ledger, folder / "public", note=note, witnesses=[watch])
    bundle = disclose.make(ledger, {7: ["title", "source_code"]}, note)
    (folder / "bundle.json").write_bytes(bytes(bundle))
    (folder / "passkey.json").write_bytes(bytes(disclose.make(ledger, {by_passkey: []}, note)))
    (folder / "log.vkey").write_text(f"{keys.vkey}\n")
    (folder / "witness.vkey").write_text(f"{watch}\n")


def signed_with_a_passkey(ledger: Ledger) -> int:
    """The place of a fact that a second person signed so."""
    by, held = Actor(PersonId("p-2"), Role.INVESTIGATOR), passkey("p-2")
    put_on_record(ledger, by, held)
    size = ledger.size()
    prepared = ledger.prepare([replace(draft(item("i-10")), by=by)], after=size)
    (stated,) = prepared.stated(ledger.vkey.name)
    opening = sentence.opening(ledger.vkey.name, by.person, size, 1, Language.ES)
    text = sentence.section(stated, 1, 1, Language.ES)
    statements = [personal.stated(stated, text)]
    made = assertion(held, personal.shown_challenge(opening, statements))
    claims = personal.asserted(opening, [text], statements, cose_name(held.held[-1].cose), made)
    return ledger.append(
        prepared, unless=None, after=size, key="by passkey", signed=[one.claim() for one in claims]
    ).first


@pytest.fixture
def folder(tmp_path: Path, handed_out: Path) -> Path:
    return Path(shutil.copytree(handed_out, tmp_path / "copy"))


def ran(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=False)


def test_every_command_on_the_page_runs(folder: Path) -> None:
    done = ran(folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 7
    assert done.stdout.count("Verified OK") == 1
    assert "Firmo este acto con mi propia clave [tearline/act/2]" in done.stdout
    assert 'Elemento (item): "i-10"\n' in done.stdout
    for words in ('"title","A título"', '"source_code","S-17"', '"kind":"ItemRegistered"', "2027"):
        assert words in done.stdout
    assert "quién" not in done.stdout


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("public/checkpoint", b"\n300\n", b"\n301\n"),
        ("public/checkpoint", b"watch.example/w ", b"watch.example/w A"),
        ("bundle.json", b"index 7", b"index 6"),
        ("bundle.json", b"~Wy", b"~Wx"),
        ("log.vkey", b"+AU", b"+AV"),
    ],
)
def test_what_was_changed_is_noticed(folder: Path, file: str, old: bytes, new: bytes) -> None:
    data = (folder / file).read_bytes()
    assert old in data
    (folder / file).write_bytes(data.replace(old, new, 1))
    assert ran(folder).returncode != 0


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('(item): \\"i-10\\"', '(item): \\"i-11\\"'),
        ('"item":"i-10"', '"item":"i-11"'),
        ('"by":"p-2"', '"by":"p-1"'),
        ("Elemento (item)", "Elementa (item)"),
    ],
)
def test_a_text_or_fact_that_was_changed_is_noticed(folder: Path, old: str, new: str) -> None:
    """By what is on the page about passkeys alone: the log's proof would notice it too."""
    bundle = json.loads((folder / "passkey.json").read_text("utf-8"))
    header, payload, signature = bundle["facts"][-1]["presentation"].split(".", 2)
    said = strict.base64url(payload).decode()
    assert old in said
    payload = strict.to_base64url(said.replace(old, new, 1).encode())
    bundle["facts"][-1]["presentation"] = f"{header}.{payload}.{signature}"
    (folder / "passkey.json").write_text(json.dumps(bundle), "utf-8")
    assert ran(folder).returncode != 0


def test_a_turned_bit_in_an_entry_is_noticed(folder: Path) -> None:
    entries = folder / "public" / "tile" / "entries" / "000"
    entries.write_bytes(flip(entries.read_bytes(), 8 * 35 * 7 + 99))
    assert ran(folder).returncode != 0
