"""A witness: it cosigns a log's checkpoint only if that continues the last one it cosigned. c2sp.org/tlog-witness.

What is promised: of one log, no two roots of one size and no smaller tree after a larger one are ever cosigned,
whatever is submitted, in whatever order, by however many processes on one state, and across a kill at any
moment; and the time of a cosignature is never before that of an earlier one. What was cosigned is on the disk
(``witnessed``) before the answer leaves.

What is not promised: who runs a witness can make it lie, so a log needs several, run by others. And a witness
whose state was lost or restored from a backup has forgotten what it signed: give it a new name and key.

How it fails: after ``Broken`` (the disk, or a state that does not verify) it answers nothing more, because an
fsync that failed once cannot be trusted when it succeeds. ``TimeoutError`` when another process holds the state.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.config import sync_folder
from tearline.facts.errors import Broken, Malformed
from tearline.ledger import keyfile
from tearline.ledger.add_checkpoint import AddCheckpoint
from tearline.ledger.forks import fits
from tearline.ledger.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    Note,
    Signature,
    Vkey,
    check_name,
    cosign,
    vkey_of,
)
from tearline.ledger.tree import EMPTY_ROOT, verify_consistency
from tearline.ledger.witnessed import Witnessed

Clock = Callable[[], datetime]

KEY, VKEY, STATE = "witness.key", "witness.vkey", "witness.db"


class Answer(Enum):
    """What a witness says to a submission, by its HTTP status."""

    COSIGNED = 200
    MALFORMED = 400
    NOT_SIGNED = 403
    UNKNOWN = 404
    STALE = 409
    INCONSISTENT = 422


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer and its body: signature lines, the size to prove from, or one line that says what is wrong."""

    answer: Answer
    body: str


class Witness:
    """One witness: its name, its key, the logs it trusts and what it last cosigned of each."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Open what ``make`` made. Malformed when a file is missing, readable by others, or does not fit."""
        text = keyfile.read(folder / VKEY).decode("utf-8", errors="replace")
        self.vkey = Vkey.parse(text.removesuffix("\n"), str(folder / VKEY))
        self._key = keyfile.private(folder / KEY)
        if vkey_of(self.vkey.name, self._key, COSIGNATURE) != self.vkey:
            raise Malformed(str(folder / KEY), "top", f"the private key that belongs to {VKEY}")
        self._clock = clock
        self._state = Witnessed(folder / STATE, self.vkey)

    @classmethod
    def make(cls, folder: Path, name: str, clock: Clock) -> "Witness":
        """A new witness, with a key of its own. Malformed when the folder already holds anything."""
        check_name(name, "--name", name)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise Malformed(str(folder), "top", "an empty folder: a witness is made once and never replaced")
        folder.chmod(0o700)
        key = Ed25519PrivateKey.generate()
        vkey = vkey_of(name, key, COSIGNATURE)
        Witnessed.make(folder / STATE, vkey)
        keyfile.write(folder / KEY, keyfile.pem(key))
        keyfile.write(folder / VKEY, f"{vkey}\n".encode())
        sync_folder(folder)
        sync_folder(folder.parent)
        return cls(folder, clock)

    def close(self) -> None:
        """Give back the state's files."""
        self._state.close()

    def trust(self, log: Vkey) -> None:
        """Witness the log of this name from now on, if this key signed its checkpoint. On the disk when it returns.

        A log that changes its key is trusted under both until the old one is distrusted.
        """
        if log.type != ED25519 or log.name == self.vkey.name or log.public == self.vkey.public:
            raise Malformed("VKEY", "key", "a log's key (signature type 1), and not this witness's own")
        self._state.trust(log)

    def distrust(self, log: Vkey) -> None:
        """Cosign nothing more that only this key signed. What was cosigned of the log stays known."""
        self._state.distrust(log)

    def trusted(self) -> tuple[Vkey, ...]:
        """The keys of the logs that are witnessed."""
        return self._state.trusted()

    def add_checkpoint(self, body: bytes) -> Reply:
        """Answer a submission. Whatever the answer, nothing in ``body`` is believed that was not verified."""
        try:
            request = AddCheckpoint.parse(body)
        except Malformed as malformed:
            return Reply(Answer.MALFORMED, f"{malformed}\n")
        new = request.checkpoint
        logs = self._state.keys_of(new.origin)
        if not logs:
            return Reply(Answer.UNKNOWN, "this witness does not know that log\n")
        try:
            signed = request.note.signed_by(logs)
        except Broken as broken:
            return Reply(Answer.NOT_SIGNED, f"{broken}\n")
        if not signed:
            return Reply(Answer.NOT_SIGNED, f"no signature by a key of {new.origin} that is trusted here\n")
        if request.old > new.size:
            return Reply(Answer.MALFORMED, "the old size is larger than the checkpoint's\n")
        return self._cosign(request, new, tuple(line for lines in signed.values() for line in lines))

    def _cosign(self, request: AddCheckpoint, new: Checkpoint, signed: tuple[Signature, ...]) -> Reply:
        """Compare with what was cosigned last and put the new one in its place, in one transaction."""
        with self._state.replacing(new.origin) as held:
            last = held.checkpoint or Checkpoint(new.origin, 0, EMPTY_ROOT)
            if request.old != last.size:
                return Reply(Answer.STALE, f"{last.size}\n")
            try:
                verify_consistency(last.size, last.root, new.size, new.root, request.proof)
            except Broken as broken:
                if _is_fork(last, new, request.proof):
                    held.keep_fork(str(replace(request, note=Note(request.note.text, signed))))
                return Reply(Answer.INCONSISTENT, f"{broken}\n")
            at = max(int(self._clock().timestamp()), held.latest)
            line = cosign(request.note.text, self.vkey.name, self._key, at)
            # Only lines that were verified are kept: others' lines, our own name on them included, prove nothing.
            held.replace(str(Note(request.note.text, signed)) + line, at)
        return Reply(Answer.COSIGNED, line)

    def forks(self) -> tuple[tuple[str, str], ...]:
        """Evidence that a log signed two histories: the note that was cosigned, and the submission against it.

        The second holds hashes from which the root of its own beginning follows (``forks.fits``). Together they
        show the log's guilt to anyone who has its key; at most a few are kept of each log.
        """
        return self._state.forks()

    def latest(self, origin_hash: str) -> str | None:
        """The last checkpoint cosigned of the log whose origin has this SHA-256, in hex; a note for monitors."""
        return self._state.note(origin_hash)


def _is_fork(last: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Whether what was sent shows that the log signed two histories, and not only that someone sent a bad proof."""
    try:
        return not fits(last, new, proof)
    except Broken:
        return False
