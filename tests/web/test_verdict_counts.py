"""What the protocols came to, in numbers, for whoever checks: no request is named."""

import re
from collections import Counter

import pytest

from tearline.facts.history import Role, about
from tearline.facts.release import Effect, VerdictReached
from tests.web.conftest import visitor
from tests.web.everything import Everything


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OVERSEER])
def test_an_auditor_counts_verdicts_and_learns_of_no_request(everything: Everything, role: Role) -> None:
    page = visitor(everything.world, role).get("/protocols").text
    panel = page.partition('id="verdicts"')[2].partition("</section>")[0]
    reached = everything.world.node.ledger.read(about(kinds=(VerdictReached,))).of(VerdictReached)
    live = Counter(r.fact.effect for r in reached if not r.told and r.fact.protocol == "cross-border/1")
    row = next(r for r in panel.split("<tr") if "cross-border/1" in r)
    numbers = [int(n) for n in re.findall(r"<div>(\d+)</div>", row)]
    assert numbers == [*(live[effect] for effect in Effect), live.total()]
    assert "practice." not in panel
