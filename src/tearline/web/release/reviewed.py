"""An expedited release: what was waived, and what its review found."""

from datetime import datetime

from markupsafe import Markup

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import RequestId
from tearline.facts.release import (
    ReleaseExpedited,
    ReleaseReviewed,
)
from tearline.folds.agreements import agreements
from tearline.folds.reviews import review_due, review_of
from tearline.protocol import Protocol
from tearline.web.look import code
from tearline.web.names import Names
from tearline.web.release.quoted import who_when
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue


def expedited_of(known: History, request: RequestId) -> Recorded[ReleaseExpedited] | None:
    return next((r for r in known.of(ReleaseExpedited) if r.fact.request == request), None)


def review_rows(
    say: Tongue,
    known: History,
    request: RequestId,
    names: Names,
    *,
    now: datetime,
    protocol: Protocol | None,
) -> list[tuple[str, Shown]]:
    """What was waived for an expedited release, by when it has to be reviewed, and what the review found."""
    expedited = expedited_of(known, request)
    if expedited is None:
        return []
    held = agreements(known).get(expedited.fact.agreement)
    review, due = review_of(known, expedited), review_due(expedited, held)
    rows = [(label(say, ReleaseExpedited, "waived"), _waived(say, expedited.fact, protocol))]
    if review is None:
        late = say("overdue: no further release is expedited under this agreement") if due < now else None
        rows.append((say("Review due"), f"{say.moment(due)} · {late or say.until(due, now)}"))
        return rows
    return [
        *rows,
        (label(say, ReleaseReviewed, "finding"), say(review.fact.finding)),
        (label(say, ReleaseReviewed, "reasons"), text(say, review.fact, "reasons")),
        (say("Reviewed by"), who_when(say, review, names)),
    ]


def _waived(say: Tongue, expedited: ReleaseExpedited, protocol: Protocol | None) -> Shown:
    """Each rule by its sentence, with its id; by its id alone where its text is not at hand."""
    if not is_open(expedited.waived) or protocol is None:
        return text(say, expedited, "waived")
    leading = protocol.packs[0].id
    rules = {
        rule.id if pack.id == leading else f"{pack.id}:{rule.id}": rule
        for pack in protocol.packs
        for rule in pack.rules
    }
    said = [
        Markup("{} {}").format(say(rules[name].because), code(name)) if name in rules else code(name)
        for name in expedited.waived.open()
    ]
    return Markup(" · ").join(said)
