"""What differs between two packs, rule by rule, and what of it may let more through."""

import pytest

from tearline.protocol import Pack, load_pack
from tearline.protocol.changes import Difference, Part, RuleChange, changes
from tests.protocols import LOOSER, SHIPPED, STRICTER, draft

NEEDS = "parameters:\n  ceiling:\n    type: int\n    label: {en: Ceiling, es: Tope}\n"


def pack(text: str) -> Pack:
    return load_pack(text, file="draft")


def changed(text: str) -> tuple[RuleChange, ...]:
    return changes(pack(SHIPPED), pack(text)).rules


def test_another_version_of_the_same_rules_is_no_change() -> None:
    assert not changes(pack(SHIPPED), pack(draft()))


def test_a_refusal_that_is_added_may_not_loosen() -> None:
    (one,) = changed(STRICTER)
    assert (one.id, one.difference, one.may_loosen) == ("only-tearlines", Difference.ADDED, False)


def test_a_hold_that_is_gone_may_loosen() -> None:
    (one,) = changed(LOOSER)
    assert (one.id, one.difference, one.may_loosen) == ("sign-offs-missing", Difference.REMOVED, True)


@pytest.mark.parametrize(
    ("old", "new", "part", "loosens"),
    [
        (
            "when: recipient.suspended\n",
            "when: recipient.suspended && chain_complete\n",
            Part.CONDITION,
            True,
        ),
        ('en: "Cooperation with this unit', 'en: "All cooperation with this unit', Part.WORDS, False),
        ('clause: "para 17: the unit', 'clause: "paragraph 17: the unit', Part.CITES, False),
    ],
)
def test_a_rule_says_what_of_it_is_another(old: str, new: str, part: Part, *, loosens: bool) -> None:
    (one,) = changed(draft((old, new)))
    assert (one.difference, one.parts, one.may_loosen) == (Difference.CHANGED, (part,), loosens)


def test_a_condition_that_is_only_laid_out_otherwise_is_the_same() -> None:
    assert changed(draft(("when: recipient.suspended\n", "when:   recipient.suspended\n"))) == ()


def test_what_may_loosen_stands_first() -> None:
    first, second = changed(
        STRICTER.replace("when: recipient.suspended\n", "when: recipient.suspended && chain_complete\n")
    )
    assert (first.id, second.id) == ("unit-suspended", "only-tearlines")


def test_parameters_and_duties_are_told_too() -> None:
    text = draft(("parameters:\n", NEEDS), ("  - id: investigate-leak\n", "  - id: look-into-leak\n"))
    found = changes(pack(SHIPPED), pack(text))
    assert found.parameters == (("ceiling", Difference.ADDED),)
    assert found.duties == (("look-into-leak", Difference.ADDED), ("investigate-leak", Difference.REMOVED))
