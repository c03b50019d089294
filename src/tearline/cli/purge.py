"""Purging sealed fields: ordered by one person, signed by another, completed by the node."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.said import aside, console, document, say
from tearline.cli.signing import PersonalKey, give
from tearline.facts.errors import Malformed
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import FactId, PersonId, PurgeId, PurgeNoticeId, well_formed
from tearline.facts.retention import (
    PurgeGround,
    PurgeNoticeGiven,
    PurgeNoticeOwed,
    PurgeOrdered,
    PurgeReceiptReceived,
)
from tearline.facts.shape import Place, Text
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.folds.retention import Awaited, PurgeStanding
    from tearline.node import Node
    from tearline.rooms import Command

DEFAULT = "facts"
CITED = {
    PurgeGround.TERM_ENDED: "28 CFR 23.20(h)",
    PurgeGround.MISLEADING: "28 CFR 23.20(h)",
    PurgeGround.UNLAWFUL: "28 CFR 23.20(d)",
    PurgeGround.ERASURE: "Directive (EU) 2016/680, Article 16",
}
"""The text that a ground rests on, where it is always the same one. An order has its own number."""
LONGEST_CITATION = 200

ORDERED = Words(
    "Purge {purge} of {facts} is ordered: {ground}. Nothing is destroyed yet. Another person signs it:",
    "Supresión {purge} de {facts} ordenada: {ground}. Aún no se destruye nada. La firma otra persona:",
)
CONFIRM = "tearline purge --confirm {purge} --by PERSON"
PURGED = Words(
    "Purge {purge}: the keys of {facts} are destroyed: {ground}.",
    "Supresión {purge}: se destruyeron las claves de {facts}: {ground}.",
)
COMPLETE = Words("It is complete.", "Está completa.")
WAITS = Words("It waits for {what}.", "Espera {what}.")
BACKUP = Words("backup {backup}, until {day}", "copia {backup}, hasta el {day}")
OWED = Words(
    "Owed a notice: {who} ({release}), notice {notice}.", "Se debe aviso a {who} ({release}), aviso {notice}."
)
FACTS = Words("{count} facts", "{count} hechos"), Words("1 fact", "1 hecho")
NOTHING = Words("No purge is on record.", "No consta ninguna supresión.")
RESTART = "Start again every other process that has this node open: it holds the old wrapping key."
NEXT_KEY = "Hand out the next wrapping key in TEARLINE_MASTER_KEY_NEXT and run: tearline purge resume"
OLD_KEY = "Hand out the new wrapping key in TEARLINE_MASTER_KEY, destroy the old one, and run: tearline purge resume"

By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who acts.")]
As = Annotated[
    Role,
    typer.Option(
        "--as",
        metavar="ROLE",
        help="Their role: releasing-officer (orders only), senior-officer or overseer.",
    ),
]


class FactsFirst(TyperGroup):
    """``tearline purge FACT`` orders or signs; what else there is has a name."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "--help", "-h"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=FactsFirst,
    help="Purge sealed fields: tearline purge FACT --ground GROUND --by PERSON, twice, by two people.",
    epilog="Example: tearline purge 06h03kidi6n4juea6nlmpl4c --ground term-ended --by ana",
    rich_markup_mode=None,
)


@app.command(
    DEFAULT, epilog="Example: tearline purge facts 06h03kidi6n4juea6nlmpl4c --ground term-ended --by ana"
)
def facts(
    *,
    facts: Annotated[
        list[str] | None, typer.Argument(metavar="FACT...", help="References of facts, or their positions.")
    ] = None,
    by: By,
    ground: Annotated[PurgeGround | None, typer.Option("--ground", help="Why the law asks for it.")] = None,
    cites: Annotated[
        str | None,
        typer.Option("--cites", metavar="TEXT", help="The text or order; no one's name: it stays on record."),
    ] = None,
    role: As = Role.SENIOR_OFFICER,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="PURGE", help="Sign this purge, which another ordered.")
    ] = None,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Order the purge of these facts' sealed fields; given again by another person, sign it and destroy the keys.

    The facts stay, with their proofs, and who purged them on what ground. Recipients of a purged item are owed a
    notice. A purge is complete when the old wrapping key and every backup of it are gone; see tearline purge list.
    """
    who = actor(by, role)
    if confirm is None:
        if not facts:
            raise Malformed("purge", "FACT", "the reference of at least one fact, or --confirm PURGE")
        if ground is None:
            raise Malformed("--ground", "nothing", f"one of {', '.join(g.value for g in PurgeGround)}")
        cites = _citation(ground, cites)
    elif facts or ground or cites:
        raise Malformed("--confirm", confirm, "no facts, ground or citation beside it: they were ordered")
    with opened(data, database) as node:
        purge = PurgeId(confirm) if confirm else None
        refs = tuple(reference(node, fact) for fact in facts or ())
        if ground is not None:
            purge = _ordered(node, refs, ground)
        signing = purge is not None
        command: Command
        if purge is None:
            from tearline.rooms.retention.purges import OrderPurge

            assert ground is not None and cites is not None  # noqa: S101, PT018  said above
            purge = PurgeId(f"purge-{secrets.token_hex(6)}")
            command = OrderPurge(PurgeOrdered(purge=purge, refs=refs, ground=ground, cites=cites))
        else:
            from tearline.rooms.retention.purges import SignPurge

            command = SignPurge(purge=purge)
        give(node, command, who, key)
        if signing:
            _complete(node)
        _show([s for s in _standings(node) if s.purge == purge], language, json=json, one=True)


def _citation(ground: PurgeGround, cites: str | None) -> str:
    found = CITED.get(ground) if cites is None else cites
    if found is None:
        raise Malformed("--cites", "nothing", f"the order or text for the ground {ground.value}")
    return Text(LONGEST_CITATION).parse(found, Place("--cites"))


def reference(node: "Node", fact: str) -> FactId:
    """The reference of a fact, given by itself or by its position."""
    if fact.isascii() and fact.isdigit() and len(fact) < 19:
        if int(fact) >= node.ledger.size():
            raise Malformed("purge", fact, f"a position below {node.ledger.size()}, the number of entries")
        return FactId(node.ledger.entry(int(fact)).recorded.ref)
    if not well_formed(fact) or node.ledger.find(fact) is None:
        raise Malformed("purge", fact, "the reference of a fact on record")
    return FactId(fact)


def _ordered(node: "Node", refs: Sequence[FactId], ground: PurgeGround) -> PurgeId | None:
    """The purge of just these facts on this ground that still lacks its second signature."""
    for standing in _standings(node):
        ordered = standing.ordered.fact
        if standing.purged is None and set(ordered.refs) == set(refs) and ordered.ground is ground:
            return standing.purge
    return None


@app.command("list", epilog="Example: tearline purge list --json")
def list_(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """List every purge: what it waits for, and who is still owed a notice of it."""
    with opened(data, database, reading=True) as node:
        _show(_standings(node), language, json=json)


@app.command(epilog="Example: tearline purge resume --data ./tearline-data")
def resume(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """Complete what can be completed now: rewrap, destroy the old wrapping key, put it on record.

    To be run after a key backup has expired or was destroyed, and after anything that cut a purge off.
    """
    with opened(data, database) as node:
        _complete(node)
        _show(_standings(node), language, json=json)


@app.command(
    epilog="Example: tearline purge notice 5dj2qkx7mhfa --said 'It is destroyed; destroy yours.' --by leo"
)
def notice(
    *,
    notice: Annotated[str, typer.Argument(metavar="NOTICE", help="As tearline purge list shows it.")],
    said: Annotated[str, typer.Option("--said", metavar="TEXT", help="What the recipient was told. Sealed.")],
    by: By,
    role: Annotated[Role, typer.Option("--as", metavar="ROLE", help="Their role.")] = Role.LIAISON,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Put on record that a recipient was told of a purge."""
    from tearline.facts.fact import Sealed

    who, text = actor(by, role), Text().parse(said, Place("--said"))
    with opened(data, database) as node:
        from tearline.node import Order
        from tearline.rooms.retention.notices import GivePurgeNotice

        owed = _owed(node, notice)
        fact = PurgeNoticeGiven(notice=owed.notice, purge=owed.purge, release=owed.release, said=Sealed(text))
        (ref,) = node.record(Order(command=GivePurgeNotice(fact), by=who)).refs
    _recorded(ref, json=json)


@app.command(
    epilog="Example: tearline purge receipt 5dj2qkx7mhfa --stated 'We destroyed both copies.' --by leo"
)
def receipt(
    *,
    notice: Annotated[str, typer.Argument(metavar="NOTICE", help="As tearline purge list shows it.")],
    stated: Annotated[str, typer.Option("--stated", metavar="TEXT", help="What the partner states. Sealed.")],
    by: By,
    role: Annotated[Role, typer.Option("--as", metavar="ROLE", help="Their role.")] = Role.LIAISON,
    data: Data = HERE,
    database: Database = None,
    json: AsJson = False,
) -> None:
    """Put on record what a partner states that it destroyed."""
    from tearline.facts.fact import Sealed

    who, text = actor(by, role), Text().parse(stated, Place("--stated"))
    with opened(data, database) as node:
        from tearline.node import Order
        from tearline.rooms.retention.notices import RecordPurgeReceipt

        owed = _owed(node, notice)
        fact = PurgeReceiptReceived(
            notice=owed.notice, purge=owed.purge, release=owed.release, stated=Sealed(text)
        )
        (ref,) = node.record(Order(command=RecordPurgeReceipt(fact), by=who)).refs
    _recorded(ref, json=json)


def _owed(node: "Node", notice: str) -> PurgeNoticeOwed:
    found = node.ledger.read(about(f"purgenotice:{PurgeNoticeId(notice)}", kinds=(PurgeNoticeOwed,)))
    if not found.of(PurgeNoticeOwed):
        raise Malformed("purge", notice, "a notice that is owed; see tearline purge list")
    return found.of(PurgeNoticeOwed)[0].fact


def _recorded(ref: str, *, json: bool) -> None:
    if json:
        document({"fact": ref})
    else:
        print(ref)


def actor(by: str, role: Role) -> Actor:
    """Who acts, as what. Malformed when that is no identifier."""
    if not well_formed(by):
        raise Malformed("--by", by, "an identifier of a-z, 0-9 and inner hyphens")
    return Actor(PersonId(by), role)


def _standings(node: "Node") -> "list[PurgeStanding]":
    from tearline.jobs.purge import purges_of

    return purges_of(node)


def _complete(node: "Node") -> None:
    """Go as far as is possible now, and say what is to be done where that is not the end."""
    from tearline.folds.retention import Awaits
    from tearline.jobs.purge import awaits, complete

    before = node.ledger.epoch()
    standings = complete(node)
    if node.ledger.epoch() != before:
        aside(RESTART)
    wrapping = node.ledger.keys.wrapping
    if wrapping is not None and wrapping.outside:
        if any(awaits(s, Awaits.REWRAP) for s in standings):
            aside(NEXT_KEY)
        elif any(awaits(s, Awaits.OLD_KEY) for s in standings):
            aside(OLD_KEY)


def _show(standings: "Sequence[PurgeStanding]", language: Language, *, json: bool, one: bool = False) -> None:
    if json:
        plain = [_plain(standing) for standing in standings]
        document(plain[0] if one else plain)
        return
    out = console()
    if not standings:
        say(out, NOTHING.to(language))
    for standing in standings:
        for line in _lines(standing, language):
            say(out, line)


def _lines(standing: "PurgeStanding", language: Language) -> list[str]:
    ordered = standing.ordered.fact
    count = len(ordered.refs)
    many, single = FACTS
    what = (single if count == 1 else many).to(language).format(count=count)
    ground = f"{ordered.ground.words.to(language)} ({ordered.cites})"
    if standing.purged is None:
        lines = [ORDERED.to(language).format(purge=standing.purge, facts=what, ground=ground)]
        return [*lines, CONFIRM.format(purge=standing.purge)]
    lines = [PURGED.to(language).format(purge=standing.purge, facts=what, ground=ground)]
    if standing.completed is not None:
        lines.append(COMPLETE.to(language))
    lines += [WAITS.to(language).format(what=_awaited(one, language)) for one in standing.awaits]
    for owed in standing.untold:
        who = ", ".join((owed.fact.unit, *owed.fact.recipients))
        lines.append(OWED.to(language).format(who=who, release=owed.fact.release, notice=owed.fact.notice))
    return lines


def _awaited(one: "Awaited", language: Language) -> str:
    said = one.what.words.to(language)
    if one.backup is None or one.until is None:
        return said
    named = BACKUP.to(language).format(backup=one.backup, day=one.until.date().isoformat())
    return f"{said} ({named})"


def _plain(standing: "PurgeStanding") -> dict[str, object]:
    ordered, purged, completed = standing.ordered.fact, standing.purged, standing.completed
    return {
        "purge": standing.purge,
        "state": "completed" if completed else "purged" if purged else "ordered",
        "facts": list(ordered.refs),
        "positions": list(purged.fact.indices) if purged else [],
        "ground": ordered.ground.value,
        "cites": ordered.cites,
        "ordered_by": standing.ordered.by.person,
        "signed_by": purged.by.person if purged else None,
        "ordered_at": _time(standing.ordered.recorded_at),
        "purged_at": _time(purged.recorded_at) if purged else None,
        "completed_at": _time(completed.recorded_at) if completed else None,
        "waits_for": [
            {"what": one.what.value, "backup": one.backup, "until": _time(one.until) if one.until else None}
            for one in standing.awaits
        ],
        "owed_notices": [
            {
                "notice": owed.fact.notice,
                "release": owed.fact.release,
                "item": owed.fact.item,
                "unit": owed.fact.unit,
                "recipients": list(owed.fact.recipients),
            }
            for owed in standing.untold
        ],
    }


def _time(at: datetime) -> str:
    return at.isoformat()
