"""Fixed keys, a fixed clock and real databases: SQLite, and for tests marked ``both_databases`` PostgreSQL too."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.ledger import batch, check, index, rebuild
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import Database, PostgreSql, Server, Sqlite, postgresql
from tests.ledger.told import Clock

New = Callable[[], Database]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "new_database" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_databases"):
        metafunc.parametrize("new_database", ["sqlite", "postgresql"], indirect=True)


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


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with postgresql() as running:
        yield running


@pytest.fixture
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[New]:
    """Makes empty databases of one sort."""
    made: list[PostgreSql] = []
    names = (f"ledger{n or ''}.db" for n in count())

    def sqlite() -> Sqlite:
        return Sqlite(tmp_path / next(names))

    def schema() -> PostgreSql:
        made.append(request.getfixturevalue("server").new())
        return made[-1]

    yield schema if getattr(request, "param", "sqlite") == "postgresql" else sqlite
    if made:
        made[0].run(f"DROP SCHEMA {', '.join(one.name for one in made)} CASCADE")


@pytest.fixture
def database(new_database: New) -> Database:
    return new_database()


@pytest.fixture
def url(database: Database) -> str:
    return database.url


@pytest.fixture
def ledger(url: str, keys: NodeKeys, clock: Clock) -> Iterator[Ledger]:
    made = Ledger.make(url, keys, clock)
    yield made
    made.close()


@pytest.fixture
def tiny_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few facts the table takes over what memory held, and begins a new stretch."""
    for name, value in (("FLUSH", 3), ("STRETCH", 4), ("MOST_COVERED", 5)):
        for module in (batch, check, index, rebuild):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, value)


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if almost all tags, and almost all kinds, had the same hash."""
    word, kind = index._word, index.kind_word
    monkeypatch.setattr(index, "_word", lambda tag: word(tag) % 3)
    monkeypatch.setattr(index, "word_of", lambda tag: word(tag) % 3)
    monkeypatch.setattr(index, "kind_word", lambda name: kind(name) % 2)
    index._alike.cache_clear()
    yield
    index._alike.cache_clear()
