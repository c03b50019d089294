"""Search and activity: what a reader may open, and no sign of anything else."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tearline.facts.history import Role
from tearline.search.documents import ENTRY, THINGS
from tearline.search.index import FILE, Searching, search_url
from tearline.web.searching import A_FEW, ORDER, PAGES, kinds_for
from tests.web.conftest import served, visitor
from tests.web.everything import Everything
from tests.web.test_access import SECRETS
from tests.web.test_browser import SIZES, context, violations
from tests.web.world import World

INSIDE = (Role.CASE_AGENT, Role.OVERSEER, Role.SENIOR_OFFICER)
OUTSIDE = (Role.PARTNER_LIAISON, Role.ADMINISTRATOR)


def hits(page: str) -> list[str]:
    found = page.partition('id="found"')[2].partition("</main>")[0]
    return re.findall(r'<li><a href="([^"]+)"', found)


def test_a_thing_is_found_and_leads_to_its_page(still: World) -> None:
    client = visitor(still, Role.CASE_AGENT)
    page = client.get("/search", params={"q": "practice item 1"}).text
    assert "/items/practice.item-1" in hits(page)
    for href in hits(client.get("/search", params={"q": "practice"}).text):
        assert client.get(href).status_code == 200, href
    assert "Nothing found" in client.get("/search", params={"q": "no such thing"}).text
    empty = client.get("/search").text
    assert 'id="found"' not in empty
    assert 'value=""' in empty


def test_what_is_sealed_is_found_by_nobody(still: World) -> None:
    client = visitor(still, Role.SENIOR_OFFICER)
    for secret in SECRETS.values():
        words = secret.replace("&#39;", "'")
        assert hits(client.get("/search", params={"q": words}).text) == []


def test_who_does_not_read_the_record_has_no_search_and_no_activity(still: World) -> None:
    for role in OUTSIDE:
        assert kinds_for(role) == frozenset()
        assert visitor(still, role).get("/search", params={"q": "practice"}).status_code == 404
    partner = visitor(still, Role.PARTNER_LIAISON)
    there = partner.get("/items/practice.item-1/activity")
    nowhere = partner.get("/items/practice.item-9/activity")
    assert there.status_code == nowhere.status_code == 404


def test_an_auditor_finds_what_an_auditor_may_open(still: World) -> None:
    page = visitor(still, Role.AUDITOR).get("/search", params={"q": "practice"}).text
    assert hits(page)
    assert all(h.startswith(("/agreements/", "/ledger/entries/")) for h in hits(page))
    narrowed = visitor(still, Role.AUDITOR).get("/search", params={"q": "practice", "kind": "item"}).text
    assert hits(narrowed) == hits(page), "a kind that is not theirs narrows nothing, and is not offered"
    assert 'value="item"' not in page


def test_a_search_is_narrowed_and_goes_on(still: World) -> None:
    client = visitor(still, Role.CASE_AGENT)
    units = client.get("/search", params={"q": "practice", "kind": "unit"}).text
    assert all(h.startswith("/units/") for h in hits(units))
    first = client.get("/search", params={"q": "p"}).text
    assert len(hits(first)) <= 25
    seen: list[str] = []
    where: str | None = "/search?q=practice"
    while where:
        page = client.get(where).text
        seen += hits(page)
        more = re.search(r'href="(/search\?[^"]+before=\d+)"', page)
        where = more[1].replace("&amp;", "&") if more else None
    assert len(seen) == len(set(seen)) > 10


def test_what_people_look_for_stands_before_what_only_an_entry_tells(still: World) -> None:
    page = visitor(still, Role.CASE_AGENT).get("/search", params={"q": "unit"}).text
    places = [page.find(f'id="found-{kind}"') for kind in ("unit", ENTRY)]
    assert 0 < places[0] < places[1]
    assert set(ORDER) == set(THINGS)
    entries = page[places[1] :].partition("</main>")[0]
    assert entries.count("<li><a href=") == A_FEW
    rest = re.search(r'href="(/search\?q=unit&amp;kind=entry)"', entries)
    assert rest is not None
    assert len(hits(visitor(still, Role.CASE_AGENT).get(rest[1].replace("&amp;", "&")).text)) > A_FEW


def test_where_much_fits_other_entries_are_found_by_asking_for_them(everything: Everything) -> None:
    client = visitor(everything.world, Role.CASE_AGENT)
    page = client.get("/search", params={"q": "pr"}).text
    assert "Much fits" in page
    assert 'id="found-entry"' not in page
    assert 'id="found-entry"' in client.get("/search", params={"q": "pr", "kind": ENTRY}).text


def test_a_thing_is_called_as_on_its_page_with_its_identifier_beside_it(still: World) -> None:
    page = visitor(still, Role.CASE_AGENT).get("/search", params={"q": "practice.unit", "kind": "unit"}).text
    assert ">Liaison Unit South</a>" in page
    assert "<code>practice.unit</code>" in page


@pytest.mark.parametrize("before", ["-1", "x", "99999999999999999999", "1e3", "", "0", "٣"])
def test_a_cursor_that_is_none_is_the_beginning_or_the_end(still: World, before: str) -> None:
    answer = visitor(still, Role.CASE_AGENT).get("/search", params={"q": "practice", "before": before})
    assert answer.status_code == 200


def test_markup_in_a_query_is_text(still: World) -> None:
    page = visitor(still, Role.CASE_AGENT).get("/search", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_each_kind_has_a_page_or_an_entry() -> None:
    assert set(PAGES) <= set(THINGS)
    assert kinds_for(Role.CASE_AGENT) == set(THINGS)


def test_activity_is_the_ledger_cut_to_one_thing(still: World) -> None:
    client = visitor(still, Role.CASE_AGENT)
    for path in ("/items/practice.item-1", "/units/practice.unit", "/people/practice.commander",
                 "/agreements/practice.agreement"):  # fmt: skip
        assert f'href="{path}/activity"' in client.get(path).text
        page = client.get(f"{path}/activity").text
        entries = re.findall(r'href="(/ledger/entries/\d+)"', page)
        proofs = re.findall(r'href="(/ledger/entries/\d+/proof)"', page)
        assert entries
        assert [f"{e}/proof" for e in entries] == proofs
        assert client.get(proofs[0]).status_code == 200
        name = path.rpartition("/")[2]
        assert name in client.get(entries[0]).text
        assert not any(secret in page for secret in SECRETS.values())
    for path in ("/items/none/activity", "/items/UPPER/activity", "/releases/none/activity"):
        assert client.get(path).status_code == 404


def test_an_index_given_an_address_stays_there(still: World, tmp_path: Path) -> None:
    searching = Searching(still.node.ledger, search_url(tmp_path, None))
    assert not (tmp_path / FILE).exists(), "nothing is made before somebody looks"
    assert searching.index().caught_up()
    assert searching.index() is searching.index()
    assert (tmp_path / FILE).exists()
    searching.close()
    passing = Searching(still.node.ledger, None)
    assert passing.index().caught_up()
    passing.close()


@pytest.mark.browser
@pytest.mark.parametrize(("language", "size"), [("en", "wide"), ("es", "narrow")])
def test_search_and_activity_keep_nobody_out(
    still: World, browser: Browser, language: str, size: str
) -> None:
    with served(still) as address, context(browser, address, Role.CASE_AGENT, language, size) as visit:
        page = visit.new_page()
        for path in (
            "/search",
            "/search?q=practice&kind=item",
            "/search?q=zzz",
            "/items/practice.item-1/activity",
        ):
            page.goto(address + path)
            assert page.evaluate("document.documentElement.lang") == language
            assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0], path
            assert violations(page) == [], path
