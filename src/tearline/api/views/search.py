"""What stands in clear, found by its words; cut to the kinds of things that the reader could open, as on the site."""

from collections.abc import Mapping

from tearline.api.reading import Reading
from tearline.api.recorded import tell
from tearline.api.route import PAGING, Named, Parameter, View, text
from tearline.api.schemas import flag, many, record
from tearline.api.schemas import text as plain
from tearline.api.views.ledger import FACT, NEXT
from tearline.facts.shape import Json
from tearline.facts.words import Words
from tearline.search.documents import THINGS
from tearline.search.index import Found
from tearline.web.policy import CHECKERS
from tearline.web.searching import found_there, kinds_for

PLACES: Mapping[str, str] = {
    "item": "/api/v1/items/{}",
    "request": "/api/v1/requests/{}",
    "agreement": "/api/v1/agreements/{}",
    "organisation": "/api/v1/organisations/{}",
    "unit": "/api/v1/units/{}",
    "person": "/api/v1/people/{}",
    "proposal": "/api/v1/proposals/{}",
    "compromise": "/api/v1/compromises/{}",
    "operation": "/api/v1/operations/{}",
}
"""Where a thing is told; of the others the fact that put it on record."""


def search(reading: Reading) -> dict[str, Json]:
    """Nothing is said of what this reader could not open."""
    open_to, kind, query = kinds_for(reading.identity.role), reading.text("kind"), reading.text("q") or ""
    index = reading.served.searching.index()
    whole_ = index.caught_up()
    after = reading.after()
    kinds = open_to & {kind} if kind else open_to
    found = found_there(
        index,
        reading.node.ledger,
        reading.access,
        query,
        kinds,
        before=int(after) if after is not None else None,
        most=reading.limit() + 1,
    )
    some = found[: reading.limit()]
    cursor = reading.cursor(str(some[-1].number)) if len(found) > len(some) else None
    return {"found": [_told(reading, one) for one in some], "whole": whole_, "next": reading.next(cursor)}


def _told(reading: Reading, found: Found) -> dict[str, Json]:
    place = PLACES.get(found.kind)
    return {
        "kind": found.kind,
        "name": found.name,
        "href": place.format(found.name) if place else f"/api/v1/facts/{found.position}",
        "fact": tell(reading.entry(found.position)),
    }


VIEWS = (
    View(
        path="/search",
        name="Search",
        words=Words("What has all of these words, the latest first", "Lo que tiene todas estas palabras"),
        answer=record(
            {
                "found": many(
                    record(
                        {
                            "kind": plain(),
                            "name": plain(Words("Empty where it is a fact", "Vacío si es un hecho")),
                            "href": plain(),
                            "fact": FACT,
                        }
                    )
                ),
                "whole": flag(
                    Words(
                        "Whether all that is on record was looked through",
                        "Si se buscó en todo lo que consta",
                    )
                ),
                "next": NEXT,
            }
        ),
        read=search,
        roles=CHECKERS,
        query=(
            text(
                "q",
                Words(
                    "The words, each perhaps continued; left out: nothing is found",
                    "Las palabras, cada una quizá continuada; si se omiten, no se encuentra nada",
                ),
                limit=200,
                pattern="^[^\\x00-\\x1f\\x7f]*$",
                example="agreement",
            ),
            Parameter(
                name="kind",
                words=Words("Among things of this kind only", "Solo entre cosas de esta clase"),
                shape=Named(THINGS),
                schema={"type": "string", "enum": [*THINGS]},
                example="agreement",
            ),
            *PAGING,
        ),
        timed=True,
        page=("/search",),
    ),
)
