"""What people outside report, without an account: what they said, what they were answered, what became of it.

Nobody is named: whoever reports is known by a receipt, of whose code only a hash is here. The node records what comes
from outside, and claims no more of its time than the day. Everything that was written is sealed with the witnesses.
"""

from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Sealed, fact
from tearline.facts.identifiers import OutsideId, ReceiptId, ReportId
from tearline.facts.words import Worded


class ReportLanguage(Worded):
    EN = "en", "English", "inglés"
    ES = "es", "Spanish", "español"


class AnswerWish(Worded):
    """How whoever reports wants to hear from us."""

    BY_CODE = "by-code", "they come back with their code", "vuelven con su código"
    CONTACT = "contact", "they want to be contacted", "quieren que se les contacte"
    NO_ANSWER = "no-answer", "they want no answer", "no quieren respuesta"


class OutsideConsent(Worded):
    """What a report from outside may be used for: what was not agreed to was refused."""

    COUNT = "count", "count the people harmed, without names", "contar a las personas dañadas, sin nombres"
    LOOK_INTO = "look-into", "look into what happened, in this agency", "indagar lo sucedido, en esta agencia"
    SHARE = (
        "share",
        "pass it to an authority that searches or prosecutes",
        "pasarlo a una autoridad que busca o persigue el delito",
    )
    HELP = "help", "find help for those affected", "buscar ayuda para los afectados"


@fact("A report came from outside", "Llegó un informe de fuera")
class ReportReceivedOutside(Fact):
    """As somebody without an account gave it. ``receipt`` is the hash of their code, which nobody here has."""

    outside: Annotated[OutsideId, Label("Report from outside", "Informe de fuera")]
    receipt: Annotated[ReceiptId, Label("Hash of the receipt code", "Resumen del código de recibo")]
    language: Annotated[ReportLanguage, Label("Language", "Idioma")]
    wish: Annotated[AnswerWish, Label("How they want to hear from us", "Cómo quieren saber de nosotros")]
    account: Annotated[Sealed[str], Label("What happened", "Qué pasó"), Compartment.WITNESSES]
    consents: Annotated[
        tuple[OutsideConsent, ...], Label("What they agreed to", "A qué dieron su consentimiento")
    ] = ()
    whom: Annotated[
        Sealed[str | None], Label("Who was harmed", "Quiénes sufrieron daño"), Compartment.WITNESSES
    ] = Sealed(None)
    when: Annotated[Sealed[str | None], Label("When", "Cuándo"), Compartment.WITNESSES] = Sealed(None)
    where: Annotated[Sealed[str | None], Label("Where", "Dónde"), Compartment.WITNESSES] = Sealed(None)
    contact: Annotated[
        Sealed[str | None], Label("How to reach them", "Cómo contactarles"), Compartment.WITNESSES
    ] = Sealed(None)


@fact("A report from outside was added to", "Se añadió a un informe de fuera")
class OutsideReportAdded(Fact):
    outside: Annotated[OutsideId, Label("Report from outside", "Informe de fuera")]
    more: Annotated[Sealed[str], Label("What was added", "Lo que se añadió"), Compartment.WITNESSES]


@fact("A report from outside was answered", "Se respondió a un informe de fuera")
class OutsideReportAnswered(Fact):
    """What whoever holds the code reads."""

    outside: Annotated[OutsideId, Label("Report from outside", "Informe de fuera")]
    answer: Annotated[Sealed[str], Label("Answer", "Respuesta"), Compartment.WITNESSES]


@fact("A report from outside was taken up", "Se acogió un informe de fuera")
class OutsideReportTaken(Fact):
    """The harm desk made a report of harm of it, which stands in the register."""

    outside: Annotated[OutsideId, Label("Report from outside", "Informe de fuera")]
    report: Annotated[ReportId, Label("Report of harm made of it", "Informe de daño que resultó")]


@fact("A report from outside was closed", "Se cerró un informe de fuera")
class OutsideReportClosed(Fact):
    """Never a dead end: whoever reported is told why, and where else they can turn."""

    outside: Annotated[OutsideId, Label("Report from outside", "Informe de fuera")]
    reason: Annotated[
        Sealed[str],
        Label("Why it is closed, as they are told", "Por qué se cierra, como se les dice"),
        Compartment.WITNESSES,
    ]
    elsewhere: Annotated[
        Sealed[str], Label("Where else they can turn", "A quién más pueden acudir"), Compartment.WITNESSES
    ]


@fact("Consent to a report from outside was withdrawn", "Se retiró el consentimiento a un informe de fuera")
class OutsideConsentWithdrawn(Fact):
    """All of it, by whoever holds the code. ``erase``: they also ask that what they wrote be destroyed."""

    outside: Annotated[OutsideId, Label("Report from outside", "Informe de fuera")]
    erase: Annotated[bool, Label("They ask that it be erased", "Piden que se borre")]
