"""Log-linear models: closed forms, a general optimiser, and tables that have no answer."""

import numpy as np
import pytest
from scipy.optimize import minimize

from tearline.estimates.casualties.bounds import lower_bound
from tearline.estimates.casualties.loglinear import loglinear
from tests.estimates.casualties.tables import of, published


def test_two_independent_lists_have_the_estimate_of_lincoln_and_petersen() -> None:
    """(n_a n_b) / both, when no pair may depend: of two lists the saturated model is left out."""
    found = loglinear(of(0, 60, 40, 20))
    assert found is not None
    assert found.pairs == ()
    assert found.median == pytest.approx(80 * 60 / 20, rel=1e-6)


def test_the_chosen_model_is_at_its_maximum() -> None:
    """A general optimiser finds no better point of the same model."""
    histories = published("kosovo_4lists")
    found = loglinear(histories)
    assert found is not None
    patterns = np.arange(1, 16)
    on = ((patterns[:, None] >> np.arange(4)) & 1).astype(float)
    design = np.column_stack([np.ones(15), on, *(on[:, a] * on[:, b] for a, b in found.pairs)])
    counts = histories.counts[1:]

    def loss(at: np.ndarray) -> float:
        return float(np.exp(design @ at).sum() - counts @ (design @ at))

    start = np.zeros(design.shape[1])
    start[0] = np.log(counts.mean())
    best = minimize(loss, start, method="BFGS", options={"gtol": 1e-6, "maxiter": 5_000})
    assert histories.documented + np.exp(best.x[0]) == pytest.approx(found.median, rel=1e-3)
    assert found.low95 < found.median < found.high95


def test_lists_that_share_nobody_have_no_model() -> None:
    assert loglinear(of(0, 40, 30, 0)) is None


def test_the_lower_bound_is_as_written() -> None:
    """29 on one list, 12, 9 and 8 of them on each alone; 9 on two."""
    assert lower_bound(of(0, 12, 9, 4, 8, 3, 2, 1)) == pytest.approx(39 + (29**2 - 144 - 81 - 64) / (2 * 10))


def test_where_nobody_was_seen_twice_the_lower_bound_is_who_was_seen() -> None:
    assert lower_bound(of(0, 100, 100, 0, 100, 0, 0, 0)) == 300
    assert lower_bound(of(0, 100, 100, 0, 100, 0, 0, 1)) > 301


def test_the_lower_bound_is_what_independent_lists_have() -> None:
    """Of 100,000 people and lists that reach a half, a third and a fifth of them, as many as there are."""
    cells = [50_000 * (1 / 3 if m & 2 else 2 / 3) * (0.2 if m & 4 else 0.8) for m in range(8)]
    assert lower_bound(of(0, *(round(c) for c in cells[1:]))) == pytest.approx(100_000, rel=0.001)
