"""The propensity of each unit, for each adversary: what share of its people are channels to it, by the record.

A unit may leak to one adversary and reliably pursue another, so each adversary has a world of its own. It is learnt
from what leaked and what did not, and forgets at the rate that the agreement states.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from tearline.estimates.exposure import State, World, attribute
from tearline.estimates.exposure.interval import beta_interval
from tearline.facts.exposure import UnitFigured
from tearline.facts.history import History, Question, each
from tearline.facts.identifiers import AdversaryId, AgreementId, ItemId, UnitId
from tearline.facts.release import DisclosureRecorded, ItemReleased
from tearline.folds.model import Model
from tearline.folds.release import releases_of
from tearline.folds.worlds import adversaries, asks_worlds, world_about


def asks_propensities(known: History, agreement: AgreementId) -> Question:
    """All that the propensities of the units under an agreement are figured from; ask until it is stable."""
    asked = each("agreement", [agreement], (ItemReleased, DisclosureRecorded))
    for item in sorted(given_under(known, agreement)):
        asked |= asks_worlds(known, item)
    return asked


def given_under(known: History, agreement: AgreementId) -> Mapping[ItemId, frozenset[UnitId]]:
    """What was given under this agreement, and to which units."""
    found: dict[ItemId, set[UnitId]] = {}
    for r in releases_of(known):
        if r.fact.agreement == agreement:
            found.setdefault(r.fact.item, set()).add(r.fact.unit)
    return {item: frozenset(units) for item, units in found.items()}


def propensities(
    known: History, agreement: AgreementId, model: Model, at: datetime
) -> tuple[UnitFigured, ...]:
    """A row for each unit and adversary, by unit and then by adversary."""
    given = given_under(known, agreement)
    whom: dict[AdversaryId | None, set[UnitId]] = {}
    about: dict[AdversaryId | None, ItemId] = {}
    for item, units in given.items():
        for adversary in adversaries(known, item) or (None,):
            whom.setdefault(adversary, set()).update(units)
            about.setdefault(adversary, item)
    rows = [
        row
        for adversary, units in whom.items()
        for row in _rows(world_about(known, about[adversary], model, at), adversary, units)
    ]
    return tuple(sorted(rows, key=lambda row: (row.unit, row.adversary or "")))


def _rows(world: World, adversary: AdversaryId | None, units: Iterable[UnitId]) -> list[UnitFigured]:
    state = State.of(world)
    found = attribute(state)
    place = {str(unit.id): n for n, unit in enumerate(world.units)}
    rows = []
    for unit in sorted(units):
        n = place.get(unit)
        if n is None:
            continue  # nobody on record serves there
        mean, sd = float(found.units.mean[n]), float(found.units.sd[n])
        low, high = beta_interval(mean, sd)
        members = [k for k, person in enumerate(world.people) if person.unit == unit]
        rows.append(
            UnitFigured(
                unit=unit,
                adversary=adversary,
                before=float(found.units.prior[n]),
                after=mean,
                low=low,
                high=high,
                leaked=_most(found.evidence.read_positive, members),
                quiet=_most(found.evidence.read_negative, members),
            )
        )
    return rows


def _most(read: np.ndarray, members: list[int]) -> int:
    return int(max((read[k] for k in members), default=0))
