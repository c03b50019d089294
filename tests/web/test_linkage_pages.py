"""Who is who on its pages: side by side, judged by a plain form, put together, taken apart and undone."""

import re
from pathlib import Path
from string import ascii_lowercase
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.testclient import TestClient

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Role, about
from tearline.facts.identifiers import ReportId, VictimId
from tearline.facts.linkage import (
    LinkageRun,
    LinkUndone,
    PairJudged,
    PlaceLocated,
    VictimsMerged,
    VictimsSplit,
)
from tearline.facts.register import ConsentWithdrawn, Sex, VictimReported
from tearline.rooms.linkage import LINKING, RunLinkage
from tearline.web import waited_for
from tearline.web.parts import MOST
from tearline.web.policy import READERS
from tests.api.conftest import Caller
from tests.registers import register, report, victim
from tests.web.conftest import make_world, visitor
from tests.web.counted import compared, recorded
from tests.web.world import World

REGISTER = register(seed=5, victims=30, prefix="practice")
KEY = {"key": "k" * 24}


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    recorded(made.node, REGISTER.facts)
    compared(made.node)
    return made


@pytest.fixture
def analyst(world: World) -> TestClient:
    return visitor(world, Role.LINKAGE_ANALYST)


def doubtful(world: World) -> list[tuple[str, str]]:
    runs = world.node.ledger.read(about(kinds=(LinkageRun,)), opening=RunLinkage.opens).of(LinkageRun)
    return [(p.a, p.b) for p in runs[-1].fact.doubtful.open()]


def test_the_most_doubtful_pair_comes_first_with_what_differs(world: World, analyst: TestClient) -> None:
    (a, b), *_ = doubtful(world)
    page = analyst.get("/harm/linkage/review").text
    assert f"/harm/linkage/review?a={a}&amp;b={b}&amp;at=0" in page
    assert "tl-review__how" in page
    for key in ("s", "d", "u", "ArrowRight"):
        assert f'data-review="{key}"' in page


def test_a_judgement_is_of_the_pair_that_was_shown_and_the_next_one_follows(
    world: World, analyst: TestClient
) -> None:
    (a, b), (c, d), *_ = doubtful(world)
    other = visitor(world, Role.HARM_DESK)
    other.post(f"/harm/linkage/review?a={a}&b={b}&at=0", data=KEY | {"judgement": "unsure"})
    sent = analyst.post(f"/harm/linkage/review?a={a}&b={b}&at=0", data=KEY | {"judgement": "different"})
    assert sent.status_code == 303
    judged = world.node.ledger.read(about(kinds=(PairJudged,))).of(PairJudged)
    assert [(r.fact.a, r.fact.b, r.fact.judgement.value) for r in judged] == [
        (a, b, "unsure"),
        (a, b, "different"),
    ]
    after = analyst.get(sent.headers["location"]).text
    assert f"a={c}&amp;b={d}" in after
    assert f'href="/harm/linkage/review?a={a}&amp;b={b}"' in after  # the last one, to look at it again


def test_after_a_judgement_one_stays_where_one_was(world: World, analyst: TestClient) -> None:
    (_, _), (_, _), (a, b), *_ = doubtful(world)
    sent = analyst.post(f"/harm/linkage/review?a={a}&b={b}&at=2", data=KEY | {"judgement": "different"})
    then = parse_qs(urlsplit(sent.headers["location"]).query)
    assert then["at"] == ["2"]
    page = analyst.get(sent.headers["location"]).text
    assert f"Entry {then['recorded'][0]} in the ledger" in page
    (_, _), (_, _), (c, d), *_ = [pair for pair in doubtful(world) if pair != (a, b)]
    assert f"a={c}&amp;b={d}&amp;at=2" in page


def test_nothing_is_recorded_without_a_judgement(world: World, analyst: TestClient) -> None:
    (a, b), *_ = doubtful(world)
    before = world.node.ledger.size()
    assert analyst.post(f"/harm/linkage/review?a={a}&b={b}", data=KEY).status_code == 422
    assert world.node.ledger.size() == before


def told_name(world: World, victim: VictimId) -> str:
    asked = about(f"victim:{victim}", kinds=(VictimReported,))
    (told,) = world.node.ledger.read(asked, opening=frozenset({Compartment.VICTIMS})).of(VictimReported)
    name = told.fact.given_names.value or told.fact.paternal_surname.value
    assert name
    return name


def test_groups_are_taken_up_and_each_is_taken_back_by_itself(world: World, analyst: TestClient) -> None:
    page = analyst.get("/harm/linkage").text
    there = next(part for part in page.split('"') if part.endswith("/take-up"))
    assert analyst.post(there, data=KEY | {"least": "0.9"}).status_code == 303
    merged = world.node.ledger.read(about(kinds=(VictimsMerged,))).of(VictimsMerged)
    assert merged
    name = merged[-1].fact.merge
    undo = f"/harm/linkage/merges/{name}/undo"
    assert f'href="{undo}"' in analyst.get("/harm/linkage").text
    form = analyst.get(undo).text
    assert all(told_name(world, v) in form for v in merged[-1].fact.victims)
    assert "taken up from a comparison" in form
    assert analyst.post(undo, data=KEY | {"reason": "two cousins"}).status_code == 303
    assert world.node.ledger.read(about(kinds=(LinkUndone,))).of(LinkUndone)[-1].fact.merge == name
    assert f'href="{undo}"' not in analyst.get("/harm/linkage").text
    assert analyst.post(undo, data={"key": "l" * 24, "reason": "again"}).status_code == 409


def test_a_person_is_put_together_and_taken_apart_by_hand(world: World, analyst: TestClient) -> None:
    facts = [report("practice.x"), report("practice.y"), report("practice.z")]
    people = [
        victim("practice.vx", "practice.x", given="Zoila", paternal="Xol"),
        victim("practice.vy", "practice.y", given="Zoila", paternal="Xol", sex=Sex.FEMALE),
        victim("practice.vz", "practice.z", given="Zoilo", paternal="Xol", sex=Sex.MALE),
    ]
    recorded(world.node, [*facts, *people])
    form = "/harm/linkage/people/practice.vx/merge"
    assert 'value="practice.vy"' in analyst.get(form).text
    both = KEY | {"victims": ["practice.vy", "practice.vz"], "reason": "the same scar", "despite": "no"}
    refused = analyst.post(form, data=both)
    assert refused.status_code == 409
    assert "sex" in refused.text
    assert analyst.post(form, data=both | {"key": "l" * 24, "despite": "yes"}).status_code == 303
    page = analyst.get("/harm/linkage/people/practice.vz").text
    assert "3 reports tell of this person." in page
    split = "/harm/linkage/people/practice.vx/split"
    sent = analyst.post(split, data=KEY | {"leave": "practice.vz", "reason": "a brother"})
    assert sent.status_code == 303
    assert world.node.ledger.read(about(kinds=(VictimsSplit,))).of(VictimsSplit)[-1].fact.leave == (
        "practice.vz",
    )
    assert "1 report tells of this person." in analyst.get("/harm/linkage/people/practice.vz").text


@pytest.mark.parametrize("role", sorted(READERS - LINKING))
def test_to_everybody_else_there_is_no_such_page(world: World, role: Role) -> None:
    client = visitor(world, role)
    for path in (
        "/harm/linkage",
        "/harm/linkage/places",
        "/harm/linkage/review",
        "/harm/linkage/people/practice-v1",
    ):
        assert client.get(path).status_code == 404
    assert "/harm/linkage" not in client.get("/harm").text


def test_what_would_keep_others_waiting_is_for_the_command_line(
    world: World, analyst: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waited_for, "MOST_COMPARED", 3)
    before = world.node.ledger.size()
    answer = analyst.post("/harm/linkage/run", data=KEY | {"seed": "1"})
    assert answer.status_code == 409
    assert "tearline harm" in answer.text
    assert world.node.ledger.size() == before


def test_a_place_is_looked_up_and_pairs_say_how_far_apart(world: World, analyst: TestClient) -> None:
    page = analyst.get("/harm/linkage/places").text
    named = re.findall(r'href="(/harm/linkage/places/locate\?victim=[^"]+)">([^<]+)<', page)
    assert len(named) >= 2
    for (form, place), where in zip(named[:2], ("28.34, -100.85", "20.66, -103.35"), strict=True):
        assert f'value="{place}"' in analyst.get(form).text
        sent = analyst.post(form, data=KEY | {"place": place, "degrees": where})
        assert sent.status_code == 303, sent.text
    after = analyst.get("/harm/linkage/places").text
    assert "28.34, -100.85" in after
    assert 'value="28.34, -100.85"' in analyst.get(named[0][0]).text
    assert "20.66, -103.35" in after
    one, other = (
        next(f.victim for f in REGISTER.facts if isinstance(f, VictimReported) and f.place.value == name)
        for _, name in named[:2]
    )
    assert "differs, about 891 km" in analyst.get(f"/harm/linkage/review?a={one}&b={other}").text
    assert " km" not in analyst.get(f"/harm/linkage/review?a={one}&b={one}").text


def test_many_places_are_shown_in_parts(world: World, analyst: TestClient) -> None:
    towns = [f"Pueblo {one}{other}" for one in ascii_lowercase for other in ascii_lowercase][: 2 * MOST]
    for n, town in enumerate(towns):
        name = f"practice.x{n}"
        recorded(world.node, [report(name), victim(f"practice.vx{n}", name, place=town)])
    pages = [analyst.get(f"/harm/linkage/places?from={n * MOST}").text for n in range(4)]
    named = [re.findall(r"/harm/linkage/places/locate\?victim=[^\"]+", page) for page in pages]
    assert [len(some) for some in named[:2]] == [MOST, MOST]
    assert named[3] == []
    every = [one for some in named for one in some]
    assert len(set(every)) == len(every) > 2 * MOST
    assert f'href="?from={MOST}"' in pages[0]
    assert analyst.get("/harm/linkage/places/locate").text.count("<option") == MOST


def test_no_address_says_a_place(world: World, analyst: TestClient) -> None:
    """An address is kept in histories and in the logs of a proxy; a place is sealed."""
    only = victim("practice.vx", "practice.x", given="Zoila", paternal="Xol", place="Oculto <b>")
    recorded(world.node, [report("practice.x"), only])
    page = analyst.get("/harm/linkage/places").text
    assert "Oculto &lt;b&gt;" in page
    (form,) = re.findall(r'href="([^"]+)">Oculto', page)
    assert not [href for href in re.findall(r'(?:href|action)="([^"]*)"', page) if "Oculto" in href]
    shown = analyst.get(form).text
    assert 'value="Oculto &lt;b&gt;"' in shown
    assert not [href for href in re.findall(r'(?:href|action)="([^"]*)"', shown) if "Oculto" in href]


def test_more_than_two_decimals_of_a_degree_are_refused(world: World, analyst: TestClient) -> None:
    before = world.node.ledger.size()
    sent = analyst.post(
        "/harm/linkage/places/locate", data=KEY | {"place": "Allende", "degrees": "28.3412, -100.8512"}
    )
    assert sent.status_code == 409
    assert "28.34, -100.85" in sent.text
    assert world.node.ledger.size() == before


def test_what_a_withdrawn_report_alone_named_is_no_place_any_more(world: World, analyst: TestClient) -> None:
    towns = (("Nowhere Else", "28.34, -100.85"), ("Norte", "28.61, -100.64"))
    lie = [PlaceLocated(place=Sealed(town), degrees=Sealed(at)) for town, at in towns]
    told = victim("practice.vx", "practice.x", given="Zoila", place="Nowhere Else")
    recorded(world.node, [report("practice.x"), told, *lie])
    caller = Caller(analyst, Role.LINKAGE_ANALYST)

    def there() -> list[str]:
        return [
            one["fields"]["place"]["value"] for one in caller.get("/harm/linkage/places").json()["places"]
        ]

    assert there() == ["Nowhere Else", "Norte"]
    assert "Nowhere Else" in analyst.get("/harm/linkage/places").text
    recorded(world.node, [ConsentWithdrawn(report=ReportId("practice.x"))])
    assert there() == ["Norte"]
    assert "Nowhere Else" not in analyst.get("/harm/linkage/places").text
