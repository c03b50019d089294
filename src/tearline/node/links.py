"""Who was ever named above whom, as far as a process has read."""

from collections.abc import Iterable, Iterator

from tearline.facts.history import History, Question, Recorded
from tearline.facts.identifiers import PersonId
from tearline.facts.parties import SuperiorNamed


class Links:
    """Who was ever named above whom, as far as this process has read: where a chain will lead.

    Chains are learnt link by link, a read for each; what an earlier question learnt lets the next one ask for
    the whole chain at once. It only widens questions. What they are answered with is always read.
    """

    MOST = 50_000

    def __init__(self) -> None:
        self._history = History()
        self._seen: set[int] = set()

    def remembered(self) -> History:
        return self._history

    def above(self, persons: Iterable[PersonId]) -> list[Recorded[SuperiorNamed]]:
        """Who was named above these people, and above those, as far as is remembered."""
        named, found = self._history.folded(_by_person), []
        seen: set[PersonId] = set()
        rest = list(persons)
        while rest:
            person = rest.pop()
            if person not in seen:
                seen.add(person)
                for recorded in named.get(person, ()):
                    found.append(recorded)
                    rest.append(recorded.fact.superior)
        return found

    def learn(self, known: History) -> None:
        new = [r for r in known.of(SuperiorNamed) if r.position not in self._seen]
        if new:
            facts = (*self._history.facts, *new)[-self.MOST :]
            self._history = History(facts)
            self._seen = {r.position for r in facts}


def _by_person(history: History) -> dict[PersonId, list[Recorded[SuperiorNamed]]]:
    found: dict[PersonId, list[Recorded[SuperiorNamed]]] = {}
    for named in history.of(SuperiorNamed):
        found.setdefault(named.fact.person, []).append(named)
    return found


def persons(question: Question) -> Iterator[PersonId]:
    """Those about whom a question asks."""
    for clause in question.clauses:
        for tag in clause.tags:
            if tag.startswith("person:"):
                yield PersonId(tag.removeprefix("person:"))
