"""Choosing among more than a form can show: what was dealt with last is offered, the rest is found by words.

A chooser offers what its reader may choose and nothing else: what is not on offer is neither shown nor counted, and is
refused when it is sent. Names that are sealed are in no index. They are opened for this reader alone, of the latest
few things, each time that something is looked for; older things are found by what stands in clear.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tearline.folds.offered import Among
from tearline.search.index import Found as Indexed
from tearline.search.index import Searching
from tearline.search.words import terms_of, words_of
from tearline.web.visit import Visit

OFFERED = 10
"""Offered before anything is looked for; where no more can be chosen there is nothing to look for."""
SHOWN = 20
"""Of what fits."""
NAMES_OPENED = 40
"""The latest things whose sealed names are compared with the words."""
LONGEST_QUERY = 200
ROUNDS, A_ROUND = 4, 60
"""How often the index is asked on when much of what fits is not on offer: what worked cases tell, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing on offer: its identifier, what it is called, and what tells it from others of that name."""

    value: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """What fits some words, the latest first. ``whole``: whether all that is on record was looked through."""

    offers: Sequence[Offer]
    more: bool = False
    whole: bool = True


class Chooser(Protocol):
    """What is on offer for one field of a form."""

    @property
    def named_openly(self) -> bool:
        """Whether all of it is found by name, since names stand in clear."""

    def few(self) -> bool:
        """Whether all of it is offered at once."""

    def offered(self) -> Sequence[Offer]:
        """What is offered before anything is looked for."""

    def find(self, query: str) -> Fits:
        """What has all these words, each perhaps continued."""

    def called(self, values: Sequence[str]) -> Sequence[Offer]:
        """Those of these identifiers that are on offer, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A few things that are at hand anyway, the most likely first."""

    offers: Sequence[Offer]

    @property
    def named_openly(self) -> bool:
        return True

    def few(self) -> bool:
        return len(self.offers) <= OFFERED

    def offered(self) -> Sequence[Offer]:
        return self.offers[:OFFERED]

    def find(self, query: str) -> Fits:
        fitting = [one for one in self.offers if _has(terms_of(query), one)]
        return Fits(offers=fitting[:SHOWN], more=len(fitting) > SHOWN)

    def called(self, values: Sequence[str]) -> Sequence[Offer]:
        known = {one.value: one for one in self.offers}
        return [known[value] for value in values if value in known]


Naming = Callable[[Visit, Sequence[str]], Sequence[Offer]]
"""What things on record are called to this visitor, in the order of their identifiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """All live things of one kind. Those that played this part in acts of the visitor's role are offered first."""

    visit: Visit
    among: Among
    places: Mapping[str, int]
    """All of them, by where they were put on record."""
    part: str
    naming: Naming
    named_openly: bool = False

    def few(self) -> bool:
        return len(self.places) <= OFFERED

    def offered(self) -> Sequence[Offer]:
        projections, places = self.visit.projections, self.places
        dealt = [name for name in projections.dealt(self.part, self.visit.role) if name in places]
        latest = projections.latest(self.among, OFFERED)
        return self.naming(self.visit, list(dict.fromkeys((*dealt, *latest)))[:OFFERED])

    def find(self, query: str) -> Fits:
        terms, places = terms_of(query), self.places
        latest = self.naming(self.visit, self.visit.projections.latest(self.among, NAMES_OPENED))
        opened = {one.value: one for one in latest if _has(terms, one)}
        searching: Searching = self.visit.request.app.state.searching
        whole = searching.whole()
        indexed, more = self._indexed(searching, query)
        names = sorted({*opened, *indexed}, key=lambda name: places[name], reverse=True)
        shown = names[:SHOWN]
        rest = {one.value: one for one in self.naming(self.visit, [n for n in shown if n not in opened])}
        offers = [opened.get(name) or rest[name] for name in shown]
        return Fits(offers=offers, more=more or len(names) > SHOWN, whole=whole)

    def called(self, values: Sequence[str]) -> Sequence[Offer]:
        return self.naming(self.visit, [value for value in values if value in self.places])

    def _indexed(self, searching: Searching, query: str) -> tuple[list[str], bool]:
        """What on offer the index finds, the latest first, and whether it may find more."""
        kind, within = self.among
        places, found = self.places, list[str]()
        before: int | None = None
        part: Sequence[Indexed] = ()
        for _ in range(ROUNDS):
            words = f"{within} {query}"
            part = searching.index().find(words, (kind,), before=before, most=A_ROUND, named=True)
            found += [one.name for one in part if one.name in places]
            if len(found) > SHOWN or len(part) < A_ROUND:
                break
            before = part[-1].number
        return found[: SHOWN + 1], len(found) > SHOWN or len(part) == A_ROUND


def _has(terms: Sequence[str], offer: Offer) -> bool:
    """Whether each of these words begins a word of what is shown of it; one letter is a word."""
    words = words_of(f"{offer.value} {offer.words} {offer.note}")
    return bool(terms) and all(
        any(word.startswith(term) if len(term) > 1 else word == term for word in words) for term in terms
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """One chooser as the page shows it: what is chosen first. ``said`` tells how the list came about."""

    few: bool
    query: str
    how: str
    said: str
    offers: Sequence[Offer]
    chosen: Sequence[str]


def choosing(visit: Visit, chooser: Chooser, query: str, chosen: Sequence[str]) -> Choosing:
    """The state of a chooser in which somebody has chosen this, and looks for these words."""
    kept = chooser.called(list(dict.fromkeys(chosen)))
    query = query[:LONGEST_QUERY].strip()
    few = chooser.few()
    found = chooser.find(query) if terms_of(query) and not few else None
    offers = found.offers if found else chooser.offered()
    values = {one.value for one in kept}
    return Choosing(
        few=few,
        query=query,
        how=visit.say("By name or identifier.")
        if chooser.named_openly
        else visit.say(
            "By identifier or parties. By name or title among the latest only: sealed text is in no index."
        ),
        said="" if few else _said(visit, query, found, kept=bool(kept)),
        offers=[*kept, *(one for one in offers if one.value not in values)] if not few else offers,
        chosen=[one.value for one in kept],
    )


def _said(visit: Visit, query: str, found: Fits | None, *, kept: bool) -> str:
    say = visit.say
    if found is None:
        return (
            say("Offered first: what you dealt with last, and the latest.")
            if not query
            else (say("Write words or an identifier."))
        )
    n = len(found.offers)
    if found.more and n:
        said = say.many(
            "The latest that fits is shown; there may be more. Add a word to narrow the search.",
            "The latest %(n)s that fit are shown; there are more. Add a word to narrow the search.",
            n,
        )
    elif n:
        said = say.many("%(n)s fits these words.", "%(n)s fit these words.", n)
    else:
        said = say("Nothing fits these words.")
    more = (
        [] if found.whole else [say("The index is still being made: what was recorded last may be missing.")]
    )
    first = [say("What is chosen stands first.")] if kept else []
    return " ".join((said, *first, *more))
