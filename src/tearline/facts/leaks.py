"""What became known to those who must not know it, what follows by rule, and how that ends.

A report of a compromise binds nobody to a view of how it came about: a unit is suspended because it was given the item,
and a suspension says nothing against anybody. It ends by a finding, and by two people who name it.
"""

from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Binds, Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AdversaryId,
    CompromiseId,
    FindingId,
    InvestigationId,
    ItemId,
    LiftingId,
    ObservationId,
    OrganisationId,
    PersonId,
    SuspensionId,
    UnitId,
)
from tearline.facts.words import Worded

NOTHING: Sealed[str | None] = Sealed(None)


class Sureness(Worded):
    CONFIRMED = "confirmed", "confirmed", "confirmado"
    PROBABLE = "probable", "probable", "probable"
    POSSIBLE = "possible", "possible", "posible"


@fact("A compromise was reported", "Se informó de un compromiso")
class CompromiseReported(Fact):
    """``happened_at`` is when the adversary is said to have known it.

    With ``known_by`` that is an interval: it came to know it after the one, and knew it at the other. The likelihood
    ratio is of what was seen: how much likelier it is if the adversary knows the item than if it does not; None where
    nobody stated one.
    """

    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    sure: Annotated[Sureness, Label("How sure", "Grado de certeza")]
    seen: Annotated[Sealed[str], Label("What was seen, and where", "Qué se vio y dónde"), Compartment.CONTENT]
    adversary: Annotated[AdversaryId | None, Label("Adversary", "Adversario")] = None
    known_by: Annotated[datetime | None, Label("Known to it at the latest", "Conocido a más tardar")] = None
    likelihood_ratio: Annotated[
        float | None,
        Label(
            "Likelihood ratio of what was seen, if stated", "Razón de verosimilitud de lo visto, si se indicó"
        ),
    ] = None
    surfaced: Annotated[
        Sealed[str | None],
        Label("The text that surfaced, or which variant", "El texto que apareció, o qué variante"),
        Compartment.CONTENT,
    ] = NOTHING


@fact("An adversary was found unaware", "Se halló a un adversario sin conocimiento")
class AdversaryFoundUnaware(Fact):
    """At ``happened_at`` it did not know the item: its telephones were still in use. This speaks for whoever had it."""

    observation: Annotated[ObservationId, Label("Observation", "Observación")]
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


@fact("An investigation was opened", "Se abrió una investigación", binds=Binds.ONCE_FOUNDED)
class InvestigationOpened(Fact):
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    investigators: Annotated[
        tuple[PersonId, ...], Label("Investigators", "Investigadores"), Tag("investigator")
    ]
    remit: Annotated[Sealed[str], Label("Remit", "Encargo"), Compartment.REASONS]


@fact("The lifting of a suspension was proposed", "Se propuso levantar una suspensión", binds=Binds.ALWAYS)
class LiftingProposed(Fact):
    """By one who had no part, on a finding. It lifts nothing."""

    lifting: Annotated[LiftingId, Label("Lifting", "Levantamiento")]
    suspension: Annotated[SuspensionId, Label("Suspension", "Suspensión")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    finding: Annotated[FindingId, Label("By which finding", "Por qué conclusión")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact("A suspension was lifted", "Se levantó una suspensión", binds=Binds.ALWAYS)
class SuspensionLifted(Fact):
    """By another than who proposed it. A later compromise suspends anew; of several suspensions each ends by itself."""

    lifting: Annotated[LiftingId, Label("Lifting", "Levantamiento")]
    suspension: Annotated[SuspensionId, Label("Suspension", "Suspensión")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    finding: Annotated[FindingId, Label("By which finding", "Por qué conclusión")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact(
    "Remedies after a leak were found",
    "Se determinaron remedios tras una filtración",
    binds=Binds.ONCE_FOUNDED,
)
class RemediesFound(Fact):
    """What a unit did against which a finding stands: whether it is remedied, as the Leahy law asks of its partners.

    That it is takes two people. The law speaks of gross violations (22 USC 2378d(b)); to apply it to leaks is ours.
    """

    finding: Annotated[FindingId, Label("Finding", "Conclusión")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    effective: Annotated[bool, Label("Effective", "Efectivos")]
    reported_to: Annotated[OrganisationId | None, Label("Reported to", "Comunicado a"), Tag("reported-to")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact("Cooperation was ended", "Se puso fin a la cooperación", binds=Binds.ALWAYS)
class CooperationEnded(Fact):
    """With a unit against which a leak was substantiated. Nothing lifts this."""

    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    finding: Annotated[FindingId, Label("After which finding", "Tras qué conclusión")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]
