"""Investigations of leaks: what is asked, what is taken and by whom it is held, how it is weighed, what is found.

An investigation is opened with the leak (``leaks``). What it turns up is sealed by itself: whoever could be the channel
works in the same house. A proposition always stands beside its alternative, and a weight is a likelihood ratio. How
likely a proposition is nobody records: that is not the evidence's to say (ENFSI guideline for evaluative reporting,
2015).
"""

from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Binds, Compartment, Fact, Label, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AllegationId,
    BriefingId,
    CompromiseId,
    CopyId,
    EvidenceId,
    FindingId,
    HypothesisId,
    InterviewId,
    InvestigationId,
    ItemId,
    OrganisationId,
    PersonId,
    UnitId,
    WeighingId,
)
from tearline.facts.words import Worded

INVESTIGATIONS = Compartment.INVESTIGATIONS
NO_TEXT: Sealed[str | None] = Sealed(None)
NO_COPY: Sealed[CopyId | None] = Sealed(None)
NO_UNIT: Sealed[UnitId | None] = Sealed(None)
NO_PERSON: Sealed[PersonId | None] = Sealed(None)


class Channel(Worded):
    """By what an adversary may have learnt it."""

    COPY = "copy", "a copy, by whoever could reach it", "una copia, por quien pudiera alcanzarla"
    UNIT = "unit", "somebody of a unit", "alguien de una unidad"
    PERSON = "person", "a person", "una persona"
    OWN_SIDE = "own-side", "our own side", "nuestra propia parte"
    SOURCE_SIDE = (
        "source-side",
        "the source's side, with no release",
        "el entorno de la fuente, sin divulgación",
    )
    UNKNOWN = "unknown", "a channel that is unknown or was not logged", "un canal desconocido o no registrado"


class EvidenceKind(Worded):
    MARK_TRACE = (
        "mark-trace",
        "trace of a marked copy, gate open",
        "rastreo de una copia marcada, con umbral alcanzado",
    )
    MARK_BELOW_GATE = (
        "mark-below-gate",
        "trace of a marked copy, gate closed",
        "rastreo de una copia marcada, sin alcanzar el umbral",
    )
    RECORDS = "records", "logs and records of access", "registros de acceso"
    COMMUNICATION = "communication", "communication of the adversary", "comunicación del adversario"
    DOCUMENT = "document", "document", "documento"
    DEVICE = "device", "device or data carrier", "dispositivo o soporte de datos"
    STATEMENT = "statement", "statement of a person", "declaración de una persona"
    MODEL = "model", "output of the exposure model", "resultado del modelo de exposición"
    OTHER = "other", "something else", "otra cosa"


class FindingOutcome(Worded):
    SUBSTANTIATED = "substantiated", "substantiated", "comprobada"
    NOT_SUBSTANTIATED = "not-substantiated", "not substantiated", "no comprobada"
    CHANNEL_UNKNOWN = "channel-unknown", "channel unknown", "canal desconocido"


class PastAccuracy(Worded):
    RIGHT = "right", "was right before", "acertó antes"
    MIXED = "mixed", "was right and wrong before", "acertó y erró antes"
    WRONG = "wrong", "was wrong before", "erró antes"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


class Obtained(Worded):
    FIRST_HAND = "first-hand", "first hand", "de primera mano"
    SECOND_HAND = "second-hand", "from somebody who was told", "de alguien a quien se lo contaron"
    RUMOUR = "rumour", "rumour", "rumor"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


class Agenda(Worded):
    NONE_SEEN = "none-seen", "none seen", "no se aprecia"
    POSSIBLE = "possible", "possible", "posible"
    EVIDENT = "evident", "evident", "evidente"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


class Corroboration(Worded):
    INDEPENDENT = "independent", "independent sources", "fuentes independientes"
    SAME_ORIGIN = "same-origin", "others, of the same origin", "otras, del mismo origen"
    NONE = "none", "none", "ninguna"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


class Contradiction(Worded):
    NONE = "none", "none", "ninguna"
    IN_PART = "in-part", "in part", "en parte"
    IN_ESSENCE = "in-essence", "in essence", "en lo esencial"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


class Pattern(Worded):
    FITS = "fits", "fits what was seen before", "encaja con lo visto antes"
    ISOLATED = "isolated", "stands alone", "aislada"
    RUNS_COUNTER = "runs-counter", "runs counter to it", "va en contra"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


class Detail(Worded):
    SPECIFIC = "specific", "who, what, when and where", "quién, qué, cuándo y dónde"
    SOME = "some", "some of these", "algo de esto"
    VAGUE = "vague", "none of these", "nada de esto"
    NOT_KNOWN = "not-known", "not known", "no se sabe"


@fact("An investigation was widened", "Se amplió una investigación", binds=Binds.ONCE_FOUNDED)
class InvestigationWidened(Fact):
    """To people beyond those whom the record shows as exposed. Only in an open investigation are a person's figures."""

    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    persons: Annotated[
        Sealed[tuple[PersonId, ...]], Label("To which people", "A qué personas"), INVESTIGATIONS
    ]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), INVESTIGATIONS]


@fact("The time of a decision was declared", "Se declaró el momento de decidir", binds=Binds.ONCE_FOUNDED)
class DecisionTimeDeclared(Fact):
    """Beforehand, and once: whoever looks until it fits finds somebody."""

    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    decide_at: Annotated[datetime, Label("It is decided at", "Se decide el")]


@fact("A hypothesis was stated", "Se planteó una hipótesis")
class HypothesisStated(Fact):
    """A proposition, and the alternative that evidence is weighed against."""

    hypothesis: Annotated[HypothesisId, Label("Hypothesis", "Hipótesis")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    channel: Annotated[Channel, Label("By what it may have leaked", "Por qué pudo filtrarse")]
    proposition: Annotated[Sealed[str], Label("Proposition", "Proposición"), INVESTIGATIONS]
    alternative: Annotated[Sealed[str], Label("Alternative", "Alternativa"), INVESTIGATIONS]
    copy: Annotated[Sealed[CopyId | None], Label("Copy", "Copia"), INVESTIGATIONS] = NO_COPY
    unit: Annotated[Sealed[UnitId | None], Label("Unit", "Unidad"), INVESTIGATIONS] = NO_UNIT
    person: Annotated[Sealed[PersonId | None], Label("Person", "Persona"), INVESTIGATIONS] = NO_PERSON


@fact("Evidence was taken", "Se tomó una evidencia")
class EvidenceTaken(Fact):
    """Whoever takes it holds it first."""

    evidence: Annotated[EvidenceId, Label("Evidence", "Evidencia")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    kind: Annotated[EvidenceKind, Label("Kind", "Clase")]
    what: Annotated[Sealed[str], Label("What it is", "Qué es"), INVESTIGATIONS]
    from_whom: Annotated[Sealed[str], Label("From whom", "De quién"), INVESTIGATIONS]
    sha256: Annotated[Sealed[str], Label("SHA-256 of the file", "SHA-256 del archivo"), INVESTIGATIONS]


@fact("Custody of evidence was passed", "Se entregó la custodia de una evidencia")
class CustodyPassed(Fact):
    """By who holds it, to another who holds it from then on."""

    evidence: Annotated[EvidenceId, Label("Evidence", "Evidencia")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    giver: Annotated[PersonId, Label("From", "De"), Tag("giver")]
    taker: Annotated[PersonId, Label("To", "A"), Tag("taker")]
    why: Annotated[Sealed[str], Label("Why", "Por qué"), INVESTIGATIONS]


@fact("Evidence was weighed", "Se ponderó una evidencia")
class EvidenceWeighed(Fact):
    """How much likelier the evidence is if the proposition is true than if its alternative is."""

    weighing: Annotated[WeighingId, Label("Weighing", "Ponderación")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    evidence: Annotated[EvidenceId, Label("Evidence", "Evidencia")]
    hypothesis: Annotated[HypothesisId, Label("Hypothesis", "Hipótesis")]
    likelihood_ratio: Annotated[
        Sealed[float], Label("Likelihood ratio", "Razón de verosimilitud"), INVESTIGATIONS
    ]
    method: Annotated[Sealed[str], Label("Method", "Método"), INVESTIGATIONS]
    by_whom: Annotated[Sealed[str | None], Label("By which expert", "Por qué perito"), INVESTIGATIONS] = (
        NO_TEXT
    )


@fact("An interview was held", "Se celebró una entrevista")
class InterviewHeld(Fact):
    """``happened_at`` is when. That somebody was not told their rights is recorded as it is."""

    interview: Annotated[InterviewId, Label("Interview", "Entrevista")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    rights_told: Annotated[bool, Label("Told their rights first", "Se le informó antes de sus derechos")]
    whom: Annotated[Sealed[str], Label("With whom", "Con quién"), INVESTIGATIONS]
    sha256: Annotated[Sealed[str], Label("SHA-256 of its record", "SHA-256 de su acta"), INVESTIGATIONS]


@fact("An allegation was weighed", "Se ponderó una acusación")
class AllegationWeighed(Fact):
    """By what makes information credible, factor by factor; *not known* is an answer. How it stands is apart."""

    allegation: Annotated[AllegationId, Label("Allegation", "Acusación")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    past_accuracy: Annotated[
        Sealed[PastAccuracy],
        Label("The source's past accuracy", "Aciertos anteriores de la fuente"),
        INVESTIGATIONS,
    ]
    obtained: Annotated[Sealed[Obtained], Label("How it was obtained", "Cómo se obtuvo"), INVESTIGATIONS]
    agenda: Annotated[Sealed[Agenda], Label("The source's agenda", "Interés de la fuente"), INVESTIGATIONS]
    corroboration: Annotated[Sealed[Corroboration], Label("Corroboration", "Corroboración"), INVESTIGATIONS]
    contradiction: Annotated[Sealed[Contradiction], Label("Contradiction", "Contradicción"), INVESTIGATIONS]
    pattern: Annotated[Sealed[Pattern], Label("Pattern", "Patrón"), INVESTIGATIONS]
    detail: Annotated[Sealed[Detail], Label("Detail", "Detalle"), INVESTIGATIONS]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), INVESTIGATIONS]


@fact("A finding was proposed", "Se propuso una conclusión", binds=Binds.ALWAYS)
class FindingProposed(Fact):
    """By one investigator. It ends nothing until another person makes it.

    About a copy, a person, their units, or nothing of these. A mark names a copy, and so everyone who could reach it.
    The units stand in clear, since their suspension hangs on them; who is named does not.
    """

    finding: Annotated[FindingId, Label("Finding", "Conclusión")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    outcome: Annotated[FindingOutcome, Label("Outcome", "Resultado")]
    grounds: Annotated[Sealed[str], Label("Grounds", "Fundamentos"), INVESTIGATIONS]
    copy: Annotated[Sealed[CopyId | None], Label("About copy", "Sobre la copia"), INVESTIGATIONS] = NO_COPY
    units: Annotated[tuple[UnitId, ...], Label("About units", "Sobre las unidades")] = ()
    person: Annotated[Sealed[PersonId | None], Label("About person", "Sobre la persona"), INVESTIGATIONS] = (
        NO_PERSON
    )


@fact("A finding was made", "Se adoptó una conclusión", binds=Binds.ALWAYS)
class FindingMade(Fact):
    """What one proposed and another, who had no part in it either, confirmed. It closes the investigation."""

    finding: Annotated[FindingId, Label("Finding", "Conclusión")]
    investigation: Annotated[InvestigationId, Label("Investigation", "Investigación")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    outcome: Annotated[FindingOutcome, Label("Outcome", "Resultado")]
    grounds: Annotated[Sealed[str], Label("Why it is confirmed", "Por qué se confirma"), INVESTIGATIONS]
    copy: Annotated[Sealed[CopyId | None], Label("About copy", "Sobre la copia"), INVESTIGATIONS] = NO_COPY
    units: Annotated[tuple[UnitId, ...], Label("About units", "Sobre las unidades")] = ()
    person: Annotated[Sealed[PersonId | None], Label("About person", "Sobre la persona"), INVESTIGATIONS] = (
        NO_PERSON
    )


@fact("An interim report of a leak was made", "Se rindió un informe provisional de una filtración")
class InterimReportMade(Fact):
    """To the overseer, by somebody who had no part: what leaked, who is suspended and warned, what is not known yet."""

    briefing: Annotated[BriefingId, Label("Briefing", "Informe")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    overseer: Annotated[OrganisationId, Label("Overseer", "Órgano de supervisión"), Tag("overseer")]
    text: Annotated[Sealed[str], Label("What was reported", "Qué se informó"), Compartment.REASONS]


@fact("A finding was reported to the overseer", "Se comunicó una conclusión al órgano de supervisión")
class FindingReported(Fact):
    """By somebody who had no part in the release."""

    briefing: Annotated[BriefingId, Label("Briefing", "Informe")]
    finding: Annotated[FindingId, Label("Finding", "Conclusión")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    overseer: Annotated[OrganisationId, Label("Overseer", "Órgano de supervisión"), Tag("overseer")]
    text: Annotated[Sealed[str], Label("What was reported", "Qué se informó"), Compartment.REASONS]
