"""Where the facts that a question asks for stand: a table for what is old, memory for what is recent.

A fact's tags are stored with it. To sort each into a large index in its own transaction would write a page for
every tag, several times what the fact itself takes. So the latest facts are found by what each process remembers
of them (``Recent``), and every ``FLUSH`` facts the table of postings is extended by all of them at once, in
order. The table is cut into stretches of the ledger, so that this costs the same at any size.

A posting is a word (8 bytes of a tag's hash), a kind (4 bytes of its name's hash) and a position. Two tags may
share a word: what is found is compared with the facts themselves. All of it follows from the facts; ``check``
compares, and ``Ledger.rebuild`` makes it anew.
"""

import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from tearline.facts.errors import Broken
from tearline.facts.history import Clause, Question
from tearline.ledger import store
from tearline.ledger.sql import padded

FLUSH = 4096
STRETCH = 1 << 16
MOST_COVERED = FLUSH
"""Facts remembered though the table covers them, so that memory is not rearranged at every flush."""
MOST_WORDS = 500
MOST_SOUGHT = 4
"""Kinds for each of which the table is looked into. With more, what stands under a word is gone through: a word has
few postings in a stretch, and to look for 32 people under each of 32 kinds takes 4.5 ms at a million facts, not 0.7."""
EVERY = ""
"""The tag under which every fact stands, by which a question that names kinds alone finds it."""

REF_TIME = 12
"""How many characters of a reference are of its time alone."""

Posting = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Names:
    """By what a fact is found. Its words are made with it, by whoever sends it, and not while others wait."""

    kind: str
    ref: str
    act: str
    tags: frozenset[str]
    words: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = {word_of(EVERY), *map(word_of, self.tags)}  # two tags may share one
        object.__setattr__(self, "words", tuple(words))

    @property
    def stored_tags(self) -> str:
        """As they stand in their column."""
        return "\n".join(sorted(self.tags))


def names_of(kind: str, ref: str, act: str, tags: str) -> Names:
    """The names from a row of the table of entries."""
    return Names(kind, ref, act, frozenset(tags.split("\n")) if tags else frozenset())


def act_tag(act: str) -> str:
    """A tag that no fact can carry, by which the first fact of a submission is found."""
    return f"\0act\0{act}"


def _word(tag: str) -> int:
    return int.from_bytes(blake2b(tag.encode(), digest_size=8).digest(), "big", signed=True)


word_of = lru_cache(maxsize=1 << 14)(_word)
"""A tag's word: a signed integer of 64 bits, as both databases store them."""
_EVERY_WORD = [word_of(EVERY)]


@lru_cache(maxsize=1 << 10)
def kind_word(kind: str) -> int:
    """A kind's word: a signed integer of 32 bits."""
    return int.from_bytes(blake2b(kind.encode(), digest_size=4).digest(), "big", signed=True)


def postings(first: int, facts: Iterable[Names], act_before: str) -> list[Posting]:
    """The rows for these facts, the first of which stands at ``first``, in the order of the table."""
    found: list[Posting] = []
    for position, names in enumerate(facts, first):
        stretch, kind, words = position // STRETCH, kind_word(names.kind), names.words
        for word in words:
            found.append((stretch, word, kind, position))  # noqa: PERF401  half as fast again as extending
        if names.act != act_before:
            act_before = names.act
            word = _word(act_tag(act_before))
            if word not in words:
                found.append((stretch, word, kind, position))
    found.sort()
    return found


class _Tail:
    """Facts in a row, the first of which stands at ``first``, by tag.

    Added to as it stands, it is right after each statement: an error that comes from anywhere, such as one of
    memory, leaves it without the fact or with it whole. What is added again after that stands there twice.
    """

    def __init__(self, first: int, act_before: str) -> None:
        self.first = first
        self.facts: list[Names] = []
        self._before_first = self._before_next = act_before
        self._at: dict[str, list[int]] = {}
        self._of: dict[str, list[int]] = {}

    @property
    def size(self) -> int:
        return self.first + len(self.facts)

    def add(self, names: Names) -> None:
        position, at = self.size, self._at
        self._of.setdefault(names.kind, []).append(position)
        if names.act != self._before_next:
            at.setdefault(act_tag(names.act), []).append(position)
        for tag in names.tags:
            at.setdefault(tag, []).append(position)
        self.facts.append(names)
        self._before_next = names.act

    def without(self, first: int) -> "_Tail":
        """The same from a later ``first`` on."""
        at = first - self.first
        tail = _Tail(first, self.act_before(first))
        for names in self.facts[at:]:
            tail.add(names)
        return tail

    def act_before(self, position: int) -> str:
        at = position - self.first
        return self.facts[at - 1].act if at else self._before_first

    def matching(self, clause: Clause, low: int, high: int) -> Iterator[int]:
        if clause.tags:
            lists: list[Sequence[int]] = [min((self._at.get(tag, ()) for tag in clause.tags), key=len)]
        else:
            lists = [self._of.get(kind, ()) for kind in clause.kinds]
        for some in lists:
            for position in _between(some, low, high):
                names = self.facts[position - self.first]
                if clause.matches(names.kind, names.tags):
                    yield position

    def under(self, tag: str, low: int, high: int) -> Iterator[int]:
        return (p for p in self._at.get(tag, ()) if low <= p < high)


def _between(positions: Sequence[int], low: int, high: int) -> Sequence[int]:
    """Those of these positions, which stand in order, that are from ``low`` to before ``high``."""
    if not positions or positions[-1] < low:
        return ()
    return positions[bisect_left(positions, low) : bisect_left(positions, high)]


class Recent:
    """The latest facts, in memory, by tag. Safe among threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tail = _Tail(0, "")

    @property
    def first(self) -> int:
        """The position of the first fact that is remembered."""
        return self._tail.first

    def reach(self, run: store.Run, size: int, indexed: int) -> None:
        """Learn what others recorded, up to ``size``; and forget what the table has long since covered."""
        with self._lock:
            if self._tail.size < indexed:
                row = run.execute(run.sql.act_of, (indexed - 1,)).fetchone()
                if row is None:
                    raise Broken(f"entry {indexed - 1}: missing")
                self._tail = _Tail(indexed, row[0])
            elif indexed - self._tail.first > MOST_COVERED:
                self._tail = self._tail.without(indexed)
            tail = self._tail
            while tail.size < size:
                low = tail.size
                for position, *names in run.execute(run.sql.names_since, (low, min(size, low + FLUSH))):
                    if position != tail.size:
                        raise Broken(f"entry {tail.size}: missing, the next one is {position}")
                    tail.add(names_of(*names))
                if tail.size == low:
                    raise Broken(f"entry {low}: missing")

    def learn(self, first: int, facts: Sequence[Names]) -> None:
        """Add what was just recorded by this process, if it continues what is remembered."""
        with self._lock:
            if first == self._tail.size:
                for names in facts:
                    self._tail.add(names)

    def matching(self, question: Question, low: int, high: int) -> list[int] | None:
        """Where facts from ``low`` to before ``high`` match, in order; None when ``low`` is forgotten."""
        with self._lock:
            if low < self._tail.first:
                return None
            found: set[int] = set()
            for clause in question.clauses:
                found.update(self._tail.matching(clause, low, high))
            return sorted(found)

    def by_clause(self, clauses: Iterable[Clause], low: int, high: int) -> dict[Clause, list[int]] | None:
        """The same for each of these clauses; those that nothing matches may be missing."""
        with self._lock:
            if low < self._tail.first:
                return None
            return {clause: sorted(set(self._tail.matching(clause, low, high))) for clause in clauses}

    def under(self, tags: Iterable[str], low: int, high: int) -> list[int] | None:
        """Where facts stand under any of these very tags; None when ``low`` is forgotten."""
        with self._lock:
            if low < self._tail.first:
                return None
            return [p for tag in tags for p in self._tail.under(tag, low, high)]

    def since(self, first: int) -> tuple[list[Names], str]:
        """The facts from ``first`` on, and the submission of the one before."""
        with self._lock:
            tail = self._tail
            if first < tail.first:
                raise LookupError("facts that the table does not cover were forgotten")
            return tail.facts[first - tail.first :], tail.act_before(first)


class Index:
    """Finds positions by question, by reference and by submission."""

    def __init__(self) -> None:
        self.recent = Recent()

    def positions(self, run: store.Run, question: Question, low: int, high: int, indexed: int) -> list[int]:
        """Where the facts that match stand, from ``low`` to before ``high``, in order.

        ``indexed`` is how far the table was said to reach, at most the truth.
        """
        split = min(max(low, indexed), high)
        self.recent.reach(run, high, indexed)
        recent = self.recent.matching(question, split, high) if split < high else []
        if recent is None:
            matches = matcher(question)
            names_from = self._names_from(run, split, high)
            recent = [p for p, names in names_from if matches(names.kind, names.tags)]
        return [*self._old(run, question, low, split), *recent] if low < split else recent

    def first(
        self, run: store.Run, question: Question, low: int, high: int, indexed: int, *, most: int
    ) -> list[int]:
        """The first ``most`` of ``positions``: the table's candidates are compared until so many fit."""
        split = min(max(low, indexed), high)
        found: list[int] = []
        if low < split:
            matches = matcher(question)
            for p, names in self._candidates(run, question, low, split, most):
                if matches(*names):
                    found.append(p)
                    if len(found) == most:
                        return found
        return (found + self.positions(run, question, split, high, indexed))[:most] if split < high else found

    def by_clause(
        self, run: store.Run, clauses: Collection[Clause], low: int, high: int, indexed: int
    ) -> dict[Clause, list[int]]:
        """Where the facts that match each of these clauses stand, from ``low`` to before ``high``, in order."""
        question = Question(frozenset(clauses))
        split = min(max(low, indexed), high)
        self.recent.reach(run, high, indexed)
        found: dict[Clause, list[int]] = {clause: [] for clause in question.clauses}
        first = _by_first_tag(question)
        if low < split:
            _assign(found, first, self._candidates(run, question, low, split))
        recent = self.recent.by_clause(question.clauses, split, high) if split < high else {}
        if recent is None:
            names_from = self._names_from(run, split, high)
            _assign(found, first, ((p, (names.kind, names.tags)) for p, names in names_from))
        else:
            for clause, some in recent.items():
                found[clause] += some
        return found

    def _old(self, run: store.Run, question: Question, low: int, high: int) -> list[int]:
        """From the table: candidates by the first tag of each clause, then compared with the facts' own tags."""
        matches = matcher(question)
        return [p for p, names in self._candidates(run, question, low, high) if matches(*names)]

    def _candidates(
        self, run: store.Run, question: Question, low: int, high: int, at_once: int = MOST_WORDS
    ) -> Iterator[tuple[int, tuple[str, frozenset[str]]]]:
        """In order; the facts' names are read so many at a time."""
        found: set[int] = set()
        for kinds, words in _alike(question).items():
            found.update(self._with_words(run, words, kinds, low, high))
        return self._names(run, found, at_once)

    def _with_words(
        self, run: store.Run, words: Sequence[int], kinds: tuple[int, ...], low: int, high: int
    ) -> Iterator[int]:
        stretches = padded(range(low // STRETCH, (high - 1) // STRETCH + 1))
        kinds = padded(kinds)
        how = "words" if len(kinds) <= MOST_SOUGHT or words == _EVERY_WORD else "words gone through"
        for at in range(0, len(words), MOST_WORDS):
            some = padded(words[at : at + MOST_WORDS])
            text = run.sql.in_a_list(how, len(some), len(kinds), len(stretches))
            for (position,) in run.execute(text, (*stretches, *some, *kinds, low, high)):
                yield position

    def _names(
        self, run: store.Run, positions: Iterable[int], at_once: int
    ) -> Iterator[tuple[int, tuple[str, frozenset[str]]]]:
        ordered = sorted(positions)
        for at in range(0, len(ordered), at_once):
            some = padded(ordered[at : at + at_once])
            rows = run.execute(run.sql.in_a_list("names", len(some)), some).fetchall()
            for position, kind, tags in sorted(rows):
                yield position, (kind, frozenset(tags.split("\n")) if tags else frozenset())

    def acts(self, run: store.Run, acts: Iterable[str], size: int, indexed: int) -> dict[str, int]:
        """Where those of these submissions that are recorded begin."""
        wanted = set(acts)
        self.recent.reach(run, size, indexed)
        found = self.recent.under(map(act_tag, wanted), indexed, size)
        if found is None:
            found = [p for p, names in self._names_from(run, indexed, size) if names.act in wanted]
        if indexed:
            found += self._with_words(run, [_word(act_tag(act)) for act in wanted], (), 0, indexed)
        begun: dict[str, int] = {}
        for position in sorted(found):
            (act,) = run.execute(run.sql.act_of, (position,)).fetchone()
            begun.setdefault(act, position)
        return begun

    def _names_from(self, run: store.Run, low: int, high: int) -> Iterator[tuple[int, Names]]:
        """From the facts themselves, when memory has forgotten them though the table that ``run`` sees lacks them.

        That is so in a snapshot that others have overtaken; it lacks a flush at most.
        """
        for at in range(low, high, FLUSH):
            rows = run.execute(run.sql.names_since, (at, min(at + FLUSH, high))).fetchall()
            if [row[0] for row in rows] != list(range(at, min(at + FLUSH, high))):
                raise Broken(f"entries are missing after {at}")
            yield from ((position, names_of(*names)) for position, *names in rows)

    def ref(self, run: store.Run, ref: str, size: int) -> int | None:
        """Where the fact of this reference stands. References begin with their time, so they stand in order."""
        low, high, time = 0, size, ref[:REF_TIME]
        while low < high:
            middle = (low + high) // 2
            if self._ref_at(run, middle)[:REF_TIME] < time:
                low = middle + 1
            else:
                high = middle
        # Where a clock went back, all facts until it caught up bear the time of the one before.
        step = 8
        while low < size:
            for position, found in run.execute(run.sql.refs_since, (low, min(size, low + step))).fetchall():
                if found == ref:
                    return int(position)
                if found[:REF_TIME] != time:
                    return None
            low, step = low + step, FLUSH
        return None

    def _ref_at(self, run: store.Run, position: int) -> str:
        row = run.execute(run.sql.ref_of, (position,)).fetchone()
        if row is None:
            raise Broken(f"entry {position}: missing")
        return str(row[0])


def matcher(question: Question) -> Callable[[str, frozenset[str]], bool]:
    """``question.matches``, which looks only at the clauses that begin with one of a fact's own tags."""
    clauses = _by_first_tag(question)

    def matches(kind: str, tags: frozenset[str]) -> bool:
        return any(clause.matches(kind, tags) for tag in (EVERY, *tags) for clause in clauses.get(tag, ()))

    return matches


def _assign(
    found: dict[Clause, list[int]],
    by_first_tag: dict[str, list[Clause]],
    candidates: Iterable[tuple[int, tuple[str, frozenset[str]]]],
) -> None:
    """Put each candidate under the clauses that it matches."""
    for position, (kind, tags) in candidates:
        for tag in (EVERY, *tags):
            for clause in by_first_tag.get(tag, ()):
                if clause.matches(kind, tags):
                    found[clause].append(position)


@lru_cache(maxsize=128)
def _by_first_tag(question: Question) -> dict[str, list[Clause]]:
    found: dict[str, list[Clause]] = {}
    for clause in question.clauses:
        found.setdefault(min(clause.tags, default=EVERY), []).append(clause)
    return found


@lru_cache(maxsize=128)
def _alike(question: Question) -> dict[tuple[int, ...], list[int]]:
    """The words under which to look for each set of kinds that a question's clauses name: their first tags."""
    found: dict[tuple[int, ...], set[int]] = {}
    for first, clauses in _by_first_tag(question).items():
        for clause in clauses:
            found.setdefault(tuple(sorted(map(kind_word, clause.kinds))), set()).add(word_of(first))
    return {kinds: sorted(words) for kinds, words in found.items()}
