"""What is known of who could see what, and of what leaked: the world that an adversary's channels are sought in.

One world is about one adversary. A *channel* is a person through whom that adversary learns; each unit has a
propensity, the chance that one of its people is a channel, which is not known either and has a prior.

Days count from any common zero. A chance ``q`` is that of the item reaching the adversary through this reader, and of
that becoming known, by the horizon, if the reader is a channel; ``background`` is that of the same without any reader.
"""

from dataclasses import dataclass

Id = int | str
"""How a sender names a unit, person or item; ``1`` and ``"1"`` are two names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """A prior of a propensity that can only have these values, with these weights."""

    nodes: tuple[float, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """Beta(mean · kappa, (1 - mean) · kappa): partial pooling, since a unit's people share one propensity."""

    mean: float
    kappa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    id: Id
    prior: Nodes | Beta


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A reader. A *phantom* stands for access that nobody logged: it is never named, and it holds blame."""

    id: Id
    unit: Id
    role: str = ""
    phantom: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody knows whether the item reached the adversary: it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompromised:
    """By the horizon the item had not reached the adversary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compromised:
    """It had. ``variant`` is the wording that surfaced, where copies differed; ``day`` when it was noticed."""

    variant: int | None = None
    day: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """It reached the adversary after day ``after`` and by day ``until``.

    ``background`` are the chances without any reader by those two days, and each exposure has its own two.
    """

    after: float
    until: float
    background: tuple[float, float]
    variant: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Somebody says so: the report is ``likelihood_ratio`` times as probable if the item leaked as if it did not."""

    likelihood_ratio: float
    variant: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A marked copy surfaced. Each exposure has the ratio of its mark: how much more probable is what surfaced if it
    came of that copy than of an unrelated one; ``background_ratio`` is the same if it came of nobody's copy.
    """

    background_ratio: float = 1.0


Observation = Unknown | NotCompromised | Compromised | Between | Report | Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    id: Id
    released: float
    background: float
    observation: Observation = Unknown()
    variants: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """That a person could read an item: which variant, since when (its release, if not said), with which chance.

    ``within`` are the chances by the two days of ``Between``; ``likelihood_ratio`` is that of ``Marked``.
    """

    person: Id
    item: Id
    q: float
    variant: int = 0
    day: float | None = None
    within: tuple[float, float] | None = None
    likelihood_ratio: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release that is asked about: who would read it, each with a chance, and the background."""

    recipients: tuple[Id, ...]
    q: tuple[float, ...]
    background: float


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything about one adversary. ``half_life``: days after which a propensity has been renewed with one half."""

    name: str
    adversary: str
    horizon: float
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    items: tuple[Item, ...]
    exposures: tuple[Exposure, ...]
    forward: Release | None = None
    half_life: float | None = None
