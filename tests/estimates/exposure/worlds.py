"""Small worlds by chance, as JSON: every kind of observation and prior, chances of 0 and 1, and tiny ones."""

from typing import Any

from hypothesis import strategies as st

ANY_CHANCE = st.floats(1e-9, 1) | st.sampled_from([0.0, 1.0, 0.5, 1e-4, 1e-8, 0.3])
BACKGROUND = st.sampled_from([0.01, 1e-6, 0.2]) | st.floats(1e-9, 0.9)
RATIO = st.sampled_from([0.0, 1.0, 0.25, 8.0, 1e4]) | st.floats(1e-6, 50)
KINDS = ("unknown", "not_compromised", "compromised", "compromised", "between", "report", "marked")


@st.composite
def units(draw: st.DrawFn, number: int) -> dict[str, Any]:
    if draw(st.booleans()):
        mean = draw(st.sampled_from([0.001, 0.04, 0.3, 0.9]))
        return {"id": number, "beta_mean": mean, "beta_kappa": draw(st.sampled_from([0.5, 6.0, 20.0]))}
    nodes = draw(st.lists(ANY_CHANCE, min_size=1, max_size=3))
    parts = [draw(st.integers(1, 9)) for _ in nodes]
    return {"id": number, "nodes": nodes, "weights": [part / sum(parts) for part in parts]}


@st.composite
def items(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    item: dict[str, Any] = {"id": f"item-{number}", "released_day": 3.5, "background": draw(BACKGROUND)}
    item |= {"observation": kind, "variants": draw(st.integers(1, 3))}
    if kind in ("compromised", "between", "report") and draw(st.booleans()):
        item["variant_seen"] = draw(st.integers(0, item["variants"] - 1))
    match kind:
        case "between":
            first = draw(st.floats(0, 0.4))
            item |= {"between": [5.0, 9.5], "background_within": [first, first + draw(st.floats(1e-6, 0.5))]}
        case "report":
            item["likelihood_ratio"] = draw(RATIO)
        case "marked":
            item["background_likelihood_ratio"] = draw(RATIO)
    return item


@st.composite
def exposures(draw: st.DrawFn, people: int, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for item in kept:
        for person in draw(st.sets(st.integers(0, people - 1), max_size=people)):
            q = draw(ANY_CHANCE)
            one: dict[str, Any] = {"person": person, "item": item["id"], "q": q}
            one["variant"] = draw(st.integers(0, item["variants"] - 1))
            if item["observation"] == "between":
                one["q_within"] = [q * draw(st.floats(0, 1)), q]
            if item["observation"] == "marked":
                one["likelihood_ratio"] = draw(RATIO)
            made.append(one)
    return made


@st.composite
def worlds(draw: st.DrawFn, most_people: int = 6, most_items: int = 5) -> dict[str, Any]:
    """A world that makes sense, if it is not impossible: what was observed may have no probability."""
    count = draw(st.integers(1, most_people))
    unit_of = [draw(st.integers(0, 2)) for _ in range(count)]
    people = [
        {"id": n, "unit": unit, "phantom": draw(st.integers(0, 4)) == 0} for n, unit in enumerate(unit_of)
    ]
    made = [draw(items(n)) for n in range(draw(st.integers(1, most_items)))]
    edges = draw(exposures(count, made))
    if not edges:
        item = made[0] | {"observation": "unknown", "variant_seen": None}
        made[0] = {k: v for k, v in item.items() if k in ("id", "released_day", "background", "observation")}
        edges = [{"person": 0, "item": made[0]["id"], "q": 0.5}]
    asked = sorted(draw(st.sets(st.integers(0, count - 1), min_size=1)))
    return {
        "name": "by chance",
        "adversary": "A",
        "horizon_days": 10.0,
        "units": [draw(units(n)) for n in sorted(set(unit_of))],
        "people": people,
        "items": made,
        "exposures": edges,
        "forward": {
            "recipients": asked,
            "q": [draw(ANY_CHANCE) for _ in asked],
            "background": draw(BACKGROUND),
        },
    }
