"""Group commit: whoever comes first commits for all who came meanwhile.

A sync to disk costs the same for one submission as for sixty, so those that arrive while one is under
way wait and go together in the next. The first of them leads; there is no thread of its own, and
nobody waits when there is nobody else.
"""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Turn(Generic[T]):
    def __init__(self, one: T) -> None:
        self.one = one
        self.asleep = threading.Lock()  # released to wake it; an Event would cost several times as much
        self.asleep.acquire()
        self.settled = False
        self.error: BaseException | None = None


class GroupCommit(Generic[T]):
    """Calls ``commit`` with groups of at most ``most``, one call at a time, from the callers' threads."""

    def __init__(self, commit: Callable[[list[T]], None], most: int) -> None:
        self._commit = commit
        self._most = most
        self._lock = threading.Lock()
        self._waiting: list[_Turn[T]] = []
        self._led = False

    def submit(self, one: T) -> None:
        """Return when a call of ``commit`` that included ``one`` returned; raise what it raised.

        A thread that is interrupted while it waits here leaves its turn behind. Only the main thread
        can be interrupted, and a program that submits from it alone never waits.
        """
        turn = _Turn(one)
        with self._lock:
            self._waiting.append(turn)
            leads, self._led = not self._led, True
        if not leads:
            turn.asleep.acquire()
        if not turn.settled:
            self._lead()
        if turn.error is not None:
            raise turn.error

    def _lead(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        error: BaseException | None = None
        try:
            self._commit([turn.one for turn in group])
        except BaseException as e:  # noqa: BLE001  handed to every member of the group, the leader among them
            error = e
        with self._lock:
            successor = self._waiting[0] if self._waiting else None
            self._led = successor is not None
        for turn in group:
            turn.settled, turn.error = True, error
        if successor is not None:
            successor.asleep.release()
        for turn in group:
            turn.asleep.release()
