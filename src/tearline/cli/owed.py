"""What is owed: by whom, to whom, on what ground, since when it is late."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened
from tearline.cli.said import both, console, document, say
from tearline.facts.fact import Compartment
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.facts.fact import Fact
    from tearline.facts.history import Recorded
    from tearline.folds.obligations import Obligation
    from tearline.folds.unagreed import Unagreed
    from tearline.node import Node

EXAMPLE = "Example: tearline owed --data ./tearline-data --language es"
NOTHING = Words("Nothing is owed.", "No se debe nada.")
OVERDUE = Words("OVERDUE", "VENCIDA")
DUE = Words("due", "vence")
UNDATED = Words("no date stated", "sin fecha indicada")
DONE = Words("discharged {day}", "cumplida {day}")
LATE = Words("discharged late, {day}", "cumplida tarde, {day}")
HINDSIGHT = Words("would have been owed under {protocol}", "se habría debido según {protocol}")
TOLD = Words("In the worked case {telling}", "En el caso relatado {telling}")
PEOPLE = Words("the people concerned", "las personas afectadas")
FACT = Words("on", "por")
APART = Words("apart from any agreement", "al margen de todo acuerdo")


def owed(
    data: Data = HERE,
    database: Database = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that were discharged, and those of worked cases, too.")
    ] = False,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Show every open obligation, the one that was due first on top."""
    from tearline.folds.obligations import Obligation
    from tearline.folds.unagreed import QUESTION, Unagreed, unagreed

    with opened(data, database) as node:
        every = all_of(node)
        apart = unagreed(node.ledger.read(QUESTION), node.protocols, every, UTC)
    kept = [o for o in every if everything or (not o.discharged_by and not o.ground.told)]
    found: list[Obligation | Unagreed] = sorted([*kept, *apart], key=_place)
    now = datetime.now(UTC)
    if json:
        document([plain(o, now) if isinstance(o, Obligation) else plain_apart(o, now) for o in found])
        return
    out = console()
    if not found:
        out.print(NOTHING.to(language))
    telling = None
    for one in found:
        told = one.ground.told
        if told and told.telling != telling:
            telling = told.telling
            out.print(f"\n{TOLD.to(language).format(telling=telling)}", style="bold")
        said = line(one, now, language) if isinstance(one, Obligation) else line_apart(one, now, language)
        say(out, said)


def _place(one: "Obligation | Unagreed") -> tuple[str, bool, float]:
    """Live ones by due date, those without one last; then each telling's. Alike, they stay as they are."""
    told = one.ground.told
    return (told.telling if told else "", one.due is None, one.due.timestamp() if one.due else 0.0)


def all_of(node: "Node") -> "list[Obligation]":
    """Every obligation that the ledger gives rise to."""
    from tearline.folds.obligations import obligations, obligations_question

    # The reasons of verdicts are opened for what would have cured them; only the protocol's sentence is shown.
    opening = frozenset({Compartment.VERDICTS})
    return obligations(
        node.ledger.read(obligations_question(node.protocols), opening=opening), node.protocols
    )


def plain(o: "Obligation", now: datetime) -> dict[str, object]:
    return {
        "obligation": o.kind,
        "from": o.debtor,
        "to": o.creditor,
        "about": o.about,
        "since": o.since.isoformat(),
        "due": o.due.isoformat() if o.due else None,
        "overdue": o.overdue(now),
        "discharged_at": o.discharged_by.happened_at.isoformat() if o.discharged_by else None,
        "hindsight": o.hindsight,
        "telling": o.ground.told.telling if o.ground.told else None,
        "ground": _ground(o.ground),
        "agreement": o.agreement.agreement,
        "protocol": o.agreement.terms.protocol,
        "sentence": both(o.sentence),
        "cites": [str(cite) for cite in o.cites],
    }


def plain_apart(u: "Unagreed", now: datetime) -> dict[str, object]:
    """The same of what no agreement says: whoever keeps the record owes it to people."""
    return {
        "obligation": u.owes.value,
        "from": None,
        "to": "people",
        "about": u.about,
        "since": u.ground.happened_at.isoformat(),
        "due": u.due.isoformat() if u.due else None,
        "overdue": u.overdue(now),
        "discharged_at": None,
        "hindsight": False,
        "telling": None,
        "ground": _ground(u.ground),
        "agreement": None,
        "protocol": None,
        "sentence": both(u.owes.words),
        "cites": [],
    }


def _ground(ground: "Recorded[Fact]") -> dict[str, object]:
    return {"kind": type(ground.fact).__name__, "ref": ground.ref, "position": ground.position}


def line(o: "Obligation", now: datetime, language: Language) -> str:
    """One obligation on one line."""
    ground = f"{FACT.to(language)} {type(o.ground.fact).__name__} {o.about}"
    parties = f"{name(o.debtor, language)} → {name(o.creditor, language)}"
    said = [when(o, now, language), parties, o.sentence.to(language), ground]
    if o.hindsight:
        said.append(HINDSIGHT.to(language).format(protocol=o.agreement.terms.protocol))
    return "  ".join(said)


def line_apart(u: "Unagreed", now: datetime, language: Language) -> str:
    ground = f"{FACT.to(language)} {type(u.ground.fact).__name__} {u.about}"
    said = [_until(u.due, u.overdue(now), language), u.owes.words.to(language), ground, APART.to(language)]
    return "  ".join(said)


def when(o: "Obligation", now: datetime, language: Language) -> str:
    from tearline.cli.verdicts import moment

    if o.discharged_by:
        words = LATE if o.discharged_late() else DONE
        return words.to(language).format(day=moment(o.discharged_by.happened_at))
    return _until(o.due, o.overdue(now), language)


def _until(due: datetime | None, overdue: bool, language: Language) -> str:
    from tearline.cli.verdicts import moment

    said = f"{DUE.to(language)} {moment(due)}" if due else UNDATED.to(language)
    return f"{OVERDUE.to(language)}: {said}" if overdue else said


def name(party: str, language: Language) -> str:
    return PEOPLE.to(language) if party == "people" else party
