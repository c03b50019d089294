"""The terms of the exposure model as an agreement states them. There is no default: what is not stated is not known.

The parameters stand in the pack ``exposure``; ``docs/exposure.md`` says what each means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from tearline.facts.parties import Terms
from tearline.facts.release import Extent
from tearline.folds.agreements import double_stated, duration_stated

MODEL_PARAMETERS = (
    "channel_prior",
    "channel_pooling",
    "leak_by_reader",
    "leak_by_superior",
    "leak_delay",
    "leak_background",
    "leak_unlogged",
    "leak_memory",
    "degree_redacted",
    "degree_tearline",
    "degree_existence",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Chances between 0 and 1, but ``pooling``, which is the number of people that the prior counts as."""

    prior: float
    pooling: float
    reader: float
    superior: float
    delay: timedelta
    background: float
    unlogged: float
    memory: timedelta
    degrees: Mapping[Extent, float]


def model_of(terms: Terms) -> Model | None:
    """The model that these terms state; None where a term is missing or is no chance, and nothing can be figured."""
    chance = {name: _chance(terms, name) for name in MODEL_PARAMETERS if name not in _OTHERS}
    pooling = double_stated(terms, "channel_pooling")
    delay, memory = duration_stated(terms, "leak_delay"), duration_stated(terms, "leak_memory")
    known = {name: value for name, value in chance.items() if value is not None}
    if len(known) < len(chance) or pooling is None or pooling <= 0 or delay is None or memory is None:
        return None
    if not (0 < known["channel_prior"] < 1 and 0 < known["leak_background"] < 1 and delay and memory):
        return None
    return Model(
        prior=known["channel_prior"],
        pooling=pooling,
        reader=known["leak_by_reader"],
        superior=known["leak_by_superior"],
        delay=delay,
        background=known["leak_background"],
        unlogged=known["leak_unlogged"],
        memory=memory,
        degrees={
            Extent.FULL: 1.0,
            Extent.REDACTED: known["degree_redacted"],
            Extent.TEARLINE: known["degree_tearline"],
            Extent.EXISTENCE: known["degree_existence"],
        },
    )


_OTHERS = frozenset({"channel_pooling", "leak_delay", "leak_memory"})


def _chance(terms: Terms, name: str) -> float | None:
    value = double_stated(terms, name)
    return value if value is not None and 0 <= value <= 1 else None
