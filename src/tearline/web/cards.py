"""A card a thing in a queue that many act on: how it stands, by when, what was done in order, and what one can do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tearline.facts.fact import Fact
from tearline.facts.history import Recorded
from tearline.facts.words import Words
from tearline.signin.policy import Answer
from tearline.web.look import link
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.policy import SITE
from tearline.web.queue import Clock
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

Rows = list[tuple[str, Shown]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that was done, as the template shows it. ``good``: it brought what was wanted."""

    what: str
    when: str
    by: Shown
    href: str
    good: bool
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """As the macro ``card`` takes it. ``state``: how it stands, in words, and the colour of that."""

    id: str
    title: str
    href: str
    kind: str
    state: tuple[str, str]
    clock: Clock | None
    rows: Rows
    steps: Sequence[Step]
    acts: Sequence[tuple[str, str]]
    caution: str = ""


def step(
    say: Tongue, names: Names, r: Recorded[Fact], *fields: str, good: bool = False, rows: Rows | None = None
) -> Step:
    """What one fact says, by these of its fields; those that say nothing are left out."""
    said = [(label(say, type(r.fact), name), text(say, r.fact, name, none="")) for name in fields]
    return Step(
        what=say(type(r.fact).in_words),
        when=say.happened(r),
        by=names.actor(r.by).link(),
        href=entry_of(r),
        good=good,
        rows=[*((words, value) for words, value in said if value), *(rows or [])],
    )


def served(visit: Visit, acts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of these forms that this reader may send, each behind its words."""
    found = ((words, href, SITE.find(href)) for words, href in acts)
    return [(words, href) for words, href, row in found if row and row[0].answer(visit.role) is Answer.SERVED]


def in_order(steps: Iterable[tuple[int, Step]]) -> list[Step]:
    """By the places of their facts."""
    return [one for _, one in sorted(steps, key=lambda s: s[0])]


def after_link(say: Tongue, fact: object, called: Mapping[str, str]) -> Rows:
    """What somebody was harmed by, as far as a fact names it; leaks and operations by what they are called."""
    found: Rows = []
    for field, words, page in (
        ("compromise", Words("After the leak", "Tras la filtración"), "/leaks"),
        ("operation", Words("In the operation", "En la operación"), "/operations"),
    ):
        named = getattr(fact, field, None)
        if named:
            found.append((say(words), link(called.get(named, named), f"{page}/{named}")))
    report = getattr(fact, "report", None)
    if report:
        found.append((say(Words("Report", "Informe")), link(report, "/harm")))
    return found
