"""Propensities are of units and adversaries: a unit that leaked to one may be trusted against another."""

import pytest

from tearline.facts.exposure import PropensitiesFigured, UnitFigured
from tearline.facts.identifiers import AgreementId
from tearline.rooms.release.propensities import FigurePropensities
from tests.rooms.rows import Row, check
from tests.rooms.test_figures import concerning, leaked, modelled
from tests.worlds import ANA, REX, World, on, released

PACT = AgreementId("pact")


def figured(world: World) -> dict[str, UnitFigured]:
    (fact,) = world.does(FigurePropensities(PACT), by=REX)
    assert isinstance(fact, PropensitiesFigured)
    rows = fact.units.open()
    assert {row.unit for row in rows} == {"siu"}
    return {row.adversary or "": row for row in rows}


def both() -> World:
    world = leaked("cartel").tell(concerning("boats", "others"), at=on(-70), by=ANA)
    return world.tell(released("r-2", item="boats"), at=on(-65))


def test_a_leak_to_one_adversary_says_nothing_of_another() -> None:
    rows = figured(both())
    assert rows["cartel"].after > 1.2 * rows["cartel"].before
    assert rows["cartel"].leaked == 1
    assert rows["others"].after < 1.02 * rows["others"].before
    assert rows["others"].leaked == 0
    assert all(row.low <= row.after <= row.high for row in rows.values())


def test_where_nothing_was_given_there_is_nothing_to_figure() -> None:
    (fact,) = modelled().does(FigurePropensities(PACT), by=REX)
    assert isinstance(fact, PropensitiesFigured)
    assert fact.units.open() == ()


ACCEPTED = [
    Row(
        claim="what was given under an agreement is figured by its terms",
        order=FigurePropensities(PACT),
        by=REX,
        world=both(),
        gives=(PropensitiesFigured,),
    )
]
REFUSED = [
    Row(
        claim="an agreement that states no model has nothing figured",
        order=FigurePropensities(PACT),
        by=REX,
        refused="model-stated",
    ),
    Row(
        claim="nothing is figured under an agreement that is not on record",
        order=FigurePropensities(AgreementId("none")),
        by=REX,
        refused="known",
    ),
]


@pytest.mark.parametrize("row", ACCEPTED + REFUSED, ids=str)
def test_what_may_be_figured(row: Row) -> None:
    check(row)
