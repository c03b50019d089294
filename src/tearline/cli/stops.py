"""``tearline protocol stops``: which protocols would have stopped a release, and which of their rules, each alone."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.decide import parsed
from tearline.cli.options import AsJson, Spoken, read
from tearline.cli.protocol import apart, identity
from tearline.cli.replay import text
from tearline.cli.said import both, console, document, say
from tearline.facts.errors import Malformed
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tearline.protocol import Decision, Matched, Pack
    from tearline.protocol.alone import Stops

EXAMPLE = "Example: tearline protocol stops docs/examples/allende-dossier.json --language es"
ENOUGH = Words("Each of these alone would have stopped it:", "Cada una de estas sola lo habría detenido:")
NO_PERMIT = Words(
    "No rule permits it, which alone stops it", "Ninguna regla lo permite, y eso solo lo detiene"
)
PERMITTED = Words("permitted by {rules}", "permitido por {rules}")
UNCERTAIN = Words("only because facts are missing", "solo porque faltan datos")
LETS_PASS = Words("It would have let it pass", "Lo habría dejado pasar")
TOGETHER = Words("All of them together, in their latest versions", "Todos juntos, en sus últimas versiones")
UNFIT = Words("They do not bind together: {why}", "No obligan juntos: {why}")
SUMMARY = Words(
    "{stopping} of {count} protocols stop it, {certain} of them for certain; {rules} rules are enough, each alone",
    "{stopping} de {count} protocolos lo detienen, {certain} con certeza; {rules} reglas bastan, cada una sola",
)


def stops(
    dossier: Annotated[Path, typer.Argument(metavar="DOSSIER", help="A dossier, JSON or YAML.")],
    protocol: Annotated[
        list[str] | None,
        typer.Option("--protocol", metavar="NAME|FILE", help="By default every shipped protocol."),
    ] = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Show which protocols would have stopped a release, and which of their rules would have, each alone."""
    from tearline.cli.verdicts import COLOURS, plain
    from tearline.jobs.replay.task import parameters, shipped
    from tearline.protocol import Protocol, read_dossier
    from tearline.protocol.alone import stops as stopped

    known = shipped()
    chosen = [text(name, known) for name in dict.fromkeys(apart(protocol))] if protocol else known
    packs = [one.load() for one in chosen]
    raw = read(dossier)
    plainly = parsed(raw, str(dossier))
    of_all = parameters(packs if protocol else (), [one.load() for one in known])
    facts = read_dossier(plainly, file=str(dossier), parameters=of_all)
    found = [stopped(pack, facts) for pack in packs]
    together: Decision | str
    try:
        together = Protocol(packs=tuple(latest(packs))).decide(facts)
    except Malformed as unfit:
        together = str(unfit)
    if json:
        document(
            {
                "dossier_sha256": hashlib.sha256(raw).hexdigest(),
                "at": plain(facts["at"]),
                "protocols": [_plain(one) for one in found],
                "together": {"unfit": together}
                if isinstance(together, str)
                else {"verdict": together.effect.value},
            }
        )
        return
    out = console()
    for one in found:
        out.print()
        _show(one, language)
    out.print()
    if isinstance(together, str):
        say(out, UNFIT.to(language).format(why=together))
    else:
        out.print(f"{TOGETHER.to(language)}: ", end="")
        out.print(together.effect.words.to(language).upper(), style=COLOURS[together.effect.value])
    stopping = [one for one in found if one.verdict.effect.value != "release"]
    said = SUMMARY.to(language).format(
        stopping=len(stopping),
        count=len(found),
        certain=sum(one.certain for one in stopping),
        rules=sum(m.certain for one in found for m in one.alone),
    )
    say(out, said, style="bold")


def latest(packs: "Sequence[Pack]") -> "list[Pack]":
    """Of two versions of one text only the later, as they cannot bind together."""
    found: dict[str, Pack] = {}
    for pack in packs:
        held = found.get(pack.name)
        if held is None or int(held.version) < int(pack.version):
            found[pack.name] = pack
    return list(found.values())


def _plain(one: "Stops") -> dict[str, object]:
    return {
        "protocol": identity(one.pack),
        "verdict": one.verdict.effect.value,
        "certain": one.certain,
        "permits": [m.rule.id for m in one.permits],
        "no_permit": not one.permits,
        "alone": [
            {
                "id": m.rule.id,
                "effect": m.rule.effect.value,
                "certain": m.certain,
                "because": both(m.rule.because),
                "missing": list(m.missing),
            }
            for m in one.alone
        ],
    }


def _show(one: "Stops", language: Language) -> None:
    from tearline.cli.verdicts import COLOURS

    out = console()
    out.print(f"{one.pack.title.to(language)} ({one.pack.id}): ", style="bold", end="")
    effect = one.verdict.effect
    out.print(effect.words.to(language).upper(), style=COLOURS[effect.value], end="")
    out.print("" if one.certain or effect.value == "release" else f" ({UNCERTAIN.to(language)})")
    if effect.value == "release":
        say(out, LETS_PASS.to(language), indent=2)
    if one.permits:
        rules = ", ".join(m.rule.id for m in one.permits)
        say(out, PERMITTED.to(language).format(rules=rules), indent=2)
    else:
        say(out, NO_PERMIT.to(language), indent=2)
    if one.alone:
        say(out, ENOUGH.to(language), indent=2)
    for m in one.alone:
        _show_rule(m, language)


def _show_rule(m: "Matched", language: Language) -> None:
    from tearline.cli.verdicts import COLOURS, HOLDS, NOT_KNOWN

    out = console()
    effect = m.rule.effect if m.certain else None
    out.print("    ", end="")
    word = effect.words.to(language) if effect else HOLDS.to(language)
    out.print(word, style=COLOURS[effect.value if effect else "hold"], end=" ")
    out.print(m.rule.id, style="bold")
    because = m.rule.because.to(language)
    say(out, because if m.certain else NOT_KNOWN.to(language).format(because=because), indent=6, hang=0)
    for path in m.missing:
        say(out, f"· {path}", indent=6)
