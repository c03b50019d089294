"""How many stand on no list, where the chance to stand on none is known."""

import numpy as np

from tearline.estimates.casualties.histories import Floats

NEAREST = 1e-12
"""To one: nearer, a chance says nothing more that is of use."""
WHOLE = 1e15
"""A mean from which on the spread of a Poisson number does not show."""


def unseen_people(documented: int, missed: Floats, random: np.random.Generator) -> Floats:
    """A draw for each chance: with weight 1 / N on the population's size they are negative binomial, that is, a Poisson
    number with a gamma mean."""
    missed = np.minimum(missed, 1.0 - NEAREST)
    means = random.gamma(documented, missed / (1.0 - missed))
    return np.where(means < WHOLE, random.poisson(np.minimum(means, WHOLE)), means)
