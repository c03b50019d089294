"""The ledger's first tables on two databases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

Whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("position", Whole, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("blinding", sa.LargeBinary, nullable=False),
        sa.Column("jws", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_entries"),
    )
    op.create_table(
        "sealed",
        sa.Column("position", Whole, autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_sealed"),
        sa.ForeignKeyConstraint(["position"], ["entries.position"], name="fk_sealed_position"),
    )
    op.create_table(
        "postings",
        sa.Column("stretch", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("word", Whole, autoincrement=False, nullable=False),
        sa.Column("kind", Whole, autoincrement=False, nullable=False),
        sa.Column("position", Whole, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("stretch", "word", "kind", "position", name="pk_postings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tiles",
        sa.Column("level", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", Whole, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_tiles"),
    )
    op.create_table(
        "edge",
        sa.Column("level", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("level", name="pk_edge"),
    )
    op.create_table(
        "head",
        sa.Column("one", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("indexed", Whole, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("purges", Whole, nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_head"),
    )


def downgrade() -> None:
    for table in ("head", "edge", "tiles", "postings", "sealed", "entries"):
        op.drop_table(table)
