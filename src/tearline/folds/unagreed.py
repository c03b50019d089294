"""What is owed to people in danger or harmed where no agreement says so: a warning, its review, a need.

An agreement's duties are ``obligations``. A danger, a warning that waited for no order and a need are there without
one, too, each with its clock, and would be on no list of what is owed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.warnings import PeopleWarned, WarningReviewed
from tearline.facts.words import Worded
from tearline.folds.assistance import ASSISTANCE_KINDS, HELPED, end_of, needs
from tearline.folds.obligations import Obligation, duties_ended_by
from tearline.folds.warnings import WARNING_KINDS, dangers, notices
from tearline.protocol import Pack

QUESTION: Question = about(kinds=(*WARNING_KINDS, *ASSISTANCE_KINDS))


class Owes(Worded):
    WARNING = "warn-people", "Warn the people in danger.", "Avisar a las personas en peligro."
    REVIEW = (
        "review-warning",
        "Have somebody else review the warning that waited for no order.",
        "Que otra persona revise el aviso que no esperó orden.",
    )
    HELP = "meet-need", "See that the need is met.", "Ver que se atienda la necesidad."


ENDED_BY: Mapping[Owes, Sequence[type[Fact]]] = {
    Owes.WARNING: (PeopleWarned,),
    Owes.REVIEW: (WarningReviewed,),
    Owes.HELP: HELPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unagreed:
    """One thing owed by whoever keeps this record. ``due`` is None for a warning whose waiver was taken back."""

    owes: Owes
    ground: Recorded[Fact]
    about: str
    due: datetime | None

    def overdue(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


def unagreed(
    known: History, protocols: Mapping[str, Pack], agreed: Sequence[Obligation], zone: tzinfo
) -> list[Unagreed]:
    """By due date, those without one last. ``agreed``: what is owed under agreements, and not told once more.

    A day by which something is needed ends in this zone. Worked cases are left out.
    """
    held = {
        owes: {o.ground.position for o in agreed if o.discharged_by is None and o.kind in duties}
        for owes, kinds in ENDED_BY.items()
        for duties in [duties_ended_by(protocols, *kinds)]
    }
    live = History(tuple(r for r in known if r.told is None), known.position)
    found = [one for one, grounds in _owed(live, zone) if held[one.owes].isdisjoint(grounds)]
    return sorted(found, key=lambda u: (u.due is None, u.due or u.ground.happened_at, u.ground.position))


def _owed(known: History, zone: tzinfo) -> Iterator[tuple[Unagreed, set[int]]]:
    """Each with the places of what it rests on: where an agreement rests a duty on one of them, it says it."""
    for danger in dangers(known):
        if danger.owed:
            due = danger.due(None)
            one = Unagreed(owes=Owes.WARNING, ground=danger.ground, about=danger.name, due=due)
            yield one, {danger.ground.position}
    for notice in notices(known):
        if notice.to_review and notice.unordered is not None:
            name, due = notice.recorded.fact.notice, notice.review_by
            yield (
                Unagreed(owes=Owes.REVIEW, ground=notice.recorded, about=name, due=due),
                {notice.unordered.position},
            )
    for need in needs(known):
        if need.open:
            due = end_of(need.recorded.fact.wanted_by, zone)
            one = Unagreed(owes=Owes.HELP, ground=need.recorded, about=need.recorded.fact.need, due=due)
            yield one, {r.position for r in need.grounds}
