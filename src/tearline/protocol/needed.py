"""Facts put in other facts' place: what is needed of each, and the dossier as it would then be.

Paths are those of readings: ``chain[2].outcome``. The path of an entry that is not there yet adds it: ``sign_offs[2]``.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from tearline.protocol.curable import reason
from tearline.protocol.schema import versions

MOST_SET = 80
"""Facts that one way may set."""
MOST_ADDED = 10
"""Entries that one way may add to a list."""
_PLACE = re.compile(r"\[\d+\]")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")

Step = str | int


class Needed(NamedTuple):
    """What a fact must be: ``operator`` is one of CEL's six comparisons, or ``has``, then without a value."""

    path: str
    operator: str
    value: object = None


class Put(NamedTuple):
    """A value for a fact, and what is needed of it, whatever value meets that."""

    value: object
    needed: tuple[Needed, ...]


Way = Mapping[str, Put]
"""The facts to set, by path. The path of an entry itself adds one: ``sign_offs[2]``."""

_HOLDS: Mapping[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both are of one ordered type, as the checker has seen
    "<=": lambda a, b: a <= b,  # type: ignore[operator]  # as above
    ">": lambda a, b: a > b,  # type: ignore[operator]  # as above
    ">=": lambda a, b: a >= b,  # type: ignore[operator]  # as above
    "has": lambda _a, _b: True,
}


def bare(path: str) -> str:
    """The path without places: ``chain[2].outcome`` is ``chain.outcome``."""
    return _PLACE.sub("", path)


def steps(path: str) -> tuple[Step, ...]:
    return tuple(int(n) if n else name for name, n in _STEP.findall(path))


def holds(value: object, needed: Iterable[Needed]) -> bool:
    try:
        return all(_HOLDS[n.operator](value, n.value) for n in needed)
    except TypeError:
        return False


def joined(one: Way, other: Way) -> Way | None:
    """Both, or None where they want one fact to be two things. Of entries that both add, one goes behind the other."""
    both = _merged(one, other)
    if both is None and any(_adds(path) for path in other):
        for by in range(1, MOST_ADDED):
            both = _merged(one, _behind(other, by))
            if both is not None:
                break
    return both


def _adds(path: str) -> bool:
    return path.endswith("]")


def _behind(way: Way, by: int) -> Way:
    """The same with the entries that it adds so many places further on."""
    moved: dict[str, Put] = {}
    for path, put in way.items():
        entry = next((e for e in way if _adds(e) and (path == e or path.startswith(f"{e}."))), None)
        if entry is None:
            moved[path] = put
            continue
        listed, _, number = entry.removesuffix("]").rpartition("[")
        new = f"{listed}[{int(number) + by}]{path.removeprefix(entry)}"
        value = someone(new) if put.value == someone(path) else put.value
        moved[new] = Put(value, tuple(n._replace(path=new) for n in put.needed))
    return moved


def _merged(one: Way, other: Way) -> Way | None:
    both = dict(one)
    for path, put in other.items():
        known = both.get(path)
        if known is None:
            both[path] = put
            continue
        needed = tuple(dict.fromkeys((*known.needed, *put.needed)))
        value = next((v for v in (put.value, known.value) if holds(v, needed)), None)
        if value is None:
            return None
        both[path] = Put(value, needed)
    return both if len(both) <= MOST_SET else None


def cost(way: Way) -> float:
    return sum(reason(bare(path), isinstance(put.value, bool)).curable.value for path, put in way.items())


def someone(path: str) -> str:
    """A text that stands for one not known yet; each place has its own, so that two are two people."""
    return "new-" + "-".join(str(step) for step in steps(path)).replace("_", "-")


def patched(dossier: Mapping[str, object], way: Way) -> Mapping[str, object]:
    """The dossier with these facts put into it; the given one stays as it is."""
    made: Mapping[str, object] = dossier
    for path in sorted(way, key=order):
        changed = put_at(made, steps(path), way[path].value)
        assert isinstance(changed, dict)  # noqa: S101  a path begins with a name
        made = changed
    return as_new_as(made, way)


def as_new_as(dossier: Mapping[str, object], paths: Iterable[str]) -> Mapping[str, object]:
    """The dossier in a version that has these fields: whoever states a newer fact writes a newer dossier."""
    needed = max((versions().get(bare(path), 1) for path in paths), default=1)
    stated = dossier.get("dossier")
    return {**dossier, "dossier": needed} if isinstance(stated, int) and stated < needed else dossier


def put_at(holder: object, way: Sequence[Step], value: object) -> object:
    if not way:
        # An entry that is added comes before its fields, which are then put into it.
        return dict(value) if isinstance(value, dict) else value
    first, rest = way[0], way[1:]
    if isinstance(first, int):
        entries = list(holder) if isinstance(holder, list | tuple) else []
        while len(entries) <= first:
            entries.append({})
        entries[first] = put_at(entries[first], rest, value)
        return entries
    fields = dict(holder) if isinstance(holder, Mapping) else {}
    fields[first] = put_at(fields.get(first), rest, value)
    return fields


def value_at(dossier: Mapping[str, object], path: str) -> object:
    """What stands at this path, or None."""
    found: object = dossier
    for step in steps(path):
        if isinstance(step, int):
            found = found[step] if isinstance(found, list | tuple) and step < len(found) else None
        else:
            found = found.get(step) if isinstance(found, Mapping) else None
    return found


def order(path: str) -> tuple[tuple[bool, Step], ...]:
    return tuple((isinstance(step, int), step) for step in steps(path))
