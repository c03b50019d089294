"""Worked cases, recorded."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.said import document, printable
from tearline.facts.words import Language, Words

app = typer.Typer(help="Worked cases: published events as acts, with their sources.", rich_markup_mode=None)

LOADED = Words(
    "{title}: {count} facts recorded, all or none", "{title}: {count} hechos registrados, todos o ninguno"
)
REPEATED = Words("{title}: on record already, nothing was changed", "{title}: ya constaba, no se cambió nada")


@app.command(epilog="Example: tearline case load cases/allende.yaml")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A case file (YAML).")],
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Record every act of a worked case in its order, or nothing at all."""
    with opened(data, database) as node:
        from tearline.jobs.cases import load_case

        loaded = load_case(node, file, now=datetime.now(UTC))
    count = len(loaded.appended.refs)
    if json:
        document(
            {
                "case": loaded.case.name,
                "tellings": [t.name for t in loaded.case.tellings],
                "facts": count,
                "first": loaded.appended.first,
                "repeated": loaded.repeated,
            }
        )
    else:
        words = REPEATED if loaded.repeated else LOADED
        print(printable(words.to(language).format(title=loaded.case.title.to(language), count=count)))
