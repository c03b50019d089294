"""The latest figure of a request, whichever verdict read it."""

from datetime import datetime

from tearline.facts.exposure import ExposureFigured
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import RequestId


def latest_figure(
    known: History, request: RequestId, now: datetime | None = None
) -> Recorded[ExposureFigured] | None:
    """The last that was recorded, by ``now`` if that is said."""
    of_it = [
        r
        for r in known.of(ExposureFigured)
        if r.fact.request == request and (now is None or r.known_at <= now)
    ]
    return of_it[-1] if of_it else None
