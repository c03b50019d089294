"""What a replay came to, as a machine reads it and as a person does: looser cases first."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tearline.cli.protocol import identity
from tearline.cli.said import heading, say
from tearline.cli.verdicts import COLOURS
from tearline.cli.verdicts import plain as plain_value
from tearline.facts.words import Language, Words
from tearline.jobs.replay.tally import ranked

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.jobs.replay.tally import Case, Cause, Caused, Tally
    from tearline.jobs.replay.task import Task, Text

COMPARED = Words(
    "Dossiers put to {new}, compared with {old}: {count}. Verdicts that stay: {same}; that change: {changed}",
    "Expedientes puestos a {new}, comparados con {old}: {count}. Veredictos que quedan: {same}; que cambian:"
    " {changed}",
)
OWN = Words("what each dossier's agreement names", "lo que nombra el acuerdo de cada expediente")
DECIDED = Words("what decided each", "lo que decidió cada uno")
LOOSER = Words("LOOSER: {count}. Each is stopped today", "MÁS LAXO: {count}. Hoy se detiene cada uno")
NOT_LOOSER = Words("Nothing is looser among these dossiers", "Nada es más laxo entre estos expedientes")
STRICTER = Words("Stricter: {count}", "Más estricto: {count}")
BY_OLD = Words("By the rules that would stop it no longer:", "Por las reglas que ya no lo detendrían:")
BY_NEW = Words("By the rules that would stop it:", "Por las reglas que lo detendrían:")
CAUSED = Words("{count}, {alone} by this alone", "{count}, {alone} solo por esta")
FOR_MISSING = Words(", {missing} because a fact is missing", ", {missing} porque falta un dato")
NO_PERMIT = Words("no rule permits", "ninguna regla permite")
MISSING = Words(
    "Facts that are missing where it becomes stricter. Verdicts that change for these alone: {only}. A parameter can"
    " be stated with --set.",
    "Datos que faltan donde se vuelve más estricto. Veredictos que cambian solo por ellos: {only}. Un parámetro puede"
    " indicarse con --set.",
)
PURGED = Words(
    "Dossiers that were purged and replay as purged: {count}",
    "Expedientes suprimidos, que se repiten como suprimidos: {count}",
)
PAST = Words(
    "Verdicts by texts or an engine that are not at hand any more: {count}. State --against to compare them",
    "Veredictos con textos o un motor que ya no están: {count}. Indique --against para compararlos",
)
UNREAD = Words(
    "Dossiers on record that cannot be read with these texts: {count}",
    "Expedientes registrados que no pueden leerse con estos textos: {count}",
)
TOLD = Words("Verdicts of worked cases among them: {count}", "De casos de estudio, entre ellos: {count}")
UNNAMED = Words(
    "Dossiers that name no protocol to compare with: {count}. State --against",
    "Expedientes que no nombran un protocolo con que comparar: {count}. Indique --against",
)
UNKNOWN = Words(
    "Dossiers that name {name}, which is not at hand: {count}. State --against",
    "Expedientes que nombran {name}, que no está: {count}. Indique --against",
)
SET = Words("With {settings} in every agreement", "Con {settings} en cada acuerdo")
PLACES = {"line": Words("line", "línea"), "entry": Words("entry", "entrada")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shows:
    """What was asked for: it says how cases are named, and which command shows one."""

    source: Path | None
    data: Path
    protocols: tuple[str, ...]
    settings: tuple[str, ...]
    task: "Task"

    @property
    def word(self) -> str:
        return "entry" if self.source is None or self.source.suffix == ".parquet" else "line"

    def case(self, case: "Case") -> dict[str, object]:
        """A changed case in the document and in the file of all cases."""
        made: dict[str, object] = {
            self.word: case.number,
            "request": case.request,
            "item": case.item,
            "at": case.at,
            "from": case.was.value,
            "to": case.now.value,
            "by": [_cause(one.cause) | {"missing": list(one.missing)} for one in case.by],
        }
        command = self.command(case)
        return made | ({"show": command} if command else {})

    def command(self, case: "Case") -> str | None:
        """The command line that shows this case under the new protocol; none for what came by standard input."""
        options = [word for name in self.protocols for word in ("--protocol", name)]
        options += [word for setting in self.settings for word in ("--set", setting)]
        if self.word == "line":
            if str(self.source) == "-":
                return None
            line = shlex.join(["sed", "-n", f"{case.number}p", str(self.source)])
            return f"{line} | {shlex.join(['tearline', 'decide', '/dev/stdin', *options])}"
        file = f"entry-{case.number}.json"
        export = ["tearline", "protocol", "dossiers", "--entry", str(case.number), "-o", file]
        export += ["--data", str(self.data)]
        return f"{shlex.join(export)} && {shlex.join(['tearline', 'decide', file, *options])}"


def plain(tally: "Tally", shows: Shows) -> dict[str, object]:
    """The document of ``replay --json``: the same for the same dossiers, wherever it ran."""
    task = shows.task
    return {
        "protocol": [_identity(text) for text in task.new],
        "against": [_identity(text) for text in task.against] if task.against else None,
        "set": {name: plain_value(value) for name, value in task.stated.items()},
        "engine": task.engine,
        "compared": tally.compared,
        "changed": tally.changed,
        "looser": tally.looser_count,
        "stricter": tally.changed - tally.looser_count,
        "verdicts": [
            {"from": was.value, "to": now.value, "count": count}
            for (was, now), count in sorted(tally.outcomes.items())
        ],
        "looser_by": [_caused(cause, caused, shows) for cause, caused in ranked(tally.looser)],
        "stricter_by": [_caused(cause, caused, shows) for cause, caused in ranked(tally.stricter)],
        "missing": [{"path": path, "count": count} for path, count in _most(tally.missing)],
        "only_for_missing": tally.only_for_missing,
        "purged": tally.purged,
        "past": tally.past,
        "unread": tally.unread,
        "told": tally.told,
        "no_protocol": [{"named": name or None, "count": count} for name, count in _most(tally.unnamed)],
    }


def _identity(text: "Text") -> dict[str, str]:
    return identity(text.load())


def _cause(cause: "Cause") -> dict[str, object]:
    return {"protocol": cause.pack, "rule": cause.rule}


def _caused(cause: "Cause", caused: "Caused", shows: Shows) -> dict[str, object]:
    return _cause(cause) | {
        "count": caused.count,
        "alone": caused.alone,
        "missing": caused.missing,
        "cases": [shows.case(case) for case in caused.cases],
    }


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def show(out: "Console", tally: "Tally", shows: Shows, language: Language) -> None:
    """The whole result for a person."""
    task = shows.task
    own = DECIDED if shows.word == "entry" else OWN
    said = COMPARED.to(language).format(
        count=tally.compared,
        new=_named(task.new),
        old=_named(task.against) if task.against else own.to(language),
        same=tally.compared - tally.changed,
        changed=tally.changed,
    )
    say(out, said, hang=0, style="bold")
    if shows.settings:
        say(out, SET.to(language).format(settings=", ".join(shows.settings)))
    for line in _aside(tally, language):
        say(out, line)
    looser, stricter = tally.looser_count, tally.changed - tally.looser_count
    if looser:
        heading(out, LOOSER.to(language).format(count=looser))
        _changes(out, tally, language, looser=True)
        say(out, BY_OLD.to(language))
        _causes(out, tally.looser, shows, language)
    elif tally.compared:
        heading(out, NOT_LOOSER.to(language))
    if stricter:
        heading(out, STRICTER.to(language).format(count=stricter))
        _changes(out, tally, language, looser=False)
        say(out, BY_NEW.to(language))
        _causes(out, tally.stricter, shows, language)
    if tally.missing:
        out.print()
        say(out, MISSING.to(language).format(only=tally.only_for_missing))
        for path, count in _most(tally.missing):
            say(out, f"{path}: {count}", indent=2)


def _named(texts: "tuple[Text, ...]") -> str:
    return "+".join(text.load().id for text in texts)


def _aside(tally: "Tally", language: Language) -> list[str]:
    """What was not compared, and why."""
    counts = ((PURGED, tally.purged), (PAST, tally.past), (UNREAD, tally.unread), (TOLD, tally.told))
    said = [words.to(language).format(count=count) for words, count in counts if count]
    for name, count in _most(tally.unnamed):
        said.append((UNKNOWN if name else UNNAMED).to(language).format(count=count, name=name))
    return said


def _changes(out: "Console", tally: "Tally", language: Language, *, looser: bool) -> None:
    from tearline.protocol.protocol import SEVERITY

    for (was, now), count in sorted(tally.outcomes.items()):
        if was is not now and (SEVERITY[now] < SEVERITY[was]) is looser:
            out.print(f"  {was.words.to(language)} → ", end="")
            out.print(now.words.to(language), style=COLOURS[now.value], end="")
            out.print(f": {count}")


def _causes(out: "Console", causes: "dict[Cause, Caused]", shows: Shows, language: Language) -> None:
    for cause, caused in ranked(causes):
        out.print()
        said = CAUSED.to(language).format(count=caused.count, alone=caused.alone)
        if caused.missing:
            said += FOR_MISSING.to(language).format(missing=caused.missing)
        say(out, f"{cause.pack}: {cause.rule or NO_PERMIT.to(language)}: {said}", indent=2)
        for case in caused.cases:
            place = PLACES[shows.word].to(language)
            change = f"{case.was.words.to(language)} → {case.now.words.to(language)}"
            named = ", ".join(one for one in (case.request, case.item) if one)
            say(out, f"{place} {case.number}, {case.at}, {named}: {change}", indent=4)
            command = shows.command(case)
            if command:
                out.print(f"      {command}", style="dim", soft_wrap=True)
