"""What is offered to choose from is every live thing and no other, and what a role dealt with comes first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Precision, Recorded, Role, Told
from tearline.facts.identifiers import PersonId
from tearline.folds.offered import KEPT, Offered
from tests.worlds import NOON, compromised, disclosed, item, person, released, unit

AGENT = Actor(PersonId("agent"), Role.CASE_AGENT)
DESK = Actor(PersonId("desk"), Role.HARM_DESK)


def recorded(position: int, fact: Fact, by: Actor = AGENT, *, told: bool = False) -> Recorded[Fact]:
    return Recorded(
        position=position,
        ref=f"ref-{position}",
        recorded_at=NOON,
        happened_at=NOON,
        precision=Precision.MINUTE,
        by=by,
        told=Told(telling="tale", known_at=NOON) if told else None,
        fact=fact,
    )


def taken(*facts: Recorded[Fact]) -> Offered:
    offered = Offered()
    for one in facts:
        offered.take(one)
    return offered


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), max_size=40))
def test_every_live_thing_is_offered_where_it_was_first_put_on_record(said: list[tuple[int, bool]]) -> None:
    facts = [recorded(n, unit(f"u-{name}"), told=told) for n, (name, told) in enumerate(said)]
    first: dict[str, int] = {}
    for n, (name, told) in enumerate(said):
        if not told:
            first.setdefault(f"u-{name}", n)
    offered = taken(*facts)
    assert offered.places(("unit", "")) == first
    assert offered.latest(("unit", ""), 100) == sorted(first, key=lambda name: -first[name])
    assert offered.latest(("unit", ""), 3) == offered.latest(("unit", ""), 100)[:3]


def test_each_kind_has_its_own_and_people_also_those_of_an_organisation() -> None:
    facts: list[Fact] = [
        item("phones"),
        person("rita", "partner"),
        person("sue", "own"),
        released(),
        compromised(),
    ]
    offered = taken(*(recorded(n, fact) for n, fact in enumerate(facts)), recorded(9, disclosed()))
    assert offered.places(("item", "")) == {"phones": 0}
    assert offered.places(("person", "")) == {"rita": 1, "sue": 2}
    assert offered.places(("person", "own")) == {"sue": 2}
    assert len(offered.places(("release", ""))) == 2
    assert offered.places(("compromise", "")) == {"leak": 4}
    assert offered.places(("operation", "")) == {}


def test_what_a_role_dealt_with_last_stands_first_and_little_of_it_is_kept() -> None:
    acts = [recorded(n, compromised(f"leak-{n}", f"item-{n}")) for n in range(30)]
    offered = taken(
        *acts, recorded(30, compromised("again", "item-3")), recorded(31, compromised("x", "y"), DESK)
    )
    assert offered.dealt("item", Role.CASE_AGENT)[:3] == ["item-3", "item-29", "item-28"]
    assert len(offered.dealt("item", Role.CASE_AGENT)) == KEPT
    assert offered.dealt("item", Role.HARM_DESK) == ["y"]
    assert offered.dealt("item", Role.LIAISON) == []
    assert taken(recorded(0, compromised(), told=True)).dealt("item", Role.CASE_AGENT) == []
