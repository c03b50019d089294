"""Dossiers in files: JSON Lines, or the Parquet of ``record``; read a part at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from tearline.facts.errors import Malformed
from tearline.facts.strict import LARGEST_BYTES
from tearline.jobs.replay.comparison import Chunk

SIZE = 2**20
"""Bytes that are read at once: some hundreds of dossiers, a few hundredths of a second of work."""
ROWS = 256
COLUMNS = ("entry", "protocol", "dossier")
"""What is read of a row."""
NEEDS_SPARK = "pyarrow and pyspark, which come with the extra: pip install 'tearline[spark]'"


@contextmanager
def private_file(file: Path) -> Iterator[BinaryIO]:
    """A new file for its owner's eyes only, which is there once the block has ended well.

    Malformed when there is one of that name: nothing is written over.
    """
    if file.exists():
        raise Malformed(str(file), "top", "a file that is not there yet: nothing is written over")
    beginning = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        handle = os.open(beginning, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Malformed(str(file), "top", f"a place to write to ({error.strerror})") from None
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.link(beginning, file)  # unlike a rename, never over a file that came meanwhile
    finally:
        beginning.unlink()


def chunks_of(path: Path, *, size: int = SIZE) -> Iterator[Chunk]:
    """The file's dossiers, by its name's ending; ``-`` is standard input. Malformed where it cannot be read."""
    if path.suffix == ".parquet":
        yield from rows_of(path)
        return
    standard_input = str(path) == "-"
    try:
        file = open(0, "rb", closefd=False) if standard_input else path.open("rb")  # noqa: SIM115  closed below
        with file:
            whole = 0 if standard_input else os.fstat(file.fileno()).st_size
            yield from lines_of(file, str(path), whole=whole, size=size)
    except OSError as error:
        raise Malformed(str(path), "top", f"a file that can be read ({error.strerror})") from None


class Reads(Protocol):
    """Something that bytes are read from, none at its end."""

    def read(self, size: int, /) -> bytes: ...


def lines_of(file: Reads, name: str, *, whole: int = 0, size: int = SIZE) -> Iterator[Chunk]:
    """Chunks of whole lines. ``whole`` is the file's size where it is known."""
    first, done, rest = 1, 0, b""
    while True:
        read = file.read(size)
        done += len(read)
        cut = read.rfind(b"\n")
        if read and cut < 0:
            rest += read
            if len(rest) > LARGEST_BYTES:
                raise Malformed(name, f"line {first}", f"at most {LARGEST_BYTES} bytes in a line")
            continue
        data = rest + read[:cut] if read else rest
        rest = read[cut + 1 :]
        if read or data:
            count = data.count(b"\n") + 1
            yield Chunk(
                file=name,
                word="line",
                numbers=range(first, first + count),
                data=data,
                done=done,
                of=max(whole, done),
            )
            first += count
        if not read:
            return


def rows_of(path: Path) -> Iterator[Chunk]:
    """The rows of a Parquet file as ``tearline protocol dossiers`` writes it."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise Malformed(str(path), "Parquet", NEEDS_SPARK) from None
    try:
        with parquet.ParquetFile(path) as file:
            done, whole = 0, file.metadata.num_rows
            if not set(COLUMNS) <= set(file.schema_arrow.names):
                raise Malformed(str(path), "top", f"the columns {', '.join(COLUMNS)}")
            for batch in file.iter_batches(ROWS, columns=list(COLUMNS)):
                done += batch.num_rows
                yield of_rows(str(path), batch.to_pydict(), done=done, whole=whole)
    except OSError as error:
        raise Malformed(str(path), "top", f"a file that can be read ({error.strerror or error})") from None
    except (pa.ArrowException, ValueError) as wrong:
        raise Malformed(str(path), "top", f"a Parquet file ({wrong})") from None


def of_rows(name: str, columns: dict[str, list[object]], *, done: int = 0, whole: int = 0) -> Chunk:
    """Rows by column; a row without a dossier is one that was purged."""
    held = [
        (entry, str(protocol), str(dossier).encode().replace(b"\n", b" "))
        for entry, protocol, dossier in zip(*(columns[name] for name in COLUMNS), strict=True)
        if dossier is not None
    ]
    return Chunk(
        file=name,
        word="entry",
        numbers=[int(str(entry)) for entry, _, _ in held],
        data=b"\n".join(line for _, _, line in held),
        protocols=[protocol for _, protocol, _ in held],
        purged=len(columns["dossier"]) - len(held),
        record=True,
        done=done,
        of=whole,
    )
