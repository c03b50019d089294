"""The register of those harmed: consent, people as each report tells of them, incidents, what became of people, files.

A report is kept as it was given (``harm``). Whom it names stands apart from who said so, so that those who work out who
is who open the first and never the second. What nobody consented to is not done.
"""

from datetime import date
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.harm import Harm
from tearline.facts.identifiers import (
    CompromiseId,
    ConsentId,
    CustodyId,
    FileId,
    IncidentId,
    OperationId,
    ReleaseId,
    ReportId,
    StatusId,
    VictimId,
)
from tearline.facts.words import Worded

WITNESSES, VICTIMS = Compartment.WITNESSES, Compartment.VICTIMS
FILE_KEYS = Compartment.FILE_KEYS
NO_TEXT: Sealed[str | None] = Sealed(None)
NO_DAY: Sealed[date | None] = Sealed(None)
NO_NUMBER: Sealed[int | None] = Sealed(None)


class Purpose(Worded):
    """What a report may be used for."""

    HELP = "help", "to help those it tells of", "para ayudar a las personas de quienes trata"
    SEARCH = "search", "to search and to identify", "para buscar e identificar"
    COUNT = "count", "to count and to estimate how many there were", "para contar y estimar cuántas fueron"
    INQUIRY = "inquiry", "to look into what happened", "para investigar lo ocurrido"
    PUBLICATION = "publication", "to tell it in public", "para contarlo en público"


class ConsentParty(Worded):
    """Who may be given a report."""

    NOBODY = "nobody", "nobody outside the harm desk", "nadie fuera de la mesa de daños"
    OWN = "own", "those in this agency whose work it is", "quienes en esta agencia lo tienen a su cargo"
    PARTNER = "partner", "partners under an agreement", "los socios con acuerdo"
    SEARCHERS = "searchers", "bodies that search for people", "órganos de búsqueda de personas"
    COURT = "court", "prosecutors and courts", "fiscalías y tribunales"


class Sex(Worded):
    FEMALE = "female", "female", "mujer"
    MALE = "male", "male", "hombre"
    OTHER = "other", "other", "otro"


NO_SEX: Sealed[Sex | None] = Sealed(None)


class Condition(Worded):
    """What became of a person."""

    MISSING = "missing", "missing", "desaparecida"
    DEAD = "dead", "dead", "muerta"
    FOUND_ALIVE = "found-alive", "found alive", "localizada con vida"
    IDENTIFIED = "identified", "remains identified", "restos identificados"
    UNKNOWN = "unknown", "not known", "se ignora"


class ConditionBasis(Worded):
    """What a condition rests on."""

    REPORTED = "reported", "what was reported", "lo que se informó"
    SEEN = "seen", "seen by somebody who knows them", "vista por quien la conoce"
    DOCUMENT = "document", "a certificate or court record", "un acta o expediente judicial"
    DNA = "dna", "comparison of DNA", "comparación de ADN"
    FORENSIC = "forensic", "another forensic identification", "otra identificación forense"


class PlacePrecision(Worded):
    SITE = "site", "the very place", "el lugar mismo"
    LOCALITY = "locality", "a locality", "una localidad"
    MUNICIPALITY = "municipality", "a municipality", "un municipio"
    STATE = "state", "a state", "un estado"


class FileCopy(Worded):
    """Which of the two copies of a file."""

    EVIDENTIARY = "evidentiary", "evidentiary copy", "copia de evidencia"
    WORKING = "working", "working copy", "copia de trabajo"


@fact("Consent was given", "Se dio consentimiento")
class ConsentGiven(Fact):
    """By whoever reported: what for, and whom it may reach. A later one replaces an earlier.

    ``until`` is its last day.
    """

    consent: Annotated[ConsentId, Label("Consent", "Consentimiento")]
    report: Annotated[ReportId, Label("Report", "Informe")]
    purposes: Annotated[tuple[Purpose, ...], Label("What for", "Para qué")]
    shared: Annotated[tuple[ConsentParty, ...], Label("Whom it may reach", "A quién puede llegar")]
    public_name: Annotated[bool, Label("Names may be made public", "Los nombres pueden publicarse")]
    how: Annotated[Sealed[str], Label("How it was given", "Cómo se dio"), WITNESSES]
    until: Annotated[date | None, Label("Until", "Hasta")] = None


@fact("Consent was withdrawn", "Se retiró el consentimiento")
class ConsentWithdrawn(Fact):
    """The report is used for nothing any more: histories are made without it, and earlier estimates no longer stand."""

    report: Annotated[ReportId, Label("Report", "Informe")]
    why: Annotated[Sealed[str | None], Label("Why, if they said", "Por qué, si lo dijeron"), WITNESSES] = (
        NO_TEXT
    )


@fact("A person was named in a report", "Se nombró a una persona en un informe")
class VictimReported(Fact):
    """One person as one report tells of them, under the names as given. People who are not named are a number only.

    ``seen_from`` and ``seen_to`` are the first and last day on which it can have happened. ``kin`` says in words whose
    relative they are.
    """

    victim: Annotated[VictimId, Label("Person reported", "Persona informada")]
    report: Annotated[ReportId, Label("Report", "Informe")]
    given_names: Annotated[Sealed[str | None], Label("Given names", "Nombres"), VICTIMS]
    paternal_surname: Annotated[Sealed[str | None], Label("First surname", "Primer apellido"), VICTIMS]
    maternal_surname: Annotated[Sealed[str | None], Label("Second surname", "Segundo apellido"), VICTIMS] = (
        NO_TEXT
    )
    alias: Annotated[Sealed[str | None], Label("Also known as", "Conocida como"), VICTIMS] = NO_TEXT
    sex: Annotated[Sealed[Sex | None], Label("Sex", "Sexo"), VICTIMS] = NO_SEX
    age_from: Annotated[
        Sealed[int | None], Label("Age, at least (years)", "Edad, al menos (años)"), VICTIMS
    ] = NO_NUMBER
    age_to: Annotated[
        Sealed[int | None], Label("Age, at most (years)", "Edad, a lo sumo (años)"), VICTIMS
    ] = NO_NUMBER
    born: Annotated[Sealed[date | None], Label("Born on", "Fecha de nacimiento"), VICTIMS] = NO_DAY
    seen_from: Annotated[Sealed[date | None], Label("From", "Desde"), VICTIMS] = NO_DAY
    seen_to: Annotated[Sealed[date | None], Label("To", "Hasta"), VICTIMS] = NO_DAY
    place: Annotated[Sealed[str | None], Label("Place", "Lugar"), VICTIMS] = NO_TEXT
    kin: Annotated[Sealed[str | None], Label("Relatives", "Familiares"), VICTIMS] = NO_TEXT
    national_id: Annotated[Sealed[str | None], Label("National identifier", "Clave nacional"), WITNESSES] = (
        NO_TEXT
    )
    condition: Annotated[Condition, Label("What became of them", "Qué fue de ella")] = Condition.UNKNOWN


@fact("An incident was recorded", "Se registró un incidente")
class IncidentRecorded(Fact):
    incident: Annotated[IncidentId, Label("Incident", "Incidente")]
    harm: Annotated[Harm, Label("Harm", "Daño")]
    first_day: Annotated[date, Label("From", "Desde")]
    last_day: Annotated[date, Label("To", "Hasta")]
    place: Annotated[str, Label("Place", "Lugar"), Public(120)]
    place_precision: Annotated[PlacePrecision, Label("How exactly the place is known", "Precisión del lugar")]
    told: Annotated[Sealed[str], Label("What happened", "Qué ocurrió"), WITNESSES]
    actor: Annotated[Sealed[str | None], Label("Alleged author", "Presunto autor"), WITNESSES] = NO_TEXT
    basis: Annotated[Sealed[str | None], Label("What that rests on", "En qué se basa"), WITNESSES] = NO_TEXT
    part_of: Annotated[
        IncidentId | None, Label("Part of incident", "Parte del incidente"), Tag("part-of")
    ] = None
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None
    release: Annotated[ReleaseId | None, Label("After release", "Tras la divulgación")] = None
    operation: Annotated[OperationId | None, Label("In operation", "En la operación")] = None


@fact("What became of a person was established", "Se estableció qué fue de una persona")
class ConditionEstablished(Fact):
    """Of the person whom this report names, and of everybody linked with them. The latest day holds; all are kept."""

    status: Annotated[StatusId, Label("Status", "Situación")]
    victim: Annotated[VictimId, Label("Person reported", "Persona informada")]
    condition: Annotated[Condition, Label("What became of them", "Qué fue de ella")]
    basis: Annotated[ConditionBasis, Label("What that rests on", "En qué se basa")]
    day: Annotated[date | None, Label("Since", "Desde")]
    said: Annotated[Sealed[str | None], Label("By whom, and how", "Por quién y cómo"), WITNESSES] = NO_TEXT


@fact("A file of evidence was kept", "Se guardó un archivo de evidencia")
class FileKept(Fact):
    """``digest`` is SHA-256 of the evidentiary copy as it came, ``size`` in bytes; ``media_type`` as its bytes say.

    The bytes stand sealed beside the ledger under a key of their own; they are never shown in a page.
    """

    file: Annotated[FileId, Label("File", "Archivo")]
    report: Annotated[ReportId, Label("Report", "Informe")]
    digest: Annotated[str, Label("SHA-256", "SHA-256"), Public(64)]
    size: Annotated[int, Label("Size (bytes)", "Tamaño (bytes)")]
    media_type: Annotated[str, Label("Type, from its bytes", "Tipo, según sus bytes"), Public(120)]
    name: Annotated[Sealed[str], Label("Name as given", "Nombre dado"), WITNESSES]
    origin: Annotated[Sealed[str], Label("Where it came from", "De dónde procede"), WITNESSES]
    key: Annotated[Sealed[str], Label("Key of the sealed copies", "Clave de las copias selladas"), FILE_KEYS]
    working: Annotated[
        str | None, Label("SHA-256 of the working copy", "SHA-256 de la copia de trabajo"), Public(64)
    ] = None


@fact("A file of evidence changed hands", "Un archivo de evidencia cambió de manos")
class FilePassed(Fact):
    """A copy was handed out or taken over, and why: the chain of custody."""

    custody: Annotated[CustodyId, Label("Custody", "Custodia")]
    file: Annotated[FileId, Label("File", "Archivo")]
    copy: Annotated[FileCopy, Label("Copy", "Copia")]
    to: Annotated[Sealed[str], Label("To whom", "A quién"), WITNESSES]
    why: Annotated[Sealed[str], Label("Why", "Por qué"), WITNESSES]
