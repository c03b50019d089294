"""Harm: what bodies have counted, side by side, and reports as they were given. No figure is "the" figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import History, Recorded, Role, each
from tearline.facts.identifiers import ReportId
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.release import ItemRegistered
from tearline.folds.carried import UNTIED, Registers, Subject
from tearline.folds.unsaid import of_counts
from tearline.rooms.harm import DocumentCount, ReportHarm
from tearline.web import offers
from tearline.web.asked import Asked
from tearline.web.choosing import Chooser
from tearline.web.forms import form
from tearline.web.names import Names
from tearline.web.parts import shown
from tearline.web.places import entry_of
from tearline.web.register.front import front
from tearline.web.register.offered import incidents_on_offer
from tearline.web.register.places import places as register_places
from tearline.web.register.places import reported, served, standing
from tearline.web.show import Shown, begun, label, ranged, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting

router = APIRouter()

ORDER = ("harm", "least", "most", "place", "first_day", "last_day", "account", "source_class", "source")
"""Of the fields of a report: first what somebody has to say."""
A_PAGE = 20
"""Leaks and operations whose harm is shown at once."""
SHOWN = 5
"""Of the reports that came after one of them, the latest; all are in the register."""
Harmed = Recorded[CompromiseReported] | Recorded[OperationDeclared] | None
"""What harm was recorded after; None where nobody said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """As the macro ``counts`` takes it."""

    count: int
    shown: str
    who: str
    said: str
    what: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    title: str
    account: Shown
    rows: list[tuple[str, Shown]]
    href: str
    entry: str
    """Its entry in the ledger, where its page is elsewhere; else empty."""
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """The harm recorded after one compromise or in one operation."""

    id: str
    title: str
    href: str
    telling: str | None
    counts: list[CountRow]
    unsaid: list[str]
    reports: list[Report]
    more: int
    """Reports beyond these."""


def count_rows(say: Tongue, counted: Sequence[Recorded[CountDocumented]]) -> list[CountRow]:
    """Lowest first; an open-ended count says "at least"."""
    found = sorted(counted, key=lambda r: (r.fact.least, r.fact.said_in, r.position))
    return [
        CountRow(
            count=r.fact.least,
            shown=ranged(say, r.fact.least, r.fact.most),
            who=r.fact.counted_by,
            said=r.fact.said_in,
            what=_what(say, r.fact),
            href=entry_of(r),
        )
        for r in found
    ]


def _what(say: Tongue, fact: CountDocumented) -> str:
    parts = [fact.unit]
    if fact.area:
        parts.append(fact.area)
    if days := say.days(fact.first_day, fact.last_day):
        parts.append(days)
    return "; ".join(parts)


def subjects(registers: Registers, harm: Mapping[Subject, Sequence[int]]) -> list[Harmed]:
    """What harm was recorded after, live ones first: leaks, operations, and what is not tied to either."""
    found: list[Harmed] = [r for r in registers.leaks if ("compromise", r.fact.compromise) in harm]
    found += [r for r in registers.operations if ("operation", r.fact.operation) in harm]
    if UNTIED in harm:
        found.append(None)
    return sorted(found, key=lambda r: r is not None and r.told is not None)


def subject_of(harmed: Harmed) -> Subject:
    match harmed.fact if harmed else None:
        case CompromiseReported(compromise=compromise):
            return ("compromise", compromise)
        case OperationDeclared(operation=operation):
            return ("operation", operation)
    return UNTIED


def harm_after(
    say: Tongue, harmed: Harmed, known: History, names: Names, *, more: int, theirs: frozenset[ReportId]
) -> After:
    """The counts and reports in ``known`` that came after this; there are ``more`` reports than these.

    ``theirs``: those whose own page is there for whoever reads.
    """
    telling = harmed.told.telling if harmed and harmed.told else None
    href, title = "/harm", say("Not tied to a leak or an operation")
    match harmed.fact if harmed else None:
        case CompromiseReported(compromise=compromise, item=item):
            href = f"/leaks/{compromise}"
            title = say("After the leak of: %(item)s", item=names.item(item).name)
        case OperationDeclared(operation=operation, name=name):
            href, title = f"/operations/{operation}", say("In the operation: %(name)s", name=name)
    counted = known.of(CountDocumented)
    return After(
        id="after-" + href.strip("/").replace("/", "-").replace(".", "-"),
        title=title,
        href=href,
        telling=telling,
        counts=count_rows(say, counted),
        unsaid=[say(words) for words in of_counts(counted)],
        reports=[_report(say, r, paged=r.fact.report in theirs) for r in known.of(HarmReported)],
        more=more,
    )


def _report(say: Tongue, r: Recorded[HarmReported], *, paged: bool) -> Report:
    fact = r.fact
    shown = ("source_class", "source", "place", "first_day", "last_day", "reliability", "credibility")
    return Report(
        title=f"{begun(say(fact.harm))}: {ranged(say, fact.least, fact.most)}",
        account=text(say, fact, "account"),
        rows=[
            (label(say, HarmReported, name), said) for name in shown if (said := text(say, fact, name)) != "—"
        ],
        href=f"/harm/reports/{fact.report}" if paged else entry_of(r),
        entry=entry_of(r) if paged else "",
        when=say.moment(r.known_at, r.precision),
    )


@router.get("/harm")
def harm_page(visit: Visiting) -> Response:
    visit.own_side()
    say, harm = visit.say, harm_there(visit)
    page = shown(subjects(visit.projections.registers(), harm), visit.place("from"), A_PAGE)
    places = {subject_of(one): harm[subject_of(one)] for one in page.items}
    kept = {subject: _latest(visit, some) for subject, some in places.items()}
    seen = visit.read_at(sorted({place for some, _ in kept.values() for place in some}))
    register = served(visit, "/harm/reports")
    theirs = frozenset(reported(visit, seen)) if register else frozenset[ReportId]()
    items = [one.fact.item for one in page.items if one and isinstance(one.fact, CompromiseReported)]
    names = Names(visit.read(each("item", items, (ItemRegistered,))), say)

    def after(one: Harmed) -> After:
        here, more = kept[subject_of(one)]
        return harm_after(
            say, one, History(tuple(r for r in seen if r.position in here)), names, more=more, theirs=theirs
        )

    return visit.page(
        "harm.html",
        page=page.part(after),
        may_count=visit.role in DocumentCount.allowed,
        standing=front(visit) if register else None,
        places=register_places(visit),
    )


def harm_there(visit: Visit) -> Mapping[Subject, Sequence[int]]:
    """Where counts and reports of harm stand, by what they came after, as far as they are there for this reader."""
    harm = visit.projections.harm()
    if visit.role is not Role.ADVOCATE:
        return harm
    closed = standing(visit)
    mine = {one.recorded.position for one in reported(visit, closed).values()}
    others = {r.position for r in closed.of(HarmReported)} - mine
    kept = {subject: [place for place in some if place not in others] for subject, some in harm.items()}
    return {subject: some for subject, some in kept.items() if some}


def _latest(visit: Visit, some: Sequence[int]) -> tuple[set[int], int]:
    """Where all counts and the latest reports stand, and how many more reports there are: a register has thousands."""
    closed = visit.node.ledger.at(sorted(some))
    reports = [r.position for r in closed if isinstance(r.fact, HarmReported)]
    latest = set(reports[-SHOWN:])
    return {r.position for r in closed} - set(reports) | latest, len(reports) - len(latest)


def _subjects(visit: Visit, *names: str) -> tuple[dict[str, Chooser], dict[str, object]]:
    """What harm can be tied to, of the live leaks, releases and operations, and what the address says that it is."""
    every: dict[str, Chooser] = {
        "compromise": offers.compromises(visit),
        "release": offers.releases(visit),
        "operation": offers.operations(visit),
    }
    asked = visit.request.query_params
    fixed: dict[str, object] = {n: asked[n] for n in names if n in asked and every[n].called([asked[n]])}
    return {name: every[name] for name in names}, fixed


def tied(visit: Visit) -> Mapping[str, Chooser]:
    """What a report of harm can be tied to."""
    return _subjects(visit, "compromise", "release", "operation")[0]


def report(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    subjects, fixed = _subjects(visit, "compromise", "release", "operation")
    return Asked(
        title=say("Report harm"),
        submit=say("Record the report"),
        command=ReportHarm,
        kind=HarmReported,
        allowed=ReportHarm.allowed,
        then="/harm",
        trail=[("/harm", say("Harm"))],
        lead=say("Kept as it was given. People who are not named are a number, at least and at most."),
        new="report",
        fixed=fixed,
        choosers=subjects,
        options={"incident": incidents_on_offer(visit)},
        one_line=frozenset({"collector", "digest"}),
        hints={
            "source": say("Sealed: only those who protect witnesses read it."),
            "list": say("The name of a body's list, if it stands on one; it does not say whose list it is."),
            "copied_from": say(
                "The report on record that this one was copied from: it then counts for nothing of its own."
            ),
            "digest": say("Of the bytes that were taken down: 64 digits, if somebody reckoned them."),
        },
        order_of_fields=ORDER,
    )


def count(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    subjects, fixed = _subjects(visit, "compromise", "operation")
    return Asked(
        title=say("Document a count"),
        submit=say("Record the count"),
        command=DocumentCount,
        kind=CountDocumented,
        allowed=DocumentCount.allowed,
        then="/harm",
        trail=[("/harm", say("Harm"))],
        lead=say(
            "What a body has said it counted, beside the others. One figure: at least and at most are equal."
        ),
        new="count",
        fixed=fixed,
        choosers=subjects,
    )


form(router, "/harm/new", report)
form(router, "/harm/counts/new", count)
