"""Every kind of fact, by room. Importing this module makes ``KINDS`` complete."""

from tearline.facts import (
    admission,
    assistance,
    casualties,
    exposure,
    harm,
    investigation,
    keys,
    leaks,
    linkage,
    logs,
    marks,
    operations,
    outside,
    oversight,
    parties,
    protocols,
    reading,
    register,
    release,
    retention,
    screening,
    tracing,
    warnings,
)
from tearline.facts.fact import KINDS, Fact

ROOMS = (
    parties,
    protocols,
    keys,
    admission,
    screening,
    release,
    exposure,
    marks,
    leaks,
    investigation,
    tracing,
    harm,
    outside,
    register,
    linkage,
    casualties,
    warnings,
    assistance,
    operations,
    oversight,
    reading,
    retention,
    logs,
)


def kinds() -> tuple[type[Fact], ...]:
    """All kinds in the order of their declaration, room by room."""
    rooms = [module.__name__.rpartition(".")[2] for module in ROOMS]
    return tuple(sorted(KINDS.values(), key=lambda kind: rooms.index(kind.room)))
