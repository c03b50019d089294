"""The notices that are kept: what was told to a person, what waits for a role, which roles end.

Each list is in the order of the ledger, so that what is new to somebody is found from its end.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tearline.facts.admission import RoleProposed
from tearline.facts.fact import Fact
from tearline.facts.history import Recorded, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.release import Effect
from tearline.folds.notices.notice import Notice, Seen
from tearline.folds.notices.words import TOLD, WAITS, Tells

SOON = timedelta(days=30)
"""So long before its end a role is said to end."""
MOST_OF_A_PERSON = 500
"""Older ones are not kept: what happened is on record, and is found on the page of what it happened to."""


@dataclass(frozen=True, slots=True)
class _Wait:
    """``not_for`` may grow meanwhile: whoever takes a part in a request cannot sign it any more."""

    notice: Notice
    not_for: Set[PersonId]


class Kept:
    """Who is told what, as far as facts were read."""

    def __init__(self) -> None:
        self._mine: dict[PersonId, deque[Notice]] = {}
        self._waits: dict[Role, dict[tuple[Tells, str], _Wait]] = {}
        self._held: dict[PersonId, dict[Role, Notice]] = {}

    def of(
        self, person: PersonId, role: Role, now: datetime, more: Iterable[Notice] = ()
    ) -> Iterator[Notice]:
        """What this person is told in this role, the latest first. ``more``: what follows from no single fact."""
        found = [*self._of(person, role), *more]
        told = (one for one in found if role in TOLD[one.tells] and one.there(now))
        return iter(sorted(told, key=lambda n: (n.at, n.position), reverse=True))

    def count(
        self,
        person: PersonId,
        role: Role,
        now: datetime,
        seen: Seen | None,
        more: Iterable[Notice] = (),
        *,
        most: int,
    ) -> int:
        """How many of them are new, counted no further than ``most``: the latest are looked at first."""
        n = 0
        for source in (self._latest(person, role, seen), self._timed(person), more):
            for one in source:
                n += role in TOLD[one.tells] and one.there(now) and one.new(seen)
                if n >= most:
                    return n
        return n

    def _of(self, person: PersonId, role: Role) -> Iterator[Notice]:
        yield from self._latest(person, role, None)
        yield from self._timed(person)

    def _latest(self, person: PersonId, role: Role, seen: Seen | None) -> Iterator[Notice]:
        """Backwards through what is kept in the order of the ledger, no further than what was seen."""
        for one in reversed(self._mine.get(person, ())):
            if not one.new(seen):
                break
            yield one
        for wait in reversed(self._waits.get(role, {}).values()):
            if not wait.notice.new(seen):
                break
            if person not in wait.not_for:
                yield wait.notice

    def _timed(self, person: PersonId) -> Iterator[Notice]:
        yield from self._held.get(person, {}).values()

    def tell(
        self,
        person: PersonId | None,
        tells: Tells,
        r: Recorded[Fact],
        about: str,
        **more: Effect | Role | None,
    ) -> None:
        if person is None or person == r.by.person:
            return
        notice = Notice(tells=tells, position=r.position, at=r.recorded_at, about=about)
        kept = self._mine.setdefault(person, deque(maxlen=MOST_OF_A_PERSON))
        kept.append(replace(notice, **more))  # type: ignore[arg-type]  # each name is a field of its own type

    def wait(
        self,
        tells: Tells,
        r: Recorded[Fact],
        about: str,
        *,
        roles: Collection[Role] = (),
        not_for: Set[PersonId] | None = None,
        until: datetime | None = None,
    ) -> None:
        notice = Notice(tells=tells, position=r.position, at=r.recorded_at, about=about, until=until)
        wait = _Wait(notice, {r.by.person} if not_for is None else not_for)
        for role in roles or WAITS[tells]:
            held = self._waits.setdefault(role, {})
            held.pop((tells, about), None)  # it stands in the order of the ledger
            held[tells, about] = wait

    def done(self, tells: Tells, about: str, *roles: Role) -> None:
        for role in roles or WAITS[tells]:
            self._waits.get(role, {}).pop((tells, about), None)

    def waits_no_more_for(self, person: PersonId, tells: Tells, about: str) -> None:
        """This person did their part; it waits for the others still."""
        for role in WAITS[tells]:
            held = self._waits.get(role, {})
            wait = held.get((tells, about))
            if wait is not None:
                held[tells, about] = replace(wait, not_for=wait.not_for | {person})

    def hold(self, r: Recorded[Fact], given: RoleProposed) -> None:
        """Of several grants of a role the one that ends last counts."""
        held = self._held.setdefault(given.person, {})
        before = held.get(given.role)
        if before is None or before.until is None or before.until <= given.until:
            held[given.role] = Notice(
                tells=Tells.ROLE_ENDS,
                position=r.position,
                at=max(given.until - SOON, r.recorded_at),
                about=given.role.value,
                timed=True,
                until=given.until,
                role=given.role,
            )

    def hold_no_more(self, person: PersonId, role: Role) -> None:
        self._held.get(person, {}).pop(role, None)
