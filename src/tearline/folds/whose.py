"""Whose the reports of harm are, carried on: who took each down, and so whose all that tells of it is.

To an advocate the reports of others are not there, nor is whom they name, what became of those, files, needs and help.
A fact says which of these it is about by its tags, so one rule holds wherever facts are read. A need, or help, that
belongs to no report is whoever's recorded it; a report from outside is no advocate's. Worked cases are open to all.
"""

from collections.abc import Iterator

from tearline.facts.assistance import AssistanceGiven, NeedRecorded, NeedReferred
from tearline.facts.codec import tags_of
from tearline.facts.fact import Fact
from tearline.facts.harm import HarmReported
from tearline.facts.history import Recorded
from tearline.facts.identifiers import PersonId, ReportId
from tearline.facts.outside import ReportReceivedOutside
from tearline.facts.register import FileKept, VictimReported

WHOSE_KINDS: tuple[type[Fact], ...] = (
    HarmReported,
    VictimReported,
    FileKept,
    NeedRecorded,
    NeedReferred,
    AssistanceGiven,
    ReportReceivedOutside,
)


class Whose:
    """By tag, who took down the report to which it belongs."""

    def __init__(self) -> None:
        self._of: dict[str, PersonId] = {}

    def take(self, r: Recorded[Fact]) -> None:
        if r.told is not None:
            return
        for tag, belongs_to in _named(r.fact):
            self._of.setdefault(tag, self._of.get(belongs_to, r.by.person))

    def others(self, person: PersonId) -> frozenset[str]:
        """The tags of all that is not this person's."""
        return frozenset(tag for tag, by in self._of.items() if by != person)


def _named(fact: Fact) -> Iterator[tuple[str, str]]:
    """The tag of what this fact puts on record, and that of what it belongs to, if to anything."""
    match fact:
        case HarmReported(report=report):
            yield f"report:{report}", ""
        case VictimReported(victim=victim, report=report):
            yield f"victim:{victim}", f"report:{report}"
        case FileKept(file=file, report=report):
            yield f"file:{file}", f"report:{report}"
        case NeedRecorded(need=need, report=report):
            yield f"need:{need}", _of(report)
        case NeedReferred(referral=referral, need=need):
            yield f"referral:{referral}", f"need:{need}"
        case AssistanceGiven(assistance=assistance, report=report, need=need):
            yield f"assistance:{assistance}", f"need:{need}" if need else _of(report)
        case ReportReceivedOutside(outside=outside):
            yield f"outside:{outside}", ""


def _of(report: ReportId | None) -> str:
    return f"report:{report}" if report else ""


def is_about(fact: Fact, tags: frozenset[str]) -> bool:
    """Whether a fact is about any of these."""
    return not tags.isdisjoint(tags_of(fact))
