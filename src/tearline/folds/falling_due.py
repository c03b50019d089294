"""What ends or falls due on a date that a fact states, beside obligations: perishing, vetting, agreements, reviews.

Only clear fields are read. Worked cases are left out: nothing in them is awaited.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import History, Question, about
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import (
    AgreementSigned,
    CourseHeld,
    Outcome,
    PersonVettingDecided,
    UnitStoodDown,
    UnitVettingDecided,
)
from tearline.facts.protocols import (
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
)
from tearline.facts.release import ItemRegistered, ReleaseExpedited, ReleaseReviewed
from tearline.facts.screening import SourceStandingStated
from tearline.facts.words import Worded
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.protocols import proposals
from tearline.folds.reviews import review_due


class Ends(Worded):
    """Of what the date is the end."""

    ITEM = "item", "Item perishes", "Caduca un elemento"
    PERSON = "person", "A person's vetting ends", "Vence la evaluación de una persona"
    UNIT = "unit", "A unit's vetting ends", "Vence la evaluación de una unidad"
    TRAINING = "training", "Training ends", "Vence una capacitación"
    AGREEMENT = "agreement", "Agreement ends", "Vence un acuerdo"
    PROPOSAL = "proposal", "Proposed protocol lapses", "Caduca una propuesta de protocolo"
    REVIEW = "review", "Expedited release to be reviewed", "Divulgación expedita por revisar"
    SOURCE = "source", "Source's standing to be reviewed", "Situación de una fuente por revisar"


DATED: Sequence[type[Fact]] = (
    ItemRegistered,
    PersonVettingDecided,
    UnitVettingDecided,
    UnitStoodDown,
    CourseHeld,
    *AGREEMENT_KINDS,
    ProtocolProposed,
    ProtocolSigned,
    ProtocolProposalWithdrawn,
    ReleaseExpedited,
    ReleaseReviewed,
    SourceStandingStated,
)
QUESTION: Question = about(kinds=DATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One date. ``names`` is the identifier of what ends, by the kind's own sort; ``by`` recorded the date."""

    at: datetime
    ends: Ends
    names: str
    by: PersonId


def falling_due(history: History) -> Sequence[Dated]:
    """By date. Of a person, unit, source or agreement the latest date counts; what was done is not due."""
    found = [
        *_items(history),
        *_vettings(history),
        *_courses(history),
        *_agreements(history),
        *_proposals(history),
        *_reviews(history),
        *_sources(history),
    ]
    return tuple(sorted(found, key=lambda d: (d.at, d.ends.value, d.names)))


def _items(history: History) -> Iterator[Dated]:
    for r in history.of(ItemRegistered):
        if r.told is None and r.fact.perishes_at is not None:
            yield Dated(at=r.fact.perishes_at, ends=Ends.ITEM, names=r.fact.item, by=r.by.person)


def _vettings(history: History) -> Iterator[Dated]:
    """As ``folds.people`` reads them: the latest decision stands, and only a pass has an end that matters."""
    latest: dict[tuple[Ends, str], tuple[datetime, Dated | None]] = {}
    for person in history.of(PersonVettingDecided):
        if person.told is None:
            key = (Ends.PERSON, str(person.fact.person))
            if key not in latest or person.happened_at >= latest[key][0]:
                until = person.fact.valid_until if person.fact.outcome is Outcome.CLEARED else None
                dated = Dated(at=until, ends=key[0], names=key[1], by=person.by.person) if until else None
                latest[key] = (person.happened_at, dated)
    stood_down = {r.fact.unit for r in history.of(UnitStoodDown)}
    for unit in history.of(UnitVettingDecided):
        if unit.told is None and unit.fact.unit not in stood_down:
            key = (Ends.UNIT, str(unit.fact.unit))
            if key not in latest or unit.happened_at >= latest[key][0]:
                until = unit.fact.valid_until if unit.fact.outcome is Outcome.CLEARED else None
                dated = Dated(at=until, ends=key[0], names=key[1], by=unit.by.person) if until else None
                latest[key] = (unit.happened_at, dated)
    yield from (dated for _, dated in latest.values() if dated is not None)


def _courses(history: History) -> Iterator[Dated]:
    for r in history.of(CourseHeld):
        if r.told is None and r.fact.valid_until is not None:
            yield Dated(at=r.fact.valid_until, ends=Ends.TRAINING, names=r.fact.unit, by=r.by.person)


def _agreements(history: History) -> Iterator[Dated]:
    signed = {r.fact.agreement: r for r in history.of(AgreementSigned) if r.told is None}
    for name, held in agreements(history).items():
        if name in signed and not held.hindsight:
            until = held.terms.valid_until
            yield Dated(at=until, ends=Ends.AGREEMENT, names=name, by=signed[name].by.person)


def _proposals(history: History) -> Iterator[Dated]:
    done = {r.fact.proposal for r in history.of(ProtocolAdopted)}
    for one in proposals(history):
        if one.withdrawn is None and one.fact.proposal not in done:
            by = one.recorded.by.person
            yield Dated(at=one.expires, ends=Ends.PROPOSAL, names=one.fact.proposal, by=by)


def _reviews(history: History) -> Iterator[Dated]:
    held = agreements(history)
    reviewed = {r.fact.release for r in history.of(ReleaseReviewed)}
    for r in history.of(ReleaseExpedited):
        if r.told is None and r.fact.release not in reviewed:
            due = review_due(r, held.get(r.fact.agreement))
            yield Dated(at=due, ends=Ends.REVIEW, names=r.fact.request, by=r.by.person)


def _sources(history: History) -> Iterator[Dated]:
    latest = {r.fact.item: r for r in history.of(SourceStandingStated) if r.told is None}
    for item, r in latest.items():
        if r.fact.review_due is not None:
            yield Dated(at=r.fact.review_due, ends=Ends.SOURCE, names=item, by=r.by.person)
