"""A dossier put to a protocol, without any node."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken, read
from tearline.cli.said import console, document
from tearline.facts.errors import Malformed
from tearline.facts.words import Language

if TYPE_CHECKING:
    from tearline.protocol import Pack, Verdict

EXAMPLE = "Example: tearline decide dossier.json --protocol cross-border/1 --json"
DEFAULT = "cross-border/1"
STATUS = {"release": 0, "hold": 3, "refuse": 4}


def decide(
    dossier: Annotated[Path, typer.Argument(metavar="DOSSIER", help="A dossier, JSON or YAML.")],
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            metavar="NAME|FILE",
            help="By default the one that the dossier's agreement names. Several: the worst verdict holds.",
        ),
    ] = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Put a dossier to a protocol. Exit status 0 release, 3 hold, 4 refuse."""
    text = read(dossier)
    plain = _parsed(text, str(dossier))
    packs = _packs(protocol or [_agreed(plain)], plain, str(dossier))
    verdicts = _verdicts(packs, plain, str(dossier))
    worst = max(verdicts, key=lambda v: STATUS[v.effect.value])
    if json:
        document(_document(verdicts, worst, hashlib.sha256(text).hexdigest()))
    else:
        from tearline.cli.verdicts import show

        out = console()
        for verdict in verdicts:
            show(out, verdict, language)
    return STATUS[worst.effect.value]


def _parsed(text: bytes, file: str) -> object:
    """JSON where the name or the first character says so, else YAML."""
    from tearline.facts.strict import parse_json, parse_yaml

    if file.endswith(".json") or (text.lstrip()[:1] == b"{" and not file.endswith((".yaml", ".yml"))):
        return parse_json(text, file=file)
    return parse_yaml(text, file=file)


def _agreed(plain: object) -> str:
    """The protocol that the agreement in this dossier names; it may state none."""
    agreement = plain.get("agreement") if isinstance(plain, dict) else None
    named = agreement.get("protocol") if isinstance(agreement, dict) else None
    return named if isinstance(named, str) else DEFAULT


def _packs(names: Sequence[str], plain: object, file: str) -> list["Pack"]:
    from tearline.cli.protocol import named

    try:
        return [named(name) for name in dict.fromkeys(names)]
    except Malformed as unknown:
        if names == [_agreed(plain)] and unknown.file == names[0]:
            raise Malformed(
                file, "agreement.protocol", f"{unknown.expected}; state it with --protocol"
            ) from None
        raise


def _verdicts(packs: Sequence["Pack"], plain: object, file: str) -> list["Verdict"]:
    """Each pack's verdict on the same dossier, which may hold the parameters of all of them."""
    from tearline.protocol import read_dossier

    parameters = {p.name: p for pack in packs for p in pack.parameters}
    for pack in packs:
        for own in pack.parameters:
            if parameters[own.name].type is not own.type:
                raise Malformed("--protocol", pack.id, f"{own.name} to be of one type in all protocols")
    dossier = read_dossier(plain, file=file, parameters=parameters.values())
    return [pack.decide(dossier) for pack in packs]


def _document(verdicts: Sequence["Verdict"], worst: "Verdict", sha256: str) -> dict[str, object]:
    """The document that others script against; with several protocols, ``protocols`` names them all."""
    from tearline.cli.verdicts import owed, plain, rule

    made: dict[str, object] = {
        "verdict": worst.effect.value,
        "protocol": _protocol(worst),
        "dossier_sha256": sha256,
        "at": plain(worst.at),
        "engine": worst.engine,
        "rules": [rule(m) | _of(v, verdicts) for v in verdicts for m in v.matched],
        "undecided": [rule(m) | _of(v, verdicts) for v in verdicts for m in v.undecided],
        "owed": [owed(o) | _of(v, verdicts) for v in verdicts for o in v.owed],
    }
    if len(verdicts) > 1:
        made["protocols"] = [_protocol(v) | {"verdict": v.effect.value} for v in verdicts]
    return made


def _protocol(verdict: "Verdict") -> dict[str, object]:
    return {"name": verdict.name, "version": verdict.version, "sha256": verdict.sha256}


def _of(verdict: "Verdict", verdicts: Sequence["Verdict"]) -> dict[str, object]:
    return {"protocol": verdict.pack} if len(verdicts) > 1 else {}
