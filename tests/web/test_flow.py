"""The whole way through the forms: asked, held, signed, released, received, leaked, and the next request refused."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tearline.facts.history import Role, about
from tearline.facts.leaks import CooperationSuspended
from tearline.facts.release import (
    CopyReceived,
    CopyReleased,
    DissentRecorded,
    Effect,
    ItemReleased,
    ReleaseRequested,
    ReleaseSignedOff,
    VerdictReached,
)
from tests.web.conftest import links, opened, visitor
from tests.web.world import World

NEW = "/releases/new?item=practice.item-1&unit=practice.unit"
FILLED = {
    "recipients": "practice.partner-liaison",
    "extent": "tearline",
    "manner": "copy",
    "purpose": "They are about to act on the same target.",
    "agreement": "practice.agreement",
}


def key_of(html: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', html)
    assert found
    return found[1]


def send(client: TestClient, path: str, **fields: str) -> str:
    """Open the form, fill it in, send it; the address that one is sent on to."""
    shown = client.get(path)
    assert shown.status_code == 200, shown.text
    answer = client.post(path, data={"key": key_of(shown.text), **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def effects(world: World) -> Iterator[Effect]:
    for recorded in world.node.ledger.read(about(kinds=(VerdictReached,))).of(VerdictReached):
        if recorded.told is None:
            yield recorded.fact.effect


def ask(world: World, **other: str) -> str:
    """Ask as the case agent; the request's page."""
    return send(visitor(world, Role.CASE_AGENT), NEW, **(FILLED | other)).partition("?")[0]


def released(world: World) -> str:
    """A request that went all the way; its page."""
    page = ask(world)
    for role in (Role.RELEASING_OFFICER, Role.SOURCE_HANDLER):
        send(visitor(world, role), f"{page}/sign-off")
    send(visitor(world, Role.RELEASING_OFFICER), f"{page}/release")
    return page


def test_from_a_request_to_a_receipt_and_from_a_leak_to_a_refusal(world: World) -> None:
    agent, officer = visitor(world, Role.CASE_AGENT), visitor(world, Role.RELEASING_OFFICER)
    partner = visitor(world, Role.PARTNER_LIAISON)

    page = ask(world)
    assert "Nothing may be told yet" in agent.get(page).text
    assert "0 of 2 signed" in agent.get(page).text
    for role in (Role.RELEASING_OFFICER, Role.SOURCE_HANDLER):
        world.clock.move(minutes=1)
        assert "Sign or say why not" in visitor(world, role).get("/").text
        send(visitor(world, role), f"{page}/sign-off")
    assert list(effects(world)) == [Effect.HOLD, Effect.HOLD, Effect.RELEASE]
    assert "Ready to release" in officer.get("/").text

    assert partner.get("/releases").text.count("/copies/") == 0
    gone = send(officer, f"{page}/release")
    assert "An item was released" not in partner.get(gone).text
    assert "Released" in officer.get(gone).text

    (copy,) = re.findall(r'href="(/copies/[^"/]+)"', partner.get("/").text)
    assert "Lorries" not in partner.get(copy).text
    acknowledged = partner.get(send(partner, f"{copy}/receipt"))
    assert all(partner.get(path).status_code == 200 for path in links(acknowledged.text))
    assert "Acknowledged by the recipient" in agent.get(copy).text

    leak = send(agent, "/leaks/new?item=practice.item-1", sure="probable", seen="They changed the route.")
    shown = agent.get(leak).text
    assert "Nobody has opened an investigation" in shown
    assert "cooperation suspended" in shown

    again = ask(world, purpose="Once more.")
    refused = agent.get(again).text
    assert "Nothing may be told to this unit" in refused
    assert "Cooperation with this unit is suspended" in refused
    world.node.ledger.check()


def test_a_form_that_is_sent_twice_is_recorded_once(world: World) -> None:
    client = visitor(world, Role.CASE_AGENT)
    form = {"key": key_of(client.get(NEW).text), **FILLED}
    first, second = client.post(NEW, data=form), client.post(NEW, data=form)
    assert first.headers["location"] == second.headers["location"]
    assert len(world.node.ledger.read(about(kinds=(ReleaseRequested,))).of(ReleaseRequested)) == 1
    changed = client.post(NEW, data=form | {"purpose": "Another purpose."})
    assert changed.headers["location"] != first.headers["location"]


def test_a_key_of_one_person_is_nothing_to_another(world: World) -> None:
    path = "/items/practice.item-1/dissent"
    form = {"key": "the same", "reasons": "No."}
    for role in (Role.CASE_AGENT, Role.ADVOCATE):
        assert visitor(world, role).post(path, data=form).status_code == 303
    assert len([r for r in world.node.ledger.read(about(kinds=(DissentRecorded,))) if r.told is None]) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipients": "tale.boss"}, "recipients"),
        ({"recipients": ""}, "recipients"),
        ({"extent": "everything"}, "extent"),
        ({"extent": ""}, "extent"),
        ({"agreement": "tale.yardstick"}, "agreement"),
        ({"purpose": "\x00"}, "purpose"),
        ({"purpose": "x" * 20_001}, "purpose"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(world: World, wrong: dict[str, str], field: str) -> None:
    client = visitor(world, Role.CASE_AGENT)
    size = world.node.ledger.size()
    answer = client.post(NEW, data={"key": "k", **(FILLED | wrong)})
    assert answer.status_code == 422
    assert world.node.ledger.size() == size
    assert f'id="f-{field}-error"' in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert "They are about to act" in answer.text or field == "purpose"


def test_nothing_that_a_page_settles_can_be_sent_otherwise(world: World) -> None:
    client = visitor(world, Role.CASE_AGENT)
    forged = FILLED | {"key": "k", "request": "mine", "item": "tale.item", "unit": "tale.unit", "extra": "x"}
    assert client.post(NEW, data=forged).status_code == 303
    (asked,) = world.node.ledger.read(about(kinds=(ReleaseRequested,))).of(ReleaseRequested)
    assert (asked.fact.item, asked.fact.unit) == ("practice.item-1", "practice.unit")
    assert asked.fact.request != "mine"


def test_what_the_rules_refuse_is_answered_with_the_rule(world: World) -> None:
    page = ask(world)
    officer = visitor(world, Role.RELEASING_OFFICER)
    answer = officer.post(f"{page}/release", data={"key": "k"})
    assert answer.status_code == 409
    assert "protocol-says-release" in answer.text
    assert "sign-offs-missing" in answer.text
    assert not world.node.ledger.read(about(kinds=(ItemReleased,))).of(ItemReleased)


def test_nobody_signs_twice(world: World) -> None:
    page = ask(world)
    send(visitor(world, Role.SOURCE_HANDLER), f"{page}/sign-off")
    answer = visitor(world, Role.SOURCE_HANDLER).post(f"{page}/sign-off", data={"key": "other"})
    assert answer.status_code == 409
    assert "signs-once" in answer.text
    assert len(world.node.ledger.read(about(kinds=(ReleaseSignedOff,))).of(ReleaseSignedOff)) == 1


def test_only_the_recipient_finds_the_receipt(world: World) -> None:
    released(world)
    (copy,) = world.node.ledger.read(about(kinds=(CopyReleased,))).of(CopyReleased)
    path = f"/copies/{copy.fact.copy}/receipt"
    for role in (Role.LIAISON, Role.CASE_AGENT, Role.OVERSEER):
        assert visitor(world, role).get(path).status_code == 404
        assert visitor(world, role).post(path, data={"key": "k"}).status_code == 404
    assert not world.node.ledger.read(about(kinds=(CopyReceived,))).of(CopyReceived)
    send(visitor(world, Role.PARTNER_LIAISON), path)
    again = visitor(world, Role.PARTNER_LIAISON).post(path, data={"key": "another press"})
    assert again.status_code == 409


def test_a_dissent_holds_until_a_superior_answers_and_the_rest_is_done(world: World) -> None:
    page = ask(world)
    for role in (Role.RELEASING_OFFICER, Role.SOURCE_HANDLER):
        send(visitor(world, role), f"{page}/sign-off")
    send(visitor(world, Role.CASE_AGENT), f"{page}/dissent", reasons="Nobody has said who commands them.")
    superior = visitor(world, Role.SENIOR_OFFICER)
    shown = superior.get(page).text
    assert "Nobody has said who commands them." in shown
    (answer,) = re.findall(r'href="(/items/[^"]+/dissents/[^"]+/answer)"', shown)
    assert answer in superior.get("/").text
    assert send(superior, answer, answer="Their commander is cleared.").startswith(page)
    send(superior, f"{page}/sign-off")
    send(superior, f"{page}/overseer", overseer="practice.overseer", text="Released over a dissent.")
    page_now = superior.get(page).text
    assert "Their commander is cleared." in page_now
    assert "It may be told now." in page_now
    assert "What is known has changed since the last recorded verdict" in page_now
    send(visitor(world, Role.RELEASING_OFFICER), f"{page}/decide")
    assert list(effects(world))[-1] is Effect.RELEASE


def test_a_leak_is_investigated_reported_and_warned_of(world: World) -> None:
    released(world)
    officer = visitor(world, Role.INVESTIGATOR)
    leak = send(officer, "/leaks/new", item="practice.item-1", sure="confirmed", seen="Heard on the radio.")
    leak = leak.partition("?")[0]
    suspended = world.node.ledger.read(about(kinds=(CooperationSuspended,))).of(CooperationSuspended)
    assert [s.fact.unit for s in suspended] == ["practice.unit"]
    send(officer, f"{leak}/investigation", investigators="practice.investigator", remit="Who told them.")
    send(officer, f"{leak}/overseer", overseer="practice.overseer", text="It leaked.")
    send(officer, f"{leak}/warned", people="4", method="in-person", said="Leave tonight.")
    shown = officer.get(leak).text
    assert "Nobody has opened an investigation" not in shown
    assert shown.count("is-release") >= 3  # three duties are discharged, beside the word
    had_a_part = visitor(world, Role.RELEASING_OFFICER)
    assert had_a_part.get(f"{leak}/investigation").status_code == 403


def test_harm_is_kept_as_it_was_given(world: World) -> None:
    desk = visitor(world, Role.HARM_DESK)
    report = {
        "source_class": "relative", "source": "A brother", "account": "She was taken at night.",
        "harm": "disappeared", "least": "1", "place": "The quay", "reliability": "B", "credibility": "2",
        "first_day": "2026-11-19",
    }  # fmt: skip
    send(desk, "/harm/new", **report)
    assert "She was taken at night." in opened(desk, "/harm").get("/harm").text
    seen = visitor(world, Role.OVERSEER).get("/harm").text
    assert "She was taken at night." not in seen
    assert "The quay" in seen
    count = {"counted_by": "The town", "least": "3", "most": "5", "unit": "people missing", "said_in": "2026"}
    send(desk, "/harm/counts/new", **count)
    assert "3–5" in desk.get("/harm").text
    wrong = desk.post("/harm/counts/new", data={"key": "k", **count, "most": "2"})
    assert wrong.status_code == 409
    for name, value in (("least", "-1"), ("least", "many"), ("first_day", "yesterday")):
        assert desk.post("/harm/new", data={"key": "k", **report, name: value}).status_code == 422


def test_an_act_is_not_said_to_happen_in_the_future(world: World) -> None:
    client = visitor(world, Role.CASE_AGENT)
    path = "/items/practice.item-1/warned"
    form = {"key": "k", "people": "1", "method": "telephone", "said": "Leave."}
    for when, status in (("2030-01-01T00:00", 422), ("soon", 422), ("2026-11-20T08:00", 303)):
        assert client.post(path, data=form | {"happened-at": when}).status_code == status
