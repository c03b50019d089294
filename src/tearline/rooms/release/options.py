"""Ways to release one item, weighed beside each other before any is asked for. A suggestion, never a verdict.

Each is figured exactly, from one world. What each reader adds is the chance with them less that without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.estimates.exposure import Release, State, risk
from tearline.facts.errors import Refused
from tearline.facts.history import History
from tearline.facts.parties import Terms
from tearline.facts.words import Words
from tearline.folds.model import model_of
from tearline.folds.worlds import UNLOGGED, Asked, world_for

MOST = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Adds:
    """One reader, by their identifier or as somebody unlogged, and how much they add to the chance."""

    reader: str
    adds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    option: Asked
    readers: int
    likely: float
    low: float
    high: float
    adds: tuple[Adds, ...]
    """Of all who would see it, whoever adds most first."""

    def waits(self, now: datetime) -> float | None:
        """The share of the time in which it is of use that passes by waiting; None where that has no end."""
        until = self.option.until
        if until is None or until <= now:
            return None
        return min(self.option.later / (until - now), 1.0)


def weigh(known: History, options: Sequence[Asked], terms: Terms, at: datetime) -> list[Weighed]:
    """Each option as it stands at ``at``. Refused where the agreement states no model."""
    model = model_of(terms)
    if model is None:
        raise Refused(
            "model-stated",
            Words(
                "the agreement states no model of exposure, so nothing can be weighed",
                "el acuerdo no indica un modelo de exposición, así que nada puede sopesarse",
            ),
        )
    if not 0 < len(options) <= MOST:
        raise ValueError(f"from one to {MOST} ways are weighed at a time")
    world, releases = world_for(known, options, model, at)
    state = State.of(world)
    return [_weighed(state, option, release) for option, release in zip(options, releases, strict=True)]


def _weighed(state: State, option: Asked, release: Release) -> Weighed:
    found = risk(state, release)
    adds = sorted(
        (Adds(reader=str(one.person), adds=one.adds) for one in found.readers), key=lambda one: -one.adds
    )
    return Weighed(
        option=option,
        readers=sum(not str(reader).startswith(UNLOGGED) for reader in release.recipients),
        likely=found.p_leak,
        low=found.low95,
        high=found.high95,
        adds=tuple(adds),
    )
