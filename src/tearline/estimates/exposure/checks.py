"""What must hold between the parts of a world; what does not is named with its place, and nothing is estimated."""

import math
from collections.abc import Iterable, Mapping

from tearline.estimates.exposure.world import (
    Beta,
    Between,
    Compromised,
    Exposure,
    Id,
    Item,
    Marked,
    Nodes,
    Observation,
    Release,
    Report,
    Unit,
    World,
)
from tearline.facts.shape import Place

WEIGHTS_ADD_UP = 1e-6


def check(world: World, file: str = "") -> None:
    """Raise Malformed with the first place at which this is no world; ``file`` is named in it."""
    at = Place(file or world.name or "world")
    _finite(world.horizon, at / "horizon_days")
    if world.half_life is not None and not 0.0 < world.half_life < math.inf:
        raise (at / "half_life_days").expected("a number of days above 0")
    units = _each_once((u.id for u in world.units), at / "units")
    people = _each_once((p.id for p in world.people), at / "people")
    items = _each_once((i.id for i in world.items), at / "items")
    if not world.people:
        raise (at / "people").expected("at least one reader")
    for n, unit in enumerate(world.units):
        _check_prior(unit, at / "units" / n)
    peopled = set()
    for n, person in enumerate(world.people):
        if person.unit not in units:
            raise (at / "people" / n / "unit").expected(f"the id of a unit, found {person.unit!r}")
        peopled.add(person.unit)
    for n, unit in enumerate(world.units):
        if unit.id not in peopled:
            raise (at / "units" / n).expected("a unit of at least one of the people")
    for n, item in enumerate(world.items):
        _check_item(item, world.horizon, at / "items" / n)
    seen = set()
    for n, exposure in enumerate(world.exposures):
        here = at / "exposures" / n
        if exposure.person not in people:
            raise (here / "person").expected(f"the id of one of the people, found {exposure.person!r}")
        if exposure.item not in items:
            raise (here / "item").expected(f"the id of one of the items, found {exposure.item!r}")
        key = exposure.person, exposure.item, exposure.variant
        if key in seen:
            raise here.expected("each reader of an item, or of a variant of it, once")
        seen.add(key)
        _check_exposure(exposure, world.items[items[exposure.item]], world.horizon, here)
    if world.forward is not None:
        check_release(world.forward, people, at / "forward")


def check_release(release: Release, people: Mapping[Id, int], at: Place) -> None:
    """The same for a release that is asked about."""
    if not release.recipients:
        raise (at / "recipients").expected("at least one reader")
    for n, person in enumerate(release.recipients):
        if person not in people:
            raise (at / "recipients" / n).expected(f"the id of one of the people, found {person!r}")
    _each_once(release.recipients, at / "recipients")
    if len(release.q) != len(release.recipients):
        raise (at / "q").expected(f"as many chances as recipients, {len(release.recipients)}")
    for n, q in enumerate(release.q):
        _chance(q, at / "q" / n)
    _background(release.background, at / "background")


def _check_prior(unit: Unit, at: Place) -> None:
    match unit.prior:
        case Nodes(nodes=nodes, weights=weights):
            if not nodes:
                raise (at / "nodes").expected("at least one value")
            if len(weights) != len(nodes):
                raise (at / "weights").expected(f"as many weights as nodes, {len(nodes)}")
            for n, node in enumerate(nodes):
                _chance(node, at / "nodes" / n)
            for n, weight in enumerate(weights):
                _chance(weight, at / "weights" / n)
            if abs(math.fsum(weights) - 1.0) > WEIGHTS_ADD_UP:
                raise (at / "weights").expected(f"weights that add up to 1, found {math.fsum(weights):g}")
        case Beta(mean=mean, kappa=kappa):
            if not 0.0 < mean < 1.0:
                raise (at / "beta_mean").expected("a number above 0 and below 1")
            if not 0.0 < kappa < math.inf:
                raise (at / "beta_kappa").expected("a number above 0")


def _check_item(item: Item, horizon: float, at: Place) -> None:
    _finite(item.released, at / "released_day")
    if item.released > horizon:
        raise (at / "released_day").expected(f"a day by the horizon, {horizon:g}")
    _background(item.background, at / "background")
    if item.variants < 1:
        raise (at / "variants").expected("a whole number, one or more")
    variant = variant_of(item.observation)
    if variant is not None and not 0 <= variant < item.variants:
        raise (at / "variant_seen").expected(f"a variant from 0 to {item.variants - 1}")
    match item.observation:
        case Compromised(day=float(day)):
            _after_release(day, item, horizon, at / "compromised_day")
        case Between(after=after, until=until, background=background):
            _after_release(after, item, horizon, at / "between" / 0)
            _after_release(until, item, horizon, at / "between" / 1)
            if not after < until:
                raise (at / "between").expected("two days, the earlier first")
            _rising(background, at / "background_within")
            if not background[0] < background[1] < 1.0:
                raise (at / "background_within").expected("chances that rise and end below 1")
        case Report(likelihood_ratio=ratio):
            _ratio(ratio, at / "likelihood_ratio")
        case Marked(background_ratio=ratio):
            _ratio(ratio, at / "background_likelihood_ratio")


def _check_exposure(exposure: Exposure, item: Item, horizon: float, at: Place) -> None:
    _chance(exposure.q, at / "q")
    if not 0 <= exposure.variant < item.variants:
        raise (at / "variant").expected(f"a variant from 0 to {item.variants - 1}")
    if exposure.day is not None:
        _finite(exposure.day, at / "day")
        if exposure.day > horizon:
            raise (at / "day").expected(f"a day by the horizon, {horizon:g}")
        if exposure.day < item.released:
            raise (at / "day").expected(f"a day from the release on, {item.released:g}")
    if isinstance(item.observation, Between):
        if exposure.within is None:
            raise (at / "q_within").expected("the chances by the two days between which the item leaked")
        _rising(exposure.within, at / "q_within")
    _ratio(exposure.likelihood_ratio, at / "likelihood_ratio")


def variant_of(observation: Observation) -> int | None:
    """The variant that surfaced, where the observation says so."""
    return getattr(observation, "variant", None)


def _each_once(ids: Iterable[Id], at: Place) -> dict[Id, int]:
    found: dict[Id, int] = {}
    for n, one in enumerate(ids):
        if one in found:
            raise (at / n).expected(f"each id once, found {one!r} again")
        found[one] = n
    return found


def _after_release(day: float, item: Item, horizon: float, at: Place) -> None:
    _finite(day, at)
    if day < item.released:
        raise at.expected(f"a day from the release on, {item.released:g}")
    if day > horizon:
        raise at.expected(f"a day by the horizon, {horizon:g}")


def _rising(pair: tuple[float, float], at: Place) -> None:
    for n, one in enumerate(pair):
        _chance(one, at / n)
    if pair[1] < pair[0]:
        raise at.expected("two chances, the later not the smaller")


def _chance(value: float, at: Place) -> None:
    if not 0.0 <= value <= 1.0:
        raise at.expected(f"a chance from 0 to 1, found {value:g}")


def _background(value: float, at: Place) -> None:
    if not 0.0 < value < 1.0:
        raise at.expected(f"a chance above 0 and below 1, found {value:g}")


def _ratio(value: float, at: Place) -> None:
    if not 0.0 <= value < math.inf:
        raise at.expected(f"a likelihood ratio, zero or more, found {value:g}")


def _finite(value: float, at: Place) -> None:
    if not math.isfinite(value):
        raise at.expected(f"a number of days, found {value:g}")
