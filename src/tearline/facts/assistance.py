"""Who was helped: what people need, who was asked for it and what they said, and what was given.

A need stays ours until it is met or those concerned no longer want it: whoever it is referred to may decline, and then
somebody else is asked. What people need, and how to reach them, is sealed like witnesses are. An offer is made to a
partner or an authority: to help to identify and arrest whoever did it.
"""

from datetime import date
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AssistanceId,
    CompromiseId,
    NeedId,
    OfferId,
    OperationId,
    OrganisationId,
    ReferralId,
    ReportId,
)
from tearline.facts.words import Worded

NOTHING: Sealed[str | None] = Sealed(None)


class AssistanceKind(Worded):
    PROTECTION = "protection", "protection", "protección"
    MEDICAL = "medical", "medical or psychological care", "atención médica o psicológica"
    LEGAL = "legal", "legal help", "ayuda jurídica"
    SEARCH = "search", "search and identification", "búsqueda e identificación"
    MATERIAL = "material", "material support", "apoyo material"
    ARREST = (
        "arrest",
        "help to identify and arrest the perpetrators",
        "ayuda para identificar y detener a los autores",
    )


class Contact(Worded):
    """How people want to be reached. Nobody is reached in another way."""

    TELEPHONE = "telephone", "by telephone", "por teléfono"
    IN_PERSON = "in-person", "in person", "en persona"
    THROUGH_ADVOCATE = "through-advocate", "through an advocate", "por medio de un defensor"
    WHEN_ASKED = "only-when-asked", "only when they ask", "solo cuando lo pidan"
    NOT_AT_ALL = "not-at-all", "not at all", "de ningún modo"


class ReferralAnswer(Worded):
    TAKEN = "taken", "they take it on", "lo asumen"
    DECLINED = "declined", "they decline it", "lo rechazan"


class OfferAnswer(Worded):
    ACCEPTED = "accepted", "they accept it", "la aceptan"
    DECLINED = "declined", "they decline it", "la rechazan"


@fact("A need was recorded", "Se registró una necesidad")
class NeedRecorded(Fact):
    """What somebody who was harmed needs, as they or whoever speaks for them said it."""

    need: Annotated[NeedId, Label("Need", "Necesidad")]
    kind: Annotated[AssistanceKind, Label("Kind", "Clase")]
    what: Annotated[
        Sealed[str], Label("What is needed, and by whom", "Qué se necesita y quién"), Compartment.WITNESSES
    ]
    contact: Annotated[Contact, Label("How they want to be reached", "Cómo quieren ser contactadas")]
    wanted_by: Annotated[date, Label("Needed by", "Se necesita para el")]
    reach: Annotated[
        Sealed[str | None], Label("How to reach them", "Cómo contactarlas"), Compartment.WITNESSES
    ] = NOTHING
    report: Annotated[ReportId | None, Label("Report", "Informe")] = None
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None


@fact("A need was referred", "Se canalizó una necesidad")
class NeedReferred(Fact):
    """To somebody else, who may take it on or decline. Until it is met it stays ours, too."""

    referral: Annotated[ReferralId, Label("Referral", "Canalización")]
    need: Annotated[NeedId, Label("Need", "Necesidad")]
    organisation: Annotated[OrganisationId, Label("Referred to", "Canalizada a")]
    agreed: Annotated[
        bool,
        Label(
            "Those concerned agree that they are told of it",
            "Las personas afectadas están de acuerdo en que se les comunique",
        ),
    ]
    said: Annotated[
        Sealed[str | None], Label("What they were told", "Qué se les dijo"), Compartment.WITNESSES
    ] = NOTHING


@fact("A referral was answered", "Se respondió a una canalización")
class ReferralAnswered(Fact):
    """Declined is no dead end: the need is to be met by us or referred to somebody else."""

    referral: Annotated[ReferralId, Label("Referral", "Canalización")]
    need: Annotated[NeedId, Label("Need", "Necesidad")]
    answer: Annotated[ReferralAnswer, Label("Answer", "Respuesta")]
    said: Annotated[Sealed[str | None], Label("What they said", "Qué dijeron"), Compartment.WITNESSES] = (
        NOTHING
    )


@fact("A need was withdrawn", "Se retiró una necesidad")
class NeedWithdrawn(Fact):
    """By those concerned, who no longer want it. Nobody else gives a need up."""

    need: Annotated[NeedId, Label("Need", "Necesidad")]
    said: Annotated[
        Sealed[str],
        Label("What those concerned said", "Qué dijeron las personas afectadas"),
        Compartment.WITNESSES,
    ]


@fact("Assistance was given", "Se prestó asistencia")
class AssistanceGiven(Fact):
    """``given_by``: where it was not we who gave it."""

    assistance: Annotated[AssistanceId, Label("Assistance", "Asistencia")]
    kind: Annotated[AssistanceKind, Label("Kind", "Clase")]
    given: Annotated[
        Sealed[str], Label("What was given, to whom", "Qué se dio y a quién"), Compartment.WITNESSES
    ]
    report: Annotated[ReportId | None, Label("Report", "Informe")] = None
    compromise: Annotated[CompromiseId | None, Label("Compromise", "Compromiso")] = None
    need: Annotated[NeedId | None, Label("Need", "Necesidad")] = None
    given_by: Annotated[
        OrganisationId | None, Label("Help given by", "Ayuda prestada por"), Tag("given-by")
    ] = None


@fact("Help against the perpetrators was offered", "Se ofreció ayuda contra los autores")
class HelpOffered(Fact):
    """To a partner or an authority: resources to identify and arrest whoever harmed people."""

    offer: Annotated[OfferId, Label("Offer", "Ofrecimiento")]
    organisation: Annotated[OrganisationId, Label("Offered to", "Ofrecida a")]
    what: Annotated[Sealed[str], Label("What is offered", "Qué se ofrece"), Compartment.REASONS]
    answer_by: Annotated[date, Label("An answer is asked for by", "Se pide respuesta para el")]
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None
    operation: Annotated[OperationId | None, Label("In operation", "En la operación")] = None


@fact("An offer of help was answered", "Se respondió a un ofrecimiento de ayuda")
class OfferAnswered(Fact):
    offer: Annotated[OfferId, Label("Offer", "Ofrecimiento")]
    answer: Annotated[OfferAnswer, Label("Answer", "Respuesta")]
    said: Annotated[Sealed[str | None], Label("What they said", "Qué dijeron"), Compartment.REASONS] = NOTHING
