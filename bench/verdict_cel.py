"""A pack's conditions in Google's own C++ evaluator of CEL: rule ids only, no witnesses.

Times are numbers of seconds, since it takes no times within records; they are converted beforehand and not timed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cel_expr_python import cel

from tearline.protocol import Pack

Found = frozenset[str]


def in_seconds(value: Any) -> Any:
    match value:
        case datetime():
            return int(value.timestamp())
        case timedelta():
            return int(value.total_seconds())
        case dict():
            return {key: in_seconds(inner) for key, inner in value.items()}
        case list():
            return [in_seconds(inner) for inner in value]
        case _:
            return value


def _environment() -> cel.Env:
    types = cel.Type
    record, listed = types.Map(types.STRING, types.DYN), types.List(types.DYN)
    variables = dict.fromkeys(("request", "item", "source", "protection", "agreement", "recipient"), record)
    variables |= dict.fromkeys(("chain", "dissents", "sign_offs"), listed)
    variables |= {"at": types.INT, "chain_complete": types.BOOL, "overseer_informed": types.BOOL}
    return cel.NewEnv(variables=variables)


def each(pack: Pack) -> Callable[[Any], Found]:
    """A compiled program a rule, and one activation a dossier. A rule that lacks a fact leaves the others alone."""
    environment = _environment()
    programs = [(rule.id, environment.compile(rule.condition)) for rule in pack.rules]

    def decide(one: Any) -> Found:
        activation = environment.Activation(one)
        return frozenset(name for name, program in programs if program.eval(activation).value() is True)

    return decide


def together(pack: Pack) -> Callable[[Any], Found]:
    """All conditions as one list in one program: fastest, but one missing fact leaves no answer at all."""
    environment = _environment()
    program = environment.compile("[" + ", ".join(f"({rule.condition})" for rule in pack.rules) + "]")
    names = [rule.id for rule in pack.rules]

    def decide(one: Any) -> Found:
        said = program.eval(environment.Activation(one)).plain_value()
        return frozenset(name for name, value in zip(names, said, strict=True) if value is True)

    return decide
