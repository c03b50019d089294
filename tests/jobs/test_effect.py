"""A release takes effect when as many witnesses as its agreement asks for have cosigned it. They are real ones."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from tearline.adopted import KnownProtocols
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded, Told, about
from tearline.facts.identifiers import AgreementId, ProposalId, RequestId
from tearline.facts.parties import AgreementSigned
from tearline.facts.release import CopyReleased, ItemReleased
from tearline.jobs.effect import Effects, InEffect, effect_question
from tearline.jobs.publication import publish
from tearline.ledger.note import Vkey
from tearline.ledger.policy import Policy
from tearline.ledger.witness import Witness
from tearline.node import Node, Order, make_node
from tearline.peers.witnesses import RemoteWitness
from tearline.protocol import load_pack
from tearline.rooms.protocols import ProposeProtocol, SignProtocol
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease
from tearline.web.witness import create_witness_app
from tests.ledger.told import Clock as WitnessClock
from tests.ledger.witnessing import PlainLog
from tests.nodes import Clock, told
from tests.peers.serving import answering, served
from tests.rooms.quick import BOTH, FAST, TEXT, hurried, in_haste
from tests.worlds import ANA, LEO, NOON, REX, SYL

NAMES = ("overseer.example/w", "partner.example/w", "press.example/w")


class Witnessed:
    """A node whose agreement asks for two witnesses, and three of them that answer on loopback."""

    def __init__(self, folder: Path, stack: ExitStack, quorum: int | None = 2) -> None:
        self.stack = stack
        self.node: Node = make_node(folder / "node", origin="effect.example/node", demo=True, clock=Clock())
        stack.callback(self.node.ledger.close)
        self.node.protocols = KnownProtocols(BOTH, lambda: self.node.ledger)
        more: dict[str, int | str | bool] = {} if quorum is None else {"witness_quorum": quorum}
        told(self.node, hurried("12h", **more))
        self.keys: list[Vkey] = []
        self.remotes: list[RemoteWitness] = []
        for n, name in enumerate(NAMES):
            witness = stack.enter_context(closing(Witness.make(folder / f"w{n}", name, WitnessClock())))
            witness.trust(self.node.ledger.vkey)
            url = stack.enter_context(served(create_witness_app(witness)))
            self.keys.append(witness.vkey)
            self.remotes.append(stack.enter_context(closing(RemoteWitness(witness.vkey, url))))

    def release(self) -> None:
        self.node.record(Order(command=RequestRelease(in_haste()), by=ANA))
        self.node.record(Order(command=ReleaseItem(FAST), by=REX))

    def publish(self, *, quorum: int = 2) -> bool:
        """By the node's own policy of so many witnesses."""
        assert self.node.published is not None
        policy = Policy(log=self.node.ledger.vkey, witnesses=tuple(self.keys), quorum=quorum)
        return publish(self.node.ledger, self.node.published, policy, self.remotes, seconds=5).holds

    def silence(self, *which: int) -> None:
        for n in which:
            url = self.stack.enter_context(served(answering(503)))
            self.remotes[n] = self.stack.enter_context(closing(RemoteWitness(self.keys[n], url)))

    @property
    def known(self) -> History:
        return self.node.ledger.read(about(kinds=(ItemReleased, CopyReleased, AgreementSigned)))

    def effect(self, witnesses: Sequence[Vkey] | None = None, known: History | None = None) -> InEffect:
        known = known or self.known
        (released,) = known.of(ItemReleased)
        asked = self.keys if witnesses is None else witnesses
        return Effects(self.node, asked).of(known, released, known.of(CopyReleased))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Witnessed]:
    with ExitStack() as stack:
        yield Witnessed(tmp_path, stack)


def test_a_release_takes_effect_once_enough_witnesses_have_cosigned_it(here: Witnessed) -> None:
    here.publish()
    here.release()
    assert here.effect() == InEffect(quorum=2, witnesses=3, cosigned=0, holds=False)
    here.silence(2)
    assert here.publish()
    assert here.effect() == InEffect(quorum=2, witnesses=3, cosigned=2, holds=True)


def test_what_was_recorded_after_the_published_checkpoint_waits(here: Witnessed) -> None:
    here.release()
    assert here.publish()
    known = here.known
    (released,) = known.of(ItemReleased)
    (copy,) = known.of(CopyReleased)
    later = replace(copy, position=here.node.ledger.size())
    assert Effects(here.node, here.keys).of(known, released, [copy]).holds
    assert not Effects(here.node, here.keys).of(known, released, [later]).holds


def test_fewer_than_the_agreement_asks_for_are_not_enough_though_they_are_for_the_node(
    here: Witnessed,
) -> None:
    here.release()
    here.silence(1, 2)
    assert here.publish(quorum=1)
    assert here.effect() == InEffect(quorum=2, witnesses=3, cosigned=1, holds=False)


def test_a_witness_that_is_not_asked_any_more_counts_for_nothing(here: Witnessed) -> None:
    here.release()
    here.silence(2)
    assert here.publish()
    assert here.effect(here.keys[1:]) == InEffect(quorum=2, witnesses=2, cosigned=1, holds=False)


def test_without_witnesses_nothing_ever_takes_effect(here: Witnessed) -> None:
    here.release()
    assert here.publish()
    assert here.effect(()) == InEffect(quorum=2, witnesses=0, cosigned=0, holds=False)
    assert not here.effect(here.keys[:1]).holds


def test_without_a_second_store_nothing_ever_takes_effect(here: Witnessed) -> None:
    here.release()
    here.node.published = None
    assert not here.effect().holds


@pytest.mark.parametrize("quorum", [None, 0, -1])
def test_where_the_agreement_asks_for_none_it_is_in_effect_at_once(
    tmp_path: Path, quorum: int | None
) -> None:
    with ExitStack() as stack:
        here = Witnessed(tmp_path, stack, quorum)
        here.release()
        assert here.effect(()).holds
        assert here.effect().quorum == 0


def adopts_quorum(node: Node) -> None:
    """Two people put a next text in force that states how many witnesses the agreement asks for."""
    text = TEXT.replace("version: 1\n", "version: 2\n", 1)
    text = text.replace('when: "true"', "when: request.reviews_overdue == 0", 1)
    text = text.replace("passes: [{}]", "passes: [{request.reviews_overdue: 1}]", 1)
    proposal = ProposalId("asks-for-witnesses")
    propose = ProposeProtocol(
        proposal=proposal,
        text=text,
        agreements=(AgreementId("quickly"),),
        parameters={"witness_quorum": 2},
    )
    node.record(Order(command=propose, by=LEO))
    sign = SignProtocol(proposal=proposal, sha256=load_pack(text, file="quick.yaml").sha256)
    for by in (REX, SYL):
        node.record(Order(command=sign, by=by))


def test_witnesses_that_an_adopted_text_asks_for_are_asked_for_what_is_released_after_it(
    tmp_path: Path,
) -> None:
    with ExitStack() as stack:
        here = Witnessed(tmp_path, stack, None)
        here.release()
        adopts_quorum(here.node)
        here.node.record(Order(command=RequestRelease(in_haste("again")), by=ANA))
        here.node.record(Order(command=ReleaseItem(RequestId("again")), by=REX))
        given = about(kinds=(ItemReleased, CopyReleased))
        known, _ = here.node.gather(lambda so_far: given | effect_question(so_far))
        before, after = known.of(ItemReleased)
        effects = Effects(here.node, here.keys)
        assert effects.of(known, before).holds
        assert effects.of(known, after) == InEffect(quorum=2, witnesses=3, cosigned=0, holds=False)


def test_where_nobody_can_say_what_the_agreement_asks_it_waits(here: Witnessed) -> None:
    here.release()
    assert here.publish()
    without = History(tuple(r for r in here.known if not isinstance(r.fact, AgreementSigned)), 0)
    assert not here.effect(known=without).holds
    unclear = History(tuple(_asking(r, "two") for r in here.known), 0)
    assert not here.effect(known=unclear).holds


def _asking(recorded: Recorded[Fact], quorum: int | str) -> Recorded[Fact]:
    """The same, but that the agreement under which it was released states this quorum."""
    fact = recorded.fact
    if not isinstance(fact, AgreementSigned) or fact.agreement != AgreementId("quickly"):
        return recorded
    stated = {**fact.terms.parameters, "witness_quorum": quorum}
    return replace(recorded, fact=replace(fact, terms=replace(fact.terms, parameters=stated)))


def test_a_damaged_or_foreign_note_is_no_yes(here: Witnessed) -> None:
    here.release()
    assert here.publish()
    assert here.node.published is not None
    file = here.node.published.folder / "checkpoint"
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    with pytest.raises(Broken, match="damaged"):
        here.effect()
    file.write_text(PlainLog.of(500).note(400))
    with pytest.raises((Broken, Malformed)):
        here.effect()


def test_a_release_in_a_worked_case_hands_nothing_over_and_waits_for_nobody(here: Witnessed) -> None:
    here.release()
    (released,) = here.known.of(ItemReleased)
    told_one = replace(released, told=Told("tale", NOON))
    assert Effects(here.node, ()).of(here.known, told_one).holds
