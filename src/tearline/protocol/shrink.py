"""From a dossier that the solver made up to one that a person can read: as near to a known dossier as it goes.

What it is for must stay: ``keeps`` says, of each dossier that is tried, whether it still shows the same.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tearline.protocol.world import Path

Dossier = Mapping[str, object]
Keeps = Callable[[Dossier], bool]
MOST_TRIES = 2_000

_NUMBERED = re.compile(r"(.*?)-?[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what stands at the path, and what does in the base; None where there is nothing."""

    path: Path
    value: object
    base: object


def shrunk(dossier: Dossier, base: Dossier, keeps: Keeps) -> Dossier:
    """The base with as few changes of ``dossier`` as still show it, and those with plain values where that goes."""
    shifted = _shifted(dossier, base)
    if shifted is not None and keeps(shifted):
        dossier = shifted
    changes = list(differences(dossier, base))
    tries = _Tries(base, keeps)
    for change in changes:
        for plainer in _plainer(change, base):
            if tries.show([plainer]):
                return changed(base, [plainer])
    kept = tries.fewest(tries.fewer(changes))
    return changed(base, tries.plain(kept)) if tries.show(kept, always=True) else dossier


def _shifted(dossier: Dossier, base: Dossier) -> Dossier | None:
    """The dossier with all its times moved alike, to be decided when the base is; None past the calendar."""
    was, now = dossier.get("at"), base.get("at")
    if not isinstance(was, datetime) or not isinstance(now, datetime):
        return None
    try:
        made = _moved(dossier, now - was)
    except OverflowError:
        return None
    assert isinstance(made, Mapping)  # noqa: S101  a map stays one
    return made


def _moved(value: object, by: timedelta) -> object:
    match value:
        case datetime():
            return value + by
        case Mapping():
            return {key: _moved(inner, by) for key, inner in value.items()}
        case list():
            return [_moved(inner, by) for inner in value]
        case _:
            return value


@dataclass(slots=True)
class _Tries:
    base: Dossier
    keeps: Keeps
    left: int = MOST_TRIES

    def show(self, changes: Sequence[Change], *, always: bool = False) -> bool:
        """Whether the base with these changes still shows it; nothing does once too much was tried."""
        self.left -= 1
        return (self.left >= 0 or always) and self.keeps(changed(self.base, changes))

    def fewer(self, changes: list[Change]) -> list[Change]:
        """The changes without any that can be left out, large groups tried first."""
        size = len(changes) // 2
        while size:
            for start in reversed(range(0, len(changes), size)):
                rest = changes[:start] + changes[start + size :]
                if self.show(rest):
                    changes = rest
            size //= 2
        return changes

    def fewest(self, changes: list[Change]) -> list[Change]:
        """The smallest of all selections: what hangs together cannot be left out one by one."""
        for size in range(2, len(changes)):
            for some in itertools.combinations(changes, size):
                if self.show(some):
                    return list(some)
        return changes

    def plain(self, changes: list[Change]) -> list[Change]:
        """The changes, each with the plainest value that does."""
        for n, change in enumerate(changes):
            for plainer in _plainer(change, self.base):
                rest = [*changes[:n], plainer, *changes[n + 1 :]]
                if plainer != change and self.show(rest):
                    changes = rest
                    break
        return self._named(changes)

    def _named(self, changes: list[Change]) -> list[Change]:
        """The changes with made-up names after the fashion of the base's, one for one."""
        taken = set(_texts(self.base))
        for path, name in [leaf for change in changes for leaf in _leaves(change.path, change.value)]:
            like = _like(self.base, path)
            if name in taken or not isinstance(like, str) or not _NUMBERED.fullmatch(like):
                continue
            better = _next_name(like, taken)
            renamed = [replace(one, value=_renamed(one.value, name, better)) for one in changes]
            if self.show(renamed):
                changes = renamed
                taken.add(better)
        return changes


def differences(dossier: object, base: object, path: Path = ()) -> Iterator[Change]:
    """Where two dossiers differ. An entry that only one of two lists has is one difference."""
    if isinstance(dossier, Mapping) and isinstance(base, Mapping):
        for key in dict.fromkeys((*base, *dossier)):
            yield from differences(dossier.get(key), base.get(key), (*path, key))
    elif isinstance(dossier, list) and isinstance(base, list):
        for n in range(max(len(dossier), len(base))):
            one = dossier[n] if n < len(dossier) else None
            other = base[n] if n < len(base) else None
            yield from differences(one, other, (*path, n))
    elif dossier != base:
        yield Change(path, dossier, base)


def changed(base: Dossier, changes: Iterable[Change]) -> Dossier:
    """The base with these changes."""
    made: object = base
    # What is taken away goes last and from the end, so that no entry of a list has moved before it is changed.
    for change in sorted(changes, key=lambda c: (c.value is None, _reversed(c) if c.value is None else 0)):
        made = _put(made, change.path, change.value)
    assert isinstance(made, Mapping)  # noqa: S101  a map stays one
    return made


def _reversed(change: Change) -> int:
    step = change.path[-1]
    return -step if isinstance(step, int) else 0


def _put(within: object, path: Path, value: object) -> object:
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        fields = within if isinstance(within, Mapping) else {}
        inner = _put(fields.get(step), rest, value) if rest else value
        if inner is None:
            return {key: one for key, one in fields.items() if key != step}
        return {**fields, step: inner}
    entries = within if isinstance(within, list) else []
    inner = _put(entries[step] if step < len(entries) else None, rest, value) if rest else value
    return [*entries[:step], *([] if inner is None else [inner]), *entries[step + 1 :]]


def filled(dossier: object, base: object, asked: Callable[[Path], bool], path: Path = ()) -> object:
    """The same with the facts of ``base`` that nobody asked for, so that it reads like a real one."""
    if isinstance(dossier, Mapping) and isinstance(base, Mapping):
        made = {key: filled(inner, base.get(key), asked, (*path, key)) for key, inner in dossier.items()}
        return made | {k: v for k, v in base.items() if k not in made and not asked((*path, k))}
    if isinstance(dossier, list) and isinstance(base, list):
        return [
            filled(one, base[n] if n < len(base) else None, asked, (*path, n))
            for n, one in enumerate(dossier)
        ]
    return dossier


def _plainer(change: Change, base: Dossier) -> Iterator[Change]:
    """The change with values that say more to a person than those that a solver makes up, then as it is."""
    for value in _plain_values(change, base):
        yield replace(change, value=value)
    yield change


def _plain_values(change: Change, base: Dossier) -> Iterable[object]:
    decided = base.get("at")
    match change.value:
        case datetime() if isinstance(decided, datetime):
            return [
                decided + timedelta(hours=hours) for hours in (0, 1, -1, 24, -24, 720, -720, 9_600, -9_600)
            ]
        case timedelta():
            return [timedelta(days=days) for days in (0, 1, 30, 365)]
        case str() if isinstance(change.base, str):
            kin = [text for text in dict.fromkeys(_texts(base)) if _stem(text) == _stem(change.base)]
            return [text for text in kin if text != change.base]
        case bool() | None:
            return []
        case int():
            return [0, 1, 2, 3, 5]
        case Mapping() as entry if isinstance(change.path[-1], int):
            return _whole_entries(entry, change.path, base)
        case _:
            return []


def _whole_entries(entry: Mapping[str, object], path: Path, base: object) -> Iterator[object]:
    """An added entry with what the base's last entry of that list states besides."""
    for step in path[:-1]:
        base = base.get(step) if isinstance(base, Mapping) else None
    if isinstance(base, list) and base and isinstance(base[-1], Mapping):
        like = dict(base[-1])
        if isinstance(like.get("id"), str):
            like["id"] = _next_name(like["id"], set(_texts(base)))
        yield {**like, **entry}


def _stem(name: str) -> str:
    """The name without its number: ``officer`` of ``officer-3``."""
    return _NUMBERED.sub(r"\1", name)


def _next_name(like: str, taken: set[str]) -> str:
    """The first name of the same fashion that is not taken."""
    return next(f"{_stem(like)}-{n}" for n in itertools.count(1) if f"{_stem(like)}-{n}" not in taken)


def _like(base: object, path: Path) -> object:
    """The base's value at this path, of its last entry where the list has no such entry."""
    for step in path:
        if isinstance(base, Mapping):
            base = base.get(step)
        elif isinstance(base, list) and isinstance(step, int) and base:
            base = base[min(step, len(base) - 1)]
        else:
            return None
    return base


def _leaves(path: Path, value: object) -> Iterator[tuple[Path, str]]:
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, inner in value.items():
                yield from _leaves((*path, key), inner)
        case list():
            for n, inner in enumerate(value):
                yield from _leaves((*path, n), inner)
        case _:
            pass


def _renamed(value: object, name: str, better: str) -> object:
    match value:
        case str():
            return better if value == name else value
        case Mapping():
            return {key: _renamed(inner, name, better) for key, inner in value.items()}
        case list():
            return [_renamed(inner, name, better) for inner in value]
        case _:
            return value


def _texts(value: object) -> Iterator[str]:
    for _, text in _leaves((), value):
        yield text
