"""Notices of people in danger: to be decided, to be warned, to be reviewed. By the rules of ``folds.warnings``."""

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.facts.identifiers import PersonId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import SourceWarned
from tearline.facts.warnings import (
    LeakWarningWaived,
    PeopleWarned,
    SourceWarningWaived,
    ThreatAssessed,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
    WarningWaived,
)
from tearline.folds.notices.kept import Kept
from tearline.folds.notices.words import Tells
from tearline.folds.warnings import Key, key_of, named_by, opens


class OfWarnings:
    """Who is in danger and was not warned yet, so far.

    An attempt that reached nobody, and an order, tell those who warn people once more: it waits since then.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._unwarned: set[Key] = set()
        self._waived: set[Key] = set()
        self._last: Recorded[Fact] | None = None
        self._warned_by: dict[str, set[PersonId]] = {}

    def read(self, r: Recorded[Fact]) -> None:
        match r.fact:
            case ThreatAssessed() | SourceWarned() | CompromiseReported() if opens(r.fact):
                key = key_of(r.fact)
                self._unwarned.add(key)
                self._kept.wait(Tells.TO_DECIDE_WARNING, r, about_of(key))
                self._kept.wait(Tells.TO_WARN, r, about_of(key))
            case WarningOrdered():
                self._ordered(r)
            case WarningAttempted():
                self._wait_on(r, self._about(r) - self._waived)
            case WarningWaived() | SourceWarningWaived() | LeakWarningWaived():
                self._waived |= self._wait_no_more(self._about(r))
            case PeopleWarned(notice=notice):
                self._unwarned -= self._wait_no_more(self._about(r))
                self._last = r
                self._warned_by.setdefault(notice, set()).add(r.by.person)
            case WarnedWithoutOrder(notice=notice) if self._follows(r, notice):
                self._kept.wait(Tells.TO_REVIEW_WARNING, r, notice, not_for=self._warned_by[notice])
            case WarningReviewed(notice=notice):
                self._kept.done(Tells.TO_REVIEW_WARNING, notice)
            case _:
                return

    def _about(self, r: Recorded[Fact]) -> set[Key]:
        """Those of whom a fact speaks that nobody has warned."""
        return self._unwarned.intersection(named_by(r.fact))

    def _ordered(self, r: Recorded[Fact]) -> None:
        """Whoever orders the warning takes a waiver back."""
        about = self._about(r)
        self._waived -= about
        for key in about:
            self._kept.done(Tells.TO_DECIDE_WARNING, about_of(key))
        self._wait_on(r, about)

    def _wait_on(self, r: Recorded[Fact], keys: set[Key]) -> None:
        for key in sorted(keys):
            self._kept.wait(Tells.TO_WARN, r, about_of(key))

    def _wait_no_more(self, keys: set[Key]) -> set[Key]:
        for key in keys:
            self._kept.done(Tells.TO_DECIDE_WARNING, about_of(key))
            self._kept.done(Tells.TO_WARN, about_of(key))
        return keys

    def _follows(self, r: Recorded[Fact], notice: str) -> bool:
        last = self._last
        return (
            last is not None
            and last.position == r.position - 1
            and isinstance(last.fact, PeopleWarned)
            and last.fact.notice == notice
        )


def about_of(key: Key) -> str:
    """What such a notice is about: the field that names the ground, and its identifier."""
    return "/".join(key)
