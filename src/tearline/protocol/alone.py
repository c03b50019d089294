"""Which rules would have stopped a release each by itself: a pack with its permits and one rule, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from tearline.protocol.pack import Pack
from tearline.protocol.rule import Effect
from tearline.protocol.verdict import Matched, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What one pack says of a dossier, and what of it would have been enough.

    ``permits`` are the permits that match; without one the pack refuses, whatever else it says. ``alone`` are the
    rules that stop it where only the permits stand beside them: first those that do for certain, then those that do
    because a fact is missing.
    """

    pack: Pack
    verdict: Verdict
    permits: tuple[Matched, ...]
    alone: tuple[Matched, ...]

    @property
    def certain(self) -> bool:
        """Whether it stops the release for certain: not only for facts that are missing."""
        unpermitted = not self.permits and not any(
            m.rule.effect is Effect.PERMIT for m in self.verdict.undecided
        )
        return unpermitted or any(m.certain for m in self.alone)


def stops(pack: Pack, dossier: Mapping[str, object]) -> Stops:
    """What this pack, and each rule of it alone, makes of the dossier.

    Beside a permit that matches, a rule stops exactly when it matches: for certain, or for a missing fact.
    """
    verdict = pack.decide(dossier)
    stopping = [m for m in verdict.matched if m.rule.effect in (Effect.REFUSE, Effect.HOLD)]
    return Stops(
        pack=pack,
        verdict=verdict,
        permits=tuple(m for m in verdict.matched if m.rule.effect is Effect.PERMIT),
        alone=tuple(sorted(stopping, key=lambda m: not m.certain)),
    )
