"""What became of a person, by all that is on record of everybody linked with them: the latest day holds."""

from collections.abc import Mapping, Sequence
from datetime import date

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import VictimId
from tearline.facts.register import Condition, ConditionEstablished, VictimReported
from tearline.web.show import plain
from tearline.web.tongue import Tongue

EVER = date.min


def established(known: History, group: Sequence[VictimId]) -> list[Recorded[ConditionEstablished]]:
    """What was established of any of them, the latest day first; of one day, what was recorded last."""
    of_them = [r for r in known.of(ConditionEstablished) if r.fact.victim in set(group)]
    return sorted(of_them, key=lambda r: (r.fact.day or EVER, r.position), reverse=True)


def condition_of(
    say: Tongue,
    known: History,
    group: Sequence[VictimId],
    names: Mapping[VictimId, Recorded[VictimReported]],
) -> str:
    """What was established, or else what was reported; what reports disagree about is said as it is."""
    if found := established(known, group):
        return plain(say, found[0].fact.condition)
    said = [names[v].fact.condition for v in group if v in names]
    told = list(dict.fromkeys(one for one in said if one is not Condition.UNKNOWN))
    return say.listed([plain(say, one) for one in told]) if told else plain(say, Condition.UNKNOWN)
