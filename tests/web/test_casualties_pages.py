"""How many there were on its pages: documented first, refusals in sentences; in public nothing that tells of few."""

import re
from dataclasses import replace
from datetime import UTC
from math import log
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tearline.facts.casualties import CasualtiesEstimated, HarmPublished
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import History, Role, about
from tearline.facts.identifiers import EstimateId, PublicationId
from tearline.facts.register import Condition, ConsentWithdrawn
from tearline.facts.words import Language
from tearline.folds.suppression import RULE
from tearline.web.casualties import public
from tearline.web.tongue import tongue
from tests.registers import report, victim
from tests.rooms.test_casualties import KNOWN, estimate_of
from tests.web.conftest import make_world, visitor
from tests.web.counted import recorded
from tests.web.world import World
from tests.worlds import World as Facts
from tests.worlds import on

KEY = {"key": "k" * 24}
SCOPE = KEY | {
    "unit": "people who disappeared",
    "area": "the north",
    "first_day": "2011-03-01",
    "last_day": "2011-03-31",
    "harm": "disappeared",
}
NAMES = "Ada Bea Cleo Dora Ema Flor Gala Hebe Ines Julia Kira Luz".split()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Twelve people told of by a court, two of them dead, three elsewhere."""
    made = make_world(tmp_path)
    for n, given in enumerate(NAMES):
        told = report(f"practice.r{n}", on="practice.court", place="Sur" if n < 3 else "Norte")
        condition = Condition.DEAD if n < 2 else Condition.MISSING
        recorded(made.node, [told, victim(f"practice.v{n}", told.report, given=given, condition=condition)])
    return made


def estimated(world: World, key: str = "k" * 24) -> str:
    form = SCOPE | {"key": key}
    assert visitor(world, Role.LINKAGE_ANALYST).post("/harm/estimates/new", data=form).status_code == 303
    return (
        world.node.ledger.read(about(kinds=(CasualtiesEstimated,))).of(CasualtiesEstimated)[-1].fact.estimate
    )


@pytest.mark.parametrize(
    ("language", "documented", "because"),
    [
        ("en", "people documented", "Fewer than three lists"),
        ("es", "personas documentadas", "Menos de tres listas"),
    ],
)
def test_documented_people_come_first_and_why_there_is_no_number_is_said(
    world: World, language: str, documented: str, because: str
) -> None:
    name = estimated(world)
    page = visitor(world, Role.OVERSEER, language).get(f"/harm/estimates/{name}").text
    assert page.index(f"<b>12</b><h2>{documented}") < page.index(because)
    assert "the north" in page
    assert 'class="tl-dot' not in page  # how lists overlap is sealed to an overseer
    assert 'class="tl-dot' in visitor(world, Role.LINKAGE_ANALYST).get(f"/harm/estimates/{name}").text


def test_of_each_two_lists_it_is_told_how_much_they_go_together_to_whoever_opens_them(world: World) -> None:
    """Of 15 on all three and as many on none but one: (15.5 * 80.5) / (30.5 * 20.5) among those on the third."""
    of_three: Sealed[tuple[int, ...]] = Sealed((0, 120, 90, 40, 80, 30, 20, 15))
    recorded(world.node, [replace(estimate_of(KNOWN), lists=3, histories=of_three)])
    address = f"/harm/estimates/{estimate_of(KNOWN).estimate}"
    analyst = visitor(world, Role.LINKAGE_ANALYST).get(address).text
    assert re.findall(r"(A and B|A and C|B and C)</th>.*?>(\d+)<", analyst, re.DOTALL) == [
        ("A and B", "55"),
        ("A and C", "45"),
        ("B and C", "35"),
    ]
    assert f"{log(15.5 * 80.5 / (30.5 * 20.5)):.2f} (" in analyst
    assert "A y B" in visitor(world, Role.HARM_DESK, "es").get(address).text
    assert "A and B" not in visitor(world, Role.OVERSEER).get(address).text


def test_a_scope_without_an_area_is_not_counted(world: World) -> None:
    before = world.node.ledger.size()
    answer = visitor(world, Role.HARM_DESK).post("/harm/estimates/new", data=SCOPE | {"area": " "})
    assert answer.status_code == 422
    assert world.node.ledger.size() == before


def test_whoever_estimated_does_not_publish_and_somebody_else_does(world: World) -> None:
    name = estimated(world)
    assert (
        f"/harm/estimates/{name}/publish"
        not in visitor(world, Role.LINKAGE_ANALYST).get("/harm/estimates").text
    )
    desk: TestClient = visitor(world, Role.HARM_DESK)
    assert desk.post(f"/harm/estimates/{name}/publish", data=KEY).status_code == 303
    assert len(world.node.ledger.read(about(kinds=(HarmPublished,))).of(HarmPublished)) == 1


def test_in_public_no_count_under_five_and_none_that_could_be_worked_out(world: World) -> None:
    name = estimated(world)
    nobody = visitor(world)
    assert "Nothing is public yet" in nobody.get("/public/harm").text
    visitor(world, Role.HARM_DESK).post(f"/harm/estimates/{name}/publish", data=KEY)
    page = nobody.get("/public/harm").text
    assert "<b>12</b>" in page
    # Two of twelve are dead, and three elsewhere: either table would tell it, so neither is shown.
    assert "dead" not in page.lower()
    assert "Norte" not in page
    for given in NAMES:
        assert f" {given} " not in page


UNNAMED = "Reports may also tell of people whom they do not name. How many is not made public."
RANGES = [(0, 0), *((n, m) for n in range(1, 8) for m in (*range(n, 9), None))]
"""All that reports can tell of a few people besides those they name: at least, and at most."""


def with_unnamed(*ranges: tuple[int, int | None]) -> History:
    """A scope that was made public so many times; nothing else differs between these publications."""
    of = Facts().tell(*(f for n, between in enumerate(ranges) for f in made_public(n, *between)))
    return of.history


def made_public(n: int, least: int, most: int | None) -> list[Fact]:
    name = EstimateId(f"e{n}")
    return [
        replace(estimate_of(KNOWN), estimate=name, unnamed_least=least, unnamed_most=most),
        HarmPublished(
            publication=PublicationId(f"p{n}"), estimate=name, by_condition=(), by_place=(), rule=RULE
        ),
    ]


@pytest.mark.parametrize("language", Language)
def test_whatever_reports_tell_of_people_without_a_name_the_public_reads_the_same(language: Language) -> None:
    """The attacker of ``tests/folds/test_suppression.py``, who tries every range here, and every two in a row."""
    say, day = tongue(language, UTC), on(0).date()
    seen = {str(public.view(say, with_unnamed(one), day)) for one in RANGES}
    assert len(seen) == 1
    seen = {
        str(public.view(say, with_unnamed(one, other), day)) for one in RANGES[::3] for other in RANGES[::3]
    }
    assert len(seen) == 1


def test_reports_of_a_few_without_a_name_come_and_go_and_the_public_does_not_learn_it(world: World) -> None:
    def published(key: str) -> str:
        name = estimated(world, key * 24)
        desk = visitor(world, Role.HARM_DESK)
        assert desk.post(f"/harm/estimates/{name}/publish", data=KEY).status_code == 303
        inside = visitor(world, Role.OVERSEER).get(f"/harm/estimates/{name}").text
        assert ("whom they do not name; some may be" in inside) == (key != "a")
        page = visitor(world).get("/public/harm").text
        assert UNNAMED in page
        assert "whom they do not name; some may be" not in page
        answer = desk.get("/api/v1/harm/public", headers={"authorization": "Bearer demo:harm-desk"})
        assert answer.status_code == 200
        assert "unnamed" not in answer.text
        return page.partition("people documented")[2].partition("</section>")[0]

    first = published("a")
    few = [report(f"practice.n{n}", least=n, most=n, place="Norte") for n in (1, 2)]
    recorded(world.node, few)
    assert published("b") == first
    recorded(world.node, [ConsentWithdrawn(report=few[0].report)])
    assert published("c") == first


def test_when_consent_goes_the_public_is_told_that_the_figure_is_superseded(world: World) -> None:
    name = estimated(world)
    visitor(world, Role.HARM_DESK).post(f"/harm/estimates/{name}/publish", data=KEY)
    recorded(world.node, [ConsentWithdrawn(report=report("practice.r5").report)])
    assert "Superseded" in visitor(world).get("/public/harm").text
    page = visitor(world, Role.OVERSEER).get(f"/harm/estimates/{name}").text
    assert "Consent was withdrawn: 1 report" in page
    anew = estimated(world, "l" * 24)
    refused = visitor(world, Role.HARM_DESK).post(f"/harm/estimates/{anew}/publish", data=KEY)
    assert refused.status_code == 409  # eleven beside twelve would tell of the one who left


def test_the_public_page_takes_nothing_but_get_and_opens_nothing_sealed(world: World) -> None:
    nobody = visitor(world)
    assert nobody.post("/public/harm", data=KEY).status_code == 405
    kept = nobody.app.state.public_harm.history()  # type: ignore[attr-defined]  # the site's own
    assert all(not r.fact.given_names.value for r in kept if type(r.fact).__name__ == "VictimReported")
