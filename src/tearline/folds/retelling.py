"""One telling of a worked case, looked back on: what decided each request, what was owed, and what never came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.errors import Malformed
from tearline.facts.history import Clause, History, Question, Recorded
from tearline.facts.release import ReleaseRequested, VerdictReached
from tearline.facts.strict import parse_json
from tearline.folds.obligations import Obligation, obligations, obligations_question
from tearline.protocol import ENGINE, Decision, Pack, Protocol, read_dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A verdict as it was reached, and once more with the facts that made each rule match.

    ``again`` is None where the protocol's text or the engine is not the same any more, or the dossier was purged.
    """

    asked: Recorded[ReleaseRequested]
    reached: Recorded[VerdictReached]
    again: Decision | None

    @property
    def purged(self) -> bool:
        """Whether the dossier is gone: such a verdict stands, and replays as purged."""
        return self.reached.fact.dossier.purged


@dataclass(frozen=True, slots=True, kw_only=True)
class Retelling:
    """``until`` is the telling's last moment: what was due by then and never came is overdue for good."""

    telling: str
    until: datetime
    judged: tuple[Judged, ...]
    obligations: tuple[Obligation, ...]

    @property
    def never_came(self) -> tuple[Obligation, ...]:
        return tuple(o for o in self.obligations if o.discharged_by is None and o.overdue(self.until))

    @property
    def first_verdicts(self) -> tuple[Judged, ...]:
        """The verdict that answered each request when it was made."""
        first = {j.asked.fact.request: j for j in reversed(self.judged)}
        return tuple(reversed(first.values()))

    @property
    def last_verdicts(self) -> tuple[Judged, ...]:
        """The latest verdict on each request: the one that released it, if any did."""
        last = {j.asked.fact.request: j for j in self.judged}
        return tuple(last.values())


def retelling_question(protocols: Mapping[str, Pack]) -> Question:
    """All that a retelling reads, of every telling; open ``DOSSIERS`` and ``VERDICTS`` with it."""
    asked = Clause(frozenset({ReleaseRequested.__name__, VerdictReached.__name__}), frozenset())
    return obligations_question(protocols) | Question(frozenset({asked}))


def tellings(history: History) -> tuple[str, ...]:
    """The tellings in this history, in the order in which they were recorded."""
    return tuple(dict.fromkeys(r.told.telling for r in history if r.told))


def retelling(history: History, protocols: Mapping[str, Pack], telling: str) -> Retelling:
    """This telling alone; ValueError when the history holds nothing of it."""
    told = History(
        tuple(r for r in history if r.told is not None and r.told.telling == telling), history.position
    )
    if not told.facts:
        raise ValueError(f"no fact of the telling {telling} is in this history")
    asked = {r.fact.request: r for r in told.of(ReleaseRequested)}
    return Retelling(
        telling=telling,
        until=max(r.known_at for r in told),
        judged=tuple(
            Judged(asked=asked[r.fact.request], reached=r, again=replay(r.fact, protocols))
            for r in told.of(VerdictReached)
            if r.fact.request in asked
        ),
        obligations=tuple(obligations(told, protocols)),
    )


def replay(reached: VerdictReached, protocols: Mapping[str, Pack]) -> Decision | None:
    """The same decision from the same dossier; None when that was purged, or text or engine are others now.

    ``Closed`` when the dossier is not open to this reader.
    """
    protocol = protocol_at(reached, protocols)
    if protocol is None or reached.dossier.purged or reached.engine != ENGINE:
        return None
    plain = parse_json(reached.dossier.open(), file="dossier")
    try:
        return protocol.decide(read_dossier(plain, file="dossier", parameters=protocol.parameters))
    except Malformed:
        return None


def protocol_at(reached: VerdictReached, protocols: Mapping[str, Pack]) -> Protocol | None:
    """The very texts that this verdict rests on; None where one of them is not at hand, or is another now."""
    packs = []
    for applied in reached.packs:
        pack = protocols.get(applied.protocol)
        if pack is None or pack.sha256 != applied.sha256:
            return None
        packs.append(pack)
    return Protocol(packs=tuple(packs))
