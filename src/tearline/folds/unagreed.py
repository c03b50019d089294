"""What is owed to people in danger or harmed where no agreement says so: a warning, its review, a need.

An agreement's duties are ``obligations``. A danger, a warning that waited for no order and a need are there without
one, too, each with its clock, and would be on no list of what is owed. Nor would an earlier clock than an agreement's:
the day by which a need is to be met, or by which an order has people warned.
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
Terms = dict[int, list[datetime | None]]
"""By when agreements say so, by the place of what their duties rest on."""


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
    held: dict[Owes, Terms] = {}
    for owes, kinds in ENDED_BY.items():
        duties, terms = duties_ended_by(protocols, *kinds), held.setdefault(owes, {})
        for o in agreed:
            if o.discharged_by is None and o.kind in duties:
                terms.setdefault(o.ground.position, []).append(o.due)
    live = History(tuple(r for r in known if r.told is None), known.position)
    found = [one for one, agreed_by in _owed(live, zone, held) if not agreed_by or _sooner(one, agreed_by)]
    return sorted(found, key=lambda u: (u.due is None, u.due or u.ground.happened_at, u.ground.position))


def _sooner(one: Unagreed, agreed_by: Sequence[datetime | None]) -> bool:
    return one.due is not None and all(by is None or one.due < by for by in agreed_by)


def _owed(
    known: History, zone: tzinfo, held: Mapping[Owes, Terms]
) -> Iterator[tuple[Unagreed, Sequence[datetime | None]]]:
    """Each with the terms of the agreements that rest a duty on what it rests on."""
    for danger in dangers(known):
        if danger.owed:
            terms = held[Owes.WARNING].get(danger.ground.position, [])
            due = danger.due(min((by for by in terms if by is not None), default=None))
            yield Unagreed(owes=Owes.WARNING, ground=danger.ground, about=danger.name, due=due), terms
    for notice in notices(known):
        if notice.to_review and notice.unordered is not None:
            name, due = notice.recorded.fact.notice, notice.review_by
            yield (
                Unagreed(owes=Owes.REVIEW, ground=notice.recorded, about=name, due=due),
                held[Owes.REVIEW].get(notice.unordered.position, []),
            )
    for need in needs(known):
        if need.open:
            due = end_of(need.recorded.fact.wanted_by, zone)
            yield (
                Unagreed(owes=Owes.HELP, ground=need.recorded, about=need.recorded.fact.need, due=due),
                [by for r in need.grounds for by in held[Owes.HELP].get(r.position, ())],
            )
