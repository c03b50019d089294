"""What a log sends to a witness has one form, and comes back as it was sent."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.ledger.add_checkpoint import LARGEST_REQUEST, AddCheckpoint, size_said
from tearline.ledger.note import Checkpoint, Note, sign_checkpoint
from tests.ledger.damage import flips

ORIGIN = "tearline.example/desk"
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
CHECKPOINT = Checkpoint(ORIGIN, 109482, bytes(range(32)))
NOTE = Note.parse(sign_checkpoint(CHECKPOINT, KEY))
REQUEST = str(AddCheckpoint(old=7, proof=(bytes(32), b"\xff" * 32), note=NOTE))

sizes = st.integers(0, (1 << 63) - 1)
hashes = st.binary(min_size=32, max_size=32)


def test_a_request_reads_as_the_format_has_it() -> None:
    assert REQUEST.startswith(f"old 7\n{'A' * 43}=\n{'/' * 42}8=\n\n{ORIGIN}\n109482\nAAECAwQ")
    assert AddCheckpoint.parse(REQUEST.encode()).checkpoint == CHECKPOINT


@given(sizes, st.lists(hashes, max_size=63), sizes, hashes)
def test_requests_come_back_whatever_they_say(old: int, proof: list[bytes], size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    request = AddCheckpoint(
        old=old, proof=tuple(proof), note=Note.parse(sign_checkpoint(checkpoint, KEY) + "— x AAAAAAAA\n")
    )
    assert AddCheckpoint.parse(str(request).encode()) == request
    assert request.checkpoint == checkpoint


def test_a_damaged_request_is_malformed_or_reads_as_what_it_now_says() -> None:
    """No two byte strings read as the same request."""
    for damaged in flips(REQUEST.encode()):
        try:
            assert str(AddCheckpoint.parse(damaged)).encode() == damaged
        except Malformed:
            continue


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_bytes_that_are_no_request_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        AddCheckpoint.parse(data)


HASH = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda r: r.replace("old 7", "old  7"),
        lambda r: r.replace("old 7", "old 07"),
        lambda r: r.replace("old 7", "old +7"),
        lambda r: r.replace("old 7", "old -7"),
        lambda r: r.replace("old 7", "old 7 "),
        lambda r: r.replace("old 7", "old 7_0"),
        lambda r: r.replace("old 7", "old ٧"),
        lambda r: r.replace("old 7", "old"),
        lambda r: r.replace("old 7", "old "),
        lambda r: r.replace("old 7", "new 7"),
        lambda r: r.replace("old 7", "Old 7"),
        lambda r: r.replace("old 7", f"old {1 << 63}"),
        lambda r: r.replace("\n", "\r\n"),
        lambda r: r.replace("old 7\n", "old 7\n\n"),
        lambda r: r.replace(f"\n\n{ORIGIN}", f"\n{ORIGIN}"),
        lambda r: r.replace(f"\n\n{ORIGIN}", f"\n\n\n{ORIGIN}"),
        lambda r: r.replace(HASH, HASH[:-1]),
        lambda r: r.replace(HASH, HASH + " "),
        lambda r: r.replace(HASH, HASH[:-2] + "B="),
        lambda r: r.replace(HASH, "AAAA"),
        lambda r: r.replace("old 7\n", "old 7\n" + f"{HASH}\n" * 62),
        lambda r: r.replace("109482", "0109482"),
        lambda r: r.removesuffix("\n"),
        lambda r: r + "\n",
        lambda r: r.rpartition("\n\n")[0] + "\n\n",
        lambda r: r + "x" * LARGEST_REQUEST,
        lambda r: "\n" + r,
        lambda r: "\ufeff" + r,
    ],
)
def test_another_form_of_request_is_malformed(damage: Callable[[str], str]) -> None:
    assert damage(REQUEST) != REQUEST
    with pytest.raises(Malformed):
        AddCheckpoint.parse(damage(REQUEST).encode())


@given(sizes)
def test_the_size_that_a_witness_says_has_one_form(size: int) -> None:
    assert size_said(f"{size}\n".encode()) == size


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"7",
        b"7\r\n",
        b"07\n",
        b"+7\n",
        b" 7\n",
        b"7\n\n",
        b"7\n8\n",
        b"\xff\n",
        b"9" * 19 + b"\n",
    ],
)
def test_another_form_of_size_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        size_said(body)
