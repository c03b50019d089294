"""STIX 2.1 bundles (OASIS Standard, 10 June 2021) into items that can be registered.

Reports, indicators, observed data and notes become items; what they refer to is named in their content.
Everything in the bundle is checked by the stix2 library, custom types and properties refused: a property
that nobody here understands could be a condition on the use of what it stands beside.

Markings are read from Traffic Light Protocol 1 (STIX 2.1, 7.2.1.4), from TLP 2.0 (its STIX extension) and
from statements, which become conditions. The strictest holds of those on the object, on parts of it, and on
the objects that its content names. A marking that is not understood is refused, and so is none at all, unless
the caller says what an unmarked object is. STIX's confidence is no grade of the 3x5x2 report and is quoted only.
"""

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tearline.facts.errors import Malformed
from tearline.facts.release import Tlp
from tearline.facts.strict import parse_json

LARGEST_BYTES = 5 * 2**20
MOST_OBJECTS = 5_000
MOST_NAMED = 40
LONGEST_TITLE = 200

TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
TLP_MARKINGS = {
    # TLP 2.0: the instances that FIRST and OASIS fixed on 1 October 2022.
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
    # TLP 1: fixed by STIX 2.1, 7.2.1.4. White is called clear in 2.0; amber meant one's clients too, as it does now.
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
}

Object = Mapping[str, object]

_ITEMS = ("report", "indicator", "observed-data", "note")
_STRICTNESS = {tlp: n for n, tlp in enumerate(reversed(Tlp))}
_COLOURS = {tlp.value.lower(): tlp for tlp in Tlp} | {"white": Tlp.CLEAR}
_BUNDLE_ID = re.compile(r"bundle--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_OBJECT_ID = re.compile(r"[a-z][a-z0-9-]{1,248}--([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.ASCII)
_PROPERTY = re.compile(r"[a-z0-9_]{2,250}", re.ASCII)
# The library's constructors take these beside an object's properties.
_NOT_PROPERTIES = ("allow_custom", "interoperability", "self")


@dataclass(frozen=True, slots=True, kw_only=True)
class StixItem:
    """What one STIX object says, ready to be completed with what it does not say: grades and handling.

    ``originator`` is the name of the identity that created it, where the bundle holds that identity.
    """

    place: str
    object_id: str
    title: str
    content: str
    tlp: Tlp
    conditions: str | None
    originator: str | None
    created: datetime
    modified: datetime
    perishes_at: datetime | None

    @property
    def item(self) -> str:
        """An identifier that the same object always has, so that it is registered once."""
        return "stix-" + self.object_id.rpartition("--")[2].replace("-", "")


def read_bundle(data: bytes | str, *, file: str, unmarked: Tlp | None = None) -> tuple[StixItem, ...]:
    """The items in a bundle, in its order, at least one. Malformed with the first thing that is wrong.

    ``unmarked`` is the marking of objects that bear none; without it they are refused.
    """
    return _Bundle(_objects(parse_json(data, file=file, largest=LARGEST_BYTES), file), file, unmarked).items()


def _objects(plain: object, file: str) -> list[Object]:
    """The bundle's objects, each checked by itself so that a fault has a place."""
    if not isinstance(plain, dict) or plain.get("type") != "bundle":
        raise Malformed(file, "top", "a STIX 2.1 bundle: an object whose type is bundle")
    if "spec_version" in plain:
        raise Malformed(file, "spec_version", "STIX 2.1, in which a bundle has none")
    for key in plain:
        if key not in ("type", "id", "objects"):
            raise Malformed(file, key, "type, id and objects only")
    if not isinstance(plain.get("id"), str) or not _BUNDLE_ID.fullmatch(plain["id"]):
        raise Malformed(file, "id", "bundle-- and a UUID")
    objects = plain.get("objects")
    if not isinstance(objects, list) or not 1 <= len(objects) <= MOST_OBJECTS:
        raise Malformed(file, "objects", f"a list of 1 to {MOST_OBJECTS} objects")
    seen: set[object] = set()
    for n, one in enumerate(objects):
        _check(one, f"objects[{n}]", file)
        if one["id"] in seen:
            raise Malformed(file, f"objects[{n}].id", f"each object once, found {one['id']} again")
        seen.add(one["id"])
    return objects


def _check(one: object, place: str, file: str) -> None:
    """Refuse what the library would fill in by itself, then let it judge the rest."""
    if not isinstance(one, dict) or not isinstance(one.get("type"), str):
        raise Malformed(file, place, "a STIX object with a type")
    if not isinstance(one.get("id"), str) or not _OBJECT_ID.fullmatch(one["id"]):
        raise Malformed(file, f"{place}.id", f"{one['type']}-- and a UUID")
    for key in one:
        if not _PROPERTY.fullmatch(key) or key in _NOT_PROPERTIES:
            raise Malformed(file, f"{place}.{key}"[:120], "a property of STIX 2.1")
    if one["id"] in TLP_MARKINGS:
        _check_tlp(one, place, file)
        return
    # The import is heavy, and the only caller imports rarely.
    import stix2
    from stix2.exceptions import STIXError
    from stix2.registry import class_for_type

    observable = class_for_type(one["type"], "2.1", "observables") is not None
    required: tuple[str, ...] = () if observable else ("spec_version", "created", "modified")
    if one["type"] == "marking-definition":
        required = ("spec_version", "created")
    for key in required:
        if key not in one:
            raise Malformed(file, f"{place}.{key}", "a value: STIX 2.1 requires it")
    if one.get("spec_version", "2.1") != "2.1":
        raise Malformed(file, f"{place}.spec_version", '"2.1"')
    with warnings.catch_warnings():
        # A deprecated property is still STIX 2.1.
        warnings.simplefilter("ignore")
        try:
            stix2.parse(one, allow_custom=False, version="2.1")
        # NameError: the library's own slip over a pattern without any sign in it.
        except (
            STIXError,
            ValueError,
            TypeError,
            LookupError,
            AttributeError,
            NameError,
            RecursionError,
        ) as error:
            raise _wrong(error, place, file) from None


def _wrong(error: Exception, place: str, file: str) -> Malformed:
    """The library's complaint in one short line, at the property where it names one."""
    prop = getattr(error, "prop_name", None)
    said = str(getattr(error, "reason", None) or str(error) or type(error).__name__)
    short = said if len(said) <= 200 else said[:200] + "…"
    return Malformed(file, f"{place}.{prop}" if isinstance(prop, str) else place, f"STIX 2.1 ({short})")


def _check_tlp(one: Object, place: str, file: str) -> None:
    """The fixed instances are known by id. One that says another colour than its own is refused."""
    stated = _colour(one)
    if one["type"] != "marking-definition" or stated not in (None, TLP_MARKINGS[str(one["id"])]):
        raise Malformed(file, place, f"TLP:{TLP_MARKINGS[str(one['id'])].value}, which this id stands for")


def _colour(marking: Object) -> Tlp | None:
    """The TLP colour that a marking definition states in its extension or its definition, if any."""
    extensions, definition = marking.get("extensions"), marking.get("definition")
    if isinstance(extensions, dict) and isinstance(extensions.get(TLP_EXTENSION), dict):
        return _COLOURS.get(str(extensions[TLP_EXTENSION].get("tlp_2_0")).lower())
    if isinstance(definition, dict) and "tlp" in definition:
        return _COLOURS.get(str(definition["tlp"]).lower())
    return None


class _Bundle:
    """Objects that have been checked, and the way from one to another."""

    def __init__(self, objects: Sequence[Object], file: str, unmarked: Tlp | None) -> None:
        self.objects = objects
        self.file = file
        self.unmarked = unmarked
        self.by_id = {str(one["id"]): (one, f"objects[{n}]") for n, one in enumerate(objects)}

    def items(self) -> tuple[StixItem, ...]:
        found = [self._item(one, f"objects[{n}]") for n, one in enumerate(self.objects) if _is_item(one)]
        if not found:
            raise Malformed(self.file, "objects", f"at least one of {', '.join(_ITEMS)}")
        return tuple(found)

    def _item(self, one: Object, place: str) -> StixItem:
        if one.get("revoked") is True:
            raise Malformed(self.file, f"{place}.revoked", "an object that its originator has not revoked")
        colours, statements = self._marks(one, place)
        if not colours and self.unmarked is None:
            raise Malformed(
                self.file,
                f"{place}.object_marking_refs",
                "a TLP marking; state one with --tlp if it has none",
            )
        if not colours and self.unmarked is not None:
            colours = [self.unmarked]
        for named in self._refs(one, place):
            if named in self.by_id:
                more, also = self._marks(*self.by_id[named])
                colours += more
                statements += [s for s in also if s not in statements]
        return StixItem(
            place=place,
            object_id=str(one["id"]),
            title=self._title(one, place),
            content=self._content(one, place),
            tlp=max(colours, key=_STRICTNESS.__getitem__),
            conditions="\n".join(statements) or None,
            originator=self._originator(one),
            created=self._time(one, "created", place),
            modified=self._time(one, "modified", place),
            perishes_at=self._time(one, "valid_until", place) if "valid_until" in one else None,
        )

    def _marks(self, one: Object, place: str) -> tuple[list[Tlp], list[str]]:
        """TLP colours and statements on an object and on its parts."""
        colours: list[Tlp] = []
        statements: list[str] = []
        parts = [part.get("marking_ref") for part in _maps(one.get("granular_markings"))]
        for ref in [*_texts(one.get("object_marking_refs")), *(p for p in parts if isinstance(p, str))]:
            if ref in TLP_MARKINGS:
                colours.append(TLP_MARKINGS[ref])
                continue
            marking = self.by_id[ref][0] if ref in self.by_id else {}
            colour, definition = _colour(marking), marking.get("definition")
            if colour is not None:
                colours.append(colour)
            elif isinstance(definition, dict) and isinstance(definition.get("statement"), str):
                statements.append(definition["statement"])
            else:
                raise Malformed(
                    self.file,
                    f"{place}.object_marking_refs",
                    f"markings that are understood here (TLP, or a statement in the bundle), found {ref}",
                )
        return colours, statements

    def _title(self, one: Object, place: str) -> str:
        match one["type"]:
            case "indicator":
                title = self._text(one, "name", place) or f"Indicator {self._text(one, 'pattern', place)}"
            case "observed-data":
                title = f"Observed {one.get('number_observed')} times: {self._counted(one, place)}"
            case "note":
                title = self._text(one, "abstract", place) or self._text(one, "content", place) or "Note"
            case _:
                title = self._text(one, "name", place) or "Report"
        line = " ".join(title.split())
        return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"

    def _content(self, one: Object, place: str) -> str:
        """All that the object says in words, and the names of what it refers to."""
        said = [self._text(one, "description", place) or self._text(one, "content", place)]
        pattern = self._text(one, "pattern", place)
        if pattern:
            said.append(f"Pattern ({self._text(one, 'pattern_type', place)}): {pattern}")
        spans = (("valid_from", "valid_until", "Valid"), ("first_observed", "last_observed", "Observed"))
        for first, last, word in spans:
            if first in one:
                said.append(f"{word} from {one[first]}" + (f" to {one[last]}" if last in one else ""))
        if "published" in one:
            said.append(f"Published {one['published']}")
        if "confidence" in one:
            said.append(f"Confidence stated by the originator: {one['confidence']} of 100")
        named = self._refs(one, place)
        if named:
            shown = [self._name(ref) for ref in named[:MOST_NAMED]]
            rest = f"; and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
            said.append(f"Refers to {self._counted(one, place)}: {'; '.join(shown)}{rest}")
        elif isinstance(one.get("objects"), dict):
            said.append(f"Observed {self._counted(one, place)}")
        said += [
            f"Reference: {reference.get('source_name')} {reference.get('url', '')}".rstrip()
            for reference in _maps(one.get("external_references"))
        ]
        said.append(f"STIX 2.1 {one['id']}, created {one['created']}, modified {one['modified']}")
        return "\n".join(part for part in said if part)

    def _counted(self, one: Object, place: str) -> str:
        inner = one.get("objects")
        types = (
            [str(o.get("type")) for o in _maps(list(inner.values()))]
            if isinstance(inner, dict)
            else [ref.partition("--")[0] for ref in self._refs(one, place)]
        )
        return ", ".join(f"{n} {kind}" for kind, n in Counter(types).most_common())

    def _refs(self, one: Object, place: str) -> list[str]:
        refs = _texts(one.get("object_refs"))
        if len(set(refs)) < len(refs):
            raise Malformed(self.file, f"{place}.object_refs", "each reference once")
        return refs

    def _name(self, ref: str) -> str:
        one = self.by_id[ref][0] if ref in self.by_id else {}
        for key in ("name", "value", "abstract", "pattern", "key", "user_id", "path"):
            value = one.get(key)
            if isinstance(value, str):
                return f"{ref.partition('--')[0]} {' '.join(value.split())[:120]}"
        return ref

    def _originator(self, one: Object) -> str | None:
        creator = one.get("created_by_ref")
        if not isinstance(creator, str) or creator not in self.by_id:
            return None
        identity, where = self.by_id[creator]
        return self._text(identity, "name", where) or None

    def _text(self, one: Object, key: str, place: str) -> str:
        value = one.get(key, "")
        if not isinstance(value, str):
            raise Malformed(self.file, f"{place}.{key}", "a text")
        return value.strip()

    def _time(self, one: Object, key: str, place: str) -> datetime:
        try:
            return datetime.fromisoformat(str(one[key])).astimezone(UTC)
        except (ValueError, OverflowError):
            raise Malformed(
                self.file, f"{place}.{key}", "a timestamp such as 2026-10-02T09:30:00.000Z"
            ) from None


def _is_item(one: Object) -> bool:
    return one["type"] in _ITEMS


def _texts(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list) else []


def _maps(value: object) -> list[Object]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []
