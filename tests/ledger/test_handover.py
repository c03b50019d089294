"""A log is handed over by its old key to one new key, which signs too; nothing else is a hand-over."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.handover import hand_over, open_hand_over
from tearline.ledger.note import (
    COSIGNATURE,
    Checkpoint,
    open_checkpoint,
    sign,
    sign_checkpoint,
    signature_line,
    vkey_of,
)
from tests.ledger.damage import flips

ORIGIN = "tearline.example/desk"
OLD, NEW, EVE = (Ed25519PrivateKey.from_private_bytes(n * 32) for n in (b"1", b"2", b"e"))
BEFORE, AFTER = vkey_of(ORIGIN, OLD), vkey_of(ORIGIN, NEW)
NOTE = hand_over(ORIGIN, OLD, NEW)


def text(origin: str = ORIGIN, old: object = BEFORE, new: object = AFTER) -> str:
    return f"tearline/hand-over/1\n{origin}\n{old}\n{new}\n"


def test_whoever_trusts_the_old_key_learns_the_new_one() -> None:
    assert open_hand_over(NOTE, BEFORE) == AFTER
    assert open_hand_over(NOTE.encode(), BEFORE) == AFTER


def test_one_bit_turned_anywhere_is_refused() -> None:
    for turned in flips(NOTE.encode()):
        with pytest.raises((Broken, Malformed)):
            open_hand_over(turned, BEFORE)


def test_a_hand_over_is_no_checkpoint_and_a_checkpoint_no_hand_over() -> None:
    with pytest.raises(Malformed):
        open_checkpoint(NOTE, BEFORE)
    with pytest.raises(Malformed):
        open_hand_over(sign_checkpoint(Checkpoint(ORIGIN, 3, bytes(32)), OLD), BEFORE)


@pytest.mark.parametrize(
    "note",
    [
        sign(text(), ORIGIN, OLD),
        sign(text(), ORIGIN, NEW) + signature_line(text(), ORIGIN, OLD),
        NOTE + signature_line(text(), ORIGIN, EVE),
        sign(text(), ORIGIN, EVE) + signature_line(text(), ORIGIN, NEW),
        sign(text(new=BEFORE), ORIGIN, OLD) + signature_line(text(new=BEFORE), ORIGIN, OLD),
        sign(text(old=vkey_of(ORIGIN, EVE)), ORIGIN, OLD),
        sign(text(origin="other"), ORIGIN, OLD),
        sign(text(new=vkey_of("other", NEW)), ORIGIN, OLD),
        sign(text(new=vkey_of(ORIGIN, NEW, COSIGNATURE)), ORIGIN, OLD),
        sign(text() + "more\n", ORIGIN, OLD),
        sign("nothing\n", ORIGIN, OLD),
    ],
)
def test_another_note_hands_nothing_over(note: str) -> None:
    with pytest.raises((Broken, Malformed)):
        open_hand_over(note, BEFORE)


def test_a_log_is_not_handed_over_to_itself_or_by_a_stranger() -> None:
    with pytest.raises(ValueError, match="another key"):
        hand_over(ORIGIN, OLD, OLD)
    with pytest.raises(Broken):
        open_hand_over(NOTE, vkey_of(ORIGIN, EVE))
    with pytest.raises(Broken):
        open_hand_over(NOTE, vkey_of("other", OLD))
