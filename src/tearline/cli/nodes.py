"""Making a node and running it."""

import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, checked, opened
from tearline.cli.said import aside, document
from tearline.facts.errors import Broken
from tearline.web.events import LogFormat, tell, writing_events

if TYPE_CHECKING:
    from tearline.config import Site
    from tearline.config.serving import Serving
    from tearline.ledger.note import Vkey
    from tearline.ledger.witness import Witness
    from tearline.node import Node
    from tearline.signin.arrivals import Arrivals
    from tearline.signin.identity import Door

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
    *,
    data: Data = HERE,
    database: Database = None,
    host: Annotated[
        str | None,
        typer.Option("--host", help="An IP address or localhost, in place of site.listen in node.json."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="In place of site.listen's; 0 takes any free port."),
    ] = None,
    log_format: Annotated[
        LogFormat, typer.Option("--log-format", help="How events are written to standard error.")
    ] = LogFormat.PLAIN,
    json: AsJson = False,
) -> None:
    """Run the node's site, and publish what is recorded: at once where no witness is asked, else once they cosigned.

    It starts only where node.json leaves no doubt how it is reached: see `tearline config check`.
    """
    from tearline.config import FILE, WITNESS_FOLDER, Settings
    from tearline.config.serving import serving
    from tearline.jobs.exporting import witness_keys
    from tearline.jobs.publication import Publisher, publishing
    from tearline.ledger.witness import Witness
    from tearline.node import system_clock
    from tearline.search.index import search_url

    settings = Settings.read(data)
    served = serving(settings, str(data / FILE), host=host, port=port)
    with opened(data, database) as node, ExitStack() as ours:
        ours.enter_context(writing_events(log_format))
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
            door = None if settings.demo else _door(node, data, checked(database), served)
            serve_node(
                node,
                served,
                door=door,
                search=search_url(data, checked(database)),
                witnesses=witnesses,
                witness=witness,
                json=json,
                log_format=log_format,
            )


def _door(
    node: "Node", data: Path, database: str | None, served: "Serving"
) -> "Callable[[int], AbstractContextManager[Door]]":
    """The door at the configured address, or at a port of this machine."""
    from tearline.signin.address import Address
    from tearline.signin.door import opened_door

    site = served.site
    idle, absolute = timedelta(minutes=site.idle_minutes), timedelta(hours=site.absolute_hours)

    def opened_at(port: int) -> "AbstractContextManager[Door]":
        address = Address.local(port) if site.address is None else Address(site.address)
        return opened_door(node, data, database, address, idle=idle, absolute=absolute)

    return opened_at


def _arrivals(node: "Node", door: "Door | None", site: "Site") -> "Arrivals | None":
    """The way in by the agency's directory, where one is configured beside a door."""
    from tearline.config import FILE
    from tearline.signin.arrivals import configured
    from tearline.signin.door import PasskeyDoor

    if site.oidc is None or site.address is None or not isinstance(door, PasskeyDoor):
        return None
    return configured(node, door, site.oidc, site.address, file=FILE)


def serve_node(
    node: "Node",
    served: "Serving",
    *,
    door: "Callable[[int], AbstractContextManager[Door]] | None" = None,
    search: str | None = None,
    witnesses: "tuple[Vkey, ...]" = (),
    witness: "Witness | None" = None,
    json: bool = False,
    log_format: LogFormat = LogFormat.PLAIN,
) -> None:
    """Serve until told to stop. OSError when a port is taken, before anything else is started.

    ``door`` opens that of a node which is no demonstration, at the port that was taken.
    """
    listen = served.site.listen
    with closing(listening(listen.host, listen.port)) as listener, ExitStack() as ours:
        from tearline.jobs.figuring import compile_estimators
        from tearline.web.app import create_app
        from tearline.web.charts.drawing import warm
        from tearline.web.metrics import serving_metrics
        from tearline.web.server import serve_site

        bound = replace(listen, port=listener.getsockname()[1])
        opened_at = None if door is None else ours.enter_context(door(bound.port))
        app = create_app(
            node,
            demo=served.demo,
            door=opened_at,
            arrivals=_arrivals(node, opened_at, served.site),
            search=search,
            site=served.site,
            witnesses=witnesses,
            witness=witness,
        )
        if served.site.metrics is not None:
            ours.enter_context(serving_metrics(app.state.metrics, served.site.metrics))
        # Browsers offer passkeys on localhost, and on no address in digits.
        here = f"http://{bound}" if door is None else f"http://localhost:{bound.port}"
        url = f"{served.site.address or here}/"
        if log_format is LogFormat.JSON:
            tell(logging.INFO, "serving", address=url, listen=str(bound))
        else:
            aside(f"Serving {url} (stop with Ctrl-C)")
        if json:
            document({"url": url})
        sys.stdout.flush()
        threading.Thread(target=warm, name="charts", daemon=True).start()
        threading.Thread(target=compile_estimators, name="estimators", daemon=True).start()
        # Ctrl-C is how a site is stopped, and no failure; nor is SIGTERM, also while it starts.
        projections, searching = app.state.projections, app.state.searching
        also = (app.state.noticed.warm, app.state.dated.warm)
        indexing = searching.reading_on(lambda: bool(projections.warming))
        with projections.warmed(*also), indexing, ended_in_order(0), suppress(KeyboardInterrupt):
            serve_site(app, served.site, listener)


@contextmanager
def ended_in_order(status: int = 128 + signal.SIGTERM) -> Iterator[None]:
    """Let SIGTERM unwind like an exit, so that what was opened is closed and a throw-away node is thrown away."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(status)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to this address; a port that is taken is one plain line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, since only then does asyncio send at once what was written: else half of each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
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
