"""What conditions may speak of: the fields of a dossier, with their types and their words, version by version.

A dossier holds identifiers, dates, counts, figures and closed words of one proposed release, never content. A field
never changes its name, type or meaning; a new version only adds. A pack says for which version it was written, and
sees the fields of that version; a dossier of an older version lacks the newer ones, which are then facts not known.
``docs/dossier.md`` is derived from this file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tearline.facts.words import Words
from tearline.protocol.rule import Parameter, ParameterType
from tearline.protocol.types import (
    BOOL,
    DOUBLE,
    DURATION,
    INT,
    LONG,
    STRING,
    TIMESTAMP,
    ListOf,
    Record,
    Type,
    one_of,
)

VERSION = 3
"""The version that is assembled today."""
VERSIONS = (1, 2, 3)

OUTCOME = one_of("cleared", "failed", "refused", "declined", "exempt", "withdrawn", "pending")
USE = one_of("crime", "court", "protection", "other")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its type (or the fields of the record that it is), its words, its first version.

    ``many`` makes it a list of at most so many; ``identity`` names the field that says which element of a list it is.
    """

    name: str
    type: "Type | tuple[Field, ...]"
    words: Words
    since: int = 1
    many: int = 0
    identity: str | None = None


def _f(name: str, type_: "Type | tuple[Field, ...]", en: str, es: str, since: int = 1) -> Field:
    return Field(name, type_, Words(en, es), since)


_REQUEST = (
    _f("id", STRING, "The request", "La solicitud"),
    _f("at", TIMESTAMP, "When it was made", "Cuándo se hizo"),
    _f("by", STRING, "Requested by", "Solicitado por"),
    _f("extent", one_of("full", "redacted", "tearline", "existence"), "How much is told", "Cuánto se dice"),
    _f("manner", one_of("copy", "oral", "access"), "How it is told", "Cómo se dice"),
    _f("scope", one_of("partner", "own-agency"), "To a partner or inside", "A un socio o dentro"),
    _f("purpose_stated", BOOL, "Need to know stated in writing", "Necesidad de saber por escrito"),
    _f("recipients", INT, "Named recipients", "Receptores nombrados"),
    _f("right_to_know_stated", BOOL, "Right to know stated in writing", "Derecho a saber por escrito", 2),
    _f(
        "reach",
        one_of("named-persons", "organisation", "clients", "community", "public"),
        "How far the recipient may pass it on",
        "Hasta dónde puede transmitirlo el receptor",
        2,
    ),
    _f("use", USE, "What it may be used for", "Para qué puede usarse", 2),
    _f("expedited", BOOL, "Asked for by the expedited path", "Pedida por la vía expedita", 2),
    _f(
        "reviews_overdue",
        INT,
        "Expedited releases under this agreement whose review is overdue",
        "Divulgaciones expeditas bajo este acuerdo cuya revisión está vencida",
        2,
    ),
)
_ITEM = (
    _f("id", STRING, "The item", "El elemento"),
    _f("registered_at", TIMESTAMP, "Registered", "Registrado"),
    _f("perishes_at", TIMESTAMP, "Perishes at", "Caduca"),
    _f(
        "tlp",
        one_of("RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"),
        "Sharing marking (TLP 2.0)",
        "Marca de difusión (TLP 2.0)",
    ),
    _f("handling", one_of("P", "C"), "Handling code (3x5x2)", "Código de manejo (3x5x2)"),
    _f("conditions_written", BOOL, "Conditions written down", "Condiciones por escrito"),
    _f("source_grade", one_of("1", "2", "3"), "Source evaluation (3x5x2)", "Evaluación de la fuente (3x5x2)"),
    _f(
        "information_grade",
        one_of("A", "B", "C", "D", "E"),
        "Information assessment (3x5x2)",
        "Evaluación de la información (3x5x2)",
    ),
    _f("originator", STRING, "Originator", "Originador"),
    _f("holder", STRING, "Held by", "En poder de"),
    _f("onward_consent", BOOL, "Originator's consent to this release", "Consentimiento del originador"),
    _f("compromised", BOOL, "Known to those who must not know it", "Conocido por quienes no deben"),
    _f("tearline_of", STRING, "Tearline version of", "Versión tearline de"),
    _f("suspicion_stated", BOOL, "Reasonable suspicion documented", "Sospecha razonable documentada", 2),
    _f(
        "protected_activity",
        one_of("none", "related", "unrelated"),
        "Speaks of views, associations or activities that are protected",
        "Trata de opiniones, asociaciones o actividades protegidas",
        2,
    ),
    _f("lawfully_obtained", BOOL, "Obtained lawfully", "Obtenido lícitamente", 2),
    _f("control_official", STRING, "Control official", "Funcionario de control", 2),
    _f("validated_at", TIMESTAMP, "Registered or last validated", "Registrado o validado por última vez", 2),
    _f("europol_source", one_of("A", "B", "C", "X"), "Source (Europol 4x4)", "Fuente (4x4 de Europol)", 2),
    _f(
        "europol_information",
        one_of("1", "2", "3", "4"),
        "Information (Europol 4x4)",
        "Información (4x4 de Europol)",
        2,
    ),
    Field(
        "europol_codes",
        one_of("H0", "H1", "H2", "H3"),
        Words("Handling codes (Europol)", "Códigos de manejo (Europol)"),
        2,
        many=4,
    ),
    _f("europol_text_written", BOOL, "Text of code H3 written", "Texto del código H3 por escrito", 2),
)
_CONSENT = (
    _f(
        "answer",
        one_of("yes", "no", "conditions"),
        "The originator's answer",
        "La respuesta del originador",
        2,
    ),
    _f("at", TIMESTAMP, "When it was given", "Cuándo se dio", 2),
    _f("use", USE, "For which use", "Para qué uso", 2),
    _f("court", BOOL, "May be used in court", "Puede usarse en juicio", 2),
    Field(
        "requires",
        one_of("sanitise", "paraphrase", "downgrade"),
        Words("What must be done to it first", "Qué debe hacérsele antes"),
        2,
        many=3,
    ),
    _f(
        "tearline",
        BOOL,
        "The text below the tearline is free",
        "El texto debajo de la línea de corte es libre",
        2,
    ),
)
_WARNING = (
    _f("id", STRING, "The warning", "La advertencia"),
    _f("at", TIMESTAMP, "When it was given", "Cuándo se dio"),
    _f("kind", one_of("bloodshed", "exposure", "retaliation"), "Of what", "De qué"),
    _f("answered", BOOL, "Answered in writing", "Respondida por escrito"),
    _f("answered_by", STRING, "Answered by", "Respondida por"),
)
_SOURCE = (
    Field(
        "warnings",
        _WARNING,
        Words("Warnings by the source", "Advertencias de la fuente"),
        many=200,
        identity="id",
    ),
    _f("knowers", INT, "How many could have known", "Cuántos pudieron saberlo"),
    _f(
        "standing",
        one_of("registered", "unregistered", "deactivated", "dropped-for-cause"),
        "Standing of the source",
        "Situación de la fuente",
        2,
    ),
    _f("review_due", TIMESTAMP, "Next review of the source due", "Próxima revisión de la fuente", 2),
    _f(
        "promised",
        BOOL,
        "Confidentiality promised to the source",
        "Confidencialidad prometida a la fuente",
        2,
    ),
    _f(
        "approved_by_senior",
        BOOL,
        "Contact with the source approved by a senior official",
        "Contacto con la fuente aprobado por un alto funcionario",
        2,
    ),
    _f(
        "k",
        INT,
        "Of the adversary's people, those among whom the source stays hidden",
        "Personas del adversario entre las que la fuente sigue oculta",
        3,
    ),
)
_EXPOSURE = (
    _f("at", TIMESTAMP, "When it was figured", "Cuándo se calculó", 3),
    _f("as_of", INT, "From the record up to entry", "Del registro hasta el asiento", 3),
    _f("readers", INT, "People who would see it", "Personas que lo verían", 3),
    _f(
        "p_leak",
        DOUBLE,
        "Chance that it reaches the adversary",
        "Probabilidad de que llegue al adversario",
        3,
    ),
    _f("p_leak_low", DOUBLE, "That chance, at least (95 %)", "Esa probabilidad, al menos (95 %)", 3),
    _f("p_leak_high", DOUBLE, "That chance, at most (95 %)", "Esa probabilidad, a lo sumo (95 %)", 3),
    _f(
        "harm",
        DOUBLE,
        "People at risk times that chance",
        "Personas en riesgo por esa probabilidad",
        3,
    ),
)
_PROTECTION = (
    _f("people_at_risk", INT, "People at risk, at least", "Personas en riesgo, al menos"),
    _f("plan", STRING, "Protection plan", "Plan de protección"),
    _f("plan_ready_from", TIMESTAMP, "Plan ready from", "Plan listo desde"),
)
_THREAT = (
    _f("id", STRING, "The threat", "La amenaza", 2),
    _f("at", TIMESTAMP, "When it was assessed", "Cuándo se evaluó", 2),
    _f(
        "harm",
        one_of("killing", "serious-injury", "kidnapping", "other"),
        "What is threatened",
        "Con qué se amenaza",
        2,
    ),
    _f("credible", BOOL, "Credible", "Creíble", 2),
    _f("specific", BOOL, "Specific", "Específica", 2),
    _f("impending", BOOL, "Impending", "Inminente", 2),
    _f("warned_at", TIMESTAMP, "Those in danger were warned", "Se avisó a quienes peligran", 2),
    _f(
        "waiver",
        one_of(
            "danger-to-sources-or-operations",
            "intended-victim-is-a-threat",
            "part-in-armed-conflict",
            "already-aware",
            "danger-to-foreign-provider",
            "no-reasonable-way",
        ),
        "Ground on which the warning was waived",
        "Motivo por el que se dispensó el aviso",
        2,
    ),
    _f("waived_by", STRING, "Waived by", "Dispensado por", 2),
    _f("waived_by_senior", BOOL, "Waived by a senior officer", "Dispensado por un alto funcionario", 2),
)
_AGREEMENT = (
    _f("id", STRING, "The agreement", "El acuerdo"),
    _f("protocol", STRING, "Its leading protocol", "Su protocolo principal"),
    _f("in_force_from", TIMESTAMP, "Agreement in force from", "Acuerdo vigente desde"),
    _f("valid_until", TIMESTAMP, "Agreement in force until", "Acuerdo vigente hasta"),
    _f("overseer", STRING, "Overseer", "Órgano de supervisión"),
)
_ALLEGATION = (
    _f("id", STRING, "The allegation", "La acusación"),
    _f("kind", one_of("leak", "corruption", "gross-violation"), "Alleged", "Se alega"),
    _f("at", TIMESTAMP, "When it was recorded", "Cuándo se registró"),
    _f("status", one_of("open", "credible", "substantiated", "unfounded"), "Standing", "Estado"),
    _f("person", STRING, "Against whom", "Contra quién"),
    _f("remedied", BOOL, "Effective steps to justice", "Pasos efectivos hacia la justicia", 2),
    _f(
        "remedy_reported",
        BOOL,
        "Steps reported to the overseer",
        "Pasos comunicados al órgano de supervisión",
        2,
    ),
)
_RECIPIENT = (
    _f("unit", STRING, "Recipient unit", "Unidad receptora"),
    _f("organisation", STRING, "Its organisation", "Su institución"),
    _f("outcome", OUTCOME, "Vetting of the unit", "Evaluación de la unidad"),
    _f("vetted_at", TIMESTAMP, "Unit vetted on", "Unidad evaluada el"),
    _f("valid_until", TIMESTAMP, "Unit's vetting valid until", "Evaluación de la unidad vigente hasta"),
    _f("suspended", BOOL, "Cooperation suspended", "Cooperación suspendida"),
    Field(
        "allegations",
        _ALLEGATION,
        Words("Allegations against the unit", "Acusaciones contra la unidad"),
        many=200,
        identity="id",
    ),
)
_LINK = (
    _f("person", STRING, "Who", "Quién"),
    _f("relation", one_of("recipient", "superior", "signatory"), "As", "Como"),
    _f("outcome", OUTCOME, "Outcome of vetting", "Resultado de la evaluación"),
    _f("decided_by", STRING, "Decided by", "Resuelto por"),
    _f("decided_at", TIMESTAMP, "Decided", "Resuelto"),
    _f("valid_until", TIMESTAMP, "Valid until", "Vigente hasta"),
    _f("trained_until", TIMESTAMP, "Trained until", "Capacitado hasta"),
    _f("unit", STRING, "Serves in", "Sirve en", 2),
    _f(
        "violation",
        one_of("none", "open", "credible", "substantiated"),
        "Gross violation alleged against their unit",
        "Violación grave que se alega contra su unidad",
        2,
    ),
)
_DISSENT = (
    _f("id", STRING, "The dissent", "El disenso"),
    _f("by", STRING, "Dissent by", "Disenso de"),
    _f("at", TIMESTAMP, "When it was recorded", "Cuándo se registró"),
    _f("answered", BOOL, "Answered in writing", "Respondido por escrito"),
    _f("answered_by", STRING, "Answered by", "Respondido por"),
    _f("answered_by_superior", BOOL, "Answered by a superior", "Respondido por un superior"),
)
_SIGN_OFF = (
    _f("id", STRING, "The sign-off", "La firma"),
    _f("by", STRING, "Signed by", "Firmado por"),
    _f("line", one_of("releasing", "source-handling", "legal", "second"), "Signed as", "Firmado como"),
    _f("at", TIMESTAMP, "When it was signed", "Cuándo se firmó"),
)
DOSSIER = (
    _f("dossier", INT, "Version of the dossier", "Versión del expediente"),
    _f("at", TIMESTAMP, "Time of decision", "Momento de la decisión"),
    _f("request", _REQUEST, "What is asked", "Qué se pide"),
    _f("item", _ITEM, "What would be told", "Qué se diría"),
    _f("consent", _CONSENT, "What the originator answered", "Qué respondió el originador", 2),
    _f("source", _SOURCE, "The source", "La fuente"),
    _f("exposure", _EXPOSURE, "Who would really see it", "Quién lo vería en realidad", 3),
    _f("protection", _PROTECTION, "Those whom it could harm", "A quienes podría dañar"),
    Field(
        "threats",
        _THREAT,
        Words("Threats that it speaks of", "Amenazas de las que trata"),
        2,
        many=200,
        identity="id",
    ),
    _f("agreement", _AGREEMENT, "What the partners agreed", "Qué acordaron los socios"),
    _f("recipient", _RECIPIENT, "The recipient's unit", "La unidad receptora"),
    Field(
        "chain", _LINK, Words("People in the chain", "Personas en la cadena"), many=LONG, identity="person"
    ),
    _f(
        "chain_complete",
        BOOL,
        "Every line of superiors known up to the signatory",
        "Toda la línea de superiores conocida hasta el firmante",
    ),
    Field("dissents", _DISSENT, Words("Dissents", "Disensos"), many=200, identity="id"),
    Field("sign_offs", _SIGN_OFF, Words("Sign-offs", "Firmas"), many=200, identity="id"),
    _f("overseer_informed", BOOL, "Overseer informed", "Órgano de supervisión informado"),
)

AGREEMENT_FIELDS = frozenset(field.name for field in _AGREEMENT)
OF_PARAMETER: Mapping[ParameterType, Type] = {
    ParameterType.DURATION: DURATION,
    ParameterType.INT: INT,
    ParameterType.STRING: STRING,
    ParameterType.BOOL: BOOL,
    ParameterType.DOUBLE: DOUBLE,
}
_SINGULAR = {
    "warnings": "warning",
    "threats": "threat",
    "allegations": "allegation",
    "chain": "link",
    "dissents": "dissent",
    "sign_offs": "sign_off",
}


def schema(parameters: Iterable[Parameter] = (), *, version: int = VERSION) -> Record:
    """The dossier's type in this version, with the protocol's parameters as fields of ``agreement``."""
    return _schema(tuple((p.name, p.type) for p in parameters), version)


@lru_cache(maxsize=256)
def _schema(parameters: tuple[tuple[str, ParameterType], ...], version: int) -> Record:
    record = _record("dossier", DOSSIER, version, None)
    agreement = record.fields["agreement"]
    assert isinstance(agreement, Record)  # noqa: S101  as declared above
    stated = {name: OF_PARAMETER[kind] for name, kind in parameters}
    return Record(
        "dossier", {**record.fields, "agreement": Record("agreement", {**agreement.fields, **stated})}
    )


def _record(name: str, fields: tuple[Field, ...], version: int, identity: str | None) -> Record:
    return Record(name, {f.name: _type(f, version) for f in fields if f.since <= version}, identity)


def _type(field: Field, version: int) -> Type:
    single = (
        _record(_SINGULAR.get(field.name, field.name), field.type, version, field.identity)
        if isinstance(field.type, tuple)
        else field.type
    )
    return ListOf(single, field.many) if field.many else single


def words() -> dict[str, Words]:
    """The words of every field, by its path without places: ``chain.outcome``."""
    return {path: field.words for path, field in _paths("", DOSSIER)}


@lru_cache(maxsize=1)
def versions() -> Mapping[str, int]:
    """The version that brought each field, by its path without places."""
    return {path: field.since for path, field in _paths("", DOSSIER)}


def _paths(above: str, fields: tuple[Field, ...]) -> Iterable[tuple[str, Field]]:
    for field in fields:
        path = f"{above}.{field.name}" if above else field.name
        yield path, field
        if isinstance(field.type, tuple):
            yield from _paths(path, field.type)
