"""Keys promise: nothing is recorded under a key that is unknown or revoked, and no key serves in two roles.

Acts wait for their signature while keys come and go; a plain model says what must come of each step.
"""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import KeyId, PersonId
from tearline.facts.keys import KeyPurpose, PersonKeyIntroduced
from tearline.jobs.keys import known_keys, revoke, rotate
from tearline.ledger import personal, sdjwt
from tearline.node import Node, Order, Prepared, make_node, open_node
from tearline.rooms.parties.keys import IntroducePersonKey
from tearline.rooms.parties.persons import EnrolPerson
from tearline.rooms.parties.units import RegisterOrganisation
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.items import RegisterItem
from tests.nodes import Clock
from tests.signing import introduced, key_of, private_key, revoked
from tests.worlds import ANA, LEO, VIC, dissent, item, organisation, person

PEOPLE = ("rex", "hugo", "ina")
people = st.sampled_from(PEOPLE)
nths = st.integers(1, 3)
SETTINGS = settings(max_examples=12, stateful_step_count=18, deadline=None)


@dataclass(slots=True)
class Waiting:
    """An act that waits for its signature, and whether the keys of its person changed since."""

    prepared: Prepared
    person: str
    stale: bool = field(default=False)


class Keys(RuleBasedStateMachine):
    acts = Bundle("acts")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = Clock()
        self.node: Node = make_node(
            self.folder / "node", origin="tearline.example/keys", demo=True, clock=self.clock
        )
        self.node.record(Order(command=RegisterOrganisation(organisation("own")), by=VIC))
        for one in PEOPLE:
            self.node.record(Order(command=EnrolPerson(person(one, of="own")), by=LEO))
        self.node.record(Order(command=RegisterItem(item()), by=ANA))
        self.held: dict[str, set[int]] = {one: set() for one in PEOPLE}
        self.ever: set[KeyId] = {k.key for k in known_keys(self.node)}
        self.waiting: list[Waiting] = []
        self.bound: list[tuple[int, str, KeyId | None]] = []
        self.count = 0

    def refused(self, work: object) -> str:
        """The rule that refuses it, and then nothing is recorded; or ``done``."""
        size = self.node.ledger.size()
        try:
            work()  # type: ignore[operator]  # a call without arguments
        except Refused as refused:
            assert self.node.ledger.size() == size
            return refused.rule
        return "done"

    def changed(self, person: str) -> None:
        for one in self.waiting:
            one.stale |= one.person == person

    @rule(who=people, nth=nths, vouching=st.none() | nths)
    def introduce(self, who: str, nth: int, vouching: int | None) -> None:
        order = Order(command=introduced(who, nth, vouching), by=LEO)
        said = self.refused(lambda: self.node.record(order))
        vouched = vouching in self.held[who] if self.held[who] else vouching is None
        known = key_of(who, nth) in self.ever
        lost = not self.held[who] and any(key_of(who, n) in self.ever for n in (1, 2, 3))
        wrong = "recovered-by-two" if lost else "vouched-for"
        assert said == ("one-key-one-use" if known else "done" if vouched and not lost else wrong)
        if said == "done":
            self.held[who].add(nth)
            self.ever.add(key_of(who, nth))
            self.changed(who)

    @rule(who=people, data=st.data())
    def introduce_a_key_of_the_node_or_of_another(self, who: str, data: st.DataObject) -> None:
        known = data.draw(st.sampled_from(known_keys(self.node)))
        fact = PersonKeyIntroduced(person=PersonId(who), key=known.key, public_key=known.public_key)
        said = self.refused(lambda: self.node.record(Order(command=IntroducePersonKey(fact), by=LEO)))
        assert said == "one-key-one-use"

    @rule(who=people, nth=nths)
    def introduce_ones_own(self, who: str, nth: int) -> None:
        oneself = Actor(PersonId(who), Role.LIAISON)
        said = self.refused(lambda: self.node.record(Order(command=introduced(who, nth), by=oneself)))
        assert said in ("nobody-introduces-their-own-key", "one-key-one-use")

    @rule(who=people, nth=nths)
    def revoke_a_persons(self, who: str, nth: int) -> None:
        said = self.refused(lambda: self.node.record(Order(command=revoked(who, nth), by=LEO)))
        if nth in self.held[who]:
            assert said == "done"
            self.held[who].remove(nth)
            self.changed(who)
        else:
            assert said == ("once" if key_of(who, nth) in self.ever else "known")

    @rule(purpose=st.sampled_from(KeyPurpose))
    def rotate_the_nodes(self, purpose: KeyPurpose) -> None:
        fact = rotate(self.node, self.folder / "node" / "keys", purpose)
        assert fact.key not in self.ever
        self.ever.add(fact.key)

    @rule(data=st.data())
    def revoke_one_of_the_nodes(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([k for k in known_keys(self.node) if k.purpose is not None]))
        reason = data.draw(st.sampled_from(list(type(revoked("rex").fact.reason))))
        said = self.refused(lambda: revoke(self.node, key.key, reason, None, None))
        assert said == ("rotate-first" if key.in_use else "once" if key.revoked else "done")

    @rule()
    def open_again(self) -> None:
        self.node.close()
        self.node = open_node(self.folder / "node", clock=self.clock)

    def order(self, who: str) -> Order:
        self.count += 1
        fact = dissent(f"no-{self.count}", request=None)
        return Order(command=RecordDissent(fact), by=Actor(PersonId(who), Role.HARM_DESK))

    @rule(who=people)
    def act_without_signature(self, who: str) -> None:
        size = self.node.ledger.size()
        said = self.refused(lambda: self.node.record(self.order(who)))
        assert said == ("signed-personally" if self.held[who] else "done")
        if said == "done":
            self.bound.append((size, who, None))

    @rule(target=acts, who=people)
    def prepare(self, who: str) -> Waiting | None:
        made: list[Prepared] = []
        said = self.refused(lambda: made.append(self.node.prepare(self.order(who))))
        assert said == ("done" if self.held[who] else "key-on-record")
        if not made:
            return None
        self.waiting.append(Waiting(made[0], who))
        return self.waiting[-1]

    @precondition(lambda self: self.waiting)
    @rule(one=consumes(acts), by=people, nth=nths)
    def sign(self, one: Waiting | None, by: str, nth: int) -> None:
        if one is None:
            return
        signature = personal.sign(one.prepared.challenge, private_key(by, nth))
        size = self.node.ledger.size()
        said = self.refused(lambda: self.node.record_prepared(one.prepared, signature=signature))
        fits = by == one.person and nth in self.held[by]
        assert said == ("signed-personally" if not fits else "shown-anew" if one.stale else "done")
        if said == "done":
            self.bound.append((size, by, key_of(by, nth)))

    @invariant()
    def the_ledger_is_whole(self) -> None:
        self.node.ledger.check()

    @invariant()
    def what_bound_somebody_bears_the_key_that_signed_it(self) -> None:
        for position, who, key in self.bound:
            payload = sdjwt.payload_of(self.node.ledger.entry(position).jws)
            assert payload["by"] == who
            assert payload.get("signed", {}).get("key") == key

    @invariant()
    def no_key_serves_in_two_roles(self) -> None:
        keys = known_keys(self.node)
        assert len({k.public_key for k in keys}) == len({k.key for k in keys}) == len(keys)
        assert {k.key for k in keys} == self.ever
        assert [k.purpose for k in keys if k.purpose and k.in_use].count(KeyPurpose.FACT) == 1
        assert [k.purpose for k in keys if k.purpose and k.in_use].count(KeyPurpose.LOG) == 1

    def teardown(self) -> None:
        self.node.close()
        shutil.rmtree(self.folder)


TestKeys = Keys.TestCase
TestKeys.settings = SETTINGS
