"""Figures are written as people of each language write them, and no figure is shown finer than it is known."""

import pytest

from tearline.facts.words import Language
from tearline.web.tongue import tongue


@pytest.mark.parametrize(
    ("figure", "english", "spanish"),
    [
        (0.0, "0", "0"),
        (1.0, "1", "1"),
        (0.25, "0.25", "0.25"),
        (0.0926276, "0.09263", "0.09263"),
        (12345.678, "12,350", "12,350"),
        (1.234567e-7, "1.235E-7", "1.235E-7"),
        (-0.51, "-0.51", "-0.51"),
        (-0.00001, "-1E-5", "-1E-5"),
    ],
)
def test_a_figure_has_four_significant_digits(figure: float, english: str, spanish: str) -> None:
    assert tongue(Language.EN).figure(figure) == english
    assert tongue(Language.ES).figure(figure) == spanish
