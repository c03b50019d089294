"""Publishing: the ledger's latest checkpoint goes to its witnesses and, cosigned, into the second store.

Recording never waits for this. A checkpoint counts as published once the policy holds for it (``ledger.policy``):
the second store then goes forward, and what may take effect only under a cosigned checkpoint asks for the one that
it holds. Where too few witnesses answer, the last one that held stays published, so that what was in effect stays
so, and the next attempt covers what this one did not.

What is promised: when ``publish`` returns within its time, every cosignature in its note was verified, and the note
is on the disk of the second store if the policy holds. How it fails: ``Broken`` when a witness shows another
history that our own log signed, so that the database was restored from an old copy or the key is used elsewhere.
A witness that is down, slow or refuses is no failure; it is named with what it said.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tearline.config import FILE, Settings
from tearline.facts.errors import Broken, Conflict
from tearline.ledger.note import Checkpoint, Note, Signature, Vkey, open_checkpoint
from tearline.ledger.policy import Policy
from tearline.ledger.published import Published
from tearline.ledger.tree import verify_consistency
from tearline.peers.witnesses import Cosignature, RemoteWitness, Silence

LOG = logging.getLogger("tearline.publication")

SECONDS = 10.0
"""How long all witnesses together may take."""
PERIOD = 1.0
LONGEST_WAIT = 60.0
TRIES = 5


class Log(Protocol):
    """What is published of a ledger."""

    @property
    def vkey(self) -> Vkey: ...

    def checkpoint(self) -> str: ...

    def consistency(self, old: int, new: int) -> Sequence[bytes]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One attempt: the checkpoint with every cosignature that stands for it, who was silent, and whether it holds.

    ``at``: who cosigned when, in POSIX seconds. ``absent``: the required witnesses that did not.
    """

    note: str
    checkpoint: Checkpoint
    at: Mapping[Vkey, int]
    silent: tuple[Silence, ...]
    absent: tuple[str, ...]
    holds: bool


def policy_of(settings: Settings, log: Vkey, former: Sequence[Vkey] = (), file: str = FILE) -> Policy:
    """What the settings ask for of this log. Malformed when that could never be met, or names a key twice."""
    witnesses = tuple(Vkey.parse(w.vkey, file) for w in settings.witnesses)
    return Policy(
        log=log,
        witnesses=witnesses,
        quorum=settings.quorum,
        required=frozenset(settings.required),
        former=tuple(former),
    )


@contextmanager
def witnesses_of(settings: Settings, file: str = FILE) -> Iterator[tuple[RemoteWitness, ...]]:
    """The witnesses that the settings name, to be asked within the block. Malformed for an address that is unfit."""
    with ExitStack() as open_ones:
        yield tuple(
            open_ones.enter_context(closing(RemoteWitness(Vkey.parse(w.vkey, file), w.url)))
            for w in settings.witnesses
        )


@contextmanager
def publishing(
    log: Log, settings: Settings, data: Path, *, seconds: float = SECONDS
) -> Iterator[Callable[[], Publication]]:
    """How the node in ``data`` publishes, with its own second store, policy and witnesses, within the block."""
    file = str(data / FILE)
    policy = policy_of(settings, log.vkey, file=file)
    published = Published(settings.second_store(data))
    with witnesses_of(settings, file) as witnesses:
        yield lambda: publish(log, published, policy, witnesses, seconds=seconds)


def publish(
    log: Log,
    published: Published,
    policy: Policy,
    witnesses: Sequence[RemoteWitness],
    *,
    seconds: float = SECONDS,
) -> Publication:
    """Have the latest checkpoint cosigned and, if the policy holds, published. See above for what that promises."""
    until = time.monotonic() + seconds
    note = log.checkpoint()
    if witnesses:
        # Nobody outside may hold what this node's own second store does not know of.
        published.committed(note)
    answers = _ask(log, note, witnesses, until)
    silent = tuple(a for a in answers if isinstance(a, Silence))
    for remote in witnesses:
        if any(s.witness == remote.vkey and s.contradicts for s in silent):
            _check_against(log, remote, until)
    fresh = {a.witness: a for a in answers if isinstance(a, Cosignature)}
    for _ in range(TRIES):
        held = published.read()
        publication = _assembled(note, held, policy, fresh, silent)
        if not publication.holds:
            return publication
        if held == publication.note:
            return publication
        if held is not None and _size(held) > publication.checkpoint.size:
            if _size(held) > _size(log.checkpoint()):
                raise Broken(
                    f"{_size(held)} entries were published, and the ledger has fewer: it was restored from an old copy"
                )
            return publication  # another process has published what came after
        try:
            published.advance(held, publication.note)
        except Conflict:
            continue
        return publication
    raise TimeoutError("other processes kept publishing; this checkpoint was not published")


def _ask(
    log: Log, note: str, witnesses: Sequence[RemoteWitness], until: float
) -> list[Cosignature | Silence]:
    """Ask all at once. Who has not answered in time is silent, whatever its thread is still waiting for."""
    said: queue.SimpleQueue[tuple[RemoteWitness, Cosignature | Silence | Exception]] = queue.SimpleQueue()

    def ask(remote: RemoteWitness) -> None:
        try:
            said.put((remote, remote.cosign(note, log.consistency, seconds=until - time.monotonic())))
        except Exception as ours:  # noqa: BLE001  carried to the caller's thread and raised there
            said.put((remote, ours))

    for remote in witnesses:
        threading.Thread(target=ask, args=(remote,), daemon=True, name=f"asks {remote.vkey.name}").start()
    answers: dict[RemoteWitness, Cosignature | Silence] = {}
    while len(answers) < len(witnesses):
        try:
            remote, answer = said.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        if isinstance(answer, Exception):
            raise answer
        answers[remote] = answer
    late = "it did not answer in time"
    return [answers.get(w) or Silence(witness=w.vkey, why=late) for w in witnesses]


def _assembled(
    note: str,
    held: str | None,
    policy: Policy,
    fresh: Mapping[Vkey, Cosignature],
    silent: tuple[Silence, ...],
) -> Publication:
    """The checkpoint with our signature and one line a witness: its new one, or the one that is published already."""
    parsed = Note.parse(note)
    lines = {w: c.line for w, c in fresh.items()} | _still_standing(parsed, held, policy, fresh)
    ours = parsed.signed_by([policy.log]).get(policy.log, ())
    whole = Note(parsed.text, (*ours, *(lines[w] for w in policy.witnesses if w in lines)))
    opened = policy.open(str(whole))
    return Publication(
        note=str(whole),
        checkpoint=opened.checkpoint,
        at=opened.at,
        silent=silent,
        absent=policy.absent(opened.at),
        holds=policy.holds(opened.at),
    )


def _still_standing(
    parsed: Note, held: str | None, policy: Policy, fresh: Mapping[Vkey, Cosignature]
) -> dict[Vkey, Signature]:
    """Cosignatures of the same checkpoint that were published before and are not older than the new ones."""
    if held is None or (before := Note.parse(held)).text != parsed.text:
        return {}
    standing = {}
    for witness, lines in before.signed_by(policy.witnesses).items():
        latest = max(lines, key=lambda line: witness.time_of(line.signature))
        if witness not in fresh or witness.time_of(latest.signature) > fresh[witness].at:
            standing[witness] = latest
    return standing


def _check_against(log: Log, remote: RemoteWitness, until: float) -> None:
    """Broken when the witness holds a checkpoint that our key signed and our ledger does not continue."""
    held = remote.held(log.vkey, seconds=max(1.0, until - time.monotonic()))
    if held is None:
        return
    now = open_checkpoint(log.checkpoint(), log.vkey)
    if held.size > now.size:
        raise Broken(
            f"{remote.vkey.name} holds a checkpoint of {held.size} entries that this log signed, and the ledger has"
            f" {now.size}: it was restored from an old copy, and must not sign on"
        )
    try:
        verify_consistency(held.size, held.root, now.size, now.root, log.consistency(held.size, now.size))
    except Broken:
        raise Broken(
            f"{remote.vkey.name} holds a checkpoint of {held.size} entries that this log signed, and the ledger is"
            " another history: the log has forked"
        ) from None


def _size(note: str) -> int:
    return Checkpoint.parse(Note.parse(note).text).size


class Publisher:
    """Publishes what is new from a thread of its own, at most once a second; slower while it does not succeed.

    ``committed`` is called for what is new whatever the witnesses say: this node's own second store keeps up.

    ``Broken`` ends it for good and is handed to ``stop``: a history that others hold was contradicted, or the second
    store failed, and a person has to look.
    """

    def __init__(
        self,
        log: Log,
        attempt: Callable[[], Publication],
        *,
        stop: Callable[[Broken], None],
        committed: Callable[[], None] = lambda: None,
        period: float = PERIOD,
    ) -> None:
        self._log = log
        self._attempt = attempt
        self._stop = stop
        self._committed = committed
        self._period = period
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="publisher")

    def __enter__(self) -> "Publisher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join(self._period + 1)

    def _run(self) -> None:
        seen = done = ""
        due, wait = 0.0, self._period
        while not self._left.wait(self._period):
            try:
                note = self._log.checkpoint()
                if note != seen:
                    self._committed()
                    seen = note
                if note == done or time.monotonic() < due:
                    continue
                wait = min(2 * wait, LONGEST_WAIT)
                if self._attempt().holds:
                    done, wait = note, self._period
            except Broken as broken:
                if not self._left.is_set():
                    LOG.critical("broken", exc_info=broken)
                    self._stop(broken)
                return
            except (TimeoutError, OSError) as failed:
                LOG.warning("not published", exc_info=failed)
            due = time.monotonic() + wait - self._period
