"""What waits for whom of people in danger or harmed: a warning to decide, to give or to review, a need, an offer.

The home page and its view for programs both tell it. Each says which duties it stands for, so that these are not told
once more.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tearline.facts.assistance import OfferAnswered
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Recorded, Role
from tearline.facts.identifiers import PersonId, ReportId
from tearline.facts.warnings import PeopleWarned, WarningReviewed
from tearline.facts.words import Worded
from tearline.folds.assistance import HELPED, Need, Offer, end_of, is_there
from tearline.folds.obligations import duties_ended_by
from tearline.folds.warnings import Danger, Notice
from tearline.projections import Projections
from tearline.protocol import Pack
from tearline.rooms.assistance import OFFERING
from tearline.rooms.warnings import OrderWarning, ReviewWarning

Subject = Danger | Notice | Need | Offer


class PeopleWait(Worded):
    DECIDE = "decide-warning", "a warning to order or to waive", "un aviso por ordenar o dispensar"
    WARN = "warn", "people to be warned", "personas por avisar"
    REVIEW = "review-warning", "a warning to review", "un aviso por revisar"
    NEED = "need", "a need that is not met", "una necesidad sin atender"
    OFFER = "offer", "an offer without an answer", "un ofrecimiento sin respuesta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """``stands_for``: the duties that this is, by the place of their ground and their name."""

    why: PeopleWait
    subject: Subject
    due: datetime | None
    stands_for: frozenset[tuple[int, str]]


def people_waiting(
    projections: Projections,
    protocols: Mapping[str, Pack],
    by: Actor,
    zone: tzinfo,
    reports: Container[ReportId] = (),
) -> Iterator[Waits]:
    """What waits for somebody in their role. A day by which something is needed ends in this zone.

    ``reports``: to an advocate, those that are there for them, and so their needs.
    """
    role = by.role
    warn = duties_ended_by(protocols, PeopleWarned)
    if role in OrderWarning.allowed:
        yield from _dangers(projections, PeopleWait.DECIDE, warn)
    if role is Role.HARM_DESK:
        yield from _dangers(projections, PeopleWait.WARN, warn)
    if role in ReviewWarning.allowed:
        yield from _reviews(projections, duties_ended_by(protocols, WarningReviewed), by.person)
    if role in (Role.HARM_DESK, Role.ADVOCATE):
        there = [n for n in projections.needs() if is_there(n.recorded, by, reports)]
        yield from _needs(projections, there, duties_ended_by(protocols, *HELPED), zone)
    if role in OFFERING:
        yield from _offers(projections, duties_ended_by(protocols, OfferAnswered), zone)


def _dangers(projections: Projections, why: PeopleWait, duties: frozenset[str]) -> Iterator[Waits]:
    due = projections.due_by(duties)
    for danger in projections.dangers():
        if danger.undecided if why is PeopleWait.DECIDE else danger.owed:
            until = danger.due(due.get(danger.ground.position))
            yield _waits(why, danger, [danger.ground], due, duties, until=until)


def by_due(one: tuple[Danger, datetime | None]) -> tuple[bool, float, int]:
    """What is owed first, by its due date, and the rest as it came on record."""
    danger, due = one
    return not danger.owed, due.timestamp() if due else 0.0, danger.ground.position


def _reviews(projections: Projections, duties: frozenset[str], person: PersonId) -> Iterator[Waits]:
    for notice in to_review(projections):
        if notice.recorded.by.person != person and notice.unordered:
            by = notice.review_by
            yield _waits(PeopleWait.REVIEW, notice, [notice.unordered], {}, duties, until=by)


def to_review(projections: Projections) -> list[Notice]:
    """The live warnings that waited for no order and that nobody reviewed, by when they are due, each once."""
    found = {n.recorded.position: n for d in projections.dangers() for n in d.reviews_owed}
    found |= {n.recorded.position: n for n in projections.warned_apart() if n.to_review}
    return sorted(found.values(), key=lambda n: (n.recorded.happened_at, n.recorded.position))


def _needs(
    projections: Projections, needs: Sequence[Need], duties: frozenset[str], zone: tzinfo
) -> Iterator[Waits]:
    due = projections.due_by(duties)
    for need in needs:
        if need.open:
            until = end_of(need.recorded.fact.wanted_by, zone)
            yield _waits(PeopleWait.NEED, need, need.grounds, due, duties, until=until)


def _offers(projections: Projections, duties: frozenset[str], zone: tzinfo) -> Iterator[Waits]:
    due = projections.due_by(duties)
    for offer in projections.help_offers():
        if offer.answered is None:
            until = end_of(offer.recorded.fact.answer_by, zone)
            yield _waits(PeopleWait.OFFER, offer, [offer.recorded], due, duties, until=until)


def _waits(
    why: PeopleWait,
    subject: Subject,
    grounds: Sequence[Recorded[Fact]],
    due: Mapping[int, datetime],
    duties: frozenset[str],
    *,
    until: datetime | None = None,
) -> Waits:
    places = [r.position for r in grounds]
    return Waits(
        why=why,
        subject=subject,
        due=earliest(until, *(due.get(place) for place in places)),
        stands_for=frozenset((place, duty) for place in places for duty in duties),
    )


def earliest(*due: datetime | None) -> datetime | None:
    return min((d for d in due if d is not None), default=None)
