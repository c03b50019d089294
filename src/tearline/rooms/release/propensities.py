"""Having the propensities of units figured, by the terms of one agreement."""

from datetime import datetime
from typing import ClassVar

from tearline.facts.errors import Refused
from tearline.facts.exposure import PropensitiesFigured, UnitFigured
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Role, about
from tearline.facts.identifiers import AgreementId, FigureId
from tearline.facts.words import Words
from tearline.folds.agreements import AGREEMENT_KINDS, agreements
from tearline.folds.model import model_of
from tearline.folds.propensities import asks_propensities, propensities
from tearline.folds.worlds import NAME
from tearline.rooms import NONE, Act, unknown


class FigurePropensities:
    """From the record as it stands when it is asked for. They are of units, and never of a person."""

    allowed: ClassVar[frozenset[Role]] = frozenset(
        {Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.INVESTIGATOR, Role.OVERSEER}
    )
    opens: ClassVar[frozenset[Compartment]] = NONE

    def __init__(
        self, agreement: AgreementId, figured: tuple[int, tuple[UnitFigured, ...]] | None = None
    ) -> None:
        self.agreement = agreement
        self.figured = figured

    def asks_figures(self, known: History) -> Question:
        return self.question(known) | asks_propensities(known, self.agreement)

    def with_figures(self, read: History, at: datetime) -> "FigurePropensities":
        known = read.as_known(at)
        held = agreements(known).get(self.agreement)
        model = model_of(held.terms) if held else None
        if model is None:
            return FigurePropensities(self.agreement)
        return FigurePropensities(
            self.agreement, (read.position, propensities(known, self.agreement, model, at))
        )

    def question(self, known: History) -> Question:
        return about(f"agreement:{self.agreement}", kinds=AGREEMENT_KINDS)

    def decide(self, known: History, act: Act) -> list[Draft]:
        if self.agreement not in agreements(known):
            raise unknown(Words("agreement", "el acuerdo"), self.agreement)
        if self.figured is None:
            raise Refused(
                "model-stated",
                Words(
                    f"{self.agreement} states no model of exposure, so nothing can be figured",
                    f"{self.agreement} no indica un modelo de exposición; nada puede calcularse",
                ),
                (self.agreement,),
            )
        as_of, units = self.figured
        return [
            act.says(
                PropensitiesFigured(
                    figure=FigureId(act.token("figure")),
                    agreement=self.agreement,
                    as_of=as_of,
                    model=NAME,
                    units=Sealed(units),
                )
            )
        ]
