"""Items from other tongues."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened, read
from tearline.cli.said import document, printable
from tearline.facts.errors import Malformed
from tearline.facts.history import Actor, History, Role, about
from tearline.facts.identifiers import PersonId, well_formed
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import Handling, InformationGrade, ItemRegistered, SourceGrade, Tlp
from tearline.facts.shape import Place, record_of
from tearline.facts.words import Language

if TYPE_CHECKING:
    from tearline.formats.stix import StixItem

app = typer.Typer(help="Items from other formats.", rich_markup_mode=None)

ORGANISATIONS = about(kinds=(OrganisationRegistered,))


@app.callback()
def bring() -> None:
    """Items from other formats."""


@app.command(
    epilog="Example: tearline import stix bundle.json --by officer-1 --holder agency-1 --originator agency-2"
    " --source-grade 1 --information-grade B --handling C"
)
def stix(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A STIX 2.1 bundle (JSON).")],
    by: Annotated[str, typer.Option("--by", metavar="PERSON", help="Who registers the items.")],
    holder: Annotated[str, typer.Option("--holder", metavar="ORG", help="The organisation that holds them.")],
    source_grade: Annotated[SourceGrade, typer.Option(help="3x5x2 source evaluation; STIX states none.")],
    information_grade: Annotated[
        InformationGrade, typer.Option(help="3x5x2 information assessment; STIX states none.")
    ],
    handling: Annotated[Handling, typer.Option(help="3x5x2 handling code; STIX states none.")],
    role: Annotated[
        Role, typer.Option("--as", metavar="ROLE", help="case-agent or source-handler.")
    ] = Role.CASE_AGENT,
    originator: Annotated[
        str | None,
        typer.Option(
            "--originator",
            metavar="ORG",
            help="By default the organisation on record that bears the name of the bundle's creator.",
        ),
    ] = None,
    tlp: Annotated[Tlp | None, typer.Option(help="For objects without any TLP marking.")] = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Register the reports, indicators, observed data and notes of a STIX 2.1 bundle as items, all or none."""
    from tearline.formats.stix import LARGEST_BYTES, read_bundle

    for option, given in (("--by", by), ("--holder", holder), ("--originator", originator)):
        if given is not None and not well_formed(given):
            raise Malformed(option, given, "an identifier of a-z, 0-9 and inner hyphens")
    text = read(file, LARGEST_BYTES)
    items = read_bundle(text, file=str(file), unmarked=tlp)
    with opened(data, database) as node:
        from tearline.node import Order
        from tearline.rooms.release.items import RegisterItem

        origins = [originator or _on_record(i, str(file), node.ledger.read(ORGANISATIONS)) for i in items]
        stated: dict[str, str | None] = {
            "holder": holder,
            "source_code": None,
            "source_grade": source_grade.value,
            "information_grade": information_grade.value,
            "handling": handling.value,
        }
        facts = [_fact(i, str(file), stated | {"originator": o}) for i, o in zip(items, origins, strict=True)]
        actor = Actor(PersonId(by), role)
        said = f"stix {hashlib.sha256(text).hexdigest()} {origins} {stated} {tlp} {actor}"
        appended = node.record_all([Order(command=RegisterItem(f), by=actor) for f in facts], key=said)
    if json:
        document(
            {
                "items": [
                    {"item": f.item, "object": i.object_id, "tlp": f.tlp.value, "originator": f.originator}
                    for f, i in zip(facts, items, strict=True)
                ],
                "first": appended.first,
                "repeated": appended.repeated,
            }
        )
        return
    for fact, item in zip(facts, items, strict=True):
        print(printable(f"{fact.item}  {fact.tlp.words.to(language)}  {item.title}"))


def _on_record(item: "StixItem", file: str, known: History) -> str:
    """The one organisation of this node that bears the name of the object's creator."""
    if item.originator is None:
        raise Malformed(
            file, f"{item.place}.created_by_ref", "an identity in the bundle; state another with --originator"
        )
    bears = {
        r.fact.organisation
        for r in known.of(OrganisationRegistered)
        if r.told is None and r.fact.name == item.originator
    }
    if len(bears) != 1:
        raise Malformed(
            file,
            f"{item.place}.created_by_ref",
            f"an organisation on record by the name {item.originator!r}; state which with --originator",
        )
    return bears.pop()


def _fact(item: "StixItem", file: str, stated: dict[str, str | None]) -> ItemRegistered:
    """The fact that registers this item: what the bundle says, and what whoever imports it states."""
    if item.conditions is not None and stated["handling"] != Handling.CONDITIONS:
        raise Malformed(
            file, f"{item.place}.object_marking_refs", "--handling C: the bundle states conditions"
        )
    said = {
        "item": item.item,
        "title": item.title,
        "content": item.content,
        "tlp": item.tlp.value,
        "conditions": item.conditions,
        "perishes_at": item.perishes_at,
    }
    fact: ItemRegistered = record_of(ItemRegistered).parse(said | stated, Place(file, item.place))
    return fact
