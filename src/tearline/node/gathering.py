"""Reading what a page or an act is about, where one fact leads to the next."""

from array import array
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from tearline.facts.fact import Compartment
from tearline.facts.history import History, Question
from tearline.ledger.ledger import Ledger
from tearline.ledger.memory import Memory
from tearline.node.links import Links, persons

MOST_GATHERED = 1_000
"""Answers of which it is remembered where their facts stand: some 20 KiB each, which is the question's."""


@dataclass(frozen=True, slots=True)
class _Gathered:
    """Where the facts stand that answered all that was asked in turn, up to a position."""

    question: Question
    at: Sequence[int]
    position: int

    def weigh(self) -> int:
        """In questions of the usual length."""
        return 1 + len(self.question.clauses) // 500 + len(self.at) // 4000


class Gathering:
    """Reads the ledger of one node, and remembers where the facts stand that answered."""

    def __init__(self, ledger: Ledger, links: Links) -> None:
        self._ledger = ledger
        self._links = links
        self._known: Memory[Hashable, _Gathered] = Memory(MOST_GATHERED, _Gathered.weigh)

    def gather(
        self,
        ask: Callable[[History], Question],
        opening: frozenset[Compartment] = frozenset(),
        *,
        named: Hashable = None,
    ) -> tuple[History, Question]:
        """Read, and ask again as more becomes known, until the question no longer widens.

        Each time only what is new in the question is read, and nothing beyond the position that the first reading
        reached: what comes out is what one reading of the whole question at that position would have given.

        ``named`` says what is asked, the same for the same asking and for no other. Then it is remembered where the
        facts stand that answered, and as long as nothing was recorded that could answer too, they are read there.
        """
        if named is None:
            return self._gather(ask, opening)
        held = self._known.get((named, opening))
        if held is not None:
            new = self._ledger.read_since(held.question, held.position)
            if not new.facts:
                # The next asking looks only at what is recorded from here on.
                self._known.put((named, opening), replace(held, position=new.position))
                return History(self._ledger.at(held.at, opening=opening), new.position), held.question
        known, question = self._gather(ask, opening)
        places = array("q", (r.position for r in known))
        self._known.put((named, opening), _Gathered(question, places, known.position))
        return known, question

    def _gather(
        self, ask: Callable[[History], Question], opening: frozenset[Compartment]
    ) -> tuple[History, Question]:
        question = ask(History())
        known = self._ledger.read(question, opening=opening)
        while True:
            self._links.learn(known)
            # Only the links above those who are asked about: of whoever is in sight, a page may ask the name too.
            above = self._links.above(persons(question))
            new = Question(ask(known.also(above)).clauses - question.clauses)
            if not new.clauses:
                return known, question
            more = self._ledger.read(new, opening=opening)
            known = known.also([r for r in more if r.position < known.position])
            question |= new
