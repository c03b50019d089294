"""How many there were in all, with the doubt about who is who (linkage averaging: Sadinle, Ann. Appl. Stat. 12, 2018).

Linkages are drawn as likely as they are; each gives capture histories by source and these a posterior of the number
in all; the posteriors are pooled with equal weight.
"""

from dataclasses import dataclass

import numpy as np

from tearline.estimates.casualties.decomposable import Interval
from tearline.estimates.casualties.decomposable import averaged as over_graphs
from tearline.estimates.casualties.histories import Histories
from tearline.estimates.linkage.clustering import renumbered
from tearline.estimates.linkage.linking import Linked
from tearline.estimates.linkage.reports import Floats, Ints
from tearline.estimates.linkage.sampling import linkages

MOST_SOURCES = 6
BLOCKS = 200
POINTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Averaged:
    """``documented`` is the 95 % range of how many named people the reports are of; ``size`` is of all, None where
    there is one source or more than six."""

    documented: tuple[float, float]
    size: Interval | None


def histories(member: Ints, source: Ints, sources: tuple[str, ...]) -> Histories:
    """How many people just these sources reported, for each set of sources."""
    seen = np.zeros(int(member.max(initial=-1)) + 1, np.int64)
    np.bitwise_or.at(seen, member, np.int64(1) << source)
    return Histories(lists=sources, counts=np.bincount(seen, minlength=1 << len(sources)))


def averaged(linked: Linked, *, seed: int, count: int = 100) -> Averaged:
    """Over ``count`` linkages."""
    coded = linked.register.coded
    named, source = coded.named, coded.source[coded.named]
    people, parts = [], []
    for linkage in linkages(linked.graph, linked.member, seed=seed, count=count):
        member = renumbered(linkage[named])
        people.append(float(member.max(initial=-1)) + 1)
        if len(member) and 2 <= len(coded.sources) <= MOST_SOURCES:
            found = over_graphs(histories(member, source, coded.sources), blocks=BLOCKS)
            parts.append((found.ends, found.cdf))
    low, high = np.quantile(people, [0.025, 0.975])
    return Averaged(documented=(float(low), float(high)), size=_pooled(parts) if parts else None)


def _pooled(parts: list[tuple[Floats, Floats]]) -> Interval:
    """Of equal parts of a mixture, each given by its distribution function."""
    even = (np.arange(POINTS) + 0.5) / POINTS
    draws = np.concatenate([np.interp(even * cdf[-1], cdf, ends) for ends, cdf in parts])
    return Interval.of(draws)
