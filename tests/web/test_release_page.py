"""The page of a request and of a disclosure: what decided, through whom, by which text, and what never came."""

import re

from tearline.facts.history import Role
from tests.web.conftest import opened, visitor
from tests.web.test_flow import ask, send
from tests.web.world import World


def bare(html: str) -> str:
    """The page's words, without markup and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_disclosure_names_the_weakest_link_and_who_exempted_them(still: World) -> None:
    html = visitor(still, Role.OVERSEER).get("/disclosures/tale.telling").text
    link = html[html.index('id="weakest-link"') :]
    card = bare(link[: link.index("tl-person__note")])
    assert "Supervisor of the unit" in card
    assert "unvetted: exempt" in card
    assert "exempted by Federal police (the ministry), since" in card
    assert html.count('id="weakest-link"') == 1


def test_the_disclosure_says_what_the_protocol_would_have_said_and_why(still: World) -> None:
    html = visitor(still, Role.OVERSEER).get("/disclosures/tale.telling").text
    said = bare(html)
    assert "Told without a verdict" in said
    assert "cross-border/1 would have said: Refuse" in said
    for rule in ("exempt-from-vetting", "leak-not-cleared", "warning-unanswered", "dissent-unanswered"):
        assert f'id="rule-{rule}"' in html
    assert "There will be a bloodbath." in said
    assert "They leak." in said


def test_a_law_that_came_later_says_so(still: World) -> None:
    said = bare(visitor(still, Role.OVERSEER).get("/disclosures/tale.telling").text)
    assert "applies from 21 July 2015; postdates this act" in said
    agency = bare(visitor(still, Role.OVERSEER, "es").get("/disclosures/tale.telling").text)
    assert "rige desde el 21 de julio de 2015; es posterior a este acto" in agency


def test_what_would_have_been_owed_and_never_came_is_listed(still: World) -> None:
    html = visitor(still, Role.OVERSEER).get("/disclosures/tale.telling").text
    owed = bare(html[html.index('id="owed"') : html.index('id="dissent"')])
    assert "What would have been owed, and never came" in owed
    for sentence in (
        "Whoever decided a disclosure outside the protocol justifies it in writing.",
        "An investigation is opened into how the item was leaked",
        "Help is given to those whom the leak harmed.",
    ):
        assert sentence in owed
    assert "overdue" not in owed


def test_the_request_shows_the_facts_that_each_rule_read(world: World) -> None:
    page = ask(world, purpose="")
    html = visitor(world, Role.CASE_AGENT).get(page).text
    rule = html[html.index('id="rule-purpose-not-stated"') :]
    rule = bare(rule[: rule.index("</li> <li") if "</li> <li" in rule else 2000])
    assert "The request does not say why the recipient needs to know." in rule
    assert "Need to know stated in writing no" in rule
    assert "awaiting counsel's check" in rule
    assert "28 CFR Part 23" in rule


def test_a_count_that_points_at_the_source_is_sealed_to_those_who_do_not_handle_it(world: World) -> None:
    page = ask(world, extent="full")
    world.clock.move(minutes=1)
    few = {"/items/practice.item-1": "12"}
    for role, open_to in ((Role.SOURCE_HANDLER, True), (Role.LIAISON, False)):
        if open_to:
            opened(visitor(world, role), "/items/practice.item-1")
        html = visitor(world, role).get("/items/practice.item-1").text
        assert (
            few["/items/practice.item-1"] in bare(html[html.index("Who could have known") :])[:200]
        ) is open_to
        assert visitor(world, role).get(page).status_code == 200


def test_who_may_not_know_the_rules_sees_the_verdict_alone(world: World) -> None:
    page = ask(world)
    html = visitor(world, Role.HARM_DESK).get(page).text
    assert "Nothing may be told yet." in html
    assert "sign-offs-missing" not in html
    assert "rule-" not in html
    assert "Sealed" in html
    assert "They are about to act" not in html


def test_the_verdicts_so_far_stay(world: World) -> None:
    page = ask(world)
    send(visitor(world, Role.RELEASING_OFFICER), f"{page}/sign-off")
    html = visitor(world, Role.CASE_AGENT).get(page).text
    history = html[html.index('id="verdicts"') :]
    assert history.count("/ledger/entries/") >= 2
    assert "1 of 2 signed" in bare(html)


def test_the_past_is_shown_as_it_was_and_as_it_was_known(world: World) -> None:
    client = visitor(world, Role.VETTING_OFFICER)
    day = world.clock().date().isoformat()
    before = "2026-10-30"  # vetted in September, recorded in November
    was = client.get(f"/units/practice.unit?at={before}&as=was").text
    then = client.get(f"/units/practice.unit?at={before}&as=then").text
    assert "cleared" in bare(was[was.index('id="status"') : was.index('id="past"')])
    assert "no vetting on record" in bare(then[then.index('id="status"') : then.index('id="past"')])
    assert client.get(f"/units/practice.unit?at={day}").status_code == 200
    for nonsense in ("yesterday", "2026-13-40", "0001-01-01", "9999-12-31", ""):
        assert client.get(f"/units/practice.unit?at={nonsense}").status_code == 200
