"""The calendar: what falls due on the day on which it does, for those whom it concerns, and by identifiers abroad."""

import re
from datetime import timedelta

import pytest

from tearline.facts.history import Role
from tests.web.conftest import visitor
from tests.web.test_access import SECRETS
from tests.web.test_flow import ask
from tests.web.world import START, World

PERISHES = START + timedelta(days=20)
DAY = f"{PERISHES:%Y-%m-%d}"
MONTH = f"/calendar?month={PERISHES:%Y-%m}"
INSIDE = [
    Role.CASE_AGENT,
    Role.SENIOR_OFFICER,
    Role.VETTING_OFFICER,
    Role.OVERSEER,
    Role.AUDITOR,
    Role.HARM_DESK,
]
PATHS = ("/calendar", f"/calendar/{DAY}", "/calendar.ics", "/calendar/load.svg")


def day(page: str, iso: str) -> str:
    """What stands on one day of a month's page."""
    found = re.search(
        rf'<time datetime="{iso}">.*?</li>\n<li class="tl-day|<time datetime="{iso}">.*?</ol>',
        page,
        re.DOTALL,
    )
    assert found, iso
    return found[0]


@pytest.mark.parametrize(("language", "words"), [("en", "Item perishes"), ("es", "Caduca un elemento")])
def test_a_date_stands_on_its_day(still: World, language: str, words: str) -> None:
    page = visitor(still, Role.CASE_AGENT, language).get(MONTH).text
    assert words in day(page, DAY)
    assert "Route of a shipment" in day(page, DAY)
    assert page.count(f"<b>{words}</b>") == 2
    assert 'rel="prev"' in page
    assert 'rel="next"' in page


def test_a_day_is_the_reader_s_own(still: World) -> None:
    client = visitor(still, Role.CASE_AGENT)
    client.cookies.set("zone", "Pacific/Auckland")
    tomorrow = f"{PERISHES + timedelta(hours=13):%Y-%m-%d}"
    still_there = client.get(f"/calendar/{DAY}").text
    assert "Item perishes" in client.get(MONTH).text
    assert ("Item perishes" in still_there) == (tomorrow == DAY)


def test_mine_is_what_concerns_the_role_and_all_is_all(still: World) -> None:
    vetting = visitor(still, Role.VETTING_OFFICER)
    assert "Item perishes" not in vetting.get(MONTH).text
    assert "Item perishes" in vetting.get(f"{MONTH}&show=all").text
    until = START + timedelta(days=365)
    month = vetting.get(f"/calendar?month={until:%Y-%m}").text
    assert "vetting ends" in day(month, f"{until:%Y-%m-%d}")


def test_a_long_day_says_how_many_more_there_are_and_has_them_all(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    busy = f"{START + timedelta(days=30):%Y-%m-%d}"
    month = day(client.get(f"/calendar?month={busy[:7]}&show=all").text, busy)
    more = re.search(r"(\d+) more", month)
    assert more
    whole = client.get(f"/calendar/{busy}?show=all").text
    assert whole.count('class="tl-due ') == month.count('class="tl-due ') + int(more[1])


def test_titles_are_called_by_name_only_to_those_who_may_know_them(still: World) -> None:
    for role in (Role.VETTING_OFFICER, Role.OVERSEER, Role.AUDITOR):
        page = visitor(still, role).get(f"{MONTH}&show=all").text
        assert "Route of a shipment" not in page
        assert "practice.item-1" in page


def test_the_file_for_calendar_programs_bears_clear_fields_only(still: World) -> None:
    answer = visitor(still, Role.SENIOR_OFFICER).get("/calendar.ics?show=all")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert "attachment" in answer.headers["content-disposition"]
    text = answer.text.replace("\r\n ", "")
    assert f"DTSTART:{PERISHES:%Y%m%dT%H%M%SZ}" in text
    assert "SUMMARY:Item perishes: practice.item-1" in text
    uids = re.findall(r"^UID:(.*)\r$", text, re.MULTILINE)
    assert len(uids) == len(set(uids)) > 5
    for secret in (*SECRETS.values(), "Route of a shipment", "Meeting place", "Commander of the unit"):
        assert secret not in text


@pytest.mark.parametrize("role", INSIDE)
def test_one_s_own_side_may_look(still: World, role: Role) -> None:
    client = visitor(still, role)
    assert [client.get(path).status_code for path in PATHS] == [200] * len(PATHS)


@pytest.mark.parametrize("role", [Role.PARTNER_LIAISON, Role.ADMINISTRATOR])
def test_for_the_partner_and_the_administrator_there_is_no_calendar(still: World, role: Role) -> None:
    client = visitor(still, role)
    assert [client.get(path).status_code for path in PATHS] == [404] * len(PATHS)


def test_without_an_identity_nothing_is_shown(still: World) -> None:
    assert {visitor(still).get(path).status_code for path in PATHS} == {303}


@pytest.mark.parametrize(
    "path", ["/calendar/2026-02-30", "/calendar/tomorrow", "/calendar/20261201", "/calendar/1800-01-01"]
)
def test_a_day_that_is_none_is_not_there(still: World, path: str) -> None:
    assert visitor(still, Role.OVERSEER).get(path).status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "x", "99999-01", "1899-12", "2026-1", "%00"])
def test_a_month_that_is_none_is_this_month(still: World, month: str) -> None:
    page = visitor(still, Role.OVERSEER).get(f"/calendar?month={month}")
    assert page.status_code == 200
    assert "November 2026" in page.text


@pytest.mark.parametrize("month", ["1900-01", "2199-12"])
def test_the_calendar_ends_somewhere(still: World, month: str) -> None:
    page = visitor(still, Role.OVERSEER).get(f"/calendar?month={month}").text
    assert ('rel="prev"' in page) != ('rel="next"' in page)


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_refused(still: World, path: str, method: str) -> None:
    assert getattr(visitor(still, Role.OVERSEER), method)(path).status_code == 405


def test_what_is_recorded_shows_at_once(world: World) -> None:
    client = visitor(world, Role.OVERSEER)
    before = client.get("/calendar.ics?show=all").text.count("BEGIN:VEVENT")
    ask(world)
    assert client.get("/calendar.ics?show=all").text.count("BEGIN:VEVENT") >= before
