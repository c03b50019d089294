"""Those who are settled together are each told what became of theirs, and nobody is left waiting."""

from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.history import Clause, Question
from tearline.ledger.batch import Appended, Submission
from tearline.ledger.ledger import Ledger
from tests.ledger.told import draft, organisation

pytestmark = pytest.mark.both_databases


class Late(Question):
    """Asked when the database is not to be had."""

    def __getattribute__(self, name: str) -> frozenset[Clause]:
        raise TimeoutError("another process holds the ledger; nothing was recorded")


def admitted(ledger: Ledger, name: str) -> Submission:
    return ledger.admit([draft(organisation(name))], unless=None, after=0, key=name)


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_who_waits_beside_a_change_of_keys_is_told_of_their_own(ledger: Ledger, fails: int) -> None:
    ledger.append([draft(organisation("first"))], unless=None, after=0, key="first")
    group = [admitted(ledger, name) for name in ("before", "change", "after")]
    group[1].successor = replace(ledger.keys, fact=Ed25519PrivateKey.from_private_bytes(b"9" * 32))
    group[fails].unless = Late()
    with suppress(TimeoutError):
        ledger._commit(group)
    recorded = [isinstance(one.outcome, Appended) for one in group]
    assert recorded == [n != fails for n in range(3)]
    assert isinstance(group[fails].outcome, TimeoutError)
    assert ledger.size() == 3
    for one, was in zip(group, recorded, strict=True):
        key = one.prepared.facts[0].encoded.clear["organisation"]
        assert (ledger.recall(str(key)) is not None) == was
