"""Words for likelihood ratios: the same steps either way, and none that says how likely anything is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearline.folds.verbal import Support, weight

RATIOS = st.floats(1e-12, 1e12)


@pytest.mark.parametrize(
    ("ratio", "support"),
    [
        (1, Support.NONE),
        (1.99, Support.NONE),
        (2, Support.WEAK),
        (10, Support.MODERATE),
        (100, Support.MODERATELY_STRONG),
        (999, Support.MODERATELY_STRONG),
        (1_000, Support.STRONG),
        (10_000, Support.VERY_STRONG),
        (1_000_000, Support.EXTREMELY_STRONG),
        (1e15, Support.EXTREMELY_STRONG),
    ],
)
def test_each_step_begins_where_the_scale_says(ratio: float, support: Support) -> None:
    assert weight(ratio).support is support
    assert weight(ratio).proposition


@given(RATIOS)
def test_what_supports_the_one_is_said_of_the_other_by_the_inverse(ratio: float) -> None:
    one, other = weight(ratio), weight(1 / ratio)
    if abs(ratio - round(ratio)) > 1e-6 and abs(1 / ratio - round(1 / ratio)) > 1e-6:
        assert one.support is other.support
        assert one.proposition is not other.proposition


@given(RATIOS, RATIOS)
def test_a_larger_ratio_is_never_said_to_support_less(one: float, other: float) -> None:
    steps = list(Support)

    def place(ratio: float) -> int:
        of = weight(ratio)
        return steps.index(of.support) * (1 if of.proposition else -1)

    assert (place(one) <= place(other)) is (one <= other) or place(one) == place(other)


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_there_is_no_word_for_what_is_no_ratio(wrong: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        weight(wrong)


def test_the_words_say_what_they_support_in_both_languages() -> None:
    assert weight(20).words.en == "moderate support for the proposition"
    assert weight(0.05).words.es == "apoyo moderado a la alternativa"
    assert "proposition" not in weight(1).words.en
