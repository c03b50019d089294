"""The text that is shown says what the fact says, and nothing else passes for it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tearline.facts.codec import encode
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Fact
from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import PersonId
from tearline.facts.shape import Maybe, Record, record_of
from tearline.facts.vocabulary import kinds
from tearline.facts.words import Language, Words
from tearline.ledger import sentence
from tearline.ledger.prepared import prepare
from tests.facts.shapes import of_kind
from tests.worlds import NOON, disclosed, dissent

ISS = "tearline.example/desk"
languages = st.sampled_from(Language)


def payload(fact: Fact, after: int = 7) -> dict[str, Any]:
    draft = Draft(fact=fact, happened_at=NOON, by=Actor(PersonId("rex"), Role.RELEASING_OFFICER))
    (stated,) = prepare([draft], after).stated(ISS)
    return stated


DISCLOSED = payload(disclosed())


def test_the_text_spelled_out() -> None:
    """Once by hand: whoever checks a bundle without our code compares with this."""
    opening = sentence.opening(ISS, "rex", 7, 1, Language.EN)
    assert opening == (
        "I sign this act with my own key [tearline/act/2]\n"
        'In the ledger (iss): "tearline.example/desk"\n'
        'Signed by (by): "rex"\n'
        "Facts on record when this was shown (after): 7\n"
        "Facts signed (facts): 1\n"
    )
    one = payload(dissent())
    digests = "".join(f'Sealed field or decoy, SHA-256 (_sd): "{d}"\n' for d in one["fact"]["_sd"])
    request = one["fact"]["request"]
    assert sentence.section(one, 1, 1, Language.EN) == (
        "\n1/1 A dissent was recorded [DissentRecorded]\n"
        f'Dissent (dissent): "{one["fact"]["dissent"]}"\n'
        f'Item (item): "{one["fact"]["item"]}"\n'
        f"Request (request): {sentence.json_of(request)}\n"
        f"{digests}"
        'Happened at (act.happened_at): "' + one["happened_at"] + '"\n'
        'Known (act.precision): "minute"\n'
        'In the role (act.role): "releasing-officer"\n'
    )


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
@settings(max_examples=5)
@given(st.data())
def test_every_kind_is_said_and_read_back(kind: type[Fact], data: st.DataObject) -> None:
    one, language = payload(data.draw(of_kind(kind))), data.draw(languages)
    count = data.draw(st.integers(1, 128))
    number = data.draw(st.integers(1, count))
    opening = sentence.opening(ISS, "rex", 7, count, language)
    text = sentence.section(one, number, count, language)
    sentence.check_opening(opening, one, count)
    sentence.check_section(text, one, number, count)
    assert not sentence.UNSEEN.search(text.replace("\n", ""))


@settings(max_examples=60)
@given(st.data())
def test_one_character_changed_says_something_else(data: st.DataObject) -> None:
    """But in a label, which may be reworded: there it takes a character that could pass for something else."""
    text = sentence.section(DISCLOSED, 2, 3, data.draw(languages))
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=["Cs"]).filter(lambda c: c != text[at]))
    changed = text[:at] + other + text[at + 1 :]
    try:
        sentence.check_section(changed, DISCLOSED, 2, 3)
    except (Broken, Malformed):
        return
    line = text[:at].rpartition("\n")[2]
    assert "(" not in line
    assert "[" not in line
    assert not sentence.UNSEEN.search(other)
    assert other not in '()[]{}:"\\'


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("DisclosureRecorded", "DissentRecorded"),
        ("(unit)", "(item)"),
        ("\n1/1 ", "\n1/2 "),
        ("\n1/1 ", "1/1 "),
        ('"rex"', '"rex" '),
        ("Recipient unit (unit)", "Not (unit): the (unit)"),
        ("Recipient unit (unit)", " (unit)"),
        ("Recipient unit (unit)", "Recipient\u202eunit (unit)"),
        ("Recipient unit (unit)", "Recipient\u200bunit (unit)"),
        ("Recipient unit (unit)", "R" * 121 + " (unit)"),
        ("Recipient unit (unit): ", "Recipient unit (unit):"),
        ("Recipient unit (unit)", "Recipient unit  (unit)"),
        ("\nItem", "\n\nItem"),
    ],
)
def test_what_does_not_say_what_the_fact_says_is_broken(said: str, instead: str) -> None:
    text = sentence.section(DISCLOSED, 1, 1, Language.EN)
    if said == '"rex"':
        said, instead = '"minute"', '"minute" '
    assert said in text
    with pytest.raises(Broken):
        sentence.check_section(text.replace(said, instead, 1), DISCLOSED, 1, 1)


def test_a_line_more_or_less_is_broken() -> None:
    text = sentence.section(DISCLOSED, 1, 1, Language.EN)
    lines = text.splitlines(keepends=True)
    for n in range(2, len(lines)):
        for changed in ([*lines[:n], *lines[n + 1 :]], [*lines[:n], lines[n], *lines[n:]]):
            with pytest.raises(Broken):
                sentence.check_section("".join(changed), DISCLOSED, 1, 1)
    for wrong in (text[:-1], text + "\n", "", "\n"):
        with pytest.raises((Broken, Malformed)):
            sentence.check_section(wrong, DISCLOSED, 1, 1)


def test_labels_may_be_reworded() -> None:
    text = sentence.section(DISCLOSED, 1, 1, Language.EN)
    reworded = text.replace("Recipient unit", "Unité destinataire", 1)
    sentence.check_section(reworded, DISCLOSED, 1, 1)


def test_the_opening_is_of_this_act() -> None:
    opening = sentence.opening(ISS, "rex", 7, 1, Language.ES)
    sentence.check_opening(opening, DISCLOSED, 1)
    for changed in ({"iss": "tearline.example/other"}, {"by": "eve"}, {"after": 8}):
        with pytest.raises(Broken):
            sentence.check_opening(opening, DISCLOSED | changed, 1)
    with pytest.raises(Broken):
        sentence.check_opening(opening, DISCLOSED, 2)
    with pytest.raises(Broken):
        sentence.check_opening(opening.replace("act/2", "act/3"), DISCLOSED, 1)


def test_what_a_worked_case_tells_is_signed_by_nobody() -> None:
    text = sentence.section(DISCLOSED, 1, 1, Language.EN)
    with pytest.raises(Broken, match="nobody"):
        sentence.check_section(text, DISCLOSED | {"told": {}}, 1, 1)


def test_unseen_characters_of_a_value_are_written_out() -> None:
    assert (
        sentence.json_of("a\u202eb\u200bc\u00a0d\U000e0041\n")
        == '"a\\u202eb\\u200bc\\u00a0d\\udb40\\udc41\\n"'
    )
    hidden = DISCLOSED | {"fact": DISCLOSED["fact"] | {"unit": "siu\u202e"}}
    text = sentence.section(hidden, 1, 1, Language.EN)
    assert "\u202e" not in text
    with pytest.raises(Broken):
        sentence.check_section(text.replace("\\u202e", "\u202e"), hidden, 1, 1)


def test_a_name_that_could_pass_for_more_is_malformed() -> None:
    for name in ("unit): x (item", "unit\u00e9", "", "unit.", "a b"):
        strange = DISCLOSED | {"fact": {name: "x"}}
        text = f'\n1/1 A [DisclosureRecorded]\nA ({name}): "x"\n' + "".join(
            f"A (act.{n}): {sentence.json_of(strange[n])}\n" for n in sentence.SIGNED_AS
        )
        with pytest.raises((Malformed, Broken)):
            sentence.check_section(text, strange, 1, 1)


def test_objects_are_said_member_by_member() -> None:
    nested = DISCLOSED | {
        "fact": {"terms": {"own": "dea", "parameters": {"k": 3}, "none": {}}, "more": [1, {"x": 2}]}
    }
    text = sentence.section(nested, 1, 1, Language.EN)
    assert '(terms.own): "dea"\n' in text
    assert "(terms.parameters.k): 3\n" in text
    assert "(terms.none): {}\n" in text
    assert '(more): [1,{"x":2}]\n' in text
    sentence.check_section(text, nested, 1, 1)


def every_label() -> set[Words]:
    found: set[Words] = {*sentence.LABELS.values(), sentence.HEADING}

    def of(record: Record) -> None:
        for one in record.fields:
            found.add(one.label)
            shape = one.shape.one if isinstance(one.shape, Maybe) else one.shape
            if isinstance(shape, Record):
                of(shape)

    for kind in kinds():
        found.add(kind.in_words)
        of(record_of(kind))
    return found


def test_no_label_is_lost_or_cut_when_it_is_made_plain() -> None:
    for words in every_label():
        for language in Language:
            plain = sentence.plain(words, language)
            assert plain
            assert len(words.to(language)) <= sentence.LONGEST_LABEL
            assert [c for c in plain if c.isalnum()] == [c for c in words.to(language) if c.isalnum()]


def test_no_fact_has_a_member_that_could_be_taken_for_the_acts_own() -> None:
    names = {name for kind in kinds() for name in (f.name for f in record_of(kind).fields)}
    assert names.isdisjoint({"act", "_sd"})
    assert encode(disclosed()).clear.keys() <= names
