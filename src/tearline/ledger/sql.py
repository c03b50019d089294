"""Every statement of the ledger, written once in SQLAlchemy Core and compiled for one database.

The texts go straight to the driver, because each passes here for every fact that is recorded and a dozen
trips through an expression language cost more than the signatures do. Parameters stand in the order in which
the statement names them.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

from tearline.ledger import schema
from tearline.ledger.schema import edge, entries, head, postings, sealed, tiles

T = TypeVar("T")


def _bind(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name)


def padded(values: Sequence[T]) -> tuple[T, ...]:
    """As many as the next power of two, the last one again and again: a few statements then do for lists of any length.

    Each statement costs milliseconds to write, and every connection keeps what it made of it.
    """
    more = (1 << (len(values) - 1).bit_length()) - len(values)
    return (*values, *[values[-1]] * more) if values else ()


class Sql:
    """The statements in one dialect. An attribute is a text; a method gives the text for so many parameters."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._dialect = dialect
        self.in_a_list = lru_cache(maxsize=1024)(self._in_a_list)
        where = entries.c.position
        text = self._text
        row = head.c.one == sa.literal_column("1")
        self.head = text(
            sa.select(
                head.c.size, head.c.recorded_at, head.c.note, head.c.indexed, head.c.epoch, head.c.purges
            ).where(row)
        )
        self.head_locked = text(
            sa.select(
                head.c.size, head.c.recorded_at, head.c.note, head.c.indexed, head.c.epoch, head.c.purges
            )
            .where(row)
            .with_for_update()
        )
        self.reached = text(sa.select(head.c.size, head.c.indexed, head.c.purges).where(row))
        self.names_since = text(
            sa.select(where, entries.c.kind, entries.c.ref, entries.c.act, entries.c.tags)
            .where(where >= _bind("low"), where < _bind("high"))
            .order_by(where)
        )
        self.leaves = text(
            sa.select(entries.c.leaf).where(where >= _bind("low"), where < _bind("high")).order_by(where)
        )
        self.stored = text(
            sa.select(entries.c.leaf, entries.c.blinding, entries.c.jws)
            .where(where >= _bind("low"), where < _bind("high"))
            .order_by(where)
        )
        self.entry = text(
            sa.select(entries.c.leaf, entries.c.blinding, entries.c.jws).where(where == _bind("position"))
        )
        self.act_of = text(sa.select(entries.c.act).where(where == _bind("position")))
        self.refs_since = text(
            sa.select(where, entries.c.ref)
            .where(where >= _bind("low"), where < _bind("high"))
            .order_by(where)
        )
        self.ref_of = text(sa.select(entries.c.ref).where(where == _bind("position")))
        self.sealed_of = text(
            sa.select(entries.c.jws, entries.c.leaf, sealed.c.wrapped, sealed.c.content)
            .select_from(entries.outerjoin(sealed, sealed.c.position == where))
            .where(where == _bind("position"))
        )
        self.rows = text(
            sa.select(*entries.c, sealed.c.wrapped, sealed.c.content)
            .select_from(entries.outerjoin(sealed, sealed.c.position == where))
            .where(where >= _bind("low"), where < _bind("high"))
            .order_by(where)
        )
        self.rows_from = text(
            sa.select(*entries.c, sealed.c.wrapped, sealed.c.content)
            .select_from(entries.outerjoin(sealed, sealed.c.position == where))
            .where(where >= _bind("low"))
            .order_by(where)
            .limit(sa.literal_column("1000"))
            .offset(sa.literal_column("0"))
        )
        self.last_sealed = text(
            sa.select(sealed.c.position)
            .where(sa.func.length(sealed.c.wrapped) > sa.literal_column("0"))
            .order_by(sealed.c.position.desc())
            .limit(sa.literal_column("1"))
            .offset(sa.literal_column("0"))
        )
        self.tile = text(
            sa.select(tiles.c.hashes).where(
                tiles.c.level == _bind("level"), tiles.c.number == _bind("number")
            )
        )
        self.edge = text(sa.select(edge.c.level, edge.c.hashes).order_by(edge.c.level))
        self.add_entry = text(entries.insert())
        self.add_sealed = text(sealed.insert())
        self.add_posting = text(postings.insert())
        self.add_tile = text(tiles.insert())
        self.drop_edge = text(edge.delete().where(edge.c.level == _bind("level")))
        self.add_edge = text(edge.insert())
        self.add_head = text(head.insert())
        self.move_head = text(
            head.update().values(
                size=_bind("s"),
                recorded_at=_bind("r"),
                note=_bind("n"),
                indexed=_bind("i"),
                purges=head.c.purges + _bind("p"),
            )
        )
        self.set_epoch = text(head.update().values(epoch=_bind("e")))
        self.empty_sealed = text(
            sealed.update()
            .values(wrapped=_bind("w"), content=_bind("c"))
            .where(
                sealed.c.position == _bind("position"),
                sa.func.length(sealed.c.wrapped) > sa.literal_column("0"),
            )
        )
        self.rewrap = text(
            sealed.update().values(wrapped=_bind("w")).where(sealed.c.position == _bind("position"))
        )
        self.wrapped_since = text(
            sa.select(sealed.c.position, entries.c.leaf, sealed.c.wrapped, sealed.c.content)
            .select_from(sealed.join(entries, entries.c.position == sealed.c.position))
            .where(
                sealed.c.position >= _bind("low"), sa.func.length(sealed.c.wrapped) > sa.literal_column("0")
            )
            .order_by(sealed.c.position)
            .limit(sa.literal_column("1000"))
            .offset(sa.literal_column("0"))
        )
        self.all_postings = text(
            sa.select(postings.c.word, postings.c.kind, postings.c.position)
            .where(postings.c.stretch == _bind("stretch"))
            .order_by(postings.c.word, postings.c.kind, postings.c.position)
        )
        self.drop_other_postings = text(
            postings.delete().where(
                sa.or_(postings.c.stretch < _bind("low"), postings.c.stretch >= _bind("high"))
            )
        )
        self.drop_postings = text(postings.delete().where(postings.c.stretch == _bind("stretch")))

    def count(self, table: str) -> str:
        return self._text(sa.select(sa.func.count()).select_from(schema.metadata.tables[table]))

    def _in_a_list(self, what: str, count: int, kinds: int = 0, stretches: int = 0) -> str:
        """``facts``, ``names``: at ``count`` positions. ``words``: in so many stretches, the postings of ``count``
        words with so many kinds (0: any), from one position to before another; ``words gone through``: the same,
        looked for by stretch and word alone, and each found compared with the kinds.
        """
        some = [_bind(f"p{n}") for n in range(count)]
        match what:
            case "facts":
                query = (
                    sa.select(
                        entries.c.position,
                        entries.c.leaf,
                        entries.c.blinding,
                        entries.c.jws,
                        sealed.c.wrapped,
                        sealed.c.content,
                    )
                    .select_from(entries.outerjoin(sealed, sealed.c.position == entries.c.position))
                    .where(entries.c.position.in_(some))
                )
            case "names":
                query = sa.select(entries.c.position, entries.c.kind, entries.c.tags).where(
                    entries.c.position.in_(some)
                )
            case "words" | "words gone through":
                kind = postings.c.kind if what == "words" else postings.c.kind + sa.literal_column("0")
                query = sa.select(postings.c.position).where(
                    postings.c.stretch.in_([_bind(f"s{n}") for n in range(stretches)]),
                    postings.c.word.in_(some),
                    *([kind.in_([_bind(f"k{n}") for n in range(kinds)])] if kinds else []),
                    postings.c.position >= _bind("low"),
                    postings.c.position < _bind("high"),
                )
            case _:
                raise ValueError(what)
        return self._text(query)

    def _text(self, statement: sa.sql.ClauseElement) -> str:
        return str(statement.compile(dialect=self._dialect))
