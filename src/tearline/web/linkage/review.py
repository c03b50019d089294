"""Pairs side by side, field by field, the most doubtful first: one person, two people, or nobody can tell."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tearline.estimates.linkage.names import given_tokens, surname_words
from tearline.facts.harm import HarmReported
from tearline.facts.history import History, Recorded
from tearline.facts.identifiers import VictimId
from tearline.facts.linkage import PairJudged
from tearline.facts.register import VictimReported
from tearline.folds.located import located
from tearline.folds.unlike import Told, ages_of, hardly_one, never_one, usable_of
from tearline.folds.victims import grouping, judged
from tearline.web.linkage import gazetteer
from tearline.web.linkage.standing import called, latest, unjudged
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue

NOTHING = "—"
NAMES = ("given_names", "paternal_surname", "maternal_surname", "alias", "sex")
REST = ("born", "place", "kin", "condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of both. ``how``: same, alike, differs, one where only one says it, plain where that says nothing."""

    label: str
    a: Shown
    b: Shown
    how: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    name: str
    href: str
    others: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairView:
    a: str
    b: str
    sides: tuple[Side, Side]
    lines: list[Line]
    chance: str
    never: str
    hardly: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """``at`` counts from 0 among the ``left`` pairs; ``done`` of ``all`` pairs of the last comparison are judged."""

    pair: PairView | None
    at: int
    left: int
    done: int
    all: int
    action: str
    back: str
    on: str
    last: str
    compared: bool


def view(say: Tongue, known: History, at: int, asked: tuple[str, str] | None, person: str) -> ReviewView:
    """``asked``: a pair that the address names; else the one at this place of those left to judge. What is sent names
    its pair: what is left may have changed meanwhile."""
    run = latest(known)
    left = unjudged(known, run)
    all_of = len(run.fact.doubtful.open()) if run and is_open(run.fact.doubtful) else 0
    at = max(min(at, len(left) - 1), 0)
    pair = None
    if asked is not None:
        chances = {(p.a, p.b): p.probability for p in run.fact.doubtful.open()} if all_of and run else {}
        pair = _pair(
            say,
            known,
            VictimId(asked[0]),
            VictimId(asked[1]),
            chances.get((VictimId(asked[0]), VictimId(asked[1]))),
        )
    elif left:
        a, b, chance = left[at]
        pair = _pair(say, known, a, b, chance)
    mine = [r for r in known.of(PairJudged) if r.by.person == person]
    last = f"/harm/linkage/review?a={mine[-1].fact.a}&b={mine[-1].fact.b}" if mine else ""
    here = asked is not None
    action = f"/harm/linkage/review?a={pair.a}&b={pair.b}&at={at}" if pair else ""
    return ReviewView(
        pair=pair,
        at=at,
        left=len(left),
        done=all_of - len(left),
        all=all_of,
        action=action,
        back="" if here or at == 0 else f"/harm/linkage/review?at={at - 1}",
        on="/harm/linkage/review"
        if here
        else f"/harm/linkage/review?at={at + 1}"
        if at + 1 < len(left)
        else "",
        last=last,
        compared=run is not None,
    )


def _pair(say: Tongue, known: History, a: VictimId, b: VictimId, chance: float | None) -> PairView | None:
    told = usable_of(known)
    if a not in told or b not in told:
        return None
    reported = {r.fact.victim: r for r in known.of(VictimReported)}
    one, other = reported[a], reported[b]
    said = judged(known).get((min(a, b), max(a, b)))
    return PairView(
        a=a,
        b=b,
        sides=(_side(say, known, one), _side(say, known, other)),
        lines=[*_lines(say, known, one.fact, other.fact), *_of_reports(say, known, one.fact, other.fact)],
        chance="" if chance is None else say.chance(chance),
        never=_because(say, told, a, b, never=True),
        hardly=_because(say, told, a, b, never=False),
        before=say(said) if said else "",
    )


def _because(say: Tongue, told: Mapping[VictimId, Told], a: VictimId, b: VictimId, *, never: bool) -> str:
    why = (never_one if never else hardly_one)(told[a], told[b])
    return say(why) if why else ""


def _side(say: Tongue, known: History, r: Recorded[VictimReported]) -> Side:
    together = known.folded(grouping).together(r.fact.victim)
    others = len(together) - 1
    return Side(
        name=called(say, r.fact),
        href=f"/harm/linkage/people/{r.fact.victim}",
        others=say.many("put together with %(n)s other", "put together with %(n)s others", others)
        if others
        else "",
    )


def _lines(say: Tongue, known: History, a: VictimReported, b: VictimReported) -> list[Line]:
    lines = [_field(say, a, b, name) for name in NAMES]
    lines.append(_line(say, say("Age (years)"), _ages(say, a), _ages(say, b)))
    lines.append(_line(say, say("When"), _days(say, a), _days(say, b)))
    lines += [_field(say, a, b, name) for name in REST]
    return [_with_distance(say, known, line, a, b) for line in lines if line is not None]


def _with_distance(say: Tongue, known: History, line: Line, a: VictimReported, b: VictimReported) -> Line:
    """Of two places that somebody looked up, how far apart they lie."""
    if line.label != label(say, VictimReported, "place"):
        return line
    far = gazetteer.apart(say, known.folded(located), a.place.value or "", b.place.value or "")
    return replace(line, word=f"{line.word}, {far}") if far else line


def _field(say: Tongue, a: VictimReported, b: VictimReported, name: str) -> Line | None:
    return _line(say, label(say, VictimReported, name), text(say, a, name), text(say, b, name), name)


def _ages(say: Tongue, fact: VictimReported) -> str:
    ages = ages_of(fact)
    if ages is None:
        return NOTHING
    return say.number(ages[0]) if ages[0] == ages[1] else f"{say.number(ages[0])}–{say.number(ages[1])}"


def _days(say: Tongue, fact: VictimReported) -> str:
    return say.days(fact.seen_from.value, fact.seen_to.value) or NOTHING


def _of_reports(say: Tongue, known: History, a: VictimReported, b: VictimReported) -> list[Line]:
    """Nothing of who reported: the harm, and which body's list, which always differ."""
    reports = {r.fact.report: r.fact for r in known.of(HarmReported)}
    one, other = reports.get(a.report), reports.get(b.report)
    if one is None or other is None:
        return []
    harm = _line(say, label(say, HarmReported, "harm"), say(one.harm), say(other.harm))
    told = Line(label=say("Told by"), a=_body(say, one), b=_body(say, other), how="plain", word="")
    return [line for line in (harm, told) if line is not None]


def _body(say: Tongue, fact: HarmReported) -> str:
    """The body on whose list it stands, else the kind of source."""
    kind = say(fact.source_class)
    return f"{kind} ({fact.list})" if fact.list else kind


def _line(say: Tongue, words: str, one: Shown, other: Shown, name: str = "") -> Line | None:
    if one == other == NOTHING:
        return None
    if NOTHING in (one, other):
        how, word = "one", say("only one says")
    elif one == other:
        how, word = "same", say("same")
    elif _alike(name, str(one), str(other)):
        how, word = "alike", say("alike")
    else:
        how, word = "differs", say("differs")
    return Line(label=words, a=one, b=other, how=how, word=word)


def _alike(name: str, one: str, other: str) -> bool:
    """Whether two names are the same but for accents, particles and order."""
    if name == "given_names":
        return bool(set(given_tokens(one)) & set(given_tokens(other)))
    return name.endswith("surname") and surname_words(one) == surname_words(other)
