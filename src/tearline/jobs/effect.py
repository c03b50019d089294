"""Whether a release is in effect: where its agreement asks for witnesses, only once so many of them have cosigned it.

Recording never waits for a witness; handing over does. What was recorded stands under a checkpoint that the
second store holds once the node's own policy held for it (``jobs.publication``), so a node whose policy asks for
fewer witnesses than an agreement does may publish what is not enough for that agreement: its own quorum should be
no smaller. Whatever hands anything over asks here, and fails closed: without a note, without enough witnesses, without
the agreement that says how many are enough, nothing is in effect.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.release import CopyReleased, ItemReleased
from tearline.folds.agreements import AGREEMENT_KINDS, agreements, number_stated
from tearline.jobs.exporting import former_keys
from tearline.ledger.note import Vkey
from tearline.ledger.policy import Policy, is_covered
from tearline.node import Node

QUORUM = "witness_quorum"
"""The parameter by which an agreement says how many witnesses it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InEffect:
    """``quorum``: how many witnesses the agreement asks for, 0 for none; ``cosigned``: how many of the node's did."""

    quorum: int
    witnesses: int
    cosigned: int
    holds: bool


class Effects:
    """What is in effect of one node's releases at this moment, by the witnesses that it asks."""

    def __init__(self, node: Node, witnesses: Sequence[Vkey]) -> None:
        self._node = node
        self._witnesses = tuple(witnesses)

    def of(
        self, known: History, released: Recorded[ItemReleased], copies: Iterable[Recorded[CopyReleased]] = ()
    ) -> InEffect:
        """Of this release and these copies of it, by the agreement in ``known``.

        Broken or Malformed when what is published is damaged, or the log did not sign it.
        """
        quorum = self._asked_for(known, released)
        if released.told is not None or quorum == 0:
            return InEffect(quorum=0, witnesses=len(self._witnesses), cosigned=0, holds=True)
        position = max(released.position, *(r.position for r in copies), 0)
        return InEffect(
            quorum=quorum,
            witnesses=len(self._witnesses),
            cosigned=self._cosigned(position),
            holds=quorum <= len(self._witnesses) and is_covered(position, self._note, self._policy(quorum)),
        )

    def _asked_for(self, known: History, released: Recorded[ItemReleased]) -> int:
        """As the agreement bound when it was released. More than there are witnesses where nobody can say how many."""
        held = agreements(known).get(released.fact.agreement)
        if held is None:
            return len(self._witnesses) + 1
        terms = held.as_of(released.position).terms
        if QUORUM not in terms.parameters:
            return 0
        stated = number_stated(terms, QUORUM)
        return len(self._witnesses) + 1 if stated is None else max(stated, 0)

    def _cosigned(self, position: int) -> int:
        if self._note is None:
            return 0
        cosigned = self._policy(0).open(self._note)
        return len(cosigned.at) if position < cosigned.checkpoint.size else 0

    def _policy(self, quorum: int) -> Policy:
        return Policy(
            log=self._node.ledger.vkey, witnesses=self._witnesses, quorum=quorum, former=tuple(self._former)
        )

    @cached_property
    def _note(self) -> str | None:
        return self._node.published.read() if self._node.published else None

    @cached_property
    def _former(self) -> Sequence[Vkey]:
        return former_keys(self._node)


def effect_question(known: History) -> Question:
    """The agreements under which what is in ``known`` was released, and the adoptions that changed them."""
    held = sorted({r.fact.agreement for r in known.of(ItemReleased)})
    return each("agreement", held, AGREEMENT_KINDS)
