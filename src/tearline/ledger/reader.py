"""Facts as they come out of the tables, verified on the way.

A stored fact is hashed again and compared with its leaf, each sealed part is authenticated for that leaf,
and each disclosure must be one that the fact commits to. What was verified once is remembered.
"""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.codec import closed, compartments
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Clause, History, Question, Recorded
from tearline.facts.shape import Json
from tearline.ledger import sdjwt, sealing, store
from tearline.ledger.entry import leaf_of
from tearline.ledger.index import Index
from tearline.ledger.memory import Memory
from tearline.ledger.payload import recorded_of
from tearline.ledger.sql import padded

Opening = frozenset[Compartment]

ALL: Opening = frozenset(Compartment)

MOST_AT_ONCE = 500
FIRST_STRETCH = 2048
REMEMBERED = 60_000
"""Facts of the usual size that are remembered, as they were read. A million facts are the work of years, of which
readers look at some hundred matters at a time; these and all people under an agreement are to fit in. In an agency's
record (``bench/agency.py``) one takes 1.2 KiB opened, and 0.2 KiB more as it was closed for a reader."""
PLACES = 60_000
"""Clauses of which it is remembered where the facts stand that match them: eight bytes a fact, and the clause."""
HISTORIES = 8_000
"""Facts of the usual size in remembered answers to whole questions: for what is asked again and again as it stands."""
WEIGHT = 2048
"""Bytes, roughly, of a fact of the usual size. So many of them are remembered, or fewer larger ones."""
CLAUSES = 4
"""As many of a question's clauses take the place of such a fact."""
POSITIONS = 32
"""As many positions take the place of a clause."""


class _Held:
    """A fact as it was read: whole, and as far as it was opened to whoever read it last."""

    __slots__ = ("part", "weight", "whole")

    def __init__(self, recorded: Recorded[Fact], opening: Opening, content: bytes | None) -> None:
        sealed = compartments(type(recorded.fact).__name__)
        whole = sealed <= opening
        self.whole = recorded if whole else None
        self.part: tuple[Opening, Recorded[Fact]] | None = None if whole else (opening, recorded)
        # It may be remembered twice: whole, and closed in part.
        self.weight = (2 if sealed else 1) + (len(content or b"") // WEIGHT if sealed & opening else 0)

    def opened(self, opening: Opening) -> Recorded[Fact] | None:
        """As it is read with these compartments open, if that is known."""
        part, whole = self.part, self.whole  # read once: another thread may put another part here meanwhile
        if part is not None and part[0] == opening:
            return part[1]
        if whole is None:
            return None
        cut = _closed(whole, opening)
        if cut is not whole:
            self.part = (opening, cut)
        return cut


def _closed(recorded: Recorded[Fact], opening: Opening) -> Recorded[Fact]:
    """A fact that was read with everything open, as it is read with only these compartments open."""
    fact = closed(recorded.fact, opening)
    if fact is recorded.fact:
        return recorded
    return Recorded(
        position=recorded.position,
        ref=recorded.ref,
        recorded_at=recorded.recorded_at,
        happened_at=recorded.happened_at,
        precision=recorded.precision,
        by=recorded.by,
        told=recorded.told,
        fact=fact,
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the facts stand that match a clause, as far as the ledger was looked through."""

    at: Collection[int]
    reached: int
    weight: int

    @classmethod
    def of(cls, before: "_Places | None", at: Sequence[int], reached: int) -> "_Places":
        """With what was found beyond what was known before."""
        since = before.reached if before else 0
        whole = array("q", [*(before.at if before else ()), *(p for p in at if p >= since)])
        return cls(whole, reached, 1 + len(whole) // POSITIONS)


@dataclass(frozen=True, slots=True)
class _Answered:
    """The answer to a whole question."""

    history: History
    weight: int


def _weight(weighed: _Held | _Places | _Answered) -> int:
    return weighed.weight


class _Known:
    """What was read and verified while so many facts were purged. With the next purge it is forgotten whole."""

    def __init__(self, purges: int) -> None:
        self.purges = purges
        self.facts: Memory[int, _Held] = Memory(REMEMBERED, _weight)
        self.places: Memory[Clause, _Places] = Memory(PLACES, _weight)
        self.histories: Memory[tuple[Question, Opening], _Answered] = Memory(HISTORIES, _weight)


class Reader:
    """Reads facts with the node's wrapping key."""

    def __init__(self, master: AESGCM, index: Index) -> None:
        self.master = master
        self._index = index
        self._known = _Known(-1)

    def history(self, run: store.Run, question: Question, opening: Opening) -> History:
        """The facts that match, up to the size reached; only what came since the last time is looked for."""
        # The size is read first: all that stands before it is there to be read, now and for ever.
        reached = run.reached()
        known = self._knowing(reached.purges)
        answered = known.histories.get((question, opening))
        history = answered.history if answered is not None else History()
        if history.position < reached.size:
            found = [p for p in self._places(run, question, reached, known) if p >= history.position]
            facts, weight = self._facts(run, found, opening, reached.purges)
            history = History((*history.facts, *facts), reached.size)
            weight += answered.weight if answered is not None else 1 + len(question.clauses) // CLAUSES
            known.histories.put((question, opening), _Answered(history, weight))
        return history

    def _places(self, run: store.Run, question: Question, reached: store.Reached, known: _Known) -> list[int]:
        """Where the facts that match stand, in order. What is known of a clause serves every question that has it."""
        size, first = reached.size, self._index.recent.first
        found: set[int] = set()
        new: list[Clause] = []
        behind: dict[bool, list[Clause]] = {}
        held: dict[Clause, _Places] = {}
        for clause in question.clauses:
            places = known.places.get(clause)
            if places is None:
                new.append(clause)
            else:
                found.update(places.at)
                if places.reached < size:
                    held[clause] = places
                    behind.setdefault(places.reached >= first, []).append(clause)
        for clauses in (new, *behind.values()):
            if clauses:
                low = min((held[clause].reached for clause in clauses if clause in held), default=0)
                more = self._index.by_clause(run, clauses, low, size, reached.indexed)
                for clause, at in more.items():
                    known.places.put(clause, _Places.of(held.get(clause), at, size))
                    found.update(at)
        # Another thread may have come further meanwhile.
        return sorted(p for p in found if p < size)

    def since(
        self, run: store.Run, question: Question, opening: Opening, position: int, until: int | None = None
    ) -> History:
        """The facts that match from this position on, to before ``until`` or to the end.

        Nothing is remembered: who carries on a fold keeps them.
        """
        reached = run.reached()
        size = reached.size if until is None else min(until, reached.size)
        found = (
            self._index.positions(run, question, position, size, reached.indexed) if position < size else []
        )
        facts: list[Recorded[Fact]] = []
        for at in range(0, len(found), MOST_AT_ONCE):
            loaded = {f.position: f for f, _ in self._load(run, found[at : at + MOST_AT_ONCE], opening)}
            if len(loaded) != len(found[at : at + MOST_AT_ONCE]):
                raise Broken("entries that the tables name are missing")
            facts += (loaded[p] for p in found[at : at + MOST_AT_ONCE])
        return History(tuple(facts), size)

    def page(
        self, run: store.Run, question: Question | None, position: int, most: int, opening: Opening
    ) -> History:
        """The first ``most`` facts from this position on that match; looked for in stretches that double.

        So a page of a frequent kind costs the same at any size, and one of a rare kind a few looks into the table.
        """
        reached = run.reached()
        found: list[int] = []
        stretch = FIRST_STRETCH
        while position < reached.size and len(found) < most:
            until = min(reached.size, position + stretch) if question else min(reached.size, position + most)
            some = (
                self._index.first(run, question, position, until, reached.indexed, most=most - len(found))
                if question
                else range(position, until)
            )
            found += some
            position, stretch = until, stretch * 2
        if len(found) == most and found:
            position = found[-1] + 1
        return History(self.facts(run, found, opening, reached.purges), position)

    def facts(
        self, run: store.Run, positions: Sequence[int], opening: Opening, purges: int
    ) -> tuple[Recorded[Fact], ...]:
        """The facts at these positions, in this order. Broken when one is missing."""
        return self._facts(run, positions, opening, purges)[0]

    def _facts(
        self, run: store.Run, positions: Sequence[int], opening: Opening, purges: int
    ) -> tuple[tuple[Recorded[Fact], ...], int]:
        """The same, and what they weigh together."""
        known = self._knowing(purges).facts
        found: dict[int, Recorded[Fact] | None] = {}
        missing: list[int] = []
        weight = 0
        for p in positions:
            held = known.get(p)
            found[p] = fact = held.opened(opening) if held is not None else None
            if fact is None or held is None:
                missing.append(p)
            else:
                weight += held.weight
        for at in range(0, len(missing), MOST_AT_ONCE):
            for fact, content in self._load(run, missing[at : at + MOST_AT_ONCE], opening):
                held = _Held(fact, opening, content)
                known.put(fact.position, held)
                found[fact.position], weight = fact, weight + held.weight
        facts = tuple(fact for fact in found.values() if fact is not None)
        if len(facts) != len(found):
            raise Broken("entries that the tables name are missing")
        return facts, weight

    def _knowing(self, purges: int) -> _Known:
        # A thread that still reads for an older count puts what it read where nobody looks any more.
        known = self._known
        if known.purges != purges:
            known = _Known(purges)
            if purges > self._known.purges:
                self._known = known
        return known

    def _load(
        self, run: store.Run, positions: Sequence[int], opening: Opening
    ) -> Iterator[tuple[Recorded[Fact], bytes | None]]:
        """The facts at these positions, and what is stored of their sealed fields."""
        some = padded(positions)
        text = run.sql.in_a_list("facts", len(some))
        for position, leaf, blinding, jws, wrapped, content in run.execute(text, some):
            try:
                if leaf_of(blinding, jws) != leaf:
                    raise Broken(f"entry {position}: the stored fact is not the one that its leaf commits to")
                payload = sdjwt.payload_of(jws)
                stored = SealedParts.of(leaf, wrapped, content)
                opened = stored.open(self.master, payload, opening)
                fact = recorded_of(position, payload, opened, ALL if stored.purged else frozenset())
                yield fact, content
            except (Malformed, LookupError, TypeError, ValueError) as wrong:
                raise Broken(f"entry {position}: a fact that this version cannot read ({wrong!r})") from wrong


@dataclass(frozen=True, slots=True)
class SealedParts:
    """The sealed fields of one fact as they are stored: the wrapped key and the parts by compartment."""

    leaf: bytes
    wrapped: bytes | None
    parts: Mapping[str, bytes]

    @classmethod
    def of(cls, leaf: bytes, wrapped: bytes | None, content: bytes | None) -> "SealedParts":
        """As the table holds them; None stands for no row there."""
        return cls(leaf, wrapped, sealing.unpack(content) if content else {})

    @property
    def purged(self) -> bool:
        """Whether key and parts were destroyed. That this was by a recorded purge, ``check`` makes sure of."""
        return self.wrapped == b"" and not self.parts

    def disclosures(
        self, master: AESGCM, payload: Mapping[str, Any], opening: Opening
    ) -> dict[str, list[str]]:
        """The disclosures of the compartments in ``opening``. Broken unless all parts are there and authentic."""
        unsealed = self._unsealed(master, payload, opening)
        return {compartment: part.decode("ascii").split("~") for compartment, part in unsealed.items()}

    def _unsealed(self, master: AESGCM, payload: Mapping[str, Any], opening: Opening) -> dict[str, bytes]:
        has_digests = "_sd" in payload["fact"]
        if (not has_digests and self.wrapped is None and not self.parts) or (has_digests and self.purged):
            return {}
        if not has_digests or self.wrapped is None or not self.parts:
            raise Broken(f"fact {payload['ref']}: sealed fields, their key or their digests are missing")
        cipher = sealing.unwrap(master, self.leaf, self.parts, self.wrapped)
        return {
            compartment: sealing.unseal(cipher, self.leaf, compartment, part)
            for compartment, part in self.parts.items()
            if compartment in opening
        }

    def open(self, master: AESGCM, payload: Mapping[str, Any], opening: Opening) -> dict[str, Json]:
        """The fields in the compartments of ``opening``. Broken unless all parts are there and authentic."""
        unsealed = self._unsealed(master, payload, opening)
        return sdjwt.own_fields(payload, [one for part in unsealed.values() for one in part.split(b"~")])
