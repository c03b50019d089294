"""Replacing a key of the node on disk, so that a kill at any moment leaves keys that fit the ledger.

Which key is in use follows from the ledger, never from the files: the fact that introduces the new key, and for a
log key the checkpoint it signs, are recorded in one transaction.

1. ``fact.key`` (or ``log.key``) is in use.
2. ``fact.next.key`` stands beside it, synced; nothing says so.
3. The ledger introduces the new key, and from then on opens with it alone.
4. ``fact.next.key`` is renamed over ``fact.key``: one step that destroys the old and completes the new. For a log
   key ``log.vkey`` is replaced just before.

A start that finds a ``next`` key opens the ledger with each: with the new one it goes on to step 4, with the old one
it drops the new one, which never signed anything. Only one process does so at a time; the others wait.

Destroyed means unlinked and the folder synced, as for the wrapping key.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Broken, Malformed
from tearline.facts.identifiers import KeyId
from tearline.facts.keys import KeyAlgorithm, KeyPurpose, NodeKeyIntroduced, thumbprint_of
from tearline.ledger import keyfile, strict
from tearline.ledger.handover import hand_over
from tearline.ledger.keys import FACT, FACT_NEXT, LOG, LOG_NEXT, VKEY, NodeKeys
from tearline.ledger.sdjwt import thumbprint

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds."""

FILES = {KeyPurpose.LOG: (LOG, LOG_NEXT), KeyPurpose.FACT: (FACT, FACT_NEXT)}
_UNFINISHED = ".new"


def introduction(keys: NodeKeys, purpose: KeyPurpose, after: NodeKeys | None = None) -> NodeKeyIntroduced:
    """The fact that puts a key of the node on record, in place of that of ``after`` if there was one."""
    public = strict.to_base64url(_of(keys, purpose).public_key().public_bytes_raw())
    return NodeKeyIntroduced(
        purpose=purpose,
        algorithm=KeyAlgorithm.ED25519,
        key=thumbprint_of(public),
        public_key=public,
        replaces=KeyId(thumbprint(_of(after, purpose).public_key())) if after else None,
        hand_over=hand_over(keys.origin, after.log, keys.log)
        if after and purpose is KeyPurpose.LOG
        else None,
    )


def _of(keys: NodeKeys, purpose: KeyPurpose) -> Ed25519PrivateKey:
    return keys.log if purpose is KeyPurpose.LOG else keys.fact


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """No other process reads or replaces the keys in ``folder`` meanwhile. TimeoutError when one does for long."""
    # The lock of the folder itself is the wrapping key's, which may be taken while we hold this one.
    with keyfile.locked(folder.resolve().parent, PATIENCE):
        yield


def begin(folder: Path, keys: NodeKeys, purpose: KeyPurpose) -> NodeKeys:
    """Step 2: a fresh key beside the one in use, on the disk when it returns; and the keys as they will be.

    Malformed when another replacement is unfinished. To be called, like all that follows, by who is ``alone``.
    """
    for _, other in FILES.values():
        if (folder / other).exists():
            raise Malformed(
                str(folder / other), "top", "no unfinished replacement of a key; open the node first"
            )
    new = Ed25519PrivateKey.generate()
    path = folder / FILES[purpose][1]
    beside = path.with_name(path.name + _UNFINISHED)
    beside.unlink(missing_ok=True)
    keyfile.write(beside, keyfile.pem(new))
    # A `next` key is whole or not there: what cannot be read was never introduced.
    beside.rename(path)
    keyfile.sync(folder)
    return with_key(keys, purpose, new)


def with_key(keys: NodeKeys, purpose: KeyPurpose, new: Ed25519PrivateKey) -> NodeKeys:
    """These keys with another one of this purpose."""
    return replace(keys, log=new) if purpose is KeyPurpose.LOG else replace(keys, fact=new)


def open_with(folder: Path, opens: Callable[[NodeKeys], T]) -> T:
    """What ``opens`` makes of the keys that fit the ledger; a replacement that was cut off is completed or dropped.

    ``opens`` raises Broken when the ledger does not open with the keys it is given.
    """
    keys = NodeKeys.load(folder)
    for purpose, (_, name) in FILES.items():
        if (folder / name).exists():
            new = with_key(keys, purpose, keyfile.private(folder / name))
            try:
                opened = opens(new)
            except Broken:
                opened = opens(keys)
                drop(folder, purpose)
            else:
                complete(folder, purpose, new)
            return opened
    return opens(keys)


def complete(folder: Path, purpose: KeyPurpose, keys: NodeKeys) -> None:
    """Step 4, as often as it takes."""
    name, new = FILES[purpose]
    if purpose is KeyPurpose.LOG:
        beside = folder / (VKEY + _UNFINISHED)
        beside.unlink(missing_ok=True)
        keyfile.write(beside, f"{keys.vkey}\n".encode())
        beside.rename(folder / VKEY)
        keyfile.sync(folder)
    (folder / new).rename(folder / name)
    keyfile.sync(folder)


def drop(folder: Path, purpose: KeyPurpose) -> None:
    """Back to step 1: the new key was not introduced, and never will be."""
    (folder / FILES[purpose][1]).unlink(missing_ok=True)
    keyfile.sync(folder)
