"""What is PostgreSQL's alone: settings that lose commits, locks, and connections that break."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest

from tearline.facts.errors import Broken, Malformed
from tearline.ledger import store
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import PostgreSql, Server, postgresql
from tests.ledger.test_damage import later
from tests.ledger.test_disk import no_file_larger_than
from tests.ledger.told import Clock, compromise, draft, on_item, organisation


@pytest.fixture
def database(server: Server) -> Iterator[PostgreSql]:
    made = server.new()
    yield made
    made.run(f"DROP SCHEMA {made.name} CASCADE")


@contextmanager
def server_setting(database: PostgreSql, name: str, value: str) -> Iterator[None]:
    """For the whole server, as an operator sets it."""

    def apply(statement: str, expected: str) -> None:
        database.run(statement, "SELECT pg_reload_conf()")
        for _ in range(500):
            with database.connected() as connection:
                if connection.exec_driver_sql(f"SHOW {name}").scalar() == expected:
                    return
            time.sleep(0.01)
        raise TimeoutError(f"{name} did not become {expected}")

    apply(f"ALTER SYSTEM SET {name} = {value}", value)
    try:
        yield
    finally:
        apply(f"ALTER SYSTEM RESET {name}", "on")


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_does_not_sync_is_refused(
    ledger: Ledger, server: Server, database: PostgreSql, keys: NodeKeys, setting: str
) -> None:
    if not server.ours:
        pytest.skip("a server of others keeps its settings")
    wrong = pytest.raises(Malformed, match=f"{setting}: expected on, so that")
    with server_setting(database, setting, "off"), wrong:
        Ledger(database.url, keys, Clock())
    Ledger(database.url, keys, Clock()).close()


def test_a_commit_is_synchronous_whatever_the_role_asks_for(
    database: PostgreSql, keys: NodeKeys, server: Server
) -> None:
    asked = database.url.replace("search_path", "synchronous_commit%3Doff%20-csearch_path")
    with closing(Ledger.make(asked, keys, Clock())) as ledger, ledger._store.statements() as run:
        assert run.execute("SHOW synchronous_commit").fetchone() == ("on",)


def test_a_server_that_takes_no_commit_for_durable_is_refused(
    ledger: Ledger, url: str, keys: NodeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_SESSION", (*store._SESSION, "SET synchronous_commit = off"))
    with pytest.raises(Malformed, match="synchronous_commit: expected on, so that"):
        Ledger(url, keys, Clock())


def test_a_ledger_held_by_another_session_is_no_failure(
    ledger: Ledger, url: str, database: PostgreSql, keys: NodeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_SESSION", (*store._SESSION, "SET lock_timeout = '50ms'"))
    with closing(Ledger(url, keys, Clock())) as hurried:
        with database.held():
            with pytest.raises(TimeoutError, match="nothing was recorded"):
                hurried.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
            assert hurried.read(on_item("i-1")).position == 0
        hurried.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
    assert ledger.size() == 1


class _LostAtCommit(store.Run):
    """Its session is ended by the server at COMMIT: before that took effect, or right after."""

    database: PostgreSql
    after = False
    armed = False

    def __init__(self, connection: Any, sql: Any) -> None:
        super().__init__(connection, sql)
        self._session = connection
        self._real, self.execute = self.execute, self._execute

    def _execute(self, text: str, *parameters: Any) -> Any:
        lost = _LostAtCommit.armed and text == "COMMIT"
        if lost and self.after:
            self._real(text)
        if lost:
            self.database.run(f"SELECT pg_terminate_backend({self._session.info.backend_pid}, 5000)")
        return self._real(text, *parameters)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_connection_lost_in_a_commit_stops_the_ledger_and_the_key_tells_what_happened(
    database: PostgreSql,
    keys: NodeKeys,
    monkeypatch: pytest.MonkeyPatch,
    after: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(store, "Run", _LostAtCommit)
    monkeypatch.setattr(_LostAtCommit, "database", database, raising=False)
    monkeypatch.setattr(_LostAtCommit, "after", after)
    drafts = [draft(organisation("o-1"))]
    with closing(Ledger.make(database.url, keys, Clock())) as ledger:
        monkeypatch.setattr(_LostAtCommit, "armed", True)
        with pytest.raises(Broken, match=r"the database failed: .*terminat"):
            ledger.append(drafts, unless=None, after=0, key="k")
        monkeypatch.setattr(_LostAtCommit, "armed", False)
        for call in later(ledger):
            with pytest.raises(Broken, match="stopped"):
                call()
    with closing(Ledger(database.url, keys, Clock())) as opened:
        assert (opened.recall("k") is not None) == after
        assert opened.append(drafts, unless=None, after=0, key="k").repeated == after
        assert opened.size() == 1
        opened.check()


def test_a_database_that_holds_something_is_not_made_a_ledger(database: PostgreSql, keys: NodeKeys) -> None:
    database.run("CREATE TABLE entries (position integer)")
    with pytest.raises(Malformed, match="an empty database"):
        Ledger.make(database.url, keys, Clock())
    with pytest.raises(Malformed, match="revision"):
        Ledger(database.url, keys, Clock())
    assert database.rows("entries") == []


def test_a_server_that_is_not_there_is_broken(server: Server, keys: NodeKeys) -> None:
    with pytest.raises(Broken, match="database failed"):
        Ledger("postgresql+psycopg://nobody@localhost:1/nothing", keys, Clock())


def test_a_password_reaches_no_message(server: Server, keys: NodeKeys, database: PostgreSql) -> None:
    url = database.url.replace("postgres:@", "postgres:hush-hush@")
    assert "hush-hush" in url
    with pytest.raises(Malformed, match="revision") as refused:
        Ledger(url, keys, Clock())
    assert "hush" not in str(refused.value)


def test_a_role_that_may_only_read_stops_the_ledger(
    ledger: Ledger, database: PostgreSql, keys: NodeKeys
) -> None:
    url = database.url.replace("search_path", "default_transaction_read_only%3Don%20-csearch_path")
    with closing(Ledger(url, keys, Clock())) as reader:
        assert reader.size() == 0
        with pytest.raises(Broken, match=r"the database failed: .*read-only"):
            reader.append([draft(organisation("o-1"))], unless=None, after=0, key="k")
        with pytest.raises(Broken, match="stopped"):
            reader.size()
    assert ledger.size() == 0


def test_a_server_whose_disk_is_full_stops_the_ledger_and_holds_nothing_of_it(keys: NodeKeys) -> None:
    """It may write no file that is much larger than one of its log's segments, which are 16 MiB."""
    with ExitStack() as stack:
        with no_file_larger_than(20 << 20):
            small = stack.enter_context(postgresql(own=True))
        database = small.new()
        large = [draft(compromise(f"c-{n}", "i-1", seen="x" * 700_000)) for n in range(26)]
        with closing(Ledger.make(database.url, keys, Clock())) as ledger:
            ledger.append([draft(organisation("o-1"))], unless=None, after=0, key="before")
            with pytest.raises(Broken, match=r"the database failed: .*File too large"):
                ledger.append(large, unless=None, after=0, key="large")
            for call in later(ledger):
                with pytest.raises(Broken, match="stopped"):
                    call()
        database.run("VACUUM")  # what was rolled back still takes room
        with closing(Ledger(database.url, keys, Clock())) as opened:
            assert opened.size() == 1
            assert opened.recall("large") is None
            opened.append(large[:2], unless=None, after=0, key="large")
            opened.check()
