"""Whether a node is fit to work: before it goes live, and each morning."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, checked
from tearline.cli.said import both, console, document, say
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.jobs.checkup import Finding

EXAMPLE = "Example: tearline doctor --data ./tearline-data --network"
LEVELS = {"ok": Words("ok", "bien"), "warn": Words("WARN", "AVISO"), "fail": Words("FAIL", "FALLA")}
SUMMED = Words(
    "{fail} failed, {warn} to look at, {ok} fine.", "{fail} fallan, {warn} por revisar, {ok} bien."
)


def doctor(
    data: Data = HERE,
    database: Database = None,
    network: Annotated[
        bool, typer.Option("--network", help="Ask the witnesses too, how far they are.")
    ] = False,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Check all that a node rests on, and say what to do where it is not well. Exit 1 when a check fails.

    Nothing is changed, and nobody on a network is asked unless you say --network. Run it as the node's user.
    """
    url = checked(database)
    from tearline.jobs.checkup import Level, examine

    found = list(examine(data, database=url, now=datetime.now(UTC), network=network))
    if json:
        document([_plain(one) for one in found])
    else:
        _show(found, language)
    if any(one.level is Level.FAIL for one in found):
        raise typer.Exit(1)


def _plain(one: "Finding") -> dict[str, object]:
    return {
        "check": one.check,
        "level": one.level.value,
        "said": both(one.said),
        "do": one.do and both(one.do),
    }


def _show(found: "list[Finding]", language: Language) -> None:
    out = console()
    for one in found:
        level = LEVELS[one.level.value].to(language)
        say(out, f"{level:6} {one.check}: {one.said.to(language)}", hang=7)
        if one.do is not None:
            say(out, f"→ {one.do.to(language)}", indent=7)
    count = {name: sum(one.level.value == name for one in found) for name in LEVELS}
    say(out, SUMMED.to(language).format(**count))
