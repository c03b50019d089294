"""The declarations keep their own rules: labels in two languages, nothing personal in clear, one room a file."""

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, NewType

import pytest

from tearline.facts.fact import KINDS, Compartment, Fact, Label, Public, Sealed, fact
from tearline.facts.history import Precision, Role
from tearline.facts.shape import Choice, Many, Maybe, Record, Shape, record_of
from tearline.facts.vocabulary import ROOMS, kinds
from tearline.facts.words import Words

EACH_KIND = pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)


def annotations(cls: type) -> dict[str, tuple[Any, tuple[Any, ...]]]:
    """Each field's bare type and its notes, read here without the code under test."""
    return {
        name: (typing.get_args(hint)[0], typing.get_args(hint)[1:])
        for name, hint in typing.get_type_hints(cls, include_extras=True).items()
        if typing.get_origin(hint) is Annotated
    }


def declared_fields(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)


def may_stand_in_clear(hint: Any, notes: tuple[Any, ...]) -> bool:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return all(may_stand_in_clear(a, notes) for a in args if a is not type(None))
    if origin is tuple:
        return may_stand_in_clear(args[0], notes)
    if isinstance(hint, NewType):
        return hint.__name__.endswith("Id")
    if hint is str:
        return any(isinstance(n, Public) for n in notes)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return all(may_stand_in_clear(inner, own) for inner, own in annotations(hint).values())
    if origin is not None and issubclass(origin, Mapping):
        return args[0] is str and set(typing.get_args(args[1])) <= {int, str, bool}
    return isinstance(hint, type) and issubclass(hint, int | float | datetime | date | StrEnum)


@EACH_KIND
def test_a_clear_field_is_an_identifier_a_closed_set_a_number_a_date_or_marked_public(
    kind: type[Fact],
) -> None:
    declared = annotations(kind)
    assert set(declared) == {f.name for f in declared_fields(kind)}
    for name, (hint, notes) in declared.items():
        if typing.get_origin(hint) is Sealed:
            assert any(isinstance(n, Compartment) for n in notes), f"{name} is sealed without a compartment"
        else:
            assert may_stand_in_clear(hint, notes), f"{name} may not stand in clear"


def test_only_what_agreements_state_is_a_map_in_clear() -> None:
    """Its values are short texts that nobody marked public one by one, so it is looked at by hand."""
    holders = {
        f"{cls.__name__}.{name}"
        for cls in (*kinds(), *(s.cls for k in kinds() for s in inner(record_of(k)) if isinstance(s, Record)))
        for name, (hint, _) in annotations(cls).items()
        if typing.get_origin(hint) is not None
        and typing.get_origin(hint) is not Sealed
        and isinstance(typing.get_origin(hint), type)
        and issubclass(typing.get_origin(hint), Mapping)
    }
    assert holders == {"Terms.parameters", "ProtocolProposed.parameters", "ProtocolAdopted.parameters"}


def test_what_the_articles_warn_of_is_sealed() -> None:
    sealed = {
        (kind.__name__, name): next(n for n in notes if isinstance(n, Compartment))
        for kind in kinds()
        for name, (hint, notes) in annotations(kind).items()
        if typing.get_origin(hint) is Sealed
    }
    assert sealed["ItemRegistered", "content"] is Compartment.CONTENT
    assert sealed["ItemRegistered", "source_code"] is Compartment.SOURCE_HANDLING
    assert sealed["SourceWarned", "words"] is Compartment.SOURCE_HANDLING
    assert sealed["KnowersListed", "who"] is Compartment.SOURCE_HANDLING
    assert sealed["KnowersListed", "count"] is Compartment.SOURCE_HANDLING
    assert sealed["PeopleAtRiskNamed", "who"] is Compartment.PEOPLE_AT_RISK
    assert sealed["HarmReported", "source"] is Compartment.WITNESSES
    assert sealed["PersonEnrolled", "description"] is Compartment.PERSONS
    assert sealed["VerdictReached", "dossier"] is Compartment.DOSSIERS
    assert sealed["VerdictReached", "owed"] is Compartment.VERDICTS


@EACH_KIND
def test_every_kind_and_field_has_words_in_both_languages(kind: type[Fact]) -> None:
    assert_in_both(kind.in_words)
    for field in record_of(kind).fields:
        assert_in_both(field.label)
        for shape in inner(field.shape):
            if isinstance(shape, Choice):
                for _, words in shape.words():
                    assert_in_both(words)
            if isinstance(shape, Record):
                for nested in shape.fields:
                    assert_in_both(nested.label)


@pytest.mark.parametrize("closed", [Role, Precision, Compartment])
def test_other_closed_sets_have_words_in_both_languages(
    closed: type[Role] | type[Precision] | type[Compartment],
) -> None:
    for member in closed:
        assert_in_both(member.words)
        assert closed(member.value) is member


def assert_in_both(words: Words) -> None:
    assert words.en.strip()
    assert words.es.strip()
    assert words.to("en") == words.en
    assert words.to("es") == words.es


@EACH_KIND
def test_every_kind_is_past_frozen_and_stands_in_its_room(kind: type[Fact]) -> None:
    assert KINDS[kind.__name__] is kind
    assert kind.room in {module.__name__.rpartition(".")[2] for module in ROOMS}
    assert kind.__module__ == f"tearline.facts.{kind.room}"
    parameters = kind.__dataclass_params__  # type: ignore[attr-defined]  # dataclasses give no typed way to it
    assert parameters.frozen
    assert all(f.kw_only for f in declared_fields(kind))
    assert not hasattr(kind, "__dict__") or "__slots__" in kind.__dict__


FOUND_ALIKE = {
    "ItemRegistered": {"item"},  # a tearline version is found by the item it was drawn from
    "AgreementSigned": {"organisation", "signatory"},  # either side's
    "ProtocolAppliedInHindsight": {"organisation", "signatory"},
    "PairJudged": {"victim"},  # a pair has no order
}


@EACH_KIND
def test_two_fields_of_one_kind_are_found_by_different_tags(kind: type[Fact]) -> None:
    """Who vetted and who is vetted, who commands and who obeys, must not be found by the same tag."""
    prefixes = [p for f in record_of(kind).fields if not f.compartment for p in tag_prefixes(f.shape)]
    twice = {p for p in prefixes if prefixes.count(p) > 1}
    assert twice == FOUND_ALIKE.get(kind.__name__, set())


def tag_prefixes(shape: Shape) -> list[str]:
    return [s.prefix for s in (shape, *inner(shape)) if hasattr(s, "prefix")]


def inner(shape: Shape) -> list[Shape]:
    match shape:
        case Record():
            return [s for f in shape.fields for s in (f.shape, *inner(f.shape))]
        case Many() | Maybe():
            return [shape.one, *inner(shape.one)]
        case _:
            return []


@dataclasses.dataclass(frozen=True, kw_only=True)
class FreeText:
    words: Annotated[str, Label("Words", "Palabras")]


@dataclasses.dataclass(frozen=True, kw_only=True)
class WithoutCompartment:
    words: Annotated[Sealed[str], Label("Words", "Palabras")]


@dataclasses.dataclass(frozen=True, kw_only=True)
class CompartmentInClear:
    words: Annotated[str, Label("Words", "Palabras"), Public(), Compartment.CONTENT]


@dataclasses.dataclass(frozen=True, kw_only=True)
class WithoutLabel:
    words: Annotated[str, Public()]


@dataclasses.dataclass(frozen=True, kw_only=True)
class RawBytes:
    share: Annotated[bytes, Label("Share", "Parte")]


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        (FreeText, "sealed, or marked Public"),
        (WithoutCompartment, "names its compartment"),
        (CompartmentInClear, "a clear one has none"),
        (WithoutLabel, "has no label"),
        (RawBytes, "cannot be recorded"),
    ],
)
def test_a_declaration_that_could_leak_is_not_accepted(declared: type, wrong: str) -> None:
    with pytest.raises(TypeError, match=wrong):
        record_of(declared)


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(TypeError, match="two facts are named ItemReleased"):
        fact("again", "otra vez")(type("ItemReleased", (Fact,), {"__annotations__": {}, "__module__": "x"}))
