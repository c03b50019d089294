"""Who is who among reports of several sources, and which pairs a person should look at first. No node is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tearline.cli.options import AsJson, Spoken, read
from tearline.cli.said import aside, console, document, say
from tearline.facts.errors import Malformed
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.estimates.linkage.reports import Report
    from tearline.estimates.linkage.sizes import Averaged

EXAMPLE = "Example: tearline link reports.csv --labels pairs.csv -o links.csv"
NEXT_EXAMPLE = "Example: tearline link next reports.csv --labels pairs.csv -n 20"
REPORTS, NEXT = "reports", "next"

_DONE = Words(
    "{reports} reports of {people} people, in {file}.",
    "{reports} informes sobre {people} personas, en {file}.",
)
_SAMPLED = Words(
    "Between {low} and {high} people are documented with 95 %, as far as it is doubtful who is who.",
    "Entre {low} y {high} personas están documentadas con el 95 %, en lo que es dudoso quién es quién.",
)
_SIZE = Words(
    "About {median} in all, between {low} and {high} with 95 %, by decomposable graphs over {count} linkages.",
    "Unas {median} en total, entre {low} y {high} con el 95 %, por grafos descomponibles sobre {count} enlaces.",
)
_NO_SIZE = Words(
    "How many there were in all is not said: that needs two to six sources.",
    "No se dice cuántas personas hubo en total: para ello se necesitan de dos a seis fuentes.",
)
_UNNAMED = Words(
    "{n} reports name nobody. They stay reports: how many people they are of is not known, and is in no number here.",
    "{n} informes no nombran a nadie. Quedan como informes: no se sabe de cuántas personas tratan, y no están en"
    " ninguna cifra de aquí.",
)
_UNTOLD = Words(
    "No labels were given: `tearline link next` names the pairs that a person should look at first.",
    "No se dieron etiquetas: `tearline link next` nombra los pares que una persona debería mirar primero.",
)


class _LinkOrAsk(TyperGroup):
    """``link next …`` asks; whatever else follows ``link`` are reports to be linked, or options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if args[:1] == [NEXT] else [REPORTS, *args])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, command, rest = super().resolve_command(ctx, args)
        return "" if name == REPORTS else name, command, rest


app = typer.Typer(
    cls=_LinkOrAsk,
    help="Which reports are of one person; `link next` names the pairs that a person should look at first.",
    rich_markup_mode=None,
    epilog=EXAMPLE,
)

Reports = Annotated[
    list[Path],
    typer.Argument(
        metavar="REPORTS.csv…",
        help="report_id, source, given_names, paternal_surname, maternal_surname, age, date, place; and if wanted"
        " date_to, latitude, longitude, born, street, postcode, identity.",
    ),
]
Labels = Annotated[
    Path | None,
    typer.Option("--labels", metavar="PAIRS.csv", help="a, b and same: 1 for one person, 0 for two."),
]
Twice = Annotated[
    bool,
    typer.Option("--twice", help="A source may report a person twice. Relatives are then hardly told apart."),
]
Places = Annotated[
    Path | None,
    typer.Option(
        "--places",
        metavar="PLACES.csv",
        help="place, latitude, longitude: where places lie, for reports that give no degrees.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Of the linkages that are drawn.")]


def _is(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


@app.command(REPORTS, epilog=f"{EXAMPLE}\n\n{NEXT_EXAMPLE}")
def link(  # noqa: PLR0917  the command line gives them by name
    reports: Reports,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="LINKS.csv", help="report_id, person, probability.")
    ],
    labels: Labels = None,
    places: Places = None,
    twice: Twice = False,
    size: Annotated[
        int,
        typer.Option("--size", min=0, max=10_000, help="Linkages over which the number in all is averaged."),
    ] = 0,
    seed: Seed = 0,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Which reports are of one person. Within one source nobody is taken to be reported twice."""
    from tearline.estimates.linkage.linking import link as linked_by
    from tearline.estimates.linkage.linking import register
    from tearline.estimates.linkage.sizes import averaged
    from tearline.jobs.linkage import COLUMNS, rows_of, table

    if output.is_dir() or not output.parent.is_dir():
        raise Malformed("--output", str(output), "a file, in a folder that is there")
    if any(_is(output, given) for given in (*reports, labels, places) if given):
        raise Malformed("--output", str(output), "another file than those that are read")
    if twice and size:
        raise Malformed(
            "--size", str(size), "nothing with --twice: lists overlap only where each has a person once"
        )
    read_in, pairs = _read(reports, labels, places, once=not twice)
    linked = linked_by(register(read_in, list(pairs), once=not twice), pairs, seed=seed)
    found = averaged(linked, seed=seed, count=size) if size else None
    rows = rows_of(linked, read_in)
    _write(output, table(COLUMNS, rows))
    people, unnamed = linked.people, sum(not report.named for report in read_in)
    if json:
        said: dict[str, object] = {
            "reports": len(read_in),
            "unnamed": unnamed,
            "people": people,
            "labels": len(pairs),
            "output": str(output),
        }
        if found is not None:
            said["documented"] = {"low95": found.documented[0], "high95": found.documented[1]}
            said["size"] = (
                None
                if found.size is None
                else {
                    "median": found.size.median,
                    "low95": found.size.low95,
                    "high95": found.size.high95,
                    "mean": found.size.mean,
                }
            )
            said["linkages"] = size
        document(said)
        return
    out = console()
    say(out, _DONE.to(language).format(reports=len(read_in) - unnamed, people=people, file=output))
    if unnamed:
        say(out, _UNNAMED.to(language).format(n=unnamed))
    if found is not None:
        _say_size(found, size, language)
    if not pairs:
        aside(_UNTOLD.to(language))


def _say_size(found: "Averaged", count: int, language: Language) -> None:
    out = console()
    low, high = found.documented
    say(out, _SAMPLED.to(language).format(low=f"{low:,.0f}", high=f"{high:,.0f}"))
    if found.size is None:
        say(out, _NO_SIZE.to(language))
        return
    numbers = {"median": found.size.median, "low": found.size.low95, "high": found.size.high95}
    said = {name: f"{value:,.0f}" for name, value in numbers.items()}
    say(out, _SIZE.to(language).format(count=count, **said))


@app.command(NEXT, epilog=NEXT_EXAMPLE)
def ask(  # noqa: PLR0917  the command line gives them by name
    reports: Reports,
    labels: Labels = None,
    places: Places = None,
    twice: Twice = False,
    count: Annotated[int, typer.Option("-n", min=1, max=10_000, help="So many pairs.")] = 20,
    seed: Seed = 0,
    language: Spoken = Language.EN,  # noqa: ARG001  errors are said in it
    json: AsJson = False,
) -> None:
    """The pairs whose label would help most, most helpful first."""
    from tearline.estimates.linkage.linking import ask as asked
    from tearline.estimates.linkage.linking import register
    from tearline.jobs.linkage import table

    read_in, pairs = _read(reports, labels, places, once=not twice)
    wanted = asked(register(read_in, list(pairs), once=not twice), pairs, count=count, seed=seed)
    rows = [{"a": read_in[a].report_id, "b": read_in[b].report_id} for a, b in wanted]
    if json:
        document(rows)
    else:
        print(table(("a", "b"), rows), end="")


def _read(
    files: list[Path], labels: Path | None, places: Path | None, *, once: bool
) -> "tuple[list[Report], dict[tuple[int, int], bool]]":
    from tearline.jobs.gazetteer import read_places, with_places
    from tearline.jobs.reports import LARGEST_BYTES, read_labels, read_reports

    reports = read_reports([(str(file), read(file, LARGEST_BYTES)) for file in files])
    if places is not None:
        reports = with_places(reports, read_places(read(places, LARGEST_BYTES), file=str(places)))
    if labels is None:
        return reports, {}
    data = read(labels, LARGEST_BYTES)
    return reports, read_labels(data, file=str(labels), reports=reports, once=once)


def _write(file: Path, text: str) -> None:
    """All of it or nothing."""
    from tearline.config import replace_file

    try:
        replace_file(file, text.encode("utf-8"))
    except OSError as error:
        raise Malformed("--output", str(file), f"a file that can be written ({error.strerror})") from None
