"""What finds facts, attacked: snapshots that others overtake, words that collide, references of one moment."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.history import Clause, Question, about, each
from tearline.facts.leaks import CooperationSuspended
from tearline.ledger.batch import Appended
from tearline.ledger.index import REF_TIME, matcher
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tests.ledger.told import NOON, Clock, compromise, draft, organisation, suspended

pytestmark = pytest.mark.both_databases

QUESTIONS = (about("item:i-1"), about("item:i-1") | about("unit:u-9"), about("item:i-1", "compromise:c-1"))


def within(seconds: float, call: Callable[[], object]) -> object:
    """What ``call`` answers; AssertionError when it does not in time."""
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(call()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert answers, "no answer"
    return answers[0]


def add(ledger: Ledger, low: int, high: int) -> None:
    for n in range(low, high):
        ledger.append([draft(compromise(f"c-{n % 3}", f"i-{n % 2}"))], unless=None, after=0, key=str(n))


@pytest.mark.usefixtures("tiny_index")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_snapshot_that_others_overtake_is_answered(ledger: Ledger, question: Question) -> None:
    """The table it sees ends where it began; what lies beyond, memory has forgotten since."""
    add(ledger, 0, 4)
    with ledger._store.reading() as run:
        seen = run.reached()
        assert seen.indexed < seen.size
        add(ledger, 4, 40)
        ledger.read(question)
        assert ledger._index.recent.first > seen.size
        found = within(10, lambda: ledger._index.positions(run, question, 0, seen.size, seen.indexed))
        acts = [row.act for row in ledger.rows(0, 5)]
        begun = within(10, lambda: ledger._index.acts(run, acts, seen.size, seen.indexed))
    assert found == [r.position for r in ledger.read(question) if r.position < seen.size]
    assert begun == {act: position for position, act in enumerate(acts[:4])}


@pytest.mark.usefixtures("tiny_index", "few_words")
def test_a_submission_is_found_by_its_first_fact_whatever_shares_its_word(
    ledger: Ledger, url: str, keys: NodeKeys
) -> None:
    """Almost all tags have the same word: the postings of a submission's later facts look like that of its first."""
    told: dict[str, Appended] = {}
    for n in range(12):
        drafts = [
            draft(suspended(f"u-{n}", "i-1")),
            draft(compromise(f"c-{n}", "i-1")),
            draft(organisation(f"o-{n}")),
        ]
        drafts = drafts[n % 3 :] + drafts[: n % 3]
        told[str(n)] = ledger.append(drafts, unless=None, after=0, key=str(n))
    with closing(Ledger(url, keys, Clock())) as other:
        for key, appended in told.items():
            again = other.recall(key)
            assert again is not None
            assert (again.first, again.refs) == (appended.first, appended.refs)


def test_a_reference_is_found_among_many_of_one_moment(ledger: Ledger, clock: Clock) -> None:
    """A clock that was ahead and is set right stands still until then, and so does the time in references."""
    clock.now = NOON + timedelta(days=365)
    refs = list(ledger.append([draft(organisation("o"))], unless=None, after=0, key="ahead").refs)
    clock.now = NOON
    for n in range(4):
        facts = [draft(organisation(f"o-{n}-{m}")) for m in range(500)]
        refs += ledger.append(facts, unless=None, after=0, key=str(n)).refs
    clock.now = NOON + timedelta(days=366)
    refs += ledger.append([draft(organisation("later"))], unless=None, after=0, key="later").refs
    assert len({ref[:REF_TIME] for ref in refs}) == 2
    for position in (0, 1, 7, 8, 9, 10, 1000, 1999, 2000, 2001):
        assert ledger.find(refs[position]) == position
    asked: list[str] = []
    with ledger._store.statements() as run:
        execute = run.execute

        def counted(text: str, *parameters: object) -> object:
            asked.append(text)
            return execute(text, *parameters)

        run.execute = counted
        assert ledger._index.ref(run, refs[5][:REF_TIME] + "0" * 12, len(refs)) is None
    assert len(asked) < 20


NAMES = st.sampled_from("abcd")
BOTH = st.tuples(st.frozensets(NAMES, max_size=2), st.frozensets(NAMES, max_size=3))
CLAUSES = BOTH.filter(any).map(lambda both: Clause(*both))


@given(clauses=st.frozensets(CLAUSES, max_size=5), kind=NAMES, tags=st.frozensets(NAMES))
def test_a_question_made_ready_matches_what_the_question_does(
    clauses: frozenset[Clause], kind: str, tags: frozenset[str]
) -> None:
    question = Question(clauses)
    assert matcher(question)(kind, tags) == question.matches(kind, tags)


def test_thousands_of_clauses_and_of_facts_are_not_each_compared_with_each(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append([draft(suspended(f"u-{n}", "i-1")) for n in range(400)], unless=None, after=0, key="k")
    ledger.rebuild()
    compared: list[Clause] = []
    matches = Clause.matches

    def counted(clause: Clause, kind: str, tags: frozenset[str]) -> bool:
        compared.append(clause)
        return matches(clause, kind, tags)

    monkeypatch.setattr(Clause, "matches", counted)
    question = each("unit", [f"u-{n}" for n in range(2000)], [CooperationSuspended])
    assert len(ledger.read(question).facts) == 400
    assert len(compared) <= 800
