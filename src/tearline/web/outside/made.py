"""Codes that were made a moment ago: a form that is sent twice at once is one report, and each answer shows its code.

Browsers show the last answer. Without this, whoever presses twice would be told that the report came already, and would
never see the code. After ``SECONDS`` nobody is shown it again: not by going back, and not by loading the page anew.
"""

import threading
import time
from collections.abc import Callable

from tearline.signin.receipt import new_code
from tearline.web.outside.passing import Later, later

SECONDS = 10.0


class JustMade:
    """By the form that they were made for. In memory only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, later: Later = later) -> None:
        self._clock = clock
        self._later = later
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}

    def of(self, submission: str) -> str:
        """The code of this form: made now, unless it was a moment ago."""
        with self._lock:
            self._forget()
            if submission not in self._held:
                self._held[submission] = new_code(), self._clock() + SECONDS
                self._later(SECONDS, self.forget)
            return self._held[submission][0]

    def still(self, submission: str) -> str | None:
        """The code of this form, if that was made a moment ago."""
        with self._lock:
            self._forget()
            found = self._held.get(submission)
            return None if found is None else found[0]

    def forget(self) -> None:
        """Let go of the codes whose time is over."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        now = self._clock()
        for submission in [s for s, (_, until) in self._held.items() if until <= now]:
            del self._held[submission]
