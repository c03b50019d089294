"""Traces of a text that surfaced: what each says of every copy, who could reach a named one, and what it does not mean.

``view`` is pure. A gate that is closed names nothing; one that is open names copies, never a person, and brings
everyone on record who could reach them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.identifiers import CopyId, InvestigationId
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.parties import PersonEnrolled
from tearline.facts.release import CopyReleased, ItemReleased
from tearline.facts.tracing import CopyReach, CopyTraced, Gate, ReleaseTraced, TextSurfaced, TextTraced
from tearline.folds.investigations import Investigation, asks_investigation, investigation_of
from tearline.folds.release import lineage
from tearline.folds.tracing import Next, asks_tracing, decided, decided_before, next_trace
from tearline.folds.verbal import weight
from tearline.web.access import Access
from tearline.web.look import link, tag
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, is_open, label, text
from tearline.web.tongue import Tongue

MOST_NAMED = 5
"""Copies that a line of the investigation's page calls by name; the trace has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A copy that is named, and everyone on record who could reach it."""

    copy: Shown
    people: list[Shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """``closed`` instead of everything, for whom it is not open. ``kind``: of the notice that says how the gate is."""

    name: str
    when: str
    entry: str
    closed: Shown | None
    kind: str = "info"
    gate: str = ""
    says: tuple[str, ...] = ()
    reach: tuple[Reach, ...] = ()
    copies: tuple[list[object], ...] = ()
    releases: tuple[list[object], ...] = ()
    facts: tuple[tuple[str, Shown], ...] = ()
    text: Shown = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracesView:
    """``why_not``: why this reader traces nothing now, and the way on, if there is one; None where the form stands."""

    telling: str | None
    traces: list[Trace]
    heads: list[str]
    of_releases: list[str]
    before: list[tuple[str, Shown]]
    why_not: tuple[str, str, tuple[str, str] | None] | None


def traces_question(known: History, name: InvestigationId) -> Question:
    asked = asks_investigation(name)
    for item in sorted({r.fact.item for r in known.of(InvestigationOpened)}):
        asked |= asks_tracing(known, item)
        asked |= each("item", frozenset(lineage(known, item)), (ItemReleased, CopyReleased))
    people = {
        person
        for r in known.of(TextTraced)
        if is_open(r.fact.reach)
        for one in r.fact.reach.open()
        for person in one.people
    }
    asked |= each("person", frozenset(people), (PersonEnrolled,))
    return asked | names_question(known)


def view(
    say: Tongue, known: History, name: InvestigationId, *, access: Access, now: datetime
) -> TracesView | None:
    found = investigation_of(known, name)
    if found is None:
        return None
    names, ahead = Names(known, say), next_trace(known, found.opened.fact.item)
    texts = {r.fact.trace: r.fact for r in found.surfaced}
    return TracesView(
        telling=found.opened.told.telling if found.opened.told else None,
        traces=[_trace(say, r, texts[r.fact.trace], known, names) for r in reversed(found.traced)],
        heads=[
            say("Copy"),
            say("How far the text points at it"),
            say("Chance that an innocent copy scores as high"),
            say("Named"),
        ],
        of_releases=[
            say("Release"),
            say("Copies"),
            label(say, ReleaseTraced, "gate"),
            label(say, ReleaseTraced, "read"),
            say("May be wrong"),
            say("May collude"),
        ],
        before=_before(say, ahead, decided_before(known, found.opened.fact.item)),
        why_not=_why_not(say, found, ahead, access, now),
    )


def _why_not(
    say: Tongue, found: Investigation, ahead: Sequence[Next], access: Access, now: datetime
) -> tuple[str, str, tuple[str, str] | None] | None:
    here = f"/investigations/{found.opened.fact.investigation}"
    if not found.open:
        return (
            say("A finding has closed it"),
            say("What comes to light now takes another investigation."),
            None,
        )
    if access.person not in found.investigators or found.opened.told is not None:
        return (say("It does not name you"), say("Only its investigators trace a text in it."), None)
    if not any(one.design for one in ahead):
        return (
            say("No copy of it was marked"),
            say("Wordings that are set for an item mark the copies of every release that comes after."),
            None,
        )
    if any(decided(r.fact) for r in found.traced):
        return (
            say("This investigation has made its trace"),
            say(
                "What the marks guarantee is for one decision. Whoever looks until a copy stands out finds one, so "
                "there is no second."
            ),
            None,
        )
    if found.declared is None:
        return (
            say("Declare first when to decide"),
            say(
                "A trace is a decision: it is made once, at a time that was declared beforehand. Until then put all "
                "that surfaces into one text."
            ),
            (f"{here}/decision-time", say("Declare when to decide")),
        )
    if found.declared.fact.decide_at > now:
        return (
            say("Its time has not come"),
            say(
                "A text can be traced from %(when)s on. Until then put all that surfaces into one text.",
                when=say.moment(found.declared.fact.decide_at),
            ),
            None,
        )
    return None


def _before(say: Tongue, ahead: Sequence[Next], earlier: int) -> list[tuple[str, Shown]]:
    """What is known beforehand of the trace that comes next."""
    held = [(one, one.design) for one in ahead if one.design]
    if not held:
        return []
    copies = sum(len(one.marking.fact.copies) for one, _ in held)
    needed = sorted({one.needed for one, _ in held})
    return [
        (label(say, TextTraced, "earlier"), say.number(earlier)),
        (say("Held against"), say.many("%(n)s copy", "%(n)s copies", copies)),
        (
            say("Bits of wording that have to be read"),
            say.number(needed[0])
            if len(needed) == 1
            else say("%(least)s to %(most)s", least=say.number(needed[0]), most=say.number(needed[-1])),
        ),
        (
            say("Chance that it names a copy which played no part, at most"),
            _chance(say, sum(design.error for _, design in held)),
        ),
    ]


def _chance(say: Tongue, p: float) -> str:
    """In percent as long as that says something, and as one in so many."""
    if p <= 0:
        return say.chance(0)
    return say("1 in %(among)s", among=say.number(round(float(f"{1 / p:.3g}"))))


# One trace


def _trace(
    say: Tongue, r: Recorded[TextTraced], surfaced: TextSurfaced, known: History, names: Names
) -> Trace:
    fact, when, entry = r.fact, say.moment(r.known_at), entry_of(r)
    if not is_open(fact.gate):
        return Trace(name=fact.trace, when=when, entry=entry, closed=text(say, fact, "gate"))
    gate, copies, releases = fact.gate.open(), fact.copies.open(), fact.releases.open()
    where = _units(known, names)
    return Trace(
        name=fact.trace,
        when=when,
        entry=entry,
        closed=None,
        kind="caution" if gate is Gate.OPEN else "info",
        gate=_gate(say, gate, copies),
        says=_says(say, fact, releases),
        reach=tuple(_reach(one, names) for one in fact.reach.open()),
        copies=tuple(_copy(say, one, where) for one in sorted(copies, key=lambda one: not one.named)),
        releases=tuple(_release(say, one, where) for one in releases),
        facts=_facts(say, r, surfaced),
        text=text(say, surfaced, "text"),
    )


def gate_of(say: Tongue, r: Recorded[TextTraced]) -> list[object]:
    """One trace in a line, for the investigation's page: when, how the gate is, and which copies it names."""
    fact = r.fact
    there = f"/investigations/{fact.investigation}/traces"
    if not is_open(fact.gate):
        return [link(say.moment(r.known_at), there), text(say, fact, "gate"), "—"]
    gate, copies = fact.gate.open(), fact.copies.open()
    named = [one.copy for one in copies if one.named]
    more = say("and %(n)s more", n=say.number(len(named) - MOST_NAMED)) if len(named) > MOST_NAMED else ""
    return [
        link(say.moment(r.known_at), there),
        tag(say, _gate(say, gate, copies), "hold" if gate is Gate.OPEN else "unknown"),
        " ".join(filter(None, [say.listed([str(one) for one in named[:MOST_NAMED]]), more])) or "—",
    ]


def _gate(say: Tongue, gate: Gate, copies: Sequence[CopyTraced]) -> str:
    match gate:
        case Gate.OPEN:
            named = sum(one.named for one in copies)
            return say.many(
                "Gate open: it points at %(n)s copy", "Gate open: it points at %(n)s copies", named
            )
        case Gate.NOTHING_STANDS_OUT:
            return say("Gate closed: no copy stands out")
        case Gate.TOO_FEW_BITS:
            return say("Gate closed: too little text")
        case Gate.PURGED:
            return say("Gate closed: what tells the copies apart was purged")


def _says(say: Tongue, fact: TextTraced, releases: Sequence[ReleaseTraced]) -> tuple[str, ...]:
    """What the gate means, in plain words."""
    match fact.gate.open():
        case Gate.OPEN:
            return (
                say(
                    "The chance that a copy is named here which played no part is at most %(p)s. That does not depend "
                    "on any model of people.",
                    p=_chance(say, fact.error.open()),
                ),
                say("Who let a copy out no mark says: everyone who could reach it stands below."),
            )
        case Gate.NOTHING_STANDS_OUT:
            return (
                say(
                    "Perhaps none of these copies leaked, more people mixed theirs than was declared, or it was put "
                    "in other words."
                ),
                say("No copy is named, and none is cleared."),
            )
        case Gate.TOO_FEW_BITS:
            nearest = min(
                (one for one in releases if one.gate is Gate.TOO_FEW_BITS),
                key=lambda one: one.needed - one.read,
            )
            return (
                say(
                    "Of the %(needed)s bits of wording that are needed, %(read)s could be read.",
                    needed=say.number(nearest.needed),
                    read=say.number(nearest.read),
                ),
                say(
                    "No copy was looked at: none is named, none is cleared, and nothing is decided. When more has "
                    "surfaced, put it all into one text and trace that."
                ),
            )
        case Gate.PURGED:
            return (say("No text can be traced to these copies any more."),)


def _units(known: History, names: Names) -> dict[str, str]:
    """To which unit each release went."""
    return {r.fact.release: names.unit(r.fact.unit).name for r in known.of(ItemReleased)}


def _called(say: Tongue, copy: CopyId, unit: str | None) -> Shown:
    shown = say("%(copy)s, to %(unit)s", copy=copy, unit=unit) if unit else copy
    return link(shown, f"/copies/{copy}")


def _copy(say: Tongue, one: CopyTraced, where: dict[str, str]) -> list[object]:
    return [
        _called(say, one.copy, where.get(one.release)),
        _points(say, one.e_value),
        _chance(say, one.among_all) if one.among_all < MOST_LIKELY else say.chance(one.among_all),
        tag(say, say("named"), "hold") if one.named else say("no"),
    ]


def _points(say: Tongue, e_value: float) -> str:
    """How many times likelier what was read is, one way or the other; beyond a million nobody reckons."""
    larger = max(e_value, 1 / e_value) if e_value > 0 else math.inf
    times = (
        say("more than %(n)s", n=say.number(MOST_TIMES))
        if larger > MOST_TIMES
        else say.figure(float(f"{larger:.2g}"))
    )
    if e_value >= 1:
        support = say(weight(e_value).support)
        return say("%(times)s times likelier if it took part: %(support)s", times=times, support=support)
    return say("%(times)s times likelier if it played no part", times=times)


MOST_TIMES = 1_000_000
MOST_LIKELY = 0.1
"""Above it a chance is said in percent."""


def _release(say: Tongue, one: ReleaseTraced, where: dict[str, str]) -> list[object]:
    unit = where.get(one.release)
    return [
        say("%(release)s, to %(unit)s", release=one.release, unit=unit) if unit else one.release,
        say.number(one.copies),
        say(one.gate),
        say(
            "%(read)s of %(bits)s; %(needed)s are needed",
            read=say.number(one.read),
            bits=say.number(one.bits),
            needed=say.number(one.needed),
        ),
        say(
            "%(now)s here, of the %(declared)s that was declared",
            now=_chance(say, one.error),
            declared=_chance(say, one.declared),
        ),
        say.number(one.colluders),
    ]


def _reach(one: CopyReach, names: Names) -> Reach:
    return Reach(
        copy=link(one.copy, f"/copies/{one.copy}"), people=[names.person(p).link() for p in one.people]
    )


def _facts(say: Tongue, r: Recorded[TextTraced], surfaced: TextSurfaced) -> tuple[tuple[str, Shown], ...]:
    fact = r.fact
    return (
        (label(say, TextSurfaced, "whence"), text(say, surfaced, "whence")),
        (label(say, TextSurfaced, "how"), say(surfaced.how)),
        (say("Traced"), link(say.moment(r.known_at), entry_of(r))),
        (label(say, TextTraced, "earlier"), text(say, fact, "earlier")),
        (say("Who could reach a copy: from the record up to entry"), say.number(fact.as_of)),
        (label(say, TextTraced, "method"), fact.method),
    )
