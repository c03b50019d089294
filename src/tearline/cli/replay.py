"""``tearline protocol replay`` and ``dossiers``: which verdicts another protocol would change, and on what record."""

import json as json_
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, is_there, opened, read
from tearline.cli.progress import shown
from tearline.cli.protocol import apart
from tearline.cli.said import aside, console, document
from tearline.facts.errors import Malformed
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.cli.replayed import Shows
    from tearline.jobs.replay.comparison import Chunk
    from tearline.jobs.replay.local import Listed
    from tearline.jobs.replay.tally import Case, Tally
    from tearline.jobs.replay.task import Task, Text
    from tearline.node import Node

REPLAY_EXAMPLE = (
    "Example: tearline protocol replay dossiers.jsonl --protocol my-protocol.yaml --against cross-border/1"
)
DOSSIERS_EXAMPLE = "Example: tearline protocol dossiers -o dossiers.jsonl"
INTERRUPTED = Words(
    "tearline protocol replay: interrupted; there is no result, and nothing was written",
    "tearline protocol replay: interrumpido; no hay resultado y no se escribió nada",
)
EXPORTED = Words(
    "{file}: dossiers: {count}; purged, and so left out: {purged}. This is sealed material: only its owner can read"
    " the file",
    "{file}: expedientes: {count}; suprimidos, y por eso omitidos: {purged}. Es material reservado: solo su dueño"
    " puede leer el archivo",
)


class Engine(StrEnum):
    """Where a replay runs."""

    LOCAL = "local"
    SPARK = "spark"


Telling = Annotated[
    str | None, typer.Option("--telling", metavar="NAME", help="Only this telling of a worked case.")
]


def replay(
    dossiers: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DOSSIERS]",
            help="JSON Lines (- is standard input) or Parquet; without it, every verdict on the node's record.",
        ),
    ] = None,
    *,
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol", metavar="NAME|FILE", help="What to decide by instead; several (A+B) bind together."
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            metavar="NAME|FILE",
            help="What to compare with. By default what each dossier's agreement names, or what decided it.",
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A parameter of --protocol, whatever the agreements state."
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option("--engine", help="This machine's cores, or Spark.")
    ] = Engine.LOCAL,
    master: Annotated[
        str, typer.Option("--master", metavar="URL", help="Where Spark runs, with --engine spark.")
    ] = "local[*]",
    cases: Annotated[
        Path | None,
        typer.Option(
            "--cases", metavar="FILE", help="Write every changed case to this new file, one JSON a line."
        ),
    ] = None,
    telling: Telling = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Put dossiers to another protocol and show which verdicts change, by rule, with cases; looser ones first."""
    if not protocol:
        raise Malformed("--protocol", "NAME|FILE", "the protocol to replay by")
    if telling is not None and dossiers is not None:
        raise Malformed(
            "--telling", telling, "no file of dossiers beside it: it chooses from the node's record"
        )
    from tearline.cli import replayed
    from tearline.jobs.replay.task import prepare

    if engine is Engine.SPARK and (dossiers is None or str(dossiers) == "-"):
        raise Malformed("--engine", "spark", "a file of dossiers: tearline protocol dossiers writes one")
    try:
        with ExitStack() as stack:
            node = stack.enter_context(opened(data, database, reading=True)) if dossiers is None else None
            known = _known(node)
            new = [text(name, known) for name in dict.fromkeys(apart(protocol))]
            old = [text(name, known) for name in dict.fromkeys(apart(against or ()))]
            task = prepare(new, old, known, settings or (), listing=cases is not None)
            shows = replayed.Shows(
                source=dossiers,
                data=data,
                protocols=tuple(dict.fromkeys(protocol)),
                settings=tuple(settings or ()),
                task=task,
            )
            listed = stack.enter_context(_listed(cases, shows))
            if engine is Engine.SPARK:
                tally = _on_spark(task, str(dossiers), master, listed)
            else:
                tally = _here(task, _chunks(task, dossiers, node, telling), listed)
    except KeyboardInterrupt:
        aside(INTERRUPTED.to(language))
        return 1
    if json:
        document(replayed.plain(tally, shows))
    else:
        replayed.show(console(), tally, shows, language)
    return 0


def _known(node: "Node | None") -> "list[Text]":
    """The shipped texts and those that the node's record adopted; of one name and version, the one that was signed."""
    from tearline.jobs.replay.task import shipped

    texts = {text.load().id: text for text in shipped()}
    if node is not None:
        from tearline.jobs.replay.record import adopted

        texts |= {text.load().id: text for text in adopted(node)}
    return list(texts.values())


def _chunks(
    task: "Task", dossiers: Path | None, node: "Node | None", telling: str | None
) -> "Iterator[Chunk]":
    from tearline.jobs.replay import files, record

    if node is not None:
        return record.chunks_of(node, telling=telling, anything=task.against is not None)
    return files.chunks_of(dossiers or Path("-"))


def _here(task: "Task", chunks: "Iterator[Chunk]", listed: "Listed") -> "Tally":
    from tearline.jobs.replay.local import replay_locally

    with shown("Replaying") as advance:
        return replay_locally(task, chunks, advance=advance, listed=listed)


def _on_spark(task: "Task", source: str, master: str, listed: "Listed") -> "Tally":
    from tearline.jobs.replay.on_spark import replay_on_spark

    with shown("Replaying") as advance:
        return replay_on_spark(task, source, master=master, advance=advance, listed=listed)


@contextmanager
def _listed(file: Path | None, shows: "Shows") -> "Iterator[Listed]":
    """What changed cases are given to: a new file that is there once all is done, or nothing."""
    if file is None:
        yield lambda _cases: None
        return
    from tearline.jobs.replay.files import private_file

    with private_file(file) as out:

        def listed(cases: "Sequence[Case]") -> None:
            out.writelines(json_.dumps(shows.case(one), ensure_ascii=False).encode() + b"\n" for one in cases)

        yield listed


def text(name: str, known: "Sequence[Text]") -> "Text":
    """A shipped protocol by id (``cross-border/1``) or name (its latest version), else a file's."""
    from tearline.jobs.replay.task import Text

    packs = [(one.load(), one) for one in known]
    fits = [(int(pack.version), one) for pack, one in packs if name in (pack.id, pack.name)]
    if fits:
        return max(fits, key=lambda one: one[0])[1]
    if not is_there(name):
        ids = ", ".join(sorted(pack.id for pack, _ in packs))
        raise Malformed(name, "top", f"a shipped protocol ({ids}) or a file")
    held = read(Path(name))
    made = Text(file=name, text=held.decode("utf-8", "surrogateescape"))
    made.load()
    return made


def dossiers(
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A new file: JSON Lines, or Parquet as NAME.parquet."
        ),
    ],
    entry: Annotated[
        int | None,
        typer.Option("--entry", metavar="N", min=0, help="Only the dossier of the verdict at this entry."),
    ] = None,
    telling: Telling = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Write every dossier that was ever decided to a new file. It opens what is sealed: guard that file."""
    from tearline.jobs.replay.record import export_dossiers

    with opened(data, database, reading=True) as node, shown("Dossiers") as advance:
        exported = export_dossiers(node, output, telling=telling, entry=entry, advance=advance)
    said = EXPORTED.to(language).format(file=output, count=exported.dossiers, purged=exported.purged)
    if json:
        aside(said)
        document({"file": str(output), "dossiers": exported.dossiers, "purged": exported.purged})
    else:
        console().print(said, soft_wrap=True)
