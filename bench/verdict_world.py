"""Proposed releases by chance, for ``bench.verdict``: a third in order, the rest with one to three things wrong."""

import copy
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tearline.protocol import Pack, Protocol
from tearline.protocol.schema import schema
from tearline.protocol.types import Kind, ListOf, Record, Simple, Type

Dossier = dict[str, Any]


def dossier(pack: Pack, chain: int, chance: random.Random) -> Dossier:
    """One proposed release: a third in order, the rest with one to three things wrong."""
    made: Dossier = copy.deepcopy(dict(pack.base))
    at: datetime = made["at"]
    made["chain"] = [
        {
            "person": f"officer-{n + 100}",
            "relation": "recipient"
            if n < max(1, chain // 3)
            else "signatory"
            if n == chain - 1
            else "superior",
            "outcome": "cleared",
            "decided_by": "agency-1",
            "decided_at": at - timedelta(days=chance.randrange(1, 360), seconds=n),
            "valid_until": at + timedelta(days=chance.randrange(1, 700), seconds=n),
            "trained_until": at + timedelta(days=chance.randrange(1, 300), seconds=n),
        }
        for n in range(chain)
    ]
    made["request"]["recipients"] = chance.randrange(1, max(2, chain // 3))
    made["item"]["tlp"] = chance.choice(["RED", "AMBER", "AMBER+STRICT", "GREEN"])
    made["source"]["knowers"] = chance.randrange(5, 60)
    if chance.random() > 0.33:
        for _ in range(chance.randrange(1, 4)):
            chance.choice(WRONGS)(made, chance)
    return made


def someone(made: Dossier, chance: random.Random) -> dict[str, Any]:
    person: dict[str, Any] = chance.choice(made["chain"])
    return person


def alleged(kind: str, status: str) -> Callable[[Dossier, random.Random], None]:
    def wrong(made: Dossier, chance: random.Random) -> None:
        listed = made["recipient"]["allegations"]
        one = {"id": f"allegation-{len(listed)}", "kind": kind, "at": made["at"], "status": status}
        listed.append(one | {"person": someone(made, chance)["person"]})

    return wrong


def warned(made: Dossier, chance: random.Random) -> None:
    listed = made["source"]["warnings"]
    kind = chance.choice(["bloodshed", "exposure"])
    answered = chance.random() < 0.5
    listed.append({"id": f"warning-{len(listed)}", "at": made["at"], "kind": kind, "answered": answered})


def dissented(made: Dossier, chance: random.Random) -> None:
    listed = made["dissents"]
    answered = chance.random() < 0.5
    one = {"id": f"dissent-{len(listed)}", "by": "officer-4", "at": made["at"], "answered": answered}
    listed.append(one | {"answered_by_superior": answered and chance.random() < 0.5})


def at_risk(made: Dossier, chance: random.Random) -> None:
    made["protection"] = {"people_at_risk": chance.randrange(1, 80)}
    if chance.random() < 0.5:
        made["protection"] |= {"plan": "plan-1", "plan_ready_from": made["at"]}


WRONGS: list[Callable[[Dossier, random.Random], None]] = [
    lambda made, chance: someone(made, chance).update(outcome="exempt"),
    lambda made, chance: someone(made, chance).update(
        outcome=chance.choice(["failed", "refused", "withdrawn"])
    ),
    lambda made, chance: someone(made, chance).update(outcome="pending"),
    lambda made, chance: someone(made, chance).update(valid_until=made["at"]),
    lambda made, chance: someone(made, chance).update(decided_at=made["at"] - timedelta(days=400)),
    lambda made, _: made["chain"][0].update(trained_until=made["at"] - timedelta(days=1)),
    lambda made, _: made["recipient"].update(suspended=True),
    lambda made, _: made["recipient"].update(outcome="pending"),
    alleged("leak", "open"),
    alleged("gross-violation", "credible"),
    alleged("corruption", "open"),
    warned,
    dissented,
    at_risk,
    lambda made, _: made.update(chain_complete=False),
    lambda made, _: made["sign_offs"].pop(),
    lambda made, _: made["sign_offs"][0].update(by="officer-1"),
    lambda made, _: made["request"].update(purpose_stated=False),
    lambda made, _: made["request"].update(extent="existence"),
    lambda made, _: made["item"].update(perishes_at=made["at"]),
    lambda made, _: made["item"].update(originator="agency-3"),
    lambda made, _: made["request"].update(scope="own-agency"),
]


def without_a_fact(made: Dossier, chance: random.Random) -> Dossier:
    """The same without one fact: half the time of a person, half the time of anything else."""
    lacking = copy.deepcopy(made)
    if chance.random() < 0.5:
        del someone(lacking, chance)[chance.choice(["outcome", "decided_at", "relation"])]
    else:
        part = chance.choice(["request", "item", "agreement", "recipient", "source"])
        del lacking[part][chance.choice(sorted(lacking[part]))]
    return lacking


def filled(made: Dossier, protocol: Protocol, chance: random.Random) -> Dossier:
    """The same as version 2 with every fact stated, those that were not by chance; of people mostly the best."""
    whole = schema(protocol.parameters)
    return _with_all(made | {"dossier": 2}, whole, made["at"], chance)


def _with_all(made: Dossier, record: Record, at: datetime, chance: random.Random) -> Dossier:
    return {name: _stated(made.get(name), type_, at, chance) for name, type_ in record.fields.items()}


def _stated(value: Any, type_: Type, at: datetime, chance: random.Random) -> Any:
    match type_:
        case Record():
            return _with_all(value or {}, type_, at, chance)
        case ListOf(element=Record() as element):
            return [
                _with_all(_mostly_well(element, chance) | one, element, at, chance) for one in value or []
            ]
        case ListOf(element=element):
            return [_stated(None, element, at, chance)] if value is None else value
        case Simple() if value is not None:
            return value
        case Simple(kind=kind, choices=choices):
            return chance.choice(choices) if choices else STATED[kind](at, chance)


def _mostly_well(element: Record, chance: random.Random) -> Dossier:
    """The first of each field's closed words, which is the one without trouble, of all but one in fifty."""
    words = {name: type_.choices for name, type_ in element.fields.items() if isinstance(type_, Simple)}
    return {name: choices[0] for name, choices in words.items() if choices and chance.random() > 0.02}


STATED: dict[Kind, Callable[[datetime, random.Random], object]] = {
    Kind.BOOL: lambda _, chance: chance.random() < 0.7,
    Kind.INT: lambda _, chance: chance.randrange(0, 4),
    Kind.DOUBLE: lambda _, chance: chance.random(),
    Kind.STRING: lambda _, chance: f"text-{chance.randrange(10)}",
    Kind.TIMESTAMP: lambda at, chance: at + timedelta(days=chance.randrange(-60, 300)),
    Kind.DURATION: lambda _, chance: timedelta(days=chance.randrange(1, 400)),
}
