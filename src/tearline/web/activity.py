"""What happened to one thing: the ledger itself, cut to its tag and to the reader, each entry with its proof."""

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.history import History, about
from tearline.facts.release import ReleaseRequested
from tearline.web.look import link
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.release.request import title
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()
A_PAGE = 50
THINGS: Mapping[str, str] = {
    "items": "item",
    "releases": "request",
    "people": "person",
    "units": "unit",
    "agreements": "agreement",
}
"""By the beginning of their pages' addresses: the prefix of their tags."""


RELEASED = frozenset({"items", "releases"})
"""What is reached from the list of releases; the rest from that of the parties."""


def serve(place: str, prefix: str) -> None:
    """One address for each sort of thing, so that who may look there is said where it is said of their pages."""

    @router.get(f"/{place}/{{{prefix}}}/activity", name=f"activity of {place}")
    def activity(visit: Visiting) -> Response:
        return _page(visit, place, prefix, visit.identifier(prefix))


def _page(visit: Visit, place: str, prefix: str, name: str) -> Response:
    visit.own_side()
    say = visit.say
    known = visit.read(about(f"{prefix}:{name}"))
    if not known.facts:
        raise absent()
    asked = visit.request.query_params.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else known.position
    earlier = [r for r in known if r.position < before]
    shown = earlier[::-1][:A_PAGE]
    names = Names(visit.read(names_question(History(tuple(shown)))), say)
    rows = [
        [
            (say(type(r.fact).in_words), entry_of(r)),
            names.actor(r.by).name,
            say.happened(r),
            say.moment(r.recorded_at),
            link(say.number(r.position), f"{entry_of(r)}/proof"),
        ]
        for r in shown
    ]
    return visit.page(
        "activity.html",
        above=("/releases", say("Releases")) if place in RELEASED else ("/parties", say("Parties")),
        name=_called(say, prefix, name, known, names),
        back=f"/{place}/{name}",
        rows=rows,
        count=say.many("%(n)s entry", "%(n)s entries", len(known.facts)),
        older=shown[-1].position if len(earlier) > A_PAGE else None,
    )


def _called(say: Tongue, prefix: str, name: str, known: History, names: Names) -> str:
    match prefix:
        case "item":
            return names.item(name).name
        case "person":
            return names.person(name).name
        case "unit":
            return names.unit(name).name
        case "agreement":
            return names.agreement(name).name
    asked = known.of(ReleaseRequested)
    return title(say, asked[0].fact, names) if asked else name


for _place, _prefix in THINGS.items():
    serve(_place, _prefix)
