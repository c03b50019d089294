"""Marked copies: each recipient's copy has wordings of its own, and nobody sets wordings that say something else."""

import re
from collections.abc import Iterable

import pytest

from tearline.facts.fact import Closed, Compartment
from tearline.facts.history import History, Role, about
from tearline.facts.marks import CopiesMarked, WordingVariantsSet
from tearline.facts.release import (
    CopyReleased,
    Extent,
    ItemReleased,
    Manner,
    ReleaseRequested,
    SignOffLine,
    VerdictReached,
)
from tearline.folds.marks import MARK_KINDS, design_stated, marked
from tearline.rooms.release.marking import SetWordings
from tearline.rooms.release.releasing import ReleaseItem
from tests.rooms.rows import Row, check
from tests.worlds import (
    ANA,
    NONCE,
    PARAMETERS,
    REX,
    SOL,
    World,
    agreement,
    item,
    office,
    on,
    partners,
    person,
    requested,
    signed_off,
    superior,
    terms,
    trained,
    vetted,
    wordings,
)

ALTERNATIVES = "{{what|that which}} the {{source|informant}} {{handed|gave}} {{over|across}}"
"""The content of the worlds' items, in sixteen wordings."""
MARKS_V2 = {**PARAMETERS, "mark_error": "0.01", "mark_colluders": 2}


def below() -> World:
    """A tearline version of the item, with content of its own."""
    return partners().tell(item("below", tearline_of="phones"), by=ANA, at=on(-1))


def set_(world: World | None = None, text: str = ALTERNATIVES) -> World:
    out = world or below()
    out.does(SetWordings(wordings("below", text)), by=REX)
    return out


def asking(name: str = "ask", to: Iterable[str] = ("rita",), under: str = "pact") -> ReleaseRequested:
    return requested(name, "below", to, under=under)


def ready(world: World, asked: ReleaseRequested | None = None) -> World:
    """A request for it that lacks nothing."""
    asked = asked or asking()
    name = asked.request
    world.tell(asked, by=ANA)
    world.tell(signed_off(f"{name}-1", SignOffLine.RELEASING, name), by=REX)
    return world.tell(signed_off(f"{name}-2", SignOffLine.SOURCE_HANDLING, name), by=SOL)


def released(
    world: World, name: str = "ask", nonce: bytes = NONCE
) -> tuple[CopiesMarked | None, list[CopyReleased]]:
    facts = world.does(ReleaseItem(requested(name).request), by=REX, nonce=nonce)
    marks = [fact for fact in facts if isinstance(fact, CopiesMarked)]
    return (marks[0] if marks else None), [fact for fact in facts if isinstance(fact, CopyReleased)]


def crowd() -> World:
    """With eight more people of the unit who may have it."""
    world = below()
    names = [f"p{n}" for n in range(8)]
    for name in names:
        world.tell(person(name), vetted(name), at=on(-100))
        world.tell(office(name), superior(name, "sue"), at=on(-99))
    return world.tell(trained(*names), at=on(-50))


ACCEPTED = [
    Row(
        claim="wordings are set by the releasing side",
        order=SetWordings(wordings("below", ALTERNATIVES)),
        by=REX,
        world=below(),
        gives=(WordingVariantsSet,),
    ),
    Row(
        claim="and set anew under another name",
        order=SetWordings(wordings("below", ALTERNATIVES, name="again")),
        by=ANA,
        world=set_(),
        gives=(WordingVariantsSet,),
    ),
    Row(
        claim="copies of an item with wordings are marked by rule",
        order=ReleaseItem(requested().request),
        by=REX,
        world=ready(set_()),
        gives=(VerdictReached, ItemReleased, CopyReleased, CopiesMarked),
    ),
]

REFUSED = [
    Row(
        claim="wordings of no item",
        order=SetWordings(wordings("nothing", ALTERNATIVES)),
        by=REX,
        refused="known",
    ),
    Row(
        claim="wordings under a name that is taken",
        order=SetWordings(wordings("below", ALTERNATIVES)),
        by=REX,
        world=set_(),
        refused="once",
    ),
    Row(
        claim="wordings that say something else than the item",
        order=SetWordings(wordings("below", "{{what|that which}} nobody handed over")),
        by=REX,
        world=below(),
        refused="wordings-of-the-item",
    ),
    Row(
        claim="wordings that do not vary",
        order=SetWordings(wordings("below", "what the source handed over")),
        by=REX,
        world=below(),
        refused="wordings-vary",
    ),
    Row(
        claim="wordings in which a number varies",
        order=SetWordings(wordings("below", "what the source handed over{{ twice| once}}")),
        by=REX,
        world=below(),
        refused="wordings-hold-together",
    ),
    Row(
        claim="a release whose copies would hold decoys that the agreement does not allow",
        order=ReleaseItem(requested().request),
        by=REX,
        world=ready(set_(text=ALTERNATIVES + "{{? and more}}")),
        refused="decoys-by-agreement",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_row(row: Row) -> None:
    check(row)


def test_what_follows_from_the_text_is_filled_in_whatever_was_claimed() -> None:
    claimed = wordings("below", ALTERNATIVES + "{{? and more}}{{|.}}", bits=99, decoys=False)
    (said,) = below().does(SetWordings(claimed), by=REX)
    assert isinstance(said, WordingVariantsSet)
    assert (said.bits, said.bits_when_retyped, said.decoys) == (6, 5, True)


def test_the_text_must_be_the_item_s_own_with_the_first_alternatives() -> None:
    assert (
        below().refuses(
            SetWordings(wordings("below", ALTERNATIVES.replace("what|that which", "that which|what"))), by=REX
        )
        == "wordings-of-the-item"
    )


def test_every_recipient_has_a_copy_of_their_own() -> None:
    world = set_(crowd())
    people = ("rita", *(f"p{n}" for n in range(8)))
    marks, copies = released(ready(world, asking(to=people)))
    assert marks is not None
    assert marks.copies == tuple(copy.copy for copy in copies)
    assert marks.recipients == tuple(copy.recipient for copy in copies) == people
    assert len(set(_texts(world))) == len(people)
    assert world.history.of(CopiesMarked)[0].by.role is Role.NODE


def _texts(world: World) -> list[str]:
    (marking,) = world.history.of(CopiesMarked)
    how = marked(world.history, marking)
    assert how is not None
    return [how.text(copy) for copy in marking.fact.copies]


def test_what_the_copies_say_is_what_the_item_says_in_other_words() -> None:
    world = set_()
    released(ready(world))
    (text,) = _texts(world)
    read = re.fullmatch("(what|that which) the (source|informant) (handed|gave) (over|across)", text)
    assert read is not None


def test_two_releases_of_the_same_item_are_marked_independently() -> None:
    world = set_(crowd())
    first, _ = released(ready(world, asking("one", ("rita", "p1", "p2"))), "one")
    second, _ = released(ready(world, asking("two", ("rita", "p1", "p2"))), "two", nonce=NONCE[::-1])
    assert first is not None
    assert second is not None
    assert first.seed != second.seed
    assert set(first.copies).isdisjoint(second.copies)


def test_the_latest_wordings_count() -> None:
    world = set_()
    world.does(SetWordings(wordings("below", "what the source {{handed|gave}} over", name="again")), by=REX)
    marks, _ = released(ready(world))
    assert marks is not None
    assert (marks.variants, marks.bits) == ("again", 1)


@pytest.mark.parametrize(
    "asked",
    [
        requested("ask", "below", extent=Extent.REDACTED),
        requested("ask", "below", extent=Extent.EXISTENCE),
        requested("ask", "below", manner=Manner.ORAL),
    ],
    ids=lambda asked: f"{asked.extent} {asked.manner}",
)
def test_what_is_not_the_whole_text_or_no_copy_is_not_marked(asked: ReleaseRequested) -> None:
    marks, _ = released(ready(set_(), asked))
    assert marks is None


def test_the_part_below_the_line_of_a_whole_item_is_not_marked() -> None:
    """Its wordings are those of the whole, which the recipient is not given."""
    world = partners()
    world.does(SetWordings(wordings("phones", ALTERNATIVES)), by=REX)
    world.tell(requested(), by=ANA)
    world.tell(signed_off("s-1", SignOffLine.RELEASING), by=REX)
    world.tell(signed_off("s-2", SignOffLine.SOURCE_HANDLING), by=SOL)
    marks, _ = released(world)
    assert marks is None


def test_too_few_wordings_to_tell_the_copies_apart_hold_up_no_release() -> None:
    world = set_(crowd(), "what the source {{handed|gave}} over")
    marks, copies = released(ready(world, asking(to=("rita", "p1", "p2"))))
    assert marks is None
    assert len(copies) == 3


def test_what_the_agreement_declares_stands_with_the_marks() -> None:
    world = below()
    world.tell(
        agreement("newer", parameters=MARKS_V2 | {"decoys_allowed": True}),
        at=on(-80),
    )
    set_(world, ALTERNATIVES + "{{? and more}}")
    marks, _ = released(ready(world, asking(under="newer")))
    assert marks is not None
    assert (marks.error_per_million, marks.colluders, marks.agreement) == (10_000, 2, "newer")


@pytest.mark.parametrize(
    ("stated", "error", "colluders"),
    [
        ({}, 0.001, 1),
        ({"mark_error": "0.05", "mark_colluders": 3}, 0.05, 3),
        ({"mark_error": "0.9", "mark_colluders": 900}, 0.5, 20),
        ({"mark_error": "0.000000001", "mark_colluders": -4}, 1e-6, 1),
        ({"mark_error": "0"}, 0.001, 1),
    ],
    ids=str,
)
def test_what_cannot_be_reckoned_with_is_brought_within_what_can(
    stated: dict[str, int | str | bool], error: float, colluders: int
) -> None:
    design = design_stated(terms(parameters=stated))
    assert (design.error, design.colluders) == (error, colluders)


def test_no_role_and_no_release_opens_which_wordings_a_copy_has() -> None:
    assert Compartment.MARKS not in ReleaseItem.opens | SetWordings.opens
    world = set_()
    marks, _ = released(ready(world))
    assert marks is not None
    shut = world.read(about(kinds=MARK_KINDS), frozenset(Compartment) - {Compartment.MARKS})
    (marking,) = shut.of(CopiesMarked)
    with pytest.raises(Closed):
        marked(shut, marking)


def test_wordings_that_are_not_in_the_history_mark_nothing() -> None:
    world = set_()
    released(ready(world))
    (marking,) = world.history.of(CopiesMarked)
    without = History(tuple(r for r in world.facts if not isinstance(r.fact, WordingVariantsSet)))
    assert marked(without, marking) is None
