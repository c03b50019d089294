"""Sealed fields at rest: one random key per fact, one ciphertext per compartment.

AES-256-GCM (NIST SP 800-38D) throughout. The fact's key is wrapped by the node's master key. Each
ciphertext is bound to its fact's leaf and to its compartment, and the wrapped key to the leaf and to the
list of compartments, so no part can be moved, swapped or quietly left out. Whoever destroys the wrapped
key has destroyed the fields, in this file and in every copy of it.
"""

import os
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.errors import Broken

KEY = 32
NONCE = 12


def seal(master: AESGCM, leaf: bytes, parts: Mapping[str, bytes]) -> tuple[bytes, dict[str, bytes]]:
    """Encrypt each compartment's bytes under one new key; the wrapped key, and the ciphertexts."""
    random = os.urandom(KEY + NONCE * (1 + len(parts)))
    key, nonces = random[:KEY], random[KEY:]
    cipher = AESGCM(key)
    sealed: dict[str, bytes] = {}
    for n, (compartment, plain) in enumerate(parts.items(), 1):
        nonce = nonces[NONCE * n : NONCE * (n + 1)]
        sealed[compartment] = nonce + cipher.encrypt(nonce, plain, _part(leaf, compartment))
    return nonces[:NONCE] + master.encrypt(nonces[:NONCE], key, _whole(leaf, parts)), sealed


def unwrap(master: AESGCM, leaf: bytes, compartments: Iterable[str], wrapped: bytes) -> AESGCM:
    """The fact's key. Broken when it was not wrapped for this leaf with just these compartments."""
    try:
        return AESGCM(master.decrypt(wrapped[:NONCE], wrapped[NONCE:], _whole(leaf, compartments)))
    except (InvalidTag, ValueError):
        raise Broken("the key of a fact's sealed fields does not open") from None


def rewrap(old: AESGCM, new: AESGCM, leaf: bytes, compartments: Iterable[str], wrapped: bytes) -> bytes:
    """The fact's key under another wrapping key. Broken as ``unwrap`` is."""
    bound = _whole(leaf, compartments)
    try:
        key = old.decrypt(wrapped[:NONCE], wrapped[NONCE:], bound)
    except (InvalidTag, ValueError):
        raise Broken("the key of a fact's sealed fields does not open") from None
    nonce = os.urandom(NONCE)
    return nonce + new.encrypt(nonce, key, bound)


def unseal(key: AESGCM, leaf: bytes, compartment: str, sealed: bytes) -> bytes:
    """One compartment's bytes. Broken when they were not sealed for this leaf and compartment."""
    try:
        return key.decrypt(sealed[:NONCE], sealed[NONCE:], _part(leaf, compartment))
    except (InvalidTag, ValueError):
        raise Broken(f"the sealed fields of compartment {compartment} do not open") from None


def _part(leaf: bytes, compartment: str) -> bytes:
    return b"tearline/compartment/1\n" + leaf + compartment.encode()


def _whole(leaf: bytes, compartments: Iterable[str]) -> bytes:
    return b"tearline/key/1\n" + leaf + "\n".join(sorted(compartments)).encode()


def pack(sealed: Mapping[str, bytes]) -> bytes:
    """The compartments' ciphertexts in one piece: for each its name's length, name, length in 4 bytes, bytes."""
    pieces: list[bytes] = []
    for compartment, ciphertext in sealed.items():
        name = compartment.encode()
        pieces += [bytes([len(name)]), name, len(ciphertext).to_bytes(4, "big"), ciphertext]
    return b"".join(pieces)


def unpack(content: bytes) -> dict[str, bytes]:
    """The compartments' ciphertexts again. Broken unless it is just what ``pack`` writes."""
    sealed: dict[str, bytes] = {}
    at, end = 0, len(content)
    try:
        while at < end:
            middle = at + 1 + content[at]
            name, start = content[at + 1 : middle].decode(), middle + 4
            at = start + int.from_bytes(content[middle:start], "big")
            sealed[name] = content[start:at]
    except UnicodeDecodeError:
        at = -1
    if at != end or pack(sealed) != content:
        raise Broken("sealed fields that are not stored as they were packed")
    return sealed
