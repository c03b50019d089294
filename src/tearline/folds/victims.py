"""Who is who, as it stands: people reported, put together and taken apart in the order in which that was decided.

Each starts as a person of their own. A merge joins the people to whom those it names belong; a split takes those it
names out, those of one person together. What was undone is passed over, and what was decided after it is read without
it.

So less is together when a merge is undone, whatever came since, and a split never joins anybody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import VictimId
from tearline.facts.linkage import Judgement, LinkUndone, PairJudged, VictimsMerged, VictimsSplit
from tearline.facts.register import VictimReported

Decision = Recorded[VictimsMerged] | Recorded[VictimsSplit]
Pair = tuple[VictimId, VictimId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """``people``: those reported by person, each under its first reported; ``of``: the person of each."""

    people: Mapping[VictimId, Sequence[VictimId]]
    of: Mapping[VictimId, VictimId]

    def together(self, victim: VictimId) -> Sequence[VictimId]:
        """All that were reported of the same person, itself included."""
        return self.people[self.of[victim]]


def decisions(history: History) -> list[Decision]:
    """Merges and splits that were not undone, in their order."""
    undone = {name for r in history.of(LinkUndone) for name in (r.fact.merge, r.fact.split) if name}
    found: list[Decision] = [r for r in history.of(VictimsMerged) if r.fact.merge not in undone]
    found += [r for r in history.of(VictimsSplit) if r.fact.split not in undone]
    return sorted(found, key=lambda r: r.position)


def grouping(history: History) -> Grouping:
    """Of all people reported in this history."""
    order = [r.fact.victim for r in history.of(VictimReported)]
    return grouped(order, decisions(history))


def grouped(order: Iterable[VictimId], decided: Iterable[Decision]) -> Grouping:
    """``order`` is all that were reported, as recorded. Whom a decision names besides is passed over."""
    place = {victim: n for n, victim in enumerate(order)}
    group = {victim: {victim} for victim in place}
    for one in decided:
        follow(group, one)
    people: dict[VictimId, list[VictimId]] = {}
    of: dict[VictimId, VictimId] = {}
    for victim in place:
        first = min(group[victim], key=place.__getitem__)
        people.setdefault(first, []).append(victim)
        of[victim] = first
    return Grouping(people=people, of=of)


def follow(group: dict[VictimId, set[VictimId]], one: Decision) -> None:
    """Carry the groups on by one decision; each victim's set is shared by all of its group."""
    if isinstance(one.fact, VictimsMerged):
        joined = set[VictimId]().union(*(group[v] for v in one.fact.victims if v in group))
        group.update(dict.fromkeys(joined, joined))
        return
    leaving = {v for v in one.fact.leave if v in group}
    while leaving:
        person = group[next(iter(leaving))]
        together = person & leaving
        person -= together
        group.update(dict.fromkeys(together, together))
        leaving -= together


def judged(history: History) -> Mapping[Pair, Judgement]:
    """What was last said of each pair, the two in the order of their identifiers."""
    found: dict[Pair, Judgement] = {}
    for r in history.of(PairJudged):
        a, b = sorted((r.fact.a, r.fact.b))
        found.pop((a, b), None)
        found[a, b] = r.fact.judgement
    return found
