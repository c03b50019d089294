"""A worked case told to a reader: what was decided and by which rules, what was owed, what was counted."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tearline.cli import leaks, operations
from tearline.cli.owed import PEOPLE
from tearline.cli.passed import needed
from tearline.cli.said import both, heading, say
from tearline.cli.told import Decided, ToldHistory, opened
from tearline.cli.verdicts import dated, day_of, moment, show
from tearline.facts.harm import CountDocumented
from tearline.facts.history import Precision, Recorded
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import DisclosureRecorded
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.folds.obligations import Obligation
    from tearline.jobs.cases import Case

ASKED = Words(
    "The request: tell {unit} {extent}, {manner}",
    "La solicitud: informar a {unit}: {extent}, {manner}",
)
CHAIN = Words("Who will really see it", "Quién lo verá en realidad")
BY = Words(", as decided by {who}", ", según resolvió {who}")
WEAKEST = Words("the weakest link", "el eslabón más débil")
HAPPENED = Words("What happened", "Lo que ocurrió")
DISCLOSED = Words(
    "{day}: {unit} was told {extent}, {manner}, outside any protocol",
    "{day}: se informó a {unit}: {extent}, {manner}, fuera de todo protocolo",
)
NEVER_CAME = Words(
    "What would have been owed under {protocol}, and never came",
    "Lo que se habría debido según {protocol} y nunca llegó",
)
STILL_OWED = Words(
    "What would be owed under {protocol}, and is not due yet when this telling ends",
    "Lo que se debería según {protocol} y aún no vence cuando termina este relato",
)
RECKONED = Words(
    "(~ reckoned from an act whose day is not known)", "(~ contado desde un acto cuyo día no se conoce)"
)
BECAUSE = Words("since: {ground}, {day} ({about})", "por: {ground}, {day} ({about})")
INEXACT = (Precision.MONTH, Precision.YEAR)
OWES = Words("{debtor} to {creditor}", "{debtor} a {creditor}")
NO_DAY = Words("no date stated", "sin fecha indicada")
COUNTS = Words(
    "How many: what each body has counted. They counted different things, so they are not added or averaged",
    "Cuántas personas: lo que contó cada quien. Contaron cosas distintas; no se suman ni se promedian",
)
COLUMNS = (
    Words("figure", "cifra"),
    Words("counted by", "contado por"),
    Words("what was counted", "qué se contó"),
    Words("area", "zona"),
    Words("said in", "dicho en"),
)
NOT_SAID = Words("not said", "no consta")
OR_MORE = Words("{least} or more", "{least} o más")
WOULD_PASS = Words("The request that would have passed", "La solicitud que habría pasado")
HAD_TO_BE = Words("What had to be true for it", "Lo que tendría que haber sido cierto")
WITHOUT = Words("without it: {verdict}, by {rules}", "sin ello: {verdict}, por {rules}")
NO_PERMIT = Words("no rule permits it", "ninguna regla lo permite")


def show_case(out: "Console", told: list[ToldHistory], language: Language) -> None:
    """Verdict first, then the account, what was owed and never came, the counts, and what would have passed."""
    decided = [d for t in told for d in t.decided]
    refused = [d for d in decided if not d.released]
    named = {d.request.fact.request: t for t in told for d in t.decided}
    for one in refused:
        show_request(out, one, named[one.request.fact.request], language)
    for one_told in told:
        show_events(out, one_told, language)
        leaks.show_leaks(out, one_told, language)
        for said in operations.accounts_of(one_told):
            operations.show_account(out, said, one_told, language)
        show_owed(out, NEVER_CAME, one_told.never_came, one_told, language)
        show_counts(out, one_told, language)
    for one in decided:
        if one.released:
            show_passed(out, one, refused, named[one.request.fact.request], language)
    for one_told in told:
        show_owed(out, STILL_OWED, one_told.still_owed, one_told, language)


def show_request(out: "Console", one: Decided, told: ToldHistory, language: Language) -> None:
    asked = one.request.fact
    heading(
        out,
        ASKED.to(language).format(
            unit=told.name(asked.unit),
            extent=asked.extent.words.to(language),
            manner=asked.manner.words.to(language),
        ),
    )
    show(out, one.verdict, language, told.called)
    show_chain(out, one, told, language)


def show_chain(out: "Console", one: Decided, told: ToldHistory, language: Language) -> None:
    """Who will really see it: each recipient and everyone above them, with who vetted them."""
    from tearline.folds.people import Status

    chain = one.dossier.get("chain")
    links = [link for link in chain if isinstance(link, dict)] if isinstance(chain, list) else []
    statuses = [Status(str(link.get("outcome", "unknown"))) for link in links]
    worst = max(statuses, key=lambda s: s.severity, default=Status.CLEARED)
    out.print(f"\n{CHAIN.to(language)}:")
    for link, status in zip(links, statuses, strict=True):
        vetter = link.get("decided_by")
        by = BY.to(language).format(who=told.name(vetter)) if isinstance(vetter, str) else ""
        weakest = f"  ← {WEAKEST.to(language)}" if status is worst and status is not Status.CLEARED else ""
        say(out, f"{told.called(str(link['person']))}: {status.words.to(language)}{by}{weakest}", indent=2)


def show_events(out: "Console", told: ToldHistory, language: Language) -> None:
    """What was given out with no protocol, and what became known to the adversary."""
    lines = [_disclosed(r, told, language) for r in told.known.of(DisclosureRecorded)]
    lines += [
        f"{day_of(r.happened_at, r.precision)}: {opened(r.fact.seen)}"
        for r in told.known.of(CompromiseReported)
    ]
    if lines:
        heading(out, HAPPENED.to(language))
    for line in lines:
        say(out, line, indent=2)


def _disclosed(r: Recorded[DisclosureRecorded], told: ToldHistory, language: Language) -> str:
    return DISCLOSED.to(language).format(
        day=day_of(r.happened_at, r.precision),
        unit=told.name(r.fact.unit),
        extent=r.fact.extent.words.to(language),
        manner=r.fact.manner.words.to(language),
    )


def show_owed(
    out: "Console", title: Words, found: "Sequence[Obligation]", told: ToldHistory, language: Language
) -> None:
    """Obligations with their debtors, grounds and citations, under one title."""
    if not found:
        return
    protocols = ", ".join(sorted({name for o in found for name in o.agreement.packs}))
    heading(out, title.to(language).format(protocol=protocols))
    if any(o.ground.precision in INEXACT for o in found):
        say(out, RECKONED.to(language), indent=2, style="dim")
    for o in found:
        due = _about(o.due, o.ground.precision) if o.due else NO_DAY.to(language)
        parties = OWES.to(language).format(
            debtor=party(o.debtor, told, language), creditor=party(o.creditor, told, language)
        )
        say(out, f"{due}  {parties}: {o.sentence.to(language)}", indent=2)
        ground = type(o.ground.fact).in_words.to(language)
        day = day_of(o.ground.happened_at, o.ground.precision)
        say(out, BECAUSE.to(language).format(ground=ground, day=day, about=o.about), indent=4)
        for cite in o.cites:
            said = dated(cite, language, o.since.date(), _about(o.since, o.ground.precision))
            say(out, f"[{said}]", indent=4, hang=1, style="dim")


def party(who: str, told: ToldHistory, language: Language) -> str:
    return PEOPLE.to(language) if who == "people" else told.name(who)


def show_counts(out: "Console", told: ToldHistory, language: Language) -> None:
    counts = told.known.of(CountDocumented)
    if not counts:
        return
    from rich.table import Table

    heading(out, COUNTS.to(language))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    for column in COLUMNS:
        table.add_column(column.to(language), justify="right" if column is COLUMNS[0] else "left")
    for recorded in sorted(counts, key=lambda r: r.fact.least):
        count = recorded.fact
        missing = NOT_SAID.to(language)
        table.add_row(
            figure(count, language), count.counted_by, count.unit, count.area or missing, count.said_in
        )
    out.print(table)


def figure(count: CountDocumented, language: Language) -> str:
    if count.most is None:
        return OR_MORE.to(language).format(least=count.least)
    return f"{count.least}" if count.most == count.least else f"{count.least}-{count.most}"


def show_passed(
    out: "Console", one: Decided, refused: list[Decided], told: ToldHistory, language: Language
) -> None:
    """The release, and each thing without which the protocol would not have allowed it."""
    heading(out, WOULD_PASS.to(language))
    show_request(out, one, told, language)
    for other in refused:
        out.print(f"\n{HAD_TO_BE.to(language)}:", style="bold")
        for part in needed(one.protocol, one.dossier, other.dossier):
            rules = ", ".join(part.rules) or NO_PERMIT.to(language)
            verdict = part.without.effect.words.to(language)
            say(out, f"· {part.part.words.to(language)}", indent=2)
            say(out, WITHOUT.to(language).format(verdict=verdict, rules=rules), indent=4, style="dim")


def _about(at: datetime, precision: Precision) -> str:
    """A day reckoned from a claimed time, marked where that time is only known to the month or year."""
    if precision is Precision.MINUTE:
        return moment(at)
    return ("~" if precision in INEXACT else "") + at.strftime("%Y-%m-%d")


def plain(case: "Case", told: list[ToldHistory]) -> dict[str, object]:
    """The same for machines."""
    from tearline.cli import owed, verdicts

    now = datetime.now(UTC)
    requests = [
        {
            "request": d.request.fact.request,
            "verdict": d.verdict.effect.value,
            "released": d.released,
            "rules": [verdicts.rule(m) for m in d.verdict.matched],
            "owed": [verdicts.owed(o) for o in d.verdict.owed],
        }
        for t in told
        for d in t.decided
    ]

    return {
        "case": case.name,
        "title": both(case.title),
        "requests": requests,
        "never_came": [owed.plain(o, now) for t in told for o in t.never_came],
        "still_owed": [owed.plain(o, now) for t in told for o in t.still_owed],
        "counts": [
            {
                "counted_by": r.fact.counted_by,
                "least": r.fact.least,
                "most": r.fact.most,
                "unit": r.fact.unit,
                "area": r.fact.area,
                "said_in": r.fact.said_in,
            }
            for t in told
            for r in t.known.of(CountDocumented)
        ],
        "had_to_be_true": _had_to_be(told),
        "leaks": [leak for t in told for leak in leaks.plain(t)],
        "accounts": [operations.plain(a, t) for t in told for a in operations.accounts_of(t)],
    }


def _had_to_be(told: list[ToldHistory]) -> list[dict[str, object]]:
    decided = [d for t in told for d in t.decided]
    return [
        {
            "what": both(part.part.words),
            "facts": list(part.part.paths),
            "without": part.without.effect.value,
            "rules": part.rules,
        }
        for passed in decided
        if passed.released
        for refused in decided
        if not refused.released
        for part in needed(passed.protocol, passed.dossier, refused.dossier)
    ]
