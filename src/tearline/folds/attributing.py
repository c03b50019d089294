"""What the model says of a leak, inside one investigation: of those within its remit, and beside it what it rests on.

How far it rests on an assumption is shown by changing that: channels ten times as frequent or a tenth, each passing on
twice as often or half, and nobody reading unlogged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tearline.estimates.exposure import Posterior, State, attribute
from tearline.facts.exposure import ReaderFigured, Variation, Varied
from tearline.facts.history import History
from tearline.facts.identifiers import ItemId, PersonId
from tearline.folds.model import Model
from tearline.folds.worlds import CopySurfaced, hash_of, world_about

LEAST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    posterior: Posterior
    world_sha256: str
    readers: tuple[ReaderFigured, ...]
    varied: tuple[Varied, ...]
    base_rate: float


def attributed(
    known: History,
    item: ItemId,
    model: Model,
    within: frozenset[PersonId],
    at: datetime,
    *,
    surfaced: CopySurfaced | None = None,
) -> Attributed:
    """By this model, at ``at``; of people outside ``within`` nothing but their part in the sums."""
    world = world_about(known, item, model, at, surfaced)
    found = attribute(State.of(world))
    logged = [n for n, person in enumerate(found.people) if person in within]
    readers = sorted((_reader(found, n) for n in logged), key=lambda r: (-r.after, r.person))
    varied = tuple(
        _varied(variation, found, attribute(State.of(world_about(known, item, other, at, surfaced))))
        for variation, other in _others(model).items()
    )
    before = [float(found.prior[n]) for n in logged]
    return Attributed(
        posterior=found,
        world_sha256=hash_of(world),
        readers=tuple(readers),
        varied=varied,
        base_rate=sum(before) / len(before) if before else model.prior,
    )


def _reader(found: Posterior, n: int) -> ReaderFigured:
    evidence = found.evidence
    return ReaderFigured(
        person=PersonId(str(found.people[n])),
        before=float(found.prior[n]),
        after=float(found.probability[n]),
        ratio=min(float(found.likelihood_ratio[n]), 1e15),
        leaked=int(evidence.read_positive[n]),
        quiet=int(evidence.read_negative[n]),
        unknown=int(evidence.read_unknown[n]),
        first=found.people[n] in found.set90_exposed,
    )


def _others(model: Model) -> Mapping[Variation, Model]:
    return {
        Variation.PRIOR_TENFOLD: replace(
            model, prior=min(model.prior * 10, 0.5), unlogged=min(model.unlogged * 10, 0.5)
        ),
        Variation.PRIOR_TENTH: replace(
            model, prior=model.prior / 10, unlogged=max(model.unlogged / 10, LEAST)
        ),
        Variation.CHANCE_DOUBLE: replace(
            model, reader=min(model.reader * 2, 1.0), superior=min(model.superior * 2, 1.0)
        ),
        Variation.CHANCE_HALF: replace(model, reader=model.reader / 2, superior=model.superior / 2),
        Variation.LOGGED_ONLY: replace(model, unlogged=LEAST),
    }


def _varied(variation: Variation, found: Posterior, other: Posterior) -> Varied:
    return Varied(
        variation=variation,
        nobody=other.p_nobody_logged,
        expected=other.expected_channels,
        first=len(other.set90_exposed),
        same=len(set(other.set90_exposed) & set(found.set90_exposed)),
    )
