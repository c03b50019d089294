"""A verdict as a machine reads it and as a person does: what was decided, and by which rules on which facts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tearline.cli.protocol import citation, cited, length
from tearline.cli.said import both, say
from tearline.facts.history import Precision
from tearline.facts.words import Language, Words
from tearline.protocol.dossier import write_dossier

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.protocol import Citation, Decision, Matched, Owed, Reading, Verdict

POSTDATES = Words(
    "this text applied only from {since}; the act was on {day}",
    "este texto solo rige desde {since}; el acto fue el {day}",
)
MISSING = Words("not known", "no consta")
OWED = Words("What would cure it", "Qué lo subsanaría")
OWED_BESIDE = Words(
    "What would cure the holds; the refusals would stand",
    "Qué subsanaría las retenciones; las negativas quedarían",
)
HOLDS = Words("hold (a fact is missing)", "retener (falta un dato)")
NOT_KNOWN = Words("Not known whether: {because}", "No se sabe si: {because}")
UNDATED = Words("no date stated", "sin fecha indicada")
SAYS = Words("{pack} says on {at}", "{pack} dice al {at}")
UNDECIDED = Words("does not permit: a fact it needs is missing", "no permite: falta un dato que necesita")
LIFTED = Words("The hold {rule} is lifted by {by}", "La retención {rule} queda dispensada por {by}")
Called = Callable[[str], str]
COLOURS = {"release": "bold green", "hold": "bold yellow", "refuse": "bold red"}


def rule(matched: "Matched") -> dict[str, object]:
    """A matching rule in ``decide --json``."""
    return {
        "id": matched.rule.id,
        "effect": matched.rule.effect.value,
        "certain": matched.certain,
        "because": both(matched.rule.because),
        "cites": [citation(cite) for cite in matched.rule.cites],
        "facts": [{"path": r.path, "value": plain(r.value)} for r in matched.readings],
        "missing": list(matched.missing),
    }


def owed(one: "Owed") -> dict[str, object]:
    """What would cure a hold, in ``decide --json``."""
    return {
        "obligation": one.obligation,
        "from": one.debtor.value,
        "due": plain(one.due),
        "rule": one.rule,
        "sentence": both(one.sentence),
    }


def plain(value: object) -> object:
    """A fact's value as JSON has it."""
    return write_dossier({"value": value})["value"]


def show(out: "Console", decision: "Decision", language: Language, called: Called = str) -> None:
    """The whole decision: what it says, pack by pack every rule that matched, then what would cure a hold."""
    several = len(decision.verdicts) > 1
    if several:
        _heading(out, decision.protocol, decision, language)
    for verdict in decision.verdicts:
        if several:
            out.print()
        _heading(out, verdict.pack, verdict, language)
        for matched in verdict.matched:
            show_rule(out, matched, language, verdict.at.date(), called)
        for matched in verdict.undecided:
            say(out, f"{matched.rule.id}: {UNDECIDED.to(language)} ({', '.join(matched.missing)})", indent=2)
    for waived in decision.waived:
        lifted = LIFTED.to(language).format(rule=waived.rule.id, by=f"{waived.by.pack}:{waived.by.id}")
        out.print(f"\n{lifted}")
    if decision.owed:
        words = OWED_BESIDE if decision.effect.value == "refuse" else OWED
        out.print(f"\n{words.to(language)}:")
        for one in decision.owed:
            due = moment(one.due) if one.due else UNDATED.to(language)
            say(out, f"{due}  {one.debtor.words.to(language)}: {one.sentence.to(language)}", indent=2)


def _heading(out: "Console", pack: str, said: "Decision | Verdict", language: Language) -> None:
    heading = SAYS.to(language).format(pack=pack, at=moment(said.at))
    out.print(f"{heading}: ", end="")
    out.print(said.effect.words.to(language).upper(), style=COLOURS[said.effect.value])


def show_rule(
    out: "Console", matched: "Matched", language: Language, day: date, called: Called = str
) -> None:
    """One matching rule: id, sentence, the facts that made it match, the texts it rests on."""
    effect = matched.rule.effect
    out.print()
    if matched.certain:
        out.print(f"  {effect.words.to(language)} ", style=COLOURS.get(effect.value, "bold green"), end="")
    else:
        out.print(f"  {HOLDS.to(language)} ", style=COLOURS["hold"], end="")
    out.print(matched.rule.id, style="bold")
    because = matched.rule.because.to(language)
    say(out, because if matched.certain else NOT_KNOWN.to(language).format(because=because), indent=4, hang=0)
    for line in facts(matched.readings, language, called):
        say(out, f"· {line}", indent=4)
    for path in matched.missing:
        say(out, f"· {path}: {MISSING.to(language)}", indent=4)
    for cite in matched.rule.cites:
        say(out, f"[{dated(cite, language, day)}]", indent=4, hang=1, style="dim")


def dated(cite: "Citation", language: Language, day: date, told: str = "") -> str:
    """A citation that says so where its text did not apply yet on that day; ``told`` is the day as it is known."""
    if cite.since is None or cite.applied_on(day):
        return cited(cite, language)
    later = POSTDATES.to(language).format(since=cite.since, day=told or day)
    return f"{cited(replace(cite, since=None), language)}; {later}"


def facts(readings: "Sequence[Reading]", language: Language, called: Called = str) -> Iterator[str]:
    """What a condition read, one line for each thing that it read of; ``called`` gives things their names."""
    things: dict[str, list[str]] = {}
    for reading in readings:
        thing, dot, field = reading.path.rpartition(".")
        if not dot or "(" in reading.path:
            thing, field = reading.path, ""
        value = MISSING.to(language) if reading.value is None else _words(reading.value, called)
        things.setdefault(thing, []).append(f"{field} {value}".strip())
    for thing, said in things.items():
        yield f"{thing}: {', '.join(said)}"


def _words(value: object, called: Called) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime():
            return moment(value)
        case timedelta():
            return length(value)
        case str():
            return called(value)
        case _:
            return str(value)


def day_of(at: datetime, precision: Precision) -> str:
    """A claimed time, no more exact than it is known."""
    match precision:
        case Precision.YEAR:
            return at.strftime("%Y")
        case Precision.MONTH:
            return at.strftime("%Y-%m")
        case Precision.DAY:
            return at.strftime("%Y-%m-%d")
        case _:
            return moment(at.astimezone(UTC))


def moment(at: datetime) -> str:
    """A time to the minute, with its offset only where it is not UTC."""
    return at.strftime("%Y-%m-%d %H:%M") + ("Z" if at.utcoffset() == timedelta(0) else at.strftime("%z"))
