"""Terms: until when each item is purged or validated anew."""

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.owed import line, plain
from tearline.cli.purge import actor
from tearline.cli.said import console, document, say
from tearline.facts.history import Role
from tearline.facts.identifiers import ItemId, ValidationId
from tearline.facts.retention import RecordValidated
from tearline.facts.shape import Identifier, Place, Text
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.folds.obligations import Obligation
    from tearline.node import Node

app = typer.Typer(help="Terms: what is purged or validated anew, by when.", rich_markup_mode=None)
NOTHING = Words("No item has a term that runs.", "Ningún elemento tiene un plazo en curso.")


@app.command(epilog="Example: tearline retention due --data ./tearline-data --json")
def due(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """List every item with a term, the first that ends on top."""
    with opened(data, database, reading=True) as node:
        running = _clocks(node)
    now = datetime.now(UTC)
    if json:
        document([plain(clock, now) for clock in running])
        return
    out = console()
    if not running:
        say(out, NOTHING.to(language))
    for clock in running:
        say(out, line(clock, now, language))


def _clocks(node: "Node") -> "list[Obligation]":
    from tearline.folds.obligations import obligations_question
    from tearline.folds.retention import clocks

    return clocks(node.ledger.read(obligations_question(node.protocols)), node.protocols)


@app.command(
    epilog="Example: tearline retention validate night-ferry --reasons 'The inquiry goes on.' --by ana"
)
def validate(
    *,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="The item that was reviewed.")],
    reasons: Annotated[str, typer.Option("--reasons", metavar="TEXT", help="Why it is kept. Sealed.")],
    by: Annotated[str, typer.Option("--by", metavar="PERSON", help="Who reviewed it.")],
    role: Annotated[
        Role, typer.Option("--as", metavar="ROLE", help="releasing-officer, senior-officer or overseer.")
    ] = Role.SENIOR_OFFICER,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Put on record that an item was reviewed and is kept: a new term begins."""
    from tearline.facts.fact import Sealed

    who = actor(by, role)
    named = Identifier("ItemId", "item").parse(item, Place("ITEM"))
    text = Text().parse(reasons, Place("--reasons"))
    with opened(data, database) as node:
        from tearline.node import Order
        from tearline.rooms.retention.terms import ValidateRecord

        fact = RecordValidated(
            validation=ValidationId(f"validation-{secrets.token_hex(6)}"),
            item=ItemId(named),
            reasons=Sealed(text),
        )
        (ref,) = node.record(Order(command=ValidateRecord(fact), by=who)).refs
    if json:
        document({"validation": fact.validation, "fact": ref})
    else:
        print(ref)
