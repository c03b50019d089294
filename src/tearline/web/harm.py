"""Harm: what bodies have counted, side by side, and reports as they were given. No figure is "the" figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from tearline.facts.harm import CountDocumented, HarmReported
from tearline.facts.history import History, Recorded, about
from tearline.facts.leaks import CompromiseReported
from tearline.facts.operations import OperationDeclared
from tearline.facts.release import DisclosureRecorded, ItemRegistered, ItemReleased
from tearline.folds.release import releases_of
from tearline.folds.unsaid import of_counts
from tearline.rooms.harm import DocumentCount, ReportHarm
from tearline.web.forms import Asked, form
from tearline.web.names import Names
from tearline.web.places import entry_of
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting

router = APIRouter()

QUESTION = about(kinds=(CountDocumented, HarmReported, CompromiseReported, OperationDeclared, ItemRegistered))


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


def count_rows(say: Tongue, counted: Sequence[Recorded[CountDocumented]]) -> list[CountRow]:
    """Lowest first; an open-ended count says "at least"."""
    found = sorted(counted, key=lambda r: (r.fact.least, r.fact.said_in, r.position))
    return [
        CountRow(
            count=r.fact.least,
            shown=_figure(say, r.fact.least, r.fact.most),
            who=r.fact.counted_by,
            said=r.fact.said_in,
            what=_what(say, r.fact),
            href=entry_of(r),
        )
        for r in found
    ]


def _figure(say: Tongue, least: int, most: int | None) -> str:
    if most is None:
        return f"{say.number(least)}+"
    return say.number(least) if least == most else f"{say.number(least)}–{say.number(most)}"


def _what(say: Tongue, fact: CountDocumented) -> str:
    parts = [fact.unit]
    if fact.area:
        parts.append(fact.area)
    if fact.first_day and fact.last_day and fact.first_day != fact.last_day:
        parts.append(say("%(first)s to %(last)s", first=say.day(fact.first_day), last=say.day(fact.last_day)))
    elif fact.first_day:
        parts.append(say.day(fact.first_day))
    return "; ".join(parts)


def harm_after(say: Tongue, known: History) -> list[After]:
    """One group for each compromise and operation that harm was recorded after, live ones first."""
    names = Names(known, say)
    groups: list[After] = []
    for leak in known.of(CompromiseReported):
        groups += _group(
            say,
            leak.told.telling if leak.told else None,
            f"/leaks/{leak.fact.compromise}",
            title=say("After the leak of: %(item)s", item=names.item(leak.fact.item).name),
            counted=[r for r in known.of(CountDocumented) if r.fact.compromise == leak.fact.compromise],
            reported=[r for r in known.of(HarmReported) if r.fact.compromise == leak.fact.compromise],
        )
    for operation in known.of(OperationDeclared):
        groups += _group(
            say,
            operation.told.telling if operation.told else None,
            f"/operations/{operation.fact.operation}",
            title=say("In the operation: %(name)s", name=operation.fact.name),
            counted=[r for r in known.of(CountDocumented) if r.fact.operation == operation.fact.operation],
            reported=[r for r in known.of(HarmReported) if r.fact.operation == operation.fact.operation],
        )
    rest = [r for r in known.of(HarmReported) if not r.fact.compromise and not r.fact.operation]
    counted = [r for r in known.of(CountDocumented) if not r.fact.compromise and not r.fact.operation]
    groups += _group(
        say, None, "/harm", title=say("Not tied to a leak or an operation"), counted=counted, reported=rest
    )
    return sorted(groups, key=lambda g: g.telling is not None)


def _group(
    say: Tongue,
    telling: str | None,
    href: str,
    *,
    title: str,
    counted: Sequence[Recorded[CountDocumented]],
    reported: Sequence[Recorded[HarmReported]],
) -> list[After]:
    if not counted and not reported:
        return []
    return [
        After(
            id="after-" + href.strip("/").replace("/", "-").replace(".", "-"),
            title=title,
            href=href,
            telling=telling,
            counts=count_rows(say, counted),
            unsaid=[say(words) for words in of_counts(counted)],
            reports=[_report(say, r) for r in reported],
        )
    ]


def _report(say: Tongue, r: Recorded[HarmReported]) -> Report:
    fact = r.fact
    shown = ("source_class", "source", "place", "first_day", "last_day", "reliability", "credibility")
    return Report(
        title=f"{_figure(say, fact.least, fact.most)} {say(fact.harm)}",
        account=text(say, fact, "account"),
        rows=[
            (label(say, HarmReported, name), said) for name in shown if (said := text(say, fact, name)) != "—"
        ],
        href=entry_of(r),
        when=say.moment(r.known_at, r.precision),
    )


@router.get("/harm")
def harm(visit: Visiting) -> Response:
    visit.own_side()
    may_count = visit.role in DocumentCount.allowed
    return visit.page("harm.html", groups=harm_after(visit.say, visit.read(QUESTION)), may_count=may_count)


def _subjects(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """What harm can be tied to: the live leaks, releases and operations."""
    say = visit.say
    known = visit.read(
        about(kinds=(CompromiseReported, ItemReleased, DisclosureRecorded, OperationDeclared, ItemRegistered))
    )
    names = Names(known, say)
    return {
        "compromise": [
            (r.fact.compromise, f"{names.item(r.fact.item).name}, {say.happened(r)}")
            for r in known.of(CompromiseReported)
            if not r.told
        ],
        "release": [
            (r.fact.release, f"{names.item(r.fact.item).name}, {say.happened(r)}")
            for r in releases_of(known)
            if not r.told
        ],
        "operation": [(r.fact.operation, r.fact.name) for r in known.of(OperationDeclared) if not r.told],
    }


def _chosen(visit: Visit, subjects: dict[str, list[tuple[str, str]]]) -> dict[str, object]:
    """What the address already says it is about."""
    asked = visit.request.query_params
    return {name: asked[name] for name, known in subjects.items() if asked.get(name) in dict(known)}


def report(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    subjects = _subjects(visit)
    fixed = _chosen(visit, subjects)
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
        options=subjects,
        hints={"source": say("Sealed: only those who protect witnesses read it.")},
        order_of_fields=(
            "harm",
            "least",
            "most",
            "place",
            "first_day",
            "last_day",
            "account",
            "source_class",
            "source",
        ),
    )


def count(visit: Visit) -> Asked:
    visit.own_side()
    say = visit.say
    subjects = _subjects(visit)
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
        fixed=_chosen(visit, subjects),
        options={name: subjects[name] for name in ("compromise", "operation")},
    )


form(router, "/harm/new", report)
form(router, "/harm/counts/new", count)
