"""All that is wrong with a pack's text at once, for whoever is writing it. What is sound is said by ``load_pack``."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_yaml
from tearline.protocol.load import (
    _PACK,
    _VERSION,
    LARGEST_BYTES,
    MOST_RULES,
    _At,
    _dossier,
    _duty,
    _once,
    _parameter,
    _rule,
    _source,
    load_pack,
)
from tearline.protocol.rule import Citation, Parameter, Rule
from tearline.protocol.schema import VERSIONS, schema

MOST = 12
"""Problems told at once. To say where one stands takes another reading of the text, so their number is bounded."""

REQUIRED = ("pack", "version", "title", "dossier", "sources", "parameters", "rules", "base")

T = TypeVar("T")


class _Enough(Exception):
    pass


class _Found:
    def __init__(self) -> None:
        self.problems: list[Malformed] = []

    def tried(self, read: Callable[[], T]) -> T | None:
        """What was read, or None where it is wrong, which is noted."""
        try:
            return read()
        except Malformed as wrong:
            if str(wrong) not in {str(p) for p in self.problems}:
                self.problems.append(wrong)
            if len(self.problems) >= MOST:
                raise _Enough from None
            return None


def problems(text: str, *, file: str) -> tuple[Malformed, ...]:
    """The first ``MOST`` things that are wrong with this text, part by part; empty where ``load_pack`` takes it."""
    found = _Found()
    try:
        _read(text, file, found)
    except _Enough:
        return tuple(found.problems)
    if not found.problems:
        found.tried(lambda: load_pack(text, file=file))
    return tuple(found.problems)


def _read(text: str, file: str, found: _Found) -> None:
    plain = found.tried(lambda: parse_yaml(text, file=file, largest=LARGEST_BYTES))
    top = (
        None
        if found.problems
        else found.tried(lambda: _At(plain, (), text, file).map(REQUIRED, ["duties", "beside"]))
    )
    if top is None:
        return
    known = found.tried(lambda: _version(top["dossier"])) or max(VERSIONS)
    pack = found.tried(lambda: _id(top["pack"], top["version"])) or "text/0"
    found.tried(top["title"].words)
    if "beside" in top:
        found.tried(top["beside"].flag)
    sources = {
        key: found.tried(lambda key=key, at=at: _source(key, at)) or _unread  # type: ignore[misc]
        for key, at in _entries(found, top["sources"])
    }
    stated = [
        found.tried(lambda key=key, at=at: _parameter(key, at))  # type: ignore[misc]
        for key, at in _entries(found, top["parameters"])
    ]
    parameters = [one for one in stated if one is not None]
    dossier = schema(parameters, version=known)
    rules = found.tried(lambda: top["rules"].list(1, MOST_RULES)) or []
    read = [found.tried(lambda at=at: _rule(at, sources, dossier, pack)) for at in rules]  # type: ignore[misc]
    _ids(found, top["rules"], [one[0] if one else None for one in read])
    for at in found.tried(top["duties"].list) or [] if "duties" in top else []:
        found.tried(lambda at=at: _duty(at, sources, parameters))  # type: ignore[misc]
    if found.tried(lambda: _dossier(top["base"], {}, parameters, top["base"])) is not None:
        for at in rules:
            _cases(found, at, top["base"], parameters)


def _version(at: _At) -> int:
    if not isinstance(at.value, int) or isinstance(at.value, bool) or at.value not in VERSIONS:
        raise at.wrong(f"one of {', '.join(map(str, VERSIONS))}, the dossier's version")
    return at.value


def _id(name: _At, version: _At) -> str:
    said = name.matching(_PACK, "a name of a-z, 0-9 and inner hyphens and dots")
    return f"{said}/{version.matching(_VERSION, 'a version number such as 1')}"


def _unread(clause: str, _awaiting: bool) -> Citation:  # noqa: FBT001  as a source that could be read
    """Stands for a source that is wrong itself, so that whatever cites it is not wrong as well."""
    return Citation(text="", clause=clause)


def _entries(found: _Found, at: _At) -> list[tuple[str, _At]]:
    return found.tried(at.entries) or []


def _ids(found: _Found, at: _At, rules: Sequence[Rule | None]) -> None:
    ids = [rule.id if rule else f"#{n}" for n, rule in enumerate(rules)]
    found.tried(lambda: _once(at, ids))


def _cases(found: _Found, rule: _At, base: _At, parameters: Sequence[Parameter]) -> None:
    value = rule.value
    if not isinstance(value, dict):
        return
    for key in ("matches", "passes"):
        if key in value:
            cases = rule.inside(key, value[key])
            for patch in found.tried(lambda cases=cases: cases.list(1)) or []:  # type: ignore[misc]
                entries: Mapping[str, _At] = dict(_entries(found, patch))
                found.tried(lambda e=entries, at=patch: _dossier(base, e, parameters, at))  # type: ignore[misc]
