"""Chances of a leak becoming known by a day: how a reader's rate, the degree of access and the delay make a ``q``."""

import math


def come_out(since: float, mean_delay: float) -> float:
    """The chance that what leaked ``since`` days ago is known by now; delays are exponential with this mean."""
    return -math.expm1(-max(since, 0.0) / mean_delay)


def chance(*, rate: float, degree: float = 1.0, seen: float = 1.0, since: float, mean_delay: float) -> float:
    """The ``q`` of one exposure: what a channel in that role passes on, how much of the item was accessible, how
    likely a leak is ever seen, and the delay since the exposure. All four factors lie in [0, 1], and so does it.
    """
    return rate * degree * seen * come_out(since, mean_delay)


def background_by(background: float, since: float, whole: float) -> float:
    """The background by ``since`` days after a release, if it is ``background`` by ``whole`` days and even in time."""
    if background >= 1.0:
        return 1.0 if since > 0.0 else 0.0
    return -math.expm1(math.log1p(-background) * min(max(since, 0.0) / whole, 1.0))
