"""Fixed keys, a fixed clock and the real SQLite ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.told import Clock


@pytest.fixture(scope="session")
def keys() -> NodeKeys:
    return NodeKeys(
        origin="tearline.example/desk",
        log=Ed25519PrivateKey.from_private_bytes(b"1" * 32),
        fact=Ed25519PrivateKey.from_private_bytes(b"2" * 32),
        master=b"3" * 32,
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture
def ledger(url: str, keys: NodeKeys, clock: Clock) -> Iterator[Ledger]:
    made = Ledger.make(url, keys, clock)
    yield made
    made.close()
