"""The protocols that a node knows: those that come with Tearline, and those that its own record adopted.

An adoption counts from its place in the ledger on, whichever process recorded it. So this mapping reads the ledger
when it is asked for a text that it does not hold, and whenever all of it is gone through; to ask for one that it holds
costs nothing, because a name and version never mean another text. A text on record takes the place of a shipped one
that bears its name and version: it is the one that was signed.
"""

import threading
from collections.abc import Callable, Iterator, Mapping

from tearline.facts.errors import Broken, Malformed
from tearline.facts.history import History, Question, about
from tearline.facts.identifiers import ProposalId
from tearline.facts.protocols import ProtocolAdopted
from tearline.folds.protocols import TEXT_KINDS, pack_in, text_of
from tearline.ledger.ledger import Ledger
from tearline.protocol import Pack

ADOPTIONS = about(kinds=(ProtocolAdopted,))


class KnownProtocols(Mapping[str, Pack]):
    """Packs by name/version. ``ledger`` says which ledger it is now: a node may open its own anew."""

    def __init__(self, shipped: Mapping[str, Pack], ledger: Callable[[], Ledger]) -> None:
        self._packs = dict(shipped)
        self._ledger = ledger
        self._reached = 0
        self._lock = threading.Lock()
        self._read_on()

    def __getitem__(self, id_: str) -> Pack:
        if id_ not in self._packs:
            self._read_on()
        return self._packs[id_]

    def __iter__(self) -> Iterator[str]:
        self._read_on()
        return iter(dict(self._packs))

    def __len__(self) -> int:
        self._read_on()
        return len(self._packs)

    def _read_on(self) -> None:
        """Take up what was adopted since it was last looked."""
        with self._lock:
            ledger = self._ledger()
            new = ledger.read_since(ADOPTIONS, self._reached)
            for adopted in new.of(ProtocolAdopted):
                if adopted.told is None:
                    text = ledger.read(asks_text(adopted.fact.proposal))
                    held = adopted_pack(adopted.fact, text)
                    self._packs.pop(adopted.fact.protocol, None)
                    if held is not None:
                        self._packs[held.id] = held
            self._reached = new.position


def asks_text(proposal: ProposalId) -> Question:
    return about(f"proposal:{proposal}", kinds=TEXT_KINDS)


def adopted_pack(fact: ProtocolAdopted, text: History) -> Pack | None:
    """The text that was adopted, ready to decide; None where this version of the language cannot read it.

    Then nothing is decided under it: no request comes through. Broken when it is not the text that was signed.
    """
    found = text_of(text, fact.proposal)
    if found is None:
        raise Broken(f"the text of {fact.protocol}, proposal {fact.proposal}, is not on record")
    try:
        pack = pack_in(found)
    except Malformed:
        return None
    if (pack.id, pack.sha256) != (fact.protocol, fact.sha256):
        raise Broken(f"the text of {fact.protocol}, proposal {fact.proposal}, is not what was signed")
    return pack
