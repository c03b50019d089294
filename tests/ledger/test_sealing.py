"""Sealed parts open only whole, where they belong, and with the right key."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken
from tearline.ledger.sealing import seal, unseal, unwrap
from tests.ledger.damage import flips

MASTER = AESGCM(b"3" * 32)
LEAF = bytes(range(33))
PARTS = {"content": b"what it says", "reasons": b"why"}
WRAPPED, SEALED = seal(MASTER, LEAF, PARTS)


def opened(leaf: bytes, wrapped: bytes, sealed: dict[str, bytes]) -> dict[str, bytes]:
    key = unwrap(MASTER, leaf, sealed, wrapped)
    return {compartment: unseal(key, leaf, compartment, part) for compartment, part in sealed.items()}


@given(
    st.dictionaries(st.sampled_from(["content", "reasons", "persons"]), st.binary(max_size=50), min_size=1)
)
def test_sealed_parts_open(parts: dict[str, bytes]) -> None:
    wrapped, sealed = seal(MASTER, LEAF, parts)
    assert opened(LEAF, wrapped, sealed) == parts


def test_no_bit_can_be_turned() -> None:
    for wrapped in flips(WRAPPED):
        with pytest.raises(Broken):
            opened(LEAF, wrapped, SEALED)
    for content in flips(SEALED["content"]):
        with pytest.raises(Broken):
            opened(LEAF, WRAPPED, SEALED | {"content": content})
    for leaf in flips(LEAF):
        with pytest.raises(Broken):
            opened(leaf, WRAPPED, SEALED)


def test_parts_cannot_be_swapped_dropped_added_or_moved() -> None:
    other_wrapped, other = seal(MASTER, LEAF, PARTS)
    for wrong in (
        {"content": SEALED["reasons"], "reasons": SEALED["content"]},
        {"content": SEALED["content"]},
        SEALED | {"persons": SEALED["content"]},
        SEALED | {"content": other["content"]},
        {},
    ):
        with pytest.raises(Broken):
            opened(LEAF, WRAPPED, wrong)
    with pytest.raises(Broken):
        opened(LEAF, other_wrapped, SEALED)


def test_another_master_key_opens_nothing() -> None:
    with pytest.raises(Broken):
        unwrap(AESGCM(b"4" * 32), LEAF, SEALED, WRAPPED)


@pytest.mark.parametrize("short", [b"", b"x", b"x" * 12, b"x" * 27])
def test_short_bytes_are_broken(short: bytes) -> None:
    with pytest.raises(Broken):
        unwrap(MASTER, LEAF, SEALED, short)
    with pytest.raises(Broken):
        unseal(unwrap(MASTER, LEAF, SEALED, WRAPPED), LEAF, "content", short)
