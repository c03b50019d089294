"""What keeps two people reported from being one: always, or unless somebody says why.

Nobody stands twice in one report, or twice on one list: whoever made it told people apart. Another sex, or ages that
cannot meet, may be a mistake of either report, and take a reason. What was purged or is closed is not known, and keeps
nobody apart.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from tearline.facts.harm import HarmReported
from tearline.facts.history import History, Question, about, each
from tearline.facts.identifiers import ListId, MergeId, ReportId, SplitId, VictimId
from tearline.facts.linkage import Judgement, LinkUndone, PairJudged, VictimsMerged, VictimsSplit
from tearline.facts.register import ConsentWithdrawn, Sex, VictimReported
from tearline.facts.words import Words
from tearline.folds.victims import Pair

YEARS_APART = 5
DECIDING = (VictimsMerged, VictimsSplit, PairJudged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one report tells of a person, as far as it can keep them from being another. ``ages`` in years."""

    victim: VictimId
    report: ReportId
    list: ListId | None
    sex: Sex | None
    ages: tuple[int, int] | None


def asks_linked(known: History, victims: Iterable[VictimId]) -> Question:
    """These people reported, all that judgements, merges and splits tie to them, one to the next, and what of it was
    withdrawn."""
    tied = set(victims)
    for judged in known.of(PairJudged):
        tied |= {judged.fact.a, judged.fact.b}
    for merged in known.of(VictimsMerged):
        tied.update(merged.fact.victims)
    for split in known.of(VictimsSplit):
        tied.update(split.fact.leave)
    asked = each("victim", frozenset(tied), (VictimReported, *DECIDING))
    reports = frozenset(r.fact.report for r in known.of(VictimReported))
    asked |= each("report", reports, (HarmReported, ConsentWithdrawn))
    asked |= each("merge", frozenset(r.fact.merge for r in known.of(VictimsMerged)), (LinkUndone,))
    return asked | each("split", frozenset(r.fact.split for r in known.of(VictimsSplit)), (LinkUndone,))


def asks_decision(merge: MergeId | None, split: SplitId | None) -> Question:
    """A merge or split by its name, and whether it was undone."""
    asked = Question()
    if merge:
        asked |= about(f"merge:{merge}", kinds=(VictimsMerged, LinkUndone))
    if split:
        asked |= about(f"split:{split}", kinds=(VictimsSplit, LinkUndone))
    return asked


def told_of(history: History) -> Mapping[VictimId, Told]:
    """In the order in which they were recorded."""
    lists = {r.fact.report: r.fact.list for r in history.of(HarmReported)}
    return {
        r.fact.victim: Told(
            victim=r.fact.victim,
            report=r.fact.report,
            list=lists.get(r.fact.report),
            sex=r.fact.sex.value,
            ages=ages_of(r.fact),
        )
        for r in history.of(VictimReported)
    }


def usable_of(history: History) -> Mapping[VictimId, Told]:
    """The same, without those whose report was withdrawn: nothing is made of what it told of them."""
    taken = {r.fact.report for r in history.of(ConsentWithdrawn)}
    return {victim: told for victim, told in told_of(history).items() if told.report not in taken}


def ages_of(fact: VictimReported) -> tuple[int, int] | None:
    """Years, at least and at most, as reported; by the day of birth where no age was."""
    low, high = fact.age_from.value, fact.age_to.value
    if low is None and high is None and fact.born.value and fact.seen_from.value:
        low = max(int((fact.seen_from.value - fact.born.value).days / 365.25), 0)
    low, high = (high if low is None else low), (low if high is None else high)
    return None if low is None or high is None else (low, high)


def never_one(a: Told, b: Told) -> Words | None:
    """Why these two are two people whatever else is said of them; None where nothing says so."""
    if a.report == b.report:
        return Words(
            f"{a.victim} and {b.victim} stand in one report, which tells them apart",
            f"{a.victim} y {b.victim} constan en un mismo informe, que las distingue",
        )
    if a.list is not None and a.list == b.list:
        return Words(
            f"{a.victim} and {b.victim} both stand on the list {a.list}, which names nobody twice",
            f"{a.victim} y {b.victim} están en la lista {a.list}, que no nombra a nadie dos veces",
        )
    return None


def hardly_one(a: Told, b: Told) -> Words | None:
    """Why these two are hardly one person, unless somebody says why; None where nothing says so."""
    if a.sex is not None and b.sex is not None and a.sex is not b.sex:
        return Words(
            f"{a.victim} and {b.victim} are of another sex", f"{a.victim} y {b.victim} son de distinto sexo"
        )
    if a.ages and b.ages and max(a.ages[0], b.ages[0]) - min(a.ages[1], b.ages[1]) > YEARS_APART:
        return Words(
            f"the ages of {a.victim} and {b.victim} are more than {YEARS_APART} years apart",
            f"las edades de {a.victim} y {b.victim} difieren en más de {YEARS_APART} años",
        )
    return None


def pairs_of(people: Iterable[Told]) -> Iterator[tuple[Told, Told]]:
    return combinations(list(people), 2)


def joined_by(judged: Mapping[Pair, Judgement]) -> Mapping[VictimId, frozenset[VictimId]]:
    """Those whom judgements make one person, one to the next; of each all of them, itself included."""
    group: dict[VictimId, set[VictimId]] = {}
    for (a, b), judgement in judged.items():
        if judgement is Judgement.SAME:
            both = group.get(a, {a}) | group.get(b, {b})
            group.update(dict.fromkeys(both, both))
    return {victim: frozenset(some) for victim, some in group.items()}
