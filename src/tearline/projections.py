"""Folds over the whole record, carried on as it grows, for pages that no question can narrow.

What is owed to anyone, which requests are open: such lists concern every fact of their kinds. A projection
reads each fact once, keeps what the fold needs, and reads on from where it stood. It holds nothing that is not
in the ledger, decides nothing, and is made again from position 0 when the process starts.
"""

import threading
from collections.abc import Callable, Mapping, Sequence

from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import History, Question, about
from tearline.facts.leaks import CompromiseReported, InvestigationOpened
from tearline.facts.operations import OperationDeclared
from tearline.facts.parties import UnitFormed
from tearline.facts.release import DisclosureRecorded, DissentAnswered, SourceWarningAnswered
from tearline.folds.obligations import Obligation, obligations, obligations_question
from tearline.folds.requests import REQUEST_STANDING, Requests, requests
from tearline.ledger.ledger import Ledger
from tearline.node import Node
from tearline.protocol import Pack

WORK: Sequence[type[Fact]] = (
    *REQUEST_STANDING,
    DissentAnswered,
    SourceWarningAnswered,
    DisclosureRecorded,
    CompromiseReported,
    InvestigationOpened,
    OperationDeclared,
    UnitFormed,
)


class Kept:
    """The facts that match one question, kept and carried on."""

    def __init__(self, ledger: Ledger, question: Question, opening: frozenset[Compartment]) -> None:
        self._ledger = ledger
        self._question = question
        self._opening = opening
        self._lock = threading.Lock()
        self._history = History()
        self._purges = 0

    def history(self) -> History:
        """All that match, up to the position reached now. What was opened before a purge is not kept beyond it."""
        with self._lock:
            purges = self._ledger.purges()
            if purges != self._purges:
                self._history, self._purges = History(), purges
            held = self._history
            new = self._ledger.read_since(self._question, held.position, opening=self._opening)
            if new.facts or not held.position:
                self._history = History(held.facts + new.facts, new.position)
            return self._history


class Projections:
    """The projections of one node, over one kept history."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._work = _Work(node.ledger, dict(node.protocols))

    def obligations(self) -> list[Obligation]:
        """Every obligation on record, by due date; made anew only when a fact that matters has arrived."""
        work = self._current()
        return work.kept.history().folded(work.owe)

    def work(self) -> History:
        """Every fact that any list over the whole record rests on."""
        return self._current().kept.history()

    def _current(self) -> "_Work":
        """Made anew when a protocol was adopted: its duties can be created by facts of other kinds."""
        protocols = dict(self._node.protocols)
        if protocols.keys() != self._work.protocols.keys():
            self._work = _Work(self._node.ledger, protocols)
        return self._work

    def requests(self) -> Requests:
        """Where every request on record stands."""
        return self.work().folded(requests)

    def told(self) -> History:
        """What the worked cases consist of, of the same kinds."""
        return self.work().folded(_told)


class _Work:
    """What is kept under the protocols of one time."""

    def __init__(self, ledger: Ledger, protocols: Mapping[str, Pack]) -> None:
        # One sealed compartment is open: the fold reads what a verdict would have cured. Pages show the protocol's
        # sentence for it. Every other sealed field is closed.
        question = obligations_question(protocols) | about(kinds=WORK)
        self.protocols = protocols
        self.kept = Kept(ledger, question, frozenset({Compartment.VERDICTS}))
        self.owe: Callable[[History], list[Obligation]] = lambda history: obligations(history, protocols)


def _told(history: History) -> History:
    return History(tuple(r for r in history if r.told), history.position)
