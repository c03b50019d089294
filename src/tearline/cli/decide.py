"""A dossier put to a protocol, without any node."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import AsJson, Spoken, read
from tearline.cli.said import console, document
from tearline.facts.errors import Malformed
from tearline.facts.words import Language

if TYPE_CHECKING:
    from tearline.protocol import Decision, Pack, Protocol, Verdict

EXAMPLE = "Example: tearline decide dossier.json --protocol cross-border/1 --json"
DEFAULT = "cross-border/1"
STATUS = {"release": 0, "hold": 3, "refuse": 4}


def decide(  # noqa: PLR0917  the command line gives them by name
    dossier: Annotated[Path, typer.Argument(metavar="DOSSIER", help="A dossier, JSON or YAML.")],
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            metavar="NAME|FILE",
            help="By default the one that the dossier's agreement names. Several (A+B): the worst verdict holds.",
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Every rule, matched or not, and what would have to change.")
    ] = False,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="A parameter of the protocol, whatever the agreement states."
        ),
    ] = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> int:
    """Put a dossier to a protocol. Exit status 0 release, 3 hold, 4 refuse."""
    text = read(dossier)
    plain = parsed(text, str(dossier))
    packs = _packs(protocol) if protocol else _agreed(plain, str(dossier))
    bound, facts = _read(packs, plain, str(dossier), settings or ())
    decision = bound.decide(facts)
    if json:
        more = _explained(bound, facts, decision) if explain else {}
        document(_document(decision, hashlib.sha256(text).hexdigest()) | more)
    elif explain:
        from tearline.cli.explained import show as show_explained

        show_explained(console(), bound, facts, decision, language)
    else:
        from tearline.cli.verdicts import show

        show(console(), decision, language)
    return STATUS[decision.effect.value]


def parsed(text: bytes, file: str) -> object:
    """JSON where the name or the first character says so, else YAML."""
    from tearline.facts.strict import parse_json, parse_yaml

    if file.endswith(".json") or (text.lstrip()[:1] == b"{" and not file.endswith((".yaml", ".yml"))):
        return parse_json(text, file=file)
    return parse_yaml(text, file=file)


def _agreed(plain: object, file: str) -> list["Pack"]:
    """The shipped protocols, mostly one, that the agreement in this dossier names; it may state none.

    Never a file: whoever wrote the dossier would choose the text that it is judged by.
    """
    from tearline.cli.protocol import shipped_as, shipped_ids

    agreement = plain.get("agreement") if isinstance(plain, dict) else None
    stated = agreement.get("protocol") if isinstance(agreement, dict) else None
    names = stated.split("+") if isinstance(stated, str) else [DEFAULT]
    packs = [pack for name in dict.fromkeys(names) if (pack := shipped_as(name)) is not None]
    if len(packs) < len(set(names)):
        expected = f"a shipped protocol ({shipped_ids()}); state another with --protocol"
        raise Malformed(file, "agreement.protocol", expected)
    return packs


def _packs(names: Sequence[str]) -> list["Pack"]:
    from tearline.cli.protocol import apart, named

    return [named(name) for name in dict.fromkeys(apart(names))]


def _explained(bound: "Protocol", facts: Mapping[str, object], decision: "Decision") -> dict[str, object]:
    from tearline.cli.explained import document as explained

    return explained(bound, facts, decision)


def _read(
    packs: Sequence["Pack"], plain: object, file: str, settings: Sequence[str]
) -> "tuple[Protocol, Mapping[str, object]]":
    """The packs as they bind together, and the dossier, which may hold the parameters of all of them.

    Also those of the shipped packs, since its agreement may be under another one.
    """
    from tearline.jobs.replay.task import parameters, setting, shipped, stating
    from tearline.protocol import Protocol, read_dossier

    try:
        protocol = Protocol(packs=tuple(packs))
    except Malformed as unfit:
        raise Malformed("--protocol", unfit.place, unfit.expected) from None
    stated = dict(setting(one, protocol) for one in settings)
    try:
        dossier = read_dossier(plain, file=file, parameters=protocol.parameters)
    except Malformed:  # only then: reading all shipped texts takes its time
        may_state = parameters(protocol.packs, [text.load() for text in shipped()])
        dossier = read_dossier(plain, file=file, parameters=may_state)
    return protocol, stating(dossier, stated)


def _document(decision: "Decision", sha256: str) -> dict[str, object]:
    """The document that others script against; with several protocols, ``protocols`` names them all.

    ``protocol`` is the one whose verdict is the decision's, the leading one where several say the same.
    """
    from tearline.cli.verdicts import owed, plain, rule

    several = len(decision.verdicts) > 1
    worst = next((v for v in decision.verdicts if v.effect is decision.effect), decision.verdicts[0])
    made: dict[str, object] = {
        "verdict": decision.effect.value,
        "protocol": _protocol(worst),
        "dossier_sha256": sha256,
        "at": plain(decision.at),
        "engine": worst.engine,
        "rules": [rule(m) | _of(m.rule.pack, several=several) for m in decision.matched],
        "undecided": [rule(m) | _of(m.rule.pack, several=several) for m in decision.undecided],
        "owed": [owed(o) | _of(o.pack, several=several) for o in decision.owed],
    }
    if several:
        made["protocols"] = [_protocol(v) | {"verdict": v.effect.value} for v in decision.verdicts]
    if decision.waived:
        made["waived"] = [
            {"rule": w.rule.id, "protocol": w.rule.pack, "by": f"{w.by.pack}:{w.by.id}"}
            for w in decision.waived
        ]
    return made


def _protocol(verdict: "Verdict") -> dict[str, object]:
    return {"name": verdict.name, "version": verdict.version, "sha256": verdict.sha256}


def _of(pack: str, *, several: bool) -> dict[str, object]:
    return {"protocol": pack} if several else {}
