"""The ledger against a list: whatever is appended, repeated, reopened or asked, a plain list agrees."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tearline.facts.codec import encode
from tearline.facts.errors import Conflict, Refused
from tearline.facts.fact import Compartment, Fact
from tearline.facts.history import Question, about
from tearline.facts.leaks import CompromiseReported, CooperationSuspended
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.checking import check_ledger
from tests.ledger.told import Clock, compromise, draft, organisation, suspended

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


@dataclass
class Model:
    """What should be there: facts in order, and the facts, first position and refs of each key."""

    facts: list[Fact] = field(default_factory=list)
    keys: dict[str, tuple[list[Fact], int, tuple[str, ...]]] = field(default_factory=dict)

    def matching(self, question: Question, after: int = 0) -> list[int]:
        tagged = [(p, encode(fact)) for p, fact in enumerate(self.facts) if p >= after]
        return [p for p, encoded in tagged if question.matches(encoded.kind, encoded.tags)]


class LedgerAgainstAList(RuleBasedStateMachine):
    @initialize()
    def make(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name)}/ledger.db"
        self.clock = Clock()
        self.ledger = Ledger.make(self.url, KEYS, self.clock)
        self.model = Model()

    @rule(
        facts=st.lists(FACTS, min_size=1, max_size=3),
        unless=st.none() | QUESTIONS,
        back=st.integers(0, 4),
        key=st.integers(0, 30).map("key {}".format),
    )
    def append(self, facts: list[Fact], unless: Question | None, back: int, key: str) -> None:
        size = len(self.model.facts)
        after = max(0, size - back)
        drafts = [draft(fact) for fact in facts]
        if key in self.model.keys:
            self.submit_again(facts, key)
        elif unless is not None and self.model.matching(unless, after):
            try:
                self.ledger.append(drafts, unless=unless, after=after, key=key)
            except Conflict:
                return
            raise AssertionError("a fact that mattered came first")
        else:
            appended = self.ledger.append(drafts, unless=unless, after=after, key=key)
            assert (appended.first, appended.position) == (size, size + len(facts))
            assert not appended.repeated
            self.model.keys[key] = (facts, size, appended.refs)
            self.model.facts += facts

    def submit_again(self, facts: list[Fact], key: str) -> None:
        before, first, refs = self.model.keys[key]
        drafts = [draft(fact) for fact in facts]
        if facts == before:
            again = self.ledger.append(drafts, unless=about("item:i-1"), after=0, key=key)
            assert (again.first, again.refs, again.repeated) == (first, refs, True)
            return
        try:
            self.ledger.append(drafts, unless=None, after=0, key=key)
        except Refused:
            return
        raise AssertionError("a key returned with another content and was not refused")

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.model.keys:
            key = data.draw(st.sampled_from(sorted(self.model.keys)))
            self.submit_again(self.model.keys[key][0], key)

    @rule(question=QUESTIONS, opened=st.booleans())
    def read(self, question: Question, opened: bool) -> None:  # noqa: FBT001  drawn by Hypothesis
        opening = frozenset(Compartment) if opened else frozenset[Compartment]()
        history = self.ledger.read(question, opening=opening)
        expected = self.model.matching(question)
        assert [recorded.position for recorded in history] == expected
        assert history.position == len(self.model.facts)
        if opened:
            assert [recorded.fact for recorded in history] == [self.model.facts[p] for p in expected]

    @rule()
    def reopen(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.url, KEYS, self.clock)

    @rule()
    def another_process_appends(self) -> None:
        other = Ledger(self.url, KEYS, self.clock)
        size = len(self.model.facts)
        fact = organisation("o-1")
        appended = other.append([draft(fact)], unless=None, after=size, key=f"other {size}")
        self.model.keys[f"other {size}"] = ([fact], size, appended.refs)
        self.model.facts.append(fact)
        other.close()

    @invariant()
    def everything_verifies(self) -> None:
        assert self.ledger.size() == len(self.model.facts)
        check_ledger(self.ledger)

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.folder.cleanup()


LedgerAgainstAList.TestCase.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
TestLedgerAgainstAList = LedgerAgainstAList.TestCase
