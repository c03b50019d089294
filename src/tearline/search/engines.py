"""The two ways in which words are kept and found: SQLite's FTS5, PostgreSQL's text search.

Both are handed words of letters and digits alone (``words``), each put where the database's own grammar expects a
word and nothing else; so what somebody typed is never read as a query.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from tearline.search.documents import Document

Parameters = dict[str, object]
Made = Sequence[tuple[Document, int]]
"""Documents, each with the position of the fact that it was made of."""
SHORTEST_BEGINNING = 2
"""A word of one letter is looked for as it is: too much begins with it."""


class Fts5:
    """``makes`` are its tables, ``drops`` what they are called.

    Words in a table without content of its own; the column ``kind`` narrows a search by the index as well.
    """

    makes = (
        (
            "CREATE TABLE IF NOT EXISTS search_docs (number INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
            " name TEXT NOT NULL, position INTEGER NOT NULL)"
        ),
        (
            "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(words, about, kind, content='',"
            " detail='column', prefix='2 3', tokenize='unicode61 remove_diacritics 0')"
        ),
    )
    drops = ("search_words", "search_docs")

    def add(self, connection: sa.Connection, last: int, made: Made) -> None:
        """Put these documents behind all others, of which the last is number ``last``."""
        rows = [
            _row(number, document, position)
            | {"words": " ".join(document.words), "about": " ".join(document.about)}
            for number, (document, position) in enumerate(made, last + 1)
        ]
        connection.execute(sa.text("INSERT INTO search_docs VALUES (:number, :kind, :name, :position)"), rows)
        connection.execute(
            sa.text(
                "INSERT INTO search_words (rowid, words, about, kind) VALUES (:number, :words, :about, :kind)"
            ),
            rows,
        )

    def finding(self, terms: Sequence[str], kinds: Sequence[str], *, named: bool) -> tuple[str, Parameters]:
        """The statement that finds what has all these words; it also takes ``before`` and ``most``.

        ``named``: the words of what else a thing's fact names count as well.
        """
        where = "{words about}" if named else "words"
        words = " AND ".join(_quoted(term) for term in terms)
        among = " OR ".join(f'"{kind}"' for kind in kinds)
        statement = (
            "SELECT d.number, d.kind, d.name, d.position FROM search_words w JOIN search_docs d ON d.number = w.rowid"
            " WHERE search_words MATCH :match AND w.rowid < :before ORDER BY w.rowid DESC LIMIT :most"
        )
        return statement, {"match": f"{where} : ({words}) AND kind : ({among})"}


OF_WORDS = (
    "SELECT number, kind, name, position FROM search_docs WHERE words @@ CAST(:match AS TSQUERY)"
    " AND kind = ANY(:kinds) AND number < :before ORDER BY number DESC LIMIT :most"
)
OF_EVERY = OF_WORDS.replace("words @@", "every @@")


class TextSearch:
    """Words as the lexemes of a ``tsvector``, put in and asked for as they are, without PostgreSQL's parsers."""

    makes = (
        (
            "CREATE TABLE IF NOT EXISTS search_docs (number BIGINT PRIMARY KEY,"
            " kind TEXT NOT NULL, name TEXT NOT NULL, position BIGINT NOT NULL, words TSVECTOR NOT NULL,"
            " every TSVECTOR NOT NULL)"
        ),
        "CREATE INDEX IF NOT EXISTS search_docs_words ON search_docs USING gin (words)",
        "CREATE INDEX IF NOT EXISTS search_docs_every ON search_docs USING gin (every)",
    )
    drops = ("search_docs",)

    def add(self, connection: sa.Connection, last: int, made: Made) -> None:
        rows = [
            _row(number, document, position)
            | {
                "words": sorted(set(document.words)),
                "every": sorted({*document.words, *document.about}),
            }
            for number, (document, position) in enumerate(made, last + 1)
        ]
        connection.execute(
            sa.text(
                "INSERT INTO search_docs VALUES"
                " (:number, :kind, :name, :position, array_to_tsvector(CAST(:words AS TEXT[])),"
                " array_to_tsvector(CAST(:every AS TEXT[])))"
            ),
            rows,
        )

    def finding(self, terms: Sequence[str], kinds: Sequence[str], *, named: bool) -> tuple[str, Parameters]:
        words = " & ".join(
            f"'{term}':*" if len(term) >= SHORTEST_BEGINNING else f"'{term}'" for term in terms
        )
        statement = OF_EVERY if named else OF_WORDS
        return statement, {"match": words, "kinds": list(kinds)}


def _row(number: int, document: Document, position: int) -> Parameters:
    return {"number": number, "kind": document.kind, "name": document.name, "position": position}


def _quoted(term: str) -> str:
    return f'"{term}" *' if len(term) >= SHORTEST_BEGINNING else f'"{term}"'


Engine = Fts5 | TextSearch
