"""A dossier is read strictly: known facts of the right kind, or one line with the path."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.facts.strict import parse_yaml
from tearline.protocol import Parameter, ParameterType, read_dossier, read_parameter, write_dossier
from tearline.protocol.schema import VERSION
from tearline.protocol.span import LONGEST, format_span, parse_span
from tests.protocol.conditions import PARAMETERS, dossiers
from tests.protocol.packs import SHIPPED, WORDS, cross_border


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(dossiers())
def test_what_is_written_reads_back(dossier: dict[str, object]) -> None:
    dossier["dossier"] = VERSION
    for name in ("dissents", "sign_offs", "threats"):
        dossier.pop(name, None)
    for name, lists in (("source", "warnings"), ("recipient", "allegations")):
        part = dossier.get(name)
        if isinstance(part, dict):
            part.pop(lists, None)  # ids by chance repeat, which a dossier may not
    assert read_dossier(write_dossier(dossier), file="f", parameters=PARAMETERS) == dossier


@given(st.integers(-(LONGEST // timedelta(microseconds=1)), LONGEST // timedelta(microseconds=1)))
def test_a_length_of_time_reads_back(microseconds: int) -> None:
    span = timedelta(microseconds=microseconds)
    assert parse_span(format_span(span), days=False) == span


@pytest.mark.parametrize(
    "text", ["", "1", "d", "1d2", "1 d", "+1h", "1h-1m", "1H", "1e3s", "0.1us", "107000d"]
)
def test_what_is_no_length_of_time_is_none(text: str) -> None:
    assert parse_span(text, days=True) is None


def test_times_are_kept_in_utc() -> None:
    read = read_dossier({"dossier": 1, "at": "2011-03-18T09:00:00-06:00"}, file="f")
    assert read["at"] == datetime(2011, 3, 18, 15, tzinfo=UTC)
    assert isinstance(read["at"], datetime)
    assert read["at"].tzinfo is UTC


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("itme",), {}, "itme: expected a field of dossier"),
        (("item", "tlpp"), "RED", "item.tlpp: expected a field of item"),
        (
            ("item", "tlp"),
            "ROD",
            "item.tlp: expected one of RED, AMBER+STRICT, AMBER, GREEN, CLEAR, did you mean RED?",
        ),
        (("item", "tlp"), None, "item.tlp: expected a text"),
        (("item", "id"), "", "item.id: expected a printable text of 1 to 300 characters"),
        (("item", "id"), "a\nb", "item.id: expected a printable text of 1 to 300 characters"),
        (("item", "id"), "a" * 301, "item.id: expected a printable text of 1 to 300 characters"),
        (("item", "perishes_at"), "2026-03-30", "item.perishes_at: expected a date and time with offset"),
        (
            ("item", "perishes_at"),
            "2026-03-30T00:00:00",
            "item.perishes_at: expected a date and time with offset",
        ),
        (
            ("item", "perishes_at"),
            "2026-02-30T00:00:00Z",
            "item.perishes_at: expected a date and time with offset",
        ),
        (("item", "perishes_at"), "0001-01-01T00:00:00+14:00", "item.perishes_at: expected a date and time"),
        (("request", "recipients"), True, "request.recipients: expected a whole number"),
        (("request", "recipients"), 1.0, "request.recipients: expected a whole number"),
        (("request", "recipients"), 2**63, "request.recipients: expected a whole number that fits 64 bits"),
        (("request", "purpose_stated"), "yes", "request.purpose_stated: expected true or false"),
        (
            ("agreement", "revetting"),
            365,
            "agreement.revetting: expected a length of time such as 720h or 30d",
        ),
        (("agreement", "unheard_of"), 1, "agreement.unheard_of: expected a field of agreement"),
        (("chain",), {}, "chain: expected a list"),
        (("chain",), [{}] * 2_001, "chain: expected at most 2000 entries, found 2001"),
        (("chain", 0), "officer-7", "chain[0]: expected the fields of link"),
        (("item",), [], "item: expected the fields of item"),
        (
            ("sign_offs", 1, "id"),
            "sign-off-1",
            "sign_offs[1].id: expected each id once, found sign-off-1 again",
        ),
        (("dossier",), 4, "dossier: expected one of 1, 2, 3, the dossier's version"),
        (("dossier",), True, "dossier: expected one of 1, 2, 3, the dossier's version"),
        (("consent",), {"answer": "yes"}, "consent: expected a field of dossier"),
        (("at",), 5, "at: expected a date and time with offset"),
    ],
)
def test_what_the_schema_does_not_hold_is_refused_with_its_path(
    path: tuple[str | int, ...], value: object, said: str
) -> None:
    dossier = write_dossier(copy.deepcopy(cross_border().base))
    holder: object = dossier
    for step in path[:-1]:
        holder = holder[step]  # type: ignore[index]  # the base has these steps
    holder[path[-1]] = value  # type: ignore[index]  # as above
    with pytest.raises(Malformed) as refused:
        read_dossier(dossier, file="f", parameters=cross_border().parameters)
    assert str(refused.value).startswith(f"f: {said}")


@pytest.mark.parametrize("data", [None, [], "text", {}, {"dossier": 1}, {"at": "2011-03-18T09:00:00-06:00"}])
def test_what_is_no_dossier_is_refused(data: object) -> None:
    with pytest.raises(Malformed, match="f: top: expected"):
        read_dossier(data, file="f")


def test_a_parameter_is_read_by_its_type() -> None:
    span = Parameter(name="p", type=ParameterType.DURATION, label=WORDS)
    assert read_parameter(span, "30d", file="f", place="terms.p") == timedelta(days=30)
    with pytest.raises(Malformed, match=r"^f: terms\.p: expected a length of time"):
        read_parameter(span, 30, file="f", place="terms.p")


def test_the_base_reads_as_it_stands_in_the_pack() -> None:
    plain = parse_yaml(SHIPPED.read_bytes(), file="f")
    assert isinstance(plain, dict)
    assert read_dossier(plain["base"], file="f", parameters=cross_border().parameters) == cross_border().base
