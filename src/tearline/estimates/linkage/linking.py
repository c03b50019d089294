"""From reports and labels to who is who: candidates, model, grouping, and linkages drawn as likely as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from tearline.estimates.linkage import model
from tearline.estimates.linkage.candidates import candidates, ratio_of
from tearline.estimates.linkage.clustering import APART, CERTAIN, Graph, clusters, graph
from tearline.estimates.linkage.comparisons import Compared, compare
from tearline.estimates.linkage.reports import Coded, Floats, Ints, Report, coded
from tearline.estimates.linkage.sampling import linkages

Pair = tuple[int, int]
BONUS, SPREAD = 2.25, 0.5
"""What joining a group gains besides its pairs, in nats, and how far that differs between registers: a pair's
log-odds hold already that each of the two might be one person with some third report, and groupings count that again.
After 400 labels as many people as are true came out at 1.8 and 2.45 on two registers of others, and at 2.75 on nine of
our making; without labels at 2.35 on these (docs/linkage.md)."""
TWICE = 4.0
"""The same where a source may repeat a person; set on febrl3."""
DRAWS, FEW_DRAWS, MANY = 40, 8, 20_000
"""Linkages from which a pair's chance is read; for more than so many reports, fewer."""
UNLIKELY = -4.0
"""Then pairs with log-odds below this count as if they had been no candidates."""
BETWEEN_DRAWS = 1
MOST_TO_FIT = 60_000
ANY_PAIRS = 500_000
"""From which is read what two different people look like, where sources do not tell."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Register:
    """Reports, the pairs among them that may be one person (``a < b``), and how alike they are. ``once``: within one
    source nobody is reported twice."""

    coded: Coded
    a: Ints
    b: Ints
    compared: Compared
    once: bool = True

    @cached_property
    def apart(self) -> Ints:
        """Reports with the same number are never one person: those of one source, or no two."""
        return self.coded.source if self.once else np.arange(len(self.coded))

    @cached_property
    def across(self) -> Floats:
        return np.asarray(self.apart[self.a] != self.apart[self.b], float)

    @cached_property
    def row(self) -> dict[Pair, int]:
        return {pair: n for n, pair in enumerate(zip(self.a.tolist(), self.b.tolist(), strict=True))}


@dataclass(frozen=True, kw_only=True, eq=False)
class Linked:
    """``member`` numbers the people; ``chance`` is each candidate pair's chance to be one person, from sampled linkages
    that keep the labels; ``graph`` is what they are drawn from; ``log_odds`` know the labels only as the model does.
    A report that names nobody has a number of its own there too.
    """

    register: Register
    graph: Graph
    member: Ints
    chance: Floats
    log_odds: Floats

    @property
    def people(self) -> int:
        """How many there are with a name."""
        return len(np.unique(self.member[self.register.coded.named]))

    def probability(self) -> Floats:
        """For each report, that it is where it was put: with each other report of its group on average, or alone."""
        register, n = self.register, len(self.member)
        together = self.member[register.a] == self.member[register.b]
        summed, alone = np.zeros(n), np.ones(n)
        for one in (register.a, register.b):
            np.add.at(summed, one[together], self.chance[together])
            np.multiply.at(alone, one, 1.0 - self.chance)
        size = np.bincount(self.member)[self.member]
        return np.asarray(np.where(size > 1, summed / np.maximum(size - 1, 1), alone))


def register(reports: Sequence[Report], labelled: Sequence[Pair] = (), *, once: bool = True) -> Register:
    """With the labelled pairs among the candidates, whatever they look like. A report that names nobody is never taken
    for anybody, whatever a label says: it stays a report, and is none of ``people``."""
    numbers = coded(reports)
    a, b, compared = candidates(numbers)
    known = set(zip(a.tolist(), b.tolist(), strict=True))
    more = sorted({(min(p), max(p)) for p in labelled} - known)
    if more:
        more_a, more_b = np.array(more, np.int64).T
        extra = compare(numbers, more_a, more_b)
        a, b = np.concatenate([a, more_a]), np.concatenate([b, more_b])
        compared = Compared(
            levels=np.concatenate([compared.levels, extra.levels]),
            rarity=np.concatenate([compared.rarity, extra.rarity]),
        )
    return Register(coded=numbers, a=a, b=b, compared=compared, once=once)


def link(of: Register, labels: Mapping[Pair, bool], *, seed: int) -> Linked:
    """``labels``: for pairs of reports by number, the smaller first, whether they are one person."""
    few = len(of.coded) <= MANY
    rows = np.array([of.row[pair] for pair in labels], np.int64)
    same = np.array([float(one) for one in labels.values()])
    log_odds = fitted(of, rows, same, seed=seed)
    told = np.zeros(len(log_odds))
    named = of.coded.named[of.a[rows]] & of.coded.named[of.b[rows]]
    told[rows] = np.where((same > 0) & named, CERTAIN, -CERTAIN)
    least = APART if few else UNLIKELY
    drawn_from = graph(
        of.apart,
        of.a,
        of.b,
        log_odds,
        told=told,
        bonus=BONUS if of.once else TWICE,
        spread=SPREAD,
        least=least,
    )
    member = clusters(drawn_from)
    return Linked(
        register=of,
        graph=drawn_from,
        member=member,
        chance=chances(of, drawn_from, member, seed=seed, count=DRAWS if few else FEW_DRAWS),
        log_odds=log_odds,
    )


def fitted(of: Register, rows: Ints, same: Floats, *, seed: int) -> Floats:
    """Each candidate pair's log-odds, by the labels of some and by what pairs within one source look like."""
    ratio = ratio_of(of.coded.source) if of.once else 0.0
    compared, across, labelled = of.compared, of.across, rows
    if len(across) > MOST_TO_FIT:
        random = np.random.Generator(np.random.PCG64([seed, 1]))
        some = np.sort(random.choice(len(across), MOST_TO_FIT, replace=False))
        some = np.union1d(some, rows)
        labelled = np.searchsorted(some, rows)
        compared = Compared(levels=compared.levels[some], rarity=compared.rarity[some])
        across = across[some]
    crossing = labelled[across[labelled] > 0]
    if of.once:
        around = model.start(compared, across, ratio)
    else:
        pairs = len(of.coded) * (len(of.coded) - 1) / 2
        around = model.alone(of.compared, _any_pairs(of.coded, seed), pairs)
    found = model.fit(compared, across, ratio, crossing, same[across[labelled] > 0], around=around)
    return found.log_odds(of.compared)


def _any_pairs(of: Coded, seed: int) -> Compared:
    random = np.random.Generator(np.random.PCG64([seed, 2]))
    a, b = random.integers(len(of), size=(2, ANY_PAIRS))
    return compare(of, a[a != b], b[a != b])


def chances(of: Register, drawn_from: Graph, start: Ints, *, seed: int, count: int) -> Floats:
    """Each candidate pair's share of linkages in which it is one person, for one value of ``bonus``."""
    together = np.zeros(len(of.a))
    for member in linkages(
        drawn_from._replace(spread=0.0), start, seed=seed, count=count, between=BETWEEN_DRAWS
    ):
        together += member[of.a] == member[of.b]
    return together / count


def ask(of: Register, labels: Mapping[Pair, bool], *, count: int, seed: int) -> list[Pair]:
    """The pairs whose label would help most: those that sampled linkages are least agreed on, no report twice.

    Only what was compared and what was answered before decides.
    """
    linked = link(of, labels, seed=seed)
    doubt = linked.chance * (1.0 - linked.chance) * of.across
    doubt += 1e-3 * expit(linked.log_odds) * (1.0 - expit(linked.log_odds)) * of.across
    chosen: list[Pair] = []
    used: set[int] = set()
    for n in np.argsort(-doubt, kind="stable").tolist():
        pair = (int(of.a[n]), int(of.b[n]))
        if len(chosen) == count:
            break
        if doubt[n] <= 0.0 or pair in labels or used & set(pair):
            continue
        chosen.append(pair)
        used.update(pair)
    return chosen
