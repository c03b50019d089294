"""What of an estimate is made public: its number or why there is none, and how many by condition and by place.

Of one scope there is one line of publications, each held against all before it (``suppression``). Another scope that
covers some of the same reports would show by difference what the first one hid, so it is not made public beside it.

Of people whom no report names no number is public. Both ends of their range are sums over few reports: an end, what
lies between both, and what lies between two publications can each be the number that one report told of.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tearline.facts.casualties import CasualtiesEstimated, CountedScope, HarmPublished, PublishedCell
from tearline.facts.history import History, Question, Recorded, about
from tearline.facts.identifiers import EstimateId, VictimId
from tearline.facts.register import Condition, ConditionEstablished
from tearline.folds.conditions import Established, established, latest_first
from tearline.folds.counting import COVERS, scoped
from tearline.folds.estimates import before
from tearline.folds.linking import QUESTION
from tearline.folds.suppression import Released, suppressed

UNSAID = "—"
"""The place of people of whom no report says one."""
PUBLICLY: Question = QUESTION | about(kinds=(CasualtiesEstimated, HarmPublished, ConditionEstablished))
"""All that says what may be made public, and how what is public stands to the register."""


@dataclass(frozen=True, kw_only=True)
class Tables:
    """How many people in scope, by condition and by place; each sums to the documented count."""

    by_condition: Mapping[str, int]
    by_place: Mapping[str, int]


def tables(history: History, estimated: Recorded[CasualtiesEstimated]) -> Tables:
    """As the record stood when it was estimated."""
    then = before(history, estimated.fact.position)
    within = scoped(then, estimated.fact.scope, estimated.known_at.date())
    place = {v: r.fact.place for v, r in zip(within.of.people, within.of.reports, strict=True)}
    became = established(then)
    conditions: Counter[str] = Counter()
    places: Counter[str] = Counter()
    lies = dict(zip(within.of.people, within.inside, strict=True))
    for together in within.named().values():
        said = [within.of.people[v].fact.condition for v in together]
        conditions[_condition(became, said, together).value] += 1
        where = (place[v] for v in together if lies[v])
        places[next((one for one in where if one), UNSAID)] += 1
    return Tables(by_condition=conditions, by_place=places)


def _condition(of: Established, said: Sequence[Condition], together: Sequence[VictimId]) -> Condition:
    """What became of a person: what holds of what was established, else what the last report says that says any."""
    if found := latest_first(of, together):
        return found[0].fact.condition
    return next((c for c in reversed(said) if c is not Condition.UNKNOWN), Condition.UNKNOWN)


def published(history: History) -> list[tuple[Recorded[HarmPublished], Recorded[CasualtiesEstimated]]]:
    """Every publication with its estimate, the oldest first."""
    estimates = estimates_of(history)
    return [
        (r, estimates[r.fact.estimate]) for r in history.of(HarmPublished) if r.fact.estimate in estimates
    ]


def estimates_of(history: History) -> Mapping[EstimateId, Recorded[CasualtiesEstimated]]:
    return {r.fact.estimate: r for r in history.of(CasualtiesEstimated)}


def same_people(one: CountedScope, other: CountedScope) -> bool:
    """Whether what is counted is the same, whatever it is called."""
    return _counts(one) == _counts(other)


def _counts(scope: CountedScope) -> tuple[object, ...]:
    places = frozenset(place.casefold() for place in scope.places)
    return scope.first_day, scope.last_day, scope.harm, places, scope.compromise, scope.operation


def share_people(one: CountedScope, other: CountedScope) -> bool:
    """Whether a report can lie in both."""
    if one.first_day > other.last_day or other.first_day > one.last_day:
        return False
    if one.places and other.places:
        here, there = ({place.casefold() for place in scope.places} for scope in (one, other))
        if not here & there:
            return False
    if one.harm is not None and other.harm is not None:
        return bool(COVERS.get(one.harm, {one.harm}) & COVERS.get(other.harm, {other.harm}))
    return True


def released(history: History, scope: CountedScope, table: str) -> list[Released]:
    """What was made public before of this scope: ``table`` is by_condition or by_place."""
    return [
        Released(
            total=estimated.fact.documented,
            cells={cell.what: cell.people for cell in getattr(r.fact, table)},
        )
        for r, estimated in published(history)
        if same_people(estimated.fact.scope, scope)
    ]


def cells(
    history: History, scope: CountedScope, table: str, people: Mapping[str, int]
) -> tuple[PublishedCell, ...]:
    shown = suppressed(people, released(history, scope, table))
    return tuple(PublishedCell(what=what, people=n) for what, n in shown.items())
