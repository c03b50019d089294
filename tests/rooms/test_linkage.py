"""Who is who: nobody becomes one with somebody of their own report or list, and everything can be taken back."""

from dataclasses import replace

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Fact, Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import LabelId, LinkageId, MergeId, ReportId, SplitId, UndoingId, VictimId
from tearline.facts.linkage import (
    Judgement,
    LikelyGroup,
    LinkageRun,
    LinkUndone,
    MergeGround,
    PairJudged,
    PlaceLocated,
    VictimsMerged,
    VictimsSplit,
)
from tearline.facts.register import ConsentWithdrawn, Purpose, Sex
from tearline.folds.linking import compared, material
from tearline.rooms import Command
from tearline.rooms.linkage import (
    JudgePair,
    LocatePlace,
    MergeVictims,
    RunLinkage,
    SplitVictims,
    TakeUpLinkage,
    TakingUp,
    UndoLink,
)
from tests.registers import LINA, consent, register, report, victim
from tests.rooms.rows import Row, check
from tests.worlds import HUGO, NOON, World


def named(*names: str) -> tuple[VictimId, ...]:
    return tuple(VictimId(name) for name in names)


def judged(a: str, b: str, how: Judgement = Judgement.SAME, name: str = "j") -> PairJudged:
    return PairJudged(label=LabelId(name), a=VictimId(a), b=VictimId(b), judgement=how)


def merged(*names: str, name: str = "m", despite: bool = False) -> VictimsMerged:
    return VictimsMerged(
        merge=MergeId(name),
        victims=named(*names),
        ground=MergeGround.PEOPLE,
        reason=Sealed("the same tattoo"),
        despite=despite,
    )


def split(*names: str, name: str = "s") -> VictimsSplit:
    return VictimsSplit(split=SplitId(name), leave=named(*names), reason=Sealed("another mother"))


def undone(*, merge: str | None = None, split: str | None = None, name: str = "u") -> LinkUndone:
    return LinkUndone(
        undoing=UndoingId(name),
        reason=Sealed("by mistake"),
        merge=MergeId(merge) if merge else None,
        split=SplitId(split) if split else None,
    )


def lies(place: str, degrees: str | None) -> LocatePlace:
    return LocatePlace(PlaceLocated(place=Sealed(place), degrees=Sealed(degrees)))


def world(*more: Fact) -> World:
    """Two people in one report, two on one list, and one who tells of themselves; a woman, and ages that differ."""
    return World().tell(
        report("r1", most=2),
        report("r2", on="police"),
        report("r3", on="police"),
        report("r4"),
        report("r5"),
        victim("ana", "r1", sex=Sex.FEMALE),
        victim("aunt", "r1", ages=(40, 44)),
        victim("p2", "r2"),
        victim("p3", "r3"),
        victim("own", "r4", ages=(30, 32)),
        victim("man", "r5", sex=Sex.MALE),
        *more,
    )


def run(*groups: tuple[float, tuple[str, ...]], position: int = 20) -> LinkageRun:
    return LinkageRun(
        linkage=LinkageId("run"),
        position=position,
        reported=6,
        judged=0,
        people=4,
        low=3,
        high=6,
        seed=1,
        settings="made by hand",
        doubtful=Sealed(()),
        groups=Sealed(tuple(LikelyGroup(victims=named(*some), probability=p) for p, some in groups)),
    )


def taking(least: float = 0.5) -> TakeUpLinkage:
    return TakeUpLinkage(TakingUp(linkage=LinkageId("run"), least=least))


ACCEPTED = [
    *(
        Row(
            claim=f"a place lies at {degrees}, by a {by.role}",
            order=lies("Allende", degrees),
            by=by,
            gives=(PlaceLocated,),
        )
        for degrees in ("28.34, -100.85", "-34,18.4", None)
        for by in (LINA, HUGO)
    ),
    Row(claim="all are compared", order=RunLinkage(), by=LINA, world=world(), gives=(LinkageRun,)),
    Row(
        claim="a pair is one person",
        order=JudgePair(judged("ana", "p2")),
        by=LINA,
        world=world(),
        gives=(PairJudged,),
    ),
    Row(
        claim="nobody can tell, whatever was said of others",
        order=JudgePair(judged("ana", "aunt", Judgement.UNSURE)),
        by=HUGO,
        world=world(),
        gives=(PairJudged,),
    ),
    Row(
        claim="a judgement is changed",
        order=JudgePair(judged("ana", "p2", Judgement.DIFFERENT)),
        by=LINA,
        world=world(judged("p2", "ana", name="before")),
        gives=(PairJudged,),
    ),
    Row(
        claim="two are put together",
        order=MergeVictims(merged("ana", "p2")),
        by=LINA,
        world=world(),
        gives=(VictimsMerged,),
    ),
    Row(
        claim="two of another sex, with a reason",
        order=MergeVictims(merged("ana", "man", despite=True)),
        by=LINA,
        world=world(),
        gives=(VictimsMerged,),
    ),
    Row(
        claim="what a comparison found is taken up, from a probability on",
        order=taking(0.8),
        by=LINA,
        world=world(run((0.99, ("ana", "p2")), (0.8, ("aunt", "p3")), (0.4, ("own", "man")))),
        gives=(VictimsMerged, VictimsMerged),
    ),
    Row(
        claim="what was judged since is not taken up",
        order=taking(),
        by=LINA,
        world=world(
            run((0.99, ("ana", "p2")), (0.8, ("aunt", "p3"))), judged("ana", "p2", Judgement.DIFFERENT)
        ),
        gives=(VictimsMerged,),
    ),
    Row(
        claim="one leaves",
        order=SplitVictims(split("p2")),
        by=LINA,
        world=world(merged("ana", "p2")),
        gives=(VictimsSplit,),
    ),
    Row(
        claim="a merge is taken back",
        order=UndoLink(undone(merge="m")),
        by=HUGO,
        world=world(merged("ana", "p2")),
        gives=(LinkUndone,),
    ),
    Row(
        claim="one whose report was withdrawn leaves",
        order=SplitVictims(split("p2")),
        by=LINA,
        world=world(merged("ana", "p2"), ConsentWithdrawn(report=ReportId("r2"))),
        gives=(VictimsSplit,),
    ),
    Row(
        claim="a merge is taken back of somebody whose report was withdrawn",
        order=UndoLink(undone(merge="m")),
        by=LINA,
        world=world(merged("ana", "p2"), ConsentWithdrawn(report=ReportId("r2"))),
        gives=(LinkUndone,),
    ),
    Row(
        claim="what a withdrawn report said of another sex keeps nobody apart from those they were put together with",
        order=MergeVictims(merged("own", "her")),
        by=LINA,
        world=world(
            report("r6"),
            victim("her", "r6", sex=Sex.FEMALE),
            merged("own", "man", name="before"),
            ConsentWithdrawn(report=ReportId("r5")),
        ),
        gives=(VictimsMerged,),
    ),
    Row(
        claim="a group with somebody whose report was withdrawn since is not taken up, and the next is",
        order=taking(),
        by=LINA,
        world=world(
            run((0.99, ("ana", "p2")), (0.8, ("aunt", "p3"))), ConsentWithdrawn(report=ReportId("r2"))
        ),
        gives=(VictimsMerged,),
    ),
    Row(
        claim="a split is taken back",
        order=UndoLink(undone(split="s")),
        by=LINA,
        world=world(merged("ana", "p2"), split("p2")),
        gives=(LinkUndone,),
    ),
]
REFUSED = [
    *(
        Row(
            claim=f"a town at {degrees!r}",
            order=lies("Allende", degrees),
            by=LINA,
            refused="to-the-kilometre",
        )
        for degrees in ("28.341, -100.85", "95, 0", "28.34", "")
    ),
    Row(claim="a place without a name", order=lies(" ", "28.34, -100.85"), by=LINA, refused="names-a-place"),
    Row(
        claim="nobody to compare",
        order=RunLinkage(),
        by=LINA,
        world=World().tell(report("r1"), victim("ana", "r1")),
        refused="people-to-compare",
    ),
    Row(
        claim="a pair of one",
        order=JudgePair(judged("ana", "ana")),
        by=LINA,
        world=world(),
        refused="two-people",
    ),
    Row(
        claim="somebody nobody reported",
        order=JudgePair(judged("ana", "x")),
        by=LINA,
        world=world(),
        refused="known",
    ),
    *(
        Row(
            claim=f"{what} whose report was withdrawn",
            order=order,
            by=by,
            world=world(ConsentWithdrawn(report=ReportId("r5"))),
            refused="known",
        )
        for by in (LINA, HUGO)
        for what, order in (
            (f"a pair with somebody, as {by.role} judges it,", JudgePair(judged("ana", "man"))),
            (f"nobody can tell, {by.role}, of somebody", JudgePair(judged("man", "own", Judgement.UNSURE))),
            (f"put together by {by.role} with somebody", MergeVictims(merged("ana", "man"))),
            (f"in spite of it by {by.role} with somebody", MergeVictims(merged("ana", "man", despite=True))),
        )
    ),
    Row(
        claim="two of one report are one",
        order=JudgePair(judged("ana", "aunt")),
        by=LINA,
        world=world(),
        refused="never-one",
    ),
    Row(
        claim="two of one list are one",
        order=JudgePair(judged("p2", "p3")),
        by=LINA,
        world=world(),
        refused="never-one",
    ),
    Row(
        claim="two of one list by way of others",
        order=JudgePair(judged("own", "p3")),
        by=LINA,
        world=world(judged("p2", "man", name="1"), judged("man", "own", name="2")),
        refused="never-one",
    ),
    Row(
        claim="one against a judgement of another pair",
        order=JudgePair(judged("own", "man")),
        by=LINA,
        world=world(judged("own", "p2", name="1"), judged("man", "p2", Judgement.DIFFERENT, name="2")),
        refused="judged-different",
    ),
    Row(
        claim="two against judgements of other pairs",
        order=JudgePair(judged("own", "man", Judgement.DIFFERENT)),
        by=LINA,
        world=world(judged("own", "p2", name="1"), judged("man", "p2", name="2")),
        refused="judged-before",
    ),
    Row(
        claim="two of one report are put together",
        order=MergeVictims(merged("ana", "aunt")),
        by=LINA,
        world=world(),
        refused="never-one",
    ),
    Row(
        claim="two of one list are put together by way of another",
        order=MergeVictims(merged("own", "p3")),
        by=LINA,
        world=world(merged("own", "p2", name="before")),
        refused="never-one",
    ),
    Row(
        claim="two of another sex, without a word",
        order=MergeVictims(merged("ana", "man")),
        by=LINA,
        world=world(),
        refused="hardly-one",
    ),
    Row(
        claim="ages too far apart, without a word",
        order=MergeVictims(merged("aunt", "own")),
        by=LINA,
        world=world(),
        refused="hardly-one",
    ),
    Row(
        claim="they are together already",
        order=MergeVictims(merged("ana", "p2")),
        by=LINA,
        world=world(merged("ana", "p2", name="before")),
        refused="two-people",
    ),
    Row(
        claim="a merge by hand that says it is a model's",
        order=MergeVictims(replace(merged("ana", "p2"), ground=MergeGround.MODEL)),
        by=LINA,
        world=world(),
        refused="compared-by-people",
    ),
    Row(claim="no such comparison", order=taking(), by=LINA, world=world(), refused="known"),
    Row(
        claim="nothing is left of a comparison",
        order=taking(),
        by=LINA,
        world=world(
            run((0.9, ("ana", "p2")), (0.9, ("p3", "own"))),
            merged("ana", "p2"),
            judged("p3", "own", Judgement.DIFFERENT),
        ),
        refused="nothing-to-take-up",
    ),
    Row(
        claim="a split since is not taken back by a comparison",
        order=taking(),
        by=LINA,
        world=world(run((0.9, ("ana", "p2")), position=5), merged("ana", "p2"), split("p2")),
        refused="nothing-to-take-up",
    ),
    Row(
        claim="those who leave are two people",
        order=SplitVictims(split("p2", "p3")),
        by=LINA,
        world=world(),
        refused="one-person",
    ),
    Row(
        claim="nobody stays",
        order=SplitVictims(split("p2")),
        by=LINA,
        world=world(),
        refused="somebody-stays",
    ),
    Row(claim="nothing is named", order=UndoLink(undone()), by=LINA, world=world(), refused="names-one"),
    Row(claim="no such merge", order=UndoLink(undone(merge="m")), by=LINA, world=world(), refused="known"),
    Row(
        claim="taken back twice",
        order=UndoLink(undone(merge="m", name="again")),
        by=LINA,
        world=world(merged("ana", "p2"), undone(merge="m")),
        refused="undone-once",
    ),
    Row(
        claim="a split kept two of one report apart",
        order=UndoLink(undone(split="s")),
        by=LINA,
        world=world(merged("ana", "p2"), split("p2"), merged("aunt", "p2", name="later")),
        refused="never-one",
    ),
    *(
        Row(claim=f"{what} is named twice", order=order, by=LINA, world=world(before, *more), refused="once")
        for what, order, before, more in (
            ("a judgement", JudgePair(judged("own", "p2")), judged("ana", "p2"), ()),
            ("a merge", MergeVictims(merged("own", "p2")), merged("man", "p3"), ()),
            ("a split", SplitVictims(split("own")), merged("own", "man", "p2"), (split("p2"),)),
            (
                "an undoing",
                UndoLink(undone(merge="m")),
                merged("own", "man"),
                (merged("ana", "p2", name="n"), undone(merge="n")),
            ),
        )
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_row(row: Row) -> None:
    check(row)


@pytest.mark.parametrize(
    "order",
    [MergeVictims(merged("ana", "man")), JudgePair(judged("ana", "man"))],
)
def test_somebody_of_a_withdrawn_report_is_refused_like_somebody_whom_nobody_reported(order: Command) -> None:
    said = []
    for known in (
        world(ConsentWithdrawn(report=ReportId("r5"))),
        World().tell(report("r1"), victim("ana", "r1")),
    ):
        with pytest.raises(Refused) as refused:
            known.decide(order, by=LINA)
        said.append((refused.value.rule, refused.value.because, refused.value.facts))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    "command", [RunLinkage, JudgePair, MergeVictims, TakeUpLinkage, SplitVictims, UndoLink]
)
def test_who_is_who_is_worked_out_by_those_who_see_no_witness(command: type[Command]) -> None:
    assert command.allowed == {Role.LINKAGE_ANALYST, Role.HARM_DESK}
    assert Compartment.WITNESSES not in command.opens


def test_a_comparison_leaves_out_whoever_may_not_be_counted() -> None:
    told = world(
        consent("c4", "r4", Purpose.HELP),
        ConsentWithdrawn(report=report("r5").report),
        report("r6", copied="r4"),
        victim("copy", "r6"),
    )
    (made,) = told.decide(RunLinkage(), by=LINA)
    assert isinstance(made.fact, LinkageRun)
    assert made.fact.reported == 4
    named_in = {v for g in made.fact.groups.open() for v in g.victims}
    assert not named_in & {"own", "man", "copy"}


def test_what_people_decided_binds_the_comparison() -> None:
    reg = register(seed=3, victims=60)
    told = World().tell(*reg.facts)
    (first,) = told.decide(RunLinkage(), by=LINA)
    assert isinstance(first.fact, LinkageRun)
    one, *_ = first.fact.groups.open()
    doubtful = first.fact.doubtful.open()[0]
    told.tell(
        judged(doubtful.a, doubtful.b, Judgement.DIFFERENT if doubtful.probability > 0.5 else Judgement.SAME),
        judged(one.victims[0], one.victims[1], Judgement.DIFFERENT, name="k"),
    )
    (second,) = told.decide(RunLinkage(), by=LINA)
    assert isinstance(second.fact, LinkageRun)
    assert second.fact.judged == 2
    together = [set(g.victims) for g in second.fact.groups.open()]
    assert not any(set(one.victims[:2]) <= some for some in together)
    assert any({doubtful.a, doubtful.b} <= some for some in together) == (doubtful.probability <= 0.5)
    pairs = {frozenset((p.a, p.b)) for p in second.fact.doubtful.open()}
    assert frozenset((doubtful.a, doubtful.b)) not in pairs
    assert second.fact.low <= second.fact.people <= second.fact.high


def test_where_a_fact_has_no_room_for_all_groups_those_to_be_taken_up_come_first() -> None:
    reg = register(seed=3, victims=40)
    told = World().tell(*reg.facts)
    all_of = compared(material(told.history, NOON.date()), seed=1)
    one, other, *rest = all_of.groups()
    assert rest
    told.tell(merged(*one.victims))
    after = compared(material(told.history, NOON.date()), seed=1)
    kept = [set(g.victims) for g in after.groups(len(after.groups()) - 1)]
    assert set(one.victims) not in kept
    assert set(other.victims) in kept
