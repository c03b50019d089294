"""Pages of a long record: the first so many facts from a place on, whatever stretches they are looked for in."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.history import Question, about
from tearline.facts.release import ItemRegistered, KnowersListed, SourceWarned
from tearline.ledger import reader
from tearline.ledger.ledger import Ledger
from tests.web.conftest import make_world

QUESTIONS: tuple[Question | None, ...] = (
    None,
    about(kinds=(ItemRegistered,)),
    about("item:practice.item-1"),
    about("item:practice.item-1", kinds=(KnowersListed, ItemRegistered)),
    about("item:nothing"),
    about(kinds=(SourceWarned,)) | about("unit:practice.unit"),
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    world = make_world(tmp_path_factory.mktemp("paged"))
    yield world.node.ledger
    world.node.ledger.close()


@settings(max_examples=120)
@given(
    question=st.sampled_from(QUESTIONS),
    start=st.integers(0, 130),
    most=st.integers(1, 40),
    stretch=st.sampled_from((1, 3, 2048)),
)
def test_a_page_is_the_first_so_many_of_what_matches(
    ledger: Ledger, question: Question | None, start: int, most: int, stretch: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "FIRST_STRETCH", stretch)
        page = ledger.page(question, start, most)
    whole = (
        [ledger.entry(p).recorded for p in range(ledger.size())]
        if question is None
        else ledger.read(question)
    )
    expected = [r.position for r in whole if r.position >= start]
    assert [r.position for r in page] == expected[:most]
    if len(expected) > most:
        assert expected[most - 1] < page.position <= expected[most]


def test_pages_one_after_the_other_are_the_whole(ledger: Ledger) -> None:
    seen: list[int] = []
    position = 0
    while position < ledger.size():
        page = ledger.page(QUESTIONS[2], position, 2)
        seen += [r.position for r in page]
        position = page.position
    question = QUESTIONS[2]
    assert question is not None
    assert seen == [r.position for r in ledger.read(question)]
