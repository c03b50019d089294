"""Asking a witness for its cosignature: the client side of c2sp.org/tlog-witness.

A witness is believed in one thing only: that it made the cosignature which verifies under its key. What else it
says (a size to prove from, a reason to refuse) steers how it is asked again and what is told to people. It is
http on this machine or https elsewhere; anything else is refused before it is called.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tearline.facts.errors import Broken, Malformed
from tearline.ledger.add_checkpoint import SIZE, AddCheckpoint, size_said
from tearline.ledger.note import Checkpoint, Note, Signature, Vkey, open_checkpoint
from tearline.ledger.witnessed import hash_of
from tearline.peers.addresses import Unreachable, checked_url
from tearline.peers.calls import Answered, call, new_client

LARGEST_ANSWER = 64 * 1024
TRIES = 3
"""One for a witness that stood elsewhere than we knew, one more for one that moved on meanwhile."""
SHOWN = 120

Prove = Callable[[int, int], Sequence[bytes]]
"""(old size, new size) to the consistency proof between the two, RFC 6962 section 2.1.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A witness's signature line over our checkpoint, verified, and its time in POSIX seconds."""

    witness: Vkey
    line: Signature
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A witness that did not cosign, and why. ``contradicts``: it says that it holds another history of our log."""

    witness: Vkey
    why: str
    contradicts: bool = False


class RemoteWitness:
    """One witness elsewhere, and how far it was when it last answered. Any number of threads may ask it."""

    def __init__(self, vkey: Vkey, url: str) -> None:
        """Malformed at once for an address that is neither https nor on this machine."""
        self.vkey = vkey
        self._url = checked_url(url)
        self._client = new_client()
        self._lock = threading.Lock()
        self._known = 0

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def cosign(self, note: str, prove: Prove, *, seconds: float) -> Cosignature | Silence:
        """Ask for a cosignature of this checkpoint. What ``prove`` raises is ours and passes through."""
        parsed = Note.parse(note)
        new = Checkpoint.parse(parsed.text)
        until = time.monotonic() + seconds
        for _ in range(TRIES):
            old = min(self._known, new.size)
            request = AddCheckpoint(old=old, proof=tuple(prove(old, new.size)), note=parsed)
            try:
                answered = self._call("POST", "add-checkpoint", str(request).encode("utf-8"), until)
                match answered.status:
                    case 200:
                        return self._believed(parsed, new, answered)
                    case 409 if answered.kind == SIZE:
                        size = size_said(answered.body, self._url)
                        self._knows(size)
                        if size > new.size:
                            return self._silent(
                                f"it has cosigned {size} entries of {new.origin}", contradicts=True
                            )
                        if size == old:
                            return self._silent(f"it asks for the size that it was given, {size}")
                    case 422:
                        return self._silent(_refusal(answered), contradicts=True)
                    case _:
                        return self._silent(_refusal(answered))
            except (Unreachable, Malformed) as failed:
                return self._silent(str(failed))
        return self._silent("it named another size each time")

    def held(self, log: Vkey, *, seconds: float) -> Checkpoint | None:
        """The last checkpoint of our log that the witness shows to monitors, if our log signed it; else None."""
        try:
            answered = self._call("GET", f"{hash_of(log.name)}/checkpoint", None, time.monotonic() + seconds)
            if answered.status == 200:
                return open_checkpoint(answered.body, log, self._url)
        except (Unreachable, Malformed, Broken):
            return None  # a witness's word against us proves nothing; only our own signature does
        return None

    def _call(self, method: str, path: str, content: bytes | None, until: float) -> Answered:
        url = f"{self._url}/{path}"
        return call(self._client, method, url, content=content, largest=LARGEST_ANSWER, until=until)

    def _believed(self, note: Note, new: Checkpoint, answered: Answered) -> Cosignature | Silence:
        """The one line that this witness's key signed; lines by others are ignored, as the format asks."""
        lines = Note.parse(f"{note.text}\n".encode() + answered.body, self._url)
        try:
            signed = lines.signed_by([self.vkey]).get(self.vkey, ())
        except Broken as broken:
            return self._silent(str(broken))
        if not signed or lines.text != note.text:
            return self._silent("it answered without a cosignature by its own key")
        self._knows(new.size)
        line = max(signed, key=lambda s: self.vkey.time_of(s.signature))
        return Cosignature(witness=self.vkey, line=line, at=self.vkey.time_of(line.signature))

    def _knows(self, size: int) -> None:
        with self._lock:
            self._known = size

    def _silent(self, why: str, *, contradicts: bool = False) -> Silence:
        return Silence(witness=self.vkey, why=why, contradicts=contradicts)


def _refusal(answered: Answered) -> str:
    """A status and the first words that came with it, fit to be shown in one line."""
    text = answered.body[:SHOWN].decode("utf-8", errors="replace").split("\n", 1)[0]
    said = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return f"it answered {answered.status} ({said})" if said else f"it answered {answered.status}"
