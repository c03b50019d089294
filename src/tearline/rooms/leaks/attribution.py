"""Having a leak attributed: inside an open investigation, for one whom it names, of those within its remit."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tearline.facts.errors import Refused
from tearline.facts.exposure import LeakAttributed
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Role, each
from tearline.facts.identifiers import AgreementId, AttributionId, InvestigationId
from tearline.facts.leaks import InvestigationOpened
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.attributing import Attributed, attributed
from tearline.folds.investigations import asks_remit, investigation_of, remit
from tearline.folds.model import Model, model_of
from tearline.folds.release import releases_of
from tearline.folds.tracing import copies_surfaced
from tearline.folds.worlds import WITH_TRACES, asks_worlds
from tearline.rooms import Act
from tearline.rooms.leaks.apart import INVESTIGATING, asks_within, within


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    as_of: int
    agreement: AgreementId
    found: Attributed


class AttributeLeak:
    """From the record as it stands when it is asked for; what is recorded meanwhile has to be asked for anew."""

    allowed: ClassVar[frozenset[Role]] = INVESTIGATING
    opens: ClassVar[frozenset[Compartment]] = frozenset({Compartment.INVESTIGATIONS})

    def __init__(self, investigation: InvestigationId, figures: Figures | None = None) -> None:
        self.investigation = investigation
        self.figures = figures

    def asks_figures(self, known: History) -> Question:
        question = asks_remit(known, self.investigation)
        for item in sorted({r.fact.item for r in known.of(InvestigationOpened)}):
            question |= asks_worlds(known, item)
        given = frozenset(r.fact.agreement for r in releases_of(known) if r.fact.agreement)
        return question | each("agreement", given, AGREEMENT_KINDS)

    def with_figures(self, read: History, at: datetime) -> "AttributeLeak":
        known = read.as_known(at)
        found = investigation_of(known, self.investigation)
        terms = _model(known, found.opened.fact) if found else None
        people = remit(known, self.investigation, at)
        if found is None or terms is None or not people:
            return AttributeLeak(self.investigation)
        agreement, model = terms
        surfaced = copies_surfaced(known, found.traced)
        made = attributed(known, found.opened.fact.item, model, people, at, surfaced=surfaced)
        return AttributeLeak(
            self.investigation, Figures(as_of=read.position, agreement=agreement, found=made)
        )

    def question(self, known: History) -> Question:
        return asks_within(known, self.investigation)

    def decide(self, known: History, act: Act) -> list[Draft]:
        found, leak = within(known, act, self.investigation)
        if self.figures is None:
            raise Refused(
                "model-stated",
                Words(
                    "no agreement under which it was given states a model of exposure, so nothing can be figured",
                    "ningún acuerdo bajo el que se dio indica un modelo de exposición; nada puede calcularse",
                ),
                (self.investigation,),
            )
        made, posterior = self.figures.found, self.figures.found.posterior
        return [
            act.says(
                LeakAttributed(
                    attribution=AttributionId(act.token("attribution")),
                    investigation=self.investigation,
                    compromise=leak.fact.compromise,
                    item=found.opened.fact.item,
                    agreement=self.figures.agreement,
                    as_of=self.figures.as_of,
                    model=WITH_TRACES,
                    method=posterior.method,
                    world_sha256=made.world_sha256,
                    readers=Sealed(made.readers),
                    varied=Sealed(made.varied),
                    base_rate=Sealed(made.base_rate),
                    expected=Sealed(posterior.expected_channels),
                    nobody=Sealed(posterior.p_nobody_logged),
                    unlogged=Sealed(posterior.p_unlogged),
                    positives=Sealed(posterior.evidence.positives),
                    negatives=Sealed(posterior.evidence.negatives),
                    unknown=Sealed(posterior.evidence.unknown),
                    digits_left=posterior.digits_left,
                    chain_gap=posterior.chain_gap,
                )
            )
        ]


def _model(known: History, opened: InvestigationOpened) -> tuple[AgreementId, Model] | None:
    """The model of the first agreement under which the item was given that states one."""
    held = agreements(known)
    for given in releases_of(known):
        agreement = given.fact.agreement
        if given.fact.item != opened.item or agreement is None or agreement not in held:
            continue
        model = model_of(held[agreement].terms)
        if model is not None:
            return agreement, model
    return None
