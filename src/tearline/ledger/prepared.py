"""Facts on their way into the ledger: first as they will be signed, then signed.

``Prepared`` has its salts already, so that a person can sign what will be recorded: its clear fields, the
digests of its sealed ones and the position on which it was decided. Nothing of it is recorded yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tearline.facts.codec import Encoded, encode
from tearline.facts.history import Draft
from tearline.facts.shape import Json
from tearline.ledger import sdjwt
from tearline.ledger.payload import claims_of


@dataclass(frozen=True, slots=True)
class PreparedFact:
    """One fact: what is signed beside it, its object with digests, and what opens these."""

    encoded: Encoded
    claims: Mapping[str, Any]
    fact: Mapping[str, Json]
    hidden: sdjwt.Hidden = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The facts of one submission and the position that was reached when they were decided."""

    facts: tuple[PreparedFact, ...]
    after: int

    def stated(self, origin: str) -> Iterator[dict[str, Any]]:
        """Of each fact, that part of its payload in this log which a person can sign; see ``personal``."""
        for one in self.facts:
            yield {
                "iss": origin,
                "kind": one.encoded.kind,
                **one.claims,
                "after": self.after,
                "fact": one.fact,
            }


def prepare(drafts: Sequence[Draft], after: int) -> Prepared:
    """Drafts with their salts made. Malformed when a field cannot be recorded."""
    return Prepared(tuple(_fact(draft) for draft in drafts), after)


def _fact(draft: Draft) -> PreparedFact:
    encoded = encode(draft.fact)
    fact, hidden = sdjwt.hide(encoded.kind, encoded.clear, encoded.sealed)
    return PreparedFact(encoded, claims_of(draft), fact, hidden)
