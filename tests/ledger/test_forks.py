"""Two checkpoints of one history are never taken for a fork, two of two histories are shown to be one to anybody."""

import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.forks import beginning_of, beginning_proof, check_fork, fits
from tearline.ledger.note import Checkpoint, sign_checkpoint, vkey_of
from tearline.ledger.tree import EMPTY_ROOT, WIDTH, Edge, TileReader, leaf_hash, verify_consistency
from tests.ledger import plain
from tests.ledger.damage import flips

ORIGIN = "partner.example/desk"
KEY = Ed25519PrivateKey.from_private_bytes(b"p" * 32)
VKEY = vkey_of(ORIGIN, KEY)
LARGEST = 700


def history(size: int, parts_at: int = LARGEST) -> list[bytes]:
    """The entries of a history that is like any other up to ``parts_at``."""
    return [hashlib.sha256(b"%d %d" % (n, n >= parts_at)).digest() for n in range(size)]


def tiles(entries: list[bytes]) -> TileReader:
    edge, finished = Edge().grow(leaf_hash(e) for e in entries)
    full = {(t.level, t.index): t.hashes for t in finished}

    def read(level: int, index: int) -> bytes:
        if (level, index) in full:
            return full[level, index]
        assert index == edge.size >> 8 * (level + 1)
        return edge.partials[level]

    return read


def checkpoint(entries: list[bytes]) -> Checkpoint:
    return Checkpoint(ORIGIN, len(entries), plain.root(entries))


def note(checkpoint: Checkpoint) -> str:
    return sign_checkpoint(checkpoint, KEY)


SIZES = st.integers(1, LARGEST) | st.sampled_from([1, 2, 4, 8, 64, 128, 256, 257, 512, 513, LARGEST])


@given(st.lists(SIZES, min_size=2, max_size=2, unique=True).map(sorted))
def test_both_roots_follow_from_the_proof_and_are_the_rfcs(sizes: list[int]) -> None:
    shorter, longer = sizes
    entries = history(longer)
    proof = beginning_proof(tiles(entries), shorter, longer)
    shown = beginning_of(shorter, longer, proof)
    assert shown.root == plain.root(entries)
    assert shown.beginning == plain.root(entries[:shorter])
    # The RFC's own proof is the same hashes, but for the first where the old root itself is one of the tree's.
    rfc = plain.consistency(shorter, entries)
    assert proof[len(proof) - len(rfc) :] == rfc
    verify_consistency(shorter, shown.beginning, longer, shown.root, rfc)
    assert fits(checkpoint(entries[:shorter]), checkpoint(entries), proof)


@given(SIZES, SIZES, st.integers(0, LARGEST))
def test_a_proof_of_two_histories_stands_exactly_when_there_are_two(
    one: int, other: int, parts_at: int
) -> None:
    shorter, longer = sorted((one, other))
    first, second = history(shorter), history(longer, parts_at)
    apart = parts_at < shorter
    proof = beginning_proof(tiles(second), shorter, longer) if shorter < longer else []
    assert fits(checkpoint(first), checkpoint(second), proof) is not apart
    notes = note(checkpoint(first)), note(checkpoint(second))
    if apart:
        check_fork([VKEY], *notes, proof)
        if shorter < longer:
            with pytest.raises(Broken, match="stands first"):
                check_fork([VKEY], notes[1], notes[0], proof)
    else:
        with pytest.raises(Broken, match="fit one history"):
            check_fork([VKEY], *notes, proof)


@pytest.mark.parametrize(("shorter", "longer"), [(1, 2), (4, 7), (5, 9), (256, 300), (255, 257), (300, 600)])
def test_any_bit_that_is_turned_in_the_evidence_is_noticed(shorter: int, longer: int) -> None:
    first, second = history(shorter), history(longer, parts_at=0)
    proof = beginning_proof(tiles(second), shorter, longer)
    notes = note(checkpoint(first)), note(checkpoint(second))
    check_fork([VKEY], *notes, proof)
    for at, one in enumerate(proof):
        for turned in flips(one, step=37):
            with pytest.raises(Broken, match="does not lead to the root"):
                check_fork([VKEY], *notes, [*proof[:at], turned, *proof[at + 1 :]])
    for at in (0, 1):
        for turned in flips(notes[at].encode(), step=13):
            damaged = turned.decode("utf-8", "surrogateescape")
            with pytest.raises((Broken, Malformed)):
                check_fork([VKEY], damaged if at == 0 else notes[0], damaged if at == 1 else notes[1], proof)


@pytest.mark.parametrize(("shorter", "longer"), [(1, 2), (4, 7), (5, 9), (256, 300)])
def test_a_proof_of_another_length_shows_nothing(shorter: int, longer: int) -> None:
    proof = beginning_proof(tiles(history(longer)), shorter, longer)
    for wrong in (proof[:-1], [*proof, proof[-1]], [], [*proof[:-1], proof[-1][:31]]):
        with pytest.raises(Broken):
            beginning_of(shorter, longer, wrong)


def test_hashes_of_a_tree_that_the_log_did_not_sign_accuse_nobody() -> None:
    """Whoever stands between can change tiles, and must not be able to make an honest log look forked."""
    true, false = history(9), history(9, parts_at=2)
    proof = beginning_proof(tiles(false), 5, 9)
    with pytest.raises(Broken, match="does not lead to the root"):
        check_fork([VKEY], note(checkpoint(true[:5])), note(checkpoint(true)), proof)


def test_two_roots_for_one_size_need_no_proof_and_take_none() -> None:
    notes = note(checkpoint(history(5))), note(checkpoint(history(5, parts_at=4)))
    check_fork([VKEY], *notes, [])
    with pytest.raises(Broken, match="need none"):
        check_fork([VKEY], *notes, [b"h" * 32])


def test_a_root_of_nothing_that_is_not_the_root_of_nothing_is_evidence() -> None:
    nothing = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    check_fork([VKEY], note(replace(nothing, root=b"x" * 32)), note(checkpoint(history(5))), [])
    with pytest.raises(Broken, match="fit one history"):
        check_fork([VKEY], note(nothing), note(checkpoint(history(5))), [])


def test_only_what_this_log_signed_is_evidence_against_it() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"q" * 32)
    notes = note(checkpoint(history(5))), sign_checkpoint(checkpoint(history(5, parts_at=1)), other)
    with pytest.raises(Broken, match="no signature by a known key"):
        check_fork([VKEY], *notes, [])


def test_a_tile_that_is_cut_short_is_noticed() -> None:
    whole = tiles(history(300))
    for shorter in (256, 299, 5):
        with pytest.raises(Broken, match="shorter than the tree"):
            beginning_proof(lambda level, index: whole(level, index)[: 32 * (WIDTH // 256)], shorter, 300)
    with pytest.raises(ValueError, match="no beginning"):
        beginning_proof(whole, 300, 300)


def test_a_log_answers_for_what_it_signed_by_each_of_its_keys() -> None:
    later = Ed25519PrivateKey.from_private_bytes(b"q" * 32)
    keys = [VKEY, vkey_of(ORIGIN, later)]
    notes = note(checkpoint(history(5))), sign_checkpoint(checkpoint(history(5, parts_at=1)), later)
    check_fork(keys, *notes, [])
    elsewhere = sign_checkpoint(replace(checkpoint(history(5, parts_at=1)), origin="elsewhere.example"), KEY)
    with pytest.raises(Broken, match="no signature by a known key"):
        check_fork(keys, notes[0], elsewhere, [])
