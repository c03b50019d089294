"""Whatever is merged, split and undone, in whatever order: people are a partition, and no report is in one twice."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.errors import Refused
from tearline.facts.identifiers import VictimId
from tearline.facts.linkage import LinkUndone, VictimsMerged, VictimsSplit
from tearline.folds.unlike import never_one, pairs_of, told_of
from tearline.folds.victims import grouped, grouping
from tearline.rooms import Command
from tearline.rooms.linkage import MergeVictims, SplitVictims, UndoLink
from tests.registers import LINA, report, victim
from tests.rooms.test_linkage import merged, split, undone
from tests.worlds import World

WHO = tuple(map(VictimId, "abcdefg"))
FACTS = (
    report("r1", most=2),
    *(report(f"r{n}", on="police" if n < 4 else None) for n in (2, 3, 4, 5, 6)),
    victim("a", "r1"),
    victim("b", "r1"),
    *(victim(who, f"r{n}") for n, who in enumerate("cdefg", 2)),
)
some = st.lists(st.sampled_from(WHO), min_size=1, max_size=3, unique=True)
acts = st.lists(
    st.tuples(st.sampled_from(("merge", "merge", "split", "undo")), some, st.integers(0, 9)), max_size=14
)


def order(how: str, who: list[str], n: int, at: int) -> Command:
    match how:
        case "merge":
            return MergeVictims(merged(*who, name=f"m{at}"))
        case "split":
            return SplitVictims(split(*who, name=f"s{at}"))
    return UndoLink(undone(merge=f"m{n}", name=f"u{at}") if n % 2 else undone(split=f"s{n}", name=f"u{at}"))


def check(world: World) -> None:
    people = grouping(world.history).people
    assert sorted(v for some in people.values() for v in some) == sorted(WHO)
    told = told_of(world.history)
    for together in people.values():
        assert not any(never_one(a, b) for a, b in pairs_of(told[v] for v in together))


def lived(done: list[tuple[str, list[str], int]]) -> World:
    world = World().tell(*FACTS)
    for at, (how, who, n) in enumerate(done):
        try:
            world.does(order(how, who, n, at), by=LINA)
        except Refused:
            continue
        check(world)
    return world


@given(acts)
def test_people_are_a_partition_in_which_no_report_and_no_list_is_twice(
    done: list[tuple[str, list[str], int]],
) -> None:
    check(lived(done))


@given(acts, st.randoms(use_true_random=False))
def test_undoing_all_leaves_each_reported_a_person_whatever_the_order(
    done: list[tuple[str, list[str], int]],
    random: Random,
) -> None:
    world = lived(done)
    taken = {name for r in world.history.of(LinkUndone) for name in (r.fact.merge, r.fact.split) if name}
    merges = [r.fact.merge for r in world.history.of(VictimsMerged) if r.fact.merge not in taken]
    splits = [r.fact.split for r in world.history.of(VictimsSplit) if r.fact.split not in taken]
    random.shuffle(merges)
    random.shuffle(splits)
    for merge in merges:  # never refused: less is together afterwards
        world.does(UndoLink(undone(merge=merge, name=f"all-{merge}")), by=LINA)
        check(world)
    for name in splits:
        world.does(UndoLink(undone(split=name, name=f"all-{name}")), by=LINA)
    assert grouping(world.history).people == {who: [who] for who in WHO}


@given(acts, st.randoms(use_true_random=False))
def test_the_order_in_which_is_undone_says_nothing(
    done: list[tuple[str, list[str], int]],
    random: Random,
) -> None:
    world = lived([one for one in done if one[0] != "undo"])
    names = [undone(merge=r.fact.merge) for r in world.history.of(VictimsMerged)]
    names += [undone(split=r.fact.split) for r in world.history.of(VictimsSplit)]
    chosen = random.sample(names, len(names) // 2)
    there, back = world.copy(), world.copy()
    there.tell(*chosen)
    back.tell(*reversed(chosen))
    assert grouping(there.history).people == grouping(back.history).people


@given(acts)
def test_undoing_a_merge_puts_nobody_together(done: list[tuple[str, list[str], int]]) -> None:
    world = lived(done)
    before = grouping(world.history)
    taken = {r.fact.merge for r in world.history.of(LinkUndone)}
    for r in world.history.of(VictimsMerged):
        if r.fact.merge not in taken:
            after = grouping(world.copy().tell(undone(merge=r.fact.merge)).history)
            assert all(set(after.together(v)) <= set(before.together(v)) for v in WHO)


def test_a_split_joins_nobody_even_when_what_had_joined_them_is_undone() -> None:
    world = World().tell(*FACTS, merged("a", "e", "f"), split("e", "f"), undone(merge="m"))
    assert set(grouping(world.history).people) == set(WHO)
    assert grouped([], []).people == {}
