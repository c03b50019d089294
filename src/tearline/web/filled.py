"""What was filled in, read by the declaration of the fact: values, or what is wrong, by field."""

import base64
import hashlib
from datetime import datetime, tzinfo
from typing import Any

from tearline.facts.errors import Malformed
from tearline.facts.fact import Sealed
from tearline.facts.shape import (
    Choice,
    Day,
    Field,
    Flag,
    Identifier,
    Instant,
    Many,
    Maybe,
    Place,
    Real,
    Shape,
    Text,
    Whole,
    record_of,
)
from tearline.web.asked import HAPPENED, NO, YES, ZONE, Asked, Given, Options
from tearline.web.choosing import Chooser
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit
from tearline.web.zones import read_local, zone_of


def made(key: str) -> str:
    """The identifier of a new thing: the same for the same form, however often it is sent."""
    return base64.b32encode(hashlib.sha256(b"made " + key.encode()).digest()).decode().lower()[:12]


def fact_of(say: Tongue, asked: Asked, given: Given, key: str, errors: dict[str, str]) -> Any:
    """The fact that was filled in, or None and what is wrong, by field."""
    assert asked.kind is not None  # noqa: S101  the caller looked
    values: dict[str, object] = {}
    place = Place("form")
    for one in record_of(asked.kind).fields:
        if one.name == asked.new:
            values[one.name] = made(key)
            continue
        if one.name in asked.fixed:
            values[one.name] = asked.fixed[one.name]
            continue
        if one.name in asked.settled:
            values[one.name] = asked.settled[one.name](made(key))
            continue
        plain = _plain(one.shape, [v for v in given.get(one.name, []) if v.strip()], zone_meant(say, given))
        if plain is None and not one.required and not isinstance(one.shape, Maybe):
            values[one.name] = one.default
            continue
        offered, chooser = asked.options.get(one.name), asked.choosers.get(one.name)
        try:
            if plain in (None, []) and one.required and not isinstance(one.shape, Maybe):
                raise place.expected("a value")
            if offered is not None and not among_options(plain, offered):
                raise place.expected("one of the options")
            if chooser is not None and not _on_offer(plain, chooser):
                raise place.expected("one of the options")
            value = one.shape.parse(plain, place / one.name)
        except Malformed:
            written = offered is None and chooser is None
            errors[one.name] = _wanted(say, one, plain, written=written)
        else:
            values[one.name] = Sealed(value) if one.compartment else value
    return None if errors else asked.kind(**values)


def among_options(plain: object, options: Options) -> bool:
    keys = {key for key, _ in options}
    return plain is None or (set(plain) <= keys if isinstance(plain, list) else plain in keys)


def _on_offer(plain: object, chooser: Chooser) -> bool:
    said = plain if isinstance(plain, list) else [] if plain is None else [str(plain)]
    return len(chooser.called(said)) == len(said)


def _plain(shape: Shape, given: list[str], zone: tzinfo) -> object:
    """What the browser sent, as a file would state it."""
    inner = shape.one if isinstance(shape, Maybe) else shape
    if isinstance(inner, Many):
        return given
    if not given:
        return None
    if isinstance(inner, Instant):
        return _instant(given[0], zone)
    if isinstance(inner, Flag):
        return {YES: True, NO: False}.get(given[0], given[0])
    return given[0]


def _instant(text: str, zone: tzinfo) -> str:
    """A time from a browser has no offset: it means the zone that the page names. What is no time stays as it is."""
    at = read_local(text, zone)
    return at.isoformat() if at else text


def zone_meant(say: Tongue, given: Given) -> tzinfo:
    """The zone that the form named when it was shown: the reader may have chosen another one since."""
    return zone_of(first(given, ZONE)) if first(given, ZONE) else say.zone


def happened_at(visit: Visit, asked: Asked, given: Given, errors: dict[str, str]) -> datetime | None:
    text = first(given, HAPPENED).strip()
    if asked.happened is None or not text:
        return None
    at = read_local(text, zone_meant(visit.say, given))
    if at is None:
        errors[HAPPENED] = visit.say("Enter a date and time, such as 2026-03-18T09:00.")
        return None
    if at > visit.now:
        errors[HAPPENED] = visit.say("This time is still to come.")
    return at


def _wanted(say: Tongue, one: Field, plain: object, *, written: bool) -> str:
    """What was expected of a field, in the reader's language. ``written``: it is not chosen from what is on offer."""
    shape = one.shape.one if isinstance(one.shape, Maybe) else one.shape
    match shape:
        case Text(limit=limit) if isinstance(plain, str) and len(plain) > limit:
            return say(
                "Write at most %(limit)s characters; these are %(n)s.",
                limit=say.number(limit),
                n=say.number(len(plain)),
            )
        case Text() if plain:
            return say("Write text without control characters.")
        case Text():
            return say("Write something here: %(label)s.", label=say(one.label))
        case Identifier() if written and type(shape) is Identifier:
            return say(
                "Write an identifier: a-z, 0-9 and inner hyphens, at most 40 characters: %(label)s.",
                label=say(one.label),
            )
        case Choice() | Identifier() | Flag():
            return say("Choose one: %(label)s.", label=say(one.label))
        case Many():
            return say("Choose from the list: %(label)s.", label=say(one.label))
        case Whole() if isinstance(plain, str) and plain.isascii() and plain.isdigit():
            return say("Enter a whole number, at most %(most)s.", most=say.number(Whole.LARGEST))
        case Whole():
            return say("Enter a whole number, zero or more.")
        case Real():
            return say("Enter a number, zero or more, such as 0.05.")
        case Instant():
            return say("Enter a date and time, such as 2026-03-18T09:00.")
        case Day():
            return say("Enter a date, such as 2026-03-18.")
    return say("Enter a value: %(label)s.", label=say(one.label))


def first(given: Given, name: str) -> str:
    return (given.get(name) or [""])[0]
