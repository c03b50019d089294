"""A refusal never tells that something hidden exists: it is the one that answers what does not exist.

Each command that the partner's side may give, and each kind of thing that it may name, from the declarations.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tearline.facts.errors import Refused
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.shape import (
    Identifier,
    Maybe,
    record_of,
)
from tearline.node import Order
from tearline.rooms import Command
from tests.nodes import COMMANDS
from tests.web.everything import Everything
from tests.web.plain import fact_of

STRANGER = PersonId("practice.director")
"""Of the partner's side, and never given anything."""
THERE: Mapping[str, tuple[str, ...]] = {
    "item": ("practice.item-1", "practice.item-2", "tale.item"),
    "request": ("practice.open", "practice.mine"),
    "release": ("practice.disclosure", "tale.telling"),
    "compromise": ("practice.leak", "tale.leak"),
    "dissent": ("practice.dissent", "tale.dissent"),
    "warning": ("practice.warning",),
    "threat": ("practice.threat",),
    "unit": ("practice.unit", "tale.unit"),
    "agreement": ("tale.yardstick",),
    "proposal": ("practice.stricter",),
}
OUTSIDE = (Role.PARTNER_LIAISON, Role.ADMINISTRATOR)


def said_by(command: type[Command]) -> type[Fact] | None:
    for base in getattr(command, "__orig_bases__", ()):
        for said in getattr(base, "__args__", ()):
            if isinstance(said, type) and issubclass(said, Fact):
                return said
    return None


def prefixes(kind: type[Fact]) -> Iterator[str]:
    for field in record_of(kind).fields:
        shape = field.shape.one if isinstance(field.shape, Maybe) else field.shape
        if isinstance(shape, Identifier) and shape.prefix in THERE:
            yield shape.prefix


CASES = [
    (command, kind, prefix, role)
    for command in COMMANDS
    if (kind := said_by(command)) is not None
    for role in OUTSIDE
    if role in command.allowed
    for prefix in prefixes(kind)
]


def refusal(everything: Everything, command: Command, by: Actor) -> tuple[str, str, str, tuple[str, ...]]:
    try:
        everything.world.node.record(Order(command=command, by=by))
    except Refused as refused:
        return refused.rule, refused.because.en, refused.because.es, refused.facts
    return "done", "", "", ()


@pytest.mark.parametrize(
    ("command", "kind", "prefix", "role"), CASES, ids=[f"{c.__name__}-{p}-{r.value}" for c, _, p, r in CASES]
)
def test_what_is_hidden_is_refused_as_what_is_not_there(
    everything: Everything, command: Any, kind: type[Fact], prefix: str, role: Role
) -> None:
    by = Actor(STRANGER if role is Role.PARTNER_LIAISON else PersonId("practice.administrator"), role)
    absent = refusal(everything, command(fact_of(kind, {prefix: "nothing"})), by)
    for there in THERE[prefix]:
        hidden = refusal(everything, command(fact_of(kind, {prefix: there})), by)
        said = tuple(re.sub(r"fresh-\d+", "fresh", text).replace(there, "nothing") for text in hidden[:3])
        assert said == tuple(re.sub(r"fresh-\d+", "fresh", text) for text in absent[:3]), there
        assert len(hidden[3]) == len(absent[3])


def test_the_partner_may_give_more_than_a_few_of_these_commands() -> None:
    """So that the claim above is not empty."""
    named = {command.__name__ for command, _, _, role in CASES if role is Role.PARTNER_LIAISON}
    assert named >= {
        "RecordDissent",
        "ReportCompromise",
        "ReportHarm",
        "WarnPeople",
        "ReceiveCopy",
        "GiveOnwardConsent",
    }
