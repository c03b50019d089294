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
    """``bar`` and ``mark`` are percent: the chance now, and what it was before any evidence."""

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
    rest = readers[len(shown) :]
    return Attributed(
        closed=None,
        lead=_lead(say, len(first), len(readers)),
        sayings=_sayings(say, fact, traced=traced),
        nobody=_nobody(say, fact),
        rows=[_row(say, one, names) for one in shown],
        others=_others(say, rest),
        facts=_facts(say, recorded),
        varied=[_varied(say, one) for one in fact.varied.open()],
        tested=tested.sayings(say),
        entry=entry,
    )


def _lead(say: Tongue, first: int, all_of_them: int) -> str:
    return say(
        "Start with %(first)s of the %(all)s people whom this investigation looks at. That does not mean that it was "
        "one of them. It says whom to ask first, and accuses nobody.",
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
        say(
            "A channel is a person through whom the adversary learns, knowingly or not: somebody bought, somebody "
            "careless, somebody whose telephone is read."
        ),
        *([by_copy] if traced else []),
        *_read_so(say, fact),
        say(
            "%(p)s: no logged reader is a channel. %(q)s: it came out another way, through somebody who was not logged "
            "or through nobody who read it, even if a reader is one. The two overlap and are not added up.",
            p=say.chance(nobody),
            q=say.chance(unlogged),
        ),
        say(
            "Before any evidence %(base)s of readers are taken to be channels. With it, on average %(n)s channels are "
            "expected among all logged readers, whoever they are: perhaps none, perhaps several.",
            base=say.chance(fact.base_rate.open()),
            n=_rough(say, expected),
        ),
        say(
            "Whoever saw it without being logged, over a shoulder or on the line, is not listed. It may have been "
            "such a person.",
        ),
    ]


def _read_so(say: Tongue, fact: LeakAttributed) -> list[str]:
    """The highest figure, as people reckon: of a hundred such people, so many are no channels."""
    highest = max((one.after for one in fact.readers.open()), default=0.0)
    if not 0.005 <= highest <= 0.995:
        return []
    among = round(100 * highest)
    return [
        say(
            "The highest chance below is %(p)s. Of 100 people of whom as much was known, about %(yes)s would be "
            "channels, and %(no)s would not.",
            p=say.chance(highest),
            yes=say.number(among),
            no=say.number(100 - among),
        )
    ]


def _rough(say: Tongue, x: float) -> str:
    """To two significant digits: no more of it is known."""
    return say.figure(float(f"{x:.2g}"))


def _nobody(say: Tongue, fact: LeakAttributed) -> ReaderRow:
    nobody = fact.nobody.open()
    return ReaderRow(
        person=say("No logged reader"),
        after=say.chance(nobody),
        before="—",
        bar=round(WIDTH * nobody, 1),
        mark=0.0,
        evidence="—",
        words="",
        speaks_for="",
        first=False,
    )


def _row(say: Tongue, one: ReaderFigured, names: Names) -> ReaderRow:
    weighs = weight(one.ratio) if one.ratio > 0 else None
    return ReaderRow(
        person=names.person(one.person).link(),
        after=say.chance(one.after),
        before=say.chance(one.before),
        bar=round(WIDTH * one.after, 1),
        mark=round(WIDTH * one.before, 1),
        evidence=_rough(say, one.ratio),
        words=say(weighs.support) if weighs else "",
        speaks_for=say(
            "items read: %(leaked)s leaked, %(quiet)s did not, %(unknown)s unknown",
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
        _rough(say, one.expected),
        say("%(first)s, %(same)s of them the same", first=say.number(one.first), same=say.number(one.same)),
    ]
