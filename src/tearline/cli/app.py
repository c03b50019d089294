"""All commands, gathered. What a command needs is imported when it runs, so that ``--help`` is quick."""

from typing import Annotated

import typer

from tearline.cli import (
    backup,
    cases,
    casualties,
    config,
    counted,
    decide,
    demo,
    diff,
    docs,
    doctor,
    exposure,
    found,
    harm,
    holds,
    imports,
    keys,
    ledger,
    link,
    logs,
    marks,
    nodes,
    owed,
    proposals,
    protocol,
    publication,
    purge,
    replay,
    retention,
    stops,
    tokens,
    witness,
)

app = typer.Typer(
    name="tearline",
    help="One accountable system for partners who must share sensitive information and cannot fully trust"
    " each other.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"tearline {version('tearline')}")
        raise typer.Exit


@app.callback(epilog="Example: tearline demo --no-serve")
def tearline(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """One accountable system for partners who must share and cannot fully trust each other."""


app.command(epilog=demo.EXAMPLE)(demo.demo)
app.command(epilog=nodes.INIT_EXAMPLE)(nodes.init)
app.command(epilog=found.EXAMPLE)(found.found)
app.command(epilog=nodes.SERVE_EXAMPLE)(nodes.serve)
app.command(epilog=doctor.EXAMPLE)(doctor.doctor)
app.add_typer(config.app, name="config")
app.command(epilog=decide.EXAMPLE)(decide.decide)
app.command(epilog=owed.EXAMPLE)(owed.owed)
app.command(epilog=exposure.ATTRIBUTE_EXAMPLE)(exposure.attribute)
app.command(epilog=exposure.RISK_EXAMPLE)(exposure.risk)
app.command(epilog=casualties.EXAMPLE)(casualties.estimate)
app.add_typer(link.app, name="link")
harm.app.command(name="link", epilog=counted.LINK_EXAMPLE)(counted.link)
harm.app.command(name="estimate", epilog=counted.ESTIMATE_EXAMPLE)(counted.estimate)
app.add_typer(harm.app, name="harm")
app.add_typer(cases.app, name="case")
app.add_typer(imports.app, name="import")
protocol.app.command(epilog=proposals.PROPOSE_EXAMPLE)(proposals.propose)
protocol.app.command(epilog=proposals.SIGN_EXAMPLE)(proposals.sign)
protocol.app.command(epilog=proposals.WITHDRAW_EXAMPLE)(proposals.withdraw)
protocol.app.command(epilog=proposals.PROPOSALS_EXAMPLE)(proposals.proposals)
protocol.app.command(epilog=proposals.TEXT_EXAMPLE)(proposals.text)
protocol.app.command(epilog=replay.REPLAY_EXAMPLE)(replay.replay)
protocol.app.command(epilog=replay.DOSSIERS_EXAMPLE)(replay.dossiers)
protocol.app.command(epilog=stops.EXAMPLE)(stops.stops)
protocol.app.command(epilog=diff.EXAMPLE)(diff.diff)
app.add_typer(protocol.app, name="protocol")
ledger.app.command(epilog=publication.EXAMPLE)(publication.publish)
app.add_typer(ledger.app, name="ledger")
app.add_typer(keys.app, name="keys")
app.add_typer(witness.app, name="witness")
app.add_typer(logs.app, name="logs")
app.add_typer(tokens.app, name="tokens")
app.command(epilog=backup.BACKUP_EXAMPLE)(backup.backup)
app.command(epilog=backup.RESTORE_EXAMPLE)(backup.restore)
app.command(epilog=backup.PUBLISHED_EXAMPLE)(backup.published)
app.add_typer(purge.app, name="purge")
app.add_typer(holds.app, name="hold")
app.add_typer(retention.app, name="retention")
app.add_typer(marks.app, name="marks")
app.add_typer(docs.app, name="docs")
