"""What ends a suspension, and what does not: remedies that two people found, after a finding that stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import CompromiseId, UnitId
from tearline.facts.investigation import FindingMade
from tearline.facts.leaks import (
    CooperationEnded,
    CooperationSuspended,
    LiftingProposed,
    RemediesFound,
    SuspensionLifted,
)
from tearline.folds.latest import latest, seconded


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionStanding:
    """One suspension: what was proposed for it, what lifted it, and whether cooperation was ended with the unit."""

    suspended: Recorded[CooperationSuspended]
    proposed: Sequence[Recorded[LiftingProposed]]
    lifted: Recorded[SuspensionLifted] | None
    ended: Recorded[CooperationEnded] | None

    @property
    def stands(self) -> bool:
        return self.lifted is None


def suspensions_of(history: History, compromise: CompromiseId) -> list[SuspensionStanding]:
    """Every suspension that followed from a leak, in the order of the ledger."""
    lifted = {r.fact.suspension: r for r in history.of(SuspensionLifted)}
    ended = {r.fact.unit: r for r in history.of(CooperationEnded)}
    return [
        SuspensionStanding(
            suspended=r,
            proposed=[p for p in history.of(LiftingProposed) if p.fact.suspension == r.fact.suspension],
            lifted=lifted.get(r.fact.suspension),
            ended=ended.get(r.fact.unit),
        )
        for r in history.of(CooperationSuspended)
        if r.fact.compromise == compromise
    ]


def remedied(history: History, finding: Recorded[FindingMade], unit: UnitId) -> bool:
    """Whether two people found that what stands against a unit was effectively remedied, and reported to somebody."""
    found = [
        r
        for r in history.of(RemediesFound)
        if (r.fact.finding, r.fact.unit) == (finding.fact.finding, unit) and r.position > finding.position
    ]
    standing = latest(seconded(found, _relieves), lambda fact: not _relieves(fact))
    return standing is not None and _relieves(standing.fact)


def _relieves(fact: RemediesFound) -> bool:
    return fact.effective and fact.reported_to is not None
