"""However people propose, sign and withdraw: no agreement ever binds by a text that two others did not sign."""

import hashlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tearline.adopted import KnownProtocols
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import AgreementId, ProposalId
from tearline.facts.protocols import (
    ProtocolAdopted,
    ProtocolProposalWithdrawn,
    ProtocolProposed,
    ProtocolSigned,
)
from tearline.facts.release import VerdictReached
from tearline.folds.agreements import agreements
from tearline.rooms.protocols import ProposeProtocol, SignProtocol, WithdrawProposal
from tearline.rooms.release.requests import RequestRelease
from tests.protocols import LOOSER, SHIPPED, STRICTER, draft
from tests.rooms.machine import SETTINGS, OnANode
from tests.worlds import ANA, PACK, acting, requested

PACT = AgreementId("pact")
TEXTS = (STRICTER, LOOSER, draft(version=3), SHIPPED)
"""The first two are rivals for one version; the last is a way back."""
PEOPLE = ("lea", "rex", "syl", "max")
OFFICES = (Role.LIAISON, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER)

people = st.builds(acting, st.sampled_from(PEOPLE), st.sampled_from(OFFICES))
texts = st.sampled_from(TEXTS)
chosen = st.integers(0, 100)


class Adopting(OnANode):
    def __init__(self) -> None:
        super().__init__()
        self.node.protocols = KnownProtocols(self.node.protocols, lambda: self.node.ledger)

    def proposal(self, chosen: int) -> ProposalId:
        known = self.past.of(ProtocolProposed)
        return known[chosen % len(known)].fact.proposal if known else ProposalId("none")

    @rule(by=people, text=texts)
    def propose(self, by: Actor, text: str) -> None:
        bound = agreements(self.past)[PACT].packs[0]
        self.do(
            ProposeProtocol(
                proposal=ProposalId(self.new("proposal")),
                text=text,
                agreements=(PACT,),
                replaces=bound,
                parameters={},
            ),
            by=by,
        )

    @rule(by=people, chosen=chosen, text=texts, honest=st.booleans())
    def sign(self, by: Actor, chosen: int, text: str, *, honest: bool) -> None:
        name = self.proposal(chosen)
        named = {r.fact.proposal: r.fact.sha256 for r in self.past.of(ProtocolProposed)}
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        self.do(SignProtocol(proposal=name, sha256=named.get(name, sha256) if honest else sha256), by=by)

    @rule(chosen=chosen)
    def two_sign(self, chosen: int) -> None:
        for name, role in (("syl", Role.SENIOR_OFFICER), ("rex", Role.RELEASING_OFFICER)):
            self.sign(acting(name, role), chosen, SHIPPED, honest=True)

    @rule(by=people, chosen=chosen)
    def withdraw(self, by: Actor, chosen: int) -> None:
        fact = ProtocolProposalWithdrawn(proposal=self.proposal(chosen), reasons=Sealed("hasty"))
        self.do(WithdrawProposal(fact), by=by)

    @rule()
    def ask(self) -> None:
        assert self.do(RequestRelease(requested(self.new("ask"))), by=ANA) == "done"

    @invariant()
    def each_adoption_rests_on_two_signers_who_are_not_its_author(self) -> None:
        past = self.past
        authors = {r.fact.proposal: r for r in past.of(ProtocolProposed)}
        for adopted in past.of(ProtocolAdopted):
            fact = adopted.fact
            signed = [r for r in past.of(ProtocolSigned) if r.fact.proposal == fact.proposal]
            assert len({r.by.person for r in signed}) == 2 == len(signed)
            assert authors[fact.proposal].by.person not in {r.by.person for r in signed}
            assert Role.SENIOR_OFFICER in {r.by.role for r in signed}
            assert {r.fact.sha256 for r in signed} == {fact.sha256, authors[fact.proposal].fact.sha256}
            assert all(r.position < adopted.position for r in signed)
            withdrawn = [r for r in past.of(ProtocolProposalWithdrawn) if r.fact.proposal == fact.proposal]
            assert withdrawn == []

    @invariant()
    def a_version_means_one_text(self) -> None:
        texts = {(a.fact.protocol, a.fact.sha256) for a in self.past.of(ProtocolAdopted)}
        texts.add((PACK.id, PACK.sha256))
        assert len({protocol for protocol, _ in texts}) == len(texts)

    @invariant()
    def every_verdict_rests_on_what_bound_at_its_place(self) -> None:
        past = self.past
        held = agreements(past)[PACT]
        for reached in past.of(VerdictReached):
            assert reached.fact.protocol == held.as_of(reached.position).packs[0]
            assert self.node.protocols[reached.fact.protocol].sha256 == reached.fact.protocol_sha256


TestAdopting = Adopting.TestCase
TestAdopting.settings = settings(SETTINGS, max_examples=15)
