"""What is asked, who objected, who signed, and whether the overseer knows."""

from datetime import datetime

from tearline.facts.history import History, Recorded
from tearline.facts.oversight import OverseerInformed
from tearline.facts.release import ReleaseRequested, ReleaseSignedOff
from tearline.folds.agreements import Agreement
from tearline.folds.people import People
from tearline.folds.release import dissents
from tearline.folds.reviews import reviews_overdue
from tearline.folds.screening import is_written
from tearline.rooms.release.dossier.values import Dossier, known_only


def request(
    known: History,
    recorded: Recorded[ReleaseRequested],
    held: Agreement | None,
    *,
    own_agency: bool,
    now: datetime,
) -> Dossier:
    asked = recorded.fact
    return known_only(
        id=asked.request,
        at=recorded.happened_at,
        by=recorded.by.person,
        extent=asked.extent.value,
        manner=asked.manner.value,
        scope="own-agency" if own_agency else "partner",
        purpose_stated=is_written([asked.purpose]),
        recipients=len(asked.recipients),
        right_to_know_stated=is_written([asked.right_to_know]),
        reach=asked.reach.value if asked.reach else None,
        use=asked.use.value if asked.use else None,
        expedited=asked.expedited,
        reviews_overdue=reviews_overdue(known, held, now) if held else None,
    )


def dissents_on(known: History, asked: ReleaseRequested, people: People, now: datetime) -> list[Dossier]:
    return [
        known_only(
            id=d.recorded.fact.dissent,
            by=d.recorded.by.person,
            at=d.recorded.happened_at,
            answered=d.answer is not None,
            answered_by=d.answer.by.person if d.answer else None,
            answered_by_superior=d.answer is not None
            and d.answer.by.person in people.above(d.recorded.by.person),
        )
        for d in dissents(known, asked.item, asked.request, now)
    ]


def sign_offs(known: History, asked: ReleaseRequested, now: datetime) -> list[Dossier]:
    return [
        {"id": r.fact.sign_off, "by": r.by.person, "line": r.fact.line.value, "at": r.happened_at}
        for r in known.of(ReleaseSignedOff)
        if r.fact.request == asked.request and r.happened_at <= now
    ]


def overseer_informed(known: History, asked: ReleaseRequested, held: Agreement | None, now: datetime) -> bool:
    return any(
        r.fact.request == asked.request
        and r.happened_at <= now
        and (held is None or r.fact.overseer == held.terms.overseer)
        for r in known.of(OverseerInformed)
    )
