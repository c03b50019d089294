"""Warnings and assistance for programs: the same states as the pages, and sealed what the role does not open."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tearline.facts.history import Role
from tests.api.conftest import Caller, at
from tests.web.conftest import make_world
from tests.web.everything import fill
from tests.web.helped import threatened
from tests.web.world import World


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = fill(make_world(tmp_path_factory.mktemp("people")))
    yield world
    world.node.ledger.close()


def told(world: World, role: Role, path: str) -> Any:
    answer = Caller(at(world), role).get(path)
    assert answer.status_code == 200
    return answer.json()


def test_each_danger_says_how_it_stands_by_when_and_what_was_done(filled: World) -> None:
    found = {d["name"]: d for d in told(filled, Role.OVERSEER, "/harm/warnings")["dangers"]}
    threat = found["practice.threat"]
    assert (threat["of"], threat["state"]) == ("threat", "attempted")
    assessed = datetime.fromisoformat(threat["ground"]["happened_at"])
    # No agreement here has the duty to warn of threats.
    assert datetime.fromisoformat(threat["due"]) == assessed + timedelta(hours=6)
    assert threat["due"] < threat["orders"][0]["fields"]["until"]
    assert [len(threat[name]) for name in ("orders", "attempts", "notices", "waivers")] == [1, 1, 0, 0]
    warned = found["practice.officers-threat"]
    assert warned["state"] == "warned"
    assert [n["ordered"] for n in warned["notices"]] == [False]
    assert {d["of"] for d in found.values()} == {"threat", "warning", "compromise"}


def test_a_threat_under_no_agreement_is_overdue_and_stands_first(world: World) -> None:
    threatened(world)
    first = told(world, Role.OVERSEER, "/harm/warnings")["dangers"][0]
    assert first["name"] == "practice.elsewhere"
    assert datetime.fromisoformat(first["due"]) == world.clock() - timedelta(hours=64)
    waits = told(world, Role.HARM_DESK, "/queue")["waiting"]
    assert (waits[0]["why"], waits[0]["names"]) == ("warn", "practice.elsewhere")


def test_each_need_says_with_whom_it_is_and_every_answer(filled: World) -> None:
    answer = told(filled, Role.OVERSEER, "/harm/assistance")
    needs = {n["need"]["fields"]["need"]: n for n in answer["needs"]}
    assert needs["practice.need"]["state"] == "asked"
    assert needs["practice.need"]["with"] == ["practice.clinic"]
    assert [len(r["answers"]) for r in needs["practice.need"]["referrals"]] == [1, 0]
    assert (needs["practice.search"]["state"], needs["practice.rent"]["state"]) == ("ours", "met")
    assert [o["answered"] for o in answer["offers"]] == [None]


@pytest.mark.parametrize("role", [Role.OVERSEER, Role.SENIOR_OFFICER, Role.HARM_DESK])
def test_what_people_are_told_and_need_is_closed_until_it_is_opened_for_a_reason(
    filled: World, role: Role
) -> None:
    for path in ("/harm/warnings", "/harm/assistance"):
        text = Caller(at(filled), role).get(path).text
        assert not [w for w in ("Do not go home", "the shopkeeper", "A doctor for a mother") if w in text]


def test_the_queue_names_what_waits_for_a_role_once(filled: World) -> None:
    waits = told(filled, Role.SENIOR_OFFICER, "/queue")["waiting"]
    mine = {(w["why"], w["names"]) for w in waits}
    assert {
        ("decide-warning", "practice.warning"),
        ("decide-warning", "practice.leak"),
        ("review-warning", "practice.notice"),
        ("offer", "practice.offer"),
    } <= mine
    assert ("decide-warning", "practice.threat") not in mine
    desk = {(w["why"], w["names"]) for w in told(filled, Role.HARM_DESK, "/queue")["waiting"]}
    assert {("warn", "practice.threat"), ("need", "practice.search"), ("need", "practice.need")} <= desk
    assert ("need", "practice.rent") not in desk


def test_to_the_partner_neither_view_is_there(filled: World) -> None:
    for path in ("/harm/warnings", "/harm/assistance"):
        assert Caller(at(filled), Role.PARTNER_LIAISON).get(path).status_code == 404
