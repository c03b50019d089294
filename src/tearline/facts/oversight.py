"""What overseers were told. What they are owed is a fold over all facts; see folds/obligations."""

from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Sealed, Tag, fact
from tearline.facts.identifiers import BriefingId, CompromiseId, OrganisationId, ReleaseId, RequestId


@fact("An overseer was informed", "Se informó al órgano de supervisión")
class OverseerInformed(Fact):
    briefing: Annotated[BriefingId, Label("Briefing", "Informe")]
    overseer: Annotated[OrganisationId, Label("Overseer", "Órgano de supervisión"), Tag("overseer")]
    text: Annotated[Sealed[str], Label("What was reported", "Qué se informó"), Compartment.REASONS]
    request: Annotated[RequestId | None, Label("On request", "Sobre la solicitud")] = None
    release: Annotated[ReleaseId | None, Label("On release", "Sobre la divulgación")] = None
    compromise: Annotated[CompromiseId | None, Label("On compromise", "Sobre el compromiso")] = None
