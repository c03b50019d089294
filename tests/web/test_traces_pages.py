"""A surfaced text is traced on the page of the traces: every copy, everyone who could reach it, and no name alone."""

import html
import re

import pytest

from tearline.facts.history import Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.marks import CopiesMarked
from tearline.facts.tracing import TextSurfaced, TextTraced
from tests.surfaced import PLAIN, cropped, retyped
from tests.web.conftest import visitor
from tests.web.test_flow import key_of, send
from tests.web.traced import INQUIRY, TRACES, copy_of, declared, marked_leak, traced
from tests.web.world import World


@pytest.fixture
def leaked(world: World) -> World:
    return marked_leak(world)


@pytest.fixture
def due(leaked: World) -> World:
    return declared(leaked)


def seen(world: World, role: Role = Role.INVESTIGATOR, language: str = "en", path: str = TRACES) -> str:
    answer = visitor(world, role, language).get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def copies(world: World) -> tuple[str, ...]:
    (marking,) = world.node.ledger.read(about(kinds=(CopiesMarked,))).of(CopiesMarked)
    return marking.fact.copies


def trace(world: World, text: str) -> str:
    send(
        visitor(world, Role.INVESTIGATOR),
        TRACES,
        text=text,
        how="retyped",
        whence="A poster on a wall in the port",
    )
    return seen(world)


def test_an_open_gate_names_a_copy_and_everyone_who_could_reach_it(due: World) -> None:
    page = trace(due, retyped(copy_of(due, 1)))
    named = copies(due)[1]
    assert "Gate open: it points at 1 copy" in page
    reach = page.partition(f'Who could reach copy <a href="/copies/{named}">')[2].partition("</ul>")[0]
    assert reach.index("sergeant") < reach.index("commander"), "the recipient first"
    for person in ("analyst", "clerk", "partner-liaison", "commander", "director", "releasing-officer"):
        assert f"/people/practice.{person}" in reach
    assert "anyone whom nobody logged" in reach
    assert "A mark names a copy, never a person" in page


def test_every_copy_stands_in_the_table_whether_it_is_named_or_not(due: World) -> None:
    page = trace(due, copy_of(due, 2))
    table = page.partition("Every copy that it was held against")[2].partition("</table>")[0]
    links = re.findall(r'href="/copies/([^"]+)"', table)
    assert set(links) == set(copies(due))
    assert links[0] == copies(due)[2]
    assert table.count("likelier if it played no part") == 3
    assert table.count("likelier if it took part") == 1


def test_too_little_text_is_said_in_plain_words_and_shows_no_copy(due: World) -> None:
    page = trace(due, cropped(copy_of(due), 4))
    assert "Gate closed: too little text" in page
    assert "No copy was looked at" in page
    assert "Every copy that it was held against" not in page
    assert not any(f"/copies/{copy}" in page for copy in copies(due))
    assert "Who could reach copy" not in page
    assert 'name="text"' in page, "it may be traced again"


def test_where_no_copy_stands_out_none_is_named_and_none_cleared(due: World) -> None:
    page = trace(due, PLAIN)
    assert "Gate closed: no copy stands out" in page
    assert "No copy is named, and none is cleared" in page
    assert "Who could reach copy" not in page


def test_an_investigation_makes_one_trace(due: World) -> None:
    page = trace(due, copy_of(due))
    assert "This investigation has made its trace" in page
    assert 'name="text"' not in page
    again = visitor(due, Role.INVESTIGATOR).post(
        TRACES, data={"key": "another", "text": PLAIN, "how": "retyped", "whence": "elsewhere"}
    )
    assert again.status_code == 409
    assert len(due.node.ledger.read(about(kinds=(TextTraced,))).facts) == 1


def test_before_the_declared_time_there_is_no_form_and_nothing_is_traced(leaked: World) -> None:
    page = seen(leaked)
    assert "Declare first when to decide" in page
    assert f"/investigations/{INQUIRY}/decision-time" in page
    assert 'name="text"' not in page
    sent = visitor(leaked, Role.INVESTIGATOR).post(
        TRACES, data={"key": "early", "text": PLAIN, "how": "retyped", "whence": "elsewhere"}
    )
    assert sent.status_code == 409
    assert "declared beforehand" in sent.text
    assert not leaked.node.ledger.read(about(kinds=(TextSurfaced,))).facts


def test_the_form_says_what_it_will_be_held_against_and_what_is_needed(due: World) -> None:
    page = seen(due)
    assert "4 copies" in page
    assert "1 in 2,000" in page


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_recorded(due: World) -> None:
    client = visitor(due, Role.INVESTIGATOR)
    sent = client.post(TRACES, data={"key": key_of(client.get(TRACES).text), "how": "retyped", "text": "  "})
    assert sent.status_code == 422
    assert 'id="f-text-error"' in sent.text
    assert 'id="f-whence-error"' in sent.text
    assert not due.node.ledger.read(about(kinds=(TextSurfaced,))).facts


def test_whoever_it_does_not_name_sees_the_traces_and_makes_none(due: World) -> None:
    traced(due, copy_of(due))
    page = seen(due, Role.OVERSEER)
    assert "Gate open" in page
    assert 'name="text"' not in page


@pytest.mark.parametrize("role", [Role.CASE_AGENT, Role.SENIOR_OFFICER, Role.PARTNER_LIAISON, Role.AUDITOR])
def test_to_others_it_is_not_there(due: World, role: Role) -> None:
    assert visitor(due, role).get(TRACES).status_code == 404


def test_what_was_written_stays_text(due: World) -> None:
    page = visitor(traced(due, "<b>nothing</b> of ours " * 3), Role.INVESTIGATOR).get(TRACES).text
    assert "&lt;b&gt;nothing&lt;/b&gt;" in page
    assert "<b>nothing</b>" not in page


def test_the_investigation_leads_to_its_traces_and_says_how_they_ended(due: World) -> None:
    there = f"/investigations/{INQUIRY}"
    assert f'href="{TRACES}"' in seen(due, path=there)
    traced(due, copy_of(due, 3))
    page = seen(due, path=there)
    assert "Gate open: it points at 1 copy" in page
    assert copies(due)[3] in page


def test_it_reads_in_spanish(due: World) -> None:
    traced(due, copy_of(due))
    page = seen(due, language="es")
    assert "Puerta abierta: señala 1 copia" in page
    assert "Una marca señala una copia, nunca a una persona" in page


def test_nobody_is_offered_to_claim_a_trace_where_copies_were_marked_here(leaked: World) -> None:
    page = seen(leaked, path=f"/investigations/{INQUIRY}/evidence")
    assert "logs and records of access" in page
    assert "trace of a marked copy" not in page


def test_a_finding_about_the_copy_may_rest_on_it(due: World) -> None:
    traced(due, copy_of(due))
    inquiry, client = f"/investigations/{INQUIRY}", visitor(due, Role.INVESTIGATOR)
    copy = copies(due)[1]
    said = {"proposition": "It came that way.", "alternative": "It came another way."}
    send(client, f"{inquiry}/hypothesis", channel="unknown", **said)
    send(client, f"{inquiry}/hypothesis", channel="copy", copy=copy, **said)
    fields = {"outcome": "substantiated", "grounds": "The trace says so."}
    send(client, f"{inquiry}/finding", **fields, copy=copy, units="practice.unit")
    person = {"person": PersonId("practice.sergeant"), "units": "practice.unit"}
    shown = client.get(f"{inquiry}/finding")
    refused = client.post(f"{inquiry}/finding", data={"key": key_of(shown.text), **fields, **person})
    assert refused.status_code == 409
    assert "never accuses" in refused.text
