"""An order: one command with its circumstances, and the refusal of one among many."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tearline.facts.errors import Refused
from tearline.facts.history import Actor, Precision, Told
from tearline.rooms import Command

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command with its circumstances. ``at`` is None for an act of this moment."""

    command: Command
    by: Actor
    at: datetime | None = None
    precision: Precision = Precision.MINUTE
    told: Told | None = None


class RefusedAmong(Refused):
    """The refusal of one order among many; ``order`` says which, from 0."""

    def __init__(self, order: int, refused: Refused) -> None:
        super().__init__(refused.rule, refused.said, refused.facts, refused.grounds)
        self.order = order
