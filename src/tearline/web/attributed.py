"""What the model says of a leak, as an investigation's page shows it: never one name alone, and with what it rests on.

The figures are sealed with the investigation, so they go into no chart, which others would be shown: the bars are part
of the page. They order enquiries. Nobody is accused by them, and no finding may rest on them alone.
"""

from dataclasses import dataclass

from tearline.facts.exposure import LeakAttributed, ReaderFigured, Varied
from tearline.facts.fact import Compartment
from tearline.facts.history import Recorded
from tearline.folds.verbal import weight
from tearline.web import tested
from tearline.web.look import sealed
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.show import Shown, is_open, label
from tearline.web.tongue import Tongue

FEWEST, MOST = 8, 60
"""So many readers are shown at the least, where there are so many; the others are counted."""
WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRow:
    """``bar`` and ``mark`` are percent of the longest bar: the chance now, and what it was before any evidence."""

    person: Shown
    after: str
    before: str
    bar: float
    mark: float
    evidence: str
    words: str
    speaks_for: str
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """``closed`` instead of everything, for whom it is not open. ``tested``: how the model fared elsewhere."""

    closed: Shown | None
    lead: str
    sayings: list[str]
    nobody: ReaderRow | None
    rows: list[ReaderRow]
    others: str
    facts: list[tuple[str, Shown]]
    varied: list[list[object]]
    tested: list[str]
    entry: tuple[str, str]


def view(
    say: Tongue, recorded: Recorded[LeakAttributed], names: Names, *, traced: bool = False
) -> Attributed:
    """``traced``: a trace with its gate open had said by which copies it came out."""
    fact = recorded.fact
    entry = (say("entry %(n)s", n=say.number(recorded.position)), entry_of(recorded))
    if not is_open(fact.readers):
        closed = say("purged") if fact.readers.purged else sealed(say, Compartment.INVESTIGATIONS)
        return Attributed(
            closed=closed,
            lead="",
            sayings=[],
            nobody=None,
            rows=[],
            others="",
            facts=[],
            varied=[],
            tested=[],
            entry=entry,
        )
    readers = fact.readers.open()
    first = [one for one in readers if one.first]
    shown = readers[: min(max(len(first), FEWEST), MOST)]
    top = max([one.after for one in shown] + [fact.nobody.open()], default=1.0) or 1.0
    rest = readers[len(shown) :]
    return Attributed(
        closed=None,
        lead=_lead(say, len(first), len(readers)),
        sayings=_sayings(say, fact, traced=traced),
        nobody=_nobody(say, fact, top),
        rows=[_row(say, one, names, top) for one in shown],
        others=_others(say, rest),
        facts=_facts(say, recorded),
        varied=[_varied(say, one) for one in fact.varied.open()],
        tested=tested.sayings(say),
        entry=entry,
    )


def _lead(say: Tongue, first: int, all_of_them: int) -> str:
    return say(
        "Of %(all)s people within the remit, %(first)s stand first: on these the evidence lays nine tenths of what is "
        "expected among all who read anything that leaked. It says whom to ask first, and accuses nobody.",
        all=say.number(all_of_them),
        first=say.number(first),
    )


def _sayings(say: Tongue, fact: LeakAttributed, *, traced: bool) -> list[str]:
    """What has to be read before the names."""
    nobody, unlogged, expected = fact.nobody.open(), fact.unlogged.open(), fact.expected.open()
    by_copy = say(
        "A trace says by which copies it came out, and is taken as certain: only who could reach one of these, logged "
        "or not, can have let it out. The trace itself names none of them."
    )
    return [
        *([by_copy] if traced else []),
        say(
            "The chance that none of those who were logged is a channel at all: %(p)s. That it came out otherwise, "
            "through somebody unlogged or by itself: %(q)s.",
            p=say.chance(nobody),
            q=say.chance(unlogged),
        ),
        say(
            "Before any evidence %(base)s of readers are taken to be channels. With it, %(n)s among all who were "
            "logged are expected, whoever they are.",
            base=say.chance(fact.base_rate.open()),
            n=say.figure(expected),
        ),
        say(
            "Only readers who were logged have a figure. Whoever looked over a shoulder or ran the link has none, and "
            "is allowed for on average.",
        ),
    ]


def _nobody(say: Tongue, fact: LeakAttributed, top: float) -> ReaderRow:
    nobody = fact.nobody.open()
    return ReaderRow(
        person=say("None of those who were logged"),
        after=say.chance(nobody),
        before="—",
        bar=round(WIDTH * nobody / top, 1),
        mark=0.0,
        evidence="—",
        words="",
        speaks_for="",
        first=False,
    )


def _row(say: Tongue, one: ReaderFigured, names: Names, top: float) -> ReaderRow:
    weighs = weight(one.ratio) if one.ratio > 0 else None
    return ReaderRow(
        person=names.person(one.person).link(),
        after=say.chance(one.after),
        before=say.chance(one.before),
        bar=round(WIDTH * one.after / top, 1),
        mark=round(WIDTH * one.before / top, 1),
        evidence=say.figure(one.ratio),
        words=say(weighs.support) if weighs else "",
        speaks_for=say(
            "read %(leaked)s that leaked, %(quiet)s that did not, %(unknown)s of which nothing is known",
            leaked=say.number(one.leaked),
            quiet=say.number(one.quiet),
            unknown=say.number(one.unknown),
        ),
        first=one.first,
    )


def _others(say: Tongue, rest: tuple[ReaderFigured, ...]) -> str:
    if not rest:
        return ""
    return say.many(
        "%(n)s other person within the remit has at most %(p)s.",
        "%(n)s other people within the remit have at most %(p)s each.",
        len(rest),
        p=say.chance(rest[0].after),
    )


def _facts(say: Tongue, recorded: Recorded[LeakAttributed]) -> list[tuple[str, Shown]]:
    fact = recorded.fact
    rows: list[tuple[str, Shown]] = [
        (label(say, LeakAttributed, name), say.number(getattr(fact, name).open()))
        for name in ("positives", "negatives", "unknown")
    ]
    rows += [
        (say("Figured"), say.moment(recorded.known_at)),
        (label(say, LeakAttributed, "as_of"), say.number(fact.as_of)),
        (label(say, LeakAttributed, "method"), f"{fact.model}, {fact.method}"),
        (label(say, LeakAttributed, "agreement"), fact.agreement),
    ]
    if fact.digits_left is not None:
        rows.append((label(say, LeakAttributed, "digits_left"), say.number(int(fact.digits_left))))
    if fact.chain_gap is not None:
        rows.append((label(say, LeakAttributed, "chain_gap"), say.chance(fact.chain_gap)))
    return rows


def _varied(say: Tongue, one: Varied) -> list[object]:
    return [
        say(one.variation),
        say.chance(one.nobody),
        say.figure(one.expected),
        say("%(first)s, %(same)s of them the same", first=say.number(one.first), same=say.number(one.same)),
    ]
