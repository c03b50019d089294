"""Priors of propensities as nodes and weights: what is a polynomial in the propensity is integrated exactly.

The chance of anything about ``n`` people of a unit is a polynomial of degree ``n`` in their propensity, and ``K`` nodes
of Gauss-Jacobi quadrature integrate degrees below ``2 K`` exactly. Of large units the polynomial is smooth, and fewer
nodes leave an error below 1e-10 (``tests/estimates/exposure/test_quadrature.py``).

Nodes are the eigenvalues of the recurrence's matrix (Golub & Welsch 1969). Weights are ``1 / sum_j p_j(x)^2`` over the
orthonormal polynomials (Christoffel): a sum of squares, so that the smallest weight has as many correct digits as the
largest, which neither the eigenvectors nor ``scipy.special.roots_jacobi`` give where nearly all propensities are tiny.
"""

import math
from functools import lru_cache

import numpy as np

from tearline.estimates.exposure.tables import Floats
from tearline.estimates.exposure.world import Beta, Nodes

LEAST_IN_EPOCHS = 40
"""Where time is cut into epochs, an interval is read off the same nodes."""


def nodes_for(people: int, epochs: int = 1) -> int:
    """How many nodes are exact for that many people and the propensity's mean and spread, or next to exact."""
    enough = min(people // 2 + 2, math.ceil(2.7 * math.sqrt(people)) + 8)
    return enough if epochs == 1 else max(enough, LEAST_IN_EPOCHS)


def nodes_and_weights(prior: Nodes | Beta, count: int) -> tuple[Floats, Floats]:
    """The values that the propensity is taken at, and their weights; ``count`` is for Beta priors only."""
    match prior:
        case Nodes(nodes=nodes, weights=weights):
            return np.array(nodes), np.array(weights)
        case Beta(mean=mean, kappa=kappa):
            return gauss_jacobi(mean * kappa, (1.0 - mean) * kappa, count)


@lru_cache(maxsize=4096)
def gauss_jacobi(a: float, b: float, count: int) -> tuple[Floats, Floats]:
    """Nodes and weights for Beta(a, b) on [0, 1]; the weights add up to one."""
    from scipy.linalg import eigh_tridiagonal

    j = np.arange(1, count, dtype=np.float64)
    s = 2.0 * j + a + b - 2.0
    diagonal = np.empty(count)
    diagonal[0] = a / (a + b)
    diagonal[1:] = (s * (s + 2.0) + (a - b) * (a + b - 2.0)) / (2.0 * s * (s + 2.0))
    beside = np.sqrt(j * (j + a - 1.0) * (j + b - 1.0) / (s + 1.0)) / s
    beside[:1] = math.sqrt(a * b / (a + b + 1.0)) / (a + b)
    rest = np.maximum(j + a + b - 2.0, 0.0) / np.maximum(s - 1.0, np.finfo(np.float64).tiny)
    beside[1:] *= np.sqrt(rest[1:])
    x = np.clip(eigh_tridiagonal(diagonal, beside, eigvals_only=True), 0.0, 1.0)
    before, here, total = np.zeros(count), np.ones(count), np.ones(count)
    for n in range(count - 1):
        after = (x - diagonal[n]) * here / beside[n]
        if n:
            after -= beside[n - 1] / beside[n] * before
        before, here = here, after
        total += here * here
    weights = 1.0 / total
    x.setflags(write=False)
    return x, weights / weights.sum()
