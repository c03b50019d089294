"""The pages on whom to warn and what is needed: queues that everybody inside reads, and texts that few open."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tearline.facts.assistance import (
    AssistanceKind,
    Contact,
    NeedRecorded,
    NeedReferred,
    NeedWithdrawn,
    OfferAnswered,
    ReferralAnswered,
)
from tearline.facts.fact import Fact, Sealed
from tearline.facts.history import Role, about
from tearline.facts.identifiers import NeedId, ReportId
from tearline.facts.warnings import (
    PeopleWarned,
    SourceWarningWaived,
    WarnedWithoutOrder,
    WarningAttempted,
    WarningOrdered,
    WarningReviewed,
)
from tearline.web.policy import READERS
from tests.registers import report
from tests.web.conftest import make_world, opened, visitor
from tests.web.counted import recorded as tell
from tests.web.everything import fill
from tests.web.helped import endangered, threatened
from tests.web.world import World, actor

WARNINGS, ASSISTANCE = "/harm/warnings", "/harm/assistance"
KEY = {"key": "k" * 24}
TOLD, WHOM, WHY = "Do not go home tonight", "the shopkeeper", "Rang six times"
NEED, REACH = "A doctor for a mother and her son", "Through the collective"
ORDER = KEY | {
    "text": "Somebody means to take you. Sleep elsewhere tonight.",
    "stripped": "yes",
    "method": "in-person",
    "until": "2026-11-20T15:00",
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world with everything in it, to look at."""
    world = fill(make_world(tmp_path_factory.mktemp("filled")))
    yield world
    world.node.ledger.close()


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of this module's own, to act in."""
    world = fill(make_world(tmp_path_factory.mktemp("acted")))
    yield world
    world.node.ledger.close()


def recorded(world: World, kind: type[Fact]) -> int:
    return len([r for r in world.node.ledger.read(about(kinds=(kind,))) if not r.told])


def card(page: str, name: str) -> str:
    """The part of a page that is about one thing."""
    found = re.search(rf'<section class="tl-panel" id="{name}".*?</section>', page, re.DOTALL)
    assert found, name
    return found[0]


@pytest.mark.parametrize("role", sorted(READERS))
def test_everybody_inside_sees_kinds_states_and_clocks_and_nobody_else_whom(
    filled: World, role: Role
) -> None:
    client = visitor(filled, role)
    for page, sealed in ((WARNINGS, (TOLD, WHOM, WHY)), (ASSISTANCE, (NEED, REACH))):
        text = client.get(page).text
        assert not [words for words in sealed if words in text], role
    warnings = client.get(WARNINGS).text
    threat = card(warnings, "threat-practice-threat")
    assert "Threat: kidnapping" in threat
    assert "attempted, nobody reached" in threat
    assert "data-clock" in threat
    assert "The source warned: people will be killed" in card(warnings, "warning-practice-warning")
    assert "Threat to an officer: killing" in card(warnings, "threat-practice-officers-threat")
    if role is Role.ADVOCATE:  # the harm desk recorded all of them
        assert "need-practice" not in client.get(ASSISTANCE).text
        return
    need = card(client.get(ASSISTANCE).text, "need-practice-need")
    assert "referred, not answered: Harbour Clinic" in need
    assert "through an advocate" in need


def test_the_harm_desk_opens_both_with_a_reason(filled: World) -> None:
    desk = visitor(filled, Role.HARM_DESK)
    for page, sealed in ((WARNINGS, (TOLD, WHOM, WHY)), (ASSISTANCE, (NEED, REACH))):
        text = opened(desk, page).get(page).text
        assert all(words in text for words in sealed)


def test_to_the_partner_neither_page_is_there(filled: World) -> None:
    partner = visitor(filled, Role.PARTNER_LIAISON)
    for page in (
        WARNINGS,
        ASSISTANCE,
        f"{ASSISTANCE}/needs/new",
        f"{WARNINGS}/threat/practice.threat/warned",
    ):
        assert partner.get(page).status_code == 404


def test_what_a_worked_case_tells_is_in_no_queue(filled: World) -> None:
    client = visitor(filled, Role.SENIOR_OFFICER)
    for page in (WARNINGS, ASSISTANCE):
        assert "tale." not in client.get(page).text
    assert client.get(f"{WARNINGS}/compromise/tale.leak/order").status_code == 404
    assert client.get(f"{WARNINGS}/anything/practice.threat/order").status_code == 404


def test_home_tells_the_senior_officer_to_decide_and_the_harm_desk_to_warn_and_to_help(
    filled: World,
) -> None:
    senior = visitor(filled, Role.SENIOR_OFFICER).get("/").text
    desk = visitor(filled, Role.HARM_DESK).get("/").text
    assert f'href="{WARNINGS}/warning/practice.warning/order"' in senior
    assert f'href="{WARNINGS}/threat/practice.threat/order"' not in senior  # it was ordered
    assert f'href="{WARNINGS}/notices/practice.notice/review"' in senior
    assert f'href="{WARNINGS}/threat/practice.threat/warned"' in desk
    assert "Try again to warn them" in desk
    assert f'href="{ASSISTANCE}#need-practice-search"' in desk
    assert f'href="{ASSISTANCE}/offers/practice.offer/answer"' in desk
    assert "Those whom the leak puts in danger are warned." not in desk  # told once, with its form


def test_a_threat_under_no_agreement_is_overdue_and_stands_first(world: World) -> None:
    threatened(world)
    page = visitor(world, Role.HARM_DESK).get(WARNINGS).text
    assert "data-late" in card(page, "threat-practice-elsewhere")
    assert page.index('id="threat-practice-elsewhere"') < page.index('id="threat-practice-threat"')
    for role in (Role.HARM_DESK, Role.SENIOR_OFFICER):
        home = visitor(world, role).get("/").text
        late = home[home.index('id="overdue"') :]
        assert f"{WARNINGS}/threat/practice.elsewhere/" in late.split("<section", 1)[0]


def test_a_warning_is_ordered_waived_attempted_given_and_reviewed_on_forms(world: World) -> None:
    endangered(world)
    senior, desk = visitor(world, Role.SENIOR_OFFICER), visitor(world, Role.HARM_DESK)
    threat = f"{WARNINGS}/threat/practice.threat"
    for text, said in (
        ("It is about the meeting at that place.", "the text points at the item: meeting, place"),
        ("Ask S-17.", "what could be a code"),
    ):
        refused = senior.post(f"{threat}/order", data=ORDER | {"text": text})
        assert refused.status_code == 409
        assert said in refused.text
    assert senior.post(f"{threat}/order", data=ORDER).status_code == 303
    assert recorded(world, WarningOrdered) == 2
    attempt = KEY | {"method": "telephone", "why": "No answer"}
    assert desk.post(f"{threat}/attempt", data=attempt).status_code == 303
    assert recorded(world, WarningAttempted) == 2
    given = KEY | {"people": "1", "method": "in-person", "said": "Sleep elsewhere.", "outcome": "reached"}
    unordered = recorded(world, WarnedWithoutOrder)
    assert desk.post(f"{threat}/warned", data=given).status_code == 303
    assert recorded(world, PeopleWarned) == 2
    assert recorded(world, WarnedWithoutOrder) == unordered  # it was ordered
    assert "people were warned" in card(desk.get(WARNINGS).text, "threat-practice-threat")
    review = KEY | {"review": "more-to-do", "reasons": "His brother is in danger, too."}
    assert senior.post(f"{WARNINGS}/notices/practice.notice/review", data=review).status_code == 303
    assert recorded(world, WarningReviewed) == 1
    assert 'id="reviews"' not in senior.get(WARNINGS).text


def test_whoever_warned_is_offered_no_review_of_it(filled: World) -> None:
    for role, offered in ((Role.SENIOR_OFFICER, True), (Role.INVESTIGATOR, False)):
        page = visitor(filled, role).get(WARNINGS).text
        assert (f'href="{WARNINGS}/notices/practice.notice/review"' in page) is offered


def test_a_need_is_referred_answered_and_an_offer_answered_on_forms(acted: World) -> None:
    world = acted
    desk = visitor(world, Role.HARM_DESK)
    before = recorded(world, NeedReferred)
    refer = KEY | {"organisation": "practice.clinic", "agreed": "no", "said": ""}
    search = f"{ASSISTANCE}/needs/practice.search/referral"
    refused = desk.post(search, data=refer)
    assert refused.status_code == 409
    assert "without the consent of those concerned" in refused.text
    assert desk.post(search, data=refer | {"agreed": "yes"}).status_code == 303
    assert recorded(world, NeedReferred) == before + 1
    assert (
        desk.post(f"{ASSISTANCE}/needs/practice.rent/referral", data=refer | {"agreed": "yes"}).status_code
        == 409
    )
    answers = recorded(world, ReferralAnswered)
    answer = KEY | {"answer": "declined", "said": "No"}
    assert desk.post(f"{ASSISTANCE}/referrals/practice.referral/answer", data=answer).status_code == 303
    assert recorded(world, ReferralAnswered) == answers + 1
    assert "it is ours again" in card(desk.get(ASSISTANCE).text, "need-practice-need")
    accepted = KEY | {"answer": "accepted", "said": ""}
    assert desk.post(f"{ASSISTANCE}/offers/practice.offer/answer", data=accepted).status_code == 303
    assert recorded(world, OfferAnswered) == 1


def test_to_an_advocate_needs_of_others_reports_are_not_there_and_their_own_are(acted: World) -> None:
    world = acted
    mine, theirs = actor(Role.ADVOCATE), actor(Role.HARM_DESK)
    tell(world.node, [report("practice.mine", place="Mine")], mine)
    tell(world.node, [report("practice.theirs", place="Theirs")], theirs)
    told = [need_of(name, f"practice.{name}") for name in ("mine", "theirs")]
    tell(world.node, told, theirs)
    advocate, desk = visitor(world, Role.ADVOCATE), visitor(world, Role.HARM_DESK)
    for name, status in (("mine", 200), ("theirs", 404), ("practice-search", 404)):
        for act in ("referral", "given", "withdrawn"):
            path = f"{ASSISTANCE}/needs/{name.replace('-', '.')}/{act}"
            assert advocate.get(path).status_code == status, path
            assert desk.get(path).status_code == 200, path
    assert advocate.get(f"{ASSISTANCE}/referrals/practice.referral/answer").status_code == 404
    before = recorded(world, NeedWithdrawn)
    said = KEY | {"said": "They found one."}
    assert advocate.post(f"{ASSISTANCE}/needs/theirs/withdrawn", data=said).status_code == 404
    assert recorded(world, NeedWithdrawn) == before
    page = advocate.get(ASSISTANCE).text
    assert 'id="need-mine"' in page
    assert 'id="need-theirs"' not in page
    answer = advocate.get(
        f"/api/v1{ASSISTANCE}", headers={"authorization": f"Bearer demo:{Role.ADVOCATE.value}"}
    ).json()
    assert [n["need"]["fields"]["need"] for n in answer["needs"]] == ["mine"]
    bearer = {"authorization": f"Bearer demo:{Role.ADVOCATE.value}"}
    assert "#need-mine" in advocate.get("/").text
    assert "#need-theirs" not in advocate.get("/").text
    waiting = advocate.get("/api/v1/queue", headers=bearer).json()["waiting"]
    assert [w["names"] for w in waiting if w["href"].endswith("/assistance")] == ["mine"]
    assert advocate.get("/api/v1/harm/register", headers=bearer).json()["reports"] == 1
    for path in ("needs/new", "given/new"):
        asked = advocate.get(f"{ASSISTANCE}/{path}").text
        assert 'value="practice.mine"' in asked
        assert "practice.theirs" not in asked
        assert "practice.theirs" in desk.get(f"{ASSISTANCE}/{path}").text
    form = KEY | {"kind": "legal", "what": "A lawyer", "contact": "in-person", "wanted_by": "2027-01-01"}
    needs = recorded(world, NeedRecorded)
    refused = advocate.post(f"{ASSISTANCE}/needs/new", data=form | {"report": "practice.theirs"})
    assert refused.status_code == 422
    assert (
        advocate.post(f"{ASSISTANCE}/needs/new", data=form | {"report": "practice.mine"}).status_code == 303
    )
    assert recorded(world, NeedRecorded) == needs + 1
    assert advocate.post(f"{ASSISTANCE}/needs/mine/withdrawn", data=said).status_code == 303


def need_of(name: str, after: str) -> NeedRecorded:
    return NeedRecorded(
        need=NeedId(name),
        kind=AssistanceKind.LEGAL,
        what=Sealed("A lawyer"),
        contact=Contact.IN_PERSON,
        wanted_by=date(2027, 1, 1),
        report=ReportId(after),
    )


def test_a_source_warning_is_waived_by_a_senior_officer_alone_on_a_listed_ground(
    acted: World,
) -> None:
    world = acted
    path = f"{WARNINGS}/warning/practice.warning/waiver"
    waiver = KEY | {"ground": "already-aware", "reasons": "They called us."}
    assert visitor(world, Role.HARM_DESK).post(path, data=waiver).status_code == 403
    senior = visitor(world, Role.SENIOR_OFFICER)
    assert senior.post(path, data=waiver | {"ground": "too-much-work"}).status_code == 422
    assert senior.post(path, data=waiver).status_code == 303
    assert recorded(world, SourceWarningWaived) == 1


def test_the_page_of_a_telling_has_the_counts_the_warning_and_the_help_that_were_owed(still: World) -> None:
    page = visitor(still, Role.OVERSEER).get("/cases/tale").text
    harmed, warned, helped = (card(page, name) for name in ("harmed", "warned", "helped"))
    assert "None of these is the number of victims" in harmed
    assert "not said" in harmed
    assert "The source warned" in warned
    assert "Nobody was warned." in warned
    assert "would have been owed" in warned
    assert "No help to anybody is on record." in helped
    assert "would have been owed" in helped


def test_both_pages_are_in_spanish_too(filled: World) -> None:
    for path, words in (
        (WARNINGS, "Por avisar"),
        (ASSISTANCE, "Sin atender"),
        ("/cases/tale", "No se avisó a nadie."),
    ):
        assert words in visitor(filled, Role.OVERSEER, "es").get(path).text
