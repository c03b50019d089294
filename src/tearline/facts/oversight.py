"""What overseers were told, what outsiders were shown with proof, and which worked cases are told here.

What overseers are owed is a fold over all facts; see folds/obligations.
"""

from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, Tag, fact
from tearline.facts.identifiers import (
    BriefingId,
    CompromiseId,
    FactId,
    OrganisationId,
    ReleaseId,
    RequestId,
    TellingId,
)


@fact("An overseer was informed", "Se informó al órgano de supervisión")
class OverseerInformed(Fact):
    briefing: Annotated[BriefingId, Label("Briefing", "Informe")]
    overseer: Annotated[OrganisationId, Label("Overseer", "Órgano de supervisión"), Tag("overseer")]
    text: Annotated[Sealed[str], Label("What was reported", "Qué se informó"), Compartment.REASONS]
    request: Annotated[RequestId | None, Label("On request", "Sobre la solicitud")] = None
    release: Annotated[ReleaseId | None, Label("On release", "Sobre la divulgación")] = None
    compromise: Annotated[CompromiseId | None, Label("On compromise", "Sobre el compromiso")] = None


@fact("Sealed fields were disclosed with proof", "Se revelaron campos sellados con prueba")
class FieldsDisclosed(Fact):
    """Recorded before a bundle is handed out that shows these fields of a fact and proves the rest.

    Whoever has the bundle can show it to anyone, and no purge takes it back.
    """

    record: Annotated[FactId, Label("Fact", "Hecho")]
    fields: Annotated[tuple[str, ...], Label("Fields shown", "Campos mostrados"), Public(40)]
    to: Annotated[Sealed[str | None], Label("To whom", "A quién"), Compartment.PERSONS] = Sealed(None)
    why: Annotated[Sealed[str | None], Label("Why", "Por qué"), Compartment.REASONS] = Sealed(None)


@fact("A worked case was opened", "Se abrió un caso relatado")
class TellingOpened(Fact):
    """The first fact of a telling: what it tells, in both languages, and from which published sources."""

    telling: Annotated[TellingId, Label("Telling", "Relato")]
    case_en: Annotated[str, Label("Case, in English", "Caso, en inglés"), Public(200)]
    case_es: Annotated[str, Label("Case, in Spanish", "Caso, en español"), Public(200)]
    title_en: Annotated[str, Label("Title, in English", "Título, en inglés"), Public(200)]
    title_es: Annotated[str, Label("Title, in Spanish", "Título, en español"), Public(200)]
    about_en: Annotated[str, Label("About it, in English", "De qué trata, en inglés"), Public(2000)]
    about_es: Annotated[str, Label("About it, in Spanish", "De qué trata, en español"), Public(2000)]
    sources: Annotated[tuple[str, ...], Label("Sources", "Fuentes"), Public(400)]
