"""Partners' logs as they stand: what we hold of each, whether it forked, and whether we exchange with its owner.

A log is *stopped* by evidence that it forked, and for as long as a checkpoint of it is not shown to fit. Evidence
is never taken back. Exchange begins again when two people have named another log in its place, each after the
evidence; a single one cannot, and neither can a log that was named beforehand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import LogId, OrganisationId, PersonId
from tearline.facts.logs import (
    CheckpointReceived,
    ConsistencyShown,
    ConsistencyUnproven,
    ForkEvidence,
    PartnerLogHandedOver,
    PartnerLogNamed,
    SignedCheckpoint,
)
from tearline.facts.words import Words

LOG_KINDS: Sequence[type[Fact]] = (
    PartnerLogNamed,
    PartnerLogHandedOver,
    CheckpointReceived,
    ConsistencyUnproven,
    ConsistencyShown,
    ForkEvidence,
)
STOPPING: Sequence[type[Fact]] = (PartnerLogNamed, ConsistencyUnproven, ConsistencyShown, ForkEvidence)
"""What can stop exchange or begin it again. The many checkpoints that fit are not among it."""
PEOPLE_NEEDED = 2

Held = Recorded[CheckpointReceived] | Recorded[ConsistencyShown]
Stopping = Recorded[ForkEvidence] | Recorded[ConsistencyUnproven]


@dataclass(slots=True, kw_only=True)
class PartnerLog:
    """One log: its latest naming, and everything that reached us of it, in the order of the ledger."""

    named: Recorded[PartnerLogNamed]
    vkeys: list[str]
    """The key that was named, and those that it was handed over to, in their order: it answers for all of them."""
    held: list[Held] = field(default_factory=list)
    unproven: list[Recorded[ConsistencyUnproven]] = field(default_factory=list)
    forks: list[Recorded[ForkEvidence]] = field(default_factory=list)
    namers: list[tuple[int, PersonId, LogId]] = field(default_factory=list)
    """Who named which log in place of this one, and at which position."""

    @property
    def latest(self) -> Held | None:
        """The largest that is shown to fit: what the next one is compared with."""
        return max(self.held, key=lambda r: r.fact.checkpoint.size, default=None)

    def seen(self) -> Iterator[SignedCheckpoint]:
        """Every checkpoint of it on record, whether shown to fit or not."""
        for held in self.held:
            yield held.fact.checkpoint
        for unproven in self.unproven:
            yield unproven.fact.checkpoint
        for fork in self.forks:
            yield from (fork.fact.shorter, fork.fact.longer)

    @property
    def stop(self) -> Stopping | None:
        """The fact by which nothing is exchanged with the owner of this log, or None."""
        if self.forks:
            return None if self._replaced_since(self.forks[0]) else self.forks[0]
        return next((r for r in self.unproven if not self._replaced_since(r)), None)

    @property
    def watched(self) -> bool:
        """Whether there is still something to learn from it: not once it forked, or two people replaced it."""
        return not self.forks and not self._replaced(-1)

    def awaited(self) -> LogId | None:
        """The log that one person has named in place of this one since it was stopped, and a second has yet to."""
        if self.stop is None:
            return None
        return next((log for at, _, log in self.namers if at > self.stop.position), None)

    def _replaced_since(self, stopped: Stopping) -> bool:
        return self._replaced(stopped.position)

    def _replaced(self, since: int) -> bool:
        named: dict[LogId, set[PersonId]] = {}
        for at, person, log in self.namers:
            if at > since:
                named.setdefault(log, set()).add(person)
        return any(len(people) >= PEOPLE_NEEDED for people in named.values())


def partner_logs(history: History) -> dict[LogId, PartnerLog]:
    """Every log that was named, in the order of its first naming."""
    logs: dict[LogId, PartnerLog] = {}
    for named in history.of(PartnerLogNamed):
        if named.fact.log in logs:
            logs[named.fact.log].named = named
        else:
            logs[named.fact.log] = PartnerLog(named=named, vkeys=[named.fact.vkey])
    for named in history.of(PartnerLogNamed):
        if named.fact.replaces in logs:
            logs[named.fact.replaces].namers.append((named.position, named.by.person, named.fact.log))
    for handed in history.of(PartnerLogHandedOver):
        logs[handed.fact.log].vkeys.append(handed.fact.vkey)
    for unproven in history.of(ConsistencyUnproven):
        logs[unproven.fact.log].unproven.append(unproven)
    for received in history.of(CheckpointReceived):
        logs[received.fact.log].held.append(received)
    for shown in history.of(ConsistencyShown):
        log = logs[shown.fact.log]
        log.held.append(shown)
        log.unproven = [r for r in log.unproven if not same_tree(r.fact.checkpoint, shown.fact.checkpoint)]
    for fork in history.of(ForkEvidence):
        logs[fork.fact.log].forks.append(fork)
    return logs


def bearer(logs: Mapping[LogId, PartnerLog], vkey: str) -> PartnerLog | None:
    """The log that bears this key, or has borne it, under whatever name."""
    return next((log for log in logs.values() if _key(vkey) in map(_key, log.vkeys)), None)


def _key(vkey: str) -> str:
    """The key of ``name+id+key``, without the name."""
    return vkey.split("+", 2)[-1]


def same_tree(one: SignedCheckpoint, other: SignedCheckpoint) -> bool:
    """Whether both are of one tree. Their notes may differ: a log may sign twice, or with other lines."""
    return (one.size, one.root) == (other.size, other.root)


def stop_of(history: History, organisation: OrganisationId) -> Stopping | None:
    """The fact by which exchange with this organisation is stopped; evidence of a fork before anything else."""
    stops = [
        log.stop
        for log in partner_logs(history).values()
        if log.named.fact.organisation == organisation and log.stop is not None
    ]
    return min(stops, key=lambda r: (not isinstance(r.fact, ForkEvidence), r.position), default=None)


def stop_question(organisation: OrganisationId) -> Question:
    """All facts that can stop exchange with this organisation or begin it again."""
    return about(f"organisation:{organisation}", kinds=STOPPING)


def why(stop: Stopping) -> tuple[str, Words]:
    """The rule by which exchange is stopped, and its sentence."""
    organisation = stop.fact.organisation
    if isinstance(stop.fact, ForkEvidence):
        return "forked-log", Words(
            f"the log of {organisation} signed two histories that do not fit (entry {stop.position}); nothing is"
            " released to it until two people have named another log in its place",
            f"el registro de {organisation} firmó dos historias que no concuerdan (asiento {stop.position}); nada se"
            " le divulga hasta que dos personas nombren otro registro en su lugar",
        )
    return "unproven-log", Words(
        f"the log of {organisation} has not shown that its checkpoint of {stop.fact.checkpoint.size} entries fits"
        f" what it signed before (entry {stop.position}); nothing is released to it until it does",
        f"el registro de {organisation} no ha mostrado que su punto de control de {stop.fact.checkpoint.size}"
        f" asientos concuerde con lo que firmó antes (asiento {stop.position}); nada se le divulga hasta que lo haga",
    )
