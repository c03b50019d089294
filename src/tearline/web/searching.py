"""Search over what stands in clear, cut to the kinds of things whose pages the reader may open.

Found is shown kind by kind, what people look for first: a few of each, and a way to all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.fact import Fact
from tearline.facts.history import History, Recorded, Role
from tearline.facts.leaks import CompromiseReported
from tearline.facts.release import ReleaseRequested
from tearline.facts.shape import Maybe, Text, record_of
from tearline.ledger.ledger import Ledger
from tearline.search.documents import ENTRY, THINGS
from tearline.search.index import LAST, Found, Index, Searching
from tearline.web.access import Access
from tearline.web.names import Names, names_question
from tearline.web.places import entry_of
from tearline.web.release.request import title
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()
A_PAGE = 25
A_FEW = 5
"""Of each kind, where all kinds are searched."""
LOOKED_THROUGH = 200
"""The latest things that fit are looked through; of a kind whose latest is older than these, one asks by its kind."""
A_LINE = 120
"""Characters of a text that a result shows: some texts are whole protocols."""
ORDER = (
    "request",
    "item",
    "person",
    "unit",
    "organisation",
    "agreement",
    "operation",
    "compromise",
    "proposal",
    ENTRY,
)
"""The kinds as they are shown: what is worked with, who it concerns, and last what only an entry tells."""
PAGES: Mapping[str, str] = {
    "item": "/items/{}",
    "request": "/releases/{}",
    "agreement": "/agreements/{}",
    "unit": "/units/{}",
    "person": "/people/{}",
    "proposal": "/protocols/proposals/{}",
    "compromise": "/leaks/{}",
    "operation": "/operations/{}",
}
"""Where a thing is shown; of the others the entry that put it on record."""
EVERYTHING = frozenset(THINGS)
TO_AUDITORS = frozenset({"agreement", "organisation", ENTRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One result as the page shows it. ``name``: its identifier; ``excerpt``: of the fact that put it on record."""

    title: str
    href: str
    name: str
    excerpt: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What was found of one kind. ``more``: where the rest of it is, if there is any."""

    kind: str
    title: str
    hits: Sequence[Hit]
    more: str | None


def kinds_for(role: Role) -> frozenset[str]:
    """What a role finds: what it could open. The partner's side and administrators do not read the record."""
    if role in (Role.PARTNER_LIAISON, Role.ADMINISTRATOR):
        return frozenset()
    return TO_AUDITORS if role is Role.AUDITOR else EVERYTHING


def found_there(
    index: Index,
    ledger: Ledger,
    access: Access,
    query: str,
    kinds: frozenset[str],
    *,
    before: int | None = None,
    most: int,
) -> Sequence[Found]:
    """The latest that fit, as ``Index.find``, of what is there for this reader."""
    found: list[Found] = []
    while True:
        some = index.find(query, kinds, before=before, most=most)
        if not access.others:
            return some
        found += [one for one in some if not access.hides(ledger.entry(one.position).recorded)]
        if len(found) >= most or len(some) < most:
            return found[:most]
        before = some[-1].number


@router.get("/search")
def search(visit: Visiting) -> Response:
    """What has all the words that were typed; nothing is said of what this reader could not open."""
    say, asked = visit.say, visit.request.query_params
    open_to = kinds_for(visit.role)
    if not open_to:
        raise absent()
    query, kind = asked.get("q", "")[:200].strip(), asked.get("kind", "")
    kind = kind if kind in open_to else ""
    searching: Searching = visit.request.app.state.searching
    index = searching.index()
    whole = index.caught_up()
    most = A_PAGE if kind else A_FEW
    found: Mapping[str, Sequence[Found]]
    if kind:
        before = _before(asked.get("before", ""))
        found = {kind: _find(visit, index, query, frozenset({kind}), before=before, most=most + 1)}
    else:
        found = _of_all(visit, index, query, open_to)
    return visit.page(
        "search.html",
        query=query,
        kind=kind,
        kinds=[(name, say(THINGS[name])) for name in ORDER if name in open_to],
        groups=_groups(visit, query, found, most),
        many=not kind and _of_things(found) >= A_PAGE,
        asked=bool(query),
        whole=whole,
    )


def _find(
    visit: Visit, index: Index, query: str, kinds: frozenset[str], *, before: int | None = None, most: int
) -> Sequence[Found]:
    return found_there(index, visit.node.ledger, visit.access, query, kinds, before=before, most=most)


def _of_all(visit: Visit, index: Index, query: str, open_to: frozenset[str]) -> dict[str, list[Found]]:
    """The latest things that fit, kind by kind in their order; where they are few, other entries as well.

    Two questions at most: each gathers anew all that begins with these words, which on a long record takes its time.
    """
    found: dict[str, list[Found]] = {kind: [] for kind in ORDER if kind in open_to}
    for one in _find(visit, index, query, open_to - {ENTRY}, most=LOOKED_THROUGH):
        found[one.kind].append(one)
    if ENTRY in open_to and _of_things(found) < A_PAGE:
        found[ENTRY] += _find(visit, index, query, frozenset({ENTRY}), most=A_FEW + 1)
    return found


def _of_things(found: Mapping[str, Sequence[Found]]) -> int:
    return sum(len(some) for kind, some in found.items() if kind != ENTRY)


def _groups(visit: Visit, query: str, found: Mapping[str, Sequence[Found]], most: int) -> list[Group]:
    """The kinds of which something was found, each with at most so many, the latest first."""
    entry = visit.node.ledger.entry
    shown = {
        kind: [(one, entry(one.position).recorded) for one in some[:most]] for kind, some in found.items()
    }
    told = tuple(recorded for some in shown.values() for _, recorded in some)
    # Names as this reader may see them: what is found stands in clear, what it is called may not.
    names = Names(visit.read(names_question(History(told))) if told else History(), visit.say)
    return [
        Group(
            kind=kind,
            title=visit.say(THINGS[kind]),
            hits=[_hit(visit, one, recorded, names) for one, recorded in some],
            more=_more(query, kind, found[kind][most - 1], most) if len(found[kind]) > most else None,
        )
        for kind, some in shown.items()
        if some
    ]


def _more(query: str, kind: str, last: Found, most: int) -> str:
    """All of a kind, after a few of them; the next page, after a page."""
    return "/search?" + urlencode(
        {"q": query, "kind": kind} | ({"before": last.number} if most == A_PAGE else {})
    )


def _before(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) < 16
    return min(int(text), LAST) if fits else None


def _hit(visit: Visit, found: Found, recorded: Recorded[Fact], names: Names) -> Hit:
    page = PAGES.get(found.kind)
    texts = [_short(text) for text in _texts(recorded)[:2]]
    title = _called(visit.say, found, recorded, names, texts)
    return Hit(
        title=title,
        href=page.format(found.name) if page else entry_of(recorded),
        name=found.name if found.name != title else "",
        excerpt=" · ".join(text for text in texts if text != title),
        note=_note(visit.say, found, recorded),
    )


def _called(say: Tongue, found: Found, recorded: Recorded[Fact], names: Names, texts: Sequence[str]) -> str:
    """What this thing is called, else its identifier; of an entry, what was put on record."""
    fact = recorded.fact
    match found.kind:
        case "request" if isinstance(fact, ReleaseRequested):
            return title(say, fact, names)
        case "item":
            return names.item(found.name).name
        case "person":
            return names.person(found.name).name
        case "unit":
            return names.unit(found.name).name
        case "organisation":
            return names.organisation(found.name)
        case "compromise" if isinstance(fact, CompromiseReported):
            return say("It became known: %(item)s", item=names.item(fact.item).name)
        case "agreement" | "operation" | "proposal":
            return texts[0] if texts else found.name
    return found.name or say(type(fact).in_words)


def _short(text: str) -> str:
    """A text on one line, and cut between words where it is long."""
    line = " ".join(text.split())
    if len(line) <= A_LINE:
        return line
    return f"{line[:A_LINE].rpartition(' ')[0] or line[:A_LINE]} …"


def _texts(recorded: Recorded[Fact]) -> list[str]:
    fact = recorded.fact
    return [
        str(getattr(fact, one.name))
        for one in record_of(type(fact)).fields
        if one.compartment is None
        and isinstance(one.shape.one if isinstance(one.shape, Maybe) else one.shape, Text)
        and getattr(fact, one.name)
    ]


def _note(say: Tongue, found: Found, recorded: Recorded[Fact]) -> str:
    what = say.moment(recorded.recorded_at)
    if found.name:
        what = f"{say(type(recorded.fact).in_words)}, {what}"
    return f"{what} · {say.telling(recorded.told.telling)}" if recorded.told else what
