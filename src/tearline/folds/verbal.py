"""A likelihood ratio in words, both ways: what supports the alternative is said of the alternative.

The steps are those of the ENFSI guideline for evaluative reporting in forensic science (2015), as recalled; the
guideline itself was not at hand to compare. A word says how far the evidence tells two propositions apart, and nothing
of how likely either is.
"""

from dataclasses import dataclass

from tearline.facts.words import Worded, Words


class Support(Worded):
    NONE = "none", "no support for one over the other", "ningún apoyo a una frente a la otra"
    WEAK = "weak", "weak support", "apoyo débil"
    MODERATE = "moderate", "moderate support", "apoyo moderado"
    MODERATELY_STRONG = "moderately-strong", "moderately strong support", "apoyo moderadamente fuerte"
    STRONG = "strong", "strong support", "apoyo fuerte"
    VERY_STRONG = "very-strong", "very strong support", "apoyo muy fuerte"
    EXTREMELY_STRONG = "extremely-strong", "extremely strong support", "apoyo extremadamente fuerte"


_STEPS = (
    (2.0, Support.NONE),
    (10.0, Support.WEAK),
    (100.0, Support.MODERATE),
    (1_000.0, Support.MODERATELY_STRONG),
    (10_000.0, Support.STRONG),
    (1_000_000.0, Support.VERY_STRONG),
)


@dataclass(frozen=True, slots=True)
class Weight:
    """``proposition``: whether it supports that rather than the alternative; of no support, neither."""

    support: Support
    proposition: bool

    @property
    def words(self) -> Words:
        if self.support is Support.NONE:
            return self.support.words
        of = (
            Words("the proposition", "la proposición")
            if self.proposition
            else Words("the alternative", "la alternativa")
        )
        return Words(f"{self.support.words.en} for {of.en}", f"{self.support.words.es} a {of.es}")


def weight(likelihood_ratio: float) -> Weight:
    """In words, of a ratio above zero; below one it is the alternative's, by the inverse."""
    if not likelihood_ratio > 0:
        raise ValueError("a likelihood ratio is above zero")
    larger = max(likelihood_ratio, 1 / likelihood_ratio)
    support = next((word for end, word in _STEPS if larger < end), Support.EXTREMELY_STRONG)
    return Weight(support, likelihood_ratio >= 1)
