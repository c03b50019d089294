"""Facts as they come out of the tables, verified on the way.

A stored fact is hashed again and compared with its leaf, each sealed part is authenticated for that leaf,
and each disclosure must be one that the fact commits to. What was verified once is remembered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import History, Question, Recorded
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
REMEMBERED = 30_000
WEIGHT = 2048
"""Bytes, roughly, of a fact of the usual size. So many of them are remembered, or fewer larger ones."""
CLAUSES = 4
"""As many of a question's clauses take the place of such a fact."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Weighed(Generic[T]):
    """What is remembered, and how many facts of the usual size it takes the place of."""

    it: T
    weight: int


def _weight(weighed: _Weighed[Any]) -> int:
    return weighed.weight


class _Known:
    """What was read and verified while so many facts were purged. With the next purge it is forgotten whole."""

    def __init__(self, purges: int) -> None:
        self.purges = purges
        self.facts: Memory[tuple[int, Opening], _Weighed[Recorded[Fact]]] = Memory(REMEMBERED, _weight)
        self.histories: Memory[tuple[Question, Opening], _Weighed[History]] = Memory(REMEMBERED, _weight)


class Reader:
    """Reads facts with the node's wrapping key."""

    def __init__(self, master: AESGCM, index: Index) -> None:
        self.master = master
        self._index = index
        self._known = _Known(-1)

    def history(self, run: store.Run, question: Question, opening: Opening) -> History:
        """The facts that match, up to the size reached; only what came since the last time is fetched."""
        # The size is read first: all that stands before it is there to be read, now and for ever.
        reached = run.reached()
        known = self._knowing(reached.purges)
        held = known.histories.get((question, opening))
        if held is None:
            held = _Weighed(History(), 1 + len(question.clauses) // CLAUSES)
        history = held.it
        if history.position < reached.size:
            found = self._index.positions(run, question, history.position, reached.size, reached.indexed)
            facts = self._facts(run, found, opening, reached.purges)
            history = History((*history.facts, *(fact.it for fact in facts)), reached.size)
            weight = held.weight + sum(fact.weight for fact in facts)
            known.histories.put((question, opening), _Weighed(history, weight))
        return history

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
            loaded = {f.it.position: f.it for f in self._load(run, found[at : at + MOST_AT_ONCE], opening)}
            if len(loaded) != len(found[at : at + MOST_AT_ONCE]):
                raise Broken("entries that the tables name are missing")
            facts += (loaded[p] for p in found[at : at + MOST_AT_ONCE])
        return History(tuple(facts), size)

    def facts(
        self, run: store.Run, positions: Sequence[int], opening: Opening, purges: int
    ) -> tuple[Recorded[Fact], ...]:
        """The facts at these positions, in this order. Broken when one is missing."""
        return tuple(fact.it for fact in self._facts(run, positions, opening, purges))

    def _facts(
        self, run: store.Run, positions: Sequence[int], opening: Opening, purges: int
    ) -> list[_Weighed[Recorded[Fact]]]:
        known = self._knowing(purges).facts
        found = {p: known.get((p, opening)) for p in positions}
        missing = [p for p, fact in found.items() if fact is None]
        for at in range(0, len(missing), MOST_AT_ONCE):
            for fact in self._load(run, missing[at : at + MOST_AT_ONCE], opening):
                known.put((fact.it.position, opening), fact)
                found[fact.it.position] = fact
        facts = [fact for fact in found.values() if fact is not None]
        if len(facts) != len(found):
            raise Broken("entries that the tables name are missing")
        return facts

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
    ) -> Iterator[_Weighed[Recorded[Fact]]]:
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
                yield _Weighed(fact, 1 + (len(content) // WEIGHT if opened else 0))
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
        has_digests = "_sd" in payload["fact"]
        if (not has_digests and self.wrapped is None and not self.parts) or (has_digests and self.purged):
            return {}
        if not has_digests or self.wrapped is None or not self.parts:
            raise Broken(f"fact {payload['ref']}: sealed fields, their key or their digests are missing")
        cipher = sealing.unwrap(master, self.leaf, self.parts, self.wrapped)
        return {
            compartment: sealing.unseal(cipher, self.leaf, compartment, part).decode("ascii").split("~")
            for compartment, part in self.parts.items()
            if compartment in opening
        }

    def open(self, master: AESGCM, payload: Mapping[str, Any], opening: Opening) -> dict[str, Json]:
        """The fields in the compartments of ``opening``. Broken unless all parts are there and authentic."""
        found = self.disclosures(master, payload, opening)
        return sdjwt.open_fields(payload, [one for some in found.values() for one in some])
