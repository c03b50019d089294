"""Legal holds: what stops a purge, whatever the term."""

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.purge import actor, reference
from tearline.cli.said import console, document, say
from tearline.cli.signing import PersonalKey, give
from tearline.facts.errors import Malformed
from tearline.facts.history import Recorded, Role, about
from tearline.facts.identifiers import HoldId, ItemId, RequestId, well_formed
from tearline.facts.retention import HoldGround, LegalHoldLifted, LegalHoldPlaced
from tearline.facts.shape import Place, Text
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.node import Node

app = typer.Typer(help="Legal holds: what is under one is not purged.", rich_markup_mode=None)

LONGEST = 200
HELD = Words(
    "{hold}: {what}, for {ground}, ordered by {by}, since {day}",
    "{hold}: {what}, por {ground}, ordenado por {by}, desde {day}",
)
NOTHING = Words("Nothing is under a legal hold.", "Nada está bajo una orden de conservación.")

By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who acts.")]
As = Annotated[
    Role,
    typer.Option("--as", metavar="ROLE", help="senior-officer, overseer, or investigator (places only)."),
]


@app.command(
    epilog="Example: tearline hold place --item night-ferry --ground litigation --ordered-by 'Third Court' --by ana"
)
def place(
    *,
    ground: Annotated[HoldGround, typer.Option("--ground", help="Why it must be kept.")],
    ordered_by: Annotated[
        str, typer.Option("--ordered-by", metavar="TEXT", help="Which court or office ordered it.")
    ],
    by: By,
    fact: Annotated[
        str | None, typer.Option("--fact", metavar="FACT", help="One fact, by reference or position.")
    ] = None,
    item: Annotated[
        str | None, typer.Option("--item", metavar="ITEM", help="All that is recorded about an item.")
    ] = None,
    request: Annotated[
        str | None, typer.Option("--request", metavar="REQUEST", help="All that is recorded about a request.")
    ] = None,
    role: As = Role.SENIOR_OFFICER,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Place a legal hold on one fact, one item or one request, and print its name."""
    who = actor(by, role)
    if sum(subject is not None for subject in (fact, item, request)) != 1:
        raise Malformed("hold place", "options", "one of --fact, --item and --request")
    for option, given in (("--item", item), ("--request", request)):
        if given is not None and not well_formed(given):
            raise Malformed(option, given, "an identifier of a-z, 0-9 and inner hyphens")
    ordered = Text(LONGEST).parse(ordered_by, Place("--ordered-by"))
    with opened(data, database) as node:
        from tearline.rooms.retention.terms import PlaceHold

        placed = LegalHoldPlaced(
            hold=HoldId(f"hold-{secrets.token_hex(6)}"),
            ground=ground,
            ordered_by=ordered,
            record=reference(node, fact) if fact else None,
            item=ItemId(item) if item else None,
            request=RequestId(request) if request else None,
        )
        (ref,) = give(node, PlaceHold(placed), who, key).refs
    if json:
        document({"hold": placed.hold, "fact": ref})
    else:
        print(placed.hold)


@app.command(epilog="Example: tearline hold lift hold-4b1f0c2a9d3e --reason 'The case is closed.' --by ana")
def lift(
    *,
    hold: Annotated[str, typer.Argument(metavar="HOLD", help="As tearline hold list shows it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is lifted. Sealed.")],
    by: By,
    role: As = Role.SENIOR_OFFICER,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Lift a legal hold. One that an overseer placed is an overseer's to lift."""
    from tearline.facts.fact import Sealed

    who, text = actor(by, role), Text().parse(reason, Place("--reason"))
    with opened(data, database) as node:
        from tearline.rooms.retention.terms import LiftHold

        lifted = LegalHoldLifted(hold=HoldId(hold), reason=Sealed(text))
        (ref,) = give(node, LiftHold(lifted), who, key).refs
    if json:
        document({"hold": hold, "fact": ref})
    else:
        print(ref)


@app.command("list", epilog="Example: tearline hold list --json")
def list_(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """List the holds that stand."""
    with opened(data, database, reading=True) as node:
        standing = _standing(node)
    if json:
        document([_plain(hold) for hold in standing])
        return
    out = console()
    if not standing:
        say(out, NOTHING.to(language))
    for hold in standing:
        fact = hold.fact
        said = HELD.to(language).format(
            hold=fact.hold,
            what=fact.record or fact.item or fact.request,
            ground=fact.ground.words.to(language),
            by=fact.ordered_by,
            day=hold.happened_at.date().isoformat(),
        )
        say(out, said)


def _standing(node: "Node") -> list[Recorded[LegalHoldPlaced]]:
    from tearline.folds.retention import OF_HOLDS, standing_holds

    return standing_holds(node.ledger.read(about(kinds=OF_HOLDS)))


def _plain(hold: Recorded[LegalHoldPlaced]) -> dict[str, object]:
    fact = hold.fact
    return {
        "hold": fact.hold,
        "ground": fact.ground.value,
        "ordered_by": fact.ordered_by,
        "on": {"fact": fact.record, "item": fact.item, "request": fact.request},
        "placed_by": hold.by.person,
        "since": hold.happened_at.isoformat(),
    }
