"""Making a node and running it."""

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, checked, opened
from tearline.cli.said import aside, document
from tearline.facts.errors import Broken, Malformed

if TYPE_CHECKING:
    from tearline.ledger.note import Vkey
    from tearline.ledger.witness import Witness
    from tearline.node import Node

INIT_EXAMPLE = "Example: tearline init --data ./tearline-data --origin agency.example/node-1"
SERVE_EXAMPLE = "Example: tearline serve --data ./tearline-data --port 8080"

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes any free port.")]


def init(
    *,
    data: Data = HERE,
    database: Database = None,
    origin: Annotated[
        str | None,
        typer.Option(
            "--origin", metavar="NAME", help="The log's name for ever, as others verify it; random if absent."
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="A demonstration: anyone who opens its site takes on any role.")
    ] = False,
    published: Annotated[
        Path | None,
        typer.Option(
            "--published",
            metavar="DIR",
            help="The second store, best on another file system; DIR/published in the node's folder if absent.",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a node: its keys, a ledger that introduces them, its settings, its second store."""
    url = checked(database)
    import secrets

    from tearline.node import make_node

    # A random name leaks nothing about the host, and no two logs may share one.
    name = f"tearline/{secrets.token_hex(6)}" if origin is None else origin
    second = None if published is None else published.absolute()
    node = make_node(data, origin=name, demo=demo, database=url, published=second)
    vkey = node.ledger.vkey
    node.close()
    aside(f"A node was made in {data}. Its keys are in {data / 'keys'}: keep them, and keep them private.")
    if json:
        document({"data": str(data), "origin": vkey.name, "vkey": str(vkey)})
    else:
        print(vkey)


def serve(
    data: Data = HERE,
    database: Database = None,
    host: Annotated[
        str,
        typer.Option("--host", help="A loopback address; there is no sign-in yet, so no other is accepted."),
    ] = "127.0.0.1",
    port: Port = 8080,
    json: AsJson = False,
) -> None:
    """Run the node's site, and publish what is recorded: at once where no witness is asked, else once they cosigned."""
    check_loopback(host)
    from tearline.config import WITNESS_FOLDER, Settings
    from tearline.jobs.exporting import witness_keys
    from tearline.jobs.publication import Publisher, publishing
    from tearline.ledger.witness import Witness
    from tearline.node import system_clock

    with opened(data, database) as node, ExitStack() as ours:
        settings = Settings.read(data)
        witness = None
        if (data / WITNESS_FOLDER).is_dir():
            witness = Witness(data / WITNESS_FOLDER, system_clock)
            ours.callback(witness.close)

        def stop(broken: Broken) -> None:
            node.stopped = str(broken)

        with (
            publishing(node.ledger, settings, data) as attempt,
            Publisher(node.ledger, attempt, stop=stop, committed=node.published_now),
        ):
            witnesses = tuple(witness_keys(settings))
            serve_node(node, host, port, demo=settings.demo, witnesses=witnesses, witness=witness, json=json)


def check_loopback(host: str) -> None:
    """Malformed for an address that others could reach."""
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise Malformed(
            "--host", host, "a loopback address such as 127.0.0.1, as long as there is no sign-in"
        )


def serve_node(
    node: "Node",
    host: str,
    port: int,
    *,
    demo: bool,
    witnesses: "tuple[Vkey, ...]" = (),
    witness: "Witness | None" = None,
    json: bool = False,
) -> None:
    """Serve until interrupted. OSError when the port is taken, before anything else is started."""
    with closing(listening(host, port)) as listener:
        import uvicorn

        from tearline.web.app import create_app

        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listener.getsockname()[1]}/"
        aside(f"Serving {url} (stop with Ctrl-C)")
        if json:
            document({"url": url})
        sys.stdout.flush()
        site = create_app(node, demo=demo, witnesses=witnesses, witness=witness)
        config = uvicorn.Config(site, log_level="warning", access_log=False)
        # Ctrl-C is how a site is stopped, and no failure.
        with ended_in_order(), suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM unwind like an exit, so that what was opened is closed and a throw-away node is thrown away."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to this address; a port that is taken is one plain line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Whoever reads the address may come at once, and waits until the site is there.
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise OSError(
            error.errno, f"{error.strerror}; choose another with --port", f"{host}:{port}"
        ) from None
    return listener
