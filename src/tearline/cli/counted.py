"""Who is who and how many on a node's record, without a page's time limit: the same commands as the site gives."""

import itertools
from datetime import date
from typing import TYPE_CHECKING, Annotated, cast

import typer

from tearline.cli.harm import By, acting
from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.progress import shown
from tearline.cli.said import console, document, say
from tearline.facts.errors import Malformed
from tearline.facts.harm import Harm
from tearline.facts.history import Role
from tearline.facts.shape import Whole
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.facts.casualties import CasualtiesEstimated

LINK_EXAMPLE = "Example: tearline harm link --by linkage-analyst-1"
ESTIMATE_EXAMPLE = (
    "Example: tearline harm estimate --by linkage-analyst-1 --unit 'people who disappeared' --area 'the north'"
    " --from 2011-03-01 --to 2011-03-31"
)
Acting = Annotated[Role, typer.Option("--as", metavar="ROLE", help="linkage-analyst or harm-desk.")]
Seed = Annotated[
    int,
    typer.Option("--seed", min=0, max=Whole.LARGEST, help="The same gives the same from the same record."),
]

STEPS = 9
"""At the most: what ``figured`` tells of as it goes."""
_LINKED = Words(
    "{reported} people reported, {people} people ({low} to {high} with 95 %); {doubtful} pairs are doubtful.",
    "{reported} personas informadas, {people} personas ({low} a {high} con el 95 %); {doubtful} pares son dudosos.",
)
_SCOPE = Words("{unit}; {area}; {first} to {last}", "{unit}; {area}; {first} a {last}")
_DOCUMENTED = Words(
    "{n} people documented ({low} to {high} with 95 %): {scope}.",
    "{n} personas documentadas ({low} a {high} con el 95 %): {scope}.",
)
_BETWEEN = Words("{least} to {most}", "{least} a {most}")
_OR_MORE = Words("{least} or more", "{least} o más")
_UNNAMED = Words(
    "Besides, reports tell of {between} people whom they do not name; some may be the same, or named elsewhere.",
    "Además, los informes hablan de {between} personas a quienes no nombran; algunas pueden ser las mismas o estar"
    " nombradas en otros.",
)
_ALL_NAMED = Words(
    "No report tells of people whom it does not name.",
    "Ningún informe habla de personas a quienes no nombra.",
)
_IN_ALL = Words(
    "{median} in all ({low} to {high} with 95 %): {scope}.",
    "{median} en total ({low} a {high} con el 95 %): {scope}.",
)
_NONE = Words("How many in all cannot be said:", "No puede decirse cuántas en total:")


def link(
    *,
    by: By,
    role: Acting = Role.LINKAGE_ANALYST,
    seed: Seed = 1,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Compare all people reported who may be counted, and record who may be one person."""
    from tearline.facts.linkage import LinkageRun
    from tearline.node import Order
    from tearline.rooms.linkage import LINKING, Comparing, RunLinkage

    actor = acting(by, role, LINKING)
    with opened(data, database) as node:
        appended = node.record(Order(command=RunLinkage(Comparing(seed=seed)), by=actor))
        (recorded,) = node.ledger.at([appended.first], opening=RunLinkage.opens)
        made = cast(LinkageRun, recorded.fact)
    doubtful = len(made.doubtful.open())
    numbers = {"reported": made.reported, "people": made.people, "low": made.low, "high": made.high}
    if json:
        document({"linkage": made.linkage, **numbers, "judged": made.judged, "doubtful": doubtful})
    else:
        said = {name: f"{n:,}" for name, n in numbers.items()}
        say(console(), _LINKED.to(language).format(doubtful=doubtful, **said))


def estimate(
    *,
    by: By,
    unit: Annotated[str, typer.Option("--unit", metavar="WORDS", help="What is counted.")],
    area: Annotated[str, typer.Option("--area", metavar="WORDS", help="Where, in words.")],
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="First day, such as 2011-03-01.")],
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Last day.")],
    harm: Annotated[Harm | None, typer.Option("--harm", help="Only this harm.")] = None,
    place: Annotated[
        list[str] | None, typer.Option("--place", help="Only reports of this place; as often as needed.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Without what each assumption, changed, would give.")
    ] = False,
    role: Acting = Role.LINKAGE_ANALYST,
    seed: Seed = 1,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Count people of a scope, estimate how many there were in all, and record it; or why that cannot be said."""
    from tearline.facts.casualties import CasualtiesEstimated, CountedScope
    from tearline.node import Order
    from tearline.rooms.casualties import COUNTING, EstimateCasualties

    actor = acting(by, role, COUNTING)
    scope = CountedScope(
        unit=_words("--unit", unit, 200),
        area=_words("--area", area, 160),
        first_day=(begins := _day("--from", first)),
        last_day=_last_day(begins, last),
        harm=harm,
        places=tuple(_words("--place", one, 120) for one in place or ()),
    )
    with opened(data, database) as node:
        done = itertools.count(1)
        with shown("estimating") as advance:
            command = EstimateCasualties(
                scope, seed=seed, varied=not quick, step=lambda _what: advance(next(done), STEPS)
            )
            appended = node.record(Order(command=command, by=actor))
        (recorded,) = node.ledger.at([appended.first])
        made = cast(CasualtiesEstimated, recorded.fact)
    _told(made, language, json=json)


def _told(made: "CasualtiesEstimated", language: Language, *, json: bool) -> None:
    from tearline.folds.estimates import REASONS

    scope = made.scope
    if json:
        document(
            {
                "estimate": made.estimate,
                "documented": {
                    "n": made.documented,
                    "low95": made.documented_low,
                    "high95": made.documented_high,
                },
                "unit": scope.unit,
                "area": scope.area,
                "from": scope.first_day.isoformat(),
                "to": scope.last_day.isoformat(),
                "harm": scope.harm,
                "places": list(scope.places),
                "unnamed": {"least": made.unnamed_least, "most": made.unnamed_most},
                "size": None
                if made.median is None
                else {"median": made.median, "low95": made.low, "high95": made.high},
                "refused": list(made.refused),
            }
        )
        return
    out = console()
    of = _SCOPE.to(language).format(
        unit=scope.unit, area=scope.area, first=scope.first_day, last=scope.last_day
    )
    documented = {"n": made.documented, "low": made.documented_low, "high": made.documented_high}
    said = {name: f"{n:,}" for name, n in documented.items()}
    say(out, _DOCUMENTED.to(language).format(scope=of, **said))
    say(out, _unnamed(made, language))
    if made.median is not None and made.low is not None and made.high is not None:
        size = {"median": made.median, "low": made.low, "high": made.high}
        said = {name: f"{n:,.0f}" for name, n in size.items()}
        say(out, _IN_ALL.to(language).format(scope=of, **said))
        return
    say(out, _NONE.to(language))
    for rule in made.refused:
        say(out, REASONS[rule].to(language), indent=2)


def _unnamed(made: "CasualtiesEstimated", language: Language) -> str:
    if made.unnamed_most == 0:
        return _ALL_NAMED.to(language)
    words = _OR_MORE if made.unnamed_most is None else _BETWEEN
    between = words.to(language).format(least=f"{made.unnamed_least:,}", most=f"{made.unnamed_most or 0:,}")
    return _UNNAMED.to(language).format(between=between)


def _words(option: str, text: str, limit: int) -> str:
    if not text.strip() or len(text) > limit or any(ord(c) < 32 for c in text):
        raise Malformed(option, text[:60], f"words, at most {limit} characters")
    return text.strip()


def _last_day(first: date, text: str) -> date:
    last = _day("--to", text)
    if last < first:
        raise Malformed("--to", text, f"a day that is not before --from, {first}")
    return last


def _day(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Malformed(option, text[:60], "a day such as 2011-03-01")
    return day
