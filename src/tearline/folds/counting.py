"""How many there were, of one scope: who is in it, on which lists, and what the estimators make of that.

The documented count rests on who is who as it stands on record. A person is in scope when a report of them lies in it;
the lists they stand on are those of all their reports that may. Lists are letters, the longest first: nobody needs to
know whose they are.

What doubt there is about who is who is carried on like this. The methods' pooled posterior is that of the linkage on
record. Linkages are drawn as likely as they are (``linking``), and of each the estimate over decomposable graphs is
compared with the one of the linkage on record (Chao's lower bound, where there are more than six lists): the posterior
is spread by these ratios, each draw by each. So it takes the other methods to be off by the same share when the linkage
is, and needs seconds instead of hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.casualties import Estimate, Histories, estimate
from tearline.estimates.casualties.bounds import lower_bound
from tearline.estimates.casualties.decomposable import Interval, averaged
from tearline.estimates.casualties.estimate import Step, silent
from tearline.estimates.casualties.graphs import MOST_LISTS as MOST_OF_GRAPHS
from tearline.estimates.casualties.histories import MOST_LISTS, Floats
from tearline.estimates.linkage.reports import Ints
from tearline.facts.casualties import ByMethod, CountedScope, EstimateMethod, VariedAssumption
from tearline.facts.harm import Harm
from tearline.facts.history import History
from tearline.facts.identifiers import ListId, VictimId
from tearline.facts.register import VictimReported
from tearline.folds.linking import Compared, Material, compared, material
from tearline.folds.register import Reported, unnamed

BLOCKS = 200
POINTS = 500
FEWEST_JUDGED = 10
"""Pairs that people judged, without which nobody can say how good a linkage is."""
FURTHEST_APART = 0.05
"""Share of the documented people by which the linkage on record may lie outside the range of those drawn."""
APART = "linkage-apart"
"""The reason where it lies further outside."""
COVERS = {Harm.KILLED_OR_DISAPPEARED: {Harm.KILLED, Harm.DISAPPEARED, Harm.KILLED_OR_DISAPPEARED}}


@dataclass(frozen=True, kw_only=True)
class Scoped:
    """Those who may be counted, as rows. ``inside``: reports that lie in the scope; ``outside``: that do not.

    What is neither does not say when or where, and follows its person. ``lists`` are letters in ``on``'s order.
    """

    of: Material
    scope: CountedScope
    inside: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    on: Ints
    lists: tuple[str, ...]

    @cached_property
    def standing(self) -> Ints:
        """The person of each row, as they are put together on record, numbered from 0."""
        of = self.of.grouping.of
        number = {person: n for n, person in enumerate(self.of.grouping.people)}
        return np.array([number[of[victim]] for victim in self.of.people], np.int64)

    def people(self, member: Ints) -> NDArray[np.bool_]:
        """Of each person of this linkage, whether they are in scope."""
        within = np.zeros(int(member.max(initial=-1)) + 1, np.bool_)
        np.logical_or.at(within, member, self.inside)
        return within

    def documented(self, member: Ints) -> int:
        return int(self.people(member).sum())

    def histories(self, member: Ints) -> Histories:
        """On which lists the people in scope stand."""
        seen = np.zeros(int(member.max(initial=-1)) + 1, np.int64)
        rows = ~self.outside
        np.bitwise_or.at(seen, member[rows], np.int64(1) << self.on[rows])
        counts = np.bincount(seen[self.people(member)], minlength=1 << len(self.lists))
        return Histories(lists=self.lists, counts=counts.astype(np.int64))

    def named(self) -> Mapping[VictimId, Sequence[VictimId]]:
        """The people in scope as they stand on record, with all that were reported of each."""
        within = self.people(self.standing)
        return {person: some for n, (person, some) in enumerate(self.of.grouping.people.items()) if within[n]}


def scoped(history: History, scope: CountedScope, day: date) -> Scoped:
    of = material(history, day)
    where = [_lies(scope, r, v.fact) for r, v in zip(of.reports, of.people.values(), strict=True)]
    inside, outside = np.array([w is True for w in where], bool), np.array([w is False for w in where], bool)
    sizes: dict[ListId, int] = {}
    for report, out in zip(of.reports, outside, strict=True):
        if not out:
            sizes[report.list] = sizes.get(report.list, 0) + 1
    place = {one: n for n, one in enumerate(sorted(sizes, key=lambda one: (-sizes[one], one)))}
    return Scoped(
        of=of,
        scope=scope,
        inside=inside,
        outside=outside,
        on=np.array([place.get(r.list, 0) for r in of.reports], np.int64),
        lists=tuple(letter(n) for n in range(len(place))),
    )


def letter(n: int) -> str:
    """A to Z, then A1 and so on."""
    return chr(ord("A") + n % 26) + (str(n // 26) if n >= 26 else "")


def may_lie(scope: CountedScope, report: Reported) -> bool:
    """Whether it does not lie outside by what stands in clear, whoever reads it."""
    return _lies(scope, report, None) is not False


def _lies(scope: CountedScope, report: Reported, victim: VictimReported | None) -> bool | None:
    """Whether a report lies in the scope, by its own days or else the person's; None where it does not say it all."""
    fact = report.fact
    if scope.harm is not None and fact.harm not in COVERS.get(scope.harm, {scope.harm}):
        return False
    if scope.compromise and fact.compromise != scope.compromise:
        return False
    if scope.operation and fact.operation != scope.operation:
        return False
    where = {place.casefold() for place in scope.places}
    if where and fact.place is not None and fact.place.casefold() not in where:
        return False
    first, last = fact.first_day or fact.last_day, fact.last_day or fact.first_day
    if first is None and victim is not None:
        first, last = (
            victim.seen_from.value or victim.seen_to.value,
            victim.seen_to.value or victim.seen_from.value,
        )
    if first is None or last is None:
        return None
    if where and fact.place is None and first <= scope.last_day and last >= scope.first_day:
        return None
    return first <= scope.last_day and last >= scope.first_day


@dataclass(frozen=True, kw_only=True)
class Figures:
    """``size`` is None where any of ``refused``, which are rules, stands against it."""

    scoped: Scoped
    histories: Histories
    found: Estimate
    documented: int
    between: tuple[int, int]
    unnamed: tuple[int, int | None]
    size: Interval | None
    refused: tuple[str, ...]
    drawn: int

    @property
    def reported(self) -> int:
        """People reported who stand for those in scope."""
        standing = self.scoped.standing
        return int((self.scoped.people(standing)[standing] & ~self.scoped.outside).sum())

    def methods(self) -> tuple[ByMethod, ...]:
        return tuple(_methods(self.found))

    def varied(self) -> tuple[VariedAssumption, ...]:
        """Named shortly: delta=0.5, classes=5, without=A, merged=A+B."""
        varied = self.found.varied
        if varied is None:
            return ()
        graphs, classes = EstimateMethod.GRAPHS, EstimateMethod.CLASSES
        rows = [(f"delta={delta:g}", graphs, n) for delta, n in varied.deltas.items()]
        rows += [(f"classes={count}", classes, n) for count, n in varied.classes.items()]
        rows += [(f"without={one}", graphs, n) for one, n in varied.without.items()]
        rows += [(f"merged={a}+{b}", graphs, n) for (a, b), n in varied.merged.items()]
        return tuple(VariedAssumption(changed=c, method=m, median=n) for c, m, n in rows)


def figured(
    history: History,
    scope: CountedScope,
    at: datetime,
    *,
    seed: int,
    varied: bool = True,
    step: Step = silent,
) -> Figures | None:
    """None where nobody in this scope may be counted. ``step`` is told what is being done."""
    day = at.date()
    within = scoped(history, scope, day)
    documented = within.documented(within.standing)
    if not documented or len(within.lists) > MOST_LISTS:
        return None
    step("linkages")
    made = compared(within.of, seed=seed)
    histories = within.histories(within.standing)
    each = np.array([within.documented(row) for row in made.drawn])
    low, high = (int(n) for n in np.quantile(each, [0.025, 0.975], method="nearest"))
    of_linkage = _of_linkage(within.of, documented, (low, high))
    found = estimate(histories, seed=seed, varied=varied and not of_linkage, step=step)
    refused = dict.fromkeys([*(reason.rule for reason in found.refused), *of_linkage])
    size = None
    if not refused:
        step("linkages averaged")
        size = _spread(found, _ratios(within, made, histories), each)
    return Figures(
        scoped=within,
        histories=histories,
        found=found,
        documented=documented,
        between=(low, high),
        unnamed=unnamed(history, day, lambda one: _lies(scope, one, None) is True),
        size=size,
        refused=tuple(refused),
        drawn=len(made.drawn),
    )


def _of_linkage(of: Material, documented: int, between: tuple[int, int]) -> list[str]:
    rules = []
    if of.judged < FEWEST_JUDGED:
        rules.append("linkage-unknown")
    apart = max(between[0] - documented, documented - between[1])
    if apart > FURTHEST_APART * documented:
        rules.append(APART)
    return rules


def _ratios(within: Scoped, made: Compared, histories: Histories) -> Floats:
    """Of each linkage drawn, how its estimate stands to that of the linkage on record."""
    known = _quick(histories)
    return np.array([_quick(within.histories(row)) / known for row in made.drawn])


def _quick(histories: Histories) -> float:
    if 2 <= len(histories.lists) <= MOST_OF_GRAPHS:
        return averaged(histories, blocks=BLOCKS).size.median
    return lower_bound(histories)


def _spread(found: Estimate, ratios: Floats, documented: Ints) -> Interval:
    """The methods' pooled posterior, times each ratio; never fewer than that linkage documents."""
    assert found.pooled is not None  # noqa: S101  else it is refused
    draws = found.pooled.quantiles((np.arange(POINTS) + 0.5) / POINTS)
    return Interval.of(np.maximum(draws[:, None] * ratios[None, :], documented[None, :]))


def _methods(found: Estimate) -> list[ByMethod]:
    made = []
    if found.graphs is not None:
        made.append(_by(EstimateMethod.GRAPHS, found.graphs.size))
    if found.latent is not None:
        chains = [run.converged for run in found.latent]
        rhat, effective = max(c.rhat for c in chains), min(c.ess for c in chains)
        made.append(
            _by(EstimateMethod.CLASSES, found.latent_size, rhat=_finite(rhat), effective=_finite(effective))
        )
    if found.abilities is not None:
        made.append(_by(EstimateMethod.DEGREES, found.abilities.size, effective=found.abilities.effective))
    if (one := found.loglinear) is not None:
        made.append(
            ByMethod(method=EstimateMethod.LOGLINEAR, median=one.median, low=one.low95, high=one.high95)
        )
    return [one for one in made if all(np.isfinite([one.median, one.low, one.high]))]


def _by(
    method: EstimateMethod, size: Interval, *, rhat: float | None = None, effective: float | None = None
) -> ByMethod:
    return ByMethod(
        method=method, median=size.median, low=size.low95, high=size.high95, rhat=rhat, effective=effective
    )


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
