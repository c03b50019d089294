"""Challenges that wait for an answer: each from one browser, for one purpose, for five minutes, once."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa

from tearline.signin.cookies import digest
from tearline.signin.store import DoorStore, ceremonies

SECONDS = 5 * 60
MOST, MOST_OF_A_BROWSER = 20_000, 8
"""How many wait at once. More than that is an attack, and then the one that waited longest gives way: whoever answers
within seconds is not kept out by whoever only begins."""


class Ceremonies:
    """``browser`` is the secret of the cookie that a browser was given before it signed in."""

    def __init__(self, store: DoorStore) -> None:
        self._store = store

    def begin(self, browser: str, kind: str, about: str, now: datetime) -> bytes:
        """A new challenge, 32 random bytes."""
        challenge, at, whose = secrets.token_bytes(32), int(now.timestamp()), digest(browser)
        with self._store.writing() as connection:
            connection.execute(ceremonies.delete().where(ceremonies.c.ends <= at))
            count = sa.select(sa.func.count()).select_from(ceremonies)
            own = count.where(ceremonies.c.browser == whose)
            if connection.execute(own).scalar_one() >= MOST_OF_A_BROWSER:
                connection.execute(ceremonies.delete().where(ceremonies.c.browser == whose))
            over = connection.execute(count).scalar_one() + 1 - MOST
            if over > 0:
                oldest = sa.select(ceremonies.c.challenge).order_by(ceremonies.c.ends).limit(over)
                connection.execute(ceremonies.delete().where(ceremonies.c.challenge.in_(oldest)))
            connection.execute(
                ceremonies.insert().values(
                    challenge=hashlib.sha256(challenge).digest(),
                    browser=whose,
                    kind=kind,
                    about=about,
                    ends=at + SECONDS,
                )
            )
        return challenge

    def finish(self, browser: str, kind: str, challenge: bytes, now: datetime) -> str | None:
        """What this challenge was made for, once; None unless this browser was given it for this, in time."""
        one = sa.and_(
            ceremonies.c.challenge == hashlib.sha256(challenge).digest(),
            ceremonies.c.browser == digest(browser),
            ceremonies.c.kind == kind,
        )
        with self._store.writing() as connection:
            gone = connection.execute(
                ceremonies.delete().where(one).returning(ceremonies.c.about, ceremonies.c.ends)
            ).first()
        return None if gone is None or gone.ends <= int(now.timestamp()) else str(gone.about)
