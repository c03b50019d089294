"""Completing purges: what was destroyed in the database is made unreadable in every older copy of it too.

The purge itself happened in one transaction, when it was signed the second time. What is left:

1. Each purged entry is put on the second store's list, so that a restored backup forgets it again.
2. A new wrapping key is introduced on record, made, and the surviving keys are wrapped under it in one transaction.
3. The old wrapping key is destroyed, and that is put on record.
   The files of evidence whose key was in a purged fact are deleted: their bytes could not be opened any more.
4. What the database still holds of the old state is emptied, as far as that is in our hands.
5. A purge whose keys are gone, with every backup of them, is recorded as complete.

Killed at any step and started again, it goes on from where the record, the ledger's head and the key files say it
was; done twice, it is done once. One process at a time does so. A wrapping key from a key store is its to destroy:
the job goes as far as it can and is run again when the store has done so.

What step 4 reaches. SQLite: overwritten pages are zeroed (``secure_delete``) and the write-ahead log is truncated.
PostgreSQL: replaced rows stay in the table's file until VACUUM, and in its write-ahead log and archives until these
are recycled. What remains there, and in copies and snapshots of any database, is ciphertext, and wrapped keys whose
wrapping key no longer exists.

Other processes that have the ledger open have the old wrapping key in their memory. They stop at their next act, and
are to be started again.
"""

from tearline.facts.history import about
from tearline.facts.retention import Purged, WrappingKeyIntroduced, WrappingKeyRetired
from tearline.folds.held import ITSELF
from tearline.folds.retention import Awaits, PurgeStanding, purges, purges_question
from tearline.jobs.evidence.keeping import sweep
from tearline.ledger.published import Purge
from tearline.ledger.wrapping import WrappingKeys
from tearline.node import Node, Order
from tearline.rooms import Command
from tearline.rooms.retention.purges import CompletePurge
from tearline.rooms.retention.wrapping import IntroduceWrappingKey, RetireWrappingKey


def purges_of(node: Node) -> list[PurgeStanding]:
    """Where every purge of this node stands now."""
    return purges(node.ledger.read(purges_question()), node.clock())


def complete(node: Node) -> list[PurgeStanding]:
    """Complete what can be completed of this node's purges; where every purge stands then.

    Where a key store has not handed out the next wrapping key, or still hands out the old one, they wait for that.
    ValueError when the node's keys are on no disk and in no key store. TimeoutError when another process does the
    same, or reads the database all the time.
    """
    wrapping = node.ledger.keys.wrapping
    if wrapping is None:
        raise ValueError("the wrapping key of these keys cannot be replaced")
    if node.data is not None:
        sweep(node.ledger, node.data, node.clock())
    with wrapping.alone():
        _remember(node)
        _go_on(node, wrapping.now())
        return purges_of(node)


def _remember(node: Node) -> None:
    if node.published is None:
        return
    done = node.ledger.read(about(kinds=(Purged,)))
    gone = [
        Purge(node.ledger.entry(position).leaf, purged.ref)
        for purged in done.of(Purged)
        for position in purged.fact.indices
    ]
    node.published.purged(gone)


def _go_on(node: Node, wrapping: WrappingKeys) -> None:
    """Do step after step, until there is none left that could be done."""
    if not any(standing.purged and not standing.completed for standing in purges_of(node)):
        return
    wrapping = _replaced(node, wrapping)
    if wrapping.holds_older(node.ledger.epoch()) or _introduced(node) > node.ledger.epoch():
        return
    _retired(node)
    if any(awaits(standing, Awaits.REWRAP) for standing in purges_of(node)):
        if not wrapping.can_follow:
            return
        _record(node, IntroduceWrappingKey(WrappingKeyIntroduced(epoch=node.ledger.epoch() + 1)))
        _go_on(node, wrapping)
        return
    node.ledger.forget_deleted()
    for standing in purges_of(node):
        if awaits(standing, Awaits.RECORD):
            _record(node, CompletePurge(purge=standing.purge))


def awaits(standing: PurgeStanding, what: Awaits) -> bool:
    """Whether this is one of the things that a purge waits for."""
    return any(awaited.what is what for awaited in standing.awaits)


def _replaced(node: Node, wrapping: WrappingKeys) -> WrappingKeys:
    """Put the wrapping key that was introduced last into use, if it is not, and destroy the one before."""
    introduced = _introduced(node)
    if introduced > node.ledger.epoch() and wrapping.can_follow:
        wrapping = wrapping.with_next()
        node.ledger.rewrap(wrapping.of(introduced))
        old, node.ledger = node.ledger, node.ledger.again()
        old.close()
    return wrapping.without_older(node.ledger.epoch())


def _introduced(node: Node) -> int:
    """The epoch of the last wrapping key that was introduced; 0 for none."""
    known = node.ledger.read(about(kinds=(WrappingKeyIntroduced,)))
    return max((r.fact.epoch for r in known.of(WrappingKeyIntroduced)), default=0)


def _retired(node: Node) -> None:
    """Put on record which wrapping key is gone, if that is not there yet."""
    known = node.ledger.read(about(kinds=(WrappingKeyIntroduced, WrappingKeyRetired)))
    retired = {r.fact.epoch for r in known.of(WrappingKeyRetired)}
    for introduced in known.of(WrappingKeyIntroduced):
        if introduced.fact.epoch - 1 not in retired:
            _record(node, RetireWrappingKey(WrappingKeyRetired(epoch=introduced.fact.epoch - 1)))


def _record(node: Node, command: Command) -> None:
    node.record(Order(command=command, by=ITSELF))
