"""How far each person has looked at what they are told. It only goes forward; losing it makes old notices new again."""

import threading
from datetime import UTC, datetime
from typing import Protocol

import sqlalchemy as sa

from tearline.facts.identifiers import PersonId
from tearline.folds.notices import Seen
from tearline.signin.store import DoorStore, seen


class LastSeen(Protocol):
    """Where a person's last look is kept."""

    def of(self, person: PersonId) -> Seen | None:
        """Their last look; None of whoever never looked."""

    def look(self, person: PersonId, upto: Seen) -> None:
        """They have looked as far as this; what they had seen already stays seen."""


class RememberedSeen:
    """In memory, until the process ends: for a demonstration, whose people are its roles."""

    def __init__(self) -> None:
        self._seen: dict[PersonId, Seen] = {}
        self._lock = threading.Lock()

    def of(self, person: PersonId) -> Seen | None:
        return self._seen.get(person)

    def look(self, person: PersonId, upto: Seen) -> None:
        with self._lock:
            before = self._seen.get(person, upto)
            self._seen[person] = Seen(
                position=max(before.position, upto.position), at=max(before.at, upto.at)
            )


class StoredSeen:
    """In a row for each person at the door. Times are kept to the second, and cut, so that nothing is passed over."""

    def __init__(self, store: DoorStore) -> None:
        self._store = store

    def of(self, person: PersonId) -> Seen | None:
        with self._store.reading() as connection:
            row = connection.execute(sa.select(seen).where(seen.c.person == str(person))).first()
        return Seen(position=row.position, at=datetime.fromtimestamp(row.at, UTC)) if row else None

    def look(self, person: PersonId, upto: Seen) -> None:
        position, at = upto.position, int(upto.at.timestamp())
        own = seen.c.person == str(person)
        with self._store.writing() as connection:
            row = connection.execute(sa.select(seen).where(own).with_for_update()).first()
            if row is None:
                connection.execute(seen.insert().values(person=str(person), position=position, at=at))
                return
            further = {"position": max(row.position, position), "at": max(row.at, at)}
            connection.execute(seen.update().where(own).values(further))
