"""Facts as they come out of the tables, verified on the way.

A stored fact is hashed again and compared with its leaf, each sealed part is authenticated for that leaf,
and each disclosure must be one that the fact commits to. What was verified once is remembered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import History, Question, Recorded
from tearline.facts.shape import Json
from tearline.ledger import sdjwt, sealing, store
from tearline.ledger.entry import leaf_of
from tearline.ledger.memory import Memory
from tearline.ledger.payload import recorded_of

Opening = frozenset[Compartment]

MOST_AT_ONCE = 500
FACTS_REMEMBERED = 30_000
"""About 1.5 kB each."""


class Reader:
    """Reads facts with the node's master key."""

    def __init__(self, master: AESGCM) -> None:
        self._master = master
        self._known: Memory[tuple[int, Opening], Recorded[Fact]] = Memory(FACTS_REMEMBERED)
        self._histories: Memory[tuple[Question, Opening], History] = Memory(
            FACTS_REMEMBERED, lambda history: 1 + len(history.facts)
        )

    def history(self, run: store.Cursor, question: Question, opening: Opening) -> History:
        """The facts that match, up to the size reached; only what came since the last time is fetched."""
        # The size is read first: all that stands before it is there to be read, now and for ever.
        size = store.size(run)
        history = self._histories.get((question, opening)) or History()
        if history.position < size:
            found = store.positions(run, question, history.position, size)
            history = History(history.facts + self.facts(run, found, opening), size)
            self._histories.put((question, opening), history)
        return history

    def since(self, run: store.Cursor, question: Question, opening: Opening, position: int) -> History:
        """The facts that match from this position on. Nothing is remembered: who carries on a fold keeps them."""
        size = store.size(run)
        found = store.positions(run, question, position, size) if position < size else []
        facts: list[Recorded[Fact]] = []
        for at in range(0, len(found), MOST_AT_ONCE):
            loaded = {f.position: f for f in self._load(run, found[at : at + MOST_AT_ONCE], opening)}
            if len(loaded) != len(found[at : at + MOST_AT_ONCE]):
                raise Broken("entries that the tables name are missing")
            facts += (loaded[p] for p in found[at : at + MOST_AT_ONCE])
        return History(tuple(facts), size)

    def facts(
        self, run: store.Cursor, positions: Sequence[int], opening: Opening
    ) -> tuple[Recorded[Fact], ...]:
        """The facts at these positions, in this order. Broken when one is missing."""
        found = {p: self._known.get((p, opening)) for p in positions}
        missing = [p for p, fact in found.items() if fact is None]
        for at in range(0, len(missing), MOST_AT_ONCE):
            for fact in self._load(run, missing[at : at + MOST_AT_ONCE], opening):
                found[fact.position] = fact
                self._known.put((fact.position, opening), fact)
        facts = tuple(fact for fact in found.values() if fact is not None)
        if len(facts) != len(found):
            raise Broken(f"{len(found) - len(facts)} entries that the tables name are missing")
        return facts

    def _load(
        self, run: store.Cursor, positions: Sequence[int], opening: Opening
    ) -> Iterator[Recorded[Fact]]:
        marks = store.marks(len(positions))
        parts: dict[int, dict[str, bytes]] = {}
        for position, compartment, ciphertext in run.execute(
            f"SELECT position, compartment, ciphertext FROM sealed WHERE position IN ({marks})",  # noqa: S608  placeholders only
            tuple(positions),
        ):
            parts.setdefault(position, {})[compartment] = ciphertext
        for position, leaf, blinding, jws, wrapped in run.execute(
            "SELECT e.position, e.leaf, e.blinding, e.jws, k.wrapped FROM entries e"  # noqa: S608  placeholders only
            f" LEFT JOIN keys k ON k.position = e.position WHERE e.position IN ({marks})",
            tuple(positions),
        ):
            try:
                if leaf_of(blinding, jws) != leaf:
                    raise Broken(f"entry {position}: the stored fact is not the one that its leaf commits to")
                payload = sdjwt.payload_of(jws)
                stored = SealedParts(leaf, wrapped, parts.get(position, {}))
                yield recorded_of(position, payload, stored.open(self._master, payload, opening))
            except (Malformed, LookupError, TypeError, ValueError) as wrong:
                raise Broken(f"entry {position}: a fact that this version cannot read ({wrong!r})") from wrong


@dataclass(frozen=True, slots=True)
class SealedParts:
    """The sealed fields of one fact as they are stored: the wrapped key and the parts by compartment."""

    leaf: bytes
    wrapped: bytes | None
    parts: Mapping[str, bytes]

    def open(self, master: AESGCM, payload: Mapping[str, Any], opening: Opening) -> dict[str, Json]:
        """The fields in the compartments of ``opening``. Broken unless all parts are there and authentic."""
        has_digests = "_sd" in payload["fact"]
        if not has_digests and self.wrapped is None and not self.parts:
            return {}
        if not has_digests or self.wrapped is None or not self.parts:
            raise Broken(f"fact {payload['ref']}: sealed fields, their key or their digests are missing")
        cipher = sealing.unwrap(master, self.leaf, self.parts, self.wrapped)
        disclosures: list[str] = []
        for compartment in self.parts:
            if compartment in opening:
                plain = sealing.unseal(cipher, self.leaf, compartment, self.parts[compartment])
                disclosures += plain.decode("ascii").split("~")
        return sdjwt.open_fields(payload, disclosures)
