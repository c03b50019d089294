"""Being a witness: cosigning other logs' checkpoints. A witness needs no node, and no node's folder."""

import logging
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.nodes import Port, ended_in_order, listening
from tearline.cli.options import HERE, AsJson
from tearline.cli.said import aside, document
from tearline.facts.errors import Malformed
from tearline.web.events import LogFormat, writing_events

if TYPE_CHECKING:
    from tearline.ledger.note import Vkey
    from tearline.ledger.witness import Witness

app = typer.Typer(help="Cosign other logs' checkpoints, as a C2SP witness.", rich_markup_mode=None)

Data = Annotated[Path, typer.Option("--data", metavar="DIR", help="The witness is in DIR/witness.")]
Log = Annotated[
    str, typer.Argument(metavar="VKEY", help="The log's public key, as its operator publishes it.")
]


@app.command(epilog="Example: tearline witness init --name witness.example/w1 --data ./tearline-witness")
def init(
    name: Annotated[
        str,
        typer.Option("--name", metavar="NAME", help="Its name for ever; best an address without a scheme."),
    ],
    data: Data = HERE,
    json: AsJson = False,
) -> None:
    """Make a witness: its key, and a state that knows no log yet. Prints the key by which others know it."""
    from tearline.config import WITNESS_FOLDER
    from tearline.ledger.witness import Witness

    with closing(Witness.make(data / WITNESS_FOLDER, name, _now)) as witness:
        vkey = witness.vkey
    aside(
        f"A witness was made in {data / WITNESS_FOLDER}."
        " Never restore it from a copy: it would forget what it signed."
    )
    if json:
        document({"data": str(data), "name": name, "vkey": str(vkey)})
    else:
        print(vkey)


@app.command(epilog="Example: tearline witness trust agency.example/node-1+8b4d1c0e+AY3S…")
def trust(log: Log, data: Data = HERE, json: AsJson = False) -> None:
    """Witness a log from now on, if this key signs its checkpoints."""
    vkey = _parsed(log)
    with _opened(data) as witness:
        witness.trust(vkey)
        _say_trusted(witness, json=json)


@app.command(epilog="Example: tearline witness distrust agency.example/node-1+8b4d1c0e+AY3S…")
def distrust(log: Log, data: Data = HERE, json: AsJson = False) -> None:
    """Cosign nothing more by this key. What was cosigned of its log is not forgotten."""
    vkey = _parsed(log)
    with _opened(data) as witness:
        witness.distrust(vkey)
        _say_trusted(witness, json=json)


@app.command(epilog="Example: tearline witness logs --data ./tearline-witness")
def logs(data: Data = HERE, json: AsJson = False) -> None:
    """List the keys of the logs that are witnessed."""
    with _opened(data) as witness:
        _say_trusted(witness, json=json)


@app.command(epilog="Example: tearline witness forks --json > evidence.json")
def forks(data: Data = HERE, json: AsJson = False) -> None:
    """Show the evidence against logs that signed two histories. Exit status 1 when there is any."""
    with _opened(data) as witness:
        found = witness.forks()
    if json:
        document([{"cosigned": held, "submitted": shown} for held, shown in found])
    else:
        print("\n".join(f"{held}\n{shown}" for held, shown in found), end="")
    if found:
        aside(f"{len(found)} submissions contradict what was cosigned, and bear the same log's signature")
        raise typer.Exit(1)


@app.command(epilog="Example: tearline witness serve --port 8081")
def serve(
    data: Data = HERE,
    host: Annotated[
        str,
        typer.Option("--host", help="Logs elsewhere need https in front of it: they accept nothing less."),
    ] = "127.0.0.1",
    port: Port = 8081,
    json: AsJson = False,
) -> None:
    """Answer add-checkpoint until interrupted. There is nothing to sign in to: a log's signature is what counts."""
    with _opened(data) as witness, closing(listening(host, port)) as listener:
        import uvicorn

        from tearline.web.witness import create_witness_app

        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listener.getsockname()[1]}/"
        aside(f"{witness.vkey.name} witnesses at {url} (stop with Ctrl-C)")
        if json:
            document({"url": url, "vkey": str(witness.vkey)})
        sys.stdout.flush()
        config = uvicorn.Config(create_witness_app(witness), log_config=None, access_log=False)
        with (
            writing_events(LogFormat.PLAIN, level=logging.WARNING),
            ended_in_order(),
            suppress(KeyboardInterrupt),
        ):
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _opened(data: Path) -> "Iterator[Witness]":
    from tearline.config import WITNESS_FOLDER
    from tearline.ledger.witness import Witness

    if not (data / WITNESS_FOLDER).is_dir():
        raise Malformed(str(data / WITNESS_FOLDER), "top", "a witness; make one with: tearline witness init")

    with closing(Witness(data / WITNESS_FOLDER, _now)) as witness:
        yield witness


def _now() -> datetime:
    return datetime.now(UTC)


def _parsed(log: str) -> "Vkey":
    from tearline.ledger.note import Vkey

    return Vkey.parse(log, "VKEY")


def _say_trusted(witness: "Witness", *, json: bool) -> None:
    trusted = [str(log) for log in witness.trusted()]
    if json:
        document({"witness": str(witness.vkey), "logs": trusted})
    else:
        for log in trusted:
            print(log)
