"""How the model fared in simulated worlds, as the pages say it."""

import pytest

from tearline.estimates.exposure import tested as study
from tearline.facts.words import Language
from tearline.web.tested import sayings
from tearline.web.tongue import tongue


def test_what_was_wrong_is_said_with_of_how_many_and_a_bound() -> None:
    said = sayings(tongue(Language.EN))
    found = study.tested()["A"]
    assert f"In {found.worlds:,} simulated worlds drawn from this model" in said[0]
    assert (
        f"of {found.at_90.accused:,} people given 90\u00a0% or more, {found.at_90.false:,} were no" in said[0]
    )
    assert "with 95 % confidence" in said[0]


@pytest.mark.parametrize(("family", "line"), [("D1", 1), ("F2", 2), ("H2", 3), ("G2", 4)])
@pytest.mark.parametrize("language", list(Language))
def test_losses_stand_beside_successes(family: str, line: int, language: Language) -> None:
    say = tongue(language)
    rate = study.tested()[family].at_90
    said = sayings(say)[line]
    assert f"{say.number(rate.false)} " in said
    assert f" {say.number(rate.accused)} " in said
    assert rate.at_most is not None
    assert say.chance(rate.at_most) in said
