"""The ledger against a list: whatever is appended, purged, repeated, reopened or asked, a plain list agrees.

Two processes have the ledger open, each with its own memory. With a tiny index almost every step moves facts from
memory to the table; with few words, most tags share theirs with another.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tearline.facts.codec import encode
from tearline.facts.errors import Conflict, Refused
from tearline.facts.fact import Compartment, Fact, Seal, Sealed
from tearline.facts.history import Question, about
from tearline.facts.leaks import CompromiseReported, CooperationSuspended
from tearline.ledger.batch import Appended
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.wrapping import WrappingKey
from tests.databases import Database
from tests.ledger.checking import check_ledger
from tests.ledger.told import Clock, compromise, draft, organisation, purged, suspended

KEYS = NodeKeys.new("tearline.example/model")
ITEMS = ("i-1", "i-2")
UNITS = ("u-1", "u-2", "u-3")

FACTS = st.one_of(
    st.builds(compromise, st.just("c-1"), st.sampled_from(ITEMS), st.sampled_from(["seen", "heard"])),
    st.builds(suspended, st.sampled_from(UNITS), st.sampled_from(ITEMS)),
    st.builds(organisation, st.sampled_from(["o-1", "o-2"])),
)
KINDS = st.lists(st.sampled_from([CompromiseReported, CooperationSuspended]), max_size=2)
TAGS = st.lists(
    st.sampled_from([f"item:{i}" for i in ITEMS] + [f"unit:{u}" for u in UNITS]), min_size=1, max_size=2
)
QUESTIONS = st.lists(
    st.builds(lambda tags, kinds: about(*tags, kinds=kinds), TAGS, KINDS), min_size=1, max_size=3
).map(lambda asked: Question(frozenset().union(*(q.clauses for q in asked))))
EITHER = st.integers(0, 1)


@dataclass
class Model:
    """What should be there: facts in order with their references, and the facts and the answer of each key."""

    facts: list[Fact] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    keys: dict[str, tuple[list[Fact], Appended]] = field(default_factory=dict)
    purged: set[int] = field(default_factory=set)

    def matching(self, question: Question, after: int = 0) -> list[int]:
        tagged = [(p, encode(fact)) for p, fact in enumerate(self.facts) if p >= after]
        return [p for p, encoded in tagged if question.matches(encoded.kind, encoded.tags)]

    def readable(self, position: int) -> Fact:
        fact = self.facts[position]
        if position in self.purged:
            assert isinstance(fact, CompromiseReported)
            # One key seals all of a fact's fields, and those go with it that hold nothing.
            return replace(fact, seen=Sealed(None, Seal.PURGED), surfaced=Sealed(None, Seal.PURGED))
        return fact

    def add(self, key: str, facts: list[Fact], appended: Appended) -> None:
        assert (appended.first, appended.position) == (len(self.facts), len(self.facts) + len(facts))
        assert not appended.repeated
        self.keys[key] = (facts, appended)
        self.facts += facts
        self.refs += appended.refs

    def could_purge(self) -> list[int]:
        return [
            p for p, f in enumerate(self.facts) if isinstance(f, CompromiseReported) and p not in self.purged
        ]


class LedgerAgainstAList(RuleBasedStateMachine):
    def __init__(self, new: Callable[[], Database]) -> None:
        super().__init__()
        self.new = new

    @initialize()
    def make(self) -> None:
        self.url = self.new().url
        self.clock = Clock()
        self.keys = KEYS
        first = Ledger.make(self.url, self.keys, self.clock)
        self.ledgers = [first, Ledger(self.url, self.keys, self.clock)]
        self.model = Model()

    @rule(
        facts=st.lists(FACTS, min_size=1, max_size=3),
        unless=st.none() | QUESTIONS,
        back=st.integers(0, 4),
        key=st.integers(0, 30).map("key {}".format),
        one=EITHER,
    )
    def append(self, facts: list[Fact], unless: Question | None, back: int, key: str, one: int) -> None:
        ledger, size = self.ledgers[one], len(self.model.facts)
        after = max(0, size - back)
        drafts = [draft(fact) for fact in facts]
        if key in self.model.keys:
            self.submit_again(facts, key, one)
        elif unless is not None and self.model.matching(unless, after):
            with pytest.raises(Conflict):
                ledger.append(drafts, unless=unless, after=after, key=key)
            assert ledger.recall(key) is None
        else:
            self.model.add(key, facts, ledger.append(drafts, unless=unless, after=after, key=key))

    def submit_again(self, facts: list[Fact], key: str, one: int) -> None:
        before, first = self.model.keys[key]
        drafts = [draft(fact) for fact in facts]
        if facts == before and self.model.purged.isdisjoint(range(first.first, first.position)):
            again = self.ledgers[one].append(drafts, unless=about("item:i-1"), after=0, key=key)
            assert again == replace(first, repeated=True)
            return
        with pytest.raises(Refused):
            self.ledgers[one].append(drafts, unless=None, after=0, key=key)

    @precondition(lambda self: self.model.keys)
    @rule(data=st.data(), one=EITHER)
    def repeat(self, data: st.DataObject, one: int) -> None:
        key = data.draw(st.sampled_from(sorted(self.model.keys)))
        self.submit_again(self.model.keys[key][0], key, one)
        assert self.ledgers[1 - one].recall(key) == replace(self.model.keys[key][1], repeated=True)

    @rule(question=QUESTIONS, opened=st.booleans(), back=st.none() | st.integers(0, 8), one=EITHER)
    def read(self, question: Question, opened: bool, back: int | None, one: int) -> None:  # noqa: FBT001
        opening = frozenset(Compartment) if opened else frozenset[Compartment]()
        size, ledger = len(self.model.facts), self.ledgers[one]
        low = 0 if back is None else max(0, size - back)
        history = (
            ledger.read(question, opening=opening)
            if back is None
            else ledger.read_since(question, low, opening=opening)
        )
        expected = self.model.matching(question, low)
        assert [recorded.position for recorded in history] == expected
        assert [recorded.ref for recorded in history] == [self.model.refs[p] for p in expected]
        assert history.position == size
        if opened:
            assert [recorded.fact for recorded in history] == [self.model.readable(p) for p in expected]

    @precondition(lambda self: self.model.could_purge())
    @rule(data=st.data(), one=EITHER)
    def purge(self, data: st.DataObject, one: int) -> None:
        which = data.draw(st.sampled_from(self.model.could_purge()))
        size, key = len(self.model.facts), f"purge {which}"
        fact = purged({self.model.refs[which]: which})
        appended = self.ledgers[one].append([draft(fact)], unless=None, after=size, key=key, purging=[which])
        self.model.add(key, [fact], appended)
        self.model.purged.add(which)
        with pytest.raises(Conflict):
            self.ledgers[1 - one].append([draft(fact)], unless=None, after=0, key="again", purging=[which])

    @precondition(lambda self: self.model.refs)
    @rule(data=st.data(), one=EITHER)
    def find(self, data: st.DataObject, one: int) -> None:
        position = data.draw(st.integers(0, len(self.model.refs) - 1))
        assert self.ledgers[one].find(self.model.refs[position]) == position

    @rule(one=EITHER)
    def reopen(self, one: int) -> None:
        self.ledgers[one].close()
        self.ledgers[one] = Ledger(self.url, self.keys, self.clock)

    @rule()
    def rewrap(self) -> None:
        new = WrappingKey.new(self.keys.epoch + 1)
        rewrapped = self.ledgers[0].rewrap(new)
        assert rewrapped == len(self.model.could_purge())
        self.keys = replace(self.keys, master=new.key, epoch=new.epoch)
        for one in (0, 1):
            self.reopen(one)

    @rule(one=EITHER)
    def rebuild(self, one: int) -> None:
        self.ledgers[one].rebuild()

    @rule()
    def move(self) -> None:
        """A backup, restored to another database."""
        whole = self.ledgers[0]
        rows, note = whole.rows(0, whole.size()), whole.checkpoint()
        self.url = self.new().url
        for one in self.ledgers:
            one.close()
        first = Ledger.restore(self.url, self.keys, self.clock, rows, note)
        self.ledgers = [first, Ledger(self.url, self.keys, self.clock)]
        assert first.checkpoint() == note

    @invariant()
    def everything_verifies(self) -> None:
        for ledger in self.ledgers:
            assert ledger.size() == len(self.model.facts)
            assert ledger.purges() == len(self.model.purged)
        check_ledger(self.ledgers[0])

    def teardown(self) -> None:
        for one in getattr(self, "ledgers", ()):
            one.close()


@pytest.mark.both_databases
@pytest.mark.parametrize("size", ["usual", "tiny"])
def test_a_ledger_agrees_with_a_list(
    new_database: Callable[[], Database], request: pytest.FixtureRequest, size: str
) -> None:
    if size == "tiny":
        request.getfixturevalue("tiny_index")
        request.getfixturevalue("few_words")
    examples = 3 if request.node.callspec.params["new_database"] == "postgresql" else 10
    run_state_machine_as_test(
        lambda: LedgerAgainstAList(new_database),  # type: ignore[arg-type]  # any callable will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
