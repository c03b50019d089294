"""Looking at partners' logs: fetch, check, and record what was found, by rule.

A checkpoint counts once the key that was named for its log has signed it. Then it is held against everything of
that log on record: another root for a size that is on record is a fork. For another size the hashes come from
the log itself, and show one of three things: it fits, it forked, or neither, and then the checkpoint stands as
unproven, exchange stops, and every later look tries again.

A log that cannot be reached says nothing about itself: nothing is recorded, and the caller is told. One that signs
and then gives no hashes is another matter: whoever could forgo the proof by a broken line would.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.history import Actor, about
from tearline.facts.logs import (
    LONGEST_NOTE,
    Came,
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    Lack,
    Misfit,
    PartnerLogHandedOver,
    SignedCheckpoint,
    log_id,
)
from tearline.facts.words import Words
from tearline.folds.logs import LOG_KINDS, PartnerLog, partner_logs, same_tree
from tearline.ledger.forks import beginning_proof, check_fork, fits, signed_by
from tearline.ledger.handover import FIRST_LINE, open_hand_over
from tearline.ledger.note import Checkpoint, Note, Vkey
from tearline.ledger.tree import TileReader
from tearline.node import Node, Order
from tearline.peers.addresses import Unreachable
from tearline.peers.logs import PartnerLedger
from tearline.rooms import Command
from tearline.rooms.logs.received import (
    ReceiveCheckpoint,
    RecordFork,
    RecordUnproven,
    ShowConsistency,
    TakeHandOver,
)

PATIENCE = 10
"""How often a checkpoint is looked at again because another look recorded something meanwhile."""

Tiles = Callable[[int], TileReader]
"""The tiles of the log's tree of so many entries."""


class Outcome(StrEnum):
    """What one look came to."""

    HANDED_OVER = "handed-over"
    RECEIVED = "received"
    SHOWN = "shown"
    UNCHANGED = "unchanged"
    UNPROVEN = "unproven"
    FORKED = "forked"
    UNREACHABLE = "unreachable"
    DISBELIEVED = "disbelieved"

    @property
    def good(self) -> bool:
        return self in (Outcome.HANDED_OVER, Outcome.RECEIVED, Outcome.SHOWN, Outcome.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A checkpoint that the log signed, and how it reached us."""

    signed: SignedCheckpoint
    came: Came


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One look at one log. ``entry``: where what was found stands in our ledger; ``said``: why it was not believed."""

    organisation: str
    origin: str
    outcome: Outcome
    size: int | None = None
    entry: int | None = None
    said: str = ""


def watch(node: Node, by: Actor) -> list[Looked]:
    """Look once at every log that is named and not replaced. One that forked is not asked again, but told again."""
    looks: list[Looked] = []
    for log in _logs(node).values():
        if log.watched:
            looks += watch_log(node, log, by)
        elif log.forks and log.stop is not None:
            looks.append(_look(log, Outcome.FORKED, entry=log.stop.position))
    return looks


def watch_log(node: Node, log: PartnerLog, by: Actor) -> list[Looked]:
    """Fetch the log's checkpoint and settle it, and all that stand unproven."""
    named = log.named.fact
    try:
        with PartnerLedger(named.url) as ledger:
            note = ledger.checkpoint()
            fetched = believed(note, _keys(log), f"{named.url}/checkpoint")
            # What was fetched comes first: if it is the largest now, what stands unproven is held against it.
            sightings = [Sighting(fetched, Came.FETCHED)]
            sightings += [
                Sighting(r.fact.checkpoint, r.fact.came)
                for r in log.unproven
                if not same_tree(r.fact.checkpoint, fetched)
            ]
            return [_settle(node, log, sighting, ledger.tiles_of, by) for sighting in sightings]
    except Unreachable as unreachable:
        return [_look(log, Outcome.UNREACHABLE, said=str(unreachable))]
    except (Malformed, Broken) as wrong:
        return [_look(log, Outcome.DISBELIEVED, said=str(wrong))]


def receive_checkpoint(node: Node, note: bytes, came: Came, by: Actor, file: str = "checkpoint") -> Looked:
    """Settle a checkpoint that came by another way; what it takes to compare it is fetched from its log.

    Refused when no log of its origin was named, Malformed when it is no checkpoint, Broken when its log did not
    sign it. Nothing is recorded then.
    """
    log = _named(node, Checkpoint.parse(Note.parse(note, file).text, file).origin)
    signed = believed(note, _keys(log), file)
    with PartnerLedger(log.named.fact.url) as ledger:
        return _settle(node, log, Sighting(signed, came), ledger.tiles_of, by)


def is_hand_over(note: bytes) -> bool:
    """Whether this says that it is the hand-over of a log to its next key, and no checkpoint."""
    return note.startswith(f"{FIRST_LINE}\n".encode())


def receive_hand_over(node: Node, note: bytes, by: Actor, file: str = "hand-over") -> Looked:
    """Believe the next key of a log from now on, because the one that we believe signed for it.

    Refused when no log of that name was named, Malformed when it is no hand-over, Broken when the key that the
    log bears did not sign it. Nothing is recorded then.
    """
    lines = Note.parse(note, file).text.splitlines()
    log = _named(node, lines[1] if len(lines) > 1 else "")
    if len(note) > LONGEST_NOTE:
        raise Malformed(file, "top", f"a hand-over of at most {LONGEST_NOTE} bytes")
    before = _keys(log)[-1]
    fact = PartnerLogHandedOver(
        organisation=log.named.fact.organisation,
        log=log.named.fact.log,
        before=str(before),
        vkey=str(open_hand_over(note, before, file)),
        hand_over=note.decode("utf-8"),
    )
    recorded = node.record(Order(command=TakeHandOver(fact), by=by))
    return _look(log, Outcome.HANDED_OVER, entry=recorded.first)


def believed(note: bytes, keys: Sequence[Vkey], file: str) -> SignedCheckpoint:
    """What this log signed, with its own signature alone: other lines may be many, and prove nothing against it.

    Malformed when the bytes are no checkpoint of a size to be kept, Broken when this log did not sign it.
    """
    checkpoint = signed_by(keys, note, file)
    parsed = Note.parse(note, file)
    own = {(key.name, key.key_id) for key in keys}
    line = next(s for s in parsed.signatures if (s.name, s.key_id) in own)
    kept = f"{parsed.text}\n— {line.name} {b64encode(line.key_id + line.signature).decode('ascii')}\n"
    if len(kept) > LONGEST_NOTE:
        raise Malformed(file, "top", f"a checkpoint of at most {LONGEST_NOTE} characters")
    return SignedCheckpoint(size=checkpoint.size, root=b64encode(checkpoint.root).decode("ascii"), note=kept)


def _settle(node: Node, log: PartnerLog, sighting: Sighting, tiles: Tiles, by: Actor) -> Looked:
    """Compare with what is held now, record what that shows, and again if more was recorded meanwhile."""
    for _ in range(PATIENCE):
        log = _logs(node)[log.named.fact.log]
        if log.forks:
            return _look(log, Outcome.FORKED, sighting.signed, log.forks[0].position)
        outcome, command = _finding(log, sighting, tiles)
        if command is None:
            return _look(log, outcome, sighting.signed)
        try:
            recorded = node.record(Order(command=command, by=by))
        except Refused as refused:
            if refused.rule == "role-allowed":
                raise
            continue
        return _look(log, outcome, sighting.signed, recorded.first)
    raise TimeoutError(f"checkpoints of {log.named.fact.origin} kept arriving; the latest was not recorded")


def _finding(log: PartnerLog, sighting: Sighting, tiles: Tiles) -> tuple[Outcome, Command | None]:
    """What the comparison shows, and the order that records it; None where nothing new was shown."""
    owner, name, signed = log.named.fact.organisation, log.named.fact.log, sighting.signed
    for seen in log.seen():
        if seen.size == signed.size and seen.root != signed.root:
            return Outcome.FORKED, _fork(log, seen, signed, [], sighting.came)
    if any(same_tree(r.fact.checkpoint, signed) for r in log.held):
        return Outcome.UNCHANGED, None
    if log.latest is None:
        first = CheckpointReceived(
            organisation=owner, log=name, checkpoint=signed, came=sighting.came, fits=None
        )
        return Outcome.RECEIVED, ReceiveCheckpoint(first)

    held = log.latest.fact.checkpoint
    shorter, longer = sorted((held, signed), key=lambda c: c.size)
    unproven = any(same_tree(r.fact.checkpoint, signed) for r in log.unproven)
    try:
        proof = beginning_proof(tiles(longer.size), shorter.size, longer.size) if shorter.size else []
        fitting = fits(_opened(log, shorter), _opened(log, longer), proof)
    except (Broken, Unreachable, Malformed) as failed:
        doubtful = ConsistencyUnproven(
            organisation=owner,
            log=name,
            checkpoint=signed,
            came=sighting.came,
            lack=Lack.LEADS_ELSEWHERE if isinstance(failed, Broken) else Lack.NOT_GIVEN,
            held=held.size,
        )
        return Outcome.UNPROVEN, None if unproven else RecordUnproven(doubtful)

    if not fitting:
        return Outcome.FORKED, _fork(log, shorter, longer, proof, sighting.came)
    if unproven:
        shown = ConsistencyShown(organisation=owner, log=name, checkpoint=signed, fits=held.size)
        return Outcome.SHOWN, ShowConsistency(shown)
    received = CheckpointReceived(
        organisation=owner, log=name, checkpoint=signed, came=sighting.came, fits=held.size
    )
    return Outcome.RECEIVED, ReceiveCheckpoint(received)


def _fork(
    log: PartnerLog, shorter: SignedCheckpoint, longer: SignedCheckpoint, proof: Sequence[bytes], came: Came
) -> RecordFork:
    """Evidence that anyone can check; it is checked so once more here, before anyone is accused."""
    named = log.named.fact
    check_fork(_keys(log), shorter.note, longer.note, proof)
    return RecordFork(
        ForkEvidence(
            organisation=named.organisation,
            log=named.log,
            misfit=Misfit.TWO_ROOTS if shorter.size == longer.size else Misfit.OTHER_BEGINNING,
            shorter=shorter,
            longer=longer,
            proof=tuple(b64encode(one).decode("ascii") for one in proof),
            came=came,
        )
    )


def _opened(log: PartnerLog, signed: SignedCheckpoint) -> Checkpoint:
    return signed_by(_keys(log), signed.note)


def _keys(log: PartnerLog) -> list[Vkey]:
    return [Vkey.parse(vkey) for vkey in log.vkeys]


def _named(node: Node, origin: str) -> PartnerLog:
    log = _logs(node).get(log_id(origin))
    if log is None:
        raise Refused(
            "known",
            Words(f"no log {origin} was named", f"no se ha nombrado ningún registro {origin}"),
            (log_id(origin),),
        )
    return log


def _logs(node: Node) -> dict[str, PartnerLog]:
    return {str(name): log for name, log in partner_logs(node.ledger.read(about(kinds=LOG_KINDS))).items()}


def _look(
    log: PartnerLog,
    outcome: Outcome,
    signed: SignedCheckpoint | None = None,
    entry: int | None = None,
    said: str = "",
) -> Looked:
    return Looked(
        organisation=log.named.fact.organisation,
        origin=log.named.fact.origin,
        outcome=outcome,
        size=signed.size if signed else None,
        entry=entry,
        said=said,
    )
