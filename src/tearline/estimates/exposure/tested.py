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


EVERY: tuple[Tested, ...] = (
    Tested(
        family="A",
        seed=201,
        worlds=1403,
        left_out=97,
        ece=0.0044,
        at_90=Accused(accused=551, false=14, at_most=0.0394),
        at_99=Accused(accused=264, false=0, at_most=0.0113),
    ),
    Tested(
        family="A+",
        seed=201,
        worlds=20,
        left_out=0,
        ece=0.0179,
        at_90=Accused(accused=49, false=1, at_most=0.0932),
        at_99=Accused(accused=23, false=0, at_most=0.1221),
    ),
    Tested(
        family="B",
        seed=202,
        worlds=1443,
        left_out=57,
        ece=0.0112,
        at_90=Accused(accused=1526, false=22, at_most=0.0205),
        at_99=Accused(accused=1083, false=2, at_most=0.0058),
    ),
    Tested(
        family="C1",
        seed=203,
        worlds=903,
        left_out=97,
        ece=0.0723,
        at_90=Accused(accused=276, false=38, at_most=0.1765),
        at_99=Accused(accused=102, false=2, at_most=0.0604),
    ),
    Tested(
        family="D1",
        seed=203,
        worlds=903,
        left_out=97,
        ece=0.0708,
        at_90=Accused(accused=261, false=37, at_most=0.1822),
        at_99=Accused(accused=99, false=2, at_most=0.0622),
    ),
    Tested(
        family="D2",
        seed=203,
        worlds=903,
        left_out=97,
        ece=0.0295,
        at_90=Accused(accused=131, false=6, at_most=0.0884),
        at_99=Accused(accused=36, false=0, at_most=0.0798),
    ),
    Tested(
        family="C2",
        seed=204,
        worlds=923,
        left_out=77,
        ece=0.1375,
        at_90=Accused(accused=913, false=261, at_most=0.3115),
        at_99=Accused(accused=490, false=55, at_most=0.1385),
    ),
    Tested(
        family="D3",
        seed=204,
        worlds=920,
        left_out=80,
        ece=0.1345,
        at_90=Accused(accused=849, false=243, at_most=0.3129),
        at_99=Accused(accused=454, false=49, at_most=0.1349),
    ),
    Tested(
        family="D4",
        seed=204,
        worlds=920,
        left_out=80,
        ece=0.1368,
        at_90=Accused(accused=831, false=239, at_most=0.3146),
        at_99=Accused(accused=453, false=49, at_most=0.1352),
    ),
    Tested(
        family="D5",
        seed=204,
        worlds=920,
        left_out=80,
        ece=0.095,
        at_90=Accused(accused=623, false=89, at_most=0.168),
        at_99=Accused(accused=314, false=9, at_most=0.0495),
    ),
    Tested(
        family="D6",
        seed=204,
        worlds=920,
        left_out=80,
        ece=0.0745,
        at_90=Accused(accused=467, false=46, at_most=0.1242),
        at_99=Accused(accused=231, false=1, at_most=0.0204),
    ),
    Tested(
        family="E2",
        seed=205,
        worlds=1419,
        left_out=81,
        ece=0.0063,
        at_90=Accused(accused=748, false=19, at_most=0.0371),
        at_99=Accused(accused=288, false=2, at_most=0.0217),
    ),
    Tested(
        family="E1",
        seed=205,
        worlds=1419,
        left_out=81,
        ece=0.1069,
        at_90=Accused(accused=439, false=4, at_most=0.0207),
        at_99=Accused(accused=65, false=0, at_most=0.045),
    ),
    Tested(
        family="E2+",
        seed=205,
        worlds=20,
        left_out=0,
        ece=0.0514,
        at_90=Accused(accused=87, false=3, at_most=0.0867),
        at_99=Accused(accused=51, false=0, at_most=0.057),
    ),
    Tested(
        family="E3",
        seed=208,
        worlds=599,
        left_out=1,
        ece=0.0118,
        at_90=Accused(accused=139, false=5, at_most=0.0741),
        at_99=Accused(accused=29, false=0, at_most=0.0981),
    ),
    Tested(
        family="F1",
        seed=206,
        worlds=982,
        left_out=18,
        ece=0.1121,
        at_90=Accused(accused=228, false=156, at_most=0.735),
        at_99=Accused(accused=78, false=53, at_most=0.7664),
    ),
    Tested(
        family="F2",
        seed=206,
        worlds=951,
        left_out=49,
        ece=0.0126,
        at_90=Accused(accused=19, false=1, at_most=0.2264),
        at_99=Accused(accused=2, false=0, at_most=0.7764),
    ),
    Tested(
        family="G1",
        seed=201,
        worlds=944,
        left_out=56,
        ece=0.0109,
        at_90=Accused(accused=424, false=19, at_most=0.0651),
        at_99=Accused(accused=223, false=0, at_most=0.0133),
    ),
    Tested(
        family="G2",
        seed=207,
        worlds=957,
        left_out=43,
        ece=0.0708,
        at_90=Accused(accused=271, false=49, at_most=0.2237),
        at_99=Accused(accused=105, false=2, at_most=0.0587),
    ),
    Tested(
        family="H1",
        seed=201,
        worlds=944,
        left_out=56,
        ece=0.0116,
        at_90=Accused(accused=285, false=4, at_most=0.0318),
        at_99=Accused(accused=138, false=0, at_most=0.0215),
    ),
    Tested(
        family="H2",
        seed=201,
        worlds=944,
        left_out=56,
        ece=0.0809,
        at_90=Accused(accused=449, false=133, at_most=0.3337),
        at_99=Accused(accused=233, false=49, at_most=0.259),
    ),
)
_BY_FAMILY: Mapping[str, Tested] = MappingProxyType({one.family: one for one in EVERY})
