"""How often the model was right in simulated worlds, where that is known: for whoever shows a posterior.

Copied from ``bench/exposure_study/results.json``, which the study writes; a test holds the two together. What each
family of worlds is stands in docs/exposure.md. None of it is evidence about real leaks: worlds drawn from the model
show that the code is right, the others what happens where the world is another than was believed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Accused:
    """Had everybody been accused who was given so much: how many of them were no channels.

    ``at_most``: the exact 95 % upper bound of that share (Clopper & Pearson, one-sided); None where nobody was.
    """

    accused: int
    false: int
    at_most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """``worlds``: those that had an answer; ``left_out``: those in which too much leaked for one. ``ece``: how far what
    was said of people, of those given more than 0.05, lay from what was true of them, on average.
    """

    family: str
    seed: int
    worlds: int
    left_out: int
    ece: float
    at_90: Accused
    at_99: Accused


def tested() -> Mapping[str, Tested]:
    """Every family of worlds, by name."""
    return _BY_FAMILY


EVERY: tuple[Tested, ...] = ()
_BY_FAMILY: Mapping[str, Tested] = MappingProxyType({one.family: one for one in EVERY})
