"""What a rule read, in words: the label and value of each fact of the dossier.

A value is shown only to whom its compartment is open; a count of who could have known points at a source.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tearline.facts.fact import Compartment
from tearline.protocol import Citation, Matched, Protocol, Reading
from tearline.protocol.explain import Explained, Witness
from tearline.protocol.needed import bare
from tearline.protocol.wording import NAMES, NONE, Person, closed, entry, identity_path, label
from tearline.web.access import Access
from tearline.web.look import sealed
from tearline.web.names import Names
from tearline.web.show import Shown, plain
from tearline.web.tongue import Tongue

COMPARTMENTS = {
    "source.knowers": Compartment.SOURCE_HANDLING,
    "source.k": Compartment.SOURCE_HANDLING,
    "protection.people_at_risk": Compartment.PEOPLE_AT_RISK,
    "exposure.readers": Compartment.EXPOSURE,
    "exposure.p_leak": Compartment.EXPOSURE,
    "exposure.p_leak_low": Compartment.EXPOSURE,
    "exposure.p_leak_high": Compartment.EXPOSURE,
    "exposure.harm": Compartment.EXPOSURE,
}
Row = tuple[str, Shown, str | None]


def reading_rows(
    say: Tongue,
    read: Matched | Explained | Witness,
    names: Names,
    access: Access | None,
    protocol: Protocol,
) -> list[Row]:
    """What was read, a row each: label, value, and the page of what it names. ``access`` None: all is open."""
    rows: list[Row] = [
        (name_of(say, reading.path, protocol), *_value(say, reading, names, access))
        for reading in read.readings
    ]
    known = {r.path for r in read.readings}
    rows += [
        (name_of(say, path, protocol), say("not on record"), None)
        for path in read.missing
        if path not in known
    ]
    return rows


def outside_entries(read: Explained) -> Matched:
    """The same without what was read of entries of lists, which are told as witnesses."""
    return Matched(
        rule=read.rule,
        certain=read.value is True,
        readings=tuple(r for r in read.readings if entry(r.path) is None),
        missing=tuple(path for path in read.missing if entry(path) is None),
    )


def citation_text(say: Tongue, cite: Citation, on: date) -> str:
    """The citation, with the day from which the text applies and whether that came after the act."""
    text = str(cite)
    if cite.since is None:
        return text
    applies = say("applies from %(day)s", day=say.day(cite.since))
    if not cite.applied_on(on):
        applies = say("%(applies)s; postdates this act", applies=applies)
    return f"{text} ({applies})"


def name_of(say: Tongue, path: str, protocol: Protocol) -> str:
    """What the fact at this path is called."""
    size = path.startswith("size(")
    name = say(label(path.removeprefix("size(").removesuffix(")"), protocol.parameters))
    return say("Number: %(what)s", what=name) if size else name


def closed_to(path: str, access: Access | None) -> Compartment | None:
    """The compartment that keeps this fact's value from the reader, if one does."""
    compartment = COMPARTMENTS.get(bare(path))
    if compartment is None or access is None:
        return None
    return None if access.opens(compartment) or access.opens(Compartment.DOSSIERS) else compartment


def _value(say: Tongue, reading: Reading, names: Names, access: Access | None) -> tuple[Shown, str | None]:
    compartment = closed_to(reading.path, access)
    if compartment is not None:
        return sealed(say, compartment), None
    return value_words(say, reading.path, reading.value, names)


def value_words(say: Tongue, path: str, value: object, names: Names) -> tuple[Shown, str | None]:
    """A fact's value in words, and the page of what it names."""
    words = closed(path, value)
    if words is not None:
        return say(words), None
    match value:
        case None:
            return say("not on record"), None
        case str():
            return _named(bare(path), value, names)
        case datetime():
            return say.moment(value), None
        case timedelta():
            return say.span(value), None
        case list() | tuple():
            return listed(say, path, value, names), None
    return plain(say, value), None


def listed(say: Tongue, path: str, values: Sequence[object], names: Names) -> str:
    return ", ".join(str(value_words(say, path, one, names)[0]) for one in values) or say(NONE)


def _named(field: str, value: str, names: Names) -> tuple[Shown, str | None]:
    match NAMES.get(field):
        case Person.PERSON:
            person = names.person(value)
            return person.name, person.href
        case Person.UNIT:
            unit = names.unit(value)
            return unit.name, unit.href
        case Person.ORGANISATION:
            return names.organisation(value), None
    return value, None


def witness_title(say: Tongue, one: Witness, names: Names) -> tuple[Shown, str | None]:
    """Who or which it is: by name where it names somebody, else by its identifier, else by its place."""
    path = identity_path(one.path)
    if path is None or one.identity is None:
        return one.path, None
    return value_words(say, path, one.identity, names)


def witness_rows(
    say: Tongue, one: Witness, names: Names, access: Access | None, protocol: Protocol
) -> list[Row]:
    """What was read of it beside who or which it is."""
    identity = identity_path(one.path)
    rest = Witness(
        path=one.path,
        identity=one.identity,
        readings=tuple(r for r in one.readings if r.path != identity),
        missing=one.missing,
    )
    return reading_rows(say, rest, names, access, protocol)
