"""Status of a person at an instant, worked out a second way: the past is played forward, act by act.

Written without the code under test: it keeps the state of the whole world in plain dicts, changes it with each
act in the order in which things happened, and at the end walks upwards by hand.
"""

from collections.abc import Iterable
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.facts.leaks import CooperationEnded, CooperationSuspended, SuspensionLifted
from tearline.facts.parties import (
    OfficeLeft,
    OfficeTaken,
    PersonVettingDecided,
    SuperiorNamed,
    UnitStoodDown,
    UnitVettingDecided,
)

WORSE_AND_WORSE = [
    *"cleared lapsed pending unknown declined exempt refused withdrawn failed".split(),
    *"stood-down suspended ended".split(),
]


def status(facts: Iterable[Recorded[Fact]], person: str, at: datetime, signatory: str | None = None) -> str:
    """The worst of the person, everyone above up to the signatory, and the unit they hold office in."""
    passes: dict[str, tuple[str, datetime | None]] = {}
    answers_to: dict[str, str] = {}
    serves_in: dict[str, str] = {}
    unit_passes: dict[str, tuple[str, datetime | None]] = {}
    stood_down: set[str] = set()
    suspensions: dict[str, set[str]] = {}
    lifted: set[str] = set()
    ended: set[str] = set()

    for recorded in sorted(facts, key=lambda r: (r.happened_at, r.position)):
        if recorded.happened_at > at:
            break
        match recorded.fact:
            case PersonVettingDecided(person=who, outcome=outcome, valid_until=until):
                passes[who] = (outcome.value, until)
            case UnitVettingDecided(unit=unit, outcome=outcome, valid_until=until):
                unit_passes[unit] = (outcome.value, until)
            case SuperiorNamed(person=who, superior=above):
                answers_to[who] = above
            case OfficeTaken(person=who, unit=unit):
                serves_in[who] = unit
            case OfficeLeft(person=who, unit=unit):
                if serves_in.get(who) == unit:
                    del serves_in[who]
            case UnitStoodDown(unit=unit):
                stood_down.add(unit)
            case CooperationSuspended(unit=unit, suspension=suspension):
                suspensions.setdefault(unit, set()).add(suspension)
            case SuspensionLifted(suspension=suspension):
                lifted.add(suspension)
            case CooperationEnded(unit=unit):
                ended.add(unit)

    def barred(unit: str) -> str | None:
        if unit in ended:
            return "ended"
        if suspensions.get(unit, set()) - lifted:
            return "suspended"
        return "stood-down" if unit in stood_down else None

    def passed(entry: tuple[str, datetime | None] | None) -> str:
        if entry is None:
            return "unknown"
        outcome, until = entry
        if outcome == "cleared" and (until is None or at >= until):
            return "lapsed"
        return outcome

    found = []
    line: list[str] = []
    here: str | None = person
    while here is not None and here not in line:
        line.append(here)
        found.append(passed(passes.get(here)))
        here = None if here == signatory else answers_to.get(here)
    if person in serves_in:
        home = serves_in[person]
        found.append(barred(home) or passed(unit_passes.get(home)))
    return max(found, key=WORSE_AND_WORSE.index)
