"""The one shape of every refusal and error: problem details (RFC 9457), in both languages.

``type`` is an address under the API's own page, which says what the problem is and what to do; ``status`` repeats the
answer's. ``title`` is the kind of problem, ``because`` the sentence of this one in English and Spanish, ``detail`` the
English one again, for readers who know RFC 9457 only. A refusal by the rules names its ``rule`` and the ``facts``;
what could not be read names in ``errors`` each place (a JSON pointer, RFC 6901) and what was expected there.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from tearline.api.bodies import Wrong, to_bytes
from tearline.facts.shape import Json
from tearline.facts.words import Worded, Words

MEDIA_TYPE = "application/problem+json"
PAGE = "/api/v1/"
"""Where the page stands on which each kind of problem has its place."""


class Kind(Worded):
    """Every kind of problem that the API answers with."""

    MALFORMED = "malformed", "The request cannot be read", "La petición no se puede leer"
    NO_KEY = (
        "idempotency-key-missing",
        "The Idempotency-Key header is missing",
        "Falta la cabecera Idempotency-Key",
    )
    OTHER_BODY = (
        "idempotency-key-reused",
        "The key was used for another request",
        "La clave ya se usó para otra petición",
    )
    UNKNOWN_CALLER = "no-token", "No valid token was sent", "No se envió un token válido"
    NOT_FOR_ROLE = "not-for-this-role", "This is not for this role to do", "Esto no corresponde a este rol"
    NOT_IN_SCOPE = "not-in-scope", "The token is not good for this", "El token no sirve para esto"
    REFUSED = "refused", "The rules say no", "Las reglas dicen que no"
    SHOWN_ANEW = "shown-anew", "Look again, and sign again", "Revíselo y firme de nuevo"
    ABSENT = "absent", "There is nothing here for you", "Aquí no hay nada para usted"
    METHOD = "method", "This is not used that way", "Esto no se usa así"
    TOO_LARGE = "too-large", "The body is too large", "El cuerpo es demasiado grande"
    MEDIA = "media-type", "Send JSON", "Envíe JSON"
    TOO_MANY = "too-many", "Too many requests", "Demasiadas peticiones"
    BUSY = "busy", "The node is busy; nothing was recorded", "El nodo está ocupado; no se registró nada"
    BROKEN = "broken", "A proof failed: this node has stopped", "Falló una prueba: este nodo se detuvo"
    FAULT = "fault", "Something failed here that should not have", "Aquí falló algo que no debía"


STATUS: Mapping[Kind, int] = {
    Kind.MALFORMED: 422,
    Kind.NO_KEY: 400,
    Kind.OTHER_BODY: 422,
    Kind.UNKNOWN_CALLER: 401,
    Kind.NOT_FOR_ROLE: 403,
    Kind.NOT_IN_SCOPE: 403,
    Kind.REFUSED: 409,
    Kind.SHOWN_ANEW: 409,
    Kind.ABSENT: 404,
    Kind.METHOD: 405,
    Kind.TOO_LARGE: 413,
    Kind.MEDIA: 415,
    Kind.TOO_MANY: 429,
    Kind.BUSY: 503,
    Kind.BROKEN: 503,
    Kind.FAULT: 500,
}


class Denied(Exception):
    """A request that is answered with a problem and nothing else."""

    def __init__(
        self,
        kind: Kind,
        *,
        because: Words | None = None,
        rule: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.value)
        self.kind, self.because, self.rule = kind, because, rule
        self.headers = dict(headers or {})


def problem(
    kind: Kind,
    *,
    because: Words | None = None,
    rule: str | None = None,
    facts: Sequence[str] | None = None,
    errors: Sequence[Wrong] | None = None,
    more: Mapping[str, Json] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer; members that do not belong to this kind of problem are left out."""
    said = because or kind.words
    body: dict[str, Json] = {
        "type": f"{PAGE}#problem-{kind.value}",
        "title": kind.words.en,
        "status": STATUS[kind],
        "detail": said.en,
        "because": {"en": said.en, "es": said.es},
    }
    if rule is not None:
        body["rule"] = rule
    if facts is not None:
        body["facts"] = list(facts)
    if errors is not None:
        body["errors"] = [{"pointer": one.pointer, "expected": one.expected} for one in errors]
    return Response(
        to_bytes(body | dict(more or {})),
        STATUS[kind],
        headers={"cache-control": "no-store", **(headers or {})},
        media_type=MEDIA_TYPE,
    )


BY_STATUS = {404: Kind.ABSENT, 405: Kind.METHOD, 413: Kind.TOO_LARGE, 415: Kind.MEDIA}


def of_status(status: int) -> Kind:
    """The kind that stands for what Starlette answers by itself."""
    return BY_STATUS.get(status, Kind.FAULT if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Kind.MALFORMED)
