"""Google's CEL evaluator (cel-expr-python) as the oracle, and the question whether all of ours agree with it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cel_expr_python import cel

from tearline.protocol.check import check
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.fast import Fast, generate
from tearline.protocol.pack import Pack
from tearline.protocol.rule import Effect, Rule
from tearline.protocol.tree import Field, Node, children
from tearline.protocol.types import DURATION, TIMESTAMP, Kind, ListOf, Record, Simple, Type
from tests.protocol.conditions import NOW, VALUES, WIDE, Said
from tests.protocol.packs import WORDS


@cache
def _environment() -> Any:
    types = cel.Type
    scalars = {
        Kind.BOOL: types.BOOL,
        Kind.INT: types.INT,
        Kind.DOUBLE: types.DOUBLE,
        Kind.STRING: types.STRING,
        Kind.TIMESTAMP: types.TIMESTAMP,
        Kind.DURATION: types.DURATION,
    }
    variables = {}
    for name, type_ in WIDE.fields.items():
        if isinstance(type_, Simple):
            variables[name] = scalars[type_.kind]
        elif isinstance(type_, ListOf):
            variables[name] = types.List(types.DYN)
        else:
            variables[name] = types.Map(types.STRING, types.DYN)
    return cel.NewEnv(variables=variables)


def _plain(value: object) -> object:
    """As the oracle takes it: times within records are texts."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case timedelta():
            return f"{int(value.total_seconds())}s"
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value


def compiled(condition: str) -> Any:
    """The condition as the oracle has it; raises RuntimeError where that refuses it."""
    return _environment().compile(condition)


def asked(condition: str, dossier: Mapping[str, object]) -> object:
    """True, False, or None for an error."""
    data = {key: value if isinstance(value, datetime) else _plain(value) for key, value in dossier.items()}
    found = compiled(condition).eval(data=data)
    if found.type() == cel.Type.ERROR:
        return None
    assert found.type() == cel.Type.BOOL, found.value()
    return found.value()


def pack_around(said: list[Said]) -> Pack:
    """A pack around generated conditions, without the reading of a text."""
    trees = tuple(check(one.ours, WIDE).tree for one in said)
    rules = tuple(
        Rule(id=f"rule-{n}", effect=list(Effect)[n % 3], condition=one.ours, because=WORDS, cites=())
        for n, one in enumerate(said)
    )
    return Pack(
        name="test",
        version="1",
        sha256="",
        title=WORDS,
        rules=rules,
        duties=(),
        parameters=(),
        base={},
        cases=(),
        conditions=trees,
        fast=generate(trees),
    )


def agree(said: Said, dossier: Mapping[str, object]) -> None:
    """Evaluator, generated code and oracle say the same of this dossier, or AssertionError."""
    pack = pack_around([said])
    value = evaluate(pack.conditions[0], Scope(dossier))
    known = None if isinstance(value, Unknown) else value
    assert known == asked(said.oracle, dossier), said.ours
    hits: list[int] = []
    misses: list[int] = []
    pack.fast.careful.decide(dossier, hits.append, misses.append)
    assert misses or bool(hits) is known, said.ours
    brief = in_one_pass(pack.fast, dossier)
    assert brief is None or (known is not None and bool(brief) is known), said.ours
    assert pack.decide(dossier) == pack.decide_slowly(dossier), said.ours


def in_one_pass(fast: Fast, dossier: Mapping[str, object]) -> int | None:
    """The conditions that are true, as bits; None where the one pass does not come through."""
    try:
        return fast.matching(dossier)
    except Exception:  # noqa: BLE001  as in Pack.decide
        return None


def _whole(type_: Type, place: int) -> object:
    """A value for every field there is, not the same in every place."""
    match type_:
        case Record():
            return {name: _whole(inner, place + n) for n, (name, inner) in enumerate(type_.fields.items())}
        case ListOf(element=element):
            return [_whole(element, place + n) for n in range(3)]
        case Simple(kind=kind, choices=choices):
            known: Sequence[object] = choices or VALUES[kind]
            return known[place % len(known)]


@cache
def fixed_dossiers() -> tuple[Mapping[str, object], ...]:
    whole = _whole(WIDE, 0)
    assert isinstance(whole, dict)
    return whole, {"at": NOW}


def _of_times(node: Node) -> bool:
    """Whether it reads times out of records, which the oracle has as texts."""
    times = isinstance(node, Field) and node.type in (TIMESTAMP, DURATION)
    return times or any(_of_times(child) for child in children(node))


def agree_on_text(condition: str) -> None:
    """The oracle takes the condition too, and all say the same of two dossiers; raises WrongCondition if refused."""
    tree = check(condition, WIDE).tree
    compiled(condition)
    for dossier in fixed_dossiers():
        if not _of_times(tree):
            agree(Said.same(condition), dossier)
