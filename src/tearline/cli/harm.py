"""The register of those harmed, in bulk: tables of reports taken in, and given out."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened, read
from tearline.cli.said import aside, console, document, printable, say
from tearline.facts.errors import Malformed
from tearline.facts.fact import Compartment
from tearline.facts.harm import Harm, SourceClass
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import PersonId, well_formed
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.formats.register.reading import Fault, Stated
    from tearline.jobs.register.taking_in import Judged
    from tearline.node import Node

app = typer.Typer(help="The register of those harmed.", rich_markup_mode=None)

SHOWN = 50
"""Faults that are printed; that there are more is said."""
By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who does this.")]
Acting = Annotated[Role, typer.Option("--as", metavar="ROLE", help="harm-desk or advocate.")]
PAGE = "/harm/export.csv"
LOCATED = Words(
    "{new} places recorded; {known} stood on record as they are; no report names the other {others}.",
    "{new} lugares registrados; {known} constaban ya así; ningún informe nombra los otros {others}.",
)


@app.callback()
def harm() -> None:
    """The register of those harmed."""


@app.command(
    name="import",
    epilog="Example: tearline harm import register.csv --by harm-officer-1 --source-class relative"
    " --harm disappeared --list list-a --before a- --dry-run",
)
def take_in(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="The table; docs/register.md has its columns.")
    ],
    by: By,
    role: Acting = Role.HARM_DESK,
    source_class: Annotated[
        SourceClass | None, typer.Option(help="Kind of source, where a row does not say.")
    ] = None,
    harm_done: Annotated[Harm | None, typer.Option("--harm", help="Harm, where a row does not say.")] = None,
    of_list: Annotated[
        str | None, typer.Option("--list", metavar="LIST", help="On which list, where a row does not say.")
    ] = None,
    listed: Annotated[
        bool,
        typer.Option(
            "--list-by-source",
            help="Each source is a list of its own. Lists stand in clear: their names are made of the table and say"
            " nothing of the source. Each table gets names of its own; where the same source sends a second table,"
            " state its list by --list.",
        ),
    ] = False,
    before: Annotated[
        str, typer.Option("--before", metavar="PREFIX", help="Put before each identifier of the table.")
    ] = "",
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", metavar="COLUMN=VALUE", help="For all rows that do not say; as often as needed."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be recorded; record nothing.")
    ] = False,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Record all reports, people and consents of a table, or none. Every faulty row and column is named.

    Faults are listed on standard output; the first of them, and how many there are, stand in one line on standard
    error, and the exit status is 2.
    """
    from tearline.formats.register.reading import LARGEST_BYTES, Stated

    actor = acting(by, role, {Role.HARM_DESK, Role.ADVOCATE})
    cells = _stated(state or [])
    for name, value in (("source_class", source_class), ("harm", harm_done), ("list", of_list)):
        if value is not None:
            cells[name] = value
    stated = Stated(cells=cells, before=_before(before), listed=listed)
    _checked(stated)
    table = read(file, LARGEST_BYTES)
    with opened(data, database, reading=dry_run) as node:
        from tearline.jobs.register.taking_in import Faulty, judge
        from tearline.jobs.register.taking_in import take_in as recorded

        repeated = False
        if dry_run:
            judged = judge(node, table, file=str(file), stated=stated, by=actor)
        else:
            try:
                judged, appended = recorded(node, table, file=str(file), stated=stated, by=actor)
                repeated = appended.repeated
            except Faulty as faulty:
                judged = faulty.judged
    _told(judged, str(file), language, json=json, dry_run=dry_run, repeated=repeated)
    if judged.faults:
        aside(_faulty(str(file), judged.faults, language))
        raise typer.Exit(2)


@app.command(
    name="export",
    epilog="Example: tearline harm export --by harm-officer-1 --why 'for the court, order 12/2026' -o register.csv",
)
def give_out(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.csv", help="A new file, readable by you alone.")
    ],
    by: By,
    why: Annotated[str, typer.Option("--why", metavar="WHY", help="Why; recorded, sealed.")],
    role: Annotated[
        Role, typer.Option("--as", metavar="ROLE", help="harm-desk, advocate or linkage-analyst.")
    ] = Role.HARM_DESK,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Write the register as a table, as far as this role reads it. That it was read, and why, is recorded first."""
    from tearline.cli.disclose import reserved
    from tearline.jobs.register.giving_out import MAY

    actor = acting(by, role, MAY)
    if not why.strip():
        raise Malformed("--why", '""', Words("a reason in words", "un motivo en palabras"))
    with opened(data, database) as node, reserved(output):
        from tearline.config import replace_file

        text = _read_out(node, actor, why)
        replace_file(output, text.encode())
    rows = sum(1 for _ in csv.DictReader(io.StringIO(text, newline="")))
    aside(f"It names people who may be in danger, and whoever made it answers for it: {output}")
    if json:
        document({"file": str(output), "lines": rows})


@app.command(
    name="places", epilog="Example: tearline harm places towns.csv --by analyst-1 --as linkage-analyst"
)
def locate(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="place, latitude, longitude: of towns.")],
    by: By,
    role: Annotated[
        Role, typer.Option("--as", metavar="ROLE", help="harm-desk or linkage-analyst.")
    ] = Role.HARM_DESK,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Record where places lie that reports name, from a gazetteer, to a kilometre; all of them or nothing.

    Who is who is then compared by how far apart they lie. What stands on record already is not recorded once more, nor
    what no report names that is compared: once others have come, run it again.
    """
    from tearline.jobs.gazetteer import LARGEST_BYTES, read_places
    from tearline.jobs.register.locating import take_in
    from tearline.rooms.linkage import LINKING

    actor = acting(by, role, LINKING)
    places = read_places(read(file, LARGEST_BYTES), file=str(file))
    with opened(data, database) as node:
        found = take_in(node, places, actor)
    known, others = found.named - found.recorded, len(places) - found.named
    if json:
        document({"places": len(places), "named": found.named, "recorded": found.recorded})
    else:
        said = LOCATED.to(language).format(new=found.recorded, known=known, others=others)
        say(console(), said)


def _read_out(node: "Node", by: Actor, why: str) -> str:
    """The table, once its reading is on record."""
    from tearline.facts.reading import HARD
    from tearline.jobs.register.giving_out import KINDS, exported
    from tearline.node import Order
    from tearline.rooms.reading import NoteReading, OpenCompartments
    from tearline.signin.reading import Subject
    from tearline.web.access import Access

    access = Access(by.role, by.person)
    subject = Subject(page=PAGE, name=PAGE)
    opening = access.opening & {Compartment.WITNESSES, Compartment.VICTIMS}
    orders = []
    if hard := opening & HARD:
        orders.append(Order(command=OpenCompartments(subject.read(by.person, hard, why)), by=by))
    if soft := opening - HARD:
        orders.append(Order(command=NoteReading(subject.read(by.person, soft, why)), by=by))
    node.record_all(orders)
    return exported(access.cut(node.ledger.read(KINDS, opening=opening)), by)


def acting(by: str, role: Role, roles: "frozenset[Role] | set[Role]") -> Actor:
    """Malformed when that is no person, or none of these roles."""
    return Actor(_person(by), _among(role, roles))


def _person(by: str) -> PersonId:
    if not well_formed(by):
        raise Malformed(
            "--by",
            by,
            Words(
                "an identifier of a-z, 0-9 and inner hyphens",
                "un identificador de a-z, 0-9 y guiones interiores",
            ),
        )
    return PersonId(by)


def _among(role: Role, roles: "frozenset[Role] | set[Role]") -> Role:
    if role not in roles:
        known = ", ".join(sorted(roles))
        raise Malformed("--as", role.value, Words(f"one of {known}", f"uno de estos: {known}"))
    return role


def _before(before: str) -> str:
    if before and not well_formed(f"{before}1"):
        beginning = Words(
            "the beginning of an identifier: a-z, 0-9 and hyphens, such as a-",
            "el comienzo de un identificador: a-z, 0-9 y guiones, como a-",
        )
        raise Malformed("--before", before, beginning)
    return before


def _stated(state: Sequence[str]) -> dict[str, str]:
    from tearline.formats.register.reading import STATED

    cells = {}
    for one in state:
        column, _, value = one.partition("=")
        if column not in STATED or not value.strip() or column in cells:
            known = ", ".join(STATED)
            once = Words(
                f"COLUMN=VALUE once each, COLUMN one of {known}",
                f"COLUMN=VALUE una vez cada una, COLUMN una de {known}",
            )
            raise Malformed("--state", one, once)
        cells[column] = value.strip()
    return cells


def _checked(stated: "Stated") -> None:
    """What is stated for all rows is wrong once, not in every row."""
    from tearline.formats.register.columns import Unfit, columns, value_of

    for name, cell in stated.cells.items():
        try:
            value_of(columns()[name], cell)
        except Unfit as unfit:
            option = "--list" if name == "list" else "--state"
            raise Malformed(option, cell, unfit.expected) from None


def _told(
    judged: "Judged", file: str, language: Language, *, json: bool, dry_run: bool, repeated: bool
) -> None:
    faults = judged.faults
    if json:
        document(
            {
                "rows": judged.table.rows,
                "reports": judged.reports,
                "people": judged.people,
                "consents": judged.consents,
                "withdrawals": judged.withdrawals,
                "recorded": not faults and not dry_run,
                "repeated": repeated,
                "faults": [
                    {"line": f.line, "column": f.column, "found": f.found, "en": f.said.en, "es": f.said.es}
                    for f in faults
                ],
            }
        )
        return
    if faults:
        for fault in faults[:SHOWN]:
            print(_line(file, fault, language))
        more = len(faults) - SHOWN
        if more > 0:
            print(Words(f"and {more} more", f"y {more} más").to(language))
        return
    counted = Words(
        f"{judged.reports} reports, {judged.people} people named, {judged.consents} consents,"
        f" {judged.withdrawals} withdrawals",
        f"{judged.reports} informes, {judged.people} personas nombradas, {judged.consents} consentimientos,"
        f" {judged.withdrawals} retiros",
    )
    what = Words("Recorded: ", "Se registró: ")
    if dry_run:
        what = Words("Would be recorded: ", "Se registraría: ")
    elif repeated:
        what = Words("On record already, and nothing new: ", "Ya constaba, y nada nuevo: ")
    say(console(), what.to(language) + counted.to(language))


def _faulty(file: str, faults: Sequence["Fault"], language: Language) -> str:
    """The first fault, how many there are in how many rows, and that nothing was recorded."""
    rows = len({fault.line for fault in faults})
    many = Words(
        f"{_many(len(faults), 'fault')} in {_many(rows, 'row')}, nothing was recorded",
        f"{_many(len(faults), 'fallo')} en {_many(rows, 'fila')}, no se registró nada",
    )
    return f"{_line(file, faults[0], language)}; {many.to(language)}"


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _line(file: str, fault: "Fault", language: Language) -> str:
    said = fault.found[:60]
    found = Words(f" (found {said!r})", f" (está {said!r})").to(language) if said else ""
    line = Words("line", "línea").to(language)
    return printable(f"{file}: {line} {fault.line}, {fault.column}: {fault.said.to(language)}{found}")
