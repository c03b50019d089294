"""What came from outside, for the harm desk: what waits, what each said, and answering, taking up and closing it.

The overseer sees how many wait and how long, and nothing of what they say. What somebody wrote is closed until whoever
reads it says why, like all that witnesses say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response

from tearline.config.site import ANSWER_DAYS
from tearline.facts.fact import Fact, Seal
from tearline.facts.harm import CollectionMethod, Credibility, HarmReported, Reliability, SourceClass
from tearline.facts.history import Recorded, Role
from tearline.facts.identifiers import OutsideId
from tearline.facts.outside import (
    OutsideConsentWithdrawn,
    OutsideReportAdded,
    OutsideReportAnswered,
    OutsideReportClosed,
    OutsideReportTaken,
    ReportReceivedOutside,
)
from tearline.folds.outside import OutsideReport, OutsideState, asks_outside, outside_reports, waiting
from tearline.projections import Kept
from tearline.rooms.harm import ReportHarm
from tearline.rooms.outside import REGISTERED, AnswerOutsideReport, CloseOutsideReport, TakeUpOutsideReport
from tearline.web import harm
from tearline.web.asked import Asked
from tearline.web.forms import form
from tearline.web.outside.arrived import OutsideDoor
from tearline.web.parts import shown
from tearline.web.places import entry_of
from tearline.web.release.listing import Row
from tearline.web.show import Shown, label, text
from tearline.web.tongue import Tongue
from tearline.web.visit import Visit, Visiting, absent

router = APIRouter()
HERE = "/harm/outside"
SAID = ("account", "whom", "when", "where", "contact")
STOOD = ("language", "wish", "consents")


def answered_within(app: FastAPI) -> timedelta:
    """Within what time whoever reports is to be answered. What came before a door was closed is owed an answer too."""
    door: OutsideDoor | None = app.state.outside
    return timedelta(days=door.desk.answer_days if door else ANSWER_DAYS)


def to_answer(visit: Visit) -> Sequence[OutsideReport]:
    """What waits for an answer, longest first. Nothing of it is open."""
    kept: Kept = visit.request.app.state.from_outside
    return kept.history().folded(waiting)


@router.get(HERE)
def queue(visit: Visiting) -> Response:
    say, within = visit.say, answered_within(visit.request.app)
    kept: Kept = visit.request.app.state.from_outside
    every = list(outside_reports(kept.history()).values())
    waits = to_answer(visit)
    rest = [one for one in reversed(every) if one.waits is None]
    reads = visit.role is Role.HARM_DESK

    def row(one: OutsideReport) -> Row:
        fact, due = one.received.fact, one.due(within)
        late = due is not None and due < visit.now
        return Row(
            title=called(say, one),
            href=f"{HERE}/{one.outside}",
            kind=say(one.state),
            why=f"{say(fact.language)} · {say(fact.wish)}",
            due="" if due is None or late else say("answer by %(day)s", day=say.day(due)),
            overdue=say("overdue by %(span)s", span=say.span(visit.now - due)) if due and late else "",
        )

    def waited(one: OutsideReport) -> list[str]:
        since, due = one.waits, one.due(within)
        assert since is not None  # noqa: S101  as each of those that wait
        assert due is not None  # noqa: S101  as above
        late = due < visit.now
        return [
            say.day(since.recorded_at),
            say.span(visit.now - since.recorded_at),
            say("overdue by %(span)s", span=say.span(visit.now - due)) if late else say.day(due),
        ]

    late = sum((due := one.due(within)) is not None and due < visit.now for one in waits)
    longest = max((visit.now - w.recorded_at for one in waits if (w := one.waits)), default=None)
    return visit.page(
        "outside/queue.html",
        figures=[
            (say.number(len(waits)), say("wait for an answer"), ""),
            (
                say.number(late),
                say("are overdue"),
                say.many("%(n)s day to answer", "%(n)s days to answer", within.days),
            ),
            (say.span(longest) if longest is not None else "—", say("the longest wait"), ""),
            (say.number(len(every)), say("came in all"), ""),
        ],
        waits=shown(waits, visit.place("from")).part(row if reads else waited),
        rest=shown(rest, visit.place("rest")).part(row) if reads else None,
        reads=reads,
    )


def called(say: Tongue, one: OutsideReport) -> str:
    return say("Report of %(day)s (%(name)s)", day=say.day(one.received.recorded_at), name=one.outside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One thing that happened to a report, as the desk sees it."""

    title: str
    when: str
    href: str
    said: Sequence[tuple[str, Shown]]


@router.get(HERE + "/{outside}")
def one_report(visit: Visiting) -> Response:
    say, report = visit.say, _report(visit)
    fact, due = report.received.fact, report.due(answered_within(visit.request.app))
    return visit.page(
        "outside/report_at_desk.html",
        title=called(say, report),
        here=f"{HERE}/{report.outside}",
        state=say(report.state),
        waits=report.waits is not None,
        due=say.until(due, visit.now) if due else None,
        late=due is not None and due < visit.now,
        meta=[(label(say, ReportReceivedOutside, name), text(say, fact, name)) for name in STOOD],
        said=[
            (label(say, ReportReceivedOutside, name), *_lines(text(say, fact, name, none="")))
            for name in SAID
        ],
        came=say.day(report.received.recorded_at),
        entry=entry_of(report.received),
        followed=[_followed(say, r) for r in report.followed],
        taken=report.taken,
        withdrawn=report.withdrawn is not None,
        erase=report.withdrawn is not None and report.withdrawn.fact.erase,
        may_take=_may_take(report),
        closed=report.state is OutsideState.CLOSED,
    )


def _lines(said: Shown) -> tuple[Shown, list[str]]:
    """As it stands, and by its lines where it is open."""
    return said, said.splitlines() if type(said) is str else []


def _followed(say: Tongue, r: Recorded[Fact]) -> Followed:
    names = {
        OutsideReportAdded: ("more",),
        OutsideReportAnswered: ("answer",),
        OutsideReportTaken: ("report",),
        OutsideReportClosed: ("reason", "elsewhere"),
        OutsideConsentWithdrawn: ("erase",),
    }[type(r.fact)]
    return Followed(
        title=say(type(r.fact).in_words),
        when=say.day(r.recorded_at),
        href=entry_of(r),
        said=[(label(say, type(r.fact), name), text(say, r.fact, name)) for name in names],
    )


def _report(visit: Visit) -> OutsideReport:
    name = OutsideId(visit.identifier("outside"))
    found = outside_reports(visit.read(asks_outside(name))).get(name)
    if found is None:
        raise absent()
    return found


def _may_take(report: OutsideReport) -> bool:
    return report.withdrawn is None and bool(REGISTERED & frozenset(report.received.fact.consents))


def _asked_about(visit: Visit, report: OutsideReport) -> list[tuple[str, Shown]]:
    """What a form is about: what was said, or the sign that it is closed."""
    say, fact = visit.say, report.received.fact
    said = [(label(say, ReportReceivedOutside, name), text(say, fact, name, none="")) for name in SAID]
    added = [
        (label(say, OutsideReportAdded, "more"), text(say, r.fact, "more"))
        for r in report.followed
        if isinstance(r.fact, OutsideReportAdded)
    ]
    return [row for row in (*said, *added) if row[1]]


def answering(visit: Visit) -> Asked:
    say, report = visit.say, _report(visit)
    there = f"{HERE}/{report.outside}"
    return Asked(
        title=say("Answer the report"),
        submit=say("Send the answer"),
        command=AnswerOutsideReport,
        kind=OutsideReportAnswered,
        allowed=AnswerOutsideReport.allowed,
        then=there,
        trail=[("/harm", say("Harm")), (HERE, say("From outside")), (there, called(say, report))],
        lead=say(
            "Whoever holds the code reads it, in the words that you write. Write in %(language)s.",
            language=say(report.received.fact.language),
        ),
        before=say("Name no source, no officer and nobody else: you do not know who reads it beside them."),
        fixed={"outside": report.outside},
        about=_asked_about(visit, report),
    )


def closing(visit: Visit) -> Asked:
    say, report = visit.say, _report(visit)
    there = f"{HERE}/{report.outside}"
    return Asked(
        title=say("Close the report"),
        submit=say("Close the report"),
        command=CloseOutsideReport,
        kind=OutsideReportClosed,
        allowed=CloseOutsideReport.allowed,
        then=there,
        trail=[("/harm", say("Harm")), (HERE, say("From outside")), (there, called(say, report))],
        lead=say(
            "They read why, and where else they can turn. Write in %(language)s. What they add later opens it again.",
            language=say(report.received.fact.language),
        ),
        hints={
            "elsewhere": say(
                "Who can help with what you cannot: a name, a number, an address. Never nobody."
            ),
        },
        fixed={"outside": report.outside},
        about=_asked_about(visit, report),
    )


def taking_up(visit: Visit) -> Asked:
    """The form by which harm is reported, filled in with what was said; both are recorded, or neither."""
    say, report = visit.say, _report(visit)
    if not _may_take(report):
        raise absent()
    there, fact = f"{HERE}/{report.outside}", report.received.fact

    def taken(made: HarmReported) -> list[TakeUpOutsideReport]:
        return [TakeUpOutsideReport(OutsideReportTaken(outside=report.outside, report=made.report))]

    given = {
        "source_class": [SourceClass.RELATIVE.value],
        "source": [say("From outside, without an account: %(name)s", name=report.outside)],
        "least": ["1"],
        "reliability": [Reliability.F.value],
        "credibility": [Credibility.UNKNOWN.value],
        "received": [report.received.happened_at.date().isoformat()],
        "language": [fact.language.value],
        "method": [CollectionMethod.ONLINE.value],
    }
    if fact.account.seal is Seal.OPEN:
        given["account"] = [fact.account.open()]
    return Asked(
        title=say("Take it up into the register"),
        submit=say("Record the report"),
        command=ReportHarm,
        also=taken,
        kind=HarmReported,
        allowed=AnswerOutsideReport.allowed,
        then=there,
        trail=[("/harm", say("Harm")), (HERE, say("From outside")), (there, called(say, report))],
        lead=say(
            "As they gave it. What you do not know, leave open. It stands in the register on what they agreed to."
        ),
        new="report",
        choosers=harm.tied(visit),
        hints={"source": say("Sealed: only those who protect witnesses read it.")},
        order_of_fields=harm.ORDER,
        already=given,
        about=[
            (label(say, ReportReceivedOutside, "consents"), text(say, fact, "consents")),
            *_asked_about(visit, report),
        ],
    )


form(router, HERE + "/{outside}/answer", answering)
form(router, HERE + "/{outside}/take-up", taking_up)
form(router, HERE + "/{outside}/close", closing)
