"""The node: one command meets the ledger, once, on all that was known at that moment."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.fact import Compartment, Seal
from tearline.facts.history import Actor, Draft, History, Precision, Question, Role, Told, about
from tearline.facts.identifiers import PersonId, RequestId
from tearline.facts.parties import OrganisationRegistered, UnitFormed
from tearline.facts.release import (
    DissentRecorded,
    Effect,
    ItemRegistered,
    ItemReleased,
    KnowersListed,
    SignOffLine,
    VerdictReached,
)
from tearline.facts.vocabulary import kinds
from tearline.folds.people import people_question, upwards
from tearline.folds.release import request_question
from tearline.ledger.ledger import Ledger
from tearline.node import Node, Order, RefusedAmong, make_node, open_node, shipped_protocols
from tearline.rooms import Act, Command
from tearline.rooms.parties.persons import EnrolPerson
from tearline.rooms.parties.units import FormUnit, RegisterOrganisation
from tearline.rooms.release.dissents import RecordDissent
from tearline.rooms.release.items import ListKnowers
from tearline.rooms.release.releasing import ReleaseItem
from tearline.rooms.release.requests import RequestRelease, SignOff
from tests.nodes import BEGINNING, COMMANDS, Clock, new_node, same_ledger, told
from tests.worlds import (
    ANA,
    CLIO,
    HUGO,
    NOON,
    REX,
    SOL,
    VIC,
    dissent,
    knowers,
    on,
    organisation,
    partners,
    person,
    requested,
    signed_off,
    unit,
)

EVERYTHING = frozenset(Compartment)
DISSENT = Order(command=RecordDissent(dissent()), by=HUGO)
RELEASE = Order(command=ReleaseItem(RequestId("ask")), by=REX)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def empty(tmp_path: Path, clock: Clock) -> Iterator[Node]:
    made = new_node(tmp_path, clock)
    yield made
    made.ledger.check()
    made.ledger.close()


@pytest.fixture
def node(empty: Node) -> Node:
    """Partners who may work together, and a request that lacks only the releasing officer's last word."""
    told(empty, partners())
    empty.record(Order(command=RequestRelease(requested()), by=ANA))
    empty.record(Order(command=SignOff(signed_off("s-1", SignOffLine.RELEASING)), by=REX))
    empty.record(Order(command=SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), by=SOL))
    return empty


def everything(node: Node) -> History:
    return node.ledger.read(about(kinds=kinds()), opening=EVERYTHING)


def verdict(node: Node) -> Effect:
    return everything(node).of(VerdictReached)[-1].fact.effect


def register(name: str, told: Told | None = None) -> Order:
    return Order(command=RegisterOrganisation(organisation(name)), by=CLIO if told else VIC, told=told)


@dataclass
class MeanwhileLedger:
    """The same ledger, to whom something else is said just before the next submissions."""

    ledger: Ledger
    meanwhile: list[Callable[[], object]]

    def __getattr__(self, name: str) -> object:
        return getattr(self.ledger, name)

    def append(self, drafts: list[Draft], **circumstances: Any) -> object:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return self.ledger.append(drafts, **circumstances)


def racing(node: Node, *meanwhile: Callable[[], object]) -> None:
    """Before this node's next submissions reach the ledger, these happen."""
    node.ledger = MeanwhileLedger(node.ledger, list(meanwhile))  # type: ignore[assignment]


# Decided again on the new facts


def test_a_release_that_nothing_hinders_goes_out(node: Node) -> None:
    node.record(RELEASE)
    assert verdict(node) is Effect.RELEASE
    assert len(everything(node).of(ItemReleased)) == 1


def test_a_dissent_between_deciding_and_recording_stops_the_release(
    tmp_path: Path, node: Node, clock: Clock
) -> None:
    other = same_ledger(tmp_path, clock)
    racing(node, lambda: other.record(DISSENT))
    with pytest.raises(Refused, match="protocol-says-release"):
        node.record(RELEASE)
    assert not everything(node).of(ItemReleased)
    other.ledger.close()


def test_a_dissent_between_reading_the_clock_and_reading_the_facts_stops_the_release(
    tmp_path: Path, node: Node
) -> None:
    """Decided as of noon, it would have been a fact of the future, and no verdict would have seen it."""
    other = same_ledger(tmp_path, Clock(on(0.001)))

    def noon_and_then_somebody_dissents() -> datetime:
        node.clock = Clock()
        other.record(DISSENT)
        return NOON

    node.clock = noon_and_then_somebody_dissents
    with pytest.raises(Refused, match="protocol-says-release"):
        node.record(RELEASE)
    assert not everything(node).of(ItemReleased)
    other.ledger.close()


def test_a_clock_that_is_set_back_hides_no_dissent(node: Node, clock: Clock) -> None:
    clock.forward(hours=2)
    node.record(DISSENT)
    clock.forward(hours=-1)
    with pytest.raises(Refused, match="protocol-says-release"):
        node.record(RELEASE)


def test_a_sign_off_while_a_dissent_arrives_is_decided_with_the_dissent(
    tmp_path: Path, empty: Node, clock: Clock
) -> None:
    told(empty, partners())
    empty.record(Order(command=RequestRelease(requested()), by=ANA))
    empty.record(Order(command=SignOff(signed_off("s-1", SignOffLine.RELEASING)), by=REX))
    other = same_ledger(tmp_path, clock)
    racing(empty, lambda: other.record(DISSENT))
    empty.record(Order(command=SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), by=SOL))
    reached = everything(empty).of(VerdictReached)[-1].fact
    assert reached.effect is Effect.HOLD
    assert "dissent-unanswered" in reached.rules.open()
    other.ledger.close()


def test_an_unrelated_fact_meanwhile_changes_nothing(tmp_path: Path, node: Node, clock: Clock) -> None:
    other = same_ledger(tmp_path, clock)
    racing(
        node,
        lambda: other.record(register("elsewhere")),
        lambda: pytest.fail("decided again because of a fact that could not change the answer"),
    )
    node.record(RELEASE)
    other.ledger.close()


def test_threads_that_race_never_release_over_a_dissent(tmp_path: Path, node: Node, clock: Clock) -> None:
    """Whoever is first: a release after the dissent cannot be there, a dissent after the release can."""
    other = same_ledger(tmp_path, clock)
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def act(which: Node, order: Order) -> None:
        start.wait()
        try:
            which.record(order)
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.rule)

    threads = [threading.Thread(target=act, args=args) for args in [(node, RELEASE), (other, DISSENT)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    past = everything(node)
    dissented = past.of(DissentRecorded)[0].position
    assert sorted(outcomes) in (["done", "done"], ["done", "protocol-says-release"])
    assert all(r.position < dissented for r in past.of(ItemReleased))
    other.ledger.close()


def test_two_who_claim_one_identifier_get_one_answer(tmp_path: Path, empty: Node, clock: Clock) -> None:
    other = same_ledger(tmp_path, clock)
    racing(empty, lambda: other.record(register("agency")))
    with pytest.raises(Refused, match="once"):
        empty.record(register("agency"))
    assert len(everything(empty).of(OrganisationRegistered)) == 1
    other.ledger.close()


def test_a_node_that_can_never_decide_in_time_says_so(tmp_path: Path, empty: Node, clock: Clock) -> None:
    other = same_ledger(tmp_path, clock)
    told(other, partners())

    def another() -> object:
        return other.record(
            Order(command=RecordDissent(dissent(f"d-{other.ledger.size()}", request=None)), by=HUGO)
        )

    racing(empty, *[another] * 60)
    with pytest.raises((Broken, TimeoutError), match="kept arriving"):
        empty.record(Order(command=RequestRelease(requested()), by=ANA))
    assert not everything(empty).of(VerdictReached)
    other.ledger.close()


# Who may

ABOUT_THE_NODE = {
    "NameFounders",
    "FoundNode",
    "LinkDirectoryAccount",
    "EnrolPasskey",
    "CompletePurge",
    "DiscloseFields",
    "IntroduceNodeKey",
    "IntroduceWrappingKey",
    # Nobody else was there: people without an account, through the outside door.
    "ReceiveOutsideReport",
    "AddToOutsideReport",
    "WithdrawOutsideConsent",
    "RecordKeyBackup",
    "RecordKeyBackupDestroyed",
    "RetireWrappingKey",
    "RevokeNodeKey",
}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_every_command_names_who_may_give_it_and_the_node_only_what_is_about_itself(
    command: type[Command],
) -> None:
    assert command.allowed
    assert Role.NODE not in command.allowed or command.__name__ in ABOUT_THE_NODE
    assert command.opens <= EVERYTHING


@pytest.mark.parametrize("role", sorted(set(Role) - RegisterOrganisation.allowed - {Role.CHRONICLER}))
def test_a_role_that_is_not_named_is_refused(empty: Node, role: Role) -> None:
    with pytest.raises(Refused, match="role-allowed") as refused:
        empty.record(Order(command=RegisterOrganisation(organisation("o")), by=Actor(PersonId("x"), role)))
    assert role.words.en in refused.value.because.en
    assert role.words.es in refused.value.because.es
    assert empty.ledger.size() == 0


def test_nobody_chronicles_the_live_record(empty: Node) -> None:
    with pytest.raises(Refused, match="told-only"):
        empty.record(Order(command=RegisterOrganisation(organisation("o")), by=CLIO))
    assert empty.ledger.size() == 0


def test_what_follows_by_rule_is_signed_by_the_node_for_whoever_acted(node: Node) -> None:
    node.record(RELEASE)
    reached = everything(node).of(VerdictReached)[-1]
    assert (reached.by.person, reached.by.role) == (REX.person, Role.NODE)
    assert everything(node).of(ItemReleased)[-1].by == REX


# Worked cases and the live record


ONE = Told("one", on(-2000), "somewhere ¶1")
TWO = Told("two", on(-2000), "elsewhere ¶1")


def named(told: Told | None, name: str) -> str:
    return f"{told.telling}.{name}" if told else name


def form_unit(told: Told | None, of: str) -> Order:
    by = CLIO if told else VIC
    return Order(command=FormUnit(unit(named(told, "u"), of)), by=by, told=told, at=on(-2001))


@pytest.mark.parametrize(
    ("first", "then"), [(ONE, None), (None, ONE), (ONE, TWO)], ids=["live-on-told", "told-on-live", "other"]
)
def test_a_live_act_and_a_telling_never_rest_on_each_other(
    empty: Node, first: Told | None, then: Told | None
) -> None:
    empty.record(
        Order(
            command=RegisterOrganisation(organisation(named(first, "o"))),
            by=CLIO if first else VIC,
            told=first,
            at=on(-2002),
        )
    )
    with pytest.raises(Refused, match="told-apart"):
        empty.record(form_unit(then, named(first, "o")))
    assert not everything(empty).of(UnitFormed)


def test_a_telling_rests_on_itself(empty: Node) -> None:
    before = Order(
        command=RegisterOrganisation(organisation("one.o")),
        by=CLIO,
        told=ONE,
        at=on(-2002),
        precision=Precision.YEAR,
    )
    empty.record_all([before, form_unit(ONE, "one.o")])
    (formed,) = everything(empty).of(UnitFormed)
    assert formed.told == ONE
    assert formed.known_at == on(-2000)
    assert formed.recorded_at == NOON
    assert formed.happened_at == on(-2001)


def test_a_telling_cannot_take_a_live_identifier(empty: Node) -> None:
    squat = Order(command=RegisterOrganisation(organisation("o")), by=CLIO, told=ONE, at=on(-2002))
    with pytest.raises(Refused, match="told-by-name"):
        empty.record(squat)
    assert empty.ledger.size() == 0


def test_a_telling_has_its_own_clock(empty: Node) -> None:
    with pytest.raises(Refused, match="not-ahead"):
        empty.record(Order(command=RegisterOrganisation(organisation("o")), by=CLIO, told=ONE, at=on(-1999)))


# All or nothing


def test_all_of_many_orders_are_recorded_or_none(empty: Node) -> None:
    good = [register("o-1"), register("o-2"), Order(command=FormUnit(unit("u", "o-1")), by=VIC)]
    bad = Order(command=FormUnit(unit("v", "nobody")), by=VIC)
    with pytest.raises(RefusedAmong, match="known") as refused:
        empty.record_all([*good, bad, register("o-3")])
    assert refused.value.order == 3
    assert empty.ledger.size() == 0
    empty.record_all(good)
    assert empty.ledger.size() == 3


def test_each_order_is_decided_on_what_those_before_it_said(empty: Node) -> None:
    with pytest.raises(RefusedAmong, match="once") as refused:
        empty.record_all([register("o"), register("o")])
    assert refused.value.order == 1
    assert empty.ledger.size() == 0


def test_a_verdict_among_many_orders_sees_the_facts_before_it(empty: Node) -> None:
    told(empty, partners())
    empty.record_all(
        [
            Order(command=RequestRelease(requested()), by=ANA),
            DISSENT,
            Order(command=SignOff(signed_off("s-1", SignOffLine.RELEASING)), by=REX),
            Order(command=SignOff(signed_off("s-2", SignOffLine.SOURCE_HANDLING)), by=SOL),
        ]
    )
    assert verdict(empty) is Effect.HOLD
    assert "dissent-unanswered" in everything(empty).of(VerdictReached)[-1].fact.rules.open()


def test_many_orders_that_conflict_are_all_decided_again(tmp_path: Path, empty: Node, clock: Clock) -> None:
    other = same_ledger(tmp_path, clock)
    racing(empty, lambda: other.record(register("o-2")))
    with pytest.raises(RefusedAmong, match="once") as refused:
        empty.record_all([register("o-1"), register("o-2")])
    assert refused.value.order == 1
    assert [r.fact.organisation for r in everything(empty).of(OrganisationRegistered)] == ["o-2"]
    other.ledger.close()


def test_what_comes_twice_under_one_key_is_recorded_once(empty: Node) -> None:
    first = empty.record(register("o"), key="form-1")
    again = empty.record(register("o"), key="form-1")
    assert (again.first, again.refs, again.repeated) == (first.first, first.refs, True)
    assert empty.ledger.size() == 1


def test_one_s_key_neither_answers_nor_swallows_what_another_sends(empty: Node) -> None:
    empty.record(register("o"), key="form-1")
    for theirs in (register("o"), register("o-2")):
        with pytest.raises(Refused) as refused:
            empty.record(Order(command=theirs.command, by=CLIO), key="form-1")
        assert refused.value.rule == "ones-own-key"
    assert empty.ledger.size() == 1


def test_what_comes_twice_at_once_under_one_key_is_recorded_once(
    tmp_path: Path, empty: Node, clock: Clock
) -> None:
    other = same_ledger(tmp_path, clock)
    racing(empty, lambda: other.record(register("o"), key="form-1"))
    assert empty.record(register("o"), key="form-1").repeated
    assert empty.ledger.size() == 1
    other.ledger.close()


def test_a_release_sent_twice_is_one_release(node: Node) -> None:
    first = node.record(RELEASE, key="form-1")
    assert node.record(RELEASE, key="form-1").refs == first.refs
    assert len(everything(node).of(ItemReleased)) == 1


# Time


def test_an_act_is_not_recorded_before_it_happened(empty: Node) -> None:
    with pytest.raises(Refused, match="not-ahead"):
        empty.record(Order(command=RegisterOrganisation(organisation("o")), by=VIC, at=on(0.001)))
    assert empty.ledger.size() == 0


def test_an_act_may_be_recorded_late_and_both_times_are_kept(empty: Node) -> None:
    empty.record(
        Order(command=RegisterOrganisation(organisation("o")), by=VIC, at=on(-9), precision=Precision.DAY)
    )
    (late,) = everything(empty).of(OrganisationRegistered)
    assert (late.happened_at, late.recorded_at, late.precision) == (on(-9), NOON, Precision.DAY)


# Compartments


@dataclass
class Look:
    """An order that records nothing new but keeps what it was shown."""

    opens: frozenset[Compartment] = frozenset()
    seen: list[History] = field(default_factory=list)
    allowed: ClassVar[frozenset[Role]] = frozenset({Role.HARM_DESK})

    def question(self, known: History) -> Question:
        return about("item:phones", kinds=(ItemRegistered, KnowersListed))

    def decide(self, known: History, act: Act) -> list[Draft]:
        self.seen.append(known)
        return [act.says(organisation("o"))]


def looked(node: Node, opens: frozenset[Compartment]) -> tuple[ItemRegistered, KnowersListed]:
    look = Look(opens)
    command: Command = look  # type: ignore[assignment]  # its compartments are an instance's, not the class's
    node.record(Order(command=command, by=HUGO))
    (known,) = look.seen
    return known.of(ItemRegistered)[0].fact, known.of(KnowersListed)[0].fact


def test_a_command_that_opens_nothing_sees_nothing_sealed(node: Node) -> None:
    item, listed = looked(node, frozenset())
    assert {item.content.seal, item.source_code.seal, listed.who.seal, listed.count.seal} == {Seal.CLOSED}


def test_a_command_sees_only_the_compartments_that_it_opens(node: Node) -> None:
    item, listed = looked(node, frozenset({Compartment.SOURCE_HANDLING}))
    assert item.content.seal is Seal.CLOSED
    assert item.source_code.open() == "S-17"
    assert listed.count.open() == 12


def test_what_was_said_just_before_is_not_more_open_than_the_ledger(node: Node) -> None:
    """Within one submission too: a later order sees an earlier one's sealed fields only if it opens them."""
    look = Look()
    command: Command = look  # type: ignore[assignment]  # as above
    node.record_all([Order(command=ListKnowers(knowers(7)), by=ANA), Order(command=command, by=HUGO)])
    assert {r.fact.count.seal for r in look.seen[-1].of(KnowersListed)} == {Seal.CLOSED}


# Making and opening


def test_a_node_is_made_once_and_opened_again(tmp_path: Path) -> None:
    made = make_node(tmp_path / "data", origin="tearline.example/new", demo=True)
    made.record(register("o"))
    made.ledger.close()
    opened = open_node(tmp_path / "data")
    assert opened.ledger.size() == BEGINNING + 1
    assert set(opened.protocols) == set(shipped_protocols()) != set()
    opened.ledger.close()
    with pytest.raises(Malformed, match="an empty or new folder"):
        make_node(tmp_path / "data", origin="tearline.example/new")


def test_a_folder_without_a_node_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="tearline init"):
        open_node(tmp_path)


def test_a_question_is_asked_until_it_no_longer_widens(node: Node) -> None:
    """Who stands above rita is learnt link by link, in whatever process."""
    fresh = Node(node.ledger, node.protocols, node.clock)

    def upward(known: History) -> Question:
        return people_question(upwards(known, (PersonId("rita"),)), ())

    known, question = fresh.gather(upward)
    asked = {tag for clause in question.clauses for tag in clause.tags}
    assert {"person:rita", "person:sue", "person:tom"} <= asked
    again, same = fresh.gather(upward)
    assert (again, same) == (known, question)


def test_a_person_enrolled_twice_is_refused_by_the_rule_not_by_the_ledger(node: Node) -> None:
    with pytest.raises(Refused, match="once"):
        node.record(Order(command=EnrolPerson(person("rita")), by=VIC))


def test_what_was_gathered_is_remembered_only_until_something_is_recorded_that_answers_too(
    node: Node,
) -> None:
    asked = RequestId("ask")

    def ask(known: History) -> Question:
        return request_question(known, asked, verdicts=True)

    def same() -> History:
        closed, _ = node.gather(ask, named=("request", asked))
        opened, _ = node.gather(ask, EVERYTHING, named=("request", asked))
        assert closed == node.gather(ask)[0]
        assert opened == node.gather(ask, EVERYTHING)[0]
        assert closed != opened
        return closed

    before = same()
    assert same() == before
    node.record(
        Order(command=RegisterOrganisation(organisation("elsewhere")), by=VIC)
    )  # nobody asked about it
    assert same().facts == before.facts
    node.record(DISSENT)
    after = same()
    assert after.of(DissentRecorded)
    assert len(after.facts) > len(before.facts)
