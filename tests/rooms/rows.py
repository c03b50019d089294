"""One row of a table of claims: a world, an order, and what comes of it, facts or the rule that refuses."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Precision, Role, Told
from tearline.rooms import Command
from tests.worlds import NOON, VIC, World, partners


@dataclass(frozen=True, kw_only=True)
class Row:
    """``gives``: the kinds of fact that are decided, in order. ``refused``: the rule instead."""

    claim: str
    order: Command
    by: Actor = VIC
    world: World = field(default_factory=partners)
    at: datetime | None = None
    now: datetime = NOON
    told: Told | None = None
    precision: Precision = Precision.MINUTE
    gives: tuple[type[Fact], ...] = ()
    refused: str = ""

    def __str__(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.claim.lower()).strip("-")


def check(row: Row) -> None:
    """Facts in, facts out; or facts in, a rule and a sentence out."""
    assert row.by.role in row.order.allowed, f"{row.by.role} may not even try"
    world, order, how = row.world, row.order, row.precision
    if row.refused:
        rule = world.refuses(order, by=row.by, at=row.at, now=row.now, told=row.told, precision=how)
        assert rule == row.refused
        return
    drafts = world.decide(order, by=row.by, at=row.at, now=row.now, told=row.told, precision=how)
    assert tuple(type(d.fact) for d in drafts) == row.gives
    for draft in drafts:
        said = draft.by == row.by and draft.happened_at == (row.at or row.now)
        moments = {row.now, row.at or row.now}
        followed = draft.by == Actor(row.by.person, Role.NODE) and draft.happened_at in moments
        assert said or followed
        assert draft.told == row.told
