"""Every kind of fact, by room. Importing this module makes ``KINDS`` complete."""

from tearline.facts import (
    harm,
    keys,
    leaks,
    logs,
    operations,
    oversight,
    parties,
    protocols,
    release,
    retention,
    screening,
)
from tearline.facts.fact import KINDS, Fact

ROOMS = (
    parties,
    protocols,
    keys,
    screening,
    release,
    leaks,
    harm,
    operations,
    oversight,
    retention,
    logs,
)


def kinds() -> tuple[type[Fact], ...]:
    """All kinds in the order of their declaration, room by room."""
    rooms = [module.__name__.rpartition(".")[2] for module in ROOMS]
    return tuple(sorted(KINDS.values(), key=lambda kind: rooms.index(kind.room)))
