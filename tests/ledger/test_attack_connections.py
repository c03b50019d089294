"""Connections that are lost, refused or taken stop nobody for good: what was not begun can be tried again."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import psycopg
import pytest

from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import PostgreSql, Server
from tests.ledger.told import Clock, compromise, draft, on_item


@pytest.fixture
def database(server: Server) -> Iterator[PostgreSql]:
    made = server.new()
    yield made
    made.run(f"DROP SCHEMA {made.name} CASCADE")


def add(ledger: Ledger, n: int) -> int:
    return ledger.append([draft(compromise(f"c-{n}", "i-1"))], unless=None, after=0, key=str(n)).first


def end_connections(server: Server) -> None:
    """As a restart of the server does, or whatever lies between and drops what is idle."""
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


def test_a_connection_that_was_lost_while_idle_is_made_anew(
    server: Server, database: PostgreSql, keys: NodeKeys
) -> None:
    with closing(Ledger.make(database.url, keys, Clock())) as ledger:
        for n in range(3):
            assert add(ledger, n) == n
            assert ledger.size() == n + 1
            end_connections(server)
            if n == 1:
                assert len(ledger.read(on_item("i-1")).facts) == 2
        ledger.check()


def test_a_reader_for_whom_no_connection_is_left_is_told_so_and_tries_again(
    database: PostgreSql, keys: NodeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(Ledger.make(database.url, keys, Clock())) as ledger:
        add(ledger, 0)
        monkeypatch.setattr(ledger._store._engine.pool, "_timeout", 0.1)
        with ExitStack() as held:
            for _ in range(31):
                held.enter_context(ledger._store.statements())
            with pytest.raises(TimeoutError, match="reached"):
                ledger.size()
        assert ledger.size() == 1
        assert add(ledger, 1) == 1


def read_on_many_connections(ledger: Ledger) -> None:
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(ledger._store.statements())
        ledger.size()


def test_a_server_that_takes_no_more_connections_is_tried_again(
    server: Server, database: PostgreSql, keys: NodeKeys
) -> None:
    with closing(Ledger.make(database.url, keys, Clock())) as ledger, ExitStack() as taken:
        add(ledger, 0)
        with suppress(psycopg.OperationalError):
            while True:
                url = server.url.replace("+psycopg", "")
                taken.enter_context(closing(psycopg.connect(url)))
        with pytest.raises(TimeoutError, match="reached"):
            read_on_many_connections(ledger)
        taken.close()
        assert ledger.size() == 1


def test_a_statement_that_took_longer_than_the_server_allows_stops_nobody(
    database: PostgreSql, keys: NodeKeys
) -> None:
    Ledger.make(database.url, keys, Clock()).close()
    hurried = database.url.replace("-csearch_path", "-cstatement_timeout%3D100%20-csearch_path")
    with closing(Ledger(hurried, keys, Clock())) as ledger:
        with database.held(), pytest.raises(TimeoutError, match="nothing was recorded"):
            add(ledger, 0)
        assert add(ledger, 0) == 0
