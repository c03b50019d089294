"""The wrapping key: it wraps the keys of all sealed fields, and a purge is complete when it is replaced.

A purge destroys a fact's wrapped key in the database. Older copies of the database still hold it, so it is only
gone when nothing can unwrap it any more: the surviving keys are wrapped anew under a key of the next *epoch*, and
the old key is destroyed. That is why the wrapping key is never in the database or in its backup.

It lives in ``master.key``, mode 0600, or, where a key store hands it out, in the environment variable
``TEARLINE_MASTER_KEY``; in one form, one line: ``tearline-master-key-2``, the epoch, and 32 bytes in base64.

A replacement goes through these states, and each survives a kill at any moment. Which key is in use follows from
the epoch in the ledger's head, never from the files:

1. ``master.key`` of epoch n; the head says n.
2. ``master.next.key`` of epoch n + 1 stands beside it, synced; the head says n.
3. The ledger is rewrapped in one transaction; the head says n + 1.
4. ``master.next.key`` is renamed over ``master.key``: one step that destroys the old and completes the new.

Destroyed means unlinked and the folder synced. We do not overwrite: journals, copy-on-write and wear levelling keep
the old blocks whatever is written over them. Whoever must exclude a forensic reading of the disk keeps the key in a
key store, or the folder on a volume whose own key can be destroyed.

A key from the environment is its store's to make and to destroy: ``TEARLINE_MASTER_KEY_NEXT`` names the one that is
to replace it. Both variables leave the process's environment when they are read, so that no child inherits them; the
kernel still shows them to the same user and to root, in ``/proc/PID/environ``.
"""

import os
from base64 import b64encode
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.errors import Malformed
from tearline.ledger import keyfile, strict

FILE, NEXT = "master.key", "master.next.key"
_UNFINISHED = "master.next.key.new"
PATIENCE = 30.0
"""Seconds to wait for another process that replaces the key."""
VARIABLE, VARIABLE_NEXT = "TEARLINE_MASTER_KEY", "TEARLINE_MASTER_KEY_NEXT"
KEY = 32
_FORM = "tearline-master-key-2"
_EXPECTED = f"one line: {_FORM}, the epoch from 1, and {KEY} bytes in base64"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappingKey:
    """One key of one epoch. Epochs count from 1 and never go back."""

    epoch: int
    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.epoch < 1 or len(self.key) != KEY:
            raise ValueError(f"a wrapping key has an epoch from 1 and {KEY} bytes")

    @classmethod
    def new(cls, epoch: int = 1) -> "WrappingKey":
        """A fresh key that is on no disk yet."""
        return cls(epoch=epoch, key=os.urandom(KEY))

    @property
    def cipher(self) -> AESGCM:
        """What wraps and unwraps the keys of single facts."""
        return AESGCM(self.key)

    def line(self) -> str:
        """The key in its one written form, with the line's end."""
        return f"{_FORM} {self.epoch} {b64encode(self.key).decode('ascii')}\n"

    @classmethod
    def parse(cls, line: str, file: str) -> "WrappingKey":
        """What ``line`` wrote, with or without the line's end. Malformed for anything else."""
        match line.removesuffix("\n").split(" "):
            case [form, epoch, key] if form == _FORM:
                try:
                    return cls(epoch=strict.decimal(epoch), key=strict.base64_standard(key, KEY))
                except ValueError:
                    pass
        raise Malformed(file, "top", _EXPECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrappingKeys:
    """What a node has to wrap with: its key, and while one is being replaced the next one too.

    ``outside``: the environment handed them out, so they are not ours to make or to destroy.
    """

    folder: Path
    current: WrappingKey
    next: WrappingKey | None = None
    outside: bool = False

    @classmethod
    def make(
        cls, folder: Path, environment: MutableMapping[str, str] | None = None, *, epoch: int = 1
    ) -> "WrappingKeys":
        """The first key of a new node: the environment's, or one that is made and kept in ``folder``, synced."""
        given = _given(_environment(environment), VARIABLE)
        if given is not None:
            return cls(folder=folder, current=given, outside=True)
        key = WrappingKey.new(epoch)
        keyfile.write(folder / FILE, key.line().encode())
        keyfile.sync(folder)
        return cls(folder=folder, current=key)

    @classmethod
    def read(cls, folder: Path, environment: MutableMapping[str, str] | None = None) -> "WrappingKeys":
        """The keys in the folder, or in the environment, which then no longer holds them.

        Malformed when there is none, one is readable by others or not in its form, or both places hold
        different ones.
        """
        held = _environment(environment)
        given, following = _given(held, VARIABLE), _given(held, VARIABLE_NEXT)
        stored = _stored(folder / FILE) if given is None or (folder / FILE).exists() else None
        if given is None:
            if following is not None:
                raise Malformed(VARIABLE_NEXT, "top", f"no next key without {VARIABLE}")
            assert stored is not None  # noqa: S101  it was read, or that was Malformed
            path = folder / NEXT
            return _fitting(cls(folder=folder, current=stored, next=_stored(path) if path.exists() else None))
        if stored is not None and stored != given:
            raise Malformed(VARIABLE, "top", f"the same key as in {folder / FILE}, or no such file")
        return _fitting(cls(folder=folder, current=given, next=following, outside=True))

    def of(self, epoch: int) -> WrappingKey:
        """The key of this epoch, which the ledger's head names. Malformed when there is none.

        Another process may have replaced the key since these were read, so the folder is looked at again.
        """
        found = self._held(epoch)
        if found is None and not self.outside:
            found = WrappingKeys.read(self.folder, {})._held(epoch)
        if found is None:
            place = VARIABLE if self.outside else str(self.folder / FILE)
            raise Malformed(place, "epoch", f"the wrapping key of epoch {epoch}, found {self.current.epoch}")
        return found

    def _held(self, epoch: int) -> WrappingKey | None:
        return next((k for k in (self.current, self.next) if k is not None and k.epoch == epoch), None)

    @property
    def can_follow(self) -> bool:
        """Whether there is a next key, or we can make one."""
        return self.next is not None or not self.outside

    def now(self) -> "WrappingKeys":
        """As they are kept at this moment; what a key store handed out is as it was."""
        return self if self.outside else WrappingKeys.read(self.folder, {})

    def with_next(self) -> "WrappingKeys":
        """The same with a next key beside it: made and synced, or the one that was made before.

        To be called ``alone``. Even so it never takes the place of a next key that stands there: the ledger may
        be wrapped under that one already.
        """
        if self.next is not None:
            return self
        if self.outside:
            raise Malformed(
                VARIABLE_NEXT, "top", f"the key of epoch {self.current.epoch + 1} from the key store"
            )
        key = WrappingKey.new(self.current.epoch + 1)
        unfinished = self.folder / _UNFINISHED
        unfinished.unlink(missing_ok=True)  # left by a kill while it was written; nothing was wrapped with it
        keyfile.write(unfinished, key.line().encode())
        try:
            (self.folder / NEXT).hardlink_to(unfinished)
        except FileExistsError:
            return WrappingKeys.read(self.folder, {})
        finally:
            unfinished.unlink()
            keyfile.sync(self.folder)
        return WrappingKeys(folder=self.folder, current=self.current, next=key)

    def without_older(self, epoch: int) -> "WrappingKeys":
        """Destroy what is older than the epoch in the ledger's head, and complete the key of that epoch.

        Done twice it is done once. What a key store holds stays: see ``holds_older``.
        """
        key = self.of(epoch)
        if not self.holds_older(epoch):
            return self
        if self.outside:
            if (self.folder / FILE).exists():  # the same key was kept in both places
                (self.folder / FILE).unlink()
                keyfile.sync(self.folder)
            return self
        (self.folder / _UNFINISHED).unlink(missing_ok=True)
        (self.folder / NEXT).replace(self.folder / FILE)
        keyfile.sync(self.folder)
        return WrappingKeys(folder=self.folder, current=key)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other process replaces this node's key meanwhile. TimeoutError when one does for 30 seconds."""
        with keyfile.locked(self.folder, PATIENCE):
            yield

    def holds_older(self, epoch: int) -> bool:
        """Whether a key older than this epoch is still within this node's reach."""
        return self.current.epoch < epoch


def _environment(given: MutableMapping[str, str] | None) -> MutableMapping[str, str]:
    return os.environ if given is None else given


def _given(environment: MutableMapping[str, str], variable: str) -> WrappingKey | None:
    line = environment.pop(variable, None)
    return None if line is None else WrappingKey.parse(line, variable)


def _stored(path: Path) -> WrappingKey:
    return WrappingKey.parse(keyfile.read(path).decode("ascii", errors="replace"), str(path))


def _fitting(keys: WrappingKeys) -> WrappingKeys:
    """Malformed unless a next key follows the current one and is another."""
    if keys.next is not None and (
        keys.next.epoch != keys.current.epoch + 1 or keys.next.key == keys.current.key
    ):
        place = VARIABLE_NEXT if keys.outside else str(keys.folder / NEXT)
        raise Malformed(place, "epoch", f"another key, of epoch {keys.current.epoch + 1}")
    return keys
