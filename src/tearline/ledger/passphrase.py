"""A small secret under a passphrase, as one age file that any age opens (c2sp.org/age, scrypt recipient).

Written here, because the library sets the cost by how fast this machine is: what a fast machine made, a slow one
with little memory could not open, and a backup is opened on another machine than it was made on. ``WORK`` costs 128
MiB and about half a second anywhere (OWASP's floor for scrypt). The library reads what is written here.
"""

import hashlib
import os
from base64 import b64encode

import pyrage
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tearline.facts.errors import Malformed

WORK = 17
"""The base-2 logarithm of scrypt's N; r is 8 and p is 1."""
LARGEST = 65_536
"""One chunk of the format. Larger contents stream; see ``archive``."""
SHORTEST_PASSPHRASE = 12
_INTRO = b"age-encryption.org/v1\n"
_SALTED = b"age-encryption.org/v1/scrypt"
_ONE_OF = "the passphrase under which it was made, and a file that was not damaged"


def check_passphrase(passphrase: str, place: str) -> str:
    """A passphrase fit to guard something. Malformed, without a word of it, when it is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE or not passphrase.isprintable():
        raise Malformed(
            place, "passphrase", f"one line of at least {SHORTEST_PASSPHRASE} printable characters"
        )
    return passphrase


def lock(content: bytes, passphrase: str) -> bytes:
    """At most 64 KiB as an age file under a passphrase."""
    if len(content) > LARGEST:
        raise ValueError(f"at most {LARGEST} bytes")
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    wrapping = hashlib.scrypt(
        passphrase.encode("utf-8"),
        salt=_SALTED + salt,
        n=1 << WORK,
        r=8,
        p=1,
        maxmem=1 << (WORK + 11),
        dklen=32,
    )
    # Each key encrypts one thing, so that the nonces may be constant (zero, and chunk 0 that is the last).
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = _INTRO + b"-> scrypt %s %d\n%s\n---" % (_base64(salt), WORK, _base64(body))
    mac = hmac.HMAC(_derived(file_key, b"", b"header"), hashes.SHA256())
    mac.update(header)
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")).encrypt(
        bytes(11) + b"\x01", content, None
    )
    return header + b" " + _base64(mac.finalize()) + b"\n" + nonce + payload


def unlock(locked: bytes, passphrase: str, file: str) -> bytes:
    """What ``lock`` was given. Malformed for a wrong passphrase or any other bytes."""
    try:
        return bytes(pyrage.passphrase.decrypt(locked, passphrase))
    except pyrage.DecryptError:
        raise Malformed(file, "top", _ONE_OF) from None


def _derived(key: bytes, salt: bytes, what: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=what).derive(key)


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")
