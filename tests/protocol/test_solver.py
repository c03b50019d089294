"""The solver gives up within its time and its room, and says so; a letter comes back as it went in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.protocol import solver
from tearline.protocol.logic import LAST_LETTER, Bit, Logic, Term
from tearline.protocol.solver import Allowance, Solver, Undecided


def cubes(logic: Logic) -> list[Bit]:
    """That a cube is the sum of two, which no solver refutes soon."""

    def cube(number: Term) -> Bit:
        made = logic.times(number, logic.times(number, number))
        assert not isinstance(made, int)
        return made

    one, two, three = (logic.number(name) for name in ("one", "two", "three"))
    total = logic.plus(cube(one), cube(two))
    return [logic.compared("<", 5, n) for n in (one, two, three)] + [logic.compared("==", total, cube(three))]


def test_what_takes_too_long_is_undecided_and_counted() -> None:
    logic, allowance = Logic(), Allowance(0.4)
    asked = Solver(logic, allowance)
    for _ in range(10):
        with pytest.raises(Undecided):
            asked.ask(*cubes(logic))
    assert 0.3 < allowance.spent < 1
    with pytest.raises(Undecided, match="no time is left"):
        asked.ask(logic.bit("anything"))


def test_what_takes_too_much_room_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "LARGEST_MEGABYTES", 1)
    logic = Logic()
    with pytest.raises(Undecided, match="memory"):
        Solver(logic, Allowance(10)).ask(*cubes(logic))


def test_what_was_asked_is_not_kept_and_what_was_given_is() -> None:
    logic = Logic()
    bit, other = logic.bit("one"), logic.bit("other")
    asked = Solver(logic, Allowance(10))
    asked.give(logic.some((bit, other)))
    assert asked.ask(bit, logic.negated(bit)) is None
    model = asked.ask(logic.negated(bit))
    assert model is not None
    assert model(other) is True
    assert asked.ask(logic.negated(bit), logic.negated(other)) is None


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(max_codepoint=LAST_LETTER, exclude_categories=["Cs"]), max_size=8))
def test_a_text_comes_back_as_it_went_in(text: str) -> None:
    logic = Logic()
    said = logic.text("said")
    model = Solver(logic, Allowance(10)).ask(logic.compared_texts("==", said, text))
    assert model is not None
    assert model(said) == text
    length = logic.length(said)
    assert not isinstance(length, int)
    assert model(length) == len(text)
