"""``tearline tokens``: which tokens were issued, to whom, and what each is worth now. Never what opens."""

from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.said import console, document, say
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.folds.tokens import Token
    from tearline.node import Node

LIST_EXAMPLE = "Example: tearline tokens list --data ./tearline-data"
NOTHING = Words("No token stands.", "No hay ningún token vigente.")
UNTIL = Words("until", "hasta")

app = typer.Typer(
    help="Tokens of the API: who holds which, and what each is worth.",
    no_args_is_help=False,
    rich_markup_mode=None,
)


@app.callback(epilog=LIST_EXAMPLE)
def tokens() -> None:
    """Tokens of the API: who holds which, and what each is worth."""


@app.command("list", epilog=LIST_EXAMPLE)
def listed(
    data: Data = HERE,
    database: Database = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that were revoked, have expired or lost their role, too.")
    ] = False,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Show every token that stands, the first issued on top."""
    from tearline.folds.tokens import TokenStanding

    with opened(data, database) as node:
        found = [t for t in all_of(node) if everything or t.standing is TokenStanding.GOOD]
    if json:
        document([plain(t) for t in found])
        return
    out = console()
    if not found:
        out.print(NOTHING.to(language))
    for one in found:
        say(out, line(one, language))


def all_of(node: "Node") -> "list[Token]":
    """Every token on record."""
    from tearline.facts.admission import MachineRegistered, TokenIssued, TokenRevoked
    from tearline.facts.history import about
    from tearline.folds.admission import ROLE_KINDS
    from tearline.folds.tokens import tokens as folded

    known = node.ledger.read(about(kinds=(MachineRegistered, TokenIssued, TokenRevoked, *ROLE_KINDS)))
    return list(folded(known, node.clock(), demo=node.demo))


def plain(one: "Token") -> dict[str, object]:
    fact = one.issued.fact
    return {
        "token": fact.token,
        "holder": fact.person,
        "issued_by": one.issued.by.person,
        "role": fact.role.value,
        "scopes": [scope.value for scope in fact.scopes],
        "issued": one.issued.recorded_at.isoformat(),
        "expires": fact.expires.isoformat(),
        "standing": one.standing.value,
    }


def line(one: "Token", language: Language) -> str:
    """One token on one line."""
    from tearline.cli.verdicts import moment

    fact = one.issued.fact
    scopes = ", ".join(scope.words.to(language) for scope in fact.scopes)
    until = f"{UNTIL.to(language)} {moment(fact.expires)}"
    said = (
        fact.token,
        fact.person,
        fact.role.words.to(language),
        scopes,
        until,
        one.standing.words.to(language),
    )
    return "  ".join(said)
