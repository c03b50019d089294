"""How a protocol's text comes into force: proposed, signed by two people who are not its author, adopted by rule.

Nobody changes alone by what releases are decided. A text is loaded and its own cases are run when it is proposed and
again at each signature, and so is looked at whether it fits each agreement. A version never means two texts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from tearline.facts.errors import Malformed, Refused
from tearline.facts.fact import Compartment, Label, Public
from tearline.facts.history import Draft, History, Question, Role, about, each
from tearline.facts.identifiers import AgreementId, ProposalId
from tearline.facts.protocols import (
    PART,
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
    ProtocolTextStated,
)
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS, Agreement, agreements, faults, terms_with
from tearline.folds.protocols import (
    SIGNERS,
    Proposal,
    ProposalState,
    pack_in,
    proposal_of,
    proposal_question,
    text_of,
)
from tearline.protocol import Pack, Protocol
from tearline.rooms import NONE, Act, Says, require_after, require_new, unknown

PROPOSAL, AGREEMENT = Words("proposal", "la propuesta"), Words("agreement", "el acuerdo")
OFFICERS = frozenset({Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.LIAISON})
MOST_PARTS = 100
"""With the proposal itself these are fewer than the 128 facts that one personal signature covers."""
MOST_AGREEMENTS = 50
LONGEST_CASE = 40
"""Entries. A condition may walk lists in lists, so running hundreds of cases with long ones could take many minutes."""

Parameters = Mapping[str, int | str | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeProtocol:
    """Put a text on record for others to sign. Nothing is in force by proposing.

    ``replaces`` is the text whose place it takes in each of the agreements; None: the one of the same name. Without
    agreements the text is only made known, once it is signed.
    """

    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    text: Annotated[str, Label("Text", "Texto"), Public(PART * MOST_PARTS)]
    agreements: Annotated[tuple[AgreementId, ...], Label("Agreements", "Acuerdos")] = ()
    replaces: Annotated[str | None, Label("Replaces", "Sustituye"), Public(60)] = None
    parameters: Annotated[Parameters, Label("Parameters", "Parámetros")]

    allowed: ClassVar[frozenset[Role]] = OFFICERS
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        return proposal_question(self.proposal) | _binding(self.agreements)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _live(act)
        require_new(known, ProtocolProposed, "proposal", self.proposal, PROPOSAL)
        parts = parts_of(self.text)
        if len(parts) > MOST_PARTS:
            raise Refused(
                "fits-the-record",
                Words(
                    f"a text takes at most {MOST_PARTS} parts of {PART} bytes on record; this one takes {len(parts)}",
                    f"un texto ocupa a lo más {MOST_PARTS} partes de {PART} bytes; este ocupa {len(parts)}",
                ),
                (self.proposal,),
            )
        pack = _sound(self.text, self.proposal)
        proposed = ProtocolProposed(
            proposal=self.proposal,
            protocol=pack.id,
            sha256=pack.sha256,
            parts=len(parts),
            agreements=self.agreements,
            replaces=self._replaced(known, pack),
            parameters=self.parameters,
        )
        _admit(known, act, proposed, pack)
        texts = [
            ProtocolTextStated(proposal=self.proposal, part=n, text=part) for n, part in enumerate(parts)
        ]
        return [act.says(proposed), *(act.says(text) for text in texts)]

    def _replaced(self, known: History, pack: Pack) -> str | None:
        if self.replaces is not None or not self.agreements:
            return self.replaces
        held = agreements(known).get(self.agreements[0])
        return next((p for p in held.packs if p.rpartition("/")[0] == pack.name), None) if held else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignProtocol:
    """Sign a proposed text, by the hash of what one has read. With the second signature it is adopted."""

    proposal: Annotated[ProposalId, Label("Proposal", "Propuesta")]
    sha256: Annotated[str, Label("SHA-256 of the exact text", "SHA-256 del texto exacto"), Public(64)]

    allowed: ClassVar[frozenset[Role]] = OFFICERS
    opens: ClassVar[frozenset[Compartment]] = NONE

    def question(self, known: History) -> Question:
        proposal = proposal_of(known, self.proposal)
        return proposal_question(self.proposal) | _binding(proposal.fact.agreements if proposal else ())

    def decide(self, known: History, act: Act) -> list[Draft]:
        _live(act)
        proposal = _still_open(known, self.proposal, act)
        fact = proposal.fact
        _another_person(proposal, act)
        text = text_of(known, self.proposal)
        if self.sha256 != fact.sha256 or text is None:
            raise Refused(
                "signs-what-was-proposed",
                Words(
                    f"the text of this proposal has the hash {fact.sha256}: read it, and sign that",
                    f"el texto de esta propuesta tiene la huella {fact.sha256}: léalo y firme esa",
                ),
                (self.proposal,),
            )
        _admit(known, act, fact, _sound(text, self.proposal))
        signed = act.says(ProtocolSigned(proposal=self.proposal, protocol=fact.protocol, sha256=fact.sha256))
        if len(proposal.signed) + 1 < SIGNERS:
            return [signed]
        if Role.SENIOR_OFFICER not in {act.by.role, *(r.by.role for r in proposal.signed)}:
            raise Refused(
                "senior-among-signers",
                Words(
                    "one of the two who sign is a senior officer, as for an agreement",
                    "uno de los dos firmantes es oficial superior, como en un acuerdo",
                ),
                (self.proposal,),
            )
        adopted = ProtocolAdopted(
            proposal=self.proposal,
            protocol=fact.protocol,
            sha256=fact.sha256,
            agreements=fact.agreements,
            replaces=fact.replaces,
            parameters=fact.parameters,
        )
        return [signed, act.follows(adopted)]


class WithdrawProposal(Says[ProtocolProposalWithdrawn]):
    """By its author, or by a senior officer. What was signed stays on record; nothing comes of it."""

    allowed = OFFICERS

    def question(self, known: History) -> Question:
        return proposal_question(self.fact.proposal)

    def decide(self, known: History, act: Act) -> list[Draft]:
        _live(act)
        proposal = _still_open(known, self.fact.proposal, act)
        if act.by.person != proposal.recorded.by.person and act.by.role is not Role.SENIOR_OFFICER:
            raise Refused(
                "withdrawn-by-its-author",
                Words(
                    "a proposal is withdrawn by its author or by a senior officer",
                    "una propuesta la retira su autor o un oficial superior",
                ),
                (self.fact.proposal,),
            )
        return [act.says(self.fact)]


def parts_of(text: str) -> list[str]:
    """The text in parts that each fit one fact, cut at line ends where lines are not longer than that."""
    parts: list[str] = []
    size = PART
    for piece in _pieces(text):
        taken = len(json.dumps(piece)) - 2
        if size + taken > PART:
            parts.append(piece)
            size = taken
        else:
            parts[-1] += piece
            size += taken
    return parts


def _pieces(text: str) -> list[str]:
    step = PART // 12  # JSON writes a character as two escapes of six bytes at the most
    return [
        line[at : at + step]
        for line in text.splitlines(keepends=True)
        for at in range(0, len(line), min(len(line), step))
    ]


def _binding(named: Sequence[AgreementId]) -> Question:
    """By what these agreements bind now, and every text that was ever adopted: a version means one text."""
    return about(kinds=(ProtocolAdopted,)) | each("agreement", frozenset(named), AGREEMENT_KINDS)


def _live(act: Act) -> None:
    if act.told is not None:
        raise Refused(
            "adopted-live",
            Words(
                "a worked case adopts no protocol; it is measured by one in hindsight",
                "un caso relatado no adopta protocolos; se mide por uno en retrospectiva",
            ),
        )


def _sound(text: str, proposal: ProposalId) -> Pack:
    """The pack in this text; Refused, with the place, where it does not hold together or breaks its own cases."""
    try:
        pack = pack_in(text)
    except Malformed as wrong:
        raise Refused(
            "text-holds-together",
            Words(
                f"the text does not hold together: {wrong.place}: expected {wrong.expected}",
                f"el texto no es coherente: {wrong.place}: se esperaba {wrong.expected}",
            ),
            (proposal,),
        ) from None
    if max((_longest(case.dossier) for case in pack.cases), default=0) > LONGEST_CASE:
        raise Refused(
            "cases-are-small",
            Words(
                f"a list in one of the text's own cases has at most {LONGEST_CASE} entries",
                f"una lista en un caso propio del texto tiene a lo más {LONGEST_CASE} entradas",
            ),
            (proposal,),
        )
    failures = pack.check_cases()
    if failures:
        raise Refused(
            "own-cases-pass",
            Words(
                f"the text breaks its own cases ({len(failures)}): {failures[0]}",
                f"el texto incumple sus propios casos ({len(failures)}): {failures[0]}",
            ),
            (proposal,),
        )
    return pack


def _longest(dossier: Mapping[str, object]) -> int:
    """How many entries the longest list in this dossier has."""
    longest = 0
    rest: list[object] = [*dossier.values()]
    while rest:
        match rest.pop():
            case dict() as record:
                rest += record.values()
            case list() as entries:
                longest = max(longest, len(entries))
                rest += entries
    return longest


def _admit(known: History, act: Act, fact: ProtocolProposed, pack: Pack) -> None:
    """Refuse a text that may not come into force, as things stand now."""
    _one_text_a_version(known, act, fact)
    if not len(set(fact.agreements)) == len(fact.agreements) <= MOST_AGREEMENTS:
        raise Refused(
            "each-agreement-once",
            Words(
                f"a proposal names at most {MOST_AGREEMENTS} agreements, each once",
                f"una propuesta nombra a lo más {MOST_AGREEMENTS} acuerdos, cada uno una vez",
            ),
            (fact.proposal,),
        )
    held = agreements(known)
    for name in fact.agreements:
        if name not in held:
            raise unknown(AGREEMENT, name)
        _fits(held[name], act, fact, pack)
    if fact.parameters and not fact.agreements:
        raise Refused(
            "adds-parameters-only",
            Words(
                "parameters are stated by agreements: this proposal names none",
                "los parámetros los indican los acuerdos: esta propuesta no nombra ninguno",
            ),
            (fact.proposal,),
        )


def _one_text_a_version(known: History, act: Act, fact: ProtocolProposed) -> None:
    texts = {r.fact.sha256 for r in known.of(ProtocolAdopted) if r.fact.protocol == fact.protocol}
    pack = act.protocols.get(fact.protocol)
    texts |= {pack.sha256} if pack else set()
    if texts - {fact.sha256}:
        raise Refused(
            "one-text-a-version",
            Words(
                f"{fact.protocol} is another text already: a version is never used again",
                f"{fact.protocol} ya es otro texto: una versión nunca se reutiliza",
            ),
            (fact.proposal,),
        )
    if texts and not fact.agreements:
        raise Refused(
            "changes-something",
            Words(
                f"{fact.protocol} is known already, and no agreement would change",
                f"{fact.protocol} ya se conoce, y no cambiaría ningún acuerdo",
            ),
            (fact.proposal,),
        )


def _fits(held: Agreement, act: Act, fact: ProtocolProposed, pack: Pack) -> None:
    """Refuse where this agreement, as it binds now, cannot bind by this text in place of the one that it names."""
    name = held.agreement
    if fact.replaces is None or fact.replaces not in held.packs or fact.replaces == fact.protocol:
        bound = ", ".join(held.packs)
        raise Refused(
            "replaces-what-binds",
            Words(
                f"{name} binds by {bound}: a text takes the place of one of these",
                f"{name} obliga por {bound}: un texto sustituye a uno de estos",
            ),
            (name,),
        )
    if act.now >= held.terms.valid_until:
        raise Refused(
            "agreement-has-not-ended",
            Words(f"{name} has ended", f"{name} ya terminó"),
            (name,),
        )
    protocol = _together(held, act, fact, pack)
    _adds_only(held, fact)
    declared = {p.name for p in protocol.parameters}
    terms = terms_with(held.terms, fact.protocol, fact.replaces, fact.parameters)
    kept = {n: v for n, v in terms.parameters.items() if n in declared or n in fact.parameters}
    for fault in faults(replace(terms, parameters=kept), protocol):
        raise Refused("parameters-stated", Words(f"{name}: {fault.en}", f"{name}: {fault.es}"), (name,))


def _together(held: Agreement, act: Act, fact: ProtocolProposed, pack: Pack) -> Protocol:
    packs = [pack if one == fact.replaces else act.protocols.get(one) for one in held.packs]
    present = tuple(one for one in packs if one is not None)
    if len(present) != len(packs):
        raise unknown(Words("protocol", "el protocolo"), ", ".join(held.packs))
    try:
        together = Protocol(packs=present)
    except Malformed as unfit:
        raise Refused(
            "protocols-fit",
            Words(
                f"under {held.agreement} these protocols do not fit together: {unfit.place}, expected {unfit.expected}",
                f"en {held.agreement} estos protocolos no se combinan: {unfit.place}, se esperaba {unfit.expected}",
            ),
            (held.agreement,),
        ) from None
    if not together.leads:
        raise Refused(
            "protocol-leads",
            Words(
                f"{pack.id} stands beside another protocol, and {held.agreement} would have none that leads",
                f"{pack.id} acompaña a otro protocolo, y {held.agreement} no tendría ninguno que encabece",
            ),
            (held.agreement,),
        )
    return together


def _adds_only(held: Agreement, fact: ProtocolProposed) -> None:
    """What partners agreed on is not changed on the way.

    Nor what the new text could not read: a text that declares it with another type would make room for another figure.
    """
    for name in fact.parameters:
        if name in held.terms.parameters:
            raise Refused(
                "adds-parameters-only",
                Words(
                    f"{held.agreement} states {name} already: changing it takes another agreement",
                    f"{held.agreement} ya indica {name}: cambiarlo exige otro acuerdo",
                ),
                (held.agreement,),
            )


def _still_open(known: History, name: ProposalId, act: Act) -> Proposal:
    proposal = proposal_of(known, name)
    if proposal is None:
        raise unknown(PROPOSAL, name)
    require_after(proposal.recorded, act, name)
    state = proposal.state(act.now)
    if state is not ProposalState.OPEN:
        raise Refused(
            "still-proposed",
            Words(f"this proposal: {state.words.en}", f"esta propuesta: {state.words.es}"),
            (name,),
        )
    return proposal


def _another_person(proposal: Proposal, act: Act) -> None:
    if proposal.recorded.by.person == act.by.person:
        raise Refused(
            "author-does-not-sign",
            Words(
                "whoever proposed a text does not sign it: it takes two other people",
                "quien propuso un texto no lo firma: hacen falta otras dos personas",
            ),
            (proposal.fact.proposal,),
        )
    if act.by.person in {r.by.person for r in proposal.signed}:
        raise Refused(
            "signs-once",
            Words("you have already signed this proposal", "usted ya firmó esta propuesta"),
            (proposal.fact.proposal,),
        )
