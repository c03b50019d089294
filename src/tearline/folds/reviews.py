"""Expedited releases and their reviews: which are awaited, and until when."""

from datetime import datetime, timedelta

from tearline.facts.history import History, Recorded
from tearline.facts.release import ReleaseExpedited, ReleaseReviewed
from tearline.folds.agreements import Agreement, duration_stated

LONGEST = timedelta(hours=24)
REVIEW_WITHIN = "review_within"


def review_due(expedited: Recorded[ReleaseExpedited], held: Agreement | None) -> datetime:
    """By when it has to be reviewed: as the agreement states, and at most 24 hours after the release."""
    stated = duration_stated(held.terms, REVIEW_WITHIN) if held else None
    return expedited.happened_at + min(stated or LONGEST, LONGEST)


def review_of(history: History, expedited: Recorded[ReleaseExpedited]) -> Recorded[ReleaseReviewed] | None:
    return next((r for r in history.of(ReleaseReviewed) if r.fact.release == expedited.fact.release), None)


def reviews_overdue(history: History, held: Agreement, at: datetime) -> int:
    """How many expedited releases under this agreement are without a review, though its time has run out."""
    reviewed = {r.fact.release for r in history.of(ReleaseReviewed) if r.happened_at <= at}
    return sum(
        r.fact.agreement == held.agreement and r.fact.release not in reviewed and review_due(r, held) < at
        for r in history.of(ReleaseExpedited)
    )
