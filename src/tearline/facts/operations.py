"""What partners do together: posts, plans, results, tolls, and what they say came of it.

A *post* is a place that shifts man. A figure always says who counted it and whether it is credited to the
operation; a claimed effect says whether controls were declared beforehand. *After* is not *because*.
"""

from datetime import date
from typing import Annotated

from tearline.facts.fact import Fact, Label, Public, Tag, fact
from tearline.facts.identifiers import (
    AccountId,
    AgreementId,
    CaveatId,
    ClaimId,
    OperationId,
    OrganisationId,
    PostId,
    ReleaseId,
    ResultId,
    ShiftedId,
    TollId,
)
from tearline.facts.words import Worded


class Measure(Worded):
    VET = "vet-officers", "officers to vet", "oficiales por evaluar"
    TRAIN = "train-officers", "officers to train", "oficiales por capacitar"
    MIRROR_BASE = "mirror-base", "mirror bases", "bases espejo"
    LIAISON = "liaison-officer", "liaison officers to send", "oficiales de enlace por enviar"


class PostKind(Worded):
    CHECKPOINT = "checkpoint", "roving checkpoint", "retén itinerante"
    BASE = "base", "base", "base"
    LIAISON_DESK = "liaison-desk", "liaison desk", "mesa de enlace"


class ResultKind(Worded):
    CASH = "cash", "cash seized", "efectivo decomisado"
    WEAPONS = "weapons", "weapons seized", "armas decomisadas"
    PERSONS = "persons-identified", "persons identified", "personas identificadas"
    DRUGS = "drugs", "drugs seized", "drogas decomisadas"
    ARRESTS = "arrests", "arrests", "detenciones"
    DISRUPTED = "disrupted", "lookouts and gangs disrupted", "vigías y grupos desarticulados"


class Credit(Worded):
    CREDITED = "credited", "credited to the operation", "atribuido a la operación"
    NOT_CREDITED = "not-credited", "not credited to the operation", "no atribuido a la operación"
    UNKNOWN = "unknown", "not said", "no consta"


class TollKind(Worded):
    ATTACK = "attack", "attack on officers", "ataque a oficiales"
    ATTACK_ON_OTHERS = "attack-on-others", "attack on others", "ataque a terceros"
    THREAT = "threat", "threat", "amenaza"
    KILLINGS = "killings", "killings in the area", "homicidios en la zona"


class Retaliation(Worded):
    SUSPECTED = "suspected", "suspected retaliation", "presunta represalia"
    FEARED = "feared", "retaliation feared", "represalia temida"
    NOT_SAID = "not-said", "not said", "no consta"


class Dimension(Worded):
    SPACE = "space", "to another place", "a otro lugar"
    MODE = "mode", "to another mode", "a otro medio"
    DIRECTION = "direction", "in direction", "de dirección"
    TIME = "time", "to another time", "a otro momento"


class Controls(Worded):
    NONE = "none", "no controls were declared beforehand", "no se declararon controles de antemano"
    DECLARED = "declared", "controls were declared beforehand", "se declararon controles de antemano"


@fact("A joint operation was declared", "Se declaró una operación conjunta")
class OperationDeclared(Fact):
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    name: Annotated[str, Label("Name", "Nombre"), Public(160)]
    organisations: Annotated[tuple[OrganisationId, ...], Label("Partners", "Socios")]
    aim: Annotated[str, Label("Declared aim", "Fin declarado"), Public(400)]
    place: Annotated[str, Label("Place", "Lugar"), Public(160)]
    agreement: Annotated[AgreementId | None, Label("Under agreement", "Bajo el acuerdo")] = None


@fact("A caveat was declared", "Se declaró una salvedad")
class CaveatDeclared(Fact):
    """A side's own limit on what its people will do. Nobody may plan them into the contrary."""

    caveat: Annotated[CaveatId, Label("Caveat", "Salvedad")]
    agreement: Annotated[AgreementId, Label("Agreement", "Acuerdo")]
    organisation: Annotated[OrganisationId, Label("Whose limit", "De quién es el límite")]
    limit: Annotated[str, Label("Limit", "Límite"), Public(500)]


@fact("A measure was planned", "Se planeó una medida")
class MeasurePlanned(Fact):
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    measure: Annotated[Measure, Label("Measure", "Medida")]
    organisation: Annotated[OrganisationId, Label("Whose", "De quién")]
    as_said: Annotated[str, Label("As stated", "Según lo dicho"), Public(200)]
    number: Annotated[int | None, Label("Number, if stated", "Número, si consta")] = None


@fact("A post was opened", "Se abrió un puesto")
class PostOpened(Fact):
    post: Annotated[PostId, Label("Post", "Puesto")]
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    kind: Annotated[PostKind, Label("Kind", "Clase")]
    organisation: Annotated[OrganisationId, Label("Manned by", "A cargo de")]
    place: Annotated[str, Label("Place", "Lugar"), Public(160)]


@fact("A result was counted", "Se contó un resultado")
class ResultCounted(Fact):
    result: Annotated[ResultId, Label("Result", "Resultado")]
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    kind: Annotated[ResultKind, Label("Kind", "Clase")]
    figure: Annotated[int | None, Label("Figure, if stated", "Cifra, si consta")]
    as_said: Annotated[str, Label("As stated", "Según lo dicho"), Public(300)]
    counted_by: Annotated[OrganisationId, Label("Counted by", "Contado por"), Tag("counter")]
    credit: Annotated[Credit, Label("Credit", "Atribución")]
    first_day: Annotated[date | None, Label("From", "Desde")] = None
    last_day: Annotated[date | None, Label("To", "Hasta")] = None


@fact("A toll was recorded", "Se registró un costo humano")
class TollRecorded(Fact):
    toll: Annotated[TollId, Label("Toll", "Costo")]
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    kind: Annotated[TollKind, Label("Kind", "Clase")]
    what: Annotated[str, Label("What happened", "Qué ocurrió"), Public(400)]
    killed: Annotated[int, Label("Killed", "Muertos")]
    injured: Annotated[int, Label("Injured", "Heridos")]
    retaliation: Annotated[Retaliation, Label("Retaliation", "Represalia")]


@fact("A displacement was noted", "Se observó un desplazamiento")
class DisplacementNoted(Fact):
    shifted: Annotated[ShiftedId, Label("Displacement", "Desplazamiento")]
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    dimension: Annotated[Dimension, Label("How it moved", "Cómo se movió")]
    what: Annotated[str, Label("What moved, and where", "Qué se movió y adónde"), Public(400)]
    noted_by: Annotated[str, Label("Noted by", "Observado por"), Public(120)]


@fact("An effect was claimed", "Se afirmó un efecto")
class EffectClaimed(Fact):
    claim: Annotated[ClaimId, Label("Claim", "Afirmación")]
    operation: Annotated[OperationId, Label("Operation", "Operación")]
    what: Annotated[str, Label("What is claimed", "Qué se afirma"), Public(300)]
    claimed_by: Annotated[str, Label("Claimed by", "Afirmado por"), Public(120)]
    controls: Annotated[Controls, Label("Controls", "Controles")]


@fact("An account was rendered", "Se rindieron cuentas")
class AccountRendered(Fact):
    account: Annotated[AccountId, Label("Account", "Rendición de cuentas")]
    text: Annotated[str, Label("Account", "Cuentas"), Public(4000)]
    operation: Annotated[OperationId | None, Label("Of operation", "De la operación")] = None
    release: Annotated[ReleaseId | None, Label("Of release", "De la divulgación")] = None
