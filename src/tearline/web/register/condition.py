"""What became of a person, in words."""

from collections.abc import Mapping, Sequence

from tearline.facts.history import Recorded
from tearline.facts.identifiers import VictimId
from tearline.facts.register import Condition, VictimReported
from tearline.folds.conditions import Established, latest_first
from tearline.web.show import plain
from tearline.web.tongue import Tongue


def condition_of(
    say: Tongue,
    of: Established,
    group: Sequence[VictimId],
    names: Mapping[VictimId, Recorded[VictimReported]],
) -> str:
    """What was established, or else what was reported; what reports disagree about is said as it is."""
    if found := latest_first(of, group):
        return plain(say, found[0].fact.condition)
    said = [names[v].fact.condition for v in group if v in names]
    told = list(dict.fromkeys(one for one in said if one is not Condition.UNKNOWN))
    return say.listed([plain(say, one) for one in told]) if told else plain(say, Condition.UNKNOWN)
