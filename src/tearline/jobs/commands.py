"""Every command by its name, with the form by which a file gives it."""

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
from tearline.rooms import Command, Says, harm, leaks, operations, oversight
from tearline.rooms.logs import naming
from tearline.rooms.parties import agreements, persons, units
from tearline.rooms.release import items, outside, requests, reviews, screening
from tearline.rooms.retention import terms

ROOMS: tuple[ModuleType, ...] = (
    agreements,
    persons,
    units,
    items,
    screening,
    requests,
    reviews,
    outside,
    leaks,
    harm,
    operations,
    oversight,
    terms,
    naming,
)
REQUEST = Field("request", Words("Request", "Solicitud"), Identifier("RequestId", "request"), None, True)
"""All that a command says which only names a request."""


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
    fact = _said_by(cls)
    if fact is not None:
        return Form(record_of(fact), cls)
    return Form(Record(cls, (REQUEST,)), lambda command: command)


def _said_by(cls: type[Any]) -> type[Any] | None:
    """The fact that this command says, as ``class SignOff(Says[ReleaseSignedOff])`` declares it."""
    for base in cls.__mro__:
        for declared in base.__dict__.get("__orig_bases__", ()):
            if typing.get_origin(declared) is Says:
                (fact,) = typing.get_args(declared)
                return fact if isinstance(fact, type) else None
    return None
