"""Our evaluator and Google's agree on every condition and dossier, missing facts and errors included."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cel_expr_python import cel
from hypothesis import HealthCheck, given, settings

from tearline.protocol.check import check
from tearline.protocol.evaluate import Scope, Unknown, evaluate
from tearline.protocol.types import Kind, ListOf, Simple
from tests.protocol.conditions import SCHEMA, Said, conditions, dossiers


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
    for name, type_ in SCHEMA.fields.items():
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


def _asked(said: Said, dossier: Mapping[str, object]) -> object:
    """True, False, or None for an error."""
    data = {key: value if isinstance(value, datetime) else _plain(value) for key, value in dossier.items()}
    found = _environment().compile(said.oracle).eval(data=data)
    if found.type() == cel.Type.ERROR:
        return None
    assert found.type() == cel.Type.BOOL, found.value()
    return found.value()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(conditions(), dossiers())
def test_google_s_evaluator_says_the_same(said: Said, dossier: dict[str, object]) -> None:
    value = evaluate(check(said.ours, SCHEMA).tree, Scope(dossier))
    assert (None if isinstance(value, Unknown) else value) == _asked(said, dossier), said.ours
