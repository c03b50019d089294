"""What is known, who objected, what was asked, what the protocol said, and who was given it.

Telling a partner that one *has* something is a release too (extent ``existence``), and so is telling it
aloud, or inside one's own agency. A disclosure that happened outside the protocol can be recorded
afterwards; it is never hidden, and owes a justification.

A source is a code number, sealed. Who on the adversary's side could have known the item is as
dangerous as the source's name: it stays in source handling, and dossiers hold only the count.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from tearline.facts.fact import Binds, Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AdversaryId,
    AgreementId,
    CopyId,
    DissentId,
    ItemId,
    OrganisationId,
    PersonId,
    PlanId,
    ReleaseId,
    RequestId,
    SignOffId,
    UnitId,
    WarningId,
)
from tearline.facts.words import Worded

NOTHING: Sealed[Any] = Sealed(None)


class Tlp(Worded):
    """Traffic Light Protocol 2.0 (FIRST, August 2022)."""

    RED = "RED", "TLP:RED", "TLP:RED"
    AMBER_STRICT = "AMBER+STRICT", "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"
    AMBER = "AMBER", "TLP:AMBER", "TLP:AMBER"
    GREEN = "GREEN", "TLP:GREEN", "TLP:GREEN"
    CLEAR = "CLEAR", "TLP:CLEAR", "TLP:CLEAR"


class SourceGrade(Worded):
    """Source evaluation of the UK 3x5x2 report."""

    RELIABLE = "1", "1: reliable", "1: confiable"
    UNTESTED = "2", "2: untested", "2: no probada"
    NOT_RELIABLE = "3", "3: not reliable", "3: no confiable"


class InformationGrade(Worded):
    """Information assessment of the UK 3x5x2 report."""

    KNOWN_DIRECTLY = "A", "A: known directly to the source", "A: conocida directamente por la fuente"
    CORROBORATED = "B", "B: known indirectly, corroborated", "B: conocida indirectamente, corroborada"
    INDIRECT = "C", "C: known indirectly", "C: conocida indirectamente"
    NOT_KNOWN = "D", "D: not known", "D: no conocida"
    SUSPECTED_FALSE = "E", "E: suspected to be false", "E: se sospecha falsa"


class Handling(Worded):
    """Handling code of the UK 3x5x2 report."""

    PERMITTED = "P", "P: dissemination permitted", "P: difusión permitida"
    CONDITIONS = "C", "C: dissemination with conditions", "C: difusión con condiciones"


class WarningKind(Worded):
    BLOODSHED = "bloodshed", "people will be killed", "habrá muertos"
    EXPOSURE = "exposure", "the source will be found out", "la fuente será descubierta"
    RETALIATION = "retaliation", "others will be punished", "otros serán castigados"


class Extent(Worded):
    """How much of the item the recipient learns."""

    FULL = "full", "the whole item", "el elemento completo"
    REDACTED = "redacted", "the item with parts taken out", "el elemento con partes omitidas"
    TEARLINE = "tearline", "the text below the tearline", "el texto debajo de la línea de corte"
    EXISTENCE = "existence", "only that we have it", "solo que lo tenemos"


class Manner(Worded):
    """How the recipient learns it."""

    COPY = "copy", "a copy", "una copia"
    ORAL = "oral", "by word of mouth", "de palabra"
    ACCESS = "access", "access to our system", "acceso a nuestro sistema"


class Reach(Worded):
    """How far the recipient may pass it on, in the steps of TLP 2.0."""

    NAMED_PERSONS = "named-persons", "the named persons only", "solo las personas nombradas"
    ORGANISATION = "organisation", "within their organisation", "dentro de su institución"
    CLIENTS = "clients", "their organisation and its clients", "su institución y sus clientes"
    COMMUNITY = "community", "the community", "la comunidad"
    PUBLIC = "public", "the public", "el público"


class Use(Worded):
    """What it may be used for."""

    CRIME = "crime", "to prevent or investigate crime", "prevenir o investigar delitos"
    COURT = "court", "as evidence in court", "como prueba en juicio"
    PROTECTION = "protection", "to protect people", "proteger a personas"
    OTHER = "other", "something else", "otro uso"


class Finding(Worded):
    """What a review of an expedited release came to."""

    UPHELD = "upheld", "upheld", "confirmada"
    WRONG = "wrong", "wrong: it should have waited", "errónea: debió esperar"


class SignOffLine(Worded):
    RELEASING = "releasing", "releasing officer", "oficial de divulgación"
    SOURCE_HANDLING = "source-handling", "source handling", "manejo de fuentes"
    LEGAL = "legal", "legal adviser", "asesoría jurídica"
    SECOND = "second", "second signature", "segunda firma"


class Effect(Worded):
    RELEASE = "release", "Release", "Divulgar"
    HOLD = "hold", "Hold", "Retener"
    REFUSE = "refuse", "Refuse", "Negar"


@fact("An item was registered", "Se registró un elemento de inteligencia")
class ItemRegistered(Fact):
    item: Annotated[ItemId, Label("Item", "Elemento")]
    originator: Annotated[OrganisationId, Label("Originator", "Originador"), Tag("originator")]
    holder: Annotated[OrganisationId, Label("Held by", "En poder de"), Tag("holder")]
    title: Annotated[Sealed[str], Label("Title", "Título"), Compartment.CONTENT]
    content: Annotated[Sealed[str], Label("Content", "Contenido"), Compartment.CONTENT]
    source_code: Annotated[
        Sealed[str | None], Label("Source code", "Clave de la fuente"), Compartment.SOURCE_HANDLING
    ]
    source_grade: Annotated[SourceGrade, Label("Source evaluation", "Evaluación de la fuente")]
    information_grade: Annotated[
        InformationGrade, Label("Information assessment", "Evaluación de la información")
    ]
    handling: Annotated[Handling, Label("Handling", "Manejo")]
    tlp: Annotated[Tlp, Label("Sharing marking", "Marca de difusión")]
    conditions: Annotated[
        Sealed[str | None], Label("Handling conditions", "Condiciones de manejo"), Compartment.REASONS
    ] = NOTHING
    adversary: Annotated[AdversaryId | None, Label("Adversary concerned", "Adversario implicado")] = None
    perishes_at: Annotated[datetime | None, Label("Perishes at", "Caduca")] = None
    tearline_of: Annotated[ItemId | None, Label("Tearline version of", "Versión tearline de")] = None


@fact("The source warned", "La fuente advirtió")
class SourceWarned(Fact):
    warning: Annotated[WarningId, Label("Warning", "Advertencia")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    kind: Annotated[WarningKind, Label("Of what", "De qué")]
    words: Annotated[
        Sealed[str], Label("The source's warning", "La advertencia"), Compartment.SOURCE_HANDLING
    ]


@fact(
    "A source's warning was answered",
    "Se respondió a la advertencia de una fuente",
    binds=Binds.ONCE_FOUNDED,
)
class SourceWarningAnswered(Fact):
    warning: Annotated[WarningId, Label("Warning", "Advertencia")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    answer: Annotated[Sealed[str], Label("Answer", "Respuesta"), Compartment.REASONS]


@fact("Who could have known was listed", "Se anotó quién pudo haberlo sabido")
class KnowersListed(Fact):
    item: Annotated[ItemId, Label("Item", "Elemento")]
    adversary: Annotated[AdversaryId, Label("Adversary", "Adversario")]
    count: Annotated[
        Sealed[int],
        Label("How many could have known", "Cuántos pudieron saberlo"),
        Compartment.SOURCE_HANDLING,
    ]
    who: Annotated[
        Sealed[str], Label("Who could have known", "Quién pudo saberlo"), Compartment.SOURCE_HANDLING
    ]
    codes: Annotated[
        Sealed[str | None],
        Label(
            "A code for each of them, the same in every list, one a line",
            "Una clave por cada uno, la misma en todas las listas, una por línea",
        ),
        Compartment.SOURCE_HANDLING,
    ] = NOTHING


@fact("People at risk were named", "Se señaló a personas en riesgo")
class PeopleAtRiskNamed(Fact):
    item: Annotated[ItemId, Label("Item", "Elemento")]
    count: Annotated[
        Sealed[int], Label("How many, at least", "Cuántas, al menos"), Compartment.PEOPLE_AT_RISK
    ]
    who: Annotated[Sealed[str], Label("Who is at risk", "Quién está en riesgo"), Compartment.PEOPLE_AT_RISK]


@fact("A protection plan was set", "Se fijó un plan de protección")
class ProtectionPlanSet(Fact):
    plan: Annotated[PlanId, Label("Plan", "Plan")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    ready_from: Annotated[datetime, Label("Ready from", "Listo desde")]
    measures: Annotated[Sealed[str], Label("Measures", "Medidas"), Compartment.PEOPLE_AT_RISK]


@fact("The originator consented to onward release", "El originador consintió la divulgación ulterior")
class OnwardConsentGiven(Fact):
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("For which unit", "Para qué unidad")]
    conditions: Annotated[Sealed[str | None], Label("Conditions", "Condiciones"), Compartment.REASONS] = (
        NOTHING
    )


@fact("A dissent was recorded", "Se registró un disenso", binds=True)
class DissentRecorded(Fact):
    dissent: Annotated[DissentId, Label("Dissent", "Disenso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]
    request: Annotated[RequestId | None, Label("Request", "Solicitud")] = None


@fact("A dissent was answered", "Se respondió a un disenso", binds=True)
class DissentAnswered(Fact):
    dissent: Annotated[DissentId, Label("Dissent", "Disenso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    answer: Annotated[Sealed[str], Label("Written answer", "Respuesta escrita"), Compartment.REASONS]
    dossier_seen: Annotated[
        str | None,
        Label("Dossier of the verdict seen, salted hash", "Expediente del veredicto visto, huella salada"),
        Public(64),
    ] = None


@fact("A release was requested", "Se solicitó una divulgación")
class ReleaseRequested(Fact):
    request: Annotated[RequestId, Label("Request", "Solicitud")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    recipients: Annotated[tuple[PersonId, ...], Label("Named recipients", "Receptores nombrados")]
    extent: Annotated[Extent, Label("Extent", "Alcance")]
    manner: Annotated[Manner, Label("Manner", "Modo")]
    purpose: Annotated[
        Sealed[str | None],
        Label("Purpose: why the recipient needs to know", "Finalidad: por qué el receptor necesita saberlo"),
        Compartment.REASONS,
    ] = NOTHING
    agreement: Annotated[AgreementId | None, Label("Under agreement", "Bajo el acuerdo")] = None
    right_to_know: Annotated[
        Sealed[str | None],
        Label(
            "Right to know: what entitles the recipient to it",
            "Derecho a saber: qué faculta al receptor",
        ),
        Compartment.REASONS,
    ] = NOTHING
    reach: Annotated[
        Reach | None,
        Label("How far the recipient may pass it on", "Hasta dónde puede transmitirlo el receptor"),
    ] = None
    use: Annotated[Use | None, Label("What it may be used for", "Para qué puede usarse")] = None
    expedited: Annotated[bool, Label("By the expedited path", "Por la vía expedita")] = False


@fact("A release was signed off", "Se firmó una divulgación", binds=True)
class ReleaseSignedOff(Fact):
    sign_off: Annotated[SignOffId, Label("Sign-off", "Firma"), Tag("sign-off")]
    request: Annotated[RequestId, Label("Request", "Solicitud")]
    line: Annotated[SignOffLine, Label("Signed as", "Firmado como")]
    dossier_seen: Annotated[
        str | None,
        Label("Dossier of the verdict seen, salted hash", "Expediente del veredicto visto, huella salada"),
        Public(64),
    ] = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedByVerdict:
    """What would cure a hold: who owes what, by when."""

    rule: Annotated[str, Label("Rule", "Regla"), Public(120)]
    obligation: Annotated[str, Label("Obligation", "Obligación"), Public(80)]
    debtor: Annotated[str, Label("Owed by", "A cargo de"), Public(60)]
    due: Annotated[datetime | None, Label("Due", "Vence")]


@dataclass(frozen=True, kw_only=True, slots=True)
class PackApplied:
    """A protocol text that a verdict rests on beside the leading one."""

    protocol: Annotated[str, Label("Protocol", "Protocolo"), Public(60)]
    sha256: Annotated[str, Label("Protocol's hash", "Huella del protocolo"), Public(64)]


@fact("A verdict was reached", "Se alcanzó un veredicto")
class VerdictReached(Fact):
    """Of these protocol texts, by this engine, on this dossier. The hash is salted; salt and dossier are sealed.

    A rule of a further text is named behind it: ``first.tlp2/1:beyond-amber``.
    """

    request: Annotated[RequestId, Label("Request", "Solicitud")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    effect: Annotated[Effect, Label("Verdict", "Veredicto")]
    protocol: Annotated[str, Label("Protocol", "Protocolo"), Public(60)]
    protocol_sha256: Annotated[str, Label("Protocol's hash", "Huella del protocolo"), Public(64)]
    engine: Annotated[str, Label("Engine", "Motor"), Public(40)]
    dossier_sha256: Annotated[str, Label("Dossier's salted hash", "Huella salada del expediente"), Public(64)]
    salt: Annotated[Sealed[str], Label("Salt", "Sal"), Compartment.DOSSIERS]
    dossier: Annotated[Sealed[str], Label("Dossier", "Expediente"), Compartment.DOSSIERS]
    rules: Annotated[
        Sealed[tuple[str, ...]], Label("Rules that matched", "Reglas aplicadas"), Compartment.VERDICTS
    ]
    owed: Annotated[
        Sealed[tuple[OwedByVerdict, ...]], Label("What is owed", "Lo que se debe"), Compartment.VERDICTS
    ]
    further: Annotated[tuple[PackApplied, ...], Label("Further protocols", "Otros protocolos")] = ()

    @property
    def packs(self) -> tuple[PackApplied, ...]:
        """Every text that it rests on, the leading one first."""
        return (PackApplied(protocol=self.protocol, sha256=self.protocol_sha256), *self.further)


@fact("An item was released", "Se divulgó un elemento", binds=True)
class ItemReleased(Fact):
    """Carries the hash of the dossier on which the protocol said *release*: there is no release without one."""

    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    request: Annotated[RequestId, Label("Request", "Solicitud")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    recipients: Annotated[tuple[PersonId, ...], Label("Recipients", "Receptores")]
    extent: Annotated[Extent, Label("Extent", "Alcance")]
    manner: Annotated[Manner, Label("Manner", "Modo")]
    agreement: Annotated[AgreementId, Label("Under agreement", "Bajo el acuerdo")]
    dossier_sha256: Annotated[str, Label("Dossier's salted hash", "Huella salada del expediente"), Public(64)]


@fact("A release was expedited", "Una divulgación fue por la vía expedita")
class ReleaseExpedited(Fact):
    """Follows by rule from a release for which the protocol waived a hold: somebody else has to review it."""

    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    request: Annotated[RequestId, Label("Request", "Solicitud")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    agreement: Annotated[AgreementId, Label("Under agreement", "Bajo el acuerdo")]
    waived: Annotated[
        Sealed[tuple[str, ...]],
        Label("Holds that were waived", "Retenciones dispensadas"),
        Compartment.VERDICTS,
    ]


@fact("An expedited release was reviewed", "Se revisó una divulgación expedita", binds=True)
class ReleaseReviewed(Fact):
    """By somebody who neither asked for, signed nor made the release. There is one review, and it stays."""

    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    agreement: Annotated[AgreementId, Label("Under agreement", "Bajo el acuerdo")]
    finding: Annotated[Finding, Label("Finding", "Conclusión")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]
    dossier_seen: Annotated[
        str | None,
        Label("Dossier of the verdict seen, salted hash", "Expediente del veredicto visto, huella salada"),
        Public(64),
    ] = None


@fact("A copy was released", "Se entregó una copia")
class CopyReleased(Fact):
    copy: Annotated[CopyId, Label("Copy", "Copia")]
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    recipient: Annotated[PersonId, Label("Recipient", "Receptor")]


@fact("A copy was received", "Se recibió una copia")
class CopyReceived(Fact):
    copy: Annotated[CopyId, Label("Copy", "Copia")]
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]


@fact(
    "A disclosure outside the protocol was recorded",
    "Se registró una divulgación fuera del protocolo",
    binds=True,
)
class DisclosureRecorded(Fact):
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("Recipient unit", "Unidad receptora")]
    recipients: Annotated[tuple[PersonId, ...], Label("Recipients", "Receptores")]
    extent: Annotated[Extent, Label("Extent", "Alcance")]
    manner: Annotated[Manner, Label("Manner", "Modo")]
    decided_by: Annotated[Sealed[str], Label("Who decided", "Quién decidió"), Compartment.PERSONS]
    agreement: Annotated[AgreementId | None, Label("Measured against", "Medido según")] = None


@fact("A disclosure was justified in writing", "Se justificó por escrito una divulgación")
class DisclosureJustified(Fact):
    release: Annotated[ReleaseId, Label("Release", "Divulgación")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    reasons: Annotated[Sealed[str], Label("Justification", "Justificación"), Compartment.REASONS]
