"""Having the ledger's checkpoint cosigned by its witnesses, and putting it before the public."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, opened
from tearline.cli.said import aside, document

if TYPE_CHECKING:
    from tearline.jobs.publication import Publication

EXAMPLE = "Example: tearline ledger publish --export /srv/ledger"


def publish(
    data: Data = HERE,
    database: Database = None,
    export: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="DIR", help="Bring the static ledger in DIR up to what was published."
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=600, help="How long the witnesses may take together.")
    ] = 10.0,
    json: AsJson = False,
) -> None:
    """Ask the node's witnesses for their cosignatures, and publish the checkpoint if enough of them gave theirs.

    Witnesses, how many of them are needed and who must be among them stand in the node's settings (node.json). Exit
    status 1 when they did not suffice: what was published before stands then.
    """
    from tearline.config import Settings
    from tearline.jobs.publication import publishing

    settings = Settings.read(data)
    with opened(data, database) as node, publishing(node.ledger, settings, data, seconds=seconds) as attempt:
        done = attempt()
        if done.holds and export is not None:
            from tearline.jobs.exporting import export_ledger

            export_ledger(node, settings, export)
    if json:
        document(_plain(done))
    else:
        _say(done)
    if not done.holds:
        missing = f"without {', '.join(done.absent)}" if done.absent else f"{settings.quorum} are needed"
        aside(f"not published: cosigned by {len(done.at)} of {len(settings.witnesses)} witnesses, {missing}")
        raise typer.Exit(1)


def _plain(done: "Publication") -> dict[str, object]:
    return {
        "published": done.holds,
        "size": done.checkpoint.size,
        "cosigned": [{"witness": w.name, "at": _instant(at)} for w, at in done.at.items()],
        "silent": [{"witness": s.witness.name, "why": s.why} for s in done.silent],
        "absent": list(done.absent),
        "checkpoint": done.note,
    }


def _say(done: "Publication") -> None:
    print(f"The checkpoint of {done.checkpoint.size} entries:")
    for witness, at in done.at.items():
        print(f"  cosigned by {witness.name} at {_instant(at)}")
    for silent in done.silent:
        print(f"  not cosigned by {silent.witness.name}: {silent.why}")
    print("It is published." if done.holds else "It is not published.")


def _instant(at: int) -> str:
    """A witness's time as people read it; its own clock says what it likes, so it may be no date at all."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return f"second {at}"
