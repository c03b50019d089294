"""The hand-over of a log from one key to the next: a C2SP note that the old key signed, and the new one too.

::

    tearline/hand-over/1
    <origin>
    <verifier key of the old log key>
    <verifier key of the new log key>

    — <origin> <signature by the old key>
    — <origin> <signature by the new key>

Whoever trusts the old key thereby trusts the new one, and the new key's own line shows that the log holds it.
The text can never be read as a checkpoint: its third line is no root hash. It stands in the fact that introduces
the new key; ``tearline keys list --json`` prints it for whoever verifies the log.
"""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.note import ED25519, Note, Vkey, sign, signature_line, vkey_of

FIRST_LINE = "tearline/hand-over/1"


def hand_over(origin: str, old: Ed25519PrivateKey, new: Ed25519PrivateKey) -> str:
    """The signed hand-over. ValueError when both are one key, or verifiers could not tell them apart."""
    before, after = vkey_of(origin, old), vkey_of(origin, new)
    if before.key_id == after.key_id:
        raise ValueError("a log is handed over to another key, with another key id")
    text = f"{FIRST_LINE}\n{origin}\n{before}\n{after}\n"
    return sign(text, origin, old) + signature_line(text, origin, new)


def open_hand_over(note: str | bytes, old: Vkey, file: str = "hand-over") -> Vkey:
    """The key that the log of ``old`` was handed over to.

    Malformed when the bytes are no hand-over in its one form; Broken when it is of another key or log, or when
    either key did not sign it.
    """
    parsed = Note.parse(note, file)
    match parsed.text.split("\n"):
        case [first, origin, before, after, ""] if first == FIRST_LINE:
            new = Vkey.parse(after, file)
        case _:
            raise Malformed(file, "top", f"{FIRST_LINE}, the origin, the old key and the new, a line each")
    if (origin, before) != (old.name, str(old)) or new.name != old.name:
        raise Broken(f"{file}: hands over another log than {old}")
    if new.type != ED25519 or new.key_id == old.key_id:
        raise Malformed(file, "line 4", "another log key, signature type 1")
    if [(s.name, s.key_id) for s in parsed.signatures] != [(old.name, old.key_id), (new.name, new.key_id)]:
        raise Broken(f"{file}: is signed by the old key and then by the new one, and by no other")
    parsed.verify([old, new])
    return new
