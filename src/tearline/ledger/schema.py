"""The tables in which the ledger keeps itself, on SQLite and on PostgreSQL alike.

Rows are inserted and never changed, but for two: the right edge and the head, which each transaction moves
forward, and the sealed fields, which a purge empties and a new wrapping key rewraps. Nothing in these tables
is believed: what is read is hashed again, and ``check`` recomputes all of it.

The tables change by the Alembic revisions in ``revisions/``; a database of another revision is not opened.
"""

import sqlalchemy as sa

REVISION = "0001"

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

Whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# ``kind``, ``ref``, ``act`` and ``tags`` (in order, one a line) follow from the signed fact; here they can be
# found without parsing it. ``act`` is the hash of the submission's key.
entries = sa.Table(
    "entries",
    metadata,
    sa.Column("position", Whole, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("tags", sa.Text, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("blinding", sa.LargeBinary, nullable=False),
    sa.Column("jws", sa.LargeBinary, nullable=False),
)

# Of each fact that has sealed fields: its key, wrapped, and its disclosures, encrypted. Both are empty after a purge.
sealed = sa.Table(
    "sealed",
    metadata,
    sa.Column("position", Whole, sa.ForeignKey("entries.position"), primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# Where the facts with a tag stand, for all that ``head.indexed`` covers; see ``index``. The primary key is all
# that a lookup reads, and a stretch of the ledger has its own part of it, so that it costs the same at any size.
postings = sa.Table(
    "postings",
    metadata,
    sa.Column("stretch", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("word", Whole, primary_key=True, autoincrement=False),
    sa.Column("kind", Whole, primary_key=True, autoincrement=False),
    sa.Column("position", Whole, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

tiles = sa.Table(
    "tiles",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", Whole, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

# The unfinished tiles from level 1 up. That of level 0 is the leaves of the latest entries.
edge = sa.Table(
    "edge",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

# One row. ``epoch`` is that of the wrapping key; ``purges`` counts the facts whose sealed fields were destroyed.
head = sa.Table(
    "head",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", Whole, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("indexed", Whole, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("purges", Whole, nullable=False),
)
