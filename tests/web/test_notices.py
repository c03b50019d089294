"""Notifications on the site: each role is told its own, a look marks no more than was shown, the badge counts."""

import re

from starlette.testclient import TestClient

from tearline.facts.fact import Sealed
from tearline.facts.history import Role
from tearline.facts.identifiers import DissentId, ItemId, ThreatId
from tearline.facts.release import DissentAnswered, DissentRecorded
from tearline.facts.warnings import ThreatAssessed, ThreatHarm
from tearline.rooms.release.dissents import AnswerDissent, RecordDissent
from tearline.rooms.warnings import AssessThreat
from tests.web.conftest import visitor
from tests.web.everything import Everything, fill
from tests.web.test_flow import ask
from tests.web.world import World, act

PAGE = "/notifications"


def form_of(html: str) -> dict[str, str]:
    return {name: re.search(f'name="{name}" value="(\\d+)"', html)[1] for name in ("position", "at")}  # type: ignore[index]


def badge(client: TestClient, path: str = "/") -> int:
    found = re.search(r'aria-label="Notifications: (\d+) new"', client.get(path).text)
    return int(found[1]) if found else 0


def dissent(world: World, name: str) -> None:
    fact = DissentRecorded(
        dissent=DissentId(name), item=ItemId("practice.item-2"), reasons=Sealed("They leak.")
    )
    world.node.record_all(act(Role.CASE_AGENT, RecordDissent(fact)))


def test_whoever_dissented_is_told_of_the_answer_until_they_have_looked(world: World) -> None:
    fill(world)
    agent = visitor(world, Role.CASE_AGENT)
    agent.post(f"{PAGE}/seen", data=form_of(agent.get(PAGE).text))
    assert badge(agent) == 0
    answer = DissentAnswered(
        dissent=DissentId("practice.dissent"), item=ItemId("practice.item-2"), answer=Sealed("SECRETANSWER")
    )
    world.node.record_all(act(Role.SENIOR_OFFICER, AnswerDissent(answer)))
    assert badge(agent) == 1
    page = agent.get(PAGE).text
    assert "Your dissent was answered" in page
    assert "SECRETANSWER" not in page
    agent.post(f"{PAGE}/seen", data=form_of(page))
    assert badge(agent) == 0
    assert "Your dissent was answered" in agent.get(PAGE).text
    assert "Your dissent was answered" not in agent.get(f"{PAGE}?show=new").text


def test_what_came_after_the_page_was_shown_stays_new(world: World) -> None:
    fill(world)
    senior = visitor(world, Role.SENIOR_OFFICER)
    shown = form_of(senior.get(PAGE).text)
    dissent(world, "practice.later")
    senior.post(f"{PAGE}/seen", data=shown)
    assert badge(senior) >= 1
    assert "A dissent waits for an answer" in senior.get(f"{PAGE}?show=new").text


def test_of_people_in_danger_one_is_told_and_led_to_their_card(world: World) -> None:
    fill(world)
    senior, desk = visitor(world, Role.SENIOR_OFFICER), visitor(world, Role.HARM_DESK)
    for one in (senior, desk):
        one.post(f"{PAGE}/seen", data=form_of(one.get(PAGE).text))
    fact = ThreatAssessed(
        threat=ThreatId("practice.later"),
        item=ItemId("practice.item-2"),
        harm=ThreatHarm.KILLING,
        credible=True,
        specific=True,
        impending=True,
        whom=Sealed("SECRETWHOM"),
    )
    world.node.record_all(act(Role.CASE_AGENT, AssessThreat(fact)))
    for one, words in (
        (senior, "People are in danger: order the warning"),
        (desk, "were not warned yet"),
    ):
        page = one.get(f"{PAGE}?show=new").text
        assert words in page
        assert "SECRETWHOM" not in page
        found = re.search(r'href="/harm/warnings#(threat-practice-later)"', page)
        assert found
        assert f'id="{found[1]}"' in one.get("/harm/warnings").text


def test_a_look_cannot_be_set_beyond_what_there_is(world: World) -> None:
    fill(world)
    senior = visitor(world, Role.SENIOR_OFFICER)
    senior.post(f"{PAGE}/seen", data={"position": "999999999999999", "at": "999999999999999"})
    assert badge(senior) == 0
    dissent(world, "practice.later")
    assert badge(senior) >= 1
    for given in (
        {},
        {"position": "-1", "at": "1"},
        {"position": "x", "at": "1"},
        {"position": "1", "at": "²"},
    ):
        assert senior.post(f"{PAGE}/seen", data=given).status_code == 422


def test_the_partner_and_the_administrator_are_told_only_theirs(everything: Everything) -> None:
    partner = visitor(everything.world, Role.PARTNER_LIAISON).get(PAGE).text
    assert "A copy is for you" in partner
    admin = visitor(everything.world, Role.ADMINISTRATOR).get(PAGE).text
    auditor = visitor(everything.world, Role.AUDITOR).get(PAGE).text
    for page in (partner, admin, auditor):
        for hidden in (
            "dissent",
            "Dissent",
            "practice.item",
            "/items/",
            "/releases/practice",
            "verdict",
            "signature",
        ):
            assert hidden not in page
    assert "A copy is for you" not in admin + auditor


def test_concerns_and_pages_part_the_list(world: World) -> None:
    ask(world)
    officer = visitor(world, Role.RELEASING_OFFICER)
    whole, waits = officer.get(PAGE).text, officer.get(f"{PAGE}?concern=waits").text
    assert "A request waits for your signature" in waits
    assert waits.count("<li><a href") <= whole.count("<li><a href")
    assert "A request waits for your signature" not in officer.get(f"{PAGE}?concern=leaks").text
    assert "Nothing here" in officer.get(f"{PAGE}?concern=nonsense").text
    assert "Nothing here" in officer.get(f"{PAGE}?from=9999").text


def test_spanish_says_it_too(everything: Everything) -> None:
    page = visitor(everything.world, Role.PARTNER_LIAISON, "es").get(PAGE).text
    assert "Hay una copia para usted" in page
    assert "Notificaciones" in page
