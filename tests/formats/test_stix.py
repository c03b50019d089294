"""STIX 2.1 bundles: what they say becomes items, what they leave open is refused, what is wrong has a place."""

import contextlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.facts.identifiers import well_formed
from tearline.facts.release import Tlp
from tearline.formats.stix import MOST_NAMED, TLP_EXTENSION, TLP_MARKINGS, StixItem, read_bundle

CROSSING = (Path(__file__).parent / "data" / "crossing.json").read_text(encoding="utf-8")
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"


def read(plain: object, unmarked: Tlp | None = None) -> tuple[StixItem, ...]:
    return read_bundle(json.dumps(plain), file="bundle.json", unmarked=unmarked)


def crossing() -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(CROSSING)
    return plain


def written(*objects: object) -> str:
    """A bundle as the stix2 library writes it."""
    text: str = stix2.v21.Bundle(objects=list(objects)).serialize()
    return text


def report(**more: object) -> stix2.v21.Report:
    """A marked report by the stix2 library."""
    given = {
        "name": "A report",
        "published": datetime(2026, 10, 1, tzinfo=UTC),
        "object_refs": [f"malware--{uuid.UUID(int=7, version=4)}"],
        "object_marking_refs": [AMBER],
    }
    return stix2.v21.Report(**(given | more))


def test_each_report_indicator_note_and_observation_becomes_an_item() -> None:
    indicator, told, note, seen = read_bundle(CROSSING, file="crossing.json")
    assert [i.object_id.partition("--")[0] for i in (indicator, told, note, seen)] == [
        "indicator",
        "report",
        "note",
        "observed-data",
    ]
    assert told.title == "Vehicles staged for the night crossing"
    assert "The drivers are told the hour" in told.content
    assert "indicator Schedule posted before each crossing" in told.content
    assert "malware--11111111-2222-4333-8444-555555555507" in told.content
    assert told.originator == "Northern Border Agency"
    assert told.modified == datetime(2026, 10, 1, 16, 5, 12, 250_000, UTC)
    assert indicator.perishes_at == datetime(2036, 10, 20, tzinfo=UTC)
    assert "[url:value = 'https://example.org/yard-4/schedule']" in indicator.content
    assert note.title == "The second ranch may have been left since."
    assert seen.title == "Observed 3 times: 1 url"


def test_markings_of_either_version_become_words() -> None:
    indicator, told, _, seen = read_bundle(CROSSING, file="crossing.json")
    assert (indicator.tlp, told.tlp, seen.tlp) == (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.GREEN)


def test_a_note_on_a_stricter_report_is_as_strict() -> None:
    note = read_bundle(CROSSING, file="crossing.json")[2]
    assert note.tlp is Tlp.AMBER_STRICT
    assert note.conditions is not None


def test_a_statement_becomes_a_condition() -> None:
    indicator, told, *_ = read_bundle(CROSSING, file="crossing.json")
    assert (
        told.conditions == "Not to be used as the ground of a detention. Not to be passed on without consent."
    )
    assert indicator.conditions is None


def test_a_marked_part_makes_the_whole_as_strict() -> None:
    red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    part = {"marking_ref": red, "selectors": ["name"]}
    (item,) = read_bundle(written(report(granular_markings=[part])), file="x")
    assert item.tlp is Tlp.RED


def test_confidence_is_quoted_and_is_no_grade() -> None:
    indicator = read_bundle(CROSSING, file="crossing.json")[0]
    assert "Confidence stated by the originator: 70 of 100" in indicator.content
    assert not hasattr(indicator, "information_grade")


def test_what_the_stix_library_writes_is_read() -> None:
    (item,) = read_bundle(written(report(description="words")), file="x")
    assert (item.title, item.tlp, item.originator, item.perishes_at) == ("A report", Tlp.AMBER, None, None)
    assert item.content.startswith("words")


@pytest.mark.parametrize(
    ("constant", "tlp"),
    [
        (stix2.v21.TLP_WHITE, Tlp.CLEAR),
        (stix2.v21.TLP_GREEN, Tlp.GREEN),
        (stix2.v21.TLP_AMBER, Tlp.AMBER),
        (stix2.v21.TLP_RED, Tlp.RED),
    ],
)
def test_tlp_1_as_the_library_writes_it(constant: stix2.v21.MarkingDefinition, tlp: Tlp) -> None:
    (item,) = read_bundle(written(constant, report(object_marking_refs=[constant])), file="x")
    assert item.tlp is tlp


@pytest.mark.parametrize("marking", TLP_MARKINGS)
def test_a_fixed_marking_need_not_be_in_the_bundle(marking: str) -> None:
    (item,) = read_bundle(written(report(object_marking_refs=[marking])), file="x")
    assert item.tlp is TLP_MARKINGS[marking]


def test_a_marking_of_ones_own_states_its_colour_by_the_extension() -> None:
    own = stix2.v21.MarkingDefinition(
        extensions={TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "green"}}
    )
    (item,) = read_bundle(written(own, report(object_marking_refs=[own])), file="x")
    assert item.tlp is Tlp.GREEN


def test_no_marking_is_refused_unless_one_is_stated_for_the_unmarked() -> None:
    bare = written(report())
    plain = json.loads(bare)
    del plain["objects"][0]["object_marking_refs"]
    with pytest.raises(Malformed, match=r"objects\[0\]\.object_marking_refs: expected a TLP marking"):
        read(plain)
    assert read(plain, Tlp.RED)[0].tlp is Tlp.RED


def test_what_is_stated_for_the_unmarked_never_loosens_a_marking() -> None:
    assert read(crossing(), Tlp.CLEAR)[1].tlp is Tlp.AMBER_STRICT


def test_an_object_has_one_item_identifier_for_ever() -> None:
    items = read_bundle(CROSSING, file="x")
    assert items[1].item == "stix-2f1d8f7052f54d18bd57b7c7c6a1ee06"
    assert all(well_formed(i.item) for i in items)
    assert [i.item for i in items] == [i.item for i in read_bundle(CROSSING, file="y")]


def test_a_long_list_of_references_is_counted_and_named_in_part() -> None:
    refs = [f"malware--{uuid.UUID(int=n, version=4)}" for n in range(500)]
    (item,) = read_bundle(written(report(object_refs=refs)), file="x")
    assert "Refers to 500 malware:" in item.content
    assert f"and {500 - MOST_NAMED} more" in item.content


def test_a_deprecated_property_is_still_stix() -> None:
    plain = crossing()
    seen = plain["objects"][-1]
    del seen["object_refs"]
    seen["objects"] = {"0": {"type": "domain-name", "value": "example.org"}}
    assert read(plain)[-1].title == "Observed 3 times: 1 domain-name"


def changed(where: int, **fields: object) -> Callable[[dict[str, Any]], object]:
    """A change of one object of the bundle; a field that is ``...`` is taken away."""

    def change(plain: dict[str, Any]) -> None:
        for name, value in fields.items():
            if value is ...:
                del plain["objects"][where][name]
            else:
                plain["objects"][where][name] = value

    return change


INDICATOR, REPORT, NOTE, SEEN = 5, 6, 7, 8
WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "not a bundle": (lambda b: b.update(type="report"), "top: expected a STIX 2.1 bundle"),
    "stix 2.0": (lambda b: b.update(spec_version="2.0"), "spec_version: expected STIX 2.1"),
    "more at the top": (lambda b: b.update(extra=1), "extra: expected type, id and objects only"),
    "bundle without id": (lambda b: b.pop("id"), "id: expected bundle--"),
    "no objects": (lambda b: b.pop("objects"), "objects: expected a list"),
    "empty": (lambda b: b.update(objects=[]), "objects: expected a list of 1 to 5000"),
    "nothing to register": (
        lambda b: b.update(objects=b["objects"][:5]),
        "objects: expected at least one of",
    ),
    "an object that is none": (lambda b: b["objects"].append(7), r"objects[9]: expected a STIX object"),
    "unknown type": (changed(REPORT, type="verdict"), "objects[6]: expected STIX 2.1"),
    "id of another type": (
        changed(REPORT, id="malware--2f1d8f70-52f5-4d18-bd57-b7c7c6a1ee06"),
        "objects[6].id: expected",
    ),
    "bad id": (changed(REPORT, id="report--1"), "objects[6].id: expected report-- and a UUID"),
    "same object twice": (
        lambda b: b["objects"].append(b["objects"][REPORT]),
        "objects[9].id: expected each object once",
    ),
    "object of 2.0": (changed(REPORT, spec_version="2.0"), 'objects[6].spec_version: expected "2.1"'),
    "no version": (changed(REPORT, spec_version=...), "objects[6].spec_version: expected a value"),
    "no created": (changed(REPORT, created=...), "objects[6].created: expected a value"),
    "no name": (changed(REPORT, name=...), "objects[6]: expected STIX 2.1"),
    "a day that is none": (changed(REPORT, modified="2026-02-30T00:00:00Z"), "objects[6].modified: expected"),
    "a local time": (
        changed(INDICATOR, valid_until="2036-10-20T00:00:00+02:00"),
        "objects[5].valid_until: expected",
    ),
    "a time that is a number": (changed(REPORT, created=5), "objects[6]"),
    "valid until before it is valid": (
        changed(INDICATOR, valid_until="2020-01-01T00:00:00Z"),
        "objects[5]: expected STIX 2.1",
    ),
    "seen last before first": (
        changed(SEEN, last_observed="2020-01-01T00:00:00Z"),
        "objects[8]: expected STIX 2.1",
    ),
    "a pattern without any sign": (changed(INDICATOR, pattern=""), "objects[5]"),
    "a pattern that is none": (changed(INDICATOR, pattern="[url:value ="), "objects[5].pattern: expected"),
    "a property of one's own": (changed(REPORT, x_use="unlimited"), "objects[6]: expected STIX 2.1"),
    "a property for the library": (
        changed(REPORT, allow_custom=True),
        "objects[6].allow_custom: expected a property of STIX 2.1",
    ),
    "a name that is a number": (changed(REPORT, name=5), "objects[6].name: expected a text"),
    "a list that is a text": (changed(REPORT, object_refs="malware"), "objects[6]"),
    "reference twice": (
        changed(
            NOTE,
            object_refs=["report--2f1d8f70-52f5-4d18-bd57-b7c7c6a1ee06"] * 2,
        ),
        "objects[7].object_refs: expected each reference once",
    ),
    "an unknown marking": (
        changed(REPORT, object_marking_refs=["marking-definition--00000000-0000-4000-8000-000000000001"]),
        "objects[6].object_marking_refs: expected markings that are understood here",
    ),
    "a fixed marking of another colour": (
        changed(1, extensions={TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "clear"}}),
        "objects[1]: expected TLP:AMBER+STRICT",
    ),
    "revoked": (changed(REPORT, revoked=True), "objects[6].revoked: expected an object that"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_bundle_is_refused_with_its_place_in_one_line(wrong: str) -> None:
    change, expected = WRONG[wrong]
    plain = crossing()
    change(plain)
    with pytest.raises(Malformed) as refused:
        read(plain)
    assert str(refused.value).startswith(f"bundle.json: {expected}")
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("not json", "line 1, column 1"),
        ("", "line 1, column 1"),
        ("[]", "top: expected a STIX 2.1 bundle"),
        ('{"type": "bundle", "type": "bundle"}', "each key once"),
        ('{"type": ' + "[" * 100 + "]" * 100 + "}", "levels of nesting"),
        (CROSSING.encode().replace(b"Northern", b"North\xff"), "UTF-8"),
        (b'{"type": "bundle", "x": "' + b"x" * (5 * 2**20) + b'"}', "at most 5242880 bytes"),
        ('{"type": "bundle", "id": NaN}', "a finite number"),
    ],
    ids=["not JSON", "empty", "a list", "duplicate key", "deep", "not UTF-8", "oversized", "NaN"],
)
def test_bytes_that_are_no_json_are_refused_before_anything_else(text: str | bytes, expected: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_bundle(text, file="bundle.json")
    assert expected in str(refused.value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8) | st.just("2026-10-01T00:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_bundle_it_is_read_or_malformed(data: st.DataObject) -> None:
    """One value anywhere in a good bundle is replaced by anything; nothing but Malformed may come of it."""
    plain = crossing()
    holder: Any = data.draw(st.sampled_from(plain["objects"]))
    while True:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(holder[key], dict | list) or not holder[key] or data.draw(st.booleans()):
            break
        holder = holder[key]
    holder[key] = data.draw(PLAIN)
    with contextlib.suppress(Malformed):
        assert read(plain)
