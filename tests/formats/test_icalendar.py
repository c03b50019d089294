"""What is written for calendar programs follows RFC 5545, whatever the text."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tearline.formats.icalendar import Event, icalendar

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def lines(body: bytes) -> list[str]:
    """The content lines, unfolded (section 3.1)."""
    return body.replace(b"\r\n ", b"").decode().split("\r\n")


def written(summary: str) -> list[str]:
    return lines(icalendar([Event(uid="a@b", at=AT, summary=summary)], made=AT, name="Calendar"))


@given(st.text(max_size=300))
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    body = icalendar([Event(uid=text, at=AT, summary=text)], made=AT, name=text)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    names = [line.partition(":")[0] for line in lines(body) if line]
    head = ["BEGIN", "VERSION", "PRODID", "CALSCALE", "X-WR-CALNAME"]
    event = ["BEGIN", "UID", "DTSTAMP", "DTSTART", "SUMMARY", "TRANSP", "END"]
    assert names == [*head, *event, "END"]


def test_commas_semicolons_and_breaks_are_escaped() -> None:
    assert "SUMMARY:one\\, two\\; three\\\\four\\nfive" in written("one, two; three\\four\nfive")


def test_an_instant_is_written_in_utc() -> None:
    assert "DTSTART:20261120T093000Z" in written("x")
