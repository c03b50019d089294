"""Partners' logs: naming them, looking at them, receiving what came by another way, showing what is held."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened, read
from tearline.cli.said import aside, console, document, say
from tearline.facts.errors import Malformed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import OrganisationId, PersonId, well_formed
from tearline.facts.logs import LONGEST_VKEY, Came, ForkEvidence, PartnerLogNamed, log_id
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.folds.logs import PartnerLog
    from tearline.jobs.watch import Looked
    from tearline.node import Node

app = typer.Typer(
    help="Partners' logs: which are theirs, and whether they show one history.", rich_markup_mode=None
)

By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who acts.")]
As = Annotated[Role, typer.Option("--as", metavar="ROLE", help="liaison, senior-officer or overseer.")]
LARGEST_FILE = 64 * 1024
ALARM = Words(
    "FORK: {origin} of {organisation} signed two histories that do not fit. Evidence: entry {entry}."
    " Nothing is released to {organisation} any more.",
    "DOS HISTORIAS: {origin} de {organisation} firmó dos historias que no concuerdan. Evidencia: asiento {entry}."
    " Ya nada se divulga a {organisation}.",
)
SAID = {
    "handed-over": Words("handed over to its next key", "pasó a su siguiente clave"),
    "received": Words("{size} entries, fits what is held", "{size} asientos, concuerda con lo que se tiene"),
    "shown": Words(
        "{size} entries, shown to fit after all", "{size} asientos, se mostró al fin que concuerda"
    ),
    "unchanged": Words("{size} entries, held already", "{size} asientos, ya se tenía"),
    "unproven": Words(
        "NOT SHOWN TO FIT: {size} entries; nothing is released to {organisation} until it is",
        "NO SE MOSTRÓ QUE CONCUERDE: {size} asientos; nada se divulga a {organisation} hasta que se muestre",
    ),
    "unreachable": Words("could not be read: {said}", "no se pudo leer: {said}"),
    "disbelieved": Words("NOT BELIEVED: {said}", "NO CREÍDO: {said}"),
}
NAMED = Words(
    "{origin} is named the log of {organisation} (entry {entry}).",
    "{origin} queda nombrado como registro de {organisation} (asiento {entry}).",
)
SECOND = Words(
    "A second person has to name it too before anything is released to {organisation} again.",
    "Debe nombrarlo otra persona más para que se vuelva a divulgar algo a {organisation}.",
)
HELD = Words("{size} entries held", "se tienen {size} asientos")
NONE = Words("No partner's log is named.", "No se ha nombrado el registro de ningún socio.")


@app.command(
    epilog="Example: tearline logs name harbour-police police.example/log+8b4d1c0e+AY3S… https://police.example/ledger"
    " --by officer-1"
)
def name(
    *,
    organisation: Annotated[str, typer.Argument(metavar="ORG", help="The organisation on record.")],
    vkey: Annotated[
        str, typer.Argument(metavar="VKEY", help="Its log's verifier key, obtained from itself.")
    ],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where its static ledger is served (https).")],
    by: By,
    role: As = Role.LIAISON,
    replaces: Annotated[
        str | None,
        typer.Option(
            "--replaces",
            metavar="ORIGIN",
            help="The log that was stopped. It takes two people to name another in its place.",
        ),
    ] = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Say which log is a partner's. A second person confirms by the same words."""
    actor = _actor(by, role)
    if not well_formed(organisation):
        raise Malformed("ORG", organisation, "an identifier of a-z, 0-9 and inner hyphens")
    from tearline.ledger.note import ED25519, Vkey
    from tearline.peers.addresses import checked_url

    key = Vkey.parse(vkey, "VKEY")
    if key.type != ED25519 or len(vkey) > LONGEST_VKEY:
        raise Malformed("VKEY", vkey, f"a log's key, signature type 1, at most {LONGEST_VKEY} characters")
    fact = PartnerLogNamed(
        organisation=OrganisationId(organisation),
        log=log_id(key.name),
        origin=key.name,
        vkey=vkey,
        url=checked_url(url),
        replaces=log_id(replaces) if replaces is not None else None,
    )
    with opened(data, database) as node:
        from tearline.node import Order
        from tearline.rooms.logs.naming import NamePartnerLog

        entry = node.record(Order(command=NamePartnerLog(fact), by=actor)).first
        stop = _logs(node)[replaces].stop if replaces else None
    if json:
        document(
            {
                "organisation": organisation,
                "origin": key.name,
                "entry": entry,
                "still_stopped": stop is not None,
            }
        )
        return
    for words in (NAMED,) if stop is None else (NAMED, SECOND):
        said = words.to(language).format(origin=key.name, organisation=organisation, entry=entry)
        say(console(), said)


@app.command(epilog="Example: tearline logs watch --by officer-1")
def watch(
    *,
    by: By = "node",
    role: As = Role.LIAISON,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Look once at every partner's log; for a timer. Exit status 1 unless all fit what is held."""
    actor = _actor(by, role)
    from tearline.jobs.watch import watch as look

    with opened(data, database) as node:
        return _tell(look(node, actor), language, json=json)


@app.command(epilog="Example: tearline logs receive checkpoint.txt --came shown --by officer-1")
def receive(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A signed checkpoint, or a log's hand-over.")],
    by: By,
    role: As = Role.LIAISON,
    came: Annotated[
        Came, typer.Option(help="carried by a message, or shown by a third party.")
    ] = Came.CARRIED,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Hold a checkpoint that came by another way against what its log has signed. Exit status 1 unless it fits."""
    actor = _actor(by, role)
    note = read(file, LARGEST_FILE)
    if len(note) > LARGEST_FILE:
        raise Malformed(str(file), "top", f"at most {LARGEST_FILE} bytes")
    from tearline.jobs.watch import is_hand_over, receive_checkpoint, receive_hand_over

    with opened(data, database) as node:
        if is_hand_over(note):
            looked = receive_hand_over(node, note, actor, str(file))
        else:
            looked = receive_checkpoint(node, note, came, actor, str(file))
        return _tell([looked], language, json=json)


@app.command("list", epilog="Example: tearline logs list --json")
def list_(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """Show every partner's log: what is held of it, and by which fact exchange with its owner is stopped."""
    with opened(data, database) as node:
        logs = list(_logs(node).values())
    if json:
        document([_plain(log) for log in logs])
        return
    from tearline.folds.logs import why

    out = console()
    if not logs:
        out.print(NONE.to(language))
    for log in logs:
        named = log.named.fact
        held = HELD.to(language).format(size=log.latest.fact.checkpoint.size if log.latest else 0)
        say(out, f"{named.organisation}  {named.origin}  {held}", style="bold")
        if log.stop is not None:
            say(out, why(log.stop)[1].to(language), indent=2, style="bold red")


def _actor(by: str, role: Role) -> Actor:
    if not well_formed(by):
        raise Malformed("--by", by, "an identifier of a-z, 0-9 and inner hyphens")
    return Actor(PersonId(by), role)


def _logs(node: "Node") -> "dict[str, PartnerLog]":
    """Every partner's log by its origin."""
    from tearline.folds.logs import LOG_KINDS, partner_logs

    logs = partner_logs(node.ledger.read(about(kinds=LOG_KINDS)))
    return {log.named.fact.origin: log for log in logs.values()}


def _tell(looks: "list[Looked]", language: Language, *, json: bool) -> int:
    """Say what each look came to, alarms on standard error too; 1 unless all is well."""
    for looked in looks:
        if looked.outcome == "forked":
            aside(_line(ALARM, looked, language))
    if json:
        document(
            [
                {
                    "organisation": looked.organisation,
                    "origin": looked.origin,
                    "outcome": looked.outcome.value,
                    "size": looked.size,
                    "entry": looked.entry,
                    "said": looked.said,
                }
                for looked in looks
            ]
        )
    else:
        out = console()
        for looked in looks:
            if looked.outcome != "forked":
                sentence = _line(SAID[looked.outcome], looked, language)
                say(out, f"{looked.origin}: {sentence}")
    return 0 if all(looked.outcome.good for looked in looks) else 1


def _line(words: Words, looked: "Looked", language: Language) -> str:
    return words.to(language).format(
        origin=looked.origin,
        organisation=looked.organisation,
        entry=looked.entry,
        size=looked.size,
        said=looked.said,
    )


def _plain(log: "PartnerLog") -> dict[str, object]:
    named, stop = log.named.fact, log.stop
    return {
        "organisation": named.organisation,
        "origin": named.origin,
        "vkeys": log.vkeys,
        "url": named.url,
        "watched": log.watched,
        "held": {
            "size": log.latest.fact.checkpoint.size,
            "root": log.latest.fact.checkpoint.root,
            "checkpoint": log.latest.fact.checkpoint.note,
            "recorded_at": log.latest.recorded_at.isoformat(),
        }
        if log.latest
        else None,
        "unproven": [r.fact.checkpoint.size for r in log.unproven],
        "forks": [_evidence(r.fact, r.position) for r in log.forks],
        "stopped_by": stop.position if stop else None,
    }


def _evidence(fact: ForkEvidence, entry: int) -> dict[str, object]:
    """All that a stranger needs, with the log's keys, to see that it signed two histories."""
    return {
        "entry": entry,
        "misfit": fact.misfit.value,
        "checkpoints": [fact.shorter.note, fact.longer.note],
        "proof": list(fact.proof),
    }
