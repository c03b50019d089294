"""What everybody is told, carried on as the record grows, and how far each has looked.

A page asks for a count: that reads what was recorded since the last page, and the newest notices of one person. The
first read of a long record takes its time; meanwhile pages say nothing rather than wait.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from tearline.facts.history import Role
from tearline.folds.notices import QUESTION, Notice, Notices, Tells, overdue
from tearline.ledger.ledger import Ledger
from tearline.projections import Projections
from tearline.signin.door import PasskeyDoor
from tearline.signin.identity import Door, Identity
from tearline.signin.seen import LastSeen, RememberedSeen

STRETCH = 50_000
"""Entries read at once: a long record is read in stretches."""
MOST = 99
"""A badge counts no further."""


class Noticed:
    """The notices of one node."""

    def __init__(self, ledger: Ledger, projections: Projections, door: Door) -> None:
        self._ledger = ledger
        self._projections = projections
        self._door = door
        self.seen: LastSeen = door.seen if isinstance(door, PasskeyDoor) else RememberedSeen()
        self._lock = threading.Lock()
        self._notices = Notices()
        self._reached = 0
        self._whole = False
        self._owed: tuple[object, list[Notice]] = (None, [])

    def of(self, who: Identity, now: datetime) -> tuple[list[Notice], int]:
        """All that this person is told in the role they act in, the latest first; and the position reached."""
        with self._lock:
            self._carry()
            more = self._more(who, now)
            return list(self._notices.of(who.person, who.role, now, more)), self._reached

    def count(self, who: Identity, now: datetime) -> int:
        """How many of them are new, at most ``MOST``."""
        if not self._lock.acquire(blocking=self._whole):
            return 0
        try:
            self._carry()
            seen, more = self.seen.of(who.person), self._more(who, now)
            return self._notices.count(who.person, who.role, now, seen, more, most=MOST)
        finally:
            self._lock.release()

    def warm(self, leaving: Callable[[], bool]) -> None:
        """Read the record before somebody asks, unless it is left meanwhile. Until then pages say nothing."""
        with self._lock:
            self._carry(leaving)

    def _carry(self, leaving: Callable[[], bool] = lambda: False) -> None:
        size = self._ledger.size()
        while self._reached < size and not leaving():
            until = min(size, self._reached + STRETCH)
            self._notices.carry(self._ledger.read_since(QUESTION, self._reached, until=until))
            self._reached = until
        self._whole = True

    def _more(self, who: Identity, now: datetime) -> list[Notice]:
        return [*self._signed_in(who), *(self._overdue(now) if who.role is Role.OVERSEER else ())]

    def _signed_in(self, who: Identity) -> list[Notice]:
        """The other sessions that are open in this person's name. Those that ended leave no trace."""
        if not isinstance(self._door, PasskeyDoor) or who.session is None:
            return []
        return [
            Notice(
                tells=Tells.SESSION, position=0, at=one.created, about=one.browser, timed=True, role=one.role
            )
            for one in self._door.sessions.of(who.person)
            if one.name != who.session
        ]

    def _overdue(self, now: datetime) -> list[Notice]:
        """Looked through again when something was recorded, and once a minute."""
        key = (self._ledger.size(), now.replace(second=0, microsecond=0))
        if self._owed[0] != key:
            self._owed = (key, overdue(self._projections.overdue(now), now))
        return self._owed[1]
