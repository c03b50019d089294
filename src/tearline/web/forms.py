"""Forms made from the declarations of facts: labels, controls, and the same strict reading as everywhere else.

A form is sent to its own address. What is wrong comes back beside its field; what was recorded sends the
reader on. The hidden key makes a second press harmless: the same form, sent again, is recorded once.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from tearline.facts.errors import Malformed, Refused
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Role
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
    Shape,
    Text,
    Whole,
    record_of,
)
from tearline.node import Order
from tearline.rooms import Command
from tearline.web.show import Shown
from tearline.web.tongue import Tongue
from tearline.web.visit import Posted, Visit, Visiting, go

Given = Mapping[str, list[str]]
Options = Sequence[tuple[str, str]]
HAPPENED = "happened-at"
KEY = "key"
YES, NO = "yes", "no"
"""What a browser sends for true and false: neither is chosen until somebody chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One act, asked for on one page.

    ``kind`` is the fact that the form declares, None where there is nothing to fill in. ``fixed`` are fields
    that the page settles; ``new`` is the field that names a new thing, made here. ``then`` is the page to go on to.
    """

    title: str
    submit: str
    command: Callable[[Any], Command] | None = None
    order: Command | None = None
    kind: type[Fact] | None = None
    allowed: frozenset[Role]
    then: str
    trail: Sequence[tuple[str, str]]
    lead: str | None = None
    before: str | None = None
    grave: bool = False
    new: str | None = None
    fixed: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, Options] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    order_of_fields: Sequence[str] = ()
    happened: str | None = None
    about: Sequence[tuple[str, Shown] | tuple[str, Shown, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One field of the form, as the template shows it."""

    name: str
    kind: str
    label: str
    required: bool
    value: str
    values: list[str]
    options: Options
    hint: str | None
    error: str | None


def form(router: APIRouter, path: str, ask: Callable[[Visit], Asked]) -> None:
    """Serve the form at ``path``, for looking at and for sending."""

    @router.get(path)
    def shown(visit: Visiting) -> Response:
        asked = ask(visit)
        _may(visit, asked)
        return _page(visit, asked, {}, {}, secrets.token_urlsafe(18))

    @router.post(path)
    def sent(visit: Visiting, given: Posted) -> Response:
        asked = ask(visit)
        _may(visit, asked)
        return _record(visit, asked, given)


def _may(visit: Visit, asked: Asked) -> None:
    allowed_or_403(visit, asked.allowed)


def allowed_or_403(visit: Visit, allowed: frozenset[Role]) -> None:
    """Deny here what the node would deny on sending, so that nobody fills in a form in vain."""
    if visit.role not in allowed:
        say = visit.say
        offices = say.listed([say(role) for role in Role if role in allowed and role in _READERS])
        raise HTTPException(
            403,
            say(
                "This is not for a %(role)s to do. It takes: %(offices)s.",
                role=say(visit.role),
                offices=offices,
            ),
        )


_READERS = frozenset(Role) - {Role.NODE, Role.CHRONICLER}


def _record(visit: Visit, asked: Asked, given: Given) -> Response:
    key = submission(visit, given)
    errors: dict[str, str] = {}
    happened = _happened(visit, asked, given, errors)
    order = asked.order
    if asked.kind is not None and asked.command is not None:
        fact = _fact(visit.say, asked, given, key, errors)
        order = asked.command(fact) if fact is not None else None
    if errors or order is None:
        return _page(visit, asked, given, errors, first(given, KEY) or secrets.token_urlsafe(18), status=422)
    ledger = visit.node.ledger
    done = ledger.recall(key)
    if done is None:
        try:
            done = visit.node.record(Order(command=order, by=visit.actor, at=happened), key=key)
        except Refused:
            # The same form, sent twice at once: the other one was recorded while this one was being decided.
            done = ledger.recall(key)
            if done is None:
                raise
    return go(f"{asked.then.replace('{new}', made(key))}?recorded={done.first}")


def made(key: str) -> str:
    """The identifier of a new thing: the same for the same form, however often it is sent."""
    return base64.b32encode(hashlib.sha256(b"made " + key.encode()).digest()).decode().lower()[:12]


def submission(visit: Visit, given: Given) -> str:
    """Names this submission by this person: a form that is changed and sent again is another one."""
    digest = hashlib.sha256(f"{visit.actor.person}\n{visit.request.url.path}\n".encode())
    for name in sorted(given):
        for value in given[name]:
            digest.update(f"{len(name)}:{name}{len(value)}:{value}".encode(errors="surrogatepass"))
    return digest.hexdigest()


def _fact(say: Tongue, asked: Asked, given: Given, key: str, errors: dict[str, str]) -> Fact | None:
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
        plain = _plain(one.shape, [v for v in given.get(one.name, []) if v.strip()])
        if plain is None and not one.required and not isinstance(one.shape, Maybe):
            values[one.name] = one.default
            continue
        offered = asked.options.get(one.name)
        try:
            if plain in (None, []) and one.required and not isinstance(one.shape, Maybe):
                raise place.expected("a value")
            if offered is not None and not _offered(plain, offered):
                raise place.expected("one of the options")
            value = one.shape.parse(plain, place / one.name)
        except Malformed:
            errors[one.name] = _wanted(say, one, plain)
        else:
            values[one.name] = Sealed(value) if one.compartment else value
    return None if errors else asked.kind(**values)


def _offered(plain: object, options: Options) -> bool:
    keys = {key for key, _ in options}
    return plain is None or (set(plain) <= keys if isinstance(plain, list) else plain in keys)


def _plain(shape: Shape, given: list[str]) -> object:
    """What the browser sent, as a file would state it."""
    inner = shape.one if isinstance(shape, Maybe) else shape
    if isinstance(inner, Many):
        return given
    if not given:
        return None
    if isinstance(inner, Instant):
        return _instant(given[0])
    if isinstance(inner, Flag):
        return {YES: True, NO: False}.get(given[0], given[0])
    return given[0]


def _instant(text: str) -> str:
    """A time from a browser has no offset: the page says that it means UTC."""
    return text if text.endswith("Z") or "+" in text else f"{text}+00:00"


def _happened(visit: Visit, asked: Asked, given: Given, errors: dict[str, str]) -> datetime | None:
    text = first(given, HAPPENED).strip()
    if asked.happened is None or not text:
        return None
    try:
        at = datetime.fromisoformat(_instant(text))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        errors[HAPPENED] = visit.say("Enter a date and time, such as 2026-03-18T09:00.")
        return None
    if at > visit.now:
        errors[HAPPENED] = visit.say("This time is still to come.")
    return at


def _wanted(say: Tongue, one: Field, plain: object) -> str:
    """What was expected of a field, in the reader's language."""
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
        case Choice() | Identifier() | Flag():
            return say("Choose one: %(label)s.", label=say(one.label))
        case Many():
            return say("Choose from the list: %(label)s.", label=say(one.label))
        case Whole():
            return say("Enter a whole number, zero or more.")
        case Instant():
            return say("Enter a date and time, such as 2026-03-18T09:00.")
        case Day():
            return say("Enter a date, such as 2026-03-18.")
    return say("Enter a value: %(label)s.", label=say(one.label))


def first(given: Given, name: str) -> str:
    return (given.get(name) or [""])[0]


def _page(
    visit: Visit, asked: Asked, given: Given, errors: Mapping[str, str], key: str, *, status: int = 200
) -> Response:
    controls = _controls(visit.say, asked, given, errors)
    return visit.page(
        "form.html",
        status=status,
        asked=asked,
        controls=controls,
        errors=[(c.name, c.error) for c in controls if c.error],
        action=visit.request.url.path + (f"?{visit.request.url.query}" if visit.request.url.query else ""),
        key=key,
    )


def _controls(say: Tongue, asked: Asked, given: Given, errors: Mapping[str, str]) -> list[Control]:
    shown = [
        _control(say, one, asked, given.get(one.name, []), errors.get(one.name))
        for one in (record_of(asked.kind).fields if asked.kind else ())
        if one.name != asked.new and one.name not in asked.fixed
    ]
    if asked.order_of_fields:
        places = {name: n for n, name in enumerate(asked.order_of_fields)}
        shown.sort(key=lambda c: places.get(c.name, len(places)))
    if asked.happened:
        shown.append(
            Control(
                name=HAPPENED,
                kind="time",
                label=asked.happened,
                required=False,
                value=first(given, HAPPENED),
                values=[],
                options=(),
                hint=asked.hints.get(HAPPENED) or say("In UTC. Left open: now."),
                error=errors.get(HAPPENED),
            )
        )
    return shown


def _control(say: Tongue, one: Field, asked: Asked, given: list[str], error: str | None) -> Control:
    optional = isinstance(one.shape, Maybe)
    shape = one.shape.one if isinstance(one.shape, Maybe) else one.shape
    options = asked.options.get(one.name)
    hint = asked.hints.get(one.name)
    match shape:
        case Many(one=Choice() as inner):
            kind = "checkboxes"
            options = [(key, say(words)) for key, words in inner.words()] if options is None else options
        case Many():
            kind = "checkboxes"
        case Flag():
            kind, options = "radios", [(YES, say.yes_no(True)), (NO, say.yes_no(False))]
            # What nobody has to say is shown as it will stand, so that it is seen before it is sent.
            given = given or ([] if one.required else [YES if one.default else NO])
        case Choice():
            options = [(key, say(words)) for key, words in shape.words()] if options is None else options
            kind = "radios" if len(options) <= 5 and not optional else "select"
        case Identifier():
            kind = "select" if options is not None else "text"
        case Text(limit=limit):
            kind = "area" if limit > 200 else "text"
        case Whole():
            kind = "number"
        case Instant():
            kind, hint = "time", hint or say("In UTC.")
        case Day():
            kind = "day"
        case _:
            kind = "text"
    return Control(
        name=one.name,
        kind=kind,
        label=say(one.label),
        required=not optional and (one.required or kind != "checkboxes"),
        value=given[0] if given else "",
        values=given,
        options=options or (),
        hint=hint,
        error=error,
    )
