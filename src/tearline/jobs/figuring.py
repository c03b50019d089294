"""Making the estimators ready: their loops are compiled at their first use, which nobody should have to wait for."""

from tearline.estimates.exposure import State, attribute, risk
from tearline.estimates.exposure.world import (
    Beta,
    Compromised,
    Exposure,
    Item,
    NotCompromised,
    Person,
    Release,
    Unit,
    World,
)


def compile_estimators() -> None:
    """Figure a world of three readers once, both ways: a quarter of a minute where nothing is kept on disk yet."""
    world = World(
        name="ready",
        adversary="nobody",
        horizon=10.0,
        units=(
            Unit(id="u", prior=Beta(mean=0.1, kappa=10.0)),
            Unit(id="w", prior=Beta(mean=0.1, kappa=10.0)),
        ),
        people=(Person(id="a", unit="u"), Person(id="b", unit="u"), Person(id="p", unit="w", phantom=True)),
        items=(
            Item(id="i", released=0.0, background=0.01, observation=Compromised()),
            Item(id="j", released=0.0, background=0.01, observation=NotCompromised()),
        ),
        exposures=tuple(
            Exposure(person=who, item=item, q=0.2) for who in ("a", "b", "p") for item in ("i", "j")
        ),
        half_life=365.0,
    )
    state = State.of(world)
    attribute(state)
    risk(state, Release(recipients=("a", "p"), q=(0.2, 0.2), background=0.01))
