"""What is figured of a request before it is put to the protocol: who would see it, and how likely it is to leak.

It is figured where the agreement states the terms of the model, from the record as it stands when it is asked for; what
is recorded elsewhere meanwhile does not have it figured again. Nothing here permits or stops anything: a verdict
reads the figure as a fact.
"""

from dataclasses import dataclass
from datetime import datetime

from tearline.estimates.exposure import State, risk
from tearline.facts.exposure import ExposureFigured
from tearline.facts.fact import Sealed
from tearline.facts.history import Draft, History, Question, about
from tearline.facts.identifiers import AdversaryId, FigureId
from tearline.facts.release import ItemRegistered, ReleaseRequested
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.hiding import hidden_among
from tearline.folds.model import Model, model_of
from tearline.folds.worlds import NAME, UNLOGGED, Asked, adversaries, asks_world, hash_of, world_of
from tearline.rooms import Act

METHOD = "cover"
"""How the chance is reckoned: exactly, by the cover of what leaked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was figured, from the record up to ``as_of``."""

    as_of: int
    method: str
    world_sha256: str
    readers: int
    likely: float
    low: float
    high: float
    positives: int
    anonymity: int | None
    adversary: AdversaryId | None


def asks_figure(known: History, asked: ReleaseRequested) -> Question:
    """What a request's figure is made from. Nothing, where its agreement states no model."""
    if asked.agreement is None:
        return Question()
    question = about(f"agreement:{asked.agreement}", kinds=AGREEMENT_KINDS)
    if _model(known, asked) is None:
        return question
    return question | asks_world(known, _asked(known, asked))


def figure_of(read: History, asked: ReleaseRequested, at: datetime) -> Figure | None:
    """None where the agreement states no model, or the item is not on record."""
    known = read.as_known(at)
    model = _model(known, asked)
    if model is None or not any(r.fact.item == asked.item for r in known.of(ItemRegistered)):
        return None
    world = world_of(known, _asked(known, asked), model, at)
    if world.forward is None:
        return None
    state = State.of(world)
    found = risk(state, world.forward)
    whom = adversaries(known, asked.item)
    return Figure(
        as_of=read.position,
        method=METHOD,
        world_sha256=hash_of(world),
        readers=sum(not str(reader).startswith(UNLOGGED) for reader in world.forward.recipients),
        likely=found.p_leak,
        low=found.low95,
        high=found.high95,
        positives=len(state.covers),
        anonymity=hidden_among(known, asked.item, at),
        adversary=min(whom) if len(whom) == 1 else None,
    )


def figured(figure: Figure | None, asked: ReleaseRequested, act: Act) -> list[Draft]:
    """The figure as it is put on record; nothing where there is none."""
    if figure is None or asked.agreement is None:
        return []
    return [
        act.follows(
            ExposureFigured(
                figure=FigureId(act.token("figure")),
                request=asked.request,
                item=asked.item,
                unit=asked.unit,
                agreement=asked.agreement,
                as_of=figure.as_of,
                model=NAME,
                method=figure.method,
                world_sha256=figure.world_sha256,
                readers=Sealed(figure.readers),
                likely=Sealed(figure.likely),
                low=Sealed(figure.low),
                high=Sealed(figure.high),
                positives=Sealed(figure.positives),
                anonymity=Sealed(figure.anonymity),
                adversary=figure.adversary,
            )
        )
    ]


def _model(known: History, asked: ReleaseRequested) -> Model | None:
    held = agreements(known).get(asked.agreement) if asked.agreement else None
    return model_of(held.terms) if held else None


def _asked(known: History, asked: ReleaseRequested) -> Asked:
    perishes = [r.fact.perishes_at for r in known.of(ItemRegistered) if r.fact.item == asked.item]
    return Asked(
        item=asked.item,
        unit=asked.unit,
        recipients=asked.recipients,
        extent=asked.extent,
        until=perishes[-1] if perishes else None,
    )
