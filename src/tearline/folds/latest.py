"""Which of several statements stands."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded

F = TypeVar("F", bound=Fact)


def latest(found: Iterable[Recorded[F]], severity: Callable[[F], int]) -> Recorded[F] | None:
    """The latest by the day that is claimed or the latest in the ledger, whichever is the more severe.

    So what takes something back does so whatever day it claims, and what allows it gains nothing by a later day
    or a later record alone.
    """
    held = list(found)
    if not held:
        return None
    by_day = max(held, key=lambda r: (r.happened_at, r.position))
    by_record = max(held, key=lambda r: r.position)
    return max((by_day, by_record), key=lambda r: severity(r.fact))
