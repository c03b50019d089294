"""A proposal: what it would change, what it would have changed, who signed it, and what happens then."""

from collections.abc import Mapping
from dataclasses import dataclass

from tearline.facts.errors import Malformed
from tearline.facts.history import History, Question, Recorded, each
from tearline.facts.identifiers import PersonId, ProposalId
from tearline.facts.protocols import ProtocolProposalWithdrawn, ProtocolProposed
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.protocols import (
    SIGNERS,
    Proposal,
    ProposalState,
    pack_in,
    proposal_of,
    proposal_question,
    text_of,
)
from tearline.protocol import Pack
from tearline.rooms.protocols import OFFICERS
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.show import Shown, label, parameter, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit

STATES = {
    ProposalState.OPEN: "hold",
    ProposalState.ADOPTED: "release",
    ProposalState.WITHDRAWN: "unknown",
    ProposalState.EXPIRED: "unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRow:
    """As the macro ``sign_offs`` takes it."""

    line: str
    state: str
    by: str = ""
    at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    proposal: str
    protocol: str
    title: str
    state: str
    state_tag: str
    lead: str
    facts: list[tuple[str, Shown]]
    agreements: list[Shown]
    parameters: list[tuple[str, Shown]]
    signs: list[SignRow]
    may_sign: bool
    why_not: str
    may_withdraw: bool
    sha256: str
    text: str
    replaces: str | None
    entries: list[tuple[str, str]]


def page_question(known: History, proposal: ProposalId) -> Question:
    agreements = frozenset(a for r in known.of(ProtocolProposed) for a in r.fact.agreements)
    asked = proposal_question(proposal) | each("agreement", agreements, AGREEMENT_KINDS)
    return asked | names_question(known)


def replaced(one: Proposal, protocols: Mapping[str, Pack]) -> Pack | None:
    """The text beside which this one is read: the one it replaces, else the latest other version of its name."""
    if one.fact.replaces is not None:
        return protocols.get(one.fact.replaces)
    name = one.fact.protocol.rpartition("/")[0]
    others = [p for p in protocols.values() if p.name == name and p.id != one.fact.protocol]
    return max(others, key=lambda pack: int(pack.version), default=None)


def bindings(known: History, one: Proposal, protocols: Mapping[str, Pack]) -> list[tuple[Pack, ...]]:
    """The different ways in which the agreements bind by the text that this one replaces, beside further texts."""
    held = agreements(known)
    bound = {held[name].packs for name in one.fact.agreements if name in held}
    packs = [
        tuple(protocols[p] for p in ids)
        for ids in sorted(bound)
        if len(ids) > 1 and all(p in protocols for p in ids)
    ]
    return [ids for ids in packs if one.fact.replaces in {pack.id for pack in ids}]


def read(known: History, proposal: ProposalId) -> tuple[Proposal, str, Pack | None] | None:
    """The proposal, its text, and the pack in it; None where there is no such proposal."""
    one, stands = proposal_of(known, proposal), text_of(known, proposal)
    if one is None or stands is None:
        return None
    try:
        return one, stands, pack_in(stands)
    except Malformed:  # by a later version of the language
        return one, stands, None


def view(visit: Visit, known: History, one: Proposal, stands: str, pack: Pack | None) -> ProposalView:
    say, fact, now = visit.say, one.fact, visit.now
    names, state = Names(known, say), one.state(now)
    why_not = "" if state is not ProposalState.OPEN else _why_not(visit, one)
    is_open = state is ProposalState.OPEN
    return ProposalView(
        proposal=fact.proposal,
        protocol=fact.protocol,
        title=say(pack.title) if pack else fact.protocol,
        state=say(state),
        state_tag=STATES[state],
        lead=_lead(say, one, state),
        facts=[
            (label(say, ProtocolProposed, "protocol"), fact.protocol),
            (label(say, ProtocolProposed, "replaces"), fact.replaces or "—"),
            (say("Proposed"), f"{names.actor(one.recorded.by).name}, {say.happened(one.recorded)}"),
            *(((say("To be signed by"), say.moment(one.expires)),) if is_open else ()),
            *_ends(say, one, names),
        ],
        agreements=[names.agreement(a).link() for a in fact.agreements],
        parameters=[(name, parameter(say, value)) for name, value in fact.parameters.items()],
        signs=_signs(say, one, names, state),
        may_sign=is_open and not why_not,
        why_not=why_not,
        may_withdraw=is_open
        and visit.role in OFFICERS
        and (visit.actor.person == one.recorded.by.person or visit.role.value == "senior-officer"),
        sha256=fact.sha256,
        text=stands,
        replaces=fact.replaces,
        entries=[(say(type(r.fact).in_words), entry_of(r)) for r in _of(one)],
    )


def _of(one: Proposal) -> list[Recorded[ProtocolProposed]]:
    found = [one.recorded, *one.signed, one.adopted, one.withdrawn]
    return [r for r in found if r is not None]  # type: ignore[misc]  # each of its own kind


def _ends(say: Tongue, one: Proposal, names: Names) -> list[tuple[str, Shown]]:
    rows: list[tuple[str, Shown]] = []
    if one.adopted is not None:
        rows.append((say("In force from"), say.moment(one.adopted.known_at)))
    if one.withdrawn is not None:
        rows.append((say("Withdrawn by"), names.actor(one.withdrawn.by).name))
        rows.append(
            (
                label(say, ProtocolProposalWithdrawn, "reasons"),
                text(say, one.withdrawn.fact, "reasons"),
            )
        )
    return rows


def _lead(say: Tongue, one: Proposal, state: ProposalState) -> str:
    match state:
        case ProposalState.ADOPTED:
            return say(
                "Two people signed this text. What was decided before stays decided by the text of then; requests that"
                " are open are put to this one."
            )
        case ProposalState.WITHDRAWN | ProposalState.EXPIRED:
            return say("Nothing came of it. It stays on record, and its version can be proposed again.")
    if one.fact.agreements:
        return say(
            "With the second signature this text decides every request under these agreements, from that moment on."
            " Until then nothing changes."
        )
    return say("With the second signature this text is known, and agreements to come may choose it.")


def _signs(say: Tongue, one: Proposal, names: Names, state: ProposalState) -> list[SignRow]:
    rows = [
        SignRow(line=say(r.by.role), state="signed", by=names.actor(r.by).name, at=say.happened(r))
        for r in one.signed
    ]
    if state is ProposalState.OPEN:
        senior = any(r.by.role.value == "senior-officer" for r in one.signed)
        lacking = SIGNERS - len(one.signed)
        for n in range(lacking):
            note = say("a senior officer, unless the other one is") if n == lacking - 1 and not senior else ""
            rows.append(SignRow(line=say("An officer who did not propose it"), state="awaited", note=note))
    return rows


def _why_not(visit: Visit, one: Proposal) -> str:
    """Why this reader cannot sign, where that is so; the room decides again when they do."""
    say, me = visit.say, PersonId(visit.actor.person)
    if visit.role not in OFFICERS:
        offices = say.listed([say(role) for role in sorted(OFFICERS)])
        return say("Signing takes: %(offices)s.", offices=offices)
    if one.recorded.by.person == me:
        return say("You proposed it: two other people sign.")
    if me in {r.by.person for r in one.signed}:
        return say("You have signed it. Another person has to.")
    return ""
