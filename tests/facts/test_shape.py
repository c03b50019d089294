"""What people and files send is read strictly: the schema says the same, and a fault names its field."""

import copy
import json
import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tearline.facts.codec import encode
from tearline.facts.errors import Malformed
from tearline.facts.fact import Fact
from tearline.facts.identifiers import PATTERN, well_formed
from tearline.facts.parties import PersonVettingDecided, Terms
from tearline.facts.release import ItemRegistered, ReleaseRequested
from tearline.facts.shape import Day, Identifier, Instant, Pairs, Place, Real, Span, Text, Whole, record_of
from tests.facts.schema import fits
from tests.facts.shapes import FILE, IDENTIFIERS, forms

ODD: list[Any] = [
    None,
    True,
    -1,
    10**16,
    1.5,
    "",
    "   ",
    "\x00",
    "\x1b[2J",
    "\ud800",
    "x" * 20_001,
    "007",
    "No-such-word",
    "2011-02-30",
    "20110318",
    "2011-W11-5",
    "2011-03-18T09:00:00",
    "2011-03-18 09:00:00Z",
    "2011-03-18T25:00:00Z",
    [],
    [None],
    ["x"] * 3,
    {},
    {"x": None},
]
JSON = st.recursive(
    st.sampled_from(ODD) | st.text(max_size=8) | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def parsed(kind: type[Fact], form: Any) -> Fact | Malformed:
    try:
        fact: Fact = record_of(kind).parse(form, FILE)
    except Malformed as wrong:
        return wrong
    return fact


def as_json(kind: type[Fact], fact: Fact) -> dict[str, Any]:
    encoded = encode(fact)
    sent = encoded.clear | {n: v for part in encoded.sealed.values() for n, v in part.items()}
    return {f.name: sent[f.name] for f in record_of(kind).fields}


@given(forms())
def test_what_the_schema_admits_parses(form: tuple[type[Fact], dict[str, Any]]) -> None:
    kind, fields = form
    fact = parsed(kind, fields)
    assert isinstance(fact, Fact), fact
    assert fits(as_json(kind, fact), record_of(kind).schema())


@settings(max_examples=400)
@given(forms(), st.data(), JSON)
def test_the_schema_and_the_parser_refuse_the_same(
    form: tuple[type[Fact], dict[str, Any]], data: st.DataObject, odd: Any
) -> None:
    """One field of a good form replaced by anything. Forms send numbers and codes as text: the parser takes
    those too, so it may admit what the schema does not, but only what then reads as something admitted."""
    kind, fields = form
    record = record_of(kind)
    name = data.draw(st.sampled_from([f.name for f in record.fields]))
    sent = copy.deepcopy(fields) | {name: odd}
    outcome = parsed(kind, sent)
    if fits(sent, record.schema()):
        assert isinstance(outcome, Fact), outcome
    elif isinstance(outcome, Fact):
        assert fits(as_json(kind, outcome), record.schema())
    if isinstance(outcome, Malformed):
        assert outcome.place.partition("[")[0].partition(".")[0] == name


@given(forms(), st.data())
def test_a_missing_or_unknown_field_is_named(
    form: tuple[type[Fact], dict[str, Any]], data: st.DataObject
) -> None:
    kind, fields = form
    required = [f.name for f in record_of(kind).fields if f.required]
    gone = data.draw(st.sampled_from(required))
    missing = parsed(kind, {k: v for k, v in fields.items() if k != gone})
    assert isinstance(missing, Malformed)
    assert (missing.file, missing.place) == ("form", gone)
    unknown = parsed(kind, fields | {"colour": "red"})
    assert isinstance(unknown, Malformed)
    assert unknown.place == "colour"
    assert required[0] in unknown.expected


@given(JSON)
def test_whatever_is_sent_is_parsed_or_one_clear_line(sent: Any) -> None:
    for kind in (ItemRegistered, ReleaseRequested):
        outcome = parsed(kind, sent)
        if isinstance(outcome, Malformed):
            assert str(outcome).startswith("form: ")
            assert str(outcome).isprintable()


def test_a_fault_deep_inside_names_the_way_to_it() -> None:
    with pytest.raises(Malformed) as wrong:
        record_of(ReleaseRequested).parse(
            {
                "request": "r-1",
                "item": "i-1",
                "unit": "u-1",
                "recipients": ["p-1", "P 2"],
                "extent": "full",
                "manner": "copy",
            },
            Place("cases/allende.yaml", "acts[3].with"),
        )
    assert wrong.value.place == "acts[3].with.recipients[1]"
    assert str(wrong.value).startswith(
        "cases/allende.yaml: acts[3].with.recipients[1]: expected an identifier"
    )


def test_an_evil_field_name_cannot_move_the_cursor() -> None:
    with pytest.raises(Malformed) as wrong:
        record_of(ReleaseRequested).parse({"\x1b[2J\nitem": "x"}, FILE)
    assert str(wrong.value).isprintable()


@given(IDENTIFIERS)
def test_identifiers_are_read_as_they_stand(identifier: str) -> None:
    assert Identifier("PersonId", "person").parse(identifier, FILE) == identifier
    assert len(identifier) <= 81
    assert identifier.count(".") <= 1


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "-a",
        "a-",
        "A",
        "a b",
        "a.b.c",
        ".a",
        "a.",
        "a" * 41,
        "á",
        "a\n",
        "person:1",
        "a_b",
        "1" * 41,
        7,
        None,
    ],
)
def test_what_is_no_identifier_is_refused(wrong: object) -> None:
    with pytest.raises(Malformed, match="an identifier of a-z"):
        Identifier("PersonId", "person").parse(wrong, FILE)


@given(st.text(alphabet="ab1-.A_ \n", max_size=45))
def test_the_identifier_pattern_is_what_it_says(text: str) -> None:
    """Written a second way: one or two parts of 1 to 40 characters with hyphens only inside."""
    parts = text.split(".")
    said = len(parts) <= 2 and all(
        1 <= len(p) <= 40 and set(p) <= set("ab1-") and not p.startswith("-") and not p.endswith("-")
        for p in parts
    )
    assert well_formed(text) == said == bool(re.fullmatch(PATTERN, text))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14 * 60, 14 * 60))
@example(datetime.max.replace(tzinfo=UTC), -60)
@example(datetime.min.replace(tzinfo=UTC), 60)
def test_a_time_is_the_same_moment_from_any_offset(moment: datetime, minutes: int) -> None:
    try:
        elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        assume(False)
    read = Instant().parse(elsewhere.isoformat(), FILE)
    assert read == moment
    assert read.tzinfo is UTC
    assert Instant().decode(json.loads(json.dumps(Instant().encode(read)))) == moment


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2011-03-18T09:00:00+24:00",
        "2011-03-18T24:00:01Z",
    ],
)
def test_a_time_outside_the_calendar_is_one_clear_line(text: str) -> None:
    with pytest.raises(Malformed, match="a date and time with offset"):
        Instant().parse(text, FILE)


@pytest.mark.parametrize(
    "text", ["20110318", "2011-W11-5", "2011-077", "18/03/2011", "2011-3-18", "2011-03-18T00:00"]
)
def test_a_day_is_written_in_one_form(text: str) -> None:
    assert Day().parse("2011-03-18", FILE) == date(2011, 3, 18)
    with pytest.raises(Malformed, match="2011-03-18"):
        Day().parse(text, FILE)


@pytest.mark.parametrize(
    "text", ["2011-03-18T09:00", "20110318T090000Z", "2011-03-18 09:00:00Z", "2011-03-18"]
)
def test_a_time_without_its_offset_or_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="with offset"):
        Instant().parse(text, FILE)


def test_a_time_without_an_offset_cannot_be_recorded() -> None:
    with pytest.raises(TypeError, match="without an offset"):
        Instant().encode(datetime(2011, 3, 18))  # noqa: DTZ001  that is the point


@given(st.integers(0, Whole.LARGEST))
def test_a_whole_number_may_come_from_a_form(number: int) -> None:
    assert Whole().parse(str(number), FILE) == Whole().parse(number, FILE) == number


@pytest.mark.parametrize("wrong", [-1, 1.0, True, "-1", "1e3", "１", " 1", "", 10**16, "1_0", None])
def test_what_is_no_whole_number_is_refused(wrong: object) -> None:
    with pytest.raises(Malformed, match="whole number"):
        Whole().parse(wrong, FILE)


@given(st.floats(0, Real.LARGEST))
def test_a_number_is_kept_to_the_last_bit(number: float) -> None:
    shape = Real()
    kept = json.loads(json.dumps(shape.encode(shape.parse(number, FILE))))
    assert shape.decode(kept) == number


@pytest.mark.parametrize(("form", "number"), [("0", 0.0), ("0.05", 0.05), ("12.5", 12.5), ("3", 3.0)])
def test_a_number_may_come_from_a_form(form: str, number: float) -> None:
    assert Real().parse(form, FILE) == number


@pytest.mark.parametrize(
    "wrong",
    [
        -0.1,
        True,
        "-1",
        "1e3",
        ".5",
        "5.",
        "0,05",
        "１",
        " 1",
        "",
        "nan",
        "inf",
        math.nan,
        math.inf,
        2e15,
        None,
    ],
)
def test_what_is_no_number_is_refused(wrong: object) -> None:
    with pytest.raises(Malformed, match="a number, zero or more"):
        Real().parse(wrong, FILE)


def test_a_text_keeps_its_lines_and_loses_its_edges() -> None:
    assert Text().parse("  one\r\ntwo\t \n", FILE) == "one\ntwo"


@pytest.mark.parametrize("wrong", ["\ud83d", "a\x00b", "\x7f", "\x1b[31m"])
def test_a_text_that_could_not_be_stored_or_would_act_on_a_terminal_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed, match="control characters"):
        Text().parse(f"x{wrong}", FILE)


@pytest.mark.parametrize(
    "wrong",
    [{"A": 1}, {"": 1}, {"x": None}, {"x": 1.5}, {"x": ""}, {"x": "a\nb"}, {"x": 2**63}, {1: 1}, [], "x"],
)
def test_parameters_in_clear_are_names_and_short_values(wrong: object) -> None:
    with pytest.raises(Malformed):
        Pairs().parse(wrong, FILE)


def test_parameters_cannot_be_changed_afterwards() -> None:
    sent: dict[str, Any] = {"account_within": "90d"}
    held = Pairs().parse(sent, FILE)
    sent["account_within"] = "9000d"
    assert held["account_within"] == "90d"
    with pytest.raises(TypeError):
        held["account_within"] = "9000d"  # type: ignore[index]  # that is the point


def test_an_agreement_must_state_all_its_terms() -> None:
    with pytest.raises(Malformed, match=r"terms.overseer: expected a value"):
        record_of(Terms).parse({"own": "a", "partner": "b"}, Place("form", "terms"))


@pytest.mark.parametrize(("text", "length"), [("90m", timedelta(minutes=90)), ("30d", timedelta(days=30))])
def test_lengths_of_time_are_written_shortly(text: str, length: timedelta) -> None:
    assert Span().parse(text, FILE) == length
    assert Span().decode(Span().encode(length)) == length


@pytest.mark.parametrize("wrong", ["", "d", "0d", "-1d", "1.5h", "1w", "99999999999d", 30, None, "²h"])
def test_what_is_no_length_of_time_is_refused(wrong: object) -> None:
    with pytest.raises(Malformed, match="length of time"):
        Span().parse(wrong, FILE)


def test_a_number_for_a_code_is_read_as_the_code() -> None:
    """YAML writes a 3x5x2 grade as a number."""
    form = {"person": "p-1", "outcome": "cleared", "decided_by": "o-1", "deciding_office": "the desk"}
    assert record_of(PersonVettingDecided).parse(form, FILE).outcome == "cleared"
    with pytest.raises(Malformed, match="one of cleared, pending"):
        record_of(PersonVettingDecided).parse(form | {"outcome": "green"}, FILE)
