"""How many stand on no list, where people differ in how likely they are to be listed: the latent-class model."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.casualties.classes import room, seen
from tearline.estimates.casualties.convergence import Convergence, convergence
from tearline.estimates.casualties.decomposable import Interval
from tearline.estimates.casualties.histories import Floats, Histories
from tearline.estimates.casualties.tempering import rungs, sweeps
from tearline.estimates.casualties.unseen import unseen_people

CLASSES, CHAINS = 10, 4
WARM, SWEEPS, MOST_SWEEPS, FEWEST_SWEEPS = 1_500, 4_000, 32_000, 40
MOST_VISITS = 90_000_000
"""Sweeps times classes times entries of the table: where patterns are many, a chain ends sooner, met or not, but never
before ``FEWEST_SWEEPS``, of which it can be said whether chains have met."""
LARGEST_RHAT, FEWEST_EFFECTIVE = 1.01, 400.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Latent:
    """``draws`` of the population's size, documented and not, a row a chain; ``repeated`` how many would stand on
    1, 2, ... lists if as many were listed anew, a row a draw; ``traded`` is the mean chance that two
    neighbouring rungs traded places, between each two.
    """

    size: Interval
    draws: Floats
    repeated: NDArray[np.int64]
    converged: Convergence
    traded: Floats

    @property
    def met(self) -> bool:
        """Whether the chains have met, and know enough for an interval."""
        return self.converged.rhat <= LARGEST_RHAT and self.converged.ess >= FEWEST_EFFECTIVE


def latent(
    histories: Histories, *, seed: int, classes: int = CLASSES, most_sweeps: int = MOST_SWEEPS
) -> Latent:
    """Goes on, each time as long again, until the chains have met or ``most_sweeps`` are done, or ``MOST_VISITS``."""
    chains = [_Chain(histories, classes, one) for one in np.random.SeedSequence(seed).spawn(CHAINS)]
    most = min(most_sweeps, max(FEWEST_SWEEPS, MOST_VISITS // (classes * chains[0].entries)))
    done = 0
    with ThreadPoolExecutor(CHAINS) as side_by_side:
        list(side_by_side.map(lambda chain: chain.warm(min(WARM, most)), chains))
        while True:
            more = min(max(SWEEPS, done), most - done)
            list(side_by_side.map(lambda chain: chain.go_on(more), chains))  # noqa: B023  it is done before it changes
            done += more
            draws = np.stack([np.concatenate(chain.draws) for chain in chains])
            converged = convergence(np.log(draws - histories.documented + 0.5))
            met = converged.rhat <= LARGEST_RHAT and converged.ess >= FEWEST_EFFECTIVE
            if met or done >= most:
                break
    return Latent(
        size=Interval.of(draws),
        draws=draws,
        repeated=np.concatenate([one for chain in chains for one in chain.repeated]),
        converged=converged,
        traded=np.mean([chain.at.traded for chain in chains], axis=0),
    )


class _Chain:
    def __init__(self, histories: Histories, classes: int, seed: np.random.SeedSequence) -> None:
        self.data = seen(histories)
        self.random = np.random.Generator(np.random.PCG64(seed))
        self.at = rungs(len(histories.lists), classes, self.random)
        self.work = room(self.data, len(histories.lists), classes)
        self.draws: list[Floats] = []
        self.repeated: list[NDArray[np.int64]] = []

    @property
    def entries(self) -> int:
        """What one look at the table reads: its patterns, and the lists of each."""
        return len(self.data.counts) + len(self.data.member)

    def warm(self, many: int) -> None:
        sweeps(many, 1, self.at, self.data, self.work, self.random)

    def go_on(self, many: int) -> None:
        captures = sweeps(many, 0, self.at, self.data, self.work, self.random)
        people = int(self.data.counts.sum())
        self.draws.append(people + unseen_people(people, captures[:, 0], self.random))
        self.repeated.append(
            self.random.multinomial(people, captures[:, 1:] / captures[:, 1:].sum(axis=1, keepdims=True))
        )
