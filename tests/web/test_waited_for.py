"""A request waits for who is who and how many there were only up to so many people of the register."""

import pytest

from tearline.facts.errors import Refused
from tearline.facts.history import Told
from tearline.rooms.casualties import EstimateCasualties
from tearline.rooms.linkage import JudgePair, RunLinkage
from tearline.web import waited_for
from tests.registers import report, victim
from tests.worlds import HUGO, NOON, World


@pytest.mark.parametrize(
    ("command", "bound"), [(RunLinkage, "MOST_COMPARED"), (EstimateCasualties, "MOST_ESTIMATED")]
)
def test_people_of_a_worked_case_count_for_nothing(
    monkeypatch: pytest.MonkeyPatch, command: type[object], bound: str
) -> None:
    monkeypatch.setattr(waited_for, bound, 1)
    world = World().tell(report("r"), victim("v", "r"), by=HUGO)
    world.tell(report("t.r"), victim("t.v", "t.r"), by=HUGO, told=Told("t", NOON))
    waited_for.refuse_where_many(command, world.history)
    waited_for.refuse_where_many(JudgePair, world.history)
    with pytest.raises(Refused, match="2 people are reported, more than the 1"):
        waited_for.refuse_where_many(command, world.tell(victim("w", "r"), by=HUGO).history)
