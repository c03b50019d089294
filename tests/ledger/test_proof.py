"""A proof as text: what it shows, and that no bit of it can be turned."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.entry import leaf_of
from tearline.ledger.note import Checkpoint, sign_checkpoint, vkey_of
from tearline.ledger.proof import Proof
from tearline.ledger.tree import leaf_hash
from tests.ledger import plain
from tests.ledger.damage import flip, flips

KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
LOG = vkey_of("tearline.example/desk", KEY)
FACT = b"header.payload.signature"
BLINDING = bytes(range(16))
ENTRIES = [b"entry %d" % n for n in range(10)] + [leaf_of(BLINDING, FACT)]
PROOF = Proof(
    index=10,
    path=tuple(plain.path(10, ENTRIES)),
    checkpoint=sign_checkpoint(Checkpoint(LOG.name, 11, plain.root(ENTRIES)), KEY),
    extra=BLINDING + FACT,
)


def test_a_proof_shows_the_fact_that_it_carries() -> None:
    proof = Proof.parse(str(PROOF))
    assert proof == PROOF
    leaf, fact = proof.fact_carried()
    assert fact == FACT
    assert proof.verify(leaf, LOG).size == 11


def test_the_text_is_laid_out_as_the_format_says() -> None:
    lines = str(PROOF).split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra AAECAwQFBgcICQoLDA0OD2")
    assert lines[2] == "index 10"
    assert lines[3 + len(PROOF.path)] == ""
    assert "\n".join(lines[4 + len(PROOF.path) :]) == PROOF.checkpoint


def test_no_bit_of_a_proof_can_be_turned() -> None:
    def verify(text: str) -> None:
        proof = Proof.parse(text)
        proof.verify(proof.fact_carried()[0], LOG)

    verify(str(PROOF))
    for damaged in flips(str(PROOF).encode()):
        with pytest.raises((Malformed, Broken)):
            verify(damaged.decode("utf-8", errors="replace"))


def test_a_proof_is_for_one_entry() -> None:
    for bit in range(8 * 33):
        with pytest.raises(Broken):
            PROOF.verify(flip(ENTRIES[10], bit), LOG)
    with pytest.raises(Broken):
        PROOF.verify(ENTRIES[9], LOG)


def test_a_proof_under_another_logs_checkpoint_is_broken() -> None:
    with pytest.raises(Broken):
        PROOF.verify(ENTRIES[10], vkey_of("tearline.example/other", KEY))


def test_a_proof_without_a_fact_says_so() -> None:
    bare = Proof.parse(str(Proof(index=0, path=(), checkpoint=PROOF.checkpoint)))
    with pytest.raises(Malformed, match="extra"):
        bare.fact_carried()


@pytest.mark.parametrize(
    "damage",
    [
        lambda p: p.replace("@v1", "@v2"),
        lambda p: p.replace("index 10", "index 010"),
        lambda p: p.replace("index 10", "index  10"),
        lambda p: p.replace("index 10", "index +10"),
        lambda p: p.replace("index 10\n", ""),
        lambda p: p.replace("extra ", "extra  "),
        lambda p: p.replace("extra ", "extra !"),
        lambda p: p.replace("\nextra", "\n\nextra"),
        lambda p: p.replace("index", "extra AAAA\nindex"),
        lambda p: p.split("\n\n")[0],
        lambda p: p.replace("\n\n", "\n" + ("A" * 43 + "=\n") * 63 + "\n", 1),
        lambda p: p.replace("\n", "\r\n"),
    ],
)
def test_another_form_of_proof_is_malformed(damage: Callable[[str], str]) -> None:
    with pytest.raises(Malformed):
        Proof.parse(damage(str(PROOF)))


def test_a_leaf_shows_nothing_and_commits_to_all() -> None:
    leaf = leaf_of(BLINDING, FACT)
    assert (len(leaf), leaf[0]) == (33, 1)
    others = {leaf_of(b, FACT) for b in flips(BLINDING)} | {leaf_of(BLINDING, f) for f in flips(FACT)}
    assert leaf not in others
    assert len(others) == 8 * (len(BLINDING) + len(FACT))
    assert leaf_hash(leaf) != leaf_hash(leaf[:-1])
    with pytest.raises(ValueError, match="16"):
        leaf_of(BLINDING[:-1], FACT)
