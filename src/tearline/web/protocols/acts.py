"""The acts of the lab: proposing a draft, signing a proposal, withdrawing it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.errors import Malformed, Refused
from tearline.facts.history import about
from tearline.facts.identifiers import AgreementId, ProposalId
from tearline.facts.parties import AgreementSigned
from tearline.facts.protocols import ProtocolProposalWithdrawn
from tearline.facts.shape import Pairs, Place
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.protocols import Proposal
from tearline.node import Order
from tearline.protocol import Pack
from tearline.rooms.protocols import OFFICERS, ProposeProtocol, SignProtocol, WithdrawProposal
from tearline.web.asked import Asked, Given, Options
from tearline.web.filled import first, made
from tearline.web.forms import allowed_or_403, form, submission
from tearline.web.look import code
from tearline.web.protocols import proposals
from tearline.web.protocols.bounds import at_a_desk
from tearline.web.protocols.checking import checked
from tearline.web.protocols.texts import draft_of
from tearline.web.signing.step import record
from tearline.web.tongue import Tongue
from tearline.web.visit import Posted, Visit, Visiting, absent

router = APIRouter()
MOST_PARAMETERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Parameters as a reader writes them, a line each: ``name = value``."""

    values: Mapping[str, int | str | bool]
    error: str


def stated(say: Tongue, given: Given) -> Stated:
    values: dict[str, int | str | bool] = {}
    for line in first(given, "parameters").splitlines():
        name, separator, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not separator or name in values or len(values) >= MOST_PARAMETERS:
            return Stated(values={}, error=say("Write one a line, such as: ceiling = 3"))
        values[name] = _value(value)
    try:
        return Stated(values=Pairs().parse(values, Place("parameters")), error="")
    except Malformed:
        return Stated(
            values={}, error=say("A name of a-z, 0-9 and _, and a whole number, a short text, true or false.")
        )


def _value(written: str) -> int | str | bool:
    if written in ("true", "false"):
        return written == "true"
    digits = written.removeprefix("-")
    return int(written) if digits.isascii() and digits.isdigit() and len(digits) < 19 else written


def live_agreements(visit: Visit) -> list[tuple[str, str, tuple[str, ...]]]:
    """The live agreements that have not ended: identifier, name, and the texts by which each binds."""
    known = visit.read(about(kinds=AGREEMENT_KINDS))
    live = {r.fact.agreement for r in known.of(AgreementSigned) if r.told is None}
    return [
        (a.agreement, a.name, a.packs)
        for a in agreements(known).values()
        if a.agreement in live and visit.now < a.terms.valid_until
    ]


@router.post("/protocols/propose")
def propose(visit: Visiting, given: Posted) -> Response:
    """The form for proposing a draft, and with ``do=propose`` the act itself."""
    visit.own_side()
    allowed_or_403(visit, OFFICERS)
    text, say = draft_of(given), visit.say
    errors: dict[str, str] = {}
    with at_a_desk():
        found = checked(say, text, visit.node.protocols)
    if found.pack is None or found.failures or found.used:
        errors["text"] = say("This text cannot be proposed yet: go back to the lab, and correct it.")
    parameters = stated(say, given)
    if parameters.error:
        errors["parameters"] = parameters.error
    bound = live_agreements(visit)
    options: Options = [(a, f"{name} ({', '.join(packs)})") for a, name, packs in bound]
    chosen = [a for a in given.get("agreements", []) if a in dict(options)]
    if first(given, "do") == "propose" and not errors:
        try:
            return _record(visit, given, text, chosen=chosen, parameters=parameters.values, pack=found.pack)
        except Refused as refused:
            errors["agreements"] = say(refused.because)
    return visit.page(
        "protocols/propose.html",
        status=409 if errors and first(given, "do") == "propose" else 200,
        text=text,
        found=found,
        options=options,
        chosen=chosen,
        texts=[(pack, pack) for pack in sorted({pack for _, _, packs in bound for pack in packs})],
        replaces=first(given, "replaces"),
        parameters=first(given, "parameters"),
        errors=errors,
        key=first(given, "key") or secrets.token_urlsafe(18),
    )


def _record(
    visit: Visit,
    given: Given,
    text: str,
    *,
    chosen: list[str],
    parameters: Mapping[str, int | str | bool],
    pack: Pack | None,
) -> Response:
    key = submission(visit, given)
    proposal = ProposalId(made(key))
    replaces = first(given, "replaces") or None
    own = replaces is not None and pack is not None and replaces.rpartition("/")[0] == pack.name
    command = ProposeProtocol(
        proposal=proposal,
        text=text,
        agreements=tuple(AgreementId(a) for a in chosen),
        replaces=None if own or not chosen else replaces,
        parameters=parameters,
    )
    return record(
        visit,
        [Order(command=command, by=visit.actor)],
        key=key,
        title=visit.say("Propose a protocol"),
        then=f"/protocols/proposals/{proposal}",
        back="/protocols",
    )


def _proposal(visit: Visit) -> tuple[Proposal, list[tuple[str, str]]]:
    visit.own_side()
    name = ProposalId(visit.identifier("proposal"))
    found = proposals.read(visit.read(lambda so_far: proposals.page_question(so_far, name)), name)
    if found is None:
        raise absent()
    one = found[0]
    trail = [
        ("/protocols", visit.say("Protocols")),
        (f"/protocols/proposals/{name}", one.fact.protocol),
    ]
    return one, trail


def sign(visit: Visit) -> Asked:
    one, trail = _proposal(visit)
    say, fact = visit.say, one.fact
    return Asked(
        title=say("Sign %(protocol)s", protocol=fact.protocol),
        submit=say("Sign this text"),
        order=SignProtocol(proposal=fact.proposal, sha256=fact.sha256),
        allowed=SignProtocol.allowed,
        then=f"/protocols/proposals/{fact.proposal}",
        trail=trail,
        lead=say("You sign the exact text, by its hash, and that you have read what it changes."),
        before=say(
            "With the second signature it decides every request under its agreements, at once. Your signature is"
            " recorded and cannot be taken back."
        ),
        grave=True,
        about=[
            (say("Text"), fact.protocol),
            (say("In place of"), fact.replaces or "—"),
            ("SHA-256", code(fact.sha256)),
        ],
    )


def withdraw(visit: Visit) -> Asked:
    one, trail = _proposal(visit)
    say, fact = visit.say, one.fact
    return Asked(
        title=say("Withdraw the proposal"),
        submit=say("Withdraw the proposal"),
        command=WithdrawProposal,
        kind=ProtocolProposalWithdrawn,
        allowed=WithdrawProposal.allowed,
        then=f"/protocols/proposals/{fact.proposal}",
        trail=trail,
        lead=say("What was signed stays on record; nothing comes of it."),
        fixed={"proposal": fact.proposal},
    )


form(router, "/protocols/proposals/{proposal}/sign", sign)
form(router, "/protocols/proposals/{proposal}/withdraw", withdraw)
