"""Protocols as texts: checked, and shown rule by rule."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken, is_there, read
from tearline.cli.said import aside, both, console, document, say
from tearline.facts.errors import Malformed
from tearline.facts.words import Language

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tearline.protocol import Citation, Duty, Pack, Rule

app = typer.Typer(
    help="Protocols: check a text, show its rules, replay the past by it.", rich_markup_mode=None
)


@app.command(epilog="Example: tearline protocol check my-protocol.yaml")
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A pack's YAML text.")], json: AsJson = False
) -> int:
    """Parse and type-check a protocol and run its own cases. Exit status 1 when a case fails."""
    pack = from_file(file)
    failures = pack.check_cases()
    for failure in failures:
        aside(str(failure))
    if json:
        document(
            {
                "protocol": identity(pack),
                "rules": len(pack.rules),
                "duties": len(pack.duties),
                "cases": len(pack.cases),
                "failures": [str(failure) for failure in failures],
            }
        )
    elif not failures:
        print(
            f"{pack.id} is sound. Rules: {len(pack.rules)}, duties: {len(pack.duties)},"
            f" cases that come out as it says: {len(pack.cases)}. sha256 {pack.sha256}"
        )
    return 1 if failures else 0


@app.command(epilog="Example: tearline protocol show cross-border/1 --language es")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A shipped protocol, or a file.")],
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Show every rule and duty of a protocol: what it does, when, why, and on what text."""
    pack = named(name)
    if json:
        document(_plain(pack))
        return
    out = console()
    out.print(f"{pack.title.to(language)} ({pack.id})", style="bold")
    out.print(f"sha256 {pack.sha256}", style="dim")
    for rule in pack.rules:
        out.print(f"\n{rule.effect.words.to(language).upper()}  {rule.id}", style="bold")
        say(out, rule.because.to(language), indent=2, hang=0)
        say(out, " ".join(rule.condition.split()), indent=2, style="dim")
        for cite in rule.cites:
            say(out, f"[{cited(cite, language)}]", indent=2, hang=1)
        for owes in rule.owes:
            say(out, f"→ {owes.debtor.words.to(language)}: {owes.sentence.to(language)}", indent=2)
    for duty in pack.duties:
        out.print(f"\n{_DUTY[language]}  {duty.id}", style="bold")
        say(out, duty.sentence.to(language), indent=2, hang=0)
        parties = f"{duty.debtor.words.to(language)} → {duty.creditor.words.to(language)}"
        facts = f"{duty.on} → {' | '.join(duty.discharged_by)}"
        say(out, f"{parties}; {facts}; {_span(duty)}", indent=2, style="dim")
        for cite in duty.cites:
            say(out, f"[{cited(cite, language)}]", indent=2, hang=1)


_DUTY = {Language.EN: "DUTY", Language.ES: "DEBER"}
_AWAITING = {Language.EN: "not yet checked by counsel", Language.ES: "sin cotejar por asesoría jurídica"}


def cited(cite: "Citation", language: Language) -> str:
    """A citation as people read it, with the day from which it applies and whether counsel has checked it."""
    since = {Language.EN: "since", Language.ES: "desde"}[language]
    more = [f"{since} {cite.since.isoformat()}"] if cite.since else []
    more += [_AWAITING[language]] if cite.awaiting_check else []
    return f"{cite}" + (f" ({'; '.join(more)})" if more else "")


def apart(names: "Iterable[str]") -> list[str]:
    """Several may be joined by a plus sign, as a decision names them; a file's own name is left whole."""
    return [one for name in names for one in ([name] if is_there(name) else name.split("+"))]


def named(name: str) -> "Pack":
    """A shipped protocol by id (``cross-border/1``) or name (its latest version), else a file's."""
    fit = shipped_as(name)
    if fit is not None:
        return fit
    if not is_there(name):
        raise Malformed(name, "top", f"a shipped protocol ({shipped_ids()}) or a file")
    return from_file(Path(name))


def shipped_as(name: str) -> "Pack | None":
    """The shipped protocol of this id or name."""
    wanted, _, version = name.partition("/")
    fits = [pack for pack in shipped(wanted) if pack.name == wanted and version in ("", pack.version)]
    return max(fits, key=lambda pack: int(pack.version)) if fits else None


def shipped_ids() -> str:
    return ", ".join(sorted(pack.id for pack in shipped()))


def shipped(name: str = "") -> list["Pack"]:
    """The shipped protocols; with a name, those whose file begins with it, since reading each takes its time."""
    import importlib.resources

    from tearline.protocol import load_pack

    folder = importlib.resources.files("tearline.protocol").joinpath("packs")
    return [
        load_pack(file.read_bytes(), file=file.name)
        for file in folder.iterdir()
        if file.name.startswith(name) and file.name.endswith(".yaml")
    ]


def from_file(file: Path) -> "Pack":
    from tearline.protocol import load_pack

    return load_pack(read(file), file=str(file))


def identity(pack: "Pack") -> dict[str, str]:
    return {"name": pack.name, "version": pack.version, "sha256": pack.sha256}


def citation(cite: "Citation") -> dict[str, object]:
    return {
        "text": cite.text,
        "clause": cite.clause,
        "url": cite.url,
        "since": cite.since.isoformat() if cite.since else None,
        "awaiting_check": cite.awaiting_check,
    }


def _plain(pack: "Pack") -> dict[str, object]:
    return {
        "protocol": identity(pack),
        "title": both(pack.title),
        "parameters": [
            {"name": p.name, "type": p.type.value, "label": both(p.label)} for p in pack.parameters
        ],
        "rules": [_rule(rule) for rule in pack.rules],
        "duties": [
            {
                "id": duty.id,
                "on": duty.on,
                "about": duty.about,
                "from": duty.debtor.value,
                "to": duty.creditor.value,
                "within": _span(duty),
                "discharged_by": list(duty.discharged_by),
                "sentence": both(duty.sentence),
                "cites": [citation(cite) for cite in duty.cites],
            }
            for duty in pack.duties
        ],
    }


def _rule(rule: "Rule") -> dict[str, object]:
    return {
        "id": rule.id,
        "effect": rule.effect.value,
        "when": rule.condition,
        "because": both(rule.because),
        "cites": [citation(cite) for cite in rule.cites],
        "owes": [
            {"obligation": o.obligation, "from": o.debtor.value, "sentence": both(o.sentence)}
            for o in rule.owes
        ],
    }


def _span(duty: "Duty") -> str:
    """The time allowed: stated here, or by the agreement's parameter of this name."""
    return duty.within.parameter or (length(duty.within.span) if duty.within.span is not None else "")


def length(span: timedelta) -> str:
    """A length of time as packs write it: ``30d``, ``24h``, or seconds."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600)):
        if seconds and seconds % size == 0 and (unit == "h" or seconds // size > 3):
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
