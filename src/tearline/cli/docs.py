"""Pages that are derived from the declarations."""

import sys

import typer

from tearline.cli.options import AsJson
from tearline.cli.said import document

app = typer.Typer(help="Pages derived from the code.", rich_markup_mode=None)


@app.command(epilog="Example: tearline docs facts > docs/facts.md")
def facts(json: AsJson = False) -> None:
    """Every kind of fact, with its fields and their words, as Markdown."""
    from tearline.facts import glossary

    if json:
        document({"markdown": glossary.page()})
    else:
        sys.stdout.write(glossary.page())


@app.command(epilog="Example: tearline docs dossier > docs/dossier.md")
def dossier(json: AsJson = False) -> None:
    """Every field of the dossier that conditions may speak of, as Markdown."""
    from tearline.protocol import described

    if json:
        document({"markdown": described.page()})
    else:
        sys.stdout.write(described.page())


@app.command(epilog="Example: tearline docs protocols > docs/protocols.md")
def protocols(json: AsJson = False) -> None:
    """Every shipped protocol: what it asks, on which texts, with which parameters, as Markdown."""
    from tearline.cli import library
    from tearline.cli.protocol import shipped

    page = library.page(shipped())
    if json:
        document({"markdown": page})
    else:
        sys.stdout.write(page)


@app.command(epilog="Example: tearline docs routes > docs/security/routes.md")
def routes(json: AsJson = False) -> None:
    """Every address of the site, and which roles may use it, as Markdown."""
    from tearline.web import policy

    if json:
        document({"markdown": policy.page()})
    else:
        sys.stdout.write(policy.page())


@app.command(epilog="Example: tearline docs schema > facts.schema.json")
def schema(json: AsJson = True) -> None:  # noqa: ARG001  every command takes --json
    """A JSON Schema of every kind of fact; always JSON."""
    from tearline.facts import glossary

    document(glossary.schema())
