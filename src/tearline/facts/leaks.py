"""What became known to those who must not know it, and what follows by rule."""

from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AdversaryId,
    CompromiseId,
    InvestigationId,
    ItemId,
    PersonId,
    SuspensionId,
    UnitId,
)
from tearline.facts.words import Worded


class Sureness(Worded):
    CONFIRMED = "confirmed", "confirmed", "confirmado"
    PROBABLE = "probable", "probable", "probable"
    POSSIBLE = "possible", "possible", "posible"


@fact("A compromise was reported", "Se informó de un compromiso")
class CompromiseReported(Fact):
    """``happened_at`` is when the adversary is said to have known it."""

    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    sure: Annotated[Sureness, Label("How sure", "Grado de certeza")]
    seen: Annotated[Sealed[str], Label("What was seen, and where", "Qué se vio y dónde"), Compartment.CONTENT]
    adversary: Annotated[AdversaryId | None, Label("Adversary", "Adversario")] = None


@fact("Cooperation was suspended", "Se suspendió la cooperación")
class CooperationSuspended(Fact):
    """Follows from a compromise by rule, for every unit the item went to. It ends only by a finding."""

    suspension: Annotated[SuspensionId, Label("Suspension", "Suspensión")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    rule: Annotated[str, Label("Rule", "Regla"), Public(60)]


@fact("An investigation was opened", "Se abrió una investigación")
class InvestigationOpened(Fact):
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    investigators: Annotated[
        tuple[PersonId, ...], Label("Investigators", "Investigadores"), Tag("investigator")
    ]
    remit: Annotated[Sealed[str], Label("Remit", "Encargo"), Compartment.REASONS]
