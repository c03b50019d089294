"""k of n witnesses, and the required ones: nobody counts twice, and nobody else counts at all."""

from dataclasses import replace
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import COSIGNATURE, Checkpoint, Vkey, cosign, sign_checkpoint, vkey_of
from tearline.ledger.policy import Policy, is_covered
from tests.ledger.damage import flip

ORIGIN = "tearline.example/desk"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
LOG = vkey_of(ORIGIN, LOG_KEY)
KEYS = {f"w{n}.example": Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in range(2, 6)}
WITNESSES = tuple(vkey_of(name, key, COSIGNATURE) for name, key in KEYS.items())
OVERSEER = WITNESSES[0]
CHECKPOINT = Checkpoint(ORIGIN, 10, bytes(32))
POLICY = Policy(log=LOG, witnesses=WITNESSES, quorum=2, required=frozenset([OVERSEER.name]))


def note(*signers: Vkey) -> str:
    lines = (cosign(CHECKPOINT.text(), w.name, KEYS[w.name], 1_700_000_000) for w in signers)
    return sign_checkpoint(CHECKPOINT, LOG_KEY) + "".join(lines)


@given(st.integers(0, 4), st.sets(st.sampled_from(WITNESSES)), st.sets(st.sampled_from(WITNESSES)))
def test_a_policy_holds_when_enough_signed_and_all_required_ones(
    quorum: int, required: set[Vkey], signers: set[Vkey]
) -> None:
    policy = Policy(log=LOG, witnesses=WITNESSES, quorum=quorum, required=frozenset(w.name for w in required))
    assert policy.holds(signers) == (len(signers) >= quorum and required <= signers)
    assert set(policy.absent(signers)) == {w.name for w in required - signers}


def test_two_histories_need_two_quorums() -> None:
    """With more than half of the witnesses asked for, two checkpoints share a witness."""
    policy = Policy(log=LOG, witnesses=WITNESSES, quorum=3)
    quorums = [set(c) for n in range(5) for c in combinations(WITNESSES, n) if policy.holds(c)]
    assert all(a & b for a in quorums for b in quorums)


def test_strangers_count_for_nothing() -> None:
    strangers = {vkey_of(w.name, Ed25519PrivateKey.generate(), COSIGNATURE) for w in WITNESSES}
    assert not POLICY.holds(strangers)
    assert not POLICY.holds({OVERSEER, *strangers})


def test_an_entry_is_covered_only_under_a_checkpoint_that_its_witnesses_cosigned() -> None:
    full = note(OVERSEER, WITNESSES[2])
    assert is_covered(0, full, POLICY)
    assert is_covered(9, full, POLICY)
    assert not is_covered(10, full, POLICY)
    assert not is_covered(-1, full, POLICY)
    assert not is_covered(0, None, POLICY)
    assert not is_covered(0, note(OVERSEER), POLICY)
    assert not is_covered(0, note(*WITNESSES[1:]), POLICY)
    assert not is_covered(0, note(), POLICY)


def test_where_no_witness_is_asked_for_nothing_is_covered() -> None:
    """Recording needs no witness; what is to wait for one must not pass because none was named."""
    nobody = Policy(log=LOG, witnesses=WITNESSES, quorum=0)
    assert nobody.holds(set())
    assert not is_covered(0, note(*WITNESSES), nobody)


def test_what_was_covered_stays_covered_when_the_log_changes_its_key() -> None:
    new = vkey_of(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"7" * 32))
    old = note(OVERSEER, WITNESSES[2])
    with pytest.raises(Broken, match="no signature"):
        is_covered(0, old, replace(POLICY, log=new))
    assert is_covered(0, old, replace(POLICY, log=new, former=(LOG,)))
    for wrong in ((new,), (OVERSEER,), (vkey_of("other.example", LOG_KEY),)):
        with pytest.raises(Malformed, match="policy"):
            replace(POLICY, log=new, former=wrong)


def test_no_bit_of_a_covering_note_can_be_turned() -> None:
    full = note(OVERSEER, WITNESSES[1]).encode()
    for bit in range(8 * len(full)):
        try:
            covered = is_covered(0, flip(full, bit).decode("utf-8", errors="replace"), POLICY)
        except (Broken, Malformed):
            continue
        assert not covered


@pytest.mark.parametrize(
    ("witnesses", "quorum", "required", "place"),
    [
        (WITNESSES, 5, [], "quorum"),
        (WITNESSES, -1, [], "quorum"),
        (WITNESSES, 1, ["nobody.example"], "required"),
        ((*WITNESSES, WITNESSES[0]), 1, [], "witnesses"),
        ((vkey_of("a", KEYS["w2.example"], COSIGNATURE), WITNESSES[0]), 2, [], "witnesses"),
        ((vkey_of("w2.example", KEYS["w3.example"], COSIGNATURE), WITNESSES[0]), 2, [], "witnesses"),
        ((vkey_of("a", KEYS["w2.example"]),), 1, [], "witnesses"),
        ((vkey_of("a", LOG_KEY, COSIGNATURE),), 1, [], "witnesses"),
    ],
    ids=["too-many", "negative", "unlisted", "twice", "one-key", "one-name", "no-witness", "the-log"],
)
def test_a_policy_that_could_not_mean_what_it_says_is_malformed(
    witnesses: tuple[Vkey, ...], quorum: int, required: list[str], place: str
) -> None:
    with pytest.raises(Malformed, match=f"policy: {place}"):
        Policy(log=LOG, witnesses=witnesses, quorum=quorum, required=frozenset(required))
