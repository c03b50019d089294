"""The ledger's tables, made and checked by Alembic's revisions."""

import sqlalchemy as sa


def create_tables(connection: sa.Connection) -> None:
    """Bring an empty database to the revision that this version writes, within the caller's transaction."""
    # Loaded here, because opening a ledger that exists does without it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "tearline.ledger:revisions")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
