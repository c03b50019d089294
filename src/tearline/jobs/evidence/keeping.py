"""Keeping a file while it comes in, handing it out again, and sweeping what no fact speaks of."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tearline.config import sync_folder
from tearline.config.evidence import FOLDER, LARGEST_FILE
from tearline.facts.errors import Malformed, Refused
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Actor, about
from tearline.facts.identifiers import FileId, ReportId
from tearline.facts.register import FileCopy, FileKept
from tearline.facts.words import Words
from tearline.jobs.evidence.sealing import Damaged, Sealer, pieces
from tearline.jobs.evidence.types import HEAD, type_of
from tearline.ledger.batch import Appended
from tearline.ledger.ledger import Ledger
from tearline.node import Node, Order
from tearline.rooms.register.keeping import KeepFile

UNFINISHED = timedelta(hours=1)
"""A file that no fact speaks of may still be coming in; after this it is not."""
LONGEST_NAME = 200
NO_TYPE = Words(
    "its bytes are of none of the kinds that are kept: documents, pictures, recordings, plain text",
    "sus bytes no son de ninguna clase que se guarde: documentos, imágenes, grabaciones, texto simple",
)


def folder_of(node: Node) -> Path:
    """Where files of evidence are; Malformed for a node that has no folder."""
    if node.data is None:
        raise Malformed("node", "evidence", "a node with a folder of its own, to keep files in")
    folder = node.data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def path_of(folder: Path, file: FileId, copy: FileCopy) -> Path:
    return folder / f"{file}.{copy.value}"


class Keeping:
    """One file that comes in. Feed it, then ``finish``; or ``abandon``, and nothing of it is left."""

    def __init__(self, node: Node) -> None:
        self.node, self.folder = node, folder_of(node)
        self.file = FileId(secrets.token_hex(8))
        self.size, self.media_type = 0, ""
        self._key = secrets.token_bytes(32)
        self._digest, self._head = hashlib.sha256(), b""
        self._paths = {copy: path_of(self.folder, self.file, copy) for copy in FileCopy}
        self._copies = [Sealer(path, self._key, copy, self.file) for copy, path in self._paths.items()]

    def feed(self, data: bytes) -> None:
        """Refused as soon as it is too large, or of no kind that is kept."""
        self.size += len(data)
        if self.size > LARGEST_FILE:
            most = LARGEST_FILE // 2**20
            raise Refused(
                "not-too-large",
                Words(f"a file is at most {most} MiB", f"un archivo tiene a lo sumo {most} MiB"),
            )
        if len(self._head) < HEAD:
            self._head = (self._head + data)[:HEAD]
            if len(self._head) == HEAD:
                self._typed()
        self._digest.update(data)
        for copy in self._copies:
            copy.feed(data)

    def finish(self, by: Actor, report: ReportId, *, name: str, origin: str) -> Appended:
        """On the disk first, then on record. Refused, and nothing is left, where the rules say no."""
        if not self.size:
            raise Refused("not-empty", Words("the file has no bytes", "el archivo no tiene bytes"))
        self._typed()
        for copy in self._copies:
            copy.close()
        sync_folder(self.folder)
        digest = self._digest.hexdigest()
        kept = FileKept(
            file=self.file,
            report=report,
            digest=digest,
            size=self.size,
            media_type=self.media_type,
            name=Sealed(last_part(name)),
            origin=Sealed(origin),
            key=Sealed(self._key.hex()),
            working=digest,
        )
        try:
            return self.node.record(Order(command=KeepFile(kept), by=by))
        except Refused:
            raise
        except BaseException:
            # Nobody knows whether it is on record: the file stays, and is swept if no fact speaks of it.
            self._paths.clear()
            raise

    def abandon(self) -> None:
        for copy in self._copies:
            copy.abandon()
        for path in self._paths.values():
            path.unlink(missing_ok=True)

    def _typed(self) -> None:
        found = type_of(self._head)
        if found is None:
            raise Refused("of-a-kind", NO_TYPE)
        self.media_type = found


def last_part(name: str) -> str:
    """A name as it was given, without the folders before it and what moves a cursor; it names nothing on our disk."""
    said = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in said if c.isprintable()).strip(" .")[:LONGEST_NAME] or "—"


def copy_of(node: Node, file: FileId, copy: FileCopy) -> Iterator[bytes]:
    """The bytes of a copy. Refused, before any of them, unless all are as they were kept."""
    known = node.ledger.read(
        about(f"file:{file}", kinds=(FileKept,)), opening=frozenset({Compartment.FILE_KEYS})
    )
    (kept,) = known.of(FileKept)
    path = path_of(folder_of(node), file, copy)
    expected = kept.fact.digest if copy is FileCopy.EVIDENTIARY else kept.fact.working
    if kept.fact.key.purged:
        raise Refused("still-kept", Words("this file was purged", "este archivo se suprimió"), (file,))
    key = bytes.fromhex(kept.fact.key.open())
    digest = hashlib.sha256()
    try:
        for piece in pieces(path, key, copy, file):
            digest.update(piece)
    except Damaged:
        digest = hashlib.sha256(b"damaged")
    if digest.hexdigest() != expected:
        raise Refused(
            "as-it-was-kept",
            Words(
                "this copy is not as it was kept, and is not handed out",
                "esta copia no es como se guardó, y no se entrega",
            ),
            (file,),
        )
    return pieces(path, key, copy, file)


def on_record(ledger: Ledger) -> Mapping[FileId, bool]:
    """All files that facts speak of, and whether each was purged."""
    known = ledger.read(about(kinds=(FileKept,)))
    return {r.fact.file: r.fact.key.purged for r in known.of(FileKept)}


def sweep(ledger: Ledger, data: Path, now: datetime) -> list[str]:
    """Delete the files that were purged, and those that no fact speaks of, unless they may still be coming in."""
    folder = data / FOLDER
    if not folder.is_dir():
        return []
    kept, gone = on_record(ledger), []
    for path in sorted(folder.iterdir()):
        purged = kept.get(FileId(path.name.partition(".")[0]))
        age = now.timestamp() - path.stat().st_mtime
        if purged or (purged is None and age > UNFINISHED.total_seconds()):
            path.unlink(missing_ok=True)
            gone.append(path.name)
    if gone:
        sync_folder(folder)
    return gone
