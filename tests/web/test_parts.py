"""Long lists are shown in parts, and pages go out compressed where nobody else could have asked for them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Recorded, Role, about
from tearline.facts.identifiers import CompromiseId, PersonId
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.facts.release import ItemRegistered
from tearline.node import Order
from tearline.rooms.leaks.compromises import ReportCompromise
from tearline.web.parts import shown
from tests.web.conftest import visitor
from tests.web.world import World

INVESTIGATOR = Actor(PersonId("practice.investigator"), Role.INVESTIGATOR)


@given(st.integers(0, 40), st.integers(1, 9))
def test_from_part_to_part_every_entry_is_shown_once(count: int, most: int) -> None:
    whole = list(range(count))
    seen: list[int] = []
    first: int | None = 0
    while first is not None:
        part = shown(whole, first, most).part(lambda n: n)
        assert part.count == count
        assert part.first == first + 1
        assert part.before == (None if first == 0 else first - most)
        seen += part.rows
        first = part.after
    assert seen == whole


def test_a_part_behind_the_end_is_empty_and_leads_back() -> None:
    part = shown([1, 2, 3], 60, 50).part(str)
    assert (part.rows, part.before, part.after) == ([], 10, None)


LISTS = (
    ("/operations", "from", "live", r'href="(/operations/[^"/]+)"'),
    ("/parties", "units", "units", r'href="(/units/[^"/]+)"'),
    ("/parties", "agreements", "agreements", r'href="(/agreements/[^"/]+)"'),
    ("/harm", "from", None, r'<section[^>]*id="(after-[^"]+)"'),
)


@pytest.mark.parametrize(("path", "name", "panel", "row"), LISTS, ids=lambda value: str(value)[:20])
def test_a_list_begins_where_its_address_says(
    still: World, path: str, name: str, panel: str | None, row: str
) -> None:
    client = visitor(still, Role.HARM_DESK)

    def rows(address: str) -> list[str]:
        html = client.get(address).text
        if panel is not None:
            html = html[html.index(f'id="{panel}"') :]
            html = html[: html.index("</section>")]
        return list(dict.fromkeys(re.findall(row, html)))

    whole = rows(path)
    assert whole, "this world has nothing in the list, and the test tells nothing"
    assert rows(f"{path}?{name}=0") == whole
    assert rows(f"{path}?{name}=nonsense") == whole
    assert rows(f"{path}?{name}=1") == whole[1:]


@pytest.mark.parametrize("site", [None, "same-origin", "none"])
def test_what_the_reader_asked_for_is_compressed(still: World, site: str | None) -> None:
    asked = {"accept-encoding": "gzip"} | ({"sec-fetch-site": site} if site else {})
    answer = visitor(still, Role.CASE_AGENT).get("/", headers=asked)
    assert answer.headers["content-encoding"] == "gzip"
    assert "</html>" in answer.text


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_what_another_site_made_a_browser_ask_for_is_not_compressed(still: World, site: str) -> None:
    asked = {"accept-encoding": "gzip", "sec-fetch-site": site}
    answer = visitor(still, Role.CASE_AGENT).get("/", headers=asked)
    assert "content-encoding" not in answer.headers
    assert "</html>" in answer.text


def test_the_list_of_leaks_begins_where_its_address_says(world: World) -> None:
    for name in ("first", "second"):
        leak = CompromiseReported(
            compromise=CompromiseId(name),
            item=next(r.fact.item for r in items(world)),
            sure=Sureness.PROBABLE,
            seen=Sealed("read aloud"),
        )
        world.node.record(Order(command=ReportCompromise(leak), by=INVESTIGATOR))
    client = visitor(world, Role.INVESTIGATOR)
    assert re.findall(r'href="/leaks/(first|second)"', client.get("/leaks").text) == ["second", "first"]
    assert re.findall(r'href="/leaks/(first|second)"', client.get("/leaks?from=1").text) == ["first"]


def items(world: World) -> list[Recorded[ItemRegistered]]:
    known = world.node.ledger.read(about(kinds=(ItemRegistered,)))
    return [r for r in known.of(ItemRegistered) if r.told is None]
