"""The model once more, as plainly as it can be said: every choice of channels, one after the other.

It reads the JSON form by itself and shares nothing with the code it checks. It subtracts, so it reckons with a hundred
digits. Only for worlds of a few people: it takes ``2 ** people`` steps.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

Plain = Mapping[str, Any]
Channels = Mapping[object, int]
ONE, ZERO = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class Answer:
    posterior: list[float]
    log_evidence: float
    p_nobody_logged: float
    p_unlogged: float
    p_leak: float | None
    p_leak_without: list[float]
    propensity: list[float]


def prior_moment(unit: Plain, channels: int, others: int, extra: int = 0) -> Decimal:
    """E[pi^(channels + extra) (1 - pi)^others]."""
    if "nodes" in unit:
        pairs = zip(unit["nodes"], unit["weights"], strict=True)
        moments = (w * power(x, channels + extra) * power(1 - x, others) for x, w in pairs)
        return sum(moments, ZERO)
    a, b = unit["beta_mean"] * unit["beta_kappa"], (1 - unit["beta_mean"]) * unit["beta_kappa"]
    return rising(a, channels + extra) * rising(b, others) / rising(a + b, channels + extra + others)


def rising(start: Decimal, count: int) -> Decimal:
    return math.prod((start + n for n in range(count)), start=ONE)


def power(base: Decimal, exponent: int) -> Decimal:
    return base**exponent if exponent else ONE  # Decimal has no 0 ** 0


def exactly(plain: Any) -> Any:
    """The same world with every float as the decimal that it is."""
    match plain:
        case float():
            return Decimal(plain)
        case dict():
            return {key: exactly(value) for key, value in plain.items()}
        case list():
            return [exactly(value) for value in plain]
    return plain


def readers_of(world: Plain, item: Plain) -> list[Plain]:
    seen = item.get("variant_seen")
    of_item = [e for e in world["exposures"] if e["item"] == item["id"]]
    return of_item if seen is None else [e for e in of_item if e.get("variant", 0) == seen]


def spared(z: Channels, readers: list[Plain], chance: Callable[[Plain], Decimal]) -> Decimal:
    return math.prod((1 - z[e["person"]] * chance(e) for e in readers), start=ONE)


def likelihood(world: Plain, item: Plain, z: Channels) -> Decimal:
    readers = readers_of(world, item)
    b: Decimal = item["background"]
    ratio: Decimal = item.get("likelihood_ratio", ONE)
    unrelated: Decimal = item.get("background_likelihood_ratio", ONE)
    share: int = item.get("variants", 1) if item.get("variant_seen") is not None else 1
    not_leaked = (1 - b / share) * spared(z, readers, lambda e: e["q"])
    match item["observation"]:
        case "unknown":
            return ONE
        case "not_compromised":
            return not_leaked
        case "compromised":
            return 1 - not_leaked
        case "between":
            b1, b2 = (Decimal(one) / share for one in item["background_within"])
            before = (1 - b1) * spared(z, readers, lambda e: e["q_within"][0])
            return before - (1 - b2) * spared(z, readers, lambda e: e["q_within"][1])
        case "report":
            return not_leaked + ratio * (1 - not_leaked)
        case "marked":
            seen = 1 + b * (unrelated - 1)
            return seen * spared(z, readers, lambda e: -e["q"] * (e["likelihood_ratio"] - 1)) - not_leaked
    raise AssertionError(item)


def unlogged_likelihood(world: Plain, item: Plain, z: Channels) -> Decimal:
    """The same, jointly with no logged reader having covered the item in the period that it leaked in."""
    readers = readers_of(world, item)
    phantoms = {p["id"] for p in world["people"] if p.get("phantom")}
    if item["observation"] in ("unknown", "not_compromised"):
        return likelihood(world, item, z)
    logged = [e for e in readers if e["person"] not in phantoms]
    only = {**world, "exposures": [e for e in readers if e["person"] in phantoms]}
    match item["observation"]:
        case "compromised":
            return likelihood(only, item, z) * spared(z, logged, lambda e: e["q"])
        case "report":
            if item["likelihood_ratio"] in (0, 1):
                return likelihood(world, item, z)
            return likelihood(only, item, z) * spared(z, logged, lambda e: e["q"])
        case "between":
            return likelihood(only, item, z) * spared(z, logged, lambda e: e["q_within"][1])
        case "marked":
            return likelihood(only, item, z) * spared(z, logged, lambda e: e["q"])
    raise AssertionError(item)


def states(world: Plain) -> Iterator[tuple[Channels, Decimal]]:
    people = world["people"]
    for values in itertools.product((0, 1), repeat=len(people)):
        z = {p["id"]: v for p, v in zip(people, values, strict=True)}
        prior = ONE
        for unit in world["units"]:
            inside = [z[p["id"]] for p in people if p["unit"] == unit["id"]]
            prior *= prior_moment(unit, sum(inside), len(inside) - sum(inside))
        yield z, prior


def enumerated(world: Plain) -> Answer | None:
    """Everything by enumeration; None where the observations have no probability at all."""
    with localcontext(prec=100):
        return _enumerated(exactly(world))


def _enumerated(world: Plain) -> Answer | None:
    people = world["people"]
    total = silent = unlogged = ZERO
    each = [ZERO] * len(people)
    propensity = [ZERO] * len(world["units"])
    ask = world.get("forward")
    leaks = [ZERO] * (len(ask["recipients"]) + 1 if ask else 0)
    logged = [p["id"] for p in people if not p.get("phantom")]
    for z, prior in states(world):
        weight = math.prod((likelihood(world, item, z) for item in world["items"]), start=prior)
        total += weight
        for n, person in enumerate(people):
            each[n] += weight * z[person["id"]]
        if not any(z[one] for one in logged):
            silent += weight
        unlogged += math.prod((unlogged_likelihood(world, item, z) for item in world["items"]), start=prior)
        if ask:
            for left_out in range(len(leaks)):  # the last leaves nobody out
                asked = zip(ask["recipients"], ask["q"], strict=True)
                kept = (1 - z[i] * q for n, (i, q) in enumerate(asked) if n != left_out)
                leaks[left_out] += weight * (1 - (1 - ask["background"]) * math.prod(kept, start=ONE))
        for n, unit in enumerate(world["units"]):
            inside = [z[p["id"]] for p in people if p["unit"] == unit["id"]]
            count = sum(inside), len(inside) - sum(inside)
            if weight > 0:
                propensity[n] += weight * prior_moment(unit, *count, 1) / prior_moment(unit, *count)
    if total <= 0:
        return None
    return Answer(
        posterior=[float(one / total) for one in each],
        log_evidence=float(total.ln()),
        p_nobody_logged=float(silent / total),
        p_unlogged=float(unlogged / total),
        p_leak=float(leaks[-1] / total) if ask else None,
        p_leak_without=[float(one / total) for one in leaks[:-1]],
        propensity=[float(one / total) for one in propensity],
    )
