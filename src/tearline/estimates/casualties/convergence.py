"""Whether chains have met, and how much they know (Vehtari and others, Bayesian Analysis 16, 2021)."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta, rankdata

from tearline.estimates.casualties.histories import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergence:
    """``rhat``: rank-normalised, split, the larger of bulk and folded. ``ess``: effective draws, the smallest of the
    bulk's, both tails' and what means of long batches say, which sees slow changes that autocorrelations cut short
    do not."""

    rhat: float
    ess: float


def convergence(draws: Floats) -> Convergence:
    """Of draws of one quantity, a row a chain."""
    halves = _split(draws)
    ranked, folded = _ranked(halves), _ranked(np.abs(halves - np.median(halves)))
    tails = [_effective((halves <= np.quantile(halves, q)).astype(np.float64)) for q in (0.05, 0.95)]
    return Convergence(
        rhat=max(_rhat(ranked), _rhat(folded)),
        ess=min(_effective(ranked), *tails, _by_batches(_ranked(draws))),
    )


def quantile_error(draws: Floats, q: float) -> float:
    """The standard error of a quantile, in the draws' own unit: half of what a beta interval of its place spans."""
    halves = _split(draws)
    ess = _effective((halves <= np.quantile(halves, q)).astype(np.float64))
    low, high = beta.ppf([0.1586553, 0.8413447], ess * q + 1, ess * (1 - q) + 1)
    ordered = np.sort(draws, axis=None)
    places = [int(np.clip(round(p * len(ordered)), 0, len(ordered) - 1)) for p in (low, high)]
    return float((ordered[places[1]] - ordered[places[0]]) / 2)


def _split(draws: Floats) -> Floats:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _ranked(draws: Floats) -> Floats:
    ranks = rankdata(draws, method="average").reshape(draws.shape)
    return np.asarray(ndtri((ranks - 0.375) / (draws.size + 0.25)))


def _rhat(draws: Floats) -> float:
    count = draws.shape[1]
    within = draws.var(axis=1, ddof=1).mean()
    between = draws.mean(axis=1).var(ddof=1)
    if within == 0.0:
        return 1.0 if between == 0.0 else float("inf")
    return float(np.sqrt((count - 1) / count + between / within))


def _effective(draws: Floats) -> float:
    """Geyer's initial monotone sequence over the chains' mean autocovariance."""
    chains, count = draws.shape
    within = draws.var(axis=1, ddof=1).mean()
    if within == 0.0:
        return float(draws.size) if draws.mean(axis=1).var() == 0.0 else float(chains)
    total = (count - 1) / count * within + draws.mean(axis=1).var(ddof=1)
    centred = draws - draws.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * count, axis=1)
    covariance = np.fft.irfft(spectrum * spectrum.conj(), axis=1)[:, :count].mean(axis=0) / count
    rho = 1.0 - (within - covariance * count / (count - 1)) / total
    rho[0] = 1.0
    pairs = rho[: count // 2 * 2].reshape(-1, 2).sum(axis=1)
    ends = np.flatnonzero(pairs < 0)
    pairs = np.minimum.accumulate(pairs[: ends[0]] if len(ends) else pairs)
    return float(draws.size / max(2.0 * pairs.sum() - 1.0, 1.0 / np.log10(draws.size)))


def _by_batches(draws: Floats) -> float:
    """What the spread of the means of long batches says: a twentieth of each chain."""
    chains, count = draws.shape
    length = count // 20
    if not length:
        return float(chains)
    batches = draws[:, : length * 20].reshape(chains * 20, length).mean(axis=1)
    spread = batches.var(ddof=1)
    return float(draws.size * draws.var() / (length * spread)) if spread > 0.0 else float(draws.size)
