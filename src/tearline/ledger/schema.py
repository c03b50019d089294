"""The tables in which the ledger keeps itself, and the only changes ever made to them.

Rows are inserted and never changed, but for three: the right edge and the head, which each transaction
moves forward, and the keys of sealed fields, which a purge will destroy. Nothing in these tables is
believed: what is read is hashed again, and ``check`` recomputes all of it.
"""

import sqlalchemy as sa

VERSION = 1

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

Whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _position(*, refers: bool = True) -> sa.Column[int]:
    if refers:
        return sa.Column("position", Whole, sa.ForeignKey("entries.position"), primary_key=True)
    return sa.Column("position", Whole, primary_key=True, autoincrement=False)


entries = sa.Table(
    "entries",
    metadata,
    _position(refers=False),
    sa.Column("ref", sa.Text, nullable=False, unique=True),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("blinding", sa.LargeBinary, nullable=False),
    sa.Column("jws", sa.LargeBinary, nullable=False),
)

# Every fact stands under each of its tags and once under the empty tag, by which a question that names
# kinds alone finds it. The primary key is the only index that reading needs.
tags = sa.Table(
    "tags",
    metadata,
    sa.Column("tag", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    _position(),
    sqlite_with_rowid=False,
)

sealed = sa.Table(
    "sealed",
    metadata,
    _position(),
    sa.Column("compartment", sa.Text, primary_key=True),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
)

keys = sa.Table(
    "keys",
    metadata,
    _position(),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)

# ``act`` is the hash of the idempotency key, as it stands in each signed fact of the submission.
acts = sa.Table(
    "acts",
    metadata,
    sa.Column("act", sa.Text, primary_key=True),
    sa.Column("first", Whole, sa.ForeignKey("entries.position"), nullable=False),
    sa.Column("count", Whole, nullable=False),
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

head = sa.Table(
    "head",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", Whole, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
