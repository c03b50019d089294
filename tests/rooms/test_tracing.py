"""A text that surfaced is traced once, at the declared time, by whom the investigation names; and it names copies."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from tearline.facts.errors import Refused
from tearline.facts.exposure import LeakAttributed
from tearline.facts.fact import Closed, Compartment, Seal, Sealed
from tearline.facts.history import Role, about
from tearline.facts.identifiers import InvestigationId, ItemId, TraceId
from tearline.facts.investigation import Channel, EvidenceKind, FindingOutcome
from tearline.facts.marks import CopiesMarked
from tearline.facts.release import ItemRegistered
from tearline.facts.tracing import Gate, Surfaced, TextSurfaced, TextTraced
from tearline.folds.investigations import investigation_of
from tearline.folds.marks import marked
from tearline.folds.tracing import part_of
from tearline.rooms import Act
from tearline.rooms.leaks.attribution import AttributeLeak
from tearline.rooms.leaks.evidence import TakeEvidence
from tearline.rooms.leaks.findings import ConfirmFinding, ProposeFinding
from tearline.rooms.leaks.tracing import TraceText
from tearline.rooms.release.marking import SetWordings
from tests.inquiries import INQUIRY, decides, evidence, hypothesis, inquiry, made, proposed
from tests.rooms.rows import Row, check
from tests.rooms.test_figures import MODEL
from tests.rooms.test_marks import asking, crowd, ready, released
from tests.surfaced import PLAIN, WORDINGS, cropped, retyped
from tests.worlds import (
    HUGO,
    INA,
    NONCE,
    OTTO,
    PARAMETERS,
    REX,
    SYL,
    World,
    acting,
    agreement,
    compromised,
    on,
    person,
    wordings,
)

IRIS = acting("iris", Role.INVESTIGATOR)
PEOPLE = ("rita", "p1", "p2")
LATER = on(11)


def marked_and_leaked(text: str = WORDINGS, investigators: Iterable[str] = ("ina", "iris")) -> World:
    """Released to three of siu in copies of their own, and leaked the day after; these look into it."""
    world = crowd().tell(person("iris", of="own"), at=on(-99))
    world.facts = [
        replace(r, fact=replace(r.fact, content=Sealed(PLAIN)))
        if isinstance(r.fact, ItemRegistered) and r.fact.item == "below"
        else r
        for r in world.facts
    ]
    if text:
        world.does(SetWordings(wordings("below", text)), by=REX)
    released(ready(world, asking(to=PEOPLE)))
    world.tell(compromised(item="below"), at=on(1), by=HUGO)
    return world.tell(inquiry(*investigators, of="below"), at=on(2), by=SYL)


def may_trace(world: World | None = None) -> World:
    return (world or marked_and_leaked()).tell(decides(on(10)), by=INA, at=on(3))


def copy_of(world: World, n: int = 1) -> str:
    """What the n-th copy of the first release says."""
    how = marked(world.history, world.history.of(CopiesMarked)[0])
    assert how is not None
    return how.text(how.marking.copies[n])


def surfaced(
    text: str,
    name: str = "t-1",
    *,
    how: Surfaced = Surfaced.RETYPED,
    within: str = INQUIRY,
    item: str = "below",
) -> TextSurfaced:
    return TextSurfaced(
        trace=TraceId(name),
        investigation=InvestigationId(within),
        item=ItemId(item),
        how=how,
        text=Sealed(text),
        whence=Sealed("a poster on a wall"),
    )


def traced(world: World, text: str, name: str = "t-1", within: str = INQUIRY) -> TextTraced:
    """What comes of tracing it, which is recorded."""
    said, fact = world.does(TraceText(surfaced(text, name, within=within)), by=INA, now=LATER)
    assert isinstance(said, TextSurfaced)
    assert isinstance(fact, TextTraced)
    return fact


def named(fact: TextTraced) -> list[str]:
    return [one.copy for one in fact.copies.open() if one.named]


def again(world: World, name: str = "second") -> World:
    """Another investigation of the same leak, which may decide too."""
    world.tell(inquiry("ina", "iris", of="below", name=name), at=on(2), by=SYL)
    return world.tell(decides(on(10), name), by=INA, at=on(3))


def open_gate() -> World:
    world = may_trace()
    assert traced(world, copy_of(world)).gate.open() is Gate.OPEN
    return world


# What a trace says


def test_a_text_word_for_word_names_its_copy_and_no_other() -> None:
    world = may_trace()
    marking = world.history.of(CopiesMarked)[0].fact
    found = traced(world, copy_of(world, 1))
    assert found.gate.open() is Gate.OPEN
    assert named(found) == [marking.copies[1]]
    (release,) = found.releases.open()
    assert (release.release, release.copies, release.bits, release.read) == (marking.release, 3, 24, 24)
    assert release.read >= release.needed
    assert (found.item, found.compromise, found.earlier.open()) == ("below", "leak", 0)
    assert found.as_of < len(world.facts)


def test_every_copy_has_its_evidence_whether_it_is_named_or_not() -> None:
    world = may_trace()
    found = traced(world, copy_of(world, 1))
    copies = {one.copy: one for one in found.copies.open()}
    assert list(copies) == list(world.history.of(CopiesMarked)[0].fact.copies)
    (hit,) = [one for one in copies.values() if one.named]
    others = [one for one in copies.values() if not one.named]
    assert hit.among_all <= found.error.open() < min(one.among_all for one in others)
    assert hit.e_value > 1_000 > max(one.e_value for one in others)


@pytest.mark.parametrize(
    "spoiled", [retyped, lambda text: cropped(text, 9), str.upper], ids=["typed", "cropped", "capitals"]
)
def test_a_copy_that_was_retyped_or_cropped_a_little_is_found(
    spoiled: Callable[[str], str],
) -> None:
    world = may_trace()
    found = traced(world, spoiled(copy_of(world, 2)))
    assert found.gate.open() is Gate.OPEN
    assert named(found) == [world.history.of(CopiesMarked)[0].fact.copies[2]]


def test_too_little_text_keeps_the_gate_closed_and_no_copy_is_looked_at() -> None:
    world = may_trace()
    found = traced(world, cropped(copy_of(world), 5))
    assert found.gate.open() is Gate.TOO_FEW_BITS
    (release,) = found.releases.open()
    assert 0 < release.read < release.needed
    assert not found.copies.open()
    assert not found.reach.open()
    assert found.error.open() == 0


def test_a_text_as_it_was_before_it_was_marked_names_nobody() -> None:
    world = may_trace()
    found = traced(world, PLAIN)
    assert found.gate.open() is Gate.NOTHING_STANDS_OUT
    assert len(found.copies.open()) == 3
    assert named(found) == []
    assert found.reach.open() == ()


def test_wordings_changed_by_whoever_leaked_it_hide_them_and_accuse_nobody() -> None:
    world = may_trace()
    turned = copy_of(world).replace("began", "BEGUN").replace("started", "began").replace("BEGUN", "started")
    found = traced(world, turned)
    assert found.gate.open() is Gate.NOTHING_STANDS_OUT


def test_another_text_has_nothing_to_read() -> None:
    world = may_trace()
    found = traced(
        world, "Nobody knows anything about lorries, and the weather was fine all week long in the hills."
    )
    assert found.gate.open() is Gate.TOO_FEW_BITS


def test_a_named_copy_brings_everyone_who_could_reach_it() -> None:
    world = may_trace()
    (reach,) = traced(world, copy_of(world, 1)).reach.open()
    assert reach.people[0] == "p1", "the recipient first"
    assert {"p1", "rita", "p2", "p3", "sue", "tom", "rex"} <= set(reach.people), "unit, superiors, releaser"
    assert "ana" not in reach.people, "had the item, and no copy"
    assert "max" not in reach.people


# For one decision


def test_too_little_text_may_be_traced_again_when_more_has_surfaced() -> None:
    world = may_trace()
    traced(world, cropped(copy_of(world), 5))
    found = traced(world, copy_of(world), "t-2")
    assert found.gate.open() is Gate.OPEN
    assert found.earlier.open() == 0


def test_each_further_investigation_has_half_of_the_error_of_the_one_before() -> None:
    world = again(again(may_trace()), "third")
    shares = [
        traced(world, copy_of(world), f"t-{n}", within).error.open()
        for n, within in enumerate((INQUIRY, "second", "third"))
    ]
    assert shares == pytest.approx([0.001 * part_of(n) for n in range(3)])
    assert sum(part_of(n) for n in range(200)) <= 1


def test_releases_share_the_error_by_their_copies() -> None:
    world = marked_and_leaked()
    released(ready(world, asking("two", ("p3",))), "two", nonce=NONCE[::-1])
    found = traced(may_trace(world), copy_of(world))
    first, second = found.releases.open()
    assert (first.error, second.error) == pytest.approx((0.001 / 2 * 3 / 4, 0.001 / 2 / 4))
    assert found.error.open() == pytest.approx(0.001 / 2)
    assert {one.copy for one in found.copies.open()} == {
        copy for r in world.history.of(CopiesMarked) for copy in r.fact.copies
    }
    assert named(found) == [world.history.of(CopiesMarked)[0].fact.copies[1]]


def test_copies_whose_seed_was_purged_are_counted_and_not_looked_at() -> None:
    world = marked_and_leaked()
    released(ready(world, asking("two", ("p3",))), "two", nonce=NONCE[::-1])
    text = copy_of(world)
    world.facts = [
        replace(r, fact=replace(r.fact, seed=Sealed(None, Seal.PURGED)))
        if isinstance(r.fact, CopiesMarked) and len(r.fact.copies) == 1
        else r
        for r in world.facts
    ]
    found = _decided(may_trace(world), text)
    assert [one.gate for one in found.releases.open()] == [Gate.OPEN, Gate.PURGED]


def _decided(world: World, text: str, name: str = "t-1") -> TextTraced:
    act = Act(by=INA, at=LATER, now=LATER, nonce=NONCE, protocols=world.protocols)
    order = TraceText(surfaced(text, name)).with_figures(world.history, LATER)
    _, draft = order.decide(world.history, act)
    assert isinstance(draft.fact, TextTraced)
    return draft.fact


def test_what_was_purged_of_a_trace_is_taken_to_have_been_decided() -> None:
    world = open_gate()
    world.facts = [
        replace(r, fact=replace(r.fact, gate=Sealed(None, Seal.PURGED)))
        if isinstance(r.fact, TextTraced)
        else r
        for r in world.facts
    ]
    with pytest.raises(Refused, match="traced-once"):
        _decided(world, copy_of(world), "t-2")


# Who sees it


def test_a_trace_is_sealed_with_the_investigation() -> None:
    world = open_gate()
    shut = world.read(
        about(kinds=(TextTraced, TextSurfaced)), frozenset(Compartment) - {Compartment.INVESTIGATIONS}
    )
    (found,), (text,) = shut.of(TextTraced), shut.of(TextSurfaced)
    for sealed in (found.fact.gate, found.fact.copies, found.fact.reach, found.fact.releases, text.fact.text):
        with pytest.raises(Closed):
            sealed.open()


# What rests on it


def test_a_trace_bears_a_finding_about_the_copy_that_it_names() -> None:
    world = open_gate()
    copy = named(world.history.of(TextTraced)[0].fact)[0]
    world.tell(hypothesis(), hypothesis("of-copy", Channel.COPY, of=copy), by=INA, at=on(3))
    about_it = proposed(outcome=FindingOutcome.SUBSTANTIATED, copy=copy, units=("siu",), item="below")
    assert world.does(ProposeFinding(about_it), by=INA, now=LATER) == [about_it]
    confirmed = made(outcome=FindingOutcome.SUBSTANTIATED, copy=copy, units=("siu",), item="below")
    assert world.does(ConfirmFinding(confirmed), by=OTTO, now=LATER) == [confirmed]


@pytest.mark.parametrize("what", ["another copy", "unit", "recipient"])
def test_a_trace_bears_nothing_about_another_copy_a_unit_or_a_person(what: str) -> None:
    world = open_gate()
    marking = world.history.of(CopiesMarked)[0].fact
    channel, of = {
        "another copy": (Channel.COPY, marking.copies[0]),
        "unit": (Channel.UNIT, "siu"),
        "recipient": (Channel.PERSON, "p1"),
    }[what]
    world.tell(hypothesis(), hypothesis("of-it", channel, of=of), by=INA, at=on(3))
    world.tell(hypothesis("of-copy", Channel.COPY, of=marking.copies[1]), by=INA, at=on(3))
    fact = proposed(
        outcome=FindingOutcome.SUBSTANTIATED,
        units=("siu",),
        item="below",
        copy=of if channel is Channel.COPY else None,
        person=of if channel is Channel.PERSON else None,
    )
    assert world.refuses(ProposeFinding(fact), by=INA, now=LATER) == "more-than-a-posterior"


def test_a_closed_gate_bears_nothing() -> None:
    world = may_trace()
    traced(world, PLAIN)
    found = investigation_of(world.history, InvestigationId(INQUIRY))
    assert found is not None
    assert found.named_copies == frozenset()


def figured(world: World) -> dict[str, float]:
    """Of each reader within the remit, how much the evidence raises that they are a channel."""
    (fact,) = world.copy().does(AttributeLeak(InvestigationId(INQUIRY)), by=INA, now=LATER)
    assert isinstance(fact, LeakAttributed)
    return {one.person: one.ratio for one in fact.readers.open()}


def test_whom_to_ask_first_takes_a_trace_for_what_it_is() -> None:
    world = may_trace()
    world.tell(agreement(parameters=PARAMETERS | MODEL), at=on(2))
    before = figured(world)
    assert before["ana"] > 1
    (reach,) = traced(world, copy_of(world, 1)).reach.open()
    after = figured(world)
    assert after.keys() == before.keys()
    could = {person for person in after if person in reach.people}
    had_it = after.keys() - could
    assert had_it == {"ana", "sol", "syl", "max"}, "they had the item, and no copy"
    assert max(before, key=lambda person: before[person]) == "ana"
    assert min(after[person] for person in could) > max(after[person] for person in had_it)
    # What is left falls on them by way of the releaser, who is of their side and could reach the copy.
    assert all(1 < after[person] < 1.2 < before[person] for person in had_it)


def test_a_trace_with_its_gate_closed_changes_nothing_of_whom_to_ask() -> None:
    world = may_trace()
    world.tell(agreement(parameters=PARAMETERS | MODEL), at=on(2))
    before = figured(world)
    traced(world, PLAIN)
    assert figured(world) == before


ACCEPTED = [
    Row(
        claim="a named investigator traces a text at the declared time",
        order=TraceText(surfaced(copy_of(marked_and_leaked()))),
        by=IRIS,
        world=may_trace(),
        now=LATER,
        gives=(TextSurfaced, TextTraced),
    ),
    Row(
        claim="too little text is traced as well and settles nothing",
        order=TraceText(surfaced(cropped(PLAIN, 2))),
        by=INA,
        world=may_trace(),
        now=LATER,
        gives=(TextSurfaced, TextTraced),
    ),
    Row(
        claim="a text that was copied character by character",
        order=TraceText(surfaced(copy_of(marked_and_leaked()), how=Surfaced.COPIED)),
        by=INA,
        world=may_trace(),
        now=LATER,
        gives=(TextSurfaced, TextTraced),
    ),
]

REFUSED = [
    Row(
        claim="nothing is traced in an investigation that nobody opened",
        order=TraceText(surfaced(PLAIN, within="nothing")),
        by=INA,
        world=may_trace(),
        now=LATER,
        refused="known",
    ),
    Row(
        claim="nor in one that a finding has closed",
        order=TraceText(surfaced(PLAIN)),
        by=INA,
        world=may_trace().tell(made(item="below"), by=OTTO, at=on(10)),
        now=LATER,
        refused="investigation-open",
    ),
    Row(
        claim="whom it does not name traces nothing in it",
        order=TraceText(surfaced(PLAIN)),
        by=OTTO,
        world=may_trace(),
        now=LATER,
        refused="named-investigator",
    ),
    Row(
        claim="whoever had a part in what leaked traces nothing, though it names them",
        order=TraceText(surfaced(PLAIN)),
        by=acting("rex", Role.INVESTIGATOR),
        world=may_trace(marked_and_leaked().tell(inquiry("rex", of="below", name="other"), at=on(2), by=SYL)),
        now=LATER,
        refused="named-investigator",
    ),
    Row(
        claim="nor is a text of another item",
        order=TraceText(surfaced(PLAIN, item="phones")),
        by=INA,
        world=may_trace(),
        now=LATER,
        refused="same-item",
    ),
    Row(
        claim="nothing is traced while no time of deciding was declared",
        order=TraceText(surfaced(PLAIN)),
        by=INA,
        world=marked_and_leaked(),
        now=LATER,
        refused="declared-time",
    ),
    Row(
        claim="nor before that time has come",
        order=TraceText(surfaced(PLAIN)),
        by=INA,
        world=may_trace(),
        now=on(9),
        refused="declared-time",
    ),
    Row(
        claim="nor is a trace dated back before it",
        order=TraceText(surfaced(PLAIN)),
        by=INA,
        world=may_trace(),
        at=on(9),
        now=LATER,
        refused="declared-time",
    ),
    Row(
        claim="an investigation makes one trace",
        order=TraceText(surfaced(PLAIN, "t-2")),
        by=INA,
        world=open_gate(),
        now=LATER,
        refused="traced-once",
    ),
    Row(
        claim="a trace under a name that is taken",
        order=TraceText(surfaced(PLAIN)),
        by=INA,
        world=open_gate(),
        now=LATER,
        refused="once",
    ),
    Row(
        claim="where no copy was marked no text is traced",
        order=TraceText(surfaced(PLAIN)),
        by=INA,
        world=may_trace(marked_and_leaked("")),
        now=LATER,
        refused="copies-marked",
    ),
    Row(
        claim="where copies were marked here nobody claims what a trace says",
        order=TakeEvidence(evidence("mine", EvidenceKind.MARK_TRACE)),
        by=INA,
        world=may_trace(),
        now=LATER,
        refused="traced-here",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_row(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    "role", [Role.CASE_AGENT, Role.PARTNER_LIAISON, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER]
)
def test_nobody_else_traces(role: Role) -> None:
    assert role not in TraceText.allowed
