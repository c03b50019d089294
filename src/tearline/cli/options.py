"""Options that several commands share, and what they open."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.said import Speech
from tearline.facts.errors import Malformed
from tearline.facts.words import Language

if TYPE_CHECKING:
    from tearline.node import Node

HERE = Path("tearline-data")
SCHEMES = "sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
_KNOWN = re.compile(r"sqlite:///.+|postgresql\+psycopg://[^/]*/.+")


def _speak(context: typer.Context, language: Language) -> Language:
    if isinstance(context.obj, Speech):
        context.obj.language = language
    return language


Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="The node's folder.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="TEARLINE_DATABASE",
        show_envvar=False,
        metavar="URL",
        help="Another database than DIR/ledger.db: sqlite:///FILE or postgresql+psycopg://…",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Spoken = Annotated[Language, typer.Option("--language", help="Language of what is printed.", callback=_speak)]


@contextmanager
def opened(data: Path, database: str | None, *, reading: bool = False) -> Iterator["Node"]:
    """The node in this folder, for the length of one command; with ``reading`` also one that may sign nothing.

    What the command recorded is in the second store when it ends.
    """
    url = checked(database)
    from tearline.node import open_node

    node = open_node(data, database=url, reading=reading)
    try:
        yield node
    except BaseException:
        node.ledger.close()
        raise
    node.close()


def checked(database: str | None) -> str | None:
    """The database's URL, if it is of a kind that a ledger can live in. A password in it is never said again."""
    if database is not None and not _KNOWN.fullmatch(database):
        raise Malformed("--database", database.partition(":")[0], f"{SCHEMES}, or TEARLINE_DATABASE as such")
    return database


def read(path: Path, largest: int = 16 * 2**20) -> bytes:
    """A file's bytes, one more than ``largest`` at the most, for a parser to refuse."""
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        raise Malformed(str(path), "top", f"a file that can be read ({error.strerror})") from None


def is_there(name: str) -> bool:
    """Whether it names a file. What no file system takes for a name names none; ``Path.exists`` raises there."""
    try:
        return Path(name).exists()
    except OSError:
        return False
