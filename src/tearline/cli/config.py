"""What is configured, and what it would come to. Nothing is started and nothing changed."""

from collections.abc import Iterator
from json import dumps as to_json

import typer

from tearline.cli.options import HERE, AsJson, Data, Spoken
from tearline.cli.said import both, console, document, printable, say
from tearline.facts.words import Language

app = typer.Typer(help="node.json: what it says, and what it comes to.", rich_markup_mode=None)


@app.command(epilog="Example: tearline config check --data ./tearline-data --language es")
def check(data: Data = HERE, language: Spoken = Language.EN, json: AsJson = False) -> None:
    """Say in plain words what `tearline serve` would do, or in one line why it would not start."""
    from tearline.config import FILE, Settings
    from tearline.config.serving import serving

    served = serving(Settings.read(data), str(data / FILE))
    sentences = list(served.sentences())
    if json:
        document([both(one) for one in sentences])
        return
    out = console()
    for one in sentences:
        say(out, one.to(language))


@app.command(epilog="Example: tearline config show --data ./tearline-data")
def show(data: Data = HERE, json: AsJson = False) -> None:
    """Print every setting, with its default where node.json says nothing. Secrets are named, never shown."""
    from tearline.config import Settings

    settings = Settings.read(data)
    whole = settings.plain() | {
        "published": str(settings.second_store(data)),
        "witnesses": [{"vkey": w.vkey, "url": w.url} for w in settings.witnesses],
        "quorum": settings.quorum,
        "required": list(settings.required),
        "site": settings.site.whole(),
    }
    if json:
        document(whole)
        return
    for place, value in _places("", whole):
        print(printable(f"{place}: {value}"))


def _places(before: str, held: object) -> Iterator[tuple[str, str]]:
    """Every value with its place, in the way in which errors name it."""
    match held:
        case dict() if held:
            for name, value in held.items():
                yield from _places(f"{before}.{name}" if before else str(name), value)
        case list() if held:
            for n, value in enumerate(held):
                yield from _places(f"{before}[{n}]", value)
        case _:
            yield before, to_json(held, ensure_ascii=False)
