"""The fields of a form, as the template shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tearline.facts.shape import (
    Choice,
    Day,
    Field,
    Flag,
    Identifier,
    Instant,
    Many,
    Maybe,
    Text,
    Whole,
    record_of,
)
from tearline.web.asked import HAPPENED, LOOK_FOR, NO, YES, Asked, Given, Options
from tearline.web.choosing import Choosing, choosing
from tearline.web.filled import first
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit


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
    suggested: Sequence[str] = ()
    several: bool = False
    choosing: Choosing | None = None


def controls_of(
    visit: Visit,
    say: Tongue,
    asked: Asked,
    given: Given,
    errors: Mapping[str, str],
    *,
    only: str | None = None,
) -> list[Control]:
    """The controls of the form, or of one field that one chooses by looking for it."""
    fields = [
        one
        for one in (record_of(asked.kind).fields if asked.kind else ())
        if one.name != asked.new and one.name not in asked.fixed and one.name not in asked.settled
    ]
    if only is not None:
        fields = [one for one in fields if one.name == only and only in asked.choosers]
    shown = [
        _chooser(visit, asked, given, name=one.name, label=say(one.label), errors=errors, one=one)
        if one.name in asked.choosers
        else _control(say, one, asked, given.get(one.name, []), errors.get(one.name))
        for one in fields
    ]
    shown += [
        _chooser(visit, asked, given, name=name, label=words, errors=errors)
        for name, words in asked.chosen_first.items()
        if only in (None, name)
    ]
    if only is not None:
        return shown
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
                hint=asked.hints.get(HAPPENED) or say("Times in %(zone)s. Left open: now.", zone=say.place()),
                error=errors.get(HAPPENED),
            )
        )
    return shown


def _chooser(
    visit: Visit,
    asked: Asked,
    given: Given,
    *,
    name: str,
    label: str,
    errors: Mapping[str, str],
    one: Field | None = None,
) -> Control:
    """``one``: the field of a fact that is chosen; without it, something that the form needs first."""
    optional = one is not None and isinstance(one.shape, Maybe)
    several = one is not None and isinstance(
        one.shape.one if isinstance(one.shape, Maybe) else one.shape, Many
    )
    chosen = [value for value in given.get(name, []) if value]
    query = first(given, f"{LOOK_FOR}-{name}")
    return Control(
        name=name,
        kind="chooser",
        label=label,
        required=one is None or (one.required and not optional),
        value="",
        values=chosen,
        options=(),
        hint=asked.hints.get(name),
        error=errors.get(name),
        several=several,
        choosing=choosing(visit, asked.choosers[name], query, chosen if several else chosen[:1]),
    )


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
            given = given or ([str(one.default.value)] if isinstance(one.default, StrEnum) else [])
        case Identifier():
            kind = "select" if options is not None else "text"
        case Text(limit=limit):
            kind = "area" if limit > 200 and one.name not in asked.one_line else "text"
        case Whole():
            kind = "number"
        case Instant():
            kind, hint = "time", hint or say("Times in %(zone)s.", zone=say.place())
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
        suggested=asked.suggested.get(one.name, ()),
    )
