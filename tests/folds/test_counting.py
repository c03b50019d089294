"""The number that is given on record is the one whose intervals were tested, spread by the doubt about who is who."""

import numpy as np
import pytest

from tearline.estimates.casualties import Estimate, estimate
from tearline.folds.counting import POINTS, _spread
from tests.estimates.casualties.tables import of


@pytest.fixture(scope="module")
def found() -> Estimate:
    return estimate(of(0, 120, 90, 40, 80, 30, 20, 15), seed=1, varied=False)


def test_without_doubt_about_who_is_who_it_is_the_pooled_number(found: Estimate) -> None:
    assert found.size is not None
    spread = _spread(found, np.ones(10), np.full(10, found.documented))
    assert spread.median == pytest.approx(found.size.median, rel=0.002)
    assert (spread.low95, spread.high95) == pytest.approx(
        (found.size.low95, found.size.high95), rel=4 / POINTS
    )


def test_linkages_that_differ_make_it_wider_and_never_less_than_they_document(found: Estimate) -> None:
    assert found.size is not None
    spread = _spread(found, np.array([0.9, 1.0, 1.1]), np.full(3, found.documented))
    assert spread.low95 < found.size.low95
    assert spread.high95 > found.size.high95
    assert _spread(found, np.array([0.01]), np.array([500])).high95 == 500
