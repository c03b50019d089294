"""The latent-class model's posterior with everything summed out that can be, and its gradient.

People are of K classes; within a class, lists are independent (Manrique-Vallier, Biometrics 72, 2016): class weights
by stick breaking, ``V_k ~ Beta(1, a)``, ``a ~ Gamma(1/4, 1/4)``, each class's chance of each list uniform, the
population's size N with weight 1 / N. Who is of which class, and N, are summed out, which leaves for the cells' chances

    prod_m (p_m / (1 - p_0))^n_m

over the patterns m that occurred. A ``point`` holds the log of ``a``, the logits of the V, and of the chances class by
class: 1 + (K - 1) + K J numbers.
"""

import math
from typing import NamedTuple

import numpy as np

from tearline.estimates.casualties.histories import Counts, Floats, Histories
from tearline.estimates.compiled import exact

SHAPE = RATE = 0.25
FARTHEST = 200.0
"""Logits beyond this are not told apart: their chances are 1 to all digits."""


class Seen(NamedTuple):
    """The patterns that occurred: how many people each, and which lists, from ``start[m]`` to ``start[m + 1]``."""

    counts: Floats
    start: Counts
    member: Counts


class Work(NamedTuple):
    """Room for one evaluation. Each class's share of each pattern, a row a pattern, with the unseen's last; the
    patterns' chances and weights, alike; each class's odds of each list, and what the gradient adds up for them, a row
    a list; and what it adds up for the whole class.

    Classes lie side by side, so that all of them are worked on at once, each in the same order of operations.
    """

    shares: Floats
    chances: Floats
    weights: Floats
    odds: Floats
    on: Floats
    whole: Floats


class Value(NamedTuple):
    """At a point: the log of the prior's density, and of the likelihood."""

    log_prior: float
    log_likelihood: float


def seen(histories: Histories) -> Seen:
    patterns = histories.seen
    on = [[j for j in range(len(histories.lists)) if pattern >> j & 1] for pattern in patterns.tolist()]
    return Seen(
        counts=histories.counts[patterns].astype(np.float64),
        start=np.concatenate([[0], np.cumsum([len(one) for one in on])]).astype(np.int64),
        member=np.array([j for one in on for j in one], np.int64),
    )


def room(data: Seen, lists: int, classes: int) -> Work:
    patterns = len(data.counts) + 1
    return Work(
        shares=np.zeros((patterns, classes)),
        chances=np.zeros(patterns),
        weights=np.zeros(patterns),
        odds=np.zeros((lists, classes)),
        on=np.zeros((lists, classes)),
        whole=np.zeros(classes),
    )


@exact
def softplus(x: float) -> float:
    """The log of 1 + e^x."""
    positive: float = max(0.0, x)
    return positive + math.log1p(math.exp(-abs(x)))


@exact
def _weigh(counts: Floats, work: Work) -> float:
    """The log likelihood; and its derivative by each chance, as weights."""
    chances, weights, people = work.chances, work.weights, counts.sum()
    last = len(counts)
    log_likelihood = float(-people * math.log1p(-chances[last]))
    weights[last] = people / (1.0 - chances[last])
    for m in range(last):
        log_likelihood += counts[m] * math.log(chances[m])
        weights[m] = counts[m] / chances[m]
    return log_likelihood


@exact
def _descend(point: Floats, data: Seen, beta: float, work: Work, slope: Floats) -> None:
    """Adds the likelihood's part to the gradient, from the last class to the first."""
    shares, weights, on, whole = work.shares, work.weights, work.on, work.whole
    lists, classes = on.shape
    last = len(data.counts)
    on[:] = 0.0
    for k in range(classes):
        whole[k] = shares[last, k] * weights[last]
    for m in range(last):
        for k in range(classes):
            shares[m, k] *= weights[m]
            whole[k] += shares[m, k]
        for e in range(data.start[m], data.start[m + 1]):
            j = data.member[e]
            for k in range(classes):
                on[j, k] += shares[m, k]
    after = 0.0
    for k in range(classes - 1, -1, -1):
        for j in range(lists):
            odds = work.odds[j, k]
            slope[classes + k * lists + j] += beta * (on[j, k] - odds / (1.0 + odds) * whole[k])
        if k < classes - 1:
            broken = 1.0 / (1.0 + math.exp(-point[1 + k]))
            slope[1 + k] += beta * ((1.0 - broken) * whole[k] - broken * after)
        after += whole[k]


@exact
def evaluate(point: Floats, data: Seen, beta: float, work: Work, slope: Floats) -> Value:
    """The value at a point; ``slope`` becomes the gradient of ``log_prior + beta * log_likelihood``."""
    shares, chances, odds = work.shares, work.chances, work.odds
    lists, classes = odds.shape
    last = len(data.counts)
    a = math.exp(point[0])
    log_prior = SHAPE * point[0] - RATE * a + (classes - 1) * point[0]
    slope[0] = SHAPE - RATE * a + classes - 1
    rest = 1.0
    for k in range(classes):
        nobody = rest
        if k < classes - 1:
            u = point[1 + k]
            log_kept = -softplus(u)
            kept = math.exp(log_kept)
            log_prior += log_kept + u + a * log_kept
            slope[0] += a * log_kept
            slope[1 + k] = kept - a * (1.0 - kept)
            nobody = rest * (1.0 - kept)
            rest *= kept
        for j in range(lists):
            t = min(point[classes + k * lists + j], FARTHEST)
            odds[j, k] = math.exp(t)
            off = 1.0 / (1.0 + odds[j, k])
            log_prior += t + 2.0 * math.log(off)
            slope[classes + k * lists + j] = 2.0 * off - 1.0
            nobody *= off
        shares[last, k] = nobody
    for m in range(last):
        for k in range(classes):
            shares[m, k] = shares[last, k]
        for e in range(data.start[m], data.start[m + 1]):
            j = data.member[e]
            for k in range(classes):
                shares[m, k] *= odds[j, k]
    for m in range(last + 1):
        chances[m] = 0.0
        for k in range(classes):
            chances[m] += shares[m, k]
    log_likelihood = _weigh(data.counts, work)
    _descend(point, data, beta, work, slope)
    return Value(log_prior, log_likelihood)


@exact
def by_captures(point: Floats, lists: int, classes: int, into: Floats) -> None:
    """The chance of standing on exactly c lists, c = 0 to J."""
    into[:] = 0.0
    within = np.zeros(lists + 1)
    rest = 1.0
    for k in range(classes):
        share = rest
        if k < classes - 1:
            kept = math.exp(-softplus(point[1 + k]))
            share = rest * (1.0 - kept)
            rest *= kept
        within[:] = 0.0
        within[0] = share
        for j in range(lists):
            chance = 1.0 / (1.0 + math.exp(-point[classes + k * lists + j]))
            for c in range(j + 1, 0, -1):
                within[c] = within[c] * (1.0 - chance) + within[c - 1] * chance
            within[0] *= 1.0 - chance
        into += within
