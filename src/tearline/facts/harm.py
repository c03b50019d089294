"""Who was harmed: reports as they were given, and what each body has counted.

A report keeps its own source, apart and sealed. A count always says what was counted, where and when,
because most of the spread between counts is definition.
"""

from datetime import date
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    CompromiseId,
    CountId,
    HarmRecordId,
    IncidentId,
    ItemId,
    ListId,
    OperationId,
    ReleaseId,
    ReportId,
)
from tearline.facts.words import Worded


class SourceClass(Worded):
    RELATIVE = "relative", "relative", "familiar"
    WITNESS = "witness", "witness", "testigo"
    COURT = "court", "court record", "expediente judicial"
    SUPPORT_GROUP = "support-group", "victims' support group", "colectivo de víctimas"
    PRESS = "press", "press", "prensa"
    OFFICIAL = "official", "official body", "órgano oficial"
    OWN = "own", "our own officers", "nuestros propios oficiales"


class Harm(Worded):
    KILLED = "killed", "killed", "muertas"
    DISAPPEARED = "disappeared", "disappeared", "desaparecidas"
    KILLED_OR_DISAPPEARED = "killed-or-disappeared", "killed or disappeared", "muertas o desaparecidas"
    KIDNAPPED = "kidnapped", "kidnapped", "secuestradas"
    INJURED = "injured", "injured", "heridas"
    DISPLACED = "displaced", "driven from home", "desplazadas"


class CollectionMethod(Worded):
    """How a report was taken down."""

    INTERVIEW = "interview", "interview in person", "entrevista en persona"
    TELEPHONE = "telephone", "by telephone", "por teléfono"
    WRITTEN = "written", "written statement", "declaración por escrito"
    ONLINE = "online", "through the site, without an account", "por el sitio, sin cuenta"
    PUBLISHED = "published", "from what was published", "de lo publicado"
    RECORDS = "records", "from records of a body", "de los registros de un órgano"


class Risk(Worded):
    """What whoever reported would face if it became known that they did."""

    LOW = "low", "low", "bajo"
    MEDIUM = "medium", "medium", "medio"
    HIGH = "high", "high", "alto"
    NOT_ASSESSED = "not-assessed", "not assessed", "sin evaluar"


class Reliability(Worded):
    """Admiralty scale, source."""

    A = "A", "A: completely reliable", "A: totalmente confiable"
    B = "B", "B: usually reliable", "B: normalmente confiable"
    C = "C", "C: fairly reliable", "C: bastante confiable"
    D = "D", "D: not usually reliable", "D: normalmente no confiable"
    E = "E", "E: unreliable", "E: no confiable"
    F = "F", "F: cannot be judged", "F: no puede juzgarse"


class Credibility(Worded):
    """Admiralty scale, information."""

    CONFIRMED = "1", "1: confirmed", "1: confirmada"
    PROBABLY = "2", "2: probably true", "2: probablemente cierta"
    POSSIBLY = "3", "3: possibly true", "3: posiblemente cierta"
    DOUBTFUL = "4", "4: doubtful", "4: dudosa"
    IMPROBABLE = "5", "5: improbable", "5: improbable"
    UNKNOWN = "6", "6: cannot be judged", "6: no puede juzgarse"


class Looked(Worded):
    """What looking into harm came to."""

    FOUND = "found", "harm was found", "se halló daño"
    NONE_FOUND = "none-found", "no harm was found", "no se halló daño"
    NOT_KNOWN = "not-known", "it cannot be known yet", "aún no puede saberse"


@fact("Harm was reported", "Se informó de un daño")
class HarmReported(Fact):
    """As the source gave it. It tells of ``least`` to ``most`` people; those whom it names are among them.

    A report with a ``list`` is one entry of a body's list of people, and counts for that body's; one that was
    ``copied_from`` another says nothing of its own. ``digest`` is of the bytes that were taken down, in hexadecimal.
    """

    report: Annotated[ReportId, Label("Report", "Informe")]
    source_class: Annotated[SourceClass, Label("Kind of source", "Clase de fuente")]
    source: Annotated[Sealed[str], Label("Source", "Fuente"), Compartment.WITNESSES]
    account: Annotated[Sealed[str], Label("What was reported", "Lo que se informó"), Compartment.WITNESSES]
    harm: Annotated[Harm, Label("Harm", "Daño")]
    least: Annotated[int, Label("People, at least", "Personas, al menos")]
    most: Annotated[int | None, Label("People, at most", "Personas, a lo sumo")]
    place: Annotated[str | None, Label("Place", "Lugar"), Public(120)]
    reliability: Annotated[Reliability, Label("Reliability of the source", "Confiabilidad de la fuente")]
    credibility: Annotated[Credibility, Label("Credibility of the report", "Credibilidad del informe")]
    first_day: Annotated[date | None, Label("From", "Desde")] = None
    last_day: Annotated[date | None, Label("To", "Hasta")] = None
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None
    release: Annotated[ReleaseId | None, Label("After release", "Tras la divulgación")] = None
    operation: Annotated[OperationId | None, Label("In operation", "En la operación")] = None
    incident: Annotated[IncidentId | None, Label("Incident", "Incidente")] = None
    list: Annotated[ListId | None, Label("On the list", "En la lista")] = None
    collector: Annotated[
        Sealed[str | None], Label("Taken down by", "Recogido por"), Compartment.WITNESSES
    ] = Sealed(None)
    received: Annotated[date | None, Label("Received on", "Recibido el")] = None
    language: Annotated[str | None, Label("Language of the report", "Idioma del informe"), Public(35)] = None
    method: Annotated[CollectionMethod | None, Label("How it was taken down", "Cómo se recogió")] = None
    risk: Annotated[Risk, Label("Risk to whoever reported", "Riesgo para quien informó")] = Risk.NOT_ASSESSED
    digest: Annotated[
        Sealed[str | None],
        Label("SHA-256 at collection", "SHA-256 al recogerlo"),
        Compartment.WITNESSES,
    ] = Sealed(None)
    copied_from: Annotated[
        ReportId | None, Label("Copied from report", "Copiado del informe"), Tag("copied-from")
    ] = None


@fact("A count was documented", "Se documentó un recuento")
class CountDocumented(Fact):
    """What a body has said it counted. One figure: ``least`` and ``most`` are equal. No ``most``: open-ended."""

    count: Annotated[CountId, Label("Count", "Recuento")]
    counted_by: Annotated[str, Label("Counted by", "Contado por"), Public(160)]
    least: Annotated[int, Label("Figure, at least", "Cifra, al menos")]
    most: Annotated[int | None, Label("Figure, at most", "Cifra, a lo sumo")]
    unit: Annotated[str, Label("What was counted", "Qué se contó"), Public(300)]
    area: Annotated[str | None, Label("Area", "Zona"), Public(160)]
    said_in: Annotated[str, Label("Said in", "Dicho en"), Public(40)]
    first_day: Annotated[date | None, Label("Events from", "Hechos desde")] = None
    last_day: Annotated[date | None, Label("Events to", "Hechos hasta")] = None
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None
    operation: Annotated[OperationId | None, Label("In operation", "En la operación")] = None


@fact("A record of harm was opened", "Se abrió un registro de daños")
class HarmRecordOpened(Fact):
    """Follows from a compromise by rule: what harm came of it is asked, whether or not anybody reports any."""

    record: Annotated[HarmRecordId, Label("Record of harm", "Registro de daños")]
    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]


@fact("Harm after a leak was looked into", "Se indagó el daño tras una filtración")
class HarmLookedInto(Fact):
    """Where somebody looked, and what they found. It closes no record: what comes to light later is still reported."""

    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    looked: Annotated[Looked, Label("What it came to", "A qué se llegó")]
    where: Annotated[
        Sealed[str],
        Label("Where one looked, and what was found", "Dónde se buscó y qué se halló"),
        Compartment.WITNESSES,
    ]
