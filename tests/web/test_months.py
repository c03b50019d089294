"""Calendar arithmetic: no day is lost or shown twice, over ends of months and years and in every zone."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.web.months import DAY, Month, column, day_of, month_at, month_of, span
from tearline.web.zones import names, offset, read_local, zone_of

MONTHS = st.builds(Month, st.integers(1901, 2198), st.integers(1, 12))
HARD = (
    "UTC",
    "America/Mexico_City",
    "Europe/Berlin",
    "Pacific/Apia",
    "Asia/Kolkata",
    "America/Santiago",
    "Africa/Cairo",
)
ZONES = st.sampled_from(HARD).map(zone_of)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=50 * 365)).map(
    lambda since: datetime(1990, 1, 1, tzinfo=UTC) + since
)


@given(MONTHS)
def test_months_follow_each_other_without_a_gap(month: Month) -> None:
    assert month.after().before() == month == month.before().after()
    assert month.days()[-1] + DAY == month.after().first
    assert month.before().days()[-1] + DAY == month.first
    assert [day.month for day in month.days()] == [month.month] * len(month.days())
    assert month_of(str(month)) == month


@given(INSTANTS, ZONES)
def test_an_instant_lies_in_its_own_day_and_in_no_other(at: datetime, zone: tzinfo) -> None:
    day = at.astimezone(zone).date()
    start, end = span(day, day, zone)
    assert start <= at < end
    assert span(day - DAY, day - DAY, zone)[1] <= start
    assert span(day + DAY, day + DAY, zone)[0] >= end


@given(MONTHS.filter(lambda m: 1970 < m.year < 2040), ZONES)
def test_the_days_of_a_month_are_the_month(month: Month, zone: tzinfo) -> None:
    days = month.days()
    ends = [span(day, day, zone) for day in days]
    assert all(before[1] == after[0] for before, after in pairwise(ends))
    assert (ends[0][0], ends[-1][1]) == span(days[0], days[-1], zone)
    assert month_at(ends[0][0], zone) == month
    assert month_at(ends[-1][1] - timedelta(microseconds=1), zone) == month


def test_a_day_is_shorter_or_longer_when_clocks_are_moved() -> None:
    berlin = zone_of("Europe/Berlin")
    hours = [
        (end - start) / timedelta(hours=1)
        for start, end in (span(day, day, berlin) for day in (date(2026, 3, 29), date(2026, 10, 25)))
    ]
    assert hours == [23, 25]


def test_a_day_that_was_left_out_is_empty() -> None:
    """Samoa went from 29 to 31 December 2011."""
    start, end = span(date(2011, 12, 30), date(2011, 12, 30), zone_of("Pacific/Apia"))
    assert start == end


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "26-01", "2026-1", "1899-12", "2200-01", "٢٠٢٦-٠١"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    assert month_of(text) is None


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "20260101", "2026-W01-1", "1899-12-31", "2200-01-01", "load.svg"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert day_of(text) is None


def test_a_week_begins_where_the_language_says() -> None:
    sunday = date(2026, 11, 1)
    assert (column(sunday, 0), column(sunday, 6)) == (6, 0)


@given(INSTANTS, ZONES)
def test_a_time_read_in_a_zone_is_the_time_that_was_shown_in_it(at: datetime, zone: tzinfo) -> None:
    shown = at.astimezone(zone).replace(microsecond=0)
    read = read_local(shown.replace(tzinfo=None).isoformat(), zone)
    assert read is not None
    # An hour that comes twice is read as the first of the two.
    assert read.astimezone(UTC) in (
        shown.astimezone(UTC),
        shown.replace(fold=0).astimezone(UTC),
    )


def test_an_hour_that_is_left_out_stands_on_no_clock() -> None:
    assert read_local("2026-03-29T02:30", zone_of("Europe/Berlin")) is None
    assert read_local("2026-03-29T02:30", UTC) == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "now", "2026-03-29", "20260329T0230", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"],
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert read_local(text, zone_of("Asia/Kolkata")) is None or text.startswith(("0001", "9999"))


def test_zones_are_called_by_one_name_and_offsets_are_plain() -> None:
    assert {"America/Mexico_City", "Europe/Berlin"} <= names()
    assert zone_of("US/Central") is UTC
    assert zone_of("../../etc/passwd") is UTC
    at = datetime(2026, 1, 1, tzinfo=UTC)
    said = [offset(at.astimezone(zone_of(name))) for name in ("UTC", "America/Mexico_City", "Asia/Kolkata")]
    assert said == ["UTC", "UTC−6", "UTC+5:30"]
