"""Every command by its name, with the form by which a file gives it."""

import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any

from tearline.facts.shape import Field, Identifier, Record, record_of
from tearline.facts.words import Words
from tearline.jobs.receipts import ReceiveOwnCopy
from tearline.jobs.reviews import ReviewExpedited
from tearline.rooms import (
    Command,
    Says,
    assistance,
    casualties,
    harm,
    linkage,
    operations,
    oversight,
    warnings,
)
from tearline.rooms import outside as from_outside
from tearline.rooms.admission import invitations, machines, roles, tokens
from tearline.rooms.leaks import (
    attribution,
    compromises,
    evidence,
    findings,
    inquiring,
    reports,
    suspensions,
    tracing,
)
from tearline.rooms.logs import naming
from tearline.rooms.parties import agreements, persons, units
from tearline.rooms.register import consent, custody, incidents, people
from tearline.rooms.release import (
    dissents,
    items,
    marking,
    outside,
    propensities,
    releasing,
    requests,
    reviews,
    screening,
)
from tearline.rooms.retention import terms

ROOMS: tuple[ModuleType, ...] = (
    agreements,
    persons,
    units,
    items,
    screening,
    requests,
    dissents,
    marking,
    releasing,
    propensities,
    reviews,
    outside,
    compromises,
    inquiring,
    attribution,
    evidence,
    tracing,
    findings,
    suspensions,
    reports,
    harm,
    linkage,
    casualties,
    from_outside,
    consent,
    people,
    incidents,
    custody,
    warnings,
    assistance,
    operations,
    oversight,
    terms,
    naming,
    roles,
    invitations,
    machines,
    tokens,
)
NAMED: typing.Mapping[str, Field] = {
    name: Field(name, words, Identifier(kind, name), None, True)
    for name, words, kind in (
        ("request", Words("Request", "Solicitud"), "RequestId"),
        ("investigation", Words("Investigation", "Investigación"), "InvestigationId"),
        ("agreement", Words("Agreement", "Acuerdo"), "AgreementId"),
        ("estimate", Words("Estimate", "Estimación"), "EstimateId"),
    )
}
"""All that a command says which only names what it is about, by what it is given first."""


@dataclass(frozen=True, slots=True)
class Form:
    """A command's fields, and how it is made from what was read by them."""

    record: Record
    make: Callable[[Any], Command]


@cache
def commands() -> typing.Mapping[str, Form]:
    """The forms of all commands that rooms define, and of the receipt and the review for a request, by name."""
    forms = {cls.__name__: _form(cls) for room in ROOMS for cls in _defined(room)}
    forms["ReceiveOwnCopy"] = _form(ReceiveOwnCopy)
    forms["ReviewExpedited"] = Form(record_of(ReviewExpedited), lambda review: review)
    return MappingProxyType(forms)


def _defined(room: ModuleType) -> Iterator[type[Any]]:
    for found in vars(room).values():
        if isinstance(found, type) and found.__module__ == room.__name__ and hasattr(found, "decide"):
            yield found


def _form(cls: type[Any]) -> Form:
    fact = said_by(cls)
    if fact is not None:
        return Form(record_of(fact), cls)
    if hasattr(cls, "asks"):
        return Form(record_of(cls.asks), cls)
    about = next(iter(inspect.signature(cls).parameters))
    return Form(Record(cls, (NAMED[about],)), lambda command: command)


def said_by(cls: type[Any]) -> type[Any] | None:
    """The fact that this command says, as ``class SignOff(Says[ReleaseSignedOff])`` declares it."""
    for base in cls.__mro__:
        for declared in base.__dict__.get("__orig_bases__", ()):
            if typing.get_origin(declared) is Says:
                (fact,) = typing.get_args(declared)
                return fact if isinstance(fact, type) else None
    return None
