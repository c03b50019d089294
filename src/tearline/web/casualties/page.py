"""Estimates: the documented count first, what each method says, what speaks against a number, and how lists overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tearline.estimates.casualties.histories import Histories
from tearline.estimates.casualties.overlaps import overlaps
from tearline.facts.casualties import CasualtiesEstimated
from tearline.facts.fact import Compartment
from tearline.facts.harm import HarmReported
from tearline.facts.history import History, Question, Recorded
from tearline.facts.identifiers import EstimateId
from tearline.folds.counting import letter
from tearline.folds.estimates import EstimateStanding, stands
from tearline.folds.publishing import PUBLICLY, estimates_of, published
from tearline.rooms.casualties import COUNTING, PUBLISHING
from tearline.web.casualties import words
from tearline.web.charts import casualties as chart
from tearline.web.charts.figure import Figure, figure
from tearline.web.look import sealed, tag
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, begun, is_open
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

MOST_PATTERNS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """People who stand on just these lists. ``share`` in percent of the most, for the bar."""

    on: list[bool]
    people: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateView:
    estimate: str
    title: str
    what: str
    documented: str
    between: str
    unnamed: str
    number: str
    given: bool
    reasons: list[str]
    superseded: bool
    since: list[str]
    lower: str
    figure: Figure | None
    methods: list[list[str]]
    diagnostics: list[str]
    varied: list[list[str]]
    closed: Shown | None
    letters: list[str]
    overlaps: list[Overlap]
    more: int
    pairs: list[list[str]]
    facts: list[tuple[str, ...]]
    public: str
    publish: str


def asks(known: History) -> Question:
    return PUBLICLY | names_question(known)


def live(visit: Visit) -> History:
    """As this reader may see it; worked cases apart."""
    seen = visit.read(asks)
    return History(tuple(r for r in seen if r.told is None), seen.position)


def tags(say: Tongue, standing: EstimateStanding) -> Shown:
    state = {
        EstimateStanding.STANDS: "release",
        EstimateStanding.OLDER: "hold",
        EstimateStanding.SUPERSEDED: "refuse",
    }
    return tag(say, say(standing), state[standing])


def rows(say: Tongue, known: History, visit: Visit) -> list[list[object]]:
    """Every estimate, the latest first: what of, documented, number, and how it stands."""
    day = visit.now.date()
    return [
        [
            (words.what(say, r.fact.scope), f"/harm/estimates/{r.fact.estimate}"),
            say.number(r.fact.documented),
            words.number(say, r.fact),
            tags(say, stands(known, r, day).standing),
            say.moment(r.known_at),
        ]
        for r in reversed(list(estimates_of(known).values()))
    ]


def marks(say: Tongue, fact: CasualtiesEstimated) -> Sequence[chart.Row]:
    """What the chart shows: nothing of it is sealed."""
    found: list[chart.Row] = []
    if fact.median is not None and fact.low is not None and fact.high is not None:
        found.append((say("the number given"), fact.median, fact.low, fact.high, True))
    found += [(say(m.method), m.median, m.low, m.high, False) for m in fact.methods]
    return tuple(found)


def view(say: Tongue, known: History, name: EstimateId, visit: Visit) -> EstimateView | None:
    made = estimates_of(known).get(name)
    if made is None:
        return None
    fact, found = made.fact, stands(known, made, visit.now.date())
    closed = not is_open(fact.histories)
    counts = () if closed else fact.histories.open()
    shown = marks(say, fact)
    patterns = sorted((m for m, n in enumerate(counts) if n), key=lambda m: (-counts[m], m))
    public = next((r for r, one in published(known) if one.fact.estimate == name), None)
    may = visit.role in PUBLISHING and made.by.person != visit.actor.person and public is None
    return EstimateView(
        estimate=name,
        title=begun(fact.scope.unit),
        what="; ".join((fact.scope.area, words.dates(say, fact.scope))),
        documented=say.number(fact.documented),
        between=_between(say, fact),
        unnamed=words.unnamed(say, fact),
        number=words.number(say, fact),
        given=fact.median is not None,
        reasons=words.reasons(say, fact),
        superseded=found.standing is EstimateStanding.SUPERSEDED,
        since=words.since(say, found),
        lower="" if fact.lower_bound is None else words.whole(say, fact.lower_bound),
        figure=_figure(say, name, shown) if shown else None,
        methods=[
            [
                begun(what),
                words.whole(say, median),
                f"{words.whole(say, low)}–{words.whole(say, high)}",
            ]
            for what, median, low, high, _ in shown
        ],
        diagnostics=_diagnostics(say, fact),
        varied=[
            [begun(words.varied(say, v)), begun(say(v.method)), words.whole(say, v.median)]
            for v in fact.varied
        ],
        closed=sealed(say, Compartment.VICTIMS) if closed else None,
        letters=[letter(n) for n in range(fact.lists)],
        overlaps=_overlaps(say, fact.lists, counts, patterns[:MOST_PATTERNS]),
        more=max(len(patterns) - MOST_PATTERNS, 0),
        pairs=_pairs(say, fact.lists, counts) if counts else [],
        facts=_facts(say, made, Names(known, say)),
        public=say("Made public %(when)s", when=say.moment(public.known_at)) if public else "",
        publish=f"/harm/estimates/{name}/publish"
        if may and found.standing is not EstimateStanding.SUPERSEDED
        else "",
    )


def _between(say: Tongue, fact: CasualtiesEstimated) -> str:
    return say(
        "on at least one list. As far as it is doubtful who is who: %(low)s to %(high)s, with 95 %%.",
        low=say.number(fact.documented_low),
        high=say.number(fact.documented_high),
    )


def _figure(say: Tongue, name: EstimateId, shown: Sequence[chart.Row]) -> Figure:
    return figure(
        f"/harm/estimates/{name}/methods.svg",
        chart.sizes(len(shown)),
        alt=say("How many by each method, with their intervals; the table says the same."),
    )


def _diagnostics(say: Tongue, fact: CasualtiesEstimated) -> list[str]:
    said = []
    for one in fact.methods:
        if one.rhat is not None:
            said.append(
                say(
                    "%(method)s: the chains agree with each other to an R-hat of %(rhat)s (1 is best, 1.05 the most"
                    " that is let through).",
                    method=begun(say(one.method)),
                    rhat=say.figure(round(one.rhat, 4)),
                )
            )
        if one.effective is not None:
            said.append(
                say(
                    "%(method)s: %(n)s effective draws; 400 are enough for an interval.",
                    method=begun(say(one.method)),
                    n=words.whole(say, one.effective),
                )
            )
    if fact.drawn:
        said.append(
            say(
                "%(n)s linkages were drawn, as likely as they are; the number given is spread by how their estimates"
                " differ.",
                n=say.number(fact.drawn),
            )
        )
    return said


def _overlaps(say: Tongue, lists: int, counts: Sequence[int], patterns: Sequence[int]) -> list[Overlap]:
    most = max((counts[m] for m in patterns), default=1)
    return [
        Overlap(
            on=[bool(m >> n & 1) for n in range(lists)],
            people=say.number(counts[m]),
            share=round(100 * counts[m] / most, 1),
        )
        for m in patterns
    ]


def _pairs(say: Tongue, lists: int, counts: Sequence[int]) -> list[list[str]]:
    """Of each two lists, those first that share most: people on both, and how much being on one goes with the other."""
    histories = Histories(lists=tuple(letter(n) for n in range(lists)), counts=np.array(counts, np.int64))
    found = sorted(overlaps(histories, histories.documented), key=lambda one: -one.both)
    return [
        [
            say("%(a)s and %(b)s", a=one.lists[0], b=one.lists[1]),
            say.number(one.both),
            "—" if one.log_odds is None else _odds(say, one.log_odds),
        ]
        for one in found[:MOST_PATTERNS]
    ]


def _odds(say: Tongue, odds: tuple[float, float, float]) -> str:
    at, low, high = (say.figure(round(one, 2)) for one in odds)
    return say("%(p)s (%(low)s to %(high)s)", p=at, low=low, high=high)


def _facts(say: Tongue, made: Recorded[CasualtiesEstimated], names: Names) -> list[tuple[str, ...]]:
    fact = made.fact
    scope = fact.scope
    found: list[tuple[str, ...]] = [
        (say("Estimated"), say.moment(made.known_at), entry_of(made)),
        (say("By"), names.actor(made.by).name),
        (say("From the record up to entry"), say.number(fact.position)),
        (say("People reported"), say.number(fact.reported)),
        (say("Lists"), say.number(fact.lists)),
        (say("Seed"), say.number(fact.seed)),
    ]
    if scope.harm is not None:
        found.append((say("Harm"), say(scope.harm)))
    if scope.places:
        found.append((say("Places"), say.listed(list(scope.places))))
    return found


def may_estimate(visit: Visit) -> bool:
    return visit.role in COUNTING


def places_of(known: History) -> Mapping[str, str]:
    """The places that reports name, for a form."""
    return {place: place for place in sorted({r.fact.place for r in known.of(HarmReported) if r.fact.place})}
