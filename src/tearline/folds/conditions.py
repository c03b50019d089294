"""What became of people, by all that was established of everybody linked with them: the latest day holds."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import VictimId
from tearline.facts.register import ConditionEstablished

Established = Mapping[VictimId, Sequence[Recorded[ConditionEstablished]]]


def established(known: History) -> Established:
    """By the person reported whom it was established of."""
    found: dict[VictimId, list[Recorded[ConditionEstablished]]] = {}
    for r in known.of(ConditionEstablished):
        found.setdefault(r.fact.victim, []).append(r)
    return found


def latest_first(of: Established, together: Iterable[VictimId]) -> list[Recorded[ConditionEstablished]]:
    """What was established of any of them; of one day, what was recorded last stands first."""
    found = [r for victim in set(together) for r in of.get(victim, ())]
    return sorted(found, key=lambda r: (r.fact.day or date.min, r.position), reverse=True)
