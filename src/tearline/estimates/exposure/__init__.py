"""One probabilistic model of leaks, read in two directions. Pure; a world is about one adversary.

Backwards, ``attribute(State.of(world))`` gives each reader's probability of being a channel to that adversary, from
what leaked, what did not, when, and which copy surfaced. Forwards, ``risk(state, release)`` gives the chance that a
release leaks, and ``anonymity(facts)`` among how many the adversary would look for the source. ``docs/exposure.md`` has
the model, its methods, what was measured, and what it does not mean.

Promised: answers are exact, to the digits that they say they have, or come of a sampler that says how far its chains
lie apart, or do not come: ``Malformed`` names the place where a world makes no sense or its observations cannot all be
true, ``Refused`` says that no answer would be better than this one. A posterior is never an accusation.
"""

from tearline.estimates.exposure.anonymity import Anonymity, anonymity
from tearline.estimates.exposure.attribution import Posterior, attribute
from tearline.estimates.exposure.forward import Risk, risk
from tearline.estimates.exposure.reading import parse_world, read_world, write_world
from tearline.estimates.exposure.sensitivity import Scenario, sensitivity
from tearline.estimates.exposure.state import State
from tearline.estimates.exposure.world import Release, World

__all__ = [
    "Anonymity",
    "Posterior",
    "Release",
    "Risk",
    "Scenario",
    "State",
    "World",
    "anonymity",
    "attribute",
    "parse_world",
    "read_world",
    "risk",
    "sensitivity",
    "write_world",
]
