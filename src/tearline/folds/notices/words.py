"""What can be told, in words, and in which roles a person is told it."""

from collections.abc import Mapping

from tearline.facts.history import Role
from tearline.facts.release import SignOffLine
from tearline.facts.words import Worded


class Concern(Worded):
    """What a notice is about, for whoever wants to see only some of them."""

    MINE = "mine", "What is mine", "Lo que es mío"
    WAITS = "waits", "Waits for me", "Me espera"
    COPIES = "copies", "Copies for me", "Copias para mí"
    LEAKS = "leaks", "Leaks", "Filtraciones"
    ACCOUNT = "account", "My account", "Mi cuenta"
    OVERDUE = "overdue", "Overdue", "Vencido"


class Tells(Worded):
    """What a notice says. The value begins with its concern."""

    VERDICT = "mine-verdict", "A verdict was reached on your request", "Hay un veredicto sobre su solicitud"
    SIGNED = "mine-signed", "Your request was signed", "Se firmó su solicitud"
    DISSENT = "mine-dissent", "Somebody dissents from what is yours", "Alguien disiente de algo suyo"
    RELEASED = "mine-released", "Your request was released", "Se divulgó lo que usted solicitó"
    REVIEWED = "mine-reviewed", "Your expedited release was reviewed", "Se revisó su divulgación expedita"
    ANSWERED = "mine-answered", "Your dissent was answered", "Se respondió a su disenso"
    COMPROMISE = (
        "leaks-compromise",
        "A leak of what is yours was reported",
        "Se informó de una filtración de algo suyo",
    )
    TO_SIGN = "waits-sign", "A request waits for your signature", "Una solicitud espera su firma"
    TO_RELEASE = "waits-release", "A request can be released", "Una solicitud puede divulgarse"
    TO_ANSWER = "waits-answer", "A dissent waits for an answer", "Un disenso espera respuesta"
    TO_ANSWER_SOURCE = (
        "waits-answer-source",
        "A source's warning waits for an answer",
        "La advertencia de una fuente espera respuesta",
    )
    TO_INVESTIGATE = "waits-investigate", "A leak is investigated by nobody", "Nadie investiga una filtración"
    TO_REVIEW = (
        "waits-review",
        "An expedited release waits for its review",
        "Una divulgación expedita espera su revisión",
    )
    TO_DECIDE_WARNING = (
        "waits-decide-warning",
        "People are in danger: order the warning, or waive it",
        "Hay personas en peligro: ordene el aviso o dispénselo",
    )
    TO_WARN = (
        "waits-warn",
        "People in danger were not warned yet",
        "Aún no se avisó a personas en peligro",
    )
    TO_REVIEW_WARNING = (
        "waits-review-warning",
        "A warning without an order waits for its review",
        "Un aviso sin orden espera su revisión",
    )
    TO_ADOPT = "waits-adopt", "A protocol waits for your signature", "Un protocolo espera su firma"
    TO_ENDORSE = (
        "waits-endorse",
        "An agreement waits for a second person",
        "Un acuerdo espera a una segunda persona",
    )
    TO_ADMIT = "waits-admit", "A role waits for a second person", "Un rol espera a una segunda persona"
    TO_INVITE = (
        "waits-invite",
        "An invitation waits for a second person",
        "Una invitación espera a una segunda persona",
    )
    COPY = "copies-given", "A copy is for you", "Hay una copia para usted"
    ROLE_PROPOSED = "account-role-proposed", "A role was proposed for you", "Se propuso un rol para usted"
    ROLE_GIVEN = "account-role-given", "You were given a role", "Se le dio un rol"
    ROLE_ENDED = "account-role-ended", "A role of yours was ended", "Se puso fin a un rol suyo"
    ROLE_ENDS = "account-role-ends", "A role of yours ends soon", "Un rol suyo termina pronto"
    KEY_ADDED = "account-key-added", "A key of yours was enrolled", "Se inscribió una clave suya"
    KEY_REVOKED = "account-key-revoked", "A key of yours was revoked", "Se revocó una clave suya"
    LINKED = (
        "account-linked",
        "A directory account was linked to you",
        "Se le vinculó una cuenta del directorio",
    )
    UNLINKED = (
        "account-unlinked",
        "A directory account of yours was unlinked",
        "Se desvinculó una cuenta suya del directorio",
    )
    TOKEN_ISSUED = "account-token-issued", "A token of yours was issued", "Se emitió un token suyo"
    TOKEN_REVOKED = "account-token-revoked", "A token of yours was revoked", "Se revocó un token suyo"
    SESSION = "account-session", "Somebody signed in as you", "Alguien ingresó como usted"
    OVERDUE = "overdue-duty", "A duty is overdue", "Venció un deber"

    @property
    def concern(self) -> Concern:
        return Concern(self.value.partition("-")[0])


OWN_SIDE = frozenset(Role) - {
    Role.PARTNER_LIAISON,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.NODE,
    Role.CHRONICLER,
}
ADMIT = frozenset({Role.ADMINISTRATOR, Role.SENIOR_OFFICER})
ANSWERERS = frozenset({Role.SENIOR_OFFICER, Role.RELEASING_OFFICER})
LINES: Mapping[SignOffLine, Role] = {
    SignOffLine.RELEASING: Role.RELEASING_OFFICER,
    SignOffLine.SOURCE_HANDLING: Role.SOURCE_HANDLER,
    SignOffLine.SECOND: Role.SENIOR_OFFICER,
}
WAITS: Mapping[Tells, frozenset[Role]] = {
    Tells.TO_SIGN: frozenset(LINES.values()),
    Tells.TO_RELEASE: frozenset({Role.RELEASING_OFFICER}),
    Tells.TO_ANSWER: ANSWERERS,
    Tells.TO_ANSWER_SOURCE: ANSWERERS,
    Tells.TO_INVESTIGATE: frozenset({Role.INVESTIGATOR, Role.SENIOR_OFFICER}),
    Tells.TO_REVIEW: frozenset({Role.SENIOR_OFFICER, Role.OVERSEER}),
    Tells.TO_DECIDE_WARNING: frozenset({Role.SENIOR_OFFICER}),
    Tells.TO_WARN: frozenset({Role.HARM_DESK}),
    Tells.TO_REVIEW_WARNING: frozenset({Role.SENIOR_OFFICER}),
    Tells.TO_ADOPT: frozenset({Role.RELEASING_OFFICER, Role.SENIOR_OFFICER, Role.LIAISON}),
    Tells.TO_ENDORSE: frozenset({Role.SENIOR_OFFICER, Role.LIAISON}),
    Tells.TO_ADMIT: ADMIT,
    Tells.TO_INVITE: ADMIT,
}
ANYBODY = frozenset(Role) - {Role.NODE, Role.CHRONICLER}


def _told(tells: Tells) -> frozenset[Role]:
    match tells.concern:
        case Concern.WAITS:
            return WAITS[tells]
        case Concern.ACCOUNT:
            return ANYBODY
        case Concern.COPIES:
            return OWN_SIDE | {Role.PARTNER_LIAISON}
        case Concern.OVERDUE:
            return frozenset({Role.OVERSEER})
        case Concern.MINE | Concern.LEAKS:
            return OWN_SIDE


TOLD: Mapping[Tells, frozenset[Role]] = {tells: _told(tells) for tells in Tells}
"""In which roles a person is told it: what they did in one role is not told them in one that may not read of it."""
