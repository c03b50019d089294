"""The day of each role, from the founding of a node to the check of its record, at the site's own pages.

A node that is no demonstration; fifteen people, each with a session and a passkey of their own. Acts go through the
pages, and what binds is signed there. Through the node, and signed with the same passkeys, goes that for which the site
has no form (organisations, units, offices, the agreement, the items, the operation), and what two do at the pages for
two people already and would do again for each of the others. Every page that somebody comes to is looked over, and by
axe whatever is on it that no page had shown before.

In the story that runs each time people sit down at a wide window in English and at a narrow one in Spanish, in turn;
``TEARLINE_DAYS=all`` runs it in each language and size as well.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tearline.facts.admission import PasskeyEnrolled
from tearline.facts.history import Role, about
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.oversight import OverseerInformed
from tearline.facts.parties import PersonVettingDecided, SuperiorNamed
from tearline.facts.release import CopyReceived, Effect, ItemReleased, VerdictReached
from tearline.ledger import sdjwt
from tearline.rooms.parties.persons import NameSuperior
from tearline.rooms.parties.units import RegisterOrganisation
from tests.web.office import FIRST, SECOND, Desk, Office, opened_office
from tests.web.world import ROLES, act, actor

pytestmark = pytest.mark.browser
ITEM = "practice.item-1"
REFUSED = "409 (Conflict)"
"""What the browser itself says of the one answer by which a rule refuses."""
STORIES = [[("en", "wide"), ("es", "narrow")]]
if os.environ.get("TEARLINE_DAYS") == "all":
    STORIES += [[(language, size)] for language in ("en", "es") for size in ("wide", "narrow")]


@pytest.mark.parametrize("ways", STORIES, ids=lambda ways: " and ".join(" ".join(way) for way in ways))
def test_each_role_has_a_day_at_the_site(
    browser: Browser, tmp_path: Path, ways: Sequence[tuple[str, str]]
) -> None:
    with opened_office(tmp_path, browser, ways) as office:
        two_found_the_node(office)
        all_are_admitted(office)
        vetting_is_decided(office)
        request = a_release_is_asked_for(office)
        it_is_held_while_a_dissent_is_unanswered(office, request)
        it_is_signed_and_released(office, request)
        the_partner_acknowledges(office)
        leak = a_compromise_is_reported(office)
        the_next_request_is_refused(office)
        it_is_investigated(office, leak)
        people_are_warned_and_harm_is_told(office, leak)
        the_planner_looks(office)
        office.world.clock.move(days=40)
        the_overseer_sees_what_is_late(office, request)
        the_auditor_checks(office)
        the_administrator_ends_a_session(office)
        assert [text for text in office.said if REFUSED not in text] == []
        assert office.visited - office.looked == set(), "pages that nobody looked over"


def two_found_the_node(office: Office) -> None:
    for name in (FIRST, SECOND):
        Desk(office, office.at(name)).enrols(office.codes[name])


def all_are_admitted(office: Office) -> None:
    """One of one's own side and the partner's, all of it at the pages; the others are only enrolled there."""
    is_admitted(office, Role.VETTING_OFFICER, "practice.agency")
    office.record(o for o in office.on_record() if isinstance(o.command, RegisterOrganisation))
    is_admitted(office, Role.PARTNER_LIAISON, "practice.police")
    done = (Role.ADMINISTRATOR, Role.VETTING_OFFICER, Role.PARTNER_LIAISON)
    homes: dict[Role, str] = {role: "practice.agency" for role in ROLES if role not in done}
    homes[Role.OVERSEER] = "practice.overseer"
    for role, codes in office.admits(homes).items():
        office.lets_an_hour_go_by()
        office.acts(role).enrols(*codes)
    enrolled = office.world.node.ledger.read(about(kinds=(PasskeyEnrolled,))).of(PasskeyEnrolled)
    assert {r.fact.person for r in enrolled} == set(office.people)
    office.record(office.on_record())
    dissenter, superior = actor(Role.ADVOCATE).person, actor(Role.SENIOR_OFFICER).person
    office.record(act(Role.VETTING_OFFICER, NameSuperior(SuperiorNamed(person=dissenter, superior=superior))))
    endorses = office.acts(Role.LIAISON).goes("/agreements/practice.agreement/endorse")
    endorses.signs(endorses.page.get_by_role("main").locator("form button").last.inner_text())


def is_admitted(office: Office, role: Role, organisation: str) -> None:
    """By two, each of whom hands over a code; the person enrols at their own browser."""
    person = actor(role).person
    first, second = (Desk(office, office.at(name)) for name in (FIRST, SECOND))
    first.goes("/people-and-access").follows("Put a person on record")
    first.fills(person=person, organisation=organisation, description=role.words.en)
    first.records("Put on record").follows("Propose a role")
    first.fills(person=person, role=role.value, until="2027-09-01T09:00").signs("Propose it")
    first.follows("Invite somebody").fills(person=person, purpose="enrol").signs("Issue the invitation")
    codes = [code_at(first)]
    second.goes("/people-and-access")
    second.leaves_by("#waiting a").signs("Approve it")
    second.leaves_by("#waiting a").follows("Approve").signs("Approve it")
    codes.append(code_at(second))
    office.lets_an_hour_go_by()
    Desk(office, office.at(person)).enrols(*codes)


def code_at(desk: Desk) -> str:
    return desk.page.locator(".tl-code code").inner_text()


def vetting_is_decided(office: Office) -> None:
    """From a table, which is shown before it is recorded."""
    desk = office.acts(Role.VETTING_OFFICER).goes("/people/import")
    row = f"{actor(Role.PARTNER_LIAISON).person},cleared,practice.agency,Vetting desk,2027-11-01"
    desk.fills(text=f"person,outcome,decided_by,deciding_office,valid_until\n{row}\n")
    desk.presses("Look at it first")
    expect(desk.page.locator("#preview")).to_be_visible()
    record = office.say.messages.ngettext("Record %(num)s decision", "Record %(num)s decisions", 1) % {
        "num": 1
    }
    desk.looks().signs(record)
    decided = office.world.node.ledger.read(about(kinds=(PersonVettingDecided,)))
    assert actor(Role.PARTNER_LIAISON).person in {r.fact.person for r in decided.of(PersonVettingDecided)}


def a_release_is_asked_for(office: Office, purpose: str = "They act on the same target.") -> str:
    desk = office.acts(Role.CASE_AGENT).goes("/releases").follows("Ask for a release")
    desk.fills(item=ITEM, unit="practice.unit").records("Continue")
    desk.fills(recipients=actor(Role.PARTNER_LIAISON).person, extent="tearline", manner="copy")
    desk.fills(purpose=purpose, agreement="practice.agreement").records("Put it to the protocol")
    return desk.address


def it_is_held_while_a_dissent_is_unanswered(office: Office, request: str) -> None:
    advocate = office.acts(Role.ADVOCATE).goes(request).follows("Record dissent")
    advocate.fills(reasons="They have leaked before.").signs("Record dissent")
    officer = office.acts(Role.RELEASING_OFFICER).goes("/")
    officer.goes(request)
    expect(officer.page.locator("#rule-dissent-unanswered")).to_be_visible()
    officer.goes(f"{request}/release").presses("Release now").reads("A rule does not allow this now")
    officer.looks()
    assert not office.world.node.ledger.read(about(kinds=(ItemReleased,))).facts
    answers = office.acts(Role.SENIOR_OFFICER).goes("/").goes(request)
    answers.leaves_by("#dissent .tl-actions a").fills(
        answer="It was looked into, and another unit had it."
    ).signs("Record the answer")
    answers.follows("Inform the overseer").fills(
        overseer="practice.overseer", text="A dissent, and its answer."
    )
    answers.records("Inform the overseer")


def it_is_signed_and_released(office: Office, request: str) -> None:
    office.world.clock.move(minutes=1)
    for role in (Role.SOURCE_HANDLER, Role.RELEASING_OFFICER, Role.SENIOR_OFFICER):
        desk = office.acts(role).goes("/").goes(request).follows("Sign off")
        desk.signs(desk.page.get_by_role("main").locator("form button").last.inner_text())
    office.acts(Role.RELEASING_OFFICER).goes("/").goes(request).follows("Release it").signs("Release now")
    node = office.world.node
    (released,) = node.ledger.read(about(kinds=(ItemReleased,))).of(ItemReleased)
    assert "signed" in sdjwt.payload_of(node.ledger.entry(released.position).jws)


def the_partner_acknowledges(office: Office) -> str:
    desk = office.acts(Role.PARTNER_LIAISON).goes("/")
    desk.leaves_by('main a[href^="/copies/"]').follows("Acknowledge receipt").records(
        "I have received this copy"
    )
    assert office.world.node.ledger.read(about(kinds=(CopyReceived,))).facts
    return desk.address


def a_compromise_is_reported(office: Office) -> str:
    desk = office.acts(Role.LIAISON).goes("/").goes("/leaks").follows("Report a compromise")
    desk.fills(item=ITEM, sure="confirmed", seen="They moved on the day after.").records("Report it")
    desk.reads("Nobody has opened an investigation")
    return desk.address


def the_next_request_is_refused(office: Office) -> None:
    again = a_release_is_asked_for(office, "Once more.")
    desk = office.acts(Role.CASE_AGENT).goes(again)
    expect(desk.page.locator("#rule-unit-suspended")).to_be_visible()
    reached = office.world.node.ledger.read(about(kinds=(VerdictReached,))).of(VerdictReached)
    assert [r.fact.effect for r in reached][-1] is Effect.REFUSE


def it_is_investigated(office: Office, leak: str) -> None:
    desk = office.acts(Role.INVESTIGATOR).goes("/").goes(leak).follows("Open an investigation")
    desk.fills(investigators=actor(Role.INVESTIGATOR).person, remit="How they came to know of it.")
    desk.signs("Open an investigation")
    assert office.world.node.ledger.read(about(kinds=(InvestigationOpened,))).facts
    officer = office.acts(Role.SENIOR_OFFICER).goes(leak).follows("Inform the overseer")
    officer.fills(overseer="practice.overseer", text="What became known, and what is done.")
    officer.records("Inform the overseer")
    assert office.world.node.ledger.read(about(kinds=(OverseerInformed,))).facts


def people_are_warned_and_harm_is_told(office: Office, leak: str) -> None:
    desk = office.acts(Role.HARM_DESK).goes("/").goes(leak).follows("Warn people in danger")
    desk.fills(people="4", method="in-person", said="To leave the town today.").records("Record the warning")
    for role in (Role.HARM_DESK, Role.ADVOCATE):
        desk = office.acts(role).goes("/").goes("/harm").follows("Report harm")
        desk.fills(harm="displaced", least="4", place="The town", account="They left by night.")
        desk.fills(source_class="relative", source="A sister", reliability="B", credibility="2")
        desk.records("Record the report")


def the_planner_looks(office: Office) -> None:
    desk = office.acts(Role.OPERATIONS_PLANNER).goes("/").goes("/operations")
    desk.leaves_by('main a[href^="/operations/"]')


def the_overseer_sees_what_is_late(office: Office, request: str) -> None:
    """Forty days later nobody is signed in any more."""
    desk = office.acts(Role.OVERSEER).goes("/obligations")
    desk.reads("Your session has ended").enters()
    expect(desk.page.locator("tr.is-overdue").first).to_be_visible()
    desk.goes("/").goes("/calendar")
    desk.goes("/leaks")


def the_auditor_checks(office: Office) -> None:
    desk = office.acts(Role.AUDITOR).goes("/ledger").enters()
    desk.leaves_by('main a[href^="/ledger/entries/"]')
    proof = desk.page.context.request.get(f"{office.origin}{desk.address}/proof")
    assert proof.ok
    assert proof.text().startswith("c2sp.org/tlog-proof@v1\n")


def the_administrator_ends_a_session(office: Office) -> None:
    desk = Desk(office, office.at(FIRST)).goes("/people-and-access").enters()
    row = desk.page.locator("#sessions tbody tr").filter(has_text=actor(Role.AUDITOR).person)
    row.get_by_role("button").click()
    expect(row).to_have_count(0)
    auditor = office.acts(Role.AUDITOR).goes("/ledger")
    auditor.reads("Your session has ended")
