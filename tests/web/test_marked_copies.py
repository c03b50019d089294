"""A recipient is handed the copy that was marked for them, and nobody sees which wordings anybody else has."""

import re

import pytest

from tearline.facts.fact import Compartment
from tearline.facts.history import Role, about
from tearline.facts.identifiers import PersonId
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.reading import SealedFieldsRead
from tearline.facts.release import CopyReleased
from tearline.folds.marks import marked
from tearline.jobs.copies import OPENED, text_of
from tearline.jobs.effect import InEffect
from tearline.web.access import GRANTS
from tests.api.conftest import Caller, at
from tests.web.conftest import visitor
from tests.web.test_flow import FILLED, ask, send
from tests.web.test_readings import noted
from tests.web.world import World, actor

ITEM = "/items/practice.item-1"
WORDS = "Lorries {{leave|depart}} {{on|upon}} the third day."
EXPECTED = re.compile("Lorries (leave|depart) (on|upon) the third day\\.")
PARTNER = PersonId("practice.partner-liaison")
HOLDS = InEffect(quorum=0, witnesses=0, cosigned=0, holds=True)
HELD_BACK = InEffect(quorum=1, witnesses=1, cosigned=0, holds=False)


def worded(world: World, text: str = WORDS) -> World:
    officer = visitor(world, Role.RELEASING_OFFICER)
    assert "Set wordings" in officer.get(ITEM).text
    assert "Lorries leave on the third day." in officer.get(f"{ITEM}/wordings").text
    send(officer, f"{ITEM}/wordings", text=text)
    return world


def copied(world: World, extent: str = "full") -> str:
    """The page of the copy that a request for it brought."""
    page = ask(world, extent=extent)
    for role in (Role.RELEASING_OFFICER, Role.SOURCE_HANDLER):
        send(visitor(world, role), f"{page}/sign-off")
    send(visitor(world, Role.RELEASING_OFFICER), f"{page}/release")
    (copy,) = re.findall(r'href="(/copies/[^"/]+)"', visitor(world, Role.PARTNER_LIAISON).get("/").text)
    return str(copy)


def given(world: World) -> str:
    """What the record says that the copy says."""
    known = world.node.ledger.read(about(kinds=(CopiesMarked, WordingVariantsSet)), opening=OPENED)
    (marking,) = known.of(CopiesMarked)
    how = marked(known, marking)
    assert how is not None
    return how.text(marking.fact.copies[0])


def test_the_recipient_is_handed_the_text_that_was_marked_for_them(world: World) -> None:
    copy = copied(worded(world))
    text = given(world)
    assert EXPECTED.fullmatch(text)
    partner = visitor(world, Role.PARTNER_LIAISON)
    assert text in partner.get(copy).text
    assert "yours alone" in partner.get(copy).text
    assert "solo suya" in visitor(world, Role.PARTNER_LIAISON, "es").get(copy).text
    assert Caller(at(world), Role.PARTNER_LIAISON).get(copy).json()["text"] == text


def test_nobody_else_sees_what_a_copy_says(world: World) -> None:
    copy = copied(worded(world))
    for role in (
        Role.RELEASING_OFFICER,
        Role.CASE_AGENT,
        Role.INVESTIGATOR,
        Role.SENIOR_OFFICER,
        Role.OVERSEER,
    ):
        shown = visitor(world, role).get(copy)
        assert shown.status_code == 200
        assert not EXPECTED.search(shown.text)
        assert Caller(at(world), role).get(copy).json()["text"] is None


def test_no_role_opens_the_marks() -> None:
    assert not [
        role for role, grants in GRANTS.items() if any(g.compartment is Compartment.MARKS for g in grants)
    ]


def test_nothing_is_shown_of_a_copy_that_was_not_marked(world: World) -> None:
    copy = copied(world)
    assert "Lorries" not in visitor(world, Role.PARTNER_LIAISON).get(copy).text
    assert Caller(at(world), Role.PARTNER_LIAISON).get(copy).json()["text"] is None


def test_part_of_an_item_is_not_marked_by_the_wordings_of_the_whole(world: World) -> None:
    copy = copied(worded(world), extent=FILLED["extent"])
    assert "Lorries" not in visitor(world, Role.PARTNER_LIAISON).get(copy).text


def test_a_copy_that_is_not_in_effect_is_not_handed_over(world: World) -> None:
    copied(worded(world))
    (copy,) = world.node.ledger.read(about(kinds=(CopyReleased,))).of(CopyReleased)
    assert text_of(world.node, copy, PARTNER, HOLDS) == given(world)
    assert text_of(world.node, copy, PARTNER, HELD_BACK) is None
    assert text_of(world.node, copy, PARTNER, None) is None
    assert text_of(world.node, copy, actor(Role.LIAISON).person, HOLDS) is None


def test_that_it_was_read_is_on_record(world: World) -> None:
    copy = copied(worded(world))
    client = noted(world, Role.PARTNER_LIAISON)
    client.get(copy)
    client.get(copy)
    read = [
        r
        for r in world.node.ledger.read(about(kinds=(SealedFieldsRead,))).of(SealedFieldsRead)
        if r.by.person == PARTNER
    ]
    assert [(r.fact.page, r.fact.compartments) for r in read] == [("/copies/{copy}", (Compartment.CONTENT,))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lorries {{leave|do not leave}} on the third day.", "the same denials"),
        ("Lorries {{leave|depart}} on the fourth day.", "own text, word for word"),
        ("Lorries leave on the third day.", "no alternatives"),
        ("Lorries {{leave", "}} after this"),
    ],
)
def test_wordings_that_do_not_hold_together_are_refused_with_what_is_wrong(
    world: World, text: str, said: str
) -> None:
    officer = visitor(world, Role.RELEASING_OFFICER)
    answer = officer.post(f"{ITEM}/wordings", data={"key": "k", "text": text})
    assert answer.status_code in (409, 422)
    assert said in answer.text
    assert not world.node.ledger.read(about(kinds=(WordingVariantsSet,))).facts


def test_wordings_are_for_the_releasing_side_to_set(world: World) -> None:
    for role in (Role.PARTNER_LIAISON, Role.INVESTIGATOR, Role.OVERSEER, Role.ADMINISTRATOR):
        assert visitor(world, role).get(f"{ITEM}/wordings").status_code in (403, 404)
        assert "Set wordings" not in visitor(world, role).get(ITEM).text
