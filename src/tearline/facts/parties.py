"""Who the partners are, who commands whom, who was vetted by whom, and what they agreed.

An *office* is a position that a person holds in a unit. (A *post* is a place that shifts man; see
operations.) A person is a pseudonymous number here; who it is stays in the ``persons`` compartment.
No polygraph, biometric or location content is recorded: an outcome, who decided, and dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Binds, Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AgreementId,
    AllegationId,
    CourseId,
    OrganisationId,
    PersonId,
    UnitId,
)
from tearline.facts.words import Worded


class Outcome(Worded):
    """What a vetting came to. Only ``cleared`` is a pass; ``exempt`` means that nobody looked."""

    CLEARED = "cleared", "cleared", "apto"
    PENDING = "pending", "vetting pending", "evaluación pendiente"
    EXEMPT = "exempt", "exempt from vetting", "exento de evaluación"
    DECLINED = "declined", "declined to be vetted", "declinó ser evaluado"
    REFUSED = (
        "refused",
        "vetting refused by the person's own side",
        "evaluación negada por su propia institución",
    )
    FAILED = "failed", "failed vetting", "no apto"
    WITHDRAWN = "withdrawn", "clearance withdrawn", "aptitud retirada"


class AllegationKind(Worded):
    LEAK = "leak", "leaking", "filtración"
    CORRUPTION = "corruption", "corruption", "corrupción"
    GROSS_VIOLATION = (
        "gross-violation",
        "gross violation of human rights",
        "violación grave de derechos humanos",
    )


class AllegationStanding(Worded):
    OPEN = "open", "not yet assessed", "sin evaluar"
    CREDIBLE = "credible", "credible", "creíble"
    SUBSTANTIATED = "substantiated", "substantiated", "comprobada"
    UNFOUNDED = "unfounded", "found to be unfounded", "infundada"


@fact("An organisation was registered", "Se registró una institución")
class OrganisationRegistered(Fact):
    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    name: Annotated[str, Label("Name", "Nombre"), Public(120)]
    country: Annotated[str, Label("Country", "País"), Public(60)]


@fact("A unit was formed", "Se formó una unidad")
class UnitFormed(Fact):
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    name: Annotated[str, Label("Name", "Nombre"), Public(120)]


@fact("A unit was stood down", "Se dio de baja una unidad")
class UnitStoodDown(Fact):
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact("A person was enrolled", "Se inscribió a una persona")
class PersonEnrolled(Fact):
    person: Annotated[PersonId, Label("Person", "Persona")]
    organisation: Annotated[OrganisationId, Label("Organisation", "Institución")]
    description: Annotated[Sealed[str], Label("Who this is", "Quién es"), Compartment.PERSONS]


@fact("An office was taken up", "Se asumió un cargo")
class OfficeTaken(Fact):
    person: Annotated[PersonId, Label("Person", "Persona")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    office: Annotated[Sealed[str], Label("Office", "Cargo"), Compartment.PERSONS]


@fact("An office was left", "Se dejó un cargo")
class OfficeLeft(Fact):
    person: Annotated[PersonId, Label("Person", "Persona")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]


@fact("A superior was named", "Se nombró a un superior")
class SuperiorNamed(Fact):
    """From this time, until another is named, this person answers to that one."""

    person: Annotated[PersonId, Label("Person", "Persona")]
    superior: Annotated[PersonId, Label("Superior", "Superior"), Tag("superior")]


@fact(
    "The vetting of a person was decided",
    "Se resolvió la evaluación de una persona",
    binds=Binds.ONCE_FOUNDED,
)
class PersonVettingDecided(Fact):
    person: Annotated[PersonId, Label("Person", "Persona")]
    outcome: Annotated[Outcome, Label("Outcome", "Resultado")]
    decided_by: Annotated[OrganisationId, Label("Decided by", "Resuelto por"), Tag("vetter")]
    deciding_office: Annotated[
        Sealed[str], Label("Deciding office", "Oficina que resolvió"), Compartment.PERSONS
    ]
    valid_until: Annotated[datetime | None, Label("Valid until", "Vigente hasta")] = None


@fact(
    "The vetting of a unit was decided", "Se resolvió la evaluación de una unidad", binds=Binds.ONCE_FOUNDED
)
class UnitVettingDecided(Fact):
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    outcome: Annotated[Outcome, Label("Outcome", "Resultado")]
    decided_by: Annotated[OrganisationId, Label("Decided by", "Resuelto por"), Tag("vetter")]
    valid_until: Annotated[datetime | None, Label("Valid until", "Vigente hasta")] = None


@fact("A course was held", "Se impartió un curso")
class CourseHeld(Fact):
    """Officers who cannot be named singly are counted; those who are named gain currency until ``valid_until``."""

    course: Annotated[CourseId, Label("Course", "Curso")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    module: Annotated[str, Label("Module", "Módulo"), Public(120)]
    instructors: Annotated[OrganisationId, Label("Instructors", "Instructores"), Tag("instructor")]
    officers: Annotated[int, Label("Officers in training", "Oficiales en capacitación")]
    persons: Annotated[tuple[PersonId, ...], Label("Persons trained", "Personas capacitadas")] = ()
    valid_until: Annotated[datetime | None, Label("Valid until", "Vigente hasta")] = None


@fact("An allegation was recorded", "Se registró una acusación")
class AllegationRecorded(Fact):
    allegation: Annotated[AllegationId, Label("Allegation", "Acusación")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    kind: Annotated[AllegationKind, Label("Of what", "De qué")]
    standing: Annotated[AllegationStanding, Label("Standing", "Estado")]
    account: Annotated[
        Sealed[str], Label("What is alleged, and by whom", "Qué se afirma y quién"), Compartment.REASONS
    ]
    person: Annotated[PersonId | None, Label("Against whom", "Contra quién"), Tag("accused")] = None


@fact("An allegation was assessed", "Se evaluó una acusación", binds=True)
class AllegationAssessed(Fact):
    allegation: Annotated[AllegationId, Label("Allegation", "Acusación")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    standing: Annotated[AllegationStanding, Label("Standing", "Estado")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact("Steps to justice were found", "Se determinaron pasos hacia la justicia", binds=Binds.ONCE_FOUNDED)
class JusticeStepsFound(Fact):
    """Whether the government takes effective steps to bring those responsible to justice (22 USC 2378d(b))."""

    allegation: Annotated[AllegationId, Label("Allegation", "Acusación")]
    unit: Annotated[UnitId, Label("Unit", "Unidad")]
    effective: Annotated[bool, Label("Effective", "Efectivos")]
    reported_to: Annotated[OrganisationId | None, Label("Reported to", "Comunicado a"), Tag("reported-to")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """What partners bind themselves to. Parameters are those that the protocol declares; none has a default."""

    own: Annotated[OrganisationId, Label("Own organisation", "Institución propia")]
    partner: Annotated[OrganisationId, Label("Partner", "Institución socia")]
    overseer: Annotated[OrganisationId, Label("Overseer", "Órgano de supervisión"), Tag("overseer")]
    own_signatory: Annotated[PersonId | None, Label("Own signatory", "Firmante propio"), Tag("signatory")]
    partner_signatory: Annotated[
        PersonId | None, Label("Partner's signatory", "Firmante del socio"), Tag("signatory")
    ]
    protocol: Annotated[str, Label("Protocol", "Protocolo"), Public(60)]
    parameters: Annotated[Mapping[str, int | str | bool], Label("Parameters", "Parámetros")]
    valid_until: Annotated[datetime, Label("Valid until", "Vigente hasta")]
    further: Annotated[tuple[str, ...], Label("Further protocols", "Otros protocolos"), Public(60)] = ()


@fact("An agreement was signed", "Se firmó un acuerdo", binds=Binds.ONCE_FOUNDED)
class AgreementSigned(Fact):
    agreement: Annotated[AgreementId, Label("Agreement", "Acuerdo")]
    name: Annotated[str, Label("Name", "Nombre"), Public(160)]
    terms: Annotated[Terms, Label("Terms", "Términos")]


@fact("An agreement was endorsed", "Se respaldó un acuerdo", binds=Binds.ALWAYS)
class AgreementEndorsed(Fact):
    """By somebody else than who recorded it: where founders are named, it permits nothing until then."""

    agreement: Annotated[AgreementId, Label("Agreement", "Acuerdo")]
    terms_sha256: Annotated[str, Label("SHA-256 of its terms", "SHA-256 de sus términos"), Public(64)]


@fact("A protocol was applied in hindsight", "Se aplicó un protocolo en retrospectiva")
class ProtocolAppliedInHindsight(Fact):
    """Nobody signed this. By these terms a past without any is measured: duties *would have been* owed."""

    agreement: Annotated[AgreementId, Label("Yardstick", "Vara de medir")]
    name: Annotated[str, Label("Name", "Nombre"), Public(160)]
    terms: Annotated[Terms, Label("Terms", "Términos")]
