"""Run by Alembic: the revisions, on the connection that ``migrate`` hands over."""

from alembic import context

from tearline.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it, on SQLite as well
)
context.run_migrations()
