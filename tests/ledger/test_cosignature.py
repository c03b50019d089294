"""Cosignatures: who saw a checkpoint and when. Strangers agree, and no bit of one can be turned."""

import subprocess
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import signing, tlog

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import (
    COSIGNATURE,
    LATEST,
    Checkpoint,
    Vkey,
    cosign,
    open_checkpoint,
    open_cosigned,
    sign_checkpoint,
    signature_line,
    vkey_of,
)
from tests.ledger.damage import flips

ORIGIN, NAME = "tearline.example/desk", "witness.example/w1"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
KEY = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"3" * 32)
LOG = vkey_of(ORIGIN, LOG_KEY)
WITNESS = vkey_of(NAME, KEY, COSIGNATURE)
OTHER = vkey_of("witness.example/w2", OTHER_KEY, COSIGNATURE)
CHECKPOINT = Checkpoint(ORIGIN, 109482, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, LOG_KEY)
AT = 1_795_348_800
LINE = cosign(CHECKPOINT.text(), NAME, KEY, AT)

times = st.integers(0, LATEST)
names = st.from_regex(r"[a-zé/.]{1,30}", fullmatch=True)
seeds = st.binary(min_size=32, max_size=32)


def strangers_verify(note: str, vkey: Vkey) -> None:
    theirs = tlog.Checkpoint.from_text(note)
    theirs.verify(signing.Vkey.from_string(str(vkey)))


def test_a_cosigned_checkpoint_says_who_cosigned_it_and_when() -> None:
    cosigned = open_cosigned(NOTE + LINE, LOG, [OTHER, WITNESS])
    assert cosigned.checkpoint == CHECKPOINT
    assert cosigned.at == {WITNESS: AT}
    assert open_cosigned(NOTE, LOG, [WITNESS]).at == {}


def test_a_witnesss_latest_word_counts() -> None:
    later = cosign(CHECKPOINT.text(), NAME, KEY, AT + 7)
    for lines in (LINE + later, later + LINE):
        assert open_cosigned(NOTE + lines, LOG, [WITNESS]).at == {WITNESS: AT + 7}


@given(st.builds(Checkpoint, names, times, seeds), names, seeds, times)
def test_a_cosignature_comes_back_and_a_stranger_accepts_it(
    checkpoint: Checkpoint, name: str, seed: bytes, at: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    witness = vkey_of(name, key, COSIGNATURE)
    note = sign_checkpoint(checkpoint, LOG_KEY) + cosign(checkpoint.text(), name, key, at)
    log = vkey_of(checkpoint.origin, LOG_KEY)
    if witness.public != log.public:
        assert open_cosigned(note, log, [witness]).at == {witness: at}
    strangers_verify(note, witness)
    strangers_verify(note, log)


def test_the_signature_is_over_the_bytes_that_the_format_names() -> None:
    data = b64decode(LINE.split(" ")[2])
    assert data[:4] == WITNESS.key_id
    assert int.from_bytes(data[4:12], "big") == AT
    signed = f"cosignature/v1\ntime {AT}\n{ORIGIN}\n109482\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    KEY.public_key().verify(data[12:], signed.encode())


def test_openssl_verifies_a_cosignature_and_no_other_time(tmp_path: Path) -> None:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "key").write_bytes(public)
    (tmp_path / "signature").write_bytes(b64decode(LINE.split(" ")[2])[12:])
    command = "openssl pkeyutl -verify -rawin -pubin -inkey key -in text -sigfile signature".split()
    for at, status in ((AT, 0), (AT + 1, 1)):
        (tmp_path / "text").write_text(f"cosignature/v1\ntime {at}\n{CHECKPOINT.text()}")
        assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == status


def test_no_bit_of_a_cosignature_can_be_turned() -> None:
    """Neither we nor a stranger accept a damaged copy: it is broken, or by a key that nobody knows."""
    data = b64decode(LINE.split(" ")[2])
    for damaged in flips(data):
        note = f"{NOTE}— {NAME} {b64encode(damaged).decode()}\n"
        if damaged[:4] == data[:4]:
            with pytest.raises(Broken):
                open_cosigned(note, LOG, [WITNESS])
            with pytest.raises(InvalidSignature):
                strangers_verify(note, WITNESS)
        else:
            assert open_cosigned(note, LOG, [WITNESS]).at == {}
            with pytest.raises(RuntimeError, match="no signature matched"):
                strangers_verify(note, WITNESS)


def test_no_bit_of_the_line_or_of_what_it_covers_can_be_turned() -> None:
    for damaged in flips((NOTE + LINE).encode()):
        try:
            assert open_cosigned(damaged, LOG, [WITNESS]).at == {}
        except (Malformed, Broken):
            continue


@pytest.mark.parametrize("length", [0, 1, 8, 63, 64, 71, 73, 80])
def test_a_known_witnesss_line_of_another_length_breaks_the_note(length: int) -> None:
    data = b64encode(WITNESS.key_id + bytes(length or 1)).decode()
    with pytest.raises(Broken):
        open_cosigned(f"{NOTE}— {NAME} {data}\n", LOG, [WITNESS])


def test_a_time_beyond_the_formats_last_is_no_time() -> None:
    with pytest.raises(ValueError, match="no time"):
        cosign(CHECKPOINT.text(), NAME, KEY, LATEST + 1)
    for signature in (bytes([0x80, *bytes(71)]), bytes([0xFF] * 72)):
        with pytest.raises(Broken, match="no cosignature"):
            WITNESS.verify(signature, CHECKPOINT.text().encode())


def test_one_good_line_does_not_save_a_bad_one() -> None:
    forged = f"— {NAME} {b64encode(WITNESS.key_id + bytes(72)).decode()}\n"
    for lines in (LINE + forged, forged + LINE):
        with pytest.raises(Broken):
            open_cosigned(NOTE + lines, LOG, [WITNESS])
        assert open_checkpoint(NOTE + lines, LOG) == CHECKPOINT


def test_a_cosignature_does_not_pass_for_the_logs_signature_nor_the_other_way_round() -> None:
    """The same private key, under both types: neither line speaks for the other type's key."""
    as_log, as_witness = vkey_of(NAME, KEY), WITNESS
    assert as_log.key_id != as_witness.key_id
    checkpoint = Checkpoint(NAME, 3, bytes(32))
    plain = signature_line(checkpoint.text(), NAME, KEY)
    timed = cosign(checkpoint.text(), NAME, KEY, AT)
    with pytest.raises(Broken, match="no signature"):
        open_checkpoint(f"{checkpoint.text()}\n{timed}", as_log)
    for line, vkey in ((plain, as_witness), (timed, as_log)):
        with pytest.raises(Broken):
            vkey.verify(b64decode(line.split(" ")[2])[4:], checkpoint.text().encode())


def test_one_key_never_stands_for_two_signers_or_two_types() -> None:
    with pytest.raises(Malformed, match="witnesses"):
        open_cosigned(NOTE, LOG, [vkey_of(NAME, LOG_KEY, COSIGNATURE)])
    with pytest.raises(Malformed, match="witnesses"):
        open_cosigned(NOTE, LOG, [WITNESS, vkey_of("witness.example/w3", KEY, COSIGNATURE)])
    with pytest.raises(Malformed, match="witnesses"):
        open_cosigned(NOTE, LOG, [vkey_of(NAME, KEY)])
    with pytest.raises(Malformed, match="log's key"):
        open_cosigned(NOTE, WITNESS, [OTHER])


@given(names, seeds, st.sampled_from([b"\x01", COSIGNATURE]))
def test_vkeys_of_both_types_come_back_and_a_stranger_reads_them(name: str, seed: bytes, kind: bytes) -> None:
    vkey = vkey_of(name, Ed25519PrivateKey.from_private_bytes(seed), kind)
    assert Vkey.parse(str(vkey)) == vkey
    theirs = signing.Vkey.from_string(str(vkey))
    assert (theirs.name, theirs.sig_type, theirs.pubkey) == (name, kind[0], vkey.public)
    assert theirs.key_id.to_bytes(4) == vkey.key_id


def test_a_witnesss_vkey_has_one_form() -> None:
    for damaged in flips(str(WITNESS).encode()):
        with pytest.raises(Malformed):
            Vkey.parse(damaged.decode("utf-8", errors="replace"))
    for kind in (b"\x00", b"\x02", b"\x03", b"\x05", b"\x06", b"\xff"):
        with pytest.raises(Malformed, match="type 1"):
            Vkey.parse(str(Vkey(NAME, WITNESS.public, kind)))
