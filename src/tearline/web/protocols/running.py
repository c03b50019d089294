"""A draft beside the text it would replace, over recorded dossiers and both texts' cases: what would have changed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tearline.facts.history import Recorded, each
from tearline.facts.identifiers import RequestId
from tearline.facts.release import ReleaseRequested, VerdictReached
from tearline.folds.drafts import LeftOut, Stated, Tried, Way, on_case, on_verdict
from tearline.protocol import Pack
from tearline.web.look import link
from tearline.web.names import Names, names_question
from tearline.web.protocols.bounds import Until
from tearline.web.release.request import title
from tearline.web.show import Shown
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

MOST_DOSSIERS = 200
MOST_CASES = 600
MOST_SHOWN = 60
ORDER = tuple(Way)
NOBODY: Mapping[str, Shown] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dossier whose verdict would be another, or would rest on other rules."""

    name: Shown
    way: Way
    before: str
    after: str
    gone: str
    come: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule that matches where it did not, or no longer matches: over how many dossiers, and to what effect."""

    rule: str
    matches: str
    looser: int
    stricter: int
    otherwise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What came of one kind of dossiers: recorded ones, or cases. ``counts`` are by way, the loosest first."""

    tried: int
    counts: list[tuple[Way, str]]
    by_rule: list[RuleRow]
    rows: list[Row]
    hidden: int
    left_out: list[str]

    @property
    def changed(self) -> bool:
        return bool(self.by_rule or self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    old: str
    new: str
    dossiers: Over
    cases: Over


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A request that has a verdict, for choosing."""

    request: str
    words: str


def latest(visit: Visit) -> tuple[list[RequestId], int]:
    """The latest requests with a verdict, newest first, so many as are tried at once; and how many more there are."""
    standing = visit.projections.requests()
    decided = [request for request in reversed(list(standing.asked)) if request in standing.effect]
    return decided[:MOST_DOSSIERS], max(0, len(decided) - MOST_DOSSIERS)


def choices(visit: Visit, requests: Sequence[RequestId]) -> list[Choice]:
    """What these requests are called, for the reader to choose from."""
    asked = each("request", frozenset(requests), (ReleaseRequested,))
    known = visit.read(lambda so_far: asked | names_question(so_far))
    names = Names(known, visit.say)
    found = {r.fact.request: r for r in known.of(ReleaseRequested)}
    return [
        Choice(request=request, words=_called(visit.say, found[request], names))
        for request in requests
        if request in found
    ]


def _called(say: Tongue, asked: Recorded[ReleaseRequested], names: Names) -> str:
    words = title(say, asked.fact, names)
    return f"{words} ({say.telling(asked.told.telling)})" if asked.told else words


def run(
    visit: Visit,
    old: Pack,
    new: Pack,
    *,
    requests: Sequence[RequestId],
    beyond: int,
    parameters: Stated,
) -> Ran:
    """Both texts over these requests' latest verdicts and over the cases of both; whatever time is left over."""
    until = Until()
    kinds = (ReleaseRequested, VerdictReached)
    known = visit.read(lambda so_far: each("request", frozenset(requests), kinds) | names_question(so_far))
    names = Names(known, visit.say)
    last = {r.fact.request: r.fact for r in known.of(VerdictReached)}
    called: dict[str, Shown] = {
        r.fact.request: link(_called(visit.say, r, names), f"/releases/{r.fact.request}")
        for r in known.of(ReleaseRequested)
    }
    protocols = dict(visit.node.protocols)
    chosen = [last[request] for request in requests if request in last]
    on_dossiers = (on_verdict(one, protocols, old, new, parameters) for one in chosen)
    return Ran(
        old=old.id,
        new=new.id,
        dossiers=_over(visit.say, on_dossiers, most=len(chosen), beyond=beyond, called=called, until=until),
        cases=_over(visit.say, _on_cases(old, new, parameters), most=MOST_CASES, until=Until()),
    )


def _on_cases(old: Pack, new: Pack, parameters: Stated) -> Iterator[Tried]:
    """Each case of either text once."""
    seen: set[str] = set()
    for pack in (new, old):
        for case in pack.cases:
            key = repr(case.dossier)
            if key not in seen:
                seen.add(key)
                name = f"{pack.id} · {pack.rules[case.rule].id} · {case.name}"
                yield on_case(name, case.dossier, old, new, parameters)


def _over(
    say: Tongue,
    tries: Iterable[Tried | LeftOut],
    *,
    most: int,
    until: Until,
    beyond: int = 0,
    called: Mapping[str, Shown] = NOBODY,
) -> Over:
    tried: list[Tried] = []
    left: Counter[LeftOut] = Counter()
    cut = 0
    for n, one in enumerate(tries):
        if not until or n >= most:
            cut = most - n if n < most else 1
            break
        if isinstance(one, LeftOut):
            left[one] += 1
        else:
            tried.append(one)
    changed = sorted((t for t in tried if t.way is not Way.SAME), key=lambda t: ORDER.index(t.way))
    said = [f"{say(why)}: {say.number(n)}" for why, n in left.items()]
    said += [say("not looked at, for want of time: %(n)s", n=say.number(cut))] if cut else []
    said += [say("older ones: %(n)s", n=say.number(beyond))] if beyond else []
    ways = Counter(t.way for t in tried)
    return Over(
        tried=len(tried),
        counts=[(way, say.number(ways[way])) for way in Way],
        by_rule=_by_rule(say, changed),
        rows=[_row(t, called) for t in changed[:MOST_SHOWN]],
        hidden=max(0, len(changed) - MOST_SHOWN),
        left_out=said,
    )


def _row(one: Tried, called: Mapping[str, Shown]) -> Row:
    return Row(
        name=called.get(one.name, one.name),
        way=one.way,
        before=one.before.effect.value,
        after=one.after.effect.value,
        gone=", ".join(one.gone) or "—",
        come=", ".join(one.come) or "—",
    )


def _by_rule(say: Tongue, changed: Sequence[Tried]) -> list[RuleRow]:
    found: dict[tuple[str, str], Counter[Way]] = {}
    for one in changed:
        for rules, words in ((one.gone, say("no longer")), (one.come, say("now"))):
            for rule in rules:
                found.setdefault((rule, words), Counter())[one.way] += 1
    rows = [
        RuleRow(
            rule=rule,
            matches=words,
            looser=ways[Way.LOOSER],
            stricter=ways[Way.STRICTER],
            otherwise=ways[Way.OTHERWISE],
        )
        for (rule, words), ways in found.items()
    ]
    return sorted(rows, key=lambda r: (-r.looser, -r.stricter, r.rule))
