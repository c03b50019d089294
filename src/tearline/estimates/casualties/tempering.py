"""Chains through the latent-class posterior: Hamiltonian moves on a ladder of tempered copies that trade places.

On rung t the likelihood counts to the power ``betas[t]``, so that the upper rungs cross between modes that the lowest,
which is the posterior, would not leave (parallel tempering; Geyer 1991). Within a rung, moves are Hamiltonian (Neal
2011) with a random number of steps. Step sizes, and how far the rungs lie apart (Miasojedow, Moulines and Vihola,
JCGS 22, 2013), are set while warming up and then left alone.
"""

import math
from typing import NamedTuple

import numpy as np

from tearline.estimates.casualties.classes import Seen, Value, Work, by_captures, evaluate
from tearline.estimates.casualties.histories import Floats
from tearline.estimates.compiled import exact

RUNGS = 5
MOST_STEPS = 20
STEP_TARGET, TRADE_TARGET = 0.7, 0.3
GIVEN_UP = 1_000.0
"""A move that has lost so much log probability has left the numbers' range and is not taken further."""


class Rungs(NamedTuple):
    """A row a rung. ``steps`` are the sizes of a Hamiltonian step, ``gaps`` the logs of how the logs of beta differ."""

    points: Floats
    slopes: Floats
    log_priors: Floats
    log_likelihoods: Floats
    betas: Floats
    steps: Floats
    gaps: Floats
    accepted: Floats
    traded: Floats


def rungs(lists: int, classes: int, random: np.random.Generator) -> Rungs:
    """A start that is wide beside the posterior."""
    size = classes + classes * lists
    points = random.normal(0.0, 1.5, (RUNGS, size))
    gaps = np.full(RUNGS - 1, math.log(0.5))
    none = np.zeros(RUNGS)
    return Rungs(
        points=points,
        slopes=np.zeros_like(points),
        log_priors=none.copy(),
        log_likelihoods=none.copy(),
        betas=np.exp(-np.concatenate([[0.0], np.cumsum(np.exp(gaps))])),
        steps=np.full(RUNGS, 0.05),
        gaps=gaps,
        accepted=none.copy(),
        traded=np.zeros(RUNGS - 1),
    )


@exact
def _keep(at: Rungs, t: int, value: Value) -> None:
    at.log_priors[t] = value.log_prior
    at.log_likelihoods[t] = value.log_likelihood


@exact
def _trade(at: Rungs, t: int) -> None:
    for d in range(at.points.shape[1]):
        at.points[t, d], at.points[t + 1, d] = at.points[t + 1, d], at.points[t, d]
    for values in (at.log_priors, at.log_likelihoods):
        values[t], values[t + 1] = values[t + 1], values[t]


@exact
def _move(
    t: int,
    at: Rungs,
    data: Seen,
    work: Work,
    random: np.random.Generator,
    speed: Floats,
    there: Floats,
    slope: Floats,
) -> tuple[Value, float]:
    """Leapfrog steps to ``there``, with its ``slope``; the value found, and with what chance to go there."""
    beta, step = at.betas[t], at.steps[t] * random.uniform(0.8, 1.2)
    there[:] = at.points[t]
    slope[:] = at.slopes[t]
    energy = at.log_priors[t] + beta * at.log_likelihoods[t]
    for d in range(len(speed)):
        speed[d] = random.standard_normal()
        energy -= 0.5 * speed[d] * speed[d]
    value = Value(0.0, 0.0)
    for _ in range(random.integers(1, MOST_STEPS + 1)):
        for d in range(len(speed)):
            speed[d] += 0.5 * step * slope[d]
            there[d] += step * speed[d]
        value = evaluate(there, data, beta, work, slope)
        if not value.log_prior + beta * value.log_likelihood > energy - GIVEN_UP:
            return value, 0.0
        for d in range(len(speed)):
            speed[d] += 0.5 * step * slope[d]
    now = value.log_prior + beta * value.log_likelihood
    for d in range(len(speed)):
        now -= 0.5 * speed[d] * speed[d]
    return value, math.exp(min(0.0, now - energy))


@exact
def sweeps(
    many: int,
    adapt: int,
    at: Rungs,
    data: Seen,
    work: Work,
    random: np.random.Generator,
) -> Floats:
    """So many sweeps over all rungs; after each, the lowest's chances of standing on c lists, c = 0 to J.

    ``at`` is where it goes on from.
    """
    lists, classes = work.odds.shape
    found = np.zeros((many, lists + 1))
    size = at.points.shape[1]
    speed, there, slope = np.zeros(size), np.zeros(size), np.zeros(size)
    at.accepted[:] = 0.0
    at.traded[:] = 0.0
    for t in range(len(at.betas)):
        value = evaluate(at.points[t], data, at.betas[t], work, at.slopes[t])
        _keep(at, t, value)
    for sweep in range(many):
        gain = min(0.5, 5.0 / math.sqrt(sweep + 1.0))
        for t in range(len(at.betas)):
            value, taken = _move(t, at, data, work, random, speed, there, slope)
            if taken > 0.0 and random.random() < taken:
                at.points[t] = there
                at.slopes[t] = slope
                _keep(at, t, value)
            at.accepted[t] += taken / many
            if adapt:
                at.steps[t] *= math.exp(gain * (taken - STEP_TARGET))
        for t in range(sweep % 2, len(at.betas) - 1, 2):
            gained = (at.betas[t] - at.betas[t + 1]) * (at.log_likelihoods[t + 1] - at.log_likelihoods[t])
            taken = math.exp(min(0.0, gained))
            if random.random() < taken:
                _trade(at, t)
                for rung in (t, t + 1):
                    evaluate(at.points[rung], data, at.betas[rung], work, at.slopes[rung])
            at.traded[t] += 2.0 * taken / many
            if adapt:
                at.gaps[t] += gain * (taken - TRADE_TARGET)
        if adapt:
            for t in range(len(at.gaps)):
                at.betas[t + 1] = at.betas[t] * math.exp(-math.exp(at.gaps[t]))
            for t in range(1, len(at.betas)):
                evaluate(at.points[t], data, at.betas[t], work, at.slopes[t])
        by_captures(at.points[0], lists, classes, found[sweep])
    return found
