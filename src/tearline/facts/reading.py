"""Who read what is sealed: when, which compartments, on which page, and why.

Reading is an act like any other. The compartments from which lives hang are opened by their reader, for one thing and
a short while, with a reason in writing; that the others were read is put on record by the page that shows them.
"""

from datetime import timedelta
from typing import Annotated

from tearline.facts.fact import Compartment, Fact, Label, Public, Sealed, fact
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId, ReadingId, RequestId

HARD = frozenset({Compartment.SOURCE_HANDLING, Compartment.PEOPLE_AT_RISK, Compartment.WITNESSES})
"""Closed on every page until their reader opens them there."""
OPEN_FOR = timedelta(minutes=15)
"""How long what was opened stays open, to whoever opened it."""


@fact("Sealed fields were read", "Se leyeron campos sellados")
class SealedFieldsRead(Fact):
    """By whoever acts, from now on: what a page opens to them is not in it, nor whether they looked at it.

    ``reading`` names the reader and what they read of, and is the same whenever they read of it again. ``items`` are
    those of which a sealed field was open, where the page is about one thing; a list is one reading of the list.
    """

    reading: Annotated[ReadingId, Label("Reading", "Lectura")]
    page: Annotated[str, Label("Page", "Página"), Public(120)]
    compartments: Annotated[tuple[Compartment, ...], Label("What was open", "Qué estaba abierto")]
    why: Annotated[Sealed[str], Label("Why", "Por qué"), Compartment.REASONS]
    items: Annotated[tuple[ItemId, ...], Label("Of items", "De elementos")] = ()
    request: Annotated[RequestId | None, Label("Of request", "De la solicitud")] = None
    compromise: Annotated[CompromiseId | None, Label("Of compromise", "Del compromiso")] = None
    person: Annotated[PersonId | None, Label("Of person", "De la persona")] = None
