"""Two protocols beside each other: proved nowhere looser, or a dossier that only the new one lets through."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken
from tearline.cli.protocol import apart, identity, named
from tearline.cli.said import both, console, document, say
from tearline.facts.errors import Malformed
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from rich.console import Console

    from tearline.protocol import Decision, Pack
    from tearline.protocol.compare import Case, Comparison, Open

EXAMPLE = "Example: tearline protocol diff cross-border/1 my-protocol.yaml -o case.json"
LOOSER, UNDECIDED = 5, 6

_RESULTS = {
    "equal": Words(
        "{new} gives every dossier the verdict that {old} gives it.",
        "{new} da a todo expediente el veredicto que le da {old}.",
    ),
    "tightened": Words(
        "{new} is nowhere looser than {old}, and stricter in places.",
        "{new} no es en ningún caso más laxo que {old}, y en algunos es más estricto.",
    ),
    "not looser": Words(
        "{new} is nowhere looser than {old}. Whether it is stricter was not decided.",
        "{new} no es en ningún caso más laxo que {old}. No se determinó si es más estricto.",
    ),
    "loosened": Words(
        "{new} is LOOSER than {old}: the dossiers below get a better verdict.",
        "{new} es MÁS LAXO que {old}: los expedientes que siguen reciben un veredicto mejor.",
    ),
    "both": Words(
        "{new} is LOOSER than {old} for the dossiers below, and stricter for others.",
        "{new} es MÁS LAXO que {old} con los expedientes que siguen, y más estricto con otros.",
    ),
    "undecided": Words(
        "UNDECIDED whether {new} is looser than {old}: treat it as looser.",
        "SIN DETERMINAR si {new} es más laxo que {old}: trátese como más laxo.",
    ),
}
_WITHIN = Words(
    "Shown for dossiers whose lists have at most {bound} entries; longer lists are not covered. What a verdict owes,"
    " cites or explains is not compared.",
    "Vale para expedientes cuyas listas tienen a lo sumo {bound} entradas; las más largas no están cubiertas. No se"
    " compara lo que un veredicto exige, cita o explica.",
)
_GONE = Words("{rule} no longer stops this", "{rule} ya no detiene esto")
_OPENED = Words("{rule} now permits this", "{rule} ahora permite esto")
_BY = Words("{pack} says", "{pack} dice")
_LIKE = Words("The example of {old}, but", "El ejemplo de {old}, salvo")
_LIKE_EXACTLY = Words("The example of {old} as it stands", "El ejemplo de {old} tal como está")
_INSTEAD = Words("{path}: {value} instead of {base}", "{path}: {value} en vez de {base}")
_ADDED = Words("{path}: {value} besides", "{path}: además {value}")
_NOT_KNOWN = Words("{path}: not known, instead of {base}", "{path}: no consta, en vez de {base}")
_STRICTER = Words("Stricter, for one: {rule}", "Más estricto, por ejemplo: {rule}")
_OPEN = Words("not decided: {rule} ({because})", "sin determinar: {rule} ({because})")
_WRITTEN = Words(
    "The first of these dossiers is in {file}.", "El primero de estos expedientes está en {file}."
)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A protocol: NAME or FILE, or several as A+B.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The one that would take its place.")],
    *,
    bound: Annotated[
        int, typer.Option("--bound", min=1, max=50, help="Entries that a list may have, at most.")
    ] = 3,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, help="What the solver may take for each direction.")
    ] = 60.0,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write the first case's dossier there, as JSON."),
    ] = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Prove that NEW is nowhere looser than OLD, or show a dossier that only NEW lets through.

    Exit status 0: nowhere looser, for lists up to the bound. 5: looser, with a case that the evaluator confirms.
    6: undecided, to be treated as looser.
    """
    from tearline.protocol.compare import compare

    before, after = _packs(old), _packs(new)
    try:
        found = compare(before, after, bound=bound, seconds=seconds)
    except Malformed as unfit:
        raise Malformed(f"{old} {new}", unfit.place, unfit.expected) from None
    if output is not None and found.loosened.cases:
        _write(found.loosened.cases[0], output)
    if json:
        document(_document(found))
    else:
        ids = found.old.id, found.new.id
        _show(console(), found, (old, new) if ids[0] == ids[1] else ids, language)
        if output is not None and found.loosened.cases:
            print(_WRITTEN.to(language).format(file=output))
    if found.loosened.cases:
        return LOOSER
    return 0 if found.loosened.nowhere else UNDECIDED


def _packs(name: str) -> list["Pack"]:
    """One protocol, or several that bind together, joined by a plus sign as a decision names them."""
    return [named(one) for one in apart([name])]


def _write(case: "Case", file: Path) -> None:
    import json

    from tearline.protocol import write_dossier

    file.write_text(
        json.dumps(write_dossier(case.dossier), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


# For people


def _show(out: "Console", found: "Comparison", names: tuple[str, str], language: Language) -> None:
    old, new = names
    say(out, _RESULTS[found.result].to(language).format(old=old, new=new), style="bold", hang=0)
    for case in found.loosened.cases:
        _show_case(out, case, names, language)
    for one in found.loosened.open:
        say(out, _OPEN.to(language).format(rule=one.rule.id, because=one.because), indent=2)
    for case in found.tightened.cases:
        out.print()
        say(out, _STRICTER.to(language).format(rule=case.rule.id), indent=2)
    out.print()
    say(out, _WITHIN.to(language).format(bound=found.bound), hang=0)


def _show_case(out: "Console", case: "Case", names: tuple[str, str], language: Language) -> None:
    from tearline.cli.verdicts import COLOURS, show_rule
    from tearline.protocol import Effect
    from tearline.protocol.shrink import differences

    opened = case.rule.effect is Effect.PERMIT
    out.print()
    say(out, (_OPENED if opened else _GONE).to(language).format(rule=case.rule.id), style="bold")
    for name, decision in zip(names, (case.strict, case.lax), strict=True):
        out.print(f"  {_BY.to(language).format(pack=name)}: ", end="")
        out.print(decision.effect.words.to(language), style=COLOURS[decision.effect.value])
    changes = list(differences(case.dossier, case.base))
    like = _LIKE if changes else _LIKE_EXACTLY
    say(out, like.to(language).format(old=names[0]) + (":" if changes else "."), indent=2)
    for change in changes:
        words = _NOT_KNOWN if change.value is None else _ADDED if change.base is None else _INSTEAD
        said = words.to(language).format(
            path=_path(change.path), value=_said(change.value), base=_said(change.base)
        )
        say(out, f"· {said}", indent=4)
    decision = case.lax if opened else case.strict
    for matched in decision.matched:
        if matched.rule is case.rule:
            show_rule(out, matched, language, decision.at.date())


def _said(value: object) -> str:
    """A value of a dossier in one line."""
    import json

    said = _plain(value)
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)


def _path(path: Sequence[str | int]) -> str:
    said = ""
    for step in path:
        said += f"[{step}]" if isinstance(step, int) else f".{step}" if said else step
    return said


# For machines


def _document(found: "Comparison") -> dict[str, object]:
    return {
        "old": [identity(pack) for pack in found.old.packs],
        "new": [identity(pack) for pack in found.new.packs],
        "result": found.result,
        "bound": found.bound,
        "cases": [_case(case) for case in found.loosened.cases],
        "undecided": [_open(one) for one in found.loosened.open],
        "tightened": {
            "cases": [_case(case, better="old") for case in found.tightened.cases],
            "undecided": [_open(one) for one in found.tightened.open],
        },
    }


def _case(case: "Case", *, better: str = "new") -> dict[str, object]:
    from tearline.protocol import write_dossier
    from tearline.protocol.shrink import differences

    old, new = (case.strict, case.lax) if better == "new" else (case.lax, case.strict)
    return {
        "rule": case.rule.id,
        "protocol": case.rule.pack,
        "effect": case.rule.effect.value,
        "because": both(case.rule.because),
        "old": _decision(old),
        "new": _decision(new),
        "differs": [
            {"path": _path(c.path), "value": _plain(c.value), "base": _plain(c.base)}
            for c in differences(case.dossier, case.base)
        ],
        "dossier": write_dossier(case.dossier),
    }


def _decision(decision: "Decision") -> dict[str, object]:
    from tearline.cli.verdicts import rule

    return {
        "verdict": decision.effect.value,
        "rules": [rule(m) | {"protocol": m.rule.pack} for m in decision.matched],
    }


def _open(one: "Open") -> dict[str, object]:
    return {"rule": one.rule.id, "protocol": one.rule.pack, "because": one.because}


def _plain(value: object) -> object:
    from tearline.cli.verdicts import plain

    return plain(value)
