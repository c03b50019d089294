"""Whom to warn: threats, what is decided about a warning, and what became of it. Warning itself never waits.

The duty to warn opens by rule from a threat (to an officer of one's own, too), from a source's warning of bloodshed,
and from a leak. A senior officer orders the warning or waives it on a listed ground. What people are told is sealed,
and says nothing of where it came from. An attempt that reached nobody is a fact of its own: it ends no duty.
"""

from datetime import datetime
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Sealed, Tag, fact
from tearline.facts.identifiers import (
    AttemptId,
    CompromiseId,
    ItemId,
    NoticeId,
    PersonId,
    ThreatId,
    WarningId,
    WarningOrderId,
)
from tearline.facts.words import Worded


class ThreatHarm(Worded):
    """What is threatened, in the steps of Intelligence Community Directive 191."""

    KILLING = "killing", "killing", "muerte"
    SERIOUS_INJURY = "serious-injury", "serious bodily injury", "lesiones graves"
    KIDNAPPING = "kidnapping", "kidnapping", "secuestro"
    OTHER = "other", "something else", "otro daño"


class WaiverGround(Worded):
    """Why people are not warned: the grounds of Intelligence Community Directive 191, and no others."""

    DANGER_TO_SOURCES = (
        "danger-to-sources-or-operations",
        "it would unduly endanger people, sources, methods or operations",
        "pondría en peligro indebido a personas, fuentes, métodos u operaciones",
    )
    VICTIM_IS_A_THREAT = (
        "intended-victim-is-a-threat",
        "the intended victim is a threat: a terrorist, assassin, trafficker or violent criminal",
        "la víctima prevista es una amenaza: terrorista, asesino, traficante o delincuente violento",
    )
    ARMED_CONFLICT = (
        "part-in-armed-conflict",
        "the danger comes only from taking part in an armed conflict",
        "el peligro proviene solo de participar en un conflicto armado",
    )
    ALREADY_AWARE = "already-aware", "they know of it already", "ya lo saben"
    DANGER_TO_PROVIDER = (
        "danger-to-foreign-provider",
        "it would endanger the foreign partner who provided it",
        "pondría en peligro al socio extranjero que lo proporcionó",
    )
    NO_REASONABLE_WAY = (
        "no-reasonable-way",
        "there is no reasonable way to warn them",
        "no hay manera razonable de avisarles",
    )


class NoticeMethod(Worded):
    IN_PERSON = "in-person", "in person", "en persona"
    TELEPHONE = "telephone", "by telephone", "por teléfono"
    THROUGH_AUTHORITY = "through-authority", "through another authority", "por otra autoridad"


class NoticeOutcome(Worded):
    """What became of those who were warned. Who was not reached was not warned: see ``WarningAttempted``."""

    REACHED = "reached", "they were told", "se les dijo"
    MOVED = "moved", "they were told and are in safety", "se les dijo y están a salvo"
    DECLINED_HELP = "declined-help", "they were told and declined help", "se les dijo y rechazaron ayuda"


class WarningReview(Worded):
    """What a second person makes of a warning that nobody had ordered."""

    RIGHT = "right", "it was right to warn", "fue correcto avisar"
    MORE_TO_DO = "more-to-do", "it was right, and more has to be done", "fue correcto, y hay que hacer más"
    WRONG = "wrong", "it should have been done otherwise", "debió hacerse de otra manera"


@fact("A threat was assessed", "Se evaluó una amenaza")
class ThreatAssessed(Fact):
    """What an item says of people who are to be harmed. Whoever in doubt assesses it as one.

    ``officer``: where it is one of those on record whom somebody threatens for what they do.
    """

    threat: Annotated[ThreatId, Label("Threat", "Amenaza")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    harm: Annotated[ThreatHarm, Label("What is threatened", "Con qué se amenaza")]
    credible: Annotated[bool, Label("Credible", "Creíble")]
    specific: Annotated[bool, Label("Specific", "Específica")]
    impending: Annotated[bool, Label("Impending", "Inminente")]
    whom: Annotated[
        Sealed[str], Label("Who is in danger", "Quién está en peligro"), Compartment.PEOPLE_AT_RISK
    ]
    officer: Annotated[PersonId | None, Label("Officer threatened", "Oficial amenazado"), Tag("officer")] = (
        None
    )


@fact("The warning of people was waived", "Se dispensó el aviso a personas", binds=True)
class WarningWaived(Fact):
    """A senior officer answers for it. Nobody else records it, and the threat stays on record."""

    threat: Annotated[ThreatId, Label("Threat", "Amenaza")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    ground: Annotated[WaiverGround, Label("Ground for not warning", "Motivo para no avisar")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact(
    "The warning of people after a leak was waived",
    "Se dispensó el aviso a personas tras una filtración",
    binds=True,
)
class LeakWarningWaived(Fact):
    """Those at risk of an item that leaked are not warned: on one of six grounds, by a senior officer, in writing."""

    compromise: Annotated[CompromiseId, Label("Compromise", "Compromiso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    ground: Annotated[WaiverGround, Label("Ground for not warning", "Motivo para no avisar")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact(
    "The warning of people of whom a source warned was waived",
    "Se dispensó el aviso a personas de quienes advirtió una fuente",
    binds=True,
)
class SourceWarningWaived(Fact):
    """Those who a source said will be killed are not warned: on one of six grounds, by a senior officer, in writing."""

    warning: Annotated[WarningId, Label("The source's warning", "La advertencia de la fuente")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    ground: Annotated[WaiverGround, Label("Ground for not warning", "Motivo para no avisar")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]


@fact("A warning of people was ordered", "Se ordenó avisar a personas", binds=True)
class WarningOrdered(Fact):
    """A senior officer decides that people are warned: in what words, how and by when."""

    order: Annotated[WarningOrderId, Label("Order", "Orden"), Tag("warning-order")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    text: Annotated[
        Sealed[str],
        Label("What they are told, word by word", "Qué se les dice, palabra por palabra"),
        Compartment.PEOPLE_AT_RISK,
    ]
    stripped: Annotated[
        bool,
        Label(
            "It was read against the source's own words, and nothing in it points at the source",
            "Se cotejó con las palabras de la fuente y nada en ello apunta a ella",
        ),
    ]
    method: Annotated[NoticeMethod, Label("How", "Cómo")]
    until: Annotated[datetime, Label("They are warned by", "Se les avisa a más tardar")]
    threat: Annotated[ThreatId | None, Label("Of which threat", "De qué amenaza")] = None
    warning: Annotated[
        WarningId | None, Label("Of which source's warning", "De qué advertencia de la fuente")
    ] = None
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None


@fact("A warning was attempted, and reached nobody", "Se intentó avisar y no se llegó a nadie")
class WarningAttempted(Fact):
    """It ends no duty: those in danger still do not know."""

    attempt: Annotated[AttemptId, Label("Attempt", "Intento")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    method: Annotated[NoticeMethod, Label("How", "Cómo")]
    why: Annotated[
        Sealed[str],
        Label("What was tried, and what stood in the way", "Qué se intentó y qué lo impidió"),
        Compartment.PEOPLE_AT_RISK,
    ]
    threat: Annotated[ThreatId | None, Label("Of which threat", "De qué amenaza")] = None
    warning: Annotated[
        WarningId | None, Label("Of which source's warning", "De qué advertencia de la fuente")
    ] = None
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None


@fact("People in danger were warned", "Se avisó a personas en peligro")
class PeopleWarned(Fact):
    """Somebody was reached. Never waits for a verdict, a signature, a witness or an order."""

    notice: Annotated[NoticeId, Label("Notice", "Aviso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    people: Annotated[int, Label("People warned", "Personas avisadas")]
    method: Annotated[NoticeMethod, Label("How", "Cómo")]
    said: Annotated[Sealed[str], Label("What they were told", "Qué se les dijo"), Compartment.PEOPLE_AT_RISK]
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None
    threat: Annotated[ThreatId | None, Label("Of which threat", "De qué amenaza")] = None
    warning: Annotated[
        WarningId | None, Label("Of which source's warning", "De qué advertencia de la fuente")
    ] = None
    order: Annotated[
        WarningOrderId | None, Label("As ordered by", "Según la orden"), Tag("warning-order")
    ] = None
    outcome: Annotated[NoticeOutcome | None, Label("What became of them", "Qué fue de ellas")] = None


@fact("People were warned without an order", "Se avisó a personas sin una orden")
class WarnedWithoutOrder(Fact):
    """Follows by rule from a warning that did not wait for anybody: somebody else has to review it."""

    notice: Annotated[NoticeId, Label("Notice", "Aviso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    compromise: Annotated[CompromiseId | None, Label("After compromise", "Tras el compromiso")] = None


@fact("A warning without an order was reviewed", "Se revisó un aviso dado sin orden", binds=True)
class WarningReviewed(Fact):
    """By a senior officer who did not give the warning. It takes nothing back: whoever was warned stays warned."""

    notice: Annotated[NoticeId, Label("Notice", "Aviso")]
    item: Annotated[ItemId, Label("Item", "Elemento")]
    review: Annotated[WarningReview, Label("What the review came to", "A qué llegó la revisión")]
    reasons: Annotated[Sealed[str], Label("Reasons", "Razones"), Compartment.REASONS]
