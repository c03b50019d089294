"""How many there were: having it estimated, and making of it public what tells of nobody."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from tearline.estimates.casualties.estimate import Step, silent
from tearline.facts.casualties import CasualtiesEstimated, CountedScope, HarmPublished
from tearline.facts.errors import Refused
from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Draft, History, Question, Recorded, Role, about
from tearline.facts.identifiers import EstimateId, LinkageId, PublicationId
from tearline.facts.linkage import LinkageRun
from tearline.facts.words import Words
from tearline.folds.counting import APART, Figures, figured
from tearline.folds.estimates import EstimateStanding, stands
from tearline.folds.linking import QUESTION
from tearline.folds.publishing import (
    PUBLICLY,
    cells,
    estimates_of,
    published,
    released,
    same_people,
    share_people,
    tables,
)
from tearline.folds.suppression import FEWEST, RULE, total_tells
from tearline.rooms import Act, unknown

COUNTING: frozenset[Role] = frozenset({Role.HARM_DESK, Role.LINKAGE_ANALYST})
PUBLISHING: frozenset[Role] = frozenset({Role.HARM_DESK, Role.OVERSEER})
VICTIMS = frozenset({Compartment.VICTIMS})
ESTIMATE = Words("estimate", "la estimación")


@dataclass(frozen=True, slots=True)
class EstimateCasualties:
    """From all that may be counted as the record stands when it is asked for, within a scope that is said first.

    ``varied`` also changes each assumption, which takes as long again.
    """

    scope: CountedScope
    seed: int = 1
    varied: bool = True
    step: Step = silent
    figures: Figures | None = None
    position: int = 0
    linkage: LinkageId | None = None

    allowed: ClassVar[frozenset[Role]] = COUNTING
    opens: ClassVar[frozenset[Compartment]] = VICTIMS
    asks: ClassVar[type[CountedScope]] = CountedScope

    def asks_figures(self, known: History) -> Question:
        del known
        return QUESTION | about(kinds=(LinkageRun,))

    def with_figures(self, read: History, at: datetime) -> "EstimateCasualties":
        runs = read.of(LinkageRun)
        return replace(
            self,
            figures=figured(read, self.scope, at, seed=self.seed, varied=self.varied, step=self.step)
            if self.scope.first_day <= self.scope.last_day
            else None,
            position=read.position,
            linkage=runs[-1].fact.linkage if runs else None,
        )

    def question(self, known: History) -> Question:
        del known
        return Question()

    def decide(self, known: History, act: Act) -> list[Draft]:
        del known
        if self.scope.last_day < self.scope.first_day:
            raise Refused(
                "days-in-order",
                Words("the last day is before the first", "el último día es anterior al primero"),
            )
        made = self.figures
        if made is None:
            raise Refused(
                "somebody-counted",
                Words(
                    "nobody who may be counted lies in this scope, or more than twenty lists do",
                    "nadie que pueda contarse está en este alcance, o lo están más de veinte listas",
                ),
            )
        return [
            act.says(
                CasualtiesEstimated(
                    estimate=EstimateId(act.token("estimate")),
                    scope=self.scope,
                    position=self.position,
                    seed=self.seed,
                    lists=len(made.histories.lists),
                    reported=made.reported,
                    documented=made.documented,
                    documented_low=made.between[0],
                    documented_high=made.between[1],
                    unnamed_least=made.unnamed[0],
                    unnamed_most=made.unnamed[1],
                    lower_bound=made.found.lower_bound,
                    median=made.size.median if made.size else None,
                    low=made.size.low95 if made.size else None,
                    high=made.size.high95 if made.size else None,
                    refused=made.refused,
                    methods=made.methods(),
                    varied=made.varied(),
                    histories=Sealed(tuple(int(n) for n in made.histories.counts)),
                    drawn=made.drawn,
                    linkage=self.linkage,
                )
            )
        ]


@dataclass(frozen=True, slots=True)
class PublishFigures:
    """By somebody else than who estimated it; what is public already decides what more may be."""

    estimate: EstimateId
    read: History | None = None

    allowed: ClassVar[frozenset[Role]] = PUBLISHING
    opens: ClassVar[frozenset[Compartment]] = VICTIMS

    def asks_figures(self, known: History) -> Question:
        del known
        return PUBLICLY

    def with_figures(self, read: History, at: datetime) -> "PublishFigures":
        return replace(self, read=read.as_known(at))

    def question(self, known: History) -> Question:
        """What anybody makes public meanwhile has it decided again."""
        del known
        return about(f"estimate:{self.estimate}", kinds=(CasualtiesEstimated,)) | about(
            kinds=(HarmPublished,)
        )

    def decide(self, known: History, act: Act) -> list[Draft]:
        estimated = estimates_of(known).get(self.estimate)
        if estimated is None:
            raise unknown(ESTIMATE, self.estimate)
        read = self.read or History()
        self._may(read, estimated, act)
        made = tables(read, estimated)
        scope = estimated.fact.scope
        return [
            act.says(
                HarmPublished(
                    publication=PublicationId(act.token("publication")),
                    estimate=self.estimate,
                    by_condition=cells(read, scope, "by_condition", made.by_condition),
                    by_place=cells(read, scope, "by_place", made.by_place),
                    rule=RULE,
                )
            )
        ]

    def _may(self, read: History, estimated: Recorded[CasualtiesEstimated], act: Act) -> None:
        fact = estimated.fact
        if estimated.by.person == act.by.person:
            raise Refused(
                "another-publishes",
                Words(
                    "whoever estimated it does not make it public: it takes somebody else",
                    "quien la estimó no la publica: hace falta otra persona",
                ),
                (self.estimate,),
            )
        if any(r.fact.estimate == self.estimate for r, _ in published(read)):
            raise Refused(
                "once",
                Words("this estimate is public already", "esta estimación ya es pública"),
                (self.estimate,),
            )
        if stands(read, estimated, act.now.date()).standing is EstimateStanding.SUPERSEDED:
            raise Refused(
                "superseded",
                Words(
                    "a report that it counts may not be counted any more: estimate anew",
                    "un informe que cuenta ya no puede contarse: estime de nuevo",
                ),
                (self.estimate,),
            )
        if APART in fact.refused:
            raise Refused(
                "linkage-taken-up",
                Words(
                    "who is who on record is not what the comparison finds, so that one person may be counted as"
                    " several: take up the comparison, or judge what is open, and estimate again",
                    "quién es quién según consta no es lo que halla la comparación, así que una persona puede contarse"
                    " como varias: tome la comparación o juzgue lo pendiente, y estime de nuevo",
                ),
                (self.estimate,),
            )
        for _, other in published(read):
            if not same_people(other.fact.scope, fact.scope) and share_people(other.fact.scope, fact.scope):
                raise Refused(
                    "scopes-apart",
                    Words(
                        f"{other.fact.estimate} is public and counts some of the same people: one would show by"
                        " difference what the other hides",
                        f"{other.fact.estimate} es pública y cuenta a algunas de las mismas personas: una mostraría por"
                        " diferencia lo que la otra oculta",
                    ),
                    (self.estimate,),
                )
        if total_tells(fact.documented, released(read, fact.scope, "by_condition")):
            raise Refused(
                "difference-tells",
                Words(
                    f"fewer than {FEWEST} people are documented, or {FEWEST - 1} or fewer more or less than were public"
                    " before: that would tell of them",
                    f"hay menos de {FEWEST} personas documentadas, o {FEWEST - 1} o menos de diferencia con lo público"
                    " antes: eso hablaría de ellas",
                ),
                (self.estimate,),
            )
