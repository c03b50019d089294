"""The account of a joint operation as the demonstration prints it: results, tolls, and what cannot be said."""

from datetime import date
from typing import TYPE_CHECKING

from tearline.cli.said import both, heading, say
from tearline.cli.told import ToldHistory, opened
from tearline.cli.verdicts import day_of
from tearline.facts.operations import OperationDeclared, ResultCounted
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from tearline.folds.account import Account
    from tearline.folds.agreements import Agreement

TITLE = Words("The account of {name}", "La rendición de cuentas de {name}")
PLACE = Words("{place}; partners: {partners}", "{place}; socios: {partners}")
AIM = Words("Declared aim: {aim}", "Fin declarado: {aim}")
AGREED = Words("Agreed", "Lo acordado")
SIGNED = Words("{name}, {since}: {own} and {partner}", "{name}, {since}: {own} y {partner}")
NO_TERMS = Words(
    "; its terms are not known, and those of {protocol} are applied in hindsight",
    "; sus términos no constan y se aplican en retrospectiva los de {protocol}",
)
CAVEATS = Words("Limits that a side set itself", "Límites que una parte se fijó")
EARLIER = Words("An earlier attempt", "Un intento anterior")
STOOD_DOWN = Words("{unit}, stood down in {year}: {why}", "{unit}, dada de baja en {year}: {why}")
PLANNED = Words("What was planned, beside what is in being", "Lo planeado, junto a lo que existe")
PLANNED_COLUMNS = (
    Words("planned", "planeado"),
    Words("whose", "de quién"),
    Words("in being", "en existencia"),
)
IN_BEING = Words("In being", "Lo que existe")
MANNED = Words("{count} × {kind}, manned by {who}", "{count} × {kind}, a cargo de {who}")
TRAINED = Words(
    "{officers} officers of {unit} in training by {who}: {module}",
    "{officers} oficiales de {unit} en capacitación por {who}: {module}",
)
RESULTS = Words("Results, with who counted them", "Resultados, con quién los contó")
RESULT_COLUMNS = (
    Words("result", "resultado"),
    Words("as stated", "según lo dicho"),
    Words("counted by", "contado por"),
    Words("over", "periodo"),
    Words("credit", "atribución"),
)
TOLLS = Words("What it cost, and what is feared", "Lo que costó y lo que se teme")
TOLL_COLUMNS = (
    Words("when", "cuándo"),
    Words("what happened", "qué ocurrió"),
    Words("killed", "muertos"),
    Words("injured", "heridos"),
    Words("retaliation", "represalia"),
)
MOVED = Words("What moved elsewhere", "Lo que se desplazó")
CLAIMED = Words("Effects that were claimed", "Efectos que se afirmaron")
BY = Words("{what} (said by {who}; {controls})", "{what} (dicho por {who}; {controls})")
UNSAID = Words("What is not known, and cannot be said on this record", "Lo que no se sabe ni puede decirse")
UNTIL = Words("{first} to {last}", "{first} a {last}")
NOT_SAID = Words("not said", "no consta")


def accounts_of(told: ToldHistory) -> "list[Account]":
    """The accounts of a telling's operations of which it says more than that they were declared."""
    from tearline.folds.account import account

    found = [account(told.known, r.fact.operation) for r in told.known.of(OperationDeclared)]
    return [a for a in found if a is not None and (a.results or a.tolls or a.planned)]


def show_account(out: "Console", said: "Account", told: ToldHistory, language: Language) -> None:
    """One operation, from its aim to what cannot be said of it."""
    declared = said.operation.fact
    partners = ", ".join(told.name(o) for o in declared.organisations)
    heading(out, TITLE.to(language).format(name=declared.name))
    say(out, PLACE.to(language).format(place=declared.place, partners=partners), indent=2)
    say(out, AIM.to(language).format(aim=declared.aim), indent=2)
    _lines(out, AGREED, [_agreed(a, told, language) for a in said.agreements], language)
    _lines(
        out, CAVEATS, [f"{told.name(c.fact.organisation)}: {c.fact.limit}" for c in said.caveats], language
    )
    _lines(out, EARLIER, _earlier(said, language), language)
    _show_planned(out, said, told, language)
    _lines(out, IN_BEING, _in_being(said, told, language), language)
    _show_results(out, said, told, language)
    _show_tolls(out, said, language)
    moved = [f"{d.fact.dimension.words.to(language)}: {d.fact.what}" for d in said.displacements]
    _lines(out, MOVED, moved, language)
    claims = [
        BY.to(language).format(
            what=c.fact.what, who=c.fact.claimed_by, controls=c.fact.controls.words.to(language)
        )
        for c in said.claims
    ]
    _lines(out, CLAIMED, claims, language)
    _lines(out, UNSAID, [words.to(language) for words in said.cannot_say], language)


def _lines(out: "Console", title: Words, lines: list[str], language: Language) -> None:
    if lines:
        out.print(f"\n{title.to(language)}:", style="bold")
    for line in lines:
        say(out, f"· {line}", indent=2)


def _agreed(agreement: "Agreement", told: ToldHistory, language: Language) -> str:
    terms = agreement.terms
    sides = [
        (told.name(side), signatory and told.name(signatory))
        for side, signatory in ((terms.own, terms.own_signatory), (terms.partner, terms.partner_signatory))
    ]
    own, partner = (f"{signatory} ({side})" if signatory else side for side, signatory in sides)
    line = SIGNED.to(language).format(
        name=agreement.name, since=agreement.in_force_from.date(), own=own, partner=partner
    )
    return line + (NO_TERMS.to(language).format(protocol=terms.protocol) if agreement.hindsight else "")


def _earlier(said: "Account", language: Language) -> list[str]:
    return [
        STOOD_DOWN.to(language).format(
            unit=e.unit.fact.name,
            year=e.stood_down.happened_at.year,
            why="; ".join(opened(a.recorded.fact.account) for a in e.allegations) or NOT_SAID.to(language),
        )
        for e in said.earlier
    ]


def _in_being(said: "Account", told: ToldHistory, language: Language) -> list[str]:
    lines = [
        MANNED.to(language).format(
            count=len(m.posts), kind=m.kind.words.to(language), who=told.name(m.organisation)
        )
        for m in said.posts
    ]
    return lines + [
        TRAINED.to(language).format(
            officers=c.fact.officers,
            unit=told.name(c.fact.unit),
            who=told.name(c.fact.instructors),
            module=c.fact.module,
        )
        for c in said.training
    ]


def _show_planned(out: "Console", said: "Account", told: ToldHistory, language: Language) -> None:
    if not said.planned:
        return
    table = _table(out, PLANNED, PLANNED_COLUMNS, language)
    for p in said.planned:
        in_being = NOT_SAID.to(language) if p.in_being is None else str(p.in_being)
        table.add_row(p.measure.fact.as_said, told.name(p.measure.fact.organisation), in_being)
    out.print(table)


def _show_results(out: "Console", said: "Account", told: ToldHistory, language: Language) -> None:
    if not said.results:
        return
    table = _table(out, RESULTS, RESULT_COLUMNS, language)
    for r in said.results:
        fact = r.fact
        table.add_row(
            fact.kind.words.to(language),
            fact.as_said,
            told.name(fact.counted_by),
            _over(fact, day_of(r.happened_at, r.precision), language),
            fact.credit.words.to(language),
        )
    out.print(table)


def _over(fact: ResultCounted, counted: str, language: Language) -> str:
    first, last = fact.first_day, fact.last_day
    if isinstance(first, date) and isinstance(last, date):
        return UNTIL.to(language).format(first=first.isoformat(), last=last.isoformat())
    return counted


def _show_tolls(out: "Console", said: "Account", language: Language) -> None:
    if not said.tolls:
        return
    table = _table(out, TOLLS, TOLL_COLUMNS, language)
    for t in said.tolls:
        table.add_row(
            day_of(t.happened_at, t.precision),
            t.fact.what,
            str(t.fact.killed),
            str(t.fact.injured),
            t.fact.retaliation.words.to(language),
        )
    out.print(table)


def _table(out: "Console", title: Words, columns: tuple[Words, ...], language: Language) -> "Table":
    from rich.table import Table

    out.print(f"\n{title.to(language)}:", style="bold")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column.to(language))
    return table


def plain(said: "Account", told: ToldHistory) -> dict[str, object]:
    """The account for machines."""
    return {
        "operation": said.operation.fact.operation,
        "name": said.operation.fact.name,
        "results": [
            {
                "kind": r.fact.kind.value,
                "figure": r.fact.figure,
                "as_said": r.fact.as_said,
                "counted_by": told.name(r.fact.counted_by),
                "credit": r.fact.credit.value,
            }
            for r in said.results
        ],
        "tolls": [
            {
                "kind": t.fact.kind.value,
                "what": t.fact.what,
                "killed": t.fact.killed,
                "injured": t.fact.injured,
                "retaliation": t.fact.retaliation.value,
            }
            for t in said.tolls
        ],
        "planned": [
            {
                "measure": p.measure.fact.measure.value,
                "as_said": p.measure.fact.as_said,
                "in_being": p.in_being,
            }
            for p in said.planned
        ],
        "displacements": [d.fact.what for d in said.displacements],
        "claims": [{"what": c.fact.what, "controls": c.fact.controls.value} for c in said.claims],
        "cannot_say": [both(words) for words in said.cannot_say],
    }
