"""The leaf: all that witnesses, partners and the public ever see of a fact.

33 bytes: the version 1, then SHA-256 of a blinding of 16 random bytes and the fact's exact bytes. Without
the blinding it shows neither who nor what, not even to someone who guesses the fact.
"""

import hashlib

VERSION = b"\x01"
BLINDING = 16
LEAF = 33


def leaf_of(blinding: bytes, fact: bytes) -> bytes:
    """The leaf entry that commits to a fact's exact bytes."""
    if len(blinding) != BLINDING:
        raise ValueError(f"a blinding has {BLINDING} bytes")
    return VERSION + hashlib.sha256(blinding + fact).digest()
