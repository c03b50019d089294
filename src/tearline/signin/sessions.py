"""Sessions: the door of a node that is no demonstration.

A session is a row behind an opaque cookie. It ends when it is idle (a page that renews itself is no use of it), when
its time is over, when its owner or an
administrator ends it, and at the next request after a fact took away what it rests on: the role acted in was ended,
or ran out, or the key was revoked. It is another one, under a new secret, after each sign-in and each change of role.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from starlette.requests import Request

from tearline.facts.admission import DirectoryAccountLinked, DirectoryAccountUnlinked
from tearline.facts.history import History, Question, Role, about
from tearline.facts.identifiers import PersonId
from tearline.folds.admission import asks_roles_of, roles_of
from tearline.folds.keys import asks_keys_of, passkeys_of
from tearline.node import Node
from tearline.signin.address import Address
from tearline.signin.cookies import SESSION, brought, digest, new_secret
from tearline.signin.identity import Identity, Way
from tearline.signin.store import DoorStore, renamed, sessions

LOG = logging.getLogger("tearline.signin")
IDLE, ABSOLUTE = timedelta(minutes=15), timedelta(hours=12)
MOST_OF_A_PERSON = 10
"""With one more, the one that was idle longest ends."""
NOTED_EVERY = 30
"""Seconds between two notes that a session was used: not each request is a write. It may end so much early."""
SET_BACK = 60
"""By how many seconds the clock may be set back. By more, and nobody can say how long a session was idle: it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session, as its owner and administrators see it; ``name`` opens nothing."""

    name: str
    person: PersonId
    role: Role
    way: Way
    proof: str
    browser: str
    created: datetime
    seen: datetime
    fresh: datetime
    ends: datetime


class Sessions:
    """Begins, recognises and ends sessions."""

    def __init__(
        self,
        node: Node,
        store: DoorStore,
        address: Address,
        *,
        idle: timedelta = IDLE,
        absolute: timedelta = ABSOLUTE,
    ) -> None:
        self._node = node
        self._store = store
        self.address = address
        self._idle, self._absolute = int(idle.total_seconds()), int(absolute.total_seconds())

    def identify(self, request: Request) -> Identity | None:
        """Who this is, by the session in their cookie; what it rests on is looked up anew each time."""
        secret = brought(request, self.address, SESSION)
        if secret is None:
            return None
        at = self._now()
        with self._store.reading() as connection:
            row = connection.execute(sa.select(sessions).where(sessions.c.secret == digest(secret))).first()
        if row is None:
            return None
        session = _session(row)
        over = at >= row.ends or not -SET_BACK <= at - row.seen < self._idle
        roles = () if over else self._roles(session)
        if session.role not in roles:
            self._delete(sessions.c.secret == row.secret)
            return None
        if at - row.seen >= min(NOTED_EVERY, self._idle // 10) and not _by_itself(request):
            self._update(row.secret, seen=at)
        return Identity(
            person=session.person, role=session.role, roles=roles, way=session.way, session=session.name
        )

    def roles(self, person: PersonId) -> tuple[Role, ...]:
        """The roles in which this person may act now, in the order in which roles are declared."""
        held = roles_of(self._node.ledger.read(asks_roles_of(person)), person, self._node.clock())
        return tuple(role for role in Role if role in held)

    def begin(
        self, person: PersonId, role: Role, way: Way, proof: str, browser: str, *, instead: str | None = None
    ) -> str:
        """A new session; its secret, for the cookie. ``instead``: the name of one that it takes the place of.

        The caller made sure of the person. ``proof`` is the key, or the hash of the directory account, by which.
        """
        at, secret, name = self._now(), new_secret(), new_secret()[:12]
        with self._store.ending() as connection:
            connection.execute(sessions.delete().where(sessions.c.ends <= at))
            connection.execute(renamed.delete().where(renamed.c.now.not_in(sa.select(sessions.c.name))))
            if instead is not None:
                since = sa.select(renamed.c.now).where(renamed.c.name == instead)
                connection.execute(
                    sessions.delete().where(sa.or_(sessions.c.name == instead, sessions.c.name.in_(since)))
                )
            own = sa.select(sessions.c.secret).where(sessions.c.person == str(person))
            held = connection.execute(own.order_by(sessions.c.seen.desc())).scalars().all()
            for oldest in held[MOST_OF_A_PERSON - 1 :]:
                connection.execute(sessions.delete().where(sessions.c.secret == oldest))
            connection.execute(
                sessions.insert().values(
                    secret=digest(secret),
                    name=name,
                    person=str(person),
                    role=role.value,
                    way=way.value,
                    proof=proof,
                    browser=browser,
                    created=at,
                    seen=at,
                    fresh=at,
                    ends=at + self._absolute,
                )
            )
        # By key and session, and not by name: whoever may read the record finds there whose key it is.
        LOG.info("signed-in", extra={"told": {"way": way.value, "proof": proof, "session": name}})
        return secret

    def switched(self, identity: Identity, role: Role) -> str | None:
        """The same person in another role they hold, under a new secret; None unless they hold it. Its end stays."""
        if role not in identity.roles:
            return None
        secret, name, before = new_secret(), new_secret()[:12], identity.session
        with self._store.ending() as connection:
            changed = connection.execute(
                sessions.update()
                .where(sessions.c.name == before)
                .values(secret=digest(secret), name=name, role=role.value)
            )
            if changed.rowcount != 1:
                return None
            connection.execute(renamed.update().where(renamed.c.now == before).values(now=name))
            connection.execute(renamed.insert().values(name=before, now=name))
        return secret

    def name_of(self, secret: str) -> str | None:
        """What the session is called that this secret opens; None when there is none."""
        with self._store.reading() as connection:
            found = connection.execute(sa.select(sessions.c.name).where(sessions.c.secret == digest(secret)))
            return found.scalar()

    def names_of(self, name: str) -> frozenset[str]:
        """All names that this session had, by the one that it has now."""
        with self._store.reading() as connection:
            earlier = connection.execute(sa.select(renamed.c.name).where(renamed.c.now == name)).scalars()
            return frozenset({name, *earlier})

    def proved(self, identity: Identity) -> None:
        """The person has just proved again that they are there."""
        with self._store.writing() as connection:
            connection.execute(
                sessions.update().where(sessions.c.name == identity.session).values(fresh=self._now())
            )

    def fresh(self, identity: Identity, within: timedelta) -> bool:
        """Whether the person proved that they are there so recently, for acts that ask for it."""
        own = [one for one in self.of(identity.person) if one.name == identity.session]
        since = [self._node.clock() - one.fresh for one in own]
        return any(timedelta(seconds=-SET_BACK) <= one <= within for one in since)

    def of(self, person: PersonId) -> Sequence[Session]:
        """This person's sessions, the latest used first."""
        return self._where(sessions.c.person == str(person))

    def all(self) -> Sequence[Session]:
        """Everybody's sessions, the latest used first; for administrators."""
        return self._where(sa.true())

    def end(self, name: str, *, of: PersonId | None = None) -> bool:
        """End the session that has this name, or had it before a change of role; with ``of`` only if it is theirs.

        Else whoever is in it would stay by changing roles between the look at the list and the end.
        """
        whose = sa.true() if of is None else sessions.c.person == str(of)
        since = sa.select(renamed.c.now).where(renamed.c.name == name)
        named = sa.and_(sa.or_(sessions.c.name == name, sessions.c.name.in_(since)), whose)
        with self._store.ending() as connection:
            return connection.execute(sessions.delete().where(named)).rowcount > 0

    def end_others(self, identity: Identity) -> Sequence[str]:
        """End every session of this person but the one they are in; the names of those."""
        others = [one.name for one in self.of(identity.person) if one.name != identity.session]
        return [name for name in others if self.end(name, of=identity.person)]

    def _where(self, condition: sa.ColumnElement[bool]) -> Sequence[Session]:
        at = self._now()
        live = sa.and_(condition, sessions.c.ends > at, sessions.c.seen > at - self._idle)
        with self._store.reading() as connection:
            rows = connection.execute(
                sa.select(sessions).where(live).order_by(sessions.c.seen.desc(), sessions.c.name)
            ).all()
        return [_session(row) for row in rows]

    def _delete(self, condition: sa.ColumnElement[bool]) -> None:
        """End what is over by the clock or by the record: an older copy of it would be over as well."""
        with self._store.writing() as connection:
            connection.execute(sessions.delete().where(condition))

    def _update(self, secret: bytes, *, seen: int) -> None:
        with self._store.writing() as connection:
            connection.execute(sessions.update().where(sessions.c.secret == secret).values(seen=seen))

    def _roles(self, session: Session) -> tuple[Role, ...]:
        """The roles held now; none when that by which the person was recognised is no longer theirs."""
        person = session.person
        asked = asks_roles_of(person) | asks_keys_of(person) | _asks_accounts_of(person)
        known = self._node.ledger.read(asked)
        match session.way:
            case Way.PASSKEY:
                theirs = session.proof in passkeys_of(known, person)
            case Way.DIRECTORY:
                theirs = session.proof in _accounts_of(known, person)
            case _:
                theirs = False
        held = roles_of(known, person, self._node.clock()) if theirs else {}
        return tuple(role for role in Role if role in held)

    def _now(self) -> int:
        return int(self._node.clock().timestamp())


def _by_itself(request: Request) -> bool:
    """Whether a page that stands open asked, and nobody: the queue renews itself every minute, whoever is there.

    What says so falsely only has its own session end sooner.
    """
    return request.scope.get("method") == "GET" and request.headers.get("hx-request") == "true"


def _asks_accounts_of(person: PersonId) -> Question:
    return about(f"person:{person}", kinds=(DirectoryAccountLinked, DirectoryAccountUnlinked))


def _accounts_of(known: History, person: PersonId) -> frozenset[str]:
    """The directory accounts by which this person may sign in now."""
    linked: set[str] = set()
    for recorded in known:
        match recorded.fact:
            case DirectoryAccountLinked(account=account) if recorded.fact.person == person:
                linked.add(account)
            case DirectoryAccountUnlinked(account=account) if recorded.fact.person == person:
                linked.discard(account)
            case _:
                continue
    return frozenset(linked)


def _session(row: sa.Row[tuple[object, ...]]) -> Session:
    held = row._mapping
    return Session(
        name=held["name"],
        person=PersonId(held["person"]),
        role=Role(held["role"]),
        way=Way(held["way"]),
        proof=held["proof"],
        browser=held["browser"],
        created=_at(held["created"]),
        seen=_at(held["seen"]),
        fresh=_at(held["fresh"]),
        ends=_at(held["ends"]),
    )


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
