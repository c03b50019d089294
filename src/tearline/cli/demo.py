"""A throw-away node with the worked cases in it: what it comes to, printed; then the site."""

import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.nodes import Port, ended_in_order, listening, serve_node
from tearline.cli.options import AsJson, Spoken
from tearline.cli.said import aside, console, document, heading, say
from tearline.facts.errors import Malformed
from tearline.facts.words import Language, Words
from tearline.web.events import LogFormat, writing_events

if TYPE_CHECKING:
    from tearline.jobs.cases import Loaded
    from tearline.node import Node

EXAMPLE = "Example: tearline demo --no-serve --language es"
CASES = ("allende.yaml", "nogales.yaml", "practice.yaml")
REGISTER = "register.csv"
"""Reports of people who were never there, for practice: nothing of it is real, and each report says so."""
LOADED = Words(
    "{name}: {count} facts recorded in {seconds:.2f} s",
    "{name}: {count} hechos registrados en {seconds:.2f} s",
)
SOURCES = Words("Sources", "Fuentes")


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the site after printing.")] = True,
    port: Port = 8080,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Keep the node here; else it is thrown away.")
    ] = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Make a new throw-away node, load the worked cases, print what they come to, and serve the site."""
    folder = cases_folder()
    if serve:
        listening("127.0.0.1", port).close()  # a port that is taken is said before anything is printed
    with ExitStack() as stack:
        stack.enter_context(ended_in_order())
        node = stack.enter_context(_node(data))
        loaded = [_load(node, folder / name, language) for name in CASES]
        _take_in(node, folder / REGISTER, language)
        if json:
            document({"cases": [_plain(node, one) for one in loaded if not one.case.live]})
        else:
            for one in loaded:
                if not one.case.live:
                    _show(node, one, language)
        if serve:
            _serve(node, port)


def _serve(node: "Node", port: int) -> None:
    from tearline.config import Endpoint, Site
    from tearline.config.serving import Serving

    served = Serving(demo=True, site=Site(listen=Endpoint(host="127.0.0.1", port=port)))
    with writing_events(LogFormat.PLAIN, level=logging.WARNING):
        serve_node(node, served)


def cases_folder() -> Path:
    """The worked cases: in the package as it is installed, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "cases", package.parents[1] / "cases"):
        if (folder / CASES[0]).is_file():
            return folder
    raise Malformed(str(package), "cases", "the worked cases, in the package or in a checkout beside it")


@contextmanager
def _node(data: Path | None) -> "Iterator[Node]":
    """A new demonstration node; its folder goes with it unless the reader named one."""
    from tearline.node import make_node

    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tearline-demo-")))
        node = make_node(folder, origin="demo.tearline.example/node", demo=True)
        stack.callback(node.ledger.close)
        yield node


def _load(node: "Node", file: Path, language: Language) -> "Loaded":
    from tearline.jobs.cases import load_case

    started = time.perf_counter()
    loaded = load_case(node, file, now=datetime.now(UTC))
    seconds = time.perf_counter() - started
    count = len(loaded.appended.refs)
    aside(LOADED.to(language).format(name=file.name, count=count, seconds=seconds))
    return loaded


def _take_in(node: "Node", file: Path, language: Language) -> None:
    """The register for practice, as the harm desk of the practice agencies brings it."""
    from tearline.facts.history import Actor, Role
    from tearline.facts.identifiers import PersonId
    from tearline.formats.register.reading import Stated
    from tearline.jobs.register.taking_in import take_in

    started = time.perf_counter()
    desk = Actor(PersonId("practice.harm-desk"), Role.HARM_DESK)
    _, appended = take_in(node, file.read_bytes(), file=file.name, stated=Stated(), by=desk)
    seconds = time.perf_counter() - started
    aside(LOADED.to(language).format(name=file.name, count=len(appended.refs), seconds=seconds))


def _show(node: "Node", loaded: "Loaded", language: Language) -> None:
    from tearline.cli import accounts
    from tearline.cli.told import ToldHistory, read_all

    case, out = loaded.case, console()
    out.print(f"\n{case.title.to(language)}", style="bold reverse")
    say(out, case.about.to(language), hang=0)
    known = read_all(node)
    told = [ToldHistory(node, telling.name, known) for telling in case.tellings]
    accounts.show_case(out, told, language)
    heading(out, SOURCES.to(language))
    for source in case.sources:
        say(
            out,
            f"{source.key}: {source.author}, “{source.title}”, {source.publisher}, {source.year}",
            indent=2,
        )


def _plain(node: "Node", loaded: "Loaded") -> dict[str, object]:
    from tearline.cli import accounts
    from tearline.cli.told import ToldHistory, read_all

    known = read_all(node)
    told = [ToldHistory(node, telling.name, known) for telling in loaded.case.tellings]
    return accounts.plain(loaded.case, told) | {"facts": len(loaded.appended.refs)}
