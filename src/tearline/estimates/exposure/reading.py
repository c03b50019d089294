"""A world as JSON: the form that ``tearline attribute`` and ``tearline risk`` read, and its writing.

Fields that nobody asked for are refused, since one that is misspelt would silently change the figures. What a world
says about itself (``delay``, ``variant_rule``, ``truth``) and answers that came with it (``posterior``,
``log_evidence``, ``forward.p_leak``) are let pass and not read.

An observation is one of ``unknown``, ``not_compromised``, ``compromised`` (with ``compromised_day``), ``between``
(with ``between``, two days), ``report`` (with ``likelihood_ratio``) and ``marked``. ``variant_seen`` may stand beside
the middle three: then only holders of that variant keep their exposure, and the background becomes
``background / variants``.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import TypeVar

from tearline.estimates.exposure.chances import background_by, come_out
from tearline.estimates.exposure.checks import check
from tearline.estimates.exposure.world import (
    Beta,
    Between,
    Compromised,
    Exposure,
    Id,
    Item,
    Marked,
    Nodes,
    NotCompromised,
    Observation,
    Person,
    Release,
    Report,
    Unit,
    Unknown,
    World,
)
from tearline.facts.shape import Place
from tearline.facts.strict import parse_json

T = TypeVar("T")
LARGEST_BYTES = 64 * 2**20

_SAID = frozenset(
    "delay variant_rule truth posterior log_evidence description note notes comment source seed version".split()
)
_WORLD = frozenset(
    "name adversary horizon_days units people items exposures forward half_life_days delay_mean_days".split()
)
_UNIT = frozenset("id name beta_mean beta_kappa nodes weights".split())
_PERSON = frozenset("id name unit role phantom".split())
_ITEM = frozenset("id name released_day background observation variants variant_seen".split())
_OF_OBSERVATION = {
    "unknown": frozenset[str](),
    "not_compromised": frozenset[str](),
    "compromised": frozenset({"compromised_day"}),
    "between": frozenset({"between", "background_within"}),
    "report": frozenset({"likelihood_ratio"}),
    "marked": frozenset({"background_likelihood_ratio"}),
}
_EXPOSURE = frozenset("person item q variant day q_within likelihood_ratio".split())
_FORWARD = frozenset("recipients q background p_leak".split())


def parse_world(data: bytes | str, *, file: str) -> World:
    """The world in these bytes; raises Malformed with the place and what was expected there."""
    return read_world(parse_json(data, file=file, largest=LARGEST_BYTES), file=file)


def read_world(plain: object, *, file: str) -> World:
    """The world in parsed JSON; raises Malformed."""
    at = Place(file)
    top = _map(plain, at, _WORLD | _SAID)
    mean_delay = _maybe(top, "delay_mean_days", at, _number)
    if mean_delay is not None and mean_delay <= 0.0:
        raise (at / "delay_mean_days").expected("a number of days above 0")
    horizon = _number(_required(top, "horizon_days", at), at / "horizon_days")
    items = _each(top, "items", at, lambda one, here: _item(one, here, horizon))
    observed = {item.id: item for item in items}
    exposures = _each(
        top, "exposures", at, lambda one, here: _exposure(one, here, observed, horizon, mean_delay)
    )
    if not exposures:
        raise (at / "exposures").expected("at least one reader of an item")
    world = World(
        name=_text(top.get("name", ""), at / "name"),
        adversary=_text(_required(top, "adversary", at), at / "adversary"),
        horizon=horizon,
        units=_each(top, "units", at, _unit),
        people=_each(top, "people", at, _person),
        items=items,
        exposures=exposures,
        forward=_maybe(top, "forward", at, _forward),
        half_life=_maybe(top, "half_life_days", at, _number),
    )
    check(world, file)
    return world


def write_world(world: World) -> dict[str, object]:
    """The world as JSON again: ``read_world`` makes the same of it."""
    said: dict[str, object] = {
        "name": world.name,
        "adversary": world.adversary,
        "horizon_days": world.horizon,
        "units": [_said(unit) for unit in world.units],
        "people": [dataclasses.asdict(person) for person in world.people],
        "items": [_said_of_item(item) for item in world.items],
        "exposures": [_said_of_exposure(one) for one in world.exposures],
    }
    if world.half_life is not None:
        said["half_life_days"] = world.half_life
    if world.forward is not None:
        said["forward"] = {
            "recipients": list(world.forward.recipients),
            "q": list(world.forward.q),
            "background": world.forward.background,
        }
    return said


def _said(unit: Unit) -> dict[str, object]:
    match unit.prior:
        case Nodes(nodes=nodes, weights=weights):
            return {"id": unit.id, "nodes": list(nodes), "weights": list(weights)}
        case Beta(mean=mean, kappa=kappa):
            return {"id": unit.id, "beta_mean": mean, "beta_kappa": kappa}


def _said_of_item(item: Item) -> dict[str, object]:
    said: dict[str, object] = {
        "id": item.id,
        "released_day": item.released,
        "background": item.background,
        "variants": item.variants,
    }
    more: dict[str, object] = {"observation": "unknown"}
    match item.observation:
        case NotCompromised():
            more = {"observation": "not_compromised"}
        case Compromised(variant=variant, day=day):
            more = {"observation": "compromised", "variant_seen": variant, "compromised_day": day}
        case Between(after=after, until=until, background=background, variant=variant):
            more = {"observation": "between", "between": [after, until], "variant_seen": variant}
            more["background_within"] = list(background)
        case Report(likelihood_ratio=ratio, variant=variant):
            more = {"observation": "report", "likelihood_ratio": ratio, "variant_seen": variant}
        case Marked(background_ratio=ratio):
            more = {"observation": "marked", "background_likelihood_ratio": ratio}
    return said | more


def _said_of_exposure(one: Exposure) -> dict[str, object]:
    return {
        "person": one.person,
        "item": one.item,
        "q": one.q,
        "variant": one.variant,
        "day": one.day,
        "q_within": None if one.within is None else list(one.within),
        "likelihood_ratio": one.likelihood_ratio,
    }


def _unit(plain: object, at: Place) -> Unit:
    said = _map(plain, at, _UNIT)
    prior: Nodes | Beta
    if "nodes" in said or "weights" in said:
        prior = Nodes(nodes=_each(said, "nodes", at, _number), weights=_each(said, "weights", at, _number))
        for name in ("beta_mean", "beta_kappa"):
            _maybe(said, name, at, _number)
    else:
        prior = Beta(
            mean=_number(_required(said, "beta_mean", at), at / "beta_mean"),
            kappa=_number(_required(said, "beta_kappa", at), at / "beta_kappa"),
        )
    return Unit(id=_id(_required(said, "id", at), at / "id"), prior=prior)


def _person(plain: object, at: Place) -> Person:
    said = _map(plain, at, _PERSON)
    return Person(
        id=_id(_required(said, "id", at), at / "id"),
        unit=_id(_required(said, "unit", at), at / "unit"),
        role=_text(said.get("role", ""), at / "role"),
        phantom=_flag(said.get("phantom", False), at / "phantom"),
    )


def _item(plain: object, at: Place, horizon: float) -> Item:
    said = _map(plain, at, _ITEM.union(*_OF_OBSERVATION.values()))
    word = _text(_required(said, "observation", at), at / "observation")
    if word not in _OF_OBSERVATION:
        raise (at / "observation").expected(f"one of {', '.join(_OF_OBSERVATION)}")
    for kind, fields in _OF_OBSERVATION.items():
        for name in fields - _OF_OBSERVATION[word]:
            if said.get(name) is not None:
                raise (at / name).expected(
                    f"nothing beside {word}: it contradicts that, and goes with {kind}"
                )
    variant = _maybe(said, "variant_seen", at, _whole)
    if variant is not None and word not in ("compromised", "between", "report"):
        raise (at / "variant_seen").expected(f"nothing beside {word}, which it contradicts")
    return Item(
        id=_id(_required(said, "id", at), at / "id"),
        released=_number(_required(said, "released_day", at), at / "released_day"),
        background=_number(_required(said, "background", at), at / "background"),
        variants=_whole(said.get("variants", 1), at / "variants"),
        observation=_observation(word, said, at, variant, horizon),
    )


def _observation(
    word: str, said: Mapping[str, object], at: Place, variant: int | None, horizon: float
) -> Observation:
    match word:
        case "not_compromised":
            return NotCompromised()
        case "compromised":
            return Compromised(variant=variant, day=_maybe(said, "compromised_day", at, _number))
        case "between":
            after, until = _pair(_required(said, "between", at), at / "between")
            within = _maybe(said, "background_within", at, _pair)
            if within is None:
                released = _number(_required(said, "released_day", at), at / "released_day")
                background = _number(_required(said, "background", at), at / "background")
                if not released < horizon:
                    raise (at / "background_within").expected("the background by the two days")
                first, last = (
                    background_by(background, day - released, horizon - released) for day in (after, until)
                )
                within = first, last
            return Between(after=after, until=until, background=within, variant=variant)
        case "report":
            ratio = _number(_required(said, "likelihood_ratio", at), at / "likelihood_ratio")
            return Report(likelihood_ratio=ratio, variant=variant)
        case "marked":
            unrelated = _maybe(said, "background_likelihood_ratio", at, _number)
            return Marked(background_ratio=1.0 if unrelated is None else unrelated)
    return Unknown()


def _exposure(
    plain: object, at: Place, items: Mapping[Id, Item], horizon: float, mean_delay: float | None
) -> Exposure:
    said = _map(plain, at, _EXPOSURE)
    q = _number(_required(said, "q", at), at / "q")
    name = _id(_required(said, "item", at), at / "item")
    day = _maybe(said, "day", at, _number)
    within = _maybe(said, "q_within", at, _pair)
    item = items.get(name)
    if item is not None and isinstance(item.observation, Between) and within is None:
        if mean_delay is None:
            raise (at / "q_within").expected("the chances by the two days, or delay_mean_days for the world")
        since = item.released if day is None else day
        whole = come_out(horizon - since, mean_delay)
        first, last = (
            q * come_out(then - since, mean_delay) / whole if whole > 0.0 else 0.0
            for then in (item.observation.after, item.observation.until)
        )
        within = first, last
    ratio = _maybe(said, "likelihood_ratio", at, _number)
    return Exposure(
        person=_id(_required(said, "person", at), at / "person"),
        item=name,
        q=q,
        variant=_whole(said.get("variant", 0), at / "variant"),
        day=day,
        within=within,
        likelihood_ratio=1.0 if ratio is None else ratio,
    )


def _forward(plain: object, at: Place) -> Release:
    said = _map(plain, at, _FORWARD)
    return Release(
        recipients=_each(said, "recipients", at, _id),
        q=_each(said, "q", at, _number),
        background=_number(_required(said, "background", at), at / "background"),
    )


def _map(plain: object, at: Place, known: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(plain, dict):
        raise at.expected("a map of fields")
    for name in plain:
        if name not in known:
            raise (at / str(name)).expected(f"one of the fields {', '.join(sorted(known))}")
    return plain


def _required(said: Mapping[str, object], name: str, at: Place) -> object:
    if name not in said:
        raise (at / name).expected("a value: this field is required")
    return said[name]


def _maybe(said: Mapping[str, object], name: str, at: Place, parse: Callable[[object, Place], T]) -> T | None:
    value = said.get(name)
    return None if value is None else parse(value, at / name)


def _each(
    said: Mapping[str, object], name: str, at: Place, parse: Callable[[object, Place], T]
) -> tuple[T, ...]:
    plain = _required(said, name, at)
    if not isinstance(plain, list):
        raise (at / name).expected("a list")
    return tuple(parse(one, at / name / n) for n, one in enumerate(plain))


def _number(plain: object, at: Place) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise at.expected("a number")
    return float(plain)


def _pair(plain: object, at: Place) -> tuple[float, float]:
    if not isinstance(plain, list) or len(plain) != 2:
        raise at.expected("two numbers")
    return _number(plain[0], at / 0), _number(plain[1], at / 1)


def _whole(plain: object, at: Place) -> int:
    if isinstance(plain, bool) or not isinstance(plain, int) or plain < 0:
        raise at.expected("a whole number, zero or more")
    return plain


def _id(plain: object, at: Place) -> Id:
    if isinstance(plain, bool) or not isinstance(plain, int | str) or plain == "":
        raise at.expected("an id: a whole number or a text")
    return plain


def _text(plain: object, at: Place) -> str:
    if not isinstance(plain, str):
        raise at.expected("a text")
    return plain


def _flag(plain: object, at: Place) -> bool:
    if not isinstance(plain, bool):
        raise at.expected("true or false")
    return plain
