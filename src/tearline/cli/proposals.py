"""Protocols on their way into force: proposed, read, signed by two others, withdrawn."""

import hashlib
import secrets
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tearline.cli.options import HERE, AsJson, Data, Database, Spoken, opened, read
from tearline.cli.purge import actor
from tearline.cli.said import console, document, say
from tearline.cli.signing import PersonalKey, give
from tearline.facts.errors import Malformed
from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import AgreementId, ProposalId, well_formed
from tearline.facts.protocols import ProtocolProposalWithdrawn
from tearline.facts.shape import Pairs, Place, Text
from tearline.facts.words import Language, Words

if TYPE_CHECKING:
    from tearline.folds.protocols import Proposal
    from tearline.node import Node

SIGN_EXAMPLE = "Example: tearline protocol sign proposal-1f0c2d3e4a5b --text cross-border-2.yaml --by syl"
WITHDRAW_EXAMPLE = (
    "Example: tearline protocol withdraw proposal-1f0c2d3e4a5b --reasons 'It was hasty.' --by leo"
)
PROPOSE_EXAMPLE = "Example: tearline protocol propose cross-border-2.yaml --agreement pact --by leo"
PROPOSALS_EXAMPLE = "Example: tearline protocol proposals --json"
TEXT_EXAMPLE = "Example: tearline protocol text proposal-1f0c2d3e4a5b > proposed.yaml"

PROPOSED = Words(
    "Proposal {proposal}: {protocol}, {changes}; by {by}, {state}.",
    "Propuesta {proposal}: {protocol}, {changes}; de {by}, {state}.",
)
CHANGES = Words("in place of {replaces} under {agreements}", "en lugar de {replaces} en {agreements}")
KNOWN = Words("made known for agreements to come", "para acuerdos futuros")
SIGNED = Words("Signed by {by}.", "Firmada por {by}.")
LACKS = Words(
    "It lacks {n} of 2 signatures, by {day}: tearline protocol sign {proposal} --text FILE --by PERSON",
    "Firmas que faltan: {n} de 2, hasta el {day}: tearline protocol sign {proposal} --text FILE --by PERSON",
)
NOTHING = Words("No protocol was proposed.", "No se ha propuesto ningún protocolo.")

Name = Annotated[str, typer.Argument(metavar="PROPOSAL", help="As tearline protocol proposals shows it.")]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who acts.")]
As = Annotated[
    Role,
    typer.Option("--as", metavar="ROLE", help="Their role: releasing-officer, senior-officer or liaison."),
]


def propose(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A pack's YAML text.")],
    agreement: Annotated[
        list[str] | None,
        typer.Option("--agreement", metavar="AGREEMENT", help="It would bind by this text; once for each."),
    ] = None,
    replaces: Annotated[
        str | None,
        typer.Option("--replaces", metavar="PROTOCOL", help="Whose place it takes; else of the same name."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", metavar="NAME=VALUE", help="What the text needs in addition."),
    ] = None,
    by: By,
    role: As = Role.LIAISON,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Put a protocol's text on record for two others to sign. Nothing is in force by proposing."""
    text = _text(file)
    named = tuple(AgreementId(_identifier("--agreement", one)) for one in agreement or ())
    stated = _parameters(parameter or [])
    who = actor(by, role)
    with opened(data, database) as node:
        from tearline.rooms.protocols import ProposeProtocol

        proposal = ProposalId(f"proposal-{secrets.token_hex(6)}")
        command = ProposeProtocol(
            proposal=proposal, text=text, agreements=named, replaces=replaces, parameters=stated
        )
        give(node, command, who, key)
        _show_one(node, proposal, language, json=json)


def sign(
    *,
    proposal: Name,
    text: Annotated[
        Path | None, typer.Option("--text", metavar="FILE", help="The text that the signer has read.")
    ] = None,
    sha256: Annotated[
        str | None, typer.Option("--sha256", metavar="HASH", help="Its SHA-256, in place of the text.")
    ] = None,
    by: By,
    role: As = Role.SENIOR_OFFICER,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Sign a proposed text by its hash. With the second signature it is in force for its agreements."""
    if (text is None) == (sha256 is None):
        raise Malformed(
            "protocol sign", "top", "either --text FILE or --sha256 HASH: what the signer has read"
        )
    if text is not None:
        sha256 = hashlib.sha256(_text(text).encode()).hexdigest()
    who, name = actor(by, role), ProposalId(_identifier("PROPOSAL", proposal))
    with opened(data, database) as node:
        from tearline.rooms.protocols import SignProtocol

        give(node, SignProtocol(proposal=name, sha256=sha256 or ""), who, key)
        _show_one(node, name, language, json=json)


def withdraw(
    *,
    proposal: Name,
    reasons: Annotated[str, typer.Option("--reasons", metavar="TEXT", help="Why. Sealed.")],
    by: By,
    role: As = Role.LIAISON,
    key: PersonalKey = None,
    data: Data = HERE,
    database: Database = None,
    language: Spoken = Language.EN,
    json: AsJson = False,
) -> None:
    """Withdraw a proposal: its author, or a senior officer. Nothing comes of it."""
    who, name = actor(by, role), ProposalId(_identifier("PROPOSAL", proposal))
    said = Text().parse(reasons, Place("--reasons"))
    with opened(data, database) as node:
        from tearline.rooms.protocols import WithdrawProposal

        fact = ProtocolProposalWithdrawn(proposal=name, reasons=Sealed(said))
        give(node, WithdrawProposal(fact), who, key)
        _show_one(node, name, language, json=json)


def proposals(
    data: Data = HERE, database: Database = None, language: Spoken = Language.EN, json: AsJson = False
) -> None:
    """List every proposed text: what it would change, who signed it, and what came of it."""
    with opened(data, database, reading=True) as node:
        found, now = _proposals(node), node.clock()
    if json:
        document([_plain(one, now) for one in found])
        return
    out = console()
    if not found:
        say(out, NOTHING.to(language))
    for one in found:
        for line in _lines(one, now, language):
            say(out, line)


def text(proposal: Name, data: Data = HERE, database: Database = None, json: AsJson = False) -> None:
    """Print the exact text of a proposal, as it stands on record."""
    name = ProposalId(_identifier("PROPOSAL", proposal))
    with opened(data, database, reading=True) as node:
        from tearline.folds.protocols import proposal_question, text_of

        known = node.ledger.read(proposal_question(name))
        found = text_of(known, name)
    if found is None:
        raise Malformed("protocol text", proposal, "a proposal; see tearline protocol proposals")
    if json:
        document({"proposal": name, "text": found})
        return
    sys.stdout.buffer.write(found.encode())
    sys.stdout.flush()


def _identifier(place: str, given: str) -> str:
    if not well_formed(given):
        raise Malformed(place, given, "an identifier of a-z, 0-9 and inner hyphens")
    return given


def _text(file: Path) -> str:
    """The text as it is: what is signed is the hash of these bytes."""
    from tearline.protocol.load import LARGEST_BYTES

    content = read(file, LARGEST_BYTES)
    if len(content) > LARGEST_BYTES:
        raise Malformed(str(file), "top", f"at most {LARGEST_BYTES} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(str(file), f"byte {error.start}", "text in UTF-8") from None


def _parameters(given: list[str]) -> Mapping[str, int | str | bool]:
    values: dict[str, int | str | bool] = {}
    for one in given:
        name, separator, value = one.partition("=")
        if not separator or name in values:
            raise Malformed("--parameter", one, "NAME=VALUE, each name once")
        values[name] = _value(value)
    read: Mapping[str, int | str | bool] = Pairs().parse(values, Place("--parameter"))
    return read


def _value(written: str) -> int | str | bool:
    """As a case file reads it: true, false and whole numbers are such, all else is a text."""
    if written in ("true", "false"):
        return written == "true"
    digits = written.removeprefix("-")
    return int(written) if digits.isascii() and digits.isdigit() and len(digits) < 19 else written


def _proposals(node: "Node") -> "list[Proposal]":
    from tearline.folds.protocols import STANDINGS
    from tearline.folds.protocols import proposals as standing

    return list(standing(node.ledger.read(STANDINGS)))


def _show_one(node: "Node", name: ProposalId, language: Language, *, json: bool) -> None:
    (one,) = [p for p in _proposals(node) if p.fact.proposal == name]
    if json:
        document(_plain(one, node.clock()))
        return
    out = console()
    for line in _lines(one, node.clock(), language):
        say(out, line)


def _lines(one: "Proposal", now: datetime, language: Language) -> list[str]:
    from tearline.folds.protocols import SIGNERS, ProposalState

    fact, state = one.fact, one.state(now)
    changes = (
        CHANGES.to(language).format(replaces=fact.replaces, agreements=", ".join(fact.agreements))
        if fact.agreements
        else KNOWN.to(language)
    )
    lines = [
        PROPOSED.to(language).format(
            proposal=fact.proposal,
            protocol=fact.protocol,
            changes=changes,
            by=one.recorded.by.person,
            state=state.words.to(language),
        ),
        f"sha256 {fact.sha256}",
    ]
    if one.signed:
        lines.append(SIGNED.to(language).format(by=", ".join(r.by.person for r in one.signed)))
    if state is ProposalState.OPEN:
        day = one.expires.date().isoformat()
        lines.append(LACKS.to(language).format(n=SIGNERS - len(one.signed), day=day, proposal=fact.proposal))
    return lines


def _plain(one: "Proposal", now: datetime) -> dict[str, object]:
    fact = one.fact
    return {
        "proposal": fact.proposal,
        "protocol": fact.protocol,
        "sha256": fact.sha256,
        "agreements": list(fact.agreements),
        "replaces": fact.replaces,
        "parameters": dict(fact.parameters),
        "proposed_by": one.recorded.by.person,
        "proposed_at": one.recorded.recorded_at.isoformat(),
        "expires": one.expires.isoformat(),
        "signed_by": [r.by.person for r in one.signed],
        "state": one.state(now).value,
        "adopted_at": one.adopted.recorded_at.isoformat() if one.adopted else None,
    }
