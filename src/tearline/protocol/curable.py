"""Which facts of a dossier somebody's act can change, and which are as they are: one table, with the reasons.

A cure may only ask for what can be done. Nobody can change who gave a warning, when something happened or how many
could have known it; a dissent can be answered, a vetting decided, a request made anew for less.
"""

from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import NamedTuple

from tearline.facts.words import Words
from tearline.protocol.schema import DOSSIER, Field


class Curable(Enum):
    """How far a fact can be brought about, and what it costs to ask for it, the cheapest first."""

    ACT = 1
    """An act of those concerned changes it."""
    ANEW = 4
    """What is asked, or how a thing is marked, would have to be another: a new request, a new marking."""
    STATED = 6
    """As it is; where nobody has said how it is, it can be put on record."""
    FIXED = 0
    """Never."""


class Reason(NamedTuple):
    curable: Curable
    because: Words


def _act(en: str, es: str) -> Reason:
    return Reason(Curable.ACT, Words(en, es))


def _anew(en: str, es: str) -> Reason:
    return Reason(Curable.ANEW, Words(en, es))


def _stated(en: str, es: str) -> Reason:
    return Reason(Curable.STATED, Words(en, es))


_IDENTITY = _stated("it says who or which", "dice quién o cuál")
_PAST = _stated("it has happened", "ya ocurrió")
_NATURE = _stated("it is so or it is not", "es así o no lo es")
_AGREED = _stated("the partners agreed on it", "los socios lo acordaron")
_UNDERTAKEN = _anew("the partners can give each other their word", "los socios pueden comprometerse")
_ASKED = _anew("another request could be made", "podría hacerse otra solicitud")
_GRADED = _anew("who holds the item grades it", "quien tiene el elemento lo evalúa")
_MARKED = _stated(
    "it is marked as it is; to mark it so that it passes is no cure",
    "está marcado como está; marcarlo para que pase no subsana nada",
)
_WRITTEN = _act("it can be written down", "puede ponerse por escrito")
_ANSWERED = _act("it can be answered", "puede responderse")
_VETTED = _act("vetting is decided or renewed", "la evaluación se resuelve o se renueva")
_ASSESSED = _act("it can be assessed", "puede evaluarse")
_CONSENTED = _act("the originator can be asked", "puede preguntarse al originador")
_WARNED = _act("a warning is given, or waived on a ground", "se avisa, o se dispensa el aviso con un motivo")
_HANDLED = _act("those who handle the source do it", "lo hacen quienes manejan la fuente")
_FIGURED = _act("it can be figured anew", "puede calcularse de nuevo")
_LISTED = _stated("nobody adds to it or takes from it to be released", "nadie agrega ni quita para divulgar")

REASONS: Mapping[str, Reason] = {
    "dossier": Reason(Curable.FIXED, Words("the form that is filled in", "el formulario que se llena")),
    "at": Reason(Curable.FIXED, Words("the time of decision is what it is", "el momento es el que es")),
    "request.id": _IDENTITY,
    "request.at": _PAST,
    "request.by": _IDENTITY,
    "request.extent": _ASKED,
    "request.manner": _ASKED,
    "request.scope": _stated("where the recipient serves decides it", "lo decide dónde sirve el receptor"),
    "request.purpose_stated": _WRITTEN,
    "request.recipients": _ASKED,
    "request.right_to_know_stated": _WRITTEN,
    "request.reach": _ASKED,
    "request.use": _ASKED,
    "request.expedited": _ASKED,
    "request.reviews_overdue": _act("the reviews can be made", "las revisiones pueden hacerse"),
    "item.id": _IDENTITY,
    "item.registered_at": _PAST,
    "item.perishes_at": _NATURE,
    "item.tlp": _MARKED,
    "item.handling": _MARKED,
    "item.conditions_written": _WRITTEN,
    "item.source_grade": _GRADED,
    "item.information_grade": _GRADED,
    "item.originator": _IDENTITY,
    "item.holder": _IDENTITY,
    "item.onward_consent": _CONSENTED,
    "item.compromised": _NATURE,
    "item.tearline_of": _anew(
        "a text below the tearline can be written", "puede redactarse un texto debajo de la línea de corte"
    ),
    "item.suspicion_stated": _WRITTEN,
    "item.protected_activity": _NATURE,
    "item.lawfully_obtained": _NATURE,
    "item.control_official": _act("one can be named", "puede nombrarse"),
    "item.validated_at": _act("the item can be validated anew", "el elemento puede validarse de nuevo"),
    "item.europol_source": _GRADED,
    "item.europol_information": _GRADED,
    "item.europol_codes": _GRADED,
    "item.europol_text_written": _WRITTEN,
    "consent.answer": _CONSENTED,
    "consent.at": _CONSENTED,
    "consent.use": _CONSENTED,
    "consent.court": _CONSENTED,
    "consent.requires": _CONSENTED,
    "consent.tearline": _CONSENTED,
    "source.warnings": _LISTED,
    "source.warnings.id": _IDENTITY,
    "source.warnings.at": _PAST,
    "source.warnings.kind": _NATURE,
    "source.warnings.answered": _ANSWERED,
    "source.warnings.answered_by": _ANSWERED,
    "source.knowers": _NATURE,
    "source.k": _NATURE,
    "exposure.at": _FIGURED,
    "exposure.as_of": _FIGURED,
    "exposure.readers": _ASKED,
    "exposure.p_leak": _ASKED,
    "exposure.p_leak_low": _ASKED,
    "exposure.p_leak_high": _ASKED,
    "exposure.harm": _ASKED,
    "source.standing": _HANDLED,
    "source.review_due": _HANDLED,
    "source.promised": _PAST,
    "source.approved_by_senior": _HANDLED,
    "protection.people_at_risk": _NATURE,
    "protection.plan": _act("a plan can be set", "puede fijarse un plan"),
    "protection.plan_ready_from": _act("a plan can be made ready", "un plan puede quedar listo"),
    "threats": _LISTED,
    "threats.id": _IDENTITY,
    "threats.at": _PAST,
    "threats.harm": _NATURE,
    "threats.credible": _NATURE,
    "threats.specific": _NATURE,
    "threats.impending": _NATURE,
    "threats.warned_at": _WARNED,
    "threats.waiver": _WARNED,
    "threats.waived_by": _WARNED,
    "threats.waived_by_senior": _WARNED,
    "agreement.id": _IDENTITY,
    "agreement.protocol": _AGREED,
    "agreement.in_force_from": _AGREED,
    "agreement.valid_until": _AGREED,
    "agreement.overseer": _AGREED,
    "recipient.unit": _IDENTITY,
    "recipient.organisation": _IDENTITY,
    "recipient.outcome": _VETTED,
    "recipient.vetted_at": _VETTED,
    "recipient.valid_until": _VETTED,
    "recipient.suspended": _act("a finding ends it", "una conclusión la termina"),
    "recipient.allegations": _LISTED,
    "recipient.allegations.id": _IDENTITY,
    "recipient.allegations.kind": _NATURE,
    "recipient.allegations.at": _PAST,
    "recipient.allegations.status": _ASSESSED,
    "recipient.allegations.person": _IDENTITY,
    "recipient.allegations.remedied": _act(
        "steps to justice can be taken", "pueden darse pasos hacia la justicia"
    ),
    "recipient.allegations.remedy_reported": _act("it can be reported", "puede comunicarse"),
    "chain": _stated("who is in the chain is what it is", "quién está en la cadena es lo que es"),
    "chain.person": _IDENTITY,
    "chain.relation": _IDENTITY,
    "chain.outcome": _VETTED,
    "chain.decided_by": _VETTED,
    "chain.decided_at": _VETTED,
    "chain.valid_until": _VETTED,
    "chain.trained_until": _act("training can be completed", "la capacitación puede completarse"),
    "chain.unit": _IDENTITY,
    "chain.violation": _ASSESSED,
    "chain_complete": _act("superiors can be named", "pueden señalarse los superiores"),
    "dissents": _LISTED,
    "dissents.id": _IDENTITY,
    "dissents.by": _IDENTITY,
    "dissents.at": _PAST,
    "dissents.answered": _ANSWERED,
    "dissents.answered_by": _ANSWERED,
    "dissents.answered_by_superior": _ANSWERED,
    "sign_offs": _act("another person can sign", "otra persona puede firmar"),
    "sign_offs.id": _IDENTITY,
    "sign_offs.by": _anew("another person can sign in their place", "otra persona puede firmar en su lugar"),
    "sign_offs.line": _PAST,
    "sign_offs.at": _PAST,
    "overseer_informed": _act("the overseer can be informed", "puede informarse al órgano de supervisión"),
}
"""Every field that holds a value, and every list; a test keeps it complete. A parameter is what was agreed."""

GROWS = frozenset({"sign_offs"})
"""Lists to which an act adds an entry that makes a release more likely. Nobody dissents, warns or accuses to cure."""
EMPTY = frozenset({"source.warnings", "threats", "recipient.allegations", "dissents", "sign_offs"})
"""Lists that, where nobody has stated them, may turn out to have nothing in them. A chain has somebody in it."""


def reason(bare: str, yes_or_no: bool = False) -> Reason:  # noqa: FBT001, FBT002  it is the fact's type
    """Of a field by its path without places, and whether it is a yes or no.

    A parameter of the agreement is what the partners agreed on: a yes they can still give each other, while a number or
    a term that were moved to let a release pass would be no cure.
    """
    known = REASONS.get(bare)
    if known is not None or not bare.startswith("agreement."):
        return known or REASONS["dossier"]
    return _UNDERTAKEN if yes_or_no else _AGREED


@cache
def fields() -> frozenset[str]:
    """The paths that the table must name: all that holds a value, and all lists."""
    return frozenset(_fields("", DOSSIER))


def _fields(above: str, some: tuple[Field, ...]) -> list[str]:
    found: list[str] = []
    for field in some:
        path = f"{above}.{field.name}" if above else field.name
        if field.many or not isinstance(field.type, tuple):
            found.append(path)
        if isinstance(field.type, tuple):
            found += _fields(path, field.type)
    return found
