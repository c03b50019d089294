"""Language, time zone and keys are chosen on one page, by anybody, and hold on every other."""

import re

import pytest

from tearline.facts.history import Role, about
from tearline.facts.leaks import CompromiseReported
from tests.web.conftest import visitor
from tests.web.world import World

MEXICO = {"language": "es", "zone": "America/Mexico_City", "keys": "off", "back": "/units/practice.unit"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_needs_no_identity(still: World, language: str) -> None:
    page = visitor(still, language=language).get("/preferences")
    assert page.status_code == 200
    place = {"en": "Mexico City", "es": "Ciudad de México"}[language]
    assert f'<option value="America/Mexico_City">{place}</option>' in page.text
    assert page.text.count("<option") > 200


def test_what_is_chosen_holds_on_other_pages(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    assert "09:00 UTC<" in client.get("/units/practice.unit").text
    answer = client.post("/preferences", data=MEXICO)
    assert (answer.status_code, answer.headers["location"]) == (303, "/units/practice.unit")
    page = client.get("/units/practice.unit").text
    assert '<html lang="es">' in page
    assert "03:00 UTC−6" in page
    assert "09:00 UTC<" not in page
    assert "Ciudad de México (America/Mexico_City)" in page
    assert "<body>" in page  # and no keys


@pytest.mark.parametrize(
    "wrong",
    [{"zone": "Mars/Olympus"}, {"zone": "../../etc/passwd"}, {"zone": ""}, {"language": "xx"}, {"keys": "maybe"}],
)  # fmt: skip
def test_what_is_not_offered_changes_nothing(still: World, wrong: dict[str, str]) -> None:
    client = visitor(still, Role.OVERSEER)
    answer = client.post("/preferences", data=MEXICO | wrong)
    assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", "nowhere", ""]
)
def test_nobody_is_sent_elsewhere(still: World, back: str) -> None:
    answer = visitor(still, Role.OVERSEER).post("/preferences", data=MEXICO | {"back": back})
    assert answer.headers["location"] == "/"


def test_the_page_comes_back_to_where_one_came_from(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    page = client.get("/preferences", headers={"referer": "http://127.0.0.1/parties?from=3"}).text
    assert 'name="back" value="/parties?from=3"' in page
    for referer in ("http://[", "http://127.0.0.1/preferences", "javascript:alert(1)"):
        assert 'name="back" value="/"' in client.get("/preferences", headers={"referer": referer}).text


def test_a_cookie_with_an_unknown_zone_means_utc(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    client.cookies.set("zone", "Mars/Olympus")
    assert "Times are in UTC." in client.get("/").text


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(still: World, method: str) -> None:
    assert getattr(visitor(still), method)("/preferences").status_code == 405


def report(world: World, **given: str) -> int:
    client = visitor(world, Role.INVESTIGATOR)
    client.cookies.set("zone", "Europe/Berlin")
    form = {"item": "practice.item-1", "sure": "confirmed", "seen": "They moved.", "key": "k" * 12, **given}
    return client.post("/leaks/new", data=form).status_code


def test_a_form_reads_times_in_the_zone_that_it_named(world: World) -> None:
    world.clock.move(days=2)  # nothing is known of an item before it was registered
    client = visitor(world, Role.INVESTIGATOR)
    client.cookies.set("zone", "Europe/Berlin")
    shown = client.get("/leaks/new").text
    assert re.search(r'name="zone" value="Europe/Berlin"', shown)
    assert "Times in Berlin (Europe/Berlin)" in shown
    assert report(world, **{"happened-at": "2026-11-21T10:00", "zone": "Europe/Berlin"}) == 303
    # Chosen anew in another window while the form stood open: it still means what it said.
    assert (
        report(world, **{"happened-at": "2026-11-21T10:00", "zone": "Asia/Kolkata", "key": "l" * 12}) == 303
    )
    reported = world.node.ledger.read(about(kinds=(CompromiseReported,))).of(CompromiseReported)
    hours = [f"{r.happened_at:%H:%M}" for r in reported if not r.told]
    assert hours == ["09:00", "04:30"]


def test_a_time_that_no_clock_shows_is_refused(world: World) -> None:
    assert report(world, **{"happened-at": "2026-03-29T02:30", "zone": "Europe/Berlin"}) == 422


def test_every_page_of_a_demonstration_says_that_nobody_signed_in(still: World) -> None:
    client = visitor(still, Role.OVERSEER)
    for path in ("/", "/preferences", "/identity", "/releases", "/nothing-here", "/calendar"):
        assert "Nobody signed in" in client.get(path).text, path
