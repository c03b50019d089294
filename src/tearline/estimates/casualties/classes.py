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

from tearline.estimates.casualties.histories import Floats
from tearline.estimates.exposure.compiled import compiled, reordered

SHAPE = RATE = 0.25


class Work(NamedTuple):
    """Room for one evaluation: each class's share of each cell, the cells' chances, and their weights."""

    shares: Floats
    chances: Floats
    weights: Floats


class Value(NamedTuple):
    """At a point: the log of the prior's density, of the likelihood, and the chance of standing on no list."""

    log_prior: float
    log_likelihood: float
    unseen: float


def room(lists: int, classes: int) -> Work:
    cells = 1 << lists
    return Work(np.zeros((classes, cells)), np.zeros(cells), np.zeros(cells))


@compiled
def chance(logit: float) -> float:
    if logit >= 0.0:
        return 1.0 / (1.0 + math.exp(-logit))
    return math.exp(logit) / (1.0 + math.exp(logit))


@compiled
def softplus(x: float) -> float:
    """The log of 1 + e^x."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


@reordered
def _weigh(counts: Floats, people: float, work: Work) -> float:
    """The log likelihood; and its derivative by each cell's chance, as weights."""
    chances, weights = work.chances, work.weights
    log_likelihood = -people * math.log1p(-chances[0])
    weights[0] = people / (1.0 - chances[0])
    for m in range(1, len(counts)):
        weights[m] = 0.0
        if counts[m] > 0.0:
            log_likelihood += counts[m] * math.log(chances[m])
            weights[m] = counts[m] / chances[m]
    return log_likelihood


@reordered
def _descend(point: Floats, lists: int, classes: int, beta: float, work: Work, slope: Floats) -> None:
    """Adds the likelihood's part to the gradient, from the last class to the first."""
    shares, weights = work.shares, work.weights
    after = 0.0
    for k in range(classes - 1, -1, -1):
        whole = 0.0
        for m in range(len(weights)):
            shares[k, m] *= weights[m]
            whole += shares[k, m]
        start = classes + k * lists
        for j in range(lists):
            on = 0.0
            for m in range(len(weights)):
                if m & (1 << j):
                    on += shares[k, m]
            slope[start + j] += beta * (on - chance(point[start + j]) * whole)
        if k < classes - 1:
            broken = chance(point[1 + k])
            slope[1 + k] += beta * ((1.0 - broken) * whole - broken * after)
        after += whole


@reordered
def evaluate(
    point: Floats,
    counts: Floats,
    people: float,
    lists: int,
    classes: int,
    beta: float,
    work: Work,
    slope: Floats,
) -> Value:
    """The value at a point; ``slope`` becomes the gradient of ``log_prior + beta * log_likelihood``."""
    shares, chances = work.shares, work.chances
    a = math.exp(point[0])
    log_prior = SHAPE * point[0] - RATE * a + (classes - 1) * point[0]
    slope[0] = SHAPE - RATE * a + classes - 1
    rest = 1.0
    chances[:] = 0.0
    for k in range(classes):
        if k < classes - 1:
            u = point[1 + k]
            broken = chance(u)
            log_kept = -softplus(u)
            log_prior += log_kept + u + a * log_kept
            slope[0] += a * log_kept
            slope[1 + k] = 1.0 - broken - a * broken
            shares[k, 0] = rest * broken
            rest *= chance(-u)
        else:
            shares[k, 0] = rest
        start = classes + k * lists
        for j in range(lists):
            t = point[start + j]
            on, off = chance(t), chance(-t)
            log_prior -= softplus(t) + softplus(-t)
            slope[start + j] = off - on
            half = 1 << j
            for m in range(half):
                shares[k, m + half] = shares[k, m] * on
                shares[k, m] *= off
        for m in range(len(chances)):
            chances[m] += shares[k, m]
    log_likelihood = _weigh(counts, people, work)
    _descend(point, lists, classes, beta, work, slope)
    return Value(log_prior, log_likelihood, chances[0])
