"""Acts that wait for their signature, in this process's memory: bounded, each for one session, and good once."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.node import TO_SIGN, Prepared
from tearline.signin.identity import Identity
from tearline.web.show import Shown

MOST = 1000
MOST_OF_ONE = 20
"""Acts that wait for one person. The oldest gives way: whoever opens a twenty-first has forgotten the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One act as it is shown. ``then`` is where to go on, and ``{new}`` and the position are filled in there.

    ``lead`` and ``about`` are what the form said it was about: to the reader, and no part of what is signed.
    ``anew`` says why it is shown again: ``arrived`` are the deciding facts that came since it was shown before.
    """

    prepared: Prepared
    person: str
    session: str | None
    title: str
    then: str
    back: str
    lead: str | None = None
    about: Sequence[tuple[str, Shown] | tuple[str, Shown, str]] = ()
    anew: str | None = None
    arrived: Sequence[Recorded[Fact]] = ()

    def of(self, identity: Identity) -> bool:
        """Whether it was prepared for whoever this is, in this very session and role."""
        mine = (self.person, self.session) == (identity.person, identity.session)
        return mine and self.prepared.by == identity.actor

    def expired(self, now: datetime) -> bool:
        return not self.prepared.decided_at <= now <= self.prepared.decided_at + TO_SIGN


class WaitingActs:
    """Who holds the name of an act can look at it, and sign it once, if it waits for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._acts: dict[str, Waiting] = {}

    def put(self, act: Waiting, now: datetime) -> str:
        """Keep it, under a name that nobody guesses."""
        name = secrets.token_urlsafe(18)
        with self._lock:
            self._acts = {n: one for n, one in self._acts.items() if not one.expired(now)}
            own = [n for n, one in self._acts.items() if one.person == act.person]
            for old in [*own[: max(0, len(own) + 1 - MOST_OF_ONE)]]:
                del self._acts[old]
            while len(self._acts) >= MOST:
                del self._acts[next(iter(self._acts))]
            self._acts[name] = act
        return name

    def forget(self) -> None:
        """Let go of all: what they show may be of what was purged. They are prepared anew."""
        with self._lock:
            self._acts = {}

    def look(self, name: str, identity: Identity) -> Waiting | None:
        """What waits under this name for whoever this is."""
        with self._lock:
            act = self._acts.get(name)
        return act if act is not None and act.of(identity) else None

    def take(self, name: str, identity: Identity) -> Waiting | None:
        """The same, once. What waits for another stays."""
        with self._lock:
            act = self._acts.get(name)
            if act is None or not act.of(identity):
                return None
            del self._acts[name]
        return act
