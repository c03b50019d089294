"""Founding a node: whoever is to admit the others, and the code by which each of them first comes in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened, read
from tearline.cli.said import aside, document
from tearline.facts.errors import Malformed
from tearline.facts.identifiers import EXPECTED, OrganisationId, PersonId, well_formed
from tearline.facts.words import Language, Words

EXAMPLE = (
    'Example: tearline found --data ./tearline-data --organisation agency --name "The Agency" --country Utopia'
    " --person p-1 --person p-2 --descriptions founders.json"
)
LARGEST, LONGEST = 64 * 1024, 2000
CODE = Words("{person}: {code}", "{person}: {code}")
NEXT = Words(
    "Hand each code to its founder alone, and keep none. They enter it at /enrol of the site within fourteen days and"
    " make a key on their own device. It is shown here once and stored nowhere.",
    "Entregue cada código solo a su fundador, y no guarde ninguno. Cada quien lo escribe en /enrol del sitio antes de"
    " catorce días y crea una clave en su propio dispositivo. Se muestra aquí una vez y no se guarda en ninguna parte.",
)


def found(
    *,
    person: Annotated[
        list[str],
        typer.Option("--person", metavar="PERSON", help="A founder's identifier, no name; two at the least."),
    ],
    organisation: Annotated[
        str, typer.Option("--organisation", metavar="ID", help="The identifier of the agency.")
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What the agency is called.")],
    country: Annotated[str, typer.Option("--country", metavar="NAME", help="Where it is.")],
    descriptions: Annotated[
        Path | None,
        typer.Option(
            "--descriptions",
            metavar="FILE",
            help="Who each founder is: a JSON object by identifier, sealed when recorded. Asked for if absent.",
        ),
    ] = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Name the founders of a node, once, and print the code with which each of them enrols a first key."""
    from tearline.signin.codes import shown
    from tearline.signin.founding import Organisation
    from tearline.signin.founding import found as founded

    for place, one in (("--organisation", organisation), *(("--person", p) for p in person)):
        if not well_formed(one):
            raise Malformed(place, one, EXPECTED)
    if len(set(person)) != len(person) or len(person) < 2:
        raise Malformed("--person", ", ".join(person), "two founders at the least, each named once")
    with opened(data, database) as node:
        told = _asked(person) if descriptions is None else _read(descriptions, person)
        agency = Organisation(id=OrganisationId(organisation), name=name, country=country)
        codes = founded(node, agency, told)
    if json:
        document({"codes": {p: shown(code) for p, code in codes.items()}})
        return
    for one, code in codes.items():
        print(CODE.to(language).format(person=one, code=shown(code)))
    aside(NEXT.to(language))


def _read(file: Path, people: list[str]) -> dict[PersonId, str]:
    from tearline.facts.strict import parse_json

    held = parse_json(read(file, LARGEST), file=str(file), largest=LARGEST)
    if not isinstance(held, dict) or set(held) != set(people):
        raise Malformed(str(file), "top", f"an object with these members: {', '.join(people)}")
    for one, text in held.items():
        if not isinstance(text, str) or not _may_stand(text):
            raise Malformed(str(file), one, f"who they are, in 1 to {LONGEST} characters")
    return {PersonId(one): str(held[one]) for one in people}


def _asked(people: list[str]) -> dict[PersonId, str]:
    """From whoever sits at the terminal: what is said there stands in no list of processes and no shell's history."""
    if not sys.stdin.isatty():
        raise Malformed("--descriptions", "absent", "a file, where there is no terminal to ask at")
    told: dict[PersonId, str] = {}
    for one in people:
        text = str(typer.prompt(f"Who is {one}? It is sealed", err=True)).strip()
        if not _may_stand(text):
            raise Malformed("terminal", one, f"who they are, in 1 to {LONGEST} characters")
        told[PersonId(one)] = text
    return told


def _may_stand(text: str) -> bool:
    return 0 < len(text.strip()) <= LONGEST and text.isprintable()
