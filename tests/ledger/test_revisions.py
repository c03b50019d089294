"""The tables that Alembic's revisions make are those of ``schema``, on either database, forth and back."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tearline.ledger import schema
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.databases import Database
from tests.ledger.told import Clock

pytestmark = pytest.mark.both_databases


def revisions(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "tearline.ledger:revisions")
    config.attributes["connection"] = connection
    return config


def test_the_revisions_and_the_schema_do_not_drift_apart(ledger: Ledger, url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert context.get_current_revision() == schema.REVISION
        assert compare_metadata(context, schema.metadata) == []
        assert ScriptDirectory.from_config(revisions(connection)).get_heads() == [schema.REVISION]
    engine.dispose()


def test_a_drift_would_be_seen(ledger: Ledger, database: Database) -> None:
    database.change("ALTER TABLE head ADD COLUMN more INTEGER")
    engine = sa.create_engine(database.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert [difference[0] for difference in found] == ["remove_column"]


def test_an_empty_ledger_goes_back_to_nothing_and_forth_again(
    new_database: Callable[[], Database], keys: NodeKeys
) -> None:
    database = new_database()
    Ledger.make(database.url, keys, Clock()).close()
    engine = sa.create_engine(database.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        command.downgrade(revisions(connection), "base")
    with engine.begin() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
        command.upgrade(revisions(connection), "head")
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version", *schema.metadata.tables}
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()
