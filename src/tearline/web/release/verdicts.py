"""The verdict that a request's page shows: as it was recorded, or as it would be now while the request is open."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Precision, Recorded
from tearline.facts.identifiers import RequestId
from tearline.facts.release import Effect, ItemReleased, ReleaseRequested, VerdictReached
from tearline.folds.agreements import agreements, protocol_of
from tearline.folds.release import request_of
from tearline.folds.retelling import protocol_at
from tearline.protocol import Decision, Matched, Pack, Protocol, read_dossier
from tearline.protocol import Effect as RuleEffect
from tearline.rooms.release.dossier import assemble


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds for a request at ``at``.

    ``rules`` and ``dossier`` are None where the text that decided is not at hand, or the dossier was purged.
    """

    effect: Effect
    at: datetime
    precision: Precision
    protocol: Protocol | None
    rules: Decision | None
    recorded: Recorded[VerdictReached] | None
    live: bool
    moved: bool
    dossier: Mapping[str, object] | None = None

    @property
    def purged(self) -> bool:
        """Whether nobody can say any more on what the verdict was reached."""
        return not self.live and self.recorded is not None and self.recorded.fact.dossier.purged

    @property
    def refusing(self) -> list[Matched]:
        return self._certain(RuleEffect.REFUSE)

    @property
    def holding(self) -> list[Matched]:
        """Rules that hold and were not lifted, and those that would refuse or hold but could not be evaluated."""
        held = [m for m in self._matched() if m.rule.effect is RuleEffect.HOLD and m not in self.lifted]
        return held + [m for m in self._matched() if m.rule.effect is RuleEffect.REFUSE and not m.certain]

    @property
    def lifted(self) -> list[Matched]:
        """The holds that a waive of the protocol lifted."""
        return [m for m in self._matched() if self.rules and self.rules.lifted(m)]

    @property
    def waiving(self) -> list[Matched]:
        return self._certain(RuleEffect.WAIVE)

    @property
    def permitting(self) -> list[Matched]:
        return self._certain(RuleEffect.PERMIT)

    def in_order(self) -> list[Matched]:
        """Worst first."""
        return [*self.refusing, *self.holding, *self.waiving, *self.lifted, *self.permitting]

    def _matched(self) -> tuple[Matched, ...]:
        return self.rules.matched if self.rules else ()

    def _certain(self, effect: RuleEffect) -> list[Matched]:
        return [m for m in self._matched() if m.rule.effect is effect and m.certain]


def standing(
    known: History, request: RequestId, protocols: Mapping[str, Pack], now: datetime
) -> Standing | None:
    """The verdict to show first, from a history in which dossiers are open. None: no verdict, no protocol."""
    asked = request_of(known, request)
    if asked is None:
        return None
    reached = [r for r in known.of(VerdictReached) if r.fact.request == request]
    last = reached[-1] if reached else None
    released = any(r.fact.request == request for r in known.of(ItemReleased))
    if asked.told or released:
        return recorded_standing(last, protocols) if last else None
    return _now(known, asked, last, protocols, now)


def recorded_standing(last: Recorded[VerdictReached], protocols: Mapping[str, Pack]) -> Standing:
    """The verdict as it was recorded, with what its protocol says of its dossier where both are at hand."""
    protocol = protocol_at(last.fact, protocols)
    rules: Decision | None = None
    dossier: Mapping[str, object] | None = None
    if protocol is not None and not last.fact.dossier.purged:
        dossier = read_dossier(
            json.loads(last.fact.dossier.open()), file="dossier", parameters=protocol.parameters
        )
        rules = protocol.decide(dossier)
    return Standing(
        effect=last.fact.effect,
        at=last.known_at,
        precision=last.precision,
        protocol=protocol,
        rules=rules,
        recorded=last,
        live=False,
        moved=False,
        dossier=dossier,
    )


def _now(
    known: History,
    asked: Recorded[ReleaseRequested],
    last: Recorded[VerdictReached] | None,
    protocols: Mapping[str, Pack],
    now: datetime,
) -> Standing | None:
    held = agreements(known).get(asked.fact.agreement) if asked.fact.agreement else None
    protocol = protocol_of(held, protocols)
    if protocol is None:
        return None
    dossier = assemble(known.as_known(now), asked, now, protocol)
    rules = protocol.decide(dossier)
    effect = Effect(rules.effect.value)
    said = tuple(rules.called(m.rule) for m in rules.matched)
    moved = last is not None and (last.fact.effect is not effect or _other_rules(last.fact, said))
    return Standing(
        effect=effect,
        at=now,
        precision=Precision.MINUTE,
        protocol=protocol,
        rules=rules,
        recorded=last,
        live=True,
        moved=moved,
        dossier=dossier,
    )


def _other_rules(reached: VerdictReached, said: tuple[str, ...]) -> bool:
    """Whether other rules decide now; of a purged verdict nobody knows which did."""
    return not reached.rules.purged and reached.rules.open() != said
