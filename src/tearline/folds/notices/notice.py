"""One notice, how far somebody has looked, and the notices that no single fact brings: what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import Role
from tearline.facts.release import Effect
from tearline.facts.words import Words
from tearline.folds.notices.words import Tells
from tearline.folds.obligations import Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How far somebody has looked: facts before ``position``, and what came with time up to ``at``."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to be told. ``position`` is the fact that it rests on; ``about`` an identifier, or a closed set's word.

    ``timed``: it came with time, at ``at``, and not with the fact. It is there from ``at`` until ``until``.
    """

    tells: Tells
    position: int
    at: datetime
    about: str
    timed: bool = False
    until: datetime | None = None
    effect: Effect | None = None
    role: Role | None = None
    sentence: Words | None = None

    def new(self, seen: Seen | None) -> bool:
        """Whether it came after that look; to whoever never looked, all of it did."""
        if seen is None:
            return True
        return self.at > seen.at if self.timed else self.position >= seen.position

    def there(self, now: datetime) -> bool:
        return self.at <= now and (self.until is None or now < self.until)


def overdue(owed: Iterable[Obligation], now: datetime) -> list[Notice]:
    """What is owed to an overseer and was not done in time, since it was due; the latest first."""
    late = [
        Notice(
            tells=Tells.OVERDUE,
            position=o.ground.position,
            at=o.due,
            about=o.about,
            timed=True,
            sentence=o.sentence,
        )
        for o in owed
        if o.ground.told is None
        and o.due is not None
        and o.overdue(now)
        and o.creditor == o.agreement.terms.overseer
    ]
    return sorted(late, key=lambda n: (n.at, n.position), reverse=True)
