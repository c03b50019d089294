"""What is found out about an item and its source before anyone is told of it, and what its originator allows.

Each is on record under the name of whoever found it. What was written as a reason is sealed; whether something
was written at all is what a dossier says.
"""

from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Binds, Compartment, Fact, Label, Sealed, Tag, fact
from tearline.facts.identifiers import ItemId, PersonId, UnitId
from tearline.facts.release import NOTHING, Use
from tearline.facts.words import Worded


class ProtectedActivity(Worded):
    """Whether it speaks of views, associations or activities that are protected (28 CFR 23.20(b))."""

    NONE = "none", "of none", "de ninguna"
    RELATED = (
        "related",
        "of one that relates to the crime directly",
        "de una relacionada directamente con el delito",
    )
    UNRELATED = "unrelated", "of one that does not", "de una que no lo está"


class EuropolSource(Worded):
    """Source evaluation of the Europol 4x4 system, best first."""

    A = "A", "A: no doubt about the source", "A: sin dudas sobre la fuente"
    B = "B", "B: mostly proved reliable", "B: fiable en la mayoría de los casos"
    C = "C", "C: mostly proved unreliable", "C: no fiable en la mayoría de los casos"
    X = "X", "X: cannot be assessed", "X: no puede evaluarse"


class EuropolInformation(Worded):
    """Information evaluation of the Europol 4x4 system, best first."""

    SURE = "1", "1: known to be true without reservation", "1: cierta sin reservas"
    KNOWN_TO_SOURCE = "2", "2: known to the source personally", "2: conocida personalmente por la fuente"
    CORROBORATED = (
        "3",
        "3: not known to the source, corroborated",
        "3: no conocida por la fuente, corroborada",
    )
    UNCORROBORATED = "4", "4: not known, not corroborated", "4: ni conocida ni corroborada"


class EuropolCode(Worded):
    """Handling codes of the Europol handling system."""

    H0 = "H0", "H0: to prevent and combat crime only", "H0: solo para prevenir y combatir delitos"
    H1 = (
        "H1",
        "H1: not in court without the provider's permission",
        "H1: no en juicio sin permiso del proveedor",
    )
    H2 = (
        "H2",
        "H2: not passed on without the provider's permission",
        "H2: no transmitir sin permiso del proveedor",
    )
    H3 = "H3", "H3: other restrictions, as written", "H3: otras restricciones, según se indique"


class OriginatorsAnswer(Worded):
    """From least to most restrictive; the order of declaration is the order of severity."""

    YES = "yes", "yes", "sí"
    CONDITIONS = "conditions", "yes, on conditions", "sí, con condiciones"
    NO = "no", "no", "no"


class Treatment(Worded):
    """What must be done to an item before it goes on."""

    SANITISE = "sanitise", "take out what identifies", "quitar lo que identifica"
    PARAPHRASE = "paraphrase", "put it into other words", "ponerlo en otras palabras"
    DOWNGRADE = "downgrade", "lower its marking", "bajar su clasificación"


class Standing(Worded):
    """How a source stands with whoever handles it."""

    REGISTERED = "registered", "registered", "registrada"
    UNREGISTERED = "unregistered", "not registered", "no registrada"
    DEACTIVATED = "deactivated", "deactivated", "desactivada"
    DROPPED = "dropped-for-cause", "dropped for cause", "dada de baja con causa"


@fact("An item was screened", "Se examinó un elemento")
class ItemScreened(Fact):
    """Whether there is reasonable suspicion, what protected activity it touches, and how it was obtained."""

    item: Annotated[ItemId, Label("Item", "Elemento")]
    suspicion: Annotated[
        Sealed[str | None],
        Label("Reasonable suspicion: on what it rests", "Sospecha razonable: en qué se funda"),
        Compartment.REASONS,
    ]
    protected: Annotated[
        ProtectedActivity, Label("Of what protected activity it speaks", "De qué actividad protegida trata")
    ]
    lawful: Annotated[bool, Label("Obtained lawfully", "Obtenido lícitamente")]
    control_official: Annotated[
        PersonId, Label("Control official", "Funcionario de control"), Tag("control-official")
    ]


@fact("Europol codes were set", "Se fijaron códigos de Europol")
class EuropolCodesSet(Fact):
    item: Annotated[ItemId, Label("Item", "Elemento")]
    source: Annotated[EuropolSource, Label("Source (4x4)", "Fuente (4x4)")]
    information: Annotated[EuropolInformation, Label("Information (4x4)", "Información (4x4)")]
    codes: Annotated[tuple[EuropolCode, ...], Label("Handling codes", "Códigos de manejo")]
    text: Annotated[
        Sealed[str | None], Label("Text of code H3", "Texto del código H3"), Compartment.REASONS
    ] = NOTHING


@fact("The originator answered", "El originador respondió")
class OriginatorAnswered(Fact):
    """To the question whether this unit may be told. Only what the answer names is allowed."""

    item: Annotated[ItemId, Label("Item", "Elemento")]
    unit: Annotated[UnitId, Label("For which unit", "Para qué unidad")]
    answer: Annotated[OriginatorsAnswer, Label("Answer", "Respuesta")]
    use: Annotated[Use, Label("For which use", "Para qué uso")]
    court: Annotated[bool, Label("May be used in court", "Puede usarse en juicio")]
    requires: Annotated[
        tuple[Treatment, ...], Label("To be done to it first", "Qué debe hacérsele antes")
    ] = ()
    tearline: Annotated[
        bool, Label("The text below the tearline is free", "El texto debajo de la línea de corte es libre")
    ] = False
    conditions: Annotated[Sealed[str | None], Label("Conditions", "Condiciones"), Compartment.REASONS] = (
        NOTHING
    )


@fact("The standing of a source was stated", "Se indicó la situación de una fuente")
class SourceStandingStated(Fact):
    """Of the source of an item. Who it is stands nowhere."""

    item: Annotated[ItemId, Label("Item", "Elemento")]
    standing: Annotated[Standing, Label("Standing of the source", "Situación de la fuente")]
    review_due: Annotated[datetime | None, Label("Next review due", "Próxima revisión")]
    promised: Annotated[
        bool, Label("Confidentiality was promised to the source", "Se prometió confidencialidad a la fuente")
    ]


@fact(
    "Contact with a source was approved",
    "Se aprobó el contacto con una fuente",
    binds=Binds.ONCE_FOUNDED,
)
class SourceContactApproved(Fact):
    """By a senior officer, in writing: needed where a source was dropped for cause."""

    item: Annotated[ItemId, Label("Item", "Elemento")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]
