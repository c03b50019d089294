"""What the ledger promises to those who decide: what they read, what conflicts, what is recorded once."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from tearline.facts.errors import Broken, Conflict, Malformed, Refused
from tearline.facts.fact import Closed, Compartment, Sealed
from tearline.facts.history import Actor, Draft, Precision, Question, Role, Told, about, each
from tearline.facts.identifiers import ItemId, OrganisationId, PersonId
from tearline.facts.leaks import CompromiseReported, CooperationSuspended
from tearline.facts.release import Handling, InformationGrade, ItemRegistered, SourceGrade, Tlp
from tearline.ledger.batch import Appended
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import open_checkpoint
from tearline.ledger.proof import Proof
from tearline.ledger.wrapping import WrappingKey
from tests.databases import Database
from tests.ledger.checking import check_ledger
from tests.ledger.told import BY, NOON, Clock, compromise, draft, on_item, organisation, suspended

pytestmark = pytest.mark.both_databases

CONTENT = frozenset({Compartment.CONTENT})


def add(ledger: Ledger, *drafts: Draft, key: str) -> Appended:
    return ledger.append(drafts, unless=None, after=0, key=key)


def item() -> ItemRegistered:
    return ItemRegistered(
        item=ItemId("i-1"),
        originator=OrganisationId("o-1"),
        holder=OrganisationId("o-1"),
        title=Sealed("Four numbers"),
        content=Sealed("the numbers themselves"),
        source_code=Sealed("S-17"),
        conditions=Sealed(None),
        source_grade=SourceGrade.RELIABLE,
        information_grade=InformationGrade.KNOWN_DIRECTLY,
        handling=Handling.CONDITIONS,
        tlp=Tlp.RED,
    )


def test_an_empty_ledger_is_signed_and_proves_itself(ledger: Ledger, keys: NodeKeys) -> None:
    assert ledger.size() == 0
    assert open_checkpoint(ledger.checkpoint(), keys.vkey).size == 0
    assert ledger.read(on_item("i-1")).facts == ()
    check_ledger(ledger)


def test_facts_come_back_as_they_were_recorded(ledger: Ledger) -> None:
    told = Told("allende-happened", NOON - timedelta(days=2), "paragraph 12")
    given = Draft(
        fact=item(),
        happened_at=datetime(2011, 3, 18, 9, tzinfo=UTC),
        by=Actor(PersonId("p-9"), Role.CHRONICLER),
        precision=Precision.MONTH,
        told=told,
    )
    appended = add(ledger, given, key="k")
    (recorded,) = ledger.read(about("item:i-1"), opening=frozenset(Compartment))
    assert recorded.fact == given.fact
    assert (recorded.happened_at, recorded.precision) == (given.happened_at, Precision.MONTH)
    assert (recorded.by, recorded.told) == (given.by, told)
    assert (recorded.position, recorded.ref) == (0, appended.refs[0])
    assert recorded.recorded_at == appended.recorded_at == NOON + timedelta(seconds=1)
    check_ledger(ledger)


def test_sealed_fields_are_closed_outside_the_opened_compartments(ledger: Ledger) -> None:
    add(ledger, draft(item()), key="k")
    (closed,) = ledger.read(about("item:i-1")).of(ItemRegistered)
    (some,) = ledger.read(about("item:i-1"), opening=CONTENT).of(ItemRegistered)
    assert some.fact.title.open() == "Four numbers"
    for field in (closed.fact.title, closed.fact.source_code, some.fact.source_code, some.fact.conditions):
        with pytest.raises(Closed):
            field.open()


def test_a_question_gets_the_kinds_and_tags_that_it_names(ledger: Ledger) -> None:
    add(
        ledger,
        draft(compromise("c-1", "i-1")),
        draft(suspended("u-1", "i-1")),
        draft(suspended("u-2", "i-2")),
        draft(organisation("o-1")),
        key="k",
    )

    def positions(question: Question) -> list[int]:
        return [recorded.position for recorded in ledger.read(question)]

    assert positions(about("item:i-1")) == [0, 1]
    assert positions(about("item:i-1", kinds=[CooperationSuspended])) == [1]
    assert positions(about("item:i-2", "unit:u-2")) == [2]
    assert positions(about("item:i-1", "unit:u-2", "compromise:c-1")) == []
    assert positions(about("unit:u-1", "item:i-1", "compromise:c-1", kinds=[CooperationSuspended])) == [1]
    assert positions(about(kinds=[CooperationSuspended])) == [1, 2]
    assert positions(each("unit", ["u-1", "u-2"], [CooperationSuspended])) == [1, 2]
    assert positions(about("item:i-1") | about("organisation:o-1")) == [0, 1, 3]
    assert positions(each("unit", [f"u-{n}" for n in range(5000)])) == [1, 2]
    assert positions(Question()) == []


def test_a_question_of_many_clauses_is_answered(ledger: Ledger) -> None:
    add(ledger, *(draft(suspended(f"u-{n}", f"i-{n}")) for n in range(10)), key="k")
    question = Question()
    for n in range(700):
        question |= about(f"unit:u-{n}", f"item:i-{n}")
    history = ledger.read(question)
    assert [recorded.position for recorded in history] == list(range(10))


def test_a_question_asked_again_gets_what_came_since(ledger: Ledger) -> None:
    question = on_item("i-1")
    for n in range(5):
        add(ledger, draft(compromise(f"c-{n}", f"i-{n % 2}")), key=f"k{n}")
        history = ledger.read(question)
        assert [r.fact.compromise for r in history.of(CompromiseReported)] == ["c-1", "c-3"][: (n + 1) // 2]
        assert history.position == n + 1
    assert ledger.read(question) is ledger.read(question)


def test_a_fact_that_matters_and_came_first_is_a_conflict(ledger: Ledger) -> None:
    add(ledger, draft(compromise("c-1", "i-1")), key="before")
    history = ledger.read(on_item("i-1"))
    add(ledger, draft(compromise("c-2", "i-1")), key="meanwhile")
    with pytest.raises(Conflict):
        ledger.append(
            [draft(suspended("u-1", "i-1"))], unless=on_item("i-1"), after=history.position, key="late"
        )
    assert ledger.size() == 2
    again = ledger.read(on_item("i-1"))
    ledger.append([draft(suspended("u-1", "i-1"))], unless=on_item("i-1"), after=again.position, key="late")
    check_ledger(ledger)


def test_a_fact_that_does_not_matter_is_no_conflict(ledger: Ledger) -> None:
    history = ledger.read(on_item("i-1"))
    add(ledger, draft(compromise("c-2", "i-2")), draft(organisation("o-1")), key="meanwhile")
    ledger.append([draft(suspended("u-1", "i-1"))], unless=on_item("i-1"), after=history.position, key="k")
    assert ledger.size() == 3


def test_a_position_that_was_never_reached_is_a_conflict(ledger: Ledger) -> None:
    with pytest.raises(Conflict, match="not reached"):
        ledger.append([draft(organisation("o-1"))], unless=None, after=1, key="k")
    check_ledger(ledger)


def test_the_same_submission_is_recorded_once(ledger: Ledger, url: str, keys: NodeKeys, clock: Clock) -> None:
    drafts = [draft(item()), draft(suspended("u-1", "i-1"))]
    first = add(ledger, *drafts, key="k")
    add(ledger, draft(compromise("c-1", "i-1")), key="other")
    with closing(Ledger(url, keys, clock)) as other:
        for opened in (ledger, other):
            again = opened.append(drafts, unless=on_item("i-1"), after=0, key="k")
            assert (again.first, again.refs) == (first.first, first.refs)
            assert (again.recorded_at, again.repeated) == (first.recorded_at, True)
    assert not first.repeated
    assert ledger.size() == 3
    check_ledger(ledger)


@pytest.mark.parametrize(
    "other",
    [
        lambda: [draft(compromise("c-1", "i-1", seen="something else"))],
        lambda: [draft(compromise("c-1", "i-2"))],
        lambda: [draft(compromise("c-1", "i-1"), NOON + timedelta(seconds=1))],
        lambda: [draft(compromise("c-1", "i-1"))] * 2,
        lambda: [
            Draft(
                fact=compromise("c-1", "i-1"),
                happened_at=NOON,
                by=Actor(PersonId("p-2"), Role.INVESTIGATOR),
            )
        ],
    ],
)
def test_a_key_that_returns_with_another_content_is_refused(
    ledger: Ledger, other: Callable[[], list[Draft]]
) -> None:
    add(ledger, draft(compromise("c-1", "i-1")), key="k")
    with pytest.raises(Refused, match="key"):
        add(ledger, *other(), key="k")
    assert ledger.size() == 1


def test_a_fact_too_large_is_refused_alone(ledger: Ledger) -> None:
    wide = suspended("u-1", "i-1")
    object.__setattr__(wide, "rule", "x" * 17_000)
    with pytest.raises(Malformed, match="16384"):
        add(ledger, draft(organisation("o-1")), draft(wide), key="k")
    assert ledger.size() == 0
    add(ledger, draft(organisation("o-1")), key="k")
    check_ledger(ledger)


def test_a_long_sealed_text_is_recorded(ledger: Ledger) -> None:
    add(ledger, draft(compromise("c-1", "i-1", seen="ñ" * 20_000)), key="k")
    (recorded,) = ledger.read(on_item("i-1"), opening=CONTENT).of(CompromiseReported)
    assert recorded.fact.seen.open() == "ñ" * 20_000


def test_recorded_time_never_goes_back(ledger: Ledger, clock: Clock, url: str, keys: NodeKeys) -> None:
    add(ledger, draft(organisation("o-1")), key="1")
    clock.now = NOON - timedelta(days=30)
    late = add(ledger, draft(organisation("o-2")), key="2")
    assert late.recorded_at == NOON + timedelta(seconds=1)
    with closing(Ledger(url, keys, clock)) as opened:
        late = add(opened, draft(organisation("o-3")), key="3")
    assert late.recorded_at == NOON + timedelta(seconds=1)
    check_ledger(ledger)


def test_a_time_without_an_offset_is_not_recorded(ledger: Ledger) -> None:
    with pytest.raises(TypeError, match="offset"):
        add(ledger, draft(organisation("o-1"), datetime(2011, 3, 18)), key="k")  # noqa: DTZ001
    assert ledger.size() == 0


def test_a_submission_needs_facts_a_key_and_a_position(ledger: Ledger) -> None:
    for drafts, after, key in (([], 0, "k"), ([draft(item())], 0, ""), ([draft(item())], -1, "k")):
        with pytest.raises(ValueError, match="submission"):
            ledger.append(drafts, unless=None, after=after, key=key)


def test_an_entry_can_be_found_shown_and_proved(ledger: Ledger, keys: NodeKeys) -> None:
    refs = add(ledger, *(draft(organisation(f"o-{n}")) for n in range(300)), key="k").refs
    assert len(set(refs)) == 300
    position = ledger.find(refs[261])
    assert position == 261
    entry = ledger.entry(261)
    assert entry.recorded.fact == organisation("o-261")
    proof = Proof.parse(ledger.prove(261))
    assert proof.verify(entry.leaf, keys.vkey).size == 300
    assert ledger.find("no-such-ref") is None
    for call in (lambda: ledger.entry(300), lambda: ledger.prove(300), lambda: ledger.prove(-1)):
        with pytest.raises(IndexError):
            call()
    check_ledger(ledger)


def test_those_who_wait_together_are_each_judged_by_themselves(ledger: Ledger, database: Database) -> None:
    """One holds the database so that the others gather; then one transaction takes or refuses each."""
    outcomes: dict[str, Appended | Exception] = {}

    def submit(name: str, drafts: list[Draft], unless: Question | None, key: str) -> None:
        try:
            outcomes[name] = ledger.append(drafts, unless=unless, after=0, key=key)
        except (Conflict, Refused, Malformed) as error:
            outcomes[name] = error

    submissions = [
        ("leader", [draft(organisation("o-0"))], None, "leader"),
        ("first", [draft(compromise("c-1", "i-1"))], on_item("i-1"), "first"),
        ("second", [draft(compromise("c-2", "i-1"))], on_item("i-1"), "second"),
        ("elsewhere", [draft(compromise("c-3", "i-2"))], on_item("i-2"), "elsewhere"),
        ("repeated", [draft(compromise("c-1", "i-1"))], on_item("i-1"), "first"),
        ("reused", [draft(compromise("c-9", "i-1"))], None, "first"),
    ]
    threads = []
    with database.held():
        for before, submission in enumerate(submissions):
            threads.append(threading.Thread(target=submit, args=submission))
            threads[-1].start()
            while not ledger._group._led or len(ledger._group._waiting) != before:
                time.sleep(0.001)  # they gather in this order behind the first, who waits for the database
    for thread in threads:
        thread.join(10)
    first, repeated = outcomes["first"], outcomes["repeated"]
    assert isinstance(first, Appended)
    assert isinstance(repeated, Appended)
    assert isinstance(outcomes["elsewhere"], Appended)
    assert isinstance(outcomes["second"], Conflict)
    assert isinstance(outcomes["reused"], Refused)
    assert repeated.refs == first.refs
    assert repeated.repeated
    assert outcomes["elsewhere"].recorded_at > first.recorded_at
    assert ledger.size() == 3
    check_ledger(ledger)


def test_a_fact_that_is_too_large_is_refused_before_it_waits(ledger: Ledger) -> None:
    wide = suspended("u-9", "i-9")
    object.__setattr__(wide, "rule", "x" * 17_000)
    with pytest.raises(Malformed, match="16384"):
        ledger.append([draft(wide)], unless=None, after=0, key="too large")
    assert ledger.size() == 0


def test_times_never_go_back_though_facts_are_signed_before_their_turn(ledger: Ledger) -> None:
    early = ledger.admit([draft(organisation("o-1"))], unless=None, after=0, key="early")
    late = ledger.admit([draft(organisation("o-2"))], unless=None, after=0, key="late")
    assert ledger.record(late).recorded_at == ledger.record(early).recorded_at
    check_ledger(ledger)


def test_by_whom_is_kept(ledger: Ledger) -> None:
    add(ledger, draft(organisation("o-1")), key="k")
    (recorded,) = ledger.read(about("organisation:o-1"))
    assert recorded.by == BY


def test_a_rewrap_waits_for_what_is_being_appended_and_hinders_nothing_else(
    ledger: Ledger, url: str, keys: NodeKeys, clock: Clock
) -> None:
    """One process does both, from several threads: the transactions must not run into each other."""
    stop = threading.Event()
    failed: list[Exception] = []
    recorded: list[Appended] = []

    def append(thread: int) -> None:
        for n in count():
            if stop.is_set():
                return
            try:
                recorded.append(add(ledger, draft(compromise(f"c-{thread}-{n}", "i-1")), key=f"{thread} {n}"))
            except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
                failed.append(error)
                return

    threads = [threading.Thread(target=append, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    while len(recorded) < 20:
        time.sleep(0.001)
    for _ in range(5):
        ledger.rebuild()
    new = WrappingKey.new(2)
    assert ledger.rewrap(new) >= 20
    for thread in threads:
        thread.join(10)
    assert len(failed) == 3  # the old key is no longer in use, and that is all they were told
    assert {type(error) for error in failed} == {Broken}
    assert all("wrapping key was replaced" in str(error) for error in failed)
    with closing(Ledger(url, replace(keys, master=new.key, epoch=2), clock)) as opened:
        assert opened.size() == len(recorded)
        opened.check()
