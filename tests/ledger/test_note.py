"""Signed notes and checkpoints: one byte form, and strangers agree with it."""

import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import signing, tlog

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import (
    Checkpoint,
    Note,
    Vkey,
    open_checkpoint,
    sign,
    sign_checkpoint,
    signature_line,
    vkey_of,
)
from tests.ledger.damage import flips

ORIGIN = "tearline.example/desk"
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
LOG = vkey_of(ORIGIN, KEY)
CHECKPOINT = Checkpoint(ORIGIN, 109482, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    assert open_checkpoint(NOTE, LOG) == CHECKPOINT
    assert open_checkpoint(NOTE.encode(), LOG) == CHECKPOINT
    assert NOTE.startswith(f"{ORIGIN}\n109482\nAAECAwQ")


def test_a_stranger_reads_our_checkpoint_and_our_key() -> None:
    theirs = tlog.Checkpoint.from_text(NOTE)
    assert (theirs.origin, theirs.size, theirs.root_hash) == (ORIGIN, 109482, CHECKPOINT.root)
    vkey = signing.Vkey.from_string(str(LOG))
    theirs.verify(vkey)
    assert theirs.serialize() == NOTE
    assert vkey.serialize() == str(LOG)  # type: ignore[no-untyped-call]


def test_we_read_a_strangers_checkpoint() -> None:
    signer = signing.PlainEd25519Signer(ORIGIN, KEY)
    theirs = tlog.Checkpoint.make_signed(ORIGIN, 7, bytes(32), [signer]).serialize()
    assert open_checkpoint(theirs, LOG) == Checkpoint(ORIGIN, 7, bytes(32))
    assert Vkey.parse(signer.vkey.serialize()) == LOG  # type: ignore[no-untyped-call]


def test_a_cosigned_checkpoint_still_verifies() -> None:
    witness = signing.MLDSA44CosignatureSigner("witness.example/w", b"7" * 32)
    signers: list[signing.CheckpointSigner] = [signing.PlainEd25519Signer(ORIGIN, KEY), witness]
    theirs = tlog.Checkpoint.make_signed(ORIGIN, 7, bytes(32), signers).serialize()
    assert open_checkpoint(theirs, LOG).size == 7


def test_openssl_verifies_the_signature_over_the_checkpoint(tmp_path: Path) -> None:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parsed = Note.parse(NOTE)
    (tmp_path / "key").write_bytes(public)
    (tmp_path / "text").write_text(parsed.text)
    (tmp_path / "signature").write_bytes(parsed.signatures[0].signature)
    command = "openssl pkeyutl -verify -rawin -pubin -inkey key -in text -sigfile signature".split()
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (tmp_path / "text").write_text(parsed.text.replace("109482", "109483"))
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_any_turned_bit_is_noticed() -> None:
    for damaged in flips(NOTE.encode()):
        with pytest.raises((Malformed, Broken)):
            open_checkpoint(damaged, LOG)


def test_lines_by_unknown_keys_are_ignored_and_a_bad_line_by_a_known_key_is_not() -> None:
    text = CHECKPOINT.text()
    stranger = signature_line(text, "someone.example", OTHER)
    same_name = signature_line(text, ORIGIN, OTHER)
    assert open_checkpoint(NOTE + stranger + same_name, LOG) == CHECKPOINT
    forged = Note.parse(NOTE).signatures[0].key_id + bytes(64)
    with pytest.raises(Broken):
        open_checkpoint(f"{NOTE}— {ORIGIN} {b64encode(forged).decode()}\n", LOG)
    with pytest.raises(Broken, match="no signature"):
        open_checkpoint(f"{text}\n{stranger}", LOG)


def test_sixteen_signatures_are_accepted() -> None:
    lines = "".join(signature_line(CHECKPOINT.text(), f"witness.example/{n}", OTHER) for n in range(16))
    assert open_checkpoint(NOTE + lines, LOG) == CHECKPOINT


def test_a_log_does_not_speak_for_another_origin() -> None:
    other = Checkpoint("tearline.example/other", 3, bytes(32))
    with pytest.raises(Broken, match="other"):
        open_checkpoint(sign(other.text(), ORIGIN, KEY), LOG)


def test_the_text_ends_at_the_last_empty_line() -> None:
    note = Note.parse(sign("a poem\n\nin two parts\n", ORIGIN, KEY))
    assert note.text == "a poem\n\nin two parts\n"
    assert note.verify([LOG]) == (LOG,)


@pytest.mark.parametrize(
    "damage",
    [
        lambda n: n.removesuffix("\n"),
        lambda n: n + "\n",
        lambda n: n.replace("\n\n", "\n"),
        lambda n: n.replace("\n", "\r\n"),
        lambda n: n.replace("— ", "- "),
        lambda n: n.replace("— ", "—  "),
        lambda n: n.replace("— ", "— \t"),
        lambda n: n.replace(f"{ORIGIN} ", ORIGIN),
        lambda n: n.replace("=\n", "\n"),
        lambda n: n.replace("=\n", "= \n"),
        lambda n: "\n\n" + n.split("\n\n")[1],
        lambda n: n.split("\n\n")[0] + "\n\n",
        lambda n: n.split("\n\n")[0] + "\n\n— x AAAA\n",
        lambda n: n + "— x+y AAAAAAAA\n",
        lambda n: n.replace("desk", "de\ud800sk"),
        lambda n: "x" * (1 << 20) + n,
        lambda n: n + n.split("\n\n")[1] * 64,
    ],
)
def test_another_form_of_note_is_malformed(damage: Callable[[str], str]) -> None:
    with pytest.raises(Malformed):
        open_checkpoint(damage(NOTE), LOG)


def test_a_note_that_is_not_utf_8_is_malformed() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        Note.parse(b"\xff" + NOTE.encode())


ROOT = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        f"a\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"a\n01\n{ROOT}\n",
        f"a\n+1\n{ROOT}\n",
        f"a\n1_0\n{ROOT}\n",
        f"a\n 1\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n١\n{ROOT}\n",
        f"a\n{1 << 63}\n{ROOT}\n",
        f"a\n1\n{ROOT[:-1]}\n",
        f"a\n1\n{ROOT[:-2]}B=\n",
        f"a\n1\n{ROOT} \n",
        "a\n1\nAAAA\n",
        f"a\n1\n{ROOT}\n\n",
        f"a\n1\n{ROOT}\n\nextension\n",
    ],
)
def test_another_form_of_checkpoint_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


def test_extension_lines_are_allowed() -> None:
    assert Checkpoint.parse(f"a\n1\n{ROOT}\nextension\n") == Checkpoint("a", 1, bytes(32))


@given(
    st.from_regex(r"[a-zé/.]{1,30}", fullmatch=True),
    st.integers(0, (1 << 63) - 1),
    st.binary(min_size=32, max_size=32),
)
def test_checkpoints_come_back_whatever_they_say(origin: str, size: int, root: bytes) -> None:
    checkpoint = Checkpoint(origin, size, root)
    assert open_checkpoint(sign_checkpoint(checkpoint, KEY), vkey_of(origin, KEY)) == checkpoint


def test_a_vkey_comes_back_and_no_bit_of_it_can_be_turned() -> None:
    assert Vkey.parse(str(LOG)) == LOG
    for damaged in flips(str(LOG).encode()):
        with pytest.raises(Malformed):
            Vkey.parse(damaged.decode("utf-8", errors="replace"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        str(LOG).replace("+", " "),
        str(LOG).replace("desk", "de sk"),
        str(LOG) + "\n",
        str(LOG).upper(),
        f"+{LOG.key_id.hex()}+" + str(LOG).split("+", 2)[2],
    ],
)
def test_another_form_of_vkey_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Vkey.parse(text)


@given(st.binary(max_size=300))
def test_bytes_that_are_no_note_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        Note.parse(data)
